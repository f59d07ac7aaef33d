"""An event from a data frame."""

import datetime
import math
from collections.abc import Mapping
from typing import Any, TypedDict, Unpack

from casualty_models.errors import DataError
from casualty_models.events.columns import (
    FROM_OBJECTS,
    REPORT_COLUMNS,
    converted,
    fields_of_columns,
    report_row,
)
from casualty_models.events.event import Event, event_from_rows
from casualty_models.events.rows import Row

__all__ = ["EventDetails", "from_frame"]

_COLUMNS = {**REPORT_COLUMNS, "kind": "kind", "sourced": "sourced"}


class EventDetails(TypedDict, total=False):
    """What `from_frame` may be told about an event beside its name, kind and start."""

    end: datetime.date | str | None
    mechanism: str | None
    country: str | None
    url: str | None
    id: str


def from_frame(
    frame: Any,  # noqa: ANN401
    *,
    name: str,
    kind: str,
    start: datetime.date | str,
    **details: Unpack[EventDetails],
) -> Event:
    """Make an event from a data frame with one report a row.

    Parameters
    ----------
    frame
        A pandas or polars data frame, an Arrow table or a list of dicts. Columns are named as
        the fields of `Report`, or as those of the shipped history tables. Missing values (None,
        NaN, NaT) stand for a field that is not given.
    name, kind, start
        See `Event`.
    **details
        `end`, `mechanism`, `country`, `url` and `id` of the event.

    Returns
    -------
    Event
        The event.

    Raises
    ------
    DataError
        Naming the row (the first is row 1), the column, the value, the rule and the remedy.

    Examples
    --------
    >>> rows = [{"date": "2010-06-13", "source": "AP", "quantity": "killed", "value": 97}]
    >>> event = from_frame(rows, name="Osh", kind="ethnic_riot", start="2010-06-10")
    >>> event.reports[0].value
    97.0
    """
    rows = [converted(row, FROM_OBJECTS) for row in _rows(frame)]
    if not rows:
        raise DataError("the frame has no rows", remedy="Give one row a report.")
    ids = {row.values["event_id"] for row in rows if "event_id" in row.values}
    if len(ids) > 1:
        raise DataError(
            f"the frame holds reports of {len(ids)} events",
            place="event_id",
            remedy="Select the rows of one event, or use read_events.",
        )
    head = Row("event", {"name": name, "kind": kind, "start": start, **details})
    return event_from_rows(head, [report_row(row) for row in rows])


def _rows(frame: Any) -> list[Row]:  # noqa: ANN401
    records = _records(frame)
    names = list(dict.fromkeys(str(name) for record in records for name in record))
    fields = fields_of_columns(names, _COLUMNS)
    columns = {field: column for column, field in fields.items()}
    return [
        Row(f"row {number}", _filled(record, fields), columns)
        for number, record in enumerate(records, start=1)
    ]


def _records(frame: Any) -> list[Mapping[str, Any]]:  # noqa: ANN401
    if hasattr(frame, "notna") and hasattr(frame, "columns"):  # pandas
        fields_of_columns([str(name) for name in frame.columns], _COLUMNS)
        return frame.astype(object).where(frame.notna(), None).to_dict("records")
    if hasattr(frame, "to_dicts"):  # polars
        return frame.to_dicts()
    if hasattr(frame, "to_pylist"):  # Arrow
        return frame.to_pylist()
    if isinstance(frame, list) and all(isinstance(each, Mapping) for each in frame):
        return frame
    raise DataError(
        f"a data frame is wanted, not {type(frame).__name__}",
        remedy="Give a pandas or polars data frame, an Arrow table or a list of dicts.",
    )


def _filled(record: Mapping[str, Any], fields: Mapping[str, str]) -> dict[str, Any]:
    return {fields[name]: cell for name, cell in record.items() if not _is_missing(cell)}


def _is_missing(cell: object) -> bool:
    return cell is None or cell == "" or (isinstance(cell, float) and math.isnan(cell))
