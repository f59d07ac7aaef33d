"""Reading tables of lists: the rules that they must keep, and the messages when they do not."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from casualty_models.errors import DataError

Columns = dict[str, np.ndarray]

MIN_LISTS, MAX_LISTS = 2, 12


# Above this a float no longer holds every whole number.
_LARGEST = 10**15


class Cells(NamedTuple):
    """Names of the strata and their counts, one row a stratum."""

    strata: tuple[str, ...]
    counts: np.ndarray


def require_names(names: tuple[str, ...], what: str, fewest: int, most: int | None) -> None:
    """Refuse too few, too many or repeated names."""
    limit = f"{fewest} to {most}" if most else f"{fewest} or more"
    if len(names) < fewest or (most and len(names) > most):
        raise DataError(f"there must be {limit} {what}", place=what, value=names)
    repeated = next((name for name in names if names.count(name) > 1), None)
    if repeated is not None:
        raise DataError(f"{what} must have different names", place=what, value=repeated)


def whole_counts(values: Any, shape: tuple[int, int] | None = None) -> np.ndarray:  # noqa: ANN401
    """Return counts as a read-only array of whole numbers, none of them negative."""
    numbers = _numbers(values)
    if shape is not None and numbers.shape != shape:
        remedy = f"Give {shape[1]} counts for each of {shape[0]} strata."
        rule = "counts must have one row a stratum and one column a combination of lists"
        raise DataError(rule, place="counts", value=numbers.shape, remedy=remedy)
    broken = ~((numbers >= 0) & (numbers <= _LARGEST) & (numbers == np.floor(numbers)))
    if broken.any():
        position = tuple(int(i) + 1 for i in np.argwhere(broken)[0])
        place = f"counts, row {position[0]}" + "".join(f", cell {i}" for i in position[1:])
        rule = "a count must be a whole number, 0 or more and at most 10^15"
        value = numbers[broken][0].item()
        raise DataError(rule, place=place, value=value, remedy="Correct the number.")
    counts = numbers.astype(np.int64)
    counts.setflags(write=False)
    return counts


def _numbers(values: Any) -> np.ndarray:  # noqa: ANN401
    try:
        return np.asarray(values, dtype=float)
    except (TypeError, ValueError):
        pass
    rule, remedy = "counts must be numbers", "Write them in digits alone, without separators."
    if not (isinstance(values, np.ndarray) and values.ndim == 1):
        raise DataError(rule, place="counts", value=values)
    row = next(i for i, value in enumerate(values) if not _is_number(value))
    raise DataError(rule, place=f"counts, row {row + 1}", value=values[row], remedy=remedy)


def _is_number(value: Any) -> bool:  # noqa: ANN401
    try:
        float(value)
    except (TypeError, ValueError):
        return False
    return True


def columns_of(frame: Any, count: str | None = None) -> Columns:  # noqa: ANN401
    """Return the columns of any data frame, or of a mapping from lists to their count."""
    combined = isinstance(frame, Mapping) and all(isinstance(key, tuple) for key in frame)
    if combined and frame and count is not None:
        return _columns_of_combinations(frame, count)
    names = _names_in(frame)
    _require_different(names)
    columns = {str(name): _column(frame[name]) for name in names}
    _require_equal_length(columns)
    return columns


def _names_in(frame: Any) -> list[Any]:  # noqa: ANN401
    if isinstance(frame, Mapping):
        return list(frame)
    names = getattr(frame, "column_names", getattr(frame, "columns", None))
    if names is None:
        rule = "a table is a data frame or a mapping of columns"
        remedy = "Read a file first, for example with pandas.read_csv."
        raise DataError(rule, place="table", value=frame, remedy=remedy)
    return list(names)


def _column(values: Any) -> np.ndarray:  # noqa: ANN401
    found = np.asarray(values)
    # Text beside numbers would make text of all of them, and "nan" of a missing one.
    mixed = found.dtype.kind == "U" and not hasattr(values, "dtype")
    return np.asarray(values, dtype=object) if mixed else found


def _require_different(names: list[Any]) -> None:
    counted = Counter(map(str, names))
    for name in (name for name, times in counted.items() if times > 1):
        raise DataError("columns must have different names", place="table", value=name)


def _require_equal_length(columns: Columns) -> None:
    rows = 0
    for place, (name, values) in enumerate(columns.items()):
        if values.ndim != 1:
            rule = "a column must have one value a row"
            raise DataError(rule, place=f"column {name!r}", value=values.tolist())
        if place and len(values) != rows:
            rule, remedy = "columns must be equally long", f"The first has {rows} rows."
            raise DataError(rule, place=f"column {name!r}", value=len(values), remedy=remedy)
        rows = len(values)
    if not rows:
        raise DataError("there must be at least one row", place="table", value=list(columns))


def _columns_of_combinations(mapping: Mapping[tuple[str, ...], Any], count: str) -> Columns:
    names = list(dict.fromkeys(name for lists in mapping for name in lists))
    if not names:
        raise DataError("there must be at least one row", place="table", value=dict(mapping))
    columns = {n: np.array([n in lists for lists in mapping], dtype=int) for n in names}
    return columns | {count: np.array(list(mapping.values()))}


def pop_column(columns: Columns, name: str) -> np.ndarray:
    """Take a column out of the table."""
    if name not in columns:
        remedy = f"The columns are {', '.join(columns)}."
        raise DataError("there is no such column", place="table", value=name, remedy=remedy)
    return columns.pop(name)


def pop_strata(columns: Columns, strata: str | Sequence[str] | None) -> list[str]:
    """Take the columns of strata out of the table; return the stratum of each row."""
    names = [strata] if isinstance(strata, str) else list(strata or ())
    rows = len(next(iter(columns.values())))
    keys = [pop_column(columns, name) for name in names]
    for name, values in zip(names, keys, strict=True):
        for row in np.flatnonzero(_missing(values))[:1]:
            place = f"row {row + 1}, column {name!r}"
            remedy = "Give the unknown stratum a name, or impute it."
            raise DataError("a stratum cannot be missing", place=place, remedy=remedy)
    return [" | ".join(map(str, values)) for values in zip(*keys, strict=True)] or ["all"] * rows


def _missing(values: np.ndarray) -> np.ndarray:
    import pandas as pd

    return np.asarray(pd.isna(values))


def masks_of(columns: Columns, *, remedy: str = "Use 1 for on the list, 0 for not.") -> np.ndarray:
    """Return each row's pattern as a number whose lowest binary digit is the first list."""
    require_names(tuple(columns), "lists", MIN_LISTS, MAX_LISTS)
    masks = np.zeros(len(next(iter(columns.values()))), dtype=np.int64)
    for position, (name, values) in enumerate(columns.items()):
        for row in np.flatnonzero(_neither_0_nor_1(values))[:1]:
            place = f"row {row + 1}, column {name!r}"
            value = values[row : row + 1].tolist()[0]
            raise DataError("being on a list is 0 or 1", place=place, value=value, remedy=remedy)
        masks |= values.astype(np.int64) << position
    return masks


def _neither_0_nor_1(values: np.ndarray) -> np.ndarray:
    if values.dtype.kind in "biuf":
        return (values != 0) & (values != 1)
    numbers = (bool, int, float, np.generic)
    return np.array([not (isinstance(v, numbers) and v in (0, 1)) for v in values.tolist()])


def tabulate(keys: list[str], masks: np.ndarray, number: np.ndarray, size: int, unit: str) -> Cells:
    """Add rows up by stratum and pattern; a row of counts may name each pattern once."""
    number = whole_counts(number)
    for row in np.flatnonzero(masks == 0)[:1]:
        place = f"{unit} {row + 1}"
        remedy = "Leave it out: the people on no list are what is estimated."
        raise DataError("everyone must be on at least one list", place=place, remedy=remedy)
    place_of = {key: place for place, key in enumerate(dict.fromkeys(keys))}
    rows, strata = np.array([place_of[key] for key in keys]), tuple(place_of)
    if unit == "row":
        _require_once(rows, masks, strata)
    counts = np.zeros((len(strata), size - 1), dtype=np.int64)
    np.add.at(counts, (rows, masks - 1), number)
    return Cells(strata, counts)


def _require_once(rows: np.ndarray, masks: np.ndarray, strata: tuple[str, ...]) -> None:
    seen: dict[tuple[int, int], int] = {}
    for position, cell in enumerate(zip(rows.tolist(), masks.tolist(), strict=True)):
        if cell in seen:
            remedy = "Add the rows up, or name the column that tells them apart: strata=..."
            rule = f"a combination of lists may occur once in stratum {strata[cell[0]]!r}"
            place = f"rows {seen[cell] + 1} and {position + 1}"
            raise DataError(rule, place=place, remedy=remedy)
        seen[cell] = position


def require_overlap(lists: tuple[str, ...], cells: np.ndarray, patterns: np.ndarray) -> None:
    """Refuse an empty list, identical lists, and lists of which no two share a person."""
    sizes = cells @ patterns
    shared = patterns.T @ (cells[:, None] * patterns)
    for position in np.flatnonzero(sizes == 0)[:1]:
        remedy = "Leave the list out."
        raise DataError("a list must have someone on it", place=lists[position], remedy=remedy)
    for first, second in np.argwhere(np.triu(shared, 1) > 0):
        if shared[first, second] == sizes[first] == sizes[second]:
            place = f"{lists[first]} and {lists[second]}"
            remedy = "Leave one of them out: a copy of a list is not a second source."
            raise DataError("two lists are identical", place=place, remedy=remedy)
    if not np.triu(shared, 1).any():
        remedy = "Check the matching of names: without overlap nothing can be estimated."
        raise DataError("no one is on two lists", place=", ".join(lists), remedy=remedy)
