"""The modes of a toll: where its posterior has hills, and how much of it stands on each."""

from dataclasses import asdict, dataclass
from itertools import pairwise

import numpy as np

_GRID = 1024
_LEAST_WEIGHT = 0.01
_VALLEY = 2 / 3


@dataclass(frozen=True)
class Mode:
    """A hill of the posterior of the toll.

    Parameters
    ----------
    toll
        The median of the draws on the hill.
    lower, upper
        The valleys on its sides; None where there is no other hill.
    weight
        The share of the posterior on the hill.
    error
        The Monte Carlo standard error of the weight, from the spread between populations.
    """

    toll: float
    lower: float | None
    upper: float | None
    weight: float
    error: float

    def to_dict(self) -> dict[str, float | None]:
        """Return the values, for the record of a result.

        Examples
        --------
        >>> from casualty_models.capture.modes import Mode
        >>> Mode(120.0, None, None, 1.0, 0.0).to_dict()["toll"]
        120.0
        """
        return asdict(self)


def find_modes(tolls: np.ndarray, effective: float) -> list[Mode]:
    """Return the modes of the toll, on the log scale.

    The density is smoothed as much as so many effective draws need. Two hills are two modes if the
    valley between them is at most two thirds as high as the lower one, and at least 1 percent of
    the posterior stands on each.

    Parameters
    ----------
    tolls
        Draws, shape (populations, draws), of two populations or more.
    effective
        The effective number of draws.

    Examples
    --------
    >>> import numpy as np
    >>> from casualty_models.capture.modes import find_modes
    >>> rng = np.random.default_rng(1)
    >>> low, high = rng.normal(6, 0.1, (4, 300)), rng.normal(7, 0.1, (4, 700))
    >>> modes = find_modes(np.exp(np.hstack([low, high])), 4000)
    >>> [(round(mode.toll, -1), round(mode.weight, 2)) for mode in modes]
    [(400.0, 0.3), (1100.0, 0.7)]
    """
    logs = np.log(tolls)
    valleys = _valleys(*_density(logs.ravel(), effective))
    while True:
        weights = _weights(logs, valleys)
        lightest = int(weights.mean(axis=1).argmin())
        if len(weights) == 1 or weights[lightest].mean() >= _LEAST_WEIGHT:
            return _modes(logs, valleys, weights)
        # What stands on too small a hill belongs to its neighbor.
        valleys = np.delete(valleys, min(lightest, len(valleys) - 1))


def _density(logs: np.ndarray, effective: float) -> tuple[np.ndarray, np.ndarray]:
    """Return a grid of log tolls and the smoothed density on it."""
    ordered = np.sort(logs)
    half = len(ordered) // 2
    # The shortest half tells the width of a hill even where there are several.
    shortest = (ordered[half:] - ordered[: len(ordered) - half]).min() / 1.35
    width = 0.9 * min(shortest, logs.std()) * effective**-0.2
    lower, upper = np.quantile(ordered, [0.001, 0.999])
    edges = np.linspace(lower - 4 * width, upper + 4 * width, _GRID + 1)
    space = edges[1] - edges[0]
    width = max(width, 2 * space)
    counts = np.histogram(logs, edges)[0]
    reach = np.arange(-np.ceil(4 * width / space), np.ceil(4 * width / space) + 1)
    kernel = np.exp(-((reach * space / width) ** 2) / 2)
    return (edges[1:] + edges[:-1]) / 2, np.convolve(counts, kernel, mode="same")


def _valleys(grid: np.ndarray, density: np.ndarray) -> np.ndarray:
    """Return the log tolls at the bottom of each valley that is deep enough."""
    inner = density[1:-1]
    peaks = list(np.flatnonzero((inner > density[:-2]) & (inner >= density[2:])) + 1)
    while len(peaks) > 1:
        pairs = list(pairwise(peaks))
        bottoms = [left + int(density[left:right].argmin()) for left, right in pairs]
        depths = [
            density[bottom] / density[[left, right]].min()
            for bottom, (left, right) in zip(bottoms, pairs, strict=True)
        ]
        shallow = int(np.argmax(depths))
        if depths[shallow] <= _VALLEY:
            return grid[bottoms]
        left, right = pairs[shallow]
        peaks.remove(left if density[left] < density[right] else right)
    return np.empty(0)


def _weights(logs: np.ndarray, valleys: np.ndarray) -> np.ndarray:
    """Return the share of each population on each hill: shape (hills, populations)."""
    hill = np.searchsorted(valleys, logs)
    return np.array([(hill == number).mean(axis=1) for number in range(len(valleys) + 1)])


def _modes(logs: np.ndarray, valleys: np.ndarray, weights: np.ndarray) -> list[Mode]:
    hill = np.searchsorted(valleys, logs)
    ends = [None, *(float(np.exp(valley)) for valley in valleys), None]
    populations = logs.shape[0]
    modes = []
    for number, own in enumerate(weights):
        toll = float(np.exp(np.median(logs[hill == number])))
        error = float(own.std(ddof=1) / populations**0.5)
        modes.append(Mode(toll, ends[number], ends[number + 1], float(own.mean()), error))
    return modes
