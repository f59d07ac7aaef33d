r"""Points and weights that sum a function over all whole numbers, without a cut.

Sums over :math:`n_0 = 0, 1, 2, \dots` are exact up to ``HEAD``. Beyond, they are integrals over
:math:`t = \log n_0` in panels of Gauss-Legendre points, with two Euler-Maclaurin terms,

.. math:: \sum_{k=a}^{b} f(k) \approx \int_{a-1/2}^{b+1/2} f(x)\,dx
          - \left[\tfrac{1}{24} f^{(1)}(x) - \tfrac{7}{5760} f^{(3)}(x)\right]_{a-1/2}^{b+1/2}.

A panel is halved until its Legendre coefficients have died out. Past the last panel, ten to the
twelfth times the people seen, the density is a power of :math:`n_0` and is integrated as one.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.polynomial import legendre

LogMass = Callable[[np.ndarray], np.ndarray]

HEAD = 128
POINTS = 16
_REACH = 1e12
_MAX_HALVINGS = 40
_ROUNDING = 16 * np.finfo(float).eps
_NODES, _WEIGHTS = legendre.leggauss(POINTS)
# Values at the points -> Legendre coefficients (the rule is exact up to degree 2 * POINTS - 1),
# of the function, its first three derivatives and its integral from the left end.
_SERIES = (legendre.legvander(_NODES, POINTS - 1) * _WEIGHTS[:, None] * (np.arange(POINTS) + 0.5)).T
_DERIVATIVES = [legendre.legder(_SERIES, m) for m in range(4)]
_INTEGRAL = legendre.legint(_SERIES, lbnd=-1)


@dataclass(frozen=True, eq=False)
class Grid:
    """Where the mass of the unseen count is evaluated: whole numbers, then panels in its log.

    Parameters
    ----------
    head
        All whole numbers below this are points.
    edges
        Ends of the panels on the log scale; empty when the whole numbers are all there is.
    cut
        Whether the last point is the end, or a tail follows.

    Examples
    --------
    >>> from casualty_models.capture.summation import coarse_grid
    >>> coarse_grid(10, limit=3).points
    array([0., 1., 2., 3.])
    """

    head: int
    edges: np.ndarray
    cut: bool = False

    @cached_property
    def points(self) -> np.ndarray:
        """The values of the unseen count, in increasing order."""
        return np.concatenate([np.arange(self.head, dtype=float), np.exp(self._logs).ravel()])

    @cached_property
    def weights(self) -> np.ndarray:
        """What a mass at each point counts in a sum over all whole numbers up to the last edge."""
        half = np.diff(self.edges)[:, None] / 2
        beyond = half * _WEIGHTS * np.exp(self._logs)
        if len(self.edges):
            last = len(self.edges) - 2
            beyond[0] -= self.corrections(np.array([0]), self.edges[:1])[0]
            beyond[last] += self.corrections(np.array([last]), self.edges[-1:])[0]
        return np.concatenate([np.ones(self.head), beyond.ravel()])

    def places(self, panel: np.ndarray, log: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return where in its panel, from -1 to 1, a log lies, and half the panel's width."""
        lower, upper = self.edges[panel], self.edges[panel + 1]
        return (2 * log - lower - upper) / (upper - lower), (upper - lower) / 2

    def integrals(self, panel: np.ndarray, log: np.ndarray) -> np.ndarray:
        """Return weights of a panel's points for the integral of the mass up to ``exp(log)``."""
        place, half = self.places(panel, log)
        series = legendre.legvander(place, POINTS)
        return half[:, None] * (series @ _INTEGRAL) * np.exp(self._logs[panel])

    def corrections(self, panel: np.ndarray, log: np.ndarray) -> np.ndarray:
        """Return weights of a panel's points for the Euler-Maclaurin terms at ``exp(log)``."""
        place, half = self.places(panel, log)
        series = legendre.legvander(place, POINTS - 1)
        d0, d1, d2, d3 = (
            series[:, : POINTS - m] @ matrix / half[:, None] ** m
            for m, matrix in enumerate(_DERIVATIVES)
        )
        # Derivatives by the unseen count x of g(log x) / x, g being the mass per unit of log x.
        first = (d1 - d0) * np.exp(-2 * log)[:, None]
        third = (d3 - 6 * d2 + 11 * d1 - 6 * d0) * np.exp(-4 * log)[:, None]
        return (7 * third / 5760 - first / 24) * np.exp(self._logs[panel])

    @cached_property
    def _logs(self) -> np.ndarray:
        return _panel_points(self.edges[:-1], self.edges[1:])


def _panel_points(lower: np.ndarray, upper: np.ndarray) -> np.ndarray:
    return (lower + upper)[:, None] / 2 + (upper - lower)[:, None] / 2 * _NODES


def coarse_grid(seen: int, limit: int | None = None) -> Grid:
    """Return a first grid: panels of width 1, then 3, on the log scale, to the end.

    Parameters
    ----------
    seen
        People on at least one list; sets the scale.
    limit
        The largest unseen count; by default there is none.

    Returns
    -------
    The grid.

    Examples
    --------
    >>> from casualty_models.capture.summation import coarse_grid
    >>> bool(coarse_grid(621).points[-1] > 1e14)
    True
    """
    if limit is not None and limit < 2 * HEAD:
        return Grid(limit + 1, np.empty(0), cut=True)
    start = np.log(HEAD - 0.5)
    end = np.log(max(seen, 1) * _REACH) if limit is None else np.log(limit + 0.5)
    turn = min(end, max(start + 1, np.log(max(seen, 1)) + 5))
    fine = np.linspace(start, turn, int(np.ceil(turn - start)) + 1)
    wide = np.linspace(turn, end, int(np.ceil((end - turn) / 3)) + 1)
    return Grid(HEAD, np.concatenate([fine, wide[1:]]), cut=limit is not None)


def refine(grid: Grid, log_masses: LogMass, tolerance: float = 1e-10) -> Grid:
    """Halve panels until every one of several masses is resolved in each.

    Parameters
    ----------
    grid
        Where to begin.
    log_masses
        Takes m values of the unseen count and returns the logs of the masses, shape (masses, m).
    tolerance
        The error in a panel, as a share of the sum, at which it is not halved any more.

    Returns
    -------
    The finer grid.

    Examples
    --------
    >>> import numpy as np
    >>> from casualty_models.capture.summation import coarse_grid, refine
    >>> narrow = lambda x: -0.5 * ((x - 40000.0) / 300.0)[None] ** 2
    >>> grid = refine(coarse_grid(30000), narrow)
    >>> total = np.exp(narrow(grid.points))[0] @ grid.weights
    >>> bool(abs(total / (300 * np.sqrt(2 * np.pi)) - 1) < 1e-9)
    True
    """
    if not len(grid.edges):
        return grid
    head = log_masses(np.arange(grid.head, dtype=float))
    top = head.max(axis=1)
    totals = np.exp(head - top[:, None]).sum(axis=1)
    done: list[np.ndarray] = []
    lower, upper = grid.edges[:-1], grid.edges[1:]
    for _ in range(_MAX_HALVINGS):
        logs = _panel_points(lower, upper)
        values = log_masses(np.exp(logs).ravel()).reshape(len(top), *logs.shape) + logs
        raised = np.maximum(top, values.max(axis=(1, 2)))
        totals, top = totals * np.exp(top - raised), raised
        coefficients = np.exp(values - top[:, None, None]) @ _SERIES.T
        sums = coefficients[..., 0] * (upper - lower)
        error = np.abs(coefficients[..., -3:]).max(axis=-1) * (upper - lower)
        whole = totals + sums.sum(axis=1)
        # No panel can be resolved below the rounding of the log mass.
        noise = _ROUNDING * np.abs(top[:, None]) * np.abs(sums)
        rough = (error > tolerance * whole[:, None] + noise).any(axis=0)
        totals = totals + sums[:, ~rough].sum(axis=1)
        done.append(lower[~rough])
        middle = (lower[rough] + upper[rough]) / 2
        lower, upper = np.append(lower[rough], middle), np.append(middle, upper[rough])
        if not len(lower):
            break
    edges = np.sort(np.concatenate([*done, lower, grid.edges[-1:]]))
    return Grid(grid.head, edges, grid.cut)
