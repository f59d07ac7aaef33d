"""The toll model as a method: priors learned without the fold, then a fit of each event."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from casualty_models.batch import fit_many
from casualty_models.inference import fit
from casualty_models.models.history import history_model
from casualty_models.models.learned import learned_priors

if TYPE_CHECKING:
    import xarray as xr

    from casualty_models.backtest.replay import Learn, Predict
    from casualty_models.events import Event

LEARNING: dict[str, Any] = {"draws": 500, "tune": 800, "chains": 2, "target_accept": 0.9}
FORECAST: dict[str, Any] = {"draws": 400, "tune": 500, "chains": 2, "target_accept": 0.9}


def toll_method(events: "Sequence[Event]", *, random_seed: int = 0) -> "Learn":
    """Return the toll model, with priors learned from the training events, as a method.

    Parameters
    ----------
    events
        All settled events, those held out included: the history model of every fold has the same
        structure, so it is compiled once. What is held out is not learned from.
    random_seed
        Seed of every fit.

    Examples
    --------
    >>> from casualty_models.backtest import BASELINES, forecasts, settled_events
    >>> events = settled_events()
    >>> made = forecasts(events, toll_method(events))  # doctest: +SKIP
    """

    def learn(train: "Sequence[Event]") -> "Predict":
        known = {event.id for event in train}
        without = [event.id for event in events if event.id not in known]
        model = history_model(events, without=without)
        fitted = fit(model, random_seed=random_seed, predictions=False, **LEARNING)
        posterior = fitted["posterior"].to_dataset()

        def predict(seen: "Sequence[Event]") -> list[np.ndarray | None]:
            priors = [learned_priors(posterior, e.kind, e.mechanism) for e in seen]
            results = fit_many(seen, priors=priors, random_seed=random_seed, **FORECAST)
            return [_log_toll(result) for result in results]

        return predict

    return learn


def _log_toll(result: "xr.DataTree | Exception") -> np.ndarray | None:
    if isinstance(result, Exception):
        return None
    return np.log(result.posterior["true_killed"].values.ravel())
