"""How the estimate moved as reports came in."""

import datetime
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.dates import date2num
from matplotlib.ticker import NullLocator

from casualty_models.errors import DataError
from casualty_models.plots import _style
from casualty_models.plots._rows import rows_of
from casualty_models.summaries.words import day_in_words

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

SPACINGS = ("calendar", "even")
KEY = "Bands: 50, 80 and 95% intervals of what was known by each day; dashed: counted by then."
LAST_STEP = 0.06  # width of the last estimate, as a share of all days
NAMES = {"median": "median", "upper50": "50%", "upper80": "80%", "upper95": "95% interval"}


def plot_unfolding(
    table: "pd.DataFrame",
    *,
    quantity: str = "killed",
    scale: str = "log",
    spacing: str = "calendar",
    settled: float | None = None,
    ax: "Axes | None" = None,
) -> "Axes":
    """Draw the estimate of each day against what had been counted by then, as a fan over time.

    Each estimate holds until the next one, so the fan is drawn in steps. An estimate made while
    the event went on is of the toll by its end.

    Parameters
    ----------
    table
        What `tolls_table` returned for one event as it was known on several days.
    quantity
        "killed" or "wounded".
    scale
        "log" or "linear".
    spacing
        "calendar", or "even" for equally wide steps where the last reports came long after the
        first.
    settled
        A toll that was established later, drawn for comparison.
    ax
        Where to draw, at its present size; by default in a new figure.

    Returns
    -------
    The `matplotlib.axes.Axes` drawn on; `alt_text` gives a description in words.

    Raises
    ------
    DataError
        If the quantity, the scale or the spacing is unknown, or the table is not about one event.

    Examples
    --------
    >>> from casualty_models.plots import plot_unfolding
    >>> from casualty_models.summaries import tolls_table
    >>> ax = plot_unfolding(tolls_table([result]))
    >>> ax.get_ylabel()
    'people killed (log scale)'
    """
    if spacing not in SPACINGS:
        rule, remedy = "unknown spacing", f"Use one of {', '.join(SPACINGS)}."
        raise DataError(rule, place="spacing", value=spacing, remedy=remedy)
    rows = _in_order(rows_of(table, quantity))
    edges = _edges(rows, spacing)
    ax = _style.axes_or_new(ax)
    ax.set_ylabel(f"people {quantity}" + " (log scale)" * (scale == "log"))
    _style.show_spines(ax, "bottom", "left")
    for _ in range(2):  # the second time at the size that the layout has given to the Axes
        _style.count_axis(ax, ax.yaxis, _limits(rows, settled, scale), scale)
        _date_axis(ax, rows, edges, spacing)
        _style.set_title(ax, f"People {quantity}, as known on each day: {rows[0]['event']}", KEY)
        _style.lay_out(ax)
    labels = _fan(ax, rows, edges)
    if settled is not None:
        ax.plot(edges[[0, -1]], [settled] * 2, color=_style.BROWN, lw=1.4, ls=(0, (1, 1.5)),
                label="settled")  # fmt: skip
        labels.append((settled, f"settled {settled:,.0f}"))
    _label_ends(ax, float(edges[-1]), labels)
    ax.set_label(_description(rows, quantity, settled))
    return ax


def _in_order(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    events = {row["event"] for row in rows}
    days = [row["known_by"] for row in rows]
    if len(events) != 1 or len(set(days)) != len(days):
        raise DataError(
            "one event is wanted, with one row a day",
            place="table",
            value=f"{len(events)} events, {len(set(days))} days in {len(days)} rows",
            remedy="Use what `tolls_table` returned for one event; see also `plot_comparison`.",
        )
    return sorted(rows, key=lambda row: row["known_by"])


def _edges(rows: list[dict[str, Any]], spacing: str) -> np.ndarray:
    if spacing == "even":
        return np.arange(len(rows) + 1, dtype=float)
    days = np.array([float(date2num(row["known_by"])) for row in rows])
    return np.append(days, days[-1] + max(1.0, LAST_STEP * (days[-1] - days[0])))


def _limits(rows: list[dict[str, Any]], settled: float | None, scale: str) -> tuple[float, float]:
    shown = [row[key] for row in rows for key in ("lower95", "upper95")]
    shown += [row["documented"] for row in rows if row["documented"]]
    return _style.padded([*shown, *([] if settled is None else [settled])], scale)


def _date_axis(ax: "Axes", rows: list[dict[str, Any]], edges: np.ndarray, spacing: str) -> None:
    """Put a date under as many steps as there is room for, the first and the last among them."""
    width = _style.size_in_points(ax)[0]
    words = max((*NAMES.values(), "settled 100"), key=len)
    room = _style.text_size(ax, words, _style.SMALL)[0] + 8
    span = float(edges[-1] - edges[0])
    scale = max(width - room, 1) / span  # points a unit
    ax.set_xlim(edges[0], edges[0] + width / scale)
    gap = _style.text_size(ax, "30 Sept", "medium")[0] + 6
    places = (edges[:-1] + 0.5) if spacing == "even" else edges[:-1]
    shown = _shown(places, gap / scale)
    days: list[datetime.date] = [rows[row]["known_by"] for row in shown]
    texts = [
        f"{day.day} {day:%b}" + (f"\n{day.year}" if not i or day.year != days[i - 1].year else "")
        for i, day in enumerate(days)
    ]
    ax.set_xticks(places[shown], texts)
    ax.xaxis.set_minor_locator(NullLocator())


def _shown(places: np.ndarray, gap: float) -> list[int]:
    """Return which of sorted places to label so that labels lie a gap apart: first, last, more."""
    shown, last = [0], len(places) - 1
    for row, place in enumerate(places[:-1]):
        if min(place - places[shown[-1]], places[last] - place) >= gap:
            shown.append(row)
    return [*shown, last] if places[last] - places[shown[-1]] >= gap else shown


def _fan(ax: "Axes", rows: list[dict[str, Any]], edges: np.ndarray) -> list[tuple[float, str]]:
    def steps(key: str) -> np.ndarray:
        values = np.array([np.nan if row[key] is None else row[key] for row in rows], dtype=float)
        return np.append(values, values[-1])

    for prob, color in _style.BANDS.items():
        name = f"{100 * prob:g}"
        ax.fill_between(edges, steps(f"lower{name}"), steps(f"upper{name}"), step="post", lw=0,
                        color=color, label=f"{name}% interval")  # fmt: skip
    ax.step(edges, steps("median"), where="post", color="white", lw=2, label="median")
    counted = steps("documented")
    for color, width, style in (("white", 3.0, "-"), (_style.VERMILLION, 1.6, "--")):
        ax.step(edges, counted, where="post", color=color, lw=width, ls=style)
    ax.lines[-1].set_label("documented")
    labels = [(rows[-1][key], name) for key, name in NAMES.items()]
    last = rows[-1]["documented"]
    return [*labels, (last, f"{last:,} counted")] if last else labels


def _label_ends(ax: "Axes", x: float, labels: list[tuple[float, str]]) -> None:
    """Write labels beside the right ends, moved apart where they would overlap."""
    gap = 0.85 * _style.line_height(ax) / _style.size_in_points(ax)[1]
    labels = sorted(labels)
    ends = ax.transData.transform([(x, y) for y, _ in labels])
    wanted = ax.transAxes.inverted().transform(ends)[:, 1]
    for y, (_, text) in zip(_style.spread(wanted, gap), labels, strict=True):
        ax.annotate(text, (x, y), xycoords=ax.get_xaxis_transform(), xytext=(4, 0),
                    textcoords="offset points", va="center", size=_style.SMALL,
                    in_layout=False)  # fmt: skip


def _description(rows: list[dict[str, Any]], quantity: str, settled: float | None) -> str:
    told = []
    for row in dict.fromkeys((0, len(rows) // 2, len(rows) - 1)):
        counted = rows[row]["documented"]
        told.append(
            f"on {day_in_words(rows[row]['known_by'])} {counted or 'none'} counted, estimate"
            f" {rows[row]['printed']}"
        )
    later = "" if settled is None else f" Established later: {settled:,.0f}."
    name = rows[0]["event"]
    return f"People {quantity}, as known on each day: {name}: {'; '.join(told)}.{later}"
