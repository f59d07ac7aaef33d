"""Whether the reports look like reports that the fitted model would produce."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from casualty_models.errors import DataError
from casualty_models.inference import event_of
from casualty_models.statements.roundness import rounding_bounds
from casualty_models.summaries.evidence import QUANTITIES, latest_reports
from casualty_models.summaries.sources import GOLDEN

if TYPE_CHECKING:
    import xarray as xr

ALARM = 0.025  # on either side
RANGE = (0.05, 0.95)
COLUMNS = ("quantity", "check", "observed", "lower90", "upper90", "p_value", "words")
NAMES = {
    "round": "share of round numbers",
    "largest": "largest source",
    "smallest": "smallest source",
    "growth": "last minus first bulletin",
}
TOO_MUCH = {
    "round": "more round numbers than exact counts would show: some were rounded, not counted",
    "largest": "the largest source says more than the model can account for",
    "smallest": "the smallest source says more than the model expects: sources agree too well",
    "growth": "the count grew more than the model can account for",
}
TOO_LITTLE = {
    "round": "fewer round numbers than chance gives: round ones may have been avoided",
    "largest": "the largest source says less than the model expects: sources agree too well",
    "smallest": "the smallest source says less than the model can account for",
    "growth": "the count grew less than the model can account for",
}


def predictive_checks(result: "xr.DataTree") -> pd.DataFrame:
    r"""Return how the reports compare with reports simulated from the fitted model.

    For a number T that sums up the reports, and T' the same number of simulated reports, the
    posterior predictive p-value is

    .. math:: p = \Pr(T' > T \mid \text{reports}) + \tfrac12 \Pr(T' = T \mid \text{reports})

    T is the share of round numbers among the plain ones, the largest and the smallest latest count
    of a source, and the last minus the first bulletin of the longest series of counts. What was
    said in words stands for all counts within its bounds. A p-value near 0 or 1 is an alarm. One
    near a half is no proof: the model was fitted to the very reports it is compared with, so these
    checks are slow to complain.

    Parameters
    ----------
    result
        What `fit` returned, with predictions.

    Returns
    -------
    One row a quantity and check. Columns: ``quantity``; ``check``; ``observed``, where words leave
    it open the middle; ``lower90``, ``upper90``, the range of simulated ones; ``p_value``, missing
    where there is too little to compare; ``words``.

    Raises
    ------
    DataError
        If the result holds no simulated reports.

    Notes
    -----
    Gelman, Meng & Stern 1996, Statistica Sinica 6:733. Numbers in the model are exact, so it
    cannot account for rounding: the first check tells whether there is any to account for.

    Examples
    --------
    >>> from casualty_models.checks import predictive_checks
    >>> table = predictive_checks(result)
    >>> table["check"].unique().tolist()
    ['share of round numbers', 'largest source', 'smallest source', 'last minus first bulletin']
    """
    if "posterior_predictive" not in result.children:
        raise DataError(
            "there are no simulated reports",
            place="result",
            remedy="Fit with predictions=True.",
        )
    told, simulated = _counts(result)
    rows = []
    for quantity in QUANTITIES:
        for check, compare in _CHECKS.items():
            numbers = compare(result, quantity, told, simulated)
            rows.append(_row(quantity, check, numbers))
    return pd.DataFrame(rows, columns=list(COLUMNS))


type Numbers = tuple[np.ndarray, np.ndarray] | None
type Check = Callable[["xr.DataTree", str, np.ndarray, np.ndarray], Numbers]


def _counts(result: "xr.DataTree") -> tuple[np.ndarray, np.ndarray]:
    """Return counts (draw, report): as told, with open bounds filled evenly, and as simulated."""
    data = result["constant_data"].to_dataset()
    simulated = result["posterior_predictive"]["reported"].transpose("chain", "draw", "report")
    log_count = simulated.values.reshape(-1, simulated.sizes["report"])
    lower, upper = (data[f"report_log_{end}"].values for end in ("lower", "upper"))
    draws, reports = log_count.shape
    # Multiples of the golden ratio fill the bounds evenly and need no random numbers.
    filled = np.arange(1, draws * reports + 1).reshape(reports, draws).T * GOLDEN % 1.0
    return np.exp(lower + (upper - lower) * filled), np.exp(log_count)


def _round(
    result: "xr.DataTree", quantity: str, _told: np.ndarray, simulated: np.ndarray
) -> Numbers:
    """Compare the shares of round numbers among those that were printed without hedges."""
    reports = event_of(result).reports
    positions = result["constant_data"]["report"].values.astype(int)
    rows = [
        row
        for row, position in enumerate(positions)
        if reports[position].quantity == quantity
        and reports[position].statement.kind in ("exact", "rounded")
    ]
    if not rows:
        return None
    printed = np.array([reports[positions[row]].statement.counted for row in rows])
    share = np.full(len(simulated), _is_round(printed).mean())
    return share, _is_round(np.rint(simulated[:, rows])).mean(axis=1)


def _is_round(counts: np.ndarray) -> np.ndarray:
    """Tell which counts a reader would take for rounded; see `rounding_bounds`."""
    different, place = np.unique(counts.astype(int), return_inverse=True)
    found = np.array([len(set(rounding_bounds(int(n)))) > 1 for n in different])
    return found[place].reshape(counts.shape)


def _largest(
    result: "xr.DataTree", quantity: str, told: np.ndarray, simulated: np.ndarray
) -> Numbers:
    rows = _latest(result, quantity)
    return (told[:, rows].max(axis=1), simulated[:, rows].max(axis=1)) if len(rows) > 1 else None


def _smallest(
    result: "xr.DataTree", quantity: str, told: np.ndarray, simulated: np.ndarray
) -> Numbers:
    rows = _latest(result, quantity)
    return (told[:, rows].min(axis=1), simulated[:, rows].min(axis=1)) if len(rows) > 1 else None


def _latest(result: "xr.DataTree", quantity: str) -> list[int]:
    """Return the row of the latest statement of each source."""
    return [row for _, row, report in latest_reports(result) if report.quantity == quantity]


def _growth(
    result: "xr.DataTree", quantity: str, told: np.ndarray, simulated: np.ndarray
) -> Numbers:
    data = result["constant_data"].to_dataset()
    counts = (data["report_grows"].values == 1) & (
        data["report_quantity"].values == QUANTITIES.index(quantity)
    )
    series = data["report_series"].values[counts].astype(int)
    if not len(series):
        return None
    longest = np.flatnonzero(
        counts & (data["report_series"].values == np.bincount(series).argmax())
    )
    days = data["report_days"].values[longest]
    first, last = longest[days.argmin()], longest[len(days) - 1 - days[::-1].argmax()]
    if days.min() == days.max():
        return None
    return told[:, last] - told[:, first], simulated[:, last] - simulated[:, first]


_CHECKS: dict[str, Check] = {
    "round": _round,
    "largest": _largest,
    "smallest": _smallest,
    "growth": _growth,
}


def _row(quantity: str, check: str, numbers: Numbers) -> dict[str, Any]:
    row = {"quantity": quantity, "check": NAMES[check]}
    if numbers is None:
        return row | {"words": "too little to compare"}
    observed, simulated = numbers
    p_value = float((simulated > observed).mean() + 0.5 * (simulated == observed).mean())
    words = "as the model expects"
    if p_value < ALARM:
        words = TOO_MUCH[check]
    elif p_value > 1 - ALARM:
        words = TOO_LITTLE[check]
    lower, upper = np.quantile(simulated, RANGE)
    return row | {
        "observed": float(np.median(observed)),
        "lower90": float(lower),
        "upper90": float(upper),
        "p_value": p_value,
        "words": words,
    }
