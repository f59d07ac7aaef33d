r"""Latent classes with a stick-breaking prior: density and gradient in coordinates without bounds.

A person belongs to class k with probability :math:`\nu_k` and is then on list j with probability
:math:`\lambda_{jk}`, whatever the other lists say:

.. math:: \pi_x = \sum_k \nu_k \prod_j \lambda_{jk}^{x_j} (1 - \lambda_{jk})^{1 - x_j}, \qquad
          \nu_k = (1 - e^{-h_k}) \, e^{-(h_1 + \dots + h_{k-1})}.

With :math:`h_k \sim \text{Exponential}(\alpha)` the sticks :math:`1 - e^{-h_k}` are
:math:`\text{Beta}(1, \alpha)`; the last class takes what is left. Integrating
:math:`\alpha \sim \text{Gamma}(a, b)` out leaves, with :math:`S = \sum_k h_k` and K classes,

.. math:: p(h) = \frac{b^a \, \Gamma(a + K - 1)}{\Gamma(a)} (b + S)^{-(a + K - 1)}.

A state is the column of :math:`\text{logit} \lambda` and :math:`\log h`: without bounds, and with a
log-concave prior, so without the funnel that an alpha near 0 makes. The likelihood is that of the
people seen, :math:`\prod_x [\pi_x / (1 - \pi_0)]^{n_x}`: what is left when the unseen are summed
out under :math:`p(N) \propto 1/N`. An alpha can be drawn afterwards, from Gamma(a + K - 1, b + S).

Source: Manrique-Vallier (2016), Biometrics 72:1246-1254.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy.special import gammaln

from casualty_models.capture.latent_class_priors import LatentClassPriors

# Where the path of densities starts: with alpha about 2, so that every class holds people.
REFERENCE = (8.0, 4.0)
# Beyond these no number that matters changes, and none over- or underflows.
_LARGEST_LOGIT = 230.0
_LARGEST_LOG_HAZARD = 700.0
_LEAST_CELL = 1e-250


@dataclass(frozen=True, eq=False)
class StickBreaking:
    """The fixed parts of the model.

    Parameters
    ----------
    patterns
        Lists of each cell: 0/1 as floats, shape (cells, lists).
    classes
        Number of classes K.
    priors
        Of the capture shares and of alpha.
    """

    patterns: np.ndarray
    classes: int
    priors: LatentClassPriors

    @property
    def lists(self) -> int:
        """Number of lists J."""
        return self.patterns.shape[1]

    def split(self, state: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return views of the logits of the capture shares (list, class, ...) and of log h."""
        corner = self.lists * self.classes
        logits = state[:corner].reshape(self.lists, self.classes, *state.shape[1:])
        return logits, state[corner:]


class _Classes(NamedTuple):
    """The classes that a state describes."""

    logits: np.ndarray  # of capture shares: (list, class, ...)
    odds: np.ndarray
    hazards: np.ndarray  # (class - 1, ...)
    log_shares: np.ndarray  # (class, ...)
    missed: np.ndarray  # log chance to be on no list: (class, ...)


def draw_reference(
    model: StickBreaking, rng: np.random.Generator, shape: tuple[int, ...]
) -> np.ndarray:
    """Return exact draws from the prior, but with `REFERENCE` as that of alpha."""
    a, b = model.priors.share
    size = (model.lists, model.classes, *shape)
    logits = _log_gamma_draws(rng, a, size) - _log_gamma_draws(rng, b, size)
    alpha = rng.gamma(REFERENCE[0], 1 / REFERENCE[1], shape)
    log_hazards = np.log(rng.exponential(size=(model.classes - 1, *shape)) / alpha)
    return np.concatenate([logits.reshape(-1, *shape), log_hazards])


def class_shares(log_hazards: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the hazards h and the log shares of the classes."""
    hazards = np.exp(np.clip(log_hazards, -_LARGEST_LOG_HAZARD, _LARGEST_LOG_HAZARD))
    log_shares = np.zeros((len(log_hazards) + 1, *log_hazards.shape[1:]))
    log_shares[:-1] = np.log(-np.expm1(-hazards))
    log_shares[1:] -= np.cumsum(hazards, axis=0)
    return hazards, log_shares


def log_odds_unseen(model: StickBreaking, state: np.ndarray) -> np.ndarray:
    r"""Return :math:`\log[\pi_0 / (1 - \pi_0)]`."""
    classes = _classes(model, state)
    unseen = np.logaddexp.reduce(classes.log_shares + classes.missed, axis=0)
    return unseen - np.log(_seen(classes))


def log_features(model: StickBreaking, state: np.ndarray) -> np.ndarray:
    r"""Return what the path from reference to posterior weighs: shape (cells + 1, ...).

    These are :math:`\log[\pi_x / (1 - \pi_0)]` of each cell, then the log ratio of the prior of
    the sticks to the reference.
    """
    classes = _classes(model, state)
    cells = _joint(model, classes).sum(axis=1) + _LEAST_CELL
    log_cells = np.log(cells) - np.log(_seen(classes))
    total, sticks = classes.hazards.sum(axis=0), model.classes - 1
    ratio = _log_stick_prior(model.priors.concentration, sticks, total)
    ratio -= _log_stick_prior(REFERENCE, sticks, total)
    return np.concatenate([log_cells, ratio[None]])


def log_density(
    model: StickBreaking, state: np.ndarray, weights: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    r"""Return the log density of the states, up to a constant, and its gradient.

    The gradient is that of an expectation step: with :math:`c_{jk}` the people seen whom class k
    is expected to have on list j, and :math:`m_k, u_k` its seen and unseen,

    .. math:: \frac{\partial}{\partial \, \text{logit} \lambda_{jk}}
              = c_{jk} + a - \lambda_{jk} (m_k + u_k + a + b).

    Parameters
    ----------
    model
        The fixed parts.
    state
        Shape (dimension, populations, particles).
    weights
        Of the features, shape (cells + 1, populations): the counts, then how far the prior of the
        sticks has come from the reference (0) to the model's (1).
    """
    a, b = model.priors.share
    counts, heat = weights[:-1, :, None], weights[-1, :, None]
    people = counts.sum(axis=0)
    classes = _classes(model, state)
    joint, seen = _joint(model, classes), _seen(classes)
    cells = joint.sum(axis=1) + _LEAST_CELL
    value = (counts * np.log(cells)).sum(axis=0) - people * np.log(seen)
    value += a * classes.logits.sum(axis=(0, 1)) + (a + b) * classes.missed.sum(axis=0)
    joint *= (counts / cells)[:, None]
    captured = model.patterns.T @ joint.reshape(len(joint), -1)
    members = joint.sum(axis=0)
    everyone = np.exp(classes.log_shares) * (people / seen)
    unseen = everyone * np.exp(classes.missed)
    gradient = np.empty_like(state)
    by_logit, by_log_hazard = model.split(gradient)
    by_logit[...] = captured.reshape(by_logit.shape) + a
    by_logit -= classes.odds / (1 + classes.odds) * (members + unseen + (a + b))
    sticks, slope = _stick_prior(model, model.split(state)[1], classes.hazards, heat)
    by_log_hazard[...] = slope + _by_log_hazard(classes.hazards, members + unseen - everyone)
    return value + sticks, gradient


def _classes(model: StickBreaking, state: np.ndarray) -> _Classes:
    logits, log_hazards = model.split(state)
    logits = np.clip(logits, -_LARGEST_LOGIT, _LARGEST_LOGIT)
    odds = np.exp(logits)
    return _Classes(logits, odds, *class_shares(log_hazards), -np.log1p(odds).sum(axis=0))


def _joint(model: StickBreaking, classes: _Classes) -> np.ndarray:
    """Return the probability of each cell and class: shape (cells, class, ...)."""
    flat = model.patterns @ classes.logits.reshape(model.lists, -1)
    joint = flat.reshape(-1, *classes.missed.shape)
    joint += classes.log_shares + classes.missed
    return np.exp(joint, out=joint)


def _seen(classes: _Classes) -> np.ndarray:
    r"""Return :math:`1 - \pi_0`, without loss of digits where it is small."""
    return -(np.exp(classes.log_shares) * np.expm1(classes.missed)).sum(axis=0)


def _log_gamma_draws(rng: np.random.Generator, shape: float, size: tuple[int, ...]) -> np.ndarray:
    """Return logs of Gamma(shape, 1) draws, which do not underflow where the shape is small."""
    return np.log(rng.gamma(shape + 1, size=size)) - rng.exponential(size=size) / shape


def _log_stick_prior(
    concentration: tuple[float, float], sticks: int, total: np.ndarray
) -> np.ndarray:
    a, b = concentration
    constant = a * np.log(b) + gammaln(a + sticks) - gammaln(a)
    return constant - (a + sticks) * np.log(b + total)


def _stick_prior(
    model: StickBreaking, log_hazards: np.ndarray, hazards: np.ndarray, heat: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return the log prior of log h on the path, up to a constant, and its gradient."""
    total, sticks = hazards.sum(axis=0), model.classes - 1
    value, slope = log_hazards.sum(axis=0), np.ones_like(hazards)
    for part, (a, b) in ((1 - heat, REFERENCE), (heat, model.priors.concentration)):
        value = value - part * (a + sticks) * np.log(b + total)
        slope -= hazards * (part * (a + sticks) / (b + total))
    return value, slope


def _by_log_hazard(hazards: np.ndarray, by_log_share: np.ndarray) -> np.ndarray:
    """Turn a gradient by the log shares into one by log h."""
    later = np.cumsum(by_log_share[:0:-1], axis=0)[::-1]
    own = hazards / np.expm1(np.minimum(hazards, _LARGEST_LOG_HAZARD))
    return by_log_share[:-1] * own - hazards * later
