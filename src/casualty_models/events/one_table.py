"""Events from one table, whose rows say both what was reported and about which event."""

import os
from collections.abc import Sequence

from casualty_models.errors import DataError
from casualty_models.events.columns import FROM_TEXT, TABLE_COLUMNS, converted
from casualty_models.events.csv_rows import read_rows
from casualty_models.events.day_order import with_days
from casualty_models.events.files import named
from casualty_models.events.rows import Row

__all__ = ["read_one_table"]

_NEEDS = ("event", "kind", "start", "date", "source", "quantity")
_PREFIX = "event."


def read_one_table(path: str | os.PathLike[str]) -> list[tuple[Row, list[Row]]]:
    """Return the events of a table: the fields of each, and those of its reports.

    Parameters
    ----------
    path
        A CSV file or a workbook with the columns of `TABLE_COLUMNS`.

    Returns
    -------
    list of tuple
        In the order in which the events first appear.

    Raises
    ------
    DataError
        When the table is blank, its first row names no event, or two rows contradict each other
        about an event.
    """
    rows = [converted(row, FROM_TEXT) for row in with_days(read_rows(path, TABLE_COLUMNS, _NEEDS))]
    if not rows:
        raise DataError("the table has no rows", place=named(path), remedy="Add them.")
    groups: dict[str, list[Row]] = {}
    name = ""
    for row in rows:
        name = str(row.values.get(f"{_PREFIX}name", name)).strip()
        if not name:
            missing = DataError("is missing", place=f"{_PREFIX}name", remedy="Name the event.")
            raise row.locate(missing)
        groups.setdefault(name, []).append(row)
    return [(_head(each), [_report(row) for row in each]) for each in groups.values()]


def _head(rows: Sequence[Row]) -> Row:
    head: dict[str, object] = {}
    for row in rows:
        for field, cell in row.values.items():
            if field.startswith(_PREFIX) and head.setdefault(field, cell) != cell:
                raise row.locate(
                    DataError(
                        f"an earlier row of the same event says {str(head[field])!r}",
                        place=field,
                        value=str(cell),
                        remedy="Fill it in once, or give two events two names.",
                    )
                )
    names = {field.removeprefix(_PREFIX): column for field, column in rows[0].names.items()}
    fields = {field.removeprefix(_PREFIX): cell for field, cell in head.items()}
    return Row(rows[0].place, fields, names)


def _report(row: Row) -> Row:
    fields = {key: cell for key, cell in row.values.items() if not key.startswith(_PREFIX)}
    return Row(row.place, fields, row.names)
