r"""What each family believes of the unseen before it knows who is on which list.

With :math:`p(N) \propto 1/N` the number of people seen says nothing about the share that is seen.
So "n people were seen, and nothing else is known" gives a proper prior of the unseen: negative
binomial, with the odds of being unseen drawn from the prior of the family. Where the posterior is
like it, the lists have decided nothing.
"""

from typing import TYPE_CHECKING

import numpy as np
from scipy.special import logsumexp

from casualty_models.capture.decomposable import MOST_ENUMERATED as MOST_GRAPHS
from casualty_models.capture.decomposable import decomposable_graphs
from casualty_models.capture.hierarchical import MOST_ENUMERATED as MOST_MODELS
from casualty_models.capture.hierarchical import model_space
from casualty_models.capture.latent_class_priors import LatentClassPriors
from casualty_models.capture.loglinear import MAIN_SD

if TYPE_CHECKING:
    from casualty_models.capture.graph_posterior import GraphAverage

_MOST_ODDS = 200.0


def graph_prior(average: "GraphAverage", rng: np.random.Generator, draws: int) -> np.ndarray:
    r"""Return draws of the log odds of being unseen, the graph drawn too (not the saturated one).

    With :math:`p_v` parents of list v, the share of it missed by those on none of the parents is
    :math:`\text{Beta}(d_v, d_v)`, :math:`d_v = \delta\, 2^{J - 1 - p_v}`; their product is the
    share of people on no list.

    Examples
    --------
    >>> import numpy as np
    >>> from casualty_models.capture.graphs import graph_average
    >>> from casualty_models.capture.prior_unseen import graph_prior
    >>> from casualty_models.lists import CaptureHistories
    >>> spina = CaptureHistories(("A", "B", "C"), [[244, 48, 142, 60, 111, 4, 12]])
    >>> graph_prior(graph_average(spina), np.random.default_rng(1), 3).shape
    (3,)
    """
    lists = len(average.histories.lists)
    known = decomposable_graphs(lists) if lists <= MOST_GRAPHS else average.sums.parents
    sizes = np.bitwise_count(known)
    sizes = sizes[sizes.sum(axis=1) < lists * (lists - 1) // 2]
    chosen = sizes[rng.integers(len(sizes), size=draws)]
    weight = average.delta * 2.0 ** (lists - 1 - chosen)
    missed, caught = rng.standard_gamma(weight), rng.standard_gamma(weight)
    with np.errstate(divide="ignore", invalid="ignore"):
        log_share = (np.log(missed) - np.log(missed + caught)).sum(axis=1)
    return _log_odds(np.nan_to_num(log_share, nan=-_MOST_ODDS, neginf=-_MOST_ODDS))


def model_prior(
    lists: int, interaction_sd: float, rng: np.random.Generator, draws: int
) -> np.ndarray:
    """Return draws of the log odds of being unseen, the log-linear model drawn too.

    Examples
    --------
    >>> import numpy as np
    >>> from casualty_models.capture.prior_unseen import model_prior
    >>> odds = model_prior(3, 1.0, np.random.default_rng(1), 4000)
    >>> bool(-4.5 < np.median(odds) < -2.5)
    True
    """
    if lists <= MOST_MODELS:
        space = model_space(lists)
        models = space.all_models()
        rows = models[rng.integers(len(models), size=draws)]
    else:  # models of pairs: each interaction is in or out, whatever the others are
        space = model_space(lists, 2)
        rows = rng.random((draws, len(space.interactions))) < 0.5  # noqa: PLR2004
    main = np.bitwise_count(space.terms) == 1
    normal = rng.standard_normal((draws, len(space.terms))) * np.where(
        main, MAIN_SD, interaction_sd
    )
    eta = (normal * space.active(rows)) @ space.design().T
    return eta[:, 0] - logsumexp(eta[:, 1:], axis=1)


def class_prior(
    lists: int,
    rng: np.random.Generator,
    draws: int,
    *,
    priors: LatentClassPriors | None = None,
    classes: int = 10,
) -> np.ndarray:
    """Return draws of the log odds of being unseen under latent classes.

    Examples
    --------
    >>> import numpy as np
    >>> from casualty_models.capture.prior_unseen import class_prior
    >>> odds = class_prior(3, np.random.default_rng(1), 4000)
    >>> bool(-3.5 < np.median(odds) < -1.5)
    True
    """
    priors = LatentClassPriors() if priors is None else priors
    shape, rate = priors.concentration
    alpha = np.maximum(rng.gamma(shape, 1 / rate, draws), 1e-12)
    # A stick breaks at 1 - U ** (1 / alpha); logs keep small alpha from rounding to 1.
    log_left = np.log(rng.random((classes - 1, draws))) / alpha
    log_break = np.log(-np.expm1(np.minimum(log_left, -1e-300)))
    log_left = np.concatenate([np.zeros((1, draws)), np.cumsum(log_left, axis=0)])
    log_break = np.concatenate([log_break, np.zeros((1, draws))])
    missed = np.log1p(-rng.beta(*priors.share, size=(lists, classes, draws))).sum(axis=0)
    return _log_odds(logsumexp(log_left + log_break + missed, axis=0))


def shared_mass(first: np.ndarray, second: np.ndarray, bins: int = 60) -> float:
    r"""Return how much two sets of draws have in common: 0 nothing, 1 all.

    .. math:: \int \min(p(z), q(z))\, dz, \qquad z = \log(1 + n_0)

    by histograms whose bins hold equal shares of the first set.

    Examples
    --------
    >>> import numpy as np
    >>> from casualty_models.capture.prior_unseen import shared_mass
    >>> draws = np.random.default_rng(1).lognormal(5, 1, (2, 20_000))
    >>> bool(shared_mass(*draws) > 0.95), shared_mass(draws[0], draws[1] * 1e6)
    (True, 0.0)
    """
    first, second = np.log1p(first.ravel()), np.log1p(second.ravel())
    edges = np.unique(np.quantile(first, np.linspace(0, 1, bins + 1)))
    edges = np.concatenate([[-np.inf], edges, [np.inf]])
    shares = [np.histogram(draws, edges)[0] / len(draws) for draws in (first, second)]
    return float(np.minimum(*shares).sum())


def _log_odds(log_share: np.ndarray) -> np.ndarray:
    """Return log(p / (1 - p)) for log p, exact for p near 0 and bounded for p near 1."""
    log_share = np.minimum(log_share, -np.exp(-_MOST_ODDS))
    seen = np.maximum(-np.expm1(log_share), np.exp(-_MOST_ODDS))
    return log_share - np.log(seen)
