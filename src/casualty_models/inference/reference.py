"""A first approximation of a posterior: a Student-t shape around its highest point."""

from dataclasses import dataclass

import numpy as np

from casualty_models.inference.modes import Gradient, climb
from casualty_models.inference.trust import NotTrusted

SEARCHES = 48
SHAPE_DF, SHAPE_SCALE = 8.0, 1.4  # wider than the posterior, and with longer tails
WIDEST = 2.0  # times the prior
DIFFERENCE = 1e-3
APART = 1.0  # standard deviations
DEEP = 2.5  # fall of the log density between two tops that the moves cannot cross freely
SMALLEST_MASS = 0.01


@dataclass(frozen=True)
class Reference:
    """Independent Student-t variables :math:`z`, and the points ``location + root z``.

    Attributes
    ----------
    location
        The highest point of the posterior.
    root
        Square root of the covariance that the curvature there implies.
    """

    location: np.ndarray
    root: np.ndarray

    def points(self, z: np.ndarray) -> np.ndarray:
        """Return the points of standard variables."""
        return self.location + z @ self.root.T

    def draw(self, number: int, rng: np.random.Generator) -> np.ndarray:
        """Return standard variables."""
        return SHAPE_SCALE * rng.standard_t(SHAPE_DF, (number, len(self.location)))

    def gradient(self, z: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the log density (but for a constant) of standard variables, and its gradient."""
        width = SHAPE_DF * SHAPE_SCALE**2
        value = -0.5 * (SHAPE_DF + 1.0) * np.log1p(z**2 / width).sum(axis=1)
        return value, -(SHAPE_DF + 1.0) * z / (width + z**2)


def find_reference(gradient: Gradient, prior: np.ndarray, rng: np.random.Generator) -> Reference:
    """Return the approximation of a posterior, found from draws of its prior.

    Parameters
    ----------
    gradient
        Log density and gradient of a batch of points.
    prior
        Draws from the prior, one point a row; the searches for the highest point start there.
    rng
        Chooses the draws to start from.

    Raises
    ------
    NotTrusted
        If there is no highest point, or more than one.

    Examples
    --------
    >>> import numpy as np
    >>> from casualty_models.inference.reference import find_reference
    >>> rng = np.random.default_rng(1)
    >>> normal = lambda x: (-0.5 * ((x - 3) ** 2).sum(axis=1), 3 - x)
    >>> find_reference(normal, rng.normal(size=(100, 1)), rng).root.round(3)
    array([[1.]])
    """
    prior = prior[np.isfinite(prior).all(axis=1)]
    if not len(prior):
        raise NotTrusted("the prior gives no finite values")
    center = np.median(prior, axis=0)
    lower, upper = np.quantile(prior, [0.16, 0.84], axis=0)
    unit = np.where(upper > lower, (upper - lower) / 2, 1.0)

    def scaled(points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        value, slope = gradient(center + unit * points)
        return value, slope * unit

    starts = _starts(scaled, (prior - center) / unit, rng)
    reached, height, top = climb(scaled, starts)
    if 2 * top.sum() < len(starts):
        raise NotTrusted("the posterior has no clear highest point, as a funnel has none")
    reached, height = reached[top], height[top]
    best = np.argmax(height)
    root, log_size = _spread(scaled, reached[best])
    distance = np.linalg.norm(np.linalg.solve(root, (reached - reached[best]).T), axis=0)
    for other in np.flatnonzero(distance > APART):
        mass = height[other] + _spread(scaled, reached[other])[1] - height[best] - log_size
        if mass > np.log(SMALLEST_MASS) and _valley(scaled, reached[best], reached[other]) > DEEP:
            raise NotTrusted("the posterior has more than one peak")
    return Reference(center + unit * reached[best], unit[:, None] * root)


def _starts(gradient: Gradient, draws: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return draws from the prior to search from: half of them likely ones, half of them any."""
    value, _ = gradient(draws)
    possible = np.flatnonzero(np.isfinite(value))
    if not possible.size:
        raise NotTrusted("no draw from the prior is possible given the data")
    rank = np.argsort(np.argsort(-value[possible]))
    chance = 1.0 / (1.0 + rank)
    likely = rng.choice(possible, SEARCHES // 2, p=chance / chance.sum())
    return draws[np.concatenate([likely, rng.choice(possible, SEARCHES - len(likely))])]


def _spread(gradient: Gradient, top: np.ndarray) -> tuple[np.ndarray, float]:
    """Return the square root of the covariance at a top, and the logarithm of its determinant."""
    size = len(top)
    shifts = DIFFERENCE * np.eye(size)
    _, slope = gradient(np.concatenate([top + shifts, top - shifts]))
    curvature = (slope[size:] - slope[:size]) / (2.0 * DIFFERENCE)
    values, axes = np.linalg.eigh((curvature + curvature.T) / 2.0)
    values = np.maximum(values, WIDEST**-2)
    return axes / np.sqrt(values), float(-0.5 * np.log(values).sum())


def _valley(gradient: Gradient, one: np.ndarray, other: np.ndarray) -> float:
    """Return how far the log density falls on the straight way between two tops."""
    way = np.linspace(one, other, 15)
    value, _ = gradient(way)
    return float(min(value[0], value[-1]) - value.min())
