r"""Stochastic search for the graphs that carry weight, where there are too many to try them all.

Several chains walk over the decomposable graphs. Each step picks two lists and links them, or
parts them if they are linked; a graph that is no longer decomposable is not entered (Giudici and
Green 1999). With :math:`S` the common neighbors of a and b, linking a and b multiplies the mass of
each unseen count by

.. math:: \exp\left[L_{S \cup ab} - L_{S \cup a} - L_{S \cup b} + L_S\right],

so a step costs one sum over the unseen count. A chain accepts by the ratio of evidences (Madigan
and York 1995) to the power 1/T. It starts hot, cools to T = 1 and stays there, several times over,
so that it comes down on more than one peak (Kirkpatrick, Gelatt and Vecchi 1983). Every graph that
was visited is kept with its evidence, whatever the temperature. What the search may have missed
shows in how much of the weight each chain has found on its own, and in how far the answer from
its graphs alone is from the answer from all.

Source: Giudici and Green (1999), Biometrika 86:785-801; Madigan and York (1995), International
Statistical Review 63:215-232; Kirkpatrick, Gelatt and Vecchi (1983), Science 220:671-680.
"""

import warnings
from dataclasses import dataclass

import numpy as np

from casualty_models.capture.decomposable import perfect_parents
from casualty_models.capture.hyper_dirichlet import HyperDirichlet, hyper_dirichlet, log_masses
from casualty_models.errors import ConvergenceWarning, DataError
from casualty_models.lists import CaptureHistories

_POINTS = 1024
_FURTHEST = 1e4
_NEGLIGIBLE = -30.0
_BLOCK = 4096
_MOST_APART = 0.05
_ROUNDS, _COOLING, _HEAT = 5, 0.7, 0.02


@dataclass(frozen=True, eq=False)
class GraphSearch:
    """The graphs that a search found.

    Parameters
    ----------
    parents
        Masks of parents of the graphs that carry weight, the best first.
    steps, chains
        How far and how many chains walked.
    visited
        How many different graphs they saw.
    accepted
        The share of steps that entered another graph.
    coverage
        The smallest share of the weight of all graphs found that one chain found on its own.
    gap
        The largest difference, at any toll, between the cumulative probability by one chain's
        graphs and by all.

    Examples
    --------
    >>> from casualty_models.capture.graph_search import search_graphs
    >>> from casualty_models.lists import CaptureHistories
    >>> spina = CaptureHistories(("A", "B", "C"), [[244, 48, 142, 60, 111, 4, 12]])
    >>> found = search_graphs(spina, steps=200, random_seed=1)
    >>> found.visited, round(found.coverage, 3)
    (7, 1.0)
    """

    parents: np.ndarray
    steps: int
    chains: int
    visited: int
    accepted: float
    coverage: float
    gap: float

    def summary(self) -> str:
        """Return the search in a sentence."""
        return (
            f"The graphs were searched, not all tried: {self.chains} chains of {self.steps:,} steps"
            f" saw {self.visited:,} graphs. Each chain alone found {self.coverage:.1%} or more of"
            f" the weight; probabilities by one chain and by all differ by {self.gap:.3f} at most."
        )


def search_graphs(
    histories: CaptureHistories,
    *,
    delta: float | None = None,
    steps: int | None = None,
    chains: int = 4,
    random_seed: int | None = None,
) -> GraphSearch:
    """Walk over the decomposable graphs and keep those that carry weight.

    The chains start at the graph without links. The saturated graph is not entered.

    Parameters
    ----------
    histories
        One stratum with 3 to 12 lists.
    delta
        Dirichlet parameter of each cell, as in `graph_average`.
    steps
        How far each chain walks; by default 100 times the cube of the number of lists. A fifth of
        it is one round of cooling.
    chains
        How many chains walk.
    random_seed
        Seed of the walk.

    Returns
    -------
    The graphs, to be given to `graph_average`.

    Raises
    ------
    DataError
        If there are fewer than two chains or hardly a step.

    Warns
    -----
    ConvergenceWarning
        If the answer by one chain is more than 0.05 in probability from that by all; walk further.

    Examples
    --------
    >>> from casualty_models.capture.graph_search import search_graphs
    >>> from casualty_models.lists import CaptureHistories
    >>> spina = CaptureHistories(("A", "B", "C"), [[244, 48, 142, 60, 111, 4, 12]])
    >>> search_graphs(spina, steps=200, random_seed=1).parents.shape
    (7, 3)
    """
    lists = len(histories.lists)
    steps = 20 * _ROUNDS * lists**3 if steps is None else steps
    if steps < _ROUNDS or chains < 2:  # noqa: PLR2004
        rule = f"a search needs two chains or more and {_ROUNDS} steps or more"
        raise DataError(rule, value=(chains, steps))
    likelihood = hyper_dirichlet(histories, 2.0**-lists if delta is None else delta)
    landscape = _landscape(likelihood)
    seeds = np.random.SeedSequence(random_seed).spawn(chains)
    walks = [
        _walk(landscape, lists, _temperatures(steps, histories.n), np.random.default_rng(seed))
        for seed in seeds
    ]
    found = {links: value for walk in walks for links, value in walk.found.items()}
    worst = max(found.values()) + _NEGLIGIBLE
    kept = sorted((links for links in found if found[links] > worst), key=lambda n: -found[n])
    parents, _ = perfect_parents(np.array(kept, dtype=np.uint16))
    finders = np.array([[links in walk.found for links in kept] for walk in walks], dtype=float)
    coverage, gap = _agreement(likelihood, parents, finders)
    if gap > _MOST_APART:
        text = (
            f"probabilities by one chain's graphs and by all differ by {gap:.2f}; take more steps"
        )
        warnings.warn(text, ConvergenceWarning, stacklevel=2)
    accepted = sum(walk.accepted for walk in walks) / (steps * chains)
    return GraphSearch(parents, steps, chains, len(found), accepted, coverage, gap)


def _agreement(
    likelihood: HyperDirichlet, parents: np.ndarray, finders: np.ndarray
) -> tuple[float, float]:
    """Return the smallest weight that a chain found, and the largest gap to the answer of all."""
    unseen, steps = _points(likelihood.seen)
    families, common = likelihood.families(unseen), likelihood.population(unseen) + steps
    top = (log_masses(parents[:1], families) + common).max()
    mass = np.zeros((len(finders) + 1, len(unseen)))
    members = np.vstack([finders, np.ones(len(parents))])
    for start in range(0, len(parents), _BLOCK):
        block = slice(start, start + _BLOCK)
        mass += members[:, block] @ np.exp(log_masses(parents[block], families) + common - top)
    found = mass.sum(axis=1)
    cumulative = np.cumsum(mass, axis=1) / np.maximum(found, 1e-300)[:, None]
    return float(found[:-1].min() / found[-1]), float(np.abs(cumulative - cumulative[-1]).max())


@dataclass(frozen=True, eq=False)
class _Landscape:
    """The terms ``L_S`` and the rest of the log mass, at points spread over the unseen count."""

    sets: np.ndarray
    start: np.ndarray


@dataclass(frozen=True)
class _Walk:
    """The graphs that a chain entered (masks of neighbors) and their log evidence."""

    found: dict[tuple[int, ...], float]
    accepted: int


def _landscape(likelihood: HyperDirichlet) -> _Landscape:
    """Sum up the graph without links; the mass is that per unit of log(1 + n0)."""
    unseen, steps = _points(likelihood.seen)
    sets = likelihood.sets(unseen)
    singles = 1 << np.arange(likelihood.lists)
    apart = (sets[singles] - sets[0]).sum(axis=0)
    return _Landscape(sets, apart + likelihood.population(unseen) + steps)


def _points(seen: int) -> tuple[np.ndarray, np.ndarray]:
    """Return unseen counts that are evenly spread over log(1 + n0), and these logs."""
    steps = np.linspace(0.0, np.log1p(seen * _FURTHEST), _POINTS)
    return np.expm1(steps), steps


def _temperatures(steps: int, seen: int) -> np.ndarray:
    """Return the temperature of each step, in rounds that cool by a factor and then stay at 1."""
    one_round = np.ones(steps // _ROUNDS)
    cooling = int(len(one_round) * _COOLING)
    one_round[:cooling] = np.geomspace(max(1.0, _HEAT * seen), 1.0, cooling)
    return np.resize(one_round, steps)


def _walk(
    landscape: _Landscape, lists: int, temperatures: np.ndarray, rng: np.random.Generator
) -> _Walk:
    """Let one chain walk."""
    neighbors, log_mass = [0] * lists, landscape.start
    evidence, accepted = _log_sum(log_mass), 0
    found = {tuple(neighbors): evidence}
    steps = len(temperatures)
    first = rng.integers(lists, size=steps)
    second = (first + rng.integers(1, lists, size=steps)) % lists
    thresholds = np.log(rng.random(steps)) * temperatures
    for a, b, threshold in zip(first.tolist(), second.tolist(), thresholds.tolist(), strict=True):
        common = neighbors[a] & neighbors[b]
        if not _may_flip(neighbors, a, b, common):
            continue
        proposed = log_mass + _change(landscape.sets, neighbors, a, b, common)
        value = _log_sum(proposed)
        if value - evidence >= threshold:
            neighbors[a] ^= 1 << b
            neighbors[b] ^= 1 << a
            log_mass, evidence = proposed, value
            accepted += 1
            found[tuple(neighbors)] = value
    return _Walk(found, accepted)


def _log_sum(log_mass: np.ndarray) -> float:
    top = log_mass.max()
    return float(top + np.log(np.exp(log_mass - top).sum()))


def _change(sets: np.ndarray, neighbors: list[int], a: int, b: int, common: int) -> np.ndarray:
    with_a, with_b = common | 1 << a, common | 1 << b
    gain = sets[with_a | with_b] - sets[with_a] - sets[with_b] + sets[common]
    return -gain if neighbors[a] >> b & 1 else gain


def _may_flip(neighbors: list[int], a: int, b: int, common: int) -> bool:
    """Say whether the graph stays decomposable, and short of saturated, when a-b is flipped."""
    if neighbors[a] >> b & 1:
        return all(common & ~(neighbors[v] | 1 << v) == 0 for v in _members(common))
    links = sum(mask.bit_count() for mask in neighbors) // 2
    if links == len(neighbors) * (len(neighbors) - 1) // 2 - 1:
        return False
    return not _reaches(neighbors, a, b, common)


def _reaches(neighbors: list[int], a: int, b: int, blocked: int) -> bool:
    """Say whether b can be reached from a without the blocked lists."""
    reached, frontier = 1 << a, 1 << a
    while frontier:
        beside = 0
        for v in _members(frontier):
            beside |= neighbors[v]
        frontier = beside & ~(reached | blocked)
        reached |= frontier
    return bool(reached >> b & 1)


def _members(mask: int) -> list[int]:
    return [v for v in range(mask.bit_length()) if mask >> v & 1]
