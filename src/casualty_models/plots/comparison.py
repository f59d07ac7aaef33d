"""The tolls of several events, or of one event on several days, side by side."""

from typing import TYPE_CHECKING

from casualty_models.plots import _style
from casualty_models.plots._rows import ENDS, Estimate, draw_rows, names_of, rows_of

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

KEY = "Bars: 50, 80 and 95% intervals; white: median; dashed: counted."


def plot_comparison(
    table: "pd.DataFrame",
    *,
    quantity: str = "killed",
    scale: str = "log",
    ax: "Axes | None" = None,
) -> "Axes":
    """Draw the true tolls of several events side by side, each with what had been counted.

    Nested bars are the 50, 80 and 95 percent intervals, the white line the median, the dashed
    mark the documented count. That two intervals overlap does not say that the tolls may well be
    equal: `prob_more` gives the chance that one is the larger. Nothing here may be added up; see
    `sum_of_tolls`.

    Parameters
    ----------
    table
        What `tolls_table` returned, in the order to draw.
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
    >>> from casualty_models.plots import plot_comparison
    >>> from casualty_models.summaries import tolls_table
    >>> ax = plot_comparison(tolls_table([result]))
    >>> ax.get_xlabel()
    'people killed (log scale)'
    """
    rows = rows_of(table, quantity)
    names = names_of(rows)
    shown = [row[end] for row in rows for end in ENDS]
    shown += [row["documented"] for row in rows if row["documented"]]
    title = f"People {quantity}"
    if len({row["event"] for row in rows}) == 1:
        title = f"People {quantity}: {rows[0]['event']}"
    ax = _style.open_axes(
        ax,
        title=title,
        label=f"people {quantity}",
        limits=_style.padded(shown, scale),
        scale=scale,
        note=KEY,
    )
    ax.set_ylim(0, 1)
    words = [(name, row["printed"]) for name, row in zip(names, rows, strict=True)]
    draw_rows(ax, rows, words, lambda row, middle, tall: _bar(ax, row, middle, tall))
    told = "; ".join(
        f"{name}: {row['printed']}, {_counted(row)}" for name, row in zip(names, rows, strict=True)
    )
    ax.set_label(f"{title}. {told}.")
    return ax


def _bar(ax: "Axes", row: Estimate, middle: float, tall: float) -> None:
    _style.nested_bars(ax, middle, row, tall=tall)
    if row["documented"]:
        ends = [middle - 0.6 * tall, middle + 0.6 * tall]
        transform = ax.get_xaxis_transform()
        ax.plot([row["documented"]] * 2, ends, color="white", lw=3, transform=transform)
        ax.plot([row["documented"]] * 2, ends, "--", color=_style.BROWN, lw=1.6, dashes=(2, 1),
                transform=transform, label="documented")  # fmt: skip


def _counted(row: Estimate) -> str:
    return "no count" if row["documented"] is None else f"{row['documented']:,} counted"
