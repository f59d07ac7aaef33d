"""The rows of a sheet of an Excel workbook, as text and dates; read only, and of bounded size."""

import datetime
import os
import warnings
import zipfile
from collections.abc import Iterator, Sequence
from importlib import import_module
from itertools import zip_longest
from pathlib import Path
from typing import Any

from casualty_models.errors import DataError
from casualty_models.events.files import FILE_LIMIT, named, too_large, unreadable

__all__ = ["SHEET_SUFFIXES", "is_workbook", "sheet_lines"]

SHEET_SUFFIXES = (".xlsx", ".xlsm")
UNPACKED_LIMIT = 10 * FILE_LIMIT  # bytes; the file is a compressed archive
MOST_ROWS, MOST_COLUMNS = 100_000, 200

_INSTALL = "Install openpyxl (pip install openpyxl), or save the sheet as CSV UTF-8."


def is_workbook(path: str | os.PathLike[str]) -> bool:
    """Return whether a path names a workbook that can be read.

    Examples
    --------
    >>> from casualty_models.events.workbook import is_workbook
    >>> is_workbook("reports.xlsx"), is_workbook("reports.csv")
    (True, False)
    """
    return Path(os.fspath(path)).suffix.lower() in SHEET_SUFFIXES


def sheet_lines(path: str | os.PathLike[str], sheet: str) -> list[tuple[str, list[object]]]:
    """Return the filled rows of one sheet, each with its place.

    Parameters
    ----------
    path
        A workbook (.xlsx), at most 20 MB and 200 MB unpacked.
    sheet
        The sheet to take when the workbook has several; letters may be small or capital.

    Returns
    -------
    list of tuple
        Place, and cells as text, dates or "" for blank ones.

    Raises
    ------
    DataError
        When it cannot be opened, is no workbook, is too large, has no such sheet, or holds a
        formula without its result; also when openpyxl is not installed.
    """
    place = named(path)
    _check_archive(Path(path), place)
    try:
        openpyxl = import_module("openpyxl")
    except ImportError:
        raise DataError("workbooks need openpyxl", place=place, remedy=_INSTALL) from None
    books: list[Any] = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what a workbook has beyond its cells is not our matter
        try:
            # Once for results, once for formulas: one that was never computed looks blank.
            for results in (True, False):
                books.append(openpyxl.load_workbook(path, read_only=True, data_only=results))
            title = _title(books[0], sheet, place)
            sheets = [book[title] for book in books]
            return list(_lines(sheets[0], sheets[1], f"{place}, sheet {title!r}"))
        except DataError:
            raise
        except Exception as error:  # the parser of a damaged file may raise anything
            raise _damaged(place, error) from None
        finally:
            for book in books:
                book.close()


def _check_archive(path: Path, place: str) -> None:
    try:
        if path.stat().st_size > FILE_LIMIT:
            raise too_large(place, f"{path.stat().st_size / 1e6:,.0f} MB")
        with zipfile.ZipFile(path) as archive:
            unpacked = sum(entry.file_size for entry in archive.infolist())
    except zipfile.BadZipFile:
        raise DataError(
            "this is no workbook of today's format, or it has a password",
            place=place,
            remedy="Save it as .xlsx without a password, or as CSV UTF-8.",
        ) from None
    except OSError as error:
        raise unreadable(error, place) from None
    if unpacked > UNPACKED_LIMIT:
        raise too_large(place, f"{unpacked / 1e6:,.0f} MB unpacked", UNPACKED_LIMIT)


def _title(book: Any, sheet: str, place: str) -> str:  # noqa: ANN401
    titles = [each.title for each in book.worksheets if each.sheet_state == "visible"]
    if len(titles) == 1:
        return titles[0]
    for title in titles:
        if title.strip().lower() == sheet:
            return title
    raise DataError(
        f"the workbook has {len(titles)} sheets, and none is called {sheet!r}",
        place=place,
        value=", ".join(titles),
        remedy=f"Name the sheet {sheet!r}, or save it as CSV UTF-8.",
    )


def _lines(results: Any, formulas: Any, place: str) -> Iterator[tuple[str, list[object]]]:  # noqa: ANN401
    for each in (results, formulas):
        each.reset_dimensions()  # what the file says about its size may be wrong
    pairs = zip_longest(
        *(each.iter_rows(values_only=True) for each in (results, formulas)), fillvalue=()
    )
    for number, (values, written) in enumerate(pairs, start=1):
        where = f"{place}, row {number}"
        cells = _cells(values, written, where)
        if len(cells) > MOST_COLUMNS or number > MOST_ROWS:
            raise DataError(
                f"the sheet is larger than {MOST_ROWS:,} rows or {MOST_COLUMNS} columns",
                place=where,
                remedy="Give the rows of fewer events, and remove the other columns.",
            )
        if cells:
            yield where, cells


def _cells(values: Sequence[Any], formulas: Sequence[Any], where: str) -> list[object]:
    cells: list[object] = []
    for column, (value, formula) in enumerate(zip(values, formulas, strict=True), start=1):
        if value is None and isinstance(formula, str) and formula.startswith("="):
            raise DataError(
                f"the formula in column {column} has no result",
                place=where,
                value=formula,
                remedy="Open the workbook in the spreadsheet program, save it, and try again.",
            )
        cells.append(_cell(value))
    while cells and cells[-1] == "":
        cells.pop()
    return cells


def _cell(value: Any) -> object:  # noqa: ANN401
    match value:
        case None:
            return ""
        case bool():
            return str(value).lower()
        case float() if value.is_integer():
            return str(int(value))
        case datetime.datetime() if value.time() == datetime.time():
            return value.date()
        case datetime.date() | datetime.time():
            return value
        case _:
            return str(value)


def _damaged(place: str, error: Exception) -> DataError:
    return DataError(
        f"the workbook cannot be read ({type(error).__name__})",
        place=place,
        remedy="Open it in the spreadsheet program and save it as CSV UTF-8.",
    )
