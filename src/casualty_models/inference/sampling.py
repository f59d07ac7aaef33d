"""Draws from the posterior of a model, compiled once for each structure."""

import contextlib
import json
import logging
import sys
import warnings
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from casualty_models.errors import ConvergenceWarning, DataError
from casualty_models.inference.diagnostics import diagnose
from casualty_models.inference.record import ATTRIBUTE, make_record

if TYPE_CHECKING:
    import pymc as pm
    import xarray as xr

    from casualty_models.inference.density import Density

ENGINES = ("nuts", "quick", "auto")
MANY_DIMENSIONS = 400
MAX_COMPILED = 16
_COMPILED: dict[Any, Any] = {}


def fit(  # noqa: PLR0913
    model: "pm.Model",
    *,
    draws: int = 1000,
    tune: int = 1000,
    chains: int = 4,
    random_seed: int | None = None,
    target_accept: float = 0.95,
    progress: bool | None = None,
    predictions: bool = True,
    engine: str = "nuts",
) -> "xr.DataTree":
    """Sample a model and return all that is needed to use, check and repeat the answer.

    The same seed, versions and kind of machine give the same draws; otherwise they agree within
    Monte Carlo error.

    Parameters
    ----------
    model
        Any `pymc.Model` whose latent variables are all continuous.
    draws, tune
        Kept and discarded iterations of each chain; the quick engine needs no ``tune``.
    chains
        Number of independent chains.
    random_seed
        By default a seed is drawn and recorded.
    target_accept
        Acceptance that the step size of NUTS is tuned to.
    progress
        Show the sampler's progress; by default only where standard error is a terminal.
    predictions
        Add draws from the prior and of the reports; the plots and the prior's share need them.
    engine
        "nuts" compiles the model and samples it with nutpie. "quick" compiles nothing: many short
        chains move at once from an approximation of the posterior, for small models in a fraction
        of a second (see `quick_draws`); where it cannot vouch for its draws NUTS takes over, and
        the record says why. "auto" is "quick" where the model is small enough for it to be faster.

    Returns
    -------
    `xarray.DataTree` with groups posterior, sample_stats, prior, prior_predictive,
    posterior_predictive, observed_data and constant_data. ``attrs["casualty_models"]`` is JSON
    text with versions, engine, seed, event, priors, hash of the reports and diagnostics (see
    `provenance`). ``to_netcdf`` saves it, `load_result` reads it back.

    Raises
    ------
    DataError
        If draws, tune or chains is not a whole number above 0, or the engine is unknown.

    Warns
    -----
    ConvergenceWarning
        If there were divergences, R-hat is above 1.01 or an effective sample size below 400;
        the text says what to do.

    Examples
    --------
    >>> import casualty_models as cm
    >>> result = cm.fit(cm.toll_model(event), random_seed=1)  # doctest: +SKIP
    """
    seed = int(np.random.default_rng().integers(2**31)) if random_seed is None else random_seed
    show = sys.stderr.isatty() if progress is None else progress
    settings = _checked({"draws": draws, "tune": tune, "chains": chains}) | {"random_seed": seed}
    from casualty_models.inference.density import Density

    target = Density(model)
    with warnings.catch_warnings():
        # Our own message replaces the sampler's, which speaks to its developers.
        warnings.filterwarnings("ignore", category=UserWarning)
        result, how = _sampled(target, settings, _known_engine(engine), target_accept, show)
        if predictions:
            _add_predictions(result, target, settings)
    diagnostics = how.pop("diagnostics", None) or diagnose(result)
    record = make_record(model, settings | {"target_accept": target_accept} | how, diagnostics)
    result.attrs[ATTRIBUTE] = json.dumps(record)
    if not diagnostics["converged"]:
        warnings.warn(" ".join(diagnostics["advice"]), ConvergenceWarning, stacklevel=2)
    return result


def _known_engine(engine: str) -> str:
    if engine not in ENGINES:
        raise DataError(
            "unknown engine",
            place="fit",
            value=engine,
            remedy=f"Use one of {', '.join(ENGINES)}.",
        )
    return engine


def _sampled(
    target: "Density", settings: dict[str, int], engine: str, target_accept: float, show: bool
) -> "tuple[xr.DataTree, dict[str, Any]]":
    """Return draws, and what the record must say of how they were made."""
    from casualty_models.inference.quick_result import quick_result
    from casualty_models.inference.trust import NotTrusted

    if engine == "nuts":
        return _sample(target.model, settings, target_accept, show), {"engine": "nutpie"}
    try:
        result, diagnostics = quick_result(target, settings, only_small=engine == "auto")
        return result, {"engine": "quick", "diagnostics": diagnostics}
    except NotTrusted as reason:
        result = _sample(target.model, settings, target_accept, show)
        return result, {"engine": "nutpie", "fallback": str(reason)}


def _checked(settings: dict[str, int]) -> dict[str, int]:
    for name, value in settings.items():
        if not isinstance(value, int) or value < 1:
            raise DataError(
                f"{name} must be a whole number above 0",
                place="fit",
                value=value,
                remedy="The defaults are draws=1000, tune=1000, chains=4.",
            )
    return settings


def _sample(
    model: "pm.Model",
    settings: dict[str, int],
    target_accept: float,
    show: bool,
) -> "xr.DataTree":
    import nutpie

    compiled = compile_once(model)
    result = nutpie.sample(
        compiled,
        draws=settings["draws"],
        tune=settings["tune"],
        chains=settings["chains"],
        seed=settings["random_seed"],
        target_accept=target_accept,
        # A low-rank mass matrix follows the ridge between the toll and the speed of counting:
        # about twice the effective draws of the diagonal one on the Osh reports. In the hundreds
        # of dimensions of the history model it costs more than it gives.
        adaptation="low_rank" if compiled.n_dim <= MANY_DIMENSIONS else "diag",
        progress_bar=show,
        save_warmup=False,
    )
    if result.posterior.sizes["draw"] < settings["draws"]:
        raise KeyboardInterrupt  # nutpie returns what it has when it is interrupted
    result["posterior"] = _relabeled(result["posterior"].to_dataset(), model)
    return result


def _add_predictions(result: "xr.DataTree", target: "Density", settings: dict[str, int]) -> None:
    """Add prior, prior_predictive, posterior_predictive, observed_data and constant_data."""
    import xarray as xr

    from casualty_models.inference.density import NotEvaluable
    from casualty_models.inference.groups import predictions

    seeds = np.random.SeedSequence(settings["random_seed"])
    rng = np.random.default_rng(seeds.spawn(2)[1])
    try:
        posterior = result["posterior"].to_dataset()
        found = predictions(target, posterior, settings["draws"], rng)
    except NotEvaluable:
        _add_predictions_by_pymc(result, target.model, settings)
        return
    for name, group in found.items():
        result[name] = xr.DataTree(group)


def _add_predictions_by_pymc(
    result: "xr.DataTree", model: "pm.Model", settings: dict[str, int]
) -> None:
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


def compile_once(model: "pm.Model") -> Any:  # noqa: ANN401
    """Return a model compiled for nutpie; models of one ``structure`` are compiled once.

    Examples
    --------
    >>> from casualty_models.inference.sampling import compile_once
    >>> compiled = compile_once(model)  # doctest: +SKIP
    """
    import nutpie
    import pytensor

    key = getattr(model, "structure", None)
    if key is None or key not in _COMPILED:
        # Fast-math rounds the log density differently in a fresh and in a cached compilation, so
        # the same seed would not always give the same draws.
        with pytensor.config.change_flags(numba__fastmath=False):
            compiled = nutpie.compile_pymc_model(model)
        if key is None:
            return compiled
        while len(_COMPILED) >= MAX_COMPILED:
            _COMPILED.pop(next(iter(_COMPILED)))
        _COMPILED[key] = compiled
    compiled = _COMPILED[key]
    used = {variable.name for variable in compiled.shared_var_keys}
    data = {v.name: v.get_value() for v in model.data_vars if v.name in used}
    return compiled.with_data(**data)


def _relabeled(posterior: "xr.Dataset", model: "pm.Model") -> "xr.Dataset":
    """Return the draws with the labels of this model, not of the one that was compiled."""
    labels = {name: list(model.coords[name]) for name in posterior.dims if name in model.coords}
    return posterior.assign_coords(labels)
