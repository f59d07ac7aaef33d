"""What is documented and what is estimated beyond it, as the two parts of one bar."""

from typing import TYPE_CHECKING, Any

from casualty_models.plots import _style
from casualty_models.plots._rows import Estimate, draw_rows, names_of, rows_of

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

KEY = (
    "Solid: documented. Hatched: estimated beyond it, up to the median. Line: 95% interval of the"
    " total (thick: 50%)."
)


def plot_documented(
    table: "pd.DataFrame",
    *,
    quantity: str = "killed",
    ax: "Axes | None" = None,
) -> "Axes":
    r"""Draw the documented count, what is estimated beyond it, and the total with its interval.

    .. math:: \text{estimated undocumented} = \text{median of the true toll} - \text{documented}

    The two parts of a bar are of different kinds: the first is a count, the second an estimate,
    and the interval belongs to the total. Where the median lies below the count, which means that
    the count is probably too high, nothing is hatched and the median is marked inside the bar.

    Parameters
    ----------
    table
        What `tolls_table` returned; one bar a row.
    quantity
        "killed" or "wounded".
    ax
        Where to draw, at its present size; by default in a new figure. The axis is linear, for
        the parts of a bar cannot be compared on a log axis.

    Returns
    -------
    The `matplotlib.axes.Axes` drawn on; `alt_text` gives a description in words.

    Raises
    ------
    DataError
        If the quantity is unknown or the table has no such rows.

    Notes
    -----
    The form of the United Nations Human Rights Office for the civilian deaths in Syria (2022):
    documented, estimated undocumented, total.

    Examples
    --------
    >>> from casualty_models.plots import plot_documented
    >>> from casualty_models.summaries import tolls_table
    >>> ax = plot_documented(tolls_table([result]))
    >>> ax.get_xlabel()
    'people killed'
    """
    rows = rows_of(table, quantity)
    names = names_of(rows)
    title = f"People {quantity}, documented and estimated"
    if len({row["event"] for row in rows}) == 1:
        title = f"{title}: {rows[0]['event']}"
    shown = [row[key] for row in rows for key in ("upper95", "median")]
    shown += [row["documented"] or 0 for row in rows]
    ax = _style.open_axes(
        ax,
        title=title,
        label=f"people {quantity}",
        limits=_style.padded(shown, "linear"),
        scale="linear",
        note=KEY,
    )
    ax.set_ylim(0, 1)
    words = [(name, _told(row)) for name, row in zip(names, rows, strict=True)]
    draw_rows(ax, rows, words, lambda row, middle, tall: _bar(ax, row, middle, tall))
    ax.set_label(f"{title}. " + "; ".join(f"{name}: {told}" for name, told in words) + ".")
    return ax


def _bar(ax: "Axes", row: Estimate, middle: float, tall: float) -> None:
    counted, median = row["documented"] or 0, row["median"]
    transform = ax.get_xaxis_transform()
    look: dict[str, Any] = {"height": tall, "transform": transform}
    ax.barh(middle, counted, color=_style.BANDS[0.5], lw=0, label="documented", **look)
    if median > counted:
        ax.barh(middle, median - counted, left=counted, facecolor="white",
                edgecolor=_style.BANDS[0.5], hatch="////", lw=1, label="undocumented",
                **look)  # fmt: skip
    for prob, width in (("95", 1.4), ("50", 4.0)):
        for color, wider in (("white", 2.5), ("black", 0.0)):
            ax.plot([row[f"lower{prob}"], row[f"upper{prob}"]], [middle] * 2, color=color,
                    lw=width + wider, solid_capstyle="butt", transform=transform,
                    label="" if wider else f"{prob}% interval")  # fmt: skip
    ax.plot([median], [middle], "o", ms=6, mfc="white", mec="black", mew=1.4, transform=transform,
            label="median")  # fmt: skip


def _told(row: Estimate) -> str:
    counted, total = row["documented"], f"total {row['printed']}"
    if counted is None:
        return f"no count; {total}"
    if row["rounded"] < counted:
        return f"{counted:,} documented, above the median; {total}"
    # Of rounded numbers, so that the parts that are printed add up to the total that is.
    return f"{counted:,} documented; {row['rounded'] - counted:,} estimated undocumented; {total}"
