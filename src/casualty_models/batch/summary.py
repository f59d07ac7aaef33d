"""The posterior of one event in two rows of a table: what is kept of it where there are many."""

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from casualty_models.batch.jobs import Job
from casualty_models.batch.one import Fit, Refused
from casualty_models.errors import DataError

if TYPE_CHECKING:
    import xarray as xr

QUANTITIES = ("killed", "wounded")
PROBS = (0.5, 0.8, 0.9, 0.95)
ABOVE = (10, 100, 1000, 10_000)
_QUANTILES = {"median": 0.5} | {
    f"{end}{100 * prob:g}": (1 + sign * prob) / 2
    for prob in PROBS
    for end, sign in (("lower", -1), ("upper", 1))
}
_EVENT = ("key", "id", "event", "known_by", "ongoing", "quantity")
_NUMBERS = (*_QUANTILES, "mean", "mean_log", *(f"above{count}" for count in ABOVE))
_DIAGNOSTICS = ("converged", "divergences", "max_rhat", "min_ess_bulk", "min_ess_tail")
_HOW = ("engine", "fallback", "random_seed", *_DIAGNOSTICS, "error")
COLUMNS = (*_EVENT, *_NUMBERS, *_HOW)
_NO_ANSWER = dict.fromkeys(_NUMBERS, np.nan) | {
    "engine": "", "fallback": "", "random_seed": -1, "converged": False, "divergences": 0,
    "max_rhat": np.nan, "min_ess_bulk": 0.0, "min_ess_tail": 0.0,
}  # fmt: skip


@dataclass(frozen=True)
class Summarize:
    """Fit one event and summarize it at once, so that no more than the summary is kept.

    Attributes
    ----------
    fit
        How to fit it.
    draws
        How many draws of the toll to keep, evenly spaced over those of all chains.

    Examples
    --------
    >>> from casualty_models.batch.one import Fit
    >>> from casualty_models.batch.summary import Summarize
    >>> from casualty_models.inference.sampling import Sampling
    >>> Summarize(Fit(Sampling(random_seed=1)), draws=100).draws
    100
    """

    fit: Fit
    draws: int = 0

    def passes(self, workers: int) -> tuple["Summarize", "Summarize"]:
        """Return what to do with all events, and with those left to NUTS; as `Fit.passes`.

        Parameters
        ----------
        workers
            How many threads the second may have.
        """
        first, second = self.fit.passes(workers)
        return replace(self, fit=first), replace(self, fit=second)

    def __call__(self, job: Job) -> list[dict[str, Any]] | Refused:
        """Return the rows of an event.

        Parameters
        ----------
        job
            The event and its priors.
        """
        found = self.fit(job)
        return found if isinstance(found, Refused) else rows_of(job, found, draws=self.draws)


def rows_of(job: Job, result: "xr.DataTree | DataError", *, draws: int = 0) -> list[dict[str, Any]]:
    """Return the rows of an event, one a quantity.

    Parameters
    ----------
    job
        The event and its priors.
    result
        What `fit_many` returned for it.
    draws
        How many draws of the toll to keep.

    Returns
    -------
    Rows as `read_tolls` describes them; an event that could not be fitted has an ``error``, and
    nothing in place of numbers.

    Examples
    --------
    >>> from casualty_models.batch.jobs import jobs_of
    >>> from casualty_models.batch.summary import rows_of
    >>> from casualty_models.inference import event_of
    >>> rows = rows_of(jobs_of([event_of(result)])[0], result)
    >>> [(row["quantity"], round(row["median"], -2), round(row["above1000"], 1)) for row in rows]
    [('killed', 300.0, 0.1), ('wounded', 1500.0, 0.7)]
    """
    event = job.event
    head = {
        "key": job.key,
        "id": event.id,
        "event": event.name,
        "known_by": event.as_of_date,
        "ongoing": event.ongoing,
    }
    if isinstance(result, DataError):
        none = _NO_ANSWER | {"error": str(result)} | ({"draws": []} if draws else {})
        return [head | {"quantity": name} | none for name in QUANTITIES]
    how = _how(result)
    return [
        head | {"quantity": name} | _numbers(result.posterior[f"true_{name}"].values, draws) | how
        for name in QUANTITIES
    ]


def _numbers(toll: np.ndarray, kept: int) -> dict[str, Any]:
    flat = toll.ravel()
    ends = np.quantile(flat, list(_QUANTILES.values()))
    row: dict[str, Any] = dict(zip(_QUANTILES, ends.tolist(), strict=True))
    row |= {"mean": float(flat.mean()), "mean_log": float(np.log(flat).mean())}
    row |= {f"above{count}": float((flat > count).mean()) for count in ABOVE}
    if kept:
        rows = np.linspace(0, flat.size - 1, min(kept, flat.size)).round().astype(int)
        row["draws"] = flat[rows].tolist()
    return row


def _how(result: "xr.DataTree") -> dict[str, Any]:
    from casualty_models.inference.record import ATTRIBUTE

    record = json.loads(result.attrs[ATTRIBUTE])
    found = {name: record[name] for name in ("engine", "random_seed")}
    found |= {"fallback": record.get("fallback", "")}
    return found | {name: record["diagnostics"][name] for name in _DIAGNOSTICS} | {"error": ""}
