"""What each source alone would imply for the true toll."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from casualty_models.errors import DataError
from casualty_models.summaries.evidence import (
    QUANTITIES,
    check_quantity,
    latest_reports,
    toll_draws,
)
from casualty_models.summaries.tables import PROBS, printed, quantile_columns, rounded_ends

if TYPE_CHECKING:
    import xarray as xr

GOLDEN = (5**0.5 - 1) / 2


def source_table(
    result: "xr.DataTree",
    quantity: str = "killed",
    *,
    probs: Iterable[float] = PROBS,
    parts: bool = False,
) -> pd.DataFrame:
    r"""Return what the latest report of each series would imply if nothing else were known.

    .. math:: \log D = \log c - (\log c^* - \log D^*), \qquad
              \log c \sim \mathrm{Uniform}(\log l, \log u)

    with :math:`l, u` the bounds that the words give, and :math:`c^*, D^*` the count and the toll
    of the model's prior simulations. Their difference holds all that stands between a count and
    the truth: what is not counted yet, the lean of the source, and noise. For a series of one
    report this is the posterior of the toll under a flat prior on its logarithm; no fit is made.

    It is not the posterior without the other sources: the earlier reports of the same series are
    not used, and speed of counting, duration and lean keep their priors. A series about the other
    quantity is carried over by the prior of wounded per killed. Rows of one table therefore share
    no data but they do share those priors, so they must not be averaged.

    Parameters
    ----------
    result
        What `fit` returned.
    quantity
        "killed" or "wounded": the toll that the table is about.
    probs
        Probabilities of the equal-tailed intervals.
    parts
        Also what reports about a part of the event would imply for the whole.

    Returns
    -------
    Index ``series``. Columns: ``quantity`` that was reported; ``reports``, their number in the
    series; ``date``, ``source``, ``says``, ``count_lower`` and ``count_upper`` of the latest one;
    ``median``, ``lower50``, ``upper50`` and so on of the implied toll, and ``printed``, the same
    as text to publish.

    Raises
    ------
    DataError
        If the result holds no prior simulations.

    Examples
    --------
    >>> from casualty_models.summaries import source_table
    >>> table = source_table(result, "killed", probs=(0.8,))
    >>> table[["quantity", "says", "count_lower", "count_upper"]]
                           quantity          says  count_lower  count_upper
    series
    killed: official count    killed    neared 100           85           99
    wounded: official count  wounded  nearly 1,000          900          999
    """
    check_quantity(quantity)
    probs = tuple(probs)
    last = result["constant_data"]["report_last"].values
    rows = [
        {
            "series": series,
            "quantity": report.quantity,
            "reports": int((last == last[row]).sum()),
            "date": report.date,
            "source": report.source,
            "says": report.says or report.statement.text,
            "count_lower": report.statement.lower,
            "count_upper": report.statement.upper,
            **_columns(_implied(result, row, quantity), probs),
        }
        for series, row, report in latest_reports(result, parts=parts)
    ]
    return pd.DataFrame(rows).set_index("series")


def _columns(draws: np.ndarray, probs: tuple[float, ...]) -> dict[str, object]:
    text = printed(rounded_ends(draws, probs), probs)
    return {**quantile_columns(draws.ravel(), probs), "printed": text}


def _implied(result: "xr.DataTree", row: int, quantity: str) -> np.ndarray:
    if "prior_predictive" not in result.children:
        raise DataError(
            "there are no prior simulations",
            place="result",
            remedy="Use what `fit` or `load_result` returned.",
        )
    data = result["constant_data"].to_dataset().isel(report=row)
    simulated = result["prior_predictive"]["reported"].isel(report=row)
    log_count = simulated.transpose("chain", "draw").values
    reported = QUANTITIES[int(data["report_quantity"])]
    log_lag = log_count - np.log(toll_draws(result, reported, "prior"))
    log_lower, log_upper = float(data["report_log_lower"]), float(data["report_log_upper"])
    # Multiples of the golden ratio fill the bounds evenly and need no random numbers.
    filled = (np.arange(log_lag.size) * GOLDEN % 1.0).reshape(log_lag.shape)
    log_reported = log_lower + (log_upper - log_lower) * filled
    link = toll_draws(result, quantity, "prior") / toll_draws(result, reported, "prior")
    return np.exp(log_reported - log_lag) * link
