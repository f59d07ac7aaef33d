"""Proper scoring rules: nobody does better on average than by saying what is so."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from casualty_models.scores.shapes import each_forecast, probability

__all__ = ["WIS_PROBS", "crps", "interval_score", "log_score", "weighted_interval_score"]

WIS_PROBS = (0.5, 0.8, 0.9, 0.95)

NARROWEST_KERNEL = 0.02  # what is certain to 2 percent is as certain as the best reference
FLOOR_WEIGHT = 0.01
FLOOR_SCALE = 1.0


def crps(draws: ArrayLike, truth: ArrayLike) -> float | np.ndarray:
    r"""Return the continuous ranked probability score of equally weighted draws.

    .. math:: \mathrm{CRPS}(F, y) = \int (F(x) - 1[y \le x])^2 dx
              = \mathrm{E}|X - y| - \tfrac{1}{2} \mathrm{E}|X - X'|

    It is computed exactly for the empirical distribution of the draws, in the time of a sort. One
    draw is a point forecast, whose score is its absolute error.

    Parameters
    ----------
    draws
        Draws of the forecast along the last axis.
    truth
        A point for each forecast or, with one axis more, equally likely truths.

    Returns
    -------
    One score for each forecast.

    Raises
    ------
    DataError
        If there are no draws or truths, one is not finite, or the shapes do not fit.

    References
    ----------
    Gneiting and Raftery (2007), "Strictly proper scoring rules, prediction, and estimation",
    Journal of the American Statistical Association 102: 359-378, equation 21.

    Examples
    --------
    >>> from casualty_models.scores import crps
    >>> crps([1.0, 3.0], 2.0)
    0.5
    >>> crps([2.0], 3.5)
    1.5
    >>> crps([[1.0, 3.0], [0.0, 0.0]], [2.0, 1.0])
    array([0.5, 1. ])
    """
    return each_forecast(_crps, draws, truth)


def interval_score(draws: ArrayLike, truth: ArrayLike, prob: float) -> float | np.ndarray:
    r"""Return the interval score of the central interval: its width and a penalty for missing.

    .. math:: S_\alpha(l, u; y) = (u - l) + \frac{2}{\alpha} (l - y)^+ + \frac{2}{\alpha} (y - u)^+

    Parameters
    ----------
    draws
        Draws of the forecast along the last axis.
    truth
        A point for each forecast or, with one axis more, equally likely truths.
    prob
        Probability that the interval should hold, :math:`1 - \alpha`.

    Returns
    -------
    One score for each forecast.

    Raises
    ------
    DataError
        If there are no draws or truths, one is not finite, the shapes do not fit, or `prob` is
        not between 0 and 1.

    References
    ----------
    Gneiting and Raftery (2007), Journal of the American Statistical Association 102: 359-378,
    equation 43.

    Examples
    --------
    >>> import numpy as np
    >>> from casualty_models.scores import interval_score
    >>> interval_score(np.linspace(0, 1, 101), 0.5, 0.9), interval_score([0.0, 0.0], 1.0, 0.5)
    (0.9, 4.0)
    """
    alpha = 1 - probability(prob)

    def score(x: np.ndarray, y: np.ndarray) -> float:
        return _interval_score(x, y, alpha)

    return each_forecast(score, draws, truth)


def weighted_interval_score(
    draws: ArrayLike, truth: ArrayLike, probs: Sequence[float] = WIS_PROBS
) -> float | np.ndarray:
    r"""Return the weighted interval score: the median's error and the scores of some intervals.

    .. math:: \mathrm{WIS} = \frac{1}{K + 1/2} \left( \tfrac{1}{2} |y - m|
              + \sum_{k=1}^{K} \tfrac{\alpha_k}{2} S_{\alpha_k}(l_k, u_k; y) \right)

    With many intervals it approaches the CRPS.

    Parameters
    ----------
    draws
        Draws of the forecast along the last axis.
    truth
        A point for each forecast or, with one axis more, equally likely truths.
    probs
        Probabilities of the central intervals, :math:`1 - \alpha_k`.

    Returns
    -------
    One score for each forecast.

    Raises
    ------
    DataError
        If there are no draws or truths, one is not finite, the shapes do not fit, or one of
        `probs` is not between 0 and 1.

    References
    ----------
    Bracher, Ray, Gneiting and Reich (2021), "Evaluating epidemic forecasts in an interval format",
    PLOS Computational Biology 17(2): e1008618, equation 1.

    Examples
    --------
    >>> from casualty_models.scores import weighted_interval_score
    >>> weighted_interval_score([2.0, 2.0], 3.0)
    1.0
    """
    alphas = [1 - probability(prob) for prob in probs]

    def score(x: np.ndarray, y: np.ndarray) -> float:
        total = 0.5 * float(np.abs(y - np.median(x)).mean())
        total += sum(alpha / 2 * _interval_score(x, y, alpha) for alpha in alphas)
        return total / (len(alphas) + 0.5)

    return each_forecast(score, draws, truth)


def log_score(draws: ArrayLike, truth: ArrayLike) -> float | np.ndarray:
    r"""Return the logarithmic score, minus the log density of the forecast at the truth.

    .. math:: -\log\left( (1 - \epsilon) \frac{1}{n} \sum_i \phi_b(y - x_i)
              + \epsilon\, c(y - m) \right)

    The density is a kernel estimate, for draws of a *log* toll: normal kernels with the bandwidth
    :math:`b = 0.9 \min(s, \mathrm{IQR} / 1.34)\, n^{-1/5}`, at least 0.02. To keep the score finite
    where no draw is near, one percent (:math:`\epsilon`) of a Cauchy density :math:`c` of scale 1
    around the median is mixed in. A point forecast is thus scored as if it claimed to be right to
    2 percent; compare its CRPS instead.

    Parameters
    ----------
    draws
        Draws of the forecast along the last axis.
    truth
        A point for each forecast or, with one axis more, equally likely truths.

    Returns
    -------
    One score for each forecast, in nats; it may be negative.

    Raises
    ------
    DataError
        If there are no draws or truths, one is not finite, or the shapes do not fit.

    References
    ----------
    Gneiting and Raftery (2007), Journal of the American Statistical Association 102: 359-378,
    section 4.1; bandwidth: Silverman (1986), "Density Estimation", equation 3.31.

    Examples
    --------
    >>> import numpy as np
    >>> from casualty_models.scores import log_score
    >>> draws = np.random.default_rng(1).normal(size=4000)
    >>> bool(log_score(draws, 0.0) < log_score(draws, 2.0) < log_score(draws, 1e6) < 40)
    True
    """
    return each_forecast(_log_score, draws, truth)


def _crps(x: np.ndarray, y: np.ndarray) -> float:
    x, n = np.sort(x), len(x)
    middle = np.median(x)
    x, y = x - middle, y - middle  # differences of large sums would lose digits
    half_spread = np.dot(2 * np.arange(1, n + 1) - n - 1, x) / n**2
    below = np.searchsorted(x, y)
    sums = np.concatenate([[0.0], np.cumsum(x)])
    distance = (y * (2 * below - n) + sums[-1] - 2 * sums[below]) / n
    return float(distance.mean() - half_spread)


def _interval_score(x: np.ndarray, y: np.ndarray, alpha: float) -> float:
    lower, upper = np.quantile(x, [alpha / 2, 1 - alpha / 2])
    missed = np.maximum(lower - y, 0) + np.maximum(y - upper, 0)
    return float(upper - lower + 2 / alpha * missed.mean())


def _log_score(x: np.ndarray, y: np.ndarray) -> float:
    quarter, median, three_quarters = np.quantile(x, [0.25, 0.5, 0.75])
    spread = min(x.std(), (three_quarters - quarter) / 1.34)
    width = max(0.9 * spread * len(x) ** -0.2, NARROWEST_KERNEL)
    z = (y[:, None] - x) / width
    kernels = np.exp(-0.5 * z**2).mean(axis=1) / (width * np.sqrt(2 * np.pi))
    floor = 1 / (np.pi * FLOOR_SCALE * (1 + ((y - median) / FLOOR_SCALE) ** 2))
    return float(-np.log((1 - FLOOR_WEIGHT) * kernels + FLOOR_WEIGHT * floor).mean())
