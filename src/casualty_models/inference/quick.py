"""The quick engine: many short chains at once, led from the prior to the posterior.

Nothing is compiled. The population is moved on until it has forgotten where it started; what it
says about itself decides whether it is used.
"""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from casualty_models.inference.density import Density
from casualty_models.inference.hamiltonian import (
    Gradient,
    Population,
    adapted_step,
    hamiltonian_move,
)
from casualty_models.inference.reference import wide_reference
from casualty_models.inference.tempering import Tempered, covariance_root, temper
from casualty_models.inference.trust import MAX_RHAT, NotTrusted, Trust, effective_draws, rank_rhat

if TYPE_CHECKING:
    import pymc as pm

PRIOR_DRAWS = 2000
FEWEST_POINTS = 1000  # of the population
STATES = 4  # kept of each point, about
MAX_MOVES = 240
FORGOTTEN = 0.1
FORGET_TIMES = 3  # as many moves as it takes to forget the start
ATTEMPTS = 4  # to draw, each with twice as many moves between states, until all agree
STICKY = 0.5
MOST_DIVERGING = 0.001


@dataclass(frozen=True)
class QuickDraws:
    """Draws of the quick engine.

    Attributes
    ----------
    points
        Array (chain, draw, unknown), unconstrained; the states of a point follow each other.
    log_density, acceptance
        Of each draw: array (chain, draw).
    states
        How many states of each point there are.
    trust
        What the engine found out about them.
    """

    points: np.ndarray
    log_density: np.ndarray
    acceptance: np.ndarray
    states: int
    trust: Trust


def quick_draws(
    model: "pm.Model | Density", *, draws: int, chains: int, rng: np.random.Generator
) -> QuickDraws:
    """Return draws from the posterior of a model without compiling it.

    Parameters
    ----------
    model
        A model whose free variables are continuous, or its `Density`.
    draws
        Draws of each chain.
    chains
        Number of repetitions; they share the shape that they start from, and nothing else.
    rng
        Source of randomness.

    Raises
    ------
    NotTrusted
        If the engine cannot vouch for the draws; the message says why.

    Examples
    --------
    >>> import numpy as np, pymc as pm
    >>> from casualty_models.inference.quick import quick_draws
    >>> with pm.Model() as model:
    ...     x = pm.Normal("x", 3, 1)
    >>> found = quick_draws(model, draws=500, chains=4, rng=np.random.default_rng(1))
    >>> bool(abs(found.points.mean() - 3) < 0.1)
    True
    """
    target = model if isinstance(model, Density) else Density(model)
    evaluations = 0
    prior, _ = target.prior(PRIOR_DRAWS, rng)
    reference = wide_reference(prior)

    def standard(z: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        nonlocal evaluations
        evaluations += 1
        value, slope = target.gradient(reference.points(z))
        return value, slope @ reference.root

    points = max(-(-FEWEST_POINTS // chains), min(-(-draws // STATES), FEWEST_POINTS))
    start = temper(standard, reference, (chains, points), rng)
    settled, moves, memory = _settle(standard, start, rng)
    states = -(-draws // points)
    kept = _agreed(standard, settled, (chains, states), rng)
    flat = reference.points(kept.points[:, :draws].reshape(chains * draws, -1))
    return QuickDraws(
        points=flat.reshape(chains, draws, -1),
        log_density=kept.log_density[:, :draws],
        acceptance=kept.acceptance[:, :draws],
        states=states,
        trust=Trust(
            temperatures=start.temperatures,
            pareto_k=start.pareto_k,
            moves=moves + kept.moves_before,
            memory=memory,
            acceptance=float(kept.acceptance.mean()),
            max_rhat=kept.rhat,
            evaluations=evaluations,
        ),
    )


@dataclass(frozen=True)
class _Kept:
    """Draws as arrays (chain, draw, ...), how well the chains agree, and moves made before."""

    points: np.ndarray
    log_density: np.ndarray
    acceptance: np.ndarray
    rhat: float
    moves_before: int


def _agreed(
    gradient: Gradient, start: Tempered, shape: tuple[int, int], rng: np.random.Generator
) -> _Kept:
    """Return draws of so many chains and states on which the repetitions agree."""
    chains, states = shape
    population, number, made = start.population, max(states, STATES), 0
    for attempt in range(ATTEMPTS):
        apart = 2**attempt
        begin = replace(start, population=population)
        kept, population = _keep(gradient, begin, (number, apart), rng)
        made += number * apart
        all_points = _by_chain(kept[0], chains)
        sticky = _stickiness(all_points, number) > STICKY
        rhat = float(rank_rhat(all_points).max())
        if rhat <= MAX_RHAT and not sticky:
            points, value, acceptance = (_by_chain(part[-states:], chains) for part in kept)
            return _Kept(points, value, acceptance, rhat, made - states * apart)
    if sticky:
        raise NotTrusted("the points hardly move between the middle and the tails")
    raise NotTrusted(f"the repetitions disagree (R-hat {rhat:.3f})")


def _stickiness(draws: np.ndarray, states: int) -> float:
    r"""Return the largest correlation between two states of a point, in the bulk or the tails.

    With :math:`s` states, each point counts for :math:`s / (1 + (s - 1) \rho)` effective draws.
    """
    number = draws.shape[0] * draws.shape[1]
    least = min(float(found.min()) for found in effective_draws(draws, states))
    return (number / least - 1.0) / (states - 1.0)


def _by_chain(kept: np.ndarray, chains: int) -> np.ndarray:
    """Return what was kept of each point at each state as chains; states of a point in a row."""
    states, number = kept.shape[:2]
    parts = kept.reshape(states, chains, number // chains, *kept.shape[2:])
    return np.moveaxis(parts, 0, 2).reshape(chains, -1, *kept.shape[2:])


def _settle(
    gradient: Gradient, start: Tempered, rng: np.random.Generator
) -> tuple[Tempered, int, float]:
    """Move a population three times as often as it takes to forget where it started."""
    population, root, step = start.population, start.root, start.step
    before, moves, memory = _features(population), 0, 1.0
    chance = np.sqrt(2.0 * np.log(2.0 * population.points.shape[1]) / len(population.points))
    while memory >= FORGOTTEN + chance:
        if FORGET_TIMES * moves >= MAX_MOVES:
            raise NotTrusted("the moves are too slow to forget where they started")
        moved = hamiltonian_move(gradient, population, root, step, rng)
        population, step, moves = moved.population, adapted_step(step, moved), moves + 1
        memory = _memory(before, _features(population))
    root = covariance_root(population.points)
    for _ in range((FORGET_TIMES - 1) * moves):
        moved = hamiltonian_move(gradient, population, root, step, rng)
        population, step = moved.population, adapted_step(step, moved)
    memory = _memory(before, _features(population))
    settled = replace(start, population=population, root=root, step=step)
    return settled, FORGET_TIMES * moves, memory


def _memory(before: np.ndarray, now: np.ndarray) -> float:
    """Return the largest correlation of a feature with what it was before."""
    together = (before * now).mean(axis=0)
    return float(np.abs(together / (before.std(axis=0) * now.std(axis=0))).max())


def _features(population: Population) -> np.ndarray:
    """Return the unknowns and the log density of each point, about their means.

    Their distances from the middle count too: points may stay in the tails and change sides.
    """
    values = np.column_stack([population.points, population.value])
    folded = np.abs(values - np.median(values, axis=0))
    both = np.column_stack([values, folded])
    return both - both.mean(axis=0)


def _keep(
    gradient: Gradient, start: Tempered, shape: tuple[int, int], rng: np.random.Generator
) -> tuple[list[np.ndarray], Population]:
    """Return points, log densities and acceptances of so many states, and where they end.

    States are so many moves apart.
    """
    states, apart = shape
    population, kept, diverging = start.population, [], 0.0
    for move in range(states * apart):
        moved = hamiltonian_move(gradient, population, start.root, start.step, rng)
        population = moved.population
        diverging += moved.diverging.mean() / (states * apart)
        if (move + 1) % apart == 0:
            kept.append((population.points, population.value, moved.acceptance))
    if diverging > MOST_DIVERGING:
        raise NotTrusted(f"{diverging:.1%} of the moves diverged, as in a funnel")
    return [np.array(part) for part in zip(*kept, strict=True)], population
