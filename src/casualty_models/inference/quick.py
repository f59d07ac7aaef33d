"""The quick engine: many short chains at once, led from the prior to the posterior.

Nothing is compiled. The population is moved on until it has forgotten where it started; what it
says about itself decides whether it is used.
"""

import contextlib
import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from casualty_models.inference.density import Density, NotEvaluable
from casualty_models.inference.funnel import POINTS_PER_UNKNOWN, Funnel, funnel, straight
from casualty_models.inference.hamiltonian import Population, adapted_step, hamiltonian_move
from casualty_models.inference.reference import Reference, wide_reference
from casualty_models.inference.target import Target
from casualty_models.inference.tempering import Tempered, temper
from casualty_models.inference.trust import (
    MAX_RHAT,
    NotTrusted,
    Trust,
    effective_draws,
    normal_scores,
    rank_rhat,
)

if TYPE_CHECKING:
    import pymc as pm

PRIOR_DRAWS = 2000
POINTS = (500, 1000)  # of the population: fewest and most
STATES = 8  # kept of each point, about
FEWEST_STATES = 4  # to tell how much the states of a point resemble each other
MOST_MOVES = 80  # to forget the start
FORGOTTEN = 0.1
FEWEST_MOVES = 6
FORGET_TIMES = 4  # as many moves as it takes to forget the start
ATTEMPTS = 4  # to draw, each with twice as many moves between states, until all agree
STICKY = 0.5
MOST_DIVERGING = 0.001
PLAIN_STEP, STEEP = 0.5, 0.025  # share of plain moves diverging above which no column is used


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
    model: "pm.Model | Density",
    *,
    draws: int,
    chains: int,
    rng: np.random.Generator,
    compiled: bool = False,
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
    compiled
        Have the compiled machine make the moves; it is compiled once for all models.

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
    density = model if isinstance(model, Density) else Density(model)
    prior, _ = density.prior(PRIOR_DRAWS, rng)
    reference = wide_reference(prior)
    target = _target(density, reference, compiled=compiled)
    wanted = max(chains * draws / STATES, POINTS_PER_UNKNOWN * density.size)
    points = math.ceil(min(max(wanted, POINTS[0]), POINTS[1]) / chains)
    start = temper(target, (chains, points), rng)
    column, settled, moves, memory = _settle(target, start, rng)
    states = -(-draws // points)
    kept = _agreed(target.within(column), settled, (chains, states), rng)
    u = kept.points[:, :draws].reshape(chains * draws, -1)
    z = column.points(u)
    volume = (column.log_volume(u) + reference.log_volume(z)).reshape(chains, draws)
    return QuickDraws(
        points=reference.points(z).reshape(chains, draws, -1),
        log_density=kept.log_density[:, :draws] - volume,
        acceptance=kept.acceptance[:, :draws],
        states=states,
        trust=Trust(
            temperatures=start.temperatures,
            pareto_k=start.pareto_k,
            moves=moves + kept.moves_before,
            memory=memory,
            acceptance=float(kept.acceptance.mean()),
            max_rhat=kept.rhat,
            evaluations=target.counts["batches"],
            compiled=target.compiled,
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


def _target(density: Density, reference: Reference, *, compiled: bool) -> Target:
    """Return what to sample; by NumPy where the machine has no operation for it."""
    if compiled:
        from casualty_models.inference.compiled_target import CompiledTarget

        with contextlib.suppress(NotEvaluable):
            return CompiledTarget(density.gradient, reference, tape=density.tape())
    return Target(density.gradient, reference)


def _agreed(
    target: Target, start: Tempered, shape: tuple[int, int], rng: np.random.Generator
) -> _Kept:
    """Return draws of so many chains and states on which the repetitions agree."""
    chains, states = shape
    number, made, step = max(states, FEWEST_STATES), 0, start.step
    for attempt in range(ATTEMPTS):
        apart = 2**attempt
        kept, population, diverging = _keep(target, start, (number, apart), rng)
        made += number * apart
        all_points = _by_chain(kept[0], chains)
        sticky = _stickiness(all_points, number) > STICKY
        rhat = float(rank_rhat(all_points).max())
        if rhat <= MAX_RHAT and not sticky and diverging <= MOST_DIVERGING:
            points, value, acceptance = (_by_chain(part[-states:], chains) for part in kept)
            return _Kept(points, value, acceptance, rhat, made - states * apart)
        if diverging > MOST_DIVERGING:
            if target.column is None or not target.column.rate.any():
                break
            step /= 2.0
        start = replace(start, population=population, step=step)
    if diverging > MOST_DIVERGING:
        raise NotTrusted(f"{diverging:.1%} of the moves diverged, as in a funnel")
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
    target: Target, start: Tempered, rng: np.random.Generator
) -> tuple[Funnel, Tempered, int, float]:
    """Move a population four times as often as it takes to forget where it started.

    First in a column. Where the funnel is too steep for one to show its neck to the end, five
    times, in plain variables then, where a neck that is missed makes moves diverge.

    Returns the variables that it was moved in last, the population in these, how many moves were
    made, and the largest correlation with the start that is left.
    """
    column, now = _within(funnel(start.population), target, start)
    before = _features(column, now.population)
    moves, memory = 0, 1.0
    chance = np.sqrt(2.0 * np.log(2.0 * before.shape[1]) / len(before))
    while memory >= FORGOTTEN + chance or moves < FEWEST_MOVES:
        if moves == MOST_MOVES:
            raise NotTrusted("the moves are too slow to forget where they started")
        now, moves = _moved(target.within(column), now, rng), moves + 1
        memory = _memory(before, _features(column, now.population))
    points = column.points(now.population.points)
    now = replace(now, population=Population(points, *target.gradient(points)))
    steep = _plainly_diverging(target, now.population, rng) > STEEP
    column, now = _within((straight if steep else funnel)(now.population), target, now)
    more = (FORGET_TIMES - 1 + steep) * moves
    for _ in range(more):
        now = _moved(target.within(column), now, rng)
    memory = _memory(before, _features(column, now.population))
    return column, now, moves + more, memory


def _plainly_diverging(target: Target, here: Population, rng: np.random.Generator) -> float:
    """Return the share of moves of middling length that diverge, outside any column.

    Within a column hardly any does, though the neck of a funnel may go on beyond all points.
    """
    plain = target.within(straight(here))
    return float(hamiltonian_move(plain, plain.entered(here), PLAIN_STEP, rng).diverging.mean())


def _within(column: Funnel, target: Target, start: Tempered) -> tuple[Funnel, Tempered]:
    """Return variables and a population in these, ready to be moved."""
    inside = target.within(column).entered(start.population)
    return column, replace(start, population=inside)


def _moved(target: Target, now: Tempered, rng: np.random.Generator) -> Tempered:
    moved = hamiltonian_move(target, now.population, now.step, rng)
    return replace(now, population=moved.population, step=adapted_step(now.step, moved))


def _memory(before: np.ndarray, now: np.ndarray) -> float:
    """Return the largest correlation of a feature with what it was before."""
    together = (before * now).mean(axis=0)
    return float(np.abs(together / (before.std(axis=0) * now.std(axis=0))).max())


def _features(column: Funnel, population: Population) -> np.ndarray:
    """Return the unknowns and the log density of each point, as normal scores.

    Their distances from the middle count too: points may stay in the tails and change sides.
    """
    value = population.value - column.log_volume(population.points)
    values = np.column_stack([column.points(population.points), value])
    folded = np.abs(values - np.median(values, axis=0))
    return normal_scores(np.column_stack([values, folded])[None])[0]


def _keep(
    target: Target, start: Tempered, shape: tuple[int, int], rng: np.random.Generator
) -> tuple[list[np.ndarray], Population, float]:
    """Return points, log densities and acceptances of so many states, so many moves apart.

    Then the population where they end, and the share of moves that diverged.
    """
    states, apart = shape
    population, kept, diverging = start.population, [], 0.0
    for move in range(states * apart):
        moved = hamiltonian_move(target, population, start.step, rng)
        population = moved.population
        diverging += moved.diverging.mean() / (states * apart)
        if (move + 1) % apart == 0:
            kept.append((population.points, population.value, moved.acceptance))
    return [np.array(part) for part in zip(*kept, strict=True)], population, diverging
