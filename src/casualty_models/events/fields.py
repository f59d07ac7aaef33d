"""What may stand in one field: a rule takes a value and returns it clean, or raises."""

import datetime
import math
import re
from collections.abc import Callable, Iterable, Mapping
from numbers import Real
from typing import Any

from casualty_models.errors import DataError
from casualty_models.events.vocabulary import unknown_word
from casualty_models.statements.statement import LARGEST_COUNT

__all__ = [
    "TEXT_LIMIT",
    "Rule",
    "apply_rules",
    "as_count",
    "as_day",
    "as_flag",
    "as_text",
    "instance_of",
    "list_of",
    "one_of",
    "optional",
]

type Rule = Callable[[Any], Any]

TEXT_LIMIT = 2_000

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_DAY_AND_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ]+[0-9].*", re.DOTALL)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_LARGEST_PRINTED = 10**20
_TYPE_NAMES = {"dict": "a table", "list": "a list", "tuple": "a list", "NoneType": "nothing"}


def apply_rules(record: object, rules: Mapping[str, Rule]) -> None:
    """Replace each field of a frozen record by its clean value.

    Parameters
    ----------
    record
        A frozen dataclass in the making.
    rules
        The rule of each field.

    Raises
    ------
    DataError
        With the field's name as place.
    """
    for name, rule in rules.items():
        try:
            object.__setattr__(record, name, rule(getattr(record, name)))
        except DataError as error:
            raise error.at(name) from None


def optional(rule: Rule) -> Rule:
    """Return the rule that lets None pass and applies `rule` to the rest."""
    return lambda value: None if value is None else rule(value)


def one_of(noun: str, words: Iterable[str], *, remedy: str = "") -> Rule:
    """Return the rule that a value is one of some words.

    Parameters
    ----------
    noun
        What the word is ("quantity"), for the message.
    words
        The words allowed.
    remedy
        What to do when none of the words fits.

    Examples
    --------
    >>> from casualty_models.events.fields import one_of
    >>> one_of("quantity", ("killed", "wounded"))("killed")
    'killed'
    """
    allowed = tuple(words)

    def rule(value: object) -> str:
        word = as_text(value)
        if word not in allowed:
            raise unknown_word(noun, word, allowed, remedy=remedy)
        return word

    return rule


def instance_of(kind: type) -> Rule:
    """Return the rule that a value is of one type."""

    def rule(value: object) -> object:
        if not isinstance(value, kind):
            raise DataError(f"must be a {kind.__name__}", remedy=f"Make it with {kind.__name__}().")
        return value

    return rule


def list_of(kind: type) -> Rule:
    """Return the rule that a value is a list or tuple of one type; it comes back as a tuple.

    Examples
    --------
    >>> from casualty_models.events.fields import list_of
    >>> list_of(str)(["a", "b"])
    ('a', 'b')
    """

    def rule(value: object) -> tuple[object, ...]:
        if not isinstance(value, list | tuple) or not all(isinstance(each, kind) for each in value):
            raise DataError(
                f"must be a list of {kind.__name__}",
                remedy=f"Give a list, each made with {kind.__name__}().",
            )
        return tuple(value)

    return rule


def as_day(value: object) -> datetime.date:
    """Return a day, from a date or from text such as ``2010-06-13``.

    Raises
    ------
    DataError
        When it is no date, not in the calendar, or a date with a time.

    Examples
    --------
    >>> from casualty_models.events.fields import as_day
    >>> as_day(" 2010-06-13 ")
    datetime.date(2010, 6, 13)
    """
    if isinstance(value, datetime.datetime):
        value = value.isoformat()
    if isinstance(value, datetime.date):
        return value
    if not isinstance(value, str):
        raise _wrong_type("a date", value, remedy="Write year-month-day, for example 2010-06-13.")
    text = value.strip()
    if _DAY_AND_TIME.fullmatch(text):
        raise DataError(
            "must be a day, without a time",
            value=text,
            remedy=f"Write {text[:10]}, the day on which the statement was true.",
        )
    if not _DAY.fullmatch(text):
        raise DataError(
            "must be a date",
            value=text,
            remedy="Write year-month-day, for example 2010-06-13.",
        )
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        raise DataError(
            "is not a day of the calendar", value=text, remedy="Correct the month or the day."
        ) from None


def as_text(value: object) -> str:
    """Return text of one line, without blanks around it.

    Raises
    ------
    DataError
        When it is no text, blank, too long, or holds line ends or control characters.

    Examples
    --------
    >>> from casualty_models.events.fields import as_text
    >>> as_text(" Reuters ")
    'Reuters'
    """
    if not isinstance(value, str):
        raise _wrong_type("text", value, remedy="Put the words in quotes.")
    text = value.strip()
    if not text:
        raise DataError("is blank", remedy="Fill it in, or leave the field out.")
    if len(text) > TEXT_LIMIT:
        raise DataError(
            f"is longer than {TEXT_LIMIT:,} characters",
            value=f"{text[:40]}... ({len(text):,} characters)",
            remedy="Shorten it.",
        )
    if _CONTROL.search(text):
        raise DataError(
            "holds a line end or another control character",
            value=text,
            remedy="Write it on one line, in plain characters.",
        )
    return text


def as_count(value: object) -> float:
    """Return a number of people: finite, not negative, below a billion.

    Raises
    ------
    DataError
        When it is no such number.

    Examples
    --------
    >>> from casualty_models.events.fields import as_count
    >>> as_count(97)
    97.0
    """
    if isinstance(value, bool) or not isinstance(value, Real):
        raise _wrong_type("a number", value, remedy="Write the digits alone, without quotes.")
    number = _as_float(value)
    if not math.isfinite(number) and not isinstance(value, int):
        raise DataError(
            "must be a finite number",
            value=number,
            remedy="Leave the field out where no number was given.",
        )
    if number < 0:
        raise DataError(
            "a count cannot be negative",
            value=_shown(value),
            remedy="Correct the number, or leave the report out.",
        )
    if number > LARGEST_COUNT:
        raise DataError(
            f"a count above {LARGEST_COUNT:,} people is not plausible",
            value=_shown(value),
            remedy="Correct the number.",
        )
    return number


def as_flag(value: object) -> bool:
    """Return a value that is true or false.

    Raises
    ------
    DataError
        When it is anything else.

    Examples
    --------
    >>> from casualty_models.events.fields import as_flag
    >>> as_flag(True)
    True
    """
    if not isinstance(value, bool):
        raise _wrong_type("true or false", value, remedy="Write true or false, without quotes.")
    return value


def _as_float(value: Any) -> float:  # noqa: ANN401
    try:
        return float(value)
    except OverflowError:  # a whole number of more than 308 digits
        return math.inf if value > 0 else -math.inf


def _wrong_type(wanted: str, value: object, *, remedy: str) -> DataError:
    if isinstance(value, str | int | float | datetime.date):
        return DataError(f"must be {wanted}", value=_shown(value), remedy=remedy)
    name = type(value).__name__
    return DataError(f"must be {wanted}, not {_TYPE_NAMES.get(name, name)}", remedy=remedy)


def _shown(value: Any) -> object:  # noqa: ANN401
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, int) and abs(value) > _LARGEST_PRINTED:
        return "a number of more than 20 digits"
    return value
