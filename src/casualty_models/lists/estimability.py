"""What lists can tell before any model is fitted, in words."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from casualty_models.lists.existence import MEANING, Existence, existence

if TYPE_CHECKING:
    import pandas as pd

    from casualty_models.lists.histories import CaptureHistories

Verdict = Literal["can be estimated", "can be estimated with care", "cannot be estimated"]

FEW_PEOPLE = 10
FEWEST_FOR_DEPENDENCE = 3


@dataclass(frozen=True)
class StratumReport:
    """What the lists can tell about one stratum.

    Parameters
    ----------
    stratum, n, lists
        Its name, the people on at least one list, and how many lists have someone on them.
    verdict
        Whether the people on no list can be estimated.
    reasons
        What stands in the way, as sentences.
    independence, pairwise
        Whether the maximum likelihood estimate of the log-linear model with no interactions, and
        with all interactions of two lists, exists (see `casualty_models.lists.existence`).
    shared
        People on both of each two lists: shape (lists, lists), sizes on the diagonal.

    Examples
    --------
    >>> from casualty_models.lists import CaptureHistories
    >>> table = CaptureHistories(("A", "B", "C"), [[40, 30, 6, 20, 0, 0, 0]])
    >>> report = table.estimability().reports[0]
    >>> report.verdict, report.independence, report.pairwise
    ('can be estimated with care', 'exists', 'undetermined')
    """

    stratum: str
    n: int
    lists: int
    verdict: Verdict
    reasons: tuple[str, ...]
    independence: Existence
    pairwise: Existence
    shared: np.ndarray

    def __str__(self) -> str:
        head = f"{self.stratum}: {self.n:,} people on {self.lists} lists; {self.verdict}."
        return "\n  ".join([head, *self.reasons])


@dataclass(frozen=True)
class Estimability:
    """The reports of all strata; printing it gives the words.

    Examples
    --------
    >>> from casualty_models.lists import CaptureHistories
    >>> table = CaptureHistories(("A", "B", "C"), [[40, 30, 6, 20, 9, 8, 3]])
    >>> print(table.estimability())
    all: 116 people on 3 lists; can be estimated.
    """

    reports: tuple[StratumReport, ...]

    @property
    def not_estimable(self) -> tuple[str, ...]:
        """The strata that cannot be estimated."""
        return tuple(r.stratum for r in self.reports if r.verdict == "cannot be estimated")

    def to_frame(self) -> "pd.DataFrame":
        """Return one row a stratum, without the overlaps.

        Examples
        --------
        >>> from casualty_models.lists import CaptureHistories
        >>> table = CaptureHistories(("A", "B", "C"), [[40, 30, 6, 20, 9, 8, 3]])
        >>> table.estimability().to_frame()["pairwise"].tolist()
        ['exists']
        """
        import pandas as pd

        names = ["stratum", "n", "lists", "verdict", "independence", "pairwise", "reasons"]
        rows = [[getattr(report, name) for name in names[:-1]] for report in self.reports]
        words = [" ".join(report.reasons) for report in self.reports]
        return pd.DataFrame(rows, columns=names[:-1]).assign(reasons=words)

    def __str__(self) -> str:
        return "\n".join(map(str, self.reports))


def estimability(histories: "CaptureHistories") -> Estimability:
    """Return what the lists can tell, stratum by stratum.

    Examples
    --------
    >>> from casualty_models.lists import CaptureHistories
    >>> from casualty_models.lists.estimability import estimability
    >>> table = CaptureHistories(("A", "B"), [[5, 5, 2], [4, 4, 0]], ("north", "south"))
    >>> estimability(table).not_estimable
    ('south',)
    """
    return Estimability(tuple(_report(histories.stratum(name)) for name in histories.strata))


def _report(histories: "CaptureHistories") -> StratumReport:
    cells, patterns = histories.cells, histories.patterns
    shared = patterns.T @ (cells[:, None] * patterns)
    occupied = np.diag(shared) > 0
    fatal = _fatal(histories, shared)
    cautions = () if fatal and not histories.n else _cautions(histories, shared)
    terms = 1 << np.arange(len(histories.lists))
    pairs = terms[:, None] | terms
    independence = existence(cells, terms)
    pairwise = existence(cells, np.unique(pairs))
    if not fatal and occupied.sum() >= FEWEST_FOR_DEPENDENCE and pairwise != "exists":
        cautions += (f"With all interactions of two lists {MEANING[pairwise]}.",)
    verdict: Verdict = "can be estimated with care" if cautions else "can be estimated"
    return StratumReport(
        histories.strata[0],
        histories.n,
        int(occupied.sum()),
        "cannot be estimated" if fatal else verdict,
        fatal + cautions,
        independence,
        pairwise,
        shared,
    )


def _fatal(histories: "CaptureHistories", shared: np.ndarray) -> tuple[str, ...]:
    """Return why nothing can be said about the people on no list."""
    if not histories.n:
        return ("No one is on any list.",)
    if np.count_nonzero(np.diag(shared)) == 1:
        return ("Only one list has someone on it.",)
    if not np.triu(shared, 1).any():
        return ("No one is on two lists: nothing says how many people are on none.",)
    return ()


def _cautions(histories: "CaptureHistories", shared: np.ndarray) -> tuple[str, ...]:
    """Return what weakens an answer."""
    names, sizes = histories.lists, np.diag(shared)
    occupied = np.flatnonzero(sizes)
    apart = [(i, j) for i in occupied for j in occupied if i < j and not shared[i, j]]
    alone = [i for i in occupied if shared[i].sum() == sizes[i]]
    copies = (shared == sizes) & (shared == sizes[:, None])
    same = [(i, j) for i in occupied for j in occupied if i < j and copies[i, j]]
    found = [
        f"Nobody is on {names[i]}: it is left out of account." for i in np.flatnonzero(sizes == 0)
    ]
    found += [f"{names[i]} and {names[j]} are identical: one is a copy." for i, j in same]
    found += [f"{names[i]} shares no one with any other list." for i in alone]
    found += [f"{names[i]} and {names[j]} share no one." for i, j in apart if i not in alone]
    found += [f"{names[i]} holds everyone: no one is seen to be missed by it."
              for i in occupied if sizes[i] == histories.n]  # fmt: skip
    if histories.n < FEW_PEOPLE:
        found.append(f"Fewer than {FEW_PEOPLE} people: the answer is mostly the prior.")
    if len(occupied) < FEWEST_FOR_DEPENDENCE:
        found.append("Two lists say nothing about their dependence; the answer rests on a prior "
                     "for it.")  # fmt: skip
    return tuple(found)
