"""A model on batches of points: log density, gradient, draws from the prior, predictions."""

import math
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from pytensor.compile.sharedvalue import SharedVariable

from casualty_models.inference.model_programs import program_of
from casualty_models.inference.symbols import Trace
from casualty_models.inference.tape import Tape, tape

if TYPE_CHECKING:
    import pymc as pm

NUMBERS_AT_ONCE = 40_000  # points times unknowns: what stays in the processor's cache
# An operation that cannot be done in batches may fail anywhere, by any of these.
_WHAT_GRAPHS_RAISE = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    NotImplementedError,
    TypeError,
    ValueError,
)


class NotEvaluable(Exception):
    """A model cannot be evaluated in batches by NumPy."""


class Density:
    """A model with its data, evaluated on many points at once; nothing is compiled.

    A point is a row of numbers: the free variables one after the other, each on the unconstrained
    scale and flattened. The graphs of models of one ``structure`` are written once. Methods raise
    `NotEvaluable` where a model has something that cannot be done in batches.

    Parameters
    ----------
    model
        Any `pymc.Model` whose free variables are continuous.

    Attributes
    ----------
    free_names, derived_names, observed_names
        Names of the variables, in the order of the results.

    Examples
    --------
    >>> import numpy as np, pymc as pm
    >>> from casualty_models.inference.density import Density
    >>> with pm.Model() as model:
    ...     x = pm.Normal("x")
    >>> Density(model).gradient(np.zeros((2, 1)))[0]
    array([-0.919, -0.919])
    """

    def __init__(self, model: "pm.Model") -> None:
        self.model = model
        self.free_names = tuple(v.name for v in model.free_RVs)
        self.derived_names = tuple(v.name for v in model.deterministics)
        self.observed_names = tuple(v.name for v in model.observed_RVs)
        self._bound: dict[str, Callable[..., list[Any]]] = {}

    @cached_property
    def shapes(self) -> tuple[tuple[int, ...], ...]:
        """Unconstrained shape of each free variable."""
        found = self._run("prior", 1)[len(self.free_names) :]
        return tuple(np.shape(part)[1:] for part in found)

    @cached_property
    def sizes(self) -> tuple[int, ...]:
        """How many unknowns each free variable has."""
        return tuple(math.prod(shape) for shape in self.shapes)

    @cached_property
    def size(self) -> int:
        """Number of unknowns."""
        return sum(self.sizes)

    def _run(self, part: str, *values: Any, rng: np.random.Generator | None = None) -> list[Any]:  # noqa: ANN401
        try:
            if part not in self._bound:
                self._bound[part] = program_of(self.model, part).bind(_data(self.model))
            return self._bound[part](*values, rng=rng)
        except _WHAT_GRAPHS_RAISE as error:
            raise NotEvaluable(f"the {part} of this model: {error}") from error

    def gradient(self, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the log density of each point, and its gradient.

        The density is minus infinity, and the gradient 0, where either is not a number.

        Parameters
        ----------
        points
            One point a row.
        """
        at_once = max(NUMBERS_AT_ONCE // max(self.size, 1), 1)
        parts = [
            self._gradient(points[start : start + at_once])
            for start in range(0, len(points), at_once)
        ]
        value, slope = zip(*parts, strict=True)
        return np.concatenate(value), np.concatenate(slope)

    def _gradient(self, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        value, *slopes = self._run("density", *self._split(points))
        slope = np.empty((self.size, len(points)))
        start = 0
        for part, size in zip(slopes, self.sizes, strict=True):
            slope[start : start + size] = part.reshape(len(part), size).T
            start += size
        good = np.isfinite(value) & np.isfinite(slope).all(axis=0)
        if good.all():
            return value, slope.T
        return np.where(good, value, -np.inf), np.where(good, slope, 0.0).T

    def tape(self) -> Tape:
        """Return the log density of a point and its gradient as a tape, for these data."""
        trace = Trace()
        point = [
            np.array([trace.input() for _ in range(size)], dtype=object).reshape(1, *shape)
            for size, shape in zip(self.sizes, self.shapes, strict=True)
        ]
        value, *slopes = self._run("symbols", *point)
        return tape(trace, [number for part in (value, *slopes) for number in np.ravel(part)])

    def prior(self, number: int, rng: np.random.Generator) -> tuple[np.ndarray, dict[str, Any]]:
        """Return draws from the prior: as points, and as values by name.

        Parameters
        ----------
        number
            How many draws.
        rng
            Source of randomness.
        """
        found = self._run("prior", number, rng=rng)
        values = dict(zip(self.free_names, found, strict=False))
        points = [np.reshape(part, (number, -1)) for part in found[len(values) :]]
        return np.concatenate(points, axis=1), values

    def values(self, points: np.ndarray) -> dict[str, np.ndarray]:
        """Return the free variables, on their own scale and by name, at each point.

        Parameters
        ----------
        points
            One point a row.
        """
        return dict(zip(self.free_names, self._run("free", *self._split(points)), strict=True))

    def derived(
        self, values: Mapping[str, np.ndarray], rng: np.random.Generator
    ) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
        """Return the deterministics, and draws of the observed variables, by name.

        Parameters
        ----------
        values
            The free variables, as `values` or `prior` return them.
        rng
            Source of randomness.
        """
        given = [values[name] for name in self.free_names]
        number = len(given[0]) if given else 1
        found = self._run("derived", number, *given, rng=rng)
        n = len(self.derived_names)
        return (
            dict(zip(self.derived_names, found[:n], strict=True)),
            dict(zip(self.observed_names, found[n:], strict=True)),
        )

    def _split(self, points: np.ndarray) -> list[np.ndarray]:
        # With the batch contiguous in memory, each call of NumPy runs along the batch.
        rows = np.ascontiguousarray(np.asarray(points).T)
        parts, start = [], 0
        for shape, size in zip(self.shapes, self.sizes, strict=True):
            part = rows[start : start + size].T
            parts.append(part if len(shape) == 1 else part.reshape(len(points), *shape))
            start += size
        return parts


def _data(model: "pm.Model") -> dict[str, Any]:
    lengths = {
        name: length.get_value() if isinstance(length, SharedVariable) else length.data
        for name, length in model.dim_lengths.items()
    }
    return lengths | {v.name: v.get_value(borrow=True) for v in model.data_vars}
