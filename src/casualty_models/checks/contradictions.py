"""Which statements cannot all be right, and which of them to doubt first."""

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from scipy.special import ndtr, ndtri

from casualty_models.checks.comparable import FELL, LIKELY, Pair, broken_rules, pairs_to_weigh
from casualty_models.checks.tension import (
    Expected,
    differ_probability,
    exceed_probability,
    expected,
)
from casualty_models.errors import DataError
from casualty_models.priors import TollPriors
from casualty_models.summaries.words import day_in_words

if TYPE_CHECKING:
    from casualty_models.events import Event, Report

AT_LEAST = 2.0
CHANCE = 0.05  # more likely than this among all that was compared, a pair is what chance brings
COLUMNS: dict[str, Any] = {
    "first": int,
    "second": int,
    "why": str,
    "certain": bool,
    "sds": float,
    "chance": float,
    "doubt": "Int64",
    "words": str,
}


def contradictions(
    event: "Event", priors: TollPriors | None = None, *, at_least: float = AT_LEAST
) -> pd.DataFrame:
    r"""Return the pairs of statements that hardly can both be right, the worst first.

    No fit is made. Two kinds of pair are listed. Some break a rule of arithmetic: one source's
    count goes down, a part is larger than its whole, a toll is below its documented minimum.
    Others are further apart than such statements usually are, given that counting goes on, that
    sources lean and that numbers are noisy. How far is told in standard deviations,

    .. math:: z = \Phi^{-1}(1 - p / 2)

    with p the probability, under the priors, that two statements about one toll differ at least as
    much. Even in an event without any error some pair is the furthest apart: ``chance`` says how
    likely a pair like this one is among all that were compared (Bonferroni).

    Parameters
    ----------
    event
        The reports.
    priors
        By default those of the event's kind and mechanism.
    at_least
        List pairs at least so many standard deviations apart; those that break a rule always are.

    Returns
    -------
    One row a pair. ``first``, ``second``: positions in ``event.reports``; ``why``; ``certain``,
    whether a rule of arithmetic is broken; ``sds``; ``chance``; ``doubt``, the position of the
    statement to doubt first, or none where nothing tells; ``words``. Attribute ``compared``: the
    number of pairs that were compared.

    Raises
    ------
    DataError
        If the event has fewer than two reports.

    Notes
    -----
    The statement to doubt is the one whose removal resolves most; then, the one that is further
    from all others it was compared with; then, the one of the noisier kind. That others disagree
    with it does not make it wrong: many can repeat one error.

    Examples
    --------
    >>> from casualty_models.checks import contradictions
    >>> from casualty_models.events import Event, Report
    >>> counts = {11: 40, 12: 90, 13: 1040, 14: 110, 15: 118}
    >>> event = Event(name="example", kind="riot", start="2010-06-10", reports=[Report(
    ...     date=f"2010-06-{day}", source="ministry", source_kind="official", quantity="killed",
    ...     value=value) for day, value in counts.items()])
    >>> table = contradictions(event)
    >>> table[["first", "second", "certain", "doubt"]].sort_values("second").values.tolist()
    [[1, 2, False, 2], [2, 3, True, 2], [2, 4, True, 2]]
    """
    if len(event.reports) < 2:  # noqa: PLR2004
        raise DataError(
            "two statements are needed for a contradiction",
            place=event.name,
            value=f"{len(event.reports)} reports",
            remedy="Add what others said.",
        )
    told = expected(event, priors or TollPriors.for_event(event.kind, event.mechanism))
    weighed = {pair: _distance(told, pair) for pair in pairs_to_weigh(event)}
    broken = {pair: _distance(told, pair) for pair in broken_rules(event)}
    by_rule = {(pair.first, pair.second) for pair in broken}
    far = {p: z for p, z in weighed.items() if z >= at_least and (p.first, p.second) not in by_rule}
    listed = dict(sorted((broken | far).items(), key=lambda item: (-item[1], item[0])))
    doubts = _doubts(listed, weighed | broken, told)
    rows = [_row(event, pair, z, doubts[pair], len(weighed)) for pair, z in listed.items()]
    table = pd.DataFrame(rows, columns=list(COLUMNS)).astype(COLUMNS)
    table.attrs["compared"] = len(weighed)
    return table


def contradictions_sentence(table: pd.DataFrame) -> str:
    """Return what a table of contradictions comes to, in a sentence or two.

    Parameters
    ----------
    table
        What `contradictions` returned.

    Examples
    --------
    >>> from casualty_models.checks import contradictions, contradictions_sentence
    >>> from casualty_models.events import Event, Report
    >>> event = Event(name="example", kind="riot", start="2010-06-10", reports=[Report(
    ...     date=f"2010-06-{day}", source="ministry", quantity="killed", value=value)
    ...     for day, value in ((13, 85), (14, 97))])
    >>> contradictions_sentence(contradictions(event))
    'Pairs of statements compared: 1. None is further apart than such statements usually are.'
    """
    compared = f"Pairs of statements compared: {table.attrs['compared']}."
    certain, rare = int(table["certain"].sum()), int((table["chance"] < CHANCE).sum())
    parts = []
    if certain:
        parts.append(f"{certain} cannot both be right by arithmetic alone")
    if rare:
        parts.append(f"{rare} further apart than chance explains")
    if not parts and len(table):
        parts.append(
            f"{len(table)} far apart, but no more than one expects among so many comparisons"
        )
    found = "; ".join(parts) or "None is further apart than such statements usually are"
    return f"{compared} {found}."


def _distance(told: Expected, pair: Pair) -> float:
    """Return how far apart a pair is, in standard deviations."""
    if pair.rule in (LIKELY, FELL):
        probability = differ_probability(told, pair.first, pair.second) / 2
    else:
        probability = exceed_probability(told, pair.first, pair.second)
    return max(0.0, float(-ndtri(probability)))


def _doubts(
    listed: dict[Pair, float], compared: dict[Pair, float], told: Expected
) -> dict[Pair, int | None]:
    """Return for each listed pair which of the two to doubt: the one that resolves most, first."""
    others = np.zeros(len(told.series))
    for pair, z in compared.items():
        if pair not in listed:
            others[[pair.first, pair.second]] += z**2
    left, doubts = dict(listed), {}
    while left:
        resolved = np.zeros(len(told.series))
        for pair, z in left.items():
            resolved[[pair.first, pair.second]] += z + 1.0
        worst, tied = _most(resolved, others, told.spread, among=_named(left))
        for pair in [p for p in left if worst in (p.first, p.second)]:
            doubts[pair] = None if tied else worst
            del left[pair]
    return doubts


def _named(pairs: dict[Pair, float]) -> list[int]:
    return sorted({position for pair in pairs for position in (pair.first, pair.second)})


def _most(*scores: np.ndarray, among: list[int]) -> tuple[int, bool]:
    """Return the position of the highest score, ties broken by the next; whether a tie is left."""
    best = among
    for score in scores:
        top = max(score[position] for position in best)
        best = [position for position in best if score[position] >= top - 1e-9]
    return best[0], len(best) > 1


def _row(
    event: "Event", pair: Pair, sds: float, doubt: int | None, compared: int
) -> dict[str, Any]:
    one, other = event.reports[pair.first], event.reports[pair.second]
    probability = 2 * float(ndtr(-sds))
    who = _who(event.reports[doubt]) if doubt is not None else "nothing tells which of the two"
    return {
        "first": pair.first,
        "second": pair.second,
        "why": pair.rule,
        "certain": pair.rule != LIKELY,
        "sds": sds,
        "chance": min(1.0, probability * max(compared, 1)),
        "doubt": doubt,
        "words": (
            f"{_who(one)} and {_who(other)}: {pair.rule} ({sds:.1f} standard deviations)."
            f" To doubt first: {who}."
        ),
    }


def _who(report: "Report") -> str:
    said = report.says or report.statement.text
    return f'"{said}" {report.quantity} ({report.source}, {day_in_words(report.date)})'
