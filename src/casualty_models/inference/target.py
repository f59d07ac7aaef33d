"""What the quick engine samples: a log density, in variables that make it easy to move about."""

from collections import Counter
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import ClassVar, Self

import numpy as np

from casualty_models.inference.funnel import Funnel
from casualty_models.inference.hamiltonian import Gradient, Population
from casualty_models.inference.reference import Reference


@dataclass(frozen=True)
class Target:
    r"""A posterior :math:`p` on its way from a reference :math:`q`, in variables of a column.

    .. math:: q^{1 - \beta} p^\beta

    Attributes
    ----------
    density
        Log density of the posterior and its gradient, of points.
    reference
        Where to start; its standard variables are those of the populations outside any column.
    column
        The variables that the points are moved in; None stands for the standard variables.
    share
        That of the posterior, :math:`\beta`.
    counts
        How many batches of log densities and gradients were computed, under ``batches``.
    """

    compiled: ClassVar[bool] = False
    density: Gradient
    reference: Reference
    column: Funnel | None = None
    share: float = 1.0
    counts: Counter[str] = field(default_factory=Counter)

    def within(self, column: Funnel) -> Self:
        """Return the same in the variables of a column.

        Parameters
        ----------
        column
            The variables.
        """
        return replace(self, column=column)

    def tempered(self, share: float) -> Self:
        """Return what has so much of the posterior.

        Parameters
        ----------
        share
            The share.
        """
        return replace(self, share=share)

    def gradient(self, variables: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the log density and its gradient.

        Parameters
        ----------
        variables
            One point a row.
        """
        self.counts["batches"] += 1
        return self._gradient(variables)

    def entered(self, outside: Population) -> Population:
        """Return a population in these variables, whose densities need not be computed again.

        Parameters
        ----------
        outside
            Standard variables, with log density and gradient of the posterior.
        """
        inside = outside.points if self.column is None else self.column.variables(outside.points)
        known = self._pulled(lambda _: (outside.value, outside.slope))
        return Population(inside, *known(inside))

    def leap(
        self, start: Population, momentum: np.ndarray, lengths: np.ndarray, leaps: int
    ) -> tuple[Population, np.ndarray]:
        """Return a population after so many leaps, and its momenta, like `Moving.leap`."""
        at, by = start, lengths[:, None]
        momentum = momentum + 0.5 * by * at.slope
        for each in range(leaps):
            points = at.points + by * momentum
            at = Population(points, *self.gradient(points))
            momentum = momentum + (0.5 if each == leaps - 1 else 1.0) * by * at.slope
        return at, momentum

    @cached_property
    def _gradient(self) -> Gradient:
        return self._pulled(self.reference.pulled(self.density))

    def _pulled(self, standard: Gradient) -> Gradient:
        """Return what a function of standard variables is in these, with its share."""
        mixed = self._mixed(standard) if self.share < 1.0 else standard
        return mixed if self.column is None else self.column.pulled(mixed)

    def _mixed(self, standard: Gradient) -> Gradient:
        share = self.share

        def between(z: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
            (value, slope), (start, rise) = standard(z), self.reference.gradient(z)
            return (1.0 - share) * start + share * value, (1.0 - share) * rise + share * slope

        return between
