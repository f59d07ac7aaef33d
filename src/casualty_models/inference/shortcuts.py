"""Computations in a graph of PyTensor that can be left out: they change nothing.

PyTensor's own rewrites find these and many more, but on the graph of a gradient they take longer
than they save in one fit.
"""

from typing import Any

import numpy as np
import pytensor.tensor as pt
from pymc.logprob.utils import CheckParameterValue
from pytensor.graph.basic import Constant
from pytensor.graph.replace import graph_replace
from pytensor.graph.traversal import ancestors
from pytensor.scalar.basic import GE, GT, LE, LT, Add, Exp, Identity, Pow, Second, Sub
from pytensor.scalar.math import Sigmoid
from pytensor.tensor.elemwise import CAReduce, DimShuffle, Elemwise
from pytensor.tensor.subtensor import IncSubtensor, indices_from_subtensor


def simplified(node: Any) -> Any:  # noqa: ANN401
    """Return a variable that equals the output of a node and takes fewer steps, or None.

    Parameters
    ----------
    node
        One application of an operation in a graph of PyTensor.

    Examples
    --------
    >>> import pytensor.tensor as pt
    >>> from casualty_models.inference.shortcuts import simplified
    >>> x = pt.vector("x")
    >>> filled = pt.second(x, 2.0)
    >>> simplified((x * filled).owner).owner.inputs[1] is filled.owner.inputs[1]
    True
    """
    same = same_value(node)
    if same is not None:
        return same
    found = _put_into_zeros(node) if isinstance(node.op, IncSubtensor) else _unfilled(node)
    return found if found is not None and _alike(found, node.outputs[0]) else None


def _put_into_zeros(node: Any) -> Any:  # noqa: ANN401
    """Return what is added to zeros, where it fills all of them, in their order or reversed."""
    op, (zeros, added, *names) = node.op, node.inputs
    index = constant_index(names, op.idx_list)
    if index is None or not are_zeros(zeros):
        return None
    whole = all(each in (slice(None), slice(None, None, -1)) for each in index)
    return added[index] if whole else None


def constant_index(names: list[Any], entries: Any) -> tuple[Any, ...] | None:  # noqa: ANN401
    """Return an index that constants name, ready for NumPy; None if others name it too.

    Parameters
    ----------
    names
        Variables of PyTensor.
    entries
        Which of them stands where in the index, as in ``idx_list`` of the operation.

    Examples
    --------
    >>> import pytensor.tensor as pt
    >>> from casualty_models.inference.shortcuts import constant_index
    >>> part = pt.vector("x")[3].owner
    >>> constant_index(part.inputs[1:], part.op.idx_list)
    (3,)
    """
    if not all(isinstance(name, Constant) for name in names):
        return None
    index: Any = indices_from_subtensor([name.data for name in names], entries)
    return tuple(i if isinstance(i, slice) else int(i) for i in index)


def _unfilled(node: Any) -> Any:  # noqa: ANN401
    """Return an operation on single values where these were spread out first, or spread later."""
    if _scalar(node) is None or isinstance(_scalar(node), Second) or len(node.outputs) > 1:
        return None
    spread = [v.owner for v in node.inputs if isinstance(_scalar(v.owner), Second)]
    if not spread:
        return None
    values = [v.owner.inputs[1] if v.owner in spread else v for v in node.inputs]
    found = node.op(*values)
    return found if _alike(found, node.outputs[0]) else pt.second(spread[0].inputs[0], found)


def same_value(node: Any) -> Any:  # noqa: ANN401
    """Return the variable that the output of a node equals, or None.

    Parameters
    ----------
    node
        One application of an operation in a graph of PyTensor.

    Examples
    --------
    >>> import pytensor.tensor as pt
    >>> from casualty_models.inference.shortcuts import same_value
    >>> x = pt.vector("x")
    >>> same_value((x**1).owner) is x, same_value((x**2).owner)
    (True, None)
    """
    found = _unchanged(node)
    return found if found is not None and _alike(found, node.outputs[0]) else None


def _unchanged(node: Any) -> Any:  # noqa: ANN401
    """Return the input that a node gives back, but perhaps in another shape or type."""
    if isinstance(node.op, CheckParameterValue):
        return node.inputs[0]
    if isinstance(node.op, CAReduce) and node.op.axis == ():
        return node.inputs[0]
    scalar = _scalar(node)
    if isinstance(scalar, Identity) or (isinstance(scalar, Pow) and is_always(node.inputs[1], 1)):
        return node.inputs[0]
    if isinstance(scalar, Second):
        return node.inputs[1]
    if isinstance(scalar, Add):
        terms = [term for term in node.inputs if not are_zeros(term)] or node.inputs[:1]
        return terms[0] if len(terms) == 1 else None
    return None


def without_needless_checks(variable: Any) -> Any:  # noqa: ANN401
    """Return a graph in which transforms are known to give values of their range.

    PyMC asks of every value whether it lies in the support, of ``exp(x)`` too whether it is
    positive.

    Parameters
    ----------
    variable
        The variable to compute.

    Examples
    --------
    >>> import pytensor.tensor as pt
    >>> from casualty_models.inference.shortcuts import without_needless_checks
    >>> x = pt.vector("x")
    >>> found = without_needless_checks(pt.switch(pt.exp(x) > 0, x, -1))
    >>> bool(found.eval({x: [-1000.0]})[0] == -1000)
    True
    """
    known = {v: pt.ones_like(v) for v in ancestors([variable]) if _holds(v.owner)}
    return graph_replace([variable], known)[0] if known else variable


def _holds(node: Any) -> bool:  # noqa: ANN401
    """Tell whether a variable comes of a comparison that always holds."""
    scalar = _scalar(node)
    if not isinstance(scalar, GT | GE | LT | LE):
        return False
    value, limit = node.inputs
    inner = _scalar(value.owner)
    if isinstance(scalar, GT | GE):
        return isinstance(inner, Exp | Sigmoid) and is_always(limit, 0)
    return isinstance(inner, Sigmoid) and is_always(limit, 1)


def _scalar(node: Any) -> Any:  # noqa: ANN401
    """Return the operation that a node makes with each number, or None."""
    return node.op.scalar_op if node is not None and isinstance(node.op, Elemwise) else None


def is_always(variable: Any, number: float) -> bool:  # noqa: ANN401
    """Tell whether a variable is a number, whatever its dimensions.

    Parameters
    ----------
    variable
        A variable of PyTensor.
    number
        The number.

    Examples
    --------
    >>> import pytensor.tensor as pt
    >>> from casualty_models.inference.shortcuts import is_always
    >>> is_always(pt.constant([3, 3]) - 1, 2), is_always(pt.scalar("x"), 2)
    (True, False)
    """
    value = _constant(variable)
    return value is not None and bool(np.all(value == number))


def _constant(variable: Any) -> Any:  # noqa: ANN401
    node = variable.owner
    if node is None:
        return variable.data if isinstance(variable, Constant) else None
    if isinstance(node.op, DimShuffle):
        return _constant(node.inputs[0])
    if isinstance(_scalar(node), Sub):  # as in the exponent of a power's slope
        left, right = (_constant(each) for each in node.inputs)
        return None if left is None or right is None else left - right
    return None


def are_zeros(variable: Any) -> bool:  # noqa: ANN401
    """Tell whether all numbers of a variable are 0, as one can see from how it is made.

    Parameters
    ----------
    variable
        A variable of PyTensor.

    Examples
    --------
    >>> import pytensor.tensor as pt
    >>> from casualty_models.inference.shortcuts import are_zeros
    >>> are_zeros(pt.second(pt.vector(), 0.0)), are_zeros(pt.vector())
    (True, False)
    """
    node = variable.owner
    scalar = _scalar(node)
    if isinstance(scalar, Second):
        return are_zeros(node.inputs[1])
    if isinstance(scalar, Add):
        return all(are_zeros(term) for term in node.inputs)
    return is_always(variable, 0)


def _alike(one: Any, other: Any) -> bool:  # noqa: ANN401
    """Tell whether two variables have numbers of one type in as many places."""
    a, b = one.type, other.type
    return a.dtype == b.dtype and a.ndim == b.ndim and a.broadcastable == b.broadcastable
