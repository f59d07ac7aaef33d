"""Where the quick engine starts: a shape as wide as the prior, with tails as long."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from casualty_models.inference.hamiltonian import Gradient
from casualty_models.inference.trust import NotTrusted

SHAPE_DF, SHAPE_SCALE = 8.0, 1.4  # wider than the prior, and with longer tails
FARTHEST = 5.0  # half-widths from the middle at which a draw counts for the covariance
RIDGE = 1e-6
TAILS = (0.025, 0.16, 0.84, 0.975)  # probabilities; of a normal variable at +-1.96 and +-0.99
FAR = 1.96
TAIL_RANGE = (0.05, 0.15)  # below, a tail counts as normal; above, moves diverge more often


@dataclass(frozen=True)
class Reference:
    r"""Independent standard variables :math:`z` and the points that they stand for.

    .. math:: x = l + A y, \qquad y_j = z_j e^{h_j z_j^2 / 2}

    What has long tails under the prior has short ones on the scale of :math:`z`, where moves
    forget it as fast as the rest.

    Attributes
    ----------
    location
        The middle :math:`l` of the prior.
    root
        Square root :math:`A` of its covariance.
    tail
        The weight :math:`h` of the tail of each variable; 0 for those of normal ones.

    Notes
    -----
    The h-distributions of Tukey: Hoaglin 1985, in Exploring Data Tables, Trends, and Shapes,
    chapter 11.
    """

    location: np.ndarray
    root: np.ndarray
    tail: np.ndarray

    @cached_property
    def _long(self) -> np.ndarray:
        """Which variables have long tails; all others stand for themselves."""
        return np.flatnonzero(self.tail)

    def points(self, z: np.ndarray) -> np.ndarray:
        """Return the points of standard variables."""
        _, growth = self._growth(z[:, self._long])
        return self.location + columns_scaled(z, self._long, growth) @ self.root.T

    def pulled(self, gradient: Gradient) -> Gradient:
        """Return the log density and gradient of standard variables, given those of points."""
        long = self._long
        tail = self.tail[long]

        def standard(z: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
            far = z[:, long]
            square, growth = self._growth(far)
            y = columns_scaled(z, long, growth)
            value, slope = gradient(self.location + y @ self.root.T)
            slope = slope @ self.root
            slope[:, long] *= growth * (1.0 + square)
            slope[:, long] += tail * far * (1.0 + 2.0 / (1.0 + square))
            return value + _log_volume(square), slope

        return standard

    def log_volume(self, z: np.ndarray) -> np.ndarray:
        """Return by how much variables are stretched, but for the constant of the root."""
        return _log_volume(self._growth(z[:, self._long])[0])

    def _growth(self, far: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return :math:`h z^2` and :math:`y / z` of the variables with long tails."""
        square = self.tail[self._long] * far**2
        return square, np.exp(0.5 * square)

    def draw(self, number: int, rng: np.random.Generator) -> np.ndarray:
        """Return standard variables, of Student-t distributions."""
        return SHAPE_SCALE * rng.standard_t(SHAPE_DF, (number, len(self.location)))

    def gradient(self, z: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the log density (but for a constant) of standard variables, and its gradient."""
        width = SHAPE_DF * SHAPE_SCALE**2
        value = -0.5 * (SHAPE_DF + 1.0) * np.log1p(z**2 / width).sum(axis=1)
        return value, -(SHAPE_DF + 1.0) * z / (width + z**2)


def columns_scaled(points: np.ndarray, columns: np.ndarray, factor: np.ndarray) -> np.ndarray:
    """Return points of which some columns are multiplied.

    Parameters
    ----------
    points
        One point a row.
    columns
        Which columns.
    factor
        Of each point in each of these columns.

    Examples
    --------
    >>> import numpy as np
    >>> from casualty_models.inference.reference import columns_scaled
    >>> columns_scaled(np.ones((1, 3)), np.array([2]), np.array([[5.0]]))
    array([[1., 1., 5.]])
    """
    scaled = points.copy()
    scaled[:, columns] *= factor
    return scaled


def _log_volume(square: np.ndarray) -> np.ndarray:
    volume: np.ndarray = (0.5 * square + np.log1p(square)).sum(axis=1)
    return volume


def wide_reference(prior: np.ndarray) -> Reference:
    """Return the shape to start from: everything that the prior allows lies within it.

    A start around the highest point of the posterior would be nearer, but may miss a plateau, and
    then no diagnostic sees what is missing.

    Parameters
    ----------
    prior
        Draws from the prior, one point a row.

    Raises
    ------
    NotTrusted
        If no draw is finite.

    Examples
    --------
    >>> import numpy as np
    >>> from casualty_models.inference.reference import wide_reference
    >>> prior = np.random.default_rng(1).normal(3, 2, (100_000, 1))
    >>> wide_reference(prior).location.round(1), wide_reference(prior).root.round(1)
    (array([3.]), array([[2.]]))
    """
    prior = prior[np.isfinite(prior).all(axis=1)]
    if not len(prior):
        raise NotTrusted("the prior gives no finite values")
    center = np.median(prior, axis=0)
    lower, upper = np.quantile(prior, TAILS[1:3], axis=0)
    unit = np.where(upper > lower, (upper - lower) / 2.0, 1.0)
    scaled = (prior - center) / unit
    near = np.clip(scaled, -FARTHEST, FARTHEST)
    covariance = np.atleast_2d(np.cov(near, rowvar=False, ddof=0)) + RIDGE * np.eye(len(unit))
    root = np.linalg.cholesky(covariance)
    size, tail = _tails(np.linalg.solve(root, scaled.T).T)
    return Reference(center, unit[:, None] * root * size, tail)


def _tails(variables: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return by how much to scale standard variables, and the weight of their tails or 0."""
    ends = np.quantile(variables, TAILS, axis=0)
    near = np.maximum(ends[2] - ends[1], RIDGE) / 2.0
    far = np.maximum(ends[3] - ends[0], RIDGE) / 2.0
    tail = 2.0 * np.log(far / (FAR * near)) / (FAR**2 - 1.0)
    tail = np.where(tail < TAIL_RANGE[0], 0.0, np.minimum(tail, TAIL_RANGE[1]))
    return np.where(tail > 0.0, near * np.exp(-0.5 * tail), 1.0), tail
