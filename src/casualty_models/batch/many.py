"""Fit many events and keep all draws."""

import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click
import numpy as np

from casualty_models.batch.crew import Lost, by_processes
from casualty_models.batch.jobs import Job, jobs_of
from casualty_models.batch.one import Fit, Refused
from casualty_models.errors import DataError

if TYPE_CHECKING:
    import xarray as xr
    from distributed import Client

    from casualty_models.events import Event
    from casualty_models.inference.sampling import Sampling
    from casualty_models.priors import TollPriors


def fit_many(  # noqa: PLR0913
    events: "Sequence[Event]",
    *,
    priors: "Sequence[TollPriors | None] | None" = None,
    random_seed: int | None = None,
    progress: bool | None = None,
    predictions: bool = False,
    workers: int = 1,
    client: "Client | None" = None,
    **settings: Any,  # noqa: ANN401
) -> "list[xr.DataTree | DataError]":
    """Fit the toll model to each event and keep all draws in memory.

    The draws of an event depend on the seed, on what is said of the event and on its priors: not on
    its place, on other events or on who does the work. For thousands of events see `fit_to_folder`.

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
    predictions
        As of `fit`, but by default there are none.
    workers
        Number of processes of this machine, each of one thread. With more than one, a script must
        call this under ``if __name__ == "__main__":``; events left to NUTS come last then, in one
        process that compiles for all and has as many threads.
    client
        A Dask client: the workers of its cluster do the work, one thread each.
    **settings
        As of `fit`: ``engine``, ``draws``, ``tune``, ``chains``, ``target_accept``.

    Returns
    -------
    One result for each event, in the order given. An event that cannot be fitted gives its
    `DataError` in place of a result, naming the event; it does not stop the others.

    Raises
    ------
    DataError
        If there are not as many priors as events, or a setting cannot be.

    Examples
    --------
    >>> from casualty_models.batch import fit_many
    >>> results = fit_many([event, event.as_of("2010-06-12")], random_seed=1)  # doctest: +SKIP
    """
    jobs = jobs_of(events, priors)
    sampling = sampling_of(random_seed, {"predictions": predictions, **settings}, workers, client)
    results: list[xr.DataTree | DataError] = [DataError("not fitted")] * len(jobs)
    done = outcomes(Fit(sampling), jobs, workers, client)
    for place, outcome in shown(done, len(jobs), progress):
        lost = isinstance(outcome, Lost)
        results[place] = lost_error(jobs[place].label) if lost else outcome
    return results


def sampling_of(
    random_seed: int | None, settings: dict[str, Any], workers: int, client: "Client | None"
) -> "Sampling":
    """Return how to sample; where others do the work, with one thread each.

    Examples
    --------
    >>> from casualty_models.batch.many import sampling_of
    >>> sampling_of(1, {"draws": 500}, 2, None).threads
    1
    """
    from casualty_models.inference.sampling import Sampling

    if not isinstance(workers, int) or workers < 1:
        raise DataError(
            "the number of processes must be a whole number above 0",
            place="workers",
            value=workers,
        )
    seed = int(np.random.default_rng().integers(2**31)) if random_seed is None else random_seed
    threads = 1 if client is not None or workers > 1 else None
    return Sampling(random_seed=seed, threads=threads, compiled=True, **settings)


def outcomes(
    task: Any,  # noqa: ANN401
    jobs: Sequence[Job],
    workers: int,
    client: "Client | None",
) -> Iterator[tuple[int, Any]]:
    """Yield the place of each job and what the task made of it, as they come.

    Examples
    --------
    >>> from casualty_models.batch.many import outcomes
    >>> list(outcomes(str, [1, 2], 1, None))
    [(0, '1'), (1, '2')]
    """
    if client is not None:
        from casualty_models.batch.cluster import by_cluster

        return by_cluster(task, jobs, client)
    if workers > 1:
        return _in_passes(task, jobs, workers)
    return ((place, task(job)) for place, job in enumerate(jobs))


def _in_passes(task: Any, jobs: Sequence[Job], workers: int) -> Iterator[tuple[int, Any]]:  # noqa: ANN401
    """Yield outcomes of processes; what is left to NUTS comes last, in one process.

    Each process that compiles takes time and memory for each structure it meets: so one does, and
    takes events of like size one after the other.
    """
    first, second = task.passes(workers)
    left = []
    for place, outcome in by_processes(first, jobs, workers):
        if isinstance(outcome, Refused):
            left.append((place, replace(jobs[place], refused=outcome.reason)))
        else:
            yield place, outcome
    left.sort(key=lambda each: (len(each[1].event.reports), each[1].key))
    for number, outcome in by_processes(second, [job for _, job in left], 1):
        yield left[number][0], outcome


def lost_error(label: str) -> DataError:
    """Return the error of an event that each process which worked on it died of.

    Examples
    --------
    >>> from casualty_models.batch.many import lost_error
    >>> print(lost_error("OSH2010"))
    OSH2010: the processes that fitted this event died, one after the other. Run again ...
    """
    return DataError(
        "the processes that fitted this event died, one after the other",
        place=label,
        remedy="Run again with fewer workers if memory ran out.",
    )


def shown[T](items: Iterable[T], length: int, progress: bool | None) -> Iterator[T]:
    """Yield items under a progress bar.

    Examples
    --------
    >>> from casualty_models.batch.many import shown
    >>> list(shown([1, 2], 2, False))
    [1, 2]
    """
    if not (sys.stderr.isatty() if progress is None else progress):
        yield from items
        return
    bar = click.progressbar(items, length=length, label="Fitting events", file=sys.stderr)
    with bar as each:
        yield from each
