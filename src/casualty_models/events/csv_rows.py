"""The rows of a table, a CSV file or a sheet of a workbook, each with its place."""

import csv
import io
import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from casualty_models.errors import DataError
from casualty_models.events.columns import fields_of_columns
from casualty_models.events.files import named, read_text
from casualty_models.events.rows import Row
from casualty_models.events.workbook import is_workbook, sheet_lines

__all__ = ["read_rows"]

SEPARATORS = {",": "comma", ";": "semicolon", "\t": "tab"}
_SEPARATOR_LINE = re.compile(r"sep=(.)[ \t]*(?=[\r\n])", re.IGNORECASE)


def read_rows(
    path: str | os.PathLike[str],
    columns: Mapping[str, str],
    required: Iterable[str],
    *,
    sheet: str = "reports",
) -> list[Row]:
    """Return the rows of a table, with blank cells left out.

    Parameters
    ----------
    path
        The file, at most 20 MB, whose first row names the columns: CSV in UTF-8, separated by
        commas, semicolons or tabs, or a workbook (.xlsx).
    columns
        The columns that it may have, and the field that each stands for.
    required
        The columns that it must have.
    sheet
        The sheet to take when a workbook has several.

    Returns
    -------
    list of Row
        The cells are text still, or dates where they come from a workbook.

    Raises
    ------
    DataError
        Naming the file and the line.
    """
    place = named(path)
    if isinstance(path, str | os.PathLike) and is_workbook(path):
        separator, lines = "", iter(sheet_lines(path, sheet))
    else:
        text = read_text(path, table=True)
        separator, text = _separated(text)
        lines = _lines(text, place, separator)
    where, cells = next(lines, (place, []))
    try:
        fields = _fields(_names(cells), columns, required)
    except DataError as error:
        raise error.at(where) from None
    return [_row(where, cells, fields, separator) for where, cells in lines]


def _separated(text: str) -> tuple[str, str]:
    """Return what separates the columns, and the text without Excel's line that says so."""
    if found := _SEPARATOR_LINE.match(text):
        return found[1], text[found.end() :]
    first = re.sub(r'"[^"]*"', "", text.lstrip().partition("\n")[0])
    return max(SEPARATORS, key=first.count), text


def _names(cells: Sequence[object]) -> list[str]:
    names = [str(cell).strip() for cell in cells]
    while names and not names[-1]:
        names.pop()
    return names


def _lines(text: str, place: str, separator: str) -> Iterator[tuple[str, list[object]]]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True, delimiter=separator)
    while True:
        where = f"{place}, line {reader.line_num + 1}"
        try:
            cells = next(reader, None)
        except csv.Error as error:
            raise DataError(
                f"not valid CSV: {error}",
                place=where,
                remedy="Close each quotation mark, and write a quote within quotes twice.",
            ) from None
        if cells is None:
            return
        if any(cell.strip() for cell in cells):
            yield where, list(cells)


def _fields(
    names: list[str], columns: Mapping[str, str], required: Iterable[str]
) -> dict[str, str]:
    if not names:
        raise DataError("the table is blank", remedy="Name the columns in the first row.")
    fields = fields_of_columns(names, columns)
    for column in required:
        if columns[column] not in fields.values():
            raise DataError(f"there is no column {column}", remedy="Add the column.")
    return fields


def _row(place: str, cells: Sequence[object], fields: Mapping[str, str], separator: str) -> Row:
    surplus = any(_is_filled(cell) for cell in cells[len(fields) :])
    if surplus or (separator and len(cells) < len(fields)):  # sheets leave out blank cells
        raise DataError(
            f"the row has {len(cells)} cells, the first row names {len(fields)} columns",
            place=place,
            remedy=_remedy(separator),
        )
    pairs = zip(fields.values(), cells, strict=False)
    filled = {field: cell for field, cell in pairs if _is_filled(cell)}
    return Row(place, filled, {field: column for column, field in fields.items()})


def _is_filled(cell: object) -> bool:
    return bool(str(cell).strip())


def _remedy(separator: str) -> str:
    if not separator:
        return "Name the column of each cell, or clear the cells beyond the last column."
    return f"Put a text that holds a {SEPARATORS.get(separator, separator)} in quotes."
