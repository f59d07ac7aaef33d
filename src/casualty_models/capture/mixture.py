r"""Estimates over alternative tables: ways of matching records, or imputed replicates of the data.

The answer is the mixture of the posteriors of all tables by their weights,

.. math:: p(N \mid \text{data}) = \sum_t w_t\, p(N \mid \text{table}_t),

which is what Bayes' rule asks for when the table itself is uncertain. The variance of the log toll
falls into two parts, within tables (mean of the variances) and between them (variance of the
means). With few imputed replicates the part between is known badly; Rubin's rules add for it, and
are given beside the mixture (`MixtureEstimate.rubin_interval`).

Source: Rubin (1987), Multiple Imputation for Nonresponse in Surveys, section 3.3; the package
verdata of the Human Rights Data Analysis Group combines its replicates by such a rule.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.stats import t

from casualty_models.capture.families import Settings, run_families
from casualty_models.capture.seeds import known_seed
from casualty_models.capture.verdict_words import people_apart
from casualty_models.errors import NotEstimable
from casualty_models.lists import CaptureHistories
from casualty_models.lists.linkage import WeightedTables

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

POINTS = 1000
CHAINS = 4
TollDraws = Callable[[CaptureHistories], np.ndarray]


@dataclass(frozen=True, eq=False)
class MixtureEstimate:
    """The toll over alternative tables; printing it gives the words.

    Parameters
    ----------
    tables
        The tables and their weights.
    points
        Draws of the toll of each table: shape (tables, points).
    draws
        Group ``posterior``: ``true_killed`` of the mixture and ``table``, from which it came.

    Examples
    --------
    >>> from casualty_models.capture.mixture import across_tables
    >>> from casualty_models.lists import CaptureHistories
    >>> from casualty_models.lists.linkage import WeightedTables
    >>> strict = CaptureHistories(("A", "B", "C"), [[244, 48, 142, 60, 111, 4, 12]])
    >>> loose = CaptureHistories(("A", "B", "C"), [[224, 38, 152, 50, 121, 4, 12]])
    >>> print(across_tables(WeightedTables((strict, loose)), "graphs", random_seed=1))
    700 people in all, 95% interval 650 to 770, over 2 tables.
    Of the variance of the log toll 62% lies between the tables: their medians run from 670 to 720.
    """

    tables: WeightedTables
    points: np.ndarray
    draws: "xr.DataTree"

    @property
    def within(self) -> float:
        """The mean of the variances of the log toll in each table."""
        return float(np.asarray(self.tables.weights) @ np.log(self.points).var(axis=1))

    @property
    def between(self) -> float:
        """The variance between tables of the mean of the log toll."""
        means, weights = np.log(self.points).mean(axis=1), np.asarray(self.tables.weights)
        return float(weights @ (means - weights @ means) ** 2)

    def quantile(self, prob: float | list[float]) -> np.ndarray:
        """Return quantiles of the toll."""
        weight = np.repeat(np.asarray(self.tables.weights), self.points.shape[1])
        order = np.argsort(self.points.ravel())
        reached = np.cumsum(weight[order]) / weight.sum()
        at = np.searchsorted(reached, np.asarray(prob) * (1 - 1e-12))
        return self.points.ravel()[order][at]

    def rubin_interval(self, prob: float = 0.95) -> tuple[float, float]:
        r"""Return the interval by Rubin's rules, for R imputed replicates of equal weight.

        .. math:: T = W + \left(1 + \tfrac1R\right) B, \qquad
                  \nu = (R - 1) \left[1 + \frac{W}{(1 + 1/R) B}\right]^2

        with W the variance within, B between (over R - 1), and a t distribution for the log toll.

        Raises
        ------
        NotEstimable
            If there is a single table: nothing is known of the variance between.
        """
        logs = np.log(self.points)
        count = len(logs)
        if count == 1:
            raise NotEstimable("one replicate tells nothing about the variance between them")
        inside = logs.var(axis=1).mean()
        outside = (1 + 1 / count) * logs.mean(axis=1).var(ddof=1)
        degrees = (count - 1) * (1 + inside / max(outside, 1e-300)) ** 2
        reach = t.ppf((1 + prob) / 2, degrees) * np.sqrt(inside + outside)
        middle = logs.mean()
        return float(np.exp(middle - reach)), float(np.exp(middle + reach))

    def to_frame(self) -> "pd.DataFrame":
        """Return one row a table: its weight, people seen and matched, and its toll.

        Examples
        --------
        >>> from casualty_models.capture.mixture import across_tables
        >>> from casualty_models.lists import CaptureHistories
        >>> from casualty_models.lists.linkage import WeightedTables
        >>> spina = CaptureHistories(("A", "B", "C"), [[244, 48, 142, 60, 111, 4, 12]])
        >>> mixture = across_tables(WeightedTables((spina,)), "graphs", random_seed=1)
        >>> mixture.to_frame()["median"].round().tolist()
        [725.0]
        """
        frame = self.tables.to_frame()
        for name, prob in (("median", 0.5), ("lower95", 0.025), ("upper95", 0.975)):
            frame[name] = np.quantile(self.points, prob, axis=1)
        return frame

    def __str__(self) -> str:
        lower, middle, upper = people_apart(self.quantile([0.025, 0.5, 0.975]))
        medians = np.median(self.points, axis=1)
        least, most = people_apart([medians.min(), medians.max()])
        share = self.between / (self.within + self.between)
        return (
            f"{middle} people in all, 95% interval {lower} to {upper}, over"
            f" {len(self.points)} tables.\n"
            f"Of the variance of the log toll {share:.0%} lies between the tables: their medians"
            f" run from {least} to {most}."
        )


def across_tables(
    tables: WeightedTables,
    family: str | TollDraws,
    *,
    particles: int = 1000,
    random_seed: int | None = None,
) -> MixtureEstimate:
    """Estimate the toll over alternative tables by one family of models.

    Parameters
    ----------
    tables
        The tables and their weights.
    family
        A family as in `estimate_unseen`, or a function from a table to draws of the toll.
    particles
        Of the latent classes.
    random_seed
        By default a seed is drawn.

    Returns
    -------
    The mixture of the posteriors.

    Raises
    ------
    NotEstimable
        If some table cannot be estimated: the mixture would have a part without an end.

    Examples
    --------
    >>> from casualty_models.capture.mixture import across_tables
    >>> from casualty_models.datasets.lists import load_lists
    >>> from casualty_models.lists.linkage import WeightedTables
    >>> grid = load_lists("sudan_khartoum_2023_24_3_linkage_grid")
    >>> names = [f"all_cause | {d} | {m}" for d in (2, 4) for m in (2, 4)]
    >>> tables = WeightedTables.from_strata(grid, names=names)
    >>> mixture = across_tables(tables, "independence", random_seed=1)
    >>> mixture.between > mixture.within
    True
    """
    seed = known_seed(random_seed)
    broken = [
        name
        for name, table in zip(tables.names, tables.tables, strict=True)
        if len(table.estimability().not_estimable) == len(table.strata)
    ]
    if broken:
        raise NotEstimable(
            f"no one is on two lists in the tables {', '.join(broken)}; the toll has no upper"
            " end there. Leave them out if they are not plausible"
        )
    rows = [_toll(table, family, particles, seed) for table in tables.tables]
    points = np.array([np.quantile(row, (np.arange(POINTS) + 0.5) / POINTS) for row in rows])
    return MixtureEstimate(tables, points, _tree(tables, points, np.random.default_rng([seed, 6])))


def _toll(
    table: CaptureHistories, family: str | TollDraws, particles: int, seed: int
) -> np.ndarray:
    if not isinstance(family, str):
        return np.asarray(family(table), dtype=float).ravel()
    (answer,) = run_families(table, [family], Settings(particles, False, seed))
    return table.n + answer.points(POINTS)


def _tree(tables: WeightedTables, points: np.ndarray, rng: np.random.Generator) -> "xr.DataTree":
    import xarray as xr

    shape = (CHAINS, points.shape[1] // 2)
    table = rng.choice(len(points), size=shape, p=np.asarray(tables.weights))
    toll = points[table, rng.integers(points.shape[1], size=shape)]
    dims = ("chain", "draw")
    draws = xr.Dataset({"true_killed": (dims, toll), "table": (dims, table)})
    return xr.DataTree.from_dict({"posterior": draws})
