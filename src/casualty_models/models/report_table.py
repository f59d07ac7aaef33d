"""The reports of an event as arrays, ready for a model; needs no PyMC."""

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from casualty_models.errors import DataError
from casualty_models.events import Event, Report
from casualty_models.events.copies import copies_removed
from casualty_models.models.cells import WHOLE, Scope, cells, scope, scope_of
from casualty_models.models.series import (
    PARTY_CLASSES,
    QUANTITIES,
    TOPICS,
    Series,
    is_official,
)

_GROWS_AS = {"killed": 0, "wounded": 1, "hospitalized": 1, "casualties": 0}
_BELOW_ONE = 1e-3  # a count of zero lies below log(0.5); its lower end only has to be far away
_IN_PARTIES_HANDS = (
    "Every source of a count of the killed is a party to the conflict: how high the toll is rests"
    " on the priors of their leanings, not on the reports."
)


@dataclass(frozen=True)
class ReportTable:
    """The reports that a model uses, as arrays; one row a report, counts sorted by series and day.

    Attributes
    ----------
    position
        Index of the report in ``event.reports``.
    days, silence
        Days since the start of the event; and, for the last count of a series, days since then
        until ``event.as_of_date``: nothing newer was said.
    log_lower, log_upper
        Logarithms of the bounds on the count that the author had, half a count wider.
    quantity, topic
        Index into `QUANTITIES` of what the count grows with (the hospitalized as the wounded do;
        casualties have a curve of their own), and into `TOPICS` of what it counts.
    series, part
        Index into ``series_names`` and into ``parts``.
    treated
        1 where those who treat the wounded count them, 0 elsewhere.
    grows
        1 for counts, which grow towards their settled value; 0 for estimates, claims and missing.
    least
        The documented minimum that a report about a part gives of that part; else 0.
    used
        1 for a report; 0 for a row that only fills the table (see `padding.padded`).
    last
        Index of the last row of the same series about the same part.
    series_names, series_classes
        One entry a series: "killed: official count", "official_count".
    parts
        The parts of the event that reports are about, the whole first.
    counted, last_count
        One entry a quantity: whether it has a count, and the row of the last one.
    floors
        One entry a quantity: the largest documented minimum, 0 where there is none.
    notes
        Sentences on reports that were set aside, and why.
    """

    position: np.ndarray
    days: np.ndarray
    silence: np.ndarray
    log_lower: np.ndarray
    log_upper: np.ndarray
    quantity: np.ndarray
    topic: np.ndarray
    series: np.ndarray
    part: np.ndarray
    treated: np.ndarray
    grows: np.ndarray
    least: np.ndarray
    used: np.ndarray
    last: np.ndarray
    series_names: tuple[str, ...]
    series_classes: tuple[str, ...]
    parts: tuple[Scope, ...]
    counted: np.ndarray
    last_count: np.ndarray
    floors: tuple[int, int]
    notes: tuple[str, ...] = field(default=())

    def tells(self, topic: str) -> bool:
        """Return whether a report is about a topic."""
        return bool((self.topic[self.used == 1] == TOPICS.index(topic)).any())


class _Said(NamedTuple):
    position: int
    report: Report
    series: Series
    part: Scope


def report_table(event: Event) -> ReportTable:
    """Return the reports of an event as arrays, and say which were set aside.

    Reports that repeat one origin count once (`copies_removed`).

    A report about a part of the event (place, group or period set) is used where the part is one of
    ``event.strata``. Else it is no rival of the total, so it is set aside, unless every report is
    about that same part. With ``floor`` it bounds the part, and the total, from below. A number of
    missing persons is added to the last count of the killed by then: together they are a statement
    about the toll.

    Raises
    ------
    DataError
        If no report of the number killed, wounded, hospitalized or missing, or of casualties, is
        left.
    """
    used, notes = _used_reports(event)
    if not used:
        raise DataError(
            "no report of the number killed, wounded, hospitalized, missing, or of casualties in"
            " the whole event",
            place=event.name,
            remedy="Add at least one, or name the parts in [strata].",
        )
    parts = tuple(dict.fromkeys([WHOLE, *(said.part for said in used)]))
    rows = sorted(used, key=lambda s: (s.series.rank, parts.index(s.part), s.report.date))
    series = sorted({said.series for said in rows}, key=lambda each: each.rank)
    bounds = np.array([_bounds(said, used) for said in rows]) + np.array([-0.5, 0.5])
    log_lower, log_upper = np.log(np.maximum(bounds, _BELOW_ONE)).T
    days = np.array([(said.report.date - event.start).days for said in rows], dtype=float)
    grows = np.array([float(said.series.grows) for said in rows])
    last = _last_of_each(rows)
    since = (event.as_of_date - event.start).days - days
    return ReportTable(
        position=np.array([said.position for said in rows]),
        days=days,
        silence=np.where(last == np.arange(len(rows)), grows * since, 0.0),
        log_lower=log_lower,
        log_upper=log_upper,
        quantity=np.array([_GROWS_AS[said.series.topic] for said in rows]),
        topic=np.array([TOPICS.index(said.series.topic) for said in rows]),
        series=np.array([series.index(said.series) for said in rows]),
        part=np.array([parts.index(said.part) for said in rows]),
        treated=np.array([float(_is_of_treated(said.report)) for said in rows]),
        grows=grows,
        least=np.array([_least_of_part(said) for said in rows]),
        used=np.ones(len(rows)),
        last=last,
        series_names=tuple(each.name for each in series),
        series_classes=tuple(each.kind for each in series),
        parts=parts,
        **_last_counts(rows),
        floors=(_floor(event, "killed"), _floor(event, "wounded")),
        notes=tuple([*notes, *_level_note(rows)]),
    )


def _least_of_part(said: _Said) -> float:
    bounds = said.report.floor and said.part != WHOLE and said.series.topic in QUANTITIES
    return float(said.report.statement.counted) if bounds else 0.0


def _is_of_treated(report: Report) -> bool:
    return is_official(report) or report.quantity == "hospitalized"


def _last_of_each(rows: list[_Said]) -> np.ndarray:
    keys = [(said.series, said.part) for said in rows]
    return np.array([len(keys) - 1 - keys[::-1].index(key) for key in keys])


def _last_counts(rows: list[_Said]) -> dict[str, np.ndarray]:
    """Return for each quantity whether it was counted, and where: the whole before the parts."""
    found = []
    for quantity in QUANTITIES:
        counts = [
            n for n, said in enumerate(rows) if said.series.grows and said.series.topic == quantity
        ]
        whole = [n for n in counts if rows[n].part == WHOLE]
        found.append(max(whole or counts, key=lambda n: rows[n].report.date, default=None))
    return {
        "counted": np.array([float(row is not None) for row in found]),
        "last_count": np.array([row or 0 for row in found]),
    }


def _level_note(rows: list[_Said]) -> list[str]:
    kinds = [said.series.kind for said in rows if said.series.topic in ("killed", "casualties")]
    return [_IN_PARTIES_HANDS] if kinds and set(kinds) <= set(PARTY_CLASSES) else []


def _bounds(said: _Said, used: list[_Said]) -> tuple[int, int]:
    """Return the bounds of a statement; of the missing, with the killed who were counted by then.

    With nobody missing any more the toll may still be less than was counted, so nothing bounds the
    sum from below.
    """
    told = said.report.statement
    if said.report.quantity != "missing":
        return told.lower, told.upper
    by_then = [
        other.report
        for other in used
        if other.series.topic == "killed"
        and other.series.grows
        and other.part == said.part
        and other.report.date <= said.report.date
    ]
    if not by_then:
        return told.lower, told.upper
    counted = max(by_then, key=lambda r: (r.date, r.statement.upper)).statement
    return (counted.lower + told.lower if told.lower else 0), counted.upper + told.upper


def _used_reports(event: Event) -> tuple[list[_Said], list[str]]:
    whole = scope_of(event)
    divided = cells(event.strata) if event.strata else None
    used, notes = [], []
    for position, r in enumerate(event.reports):
        part = WHOLE if scope(r) == whole else scope(r)
        if r.retracted:
            notes.append(f"{_where(r)}: withdrawn, not used ({r.retracted}).")
        elif part != WHOLE and not (divided and divided.holds(part)):
            use = "its lower bound only" if r.floor else "not used"
            notes.append(f"{_where(r)}: about a part of the event, not its total ({use}).")
        else:
            used.append(_Said(position, r, Series.of(r), part))
    kept, copies = copies_removed([said.report for said in used])
    for copy, original in copies:
        r, repeated = used[copy].report, used[original].report
        notes.append(
            f"{_where(r)}: repeats {repeated.source}, {repeated.date}; the two count once."
        )
    return [used[i] for i in kept], notes


def _where(report: Report) -> str:
    return (
        f"{report.source}, {report.date}: {report.says or report.statement.text} {report.quantity}"
    )


def _floor(event: Event, quantity: str) -> int:
    named = [r for r in event.reports if r.floor and r.quantity == quantity and not r.retracted]
    floors = [r.statement.counted for r in named]
    return max(floors, default=0)
