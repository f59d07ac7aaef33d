r"""Strata: each borrows from the others how many people are missed, and totals are sums of draws.

Let :math:`\phi_s` be the log odds of being on no list in stratum s. The strata are taken to be
alike in it, as far as their data say so:

.. math:: \phi_s \sim \text{Normal}(\mu, \tau), \qquad \mu \sim \text{Normal}(0, 2), \qquad
          \tau \sim \text{half-Normal}(1).

Within a stratum the lists may depend on each other as in `loglinear_average`. Its posterior of
:math:`\phi_s` divided by its prior of it is what the counts of the stratum say,

.. math:: L_s(\phi) \propto p(\phi \mid \text{counts}_s) / p(\phi),

on a grid of :math:`\phi`. So the hierarchical posterior needs no chain: it is summed over a grid of
:math:`\mu` and :math:`\tau`, whose draws give those of :math:`\phi_s`, of the unseen and of the
total. A stratum whose counts say little ends near the others, one whose counts say much stays where
it was. Given :math:`\phi_s`, nothing else of a stratum's model is pooled.

Summing draws matters: adding the ends of the strata's intervals, as published totals do, takes it
that all strata are wrong in the same direction at once.

Source: the division by the prior is the second stage of Lunn, Barrett, Sweeting and Thompson
(2013), Fully Bayesian hierarchical modelling in two stages, JRSS C 62:551-572, on a grid instead
of a chain.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from casualty_models.capture.negative_binomial import draw_unseen
from casualty_models.capture.seeds import known_seed
from casualty_models.capture.stratum_odds import GRID, StratumOdds, log_odds_of, prior_shares
from casualty_models.capture.verdict_words import people_apart
from casualty_models.errors import NotEstimable
from casualty_models.lists import CaptureHistories

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

CENTER_SD, SPREAD_SD = 2.0, 1.0
CENTERS = np.linspace(-6.0, 6.0, 121)
SPREADS = np.concatenate([[0.02, 0.05], np.linspace(0.1, 3.0, 30)])
CHAINS = 4


@dataclass(frozen=True, eq=False)
class StrataEstimate:
    """The toll by stratum and in total; printing it gives the words.

    Parameters
    ----------
    histories
        The table with its strata.
    draws
        Group ``posterior``: ``unseen`` and ``true_killed`` by stratum, ``total_killed``,
        ``center`` and ``spread`` of the log odds of being on no list.
    alone
        The same strata each for itself: quantiles of the toll, shape (strata, 3).
    left_out
        The strata that cannot be estimated, and why.

    Examples
    --------
    >>> from casualty_models.capture.strata import pooled_strata
    >>> from casualty_models.datasets.lists import load_lists
    >>> estimate = pooled_strata(load_lists("peru_trc_3_by_perpetrator"), random_seed=1)
    >>> estimate.draws["posterior"]["true_killed"].sizes["stratum"]
    4
    """

    histories: CaptureHistories
    draws: "xr.DataTree"
    alone: np.ndarray
    left_out: dict[str, str]

    def quantile(self, prob: float | list[float]) -> np.ndarray:
        """Return quantiles of the total over the strata that can be estimated."""
        return np.quantile(self.draws["posterior"]["total_killed"].values, prob)

    def to_frame(self) -> "pd.DataFrame":
        """Return one row a stratum and one for the total.

        Returns
        -------
        Columns ``seen``, ``median``, ``lower95``, ``upper95`` with pooling, and ``alone_median``,
        ``alone_lower95``, ``alone_upper95`` without.

        Examples
        --------
        >>> from casualty_models.capture.strata import pooled_strata
        >>> from casualty_models.datasets.lists import load_lists
        >>> estimate = pooled_strata(load_lists("peru_trc_3_by_perpetrator"), random_seed=1)
        >>> estimate.to_frame()["seen"].iloc[-1]
        np.int64(24692)
        """
        import pandas as pd

        posterior = self.draws["posterior"]
        probs, names = [0.5, 0.025, 0.975], ["median", "lower95", "upper95"]
        tolls = posterior["true_killed"].values.reshape(-1, posterior.sizes["stratum"])
        frame = pd.DataFrame(np.quantile(tolls, probs, axis=0).T, columns=names)
        frame[[f"alone_{name}" for name in names]] = self.alone
        kept = [str(name) for name in posterior["stratum"].values]
        frame.insert(0, "seen", [self.histories.stratum(name).n for name in kept])
        frame.index = pd.Index(kept, name="stratum")
        frame.loc["total", names] = self.quantile(probs)
        frame.loc["total", "seen"] = frame["seen"].sum()
        return frame.astype({"seen": np.int64})

    def sentences(self) -> tuple[str, ...]:
        """Return the answer in words.

        Examples
        --------
        >>> from casualty_models.capture.strata import pooled_strata
        >>> from casualty_models.lists import CaptureHistories
        >>> cells = [[40, 30, 9, 20, 9, 8, 3], [4, 4, 0, 1, 0, 0, 0]]
        >>> table = CaptureHistories(("A", "B", "C"), cells, ("north", "south"))
        >>> pooled_strata(table, random_seed=1).sentences()[1].split(":")[0]
        'The total leaves out south (9 people on the lists)'
        """
        kept = self.draws["posterior"].sizes["stratum"]
        seen = self.histories.n - sum(self.histories.stratum(name).n for name in self.left_out)
        lower, middle, upper = people_apart(self.quantile([0.025, 0.5, 0.975]), seen)
        spread = float(np.median(self.draws["posterior"]["spread"].values))
        found = [
            f"{middle} people in {kept} strata, 95% interval {lower} to {upper};"
            f" {seen:,} of them are on the lists."
        ]
        found += [
            f"The total leaves out {name} ({self.histories.stratum(name).n:,} people on the lists):"
            f" it cannot be estimated. {why}"
            for name, why in self.left_out.items()
        ]
        if kept > 1:
            found.append(
                "Between strata the odds of being on no list differ by a factor of"
                f" {np.exp(spread):.1f} (one standard deviation)."
            )
        return tuple(found)

    def __str__(self) -> str:
        shown = self.to_frame().to_string(float_format=lambda x: f"{x:,.0f}")
        return "\n".join([shown, *self.sentences()])


def pooled_strata(
    histories: CaptureHistories,
    *,
    interaction_sd: float = 1.0,
    draws: int = 1000,
    random_seed: int | None = None,
) -> StrataEstimate:
    """Estimate the toll of each stratum with partial pooling, and the total as a sum of draws.

    Parameters
    ----------
    histories
        A table with 3 lists or more and several strata.
    interaction_sd
        As in `loglinear_average`.
    draws
        Draws of each of four chains (independent draws; chains serve other tools only).
    random_seed
        By default a seed is drawn.

    Returns
    -------
    The estimate. Strata that cannot be estimated are named and left out of the total.

    Raises
    ------
    NotEstimable
        If no stratum can be estimated, or there are only two lists.

    Examples
    --------
    >>> from casualty_models.capture.strata import pooled_strata
    >>> from casualty_models.datasets.lists import load_lists
    >>> estimate = pooled_strata(load_lists("peru_trc_3_by_perpetrator"), random_seed=1)
    >>> lower, upper = estimate.quantile([0.025, 0.975])
    >>> bool(24692 < lower < upper)
    True
    """
    reports = {report.stratum: report for report in histories.estimability().reports}
    left_out = {
        name: " ".join(report.reasons)
        for name, report in reports.items()
        if report.verdict == "cannot be estimated"
    }
    kept = [name for name in histories.strata if name not in left_out]
    if not kept:
        raise NotEstimable(f"no stratum can be estimated: {next(iter(left_out.values()))}")
    seed = known_seed(random_seed)
    prior = prior_shares(len(histories.lists), interaction_sd, seed)
    parts = [
        log_odds_of(histories.stratum(name), prior, interaction_sd=interaction_sd,
                    random_seed=[seed, i])
        for i, name in enumerate(kept)
    ]  # fmt: skip
    tree = _tree(kept, parts, draws, np.random.default_rng([seed, 7]))
    alone = np.array([part.seen + part.unseen.quantile([0.5, 0.025, 0.975]) for part in parts])
    return StrataEstimate(histories, tree, alone, left_out)


def _tree(
    names: list[str], parts: list[StratumOdds], draws: int, rng: np.random.Generator
) -> "xr.DataTree":
    import xarray as xr

    size = CHAINS * draws
    center, spread = _hyper_draws(parts, size, rng)
    odds = np.array([_odds_draws(part, center, spread, rng) for part in parts])
    seen = np.array([part.seen for part in parts])
    unseen = np.array([draw_unseen(n, phi, rng) for n, phi in zip(seen, odds, strict=True)])
    unseen, odds = (a.T.reshape(CHAINS, draws, len(parts)) for a in (unseen, odds))
    toll = unseen + seen
    pair, both = ("chain", "draw"), ("chain", "draw", "stratum")
    posterior = {
        "unseen": (both, unseen),
        "true_killed": (both, toll),
        "log_odds_unseen": (both, odds),
        "total_killed": (pair, toll.sum(axis=-1)),
        "center": (pair, center.reshape(CHAINS, draws)),
        "spread": (pair, spread.reshape(CHAINS, draws)),
    }
    return xr.DataTree.from_dict({"posterior": xr.Dataset(posterior, {"stratum": names})})


def _hyper_draws(
    parts: list[StratumOdds], size: int, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Return draws of center and spread, each combination weighed by all strata."""
    center, spread = (a.ravel() for a in np.meshgrid(CENTERS, SPREADS, indexing="ij"))
    width = np.tile(np.gradient(SPREADS), len(CENTERS))
    log_mass = np.log(width) - (center / CENTER_SD) ** 2 / 2 - (spread / SPREAD_SD) ** 2 / 2
    population = _normal(GRID[None], center[:, None], spread[:, None])
    for part in parts:
        log_mass += np.log(np.maximum(population @ part.likelihood, 1e-300))
    share = np.exp(log_mass - log_mass.max())
    chosen = rng.choice(len(share), size=size, p=share / share.sum())
    return center[chosen], spread[chosen]


def _odds_draws(
    part: StratumOdds, center: np.ndarray, spread: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """Return a draw of a stratum's log odds for each draw of center and spread."""
    pairs, row = np.unique(np.column_stack([center, spread]), axis=0, return_inverse=True)
    mass = _normal(GRID[None], pairs[:, :1], pairs[:, 1:]) * part.likelihood
    reached = np.cumsum(mass, axis=1)
    at = (reached[row] < (rng.random(len(row)) * reached[row, -1])[:, None]).sum(axis=1)
    step = GRID[1] - GRID[0]
    return GRID[np.minimum(at, len(GRID) - 1)] + step * (rng.random(len(row)) - 0.5)


def _normal(x: np.ndarray, center: np.ndarray, spread: np.ndarray) -> np.ndarray:
    return np.exp(-(((x - center) / spread) ** 2) / 2) / spread
