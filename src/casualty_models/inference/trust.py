"""Whether draws of the quick engine can be trusted, by what its own population shows."""

from dataclasses import asdict, dataclass

import numpy as np
from scipy.special import ndtri

MAX_RHAT = 1.01


class NotTrusted(Exception):
    """The quick engine cannot vouch for its draws; the message says why, in plain words."""


@dataclass(frozen=True)
class Trust:
    """What the quick engine found out about its own draws.

    Attributes
    ----------
    temperatures
        Number of steps from where the population starts to the posterior.
    pareto_k
        Shape of the tail of the weights by which the population was led to the posterior.
    moves
        Moves made before the first draw was kept; four times as many as it took to forget the
        start, or more.
    memory
        Largest correlation between where a point started and where it was then.
    acceptance
        Mean acceptance of the moves that were kept.
    max_rhat
        Largest rank-normalized split R-hat of the independent repetitions, over all unknowns.
    evaluations
        Batches of log densities and gradients computed.
    compiled
        Whether the compiled machine made the moves.
    """

    temperatures: int
    pareto_k: float
    moves: int
    memory: float
    acceptance: float
    max_rhat: float
    evaluations: int
    compiled: bool = False

    def to_dict(self) -> dict[str, float]:
        """Return the figures by name.

        Examples
        --------
        >>> from casualty_models.inference.trust import Trust
        >>> Trust(2, 0.4, 6, 0.1, 0.8, 1.002, 90).to_dict()["moves"]
        6
        """
        return asdict(self)


def pareto_k(log_weight: np.ndarray) -> float:
    """Return the shape of the generalized Pareto distribution that the largest weights follow.

    Parameters
    ----------
    log_weight
        Logarithms of weights.

    Notes
    -----
    Vehtari et al. 2024, J. Mach. Learn. Res. 25(72); estimated as by Zhang & Stephens 2009,
    Technometrics 51:316.

    Examples
    --------
    >>> import numpy as np
    >>> from casualty_models.inference.trust import pareto_k
    >>> weights = 1 + np.random.default_rng(1).pareto(2, 10_000)
    >>> pareto_k(np.log(weights)) > 0.4
    True
    """
    size = int(min(len(log_weight) / 5, 3 * np.sqrt(len(log_weight))))
    top = np.sort(log_weight)[-size - 1 :]
    excess = np.exp(top[1:] - top[-1]) - np.exp(top[0] - top[-1])
    quarter = excess[int(size / 4 + 0.5) - 1]
    if not quarter > 0:
        return 0.0  # the largest weights are equal
    grid = np.arange(1, 31 + int(np.sqrt(size)))
    rate = (1.0 - np.sqrt(len(grid) / (grid - 0.5))) / (3.0 * quarter) + 1.0 / excess[-1]
    shape = np.log1p(-rate[:, None] * excess).mean(axis=1)
    fit = size * (np.log(-rate / shape) - shape - 1.0)
    weight = np.exp(fit - np.logaddexp.reduce(fit))
    found = np.log1p(-(weight @ rate) * excess).mean()
    return float((size * found + 5.0) / (size + 10.0))


def rank_rhat(draws: np.ndarray) -> np.ndarray:
    """Return the rank-normalized split R-hat of each unknown, of bulk and tails.

    Parameters
    ----------
    draws
        Array (chain, draw, unknown).

    Notes
    -----
    Vehtari et al. 2021, Bayesian Analysis 16:667.

    Examples
    --------
    >>> import numpy as np
    >>> from casualty_models.inference.trust import rank_rhat
    >>> apart = np.random.default_rng(1).normal(size=(4, 100, 1)) + np.arange(4)[:, None, None]
    >>> rank_rhat(apart) > 1.5
    array([ True])
    """
    half = draws.shape[1] // 2
    split = np.concatenate([draws[:, :half], draws[:, -half:]])
    folded = np.abs(split - np.median(split, axis=(0, 1)))
    return np.maximum(_rhat(normal_scores(split)), _rhat(normal_scores(folded)))


def _rhat(scores: np.ndarray) -> np.ndarray:
    length = scores.shape[1]
    within = scores.var(axis=1, ddof=1).mean(axis=0)
    between = scores.mean(axis=1).var(axis=0, ddof=1)
    return np.sqrt((length - 1) / length + between / within)


def effective_draws(draws: np.ndarray, states: int) -> tuple[np.ndarray, np.ndarray]:
    r"""Return the effective number of draws of each variable, in the bulk and in the tails.

    Points of the population move independently, so the spread of their means over the states that
    were kept tells how much the states of one point resemble each other:

    .. math:: n_\mathrm{eff} = n \, \mathrm{Var}(x) / (s \, \mathrm{Var}(\bar x))

    with :math:`s` states of each of :math:`n / s` points. Tails are those beyond the quantiles of 5
    and 95 percent.

    Parameters
    ----------
    draws
        Array (chain, draw, variable); the states of one point follow each other.
    states
        How many states of each point there are.

    Examples
    --------
    >>> import numpy as np
    >>> from casualty_models.inference.trust import effective_draws
    >>> same_twice = np.repeat(np.random.default_rng(1).normal(size=(4, 500, 1)), 2, axis=1)
    >>> bulk, tail = effective_draws(same_twice, 2)
    >>> bulk.round() == tail.round() == 2000
    array([ True])
    """
    tails = np.quantile(draws, [0.05, 0.95], axis=(0, 1))
    return (
        _effective(normal_scores(draws), states),
        np.minimum(*[_effective((draws <= end).astype(float), states) for end in tails]),
    )


def _effective(values: np.ndarray, states: int) -> np.ndarray:
    chains, length, size = values.shape
    whole = length // states * states
    of_points = values[:, :whole].reshape(-1, states, size)
    centered = of_points - of_points.mean(axis=(0, 1))
    spread = (centered.mean(axis=1) ** 2).mean(axis=0)
    share = (centered**2).mean(axis=(0, 1)) / (states * spread)
    return np.minimum(chains * length * share, chains * length)


def normal_scores(draws: np.ndarray) -> np.ndarray:
    """Return draws with their ranks turned into those of a normal variable, each by itself.

    Parameters
    ----------
    draws
        Array (chain, draw, variable).

    Examples
    --------
    >>> import numpy as np
    >>> from casualty_models.inference.trust import normal_scores
    >>> normal_scores(np.array([[[1.0], [100.0], [2.0]]])).round(1).ravel()
    array([-0.9,  0.9,  0. ])
    """
    number = draws.shape[0] * draws.shape[1]
    order = draws.reshape(number, -1).argsort(axis=0)
    scores = ndtri((np.arange(1, number + 1) - 0.375) / (number + 0.25))
    found = np.empty(order.shape)
    np.put_along_axis(found, order, scores[:, None], axis=0)
    return found.reshape(draws.shape)
