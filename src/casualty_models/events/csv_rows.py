"""The rows of a CSV file, each with its line."""

import csv
import io
import os
from collections.abc import Iterable, Iterator, Mapping

from casualty_models.errors import DataError
from casualty_models.events.columns import fields_of_columns
from casualty_models.events.files import named, read_text
from casualty_models.events.rows import Row

__all__ = ["read_rows"]


def read_rows(
    path: str | os.PathLike[str], columns: Mapping[str, str], required: Iterable[str]
) -> list[Row]:
    """Return the rows of a CSV file, with blank cells left out.

    Parameters
    ----------
    path
        The file: comma-separated UTF-8, at most 20 MB, the first row names the columns.
    columns
        The columns that it may have, and the field that each stands for.
    required
        The columns that it must have.

    Returns
    -------
    list of Row
        The cells are text still.

    Raises
    ------
    DataError
        Naming the file and the line.
    """
    place = named(path)
    lines = _lines(read_text(path), place)
    where, cells = next(lines, (place, []))
    try:
        fields = _fields([cell.strip() for cell in cells], columns, required)
    except DataError as error:
        raise error.at(where) from None
    return [_row(where, cells, fields) for where, cells in lines]


def _lines(text: str, place: str) -> Iterator[tuple[str, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
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
            yield where, cells


def _fields(
    names: list[str], columns: Mapping[str, str], required: Iterable[str]
) -> dict[str, str]:
    if not names:
        raise DataError("the table is blank", remedy="Name the columns in the first row.")
    if len(names) == 1 and (";" in names[0] or "\t" in names[0]):
        raise DataError(
            "the columns are not separated by commas",
            value=names[0],
            remedy="Save the table as comma-separated CSV.",
        )
    fields = fields_of_columns(names, columns)
    for column in required:
        if columns[column] not in fields.values():
            raise DataError(f"there is no column {column}", remedy="Add the column.")
    return fields


def _row(place: str, cells: list[str], fields: Mapping[str, str]) -> Row:
    if len(cells) != len(fields):
        raise DataError(
            f"the row has {len(cells)} cells, the first row names {len(fields)} columns",
            place=place,
            remedy="Put a text that holds a comma in quotes.",
        )
    filled = {
        field: cell for field, cell in zip(fields.values(), cells, strict=True) if cell.strip()
    }
    return Row(place, filled, {field: column for column, field in fields.items()})
