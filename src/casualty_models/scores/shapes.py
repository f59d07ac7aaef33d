"""Many forecasts at once, each with one truth or with several."""

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from casualty_models.errors import DataError

__all__ = ["each_forecast", "probability"]


def each_forecast(
    score: Callable[[np.ndarray, np.ndarray], float], draws: ArrayLike, truth: ArrayLike
) -> float | np.ndarray:
    """Return a score for each forecast, draws along the last axis of an array.

    Parameters
    ----------
    score
        A function of the draws of one forecast and of its equally likely truths.
    draws
        Draws along the last axis.
    truth
        A point for each forecast or, with one axis more, equally likely truths.

    Raises
    ------
    DataError
        If there are no draws or truths, one is not finite, or the shapes do not fit.

    Examples
    --------
    >>> from casualty_models.scores.shapes import each_forecast
    >>> each_forecast(lambda x, y: y.sum() - x.sum(), [[1.0, 2.0], [0.0, 0.0]], [5.0, 7.0])
    array([2., 7.])
    """
    x, y = np.asarray(draws, dtype=float), np.asarray(truth, dtype=float)
    for place, values in (("draws", x), ("truth", y)):
        if not values.size or not np.isfinite(values).all():
            raise DataError(
                "a score needs finite numbers, at least one",
                place=place,
                remedy="Look for a toll of zero whose logarithm was taken.",
            )
    if y.ndim in (0, x.ndim - 1):
        y = y[..., None]
    if x.ndim == 0 or (y.ndim > 1 and x.shape[:-1] != y.shape[:-1]):
        raise DataError(
            f"the truth does not fit draws of shape {x.shape}",
            place="truth",
            value=np.shape(truth),
            remedy="Give a point for each forecast, or a row of truths for each.",
        )
    result = np.vectorize(score, signature="(n),(k)->()", otypes=[float])(x, y)
    return float(result) if result.ndim == 0 else result


def probability(prob: float) -> float:
    """Return a probability that is one.

    Parameters
    ----------
    prob
        What was given.

    Raises
    ------
    DataError
        If it is not between 0 and 1.

    Examples
    --------
    >>> from casualty_models.scores.shapes import probability
    >>> probability(0.9)
    0.9
    """
    if 0 < prob < 1:
        return prob
    raise DataError("a probability is between 0 and 1", place="prob", value=prob)
