"""Columns of tables: which field each stands for, and how its cells are read."""

import datetime
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from casualty_models.errors import DataError
from casualty_models.events.event import EVENT_KEYS
from casualty_models.events.fields import as_flag
from casualty_models.events.report import REPORT_KEYS
from casualty_models.events.rows import Row
from casualty_models.events.vocabulary import unknown_word

__all__ = [
    "EVENT_COLUMNS",
    "FROM_OBJECTS",
    "FROM_TEXT",
    "REPORT_COLUMNS",
    "converted",
    "fields_of_columns",
    "report_row",
]

EVENT_COLUMNS = {
    "event_id": "id",
    "start_date": "start",
    "end_date": "end",
    "weapon_mechanism": "mechanism",
    "citation_url": "url",
    "reference_killed": "reference.killed",
    "ref_lower": "reference.lower",
    "ref_upper": "reference.upper",
    "reference_wounded": "reference.wounded",
    "reference_source": "reference.source",
    "ref_quality": "reference.quality",
    "notes": "notes",
    **{key: key for key in EVENT_KEYS},
}

REPORT_COLUMNS = {
    "event_id": "event_id",
    "as_of_date": "date",
    "phrase": "says",
    "claim_type": "claim",
    "citation_url": "url",
    "comparable": "comparable",
    "scope": "scope",
    "notes": "notes",
    **{key: key for key in REPORT_KEYS},
}

_FLAG_WORDS = {"true": True, "1": True, "1.0": True, "false": False, "0": False, "0.0": False}
_NOT_OF_A_REPORT = ("event_id", "comparable", "scope", "notes", "kind", "sourced")


def _number(cell: str) -> float | str:
    try:
        return float(cell)
    except ValueError:
        return cell  # the field's own rule refuses it, with its message


def _flag(cell: object) -> object:
    return _FLAG_WORDS.get(str(cell).strip().lower(), cell)


def _day(cell: object) -> object:
    """Return the day of a time stamp at midnight, which is how data frames keep days."""
    if isinstance(cell, datetime.datetime) and cell.time() == datetime.time():
        return cell.date()
    return cell


_FLAGS = {"floor": _flag, "ongoing": _flag, "comparable": _flag}

FROM_TEXT: dict[str, Callable[[Any], object]] = {
    **dict.fromkeys(("value", "lower", "upper"), _number),
    **{f"reference.{key}": _number for key in ("killed", "lower", "upper", "wounded")},
    **_FLAGS,
}
FROM_OBJECTS: dict[str, Callable[[Any], object]] = {"date": _day, **_FLAGS}


def fields_of_columns(names: Iterable[str], columns: Mapping[str, str]) -> dict[str, str]:
    """Return the field of each column, in the order of the columns.

    Raises
    ------
    DataError
        When a column is unknown, without a name or named twice.

    Examples
    --------
    >>> fields_of_columns(["as_of_date", "source"], {"as_of_date": "date", "source": "source"})
    {'as_of_date': 'date', 'source': 'source'}
    """
    fields: dict[str, str] = {}
    for number, name in enumerate(names, start=1):
        if not name:
            raise DataError(f"column {number} has no name", remedy="Name it, or remove it.")
        if name not in columns:
            raise unknown_word("column", name, columns, remedy="Remove the column, or rename it.")
        if name in fields or columns[name] in fields.values():
            raise DataError(
                f"two columns hold the {columns[name]}", value=name, remedy="Keep one of the two."
            )
        fields[name] = columns[name]
    return fields


def converted(row: Row, conversions: Mapping[str, Callable[[Any], object]]) -> Row:
    """Return a row with the cells of some fields converted.

    Examples
    --------
    >>> converted(Row("line 2", {"source": "AP", "value": "97"}), FROM_TEXT).values
    {'source': 'AP', 'value': 97.0}
    """
    values = {
        field: conversions[field](cell) if field in conversions else cell
        for field, cell in row.values.items()
    }
    return Row(row.place, values, row.names)


def report_row(row: Row) -> Row:
    """Return the fields of a report alone, where one that is not comparable has become a part.

    Raises
    ------
    DataError
        When `comparable` is neither true nor false.

    Examples
    --------
    >>> report_row(Row("line 2", {"source": "MSF", "comparable": False, "scope": "staff"})).values
    {'source': 'MSF', 'place': 'staff'}
    """
    values = {key: cell for key, cell in row.values.items() if key not in _NOT_OF_A_REPORT}
    try:
        whole = as_flag(row.values.get("comparable", True))
    except DataError as error:
        raise row.locate(error.at("comparable")) from None
    if not whole and not any(part in values for part in ("place", "group", "period")):
        values["place"] = row.values.get("scope", "another scope")
    return Row(row.place, values, row.names)
