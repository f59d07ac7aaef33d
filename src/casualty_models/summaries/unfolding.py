"""Many estimates as one table: of one event as reports came in, or of several events."""

import datetime
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from casualty_models.errors import DataError
from casualty_models.inference import event_of, provenance
from casualty_models.models.report_table import report_table
from casualty_models.summaries.evidence import QUANTITIES, largest_report, toll_draws
from casualty_models.summaries.tables import PROBS, printed, quantile_columns, rounded_ends

if TYPE_CHECKING:
    import xarray as xr

    from casualty_models.events import Event


def report_days(event: "Event", *, every: int | None = None) -> list[datetime.date]:
    """Return the days on which an event was known differently than before.

    Parameters
    ----------
    event
        An event.
    every
        Instead, each so many days from the first usable report to the last; the last is always
        among them.

    Returns
    -------
    The days that brought a report that the model uses, in order; days on which there was nothing
    yet to estimate from are left out.

    Raises
    ------
    DataError
        If the event has no usable report or ``every`` is not a whole number above 0.

    Examples
    --------
    >>> from casualty_models.datasets import load_osh_2010
    >>> from casualty_models.summaries import report_days
    >>> event = load_osh_2010().as_of("2010-06-14")
    >>> [day.day for day in report_days(event)], [day.day for day in report_days(event, every=2)]
    ([11, 12, 13, 14], [11, 13, 14])
    """
    if every is not None and (not isinstance(every, int) or every < 1):
        raise DataError(
            "the number of days must be a whole number above 0", place="every", value=every
        )
    days = sorted({event.reports[int(row)].date for row in report_table(event).position})
    usable = [day for day in days if _can_be_used(event.as_of(day))]
    if every is None:
        return usable
    steps = range(0, (usable[-1] - usable[0]).days, every)
    return [*(usable[0] + datetime.timedelta(days=step) for step in steps), usable[-1]]


def tolls_table(
    results: "Sequence[xr.DataTree | DataError]", *, probs: Iterable[float] = PROBS
) -> pd.DataFrame:
    """Return the true tolls of many results as one table, two rows a result.

    Parameters
    ----------
    results
        What `fit_many` returned, or several results of `fit`; of one event as it was known on
        several days, or of several events.
    probs
        Probabilities of the intervals; each is equal-tailed, between two quantiles.

    Returns
    -------
    Columns: ``event``; ``known_by``, the day up to which reports were seen; ``ongoing``;
    ``quantity``; ``reports``, how many of them were used; ``documented``, ``median``, ``lower50``,
    ``upper50`` and so on, as in `toll_table`; ``rounded``, the median as it may be printed;
    ``printed``, the text to publish; ``converged``.

    Raises
    ------
    DataError
        If one of the results is the error of an event that could not be fitted.

    Examples
    --------
    >>> from casualty_models.summaries import tolls_table
    >>> table = tolls_table([result], probs=(0.9,))
    >>> table[["known_by", "quantity", "reports", "documented"]]
         known_by quantity  reports  documented
    0  2010-06-13   killed        1          85
    1  2010-06-13  wounded        1         900
    >>> table.loc[0, "printed"]
    'about 310 (90% interval 70 to 1,400)'
    """
    probs = tuple(probs)
    rows = []
    for result in results:
        if isinstance(result, DataError):
            raise result
        rows += [_row(result, quantity, probs) for quantity in QUANTITIES]
    return pd.DataFrame(rows).astype({"documented": "Int64"})


def _row(result: "xr.DataTree", quantity: str, probs: tuple[float, ...]) -> dict[str, Any]:
    event = event_of(result)
    # Read from the event: results without predictions hold no table of reports.
    used = [event.reports[int(row)] for row in report_table(event).position]
    used = [report for report in used if report.quantity == quantity]
    largest = largest_report(sorted(used, key=lambda r: r.date), counts=True)
    documented = None if largest is None else largest.statement.counted
    draws = toll_draws(result, quantity)
    rounded = rounded_ends(draws, probs, least=documented)
    return {
        "event": event.name,
        "known_by": event.as_of_date,
        "ongoing": event.ongoing,
        "quantity": quantity,
        "reports": len(used),
        "documented": documented,
        **{key: float(v) for key, v in quantile_columns(draws.ravel(), probs).items()},
        "rounded": rounded["median"],
        "printed": printed(rounded, probs),
        "converged": bool(provenance(result)["diagnostics"]["converged"]),
    }


def _can_be_used(event: "Event") -> bool:
    try:
        report_table(event)
    except DataError:
        return False
    return True
