"""Hamiltonian moves of a whole population of points at once."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np

Gradient = Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]]

QUARTER_TURN = 1.6  # the time after which a normal variable has forgotten where it started
TARGET_ACCEPTANCE = 0.85
MOST_LEAPS = 32
STEPS = (0.02, 1.6)
DIVERGENCE_COUNTS = 10.0
LARGEST_ERROR = 1000.0  # of the energy; as in Stan


@dataclass(frozen=True)
class Population:
    """Points with their log densities and gradients."""

    points: np.ndarray
    value: np.ndarray
    slope: np.ndarray

    def take(self, rows: np.ndarray) -> "Population":
        """Return the points of some rows."""
        return Population(self.points[rows], self.value[rows], self.slope[rows])


@dataclass(frozen=True)
class Moved:
    """A population after one move, with the acceptance and divergence of each point."""

    population: Population
    acceptance: np.ndarray
    diverging: np.ndarray
    leaps: int


class Moving(Protocol):
    """A log density that points can be moved along."""

    def leap(
        self, start: Population, momentum: np.ndarray, lengths: np.ndarray, leaps: int
    ) -> tuple[Population, np.ndarray]:
        """Return the population after so many leaps, each of its own length, and its momenta.

        Parameters
        ----------
        start, momentum
            Points, and the momentum of each.
        lengths
            Of a leap of each point.
        leaps
            How many.
        """


@np.errstate(over="ignore", invalid="ignore")  # what leaves all bounds is not taken
def hamiltonian_move(
    target: Moving, start: Population, step: float, rng: np.random.Generator
) -> Moved:
    r"""Return a population after one Hamiltonian move, which leaves the density as it is.

    Momenta :math:`p \sim \mathrm{N}(0, I)` lead along :math:`\dot x = p`,
    :math:`\dot p = \nabla \log \pi(x)` for about a quarter turn.

    Parameters
    ----------
    target
        What the points follow, in variables of about unit variance.
    start
        The points to move.
    step
        Length of one leap, about; each point has its own.
    rng
        Source of randomness.

    Notes
    -----
    Neal 2011, Handbook of Markov Chain Monte Carlo, chapter 5.
    """
    leaps = int(np.clip(np.ceil(QUARTER_TURN / step), 1, MOST_LEAPS))
    lengths = step * rng.uniform(0.6, 1.2, len(start.points))
    first = rng.standard_normal(start.points.shape)
    at, last = target.leap(start, first, lengths, leaps)
    energy = start.value - 0.5 * np.einsum("ni,ni->n", first, first)
    change = at.value - 0.5 * np.einsum("ni,ni->n", last, last) - energy
    change = np.where(np.isfinite(change), change, -np.inf)
    taken = np.log(rng.random(len(change))) < change
    keep = Population(
        *[
            np.where(taken, new.T, old.T).T  # the points lie next to each other in memory
            for old, new in (
                (start.points, at.points),
                (start.value, at.value),
                (start.slope, at.slope),
            )
        ]
    )
    acceptance = np.exp(np.minimum(change, 0.0))
    return Moved(keep, acceptance, change < -LARGEST_ERROR, leaps)


def adapted_step(step: float, moved: Moved) -> float:
    """Return a step length that brings the acceptance nearer to its target, without divergence.

    Parameters
    ----------
    step
        The step length that was used.
    moved
        What came of it.

    Examples
    --------
    >>> import numpy as np
    >>> from casualty_models.inference.hamiltonian import Moved, Population, adapted_step
    >>> none = Population(np.zeros((2, 1)), np.zeros(2), np.zeros((2, 1)))
    >>> adapted_step(0.5, Moved(none, np.array([0.25, 0.45]), np.zeros(2), 4)) < 0.5
    True
    """
    better = (
        moved.acceptance.mean() - TARGET_ACCEPTANCE - DIVERGENCE_COUNTS * moved.diverging.mean()
    )
    return float(np.clip(step * np.exp(better), *STEPS))
