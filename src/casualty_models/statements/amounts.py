"""Read one amount: digits, number words or vague words, and the scales after them."""

from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import prod

from casualty_models.statements.cursor import Cursor
from casualty_models.statements.tokens import Digits, Scale, Small, Token, entries
from casualty_models.statements.words import OF_IN_NUMBERS, Vague

_AND = frozenset({"and"})
_OF = frozenset(entries(OF_IN_NUMBERS))
_TEN, _TWENTY, _HUNDRED, _THOUSAND = 10, 20, 100, 1_000
_DOZENS = (12, 20)
_LARGE_SCALES = (1_000_000, _THOUSAND)


@dataclass(frozen=True)
class Amount:
    """A number as printed, without what a hedge or its roundness says about it.

    Parameters
    ----------
    lower, upper
        The number; two numbers when the words are vague.
    vague
        Whether the words name no number ("several hundred").
    dozen
        What it is counted in, if that is dozens (12) or scores (20), else 0.
    lead, scale
        The number in front of the scales and their product ("five hundred": 5 and 100); the
        scale is 0 when smaller numbers follow it ("five hundred and one").
    """

    lower: Fraction
    upper: Fraction
    vague: bool = False
    dozen: int = 0
    lead: Fraction = Fraction(0)
    scale: int = 1

    def times(self, scale: int) -> "Amount":
        """Return the amount in units of a scale: "five" in "five or six hundred".

        Examples
        --------
        >>> from fractions import Fraction
        >>> from casualty_models.statements.amounts import Amount
        >>> int(Amount(Fraction(5), Fraction(5)).times(100).lower)
        500
        """
        return replace(self, lower=self.lower * scale, upper=self.upper * scale, scale=scale)


def read_amount(cursor: Cursor, *, joined_by_and: bool = False) -> Amount | None:
    """Return the amount at the cursor and step over it; None if there is none.

    Parameters
    ----------
    cursor
        The place in the phrase.
    joined_by_and
        Whether "and" belongs to a range ("between a hundred and two hundred"), not to the number.

    Raises
    ------
    DataError
        If the separators of the number can be read in two ways.

    Examples
    --------
    >>> from casualty_models.statements.amounts import read_amount
    >>> from casualty_models.statements.cursor import Cursor
    >>> from casualty_models.statements.tokens import tokenize
    >>> def amount(text):
    ...     found = read_amount(Cursor(text, tokenize(text)))
    ...     return int(found.lower), int(found.upper)
    >>> amount("two hundred and fifty"), amount("1.2 million"), amount("tens of thousands")
    ((250, 250), (1200000, 1200000), (13000, 69000))
    """
    start = cursor.at
    if vague := cursor.take(Vague):
        return _in_vague_words(cursor, vague)
    if digits := cursor.take(Digits):
        scale = prod(_scales(cursor))
        if digits.value >= _THOUSAND and scale > 1:
            raise cursor.refusal("not clear as a number", cursor.tokens[start : cursor.at])
        return _amount(digits.value * scale, cursor.tokens[start : cursor.at])
    number = _in_words(cursor, frozenset() if joined_by_and else _AND)
    return None if number is None else _amount(Fraction(number), cursor.tokens[start : cursor.at])


def _in_vague_words(cursor: Cursor, row: Vague) -> Amount:
    scale = prod(_scales(cursor, _OF))
    lower = row.lower_times if row.lower_times and scale > 1 else row.lower
    return Amount(Fraction(lower * scale), Fraction(row.upper * scale), vague=True, scale=scale)


def _scales(cursor: Cursor, links: frozenset[str] = frozenset()) -> Iterator[int]:
    while True:
        start = cursor.at
        cursor.skip(links)
        scale = _scale(cursor)
        if not scale:
            cursor.at = start
            return
        yield scale


def _scale(cursor: Cursor, allowed: Container[int] | None = None) -> int:
    """Step over a scale and return it; 0 if there is none, or none that is allowed."""
    scale = _scale_of(cursor.next)
    if not scale or (allowed is not None and scale not in allowed):
        return 0
    cursor.at += 1
    return scale


def _scale_of(token: Token | None) -> int:
    match token and token.meaning:
        case Scale(value=scale) | Vague(scale=scale):
            return scale
    return 0


def _in_words(cursor: Cursor, links: frozenset[str]) -> int | None:
    total: int | None = None
    scales: tuple[int, ...] = _LARGE_SCALES
    while True:
        group = _below_thousand(cursor, links, first=total is None)
        scale = _scale(cursor, scales) if group is not None or total is None else 0
        if group is None and not scale:
            return total
        total = (total or 0) + (1 if group is None else group) * (scale or 1)
        if not scale:
            return total
        scales = tuple(smaller for smaller in _LARGE_SCALES if smaller < scale)


def _below_thousand(cursor: Cursor, links: frozenset[str], *, first: bool) -> int | None:
    head = _below_hundred(cursor, frozenset() if first else links, least=0 if first else 1)
    scale = _scale(cursor, (*_DOZENS, _HUNDRED)) if first or head is not None else 0
    if not scale:
        return head
    tail = _below_hundred(cursor, links, least=1) if scale == _HUNDRED else 0
    return (1 if head is None else head) * scale + (tail or 0)


def _below_hundred(cursor: Cursor, links: frozenset[str], *, least: int) -> int | None:
    start = cursor.at
    cursor.skip(links)
    number = _small(cursor, range(least, _HUNDRED))
    if number is None:
        cursor.at = start
        return None
    return number + (_small(cursor, range(1, _TEN)) or 0) if number >= _TWENTY else number


def _small(cursor: Cursor, allowed: range) -> int | None:
    token = cursor.next
    if token is None or not isinstance(token.meaning, Small) or token.meaning.value not in allowed:
        return None
    cursor.at += 1
    return token.meaning.value


def _amount(value: Fraction, tokens: Sequence[Token]) -> Amount:
    lead, scales = Fraction(0), list[int]()
    for token in tokens:
        match token.meaning:
            case Digits(value=number) | Small(value=number) if not scales:
                lead += number
            case _:
                scales.append(_scale_of(token))
    dozen = max({0, *_DOZENS} & {0, *scales})
    return Amount(value, value, dozen=dozen, lead=lead or Fraction(1), scale=prod(scales))
