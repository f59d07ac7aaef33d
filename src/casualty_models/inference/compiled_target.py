"""A target whose leaps are made by the compiled machine."""

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from casualty_models.inference.compiled_leaps import leap
from casualty_models.inference.funnel import linear
from casualty_models.inference.hamiltonian import Population
from casualty_models.inference.tape import Tape
from casualty_models.inference.target import Target


@dataclass(frozen=True, kw_only=True)
class CompiledTarget(Target):
    """A `Target` whose log density is a tape.

    Attributes
    ----------
    tape
        The log density of a point and its gradient.
    """

    compiled: ClassVar[bool] = True
    tape: Tape

    def gradient(self, variables: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the log density and its gradient, like `Target.gradient`."""
        nothing = np.zeros(variables.shape)
        still = Population(variables, np.zeros(len(variables)), nothing)
        found, _ = self.leap(still, nothing, np.zeros(len(variables)), 0)
        return found.value, found.slope

    def leap(
        self, start: Population, momentum: np.ndarray, lengths: np.ndarray, leaps: int
    ) -> tuple[Population, np.ndarray]:
        """Return a population after so many leaps, and its momenta, like `Moving.leap`."""
        self.counts["batches"] += max(leaps, 1)
        given = (start.points.T, momentum.T, lengths, start.value, start.slope.T)
        state: Any = tuple(np.array(each, order="C") for each in given)
        tape, at = self.tape, self.reference
        column = self.column or linear(np.eye(start.points.shape[1]))
        leap(
            (tape.rows, tape.constants, tape.outputs, tape.registers),
            (at.location, *_both_ways(at.root), at.tail),
            (column.middle, *_both_ways(column.root), column.rate),
            self.share,
            state,
            leaps,
        )
        points, moved, _, value, slope = state
        return Population(points.T, value, slope.T), moved.T


def _both_ways(root: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return np.array(root, order="C"), np.array(root.T, order="C")
