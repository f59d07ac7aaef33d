"""All that a toll model is told of an event, as values by name; needs no PyMC."""

import json
from dataclasses import asdict, dataclass
from typing import Any, Self

import numpy as np

from casualty_models.events import Event
from casualty_models.models.cells import Cells, cells
from casualty_models.models.estimate_table import EstimateTable, estimate_table
from casualty_models.models.padding import padded
from casualty_models.models.report_table import ReportTable, report_table
from casualty_models.models.series import QUANTITIES, TOPICS
from casualty_models.priors import TollPriors

_COLUMNS = (
    "days", "silence", "log_lower", "log_upper", "quantity", "topic", "series", "part", "treated",
    "least", "grows", "used", "last",
)  # fmt: skip
_SAME_PRIOR = {"half_time": "half_time_killed", "growth_shape": "wounded_growth_shape"}


@dataclass(frozen=True)
class TollEvidence:
    """What a toll model is made of.

    Attributes
    ----------
    event, priors
        Of which the rest follows.
    table, estimates
        Its reports and its estimates by other methods.
    divided
        Its parts, if it has strata.

    Examples
    --------
    >>> from casualty_models.datasets import load_osh_2010
    >>> from casualty_models.models.toll_evidence import TollEvidence
    >>> evidence = TollEvidence.of(load_osh_2010().as_of("2010-06-13"))
    >>> float(evidence.values()["known_days"]), evidence.structure[0]
    (3.0, 'toll')
    """

    event: Event
    priors: TollPriors
    table: ReportTable
    estimates: EstimateTable
    divided: Cells | None

    @classmethod
    def of(cls, event: Event, priors: TollPriors | None = None, *, fill: bool = False) -> Self:
        """Return the evidence of an event; the arguments are those of `toll_model`.

        Parameters
        ----------
        event, priors, fill
            As of `toll_model`.
        """
        table = report_table(event)
        return cls(
            event=event,
            priors=priors or TollPriors.for_event(event.kind, event.mechanism),
            table=padded(table) if fill else table,
            estimates=estimate_table(event),
            divided=cells(event.strata) if event.strata else None,
        )

    @property
    def structure(self) -> tuple[Any, ...]:
        """What the graph depends on beyond its data: models of one structure compile once."""
        table, divided = self.table, self.divided
        families = tuple(prior["family"] for prior in self.priors.to_dict().values())
        floors = tuple(floor > 0 for floor in table.floors)
        topics = tuple(table.tells(topic) for topic in TOPICS[2:])
        strata = (divided.levels, table.parts, table.least.any()) if divided else ()
        return (
            "toll", len(table.days), len(table.series_names), floors, families, topics,
            repr(strata), len(self.estimates.sources),
        )  # fmt: skip

    @property
    def labels(self) -> dict[str, Any]:
        """The labels of each dimension."""
        found = {
            "quantity": QUANTITIES,
            "series": self.table.series_names,
            "report": self.table.position,
        }
        return found | (self.divided.levels if self.divided else {})

    @property
    def provenance(self) -> dict[str, Any]:
        """The event, the priors and notes, as JSON."""
        return {
            "event": json.loads(self.event.to_json()),
            "priors": self.priors.to_dict(),
            "notes": [*self.event.left_out, *self.table.notes],
        }

    def columns(self) -> dict[str, np.ndarray]:
        """Return what is said of each report, by name without ``report_``."""
        table = self.table
        found = {name: getattr(table, name) for name in _COLUMNS}
        return found | {"log_middle": (table.log_lower + table.log_upper) / 2}

    def of_event(self) -> dict[str, np.ndarray]:
        """Return what is said of the event as a whole, and of its last counts."""
        event, table = self.event, self.table
        until = event.end or event.as_of_date
        found = {
            "known_days": float((event.as_of_date - event.start).days),
            "days_so_far": (until - event.start).days + 1.0,
            "ongoing": float(event.ongoing),
            "counted": table.counted,
            "last_count": table.last_count,
            "floor": np.array(table.floors, dtype=float),
        }
        return {name: np.asarray(value) for name, value in found.items()}

    def leanings(self) -> dict[str, np.ndarray]:
        """Return the parameters of the level of each series, one entry a series."""
        each = [getattr(self.priors, name) for name in self.table.series_classes]
        return {
            key: np.array([getattr(prior, key) for prior in each], dtype=float)
            for key in ("nu", "mu", "sigma")
        }

    def values(self) -> dict[str, Any]:
        """Return the values of all data of the model, and more, by their names there."""
        found: dict[str, Any] = {}
        for name, prior in vars(self.priors).items():
            for key, value in asdict(prior).items():
                found |= {f"{each}_{key}": value for each in (name, _SAME_PRIOR.get(name, name))}
        found |= {f"report_{name}": column for name, column in self.columns().items()}
        found |= {f"source_effect_{key}": column for key, column in self.leanings().items()}
        found |= {"estimated_scale": self.estimates.scale}
        return found | {"estimated_log_toll": self.estimates.log_toll} | self.of_event()
