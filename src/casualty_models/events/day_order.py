"""Dates as spreadsheets write them, and which of two numbers is the day."""

import datetime
import re
from collections.abc import Iterable, Sequence
from typing import Literal

from casualty_models.errors import DataError
from casualty_models.events.rows import Row

__all__ = ["DAY_FIELDS", "with_days"]

type Order = Literal["day first", "month first"]

DAY_FIELDS = ("date", "start", "end", "event.start", "event.end")

_MIDNIGHT = re.compile(r"[T ]+0?0:00(:00(\.0+)?)?$")
_YEAR_FIRST = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})")
_DOTTED = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})")
_SLASHED = re.compile(r"(\d{1,2})[/-](\d{1,2})[/-](\d{4})")
_SHORT_YEAR = re.compile(r"\d{1,2}([./-])\d{1,2}\1\d{2}")
_SERIAL = re.compile(r"[2-6]\d{4}(\.0*)?")
_MONTHS = 12
_ISO = "Format the column of dates as yyyy-mm-dd and save the table again."


def with_days(rows: Sequence[Row]) -> list[Row]:
    """Return rows whose dates are written year-month-day, or are dates.

    Understood are ``2010-06-13``, ``2010/06/13`` and, with the day first, ``13.06.2010``; each may
    be followed by midnight. In ``13/06/2010`` either number could be the day: what the other rows
    of the table show decides, and where no row shows it, or two disagree, the table is refused.

    Parameters
    ----------
    rows
        All rows of a table.

    Returns
    -------
    list of Row
        What is no date is left as it is, for the field's own rule to refuse.

    Raises
    ------
    DataError
        When a date can be read in two ways; naming its row and column.

    Examples
    --------
    >>> from casualty_models.events.day_order import with_days
    >>> from casualty_models.events.rows import Row
    >>> cells = {"line 2": "13/06/2010", "line 3": "5/7/2010"}
    >>> rows = with_days([Row(place, {"date": cell}) for place, cell in cells.items()])
    >>> [row.values["date"] for row in rows]
    ['2010-06-13', '2010-07-05']
    """
    for row in rows:
        _check_words(row)
    slashed = [
        (row, field, cell) for row, field, cell in _day_cells(rows) if _SLASHED.fullmatch(cell)
    ]
    order = _order(slashed) if slashed else None
    if slashed and any(isinstance(v, datetime.date) for r in rows for v in r.values.values()):
        row, field, cell = slashed[0]
        raise row.locate(
            DataError(
                "text that looks like a date, in a table where others are dates: the spreadsheet"
                " may have swapped day and month in those that it took for dates",
                place=field,
                value=cell,
                remedy="Type the dates again as year-month-day.",
            )
        )
    return [_dated(row, order) for row in rows]


def _check_words(row: Row) -> None:
    for field, cell in row.values.items():
        if isinstance(cell, datetime.date | datetime.time) and field not in DAY_FIELDS:
            raise row.locate(
                DataError(
                    "the spreadsheet has turned what was typed into a date or time",
                    place=field,
                    value=str(cell),
                    remedy="Format the column as text, then type the words again.",
                )
            )


def _day_cells(rows: Iterable[Row]) -> Iterable[tuple[Row, str, str]]:
    for row in rows:
        for field in DAY_FIELDS:
            cell = row.values.get(field)
            if isinstance(cell, str):
                yield row, field, _MIDNIGHT.sub("", cell.strip())


def _order(slashed: Sequence[tuple[Row, str, str]]) -> Order:
    shown: dict[Order, tuple[Row, str, str]] = {}
    for row, field, cell in slashed:
        first, second = (int(number) for number in re.split("[/-]", cell)[:2])
        if first > _MONTHS >= second:
            shown.setdefault("day first", (row, field, cell))
        elif second > _MONTHS >= first:
            shown.setdefault("month first", (row, field, cell))
    if len(shown) == 1:
        return next(iter(shown))
    if not shown:
        row, field, cell = slashed[0]
        rule = "day and month cannot be told apart"
        raise row.locate(DataError(rule, place=field, value=cell, remedy=_ISO))
    (_, _, other), (row, field, cell) = shown["day first"], shown["month first"]
    rule = f"the month stands first here, but the day in another row ({other!r})"
    raise row.locate(DataError(rule, place=field, value=cell, remedy=_ISO))


def _dated(row: Row, order: Order | None) -> Row:
    values = dict(row.values)
    for _, field, cell in _day_cells([row]):
        try:
            values[field] = _as_written(cell, order)
        except DataError as error:
            raise row.locate(error.at(field)) from None
    return Row(row.place, values, row.names)


def _as_written(cell: str, order: Order | None) -> str:
    if found := _YEAR_FIRST.fullmatch(cell):
        year, month, day = found.groups()
    elif found := _DOTTED.fullmatch(cell):
        day, month, year = found.groups()
    elif found := _SLASHED.fullmatch(cell):
        day, month, year = found.groups()
        if order == "month first":
            day, month = month, day
    elif _SHORT_YEAR.fullmatch(cell):
        raise DataError("the year has two digits", value=cell, remedy=_ISO)
    elif _SERIAL.fullmatch(cell):
        raise DataError("a number is no date; spreadsheets count days so", value=cell, remedy=_ISO)
    else:
        return cell
    return f"{year}-{month:0>2}-{day:0>2}"
