"""A model on batches of points: log density, gradient, draws from the prior, predictions."""

import math
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pytensor.tensor as pt
from pymc.distributions.shape_utils import change_dist_size
from pytensor import config
from pytensor.compile.sharedvalue import SharedVariable
from pytensor.graph.replace import vectorize_graph
from pytensor.graph.rewriting.utils import rewrite_graph
from pytensor.graph.traversal import ancestors
from pytensor.tensor.random.op import RandomVariable

from casualty_models.inference.program import Program, program
from casualty_models.inference.shortcuts import without_needless_checks

if TYPE_CHECKING:
    import pymc as pm

MAX_PROGRAMS = 256  # four a structure, about a megabyte each
NUMBERS_AT_ONCE = 40_000  # points times unknowns: what stays in the processor's cache
_PROGRAMS: dict[Any, Program] = {}
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
                self._bound[part] = _program(self.model, part).bind(_data(self.model))
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


def _program(model: "pm.Model", part: str) -> Program:
    """Return the program of a part of a model; models of one structure share it."""
    structure = getattr(model, "structure", None)
    key = (structure, part)
    if structure is not None and key in _PROGRAMS:
        _PROGRAMS[key] = _PROGRAMS.pop(key)  # the one that was not used for longest comes first
        return _PROGRAMS[key]
    # Where in the code each variable was made is of no use here, and takes long to find out.
    with config.change_flags(traceback__limit=0):
        written = _PARTS[part](model)
    if structure is not None:
        while len(_PROGRAMS) >= MAX_PROGRAMS:
            _PROGRAMS.pop(next(iter(_PROGRAMS)))
        _PROGRAMS[key] = written
    return written


def _density(model: "pm.Model") -> Program:
    """Return the program of the log density and its gradient."""
    at = _batches(model)
    # A simpler density has a simpler gradient, which takes less time to write as well.
    simple: Any = rewrite_graph(without_needless_checks(model.logp()), include=("canonicalize",))
    value: Any = vectorize_graph(simple, at)
    one = {value: pt.constant(np.ones(1))}  # what is multiplied by it is computed only once
    slopes: Any = pt.grad(None, list(at.values()), known_grads=one, disconnected_inputs="ignore")
    return program(list(at.values()), [value, *slopes])


def _free(model: "pm.Model") -> Program:
    """Return the program of the free variables at points of the unconstrained scale."""
    at = _batches(model)
    free = vectorize_graph(model.replace_rvs_by_values(model.free_RVs), at)
    return program(list(at.values()), free)


def _batches(model: "pm.Model") -> dict[Any, Any]:
    values = [model.rvs_to_values[v] for v in model.free_RVs]
    return {value: _batch(value) for value in values}


def _batch(variable: Any) -> Any:  # noqa: ANN401
    return pt.tensor(variable.name, shape=(None, *variable.type.shape), dtype=variable.type.dtype)


def _prior(model: "pm.Model") -> Program:
    """Return the program of draws from the prior, on both scales, given how many."""
    number = pt.lscalar("number")
    free = list(model.free_RVs)
    drawn: dict[Any, Any] = {}
    for variable in free:
        drawn[variable] = _drawn(variable, drawn, number)
    points = []
    for variable in free:
        transform = model.rvs_to_transforms[variable]
        inputs = variable.owner.inputs
        points.append(transform.forward(variable, *inputs) if transform else variable)
    return program([number], [*drawn.values(), *vectorize_graph(points, drawn)])


def _derived(model: "pm.Model") -> Program:
    """Return the program of what follows from the free variables."""
    number = pt.lscalar("number")
    known = {v: _batch(v) for v in model.free_RVs}
    inputs = [number, *known.values()]
    for variable in model.observed_RVs:
        known[variable] = _drawn(variable, known, number)
    found = [
        new if new.type.ndim > old.type.ndim else pt.broadcast_to(new, (number, *new.shape))
        for old, new in zip(
            model.deterministics, vectorize_graph(model.deterministics, known), strict=True
        )
    ]
    return program(inputs, [*found, *(known[v] for v in model.observed_RVs)])


def _drawn(variable: Any, known: dict[Any, Any], number: Any) -> Any:  # noqa: ANN401
    """Return a batch of draws of a variable, given batches of those it depends on."""
    node, op = variable.owner, variable.owner.op
    if not isinstance(op, RandomVariable):
        if known and not known.keys().isdisjoint(ancestors(node.inputs)):
            return vectorize_graph(variable, known)
        return change_dist_size(variable, (number,), expand=True)
    old: Any = op.dist_params(node)
    size = list(op._infer_shape(op.size_param(node), old))[: variable.type.ndim - op.ndim_supp]
    new = vectorize_graph(list(old), known) if known else old
    params = [
        _aligned(was, now, len(size), core)
        for was, now, core in zip(old, new, op.ndims_params, strict=True)
    ]
    lengths = pt.stack([number, *size])
    return op.make_node(op.rng_param(node), lengths, *params).outputs[1]


def _aligned(old: Any, new: Any, ndim: int, core: int) -> Any:  # noqa: ANN401
    """Return a batch of parameters with room for the dimensions that the size adds."""
    missing = ndim - (old.type.ndim - core)
    if new.type.ndim == old.type.ndim or not missing:
        return new
    return pt.expand_dims(new, tuple(range(1, 1 + missing)))


_PARTS = {"density": _density, "prior": _prior, "free": _free, "derived": _derived}
