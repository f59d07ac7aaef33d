"""Tests that ranks are uniform."""

import numpy as np
from scipy.stats import binom, chisquare

FEWEST_IN_BIN = 5
SIMULATED = 2000
SEED = 0  # of the ranks that chance alone would give


def histogram_pvalue(ranks: np.ndarray, levels: int) -> float:
    """Return the probability, by chi-square, of a histogram of ranks at least so uneven.

    Bins hold equally many of the possible ranks: the most bins with 5 ranks each on average.

    Parameters
    ----------
    ranks
        Whole numbers from 0 to ``levels``.
    levels
        The largest possible rank.

    Examples
    --------
    >>> import numpy as np
    >>> from casualty_models.checks.uniform_ranks import histogram_pvalue
    >>> histogram_pvalue(np.repeat([0, 20], 50), 20) < 1e-6
    True
    """
    possible = levels + 1
    bins = max(
        b
        for b in range(1, possible + 1)
        if possible % b == 0 and (b == 1 or len(ranks) >= FEWEST_IN_BIN * b)
    )
    counts = np.bincount(np.asarray(ranks) // (possible // bins), minlength=bins)
    return float(chisquare(counts).pvalue) if bins > 1 else 1.0


def ecdf_pvalue(ranks: np.ndarray, levels: int) -> float:
    r"""Return the probability of an empirical distribution function at least so far from even.

    The distance is the least likely of the counts :math:`\#\{r_i \le k\}`, each binomial when the
    ranks are uniform; its own distribution is found from simulated uniform ranks.

    Parameters
    ----------
    ranks
        Whole numbers from 0 to ``levels``.
    levels
        The largest possible rank.

    Notes
    -----
    Säilynoja, Bürkner & Vehtari 2022, Statistics and Computing 32:32, whose simultaneous band
    holds all ranks exactly where this probability is above its level.

    Examples
    --------
    >>> import numpy as np
    >>> from casualty_models.checks.uniform_ranks import ecdf_pvalue
    >>> ecdf_pvalue(np.arange(21), 20) > 0.9, ecdf_pvalue(np.full(21, 10), 20) < 0.01
    (True, True)
    """
    number = len(ranks)
    below = np.arange(1, levels + 1)[:, None] / (levels + 1)
    held = np.arange(number + 1)
    tails = 2 * np.minimum(binom.cdf(held, number, below), binom.sf(held - 1, number, below))

    def least_likely(sets: np.ndarray) -> np.ndarray:
        counts = (sets[:, None, :] <= np.arange(levels)[:, None]).sum(axis=2)
        return tails[np.arange(levels), counts].min(axis=1)

    rng = np.random.default_rng(SEED)
    by_chance = np.concatenate(
        [least_likely(rng.integers(0, levels + 1, (100, number))) for _ in range(SIMULATED // 100)]
    )
    found = least_likely(np.asarray(ranks)[None])[0]
    return float((1 + (by_chance <= found * (1 + 1e-9)).sum()) / (1 + SIMULATED))
