r"""Whether a log-linear model's maximum likelihood estimate exists, and its unseen count is finite.

The estimate exists if and only if no direction :math:`d` of the parameters leaves the fitted
counts of all occupied cells as they are, :math:`A_+ d = 0`, and lowers some empty ones,
:math:`A_0 d \le 0`. Finding the largest set of empty cells that can be lowered together is one
linear programme. Along these directions some parameters run to infinity; what becomes of the
unseen count, :math:`\exp(a_0^\top \theta)`, is read from the range of :math:`a_0^\top d`.

Source: Fienberg and Rinaldo (2012), Annals of Statistics 40:996-1023; for lists of victims Chan,
Silverman and Vincent (2021), Journal of the American Statistical Association 116:1297-1306.
"""

from typing import Literal

import numpy as np

Existence = Literal["exists", "boundary", "infinite", "zero", "undetermined"]

MEANING: dict[str, str] = {
    "exists": "the maximum likelihood estimate exists",
    "boundary": "some interactions run to minus infinity, the unseen count stays finite",
    "infinite": "the estimate of the unseen count runs to infinity",
    "zero": "the estimate of the unseen count runs to zero",
    "undetermined": "the data leave the unseen count open",
}
_TOLERANCE = 1e-7


def hierarchical_terms(generators: list[int]) -> np.ndarray:
    """Return the non-empty subsets of the generators, as masks in increasing order.

    Examples
    --------
    >>> from casualty_models.lists.existence import hierarchical_terms
    >>> hierarchical_terms([0b011, 0b100]).tolist()
    [1, 2, 3, 4]
    """
    highest = max(generators)
    masks = np.arange(1, 2 ** int(highest).bit_length())
    inside = [(masks & ~generator) == 0 for generator in generators]
    return masks[np.any(inside, axis=0)]


def existence(cells: np.ndarray, terms: np.ndarray) -> Existence:
    """Say whether the maximum likelihood estimate of a log-linear model exists.

    Parameters
    ----------
    cells
        Counts of the ``2**J - 1`` observable cells, in the order of `CaptureHistories`.
    terms
        Masks of the model's main effects and interactions.

    Returns
    -------
    One of the keys of `MEANING`.

    Examples
    --------
    Three lists, none of whose first two share a person with the third (Chan and others 2021):

    >>> import numpy as np
    >>> from casualty_models.lists.existence import existence
    >>> cells = np.array([40, 30, 6, 20, 0, 0, 0])
    >>> existence(cells, np.array([1, 2, 4])), existence(cells, np.array([1, 2, 3, 4]))
    ('exists', 'infinite')
    """
    if np.all(cells > 0):
        return "exists"
    masks, terms = np.arange(1, len(cells) + 1), np.concatenate([[0], terms])
    design = ((masks[:, None] & terms) == terms).astype(float)
    lowered = np.flatnonzero(cells == 0)[_lowered(design[cells > 0], design[cells == 0])]
    if not lowered.size:
        return "exists"
    kept = np.setdiff1d(np.arange(len(cells)), lowered)
    return _fate_of_unseen(design[kept], design[lowered])


def _lowered(occupied: np.ndarray, empty: np.ndarray) -> np.ndarray:
    """Return which empty cells some direction lowers without moving the occupied ones."""
    from scipy.optimize import linprog

    count, size = empty.shape
    solution = linprog(
        np.concatenate([np.zeros(size), -np.ones(count)]),
        A_ub=np.hstack([empty, np.eye(count)]),
        b_ub=np.zeros(count),
        A_eq=np.hstack([occupied, np.zeros((len(occupied), count))]),
        b_eq=np.zeros(len(occupied)),
        bounds=[(None, None)] * size + [(0, 1)] * count,
    )
    return solution.x[size:] > 0.5  # noqa: PLR2004 (at the optimum each is 0 or 1)


def _fate_of_unseen(kept: np.ndarray, lowered: np.ndarray) -> Existence:
    """Follow the unseen cell, whose row of the design is (1, 0, 0, ...), along all directions."""
    from scipy.optimize import linprog

    goal = np.zeros(kept.shape[1])
    goal[0] = 1.0
    ends = [
        linprog(
            sign * goal,
            A_ub=lowered,
            b_ub=np.zeros(len(lowered)),
            A_eq=kept,
            b_eq=np.zeros(len(kept)),
            bounds=(-1, 1),
        ).fun
        for sign in (1, -1)
    ]
    falls, rises = ends[0] < -_TOLERANCE, ends[1] < -_TOLERANCE
    fates: dict[tuple[bool, bool], Existence] = {
        (False, False): "boundary",
        (False, True): "infinite",
        (True, False): "zero",
        (True, True): "undetermined",
    }
    return fates[falls, rises]
