"""Work that tests give to other processes; it has to be importable there."""

import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path

from fakes import fake_result, osh, report

from casualty_models.batch.jobs import Job
from casualty_models.batch.one import Fit, Refused
from casualty_models.events import Event


def events(number: int) -> list[Event]:
    """Return events that differ in name and count."""
    return [
        osh(report("killed", day % 5, 10 * (day + 1)), name=f"event {day}") for day in range(number)
    ]


def fake_fit(self: Fit, job: object) -> object:
    """Stand in for `Fit.__call__`: draws that depend on the seed of the event alone."""
    time.sleep(0.01)
    return fake_result(job.event, seed=job.seed(self.sampling.random_seed), draws=50)


def double(number: int) -> int:
    return 2 * number


def fail(number: int) -> int:
    if number == 2:
        raise ValueError(f"cannot double {number}")
    return 2 * number


class DieOnce:
    """Kill the process that is the first to work on a number; double the number after that."""

    def __init__(self, folder: Path, numbers: tuple[int, ...]) -> None:
        self.folder, self.numbers = folder, numbers

    def __call__(self, number: int) -> int:
        mark = self.folder / f"died-{number}"
        if number in self.numbers and not mark.exists():
            mark.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return 2 * number


def die_of_three(number: int) -> int:
    if number == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return 2 * number


@dataclass(frozen=True)
class InPasses:
    """Refuses events on odd days, as the quick engine would; says who did the rest, and with what.

    Days are those of `events`.
    """

    first: bool = True

    def passes(self, workers: int) -> tuple["InPasses", "InPasses"]:
        return self, InPasses(first=False)

    def __call__(self, job: Job) -> object:
        if self.first and int(job.event.name.split()[1]) % 2:
            return Refused(f"not {job.event.name}")
        return job.event.name, job.refused, self.first, os.getpid()


def threads(_: int) -> str:
    return os.environ["OMP_NUM_THREADS"]
