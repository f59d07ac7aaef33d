"""The text of a file: never more than a bounded part of it, and always UTF-8."""

import os
import stat
from pathlib import Path

from casualty_models.errors import DataError

__all__ = ["FILE_LIMIT", "named", "read_text", "too_large", "unreadable"]

FILE_LIMIT = 20_000_000  # bytes; the largest tables of reports known to us have 0.2 million

_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
_WORKBOOKS = {
    b"PK\x03\x04": "a workbook or another archive",
    b"\xd0\xcf\x11\xe0": "an old workbook (.xls), or one with a password",
}
_TABLE_SUFFIXES = (".csv", ".tsv", ".xlsx", ".xlsm")
_SAVE_AS_UTF8 = 'Save it as UTF-8 (in a spreadsheet: "CSV UTF-8").'
_LONGEST_NAME = 120


def read_text(path: str | os.PathLike[str], *, table: bool = False) -> str:
    """Return the text of a file of at most 20 MB.

    A larger file is refused before it is read; of a pipe or a device no more is read than the
    limit.

    Parameters
    ----------
    path
        The file.
    table
        Whether a table is wanted; where it is not, one is refused by its name.

    Returns
    -------
    str
        Its text, without a byte order mark.

    Raises
    ------
    DataError
        When it cannot be opened, or is empty, too large, binary or not UTF-8.
    """
    place = named(path)
    content = _content(path, place)
    if not table and place.lower().endswith(_TABLE_SUFFIXES):
        raise DataError(
            "this is a table, not an event file (TOML)",
            place=place,
            remedy="In Python, read it with read_events; the commands read it as it is.",
        )
    if len(content) > FILE_LIMIT:
        raise too_large(place, f"more than {FILE_LIMIT // 1_000_000} MB")
    if content.startswith(_UTF16_MARKS):
        raise DataError("the file is UTF-16, not UTF-8", place=place, remedy=_SAVE_AS_UTF8)
    if content[:4] in _WORKBOOKS:
        raise DataError(
            f"the file is {_WORKBOOKS[content[:4]]}, not text",
            place=place,
            remedy="Save it as .xlsx, with that ending, or as CSV UTF-8.",
        )
    if b"\0" in content:
        raise DataError(
            f"the file is binary: a zero byte at offset {content.index(0)}",
            place=place,
            remedy="Give a text file, TOML or CSV.",
        )
    text = _decoded(content, place)
    if not text.strip():
        raise DataError("the file is empty", place=place, remedy="Give a file with reports.")
    return text


def named(path: object) -> str:
    """Return a path as messages print it: as it was given, cut when very long.

    Examples
    --------
    >>> named("examples/osh-2010.toml")
    'examples/osh-2010.toml'
    """
    text = str(path)
    return text if len(text) <= _LONGEST_NAME else f"...{text[-_LONGEST_NAME:]}"


def _content(path: str | os.PathLike[str], place: str) -> bytes:
    if not isinstance(path, str | os.PathLike):
        raise DataError(
            f"a path is wanted, not {type(path).__name__}",
            remedy="Give the name of a file.",
        )
    try:
        with Path(path).open("rb") as stream:
            status = os.fstat(stream.fileno())
            if stat.S_ISREG(status.st_mode) and status.st_size > FILE_LIMIT:
                raise too_large(place, f"{status.st_size / 1e6:,.0f} MB")
            return stream.read(FILE_LIMIT + 1)
    except DataError:
        raise
    except (OSError, ValueError) as error:
        raise unreadable(error, place) from None


def too_large(place: str, size: str, limit: int = FILE_LIMIT) -> DataError:
    """Return the error for a file above the limit (bytes)."""
    return DataError(
        f"the file has {size}, the limit is {limit // 1_000_000} MB",
        place=place,
        remedy="Give the file of one event, or split the table.",
    )


def unreadable(error: Exception, place: str) -> DataError:
    """Return the error for a file that the system does not let us read."""
    match error:
        case FileNotFoundError():
            rule, remedy = "there is no such file", "Check the name and the folder."
        case IsADirectoryError():
            rule, remedy = "this is a folder, not a file", "Name a file in it."
        case PermissionError():
            rule, remedy = "the file may not be read", "Ask for the permission to read it."
        case _:
            reason = error.strerror if isinstance(error, OSError) else str(error)
            rule, remedy = f"the file cannot be read ({reason})", "Check the name."
    return DataError(rule, place=place, remedy=remedy)


def _decoded(content: bytes, place: str) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise DataError(
            f"the file is not UTF-8: byte 0x{content[error.start]:02x} at offset {error.start}",
            place=f"{place}, line {line}",
            remedy=_SAVE_AS_UTF8,
        ) from None
