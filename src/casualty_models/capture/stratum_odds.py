"""What the counts of one stratum say about the log odds of being on no list."""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from casualty_models.capture.loglinear import loglinear_average
from casualty_models.capture.prior_unseen import model_prior
from casualty_models.capture.unseen import UnseenPosterior
from casualty_models.lists import CaptureHistories

GRID = np.linspace(-12.0, 12.0, 961)
_DRAWS, _PRIOR_DRAWS, _BLOCK = 20_000, 400_000, 50_000
_LEAST_SHARE = 1e-4


@dataclass(frozen=True, eq=False)
class StratumOdds:
    """What the counts of one stratum say about the log odds of being on no list.

    Parameters
    ----------
    seen
        People on its lists.
    likelihood
        Of the log odds, at each point of ``GRID``, up to a factor.
    unseen
        The posterior of the people on no list without pooling.

    Examples
    --------
    >>> from casualty_models.capture.stratum_odds import GRID, log_odds_of, prior_shares
    >>> from casualty_models.lists import CaptureHistories
    >>> spina = CaptureHistories(("A", "B", "C"), [[244, 48, 142, 60, 111, 4, 12]])
    >>> part = log_odds_of(spina, prior_shares(3, 1.0, 1), interaction_sd=1.0, random_seed=[1])
    >>> bool(-2.5 < GRID[part.likelihood.argmax()] < -1.0)
    True
    """

    seen: int
    likelihood: np.ndarray
    unseen: UnseenPosterior


def prior_shares(lists: int, interaction_sd: float, random_seed: int) -> np.ndarray:
    """Return the prior probability of the log odds at each point of ``GRID``.

    Examples
    --------
    >>> from casualty_models.capture.stratum_odds import prior_shares
    >>> round(prior_shares(3, 1.0, 1).sum(), 6)
    np.float64(1.0)
    """
    rng = np.random.default_rng([random_seed, 8])
    blocks = [
        _histogram(model_prior(lists, interaction_sd, rng, _BLOCK))
        for _ in range(_PRIOR_DRAWS // _BLOCK)
    ]
    return np.mean(blocks, axis=0)


def log_odds_of(
    histories: CaptureHistories,
    prior: np.ndarray,
    *,
    interaction_sd: float,
    random_seed: Sequence[int],
) -> StratumOdds:
    """Return the likelihood of the log odds of being on no list, other parameters summed out.

    Parameters
    ----------
    histories
        One stratum.
    prior
        What `prior_shares` returns for these lists.
    interaction_sd
        As in `loglinear_average`.
    random_seed
        Seeds of the draws.

    Returns
    -------
    Posterior over prior, both smoothed alike.

    Examples
    --------
    >>> from casualty_models.capture.stratum_odds import log_odds_of, prior_shares
    >>> from casualty_models.lists import CaptureHistories
    >>> spina = CaptureHistories(("A", "B", "C"), [[244, 48, 142, 60, 111, 4, 12]])
    >>> log_odds_of(spina, prior_shares(3, 1.0, 1), interaction_sd=1.0, random_seed=[1]).seen
    621
    """
    rng = np.random.default_rng(random_seed)
    with warnings.catch_warnings():
        # That some models leave the unseen open is what the prior of the strata is for.
        warnings.filterwarnings("ignore", message="models with")
        average = loglinear_average(
            histories, interaction_sd=interaction_sd, draws=_DRAWS,
            random_seed=int(rng.integers(2**31)),
        )  # fmt: skip
    after = _histogram(average.sample.log_odds, average.sample.weight)
    width = _spread_of(after) * _smoothing(average.sample.effective_share)
    after, before = _smoothed(after, width), _smoothed(prior, width)
    # Where hardly a draw fell the quotient is noise; there the counts say no.
    likelihood = np.where(after > _LEAST_SHARE * after.max(), after / np.maximum(before, 1e-9), 0)
    return StratumOdds(histories.n, likelihood / likelihood.max(), average.unseen)


def _histogram(values: np.ndarray, weight: np.ndarray | None = None) -> np.ndarray:
    step = GRID[1] - GRID[0]
    edges = np.append(GRID - step / 2, GRID[-1] + step / 2)
    found = np.histogram(np.clip(values, GRID[0], GRID[-1]), edges, weights=weight)[0]
    return found / found.sum()


def _spread_of(shares: np.ndarray) -> float:
    mean = float(shares @ GRID)
    return float(np.sqrt(shares @ (GRID - mean) ** 2))


def _smoothing(effective_share: float) -> float:
    """Return the width of a kernel for so many effective draws (Silverman 1986), as a share."""
    return float(0.9 * (_DRAWS * effective_share) ** -0.2)


def _smoothed(shares: np.ndarray, width: float) -> np.ndarray:
    from scipy.ndimage import gaussian_filter1d

    return gaussian_filter1d(shares, max(width / (GRID[1] - GRID[0]), 0.3), mode="constant")
