"""The commands that make several estimates: of one event day by day, and of several events."""

import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from casualty_models.cli.commands import main
from casualty_models.cli.options import (
    AS_JSON,
    FILE,
    PATH,
    QUANTITY,
    Sampling,
    sampling_options,
)
from casualty_models.cli.outputs import Outputs, save_figure
from casualty_models.cli.reading import known_on, read_all, read_one, usable
from casualty_models.cli.terminal import DONE, NOT_CONVERGED, hushed, interruptible, note, say
from casualty_models.errors import DataError

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr
    from matplotlib.axes import Axes

    from casualty_models.events import Event

TIMELINE_HELP = """Estimate the toll as it could be estimated on each day.

For each day that brought a report, the estimate that was possible on that day: what was reported
later is not used. FILE is an event file or a table of reports.

\b
Examples:
  casualty-models timeline osh-2010.toml
  casualty-models timeline my-event.xlsx --every 7 --plot fan.png
  casualty-models timeline osh-2010.toml --dates 2010-06-12,2010-06-13 --json

\b
Exit status:
  0  done
  2  bad input: one line on standard error says what and how to repair it
  3  printed, but a row marked ! has not converged: do not use it
"""

COMPARE_HELP = """Estimate the tolls of several events and show them side by side.

Each FILE is an event file, or a table with the reports of one or several events. The numbers are
not to be added up: the sum of medians is not the median of the sum.

\b
Examples:
  casualty-models compare first.toml second.toml third.toml
  casualty-models compare events.xlsx --quantity wounded --plot events.png

\b
Exit status:
  0  done
  2  bad input: one line on standard error says what and how to repair it
  3  printed, but a row marked ! has not converged: do not use it
"""

FEWEST = 2


@main.command("timeline", help=TIMELINE_HELP)
@FILE
@click.option("--every", type=click.IntRange(1), metavar="DAYS",
              help="Instead of the days of reports, each so many days.")  # fmt: skip
@click.option("--dates", metavar="DATE,...", help="Instead, these days (year-month-day).")
@QUANTITY
@AS_JSON
@click.option("--plot", type=PATH, metavar="OUT.png", help="Draw a fan chart (.png, .svg, .pdf).")
@sampling_options
def _timeline(file: Path, plot: Path | None, **rest: Any) -> int:  # noqa: ANN401
    event = usable(read_one(file), str(file))
    events = _known(event, rest.pop("every"), rest.pop("dates"))
    Outputs(plot=plot).check(file)
    shown = (rest.pop("quantity"), rest.pop("as_json"))
    return _answer(events, Sampling(**rest), plot, shown, timeline=True)


@main.command("compare", help=COMPARE_HELP)
@click.argument("files", type=PATH, nargs=-1, required=True, metavar="FILE...")
@QUANTITY
@AS_JSON
@click.option("--plot", type=PATH, metavar="OUT.png", help="Draw them (.png, .svg, .pdf).")
@sampling_options
def _compare(files: tuple[Path, ...], plot: Path | None, **rest: Any) -> int:  # noqa: ANN401
    events = [usable(event, str(file)) for file in files for event in read_all(file)]
    if len(events) < FEWEST:
        raise DataError(
            "there is only one event to compare",
            place="FILE",
            value=str(files[0]),
            remedy="Name a second file, or use `casualty-models estimate`.",
        )
    for file in files:
        Outputs(plot=plot).check(file)
    shown = (rest.pop("quantity"), rest.pop("as_json"))
    return _answer(events, Sampling(**rest), plot, shown, timeline=False)


def _known(event: "Event", every: int | None, dates: str | None) -> "list[Event]":
    if every is not None and dates is not None:
        raise DataError("--every and --dates exclude each other", remedy="Give one of the two.")
    if dates is None:
        from casualty_models.summaries.unfolding import report_days

        return [event.as_of(day) for day in report_days(event, every=every)]
    days = [day.strip() for day in dates.split(",") if day.strip()]
    if not days:
        raise DataError("names no day", place="--dates", value=dates, remedy="Use 2010-06-13.")
    known = [known_on(event, day, "--dates") for day in days]
    for each in known:
        usable(each, f"--dates, {each.as_of_date}")
    return sorted(known, key=lambda each: each.as_of_date)


def _answer(
    events: "list[Event]",
    sampling: Sampling,
    plot: Path | None,
    shown: tuple[str, bool],
    *,
    timeline: bool,
) -> int:
    with hushed() as noticed:
        results, seed = _fitted(events, sampling)
    quantity, as_json = shown
    from casualty_models.cli.many_answer import (
        comparison_as_text,
        many_as_object,
        timeline_as_text,
    )
    from casualty_models.inference import provenance

    with hushed():
        if as_json:
            content = many_as_object(results, seed, noticed)
            answer = json.dumps(content, indent=2, allow_nan=False)
        else:
            as_text = timeline_as_text if timeline else comparison_as_text
            answer = as_text(results, quantity, seed, noticed)
    say(answer)
    if plot is not None:
        _draw(results, quantity, plot, timeline=timeline)
        if not as_json:
            say(f"Figure: {plot}")
    converged = all(provenance(each)["diagnostics"]["converged"] for each in results)
    return DONE if converged else NOT_CONVERGED


def _fitted(events: "list[Event]", sampling: Sampling) -> "tuple[list[xr.DataTree], int]":
    import secrets

    seed = sampling.random_seed
    seed = secrets.randbelow(2**31) if seed is None else seed
    note(f"{len(events)} estimates; where the quick engine refuses, one takes a minute or two.")
    with interruptible():
        from casualty_models.batch import fit_many

        found = fit_many(events, **asdict(sampling) | {"random_seed": seed})
    for each in found:
        if isinstance(each, DataError):
            raise each
    return [each for each in found if not isinstance(each, DataError)], seed


def _draw(results: "list[xr.DataTree]", quantity: str, path: Path, *, timeline: bool) -> None:
    with hushed():
        from casualty_models.plots import plot_comparison, plot_unfolding
        from casualty_models.report_html.figures import with_short_names
        from casualty_models.summaries.unfolding import tolls_table

        plot: Callable[..., Axes] = plot_unfolding if timeline else plot_comparison
        table: pd.DataFrame = tolls_table([with_short_names(each) for each in results])
        save_figure(path, lambda ax: plot(table, quantity=quantity, ax=ax))
