"""`GraphAverage`: the posterior of the unseen, averaged over decomposable graphs."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from casualty_models.capture.decomposable import graph_label
from casualty_models.capture.graph_search import GraphSearch
from casualty_models.capture.graph_sums import GraphSums, sum_graphs
from casualty_models.capture.hyper_dirichlet import hyper_dirichlet
from casualty_models.capture.result import to_datatree
from casualty_models.capture.seeds import known_seed
from casualty_models.capture.unseen import UnseenPosterior
from casualty_models.lists import CaptureHistories

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

INTERVAL = (0.5, 0.025, 0.975)
_NOTABLE = 0.05


@dataclass(frozen=True, eq=False)
class GraphAverage:
    """The posterior of the unseen, averaged over decomposable graphs.

    Parameters
    ----------
    histories, delta
        What was averaged.
    sums
        The graphs that carry weight, their evidence and the averaged posterior.
    saturated_weight
        The weight that the saturated graph has, or would have if it were kept.
    search
        How the graphs were found, where they were not all tried.

    Examples
    --------
    >>> from casualty_models.capture.graphs import graph_average
    >>> from casualty_models.lists import CaptureHistories
    >>> spina = CaptureHistories(("A", "B", "C"), [[244, 48, 142, 60, 111, 4, 12]])
    >>> average = graph_average(spina)
    >>> average.quantile([0.025, 0.5, 0.975]).tolist()
    [687.0, 725.0, 783.0]
    >>> round(average.saturated_weight, 4)
    0.0032
    """

    histories: CaptureHistories
    delta: float
    sums: GraphSums
    saturated_weight: float
    search: GraphSearch | None = None

    @property
    def unseen(self) -> UnseenPosterior:
        """The posterior of how many people are on no list."""
        return self.sums.posterior

    def quantile(self, prob: float | Sequence[float] | np.ndarray) -> np.ndarray:
        """Return quantiles of the toll: people seen and unseen."""
        return self.histories.n + self.unseen.quantile(np.asarray(prob, dtype=float))

    def cdf(self, toll: float | Sequence[float] | np.ndarray) -> np.ndarray:
        """Return the probability that the toll is at most so high."""
        return self.unseen.cdf(np.asarray(toll, dtype=float) - self.histories.n)

    def tail_mass(self, multiple: float = 20.0) -> float:
        """Return the probability that more are unseen than so many times the people seen.

        Other programs cut the unseen count at 5 or 20 times the people seen.
        """
        return float(1.0 - self.unseen.cdf(multiple * self.histories.n))

    @cached_property
    def weight(self) -> np.ndarray:
        """The posterior weight of each graph in ``sums``, in the same order."""
        evidence = self.sums.log_evidence
        weight = np.exp(evidence - evidence.max())
        return weight / weight.sum()

    def weights(self, top: int = 10) -> "pd.DataFrame":
        """Return the graphs with most weight, and the toll under each.

        Parameters
        ----------
        top
            How many graphs.

        Returns
        -------
        Columns ``graph``, ``weight``, ``median``, ``lower95``, ``upper95``; a graph is written
        as its groups of lists, ``[12][3]``.

        Examples
        --------
        >>> from casualty_models.capture.graphs import graph_average
        >>> from casualty_models.lists import CaptureHistories
        >>> spina = CaptureHistories(("A", "B", "C"), [[244, 48, 142, 60, 111, 4, 12]])
        >>> print(graph_average(spina).weights(2).round(3))
              graph  weight  median  lower95  upper95
        0    [23][1]   0.676   724.0    694.0    760.0
        1  [12][23]   0.188   752.0    709.0    810.0
        """
        import pandas as pd

        order = np.argsort(-self.weight, kind="stable")[:top]
        chosen = self.sums.parents[order]
        likelihood = hyper_dirichlet(self.histories, self.delta)
        alone = [sum_graphs(likelihood, row[None], self.sums.limit) for row in chosen]
        tolls = [self.histories.n + each.posterior.quantile(np.array(INTERVAL)) for each in alone]
        table = pd.DataFrame(tolls, columns=["median", "lower95", "upper95"])
        table.insert(0, "graph", [graph_label(row) for row in chosen])
        table.insert(1, "weight", self.weight[order])
        return table

    def notes(self) -> tuple[str, ...]:
        """Return what a reader must know before using the numbers."""
        found = list(self.histories.estimability().reports[0].reasons)
        if self.saturated_weight > _NOTABLE:
            found.append(
                f"The saturated graph has a weight of {self.saturated_weight:.0%}: the data ask for"
                " a dependence that no other decomposable graph has, and the answer rests on"
                " leaving it out."
            )
        if self.search is not None:
            found.append(self.search.summary())
        return tuple(found)

    def to_datatree(
        self, draws: int = 1000, *, chains: int = 4, random_seed: int | None = None
    ) -> "xr.DataTree":
        """Return independent draws in the form of the package's other results.

        Parameters
        ----------
        draws, chains
            Draws of each chain, and chains; the draws are exact, chains serve other tools only.
        random_seed
            By default a seed is drawn and recorded.

        Returns
        -------
        Group ``posterior`` with ``unseen`` and ``true_killed``; the record is in ``attrs``.

        Examples
        --------
        >>> from casualty_models.capture.graphs import graph_average
        >>> from casualty_models.lists import CaptureHistories
        >>> spina = CaptureHistories(("A", "B", "C"), [[244, 48, 142, 60, 111, 4, 12]])
        >>> tree = graph_average(spina).to_datatree(100, random_seed=1)
        >>> dict(tree["posterior"].sizes)
        {'chain': 4, 'draw': 100}
        """
        seed = known_seed(random_seed)
        unseen = self.unseen.draw(np.random.default_rng(seed), draws * chains)
        record = {"method": "graphs", "random_seed": seed, **self._record()}
        return to_datatree(self.histories, unseen.reshape(chains, draws), record=record)

    def _record(self) -> dict[str, Any]:
        settings = {"delta": self.delta, "limit": self.sums.limit}
        diagnostics = {
            "graphs": self.sums.considered,
            "saturated_weight": self.saturated_weight,
            "mass_of_graphs_left_out": self.sums.mass_left_out,
            "mass_beyond_reach": self.unseen.mass_beyond_reach,
        }
        if self.search is not None:
            diagnostics["search_coverage"] = self.search.coverage
            diagnostics["search_gap"] = self.search.gap
        return {"settings": settings, "diagnostics": diagnostics, "notes": self.notes()}
