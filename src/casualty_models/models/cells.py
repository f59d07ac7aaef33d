"""The cells into which strata divide an event, and which of them a report covers; needs no PyMC."""

from dataclasses import dataclass
from itertools import product

import numpy as np

from casualty_models.events import Event, Report, Strata
from casualty_models.events.strata import REST

type Scope = tuple[str | None, ...]

WHOLE: Scope = (None, None, None)


def scope(report: Report) -> Scope:
    """Return the place, group and period that a report is about; None for all of them.

    Examples
    --------
    >>> from casualty_models.events import Report
    >>> from casualty_models.models.cells import scope
    >>> scope(Report(date="2010-06-13", source="AP", quantity="killed", value=9, place="Osh"))
    ('Osh', None, None)
    """
    return tuple(getattr(report, way) for way in REST)


def scope_of(event: Event) -> Scope:
    """Return the place, group and period that the toll is of: a part if all reports share it.

    Examples
    --------
    >>> from casualty_models.datasets import load_osh_2010
    >>> from casualty_models.models.cells import scope_of
    >>> scope_of(load_osh_2010())
    (None, None, None)
    """
    if event.strata is not None:
        return WHOLE
    tolls = [r for r in event.reports if r.quantity in ("killed", "wounded") and not r.retracted]
    scopes = {scope(r) for r in tolls}
    return next(iter(scopes)) if len(scopes) == 1 else WHOLE


@dataclass(frozen=True)
class Cells:
    """Every combination of the parts of an event.

    Attributes
    ----------
    levels
        The parts of each way of dividing, what is left last.
    level
        For each way, the number of the part that each cell belongs to.
    """

    levels: dict[str, tuple[str, ...]]
    level: dict[str, np.ndarray]

    @property
    def size(self) -> int:
        """How many cells there are."""
        return len(next(iter(self.level.values())))

    def holds(self, part: Scope) -> bool:
        """Return whether a part of the event is made of cells."""
        named = {way: name for way, name in zip(REST, part, strict=True) if name is not None}
        return all(name in self.levels.get(way, ())[:-1] for way, name in named.items())

    def covered(self, part: Scope) -> np.ndarray:
        """Return, for each cell, 1 where it belongs to the part and 0 where it does not."""
        inside = np.ones(self.size)
        for way, name in zip(REST, part, strict=True):
            if name is not None:
                inside *= self.level[way] == self.levels[way].index(name)
        return inside


def cells(strata: Strata) -> Cells:
    """Return the cells of strata.

    Examples
    --------
    >>> from casualty_models.events import Strata
    >>> from casualty_models.models.cells import cells
    >>> divided = cells(Strata(place=["Osh"], group=["Uzbeks", "Kyrgyz"]))
    >>> divided.size, divided.covered(("Osh", None, None))
    (6, array([1., 1., 1., 0., 0., 0.]))
    """
    levels = strata.levels
    each = np.array(list(product(*(range(len(names)) for names in levels.values()))))
    return Cells(levels, dict(zip(levels, each.T, strict=True)))
