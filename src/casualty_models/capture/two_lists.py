r"""Two lists: the odds ratio between them is not identified, so a prior for it is the answer.

The people on both lists, on one and on the other are three numbers; a fourth is wanted,

.. math:: n_{00} = \theta\, \frac{n_{10}\, n_{01}}{n_{11}},

and the odds ratio :math:`\theta` stands in no list: 1 if the lists are independent, above 1 if
those on one list are likelier to be on the other. Whatever is believed about it before the data is
believed after them. What the data tell is the factor beside it: the shares of the cells are
:math:`\text{Dirichlet}(n + \tfrac12)`, and given both the unseen count is negative binomial.

The default prior, a median of 2 with most weight between 1/2 and 8, is what pairs of lists of
deaths show in tables with three lists or more (`odds_ratios_of_pairs` of Kosovo, Gaza, Khartoum,
Peru): those who are easier to find are found by more than one list.

Source: Lum and Ball (2015), Estimating undocumented homicides with two lists and list dependence,
Human Rights Data Analysis Group.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from casualty_models.capture.negative_binomial import unseen_given_odds
from casualty_models.capture.result import to_datatree
from casualty_models.capture.seeds import known_seed
from casualty_models.capture.unseen import UnseenPosterior
from casualty_models.distributions import Distribution, LogNormal
from casualty_models.errors import DataError
from casualty_models.lists import CaptureHistories

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

ODDS_RATIO = LogNormal(median=2.0, sigma=0.84)
_JEFFREYS = 0.5
_INTERVAL = (0.5, 0.025, 0.975)


@dataclass(frozen=True, eq=False)
class TwoListPosterior:
    """The posterior of the unseen from two lists and a prior of their odds ratio.

    Parameters
    ----------
    histories, odds_ratio
        The two lists and the prior.
    unseen
        The posterior of how many people are on neither.
    random_seed
        The seed of the draws.

    Examples
    --------
    >>> from casualty_models.capture.two_lists import two_list_posterior
    >>> from casualty_models.lists import CaptureHistories
    >>> homicides = CaptureHistories(("police", "press"), [[400, 300, 600]])
    >>> posterior = two_list_posterior(homicides, random_seed=1)
    >>> lower, upper = posterior.quantile([0.025, 0.975])
    >>> bool(1300 < lower < upper < 4000)
    True
    """

    histories: CaptureHistories
    odds_ratio: Distribution
    unseen: UnseenPosterior
    random_seed: int

    def quantile(self, prob: float | Sequence[float] | np.ndarray) -> np.ndarray:
        """Return quantiles of the toll: people seen and unseen."""
        return self.histories.n + self.unseen.quantile(np.asarray(prob, dtype=float))

    def cdf(self, toll: float | Sequence[float] | np.ndarray) -> np.ndarray:
        """Return the probability that the toll is at most so high."""
        return self.unseen.cdf(np.asarray(toll, dtype=float) - self.histories.n)

    def notes(self) -> tuple[str, ...]:
        """Return what a reader must know before using the numbers."""
        lower, upper = self.odds_ratio.interval(0.9)
        return (
            *self.histories.estimability().reports[0].reasons,
            f"Prior of the odds ratio: 90% between {lower} and {upper}. The data do not change it.",
        )

    def to_datatree(
        self, draws: int = 1000, *, chains: int = 4, random_seed: int | None = None
    ) -> "xr.DataTree":
        """Return independent draws in the form of the package's other results.

        Parameters
        ----------
        draws, chains
            Draws of each chain, and chains; the draws are independent.
        random_seed
            By default that of the posterior.

        Returns
        -------
        Group ``posterior`` with ``unseen`` and ``true_killed``; the record is in ``attrs``.

        Examples
        --------
        >>> from casualty_models.capture.two_lists import two_list_posterior
        >>> from casualty_models.lists import CaptureHistories
        >>> homicides = CaptureHistories(("police", "press"), [[400, 300, 600]])
        >>> tree = two_list_posterior(homicides, random_seed=1).to_datatree(100)
        >>> dict(tree["posterior"].sizes)
        {'chain': 4, 'draw': 100}
        """
        seed = self.random_seed if random_seed is None else random_seed
        unseen = self.unseen.draw(np.random.default_rng(seed), draws * chains)
        record = {
            "method": "two_lists",
            "random_seed": seed,
            "settings": {"odds_ratio": self.odds_ratio.to_dict()},
            "notes": self.notes(),
        }
        return to_datatree(self.histories, unseen.reshape(chains, draws), record=record)


def two_list_posterior(
    histories: CaptureHistories,
    *,
    odds_ratio: Distribution = ODDS_RATIO,
    draws: int = 20_000,
    random_seed: int | None = None,
) -> TwoListPosterior:
    """Return the posterior of the unseen from two lists and a prior of their odds ratio.

    Parameters
    ----------
    histories
        One stratum with two lists.
    odds_ratio
        What is believed about it; ``Fixed(1.0)`` is independence.
    draws
        Draws of odds ratio and shares.
    random_seed
        By default a seed is drawn and recorded.

    Returns
    -------
    The posterior.

    Raises
    ------
    DataError
        If there are not two lists, the prior allows an odds ratio of 0 or less, no one is on a
        list, or there are several strata.

    References
    ----------
    Lum and Ball (2015); see the module.

    Examples
    --------
    >>> from casualty_models.capture.two_lists import two_list_posterior
    >>> from casualty_models.distributions import Fixed
    >>> from casualty_models.lists import CaptureHistories
    >>> homicides = CaptureHistories(("police", "press"), [[400, 300, 600]])
    >>> apart = two_list_posterior(homicides, odds_ratio=Fixed(1.0), random_seed=1)
    >>> abs(apart.quantile(0.5) - 1500) < 10
    np.True_
    """
    seed = known_seed(random_seed)
    rng = np.random.default_rng(seed)
    factor = _log_factor(histories, rng, draws)
    ratios = odds_ratio.draw(rng, draws)
    if not (ratios > 0).all():
        rule = "an odds ratio is above 0"
        raise DataError(rule, place="odds_ratio", value=odds_ratio, remedy="Use a LogNormal.")
    unseen = unseen_given_odds(histories.n, factor + np.log(ratios))
    return TwoListPosterior(histories, odds_ratio, unseen, seed)


def odds_ratio_curve(
    histories: CaptureHistories,
    odds_ratios: Sequence[float] = (0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0, 8.0),
    *,
    draws: int = 4000,
    random_seed: int | None = None,
) -> "pd.DataFrame":
    """Return the toll for each value that the odds ratio might have.

    Parameters
    ----------
    histories
        One stratum with two lists.
    odds_ratios
        The values.
    draws, random_seed
        Draws of the shares, the same for every value, and their seed.

    Returns
    -------
    Columns ``odds_ratio``, ``median``, ``lower95``, ``upper95`` and ``formula``, the toll by
    n10 n01 / n11 times the odds ratio.

    Raises
    ------
    DataError
        As for `two_list_posterior`.

    Examples
    --------
    >>> from casualty_models.capture.two_lists import odds_ratio_curve
    >>> from casualty_models.lists import CaptureHistories
    >>> homicides = CaptureHistories(("police", "press"), [[400, 300, 600]])
    >>> odds_ratio_curve(homicides, (1, 2), random_seed=1)["formula"].tolist()
    [1500.0, 1700.0]
    """
    import pandas as pd

    if not all(ratio > 0 for ratio in odds_ratios):
        raise DataError("an odds ratio is above 0", place="odds_ratios", value=odds_ratios)
    factor = _log_factor(histories, np.random.default_rng(random_seed), draws)
    one, other, both = histories.cells
    rows = []
    for ratio in odds_ratios:
        unseen = unseen_given_odds(histories.n, factor + np.log(ratio))
        formula = histories.n + (ratio * one * other / both if both else np.inf)
        rows.append([ratio, *(histories.n + unseen.quantile(np.array(_INTERVAL))), formula])
    return pd.DataFrame(rows, columns=["odds_ratio", "median", "lower95", "upper95", "formula"])


def odds_ratios_of_pairs(histories: CaptureHistories, unseen: UnseenPosterior) -> "pd.DataFrame":
    r"""Return the odds ratio of each two of three lists or more, the unseen included.

    .. math:: \theta_{ij} = \frac{n_{ij}\, (m_{ij} + n_0)}{n_{i \bar{j}}\, n_{\bar{i} j}},

    with m the people who are seen on other lists only. This is where a prior for two lists may be
    learnt, if those lists are thought to be alike.

    Parameters
    ----------
    histories
        One stratum.
    unseen
        Posterior of the people on no list.

    Returns
    -------
    Columns ``first``, ``second``, ``median``, ``lower95``, ``upper95``.

    Examples
    --------
    >>> from casualty_models.capture.graphs import graph_average
    >>> from casualty_models.capture.two_lists import odds_ratios_of_pairs
    >>> from casualty_models.lists import CaptureHistories
    >>> spina = CaptureHistories(("A", "B", "C"), [[244, 48, 142, 60, 111, 4, 12]])
    >>> odds_ratios_of_pairs(spina, graph_average(spina).unseen)["median"].round(2).tolist()
    [1.37, 0.76, 0.17]
    """
    import pandas as pd

    seen = histories.patterns.T.astype(bool)
    neither = unseen.quantile(np.array(_INTERVAL))
    rows = []
    for i, j in combinations(range(len(histories.lists)), 2):
        cells = [
            histories.cells[(seen[i] == on_i) & (seen[j] == on_j)].sum()
            for on_i, on_j in ((1, 1), (1, 0), (0, 1), (0, 0))
        ]
        both, one, other, rest = (float(count) for count in cells)
        with np.errstate(divide="ignore", invalid="ignore"):
            ratios = np.divide(both * (rest + neither), one * other)
        rows.append([histories.lists[i], histories.lists[j], *ratios.tolist()])
    return pd.DataFrame(rows, columns=["first", "second", "median", "lower95", "upper95"])


def _log_factor(histories: CaptureHistories, rng: np.random.Generator, draws: int) -> np.ndarray:
    """Return draws of the log odds of being unseen if the lists were independent."""
    if len(histories.lists) != 2:  # noqa: PLR2004
        rule = "this takes two lists"
        remedy = "Use graphs, loglinear or latent_class for more."
        raise DataError(rule, place="lists", value=histories.lists, remedy=remedy)
    if not histories.cells.any():
        raise DataError("someone must be on a list", place=histories.strata[0], value=0)
    if draws < 1:
        raise DataError("there must be a draw or more", place="draws", value=draws)
    one, other, both = np.log(rng.dirichlet(histories.cells + _JEFFREYS, size=draws)).T
    return one + other - both
