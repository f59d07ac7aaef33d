"""How much of the answer the reports decided: the range before and after them."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from casualty_models.summaries.evidence import QUANTITIES, toll_draws
from casualty_models.summaries.people import ways_divided
from casualty_models.summaries.rounding import quantile_error, round_count

if TYPE_CHECKING:
    import xarray as xr

TAILS = (0.05, 0.95)

DATA_SHARE_MEANING = (
    "This says how far the reports narrowed the range, not that they are right: the step from what"
    " was reported to what is true rests on priors learned from other events."
)
"""What must stand beside a data share wherever it is printed."""


@dataclass(frozen=True)
class Narrowing:
    """The range of a toll before and after the reports.

    Attributes
    ----------
    before, after
        Central 90 percent interval of the prior and of the posterior.
    share
        The data share: how far the reports narrowed the range, 0 to 1.
    """

    before: tuple[int, int]
    after: tuple[int, int]
    share: float


def data_share(result: "xr.DataTree") -> dict[str, float]:
    r"""Return for each toll how far the reports narrowed its range, from 0 (not at all) to 1.

    .. math:: s = 1 - \frac{q_{0.95}(\log D \mid \text{reports}) - q_{0.05}(\log D \mid
              \text{reports})}{q_{0.95}(\log D) - q_{0.05}(\log D)}, \quad 0 \le s \le 1

    with the posterior above and the prior below. Half means that the interval went from "within a
    factor of 10,000" to "within a factor of 100". It is a statement about width alone: it does
    not say that the reports are right, and 0.8 does not make 80 percent of the answer "data".
    How a report is carried over to the truth (growth, lean of sources, wounded per killed)
    rests on priors in any case, and with a prior that is wide on purpose the share is high
    even where much is left unknown. Read it to compare: across quantities, events and days.

    Parameters
    ----------
    result
        What `fit` returned.

    Returns
    -------
    ``{"killed": share, "wounded": share}``; with strata also the toll of each part, as
    ``"true_killed_by_place[Osh]"``, and ``"reach[Uzbeks]"``. The share is 0 where the reports
    widened the range, or where the prior left nothing to decide.

    Raises
    ------
    DataError
        If the result holds no prior draws.

    Notes
    -----
    The logarithm makes the share independent of units, and a ratio of quantile ranges, unlike one
    of variances, is not moved by the far tails. A declared minimum (``floor``) is part of the prior
    of the killed and so not credited to the reports.

    Examples
    --------
    >>> import numpy as np, xarray as xr
    >>> from casualty_models.checks import data_share
    >>> z = np.linspace(-3, 3, 1001)[None]
    >>> def toll(spread):
    ...     draws = (("chain", "draw"), np.exp(6 + spread * z))
    ...     return xr.Dataset({"true_killed": draws, "true_wounded": draws})
    >>> result = xr.DataTree.from_dict({"prior": toll(2.0), "posterior": toll(0.5)})
    >>> data_share(result)
    {'killed': 0.75, 'wounded': 0.75}
    """
    return {quantity: _share(result, quantity) for quantity in QUANTITIES} | _shares_of_parts(
        result
    )


def narrowing(result: "xr.DataTree", quantity: str = "killed") -> Narrowing:
    """Return the range of a toll before and after the reports, rounded for print.

    Parameters
    ----------
    result
        What `fit` returned.
    quantity
        "killed" or "wounded".

    Raises
    ------
    DataError
        If the quantity is unknown or the result holds no prior draws.

    Examples
    --------
    >>> from casualty_models.checks import narrowing
    >>> found = narrowing(result, "killed")
    >>> found.before[0] < found.after[0] < found.after[1] < found.before[1]
    True
    """
    return Narrowing(
        before=_printed_range(toll_draws(result, quantity, "prior")),
        after=_printed_range(toll_draws(result, quantity)),
        share=_share(result, quantity),
    )


def narrowing_sentence(result: "xr.DataTree", quantity: str = "killed") -> str:
    """Return what the reports decided about a toll, in one sentence.

    Parameters
    ----------
    result
        What `fit` returned.
    quantity
        "killed" or "wounded".

    Examples
    --------
    >>> from casualty_models.checks import narrowing_sentence
    >>> print(narrowing_sentence(result, "killed"))
    Killed: ...
    """
    found = narrowing(result, quantity)
    (low, high), (lower, upper) = found.before, found.after
    ranges = f"{low:,} to {high:,} without the reports, {lower:,} to {upper:,} with them (90%)"
    if found.share < 0.01:  # noqa: PLR2004
        return f"{quantity.capitalize()}: {ranges}; the reports did not narrow the range."
    percent = min(round(100 * found.share), 99)
    return f"{quantity.capitalize()}: {ranges}; narrowed by {percent}% on a logarithmic scale."


def _share(result: "xr.DataTree", quantity: str) -> float:
    return _narrowed(toll_draws(result, quantity, "prior"), toll_draws(result, quantity))


def _shares_of_parts(result: "xr.DataTree") -> dict[str, float]:
    before, after = result["prior"], result["posterior"]
    ways = ways_divided(result)
    names = [f"true_{quantity}_by_{way}" for way in ways for quantity in QUANTITIES]
    names += ["reach"] if "group" in ways else []
    return {
        f"{name}[{label}]": _narrowed(
            before[name].sel({way: label}).values, after[name].sel({way: label}).values
        )
        for name in names
        for way in set(after[name].dims) - {"chain", "draw"}
        for label in after[name][way].values
    }


def _narrowed(prior: np.ndarray, posterior: np.ndarray) -> float:
    before, after = _log_width(prior), _log_width(posterior)
    return 0.0 if before == 0 else float(np.clip(1 - after / before, 0, 1))


def _log_width(draws: np.ndarray) -> float:
    lower, upper = np.quantile(np.log(draws), TAILS)
    return float(upper - lower)


def _printed_range(draws: np.ndarray) -> tuple[int, int]:
    lower, upper = (
        round_count(float(np.quantile(draws, tail)), quantile_error(draws, tail)) for tail in TAILS
    )
    return lower, upper
