"""The true toll as twenty equally likely dots, above what was reported."""

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.collections import EllipseCollection

from casualty_models.inference import event_of
from casualty_models.plots import _style
from casualty_models.summaries.evidence import (
    documented_count,
    largest_report,
    latest_reports,
    toll_draws,
    used_reports,
)
from casualty_models.summaries.tables import PROBS, quantile_columns, rounded_toll
from casualty_models.summaries.words import day_in_words

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.axes import Axes

    from casualty_models.events import Report

DOTS = 20
NOTE = "each dot is 1 chance in 20"
DOT = 0.92  # of the width of a bin
FEWEST_BINS = 12
LEAST_DOT_SHARE = 0.4


def plot_toll(
    result: "xr.DataTree",
    *,
    quantity: str = "killed",
    scale: str = "log",
    ax: "Axes | None" = None,
) -> "Axes":
    r"""Draw the true toll as 20 dots, each 1 chance in 20, over what was reported.

    The dots are the 20 quantiles at 2.5, 7.5, ... 97.5 percent, stacked so that none crosses the
    documented count (dashed). Below them the median with the 50, 80 and 95 percent intervals, and
    the latest report of each series as printed, with the bounds that its words give.

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

    Notes
    -----
    Quantile dotplots gave the best decisions of the displays compared by Fernandes et al. 2018,
    Uncertainty Displays Using Quantile Dotplots or CDFs Improve Transit Decision-Making.

    Examples
    --------
    >>> from casualty_models.plots import plot_toll
    >>> ax = plot_toll(result, quantity="killed")
    >>> ax.get_title(loc="left").replace("\n", " ")
    'People killed: Osh and Jalal-Abad, June 2010'
    """
    draws = toll_draws(result, quantity)
    quantiles = np.quantile(draws, (np.arange(DOTS) + 0.5) / DOTS)
    ends = {k: float(v) for k, v in quantile_columns(draws.ravel(), PROBS).items()}
    reports = [r for _, _, r in latest_reports(result) if r.quantity == quantity]
    bounds = [b for r in reports for b in (r.statement.lower, r.statement.upper)]

    event = event_of(result)
    ax = _style.open_axes(
        ax,
        title=f"People {quantity}: {event.name}",
        label=f"people {quantity}" + " by the end of the event" * event.ongoing,
        limits=_limits([*quantiles, *ends.values(), *bounds], scale),
        scale=scale,
    )
    base = _evidence(ax, reports, ends, rounded_toll(result, quantity, probs=PROBS))
    _dots(ax, quantiles, documented_count(result, quantity), base)
    _documented_line(ax, largest_report(used_reports(result, quantity), counts=True))
    ax.set_label(_description(result, quantity, reports))
    return ax


def stack_dots(
    values: np.ndarray, width: float, edge: float = 0.0
) -> tuple[np.ndarray, np.ndarray]:
    """Return where dots lie when values closer than a width are stacked.

    Each stack lies as near to its values as it can without touching the next one, and none
    crosses the edge.

    Parameters
    ----------
    values
        Positions on the scale of the axis (logarithms on a log axis).
    width
        Diameter of a dot.
    edge
        A border that values above it stay above of, dots and all.

    Returns
    -------
    Position of each dot, in order, and its level in its stack: 0.5, 1.5, ...

    Examples
    --------
    >>> import numpy as np
    >>> from casualty_models.plots.toll import stack_dots
    >>> x, level = stack_dots(np.array([0.4, 0.8, 1.7]), 1.0)
    >>> x.tolist(), level.tolist()
    ([0.6, 0.6, 1.7], [0.5, 1.5, 0.5])
    """
    above = np.sort(values[values >= edge])
    below = np.sort(-values[values < edge])
    x, level = _stacks_above(above, width, edge)
    x_below, level_below = _stacks_above(below, width, -edge)
    return np.concatenate([-x_below[::-1], x]), np.concatenate([level_below[::-1], level])


def _stacks_above(values: np.ndarray, width: float, edge: float) -> tuple[np.ndarray, np.ndarray]:
    bins = np.floor((values - edge) / width)
    _, first, stack, size = np.unique(
        bins, return_index=True, return_inverse=True, return_counts=True
    )
    means = np.add.reduceat(values, first) / size if len(values) else values
    nearest = edge + width * (0.5 + np.arange(len(means)))
    places = np.maximum(_style.spread(means, width), nearest)
    return places[stack], np.arange(len(values)) - first[stack] + 0.5


def _limits(values: list[float], scale: str) -> tuple[float, float]:
    lower, upper = _style.padded(values, scale, share=0.1)
    if scale == "linear":  # the dots of the smallest tolls need room on the left of zero
        lower -= (upper - lower) / FEWEST_BINS / 2
    return lower, upper


def _evidence(
    ax: "Axes", reports: "list[Report]", ends: dict[str, float], rounded: dict[str, int]
) -> float:
    """Draw intervals and reports from the bottom up; return the share of the height they take."""
    width, height = _style.size_in_points(ax)
    line = _style.line_height(ax)
    label = _style.lines_that_fit(ax, _pieces(rounded), width=width, size=_style.SMALL)
    blocks = [(report, _report_lines(ax, report, width)) for report in reports]
    room = height * (1 - LEAST_DOT_SHARE) - line * (2.5 + len(label))
    while len(blocks) > 1 and sum(len(lines) + 1 for _, lines in blocks) * line > room:
        blocks.pop()
    y = 0.3 * line
    if hidden := len(reports) - len(blocks):
        y += line
        _style.text_inside(ax, ax.get_xlim()[0], y / height, f"and {hidden} more, not shown")
    for report, lines in reversed(blocks):
        y += (len(lines) + 0.1) * line
        _report(ax, report, lines, y / height, 0.5 * line / height)
        y += 0.9 * line
    y += (len(label) + 0.3) * line
    _style.text_inside(ax, ends["lower95"], (y - 0.1 * line) / height, "\n".join(label))
    _style.nested_bars(ax, (y + 0.45 * line) / height, ends, tall=0.7 * line / height)
    return (y + 1.2 * line) / height


def _pieces(rounded: dict[str, int]) -> list[str]:
    intervals = [
        f"{name}% {'interval ' * (name == '50')}{rounded[f'lower{name}']:,} to"
        f" {rounded[f'upper{name}']:,}"
        for name in ("50", "95")
    ]
    return [f"median {rounded['median']:,};", f"{intervals[0]};", intervals[1]]


def _report_lines(ax: "Axes", report: "Report", width: float) -> list[str]:
    words = f'"{report.says or report.statement.text}"'
    kind = "" if report.claim == "count" else f"{report.claim.replace('_', ' ')}: "
    pieces = [*f"{kind}{words}, {report.source},".split(), day_in_words(report.date)]
    return _style.lines_that_fit(ax, pieces, width=width, size=_style.SMALL, most=2)


def _report(ax: "Axes", report: "Report", lines: list[str], y: float, tall: float) -> None:
    left = ax.get_xlim()[0]
    lower, upper = (max(b, left) for b in (report.statement.lower, report.statement.upper))
    transform = ax.get_xaxis_transform()
    style = "-" if report.claim == "count" else ":"
    middle = y + 1.1 * tall
    ax.plot([lower, upper], [middle] * 2, style, color=_style.VERMILLION, lw=2,
            transform=transform, label="reported", solid_capstyle="butt")  # fmt: skip
    ax.plot([lower, upper], [middle] * 2, "|", color=_style.VERMILLION, ms=7, mew=2,
            transform=transform, clip_on=False)  # fmt: skip
    _style.text_inside(ax, lower, y, "\n".join(lines))


def _dots(ax: "Axes", quantiles: np.ndarray, documented: int | None, base: float) -> None:
    width, height = _style.size_in_points(ax)
    line = _style.line_height(ax)
    forward, backward = (np.log, np.exp) if ax.get_xscale() == "log" else (np.asarray,) * 2
    left, right = forward(np.array(ax.get_xlim()))
    values = forward(np.maximum(quantiles, np.exp(left) if forward is np.log else left))
    edge = float(forward(documented)) if documented else float(values[0])
    room = (1 - base) * height - 2.5 * line
    for bins in range(FEWEST_BINS, 10 * FEWEST_BINS):
        x, level = stack_dots(values, (right - left) / bins, edge)
        diameter = width / bins
        if (level.max() + 0.5) * diameter <= room:
            break
    ax.set_ylim(-base * height / diameter, (1 - base) * height / diameter)
    ax.axhline(0, color=_style.GRAY, lw=0.8)
    size = np.full(DOTS, DOT / bins)
    dots = EllipseCollection(
        size, size, np.zeros(DOTS), units="width", offsets=np.column_stack([backward(x), level]),
        offset_transform=ax.transData, facecolor=_style.BLUE, label=NOTE,
    )  # fmt: skip
    ax.add_collection(dots, autolim=False)
    _style.text_inside(ax, ax.get_xlim()[1], 1, NOTE)


def _documented_line(ax: "Axes", report: "Report | None") -> None:
    if report is None or not report.statement.counted:
        return
    statement = report.statement
    counted = statement.counted
    exact = statement.lower == statement.upper or statement.kind == "rounded"
    height = _style.size_in_points(ax)[1]
    top = 1 - 1.2 * _style.line_height(ax) / height
    base = ax.transAxes.inverted().transform(ax.transData.transform((counted, 0)))[1]
    ax.plot([counted, counted], [base, top], "--", color=_style.VERMILLION, lw=1.2,
            transform=ax.get_xaxis_transform(), label="documented")  # fmt: skip
    words = f" {counted:,} counted" if exact else f" at least {counted:,} counted"
    _style.text_inside(ax, counted, top, words)


def _description(result: "xr.DataTree", quantity: str, reports: "list[Report]") -> str:
    rounded = rounded_toll(result, quantity, probs=PROBS)
    said = "; ".join(
        f'"{r.says or r.statement.text}" ({r.source}, {day_in_words(r.date)})' for r in reports
    )
    return (
        f"People {quantity}: {event_of(result).name}. Twenty dots, each 1 chance in 20, show where"
        f" the true number may lie: {' '.join(_pieces(rounded))}."
        f" Reported: {said or 'no total'}."
    )
