"""Fit many events, compiling once for all events of about the same size."""

import sys
import warnings
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import click
import numpy as np

from casualty_models.errors import ConvergenceWarning, DataError
from casualty_models.events import Event

if TYPE_CHECKING:
    import xarray as xr

    from casualty_models.priors import TollPriors


def fit_many(
    events: Sequence[Event],
    *,
    priors: "Sequence[TollPriors | None] | None" = None,
    random_seed: int | None = None,
    progress: bool | None = None,
    predictions: bool = False,
    **settings: Any,  # noqa: ANN401
) -> "list[xr.DataTree | DataError]":
    """Fit the toll model to each event.

    Tables of reports are filled up to powers of two, so a few compilations serve all events. The
    draws of an event depend on the seed and on its place in the list, not on the other events.

    Parameters
    ----------
    events
        The events, in any order.
    priors
        One for each event; None stands for the default of its kind.
    random_seed
        Seed from which each event's own seed is derived.
    progress
        Show a progress bar on standard error; by default only where it is a terminal.
    predictions, **settings
        As of `fit`: ``draws``, ``tune``, ``chains``, ``target_accept``.

    Returns
    -------
    One result for each event, in the order given. An event that cannot be fitted gives its
    `DataError` in place of a result, naming the event; it does not stop the others.

    Raises
    ------
    DataError
        If there are not as many priors as events.

    Examples
    --------
    >>> from casualty_models.batch import fit_many
    >>> results = fit_many([event, event.as_of("2010-06-12")], random_seed=1)  # doctest: +SKIP
    """
    if priors is not None and len(priors) != len(events):
        raise DataError(
            "give one set of priors for each event",
            place="fit_many",
            value=f"{len(priors)} for {len(events)} events",
            remedy="Use None for the default of an event.",
        )
    seeds = np.random.SeedSequence(random_seed).generate_state(len(events))
    jobs = zip(events, priors or [None] * len(events), seeds, strict=True)
    options = {**settings, "predictions": predictions}
    return [
        _fit_one(event, prior, int(seed), options)
        for event, prior, seed in _shown(list(jobs), progress)
    ]


def _fit_one(
    event: Event, priors: "TollPriors | None", seed: int, options: dict[str, Any]
) -> "xr.DataTree | DataError":
    from casualty_models.inference import fit
    from casualty_models.models.toll import toll_model

    try:
        model = toll_model(event, priors, fill=True)
    except DataError as error:
        return error.at(event.id or event.name)
    with warnings.catch_warnings():  # each result carries its own diagnostics
        warnings.simplefilter("ignore", ConvergenceWarning)
        result = fit(model, random_seed=seed >> 1, progress=False, **options)
    return _without_filling(result)


def _without_filling(result: "xr.DataTree") -> "xr.DataTree":
    """Return the result without the rows and series that only filled the table."""
    import xarray as xr

    groups = {name: node.to_dataset() for name, node in result.children.items()}
    for name, group in groups.items():
        if "report" in group.dims:
            groups[name] = group.isel(report=np.flatnonzero(group["report"].values >= 0))
    trimmed = xr.DataTree.from_dict(groups)
    trimmed.attrs = result.attrs
    return trimmed


def _shown(jobs: list[Any], progress: bool | None) -> Iterator[Any]:
    if not (sys.stderr.isatty() if progress is None else progress):
        yield from jobs
        return
    with click.progressbar(jobs, label="Fitting events", file=sys.stderr) as bar:
        yield from bar
