"""Hide one list and predict how many of its members are on none of the others.

That number is known, so each list in turn is a test of the method on this very material: its
members are a population, the other lists catch some of them, and those on no other list are the
unseen. A method that fails here is not to be believed about the people on no list at all. One that
passes may still be wrong: whoever is on a list was found by someone, and those on none were not.

Source: internal consistency as in Binette and Steorts (2022), On the reliability of multiple
systems estimation for the quantification of modern slavery, JRSS A 185.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from casualty_models.capture.families import Settings, run_families
from casualty_models.capture.family_answer import FamilyAnswer
from casualty_models.capture.pooling import toll_ends
from casualty_models.capture.seeds import known_seed
from casualty_models.capture.verdict import counted, judge, kind_of
from casualty_models.errors import NotEstimable
from casualty_models.lists import CaptureHistories
from casualty_models.lists.selection import members_of

if TYPE_CHECKING:
    import pandas as pd

_DEFAULT = ("graphs", "loglinear", "latent_class")
_TWO = ("two_lists",)
_FEWEST_LISTS = 3


def hide_each_list(
    histories: CaptureHistories,
    *,
    families: Sequence[str] | None = None,
    particles: int = 500,
    random_seed: int | None = None,
) -> "pd.DataFrame":
    """Hide each list in turn and predict how many of its members are on none of the others.

    Parameters
    ----------
    histories
        One stratum with 3 lists or more.
    families
        As in `estimate_unseen`, whose rule for the answer is used too. By default graphs,
        log-linear models and latent classes; where two lists are left, the prior of the odds ratio.
    particles
        Of the latent classes.
    random_seed
        Seed of the families.

    Returns
    -------
    One row a list: ``members``, ``on_no_other`` (the truth), the prediction (``median``,
    ``lower95``, ``upper95``; the median is NaN and the ends are those of the spread where
    families disagree), ``place`` (the probability below the truth, averaged over families) and
    ``verdict``: "holds", "predicted too few", "predicted too many", or why it cannot be checked.

    Raises
    ------
    NotEstimable
        If there are only two lists: none can be hidden.
    DataError
        If there are several strata.

    Examples
    --------
    >>> from casualty_models.capture.hide_list import hide_each_list
    >>> from casualty_models.datasets.lists import load_lists
    >>> kosovo = load_lists("kosovo1999")
    >>> table = hide_each_list(kosovo, families=["graphs", "loglinear"], random_seed=1)
    >>> table[["members", "on_no_other"]].loc["EXH"].tolist()
    [1910, 1131]
    """
    import pandas as pd

    if len(histories.lists) < _FEWEST_LISTS:
        raise NotEstimable("with two lists none can be hidden: one list alone tells nothing")
    _ = histories.cells  # one stratum, or a message that says so
    seed = known_seed(random_seed)
    usual = _TWO if len(histories.lists) == _FEWEST_LISTS else _DEFAULT
    settings = Settings(particles, False, seed)
    chosen = tuple(usual if families is None else families)
    rows = [_row(histories, name, chosen, settings) for name in histories.lists]
    return pd.DataFrame(rows).set_index("list")


def _row(
    histories: CaptureHistories, name: str, families: tuple[str, ...], settings: Settings
) -> dict[str, object]:
    place = histories.lists.index(name)
    truth = int(histories.cells[(1 << place) - 1])
    row: dict[str, object] = {
        "list": name,
        "members": int(histories.list_sizes[place]),
        "on_no_other": truth,
        "median": float("nan"),
        "lower95": float("nan"),
        "upper95": float("nan"),
        "place": float("nan"),
    }
    members = members_of(histories, name)
    report = members.estimability().reports[0]
    if report.verdict == "cannot be estimated":
        return row | {"verdict": f"cannot be checked: {' '.join(report.reasons)}"}
    answers = judge(run_families(members, families, settings))
    lower, median, upper = (
        end - members.n for end in toll_ends(members, answers, kind_of(answers))
    )
    return row | {
        "median": median,
        "lower95": lower,
        "upper95": upper,
        "place": _place(answers, truth),
        "verdict": _verdict(truth, lower, upper),
    }


def _place(answers: tuple[FamilyAnswer, ...], truth: int) -> float:
    """Return the probability below the truth, half of that of the truth itself included."""
    ends = np.array(
        [answer.unseen.cdf(np.array([truth - 1, truth])) for answer in counted(answers)]
    )
    return float(ends.mean())


def _verdict(truth: int, lower: float, upper: float) -> str:
    if truth > upper:
        return "predicted too few"
    return "predicted too many" if truth < lower else "holds"
