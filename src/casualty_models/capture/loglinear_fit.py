r"""Fits of log-linear models: modes, Laplace evidence, importance sampling.

With :math:`p(N) \propto 1/N` the unseen count can be summed out, and what is left is the
probability of the cells given that a person was seen,

.. math:: p(\text{data} \mid \gamma) \propto \prod_{x \ne 0}
          \left[\frac{e^{\eta_x}}{\sum_{y \ne 0} e^{\eta_y}}\right]^{n_x},
          \qquad \eta_x = \sum_S \gamma_S \prod_{j \in S} (x_j - \tfrac12).

Given the coefficients the unseen count is negative binomial, with the odds of being unseen
:math:`e^{\eta_0} / \sum_{y \ne 0} e^{\eta_y}`. The log posterior of :math:`\gamma` under normal
priors is concave: Newton's method finds its one mode for many models at once. Laplace's
approximation there serves to sort the models; importance sampling from a Student distribution
around the mode, whose tails are heavier than those of the posterior, gives the evidence and the
draws that are reported.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import gammaln, logsumexp

STUDENT_DF = 8
_ROUNDS = 100
_TOLERANCE = 1e-9
_BLOCK = 1 << 19


@dataclass(frozen=True, eq=False)
class Problem:
    """The data and prior of all models in a space.

    Parameters
    ----------
    cells
        Counts of the observable cells.
    design
        Value of each term in each cell, people on no list first.
    precision
        Prior precision of each coefficient.

    Examples
    --------
    >>> import numpy as np
    >>> from casualty_models.capture.loglinear_fit import Problem
    >>> Problem(np.array([12, 20, 7]), np.zeros((4, 2)), np.ones(2)).cells.sum()
    np.int64(39)
    """

    cells: np.ndarray
    design: np.ndarray
    precision: np.ndarray

    def log_likelihood(self, eta: np.ndarray) -> np.ndarray:
        """Return the log likelihood; the last axis of eta runs over all cells."""
        seen = self.cells.sum()
        ways = gammaln(seen + 1) - gammaln(self.cells + 1).sum()
        return ways + eta[..., 1:] @ self.cells - seen * logsumexp(eta[..., 1:], axis=-1)

    def log_prior(self, coefficients: np.ndarray, active: np.ndarray) -> np.ndarray:
        """Return the log prior density of the active coefficients."""
        terms = np.log(self.precision / (2 * np.pi)) - self.precision * coefficients**2
        return (terms * active).sum(axis=-1) / 2


@dataclass(frozen=True, eq=False)
class Modes:
    """The modes of many models.

    Parameters
    ----------
    active
        Which terms each model has: shape (models, terms).
    coefficients
        At the mode; zero where a model has no such term.
    log_evidence
        Laplace's approximation.
    converged
        Whether Newton's method came to rest.
    """

    active: np.ndarray
    coefficients: np.ndarray
    log_evidence: np.ndarray
    converged: np.ndarray


def find_modes(problem: Problem, active: np.ndarray) -> Modes:
    """Return the posterior modes and Laplace evidences of many models.

    Parameters
    ----------
    problem
        Data and prior.
    active
        Which terms each model has: shape (models, terms).

    Returns
    -------
    The modes.

    Examples
    --------
    >>> import numpy as np
    >>> from casualty_models.capture.hierarchical import model_space
    >>> from casualty_models.capture.loglinear_fit import Problem, find_modes
    >>> space, cells = model_space(3), np.array([244, 48, 142, 60, 111, 4, 12])
    >>> problem = Problem(cells, space.design(), np.ones(6))
    >>> modes = find_modes(problem, space.active(space.all_models()))
    >>> int(modes.log_evidence.argmax()), bool(modes.converged.all())
    (5, True)
    """
    rows = max(1, _BLOCK // problem.design.size)
    blocks = [_modes(problem, active[i : i + rows]) for i in range(0, len(active), rows)]
    return Modes(active, *(np.concatenate(parts) for parts in zip(*blocks, strict=True)))


def _modes(problem: Problem, active: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    coefficients = np.zeros(active.shape)
    value = _log_joint(problem, coefficients, active)
    moving = np.arange(len(active))
    for _ in range(_ROUNDS):
        gradient, curvature = _derivatives(problem, coefficients[moving], active[moving])
        step = np.linalg.solve(curvature, gradient[..., None])[..., 0]
        gain = (gradient * step).sum(axis=-1)
        moving, step = moving[gain > _TOLERANCE], step[gain > _TOLERANCE]
        if not len(moving):
            break
        coefficients[moving], value[moving] = _damped(
            problem, active[moving], coefficients[moving], value[moving], step
        )
    _, curvature = _derivatives(problem, coefficients, active)
    volume = active.sum(axis=1) * np.log(2 * np.pi) - np.linalg.slogdet(curvature)[1]
    converged = ~np.isin(np.arange(len(active)), moving)
    return coefficients, value + volume / 2, converged


def _damped(
    problem: Problem, active: np.ndarray, start: np.ndarray, value: np.ndarray, step: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Take each model's step, halved as often as the log posterior would fall."""
    length = np.ones(len(start))
    for _ in range(40):
        moved = start + length[:, None] * step
        after = _log_joint(problem, moved, active)
        fell = ~(after >= value - 1e-9)
        if not fell.any():
            break
        length[fell] /= 2
    return moved, after


def _log_joint(problem: Problem, coefficients: np.ndarray, active: np.ndarray) -> np.ndarray:
    eta = coefficients @ problem.design.T
    return problem.log_likelihood(eta) + problem.log_prior(coefficients, active)


def _derivatives(
    problem: Problem, coefficients: np.ndarray, active: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return gradient and negative curvature; terms that a model lacks stay where they are."""
    design, seen = problem.design[1:], problem.cells.sum()
    eta = coefficients @ design.T
    share = np.exp(eta - logsumexp(eta, axis=1, keepdims=True))
    mean = share @ design
    gradient = (problem.cells @ design - seen * mean - problem.precision * coefficients) * active
    # A product per model: one for all would be split over threads that wait for each other.
    spread = (share[:, None, :] * design.T) @ design
    curvature = seen * (spread - mean[:, :, None] * mean[:, None, :])
    curvature += np.diag(problem.precision)
    both = active[:, :, None] & active[:, None, :]
    return gradient, np.where(both, curvature, np.eye(active.shape[1]))


@dataclass(frozen=True, eq=False)
class Sample:
    """Weighted draws of models and their coefficients.

    Parameters
    ----------
    model
        The row of the model of each draw.
    log_odds
        Log odds of being unseen.
    log_weight
        Log importance weights, relative to Laplace's evidence of the model.

    Examples
    --------
    >>> import numpy as np
    >>> from casualty_models.capture.loglinear_fit import Sample
    >>> Sample(np.zeros(4, dtype=int), np.zeros(4), np.zeros(4)).effective_share
    1.0
    """

    model: np.ndarray
    log_odds: np.ndarray
    log_weight: np.ndarray

    @property
    def weight(self) -> np.ndarray:
        """The weights of the draws, which sum to 1."""
        return np.exp(self.log_weight - logsumexp(self.log_weight))

    @property
    def effective_share(self) -> float:
        """The effective sample size as a share of the draws."""
        return float(1.0 / (self.weight**2).sum() / len(self.weight))

    @property
    def log_mean_weight(self) -> float:
        """The log of the mean weight: what to add to Laplace's log evidence."""
        return float(logsumexp(self.log_weight) - np.log(len(self.log_weight)))


def sample_models(
    problem: Problem, modes: Modes, chosen: np.ndarray, rng: np.random.Generator
) -> Sample:
    """Draw the coefficients of the chosen models by importance sampling.

    Parameters
    ----------
    problem, modes
        Data, prior, and the modes found for them.
    chosen
        Row of the model of each draw.
    rng
        Source of randomness.

    Returns
    -------
    Weighted draws.

    Examples
    --------
    >>> import numpy as np
    >>> from casualty_models.capture.hierarchical import model_space
    >>> from casualty_models.capture.loglinear_fit import Problem, find_modes, sample_models
    >>> space, cells = model_space(3), np.array([244, 48, 142, 60, 111, 4, 12])
    >>> problem = Problem(cells, space.design(), np.ones(6))
    >>> modes = find_modes(problem, space.active(space.all_models()))
    >>> draws = sample_models(problem, modes, np.full(500, 4), np.random.default_rng(1))
    >>> draws.effective_share > 0.8, abs(draws.log_mean_weight) < 0.05
    (True, True)
    """
    rows = max(1, _BLOCK // problem.design.shape[1] ** 2)
    blocks = [
        _sample(problem, modes, chosen[i : i + rows], rng) for i in range(0, len(chosen), rows)
    ]
    return Sample(chosen, *(np.concatenate(parts) for parts in zip(*blocks, strict=True)))


def _sample(
    problem: Problem, modes: Modes, chosen: np.ndarray, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    models, row = np.unique(chosen, return_inverse=True)
    active, mode = modes.active[models], modes.coefficients[models]
    # The spread of the proposal is the inverse of the curvature, here by its Cholesky factor. Terms
    # that a model lacks have curvature 1 and draws 0: they stay zero and add nothing.
    factor = np.linalg.cholesky(_derivatives(problem, mode, active)[1])
    normal = rng.standard_normal((len(chosen), active.shape[1])) * active[row]
    normal /= np.sqrt(rng.chisquare(STUDENT_DF, len(chosen)) / STUDENT_DF)[:, None]
    moved = np.linalg.solve(np.swapaxes(factor, 1, 2)[row], normal[..., None])[..., 0]
    coefficients = mode[row] + moved
    eta = coefficients @ problem.design.T
    volume = np.log(np.diagonal(factor, axis1=1, axis2=2)).sum(axis=1)[row]
    proposal = _log_student(normal, active.sum(axis=1)[row]) + volume
    joint = problem.log_likelihood(eta) + problem.log_prior(coefficients, active[row])
    log_odds = eta[:, 0] - logsumexp(eta[:, 1:], axis=1)
    return log_odds, joint - proposal - modes.log_evidence[chosen]


def _log_student(standard: np.ndarray, dimensions: np.ndarray) -> np.ndarray:
    """Return the log density of the standard multivariate Student distribution."""
    total = STUDENT_DF + dimensions
    constant = gammaln(total / 2) - gammaln(STUDENT_DF / 2)
    constant -= dimensions / 2 * np.log(STUDENT_DF * np.pi)
    return constant - total / 2 * np.log1p((standard**2).sum(axis=1) / STUDENT_DF)
