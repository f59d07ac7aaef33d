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
class Fit:
    """Fit one event, wherever that is done: the call returns what `fit_many` puts in its list.

    The quick engine takes the event as it is. For NUTS the table of reports is filled up to a power
    of two, so that a few compilations serve all events.

    Attributes
    ----------
    sampling
        How to sample; its seed is that of all events.

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

    def __call__(self, job: Job) -> "xr.DataTree | DataError":
        """Return the result, or the error of an event that cannot be fitted.

        Parameters
        ----------
        job
            The event and its priors.
        """
        from casualty_models.inference.sampling import fitted

        seed = 0 if self.sampling.random_seed is None else self.sampling.random_seed
        own = replace(self.sampling, random_seed=job.seed(seed), progress=False)
        try:
            model = _model(job, fill=own.engine == "nuts")
        except DataError as error:
            return error.at(job.label)
        return _without_filling(fitted(model, own, lambda: _model(job, fill=True)))


def _model(job: Job, *, fill: bool) -> "pm.Model":
    from pytensor import config

    from casualty_models.models.toll import toll_model

    # A third of the time would go into noting where in the code each variable was made.
    with config.change_flags(traceback__limit=0):
        return toll_model(job.event, job.priors, fill=fill)


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
