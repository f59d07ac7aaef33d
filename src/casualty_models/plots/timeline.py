"""Reports against time, with the true toll so far and the count to expect."""

import datetime
from collections import Counter
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from matplotlib.dates import date2num
from matplotlib.ticker import NullLocator
from matplotlib.transforms import Bbox

from casualty_models.errors import DataError
from casualty_models.inference import event_of
from casualty_models.plots import _style
from casualty_models.summaries.evidence import used_reports
from casualty_models.summaries.rounding import round_count
from casualty_models.summaries.tables import timeline_table
from casualty_models.summaries.words import day_in_words

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.axes import Axes

    from casualty_models.events import Event, Report

GRID = 80
DAY_STEPS = (1, 2, 3, 5, 7, 10, 14, 21, 30, 61, 91, 182, 365, 730)
LONGEST_LABEL = "expected count"
KEY = (
    "Filled: true number so far. Dashed: expected count (dotted: its 95% interval)."
    " Bars: reports (dotted: estimates and claims)."
)
MOST_TOLD = 5  # reports in the description in words
DAY_WIDTH = 0.7  # part of a day over which its reports are spread
PLACES = (
    ((6, 0), "left", "center"),
    ((-6, 0), "right", "center"),
    ((0, 8), "center", "bottom"),
    ((0, -8), "center", "top"),
    ((6, 8), "left", "bottom"),
    ((-6, 8), "right", "bottom"),
    ((6, -8), "left", "top"),
    ((-6, -8), "right", "top"),
)


def plot_timeline(
    result: "xr.DataTree",
    *,
    quantity: str = "killed",
    until: "datetime.date | str | None" = None,
    scale: str = "log",
    ax: "Axes | None" = None,
) -> "Axes":
    """Draw the reports over time against the true toll so far and the count to expect.

    The filled fan is the true cumulative toll (50, 80 and 95 percent intervals), the dashed lines
    are the count that a source without a lean would have published (median and 95 percent). Each
    report is a vertical bar over the bounds that its words give; estimates and claims are dotted.

    Parameters
    ----------
    result
        What `fit` returned.
    quantity
        "killed" or "wounded".
    until
        Last day to draw; by default a little after the last report.
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
        If the quantity or the scale is unknown, or ``until`` is before the start of the event.

    Examples
    --------
    >>> from casualty_models.plots import plot_timeline
    >>> ax = plot_timeline(result, until="2010-06-20")
    >>> ax.get_ylabel()
    'people killed (log scale)'
    """
    event = event_of(result)
    reports = used_reports(result, quantity)
    days = _days(event, until)
    table = timeline_table(result, days).query("quantity == @quantity")
    fans = {str(measure): fan for measure, fan in table.groupby("measure")}

    ax = _style.axes_or_new(ax)
    ax.set_ylabel(f"people {quantity}" + " (log scale)" * (scale == "log"))
    _style.show_spines(ax, "bottom", "left")
    for _ in range(2):  # the second time at the size that the layout has given to the Axes
        _style.count_axis(ax, ax.yaxis, _limits(fans, reports, scale), scale)
        _date_axis(ax, event.start, float(days[-1]))
        _style.set_title(ax, f"People {quantity}, day by day: {event.name}", KEY)
        _style.lay_out(ax)
    taken = _fans(ax, fans)
    _reports(ax, reports, taken)
    ax.set_label(_description(event, quantity, reports, fans))
    return ax


def _days(event: "Event", until: "datetime.date | str | None") -> np.ndarray:
    if until is None:
        seen = (event.as_of_date - event.start).days
        return np.linspace(0, seen + max(2, round(0.25 * seen)), GRID)
    last = (pd.Timestamp(until).date() - event.start).days
    if last < 0:
        raise DataError("the last day is before the start of the event", place="until", value=until)
    return np.linspace(0, max(last, 1), GRID)


def _limits(
    fans: dict[str, pd.DataFrame], reports: "list[Report]", scale: str
) -> tuple[float, float]:
    later = fans["true_so_far"].iloc[[GRID // 4, -1]]
    bounds = [b for r in reports for b in (r.statement.lower, r.statement.upper)]
    ends = [*later["lower80"], *later["upper95"], *fans["expected_count"]["median"].iloc[5:]]
    return _style.padded([*bounds, *ends], scale)


def _date_axis(ax: "Axes", start: datetime.date, last: float) -> None:
    width = _style.size_in_points(ax)[0]
    labels = _style.text_size(ax, LONGEST_LABEL, _style.SMALL)[0] + 8
    first = float(date2num(start))
    ax.set_xlim(first - 0.03 * last, first + last * width / (width - labels))
    room = _style.text_size(ax, "30 Sept", "medium")[0] + 8
    steps = (step for step in DAY_STEPS if step * (width - labels) / last >= room)
    step = next(steps, DAY_STEPS[-1])
    days = [start + datetime.timedelta(days=d) for d in range(0, int(last) + 1, step)]
    texts = [f"{day.day} {day:%b}" for day in days]
    texts = [
        f"{text}\n{day.year}" if i == 0 or day.year != days[i - 1].year else text
        for i, (day, text) in enumerate(zip(days, texts, strict=True))
    ]
    ax.set_xticks([float(date2num(day)) for day in days], texts)
    ax.xaxis.set_minor_locator(NullLocator())


def _fans(ax: "Axes", fans: dict[str, pd.DataFrame]) -> list[Bbox]:
    toll, count = fans["true_so_far"], fans["expected_count"]
    x = date2num(toll["date"].iloc[0]) + toll["day"].to_numpy()
    labels = []
    for prob, color in _style.BANDS.items():
        name = f"{100 * prob:g}"
        ax.fill_between(x, toll[f"lower{name}"], toll[f"upper{name}"], color=color, lw=0,
                        label=f"true toll so far, {name}% interval")  # fmt: skip
        labels.append((float(toll[f"upper{name}"].iloc[-1]), f"{name}% interval"))
    ax.plot(x, toll["median"], color="white", lw=2, label="true toll so far, median")
    labels.append((float(toll["median"].iloc[-1]), "true toll"))
    lines = {"median": "--", "lower95": ":", "upper95": ":"}
    for name, style in lines.items():
        ax.plot(x, count[name], style, color="black", lw=1.3, label=f"count to expect, {name}")
    labels.append((float(count["median"].iloc[-1]), "expected count"))
    return _label_ends(ax, float(x[-1]), labels)


def _label_ends(ax: "Axes", x: float, labels: list[tuple[float, str]]) -> list[Bbox]:
    """Write labels beside the right ends, moved apart where they would overlap."""
    gap = 0.85 * _style.line_height(ax) / _style.size_in_points(ax)[1]
    labels = sorted(labels)
    ends = ax.transData.transform([(x, y) for y, _ in labels])
    wanted = ax.transAxes.inverted().transform(ends)[:, 1]
    texts = [
        ax.annotate(text, (x, y), xycoords=ax.get_xaxis_transform(), xytext=(4, 0),
                    textcoords="offset points", va="center", size=_style.SMALL, in_layout=False,
                    parse_math=False)
        for y, (_, text) in zip(_style.spread(wanted, gap), labels, strict=True)
    ]  # fmt: skip
    return [text.get_window_extent() for text in texts]


def _reports(ax: "Axes", reports: "list[Report]", taken: list[Bbox]) -> None:
    floor = ax.get_ylim()[0]
    of_day = Counter(report.date for report in reports)
    drawn = Counter[datetime.date]()
    marks = []
    for report in reports:
        side_step = DAY_WIDTH * drawn[report.date] / of_day[report.date]
        x = float(date2num(report.date)) + side_step
        drawn[report.date] += 1
        lower, upper = (max(b, floor) for b in (report.statement.lower, report.statement.upper))
        style = "-" if report.claim == "count" else ":"
        for color, wider in (("white", 2.5), (_style.BROWN, 0.0)):
            look: dict[str, Any] = {"color": color, "zorder": 3, "clip_on": False}
            ax.plot([x, x], [lower, upper], style if not wider else "-", lw=1.8 + wider, **look)
            ax.plot([x, x], [lower, upper], "_", ms=8 + wider, mew=1.8 + wider, **look)
        ax.lines[-1].set_label("report")
        taken.append(Bbox(ax.transData.transform([(x, lower), (x, upper)])).padded(3))
        marks.append((x, float(np.sqrt(lower * upper)), report))
    for x, y, report in sorted(marks, key=lambda mark: -mark[1]):
        _words_nearby(ax, x, y, f'"{report.says or report.statement.text}"', taken)


def _words_nearby(ax: "Axes", x: float, y: float, words: str, taken: list[Bbox]) -> None:
    """Write the words beside a report where nothing else is; leave them out where there is."""
    ground = {"facecolor": "white", "alpha": 0.6, "lw": 0, "pad": 0.5}
    text = ax.annotate(words, (x, y), xytext=(0, 0), textcoords="offset points", color="black",
                       size=_style.SMALL, bbox=ground, in_layout=False,
                       parse_math=False)  # fmt: skip
    for offset, ha, va in PLACES:
        text.set(position=offset, ha=ha, va=va)
        box = text.get_window_extent()
        inside = ax.bbox.x0 <= box.x0 and box.x1 <= ax.bbox.x1 and box.y1 <= ax.bbox.y1
        if inside and box.y0 >= ax.bbox.y0 and not any(box.overlaps(other) for other in taken):
            taken.append(box)
            return
    text.remove()


def _description(
    event: "Event", quantity: str, reports: "list[Report]", fans: dict[str, pd.DataFrame]
) -> str:
    last = fans["true_so_far"].iloc[-1]
    said = "; ".join(
        f'{day_in_words(r.date)}: "{r.says or r.statement.text}" ({r.source})'
        for r in reports[-MOST_TOLD:]
    )
    if len(reports) > MOST_TOLD:
        said = f"{len(reports)} times, at last {said}"
    low, middle, high = (round_count(last[name]) for name in ("lower95", "median", "upper95"))
    return (
        f"People {quantity}, day by day: {event.name}. Reported: {said or 'no total'}."
        f" By {day_in_words(last['date'])} the true number is put at {low:,} to {high:,}"
        f" (95% interval; median {middle:,})."
    )
