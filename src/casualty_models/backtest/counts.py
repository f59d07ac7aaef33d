"""Official counts of the dead, which simple rules start from.

A count is *official* when an authority, a health ministry or a hospital gave it as a count of the
dead of the whole event; of counts of one day the largest is taken.
"""

import datetime

import numpy as np

from casualty_models.events import Event, Report

__all__ = ["LEAST_TOLL", "count_printed", "last_official_count", "log_count", "official_counts"]

OFFICIAL = frozenset({"official", "health_ministry", "hospital"})
LEAST_TOLL = 0.5  # stands for none where a logarithm is taken


def last_official_count(event: Event, by: datetime.date | None = None) -> float | None:
    """Return the last official count of the dead, the largest of its day.

    Parameters
    ----------
    event
        The event, with what had been reported.
    by
        The last day to look at; by default all reports.

    Returns
    -------
    float or None
        The printed number; None when there is no official count.

    Examples
    --------
    >>> from casualty_models.backtest import last_official_count, seen
    >>> from casualty_models.datasets import load_osh_2010
    >>> last_official_count(seen(load_osh_2010(), 3))
    100.0
    """
    reports = [r for r in official_counts(event) if by is None or r.date <= by]
    if not reports:
        return None
    last = max(report.date for report in reports)
    return max(count_printed(report) for report in reports if report.date == last)


def count_printed(report: Report) -> float:
    """Return the number that a report prints; the geometric middle of a range without one.

    Parameters
    ----------
    report
        A report.

    Examples
    --------
    >>> from casualty_models.backtest.counts import count_printed
    >>> from casualty_models.events import Report
    >>> said = ["more than 80", "97", "50 to 200"]
    >>> [count_printed(Report(date="2010-06-13", source="AP", quantity="killed", says=words))
    ...  for words in said]
    [80.0, 97.0, 100.0]
    """
    said = report.statement
    if report.value is not None:
        return float(report.value)
    if said.kind == "at_least":
        return float(said.lower)
    if said.kind == "at_most":
        return float(said.upper)
    return float(np.sqrt(max(said.lower, LEAST_TOLL) * max(said.upper, LEAST_TOLL)))


def official_counts(event: Event) -> list[Report]:
    """Return the official counts of the dead of a whole event, in order of date.

    Parameters
    ----------
    event
        The event.

    Examples
    --------
    >>> from casualty_models.backtest.counts import official_counts
    >>> from casualty_models.datasets import load_osh_2010
    >>> {report.claim for report in official_counts(load_osh_2010())}
    {'count'}
    """
    return [
        report
        for report in event.reports
        if report.source_kind in OFFICIAL
        and report.claim == "count"
        and report.quantity == "killed"
        and not report.is_part
    ]


def log_count(count: float) -> float:
    """Return the logarithm of a count; none is taken for half a person.

    Parameters
    ----------
    count
        A count or a toll.

    Examples
    --------
    >>> import numpy as np
    >>> from casualty_models.backtest.counts import log_count
    >>> [float(np.exp(log_count(count))) for count in (0, 97)]
    [0.5, 97.0]
    """
    return float(np.log(max(count, LEAST_TOLL)))
