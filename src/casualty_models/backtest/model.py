"""The toll model as a method: priors learned without the fold, then a fit of each event."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from casualty_models.backtest.ablation import Ablation
from casualty_models.batch import fit_many
from casualty_models.inference import fit
from casualty_models.models.history import HYPERPARAMETERS, history_model
from casualty_models.models.learned import learned_priors
from casualty_models.priors import TollPriors

if TYPE_CHECKING:
    import pymc as pm
    import xarray as xr

    from casualty_models.backtest.replay import Learn, Predict
    from casualty_models.events import Event

LEARNING: dict[str, Any] = {"draws": 500, "tune": 800, "chains": 2, "target_accept": 0.9}
FORECAST: dict[str, Any] = {"draws": 400, "tune": 500, "chains": 2, "target_accept": 0.9}


def toll_method(
    events: "Sequence[Event]",
    *,
    without: Ablation | None = None,
    learning: Mapping[str, Any] = LEARNING,
    random_seed: int = 0,
) -> "Learn":
    """Return the toll model, with priors learned from the training events, as a method.

    Parameters
    ----------
    events
        All settled events, those held out included: the history model of every fold has the same
        structure, so it is compiled once. What is held out is not learned from.
    without
        A step of the model to take out; see `ABLATIONS`.
    learning
        Draws, tune and chains of the history model.
    random_seed
        Seed of every fit.

    Examples
    --------
    >>> from casualty_models.backtest import BASELINES, forecasts, settled_events
    >>> events = settled_events()
    >>> made = forecasts(events, toll_method(events))  # doctest: +SKIP
    """
    ablation = without or Ablation()

    def learn(train: "Sequence[Event]") -> "Predict":
        known = {event.id: event for event in train}
        held_out = [event.id for event in events if event.id not in known]
        history = [ablation.change(known.get(event.id, event)) for event in events]
        model = _holding(history_model(history, without=held_out), ablation.fixed)
        fitted = fit(model, random_seed=random_seed, predictions=False, **learning)
        posterior = _with_held(fitted["posterior"].to_dataset(), ablation.fixed)

        def predict(seen: "Sequence[Event]") -> list[np.ndarray | None]:
            then = [ablation.change(event) for event in seen]
            priors = [
                _changed(learned_priors(posterior, event.kind, event.mechanism), ablation)
                for event in then
            ]
            results = fit_many(then, priors=priors, random_seed=random_seed, **FORECAST)
            return [_log_toll(result) for result in results]

        return predict

    return learn


def _changed(priors: TollPriors, ablation: Ablation) -> TollPriors:
    """Return learned priors with those of an ablation in place."""
    changes: dict[str, Any] = dict(ablation.priors)
    for name, sigma in ablation.sigma.items():
        changes[name] = replace(getattr(priors, name), sigma=sigma)
    return replace(priors, **changes)


def _holding(model: "pm.Model", fixed: Mapping[str, float]) -> "pm.Model":
    """Return the model with some of its variables held at a value."""
    import pymc as pm

    if not fixed:
        return model
    shapes = model.eval_rv_shapes()
    starts = {rv.name: start for rv, start in model.rvs_to_initial_values.items()}
    for variable in model.free_RVs:  # pm.do takes no model with a start of its own
        model.set_initval(variable, None)
    held = pm.do(model, {name: np.full(shapes[name], value) for name, value in fixed.items()})
    for variable in held.free_RVs:
        held.set_initval(variable, starts[variable.name])
    held.structure = (*model.structure, *fixed.items())
    return held


def _with_held(posterior: "xr.Dataset", fixed: Mapping[str, float]) -> "xr.Dataset":
    """Return the draws with those of held hyperparameters, which need some spread as a prior."""
    like = posterior["count_noise"]
    spread = np.exp(0.01 * np.random.default_rng(0).normal(size=like.shape))
    held = {name: like.copy(data=fixed[name] * spread) for name in fixed if name in HYPERPARAMETERS}
    return posterior.assign(held)


def _log_toll(result: "xr.DataTree | Exception") -> np.ndarray | None:
    if isinstance(result, Exception):
        return None
    return np.log(result.posterior["true_killed"].values.ravel())
