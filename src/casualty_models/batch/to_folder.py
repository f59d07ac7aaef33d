"""Fit thousands of events into a folder: in bounded memory, and after a kill from where it was."""

import hashlib
from collections.abc import Iterable, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from casualty_models.batch.crew import Lost
from casualty_models.batch.folder import Folder, open_folder, read_manifest, read_parts
from casualty_models.batch.jobs import Job, jobs_of
from casualty_models.batch.many import lost_error, outcomes, sampling_of, shown
from casualty_models.batch.one import Fit
from casualty_models.batch.summary import COLUMNS, Summarize
from casualty_models.errors import DataError

if TYPE_CHECKING:
    import pandas as pd
    from distributed import Client

    from casualty_models.events import Event
    from casualty_models.inference.sampling import Sampling
    from casualty_models.priors import TollPriors

LAYOUT = 1  # of the folder
SETTINGS = ("engine", "draws", "tune", "chains", "target_accept")


def fit_to_folder(  # noqa: PLR0913
    events: "Sequence[Event]",
    folder: str | Path,
    *,
    priors: "Sequence[TollPriors | None] | None" = None,
    random_seed: int | None = None,
    keep_draws: int = 0,
    progress: bool | None = None,
    workers: int = 1,
    client: "Client | None" = None,
    **settings: Any,  # noqa: ANN401
) -> Path:
    """Fit the toll model to each event and write a summary of each into a folder.

    Summaries are written in parts as they come, each as a whole; no more than a part is kept in
    memory. Called again with the same arguments after it was stopped, by a kill too, this goes on
    where it was, and the results are those of a run that was not stopped. An event given twice is
    fitted once.

    Parameters
    ----------
    events
        The events, in any order.
    folder
        A folder that is empty, does not exist or was made by this function of the same things.
    priors
        One for each event; None stands for the default of its kind.
    random_seed
        Seed from which each event's own seed is derived. By default that of the folder, or a new
        one, which the folder records.
    keep_draws
        How many draws of each toll to keep, evenly spaced; by default only the summary is kept.
    progress
        Show a progress bar on standard error; by default only where it is a terminal.
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
    The folder. `read_tolls` reads it, also while it grows.

    Raises
    ------
    DataError
        If the folder was made of other events, priors, settings or with another seed or version; or
        if the processes that worked on an event died three times: all others are done then.

    Examples
    --------
    >>> from casualty_models.batch import fit_to_folder, read_tolls
    >>> folder = fit_to_folder(events, "tolls-2010", random_seed=1)  # doctest: +SKIP
    >>> read_tolls(folder)[["event", "quantity", "median"]]  # doctest: +SKIP
    """
    path = Path(folder)
    jobs = jobs_of(events, priors)
    before = read_manifest(path) if path.exists() else None
    seed = before["random_seed"] if before and random_seed is None else random_seed
    sampling = sampling_of(seed, {"predictions": False, **settings}, workers, client)
    store = open_folder(path, _manifest(jobs, sampling, keep_draws))
    left = [job for job in {job.key: job for job in jobs}.values() if job.key not in store.done]
    done = outcomes(Summarize(Fit(sampling), keep_draws), left, workers, client)
    lost = _stored(store, shown(done, len(left), progress))
    if lost:
        raise lost_error(", ".join(left[place].label for place in lost))
    return path


def read_tolls(folder: str | Path, *, draws: bool = False) -> "pd.DataFrame":
    """Return the table of a folder that `fit_to_folder` has written, or is writing.

    Parameters
    ----------
    folder
        The folder.
    draws
        Whether to read the draws that were kept, too.

    Returns
    -------
    Two rows an event, sorted by its name. Columns: ``key``, made of all that is said of the event;
    ``id``, ``event``, ``known_by``, ``ongoing``; ``quantity``; ``median``, ``lower50``, ``upper50``
    and so on, as in `toll_table`; ``mean``, and ``mean_log``, that of the logarithm; ``above10``,
    ``above100`` and so on, the probability that the toll is above such a number; ``engine``,
    ``fallback``, ``random_seed``, ``converged``, ``divergences``, ``max_rhat``, ``min_ess_bulk``
    and ``min_ess_tail``, as in the record of `fit`; ``error``, why an event could not be fitted;
    and ``draws``, an array.

    Raises
    ------
    DataError
        If the folder was not made by `fit_to_folder` or cannot be read.

    Examples
    --------
    >>> from casualty_models.batch import read_tolls
    >>> tolls = read_tolls("tolls-2010")  # doctest: +SKIP
    >>> tolls.loc[tolls["above1000"] > 0.5, ["event", "quantity", "median"]]  # doctest: +SKIP
    """
    path = Path(folder)
    if not path.is_dir() or read_manifest(path) is None:
        raise DataError(
            "no folder of results", place=str(path), remedy="Make one with fit_to_folder."
        )
    columns = [*COLUMNS, "draws"] if draws else COLUMNS
    table = read_parts(path, columns).drop_duplicates(["key", "quantity"])
    return table.sort_values(["event", "known_by", "key", "quantity"], ignore_index=True)


def _manifest(jobs: Sequence[Job], sampling: "Sampling", keep_draws: int) -> dict[str, Any]:
    """Return what the results depend on; the order of the events is not part of it."""
    from casualty_models.inference.record import versions

    keys = sorted({job.key for job in jobs})
    settings = {name: getattr(sampling, name) for name in SETTINGS}
    return {
        "layout": LAYOUT,
        "version": version("casualty-models"),
        "versions": versions(),
        "random_seed": sampling.random_seed,
        "settings": settings | {"keep_draws": keep_draws},
        "number_of_events": len(keys),
        "events_and_priors": hashlib.sha256("".join(keys).encode()).hexdigest()[:32],
    }


def _stored(store: Folder, done: Iterable[tuple[int, Any]]) -> list[int]:
    """Write what comes, to the last of it even if something is raised; return what was lost."""
    lost = []
    try:
        for place, found in done:
            if isinstance(found, Lost):
                lost.append(place)
            else:
                store.add(found)
    finally:
        store.flush()
    return lost
