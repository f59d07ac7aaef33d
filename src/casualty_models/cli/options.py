"""The options that several commands have."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import click

PATH = click.Path(path_type=Path)
FILE = click.argument("file", type=PATH)
AS_OF = click.option(
    "--as-of", metavar="DATE", help="Use only what was known by then (year-month-day)."
)
AS_JSON = click.option(
    "--json", "as_json", is_flag=True, help="Print one JSON object and nothing else."
)
QUANTITY = click.option(
    "--quantity", type=click.Choice(["killed", "wounded"]), default="killed", show_default=True,
    help="What the table and the figure are about; --json holds both.",
)  # fmt: skip

_SAMPLING = (
    click.option("--random-seed", type=click.IntRange(0, 2**31 - 1), metavar="N",
                 help="Repeat an earlier estimate; drawn and printed when not given."),
    click.option("--draws", type=click.IntRange(20), default=1000, show_default=True,
                 help="Draws to keep from each chain."),
    click.option("--tune", type=click.IntRange(20), default=1000, show_default=True,
                 help="Iterations of each chain before that."),
    click.option("--chains", type=click.IntRange(1), default=4, show_default=True,
                 help="Independent chains."),
    click.option("--target-accept", type=click.FloatRange(0, 1, min_open=True, max_open=True),
                 default=0.95, show_default=True,
                 help="Higher: slower, fewer divergences."),
    click.option("--engine", type=click.Choice(["auto", "quick", "nuts"]), default="auto",
                 show_default=True, help="How to sample: quick compiles nothing, nuts does."),
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Sampling:
    """How to sample: the arguments of `fit` that the commands offer."""

    random_seed: int | None
    draws: int
    tune: int
    chains: int
    target_accept: float
    engine: str


def sampling_options[Command: Callable[..., object]](command: Command) -> Command:
    """Give a command the options of `Sampling`.

    Examples
    --------
    >>> import click
    >>> from casualty_models.cli.options import sampling_options
    >>> @click.command()
    ... @sampling_options
    ... def estimate(**settings): ...
    >>> [option.name for option in estimate.params]
    ['random_seed', 'draws', 'tune', 'chains', 'target_accept', 'engine']
    """
    for option in reversed(_SAMPLING):
        command = option(command)
    return command
