"""Sums over graphs and unseen counts: the evidence of each graph, the average of their posteriors.

Most graphs fit so badly that their share of the total is below the last digit. A first pass over
a few points finds them: near its peak the log mass is close to a parabola in the log of the unseen
count, and the graph is dropped when even twice the rise of that parabola over the highest point
leaves it ``exp(-40)`` below the best. All others are summed on a grid fine enough for the best.
"""

from dataclasses import dataclass

import numpy as np

from casualty_models.capture.hyper_dirichlet import HyperDirichlet, log_masses
from casualty_models.capture.summation import Grid, coarse_grid, refine
from casualty_models.capture.unseen import UnseenPosterior

_NEGLIGIBLE = -40.0
_RESOLVED = -20.0
_MOST_RESOLVED = 128
_COARSE = 128
_FURTHEST_PEAK = 1e4
_BLOCK = 1 << 17
_COLUMNS = 1 << 12


@dataclass(frozen=True, eq=False)
class GraphSums:
    """The sums over graphs.

    Parameters
    ----------
    parents
        The graphs that carry weight, as masks of parents.
    log_evidence
        Their log evidence, up to a constant that they share.
    posterior
        The average of their posteriors of the unseen count.
    considered
        How many graphs there were.
    mass_left_out
        A bound on the share of the graphs that were dropped.
    limit
        Where the unseen count was cut, if it was.

    Examples
    --------
    >>> from casualty_models.capture.decomposable import decomposable_graphs
    >>> from casualty_models.capture.graph_sums import sum_graphs
    >>> from casualty_models.capture.hyper_dirichlet import hyper_dirichlet
    >>> from casualty_models.lists import CaptureHistories
    >>> spina = CaptureHistories(("A", "B", "C"), [[244, 48, 142, 60, 111, 4, 12]])
    >>> sums = sum_graphs(hyper_dirichlet(spina, 0.125), decomposable_graphs(3), None)
    >>> len(sums.parents), sums.considered
    (8, 8)
    """

    parents: np.ndarray
    log_evidence: np.ndarray
    posterior: UnseenPosterior
    considered: int
    mass_left_out: float
    limit: int | None


def sum_graphs(likelihood: HyperDirichlet, parents: np.ndarray, limit: int | None) -> GraphSums:
    """Sum the likelihood over graphs and unseen counts.

    Parameters
    ----------
    likelihood
        The terms of the likelihood.
    parents
        Masks of parents, shape (graphs, lists).
    limit
        The largest unseen count; None for no limit.

    Returns
    -------
    The sums.

    Examples
    --------
    >>> import numpy as np
    >>> from casualty_models.capture.graph_sums import sum_graphs
    >>> from casualty_models.capture.hyper_dirichlet import hyper_dirichlet
    >>> from casualty_models.lists import CaptureHistories
    >>> spina = CaptureHistories(("A", "B", "C"), [[244, 48, 142, 60, 111, 4, 12]])
    >>> alone = sum_graphs(hyper_dirichlet(spina, 0.25), np.array([[0, 0, 0]]), None)
    >>> alone.posterior.quantile(0.5)
    array(135.)
    """
    lowest, highest = _peaks(likelihood, parents, limit)
    best = lowest.max()
    kept = np.flatnonzero(highest >= best + _NEGLIGIBLE)
    kept = kept[np.argsort(-highest[kept], kind="stable")]
    grid, top = _grid(likelihood, parents[kept], highest[kept] - best, limit)
    log_mass, log_evidence = _sum(likelihood, parents[kept], grid, top)
    posterior = UnseenPosterior(grid, log_mass)
    # No graph's mass is more than its highest value all over the range.
    dropped = np.exp(np.delete(highest, kept) - posterior.log_total).sum()
    left_out = float(dropped * np.log1p(_reach(likelihood, limit)))
    return GraphSums(parents[kept], log_evidence, posterior, len(parents), left_out, limit)


def evidence_on(likelihood: HyperDirichlet, parents: np.ndarray, grid: Grid) -> np.ndarray:
    """Return the log evidence of a few graphs, summed on a grid that was made for others.

    Examples
    --------
    >>> import numpy as np
    >>> from casualty_models.capture.graph_sums import evidence_on, sum_graphs
    >>> from casualty_models.capture.hyper_dirichlet import hyper_dirichlet
    >>> from casualty_models.lists import CaptureHistories
    >>> spina = CaptureHistories(("A", "B", "C"), [[244, 48, 142, 60, 111, 4, 12]])
    >>> likelihood, apart = hyper_dirichlet(spina, 0.25), np.array([[0, 0, 0]])
    >>> sums = sum_graphs(likelihood, apart, None)
    >>> bool(np.isclose(evidence_on(likelihood, apart, sums.posterior.grid), sums.log_evidence))
    True
    """
    values = log_masses(parents, likelihood.families(grid.points))
    values += likelihood.population(grid.points)
    top = values.max(axis=1)
    return top + np.log(np.exp(values - top[:, None]) @ grid.weights)


def _reach(likelihood: HyperDirichlet, limit: int | None) -> float:
    return likelihood.seen * _FURTHEST_PEAK if limit is None else float(limit)


def _peaks(
    likelihood: HyperDirichlet, parents: np.ndarray, limit: int | None
) -> tuple[np.ndarray, np.ndarray]:
    """Return lower and upper values of each graph's highest mass per unit of log(1 + n0)."""
    steps = np.linspace(0.0, np.log1p(_reach(likelihood, limit)), _COARSE)
    unseen = np.expm1(steps)
    families, common = likelihood.families(unseen), likelihood.population(unseen) + steps
    lowest, highest = np.empty(len(parents)), np.empty(len(parents))
    rows = _BLOCK // _COARSE
    for start in range(0, len(parents), rows):
        block = slice(start, start + rows)
        values = log_masses(parents[block], families)
        values += common
        lowest[block], highest[block] = _peak_of_parabola(values)
    return lowest, highest


def _peak_of_parabola(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the highest value of each row, and it plus twice the rise of a parabola through it."""
    rows, last = np.arange(len(values)), values.shape[1] - 1
    top = values.argmax(axis=1)
    left, right = values[rows, np.maximum(top - 1, 0)], values[rows, np.minimum(top + 1, last)]
    highest = values[rows, top]
    bend = np.maximum(2 * highest - left - right, 1e-12)
    rise = np.where((top > 0) & (top < last), (right - left) ** 2 / (8 * bend), 0.0)
    return highest, highest + 2 * rise


def _grid(
    likelihood: HyperDirichlet, parents: np.ndarray, height: np.ndarray, limit: int | None
) -> tuple[Grid, float]:
    """Return a grid that resolves the graphs that matter (highest first), and their peak on it."""
    count = min(_MOST_RESOLVED, max(1, int((height >= _RESOLVED).sum())))

    def masses(unseen: np.ndarray) -> np.ndarray:
        own = log_masses(parents[:count], likelihood.families(unseen))
        return own + likelihood.population(unseen)

    grid = refine(coarse_grid(likelihood.seen, limit), masses)
    return grid, float(masses(grid.points).max())


def _sum(
    likelihood: HyperDirichlet, parents: np.ndarray, grid: Grid, top: float
) -> tuple[np.ndarray, np.ndarray]:
    """Return the log of the average at each point, and the log evidence of each graph."""
    points, weights = grid.points, grid.weights
    mass, evidence = np.zeros(len(points)), np.zeros(len(parents))
    for first in range(0, len(points), _COLUMNS):
        columns = slice(first, first + _COLUMNS)
        families = likelihood.families(points[columns])
        common = likelihood.population(points[columns]) - top
        rows = max(1, _BLOCK // families.shape[1])
        for start in range(0, len(parents), rows):
            block = slice(start, start + rows)
            values = log_masses(parents[block], families)
            np.exp(np.add(values, common, out=values), out=values)
            mass[columns] += values.sum(axis=0)
            evidence[block] += values @ weights[columns]
    with np.errstate(divide="ignore"):
        return np.log(mass) + top, np.log(evidence) + top
