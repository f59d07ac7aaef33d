"""A toll that never falls below a documented minimum."""

from typing import Any

import numpy as np
import pymc as pm
import pytensor.tensor as pt
from scipy.stats import truncnorm


def counted_above_floor(
    name: str,
    expected: Any,  # noqa: ANN401
    prior: dict[str, Any],
    floor: Any,  # noqa: ANN401
    *,
    initval: float,
) -> Any:  # noqa: ANN401
    r"""Return the logarithm of a toll above its floor, sampled by way of its expected last count.

    .. math:: \log D = f + \log(1 + e^{v - m - f}), \qquad
              p(v) = \frac{p_N(\log D)}{1 - \Phi((f - \mu) / \sigma)} \,
              \frac{1}{1 + e^{-(v - m - f)}}

    with f the logarithm of the floor, m the expected logarithm of the last count relative to the
    toll and :math:`p_N` the normal prior of :math:`\log D`: the prior is that normal distribution,
    cut off at the floor, exactly. Far above the floor the variable v is log D + m, which is what
    the reports pin.

    Parameters
    ----------
    name
        Name of the variable v in the model in context.
    expected
        The expected logarithm m.
    prior
        ``mu`` and ``sigma`` of the prior.
    floor
        The logarithm f of the floor.
    initval
        Where the sampler starts.
    """

    def logp(value: Any, *parameters: Any) -> Any:  # noqa: ANN401
        expected, mu, sigma, floor = parameters
        above = value - expected - floor
        log_toll = floor + pt.softplus(above)
        kept = pt.log(pt.erfc((floor - mu) / (sigma * np.sqrt(2.0))) / 2.0)
        return pm.logp(pm.Normal.dist(mu, sigma), log_toll) - kept - pt.softplus(-above)

    def random(*parameters: Any, rng: Any, size: Any) -> Any:  # noqa: ANN401
        expected, mu, sigma, floor = parameters
        lower = (floor - mu) / sigma
        log_toll = truncnorm.rvs(lower, np.inf, mu, sigma, size=size, random_state=rng)
        above = np.maximum(log_toll - floor, np.finfo(float).tiny)
        return expected + floor + above + np.log(-np.expm1(-above))

    value = pm.CustomDist(
        name, expected, prior["mu"], prior["sigma"], floor,
        logp=logp, random=random, initval=initval,
    )  # fmt: skip
    return floor + pt.softplus(value - expected - floor)
