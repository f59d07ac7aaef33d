"""Terms that every model of reports shares: what a report says given what is true."""

from typing import Any

import numpy as np
import pymc as pm
import pytensor.tensor as pt

from casualty_models.models.growth import HOURS_INTO_DAY

NOISE_DF = 4
WALL_SOFTNESS = 0.01  # log scale: a hard wall would stop the sampler


def log_interval_probability(lower: Any, upper: Any, center: Any, scale: Any) -> Any:  # noqa: ANN401
    r"""Return the log probability that a Student-t variable (4 df) falls between two bounds.

    With :math:`x = 2 \sinh\alpha` the distribution function is a polynomial in
    :math:`\tanh\alpha`, and the difference of two of its values has no cancellation:

    .. math:: F(b) - F(a) = \frac{\sinh\delta}{4 c_a c_b}
              \left(\frac{1}{c_a^2} + \frac{1}{c_b^2} + \frac{\cosh\delta}{c_a c_b}\right),
              \qquad \delta = \beta - \alpha, \; c = \cosh

    so a narrow interval far in the tail keeps its full precision and its gradient.

    Parameters
    ----------
    lower, upper
        Bounds, ``lower < upper``.
    center, scale
        Location and scale of the variable.
    """
    alpha = pt.arcsinh((lower - center) / (2.0 * scale))
    beta = pt.arcsinh((upper - center) / (2.0 * scale))
    delta = beta - alpha
    log_ca, log_cb = pt.log(pt.cosh(alpha)), pt.log(pt.cosh(beta))
    inner = (
        pt.exp(-2.0 * log_ca) + pt.exp(-2.0 * log_cb) + pt.exp(-log_ca - log_cb) * pt.cosh(delta)
    )
    return pt.log(pt.sinh(delta)) - log_ca - log_cb + pt.log(inner) - np.log(4.0)


def log_counted_share(days: Any, half_time: Any, duration: Any, shape: Any) -> Any:  # noqa: ANN401
    """Return the logarithm of `growth.counted_share`, stable where the share is tiny."""
    half = half_time + (duration - 1.0) / 2.0
    return -pt.softplus(-shape * (pt.log(days + HOURS_INTO_DAY) - pt.log(half)))


def wall(above: Any) -> Any:  # noqa: ANN401
    """Return a log density that is flat above zero and falls off steeply below.

    Parameters
    ----------
    above
        How far above its minimum something is, on the log scale.
    """
    return -pt.softplus(-above / WALL_SOFTNESS)


def backward_walk(log_share: Any, last: Any, scale: Any, steps: Any) -> Any:  # noqa: ANN401
    r"""Return each count's deviation from its curve: a random walk back from the settled value.

    The deviation at share :math:`F` has variance :math:`s^2 (-\log F)` and independent increments,
    so it vanishes when everything is counted and a plateau means that counting is nearly over.

    Parameters
    ----------
    log_share
        Logarithm of the counted share of each row; rows sorted by series, then by day.
    last
        Index of the last row of each row's series.
    scale
        Scale :math:`s` of the walk.
    steps
        Standard normal steps, one a row.
    """
    following = pt.concatenate([log_share[1:], pt.zeros(1)])
    row = pt.arange(log_share.shape[0])
    following = pt.where(pt.eq(row, last), 0.0, following)
    increments = scale * pt.sqrt(pt.maximum(following - log_share, 0.0) + 1e-12) * steps
    backward = pt.cumsum(increments[::-1])[::-1]
    after_series = pt.concatenate([backward, pt.zeros(1)])[last + 1]
    return backward - after_series


def reported(name: str, center: Any, scale: Any, table: dict[str, Any], **kwargs: Any) -> Any:  # noqa: ANN401
    """Add the reports: the count behind each is Student-t (4 df) on the log scale, seen as bounds.

    Draws of the variable are logarithms of counts; its log probability is that of the bounds.

    Parameters
    ----------
    name
        Name of the variable.
    center, scale
        Expected logarithm of the count, and noise, one a report.
    table
        ``log_lower``, ``log_upper`` and ``log_middle`` of each report, and ``used``: 0 for a row
        that is no report.
    """

    def logp(value: Any, *parameters: Any) -> Any:  # noqa: ANN401
        center, scale, lower, upper, used = parameters
        return used * log_interval_probability(lower, upper, center, scale) + 0.0 * value

    def random(*parameters: Any, rng: Any, size: Any) -> Any:  # noqa: ANN401
        center, scale, *_ = parameters
        return center + scale * rng.standard_t(NOISE_DF, size=size)

    return pm.CustomDist(
        name, center, scale, table["log_lower"], table["log_upper"], table["used"],
        logp=logp, random=random, observed=table["log_middle"], **kwargs,
    )  # fmt: skip
