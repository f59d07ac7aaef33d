"""One event and its priors as a piece of work, with a seed of its own."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from casualty_models.errors import DataError
from casualty_models.priors import TollPriors

if TYPE_CHECKING:
    from casualty_models.events import Event


@dataclass(frozen=True)
class Job:
    """An event to fit; it travels to other processes.

    Attributes
    ----------
    event, priors
        What the toll model is made of.
    refused
        Why the quick engine has refused it, if it has; no part of the key.

    Examples
    --------
    >>> from casualty_models.batch.jobs import Job
    >>> from casualty_models.datasets import load_osh_2010
    >>> from casualty_models.priors import TollPriors
    >>> job = Job(load_osh_2010(), TollPriors.for_event("ethnic_riot"))
    >>> len(job.key), job.seed(1) == job.seed(1), job.seed(1) == job.seed(2)
    (32, True, False)
    """

    event: "Event"
    priors: TollPriors
    refused: str = ""

    @cached_property
    def key(self) -> str:
        """A name made of all that is said of the event, and of its priors."""
        said = f"{self.event.to_json()}\n{json.dumps(self.priors.to_dict(), sort_keys=True)}"
        return hashlib.sha256(said.encode()).hexdigest()[:32]

    @property
    def label(self) -> str:
        """What to call the event in a message."""
        return self.event.id or self.event.name

    def seed(self, random_seed: int) -> int:
        """Return the seed of this event: neither its place nor other events matter.

        Parameters
        ----------
        random_seed
            The seed of all events.
        """
        digest = hashlib.sha256(f"{random_seed} {self.key}".encode()).digest()
        return int.from_bytes(digest[:4]) >> 1


def jobs_of(
    events: "Sequence[Event]", priors: "Sequence[TollPriors | None] | None" = None
) -> list[Job]:
    """Return one job for each event.

    Parameters
    ----------
    events
        The events.
    priors
        One for each event; None stands for the default of its kind and mechanism.

    Raises
    ------
    DataError
        If there are not as many priors as events.

    Examples
    --------
    >>> from casualty_models.batch.jobs import jobs_of
    >>> jobs_of([])
    []
    """
    if priors is not None and len(priors) != len(events):
        raise DataError(
            "give one set of priors for each event",
            place="fit_many",
            value=f"{len(priors)} for {len(events)} events",
            remedy="Use None for the default of an event.",
        )
    usual: dict[tuple[str, str | None], TollPriors] = {}
    jobs = []
    for event, given in zip(events, priors or [None] * len(events), strict=True):
        of_kind = event.kind, event.mechanism
        if given is None and of_kind not in usual:
            usual[of_kind] = TollPriors.for_event(*of_kind)
        jobs.append(Job(event, given or usual[of_kind]))
    return jobs
