"""Draws from the posterior of a model, by the quick engine or by NUTS."""

import json
import sys
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from casualty_models.errors import ConvergenceWarning, DataError
from casualty_models.inference.diagnostics import diagnose
from casualty_models.inference.record import ATTRIBUTE, make_record

if TYPE_CHECKING:
    import pymc as pm
    import xarray as xr

    from casualty_models.inference.density import Density

ENGINES = ("auto", "quick", "nuts")


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
    engine: str = "auto",
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
        "quick" compiles nothing: many short chains move at once from the prior to the posterior,
        for small models in about a second (see `quick_draws`); where it cannot vouch for its draws
        NUTS takes over, and the record says why. "nuts" compiles the model and samples it with
        nutpie. "auto" is "quick" for models that are small enough for it to be faster, else "nuts".

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
    sampling = Sampling(
        draws=draws,
        tune=tune,
        chains=chains,
        random_seed=random_seed,
        target_accept=target_accept,
        predictions=predictions,
        engine=engine,
        progress=progress,
    )
    result = fitted(model, sampling)
    diagnostics = json.loads(result.attrs[ATTRIBUTE])["diagnostics"]
    if not diagnostics["converged"]:
        warnings.warn(" ".join(diagnostics["advice"]), ConvergenceWarning, stacklevel=2)
    return result


@dataclass(frozen=True, kw_only=True)
class Sampling:
    """How to sample: the arguments of `fit`.

    Attributes
    ----------
    draws, tune, chains, random_seed, target_accept, predictions, engine, progress
        As of `fit`.
    threads
        How many chains of NUTS may run at a time; by default as many as there are cores.
    compiled
        Whether the compiled machine makes the moves of the quick engine: for more than one event.

    Raises
    ------
    DataError
        If draws, tune or chains is not a whole number above 0, or the engine is unknown.

    Examples
    --------
    >>> from casualty_models.inference.sampling import Sampling
    >>> Sampling(draws=500).chains
    4
    """

    draws: int = 1000
    tune: int = 1000
    chains: int = 4
    random_seed: int | None = None
    target_accept: float = 0.95
    predictions: bool = True
    engine: str = "auto"
    progress: bool | None = None
    threads: int | None = None
    compiled: bool = False

    def __post_init__(self) -> None:
        for name in ("draws", "tune", "chains"):
            value = getattr(self, name)
            if not isinstance(value, int) or value < 1:
                raise DataError(
                    f"{name} must be a whole number above 0",
                    place="fit",
                    value=value,
                    remedy="The defaults are draws=1000, tune=1000, chains=4.",
                )
        if self.engine not in ENGINES:
            raise DataError(
                "unknown engine",
                place="fit",
                value=self.engine,
                remedy=f"Use one of {', '.join(ENGINES)}.",
            )


def fitted(
    model: "pm.Model",
    sampling: Sampling,
    for_nuts: "Callable[[str], pm.Model] | None" = None,
    refused: str = "",
) -> "xr.DataTree":
    """Return what `fit` returns, without a warning.

    Parameters
    ----------
    model
        The model.
    sampling
        How to sample.
    for_nuts
        Makes the model that NUTS takes where the quick engine refuses, if not the same: one of a
        structure that is compiled already. It is told why.
    refused
        Why the quick engine has refused this event before, if it has; it is not asked again.

    Examples
    --------
    >>> from casualty_models.inference.sampling import Sampling, fitted
    >>> result = fitted(model, Sampling(engine="quick"))  # doctest: +SKIP
    """
    from casualty_models.inference.density import Density
    from casualty_models.inference.predictions import add_predictions

    seed = sampling.random_seed
    seed = int(np.random.default_rng().integers(2**31)) if seed is None else seed
    settings = {name: getattr(sampling, name) for name in ("draws", "tune", "chains")}
    settings |= {"random_seed": seed}
    target = Density(model)
    with warnings.catch_warnings():
        # Our own message replaces the sampler's, which speaks to its developers.
        warnings.filterwarnings("ignore", category=UserWarning)
        found, how = _by_quick_engine(target, settings, sampling, refused)
        if found is None:
            target = Density(for_nuts(how.get("fallback", ""))) if for_nuts else target
            found = _by_nuts(target.model, settings, sampling)
        if sampling.predictions:
            add_predictions(found, target, settings)
    diagnostics = how.pop("diagnostics", None) or diagnose(found)
    how = settings | {"target_accept": sampling.target_accept} | how
    found.attrs[ATTRIBUTE] = json.dumps(make_record(target.model, how, diagnostics))
    return found


def _by_quick_engine(
    target: "Density", settings: dict[str, int], sampling: Sampling, refused: str
) -> "tuple[xr.DataTree | None, dict[str, Any]]":
    """Return its draws, None where NUTS has to make them, and what the record says of it."""
    from casualty_models.inference.quick_result import quick_result
    from casualty_models.inference.trust import NotTrusted

    if sampling.engine == "nuts":
        return None, {"engine": "nutpie"}
    if refused:
        return None, {"engine": "nutpie", "fallback": refused}
    try:
        result, diagnostics = quick_result(
            target, settings, only_small=sampling.engine == "auto", compiled=sampling.compiled
        )
    except NotTrusted as reason:
        return None, {"engine": "nutpie", "fallback": str(reason)}
    return result, {"engine": "quick", "diagnostics": diagnostics}


def _by_nuts(model: "pm.Model", settings: dict[str, int], sampling: Sampling) -> "xr.DataTree":
    from casualty_models.inference.nuts import nuts_result

    show = sys.stderr.isatty() if sampling.progress is None else sampling.progress
    threads = {"threads": sampling.threads} if sampling.threads else {}
    return nuts_result(model, settings | threads, sampling.target_accept, show)
