"""Decomposable graphs, each as a perfect ordering: every list with its parents.

A graph is decomposable (chordal) if and only if its vertices can be removed one by one so that
the neighbors that are left of the one removed always form a clique. Those neighbors are the
vertex's *parents*. One array of parents says all about a graph: the sets ``parents[v] + v`` hold
its cliques, and its likelihood is the product of one term for each vertex given its parents.

Source: Lauritzen (1996), Graphical Models, sections 2.1 and 4.4.
"""

from functools import lru_cache

import numpy as np

from casualty_models.capture.labels import read_label, write_label
from casualty_models.errors import DataError

MOST_ENUMERATED = 7
_BLOCK = 1 << 16


@lru_cache(maxsize=MOST_ENUMERATED)
def decomposable_graphs(lists: int) -> np.ndarray:
    """Return all decomposable graphs on up to 7 lists: shape (graphs, lists), masks of parents.

    There are 8, 61, 822, 18,154 and 617,675 on 3 to 7 lists. A graph on one list more is a graph
    on the lists before it together with the neighbors of the new one, so few are tried in vain.
    The result is kept for the next call.

    Raises
    ------
    DataError
        If there are more than 7 lists.

    Examples
    --------
    >>> from casualty_models.capture.decomposable import decomposable_graphs
    >>> [len(decomposable_graphs(lists)) for lists in (2, 3, 4, 5)]
    [2, 8, 61, 822]
    """
    if not 1 <= lists <= MOST_ENUMERATED:
        rule = f"all graphs can be listed for at most {MOST_ENUMERATED} lists"
        raise DataError(rule, place="lists", value=lists, remedy="Use the stochastic search.")
    adjacency, parents = np.zeros((1, 1), np.uint8), np.zeros((1, 1), np.uint8)
    for new in range(1, lists):
        blocks = [_extend(part, new) for part in _blocks(adjacency, new)]
        adjacency, parents = (np.concatenate(part) for part in zip(*blocks, strict=True))
    parents.setflags(write=False)
    return parents


def _blocks(adjacency: np.ndarray, new: int) -> list[np.ndarray]:
    count = max(1, (len(adjacency) << new) // _BLOCK)
    return np.array_split(adjacency, count)


def _extend(adjacency: np.ndarray, new: int) -> tuple[np.ndarray, np.ndarray]:
    """Join vertex ``new`` to every set of older vertices; keep the graphs that stay chordal."""
    neighbors = np.arange(1 << new, dtype=np.uint8)
    links = (neighbors[:, None] >> np.arange(new, dtype=np.uint8) & 1) << new
    old = (adjacency[:, None, :] | links).reshape(-1, new)
    joined = np.column_stack([old, np.tile(neighbors, len(adjacency))])
    parents, chordal = perfect_parents(joined)
    return joined[chordal], parents[chordal]


def perfect_parents(adjacency: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return each vertex's parents in a perfect ordering, and whether the graph has one.

    Parameters
    ----------
    adjacency
        Masks of neighbors, shape (graphs, vertices).

    Returns
    -------
    Masks of parents, of the same shape (meaningless where there is no such ordering); which
    graphs are decomposable.

    Examples
    --------
    A path on three vertices has one, a ring of four has none:

    >>> import numpy as np
    >>> from casualty_models.capture.decomposable import perfect_parents
    >>> perfect_parents(np.array([[0b010, 0b101, 0b010]]))
    (array([[2, 4, 0]]), array([ True]))
    >>> perfect_parents(np.array([[0b1010, 0b0101, 0b1010, 0b0101]]))[1]
    array([False])
    """
    around = np.ascontiguousarray(adjacency.T)
    vertices = len(around)
    parents = np.zeros_like(around)
    left = np.full(around.shape[1], (1 << vertices) - 1, dtype=around.dtype)
    for _ in range(vertices):
        before = left.copy()
        for v in range(vertices):
            beside = around[v] & left
            removed = (left >> v & 1).astype(bool) & (_unlinked(beside, around) == 0)
            parents[v][removed] = beside[removed]
            left[removed] &= ~np.array(1 << v, dtype=left.dtype)
        if not left.any() or np.array_equal(left, before):
            break
    return np.ascontiguousarray(parents.T), left == 0


def _unlinked(beside: np.ndarray, around: np.ndarray) -> np.ndarray:
    """Return a mask that is zero where the vertices in ``beside`` are all linked to each other."""
    stray = np.zeros_like(beside)
    for u, linked in enumerate(around):
        own = np.array(1 << u, dtype=beside.dtype)
        # A mask of ones where u is among them, else zeros.
        among = np.negative(beside >> u & 1)
        stray |= among & beside & ~(linked | own)
    return stray


def graph_label(parents: np.ndarray) -> str:
    """Return a graph in bracket notation.

    Examples
    --------
    >>> import numpy as np
    >>> from casualty_models.capture.decomposable import graph_label
    >>> graph_label(np.array([2, 4, 0]))
    '[12][23]'
    """
    masks = parents.astype(int)
    return write_label((int(m) | 1 << v for v, m in enumerate(masks)), len(masks))


def read_graph(label: str, lists: int) -> np.ndarray:
    """Return the parents of a graph in bracket notation.

    Raises
    ------
    DataError
        If the label cannot be read, or its graph is not decomposable.

    Examples
    --------
    >>> from casualty_models.capture.decomposable import read_graph
    >>> read_graph("[12][23]", 3)
    array([2, 4, 0])
    """
    cliques = read_label(label, lists)
    neighbors = [0] * lists
    for clique in cliques:
        for v in range(lists):
            neighbors[v] |= clique & ~(1 << v) if clique >> v & 1 else 0
    parents, decomposable = perfect_parents(np.array([neighbors]))
    if not decomposable[0] or graph_label(parents[0]) != write_label(cliques, lists):
        rule = "the brackets must be the cliques of a decomposable graph"
        remedy = "Use the log-linear models for other dependence."
        raise DataError(rule, place="graph", value=label, remedy=remedy)
    return parents[0]
