r"""The likelihood of decomposable graphs with hyper-Dirichlet priors on the cells.

Each cell of the full table has Dirichlet parameter :math:`\delta`, so a cell of the margin over a
set S of lists has :math:`\delta_S = \delta\, 2^{J - |S|}`. With :math:`m_c` the counts of that
margin, of which only the one of people on no list of S, :math:`m_{S0} + n_0`, is not known,

.. math:: L_S(n_0) = \sum_{c \ne 0} \log\frac{\Gamma(m_c + \delta_S)}{\Gamma(\delta_S)}
          + \log\frac{\Gamma(m_{S0} + n_0 + \delta_S)}{\Gamma(\delta_S)},

and a graph in which list v has the parents :math:`K_v` has

.. math:: \log p(n_0, \text{data} \mid G) = \sum_v \left[L_{K_v \cup v}(n_0) - L_{K_v}(n_0)\right]
          + \log\frac{(N - 1)!}{n_0!} + \text{const}, \qquad N = n + n_0,

the last term being that of the multinomial with the prior :math:`p(N) \propto 1/N`. The empty set
has :math:`L_\emptyset = \log \Gamma(N + 2^J \delta) - \log \Gamma(2^J \delta)`.

Source: Madigan and York (1997), Biometrika 84:19-31; Dawid and Lauritzen (1993), Annals of
Statistics 21:1272-1317.
"""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array
from scipy.special import gammaln

from casualty_models.capture.gamma_ratio import log_gamma_ratio
from casualty_models.errors import DataError
from casualty_models.lists import CaptureHistories


@dataclass(frozen=True, eq=False)
class HyperDirichlet:
    """What the likelihood of any graph on these lists needs, by sets of lists.

    Parameters
    ----------
    seen, lists, delta
        People on at least one list, number of lists, Dirichlet parameter of a cell.
    offset
        By set: people seen on none of its lists, plus the set's Dirichlet parameter.
    constant
        By set: the part of ``L_S`` that does not depend on the unseen count.

    Examples
    --------
    >>> from casualty_models.capture.hyper_dirichlet import hyper_dirichlet
    >>> from casualty_models.lists import CaptureHistories
    >>> table = CaptureHistories(("police", "press"), [[12, 20, 7]])
    >>> hyper_dirichlet(table, delta=0.25).offset.tolist()
    [40.0, 20.5, 12.5, 0.25]
    """

    seen: int
    lists: int
    delta: float
    offset: np.ndarray
    constant: np.ndarray

    def sets(self, unseen: np.ndarray) -> np.ndarray:
        """Return ``L_S`` less ``log n0!`` for all sets and values of the unseen count."""
        return self.constant[:, None] + log_gamma_ratio(unseen, self.offset[:, None])

    def families(self, unseen: np.ndarray) -> np.ndarray:
        """Return the term of each list and set of parents, at row ``list * 2**J + parents``."""
        sets = self.sets(unseen)
        parents = np.arange(len(sets))
        terms = [sets[parents | 1 << v] - sets for v in range(self.lists)]
        return np.concatenate(terms)

    def population(self, unseen: np.ndarray) -> np.ndarray:
        """Return the log of ``(N - 1)! / n0!``."""
        return log_gamma_ratio(unseen, np.array(float(self.seen)))


def hyper_dirichlet(histories: CaptureHistories, delta: float) -> HyperDirichlet:
    """Sum the table over all sets of lists.

    Parameters
    ----------
    histories
        One stratum.
    delta
        Dirichlet parameter of a cell, above 0.

    Returns
    -------
    The terms of the likelihood.

    Raises
    ------
    DataError
        If delta is not above 0, no one is on a list, or there are several strata.

    Examples
    --------
    >>> from casualty_models.capture.hyper_dirichlet import hyper_dirichlet
    >>> from casualty_models.lists import CaptureHistories
    >>> hyper_dirichlet(CaptureHistories(("a", "b"), [[12, 20, 7]]), 0.25).seen
    39
    """
    if not delta > 0:
        raise DataError("delta must be above 0", place="delta", value=delta)
    cells, lists = histories.cells, len(histories.lists)
    if not cells.any():
        raise DataError("someone must be on a list", place=histories.strata[0], value=0)
    masks = np.arange(1, len(cells) + 1)
    offset, constant = np.empty(len(cells) + 1), np.empty(len(cells) + 1)
    for lists_in in range(len(cells) + 1):
        share = delta * 2.0 ** (lists - lists_in.bit_count())
        margin = np.bincount(masks & lists_in, weights=cells, minlength=1)
        known = margin[1:][margin[1:] > 0]
        offset[lists_in] = margin[0] + share
        # Empty cells cancel: log Gamma(0 + share) - log Gamma(share) = 0.
        constant[lists_in] = gammaln(known + share).sum() - (len(known) + 1) * gammaln(share)
    return HyperDirichlet(histories.n, lists, delta, offset, constant)


def log_masses(parents: np.ndarray, families: np.ndarray) -> np.ndarray:
    """Return the log mass of each graph: the sum of its lists' terms.

    Parameters
    ----------
    parents
        Masks of parents, shape (graphs, lists).
    families
        Terms from `HyperDirichlet.families`, shape (lists * 2**lists, values).

    Returns
    -------
    Shape (graphs, values), without the population term.

    Examples
    --------
    >>> import numpy as np
    >>> from casualty_models.capture.hyper_dirichlet import log_masses
    >>> terms = np.arange(8.0)[:, None]
    >>> log_masses(np.array([[0, 0], [2, 0]]), terms).ravel().tolist()
    [4.0, 6.0]
    """
    graphs, lists = parents.shape
    rows = (np.arange(lists, dtype=np.int32) << lists) + parents
    starts = np.arange(0, graphs * lists + 1, lists, dtype=np.int32)
    shape = (graphs, len(families))
    return csr_array((np.ones(rows.size), rows.ravel(), starts), shape=shape) @ families
