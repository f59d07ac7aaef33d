"""The commands and their options; what they do beyond that is imported when it is needed."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from casualty_models.cli.options import AS_JSON, AS_OF, FILE, PATH, Sampling, sampling_options
from casualty_models.cli.outputs import Outputs
from casualty_models.cli.reading import read_one, usable
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

FILE is an event file (TOML) or a table of reports (.csv, .xlsx): what was reported, by whom, on
which day. At least one report must be about the whole event: people killed, wounded or missing.

\b
Start with an example:
  casualty-models example osh-2010
  casualty-models check osh-2010.toml
  casualty-models estimate osh-2010.toml --report osh-2010.html

\b
To complete commands and options with the Tab key, in bash (also zsh, fish):
  eval "$(_CASUALTY_MODELS_COMPLETE=bash_source casualty-models)"
"""

ESTIMATE_HELP = """Estimate how many people were killed and wounded.

Prints a table with the documented count, the median and the intervals, and one sentence a toll.
Takes a few seconds; a minute or two where reports conflict so much that the model is compiled.

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

FILE is an event file (TOML) or a table of reports (.csv, .xlsx). At the end come the statements
that hardly go together. Ends with status 2, and one line that says where and what to do, when
something in the file cannot be used.

\b
Examples:
  casualty-models check osh-2010.toml
  casualty-models check my-reports.xlsx --as-of 2010-06-13
"""

PRIORS_HELP = """Show the priors of a KIND of event, with their meaning and source.

\b
Examples:
  casualty-models priors
  casualty-models priors ethnic_riot --mechanism gunshot
"""

EXAMPLE_HELP = """Write an event file to start from.

NAME is osh-2010, the worked example; blank, a form with explanations; or spreadsheet, a table of
reports (CSV) to open in a spreadsheet program. It is written to FILE, by default NAME.toml (.csv)
in the current folder; "-" prints it. An existing file is left alone.

\b
Examples:
  casualty-models example blank my-event.toml
  casualty-models example spreadsheet my-event.csv
  casualty-models example osh-2010 -
"""


def _kinds(context: click.Context, parameter: click.Parameter, begun: str) -> list[str]:
    from casualty_models.events import KINDS

    return [kind for kind in KINDS if kind.startswith(begun)]


def _mechanisms(context: click.Context, parameter: click.Parameter, begun: str) -> list[str]:
    from casualty_models.events import MECHANISMS

    return [mechanism for mechanism in MECHANISMS if mechanism.startswith(begun)]


def _examples(context: click.Context, parameter: click.Parameter, begun: str) -> list[str]:
    return [name for name in ("blank", "osh-2010", "spreadsheet") if name.startswith(begun)]


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
@FILE
@AS_OF
@AS_JSON
@click.option("--plot", type=PATH, metavar="OUT.png", help="Draw the toll (.png, .svg, .pdf).")
@click.option("--report", type=PATH, metavar="OUT.html", help="Write a page to read and print.")
@click.option("--save", type=PATH, metavar="OUT.nc", help="Save all draws (netCDF).")
@sampling_options
def _estimate(file: Path, as_of: str | None, as_json: bool, **rest: Any) -> int:  # noqa: ANN401
    event = usable(read_one(file, as_of), str(file))
    outputs = Outputs(**{name: rest.pop(name) for name in ("plot", "report", "save")})
    outputs.check(file)
    with hushed() as noticed:
        result = _fitted(event, Sampling(**rest))
    return _answer(result, noticed, outputs, str(file), as_json=as_json)


@main.command("check", help=CHECK_HELP)
@FILE
@AS_OF
def _check(file: Path, as_of: str | None) -> None:
    from casualty_models.cli.listing import contradictions_listing, event_listing

    event = usable(read_one(file, as_of), str(file))
    parts = [event_listing(event), contradictions_listing(event)]
    say("\n\n".join(filter(None, parts)))


@main.command("priors", help=PRIORS_HELP)
@click.argument("kind", default="other", shell_complete=_kinds)
@click.option(
    "--mechanism",
    metavar="M",
    shell_complete=_mechanisms,
    help="What killed most of the dead, such as gunshot.",
)
def _priors(kind: str, mechanism: str | None) -> None:
    from casualty_models.cli.listing import priors_listing

    say(priors_listing(kind, mechanism))


@main.command("example", help=EXAMPLE_HELP)
@click.argument("name", shell_complete=_examples)
@click.argument("file", type=click.Path(path_type=Path, allow_dash=True), required=False)
def _example(name: str, file: Path | None) -> None:
    from casualty_models.cli.listing import example_ending, example_text

    text = example_text(name)
    if file == Path("-"):
        say(text.rstrip("\n"))
        return
    path = file or Path(f"{name}{example_ending(name)}")
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
    say(f"Wrote {path}. Next: casualty-models check {path}")


def _fitted(event: "Event", sampling: Sampling) -> "xr.DataTree":
    note("Sampling; where the quick engine refuses, this takes a minute or two.")
    with interruptible():
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
