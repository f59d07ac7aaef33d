"""The answer of several families of models in plain sentences."""

import math
from collections.abc import Iterable

from casualty_models.capture.family_answer import ASSUMPTIONS, FamilyAnswer
from casualty_models.capture.verdict import INTERVAL, Kind, counted
from casualty_models.lists import CaptureHistories
from casualty_models.lists.existence import MEANING

OPEN = ("infinite", "zero", "undetermined")
NOTABLE_OVERLAP = 0.2
NOTABLE_MOVE = 1.25
_ONLY_FULL_MODEL = 0.5
_NOTABLE_SHIFT = 0.1


def people(value: float, least: float = 0.0, *, digits: int = 2) -> str:
    """Return a number of people in two digits, never less than what was counted.

    Examples
    --------
    >>> from casualty_models.capture.verdict_words import people
    >>> people(12_190.0), people(123.6, least=123)
    ('12,000', '123')
    """
    return f"{max(float(f'{value:.{digits}g}'), least):,.0f}"


def people_apart(values: Iterable[float], least: float = 0.0) -> list[str]:
    """Return numbers of people in two digits, or in three or four where that tells them apart.

    Examples
    --------
    >>> from casualty_models.capture.verdict_words import people_apart
    >>> people_apart([9236.0, 12_190.0, 18_081.0]), people_apart([1485.0, 1500.0, 1517.0])
    (['9,200', '12,000', '18,000'], ['1,480', '1,500', '1,520'])
    """
    ends = list(values)
    tries = [[people(end, least, digits=digits) for end in ends] for digits in (2, 3, 4)]
    return next((found for found in tries if len(set(found)) == len(found)), tries[0])


def sentences(
    histories: CaptureHistories,
    answers: tuple[FamilyAnswer, ...],
    kind: Kind,
    ends: tuple[float, float, float],
) -> tuple[str, ...]:
    """Return the whole answer: the toll, how far families agree, what decides it, what to know.

    Parameters
    ----------
    histories
        The table.
    answers
        The families with their roles.
    kind
        What kind of answer they give.
    ends
        Lower end, median and upper end of the toll.

    Returns
    -------
    Sentences, the most important first.

    Examples
    --------
    >>> from casualty_models.capture.families import Settings, run_families
    >>> from casualty_models.capture.verdict_words import sentences
    >>> from casualty_models.lists import CaptureHistories
    >>> spina = CaptureHistories(("A", "B", "C"), [[244, 48, 142, 60, 111, 4, 12]])
    >>> answers = run_families(spina, ["graphs"], Settings(500, False, 1))
    >>> print(sentences(spina, answers, "averaged", (687, 725, 783))[0])
    720 people in all, 95% interval 690 to 780; 621 of them are on the lists.
    """
    headline = {"averaged": _averaged, "spread": _spread, "prior": _prior}[kind]
    warned = no_estimate(histories)
    report = histories.estimability().reports[0]
    return (
        *([warned] if warned else []),
        *headline(histories, answers, ends),
        *_ruled_out(answers),
        *_decided_before(histories, answers),
        *report.reasons,
        *(f"{a.name.capitalize()}: {note}" for a in counted(answers) for note in a.notes),
    )


def no_estimate(histories: CaptureHistories) -> str:
    """Return the sentence that no estimate exists without a prior; empty where one does.

    Examples
    --------
    >>> from casualty_models.capture.verdict_words import no_estimate
    >>> from casualty_models.lists import CaptureHistories
    >>> no_estimate(CaptureHistories(("A", "B", "C"), [[244, 48, 142, 60, 111, 4, 12]]))
    ''
    """
    pairwise = histories.estimability().reports[0].pairwise
    if len(histories.lists) == 2 or pairwise not in OPEN:  # noqa: PLR2004
        return ""
    return (
        "No maximum likelihood estimate exists with all interactions of two lists:"
        f" {MEANING[pairwise]}. The numbers here are finite only by the priors."
    )


def _averaged(
    histories: CaptureHistories,
    answers: tuple[FamilyAnswer, ...],
    ends: tuple[float, float, float],
) -> list[str]:
    lower, middle, upper = people_apart(ends, histories.n)
    chosen = counted(answers)
    names = _joined([answer.name for answer in chosen])
    if len(chosen) > 1:
        how = (
            f"{names.capitalize()} agree: the median of each lies in the 95% interval of the"
            " others. They are averaged with equal weight, as no count can tell which is right"
            " about the people on no list."
        )
    else:
        how = (
            f"This is the answer of {names} alone. It rests on the assumption"
            f" {ASSUMPTIONS[chosen[0].family]}."
        )
    toll = f"{middle} people in all, 95% interval {lower} to {upper};"
    return [f"{toll} {histories.n:,} of them are on the lists.", how]


def _spread(
    histories: CaptureHistories,
    answers: tuple[FamilyAnswer, ...],
    ends: tuple[float, float, float],
) -> list[str]:
    lower, upper = people_apart(ends[::2], histories.n)
    parts = [_of_family(histories, answer) for answer in counted(answers)]
    assumed = [f"{a.name}, {ASSUMPTIONS[a.family]}" for a in counted(answers)]
    return [
        f"From {lower} to {upper} people in all; {histories.n:,} of them are on the lists. No"
        " single figure is honest here, and this is not an interval with a probability.",
        f"The families disagree about the people on no list: {'; '.join(parts)}.",
        "None of them is ruled out by the counts, and none of their assumptions can be tested:"
        f" {'; '.join(assumed)}. The answer is the spread over them.",
    ]


def _prior(
    histories: CaptureHistories,
    answers: tuple[FamilyAnswer, ...],
    ends: tuple[float, float, float],
) -> list[str]:
    lower, middle, upper = people_apart(ends, histories.n)
    (answer,) = (a for a in answers if a.family == "two_lists")
    curve = [
        f"{people(histories.n + answer.fact(f'median_at_odds_ratio_{r:g}'), histories.n)} if {r:g}"
        for r in (1.0, 2.0, 4.0)
    ]
    return [
        f"{middle} people in all, 95% interval {lower} to {upper}; {histories.n:,} of them are on"
        " the lists. Prior belief about the odds ratio of the two lists decides this; the counts"
        " say nothing about it.",
        f"By the odds ratio: {', '.join(curve)}.",
    ]


def _of_family(histories: CaptureHistories, answer: FamilyAnswer) -> str:
    ends = histories.n + answer.quantiles([INTERVAL[0], 0.5, INTERVAL[1]])
    lower, middle, upper = people_apart(ends, histories.n)
    return f"{answer.name} {middle} ({lower} to {upper})"


def _ruled_out(answers: tuple[FamilyAnswer, ...]) -> list[str]:
    out = [answer.name for answer in answers if answer.role == "ruled out"]
    if not out:
        return []
    return [
        f"{_joined(out).capitalize()} are left out: another family foretold the counts more than"
        " 1,000 times better."
    ]


def _decided_before(histories: CaptureHistories, answers: tuple[FamilyAnswer, ...]) -> list[str]:
    """Return what was decided before anyone was counted."""
    found = []
    for answer in answers:
        found += _saturated(histories, answer) + _full_model(answer)
        if answer.role == "in the answer":
            found += _moved(histories, answer) + _not_learned(answer)
    return found


def _saturated(histories: CaptureHistories, answer: FamilyAnswer) -> list[str]:
    kept, weight = answer.fact("median_with_saturated"), answer.fact("saturated_weight")
    without = float(answer.quantiles([0.5])[0])
    if not abs(math.log((histories.n + kept) / (histories.n + without))) > _NOTABLE_SHIFT:
        return []
    return [
        f"Decided before the data: that the graph in which all lists depend on all is left out. The"
        f" counts would give it a weight of {weight:.0%}, and its answer is its prior; with it the"
        f" median by graphs is {people(histories.n + kept, histories.n)} and not"
        f" {people(histories.n + without, histories.n)}."
    ]


def _full_model(answer: FamilyAnswer) -> list[str]:
    weight = answer.fact("full_model_weight")
    if not weight > _ONLY_FULL_MODEL or answer.role != "in the answer":
        return []
    return [
        "Decided before the data: that the highest interaction is absent. The log-linear model with"
        f" all other interactions has a weight of {weight:.0%}; it can reproduce every count, so"
        " nothing is left over to test it."
    ]


def _moved(histories: CaptureHistories, answer: FamilyAnswer) -> list[str]:
    low, high = (histories.n + answer.fact(key) for key in ("median_low", "median_high"))
    if math.isnan(low) or high < NOTABLE_MOVE * low:
        return []
    return [
        f"Decided by the prior: other usual priors move the median by {answer.name} from"
        f" {people(low, histories.n)} to {people(high, histories.n)}."
    ]


def _not_learned(answer: FamilyAnswer) -> list[str]:
    overlap = answer.prior_overlap()
    if not overlap > NOTABLE_OVERLAP:
        return []
    return [
        f"Little was learned by {answer.name}: {overlap:.0%} of the posterior of the unseen lies"
        " where the prior was before it was known who is on which list."
    ]


def _joined(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
