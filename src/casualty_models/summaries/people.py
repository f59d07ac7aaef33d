"""Everyone who was hurt, as one table; and the toll of each part of an event."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from casualty_models.errors import DataError
from casualty_models.events.strata import REST
from casualty_models.inference import event_of
from casualty_models.summaries.evidence import (
    QUANTITIES,
    check_quantity,
    largest_report,
    toll_draws,
    used_reports,
)
from casualty_models.summaries.rounding import quantile_error
from casualty_models.summaries.tables import PROBS, printed, quantile_columns, rounded_ends

if TYPE_CHECKING:
    import xarray as xr

    from casualty_models.events import Report


def people_table(result: "xr.DataTree", *, probs: Iterable[float] = PROBS) -> pd.DataFrame:
    """Return all who were hurt in one table that adds up draw by draw.

    Killed, wounded, and casualties, which are both together. Where there are reports of them also
    the hospitalized, who are some of the wounded; and those who were missing on the day of the last
    report of the missing and are dead: the killed who had not been counted by that day, at most as
    many as were missing.

    Parameters
    ----------
    result
        What `fit` returned.
    probs
        Probabilities of the intervals.

    Returns
    -------
    Index ``people``; columns as of `toll_table`.

    Notes
    -----
    Do not add rows: the sum of two medians is not the median of the sum. Casualties are that sum.

    Examples
    --------
    >>> from casualty_models.summaries import people_table
    >>> table = people_table(result, probs=(0.5,))
    >>> list(table.index)
    ['killed', 'wounded', 'casualties']
    """
    probs = tuple(probs)
    killed, wounded = (toll_draws(result, quantity) for quantity in QUANTITIES)
    people = {"killed": killed, "wounded": wounded, "casualties": killed + wounded}
    posterior = result["posterior"]
    if "true_hospitalized" in posterior:
        admitted = posterior["true_hospitalized"].transpose("chain", "draw").values
        people["hospitalized"] = np.asarray(admitted)
    missing = _last_missing(result)
    if missing is not None:
        report, counted = missing
        people["missing and dead"] = np.clip(killed - counted, 0, report.statement.upper)
    reports = {name: _reports_of(result, name) for name in people}
    return pd.DataFrame(
        [_row(name, draws, reports[name], probs) for name, draws in people.items()]
    ).set_index("people").astype({"documented": "Int64"})  # fmt: skip


def parts_table(
    result: "xr.DataTree",
    way: str | None = None,
    *,
    quantity: str = "killed",
    probs: Iterable[float] = PROBS,
) -> pd.DataFrame:
    """Return the toll of each part of an event with strata; the parts of a draw sum to its total.

    Parameters
    ----------
    result
        What `fit` returned for an event with `Strata`.
    way
        "place", "group" or "period"; by default the first in which the event is divided.
    quantity
        "killed" or "wounded".
    probs
        Probabilities of the intervals.

    Returns
    -------
    Index ``part``; columns as of `toll_table` and ``share``, the median share of the total, with
    ``share_lower`` and ``share_upper``, ends of the interval of the largest probability.

    Raises
    ------
    DataError
        If the event is not divided in that way.

    Examples
    --------
    >>> from casualty_models.summaries import parts_table
    >>> parts_table(divided, "place", probs=(0.9,))["printed"].to_list()
    ['about 200 (90% interval 45 to 900)', ...]
    """
    check_quantity(quantity)
    probs = tuple(probs)
    ways = ways_divided(result)
    if not ways or (way is not None and way not in ways):
        raise DataError(
            "the event is not divided in this way",
            place="parts_table",
            value=way,
            remedy="Name its parts in [strata], and fit again."
            if not ways
            else f"Use one of {', '.join(ways)}.",
        )
    way = way or ways[0]
    found = result["posterior"][f"true_{quantity}_by_{way}"].transpose("chain", "draw", way)
    total = toll_draws(result, quantity)
    ends = ((1 - max(probs)) / 2, 0.5, (1 + max(probs)) / 2)
    rows = []
    for name in found[way].values:
        draws = found.sel({way: name}).values
        lower, middle, upper = np.quantile(draws / total, ends)
        row = _row(str(name), draws, _about(result, quantity, way, str(name)), probs)
        rows.append(row | {"share": middle, "share_lower": lower, "share_upper": upper})
    table = pd.DataFrame(rows).rename(columns={"people": "part"})
    return table.set_index("part").astype({"documented": "Int64"})


def ways_divided(result: "xr.DataTree") -> list[str]:
    """Return the ways in which the event of a result is divided: place, group, period.

    Examples
    --------
    >>> from casualty_models.summaries.people import ways_divided
    >>> ways_divided(result)
    []
    """
    return [way for way in REST if f"true_killed_by_{way}" in result["posterior"]]


def reach_sentence(result: "xr.DataTree") -> str:
    """Return what share of each group's wounded came to those who count them, in one sentence.

    Parameters
    ----------
    result
        What `fit` returned.

    Returns
    -------
    The sentence; empty where the event is not divided by group.

    Examples
    --------
    >>> from casualty_models.summaries import reach_sentence
    >>> reach_sentence(result)
    ''
    """
    if "reach" not in result["posterior"]:
        return ""
    reach = result["posterior"]["reach"]
    told = []
    for group in reach["group"].values[:-1]:
        lower, middle, upper = 100 * np.quantile(reach.sel(group=group), (0.05, 0.5, 0.95))
        told.append(f"{middle:.0f}% of those of the {group} ({lower:.0f} to {upper:.0f}%)")
    return (
        "Of the wounded, the number who came to those who count them may be"
        f" {', '.join(told)}; medians and 90% intervals. Reports of the wounded alone cannot tell"
        " a group with few wounded from one whose wounded stayed away: the killed of the group and"
        " the prior decide."
    )


def _row(
    name: str, draws: np.ndarray, reports: "list[Report]", probs: tuple[float, ...]
) -> dict[str, Any]:
    largest = largest_report(reports, counts=True)
    documented = None if largest is None else largest.statement.counted
    text = printed(rounded_ends(draws, probs, least=documented), probs)
    return {
        "people": name,
        "documented": documented,
        **quantile_columns(draws.ravel(), probs),
        "mcse": quantile_error(draws, 0.5),
        "printed": text,
    }


def _last_missing(result: "xr.DataTree") -> "tuple[Report, int] | None":
    """Return the last report of the missing, and the largest count of the killed by then."""
    reports = _reports_of(result, "missing")
    if not reports:
        return None
    last = max(reports, key=lambda report: report.date)
    known = [r for r in used_reports(result, "killed") if r.date <= last.date]
    counted = largest_report(known, counts=True)
    return last, 0 if counted is None else counted.statement.counted


def _reports_of(result: "xr.DataTree", quantity: str) -> "list[Report]":
    reports = event_of(result).reports
    used = [reports[int(position)] for position in result["constant_data"]["report"].values]
    return [r for r in used if r.quantity == quantity and not r.is_part]


def _about(result: "xr.DataTree", quantity: str, way: str, name: str) -> "list[Report]":
    """Return the reports about one part, in one way of dividing, and all of it."""
    reports = event_of(result).reports
    used = [reports[int(position)] for position in result["constant_data"]["report"].values]
    parts = {w: name if w == way else None for w in REST}
    return [
        r for r in used
        if r.quantity == quantity and {w: getattr(r, w) for w in REST} == parts
    ]  # fmt: skip
