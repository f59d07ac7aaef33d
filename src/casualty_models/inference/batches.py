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
    shape = np.broadcast(like, value).shape
    return value if value.shape == shape else filled(shape, value)


def switch(condition: np.ndarray, yes: np.ndarray, no: np.ndarray) -> np.ndarray:
    """Return one value where a condition holds, else the other.

    Examples
    --------
    >>> import numpy as np
    >>> from casualty_models.inference.batches import switch
    >>> switch(np.array([True, False]), np.zeros(1), np.ones(2))
    array([0., 1.])
    """
    found: np.ndarray = np.where(condition.T, yes.T, no.T).T
    return found


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


def one_in_each(places: np.ndarray, size: int) -> np.ndarray:
    """Return a matrix with a row for each of so many places, and a 1 in each column.

    Examples
    --------
    >>> import numpy as np
    >>> from casualty_models.inference.batches import one_in_each
    >>> one_in_each(np.array([1, 1, 0]), 2)
    array([[0., 0., 1.],
           [1., 1., 0.]])
    """
    return np.equal.outer(np.arange(size), places % size).astype(float)


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
    >>> import numpy as np
    >>> from casualty_models.inference.batches import softplus
    >>> softplus(np.array([-800.0, 0.0, 80.0])).round(3)
    array([ 0.   ,  0.693, 80.   ])
    """
    found = np.asarray(np.exp(-np.abs(x)))
    np.log1p(found, out=found)
    found += np.maximum(x, 0.0)
    return found


def sigmoid(x: np.ndarray) -> np.ndarray:
    r"""Return :math:`1 / (1 + e^{-x})`; `scipy.special.expit` takes three times as long.

    Examples
    --------
    >>> import numpy as np
    >>> from casualty_models.inference.batches import sigmoid
    >>> sigmoid(np.array([-np.inf, 0.0, np.inf]))
    array([0. , 0.5, 1. ])
    """
    found = np.asarray(np.exp(-x))
    found += 1.0
    return np.reciprocal(found, out=found)


def log1mexp(x: np.ndarray) -> np.ndarray:
    r"""Return :math:`\log(1 - e^x)` of negative numbers.

    Examples
    --------
    >>> from casualty_models.inference.batches import log1mexp
    >>> round(float(log1mexp(-1.0)), 3)
    -0.459
    """
    return np.where(x < -np.log(2.0), np.log1p(-np.exp(x)), np.log(-np.expm1(x)))
