r"""The log of :math:`\Gamma(x + a) / \Gamma(x + 1)`, without loss of digits for large x."""

import numpy as np
from scipy.special import gammaln

_LARGE = 1e4


def log_gamma_ratio(x: np.ndarray, a: np.ndarray) -> np.ndarray:
    r"""Return :math:`\log \Gamma(x + a) - \log \Gamma(x + 1)`.

    The two terms grow like :math:`x \log x` and nearly cancel. For large x the difference is
    taken term by term in Stirling's series,

    .. math:: (x + a - \tfrac12) \log\frac{x + a}{x + 1} + (a - 1) \log(x + 1) - (a - 1)
              + r(x + a) - r(x + 1), \quad r(z) = \frac{1}{12 z} - \frac{1}{360 z^3}.

    Parameters
    ----------
    x, a
        Numbers of at least 0 and above 0; they broadcast.

    Returns
    -------
    The log ratios.

    References
    ----------
    Abramowitz and Stegun (1964), 6.1.41.

    Examples
    --------
    >>> from casualty_models.capture.gamma_ratio import log_gamma_ratio
    >>> log_gamma_ratio(4.0, 3.0)  # log(6! / 4!)
    array(3.4012)
    >>> log_gamma_ratio(1e15, 2.0)  # log(1e15 + 1)
    array(34.5388)
    """
    x, a = np.broadcast_arrays(np.asarray(x, dtype=float), np.asarray(a, dtype=float))
    result = np.empty(x.shape)
    large = x > _LARGE
    result[~large] = gammaln(x[~large] + a[~large]) - gammaln(x[~large] + 1)
    z, step = x[large] + 1, a[large] - 1
    growth = (z + step - 0.5) * np.log1p(step / z) - step
    result[large] = growth + step * np.log(z) + _rest(z + step) - _rest(z)
    return result


def _rest(z: np.ndarray) -> np.ndarray:
    return 1 / (12 * z) - 1 / (360 * z**3)
