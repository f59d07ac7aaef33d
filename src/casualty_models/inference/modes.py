"""The tops of a density, searched from many points at once."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

Gradient = Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]]

MAX_STEPS = 150
LONGEST_STEP = 4.0
SMALLEST_STEP = 1e-6
ENOUGH_RISE = 1e-4
AT_THE_TOP = 1e-3  # of log density still to be gained


@dataclass
class _Climb:
    """Where each search stands: its point, log density, gradient, inverse Hessian, step length."""

    x: np.ndarray
    value: np.ndarray
    slope: np.ndarray
    inverse: np.ndarray
    length: np.ndarray
    done: np.ndarray


def climb(gradient: Gradient, starts: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the local maxima of a log density that lie uphill from some points.

    BFGS with backtracking; all searches take their steps together, because a batch costs little
    more than a point.

    Parameters
    ----------
    gradient
        Log density and gradient of a batch of points.
    starts
        One starting point a row, in units in which the density is about as wide as 1.

    Returns
    -------
    The points reached, their log densities, and whether each is a maximum.

    Examples
    --------
    >>> import numpy as np
    >>> from casualty_models.inference.modes import climb
    >>> parabola = lambda x: (-0.5 * ((x - 3) ** 2).sum(axis=1), 3 - x)
    >>> climb(parabola, np.zeros((1, 2)))[0]
    array([[3., 3.]])
    """
    number, size = starts.shape
    value, slope = gradient(starts)
    inverse = np.tile(np.eye(size), (number, 1, 1))
    at = _Climb(starts.copy(), value, slope, inverse, np.ones(number), ~np.isfinite(value))
    top = np.zeros(number, dtype=bool)
    for _ in range(MAX_STEPS):
        active = np.flatnonzero(~at.done)
        if not active.size:
            break
        direction = np.einsum("nij,nj->ni", at.inverse[active], at.slope[active])
        rise = np.einsum("ni,ni->n", direction, at.slope[active])
        top[active] = rise < AT_THE_TOP
        at.done[active] = top[active]
        _step(gradient, at, active, direction, rise)
    return at.x, at.value, top


def _step(
    gradient: Gradient, at: _Climb, active: np.ndarray, direction: np.ndarray, rise: np.ndarray
) -> None:
    """Try one step of each active search and learn from those that rose enough."""
    size = np.linalg.norm(direction, axis=1)
    length = np.minimum(at.length[active], LONGEST_STEP / np.maximum(size, 1e-300))
    move = length[:, None] * direction
    value, slope = gradient(at.x[active] + move)
    better = value >= at.value[active] + ENOUGH_RISE * length * rise
    rose = active[better]
    _learn(at.inverse, rose, move[better], at.slope[rose] - slope[better])
    at.x[rose] += move[better]
    at.value[rose], at.slope[rose] = value[better], slope[better]
    at.length[rose] = 1.0
    fell = active[~better]
    at.length[fell] = 0.3 * length[~better]
    at.done[fell] |= at.length[fell] < SMALLEST_STEP


def _learn(inverse: np.ndarray, rows: np.ndarray, s: np.ndarray, y: np.ndarray) -> None:
    """Update inverse Hessians (of minus the log density) by the rule of BFGS."""
    curvature = np.einsum("ni,ni->n", s, y)
    use = curvature > 1e-10 * np.einsum("ni,ni->n", y, y)
    rows, s, y, curvature = rows[use], s[use], y[use], curvature[use]
    turned = np.einsum("nij,nj->ni", inverse[rows], y)
    along = np.einsum("ni,ni->n", y, turned)
    outer = np.einsum("ni,nj->nij", s, turned)
    square = np.einsum("ni,nj->nij", s, s)
    factor = ((1.0 + along / curvature) / curvature)[:, None, None]
    mixed = (outer + outer.transpose(0, 2, 1)) / curvature[:, None, None]
    inverse[rows] += factor * square - mixed
