"""Work that tests give to other processes; it has to be importable there."""

import os
import signal
import time
from pathlib import Path

from fakes import fake_result, osh, report

from casualty_models.batch.one import Fit
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


def threads(_: int) -> str:
    return os.environ["OMP_NUM_THREADS"]
