"""The programs of a model: density and gradient, draws from the prior, predictions."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pytensor.tensor as pt
from pymc.distributions.shape_utils import change_dist_size
from pytensor import config
from pytensor.graph.replace import vectorize_graph
from pytensor.graph.rewriting.utils import rewrite_graph
from pytensor.graph.traversal import ancestors
from pytensor.tensor.random.op import RandomVariable

from casualty_models.inference.numpy_calls import call_of
from casualty_models.inference.program import Program, program
from casualty_models.inference.shortcuts import without_needless_checks
from casualty_models.inference.symbol_calls import symbol_call_of

if TYPE_CHECKING:
    import pymc as pm

MAX_PROGRAMS = 256  # four a structure, about a megabyte each
_PROGRAMS: dict[Any, Program] = {}


def program_of(model: "pm.Model", part: str) -> Program:
    """Return the program of a part of a model; models of one structure share it.

    Parameters
    ----------
    model
        The model.
    part
        "density", its log density and gradient on batches of points; "symbols", the same of
        symbols; "prior", draws from the prior on both scales, given how many; "free", its free
        variables at points; "derived", what follows from them.

    Examples
    --------
    >>> import pymc as pm
    >>> from casualty_models.inference.model_programs import program_of
    >>> with pm.Model() as model:
    ...     x = pm.Normal("x")
    >>> len(program_of(model, "density").outputs)
    2
    """
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


def _density(model: "pm.Model", call: Callable[..., Any] = call_of) -> Program:
    """Return the program of the log density and its gradient."""
    at = _batches(model)
    # A simpler density has a simpler gradient, which takes less time to write as well.
    simple: Any = rewrite_graph(without_needless_checks(model.logp()), include=("canonicalize",))
    value: Any = vectorize_graph(simple, at)
    one = {value: pt.constant(np.ones(1))}  # what is multiplied by it is computed only once
    slopes: Any = pt.grad(None, list(at.values()), known_grads=one, disconnected_inputs="ignore")
    return program(list(at.values()), [value, *slopes], call)


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


_PARTS: dict[str, Callable[[Any], Program]] = {
    "density": _density,
    "symbols": partial(_density, call=symbol_call_of),
    "prior": _prior,
    "free": _free,
    "derived": _derived,
}
