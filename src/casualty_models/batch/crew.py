"""Work done by processes of this machine; one that dies costs only the piece it was working on."""

import contextlib
import multiprocessing
import os
import signal
import traceback
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from typing import Any

from casualty_models.errors import DataError

ATTEMPTS = 3
ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")

type Task = Callable[[Any], Any]


@dataclass(frozen=True)
class Lost:
    """Stands for the outcome of a piece of work whose process died at every attempt."""


def by_processes(task: Task, work: Sequence[Any], workers: int) -> Iterator[tuple[int, Any]]:
    """Yield the place and the outcome of each piece of work, as they come.

    Each process has one thread. A piece whose process dies is tried again by a new one, three times
    in all. What a task raises is raised here.

    Parameters
    ----------
    task
        What to do with a piece; it travels to each process, and so must be pickled.
    work
        The pieces, which travel too.
    workers
        How many processes.

    Yields
    ------
    The place of a piece, and what the task returned or `Lost`.

    Raises
    ------
    DataError
        If a process cannot start.

    Examples
    --------
    >>> from casualty_models.batch.crew import by_processes
    >>> list(by_processes(abs, [], 2))
    []
    """
    crew = _Crew(task, work)
    try:
        for _ in range(min(workers, len(work))):
            crew.start()
        while crew.pipes:
            for pipe in wait(list(crew.pipes)):
                yield from crew.heard(pipe)  # type: ignore[arg-type]
    finally:
        crew.dismiss()


@dataclass
class _Worker:
    """A process and the place of the piece that it has: None before it is ready."""

    process: Any
    place: int | None = None


@dataclass(frozen=True)
class _Raised:
    """What a task raised; a task may also return an error as its outcome."""

    error: Exception


class _Crew:
    """The processes at work, by the pipes to them, and what is still to do."""

    def __init__(self, task: Task, work: Sequence[Any]) -> None:
        self.task, self.work = task, work
        self.waiting = deque(range(len(work)))
        self.attempts: Counter[int] = Counter()
        self.pipes: dict[Connection, _Worker] = {}

    def start(self) -> None:
        """Start a process; it says when it is ready."""
        # A fresh interpreter: a copy of this one would share what its threads were doing.
        context = multiprocessing.get_context("spawn")
        here, there = context.Pipe()
        process = context.Process(target=_serve, args=(self.task, there), daemon=True)
        with _one_thread():
            process.start()
        there.close()
        self.pipes[here] = _Worker(process)

    def heard(self, pipe: Connection) -> Iterator[tuple[int, Any]]:
        """Take what a process sent, or notice that it died, and give it the next piece."""
        worker = self.pipes[pipe]
        place = worker.place
        try:
            outcome = pipe.recv()
        except (EOFError, OSError):
            yield from self._died(pipe, worker)
            return
        self._hand_out(pipe, worker)
        if isinstance(outcome, _Raised):
            raise outcome.error
        if place is not None:
            yield place, outcome

    def _hand_out(self, pipe: Connection, worker: _Worker) -> None:
        if not self.waiting:
            del self.pipes[pipe]
            _end(pipe, worker)
            return
        worker.place = self.waiting.popleft()
        self.attempts[worker.place] += 1
        with contextlib.suppress(OSError):  # it died: the next thing heard of it says so
            pipe.send(self.work[worker.place])

    def _died(self, pipe: Connection, worker: _Worker) -> Iterator[tuple[int, Any]]:
        del self.pipes[pipe]
        _end(pipe, worker)
        if worker.place is None:
            raise DataError(
                "a process to work in ended before it was ready",
                place="workers",
                value=worker.process.exitcode,
                remedy='In a script, call this under `if __name__ == "__main__":`.',
            )
        if self.attempts[worker.place] < ATTEMPTS:
            self.waiting.appendleft(worker.place)
        else:
            yield worker.place, Lost()
        if self.waiting:
            self.start()

    def dismiss(self) -> None:
        """End all processes."""
        for pipe, worker in self.pipes.items():
            _end(pipe, worker)


def _end(pipe: Connection, worker: _Worker) -> None:
    pipe.close()
    worker.process.terminate()
    worker.process.join()


@contextlib.contextmanager
def _one_thread() -> Iterator[None]:
    """Have processes that are started here compute with one thread each."""
    before = {name: os.environ.get(name) for name in ONE_THREAD}
    os.environ.update(dict.fromkeys(ONE_THREAD, "1"))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def _serve(task: Task, pipe: Connection) -> None:
    """Work on one piece after the other until there are no more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # who pressed the key ends this process
    with contextlib.suppress(EOFError, OSError):
        pipe.send(None)
        while True:
            piece = pipe.recv()
            try:
                outcome = task(piece)
            except Exception as error:
                error.add_note(traceback.format_exc())
                outcome = _Raised(error)
            pipe.send(outcome)
