r"""The unseen count when its odds are known only by draws: a mixture of negative binomials."""

import numpy as np
from scipy.special import gammaln

from casualty_models.capture.gamma_ratio import log_gamma_ratio
from casualty_models.capture.summation import coarse_grid, refine
from casualty_models.capture.unseen import UnseenPosterior

_BLOCK = 1 << 21
_BINS = 2048
_TOLERANCE = 1e-7
_LARGEST_POISSON, _MOST_LOG_ODDS = 1e15, 200.0


def unseen_given_odds(
    seen: int, log_odds: np.ndarray, weight: np.ndarray | None = None
) -> UnseenPosterior:
    r"""Return the posterior of the unseen count given draws of the odds of being unseen.

    .. math:: p(n_0 \mid n) = \sum_i w_i \binom{n + n_0 - 1}{n_0} \pi_i^{n_0} (1 - \pi_i)^n,
              \qquad \frac{\pi_i}{1 - \pi_i} = e^{\text{log odds}_i},

    which is what the prior :math:`p(N) \propto 1/N` gives. Many draws are first shared out to 2,048
    evenly spaced log odds, each to its two neighbors so that its mean is kept. Where so many people
    are seen that a component is narrower than the space between two, it is widened to it.

    Parameters
    ----------
    seen
        People on at least one list.
    log_odds
        Draws of the log odds of being unseen.
    weight
        Their weights, which sum to 1; by default equal.

    Returns
    -------
    The mixture.

    Examples
    --------
    >>> import numpy as np
    >>> from casualty_models.capture.negative_binomial import unseen_given_odds
    >>> unseen_given_odds(10, np.zeros(1)).quantile([0.025, 0.5, 0.975]).tolist()
    [3.0, 9.0, 20.0]
    """
    weights = np.full(len(log_odds), 1 / len(log_odds)) if weight is None else weight
    log_odds, weights, space = _binned(log_odds, weights)
    size = min(float(seen), 1 / max(space, 1e-12) ** 2)
    log_odds = log_odds + np.log(seen / size)
    # log pi and n log(1 - pi), without loss of digits for odds near 0 or without bound.
    log_missed = -np.logaddexp(0.0, -log_odds)
    constant = np.log(weights) - size * np.logaddexp(0.0, log_odds)
    constant -= gammaln(size)

    def log_mass(unseen: np.ndarray) -> np.ndarray:
        rows = max(1, _BLOCK // len(log_missed))
        parts = [unseen[i : i + rows, None] * log_missed for i in range(0, len(unseen), rows)]
        sums = [_log_sum(part + constant) for part in parts]
        return np.concatenate(sums) + log_gamma_ratio(unseen, np.array(size))

    grid = refine(coarse_grid(seen), lambda unseen: log_mass(unseen)[None], _TOLERANCE)
    return UnseenPosterior(grid, log_mass(grid.points))


def draw_unseen(seen: int, log_odds: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return a draw of the unseen for each draw of the log odds of being unseen.

    Examples
    --------
    >>> import numpy as np
    >>> from casualty_models.capture.negative_binomial import draw_unseen
    >>> draws = draw_unseen(100, np.full(4000, np.log(0.5)), np.random.default_rng(1))
    >>> bool(48 < draws.mean() < 52)
    True
    """
    # A Poisson with a Gamma mean; beyond 1e15 its spread is that of the Gamma.
    mean = rng.gamma(seen, size=log_odds.shape) * np.exp(np.minimum(log_odds, _MOST_LOG_ODDS))
    counted = rng.poisson(np.minimum(mean, _LARGEST_POISSON)).astype(float)
    return np.where(mean < _LARGEST_POISSON, counted, np.rint(mean))


def _binned(log_odds: np.ndarray, weight: np.ndarray) -> tuple[np.ndarray, np.ndarray, float]:
    """Return evenly spaced log odds, their weights, and the space between them (0: not binned)."""
    lower, upper = log_odds.min(), log_odds.max()
    if len(log_odds) <= _BINS or lower == upper:
        return log_odds[weight > 0], weight[weight > 0], 0.0
    place = (log_odds - lower) / (upper - lower) * (_BINS - 1)
    left = np.minimum(place.astype(int), _BINS - 2)
    right_share = place - left
    shares = np.bincount(left, weight * (1 - right_share), _BINS)
    shares += np.bincount(left + 1, weight * right_share, _BINS)
    places, space = np.linspace(lower, upper, _BINS, retstep=True)
    return places[shares > 0], shares[shares > 0], float(space)


def _log_sum(values: np.ndarray) -> np.ndarray:
    top = values.max(axis=1)
    return top + np.log(np.exp(values - top[:, None]).sum(axis=1))
