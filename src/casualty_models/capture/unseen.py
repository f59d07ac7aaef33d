"""The posterior of the unseen count: how many people are on no list."""

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from casualty_models.capture.summation import POINTS, Grid
from casualty_models.errors import NotEstimable


@dataclass(frozen=True, eq=False)
class UnseenPosterior:
    """The posterior of how many people are on no list.

    Parameters
    ----------
    grid
        Where the mass was evaluated.
    log_mass
        Its log at each point of the grid, up to a constant.

    Raises
    ------
    NotEstimable
        If the mass does not sum to a finite number.

    Examples
    --------
    Ten people seen, each with chance 1/2: the unseen are negative binomial with mean 10.

    >>> import numpy as np
    >>> from scipy.special import gammaln
    >>> from casualty_models.capture.summation import coarse_grid
    >>> from casualty_models.capture.unseen import UnseenPosterior
    >>> grid = coarse_grid(10)
    >>> x = grid.points
    >>> posterior = UnseenPosterior(grid, gammaln(10 + x) - gammaln(x + 1) + x * np.log(0.5))
    >>> posterior.quantile([0.025, 0.5, 0.975]).tolist()
    [3.0, 9.0, 20.0]
    """

    grid: Grid
    log_mass: np.ndarray
    log_total: float = field(init=False)

    def __post_init__(self) -> None:
        """Sum the mass; a power tail that falls no faster than 1/n0 has no sum."""
        scaled = self._mass @ self.grid.weights + self._tail[0]
        if not np.isfinite(scaled) or scaled <= 0:
            raise NotEstimable("the posterior of the unseen count does not sum to a finite number")
        object.__setattr__(self, "log_total", float(np.log(scaled) + self._shift))

    @property
    def reach(self) -> float:
        """The largest unseen count that was evaluated."""
        return float(np.exp(self.grid.edges[-1])) if len(self.grid.edges) else self.grid.head - 1.0

    @property
    def mass_beyond_reach(self) -> float:
        """The mass beyond ``reach``, integrated as a power of the unseen count."""
        return float(self._tail[0] / self._scale)

    def cdf(self, unseen: float | np.ndarray) -> np.ndarray:
        """Return the probability of at most so many unseen.

        Examples
        --------
        >>> import numpy as np
        >>> from casualty_models.capture.summation import coarse_grid
        >>> from casualty_models.capture.unseen import UnseenPosterior
        >>> even = UnseenPosterior(coarse_grid(5, limit=9), np.zeros(10))
        >>> even.cdf([0, 4, 20]).tolist()
        [0.1, 0.5, 1.0]
        """
        counts = np.floor(np.atleast_1d(np.asarray(unseen, dtype=float)))
        inside = np.concatenate([[0.0], self._head])
        result = inside[np.clip(counts + 1, 0, self.grid.head).astype(int)]
        beyond = counts >= self.grid.head
        if len(self.grid.edges) and beyond.any():
            result[beyond] = self._sum_to(np.log(counts[beyond] + 0.5))
        return np.clip(result / self._scale, 0.0, 1.0).reshape(np.shape(unseen))

    def quantile(self, prob: float | np.ndarray | list[float]) -> np.ndarray:
        """Return the smallest unseen count whose cumulative probability reaches ``prob``.

        Examples
        --------
        >>> import numpy as np
        >>> from casualty_models.capture.summation import coarse_grid
        >>> from casualty_models.capture.unseen import UnseenPosterior
        >>> even = UnseenPosterior(coarse_grid(5, limit=9), np.zeros(10))
        >>> even.quantile([0.05, 0.5]).tolist()
        [0.0, 4.0]
        """
        wanted = np.atleast_1d(np.asarray(prob, dtype=float)) * self._scale
        # Sums that are equal on paper may differ in the last digit.
        result = np.searchsorted(self._head, wanted * (1 - 1e-13)).astype(float)
        beyond = result >= self.grid.head
        if beyond.any():
            result[beyond] = self._solve(wanted[beyond])
        return result.reshape(np.shape(prob))

    def draw(self, rng: np.random.Generator, size: int) -> np.ndarray:
        """Return independent draws of the unseen count.

        Examples
        --------
        >>> import numpy as np
        >>> from casualty_models.capture.summation import coarse_grid
        >>> from casualty_models.capture.unseen import UnseenPosterior
        >>> even = UnseenPosterior(coarse_grid(5, limit=9), np.zeros(10))
        >>> bool(even.draw(np.random.default_rng(1), 1000).max() == 9)
        True
        """
        return self.quantile(rng.random(size))

    @cached_property
    def _shift(self) -> float:
        return float(self.log_mass.max())

    @property
    def _scale(self) -> float:
        return float(np.exp(self.log_total - self._shift))

    @cached_property
    def _mass(self) -> np.ndarray:
        return np.exp(self.log_mass - self._shift)

    @cached_property
    def _head(self) -> np.ndarray:
        return np.cumsum(self._mass[: self.grid.head])

    @cached_property
    def _panels(self) -> np.ndarray:
        return self._mass[self.grid.head :].reshape(-1, POINTS)

    @cached_property
    def _at_edges(self) -> np.ndarray:
        """The sum up to each edge, less the Euler-Maclaurin terms there."""
        panels, first = np.arange(len(self._panels)), np.zeros(1, dtype=int)
        sums = (self.grid.integrals(panels, self.grid.edges[1:]) * self._panels).sum(axis=1)
        start = self.grid.corrections(first, self.grid.edges[:1]) @ self._panels[0]
        return self._head[-1] - start + np.concatenate([[0.0], np.cumsum(sums)])

    @cached_property
    def _tail(self) -> tuple[float, float]:
        """Mass past the last panel and the power with which it falls, less one."""
        if self.grid.cut:
            return 0.0, 1.0
        logs, last = np.log(self.grid.points[-2:]), self.log_mass[-2:]
        if not np.isfinite(last).all():
            return 0.0, 1.0
        power = -np.diff(last)[0] / np.diff(logs)[0] - 1
        at_end = np.exp(last[1] - self._shift + logs[1] - power * (self.grid.edges[-1] - logs[1]))
        return (float(at_end / power), float(power)) if power > 0 else (np.inf, power)

    def _sum_to(self, log: np.ndarray) -> np.ndarray:
        """Return the sum up to ``exp(log) - 1/2``, in the panels or the tail."""
        edges, (tail, power) = self.grid.edges, self._tail
        past = tail * -np.expm1(-power * (np.maximum(log, edges[-1]) - edges[-1]))
        inside = np.minimum(log, edges[-1])
        panel = np.clip(np.searchsorted(edges, inside) - 1, 0, len(edges) - 2)
        weights = self.grid.integrals(panel, inside) + self.grid.corrections(panel, inside)
        return self._at_edges[panel] + (weights * self._panels[panel]).sum(axis=1) + past

    def _solve(self, wanted: np.ndarray) -> np.ndarray:
        """Return the whole numbers past the head at which the sum reaches the wanted values."""
        if not len(self.grid.edges):
            return np.full(len(wanted), self.grid.head - 1.0)
        tail, power = self._tail
        lower = np.full(len(wanted), self.grid.edges[0])
        upper = np.full(len(wanted), self.grid.edges[-1])
        if tail > 0:
            upper -= np.log(np.clip((self._scale - wanted) / tail, 1e-300, 1.0)) / power
        for _ in range(64):
            middle = (lower + upper) / 2
            short = self._sum_to(middle) < wanted
            lower, upper = np.where(short, middle, lower), np.where(short, upper, middle)
        with np.errstate(over="ignore"):  # a tail that hardly falls may pass any number
            return np.ceil(np.exp(upper) * (1 - 1e-12) - 0.5)
