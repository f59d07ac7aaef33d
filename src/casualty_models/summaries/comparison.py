"""Several tolls beside one another: which is larger, and what they are together."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from casualty_models.errors import DataError
from casualty_models.summaries.evidence import toll_draws

if TYPE_CHECKING:
    import xarray as xr


def prob_more(first: "xr.DataTree", second: "xr.DataTree", quantity: str = "killed") -> float:
    r"""Return the probability that the toll of one event is larger than that of another.

    .. math:: P(N_1 > N_2) = \frac{1}{S_1 S_2} \sum_{i, j} 1(N_1^{(i)} > N_2^{(j)})

    Every draw of one is compared with every draw of the other, which takes the two as independent:
    an error that the model makes in both alike is left out.

    Parameters
    ----------
    first, second
        What `fit` returned, for two events.
    quantity
        "killed" or "wounded".

    Returns
    -------
    A probability. Whether two intervals overlap does not tell it.

    Raises
    ------
    DataError
        If the quantity is unknown.

    Examples
    --------
    >>> import numpy as np, xarray as xr
    >>> from casualty_models.summaries import prob_more
    >>> first, second = (xr.DataTree.from_dict({"posterior": xr.Dataset(
    ...     {"true_killed": (("chain", "draw"), [draws])})}) for draws in ([3.0, 5.0], [2.0, 4.0]))
    >>> prob_more(first, second)
    0.75
    """
    draws = toll_draws(first, quantity).ravel()
    others = np.sort(toll_draws(second, quantity).ravel())
    return float(np.searchsorted(others, draws, side="left").mean() / len(others))


def sum_of_tolls(
    results: "Sequence[xr.DataTree]", quantity: str = "killed", *, random_seed: int = 0
) -> np.ndarray:
    """Return draws of the toll of several events together.

    The sum of medians is not the median of the sum, and the sum of interval ends is not an
    interval: the draws are what can be added. They are shuffled first, which takes the events as
    independent; if the model is too low for all of them alike, the true interval is wider. Events
    that share victims, or that count different things, must not be added at all.

    Parameters
    ----------
    results
        What `fit` returned, one for each event.
    quantity
        "killed" or "wounded".
    random_seed
        Seed of the shuffling.

    Returns
    -------
    Draws, as many as the result with the fewest has.

    Raises
    ------
    DataError
        If there is no result or the quantity is unknown.

    Examples
    --------
    >>> import numpy as np
    >>> from casualty_models.summaries import sum_of_tolls
    >>> together = sum_of_tolls([result, result])
    >>> np.quantile(together, [0.05, 0.5, 0.95]).round(-1)
    array([ 240.,  7..., 2...])
    """
    if not results:
        raise DataError("there is nothing to add", place="results", remedy="Give some results.")
    rng = np.random.default_rng(random_seed)
    draws = [toll_draws(result, quantity).ravel() for result in results]
    fewest = min(map(len, draws))
    return np.sum([rng.permutation(each)[:fewest] for each in draws], axis=0)
