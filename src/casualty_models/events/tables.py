"""Events from tables: CSV files or sheets of workbooks."""

import os
from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import compress
from operator import not_
from typing import Literal

from casualty_models.errors import DataError
from casualty_models.events.columns import (
    EVENT_COLUMNS,
    FROM_TEXT,
    REPORT_COLUMNS,
    converted,
    report_row,
)
from casualty_models.events.csv_rows import read_rows
from casualty_models.events.day_order import with_days
from casualty_models.events.event import EVENT_KEYS, Event, event_from_rows
from casualty_models.events.files import named
from casualty_models.events.one_table import read_one_table
from casualty_models.events.reference import REFERENCE_KEYS, Reference
from casualty_models.events.rows import Row, from_row
from casualty_models.events.vocabulary import unknown_word
from casualty_models.statements import read_statement

__all__ = ["read_events"]

_EVENT_NEEDS = ("event_id", "name", "kind", "start_date")
_REPORT_NEEDS = ("event_id", "as_of_date", "source", "quantity")
_TREATMENTS = ("skip", "raise")


def read_events(
    events_csv: str | os.PathLike[str],
    reports_csv: str | os.PathLike[str] | None = None,
    *,
    on_unreadable: Literal["skip", "raise"] = "skip",
) -> list[Event]:
    """Read events from a spreadsheet: from one table, or from a table of events and one of reports.

    A table is a CSV file in UTF-8, separated by commas, semicolons or tabs, or a workbook (.xlsx;
    this needs openpyxl). Where a workbook has several sheets, those called events and reports
    are read. Dates may be written 2010-06-13 or 13.06.2010; see `with_days` for slashes.

    **One table**: one statement a row, with the columns event, kind, start, date, source and
    quantity at least. The columns about the event (event, kind, start, end, mechanism, country)
    need to be filled in only in its first row; a blank event is that of the row above.

    **Two tables**: the columns are those of the shipped history tables
    (``datasets/history/README.md``); in the second the names of the fields of `Report` serve as
    well. The columns `reference_*` and `ref_*` become the event's `reference`. A row with
    ``comparable = 0`` is not about the whole event: unless it names its place, group or period,
    its `scope` becomes its place ("another scope" when that is blank), so that it is kept as a
    part.

    Parameters
    ----------
    events_csv
        One event a row: event_id, name, kind, start_date at least; or the one table.
    reports_csv
        One statement a row: event_id, as_of_date, source, quantity at least; None when there is
        only one table.
    on_unreadable
        What to do with a row whose words do not say how many ("appalling losses") and that has
        no number beside them: leave it out and say so in the event's `left_out`, or raise.

    Returns
    -------
    list of Event
        In the order of the first table.

    Raises
    ------
    DataError
        Naming the file, the line, the column, the value, the rule and the remedy.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> events = ["event_id,name,kind,start_date", "DER,Derna flood,flood,2023-09-10"]
    >>> reports = ["event_id,as_of_date,source,quantity,phrase,value",
    ...            "DER,2023-09-12,Interior Ministry,killed,more than 5300,5300"]
    >>> with tempfile.TemporaryDirectory() as name:
    ...     paths = [pathlib.Path(name, "events.csv"), pathlib.Path(name, "reports.csv")]
    ...     for path, lines in zip(paths, (events, reports)):
    ...         _ = path.write_text(chr(10).join(lines), encoding="utf-8")
    ...     read_events(*paths)[0].reports[0].value
    5300.0
    """
    if on_unreadable not in _TREATMENTS:
        raise unknown_word("treatment", on_unreadable, _TREATMENTS).at("on_unreadable")
    if reports_csv is None:
        groups = read_one_table(events_csv)
        return [_event(head, rows, on_unreadable) for head, rows in groups]
    heads = _by_id(_rows(events_csv, EVENT_COLUMNS, _EVENT_NEEDS, sheet="events"))
    reports = _grouped(_rows(reports_csv, REPORT_COLUMNS, _REPORT_NEEDS), heads)
    return [_event(head, reports[key], on_unreadable) for key, head in heads.items()]


def _rows(
    path: str | os.PathLike[str],
    columns: Mapping[str, str],
    required: Sequence[str],
    sheet: str = "reports",
) -> list[Row]:
    rows = with_days(read_rows(path, columns, required, sheet=sheet))
    if not rows:
        raise DataError("the table has no rows", place=named(path), remedy="Add them.")
    return [converted(row, FROM_TEXT) for row in rows]


def _by_id(rows: Sequence[Row]) -> dict[str, Row]:
    heads: dict[str, Row] = {}
    for row in rows:
        id_ = _event_id(row, "id")
        if id_ in heads:
            again = DataError(
                f"the event is already in {heads[id_].place}",
                place="id",
                value=id_,
                remedy="Give each event its own event_id.",
            )
            raise row.locate(again)
        heads[id_] = row
    return heads


def _grouped(rows: Sequence[Row], heads: Mapping[str, Row]) -> Mapping[str, list[Row]]:
    groups: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        id_ = _event_id(row, "event_id")
        if id_ not in heads:
            missing = unknown_word("event", id_, heads, remedy="Add it to the table of events.")
            raise row.locate(missing.at("event_id"))
        groups[id_].append(row)
    return groups


def _event_id(row: Row, key: str) -> str:
    if key not in row.values:
        raise row.locate(DataError("is missing", place=key, remedy="Fill it in."))
    return row.values[key].strip()


def _event(head: Row, rows: Sequence[Row], on_unreadable: str) -> Event:
    reports = [report_row(row) for row in rows]
    clear = [on_unreadable == "raise" or _says_how_many(row) for row in reports]
    values = {key: cell for key, cell in head.values.items() if key in EVENT_KEYS}
    values["reference"] = _reference(head)
    values["left_out"] = [_left_out(row) for row in compress(reports, map(not_, clear))]
    return event_from_rows(Row(head.place, values, head.names), list(compress(reports, clear)))


def _reference(head: Row) -> Reference | None:
    prefix = "reference."
    values = {key.removeprefix(prefix): cell for key, cell in head.values.items() if prefix in key}
    names = {key.removeprefix(prefix): column for key, column in head.names.items()}
    return from_row(Reference, Row(head.place, values, names), REFERENCE_KEYS) if values else None


def _says_how_many(row: Row) -> bool:
    if any(key in row.values for key in ("value", "lower", "upper")):
        return True
    try:
        read_statement(row.values.get("says", ""))
    except DataError:
        return False
    return True


def _left_out(row: Row) -> str:
    words = row.values.get("says", "")
    return f"{row.place}: {words!r} does not say how many, and no number stands beside it"
