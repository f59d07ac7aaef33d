"""From linked records to a table: each record has a list and the person that it was matched to."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from casualty_models.errors import DataError
from casualty_models.lists import reading

if TYPE_CHECKING:
    from casualty_models.lists.histories import CaptureHistories


def from_links(
    frame: Any,  # noqa: ANN401
    *,
    person: str = "cluster_id",
    source: str = "source_dataset",
    lists: Sequence[str] | None = None,
    strata: str | Sequence[str] | None = None,
) -> "CaptureHistories":
    """Count people from records that were matched by other software.

    The defaults are the columns of the clusters that Splink returns. A person who has several
    records on a list is on it once.

    Parameters
    ----------
    frame
        Any data frame (or mapping of columns) with one row a record.
    person
        Column that is equal for records of the same person.
    source
        Column with the name of the list.
    lists
        The lists and their order; by default all, in order of appearance.
    strata
        Column or columns of the person's stratum, equal in all records of a person.

    Returns
    -------
    The counts of each combination of lists.

    Raises
    ------
    DataError
        If a column is not there, a name or a person is missing, a person's records have different
        strata, or the table breaks a rule of `CaptureHistories.from_people`.

    Examples
    --------
    >>> from casualty_models.lists import from_links
    >>> records = {
    ...     "cluster_id": ["p1", "p1", "p2", "p3", "p3", "p3"],
    ...     "source_dataset": ["police", "press", "press", "press", "police", "police"],
    ... }
    >>> records["cluster_id"].append("p4"), records["source_dataset"].append("police")
    (None, None)
    >>> from_links(records).counts
    array([[1, 1, 2]])
    """
    from casualty_models.lists.histories import CaptureHistories

    columns = reading.columns_of(frame)
    keys = reading.pop_strata(columns, strata)
    people = _labels(reading.pop_column(columns, person), person)
    sources = _labels(reading.pop_column(columns, source), source)
    names = list(dict.fromkeys(sources)) if lists is None else list(lists)
    _require_known(sources, names, source)
    stratum = _stratum_of(people, keys)
    row = {name: number for number, name in enumerate(stratum)}
    on_list = np.zeros((len(row), len(names)), dtype=np.int64)
    on_list[[row[p] for p in people], [names.index(s) for s in sources]] = 1
    table = {f"list {name}": on_list[:, column] for column, name in enumerate(names)}
    found = CaptureHistories.from_people(
        table | {"stratum": np.array(list(stratum.values()), dtype=object)}, strata="stratum"
    )
    return CaptureHistories(tuple(names), found.counts, found.strata)


def _labels(values: np.ndarray, column: str) -> list[Any]:
    """Return hashable values; a missing one is refused."""
    found = values.tolist()
    for number, value in enumerate(found):
        if value is None or value != value or value == "":  # noqa: PLR0124 (NaN differs from itself)
            place = f"row {number + 1}, column {column!r}"
            remedy = "A record without a match is a person of its own: give it its own number."
            raise DataError("a record must have a person and a list", place=place, remedy=remedy)
    return found


def _require_known(sources: list[Any], names: list[Any], column: str) -> None:
    for number, name in enumerate(sources):
        if name not in names:
            place = f"row {number + 1}, column {column!r}"
            remedy = f"The lists are {', '.join(map(str, names))}."
            raise DataError("there is no such list", place=place, value=name, remedy=remedy)


def _stratum_of(people: list[Any], keys: list[str]) -> dict[Any, str]:
    """Return the stratum of each person, in order of appearance."""
    found: dict[Any, str] = {}
    for number, (name, key) in enumerate(zip(people, keys, strict=True)):
        if found.setdefault(name, key) != key:
            rule = f"the records of person {name!r} have different strata"
            remedy = "Decide on one before counting, or leave the stratum out."
            value = (found[name], key)
            raise DataError(rule, place=f"row {number + 1}", value=value, remedy=remedy)
    return found
