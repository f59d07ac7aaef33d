"""Terms that every model of reports shares: what a report says given what is true."""

from typing import Any

import numpy as np
import pymc as pm
import pytensor.tensor as pt
from pytensor.tensor.symbolic import TensorSymbolicOp

from casualty_models.models.growth import HOURS_INTO_DAY

NOISE_DF = 4
WALL_SOFTNESS = 0.01  # log scale: a hard wall would stop the sampler
LEAST_VARIANCE = 1e-12  # of a step of the walk: the slope of a square root at 0 is infinite


def log_interval_probability(lower: Any, upper: Any, center: Any, scale: Any) -> Any:  # noqa: ANN401
    r"""Return the log probability that a Student-t variable (4 df) falls between two bounds.

    With :math:`a` and :math:`b` the bounds less the center, in units of twice the scale, the
    distribution function is a polynomial in :math:`a / \sqrt{1 + a^2}`, and the difference of two
    of its values depends on the product of the bounds and on their distance:

    .. math:: F(b) - F(a) = \frac{w}{4 P^3} \sqrt{\frac{2 + e}{k + P}}
              \left(3 k (1 + e) + e (1 + 2 e)\right), \qquad
              w = b - a, \; k = 1 + a b, \; P = \sqrt{k^2 + w^2}, \; e = \frac{w^2}{k + P}

    Nothing cancels where both bounds lie on one side, so a narrow interval far in the tail keeps
    its full precision. The gradient is that of a difference of distribution functions.

    Parameters
    ----------
    lower, upper
        Bounds, ``lower < upper``.
    center, scale
        Location and scale of the variable.
    """
    return _LogIntervalProbability()(lower, upper, center, scale)


class _LogIntervalProbability(TensorSymbolicOp):
    """The graph of `log_interval_probability`, with a gradient that is shorter than its own."""

    inline = True

    def build_inner_graph(self, lower: Any, upper: Any, center: Any, scale: Any) -> list[Any]:  # noqa: ANN401
        unit = 0.5 / scale
        a, b = (lower - center) * unit, (upper - center) * unit
        w = (upper - lower) * unit
        k, square = 1.0 + a * b, w * w
        squared_size = k * k + square
        size = pt.sqrt(squared_size)
        above = k + size
        e = square / above
        inner = k * (3.0 + 3.0 * e) + e * (1.0 + 2.0 * e)
        ratio = w * inner * pt.sqrt((2.0 + e) / above) / (squared_size * size)
        return [pt.log(ratio) - np.log(4.0)]

    def pullback(self, inputs: Any, outputs: Any, cotangents: Any) -> list[Any]:  # noqa: ANN401
        lower, upper, center, scale = inputs
        unit = 0.5 / scale
        a, b = (lower - center) * unit, (upper - center) * unit
        at_a, at_b = (1.0 / (end * end * pt.sqrt(end)) for end in (1.0 + a * a, 1.0 + b * b))
        rate = 0.75 * unit * pt.exp(-outputs[0]) * cotangents[0]
        at_a, at_b = rate * at_a, rate * at_b
        return [-at_a, at_b, at_a - at_b, 2.0 * (a * at_a - b * at_b)]


def log_counted_share(days: Any, half_time: Any, duration: Any, shape: Any) -> Any:  # noqa: ANN401
    """Return the logarithm of `growth.counted_share`, stable where the share is tiny."""
    half = half_time + (duration - 1.0) / 2.0
    return -pt.softplus(shape * (pt.log(half) - pt.log(days + HOURS_INTO_DAY)))


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
    row = pt.arange(log_share.shape[0])
    is_last = pt.eq(row, last)
    following = pt.where(is_last, 0.0, log_share[pt.where(is_last, row, row + 1)])
    increments = scale * pt.sqrt(pt.maximum(following - log_share, LEAST_VARIANCE)) * steps
    backward = pt.cumsum(increments[::-1])[::-1]
    return backward - (backward - increments)[last]


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
