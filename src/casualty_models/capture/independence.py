"""Independent lists, in closed form: the yardstick that the other models are read against."""

import numpy as np

from casualty_models.capture.gamma_ratio import log_gamma_ratio
from casualty_models.capture.summation import coarse_grid, refine
from casualty_models.capture.unseen import UnseenPosterior
from casualty_models.errors import DataError
from casualty_models.lists import CaptureHistories


def independence(histories: CaptureHistories, *, a: float = 1.0, b: float = 1.0) -> UnseenPosterior:
    r"""Return the posterior of the unseen count if no list depends on another.

    .. math:: p(n_0 \mid \text{data}) \propto \frac{(N - 1)!}{n_0!}
              \prod_j B(a + n_j,\; b + N - n_j), \qquad N = n + n_0,

    with capture shares :math:`\mathrm{Beta}(a, b)` and :math:`p(N) \propto 1/N`.

    Parameters
    ----------
    histories
        One stratum.
    a, b
        Parameters of the prior of each list's capture share.

    Returns
    -------
    The exact posterior.

    Raises
    ------
    DataError
        If a or b is not above 0, no one is on a list, or there are several strata.

    References
    ----------
    Castledine (1981), Biometrika 68:197-210.

    Examples
    --------
    >>> from casualty_models.capture.independence import independence
    >>> from casualty_models.lists import CaptureHistories
    >>> table = CaptureHistories(("A", "B", "C"), [[244, 48, 142, 60, 111, 4, 12]])
    >>> (table.n + independence(table).quantile([0.025, 0.5, 0.975])).tolist()
    [720.0, 756.0, 800.0]
    """
    if not (a > 0 and b > 0):
        raise DataError("a and b must be above 0", place="independence", value=(a, b))
    sizes, seen = histories.list_sizes, histories.cells.sum()
    if not seen:
        raise DataError("someone must be on a list", place=histories.strata[0], value=0)

    def log_mass(unseen: np.ndarray) -> np.ndarray:
        missed = log_gamma_ratio(unseen, (b + seen - sizes)[:, None])
        everyone = log_gamma_ratio(unseen, np.array(a + b + seen, dtype=float))
        known = log_gamma_ratio(unseen, np.array(float(seen)))
        return (missed - everyone).sum(axis=0) + known

    grid = refine(coarse_grid(int(seen)), lambda unseen: log_mass(unseen)[None])
    return UnseenPosterior(grid, log_mass(grid.points))
