"""How the answer moves when one source is left out."""

from typing import TYPE_CHECKING, Any

import numpy as np

from casualty_models.errors import DataError
from casualty_models.plots import _style
from casualty_models.plots._rows import ENDS, Estimate, draw_rows, records_of

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

KEY = "Bars: 50, 80 and 95% intervals; white: median; dashed: median from all sources."


def plot_leave_one_out(
    table: "pd.DataFrame",
    *,
    quantity: str = "killed",
    scale: str = "log",
    ax: "Axes | None" = None,
) -> "Axes":
    """Draw the estimate without each source in turn, over the estimate from all of them.

    Nested bars are the 50, 80 and 95 percent intervals, the white line the median. A bar far from
    the others belongs to a source that carries the answer. The bars share most of their evidence,
    so that they agree does not confirm any of them.

    Parameters
    ----------
    table
        What `leave_one_source_out` returned.
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
    >>> import pandas as pd
    >>> from casualty_models.plots.leave_one_out import plot_leave_one_out
    >>> ends = {"lower95": 90, "lower80": 120, "lower50": 160, "median": 200, "upper50": 260,
    ...         "upper80": 330, "upper95": 450, "printed": "about 200", "quantity": "killed"}
    >>> table = pd.DataFrame([ends | {"without": name, "reports": 3} for name in ("", "police")])
    >>> plot_leave_one_out(table).get_xlabel()
    'people killed (log scale)'
    """
    rows = _rows(table, quantity)
    title = f"People {quantity}, with one source left out"
    drawn = [row for row in rows if np.isfinite(row["median"])]
    ax = _style.open_axes(
        ax,
        title=title,
        label=f"people {quantity}",
        limits=_style.padded([row[end] for row in drawn for end in ENDS], scale),
        scale=scale,
        note=KEY,
    )
    ax.set_ylim(0, 1)
    words = [(_name(row), str(row["printed"])) for row in rows]
    draw_rows(ax, rows, words, lambda row, middle, tall: _bar(ax, row, middle, tall))
    _line_of_all(ax, rows[0])
    told = "; ".join(f"{name}: {printed}" for name, printed in words)
    ax.set_label(f"{title}. {told}.")
    return ax


def _rows(table: "pd.DataFrame", quantity: str) -> list[Estimate]:
    columns = ("without", "printed", "median", *ENDS)
    rows = records_of(table, quantity, columns, "leave_one_source_out")
    if rows[0]["without"]:
        raise DataError(
            "the rows are not in their order, all sources first",
            place="table",
            remedy="Use what `leave_one_source_out` returned.",
        )
    return rows


def _name(row: dict[str, Any]) -> str:
    if not row["without"]:
        return "from all sources"
    return f"without {row['without']} ({row['reports']})"


def _bar(ax: "Axes", row: Estimate, middle: float, tall: float) -> None:
    if np.isfinite(row["median"]):
        colors = _style.GRAYS if row["without"] else _style.BANDS
        _style.nested_bars(ax, middle, row, tall=tall, colors=colors)


def _line_of_all(ax: "Axes", whole: Estimate) -> None:
    ax.axvline(whole["median"], color=_style.BANDS[0.8], lw=1.2, ls=(0, (3, 2)), zorder=0.5,
               label="median from all sources")  # fmt: skip
