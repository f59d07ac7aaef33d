"""What the answer would be if one part of the prior were less sure, or more."""

from typing import TYPE_CHECKING

import numpy as np

from casualty_models.checks.sensitivity import EVIDENCE, MATTERS, strength_text
from casualty_models.plots import _style
from casualty_models.plots._rows import Estimate, draw_rows, records_of

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

KEY = (
    "Bars: 90% interval with its median, if that prior were half as sure of what it says (top), as"
    " it is (blue), and twice as sure (bottom). Bold names: above 0.05, the answer rests on it."
)
LOOK = {"half": ("#BDBDBD", 1.0), "as_is": (_style.BANDS[0.5], 0.0), "twice": ("#737373", -1.0)}
APART = 0.34  # of the height of a row, between the middles of its bars
TALL = 0.26
LEAST_ROW = 2.2  # lines of text: the name and three bars


def plot_sensitivity(
    table: "pd.DataFrame",
    *,
    quantity: str = "killed",
    scale: str = "log",
    ax: "Axes | None" = None,
) -> "Axes":
    """Draw the answer under each prior made half and twice as sure of what it says.

    Components are in order of their sensitivity, the strongest at the top; where there is little
    room, the weakest are left out and their number is said. A bar is left out where the draws do
    not reach that far and only a new fit could tell.

    Parameters
    ----------
    table
        What `sensitivity` returned.
    quantity
        "killed" or "wounded".
    scale
        "log" or "linear".
    ax
        Where to draw, at its present size; by default in a new figure.

    Returns
    -------
    The `matplotlib.axes.Axes` drawn on; `alt_text` gives a description in words.

    Raises
    ------
    DataError
        If the quantity or the scale is unknown, or the table has no such rows.

    Examples
    --------
    >>> from casualty_models.checks import sensitivity
    >>> from casualty_models.plots.sensitivity import plot_sensitivity
    >>> ax = plot_sensitivity(sensitivity(result))
    >>> ax.get_xlabel()
    'people killed (log scale)'
    """
    rows = _rows(table, quantity)
    title = f"People {quantity}, with each part of the prior changed"
    shown = [
        row[f"{end}_{name}"] for row in rows for name in LOOK for end in ("lower90", "upper90")
    ]
    ax = _style.open_axes(
        ax,
        title=title,
        label=f"people {quantity}",
        limits=_style.padded([value for value in shown if np.isfinite(value)], scale),
        scale=scale,
        note=KEY,
    )
    ax.set_ylim(0, 1)
    drawn = rows[: max(1, int(_style.size_in_points(ax)[1] / (LEAST_ROW * _style.line_height(ax))))]
    names = [f"{row['component']}: {strength_text(row['sensitivity'])}" for row in drawn]
    if hidden := len(rows) - len(drawn):
        names[-1] += f" (and {hidden} weaker, not shown)"
    before = len(ax.texts)
    draw_rows(
        ax,
        drawn,
        [(name, "") for name in names],
        lambda row, middle, tall: _bars(ax, row, middle, tall),
    )
    for text, row in zip(ax.texts[before:], drawn, strict=True):
        text.set_fontweight("bold" if row["sensitivity"] >= MATTERS else "normal")
    ax.set_label(f"{title}. {' '.join(str(row['words']) for row in rows)}")
    return ax


def _rows(table: "pd.DataFrame", quantity: str) -> list[Estimate]:
    columns = ("component", "sensitivity", "median_half", "words")
    rows = records_of(table, quantity, columns, "sensitivity")
    rows = [row for row in rows if row["component"] not in EVIDENCE.values()]
    return sorted(rows, key=lambda row: -row["sensitivity"])


def _bars(ax: "Axes", row: Estimate, middle: float, tall: float) -> None:
    transform = ax.get_xaxis_transform()
    for name, (color, place) in LOOK.items():
        lower, median, upper = (row[f"{end}_{name}"] for end in ("lower90", "median", "upper90"))
        if not np.isfinite(median):
            continue
        y, half = middle + place * APART * tall, TALL * tall / 2
        ax.fill_between([lower, upper], y - half, y + half, color=color, lw=0,
                        transform=transform, label=name)  # fmt: skip
        ax.plot([median] * 2, [y - half, y + half], color="white", lw=2, transform=transform,
                solid_capstyle="butt", label="median")  # fmt: skip
