"""How many digits of an estimate to print."""

import math

import numpy as np

from casualty_models.errors import DataError


def round_count(x: float, mcse: float = 0.0) -> int:
    r"""Round an estimated count to what its Monte Carlo error supports, at most two digits.

    The step is the smallest of 1, 5, 10, 50, 100, ... that is at least the Monte Carlo error and
    leaves at most two significant digits; never more than one unit of the leading digit, so that
    a number keeps its order of magnitude however bad the error is.

    Parameters
    ----------
    x
        An estimate, >= 0. A documented count is not an estimate and is never rounded.
    mcse
        Its Monte Carlo standard error; NaN (unknown) leaves one digit.

    Returns
    -------
    A whole number, to be printed with separators.

    Raises
    ------
    DataError
        If ``x`` is negative or not finite.

    Notes
    -----
    Steps of 5 keep the rounding itself small beside the Monte Carlo error: with whole digits only,
    14,900 with an error of 1,100 would become 10,000.

    Examples
    --------
    >>> from casualty_models.summaries import round_count
    >>> round_count(312.4), round_count(312.4, mcse=9), round_count(312.4, mcse=12)
    (310, 310, 300)
    >>> round_count(14_900, mcse=1_100), round_count(7.3), round_count(312.4, mcse=1_000)
    (15000, 7, 300)
    """
    if not (math.isfinite(x) and x >= 0):
        raise DataError("only a finite count >= 0 can be rounded", place="round_count", value=x)
    if x < 1:
        return round(x)
    leading = 10 ** math.floor(math.log10(x))
    two_digits = leading // 10 or 1
    wanted = leading if math.isnan(mcse) else max(two_digits, _step_above(mcse))
    step = min(wanted, leading)
    return step * math.floor(x / step + 0.5)


def quantile_error(draws: np.ndarray, prob: float) -> float:
    """Return the Monte Carlo standard error of a quantile.

    Parameters
    ----------
    draws
        Draws as (chain, draw).
    prob
        The probability of the quantile; 0.5 is the median.

    Returns
    -------
    The error; 0 for draws that are all equal, NaN for too few draws.

    Notes
    -----
    `arviz.mcse`: Vehtari et al. 2021, Bayesian Analysis 16:667, section 4.3.

    Examples
    --------
    >>> import numpy as np
    >>> from casualty_models.summaries.rounding import quantile_error
    >>> draws = np.random.default_rng(1).normal(size=(4, 1000))
    >>> 0.01 < quantile_error(draws, 0.5) < quantile_error(draws, 0.975) < 0.1
    True
    """
    import arviz as az

    if np.ptp(draws) == 0:
        return 0.0
    return float(az.mcse(np.asarray(draws), method="quantile", prob=prob))


def _step_above(error: float) -> int:
    if error <= 1:
        return 1
    power = 10 ** math.floor(math.log10(error))
    return next(step for step in (power, 5 * power, 10 * power) if step >= error)
