"""An estimate of the whole toll that somebody else has made, with its own error and definition."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from casualty_models.errors import DataError
from casualty_models.events.fields import (
    Rule,
    apply_rules,
    as_count,
    as_day,
    as_text,
    one_of,
    optional,
)
from casualty_models.events.rows import Row, from_row, tables_in

__all__ = ["CAUSES", "PEOPLE", "Estimate", "estimates_from"]

CAUSES = ("direct", "all")
PEOPLE = ("all", "civilians", "combatants")


def _as_share(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < 1:
        raise DataError(
            "must be a probability between 0 and 1",
            value=value if isinstance(value, int | float | str) else type(value).__name__,
            remedy="Write 0.95 for a 95 percent interval.",
        )
    return float(value)


_RULES: dict[str, Rule] = {
    "date": as_day,
    "source": as_text,
    "lower": as_count,
    "upper": as_count,
    "median": optional(as_count),
    "prob": _as_share,
    "cause": one_of("cause of death", CAUSES),
    "people": one_of("group of people", PEOPLE),
    "place": optional(as_text),
    "group": optional(as_text),
    "period": optional(as_text),
    "method": optional(as_text),
    "url": optional(as_text),
}


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """An estimate of the number killed with its interval, from another method than reports.

    A posterior from lists of victims, a survey, an excess of deaths. It is evidence of its own,
    unlike a report that says "estimated": its error is the one that its authors give.

    Parameters
    ----------
    date
        The day on which it was published; `Event.as_of` an earlier day does not know it.
    source
        Who made it.
    lower, upper
        The ends of its interval.
    median
        Its middle; by default the geometric middle of the interval.
    prob
        Probability of the interval.
    cause
        "direct": killed by the violence or disaster itself; "all": deaths of every cause, such as
        an excess of mortality counts.
    people
        "all", "civilians" or "combatants".
    place, group, period
        Set when it is about a part of the event.
    method, url
        How it was made, and where it was published.

    Raises
    ------
    DataError
        When a field breaks its rule, or the ends are not in order above zero.

    Examples
    --------
    >>> from casualty_models.events import Estimate
    >>> Estimate(date="2000-01-03", source="Ball and others", lower=9002, upper=12122).prob
    0.95
    """

    date: datetime.date
    source: str
    lower: float
    upper: float
    median: float | None = None
    prob: float = 0.95
    cause: str = "direct"
    people: str = "all"
    place: str | None = None
    group: str | None = None
    period: str | None = None
    method: str | None = None
    url: str | None = None

    def __post_init__(self) -> None:
        apply_rules(self, _RULES)
        if not 0 < self.lower < self.upper:
            raise DataError(
                f"the interval must have ends in order above 0 (upper is {self.upper:,.12g})",
                place="lower",
                value=self.lower,
                remedy="Correct one of the ends.",
            )
        if self.median is not None and not self.lower <= self.median <= self.upper:
            raise DataError(
                f"lies outside its own interval, {self.lower:,.12g} to {self.upper:,.12g}",
                place="median",
                value=self.median,
                remedy="Correct the median or the interval.",
            )


def estimates_from(values: Mapping[str, Any], key: str, *, remedy: str) -> tuple[Estimate, ...]:
    """Return the estimates that stand in a list of tables under a key.

    Raises
    ------
    DataError
        With the number of the estimate at fault.

    Examples
    --------
    >>> from casualty_models.events.estimate import estimates_from
    >>> estimates_from({}, "estimate", remedy="")
    ()
    """
    tables = enumerate(tables_in(values, key, remedy=remedy), start=1)
    rows = [Row(f"estimate {n}", table) for n, table in tables]
    return tuple(from_row(Estimate, row, tuple(_RULES)) for row in rows)
