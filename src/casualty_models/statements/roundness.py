"""Round numbers: how far a round number may lie from the count behind it, and what comes next.

A number is as round as the step of 1, 2, 2.5 or 5 times a power of ten that it lies on
(Jansen & Pollmann 2001). Readers take an unhedged round number as approximate and any other as
exact (Williams & Power 2013).
"""

from collections.abc import Iterator
from fractions import Fraction
from math import ceil, floor

_MULTIPLES = (Fraction(5), Fraction(5, 2), Fraction(2), Fraction(1))
_COARSEST = 10  # a number is rounded to a tenth of itself at most: 500 to the nearest 50
_FINEST = 100  # and to a hundredth at least: 1,270 is too detailed to be called round


def round_steps(limit: Fraction) -> Iterator[Fraction]:
    """Yield the round steps up to a limit, from the coarsest down, without end.

    Examples
    --------
    >>> from fractions import Fraction
    >>> from itertools import islice
    >>> from casualty_models.statements.roundness import round_steps
    >>> [float(step) for step in islice(round_steps(Fraction(60)), 5)]
    [50.0, 25.0, 20.0, 10.0, 5.0]
    """
    power = Fraction(10) ** len(str(floor(limit)))
    while True:
        yield from (multiple * power for multiple in _MULTIPLES if multiple * power <= limit)
        power /= 10


def next_round(number: int, parts: int) -> int:
    """Return the next round number above, on the coarsest step up to ``number / parts``.

    Parameters
    ----------
    number
        A count, at least 0.
    parts
        How fine the steps are: 5 for steps up to a fifth of the number.

    Examples
    --------
    >>> from casualty_models.statements.roundness import next_round
    >>> next_round(80, 5), next_round(2_000, 5), next_round(316, 10)
    (90, 2250, 325)
    """
    step = next(round_steps(Fraction(max(number, 1), parts)))
    return ceil((number // step + 1) * step)


def rounding_bounds(number: int) -> tuple[int, int]:
    """Return the lowest and the highest count that may hide behind an unhedged number.

    Parameters
    ----------
    number
        A count, at least 0. One that does not end in 0 is exact.

    Examples
    --------
    >>> from casualty_models.statements.roundness import rounding_bounds
    >>> rounding_bounds(500), rounding_bounds(4_500), rounding_bounds(97), rounding_bounds(1_270)
    ((475, 525), (4375, 4625), (97, 97), (1270, 1270))
    """
    if number == 0 or number % 10:
        return number, number
    steps = round_steps(Fraction(number, _COARSEST))
    step = next(step for step in steps if number % step == 0)
    if step * _FINEST < number:
        return number, number
    return ceil(number - step / 2), floor(number + step / 2)
