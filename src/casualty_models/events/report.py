"""A report: who said how many, when, about what."""

import datetime
from dataclasses import dataclass, field

from casualty_models.errors import DataError
from casualty_models.events.fields import (
    Rule,
    apply_rules,
    as_count,
    as_day,
    as_flag,
    as_text,
    one_of,
    optional,
)
from casualty_models.events.vocabulary import CLAIMS, QUANTITIES, SOURCE_KINDS, STANCES
from casualty_models.statements import (
    Statement,
    read_statement,
    statement_from_bounds,
    statement_from_value,
)

__all__ = ["REPORT_KEYS", "Report", "is_sourced"]

_NOT_RETRIEVED = "background-knowledge"

_RULES: dict[str, Rule] = {
    "date": as_day,
    "source": as_text,
    "quantity": one_of("quantity", QUANTITIES),
    "source_kind": one_of("kind of source", SOURCE_KINDS),
    "says": optional(as_text),
    "value": optional(as_count),
    "lower": optional(as_count),
    "upper": optional(as_count),
    "claim": one_of("kind of claim", CLAIMS),
    "floor": as_flag,
    "place": optional(as_text),
    "group": optional(as_text),
    "period": optional(as_text),
    "ongoing": optional(as_flag),
    "origin": optional(as_text),
    "stance": optional(
        one_of("stance", STANCES, remedy="Leave it out for a source that is no party.")
    ),
    "retracted": optional(as_text),
    "url": optional(as_text),
}

REPORT_KEYS = tuple(_RULES)


@dataclass(frozen=True, kw_only=True)
class Report:
    """One statement of one source about one quantity, as of one day.

    What it says is turned into bounds on the count that the source had: `lower` and `upper` win;
    else the words, when they are understood and do not contradict `value`; else `value`, read as
    the printed number it is.

    Parameters
    ----------
    date
        The day on which the statement was true; text such as ``"2010-06-13"`` is accepted.
    source
        Who said it.
    quantity
        One of ``QUANTITIES``. Hospitalized are wounded who were admitted; casualties are killed
        and wounded together.
    source_kind
        One of ``SOURCE_KINDS``; "media" where nothing is said.
    says
        The words as printed ("neared 100").
    value
        The number, where there is one.
    lower, upper
        An analyst's bounds on the count, both included.
    claim
        One of ``CLAIMS``: whether it was counted, or estimated, claimed, projected.
    floor
        A documented minimum (bodies named or counted): the toll is at least the lower bound.
    place, group, period
        Set when the statement is about a part of the event and not about its total.
    ongoing
        Whether the danger still went on; None when not said.
    origin
        Whose number it repeats, where that is another's: a number of one origin counts once,
        however many repeat it (`copies_removed`, `proposed_origins`).
    stance
        Set when the source is a party to the conflict: whether the number is of its "own_losses"
        or of "enemy_losses".
    retracted
        Who withdrew the statement, and why ("ministry, 16 June: bodies were counted twice"). The
        report is kept and shown, and the model does not use it.
    url
        Where it was published; ``"background-knowledge"`` when no page was retrieved.

    Raises
    ------
    DataError
        When a field breaks its rule, or nothing says how many.

    Examples
    --------
    >>> from casualty_models.events import Report
    >>> report = Report(date="2010-06-13", source="AP", quantity="killed", lower=80, upper=120)
    >>> report.statement.lower, report.statement.upper
    (80, 120)
    >>> report.is_part
    False
    """

    date: datetime.date
    source: str
    quantity: str
    source_kind: str = "media"
    says: str | None = None
    value: float | None = None
    lower: float | None = None
    upper: float | None = None
    claim: str = "count"
    floor: bool = False
    place: str | None = None
    group: str | None = None
    period: str | None = None
    ongoing: bool | None = None
    origin: str | None = None
    stance: str | None = None
    retracted: str | None = None
    url: str | None = None
    statement: Statement = field(init=False)

    def __post_init__(self) -> None:
        apply_rules(self, _RULES)
        _check_bounds(self.value, self.lower, self.upper)
        if self.floor and self.claim != "count":
            raise DataError(
                "only a count can be a floor",
                place="floor",
                value=self.claim,
                remedy='Set claim = "count" for bodies named or counted, or leave floor out.',
            )
        object.__setattr__(self, "statement", _statement(self))

    @property
    def is_part(self) -> bool:
        """Whether the statement is about a part of the event: a place, a group, a period."""
        return any(part is not None for part in (self.place, self.group, self.period))

    @property
    def sourced(self) -> bool:
        """Whether the statement was read on a page, and not taken from background knowledge."""
        return is_sourced(self.url)


def is_sourced(url: str | None) -> bool:
    """Return whether an address stands for a page that was read.

    Examples
    --------
    >>> is_sourced("https://example.org"), is_sourced(None), is_sourced("background-knowledge")
    (True, True, False)
    """
    return url != _NOT_RETRIEVED


def _check_bounds(value: float | None, lower: float | None, upper: float | None) -> None:
    if (lower is None) != (upper is None):
        given, absent = ("upper", "lower") if lower is None else ("lower", "upper")
        raise DataError(
            f"{given} is given without {absent}",
            place=given,
            remedy=f'Give {absent} too, or use words: says = "at least 80", says = "up to 120".',
        )
    if lower is None or upper is None:
        return
    if lower > upper:
        raise DataError(
            f"lower is above upper ({upper:,.12g})",
            place="lower",
            value=lower,
            remedy="Swap the two, or correct one.",
        )
    if value is not None and not lower <= value <= upper:
        raise DataError(
            f"value is outside its own bounds, {lower:,.12g} to {upper:,.12g}",
            place="value",
            value=value,
            remedy="Correct the value or the bounds.",
        )


def _statement(report: Report) -> Statement:
    if report.lower is not None and report.upper is not None:
        return statement_from_bounds(report.lower, report.upper, report.says or "")
    if report.says is not None:
        words = _understood(report.says, needed=report.value is None)
        if words is not None and _contains(words, report.value):
            return words
    if report.value is not None:
        return statement_from_value(report.value)
    raise DataError(
        "the report says nothing",
        remedy="Give says, value, or lower and upper; or leave the report out.",
    )


def _understood(says: str, *, needed: bool) -> Statement | None:
    try:
        return read_statement(says)
    except DataError as error:
        if needed:
            raise error.at("says") from None
        return None


def _contains(statement: Statement, value: float | None) -> bool:
    return value is None or statement.lower <= value <= statement.upper
