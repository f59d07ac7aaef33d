"""The value that a report becomes: bounds on the count that its author had."""

from dataclasses import dataclass
from math import ceil, floor, isfinite
from numbers import Integral, Real
from typing import Literal, get_args

from casualty_models.errors import DataError
from casualty_models.statements.roundness import rounding_bounds

Kind = Literal[
    "exact", "rounded", "at_least", "at_most", "approximate", "range", "order_of_magnitude"
]
KINDS: tuple[Kind, ...] = get_args(Kind)
LARGEST_COUNT = 999_999_999  # nobody has counted a toll of a billion; a typing error comes first


@dataclass(frozen=True)
class Statement:
    """Inclusive bounds on the count that the author of a report had.

    Parameters
    ----------
    lower, upper
        Whole numbers with ``0 <= lower <= upper``; the upper bound is always finite.
    kind
        How the bounds came about; one of `KINDS`.
    text
        The words as printed.

    Raises
    ------
    DataError
        If the bounds are not whole numbers, negative or out of order, or the kind is unknown.

    Examples
    --------
    >>> from casualty_models.statements import Statement
    >>> Statement(90, 100, "approximate", "neared 100")
    Statement(lower=90, upper=100, kind='approximate', text='neared 100')
    """

    lower: int
    upper: int
    kind: Kind
    text: str

    def __post_init__(self) -> None:
        for name in ("lower", "upper"):
            value = getattr(self, name)
            if not isinstance(value, Integral) or isinstance(value, bool):
                raise DataError("a bound on a count is a whole number", place=name, value=value)
            object.__setattr__(self, name, int(value))
        if self.lower < 0:
            raise DataError("a count cannot be negative", place="lower", value=self.lower)
        _check_order(self.lower, self.upper)
        if self.kind not in KINDS:
            raise DataError(f"a kind is one of {', '.join(KINDS)}", place="kind", value=self.kind)

    @property
    def counted(self) -> int:
        """The number that the words document: as printed, or the lower bound of a hedged one."""
        return (self.lower + self.upper) // 2 if self.kind == "rounded" else self.lower

    def __contains__(self, count: float) -> bool:
        """Tell whether a count lies within the bounds."""
        return self.lower <= count <= self.upper


def statement_from_value(value: float) -> Statement:
    """Return what a bare number says: exactly that number, or one rounded to it if it is round.

    A fraction, such as the middle of a range, becomes the two whole numbers around it.

    Parameters
    ----------
    value
        A count, at least 0.

    Returns
    -------
    Statement
        Of kind "exact", "rounded" or, for a fraction, "approximate".

    Raises
    ------
    DataError
        If the value is not a number, not finite, negative or a billion or more.

    Examples
    --------
    >>> from casualty_models.statements import statement_from_value
    >>> statement_from_value(97)
    Statement(lower=97, upper=97, kind='exact', text='97')
    >>> statement_from_value(500)
    Statement(lower=475, upper=525, kind='rounded', text='500')
    >>> statement_from_value(14.5)
    Statement(lower=14, upper=15, kind='approximate', text='14.5')
    """
    number = _checked("value", value)
    if number % 1:
        return Statement(floor(number), ceil(number), "approximate", f"{number:,}")
    lower, upper = rounding_bounds(int(number))
    return Statement(lower, upper, "exact" if lower == upper else "rounded", f"{int(number):,}")


def statement_from_bounds(lower: float, upper: float, text: str = "") -> Statement:
    """Return the statement of somebody who gave both bounds; fractions are rounded outwards.

    Parameters
    ----------
    lower, upper
        Bounds on the count, at least 0 and in order.
    text
        The words as printed; the two numbers if there are none.

    Returns
    -------
    Statement
        Of kind "range", or "exact" if the bounds are one whole number.

    Raises
    ------
    DataError
        If a bound is not a number, not finite, negative or a billion or more, or if they are
        out of order.

    Examples
    --------
    >>> from casualty_models.statements import statement_from_bounds
    >>> statement_from_bounds(200, 900, "several hundred")
    Statement(lower=200, upper=900, kind='range', text='several hundred')
    >>> statement_from_bounds(12, 16.5)
    Statement(lower=12, upper=17, kind='range', text='12 to 16.5')
    """
    low, high = _checked("lower", lower), _checked("upper", upper)
    _check_order(lower, upper)
    kind: Kind = "exact" if low == high == int(low) else "range"
    return Statement(floor(low), ceil(high), kind, text or f"{low:,.12g} to {high:,.12g}")


def _check_order(lower: float, upper: float) -> None:
    if lower > upper:
        raise DataError(
            "the lower bound lies above the upper bound",
            value=(lower, upper),
            remedy="Exchange or correct the bounds.",
        )


def _checked(place: str, value: float) -> float:
    if not isinstance(value, Real) or isinstance(value, bool):
        raise DataError("a count is a number", place=place, value=value)
    number = float(value)
    if not isfinite(number):
        raise DataError(
            "a count is a finite number",
            place=place,
            value=value,
            remedy="Leave the field out when the number is not known.",
        )
    if number < 0:
        raise DataError("a count cannot be negative", place=place, value=value)
    if number > LARGEST_COUNT:
        raise DataError(f"a count is at most {LARGEST_COUNT:,}", place=place, value=value)
    return number
