"""Computations on batches that NumPy has no call for, or none that keeps their layout.

The batch is the first axis of each array and contiguous in memory: calls of NumPy run along it, and
take several times as long where two arrays are laid out differently.
"""

from collections.abc import Sequence

import numpy as np


def filled(shape: tuple[int, ...], value: np.ndarray) -> np.ndarray:
    """Return a value in so many places.

    Examples
    --------
    >>> import numpy as np
    >>> from casualty_models.inference.batches import filled
    >>> filled((2, 2), np.array([[1.0], [2.0]]))
    array([[1., 1.],
           [2., 2.]])
    """
    found = np.empty(shape, dtype=value.dtype, order="F")
    found[...] = value
    return found


def second(like: np.ndarray, value: np.ndarray) -> np.ndarray:
    """Return a value in the shape that it has together with another.

    Examples
    --------
    >>> import numpy as np
    >>> from casualty_models.inference.batches import second
    >>> second(np.ones(3), np.zeros(1))
    array([0., 0., 0.])
    """
    shape = np.broadcast_shapes(like.shape, value.shape)
    return value if value.shape == shape else filled(shape, value)


def switch(condition: np.ndarray, yes: np.ndarray, no: np.ndarray) -> np.ndarray:
    """Return one value where a condition holds, else the other; `numpy.where` loses the layout.

    Examples
    --------
    >>> import numpy as np
    >>> from casualty_models.inference.batches import switch
    >>> switch(np.array([True, False]), np.zeros(1), np.ones(2))
    array([0., 1.])
    """
    shape = np.broadcast_shapes(condition.shape, yes.shape, no.shape)
    chosen = np.empty(shape, np.result_type(yes, no), order="F")
    chosen[...] = no
    np.copyto(chosen, yes, where=condition.astype(bool, copy=False))
    return chosen


def joined(parts: Sequence[np.ndarray], axis: int) -> np.ndarray:
    """Return arrays one after the other along an axis.

    Examples
    --------
    >>> import numpy as np
    >>> from casualty_models.inference.batches import joined
    >>> joined([np.zeros((1, 2)), np.ones((1, 1))], axis=1)
    array([[0., 0., 1.]])
    """
    shape = list(parts[0].shape)
    shape[axis] = sum(part.shape[axis] for part in parts)
    found = np.empty(shape, np.result_type(*parts), order="F")
    return np.concatenate(parts, axis=axis, out=found)


def divided(x: np.ndarray, sizes: np.ndarray, axis: int) -> list[np.ndarray]:
    """Return the parts of an array along an axis, of so many places each.

    Examples
    --------
    >>> import numpy as np
    >>> from casualty_models.inference.batches import divided
    >>> divided(np.arange(3), np.array([2, 1]), axis=0)
    [array([0, 1]), array([2])]
    """
    parts, start, before = [], 0, (slice(None),) * axis
    for size in sizes:
        parts.append(x[(*before, slice(start, start + size))])
        start += size
    return parts


def with_columns_added(x: np.ndarray, y: np.ndarray, places: np.ndarray) -> np.ndarray:
    """Return an array after columns of another were added in the places named.

    Examples
    --------
    >>> import numpy as np
    >>> from casualty_models.inference.batches import with_columns_added
    >>> with_columns_added(np.zeros((1, 2)), np.array([[1.0, 2.0]]), np.array([1, 1]))
    array([[0., 3.]])
    """
    changed = np.array(np.broadcast_to(x, (len(y), x.shape[1])), order="F")
    for column, place in enumerate(places):
        changed[:, place] += y[:, column if y.shape[1] > 1 else 0]
    return changed


def running_sum(x: np.ndarray) -> np.ndarray:
    """Return the running sums along the columns.

    Examples
    --------
    >>> import numpy as np
    >>> from casualty_models.inference.batches import running_sum
    >>> running_sum(np.ones((1, 3)))
    array([[1., 2., 3.]])
    """
    sums = x.copy(order="F")
    for column in range(1, x.shape[1]):
        sums[:, column] += sums[:, column - 1]
    return sums


def softplus(x: np.ndarray) -> np.ndarray:
    r"""Return :math:`\log(1 + e^x)`; `numpy.logaddexp` is eight times as slow.

    Examples
    --------
    >>> from casualty_models.inference.batches import softplus
    >>> round(float(softplus(0.0)), 3)
    0.693
    """
    found: np.ndarray = np.maximum(x, 0.0) + np.log1p(np.exp(-np.abs(x)))
    return found


def log1mexp(x: np.ndarray) -> np.ndarray:
    r"""Return :math:`\log(1 - e^x)` of negative numbers.

    Examples
    --------
    >>> from casualty_models.inference.batches import log1mexp
    >>> round(float(log1mexp(-1.0)), 3)
    -0.459
    """
    return np.where(x < -np.log(2.0), np.log1p(-np.exp(x)), np.log(-np.expm1(x)))
