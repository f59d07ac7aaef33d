r"""Average over decomposable graphs: which lists depend on which, each answer weighed by its fit.

Every decomposable graph G on the lists is a model with a posterior of the unseen count; with equal
prior weights the average is

.. math:: p(n_0 \mid \text{data}) \propto \sum_G p(n_0, \text{data} \mid G)

(the terms are in `hyper_dirichlet`). It is summed over *all* whole numbers (`unseen`). On 3 to 7
lists all graphs are in, on 8 to 12 those that a stochastic search found (`graph_search`).

The saturated graph, where all lists depend on each other, has a posterior too, but the data say
nothing about it: given the people seen, the unseen follow from delta alone. It is left out of the
average; the weight it would have is shown.

Source: Madigan and York (1997), Biometrika 84:19-31.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from casualty_models.capture.decomposable import (
    MOST_ENUMERATED,
    decomposable_graphs,
    graph_label,
    read_graph,
)
from casualty_models.capture.graph_posterior import INTERVAL, GraphAverage
from casualty_models.capture.graph_search import GraphSearch, search_graphs
from casualty_models.capture.graph_sums import evidence_on, sum_graphs
from casualty_models.capture.hyper_dirichlet import hyper_dirichlet
from casualty_models.errors import DataError, NotEstimable
from casualty_models.lists import CaptureHistories

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["GraphAverage", "GraphSearch", "delta_sensitivity", "graph_average", "search_graphs"]

FEWEST_LISTS = 3


def graph_average(
    histories: CaptureHistories,
    *,
    delta: float | None = None,
    saturated: bool = False,
    graphs: Sequence[str] | GraphSearch | None = None,
    limit: int | None = None,
    random_seed: int | None = None,
) -> GraphAverage:
    r"""Average the posterior of the unseen over decomposable graphs.

    Parameters
    ----------
    histories
        One stratum with 3 to 12 lists.
    delta
        Dirichlet parameter of each cell; by default :math:`2^{-J}`, which gives every list a
        Beta(1/2, 1/2) capture share.
    saturated
        Keep the saturated graph in the average. Its answer is decided by delta.
    graphs
        Only these graphs, in bracket notation (``["[12][3]", "[23][1]"]``), or those of a
        `search_graphs`. By default all, and beyond 7 lists those of a search.
    limit
        Cut the unseen count there, as programs with a fixed grid do. By default there is no cut.
    random_seed
        Seed of the search; without effect where all graphs are tried.

    Returns
    -------
    The averaged posterior with the weights of the graphs.

    Raises
    ------
    NotEstimable
        If there are only two lists: they say nothing about their dependence.
    DataError
        If a graph is not decomposable, delta is not above 0, no one is on a list, or there are
        several strata.

    References
    ----------
    Madigan and York (1997), Biometrika 84:19-31.

    Examples
    --------
    >>> from casualty_models.capture.graphs import graph_average
    >>> from casualty_models.lists import CaptureHistories
    >>> spina = CaptureHistories(("A", "B", "C"), [[244, 48, 142, 60, 111, 4, 12]])
    >>> graph_average(spina, graphs=["[1][2][3]"], delta=0.25).quantile([0.5])
    array([756.])
    """
    lists = len(histories.lists)
    if lists < FEWEST_LISTS:
        raise NotEstimable(
            "two lists say nothing about their dependence; "
            "use casualty_models.capture.two_lists with a prior for it"
        )
    likelihood = hyper_dirichlet(histories, 2.0**-lists if delta is None else delta)
    if graphs is None and lists > MOST_ENUMERATED:
        graphs = search_graphs(histories, delta=likelihood.delta, random_seed=random_seed)
    parents = _chosen(graphs, lists)
    full = _is_saturated(parents)
    averaged = parents if saturated or len(parents) == full.sum() else parents[~full]
    sums = sum_graphs(likelihood, averaged, limit)
    complete = np.array([[(1 << v) - 1 for v in range(lists)]], dtype=parents.dtype)
    evidence = evidence_on(likelihood, complete, sums.posterior.grid)
    weight = _weight(evidence, sums.log_evidence[~_is_saturated(sums.parents)])
    search = graphs if isinstance(graphs, GraphSearch) else None
    return GraphAverage(histories, likelihood.delta, sums, weight, search)


def delta_sensitivity(
    histories: CaptureHistories,
    deltas: Sequence[float] | None = None,
    *,
    saturated: bool = False,
    limit: int | None = None,
) -> "pd.DataFrame":
    """Return the answer for several values of delta, the prior of the cells.

    Parameters
    ----------
    histories
        One stratum with 3 to 7 lists.
    deltas
        By default the default of `graph_average`, and 1/4, 1/2 and 1 (each cell uniform).
    saturated, limit
        As in `graph_average`.

    Returns
    -------
    Columns ``delta``, ``median``, ``lower95``, ``upper95``, ``saturated_weight``, ``graph`` (the
    one with most weight) and ``weight``.

    Examples
    --------
    >>> from casualty_models.capture.graphs import delta_sensitivity
    >>> from casualty_models.lists import CaptureHistories
    >>> spina = CaptureHistories(("A", "B", "C"), [[244, 48, 142, 60, 111, 4, 12]])
    >>> delta_sensitivity(spina)["median"].tolist()
    [725.0, 725.0, 726.0, 725.0]
    """
    import pandas as pd

    values = (2.0 ** -len(histories.lists), 0.25, 0.5, 1.0) if deltas is None else deltas
    rows = []
    for delta in values:
        average = graph_average(histories, delta=delta, saturated=saturated, limit=limit)
        best = int(np.argmax(average.weight))
        label = graph_label(average.sums.parents[best])
        tolls = average.quantile(INTERVAL).tolist()
        rows.append([delta, *tolls, average.saturated_weight, label, average.weight[best]])
    names = ["delta", "median", "lower95", "upper95", "saturated_weight", "graph", "weight"]
    return pd.DataFrame(rows, columns=names)


def _chosen(graphs: Sequence[str] | GraphSearch | None, lists: int) -> np.ndarray:
    if graphs is None:
        return decomposable_graphs(lists)
    if isinstance(graphs, GraphSearch):
        return graphs.parents
    if not graphs:
        raise DataError("there must be at least one graph", place="graphs", value=graphs)
    return np.array([read_graph(label, lists) for label in graphs])


def _is_saturated(parents: np.ndarray) -> np.ndarray:
    lists = parents.shape[1]
    return np.bitwise_count(parents).sum(axis=1) == lists * (lists - 1) // 2


def _weight(one: np.ndarray, others: np.ndarray) -> float:
    """Return the share of the first evidence among all."""
    if not others.size:
        return 1.0
    everything = np.concatenate([one, others])
    scaled = np.exp(everything - everything.max())
    return float(scaled[0] / scaled.sum())
