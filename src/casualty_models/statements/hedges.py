"""Hedges ("nearly", "at least", "or more"): how far the count may lie from the printed number.

The widths come from pairs of a printed hedge and the exact count that its author had; they are
copied with their sources into the tests. "Pairs" stand in one and the same text, "nearest" pairs in
texts hours apart. The riots in Osh 2010 are left out of every width.
"""

from dataclasses import dataclass

from casualty_models.statements.roundness import next_round, rounding_bounds
from casualty_models.statements.statement import Kind


@dataclass(frozen=True)
class Hedge:
    """One row of `HEDGES`: words, and the bounds that they put around a printed number.

    Parameters
    ----------
    kind
        Kind of the statement that results.
    low, high
        Bounds in percent of the printed number.
    steps
        If not 0, the upper bound is instead the next round number, on steps up to the number
        divided by this.
    meaning, source
        What the words say, and the evidence for the width.
    before, after
        The words, separated by commas, that stand before or after the number.
    """

    kind: Kind
    low: int
    high: int
    meaning: str
    source: str
    before: str
    after: str = ""
    steps: int = 0

    def bounds(self, lower: int, upper: int, dozen: int = 0) -> tuple[int, int]:
        """Return the bounds around the numbers that the hedge stands at, rounded outwards.

        Parameters
        ----------
        lower, upper
            The number; two numbers where vague words are hedged.
        dozen
            12 or 20 if it is counted in dozens or scores: its next round number is one more.

        Examples
        --------
        >>> from casualty_models.statements.hedges import HEDGES
        >>> HEDGES[0].meaning, HEDGES[0].bounds(100, 100)
        ('a little less', (90, 100))
        >>> HEDGES[1].meaning, HEDGES[1].bounds(80, 80), HEDGES[1].bounds(24, 24, dozen=12)
        ('a little more', (80, 90), (24, 36))
        """
        if self.steps:
            high = upper + dozen if dozen else next_round(upper, self.steps)
        else:
            high = -(-upper * self.high // 100)
        return lower * self.low // 100, high


HEDGES: tuple[Hedge, ...] = (
    Hedge(
        kind="approximate",
        low=90,
        high=100,
        meaning="a little less",
        source="exact/printed 0.933 to 0.983 in 4 pairs, 0.933 and 0.992 in nearest pairs; a fifth"
        " pair may well fall below the least of four, hence 0.90",
        before="nearly, almost, near, nears, neared, nearing, close to, close on, approach,"
        " approaches, approached, approaching, just under, just below, just short of, not quite,"
        " fast, beinahe, knapp, nahezu, presque, près de, quasi, casi, quase, bijna, prawie,"
        " niemal, blisko, почти, майже",
    ),
    Hedge(
        kind="at_least",
        low=100,
        high=100,
        steps=5,
        meaning="a little more",
        source="exact/printed 1.000 to 1.050 in 17 pairs, 1.003 and 1.022 in nearest pairs; read"
        " up to the next round step (Cummins, Sauerland & Solt 2012: more than 80 is 80 to 90)",
        before="more than, more then, over, above, exceed, exceeds, exceeded, exceeding,"
        " in excess of, top, tops, topped, topping, past, passes, surpass, surpasses, surpassed,"
        " upwards of, upward of, beyond, greater than, higher than, rises above, rose above,"
        " rises past, rose past, climbs above, climbs past, climbed past, surges past, >,"
        " über, mehr als, plus de, più di, oltre, más de, mais de, acima de, meer dan,"
        " ruim, ponad, więcej niż, более, более чем, больше, свыше, превысило, понад, більше",
        after="or more, and more, and counting, +",
    ),
    Hedge(
        kind="at_least",
        low=100,
        high=100,
        steps=10,
        meaning="the count of the moment, which may still rise",
        source="normally prints the exact official count; judgement: up to the next round step,"
        " on steps half as wide as for more than",
        before="at least, no fewer than, no less than, not fewer than, not less than, ≥,"
        " a minimum of, minimum of, minimum, mindestens, wenigstens, au moins, almeno, non meno di,"
        " al menos, por lo menos, no menos de, como mínimo, pelo menos, ao menos, no mínimo,"
        " almenys, ten minste, minstens, minst, co najmniej, przynajmniej, najmanje, щонайменше,"
        " як мінімум, как минимум, не менее, не меньше, по меньшей мере, по крайней мере",
        after="at least, minimum, at the least, at a minimum",
    ),
    Hedge(
        kind="approximate",
        low=90,
        high=110,
        meaning="near the number, on either side",
        source="a hedge adds little to a round number (Williams & Power 2013): twice the 5 % of"
        " bare roundness; 464 behind some 450 (Jos 2010) fits",
        before="about, some, around, approximately, approx, roughly, circa, ca, c, ~, ≈,"
        " in the region of, something like, more or less, rund, etwa, ungefähr, environ, quelque,"
        " unos, unas, alrededor de, aproximadamente, cerca de, em torno de, ongeveer, około,"
        " около, примерно, порядка, приблизительно, близько",
        after="or so, or thereabouts, approximately, roughly",
    ),
    Hedge(
        kind="at_most",
        low=50,
        high=100,
        meaning="the largest number that the author thinks possible",
        source="judgement: no pair is known; settled tolls were exp(-0.71), half, of the numbers"
        " that officials projected (7 events), so the count in hand may be half as well",
        before="up to, as many as, as much as, as high as, at most, no more than, not more than,"
        " no higher than, not exceed, did not exceed, does not exceed, maximum, maximum of,"
        " a maximum of, ≤, bis zu, höchstens, maximal, jusqu'à, au plus, fino a, al massimo,"
        " hasta, como máximo, até, no máximo, tot, hoogstens, hooguit, najwyżej, до, не более,"
        " не больше",
        after="at most, maximum, at the most, or fewer, or less",
    ),
    Hedge(
        kind="at_most",
        low=80,
        high=100,
        meaning="a little less, as far as the round step below",
        source="3,899 behind below 3,900 (World Trade Center, 2001); the mirror of more than",
        before="fewer than, less than, under, below, short of, <, weniger als, unter, moins de,"
        " meno di, menos de, minder dan, mniej niż, менее, меньше",
    ),
)

_ABOUT = next(hedge for hedge in HEDGES if hedge.before.startswith("about"))


def unhedged_bounds(number: int, dozen: int = 0) -> tuple[int, int]:
    """Return the bounds around a number without a hedge: its roundness alone speaks.

    Dozens and scores are as round as "about": who says two dozen has not counted to 24.

    Examples
    --------
    >>> from casualty_models.statements.hedges import unhedged_bounds
    >>> unhedged_bounds(97), unhedged_bounds(500), unhedged_bounds(24, dozen=12)
    ((97, 97), (475, 525), (21, 27))
    """
    return _ABOUT.bounds(number, number) if dozen else rounding_bounds(number)
