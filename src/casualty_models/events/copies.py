"""One number that many repeat: it is one piece of evidence, not many."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from casualty_models.events.event import Event
from casualty_models.events.report import Report
from casualty_models.events.vocabulary import SOURCE_KINDS

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["copies_removed", "proposed_origins", "with_origins"]

DAYS_APART = 1
_COUNT_THEMSELVES = ("health_ministry", "hospital", "official", "inquiry", "un", "ngo", "opponent")


def copies_removed(reports: Sequence[Report]) -> tuple[list[int], list[tuple[int, int]]]:
    """Return which reports remain when those of one origin that say the same count once.

    Two reports say the same when they have one origin (`Report.origin`, else the source itself),
    are about one quantity and part, at most a day apart, and the bounds of their statements
    overlap. The one with the narrowest bounds stands for all of them.

    Parameters
    ----------
    reports
        Reports in order of date.

    Returns
    -------
    Indices of those that remain, and pairs of the index of a copy and of what it repeats.

    Examples
    --------
    >>> from casualty_models.events import Report
    >>> from casualty_models.events.copies import copies_removed
    >>> said = {"source": "wire", "quantity": "killed", "value": 97}
    >>> first = Report(date="2010-06-13", **said)
    >>> again = Report(date="2010-06-14", **said | {"source": "daily"}, origin="wire")
    >>> copies_removed([first, again])
    ([0], [(1, 0)])
    """
    sharpest = sorted(range(len(reports)), key=lambda i: (_width(reports[i]), i))
    kept: list[int] = []
    copies: list[tuple[int, int]] = []
    for i in sharpest:
        same = [j for j in kept if _is_copy(reports[i], reports[j])]
        if same:
            copies.append((i, same[0]))
        else:
            kept.append(i)
    return sorted(kept), sorted(copies)


def proposed_origins(event: Event) -> "pd.DataFrame":
    """Return the reports that seem to repeat another source, with whom they seem to repeat.

    A report of a medium seems to repeat a source that counts itself (an authority, a hospital, an
    organization, a party) when the other said the same or a rounding of it, about the same
    quantity and part, on the same day or the day before. Among media alone, the first is taken
    for the origin. It is a proposal: two who count the same thing well also agree.

    Parameters
    ----------
    event
        The event; reports that have an origin already are left out.

    Returns
    -------
    pandas.DataFrame
        One row a report: ``report`` (index into ``event.reports``), ``date``, ``source``,
        ``says``, ``origin`` and ``origin_says``.

    Examples
    --------
    >>> from casualty_models.events import Event, Report
    >>> from casualty_models.events.copies import proposed_origins
    >>> reports = [
    ...     Report(date="2010-06-13", source="ministry", source_kind="official",
    ...            quantity="killed", value=97),
    ...     Report(date="2010-06-13", source="wire", quantity="killed", says="about 100"),
    ... ]
    >>> event = Event(name="example", kind="riot", start="2010-06-10", reports=reports)
    >>> proposed_origins(event)[["report", "source", "origin"]].values.tolist()
    [[1, 'wire', 'ministry']]
    """
    import pandas as pd

    rows = []
    for i, report in enumerate(event.reports):
        found = _seems_to_repeat(i, event.reports)
        if found is not None:
            rows.append(
                (i, report.date, report.source, _words(report), found.source, _words(found))
            )
    columns = ["report", "date", "source", "says", "origin", "origin_says"]
    return pd.DataFrame(rows, columns=columns)


def with_origins(event: Event) -> Event:
    """Return the event with the origins that `proposed_origins` proposes.

    Examples
    --------
    >>> from casualty_models.datasets import load_osh_2010
    >>> from casualty_models.events.copies import proposed_origins, with_origins
    >>> event = load_osh_2010()
    >>> marked = with_origins(event)
    >>> sum(report.origin is not None for report in marked.reports) == len(proposed_origins(event))
    True
    """
    proposed = proposed_origins(event)
    origin = dict(zip(proposed["report"], proposed["origin"], strict=True))
    reports = tuple(
        replace(report, origin=origin[i]) if i in origin else report
        for i, report in enumerate(event.reports)
    )
    return replace(event, reports=reports)


def _is_copy(report: Report, other: Report) -> bool:
    marked = report.origin is not None or other.origin is not None
    return (
        marked
        and (report.origin or report.source) == (other.origin or other.source)
        and _comparable(report, other)
        and abs((report.date - other.date).days) <= DAYS_APART
        and _overlap(report, other)
    )


def _seems_to_repeat(i: int, reports: Sequence[Report]) -> Report | None:
    report = reports[i]
    if report.origin is not None or report.source_kind != "media":
        return None
    candidates = [
        other
        for j, other in enumerate(reports)
        if other.source != report.source
        and _comparable(report, other)
        and 0 <= (report.date - other.date).days <= DAYS_APART
        and (other.source_kind in _COUNT_THEMSELVES or j < i)
        and _one_holds_the_other(report, other)
    ]
    return min(candidates, key=_rank, default=None)


def _rank(report: Report) -> tuple[bool, object, int]:
    media = report.source_kind not in _COUNT_THEMSELVES
    return media, report.date, SOURCE_KINDS.index(report.source_kind)


def _comparable(report: Report, other: Report) -> bool:
    return _about(report) == _about(other)


def _about(report: Report) -> tuple[str, str, str | None, str | None, str | None]:
    return report.quantity, report.claim, report.place, report.group, report.period


def _overlap(report: Report, other: Report) -> bool:
    a, b = report.statement, other.statement
    return a.lower <= b.upper and b.lower <= a.upper


def _one_holds_the_other(report: Report, other: Report) -> bool:
    a, b = report.statement, other.statement
    return (a.lower <= b.lower and b.upper <= a.upper) or (
        b.lower <= a.lower and a.upper <= b.upper
    )


def _width(report: Report) -> int:
    return report.statement.upper - report.statement.lower


def _words(report: Report) -> str:
    return report.says or report.statement.text
