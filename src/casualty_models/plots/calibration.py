"""Whether forecasts of settled events were as sure as they had a right to be."""

import re
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.ticker import MaxNLocator
from scipy.stats import binom

from casualty_models.backtest.table import answered_by_all
from casualty_models.errors import DataError
from casualty_models.plots import _style

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

KINDS = ("pit", "coverage")
BINS = 10
CHANCE = (0.025, 0.975)
CHANCE_COLOR = "#E3E3E3"
COLORS = (_style.BLUE, _style.VERMILLION, _style.GRAY, _style.BROWN)
LINES = ("o-", "s--", "^-.", "D:")
PERCENT_TICKS = (0, 25, 50, 75, 100)
CHANCE_NOTE = "gray: what chance allows calibrated forecasts (95%)"


def plot_calibration(
    table: "pd.DataFrame", *, ax: "Axes | None" = None, kind: str = "pit"
) -> "Axes":
    r"""Draw how often the settled toll was where forecasts said it would be.

    Two figures of the same question. The histogram ("pit", of one method) shows where in its
    forecast each settled toll came to lie: level when calibrated, heaped at the right when
    forecasts are too low, at both ends when they are too narrow. The curve ("coverage", of up to
    four methods, on the events and days that all have answered) shows how often an interval held
    the settled toll: on the diagonal when calibrated, below it when too narrow. The gray band is
    the 95 percent range of

    .. math:: \mathrm{Binomial}(n, p) / n

    with n the number of events, not of forecasts, for those of one event are right or wrong
    together.

    Parameters
    ----------
    table
        Scores of forecasts, as `score_table` returns.
    ax
        Where to draw, at its present size; by default in a new figure.
    kind
        "pit" or "coverage".

    Returns
    -------
    The `matplotlib.axes.Axes` drawn on; `alt_text` gives a description in words.

    Raises
    ------
    DataError
        If the kind is unknown, the table is empty, or it holds more methods than can be drawn.

    Examples
    --------
    >>> import pandas as pd
    >>> from casualty_models.plots.calibration import plot_calibration
    >>> table = pd.DataFrame({"method": "rule", "event": list("abcd"), "horizon": 3,
    ...                       "pit": [0.1, 0.4, 0.6, 0.9]})
    >>> plot_calibration(table).get_ylabel()
    'share of forecasts (%)'
    """
    if kind not in KINDS:
        raise DataError("unknown kind", place="kind", value=kind, remedy=f"Use one of {KINDS}.")
    methods = _methods(table, most=1 if kind == "pit" else len(COLORS))
    table = answered_by_all(table)
    ax = _style.axes_or_new(ax)
    _style.show_spines(ax, "bottom", "left")
    size = f"{len(table) // len(methods)} forecasts, {table['event'].nunique()} events"
    if kind == "pit":
        _histogram(ax, table, f"Where the settled toll came to lie: {methods[0]}", size)
    else:
        _curves(ax, table, methods, size)
    return ax


def _methods(table: "pd.DataFrame", most: int) -> list[str]:
    methods = [str(name) for name in table["method"].unique()]
    if 1 <= len(methods) <= most:
        return methods
    raise DataError(
        f"from 1 to {most} methods can be drawn, the table has {len(methods)}",
        place="table",
        remedy='Choose some: table[table["method"] == "last count"].',
    )


def _histogram(ax: "Axes", table: "pd.DataFrame", title: str, size: str) -> None:
    edges = np.linspace(0, 1, BINS + 1)
    shares = 100 * np.histogram(table["pit"], edges)[0] / len(table)
    lower, upper = _chance(1 / BINS, table["event"].nunique())
    ax.axhspan(float(lower), float(upper), color=CHANCE_COLOR, lw=0, label="chance")
    ax.bar(100 * edges[:-1], shares, width=100 / BINS, align="edge", color=_style.BANDS[0.5],
           edgecolor="white", label="forecasts")  # fmt: skip
    ax.axhline(100 / BINS, color="black", ls="--", lw=1.3, label="calibrated")
    ax.set_xlim(0, 100)
    top = 1.08 * max(shares.max(), upper)
    ax.set_ylim(0, top)
    ax.set_yticks(
        [tick for tick in MaxNLocator(5, integer=True).tick_values(0, top) if tick <= top]
    )
    ax.set_xticks(PERCENT_TICKS)
    ax.set_ylabel("share of forecasts (%)")
    _caption(ax, title, "share of the forecast below the settled toll (%)", size)
    low, high = shares[0], shares[-1]
    ax.set_label(
        f"{title}. {size}. {low:.0f}% of settled tolls lie in the lowest tenth of their forecast,"
        f" {high:.0f}% in the highest; calibrated would be 10%, and chance allows {lower:.0f}% to"
        f" {upper:.0f}%."
    )


def _curves(ax: "Axes", table: "pd.DataFrame", methods: list[str], size: str) -> None:
    columns = [name for name in table.columns if re.fullmatch(r"covered[\d.]+", name)]
    stated = np.array([float(name.removeprefix("covered")) for name in columns])
    grid = np.linspace(0.005, 0.995, 199)
    ax.fill_between(100 * grid, *_chance(grid, table["event"].nunique()), color=CHANCE_COLOR, lw=0,
                    label="chance")  # fmt: skip
    ax.plot([0, 100], [0, 100], color="black", ls="--", lw=1.3, label="calibrated")
    held = {
        name: 100 * table.loc[table["method"] == name, columns].mean().to_numpy(dtype=float)
        for name in methods
    }
    for (name, shares), color, line in zip(held.items(), COLORS, LINES, strict=False):
        ax.plot(stated, shares, line, color=color, ms=5, lw=1.5, label=name)
    ax.set_ylim(0, 100)
    ax.set_xticks(PERCENT_TICKS)
    ax.set_yticks(PERCENT_TICKS)
    ax.set_ylabel("intervals that hold it (%)")
    title = "How often intervals held the settled toll"
    _caption(ax, title, "probability that the interval states (%)", size, widest=methods)
    _label_ends(ax, stated[-1], {name: shares[-1] for name, shares in held.items()})
    told = "; ".join(
        f"{name}: " + ", ".join(f"{p:g}% intervals {s:.0f}%" for p, s in zip(stated, shares,
                                                                              strict=True))
        for name, shares in held.items()
    )  # fmt: skip
    ax.set_label(f"{title}. {size}. {told}.")


def _chance(prob: float | np.ndarray, events: int) -> tuple[np.ndarray, np.ndarray]:
    lower, upper = (100 * binom.ppf(tail, events, prob) / events for tail in CHANCE)
    return lower, upper


def _caption(
    ax: "Axes", title: str, label: str, size: str, *, widest: list[str] | None = None
) -> None:
    for _ in range(2):  # the second time at the size that the layout has given to the Axes
        if widest:
            width = _style.size_in_points(ax)[0]
            room = max(_style.text_size(ax, name, _style.SMALL)[0] for name in widest) + 10
            ax.set_xlim(0, 100 / max(1 - room / width, 0.5))
        _style.set_title(ax, title, f"{size}; {CHANCE_NOTE}")
        _style.set_label(ax, label)
        _style.lay_out(ax)


def _label_ends(ax: "Axes", x: float, ends: dict[str, float]) -> None:
    gap = 100 * 0.85 * _style.line_height(ax) / _style.size_in_points(ax)[1]
    ordered = sorted((end, name) for name, end in ends.items())
    places = _style.spread(np.array([end for end, _ in ordered]), gap)
    for place, (_, name) in zip(places, ordered, strict=True):
        color = COLORS[list(ends).index(name)]
        ax.annotate(name, (x, place), xytext=(8, 0), textcoords="offset points", va="center",
                    size=_style.SMALL, color=color, in_layout=False,
                    parse_math=False)  # fmt: skip
