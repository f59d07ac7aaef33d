"""The figures of a page, as drawings inside the page itself."""

import io
import json
import re
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from casualty_models.inference import ATTRIBUTE, event_of, provenance
from casualty_models.summaries.evidence import QUANTITIES
from casualty_models.summaries.people import ways_divided

if TYPE_CHECKING:
    import xarray as xr
    from markupsafe import Markup
    from matplotlib.axes import Axes

    from casualty_models.events import Report

STYLE = {
    "figure.figsize": (4.4, 3.3),
    "font.size": 10,
    "svg.fonttype": "none",  # text stays text: it can be searched, and the browser has more scripts
    "text.parse_math": False,  # a dollar sign in a report is a dollar sign
}
TOLL_CAPTION = (
    "The true number {}: each dot is 1 chance in 20. Below it the median with the 50, 80 and 95%"
    " intervals, and the latest reports with the bounds read from their words."
)
TIMELINE_CAPTION = (
    "The number {}, day by day: the true toll so far (filled: 50, 80 and 95% intervals), the count"
    " to expect (dashed, dotted: 95%) and the reports as printed."
)
SOURCES_CAPTION = (
    "What the latest report of each kind of source would imply for the number killed if nothing"
    " else were known, and what all reports say together."
)
CONTRADICTIONS_CAPTION = (
    "What was stated about the number {}, and the pairs that hardly go together with their distance"
    " in standard deviations; a diamond marks the ones to doubt first."
)
PARTS_CAPTION = (
    "The number killed by {}: 50, 80 and 95% intervals, the median in white, and what had been"
    " counted there. Medians of parts do not add up to that of the whole."
)
PRIORS_CAPTION = "The number killed before the reports (prior) and after them (posterior)."

_LONGEST_NAME, _LONGEST_WORD = 80, 24


def figures(
    result: "xr.DataTree", *, contradicted: str | None = None
) -> "list[dict[str, Markup | str]]":
    """Return the figures of a page, each with its caption.

    Parameters
    ----------
    result
        What `fit` returned.
    contradicted
        The quantity of which to show the statements that contradict each other; by default none.

    Examples
    --------
    >>> from casualty_models.report_html.figures import figures
    >>> figures(result)[0]["svg"][:4]
    Markup('<svg')
    """
    from casualty_models.plots import (
        plot_parts,
        plot_priors,
        plot_sources,
        plot_timeline,
        plot_toll,
    )

    drawn: list[tuple[Callable[..., Axes], dict[str, str], str]] = [
        *((plot_toll, {"quantity": q}, TOLL_CAPTION.format(q)) for q in QUANTITIES),
        *((plot_timeline, {"quantity": q}, TIMELINE_CAPTION.format(q)) for q in QUANTITIES),
        (plot_sources, {"quantity": "killed"}, SOURCES_CAPTION),
        (plot_priors, {"var": "true_killed"}, PRIORS_CAPTION),
    ]
    if contradicted is not None:  # in place of the wounded day by day: six fit on a sheet of paper
        caption = CONTRADICTIONS_CAPTION.format(contradicted)
        drawn[len(QUANTITIES) + 1] = (_plot_contradictions, {"quantity": contradicted}, caption)
    for way in ways_divided(result):
        drawn.append((plot_parts, {"way": way}, PARTS_CAPTION.format(way)))
    result = with_short_names(result)
    return [
        {"svg": _svg(partial(plot, result, **options), f"figure{number}"), "caption": caption}
        for number, (plot, options, caption) in enumerate(drawn, start=1)
    ]


def _plot_contradictions(result: "xr.DataTree", *, quantity: str, ax: "Axes") -> "Axes":
    from casualty_models.plots import plot_contradictions

    return plot_contradictions(event_of(result), quantity=quantity, ax=ax)


def with_short_names(result: "xr.DataTree") -> "xr.DataTree":
    """Return a result whose names and quoted words are short enough to be drawn.

    Parameters
    ----------
    result
        What `fit` returned; it is not changed.

    Examples
    --------
    >>> from casualty_models.report_html.figures import with_short_names
    >>> event_of(with_short_names(result)) == event_of(result)
    True
    """
    event = event_of(result)
    reports = tuple(_with_short_words(report) for report in event.reports)
    event = replace(event, name=_short(event.name), reports=reports)
    record = provenance(result) | {"event": json.loads(event.to_json())}
    drawable = result.copy()
    drawable.attrs = result.attrs | {ATTRIBUTE: json.dumps(record)}
    return drawable


def _with_short_words(report: "Report") -> "Report":
    report = replace(report, source=_short(report.source))
    if report.says is None or _short(report.says) == report.says:
        return report
    # Words that were cut could no longer be read: their bounds are given instead.
    lower, upper = report.statement.lower, report.statement.upper
    return replace(report, says=_short(report.says), value=None, lower=lower, upper=upper)


def _short(text: str) -> str:
    words = [w if len(w) <= _LONGEST_WORD else f"{w[:_LONGEST_WORD]}…" for w in text.split()]
    joined = " ".join(words)
    return joined if len(joined) <= _LONGEST_NAME else f"{joined[:_LONGEST_NAME].rstrip()}…"


def _svg(plot: "Callable[..., Axes]", name: str) -> "Markup":
    import matplotlib as mpl
    from markupsafe import Markup, escape
    from matplotlib.figure import Figure

    from casualty_models.plots import alt_text

    text = io.StringIO()
    with mpl.rc_context(STYLE | {"svg.hashsalt": name}):
        figure = Figure(layout="constrained")
        ax = plot(ax=figure.add_subplot())
        figure.savefig(text, format="svg", metadata={"Date": None})
    return Markup(_inline(text.getvalue(), name, f'role="img" aria-label="{escape(alt_text(ax))}"'))


def _inline(svg: str, name: str, attributes: str) -> str:
    """Make a drawing part of a page: no prolog, no styles that reach the page, names of its own."""
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<(metadata|style)\b.*?</\1>", "", svg, flags=re.DOTALL)
    root, drawing = svg.split(">", maxsplit=1)
    root = re.sub(r' (width|height|version)="[^"]*"', "", root)
    svg = f"{root} {attributes}>{drawing}"

    def renamed(tag: re.Match[str]) -> str:
        own = re.sub(r'\bid="', f'id="{name}-', tag[0])
        return re.sub(r'(href="#|url\(#)', rf"\1{name}-", own)

    return re.sub(r"<[^>]*>", renamed, svg)
