"""`CaptureHistories`: how many people are on each combination of lists."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from casualty_models.errors import DataError
from casualty_models.lists import reading

if TYPE_CHECKING:
    import pandas as pd

    from casualty_models.lists.estimability import Estimability

ALL = ("all",)


@dataclass(frozen=True, eq=False)
class CaptureHistories:
    """How many people are on each combination of J lists, in one stratum or several.

    A combination is a *pattern*: 1 for each list a person is on, 0 for the others. The pattern of
    zeros (people on no list) is what has to be estimated; the other ``2**J - 1`` cells are here,
    zeros included, in this order: cell ``m - 1`` holds the people whose lists are the binary
    digits of ``m``, the first list being the lowest digit (100, 010, 110, 001, 101, 011, 111).

    The constructor checks shape and sign only, so that parts of a table (one stratum, a simulated
    one) can be held whatever they contain; `from_counts` and `from_people` also refuse a table
    that cannot be what it says: an empty list, two identical lists, no overlap at all.

    Parameters
    ----------
    lists
        Names of the 2 to 12 lists.
    counts
        People per cell, one row a stratum.
    strata
        Names of the strata; ``("all",)`` when there are none.

    Raises
    ------
    DataError
        If names, shape or counts break a rule; the text says where and what to do.

    Examples
    --------
    >>> from casualty_models.lists import CaptureHistories
    >>> table = CaptureHistories(("police", "press"), [[12, 20, 7]])
    >>> table.n, table.list_sizes.tolist()
    (39, [19, 27])
    """

    lists: tuple[str, ...]
    counts: np.ndarray
    strata: tuple[str, ...] = ALL

    def __post_init__(self) -> None:
        """Check names, shape and sign, and make the counts read-only whole numbers."""
        lists, strata = tuple(map(str, self.lists)), tuple(map(str, self.strata))
        reading.require_names(lists, "lists", reading.MIN_LISTS, reading.MAX_LISTS)
        reading.require_names(strata, "strata", 1, None)
        counts = reading.whole_counts(self.counts, (len(strata), 2 ** len(lists) - 1))
        object.__setattr__(self, "lists", lists)
        object.__setattr__(self, "strata", strata)
        object.__setattr__(self, "counts", counts)

    @staticmethod
    def from_counts(
        frame: Any,  # noqa: ANN401
        *,
        count: str = "count",
        strata: str | Sequence[str] | None = None,
    ) -> "CaptureHistories":
        """Read a table with one row for each combination of lists; rows left out count zero.

        Parameters
        ----------
        frame
            Any data frame (or mapping of columns) with one 0/1 column a list, a column of counts
            and, if any, the columns of the strata. Or a mapping from the lists that people are on
            to their number, ``{("police",): 12, ("police", "press"): 7, ("press",): 20}``.
        count
            Name of the column of counts.
        strata
            Name or names of the columns that say to which stratum a row belongs.

        Returns
        -------
        The counts, complete with zeros.

        Raises
        ------
        DataError
            If a list entry is not 0 or 1, a count is negative or broken, a combination occurs
            twice, the people on no list are given, a list is empty, two lists are identical, or
            no one is on two lists.

        Examples
        --------
        >>> from casualty_models.lists import CaptureHistories
        >>> columns = {"police": [1, 0, 1], "press": [0, 1, 1], "count": [12, 20, 7]}
        >>> CaptureHistories.from_counts(columns).counts
        array([[12, 20,  7]])
        """
        columns = reading.columns_of(frame, count)
        keys = reading.pop_strata(columns, strata)
        number = reading.pop_column(columns, count)
        masks = reading.masks_of(columns)
        cells = reading.tabulate(keys, masks, number, 2 ** len(columns), "row")
        return _checked(CaptureHistories(tuple(columns), cells.counts, cells.strata))

    @staticmethod
    def from_people(
        frame: Any,  # noqa: ANN401
        *,
        lists: Sequence[str] | None = None,
        strata: str | Sequence[str] | None = None,
    ) -> "CaptureHistories":
        """Count people from a table with one row a person.

        Parameters
        ----------
        frame
            Any data frame (or mapping of columns) with one 0/1 or bool column a list.
        lists
            The columns that are lists; by default every column that is not a stratum.
        strata
            Name or names of the columns that say to which stratum a person belongs.

        Returns
        -------
        The counts of each combination.

        Raises
        ------
        DataError
            As for `from_counts`; also if a person is on no list.

        Examples
        --------
        >>> from casualty_models.lists import CaptureHistories
        >>> people = {"police": [True, False, True], "press": [False, True, True]}
        >>> CaptureHistories.from_people(people).counts
        array([[1, 1, 1]])
        """
        columns = reading.columns_of(frame)
        keys = reading.pop_strata(columns, strata)
        if lists is not None:
            columns = {name: reading.pop_column(columns, name) for name in lists}
        masks = reading.masks_of(columns, remedy="Name the columns that are lists: lists=[...].")
        ones = np.ones(len(masks), dtype=np.int64)
        cells = reading.tabulate(keys, masks, ones, 2 ** len(columns), "person")
        return _checked(CaptureHistories(tuple(columns), cells.counts, cells.strata))

    @property
    def patterns(self) -> np.ndarray:
        """The 0/1 pattern of each cell, in the order of ``counts``: shape (cells, lists)."""
        masks = np.arange(1, 2 ** len(self.lists))
        return (masks[:, None] >> np.arange(len(self.lists))) & 1

    @property
    def n(self) -> int:
        """The people on at least one list, over all strata."""
        return int(self.counts.sum())

    @property
    def list_sizes(self) -> np.ndarray:
        """The people on each list, over all strata, in the order of ``lists``."""
        return self.counts.sum(axis=0) @ self.patterns

    @property
    def cells(self) -> np.ndarray:
        """The counts of the only stratum.

        Raises
        ------
        DataError
            If there are several strata.

        Examples
        --------
        >>> from casualty_models.lists import CaptureHistories
        >>> CaptureHistories(("police", "press"), [[12, 20, 7]]).cells
        array([12, 20,  7])
        """
        if len(self.strata) > 1:
            raise DataError(
                "this method takes one stratum at a time",
                place="strata",
                value=self.strata,
                remedy="Pass histories.stratum(name), or histories.total() to ignore them.",
            )
        return self.counts[0]

    def total(self) -> "CaptureHistories":
        """Return the table summed over strata.

        Examples
        --------
        >>> from casualty_models.lists import CaptureHistories
        >>> table = CaptureHistories(("police", "press"), [[9, 9, 1], [3, 11, 6]], ("men", "women"))
        >>> table.total().counts
        array([[12, 20,  7]])
        """
        return CaptureHistories(self.lists, self.counts.sum(axis=0, keepdims=True))

    def stratum(self, name: str) -> "CaptureHistories":
        """Return the table of one stratum.

        Raises
        ------
        DataError
            If there is no such stratum.

        Examples
        --------
        >>> from casualty_models.lists import CaptureHistories
        >>> table = CaptureHistories(("police", "press"), [[9, 9, 1], [3, 11, 6]], ("men", "women"))
        >>> table.stratum("women").counts
        array([[ 3, 11,  6]])
        """
        if name not in self.strata:
            remedy = f"The strata are {', '.join(self.strata)}."
            raise DataError("there is no such stratum", place="strata", value=name, remedy=remedy)
        row = self.strata.index(name)
        return CaptureHistories(self.lists, self.counts[row : row + 1], (name,))

    def keep(self, lists: Sequence[str]) -> "CaptureHistories":
        """Return the table of some lists only; who is on none of them drops out.

        Examples
        --------
        >>> from casualty_models.lists import CaptureHistories
        >>> table = CaptureHistories(("A", "B", "C"), [[40, 30, 6, 20, 9, 8, 3]])
        >>> table.keep(["A", "B"]).counts
        array([[49, 38,  9]])
        """
        from casualty_models.lists.selection import keep_lists

        return keep_lists(self, lists)

    def to_frame(self) -> "pd.DataFrame":
        """Return one row a stratum and cell: the stratum (if any), the lists, the count.

        Examples
        --------
        >>> from casualty_models.lists import CaptureHistories
        >>> print(CaptureHistories(("police", "press"), [[12, 20, 7]]).to_frame())
           police  press  count
        0       1      0     12
        1       0      1     20
        2       1      1      7
        """
        import pandas as pd

        patterns = np.tile(self.patterns, (len(self.strata), 1))
        frame = pd.DataFrame(patterns, columns=list(self.lists)).assign(count=self.counts.ravel())
        if self.strata != ALL:
            frame.insert(0, "stratum", np.repeat(self.strata, self.counts.shape[1]))
        return frame

    def estimability(self) -> "Estimability":
        """Say, before any model is fitted, what these lists can and cannot tell.

        Examples
        --------
        >>> from casualty_models.lists import CaptureHistories
        >>> print(CaptureHistories(("police", "press"), [[12, 20, 7]]).estimability())
        all: 39 people on 2 lists; can be estimated with care.
          Two lists say nothing about their dependence; the answer rests on a prior for it.
        """
        from casualty_models.lists.estimability import estimability

        return estimability(self)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, CaptureHistories) and self._key() == other._key()

    def __hash__(self) -> int:
        return hash(self._key())

    def _key(self) -> tuple[tuple[str, ...], tuple[str, ...], bytes]:
        return self.lists, self.strata, self.counts.tobytes()


def _checked(histories: CaptureHistories) -> CaptureHistories:
    """Refuse a whole table that cannot be what it says."""
    reading.require_overlap(histories.lists, histories.total().cells, histories.patterns)
    return histories
