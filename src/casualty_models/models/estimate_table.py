"""The estimates of an event by other methods, as arrays ready for a model; needs no PyMC."""

from dataclasses import dataclass

import numpy as np
from scipy.stats import t

from casualty_models.errors import DataError
from casualty_models.events import Estimate, Event
from casualty_models.models.cells import scope_of

ESTIMATE_DF = 4
_OTHER = {
    "cause": ("direct", "deaths of every cause, while the model is about people killed directly"),
    "people": ("all", "a part of the people killed, while the model is about all of them"),
}


@dataclass(frozen=True)
class EstimateTable:
    """Location and scale of the log toll that each estimate gives, one entry an estimate.

    Attributes
    ----------
    log_toll
        Logarithm of the median.
    scale
        Scale of a Student-t (4 df) on the log scale, which has the estimate's own interval.
    sources
        Who made it.
    """

    log_toll: np.ndarray
    scale: np.ndarray
    sources: tuple[str, ...]


def estimate_table(event: Event) -> EstimateTable:
    r"""Return the estimates of an event as arrays.

    .. math:: \log x \sim t_4(\log D, s), \qquad
              s = \frac{\log u - \log l}{2\, t_4^{-1}\left(\frac{1 + p}{2}\right)}

    with (l, u) the interval of probability p and x the median, or the geometric middle.

    Raises
    ------
    DataError
        If an estimate counts something else than the reports: deaths of every cause, civilians
        only, another place.

    Examples
    --------
    >>> from casualty_models.events import Estimate, Event
    >>> from casualty_models.models.estimate_table import estimate_table
    >>> estimate = Estimate(date="2010-07-01", source="lists", lower=300, upper=600)
    >>> event = Event(name="example", kind="riot", start="2010-06-10", estimates=[estimate])
    >>> float(estimate_table(event).scale[0].round(3))
    0.125
    """
    each = event.estimates
    for n, estimate in enumerate(each, start=1):
        _require_same_definition(event, estimate, f"{event.name}, estimate {n}")
    middle = [e.median or (e.lower * e.upper) ** 0.5 for e in each]
    width = [np.log(e.upper / e.lower) / (2 * t.ppf((1 + e.prob) / 2, ESTIMATE_DF)) for e in each]
    return EstimateTable(
        np.log(np.array(middle, dtype=float)),
        np.array(width, dtype=float),
        tuple(e.source for e in each),
    )


def _require_same_definition(event: Event, estimate: Estimate, place: str) -> None:
    for name, (ours, why) in _OTHER.items():
        if getattr(estimate, name) != ours:
            raise DataError(
                f"an estimate of {why}, is not evidence of it",
                place=f"{place}, {name}",
                value=getattr(estimate, name),
                remedy="Leave it out, and report it beside the toll, not in it.",
            )
    part = (estimate.place, estimate.group, estimate.period)
    whole = scope_of(event)
    if part != whole:
        raise DataError(
            "the estimate is about another part of the event than the reports",
            place=place,
            value=", ".join(word for word in part if word) or "the whole event",
            remedy="Leave it out, or give both the same place, group and period.",
        )
