"""The fit of one event among many."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from casualty_models.batch.jobs import Job
from casualty_models.errors import DataError

if TYPE_CHECKING:
    import pymc as pm
    import xarray as xr

    from casualty_models.inference.sampling import Sampling


@dataclass(frozen=True)
class Refused:
    """Stands for the outcome of an event that is left to NUTS.

    Attributes
    ----------
    reason
        Why the quick engine refused it.
    """

    reason: str


@dataclass(frozen=True)
class Fit:
    """Fit one event, wherever that is done: the call returns what `fit_many` puts in its list.

    The quick engine takes the event as it is. For NUTS the table of reports is filled up to a power
    of two, so that a few compilations serve all events.

    Attributes
    ----------
    sampling
        How to sample; its seed is that of all events.
    defers
        Whether to return `Refused` where NUTS would have to compile the model.

    Examples
    --------
    >>> from casualty_models.batch.jobs import jobs_of
    >>> from casualty_models.batch.one import Fit
    >>> from casualty_models.datasets import load_osh_2010
    >>> from casualty_models.inference.sampling import Sampling
    >>> event = load_osh_2010().as_of("2010-06-11")
    >>> result = Fit(Sampling(random_seed=1, engine="quick"))(jobs_of([event])[0])
    >>> result.posterior.sizes["draw"]
    1000
    """

    sampling: "Sampling"
    defers: bool = False

    def passes(self, workers: int) -> tuple["Fit", "Fit"]:
        """Return what to do with all events, and what with those left to NUTS, by one process.

        Parameters
        ----------
        workers
            How many threads it may have.
        """
        defers = self.sampling.engine != "nuts"
        return replace(self, defers=defers), Fit(replace(self.sampling, threads=workers))

    def __call__(self, job: Job) -> "xr.DataTree | DataError | Refused":
        """Return the result, or the error of an event that cannot be fitted.

        Parameters
        ----------
        job
            The event and its priors.
        """
        from casualty_models.inference.sampling import fitted
        from casualty_models.inference.trust import NotTrusted

        seed = 0 if self.sampling.random_seed is None else self.sampling.random_seed
        own = replace(self.sampling, random_seed=job.seed(seed), progress=False)

        def for_nuts(reason: str) -> "pm.Model":
            if self.defers:
                raise NotTrusted(reason)
            return _model(job, fill=True)

        try:
            model = _model(job, fill=own.engine == "nuts" or bool(job.refused))
            return _without_filling(fitted(model, own, for_nuts, job.refused))
        except DataError as error:
            return error.at(job.label)
        except NotTrusted as refusal:
            return Refused(str(refusal))


def _model(job: Job, *, fill: bool) -> "pm.Model":
    from pytensor import config

    from casualty_models.models.toll import toll_model
    from casualty_models.models.toll_again import toll_model_again

    # A third of the time would go into noting where in the code each variable was made.
    with config.change_flags(traceback__limit=0):
        if fill:
            return toll_model(job.event, job.priors, fill=True)
        return toll_model_again(job.event, job.priors)


def _without_filling(result: "xr.DataTree") -> "xr.DataTree":
    """Return the result without the rows that only filled the table of reports."""
    import xarray as xr

    groups = {name: node.to_dataset() for name, node in result.children.items()}
    for name, group in groups.items():
        if "report" in group.dims and (group["report"] < 0).any():
            groups[name] = group.isel(report=np.flatnonzero(group["report"].values >= 0))
    trimmed = xr.DataTree.from_dict(groups)
    trimmed.attrs = result.attrs
    return trimmed
