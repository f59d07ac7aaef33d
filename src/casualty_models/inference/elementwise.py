"""The NumPy call of an operation of PyTensor that is made number by number."""

from collections.abc import Callable
from functools import cache, partial, reduce
from typing import Any

import numpy as np
from pytensor.scalar.basic import Cast, Pow, Second, Switch
from pytensor.scalar.math import Log1mexp, Sigmoid, Softplus
from pytensor.tensor.elemwise import Elemwise

from casualty_models.inference.batches import log1mexp, second, sigmoid, softplus, switch
from casualty_models.inference.shortcuts import is_always
from casualty_models.inference.side_by_side import OneNumber

Call = Callable[..., Any]

MANY = 4  # numbers to add up one by one


def one_number(node: Any) -> OneNumber | None:  # noqa: ANN401
    """Return what a node computes, if it computes one number a point from others.

    Parameters
    ----------
    node
        One application of an operation in a graph of PyTensor.

    Examples
    --------
    >>> import pytensor.tensor as pt
    >>> from casualty_models.inference.elementwise import one_number
    >>> x = pt.vector("x")
    >>> one_number((x + pt.constant([1.0])).owner).varies, one_number(pt.exp(pt.matrix()).owner)
    ((True, False), None)
    """
    if not isinstance(node.op, Elemwise) or len(node.inputs) > 2:  # noqa: PLR2004
        return None
    types = [v.type for v in (*node.outputs, *node.inputs)]
    if not all(all(each.broadcastable[1:]) for each in types):
        return None
    varies = [not all(each.broadcastable) for each in types]
    wrong = any(v and each.dtype != "float64" for v, each in zip(varies, types, strict=True))
    call = None if wrong or not varies[0] else _scalar_call(node)
    return call and OneNumber(call, tuple(varies[1:]), types[0].ndim > 1)


def elementwise_call(node: Any) -> Call | None:  # noqa: ANN401
    """Return the call of an operation that is made number by number; None if NumPy has none.

    Parameters
    ----------
    node
        One application of such an operation in a graph of PyTensor.

    Examples
    --------
    >>> import pytensor.tensor as pt
    >>> from casualty_models.inference.elementwise import elementwise_call
    >>> elementwise_call(pt.exp(pt.scalar("x")).owner)(0.0)
    np.float64(1.0)
    """
    call = _scalar_call(node)
    if call is None:
        return None
    dtype = np.dtype(node.outputs[0].type.dtype)
    given = {v.type.dtype for v in node.inputs}
    if isinstance(call, np.ufunc) and dtype.kind == "f" and dtype.name not in given:
        # NumPy takes functions of small integers in half precision.
        return partial(call, dtype=dtype, order="F")
    if isinstance(call, np.ufunc) and (dtype.kind == "b" or dtype.name == "float64"):
        return call if node.outputs[0].type.ndim < 2 else partial(call, order="F")  # noqa: PLR2004
    if given <= {dtype.name, "bool"}:
        return call

    def typed(*values: Any) -> Any:  # noqa: ANN401
        found = call(*values)
        return found if found.dtype == dtype else found.astype(dtype)

    return typed


def _scalar_call(node: Any) -> Call | None:  # noqa: ANN401
    """Return the function of whole arrays that a scalar operation stands for."""
    op = node.op
    for kind, call in _SCALAR.items():
        if isinstance(op.scalar_op, kind):
            return _zeros_like if call is second and _is_one_zero(node.inputs[1]) else call
    if isinstance(op.scalar_op, Pow) and is_always(node.inputs[1], 2):
        return _square
    if op.nfunc is None:
        op.prepare_node(node, None, None, "py")
    if op.nfunc is None or op.nfunc_spec[1] == len(node.inputs):
        return op.nfunc
    return _folded(op.nfunc) if op.nfunc_spec[0] in ("add", "multiply") else None


def _is_one_zero(variable: Any) -> bool:  # noqa: ANN401
    return all(variable.type.broadcastable) and is_always(variable, 0)


def _zeros_like(like: Any, _: Any) -> Any:  # noqa: ANN401
    return np.zeros(like.shape, order="F")


def _square(x: Any, _: Any) -> Any:  # noqa: ANN401
    return np.square(x)


@cache
def _folded(pair: np.ufunc) -> Call:
    """Return a function of two values as one of several."""
    ordered = partial(pair, order="F")

    def call(*values: Any) -> Any:  # noqa: ANN401
        if values[0].ndim == 1 and len(values) > MANY and len({v.shape for v in values}) == 1:
            return pair.reduce(np.concatenate(values).reshape(len(values), -1), axis=0)
        return reduce(ordered, values)

    return call


def _as_array(x: Any) -> Any:  # noqa: ANN401
    return x if hasattr(x, "dtype") else np.asarray(x)


_SCALAR: dict[Any, Call] = {
    Softplus: softplus,
    Sigmoid: sigmoid,
    Log1mexp: log1mexp,
    Second: second,
    Switch: switch,
    Cast: _as_array,
}
