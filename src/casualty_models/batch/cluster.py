"""Work done by the workers of a Dask cluster; one that dies costs only the pieces it had."""

from collections.abc import Iterator, Sequence
from importlib.metadata import version
from itertools import islice
from typing import TYPE_CHECKING, Any

from casualty_models.batch.crew import Lost, Task
from casualty_models.errors import DataError

if TYPE_CHECKING:
    from distributed import Client

AHEAD = 4  # pieces handed out for each worker: enough to keep it busy, few to lose


def by_cluster(task: Task, work: Sequence[Any], client: "Client") -> Iterator[tuple[int, Any]]:
    """Yield the place and the outcome of each piece of work, as they come.

    Parameters
    ----------
    task
        What to do with a piece; it travels with it, and so must be pickled.
    work
        The pieces.
    client
        Of a cluster whose workers have one thread each and this version of the package.

    Yields
    ------
    The place of a piece, and what the task returned; `Lost` where one worker after the other died
    (Dask's ``distributed.scheduler.allowed-failures``).

    Raises
    ------
    DataError
        If a worker has several threads or another version of the package.

    Examples
    --------
    >>> from casualty_models.batch.cluster import by_cluster
    >>> list(by_cluster(abs, [-1, 2], client))  # doctest: +SKIP
    [(0, 1), (1, 2)]
    """
    from distributed import KilledWorker, as_completed

    _check_workers(client)
    waiting = iter(enumerate(work))
    places: dict[Any, int] = {}
    running = as_completed()

    def hand_out(number: int) -> None:
        for place, piece in islice(waiting, number):
            future = client.submit(task, piece, pure=False)
            places[future] = place
            running.add(future)

    try:
        hand_out(AHEAD * max(len(client.nthreads()), 1))
        for future in running:
            hand_out(1)
            try:
                outcome = future.result()
            except KilledWorker:
                outcome = Lost()
            yield places.pop(future), outcome
    finally:
        client.cancel(list(places))


def _check_workers(client: "Client") -> None:
    threads = max(client.nthreads().values(), default=1)
    if threads > 1:
        raise DataError(
            "each worker must have one thread",
            place="client",
            value=f"{threads} threads",
            remedy="Start them with threads_per_worker=1 (`dask worker --nthreads 1`).",
        )
    own = version("casualty-models")
    for address, there in client.run(version, "casualty-models").items():
        if there != own:
            raise DataError(
                f"the worker has another version of the package than this process ({own})",
                place=address,
                value=there,
                remedy="Install the same version everywhere.",
            )
