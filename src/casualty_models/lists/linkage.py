"""`WeightedTables`: one table for each way in which the records may have been matched.

Two records of one person that are not matched make two people of one, and fewer people on several
lists: each missed match raises the estimate, each false match lowers it. Matching is done before
this package comes in, but its uncertainty need not be lost: give the tables that the plausible
settings or draws of the matching lead to, with weights that say how plausible each is.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from casualty_models.errors import DataError

if TYPE_CHECKING:
    import pandas as pd

    from casualty_models.lists.histories import CaptureHistories


@dataclass(frozen=True, eq=False)
class WeightedTables:
    """Alternative tables of the same lists, with weights.

    Parameters
    ----------
    tables
        The tables, each with one stratum, or with the same strata.
    weights
        How plausible each is; they are scaled to sum to 1. By default all alike.
    names
        What each stands for; by default 1, 2, ...

    Raises
    ------
    DataError
        If there is no table, their lists or strata differ, or a weight is negative, not a number,
        or missing.

    Examples
    --------
    >>> from casualty_models.lists import CaptureHistories
    >>> from casualty_models.lists.linkage import WeightedTables
    >>> strict = CaptureHistories(("police", "press"), [[12, 20, 7]])
    >>> loose = CaptureHistories(("police", "press"), [[9, 17, 10]])
    >>> WeightedTables((strict, loose), [1, 3], ("strict", "loose")).weights.tolist()
    [0.25, 0.75]
    """

    tables: "tuple[CaptureHistories, ...]"
    weights: np.ndarray | Sequence[float] | None = None
    names: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Check the tables against each other and scale the weights."""
        tables = tuple(self.tables)
        if not tables:
            raise DataError("there must be a table or more", place="tables")
        for number, table in enumerate(tables, start=1):
            if (table.lists, table.strata) != (tables[0].lists, tables[0].strata):
                rule = "alternative tables must have the same lists and strata"
                value = (table.lists, table.strata)
                raise DataError(rule, place=f"table {number}", value=value)
        names = tuple(map(str, self.names)) or tuple(str(i + 1) for i in range(len(tables)))
        if len(names) != len(tables):
            raise DataError("each table must have a name", place="names", value=names)
        object.__setattr__(self, "tables", tables)
        object.__setattr__(self, "names", names)
        object.__setattr__(self, "weights", _scaled(self.weights, len(tables)))

    @staticmethod
    def from_strata(
        histories: "CaptureHistories",
        *,
        names: Sequence[str] | None = None,
        weights: Sequence[float] | None = None,
    ) -> "WeightedTables":
        """Take strata that are alternatives of one table, and not parts of it.

        Parameters
        ----------
        histories
            The table; each of its strata is one way of matching.
        names
            Which strata; by default all.
        weights
            How plausible each is; by default all alike.

        Returns
        -------
        One table for each.

        Examples
        --------
        >>> from casualty_models.datasets.lists import load_lists
        >>> from casualty_models.lists.linkage import WeightedTables
        >>> grid = load_lists("sudan_khartoum_2023_24_3_linkage_grid")
        >>> chosen = [name for name in grid.strata if name.startswith("all_cause")]
        >>> len(WeightedTables.from_strata(grid, names=chosen).tables)
        25
        """
        chosen = tuple(histories.strata if names is None else names)
        tables = tuple(histories.stratum(name).total() for name in chosen)
        return WeightedTables(tables, weights, chosen)

    def to_frame(self) -> "pd.DataFrame":
        """Return one row a table: its weight, people seen, and people on two lists or more.

        Examples
        --------
        >>> from casualty_models.lists import CaptureHistories
        >>> from casualty_models.lists.linkage import WeightedTables
        >>> table = CaptureHistories(("police", "press"), [[12, 20, 7]])
        >>> print(WeightedTables((table,)).to_frame())
               weight  seen  matched
        table
        1         1.0    39        7
        """
        import pandas as pd

        rows = []
        for table in self.tables:
            several = table.patterns.sum(axis=1) > 1
            rows.append((table.n, int(table.counts[:, several].sum())))
        frame = pd.DataFrame(rows, columns=["seen", "matched"])
        frame.insert(0, "weight", np.asarray(self.weights))
        return frame.set_index(pd.Index(self.names, name="table"))


def _scaled(weights: np.ndarray | Sequence[float] | None, count: int) -> np.ndarray:
    values = np.ones(count) if weights is None else np.asarray(weights, dtype=float)
    if values.shape != (count,):
        raise DataError("each table must have a weight", place="weights", value=values.shape)
    if not (np.isfinite(values).all() and (values >= 0).all() and values.sum() > 0):
        rule = "weights must be numbers of 0 or more, and not all 0"
        raise DataError(rule, place="weights", value=values.tolist())
    scaled = values / values.sum()
    scaled.setflags(write=False)
    return scaled
