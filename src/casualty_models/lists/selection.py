"""Some lists of a table without the others, and the members of one list as the others see them."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from casualty_models.errors import DataError

if TYPE_CHECKING:
    from casualty_models.lists.histories import CaptureHistories

FEWEST_LEFT = 2


def keep_lists(histories: "CaptureHistories", lists: Sequence[str]) -> "CaptureHistories":
    """Return the table of some lists only, in the order in which they are named.

    Cells that differ only by a list that goes are added up. Who is on none of the lists that stay
    drops out: nothing is known of such a person any more.

    Parameters
    ----------
    histories
        The table.
    lists
        Names of two lists or more.

    Returns
    -------
    The smaller table, with the same strata.

    Raises
    ------
    DataError
        If a list is not in the table, or fewer than two stay.

    Examples
    --------
    >>> from casualty_models.lists import CaptureHistories
    >>> from casualty_models.lists.selection import keep_lists
    >>> table = CaptureHistories(("A", "B", "C"), [[40, 30, 6, 20, 9, 8, 3]])
    >>> keep_lists(table, ["A", "C"]).counts
    array([[46, 28, 12]])
    """
    places = [_place(histories, name) for name in lists]
    if len(places) < FEWEST_LEFT:
        raise DataError("two lists or more must stay", place="lists", value=tuple(lists))
    patterns = histories.patterns[:, places]
    return type(histories)(tuple(lists), _added_up(histories.counts, patterns), histories.strata)


def members_of(histories: "CaptureHistories", name: str) -> "CaptureHistories":
    """Return the people on one list, as a table of the other lists.

    How many of them are on none of the others is known: it is the cell of that list alone. So the
    members of a list are a population with a known number of unseen.

    Parameters
    ----------
    histories
        A table of three lists or more.
    name
        The list whose members are taken.

    Returns
    -------
    Counts of those members who are on some other list.

    Raises
    ------
    DataError
        If the list is not in the table, or fewer than two others are.

    Examples
    --------
    >>> from casualty_models.lists import CaptureHistories
    >>> from casualty_models.lists.selection import members_of
    >>> table = CaptureHistories(("A", "B", "C"), [[40, 30, 6, 20, 9, 8, 3]])
    >>> members_of(table, "C").counts, table.counts[0, 3]
    (array([[9, 8, 3]]), np.int64(20))
    """
    place = _place(histories, name)
    others = [other for other in histories.lists if other != name]
    if len(others) < FEWEST_LEFT:
        remedy = "With two lists none can be hidden."
        raise DataError("two other lists or more must be there", place="lists",
                        value=histories.lists, remedy=remedy)  # fmt: skip
    counts = histories.counts * histories.patterns[:, place]
    patterns = np.delete(histories.patterns, place, axis=1)
    return type(histories)(tuple(others), _added_up(counts, patterns), histories.strata)


def _place(histories: "CaptureHistories", name: str) -> int:
    if name not in histories.lists:
        remedy = f"The lists are {', '.join(histories.lists)}."
        raise DataError("there is no such list", place="lists", value=name, remedy=remedy)
    return histories.lists.index(name)


def _added_up(counts: np.ndarray, patterns: np.ndarray) -> np.ndarray:
    """Add the counts of cells that have the same pattern; leave out the pattern of zeros."""
    lists = patterns.shape[1]
    masks = patterns @ (1 << np.arange(lists))
    sums = np.zeros((len(counts), 1 << lists), dtype=np.int64)
    np.add.at(sums.T, masks, counts.T)
    return sums[:, 1:]
