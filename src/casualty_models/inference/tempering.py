"""From a wide shape to the posterior by steps: weigh, resample, move (Monte Carlo in sequence).

Del Moral, Doucet & Jasra 2006, J. R. Stat. Soc. B 68:411.
"""

from dataclasses import dataclass

import numpy as np

from casualty_models.inference.funnel import covariance_root, linear
from casualty_models.inference.hamiltonian import Population, adapted_step, hamiltonian_move
from casualty_models.inference.target import Target
from casualty_models.inference.trust import NotTrusted, pareto_k

MAX_TEMPERATURES = 30
FIRST_POINTS = 8  # drawn from the reference for each point of the population
ENOUGH_WEIGHT = 0.5  # effective points that a step must leave for each point of the population
FIRST_STEP = 0.5
MOVES = 2  # at each temperature
HALVINGS = 20


@dataclass(frozen=True)
class Tempered:
    """A population that follows the posterior, with how to move it further.

    Attributes
    ----------
    population
        Standard variables of the reference, with the log density of the posterior.
    step
        Length of a leap of the moves.
    temperatures
        Number of steps that it took.
    pareto_k
        Shape of the tail of the weights, of the step where it was heaviest.
    """

    population: Population
    step: float
    temperatures: int
    pareto_k: float


def temper(target: Target, shape: tuple[int, int], rng: np.random.Generator) -> Tempered:
    r"""Lead a population from the reference :math:`q` to the posterior :math:`p`.

    The steps pass :math:`q^{1 - \beta} p^\beta`; each is as long as leaves half as many effective
    points as there are points. Repetitions are resampled and moved apart from each other.

    Parameters
    ----------
    target
        The posterior, in standard variables of its reference.
    shape
        How many repetitions of how many points.
    rng
        Source of randomness.

    Raises
    ------
    NotTrusted
        If more than 30 steps would be needed.
    """
    reference, number = target.reference, shape[0] * shape[1]
    z = reference.draw(FIRST_POINTS * number, rng)
    there = Population(z, *target.gradient(z))
    beta, step, count, worst = 0.0, FIRST_STEP, 0, -np.inf
    while True:
        log_ratio = there.value - reference.gradient(there.points)[0]
        rise = _rise(log_ratio, 1.0 - beta, ENOUGH_WEIGHT * number)
        beta, count = beta + rise, count + 1
        weight, worst = _weights(rise * log_ratio), max(worst, pareto_k(rise * log_ratio))
        independent = linear(covariance_root(there.points, weight))
        there = there.take(_resampled(weight, shape, rng))
        if beta >= 1.0:
            return Tempered(there, step, count, worst)
        if count == MAX_TEMPERATURES:
            raise NotTrusted("the posterior is too far from any simple shape")
        between = target.tempered(beta).within(independent)
        start = between.entered(there)
        for _ in range(MOVES):
            moved = hamiltonian_move(between, start, step, rng)
            start, step = moved.population, adapted_step(step, moved)
        points = independent.points(start.points)
        there = Population(points, *target.gradient(points))


def _rise(log_ratio: np.ndarray, most: float, enough: float) -> float:
    """Return how far the temperature may go in one step and leave enough effective points."""

    def is_enough(rise: float) -> bool:
        return float(1.0 / (_weights(rise * log_ratio) ** 2).sum()) >= enough

    if is_enough(most):
        return most
    low, high = 0.0, most
    for _ in range(HALVINGS):
        middle = (low + high) / 2.0
        low, high = (middle, high) if is_enough(middle) else (low, middle)
    return high


def _weights(log_weight: np.ndarray) -> np.ndarray:
    top = log_weight.max()
    if not np.isfinite(top):
        raise NotTrusted("no point of the start has any density in the posterior")
    weight = np.exp(log_weight - top)
    return np.asarray(weight / weight.sum())


def _resampled(weight: np.ndarray, shape: tuple[int, int], rng: np.random.Generator) -> np.ndarray:
    """Return the rows that survive: systematic resampling within each repetition."""
    points = shape[1]
    rows = []
    parts = weight.reshape(shape[0], -1)
    for repetition, part in enumerate(parts):
        cumulative = np.cumsum(part) / max(part.sum(), 1e-300)
        at = (np.arange(points) + rng.random()) / points
        chosen = np.minimum(np.searchsorted(cumulative, at), part.size - 1)
        rows.append(repetition * part.size + chosen)
    return np.concatenate(rows)
