"""Who is on which lists: one row a combination, after UpSet."""

from typing import TYPE_CHECKING

import numpy as np

from casualty_models.errors import DataError
from casualty_models.plots import _style

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from casualty_models.lists import CaptureHistories

COLUMN = 13  # points from dot to dot
DOT = 6
MOST = 20
EMPTY = "#D9D9D9"
NONE = "? on no list"


def plot_overlaps(
    histories: "CaptureHistories", *, most: int = MOST, ax: "Axes | None" = None
) -> "Axes":
    """Draw how many people are on each combination of lists, and on none.

    A row is a combination: filled dots are the lists that its people are on, the bar is their
    number. Bars of one list alone are gray; only the blue ones, of two lists or more, tell about
    the people on no list. Combinations without people are not drawn.

    Parameters
    ----------
    histories
        One stratum.
    most
        How many combinations at most, the largest first; the others are added up in words. There
        may be fewer where there is no room.
    ax
        Where to draw, at its present size; by default in a new figure.

    Returns
    -------
    The `matplotlib.axes.Axes` drawn on; `alt_text` gives a description in words.

    Raises
    ------
    DataError
        If there are several strata, or ``most`` is below 1.

    Notes
    -----
    Lex, Gehlenborg, Strobelt, Vuillemot and Pfister (2014), UpSet: visualization of intersecting
    sets, IEEE Transactions on Visualization and Computer Graphics 20:1983-1992.

    Examples
    --------
    >>> from casualty_models.datasets.lists import load_lists
    >>> from casualty_models.plots import alt_text
    >>> from casualty_models.plots.overlaps import plot_overlaps
    >>> ax = plot_overlaps(load_lists("gaza_2024_3"))
    >>> alt_text(ax).split("; ")[1:3]
    ['survey alone: 5,104', 'hospital and survey: 1,929']
    """
    if most < 1:
        raise DataError("there must be a row or more", place="most", value=most)
    cells, patterns = histories.cells, histories.patterns
    order = [int(i) for i in np.argsort(-cells, kind="stable") if cells[i]]
    note = "; ".join(
        f"{number}={name} ({size:,})"
        for number, (name, size) in enumerate(
            zip(histories.lists, histories.list_sizes, strict=True), start=1
        )
    )
    ax = _style.axes_or_new(ax)
    ax.set_yticks([])
    ax.set_xticks([])
    _style.show_spines(ax)
    title = f"{histories.n:,} people on {len(histories.lists)} lists"
    for _ in range(2):  # the second time at the size that the layout has given to the Axes
        _style.set_title(ax, title, note)
        _style.lay_out(ax)
    _draw(ax, cells, patterns, order[:most])
    hidden = order[len(ax.patches) :]
    if hidden:
        _rest(ax, len(hidden), int(cells[hidden].sum()))
    ax.set_label(_description(histories, title, order[: len(ax.patches)]))
    return ax


def _draw(ax: "Axes", cells: np.ndarray, patterns: np.ndarray, order: list[int]) -> None:
    """Draw the head, the row of people on no list, and as many combinations as have room."""
    width, height = _style.size_in_points(ax)
    line = 1.25 * _style.line_height(ax)
    rows = order[: max(1, int(height / line) - 3)]
    lists = patterns.shape[1]
    step = min(line * 1.5, height / (len(rows) + 3))
    ax.set_xlim(0, width)
    ax.set_ylim(height, 0)
    for column in range(lists):
        ax.text((column + 0.5) * COLUMN, 0.5 * step, str(column + 1), size=_style.SMALL,
                ha="center", va="center")  # fmt: skip
    start = (lists + 0.7) * COLUMN
    widest = _style.text_size(ax, f"{cells[rows[0]]:,}", _style.SMALL)[0] + 6
    scale = (width - start - widest) / cells[rows[0]]
    for place, row in enumerate(rows):
        y = (place + 1.5) * step
        _dots(ax, patterns[row], y)
        color = _style.BANDS[0.5] if patterns[row].sum() > 1 else "#A6A6A6"
        ax.barh(y, cells[row] * scale, left=start, height=0.62 * step, color=color)
        ax.text(start + cells[row] * scale + 4, y, f"{cells[row]:,}", size=_style.SMALL,
                va="center", in_layout=False)  # fmt: skip
    y = (len(rows) + 1.5) * step
    _dots(ax, np.zeros(lists, dtype=int), y)
    ax.text(start, y, NONE, size=_style.SMALL, va="center", color=_style.VERMILLION,
            in_layout=False)  # fmt: skip


def _dots(ax: "Axes", pattern: np.ndarray, y: float) -> None:
    x = (np.arange(len(pattern)) + 0.5) * COLUMN
    on = np.flatnonzero(pattern)
    ax.plot(x, np.full(len(x), y), "o", color=EMPTY, ms=DOT, mec="none")
    if len(on):
        ax.plot(x[on], np.full(len(on), y), "o-", color="black", ms=DOT, lw=1.5, label="lists")


def _rest(ax: "Axes", combinations: int, total: int) -> None:
    what = "combination" if combinations == 1 else "combinations"
    text = f"and {combinations} more {what}, {total:,} people"
    width, height = _style.size_in_points(ax)
    size = _style.text_size(ax, text, _style.SMALL)[0]
    ax.text(max(width - size, 0), height, text, size=_style.SMALL, va="bottom", in_layout=False)


def _description(histories: "CaptureHistories", title: str, rows: list[int]) -> str:
    parts = []
    for row in rows:
        on = [histories.lists[i] for i in np.flatnonzero(histories.patterns[row])]
        name = f"{on[0]} alone" if len(on) == 1 else " and ".join(on)
        parts.append(f"{name}: {histories.cells[row]:,}")
    return f"{title}. {'; '.join(parts)}. How many people are on no list is not known."
