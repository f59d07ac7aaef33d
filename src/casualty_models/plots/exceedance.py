"""The chance that the toll is above a number, for every number."""

from typing import TYPE_CHECKING

import numpy as np

from casualty_models.inference import event_of
from casualty_models.plots import _style
from casualty_models.summaries.evidence import largest_report, toll_draws, used_reports
from casualty_models.summaries.rounding import quantile_error, round_count
from casualty_models.summaries.tables import prob_above

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.axes import Axes

    from casualty_models.events import Report

MARKED = (90, 50, 10)  # percent
TICKS = (10, 25, 50, 75, 90)
GRID = 400
GROUND = {"facecolor": "white", "alpha": 0.8, "lw": 0, "pad": 0.5}  # lets words cross a line
TAIL = 0.005
MOST_ROOM = 0.6  # of the width, for the words beside the lowest mark


def plot_exceedance(
    result: "xr.DataTree",
    *,
    quantity: str = "killed",
    scale: str = "log",
    ax: "Axes | None" = None,
) -> "Axes":
    r"""Draw the chance that more people were killed (wounded) than a number, against the number.

    .. math:: P(N > n \mid \text{reports})

    Three points of the curve are written out. The dashed line is the documented count, with the
    chance that the true toll is above it. A declared minimum makes that certain, so there it is the
    chance of twice the count, as in `toll_sentence`.

    Parameters
    ----------
    result
        What `fit` returned.
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
        If the quantity or the scale is unknown.

    Examples
    --------
    >>> from casualty_models.plots import plot_exceedance
    >>> ax = plot_exceedance(result)
    >>> ax.get_ylabel()
    'chance of more (%)'
    """
    draws = toll_draws(result, quantity)
    largest = largest_report(used_reports(result, quantity), counts=True)
    documented = None if largest is None else largest.statement.counted
    event = event_of(result)
    ax = _style.axes_or_new(ax)
    ax.set_ylabel("chance of more (%)")
    _style.show_spines(ax, "bottom", "left")
    log = " (log scale)" if scale == "log" else ""
    label = f"people {quantity}" + " by the end of the event" * event.ongoing + log
    for _ in range(2):  # the second time at the size that the layout has given to the Axes
        _style.count_axis(ax, ax.xaxis, _limits(ax, draws, documented, scale), scale)
        ax.set_ylim(0, 100 / (1 - 2.2 * _line_share(ax)))
        ax.set_yticks(TICKS, [str(tick) for tick in TICKS])
        _style.set_title(ax, f"The chance that more people were {quantity}: {event.name}")
        _style.set_label(ax, label)
        _style.lay_out(ax)
    _curve(ax, draws)
    marks = {percent: _mark(ax, draws, percent) for percent in MARKED}
    told = [f"{percent}% that more than {count:,}" for percent, count in marks.items()]
    if largest is not None and documented:
        words = _counted_words(result, largest)
        _documented_line(ax, documented, words)
        told.append(words)
    ax.set_label(
        f"The chance that more people were {quantity}: {event.name}. A falling curve:"
        f" {'; '.join(told)}."
    )
    return ax


def _limits(
    ax: "Axes", draws: np.ndarray, documented: int | None, scale: str
) -> tuple[float, float]:
    ends = [float(end) for end in np.quantile(draws, [TAIL, 1 - TAIL])]
    lower, upper = _style.padded([*ends, documented or ends[0]], scale)
    last = float(np.quantile(draws, 1 - MARKED[-1] / 100))
    words = _style.text_size(ax, f"more than {last:,.0f}", _style.SMALL)[0] + 10
    left = 1 - min(words / _style.size_in_points(ax)[0], MOST_ROOM)
    if scale == "linear":
        return lower, max(upper, lower + (last - lower) / left)
    return lower, max(upper, lower * (max(last, 1.0) / lower) ** (1 / left))


def _line_share(ax: "Axes") -> float:
    return min(_style.line_height(ax) / _style.size_in_points(ax)[1], 0.2)


def _curve(ax: "Axes", draws: np.ndarray) -> None:
    space = np.geomspace if ax.get_xscale() == "log" else np.linspace
    x = space(*ax.get_xlim(), GRID)
    above = 100 * (1 - np.searchsorted(np.sort(draws.ravel()), x, side="right") / draws.size)
    ax.fill_between(x, 0, above, color=_style.BANDS[0.95], lw=0)
    ax.plot(x, above, color=_style.BLUE, lw=2, label="chance of more")


def _mark(ax: "Axes", draws: np.ndarray, percent: int) -> int:
    """Mark the number that is exceeded with a chance, and return it as it is printed."""
    prob = 1 - percent / 100
    exact = float(np.quantile(draws, prob))
    count = round_count(exact, quantile_error(draws, prob))
    x = max(exact, ax.get_xlim()[0])
    ax.plot([ax.get_xlim()[0], x], [percent] * 2, ":", color=_style.GRAY, lw=1)
    ax.plot([x], [percent], "o", color=_style.BLUE, ms=5, label=f"{percent}%")
    ax.annotate(f"more than {count:,}", (x, percent), xytext=(6, 1), textcoords="offset points",
                size=_style.SMALL, va="bottom", in_layout=False, bbox=GROUND)  # fmt: skip
    return count


def _counted_words(result: "xr.DataTree", report: "Report") -> str:
    counted, quantity = report.statement.counted, report.quantity
    if report.floor:  # the model takes a minimum for certain: the chance of more is 1
        chance = _chance(result, 2 * counted, quantity)
        return f"{counted:,} counted, a minimum: {chance} of twice that"
    return f"{counted:,} counted: {_chance(result, counted, quantity)} of more"


def _chance(result: "xr.DataTree", count: int, quantity: str) -> str:
    percent = 100 * prob_above(result, count, quantity)
    if not 1 <= percent <= 99:  # noqa: PLR2004
        return "less than 1% chance" if percent < 1 else "more than 99% chance"
    return f"{percent:.0f}% chance"


def _documented_line(ax: "Axes", documented: int, words: str) -> None:
    ax.plot([documented] * 2, [0, 100], "--", color=_style.VERMILLION, lw=1.2, label="documented")
    width = _style.size_in_points(ax)[0]
    lines = _style.lines_that_fit(ax, words.split(), width=width, size=_style.SMALL, most=2)
    top = 100 / ax.get_ylim()[1] + 1.1 * len(lines) * _line_share(ax)
    _style.text_inside(ax, documented, top, "\n".join(lines))
