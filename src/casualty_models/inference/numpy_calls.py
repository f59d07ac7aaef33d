"""The NumPy call of each operation of PyTensor, on batches; `perform` where there is none."""

from collections.abc import Callable
from typing import Any

import numpy as np
from pytensor.compile.builders import OpFromGraph
from pytensor.compile.ops import ViewOp
from pytensor.graph.replace import vectorize_graph
from pytensor.tensor.basic import Alloc, ARange, Join, MakeVector, Split
from pytensor.tensor.blockwise import Blockwise
from pytensor.tensor.elemwise import CAReduce, DimShuffle, Elemwise
from pytensor.tensor.extra_ops import CumOp
from pytensor.tensor.shape import Shape, Shape_i
from pytensor.tensor.subtensor import (
    AdvancedIncSubtensor,
    AdvancedSubtensor,
    IncSubtensor,
    Subtensor,
)
from pytensor.tensor.type import TensorType

from casualty_models.inference.batches import (
    divided,
    filled,
    joined,
    one_in_each,
    running_sum,
)
from casualty_models.inference.elementwise import elementwise_call
from casualty_models.inference.shortcuts import are_zeros, constant_index

Call = Callable[..., Any]


def call_of(node: Any) -> Call:  # noqa: ANN401
    """Return a function from the values of a node's inputs to that of its output (or outputs).

    Parameters
    ----------
    node
        One application of an operation in a graph of PyTensor.

    Examples
    --------
    >>> import pytensor.tensor as pt
    >>> from casualty_models.inference.numpy_calls import call_of
    >>> call_of(pt.exp(pt.scalar("x")).owner)(0.0)
    np.float64(1.0)
    """
    for kind, rule in _RULES.items():
        if isinstance(node.op, kind):
            found = rule(node)
            if found is not None:
                return found
    return _perform(node)


def inner_graph(node: Any) -> list[Any]:  # noqa: ANN401
    """Return what the graph inside a node makes of the node's inputs; nothing if there is none.

    Parameters
    ----------
    node
        One application of an operation in a graph of PyTensor.

    Examples
    --------
    >>> import pytensor.tensor as pt
    >>> from casualty_models.inference.numpy_calls import inner_graph
    >>> x = pt.vector("x")
    >>> len(inner_graph(pt.logaddexp(x, 0).owner)), inner_graph(pt.exp(x).owner)
    (1, [])
    """
    core = node.op.core_op if isinstance(node.op, Blockwise) else node.op
    if not isinstance(core, OpFromGraph):
        return []
    at = dict(zip(core.inner_inputs, node.inputs, strict=True))
    return list(vectorize_graph(core.inner_outputs, at))


def _dimshuffle(node: Any) -> Call:  # noqa: ANN401
    order, drop = node.op.shuffle, tuple(node.op.drop)
    index = tuple(None if i == "x" else slice(None) for i in node.op.new_order)
    kept = [i for i in range(node.inputs[0].type.ndim) if i not in drop]
    axes = [kept.index(i) for i in order]
    moved = axes != sorted(axes)

    if not moved and not drop:
        return lambda x: np.asarray(x)[index]

    def call(x: Any) -> Any:  # noqa: ANN401
        x = np.asarray(x)
        if drop:
            x = x.squeeze(drop)
        return (x.transpose(axes) if moved else x)[index]

    return call


def _reduction(node: Any) -> Call:  # noqa: ANN401
    ufunc, axis, dtype = node.op.ufunc, node.op.axis, node.outputs[0].type.dtype
    if axis is None:
        axis = tuple(range(node.inputs[0].type.ndim))
    if axis == ():
        return lambda x: np.asarray(x, dtype=dtype)
    return lambda x: ufunc.reduce(x, axis=axis, dtype=dtype)


def _blockwise(node: Any) -> Call | None:  # noqa: ANN401
    """Return one call on the batch where PyTensor would loop over it."""
    core, batch = node.op.core_op, node.op.batch_ndim(node)
    for kind, rule in _BLOCKS.items():
        if isinstance(core, kind):
            return rule(core, batch)
    return None


def _batched_join(core: Join, batch: int) -> Call:
    def call(*parts: Any) -> Any:  # noqa: ANN401
        lead = np.broadcast_shapes(*(part.shape[:batch] for part in parts))
        full = [np.broadcast_to(part, lead + part.shape[batch:]) for part in parts]
        return joined(full, core.axis + batch)

    return call


def _batched_split(core: Split, batch: int) -> Call:
    return lambda x, sizes: divided(x, sizes.reshape(-1, sizes.shape[-1])[0], core.axis + batch)


def _batched_size(core: Shape_i, batch: int) -> Call:
    return lambda x: np.broadcast_to(np.int64(x.shape[batch + core.i]), x.shape[:batch])


def _batched_range(core: ARange, batch: int) -> Call:
    def call(*ends: Any) -> Any:  # noqa: ANN401
        lead = np.broadcast_shapes(*(end.shape for end in ends))
        row = np.arange(*(end.flat[0] for end in ends), dtype=core.dtype)
        return np.broadcast_to(row, (*lead, row.size))

    return call


def _batched_taking(core: AdvancedSubtensor, batch: int) -> Call | None:
    if core.idx_list != (0,) or batch != 1:
        return None

    def call(x: Any, places: Any) -> Any:  # noqa: ANN401
        lead = np.broadcast_shapes(x.shape[:1], places.shape[:1])
        full, each = (np.broadcast_to(part, lead + part.shape[1:]) for part in (x, places))
        return np.take_along_axis(full, each, axis=1)

    return call


_BLOCKS: dict[Any, Callable[[Any, int], Call | None]] = {
    AdvancedSubtensor: _batched_taking,
    ViewOp: lambda *_: np.asarray,
    Join: _batched_join,
    Split: _batched_split,
    Shape_i: _batched_size,
    ARange: _batched_range,
}


def _adding_columns(node: Any) -> Call | None:  # noqa: ANN401
    """Return the sum of columns into the places that an index names, one after the other."""
    op = node.op
    x, y = node.inputs[:2]
    columns = (slice(None), 0)
    if op.set_instead_of_inc or op.idx_list != columns or not x.type.ndim == y.type.ndim == 2:  # noqa: PLR2004
        return None
    into_zeros = are_zeros(x)
    known: tuple[Any, Any] = (None, None)

    def call(x: Any, y: Any, places: Any) -> Any:  # noqa: ANN401
        nonlocal known
        if known[0] is not places:
            known = places, one_in_each(places, x.shape[1])
        if y.shape[1] < len(places):
            y = np.broadcast_to(y, (len(y), len(places)))
        # Columns of the batch are rows of its transpose: a product of matrices adds them up.
        found = (known[1] @ y.T).T
        return found if into_zeros else x + found

    return call


def _taking_columns(node: Any) -> Call | None:  # noqa: ANN401
    if node.op.idx_list != (slice(None), 0):
        return None
    # Columns stay contiguous, as the batch runs along them.
    return lambda x, places: x.T[places].T


def _part(node: Any) -> Call | None:  # noqa: ANN401
    index = constant_index(node.inputs[1:], node.op.idx_list)
    return None if index is None else lambda x, *_: x[index]


def _adding_part(node: Any) -> Call | None:  # noqa: ANN401
    index = constant_index(node.inputs[2:], node.op.idx_list)
    if index is None or node.op.set_instead_of_inc:
        return None

    def call(x: Any, y: Any, *_: Any) -> Any:  # noqa: ANN401
        changed = x.copy(order="F")
        changed[index] += y
        return changed

    return call


def _running_sum(node: Any) -> Call | None:  # noqa: ANN401
    if node.op.mode != "add" or node.op.axis != 1 or node.outputs[0].type.ndim != 2:  # noqa: PLR2004
        return None
    return running_sum


def _join(node: Any) -> Call:  # noqa: ANN401
    return lambda *parts: joined(parts, node.op.axis)


def _split(node: Any) -> Call:  # noqa: ANN401
    return lambda x, sizes: divided(x, sizes, node.op.axis)


def _allocation(node: Any) -> Call:  # noqa: ANN401
    return lambda value, *shape: filled(tuple(int(n) for n in shape), value)


def _vector(node: Any) -> Call:  # noqa: ANN401
    return lambda *numbers: np.array(numbers, dtype=node.op.dtype)


def _shape(node: Any) -> Call:  # noqa: ANN401
    return lambda x: np.array(x.shape, dtype=np.int64)


def _perform(node: Any) -> Call:  # noqa: ANN401
    tensors = [isinstance(v.type, TensorType) for v in node.inputs]

    def call(*values: Any) -> Any:  # noqa: ANN401
        given = [np.asarray(v) if t else v for v, t in zip(values, tensors, strict=True)]
        storage: list[list[Any]] = [[None] for _ in node.outputs]
        node.op.perform(node, given, storage)
        return storage[0][0] if len(storage) == 1 else [found[0] for found in storage]

    return call


_RULES: dict[Any, Callable[[Any], Call | None]] = {
    Elemwise: elementwise_call,
    DimShuffle: _dimshuffle,
    CAReduce: _reduction,
    Blockwise: _blockwise,
    AdvancedIncSubtensor: _adding_columns,
    AdvancedSubtensor: _taking_columns,
    Subtensor: _part,
    IncSubtensor: _adding_part,
    CumOp: _running_sum,
    Join: _join,
    Split: _split,
    Alloc: _allocation,
    Shape: _shape,
    MakeVector: _vector,
}
