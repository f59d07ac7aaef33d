"""What the dates of an event and of its reports say about one another."""

import datetime
from collections.abc import Sequence

from casualty_models.errors import DataError
from casualty_models.events.report import Report
from casualty_models.events.rows import Row

__all__ = ["check_timeline", "end_known_on", "known_by"]


def check_timeline(
    reports: Sequence[Report],
    rows: Sequence[Row],
    *,
    start: datetime.date,
    known_on: datetime.date | None = None,
) -> None:
    """Raise when a report is dated outside what is possible, or repeats another.

    Parameters
    ----------
    reports
        The reports, in any order.
    rows
        Where each of them stood.
    start
        First day of the event.
    known_on
        The day up to which reports were seen, if any was named.

    Raises
    ------
    DataError
        Naming the row; for a repetition, both rows.
    """
    seen: dict[tuple[object, ...], Row] = {}
    for report, row in zip(reports, rows, strict=True):
        _check_day(report.date, row, start, known_on)
        earlier = seen.setdefault(_identity(report), row)
        if earlier is not row:
            raise row.locate(
                DataError(
                    f"the report repeats {earlier.place}: same date, source, quantity, part "
                    "and statement",
                    remedy="Remove one of the two.",
                )
            )


def known_by(day: datetime.date, reports: Sequence[Report]) -> tuple[Report, ...]:
    """Return the reports dated by a day, of reports in order of date.

    Raises
    ------
    DataError
        When there are none.
    """
    kept = tuple(report for report in reports if report.date <= day)
    if kept:
        return kept
    if not reports:
        raise DataError("the event has no reports", place="as_of", remedy="Add what was reported.")
    first = reports[0].date
    raise DataError(
        f"no report is that early, the first is of {first}",
        place="as_of",
        value=day.isoformat(),
        remedy=f"Ask for {first} or later.",
    )


def end_known_on(
    day: datetime.date, end: datetime.date | None, reports: Sequence[Report]
) -> datetime.date | None:
    """Return the last day of the danger as it was known on a day; None while it went on.

    The last report that says whether the danger goes on decides; but when it called the danger
    ongoing and the end came after it, before the day asked about, the end is known by then.

    Parameters
    ----------
    day
        The day of the forecast.
    end
        The last day of the danger as it is known now.
    reports
        What had been reported by `day`, in order of date.

    Examples
    --------
    >>> import datetime
    >>> third, fifth = datetime.date(2010, 6, 3), datetime.date(2010, 6, 5)
    >>> end_known_on(third, fifth, []) is None
    True
    >>> end_known_on(fifth, third, [])
    datetime.date(2010, 6, 3)
    """
    had_ended = end if end is not None and end <= day else None
    said = [report for report in reports if report.ongoing is not None]
    if not said:
        return had_ended
    if not said[-1].ongoing:
        return had_ended or day
    return end if end is not None and said[-1].date <= end < day else None


def _check_day(
    date: datetime.date, row: Row, start: datetime.date, known_on: datetime.date | None
) -> None:
    if date < start:
        rule = f"the report is dated before the event starts ({start})"
    elif known_on is not None and date > known_on:
        rule = f"the report is dated after known_on ({known_on}), the last day seen"
    else:
        return
    remedy = "Correct one of the two dates, or leave the report out."
    raise row.locate(DataError(rule, place="date", value=date.isoformat(), remedy=remedy))


def _identity(report: Report) -> tuple[object, ...]:
    said = (report.statement.lower, report.statement.upper)
    part = (report.place, report.group, report.period)
    return (report.date, report.source, report.quantity, *part, *said)
