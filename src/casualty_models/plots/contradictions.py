"""Statements over time, and which of them hardly go together."""

import datetime
from collections import Counter
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.dates import date2num
from matplotlib.ticker import NullLocator

from casualty_models.checks.contradictions import contradictions, contradictions_sentence
from casualty_models.errors import DataError
from casualty_models.plots import _style
from casualty_models.summaries.evidence import check_quantity

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from casualty_models.events import Event, Report

KEY = (
    "Bars: what each statement says. Lines: pairs that hardly go together, with their distance in"
    " standard deviations (solid: excluded by arithmetic). Diamond: the one to doubt first."
)
SHARE_OF_LABELS = 0.42  # of the width, for the words at the right
DAY_WIDTH = 0.7  # part of a day over which its statements are spread
LABEL_LINE = 0.92  # height of a line of a label, in lines of text
SHARES_OF_LINE = (0.5, 0.4, 0.6, 0.3, 0.7, 0.2, 0.8)


def plot_contradictions(
    event: "Event",
    *,
    quantity: str = "killed",
    table: "pd.DataFrame | None" = None,
    most: int = 4,
    scale: str = "log",
    ax: "Axes | None" = None,
) -> "Axes":
    """Draw what was stated day by day, and the pairs of statements that hardly go together.

    Parameters
    ----------
    event
        The reports.
    quantity
        Of the statements to draw: "killed" or "wounded".
    table
        What `contradictions` returned for the event; by default made here.
    most
        How many pairs to mark, the worst first. With more than a few the words have no room.
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
        If the quantity or the scale is unknown, or nothing was stated about it.

    Examples
    --------
    >>> from casualty_models.inference import event_of
    >>> from casualty_models.plots.contradictions import plot_contradictions
    >>> plot_contradictions(event_of(result)).get_ylabel()
    'people killed (log scale)'
    """
    check_quantity(quantity)
    about = {p: r for p, r in enumerate(event.reports) if r.quantity == quantity}
    if not about:
        raise DataError(f"nothing was stated about people {quantity}", place=event.name)
    table = contradictions(event) if table is None else table
    pairs = [
        pair
        for pair in table.to_dict("records")
        if pair["first"] in about and pair["second"] in about
    ][:most]
    parts = any(r.is_part for r in about.values()) != all(r.is_part for r in about.values())
    stated = {p: r for p, r in about.items() if not (parts and r.is_part) or p in _ends(pairs)}
    title = f"People {quantity}, as stated: {event.name}"
    ax = _style.axes_or_new(ax)
    ax.set_ylabel(f"people {quantity}" + " (log scale)" * (scale == "log"))
    _style.show_spines(ax, "bottom", "left")
    bounds = [b for r in stated.values() for b in (r.statement.lower, r.statement.upper)]
    for _ in range(2):  # the second time at the size that the layout has given to the Axes
        _style.count_axis(ax, ax.yaxis, _style.padded(bounds, scale), scale)
        _date_axis(ax, [r.date for r in stated.values()], labels=bool(pairs))
        _style.set_title(ax, title, KEY)
        _style.lay_out(ax)
    places = _statements(ax, stated, pairs)
    _links(ax, pairs, places)
    _words(ax, pairs, places, stated)
    told = " ".join(str(pair["words"]) for pair in pairs)
    ax.set_label(f"{title}. {contradictions_sentence(table)} {told}".strip())
    return ax


def _ends(pairs: list[dict[Any, Any]]) -> set[int]:
    return {pair[end] for pair in pairs for end in ("first", "second")}


def _date_axis(ax: "Axes", days: list[datetime.date], *, labels: bool) -> None:
    first, last = float(date2num(min(days))), float(date2num(max(days))) + DAY_WIDTH
    span = max(last - first, 1.0)
    right = span * SHARE_OF_LABELS / (1 - SHARE_OF_LABELS) if labels else 0.03 * span
    ax.set_xlim(first - 0.03 * span, last + right)
    width = _style.size_in_points(ax)[0] * (1 - SHARE_OF_LABELS * labels)
    room = _style.text_size(ax, "30 Sept", "medium")[0] + 8
    shown = [min(days)]
    for day in sorted(set(days))[1:]:
        if (day - shown[-1]).days / span * width >= room:
            shown.append(day)
    texts = [
        f"{day.day} {day:%b}" + (f"\n{day.year}" if not i or day.year != shown[i - 1].year else "")
        for i, day in enumerate(shown)
    ]
    ax.set_xticks([float(date2num(day)) for day in shown], texts)
    ax.xaxis.set_minor_locator(NullLocator())
    ax.spines["bottom"].set_bounds(first - 0.03 * span, last)


def _statements(
    ax: "Axes", stated: "dict[int, Report]", pairs: list[dict[Any, Any]]
) -> dict[int, tuple[float, float]]:
    """Draw each statement as a bar over its bounds; return where the middle of each is."""
    floor = ax.get_ylim()[0]
    involved = _ends(pairs)
    doubted = {pair["doubt"] for pair in pairs}
    of_day = Counter(report.date for report in stated.values())
    drawn, places = Counter[datetime.date](), {}
    for position, report in stated.items():
        x = float(date2num(report.date)) + DAY_WIDTH * drawn[report.date] / of_day[report.date]
        drawn[report.date] += 1
        lower, upper = (max(b, floor) for b in (report.statement.lower, report.statement.upper))
        color = _style.BROWN if position in involved else "#A6A6A6"
        color = _style.VERMILLION if position in doubted else color
        width = 2.6 if position in involved else 1.6
        ax.plot([x, x], [lower, upper], "-", color=color, lw=width, label="statement", zorder=3)
        ax.plot([x, x], [lower, upper], "_", color=color, ms=7, mew=width, zorder=3)
        places[position] = (x, float(np.sqrt(max(lower, 1e-9) * max(upper, 1e-9))))
        if position in doubted:
            ax.plot(*places[position], "D", color=color, ms=6, mfc="white", mew=1.6, zorder=3.5,
                    label="doubted")  # fmt: skip
    return places


def _links(ax: "Axes", pairs: list[dict[Any, Any]], places: dict[int, tuple[float, float]]) -> None:
    wide = _style.text_size(ax, "10.0", _style.SMALL)[0] * ax.figure.dpi / _style.POINTS_PER_INCH
    taken: list[np.ndarray] = []
    for pair in pairs:
        (x0, y0), (x1, y1) = places[pair["first"]], places[pair["second"]]
        style = "-" if pair["certain"] else (0, (3, 2))
        ax.plot([x0, x1], [y0, y1], ls=style, color=_style.VERMILLION, lw=1.1, zorder=2,
                label="contradiction")  # fmt: skip
        ends = ax.transData.transform([(x0, y0), (x1, y1)])
        free = _free_place(ends, taken, wide)
        taken.append(free)
        x, y = ax.transData.inverted().transform(free)
        ax.annotate(f"{pair['sds']:.1f}", (x, y), ha="center",
                    va="center", size=_style.SMALL, color=_style.BROWN, zorder=4, in_layout=False,
                    bbox={"facecolor": "white", "lw": 0, "pad": 0.8})  # fmt: skip


def _free_place(ends: np.ndarray, taken: list[np.ndarray], apart: float) -> np.ndarray:
    """Return a place on a line that is apart from those taken: the middle, or near to it."""
    places = [ends[0] + share * (ends[1] - ends[0]) for share in SHARES_OF_LINE]
    gaps = [min((np.hypot(*(place - other)) for other in taken), default=apart) for place in places]
    enough = [place for place, gap in zip(places, gaps, strict=True) if gap >= apart]
    return enough[0] if enough else places[int(np.argmax(gaps))]


def _words(
    ax: "Axes",
    pairs: list[dict[Any, Any]],
    places: dict[int, tuple[float, float]],
    stated: "dict[int, Report]",
) -> None:
    """Write the words of the statements that are in a pair at the right, each with a thin line."""
    if not pairs:
        return
    line = _style.line_height(ax) / _style.size_in_points(ax)[1]
    lines = 2 if 2 * LABEL_LINE * line * len(_ends(pairs)) <= 1 else 1
    gap = lines * LABEL_LINE * line
    room = int(1 / gap)
    while len(pairs) > 1 and len(_ends(pairs)) > room:
        pairs = pairs[:-1]  # the worst are first
    involved = sorted(_ends(pairs), key=lambda position: places[position][1])
    points = ax.transData.transform([places[position] for position in involved])
    wanted = ax.transAxes.inverted().transform(points)[:, 1]
    x = 1 - SHARE_OF_LABELS + 0.05
    fit = partial(_style.lines_that_fit, ax, size=_style.SMALL, most=1,
                  width=(1 - x) * _style.size_in_points(ax)[0])  # fmt: skip
    for position, place in zip(involved, _spread_inside(wanted, gap), strict=True):
        report = stated[position]
        said = f'"{report.says or report.statement.text}", {report.date.day} {report.date:%B}'
        told = (said, report.source)[:lines]
        words = "\n".join(fit(text.split())[0] for text in told)
        ax.annotate(
            words, places[position], xycoords="data", xytext=(x, place),
            textcoords="axes fraction", va="center", ha="left", size=_style.SMALL,
            linespacing=1.1, in_layout=False, parse_math=False, annotation_clip=False,
            arrowprops={"arrowstyle": "-", "color": "#BDBDBD", "lw": 0.6, "shrinkB": 4},
        )  # fmt: skip


def _spread_inside(wanted: np.ndarray, gap: float) -> np.ndarray:
    """Return places a gap apart, near to the wanted ones, none nearer to an end than half of it."""
    places = _style.spread(wanted, gap)
    for row in reversed(range(len(places))):
        above = places[row + 1] - gap if row + 1 < len(places) else 1 - gap / 2
        places[row] = min(places[row], above)
    for row in range(len(places)):
        below = places[row - 1] + gap if row else gap / 2
        places[row] = max(places[row], below)
    return places
