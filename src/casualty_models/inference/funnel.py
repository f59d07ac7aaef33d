"""Variables in which a funnel is a column: where one unknown narrows others, they are widened."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from casualty_models.inference.hamiltonian import Gradient, Population
from casualty_models.inference.reference import columns_scaled

LEAST_RATE = 0.1  # what is less may be noise
POINTS_PER_UNKNOWN = 8  # to learn how the unknowns vary together
SMALL = 1e-4  # keeps the logarithm of a slope of 0 finite


@dataclass(frozen=True)
class Funnel:
    r"""Variables :math:`u` and the points that they stand for, linear but for one driver.

    .. math:: x = m + A y, \qquad y_0 = u_0, \qquad y_j = u_j e^{r_j u_0}

    Attributes
    ----------
    middle, root
        :math:`m` and :math:`A`; the driver is the first variable.
    rate
        :math:`r`: by how much the logarithm of the width of each variable grows with the driver.

    Notes
    -----
    Moves in such variables: Parno & Marzouk 2018, SIAM/ASA J. Uncertainty Quantification 6:645.
    Funnels: Neal 2003, Annals of Statistics 31:705, section 8.
    """

    middle: np.ndarray
    root: np.ndarray
    rate: np.ndarray

    @cached_property
    def _bent(self) -> np.ndarray:
        """Which variables are narrowed or widened."""
        return np.flatnonzero(self.rate)

    def points(self, u: np.ndarray) -> np.ndarray:
        """Return the points of variables."""
        return self.middle + columns_scaled(u, self._bent, self._width(u)) @ self.root.T

    def variables(self, points: np.ndarray) -> np.ndarray:
        """Return the variables of points."""
        y = np.linalg.solve(self.root, (points - self.middle).T).T
        return columns_scaled(y, self._bent, 1.0 / self._width(y))

    def pulled(self, gradient: Gradient) -> Gradient:
        """Return the log density and gradient of variables, given those of points."""
        bent, total = self._bent, self.rate.sum()
        rate = self.rate[bent]

        def in_column(u: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
            width = self._width(u)
            y = columns_scaled(u, bent, width)
            value, slope = gradient(self.middle + y @ self.root.T)
            slope = slope @ self.root
            by_driver = (slope[:, bent] * y[:, bent]) @ rate + total
            slope[:, bent] *= width
            slope[:, 0] += by_driver
            return value + self.log_volume(u), slope

        return in_column

    def log_volume(self, u: np.ndarray) -> np.ndarray:
        """Return by how much variables are stretched, but for the constant of the root."""
        volume: np.ndarray = self.rate.sum() * u[:, 0]
        return volume

    def _width(self, u: np.ndarray) -> np.ndarray:
        width: np.ndarray = np.exp(u[:, :1] * self.rate[self._bent])
        return width


def funnel(population: Population) -> Funnel:
    r"""Return the variables in which a population lies in a column.

    The driver is the unknown that tells most about how steep the density is. Along direction
    :math:`j` the slope goes as one over the width, so its rate is

    .. math:: r_j = -\tfrac12 \operatorname{Cov}(\log g_j^2, u_0).

    Parameters
    ----------
    population
        Points of the posterior with their gradients.

    Examples
    --------
    >>> import numpy as np
    >>> from casualty_models.inference.funnel import funnel
    >>> from casualty_models.inference.hamiltonian import Population
    >>> v, z = np.random.default_rng(1).normal(size=(2, 10_000))
    >>> points, slope = np.column_stack([v, z * np.exp(v)]), -z * np.exp(-v)
    >>> found = funnel(Population(points, v, np.column_stack([z**2 - 1 - v, slope])))
    >>> bool(found.rate[0] == 0 and 0.8 < found.rate[1] < 1.2)
    True
    """
    points, size = population.points, population.points.shape[1]
    middle, spread = points.mean(axis=0), np.maximum(points.std(axis=0), SMALL)
    scaled, slope = (points - middle) / spread, population.slope * spread
    driver = int((_rates(slope, scaled)[1] ** 2).sum(axis=0).argmax())
    others = np.delete(np.arange(size), driver)
    along = scaled.T @ scaled[:, driver] / len(points)
    directions, rate = _rates(slope[:, others], scaled[:, [driver]])
    apart = (scaled - scaled[:, [driver]] * along)[:, others] @ directions
    narrowed = apart / np.exp(scaled[:, [driver]] * rate[:, 0])
    root = np.zeros((size, size))
    root[:, 0] = along
    root[np.ix_(others, np.arange(1, size))] = directions * np.maximum(narrowed.std(axis=0), SMALL)
    return Funnel(middle, spread[:, None] * root, np.concatenate([[0.0], rate[:, 0]]))


def straight(population: Population) -> Funnel:
    """Return variables in which a population has unit covariance, and no width depends on any.

    Examples
    --------
    >>> import numpy as np
    >>> from casualty_models.inference.funnel import straight
    >>> from casualty_models.inference.hamiltonian import Population
    >>> points = np.random.default_rng(1).normal(3, 2, (10_000, 1))
    >>> found = straight(Population(points, points[:, 0], points))
    >>> found.middle.round(1), found.root.round(1), found.rate
    (array([3.]), array([[2.]]), array([0.]))
    """
    points = population.points
    return Funnel(points.mean(axis=0), covariance_root(points), np.zeros(points.shape[1]))


def linear(root: np.ndarray) -> Funnel:
    """Return variables of which points are a matrix times.

    Parameters
    ----------
    root
        The matrix.

    Examples
    --------
    >>> import numpy as np
    >>> from casualty_models.inference.funnel import linear
    >>> linear(np.array([[2.0]])).points(np.array([[3.0]]))
    array([[6.]])
    """
    nothing = np.zeros(len(root))
    return Funnel(nothing, root, nothing)


def covariance_root(points: np.ndarray, weight: np.ndarray | None = None) -> np.ndarray:
    """Return a square root of the covariance of points; of few points, of their variances.

    Parameters
    ----------
    points
        One point a row.
    weight
        Weight of each point; they sum to 1.

    Examples
    --------
    >>> import numpy as np
    >>> from casualty_models.inference.funnel import covariance_root
    >>> covariance_root(np.array([[-1.0], [1.0]]))
    array([[1.]])
    """
    if weight is None:
        weight = np.full(len(points), 1.0 / len(points))
    centered = points - weight @ points
    variance = np.maximum(weight @ centered**2, 1e-12)
    if len(points) < POINTS_PER_UNKNOWN * points.shape[1]:
        return np.diag(np.sqrt(variance))
    covariance = (centered * weight[:, None]).T @ centered
    return np.linalg.cholesky(0.9 * covariance + 0.1 * np.diag(variance))


def _rates(slope: np.ndarray, drivers: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return directions, steepest last, and the rate of each with each of some drivers."""
    number = len(slope)
    size, directions = np.linalg.eigh(slope.T @ slope / number)
    along = slope @ directions
    steepness = np.log(along**2 / np.maximum(size, SMALL**2) + SMALL)
    rates = -0.5 * (steepness - steepness.mean(axis=0)).T @ drivers / number
    return directions, np.where(np.abs(rates) < LEAST_RATE, 0.0, rates)
