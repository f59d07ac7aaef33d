"""Draws from the prior and of the reports, added to the draws from the posterior."""

import contextlib
import logging
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pymc as pm
    import xarray as xr

    from casualty_models.inference.density import Density


def add_predictions(result: "xr.DataTree", target: "Density", settings: dict[str, int]) -> None:
    """Add prior, prior_predictive, posterior_predictive, observed_data and constant_data.

    Parameters
    ----------
    result
        Draws from the posterior; the groups are added to it.
    target
        The model.
    settings
        ``draws``, how many from the prior, and ``random_seed``.

    Examples
    --------
    >>> from casualty_models.inference.density import Density
    >>> from casualty_models.inference.predictions import add_predictions
    >>> settings = {"draws": 1000, "random_seed": 1}
    >>> add_predictions(result, Density(model), settings)  # doctest: +SKIP
    """
    import xarray as xr

    from casualty_models.inference.density import NotEvaluable
    from casualty_models.inference.groups import predictions

    seeds = np.random.SeedSequence(settings["random_seed"])
    rng = np.random.default_rng(seeds.spawn(2)[1])
    try:
        posterior = result["posterior"].to_dataset()
        found = predictions(target, posterior, settings["draws"], rng)
    except NotEvaluable:
        _add_by_pymc(result, target.model, settings)
        return
    for name, group in found.items():
        result[name] = xr.DataTree(group)


def _add_by_pymc(result: "xr.DataTree", model: "pm.Model", settings: dict[str, int]) -> None:
    import pymc as pm
    from pytensor.compile.mode import Mode

    # Each function runs once: compiling it would take longer than interpreting it. Python cannot
    # evaluate the long expressions that fusion makes.
    interpreted = Mode(linker="py", optimizer="fast_compile").excluding("fusion")
    mode = {"compile_kwargs": {"mode": interpreted}}
    seeds = np.random.default_rng(settings["random_seed"]).integers(2**31, size=2).tolist()
    with model, _quiet("pymc"):
        prior = pm.sample_prior_predictive(settings["draws"], random_seed=seeds[0], **mode)
        result.update(prior)
        pm.sample_posterior_predictive(
            result, extend_inferencedata=True, progressbar=False, random_seed=seeds[1], **mode
        )


@contextlib.contextmanager
def _quiet(name: str) -> Iterator[None]:
    """Keep a logger's news of what it is doing away from the reader."""
    logger = logging.getLogger(name)
    level = logger.level
    logger.setLevel(logging.WARNING)
    try:
        yield
    finally:
        logger.setLevel(level)
