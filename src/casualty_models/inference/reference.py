"""Where the quick engine starts: a shape as wide as the prior, with long tails."""

from dataclasses import dataclass

import numpy as np

from casualty_models.inference.trust import NotTrusted

SHAPE_DF, SHAPE_SCALE = 8.0, 1.4  # wider than the prior, and with longer tails
FARTHEST = 5.0  # half-widths from the middle at which a draw counts for the covariance
RIDGE = 1e-6


@dataclass(frozen=True)
class Reference:
    """Independent Student-t variables :math:`z`, and the points ``location + root z``.

    Attributes
    ----------
    location
        The middle of the prior.
    root
        Square root of its covariance.
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
    lower, upper = np.quantile(prior, [0.16, 0.84], axis=0)
    unit = np.where(upper > lower, (upper - lower) / 2.0, 1.0)
    scaled = np.clip((prior - center) / unit, -FARTHEST, FARTHEST)
    covariance = np.atleast_2d(np.cov(scaled, rowvar=False, ddof=0)) + RIDGE * np.eye(len(unit))
    return Reference(center, unit[:, None] * np.linalg.cholesky(covariance))
