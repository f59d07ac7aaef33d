"""Columns of tables: which field each stands for, and how its cells are read."""

import datetime
import re
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
    "TABLE_COLUMNS",
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

# One table of reports that also says which event each is about.
TABLE_COLUMNS = {
    **REPORT_COLUMNS,
    **dict.fromkeys(("event", "event_name", "name"), "event.name"),
    **dict.fromkeys(("kind", "event_kind"), "event.kind"),
    **dict.fromkeys(("start", "start_date"), "event.start"),
    **dict.fromkeys(("end", "end_date"), "event.end"),
    **dict.fromkeys(("mechanism", "weapon_mechanism"), "event.mechanism"),
    "country": "event.country",
}

# Spreadsheets write true and false in the language of their user.
_TRUE = "true 1 1.0 1,0 wahr vrai verdadero vero verdadeiro waar истина prawda"
_FALSE = "false 0 0.0 0,0 falsch faux falso onwaar ложь fałsz"
_FLAG_WORDS = {**dict.fromkeys(_TRUE.split(), True), **dict.fromkeys(_FALSE.split(), False)}
_DECIMAL_COMMA = re.compile(r"-?\d+,\d{1,2}")
_GROUPED = re.compile(r"-?[1-9]\d{0,2}([.,]\d{3})+")
_NOT_OF_A_REPORT = ("event_id", "comparable", "scope", "notes", "kind", "sourced")


def _number(cell: str) -> float | str:
    cell = cell.strip()
    if _GROUPED.fullmatch(cell):
        digits = re.sub("[.,]", "", cell)
        raise DataError(
            "must be a number",
            value=cell,
            remedy=f"Write {digits} if the mark stands between thousands; a decimal of three"
            " digits is not read, because it looks the same.",
        )
    if _DECIMAL_COMMA.fullmatch(cell):
        cell = cell.replace(",", ".")
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

    Capital letters, blanks and hyphens in a name do not matter ("Source kind").

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
        known = name if name in columns else re.sub(r"[\s_-]+", "_", name.strip().lower())
        if known not in columns:
            raise unknown_word("column", name, columns, remedy="Remove the column, or rename it.")
        if name in fields or columns[known] in fields.values():
            raise DataError(
                f"two columns hold the {columns[known]}", value=name, remedy="Keep one of the two."
            )
        fields[name] = columns[known]
    return fields


def converted(row: Row, conversions: Mapping[str, Callable[[Any], object]]) -> Row:
    """Return a row with the cells of some fields converted.

    Raises
    ------
    DataError
        Naming the row and the column, when a cell can be read in two ways.

    Examples
    --------
    >>> converted(Row("line 2", {"source": "AP", "value": "97"}), FROM_TEXT).values
    {'source': 'AP', 'value': 97.0}
    """
    values = dict(row.values)
    for field in conversions.keys() & values.keys():
        try:
            values[field] = conversions[field](values[field])
        except DataError as error:
            raise row.locate(error.at(field)) from None
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
