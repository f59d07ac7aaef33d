"""What was reported: the reports that a result rests on, and the documented count among them."""

from typing import TYPE_CHECKING

import numpy as np

from casualty_models.errors import DataError
from casualty_models.inference import event_of

if TYPE_CHECKING:
    import xarray as xr

    from casualty_models.events import Report

QUANTITIES = ("killed", "wounded")


def check_quantity(quantity: str) -> None:
    """Raise `DataError` unless the quantity is one that has a posterior."""
    if quantity not in QUANTITIES:
        raise DataError(
            "unknown quantity",
            place="quantity",
            value=quantity,
            remedy=f"Use one of {', '.join(QUANTITIES)}.",
        )


def toll_draws(result: "xr.DataTree", quantity: str, group: str = "posterior") -> np.ndarray:
    """Return the draws of the true toll as an array (chain, draw).

    Parameters
    ----------
    result
        What `fit` returned.
    quantity
        "killed" or "wounded".
    group
        "posterior" or "prior".

    Returns
    -------
    An array of floats.

    Raises
    ------
    DataError
        If the quantity is unknown or the result has no such draws.

    Examples
    --------
    >>> from casualty_models.summaries.evidence import toll_draws
    >>> toll_draws(result, "killed").shape
    (4, 1000)
    """
    check_quantity(quantity)
    name = f"true_{quantity}"
    if group not in result.children or name not in result[group].data_vars:
        raise DataError(
            f"there are no draws of {name} in group {group!r}",
            place="result",
            remedy="Use what `fit` or `load_result` returned.",
        )
    return np.asarray(result[group][name].transpose("chain", "draw").values, dtype=float)


def used_reports(result: "xr.DataTree", quantity: str) -> "list[Report]":
    """Return the reports of a quantity that the model used, in order of date.

    Reports about a part of the event are not among them, unless all are about the same part.

    Parameters
    ----------
    result
        What `fit` returned.
    quantity
        "killed" or "wounded".

    Returns
    -------
    The reports, estimates and claims among them.

    Examples
    --------
    >>> from casualty_models.summaries import used_reports
    >>> [report.says for report in used_reports(result, "killed")]
    ['neared 100']
    """
    check_quantity(quantity)
    reports = event_of(result).reports
    data = result["constant_data"]
    whole = data["report"].values[_part(result) == 0]
    used = sorted(int(position) for position in whole)
    return [reports[position] for position in used if reports[position].quantity == quantity]


def _part(result: "xr.DataTree") -> np.ndarray:
    """Return the number of the part that each report is about, 0 for the whole event."""
    data = result["constant_data"]
    if "report_part" not in data:
        return np.zeros(data.sizes["report"], dtype=int)
    return np.asarray(data["report_part"].values, dtype=int)


def latest_reports(
    result: "xr.DataTree", *, parts: bool = False
) -> "list[tuple[str, int, Report]]":
    """Return the latest report of each series, in the order of the series.

    Parameters
    ----------
    result
        What `fit` returned.
    parts
        Also those about a part of the event, with the part in the name of the series.

    Returns
    -------
    Name of the series, row of the report in the constant data, and the report.

    Examples
    --------
    >>> from casualty_models.summaries import latest_reports
    >>> [(series, report.says) for series, _, report in latest_reports(result)]
    [('killed: official count', 'neared 100'), ('wounded: official count', 'nearly 1,000')]
    """
    reports = event_of(result).reports
    data = result["constant_data"].to_dataset()
    names = result["posterior"]["series"].values
    rows = [int(row) for row in np.unique(data["report_last"].values.astype(int))]
    about = _part(result)
    found = []
    for row in rows:
        report = reports[int(data["report"].values[row])]
        name = str(names[int(data["report_series"].values[row])])
        if about[row]:
            name = (
                f"{name}, {', '.join(w for w in (report.place, report.group, report.period) if w)}"
            )
        if parts or not about[row]:
            found.append((name, row, report))
    return found


def documented_count(result: "xr.DataTree", quantity: str = "killed") -> int | None:
    """Return what somebody has counted: the largest number among the counts of the total.

    Of hedged words the lower bound is taken. Estimates, claims and projections document nobody,
    and neither does "up to 50".

    Parameters
    ----------
    result
        What `fit` returned.
    quantity
        "killed" or "wounded".

    Returns
    -------
    The count, or None where no count was published.

    Examples
    --------
    >>> from casualty_models.summaries import documented_count
    >>> documented_count(result, "wounded")
    900
    """
    report = largest_report(used_reports(result, quantity), counts=True)
    return None if report is None else report.statement.counted


def largest_report(reports: "list[Report]", *, counts: bool) -> "Report | None":
    """Return the first report with the largest lower bound, among counts or among claims.

    Examples
    --------
    >>> from casualty_models.summaries.evidence import largest_report, used_reports
    >>> largest_report(used_reports(result, "killed"), counts=False) is None
    True
    """
    kept = [r for r in reports if (r.claim == "count") is counts]
    if counts:
        kept = [r for r in kept if r.statement.lower > 0 or r.statement.upper == 0]
    return max(kept, key=lambda r: r.statement.counted, default=None)
