"""The commands and their options; what they do beyond that is imported when it is needed."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from casualty_models.cli.outputs import Outputs
from casualty_models.cli.terminal import (
    DONE,
    NOT_CONVERGED,
    Commands,
    hushed,
    interruptible,
    note,
    say,
)
from casualty_models.errors import DataError

if TYPE_CHECKING:
    import xarray as xr

    from casualty_models.events import Event

HELP = """From conflicting casualty reports to a calibrated estimate of the true toll.

FILE is an event file (TOML): what was reported, by whom, on which day. It must hold at least one
report of the number killed or wounded.

\b
Start with an example:
  casualty-models example osh-2010
  casualty-models check osh-2010.toml
  casualty-models estimate osh-2010.toml --report osh-2010.html
"""

ESTIMATE_HELP = """Estimate how many people were killed and wounded.

Prints a table with the documented count, the median and the intervals, and one sentence a toll.
The first run takes a minute or two, because the model is compiled; later ones less.

\b
Examples:
  casualty-models estimate osh-2010.toml
  casualty-models estimate osh-2010.toml --as-of 2010-06-13 --plot osh.png
  casualty-models estimate osh-2010.toml --json > osh.json

\b
Exit status:
  0  done
  2  bad input: one line on standard error says what and how to repair it
  3  printed, but the sampling has not converged: do not use the numbers
"""

CHECK_HELP = """Validate FILE and show how each statement was read, without estimating.

\b
Example:
  casualty-models check osh-2010.toml
"""

PRIORS_HELP = """Show the priors of a KIND of event, with their meaning and source.

\b
Examples:
  casualty-models priors
  casualty-models priors ethnic_riot --mechanism gunshot
"""

EXAMPLE_HELP = """Write an event file to start from.

NAME is osh-2010, the worked example, or blank, a form with explanations. It is written to FILE,
by default NAME.toml in the current folder; "-" prints it. An existing file is left alone.

\b
Examples:
  casualty-models example blank my-event.toml
  casualty-models example osh-2010 -
"""

_PATH = click.Path(path_type=Path)
_FILE = click.argument("file", type=_PATH)
_AS_OF = click.option(
    "--as-of", metavar="DATE", help="Use only what was known by then (year-month-day)."
)


@dataclass(frozen=True, kw_only=True)
class Sampling:
    """How to sample: the arguments of `fit` that the command offers."""

    random_seed: int | None
    draws: int
    tune: int
    chains: int
    target_accept: float


@click.group(
    "casualty-models",
    cls=Commands,
    help=HELP,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 80},
)
@click.version_option(package_name="casualty-models", prog_name="casualty-models")
@click.pass_context
def main(context: click.Context) -> None:
    """Show the help when no command is given."""
    if context.invoked_subcommand is None:
        say(context.get_help())


@main.command("estimate", help=ESTIMATE_HELP)
@_FILE
@_AS_OF
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object and nothing else.")
@click.option("--plot", type=_PATH, metavar="OUT.png", help="Draw the toll (.png, .svg, .pdf).")
@click.option("--report", type=_PATH, metavar="OUT.html", help="Write a page to read and print.")
@click.option("--save", type=_PATH, metavar="OUT.nc", help="Save all draws (netCDF).")
@click.option("--random-seed", type=click.IntRange(0, 2**31 - 1), metavar="N",
              help="Repeat an earlier estimate; drawn and printed when not given.")  # fmt: skip
@click.option("--draws", type=click.IntRange(20), default=1000, show_default=True,
              help="Draws to keep from each chain.")  # fmt: skip
@click.option("--tune", type=click.IntRange(20), default=1000, show_default=True,
              help="Iterations of each chain before that.")  # fmt: skip
@click.option("--chains", type=click.IntRange(1), default=4, show_default=True,
              help="Independent chains.")  # fmt: skip
@click.option("--target-accept", type=click.FloatRange(0, 1, min_open=True, max_open=True),
              default=0.95, show_default=True,
              help="Higher: slower, fewer divergences.")  # fmt: skip
def _estimate(file: Path, as_of: str | None, as_json: bool, **rest: Any) -> int:  # noqa: ANN401
    event = _usable(_read(file, as_of), file)
    outputs = Outputs(**{name: rest.pop(name) for name in ("plot", "report", "save")})
    outputs.check(file)
    with hushed() as noticed:
        result = _fitted(event, Sampling(**rest))
    return _answer(result, noticed, outputs, str(file), as_json=as_json)


@main.command("check", help=CHECK_HELP)
@_FILE
@_AS_OF
def _check(file: Path, as_of: str | None) -> None:
    from casualty_models.cli.listing import event_listing

    say(event_listing(_usable(_read(file, as_of), file)))


@main.command("priors", help=PRIORS_HELP)
@click.argument("kind", default="other")
@click.option("--mechanism", metavar="M", help="What killed most of the dead, such as gunshot.")
def _priors(kind: str, mechanism: str | None) -> None:
    from casualty_models.cli.listing import priors_listing

    say(priors_listing(kind, mechanism))


@main.command("example", help=EXAMPLE_HELP)
@click.argument("name")
@click.argument("file", type=click.Path(path_type=Path, allow_dash=True), required=False)
def _example(name: str, file: Path | None) -> None:
    from casualty_models.cli.listing import example_text

    text = example_text(name)
    if file == Path("-"):
        say(text.rstrip("\n"))
        return
    path = file or Path(f"{name}.toml")
    try:
        with path.open("x", encoding="utf-8") as handle:
            handle.write(text)
    except OSError as error:
        raise DataError(
            f"the file cannot be written ({error.strerror})",
            place="FILE",
            value=str(path),
            remedy="Name a file that does not exist yet, in a folder that does.",
        ) from error
    say(f"Wrote {path}. Next: casualty-models estimate {path}")


def _read(file: Path, as_of: str | None) -> "Event":
    from casualty_models.events import read_event

    event = read_event(file)
    if as_of is None:
        return event
    try:
        return event.as_of(as_of)
    except DataError as error:
        place, value = "--as-of", error.value
        raise DataError(error.rule, place=place, value=value, remedy=error.remedy) from None


def _usable(event: "Event", file: Path) -> "Event":
    from casualty_models.models.report_table import report_table

    try:
        report_table(event)
    except DataError as error:
        raise DataError(error.rule, place=str(file), remedy=error.remedy) from None
    return event


def _fitted(event: "Event", sampling: Sampling) -> "xr.DataTree":
    note("Compiling the model, then sampling; the first time this takes a minute or two.")
    with interruptible():
        from dataclasses import asdict

        from casualty_models.inference import fit
        from casualty_models.models.toll import toll_model

        return fit(toll_model(event), **asdict(sampling))


def _answer(
    result: "xr.DataTree", noticed: list[str], outputs: Outputs, file: str, *, as_json: bool
) -> int:
    from casualty_models.cli.answer import as_object, as_text
    from casualty_models.inference import provenance

    written, problem = [], None
    with hushed() as in_files:
        try:
            written = outputs.write(result, event_file=file)
        except DataError as error:
            problem = error  # the answer took long: print it first
    noticed = [*noticed, *in_files]
    with hushed():
        if as_json:
            answer = json.dumps(as_object(result, noticed), indent=2, allow_nan=False)
        else:
            answer = "\n".join([as_text(result, noticed), *written])
    say(answer)
    if problem is not None:
        raise problem
    return DONE if provenance(result)["diagnostics"]["converged"] else NOT_CONVERGED
