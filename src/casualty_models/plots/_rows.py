"""One row an estimate: words above, a bar below."""

import re
from collections.abc import Callable, Iterable
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from casualty_models.errors import DataError
from casualty_models.plots import _style
from casualty_models.summaries.evidence import check_quantity
from casualty_models.summaries.words import day_in_words

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

BAR = 0.9  # least height of a bar with its margin, in lines of text
TALLEST_BAR, TALLEST_ROW = 2, 6
ENDS = tuple(f"{end}{percent}" for percent in (50, 80, 95) for end in ("lower", "upper"))
COLUMNS = ("event", "known_by", "documented", "median", "lower95", "upper95", "printed")
type Estimate = dict[str, Any]


def rows_of(table: "pd.DataFrame", quantity: str) -> list[Estimate]:
    """Return the rows of a table of tolls that are about one quantity.

    Raises
    ------
    DataError
        If the quantity is unknown or the table has no such rows or lacks columns.
    """
    rows = records_of(table, quantity, COLUMNS, "tolls_table")
    return [row | {"documented": _count(row["documented"])} for row in rows]


def records_of(
    table: "pd.DataFrame", quantity: str, columns: Iterable[str], made_by: str
) -> list[Estimate]:
    """Return the rows of any table that are about one quantity.

    Raises
    ------
    DataError
        If the quantity is unknown or the table, which a function made, has no such rows or lacks
        columns.
    """
    check_quantity(quantity)
    absent = sorted({"quantity", *columns} - set(table.columns))
    found = [] if absent else table[table["quantity"] == quantity].to_dict("records")
    if not found:
        raise DataError(
            f"the table has no {', '.join(absent) or f'rows of {quantity}'}",
            place="table",
            remedy=f"Use what `{made_by}` returned.",
        )
    return [{str(key): value for key, value in row.items()} for row in found]


def names_of(rows: list[Estimate]) -> list[str]:
    """Return what to call each row: the event, or the day where all rows are of one event.

    Where neither alone tells the rows apart, both are given.
    """
    events = [str(row["event"]) for row in rows]
    days = [day_in_words(row["known_by"]) for row in rows]
    if len(set(events)) == 1:
        return days
    if len(set(events)) == len(events):
        return events
    return [f"{event}, {day}" for event, day in zip(events, days, strict=True)]


def draw_rows(
    ax: "Axes",
    rows: list[Estimate],
    words: list[tuple[str, str]],
    bar: Callable[[Estimate, float, float], None],
) -> None:
    """Write the words of each row, name and numbers, and draw its bar below them.

    ``bar`` is given the row, the middle of the bar and its height, as shares of the height of the
    Axes. Where there is little room, the numbers are left out.
    """
    width, height = _style.size_in_points(ax)
    line = _style.line_height(ax)
    step = min(height / len(rows), TALLEST_ROW * line)
    room = max(1, int(step / line - BAR))
    tops = (height + len(rows) * step) / 2 - np.arange(len(rows)) * step
    fit = partial(_style.lines_that_fit, ax, width=width, size=_style.SMALL)
    for row, (name, told), top in zip(rows, words, tops, strict=True):
        lines = fit(name.split(), most=room)
        numbers = fit(re.split(r" (?=\()|(?<=[,;]) ", told))
        lines += numbers if len(lines) + len(numbers) <= room else []
        _style.text_inside(ax, ax.get_xlim()[0], top / height, "\n".join(lines))
        tall = min(TALLEST_BAR * line, step - (len(lines) + 0.3) * line)
        middle = top - len(lines) * line - tall / 2 - 0.1 * line
        bar(row, middle / height, tall / height)


def _count(value: Any) -> int | None:  # noqa: ANN401
    return int(value) if isinstance(value, int | np.integer) else None
