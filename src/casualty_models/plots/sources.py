"""What each source alone would imply, over the estimate from all of them."""

import datetime
from typing import TYPE_CHECKING

from casualty_models.inference import event_of
from casualty_models.plots import _style
from casualty_models.plots._rows import Estimate, draw_rows
from casualty_models.summaries.sources import source_table
from casualty_models.summaries.tables import toll_table
from casualty_models.summaries.words import day_in_words

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr
    from matplotlib.axes import Axes

ENDS = ("lower95", "upper95")


def plot_sources(
    result: "xr.DataTree",
    *,
    quantity: str = "killed",
    table: "pd.DataFrame | None" = None,
    scale: str = "log",
    ax: "Axes | None" = None,
) -> "Axes":
    """Draw what the latest report of each series alone would imply for the true toll.

    Nested bars are the 50, 80 and 95 percent intervals, the white line the median; the dark bar
    at the bottom is the posterior from all reports together. How the implied tolls are computed,
    and what they leave out, is said in `source_table`.

    Parameters
    ----------
    result
        What `fit` returned.
    quantity
        "killed" or "wounded".
    table
        A table like that of `source_table`, for example from refitting each series; by default
        that of `source_table`.
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
        If the quantity or the scale is unknown, or the result holds no prior simulations.

    Examples
    --------
    >>> from casualty_models.plots import plot_sources
    >>> ax = plot_sources(result)
    >>> ax.get_xlabel()
    'people killed (log scale)'
    """
    rows = _rows(result, quantity, source_table(result, quantity) if table is None else table)
    name = event_of(result).name
    ax = _style.open_axes(
        ax,
        title=f"People {quantity} that each source alone would imply: {name}",
        label=f"people {quantity}",
        limits=_style.padded([v for row in rows for k, v in row.items() if k in ENDS], scale),
        scale=scale,
    )
    ax.set_ylim(0, 1)
    words = [(row["words"], row["printed"]) for row in rows]
    draw_rows(ax, rows, words, lambda row, middle, tall: _bar(ax, row, middle, tall))
    told = "; ".join(f"{name}: {printed}" for name, printed in words)
    ax.set_label(f"People {quantity} that each source alone would imply, {name}: {told}.")
    return ax


def _rows(result: "xr.DataTree", quantity: str, table: "pd.DataFrame") -> list[Estimate]:
    event = event_of(result)
    rows: list[Estimate] = []
    for name, values in zip(table.index, table.to_dict("records"), strict=True):
        row = {str(key): value for key, value in values.items()}
        day = _day(row["date"], event.start.year)
        rows.append(row | {"words": f'{_series(str(name), quantity)}, "{row["says"]}", {day}'})
    together = {str(key): value for key, value in toll_table(result).loc[quantity].items()}
    return [*rows, together | {"words": "all reports together", "together": True}]


def _series(name: str, quantity: str) -> str:
    reported, _, kind = name.partition(": ")
    return kind if reported == quantity else f"{kind} of {reported}"


def _day(date: datetime.date, known_year: int) -> str:
    words = day_in_words(date)
    return words.removesuffix(f" {date.year}") if date.year == known_year else words


def _bar(ax: "Axes", row: Estimate, middle: float, tall: float) -> None:
    colors = _style.BANDS if row.get("together") else _style.GRAYS
    _style.nested_bars(ax, middle, row, tall=tall, colors=colors)
