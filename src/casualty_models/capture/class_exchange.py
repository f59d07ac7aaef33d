r"""Exchange of classes: a move that changes their order, which only the prior knows.

The likelihood of latent classes does not depend on their order; the stick-breaking prior does. On
the simplex of shares, where an exchange of two classes changes no volume, that prior is, with alpha
integrated out and :math:`\tau_k = \nu_k + \dots + \nu_K`,

.. math:: p(\nu) \propto (b - \log \nu_K)^{-(a + K - 1)} \prod_{k=2}^{K} \tau_k^{-1},

so a Metropolis step costs no look at the data.

Source: Papaspiliopoulos and Roberts (2008), Biometrika 95:169-186, who exchange labels given alpha.
"""

import numpy as np

from casualty_models.capture.stick_breaking import REFERENCE, StickBreaking, class_shares

_LEAST_HAZARD = 1e-304


def exchange_classes(
    model: StickBreaking, rng: np.random.Generator, state: np.ndarray, heat: np.ndarray
) -> np.ndarray:
    """Try to exchange as many pairs of classes as there can be at once, and return the states.

    Parameters
    ----------
    model
        The fixed parts.
    rng
        Source of chance.
    state
        Shape (dimension, populations, particles).
    heat
        How far each population's prior of the sticks has come from the reference (0) to the
        model's (1).
    """
    if model.classes == 1:
        return state
    logits, log_hazards = model.split(state)
    log_shares = class_shares(log_hazards)[1]
    start = np.broadcast_to(np.arange(model.classes)[:, None, None], log_shares.shape)
    order = start
    density = _log_share_prior(model, log_shares, heat[:, None])
    for _ in range(model.classes // 2):
        turn = np.arange(model.classes)
        first, second = rng.choice(model.classes, 2, replace=False)
        turn[[first, second]] = second, first
        after = _log_share_prior(model, log_shares[turn], heat[:, None])
        accept = np.log(rng.random(density.shape)) < after - density
        density = np.where(accept, after, density)
        log_shares = np.where(accept, log_shares[turn], log_shares)
        order = np.where(accept, order[turn], order)
    turned = np.take_along_axis(logits, order[None], axis=1).reshape(-1, *state.shape[1:])
    moved = (order != start).any(axis=0)
    return np.concatenate([turned, np.where(moved, _log_hazards(log_shares), log_hazards)])


def _log_rest(log_shares: np.ndarray) -> np.ndarray:
    r"""Return the logs of :math:`\tau`, what is left before each class takes its share."""
    return np.logaddexp.accumulate(log_shares[::-1], axis=0)[::-1]


def _log_share_prior(model: StickBreaking, log_shares: np.ndarray, heat: np.ndarray) -> np.ndarray:
    value = -_log_rest(log_shares)[1:].sum(axis=0)
    for part, (a, b) in ((1 - heat, REFERENCE), (heat, model.priors.concentration)):
        value = value - part * (a + model.classes - 1) * np.log(b - log_shares[-1])
    return value


def _log_hazards(log_shares: np.ndarray) -> np.ndarray:
    hazards = np.logaddexp(0.0, log_shares[:-1] - _log_rest(log_shares)[1:])
    return np.log(np.maximum(hazards, _LEAST_HAZARD))
