"""Where the truth came to lie in a forecast."""

import numpy as np
from numpy.typing import ArrayLike

from casualty_models.scores.shapes import each_forecast, probability

__all__ = ["covered", "pit"]


def covered(draws: ArrayLike, truth: ArrayLike, prob: float) -> float | np.ndarray:
    """Return whether the central interval holds the truth: 1, 0, or the share of truths it holds.

    Parameters
    ----------
    draws
        Draws of the forecast along the last axis.
    truth
        A point for each forecast or, with one axis more, equally likely truths.
    prob
        Probability that the interval should hold.

    Returns
    -------
    A share for each forecast; its mean over many forecasts should be `prob`.

    Raises
    ------
    DataError
        If there are no draws or truths, one is not finite, the shapes do not fit, or `prob` is
        not between 0 and 1.

    Examples
    --------
    >>> import numpy as np
    >>> from casualty_models.scores import covered
    >>> draws = np.linspace(0, 1, 101)
    >>> covered(draws, 0.7, 0.5), covered(draws, 0.8, 0.5), covered(draws, [0.7, 0.8], 0.5)
    (1.0, 0.0, 0.5)
    """
    alpha = 1 - probability(prob)

    def share(x: np.ndarray, y: np.ndarray) -> float:
        lower, upper = np.quantile(x, [alpha / 2, 1 - alpha / 2])
        return float(np.mean((lower <= y) & (y <= upper)))

    return each_forecast(share, draws, truth)


def pit(draws: ArrayLike, truth: ArrayLike) -> float | np.ndarray:
    r"""Return the probability integral transform: the share of draws below the truth.

    .. math:: P(X < y) + \tfrac{1}{2} P(X = y)

    For calibrated forecasts it is uniform on 0 to 1. Of several truths it is the mean, which is a
    little nearer to 1/2 than a transform of the unknown truth would be.

    Parameters
    ----------
    draws
        Draws of the forecast along the last axis.
    truth
        A point for each forecast or, with one axis more, equally likely truths.

    Returns
    -------
    A number from 0 to 1 for each forecast.

    Raises
    ------
    DataError
        If there are no draws or truths, one is not finite, or the shapes do not fit.

    References
    ----------
    Gneiting, Balabdaoui and Raftery (2007), "Probabilistic forecasts, calibration and sharpness",
    Journal of the Royal Statistical Society B 69: 243-268.

    Examples
    --------
    >>> from casualty_models.scores import pit
    >>> pit([1.0, 2.0, 3.0, 4.0], 3.5), pit([1.0, 2.0, 3.0, 4.0], 2.0)
    (0.75, 0.375)
    """
    return each_forecast(_pit, draws, truth)


def _pit(x: np.ndarray, y: np.ndarray) -> float:
    x = np.sort(x)
    sides = [np.searchsorted(x, y, side) for side in ("left", "right")]
    return float(np.mean(sides) / len(x))
