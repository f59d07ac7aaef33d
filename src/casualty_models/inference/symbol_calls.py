"""What each operation of PyTensor does with arrays of symbols."""

from collections.abc import Callable
from functools import reduce
from typing import Any

import numpy as np
from pytensor.scalar import basic as scalar
from pytensor.scalar.math import Sigmoid, Softplus
from pytensor.tensor.elemwise import CAReduce, Elemwise
from pytensor.tensor.extra_ops import CumOp
from pytensor.tensor.subtensor import AdvancedIncSubtensor, IncSubtensor

from casualty_models.inference import symbols
from casualty_models.inference.batches import second
from casualty_models.inference.numpy_calls import call_of
from casualty_models.inference.shortcuts import constant_index

Call = Callable[..., Any]


def symbol_call_of(node: Any) -> Call:  # noqa: ANN401
    """Return a function from arrays of symbols and numbers to one of what a node makes of them.

    What only moves numbers about is done by NumPy, as with batches.

    Parameters
    ----------
    node
        One application of an operation in a graph of PyTensor.

    Raises
    ------
    NotImplementedError
        If the operation is not among those that symbols know.

    Examples
    --------
    >>> import numpy as np, pytensor.tensor as pt
    >>> from casualty_models.inference.symbol_calls import symbol_call_of
    >>> from casualty_models.inference.symbols import Trace
    >>> trace = Trace()
    >>> found = symbol_call_of(pt.exp(pt.vector()).owner)(np.array([trace.input()]))
    >>> found[0].place, trace.steps
    (1, [('input', ()), ('exp', (0,))])
    """
    for kind, rule in _RULES.items():
        if isinstance(node.op, kind):
            return rule(node)
    return call_of(node)


def _each(name: str, reads: int) -> Any:  # noqa: ANN401
    return np.frompyfunc(getattr(symbols, name), reads, 1)


def _elementwise(node: Any) -> Call:  # noqa: ANN401
    kind, number = type(node.op.scalar_op), len(node.inputs)
    if kind in _FOLDED:
        pair = _each(_FOLDED[kind], 2)
        return lambda *values: reduce(pair, values)
    if kind in _MOVING:
        return _MOVING[kind]
    if kind in _TURNED:
        pair = _each(_TURNED[kind], 2)
        return lambda a, b: pair(b, a)
    if kind not in _SCALAR:
        raise NotImplementedError(f"{kind.__name__} of symbols")
    return _each(_SCALAR[kind], number)


def _reduction(node: Any) -> Call:  # noqa: ANN401
    name = node.op.ufunc.__name__
    if name not in _REDUCED:
        raise NotImplementedError(f"{name} along an axis of symbols")
    pair, axes = _each(name, 2), node.op.axis
    if axes is None:
        axes = range(node.inputs[0].type.ndim)

    def call(x: Any) -> Any:  # noqa: ANN401
        for axis in sorted(axes, reverse=True):
            x = pair.reduce(x, axis=axis)
        return x

    return call


def _running_sum(node: Any) -> Call:  # noqa: ANN401
    if node.op.mode != "add" or node.op.axis is None:
        raise NotImplementedError("a running product of symbols")
    pair = _each("add", 2)
    return lambda x: pair.accumulate(x, axis=node.op.axis)


def _adding_part(node: Any) -> Call:  # noqa: ANN401
    index = constant_index(node.inputs[2:], node.op.idx_list)
    if index is None or node.op.set_instead_of_inc:
        raise NotImplementedError("a part of symbols that others name")
    pair = _each("add", 2)

    def call(x: Any, y: Any, *_: Any) -> Any:  # noqa: ANN401
        changed = np.array(x, dtype=object)
        changed[index] = pair(changed[index], y)
        return changed

    return call


def _adding_columns(node: Any) -> Call:  # noqa: ANN401
    if node.op.set_instead_of_inc or node.op.idx_list != (slice(None), 0):
        raise NotImplementedError("places of symbols in more than columns")
    pair = _each("add", 2)

    def call(x: Any, y: Any, places: Any) -> Any:  # noqa: ANN401
        changed = np.array(x, dtype=object)
        columns = np.broadcast_to(y, (len(changed), len(places)))
        for column, place in enumerate(places):
            changed[:, place] = pair(changed[:, place], columns[:, column])
        return changed

    return call


_RULES: dict[Any, Callable[[Any], Call]] = {
    Elemwise: _elementwise,
    CAReduce: _reduction,
    CumOp: _running_sum,
    AdvancedIncSubtensor: _adding_columns,
    IncSubtensor: _adding_part,
}
_REDUCED = {"add", "multiply", "maximum", "minimum"}
_FOLDED: dict[Any, str] = {scalar.Add: "add", scalar.Mul: "multiply"}
_MOVING: dict[Any, Call] = {
    scalar.Second: second,
    scalar.Identity: np.asarray,
    scalar.Cast: np.asarray,
}
_TURNED: dict[Any, str] = {scalar.LT: "greater", scalar.LE: "greater_equal"}
_SCALAR: dict[Any, str] = {
    scalar.Abs: "absolute",
    scalar.EQ: "equal",
    scalar.Exp: "exp",
    scalar.GE: "greater_equal",
    scalar.GT: "greater",
    scalar.Log: "log",
    scalar.Log1p: "log1p",
    scalar.Maximum: "maximum",
    scalar.Minimum: "minimum",
    scalar.Neg: "negative",
    scalar.Pow: "power",
    scalar.Sqr: "square",
    scalar.Sqrt: "sqrt",
    scalar.Sub: "subtract",
    scalar.Switch: "choose",
    scalar.TrueDiv: "divide",
    Sigmoid: "sigmoid",
    Softplus: "softplus",
}
