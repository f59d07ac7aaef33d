"""What several families of models say together: which are ruled out, and whether the rest agree.

The counts can rule a family out: one that foretold them far worse than another does not describe
these lists. They cannot weigh the families that are left. Each of those rests on an assumption
about the people on no list that no count can test, and models that differ in it may fit the counts
alike and differ about the unseen by any factor (Aleshin-Guendel, Sadinle and Wakefield). So
the rest are averaged with equal weight, and only if they agree. Otherwise the answer is their
spread.

Source: Aleshin-Guendel, Sadinle and Wakefield, The central role of the identifying assumption in
population size estimation, arXiv:2101.09304.
"""

from dataclasses import replace
from itertools import permutations
from typing import Literal

import numpy as np

from casualty_models.capture.family_answer import POINTS, FamilyAnswer

Kind = Literal["averaged", "spread", "prior"]

RULED_OUT = float(np.log(1000.0))
INTERVAL = (0.025, 0.975)


def judge(answers: tuple[FamilyAnswer, ...]) -> tuple[FamilyAnswer, ...]:
    """Return the answers with their roles.

    Independence is a yardstick and never in the answer: the other families have it as a special
    case. Of the others, one is ruled out if another foretold the counts more than 1,000 times
    better. A family whose evidence is not known is never ruled out.

    Examples
    --------
    >>> import numpy as np
    >>> from casualty_models.capture.family_answer import FamilyAnswer
    >>> from casualty_models.capture.negative_binomial import unseen_given_odds
    >>> from casualty_models.capture.verdict import judge
    >>> unseen = unseen_given_odds(50, np.zeros(1))
    >>> answers = (FamilyAnswer("graphs", unseen, -100.0), FamilyAnswer("loglinear", unseen, -90.0))
    >>> [answer.role for answer in judge(answers)]
    ['ruled out', 'in the answer']
    """
    contest = [a for a in answers if a.role != "yardstick" and a.log_evidence is not None]
    best = max((a.log_evidence for a in contest if a.log_evidence is not None), default=0.0)
    out = {
        id(a) for a in contest if a.log_evidence is not None and a.log_evidence < best - RULED_OUT
    }
    return tuple(replace(a, role="ruled out") if id(a) in out else a for a in answers)


def counted(answers: tuple[FamilyAnswer, ...]) -> tuple[FamilyAnswer, ...]:
    """Return those in the answer."""
    return tuple(answer for answer in answers if answer.role == "in the answer")


def agree(answers: tuple[FamilyAnswer, ...]) -> bool:
    """Return whether each median lies in the 95 percent interval of every other family.

    Examples
    --------
    >>> import numpy as np
    >>> from casualty_models.capture.family_answer import FamilyAnswer
    >>> from casualty_models.capture.negative_binomial import unseen_given_odds
    >>> from casualty_models.capture.verdict import agree
    >>> low, high = (FamilyAnswer("graphs", unseen_given_odds(50, np.array([x]))) for x in (0, 3))
    >>> agree((low, low)), agree((low, high))
    (True, False)
    """
    ends = {id(a): a.quantiles([INTERVAL[0], 0.5, INTERVAL[1]]) for a in answers}
    return all(
        ends[id(one)][0] <= ends[id(other)][1] <= ends[id(one)][2]
        for one, other in permutations(answers, 2)
    )


def kind_of(answers: tuple[FamilyAnswer, ...]) -> Kind:
    """Return what kind of answer these can give.

    Examples
    --------
    >>> import numpy as np
    >>> from casualty_models.capture.family_answer import FamilyAnswer
    >>> from casualty_models.capture.negative_binomial import unseen_given_odds
    >>> from casualty_models.capture.verdict import kind_of
    >>> kind_of((FamilyAnswer("two_lists", unseen_given_odds(50, np.zeros(1))),))
    'prior'
    """
    if any(answer.family == "two_lists" for answer in answers):
        return "prior"
    return "averaged" if agree(counted(answers)) else "spread"


def pooled_points(answers: tuple[FamilyAnswer, ...]) -> np.ndarray:
    """Return sorted points that stand for the average of the families in the answer.

    Examples
    --------
    >>> import numpy as np
    >>> from casualty_models.capture.family_answer import FamilyAnswer
    >>> from casualty_models.capture.negative_binomial import unseen_given_odds
    >>> from casualty_models.capture.verdict import pooled_points
    >>> answer = FamilyAnswer("graphs", unseen_given_odds(50, np.zeros(1)))
    >>> float(np.median(pooled_points((answer, answer))))
    49.5
    """
    return np.sort(np.concatenate([answer.points(POINTS) for answer in counted(answers)]))


def envelope(answers: tuple[FamilyAnswer, ...]) -> tuple[float, float]:
    """Return the lowest and the highest end of the 95 percent intervals in the answer.

    Examples
    --------
    >>> import numpy as np
    >>> from casualty_models.capture.family_answer import FamilyAnswer
    >>> from casualty_models.capture.negative_binomial import unseen_given_odds
    >>> from casualty_models.capture.verdict import envelope
    >>> low, high = (FamilyAnswer("graphs", unseen_given_odds(50, np.array([x]))) for x in (0, 3))
    >>> envelope((low, high))
    (32.0, 1308.0)
    """
    ends = np.array([answer.quantiles(list(INTERVAL)) for answer in counted(answers)])
    return float(ends[:, 0].min()), float(ends[:, 1].max())
