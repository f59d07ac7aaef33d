"""The reports of an event as arrays, ready for a model; needs no PyMC."""

from dataclasses import dataclass, field, replace
from itertools import product
from typing import Any

import numpy as np

from casualty_models.errors import DataError
from casualty_models.events import Event, Report
from casualty_models.events.copies import copies_removed

QUANTITIES = ("killed", "wounded")
COUNT_CLASSES = ("official_count", "documented_count", "opponent_count")
ESTIMATE_CLASSES = ("official_estimate", "other_estimate")
MISSING_CLASSES = ("official_missing", "other_missing")
CLASSES = COUNT_CLASSES + ESTIMATE_CLASSES + MISSING_CLASSES

type Scope = tuple[str | None, str | None, str | None]

_OFFICIAL = {"official", "health_ministry", "hospital"}
SMALLEST_TABLE = 4
_OF_EACH_ROW = (
    "position", "days", "silence", "log_lower", "log_upper", "quantity", "grows", "used",
)  # fmt: skip
_BELOW_ONE = 1e-3  # a count of zero lies below log(0.5); its lower end only has to be far away


def report_class(report: Report) -> str:
    """Return which of the classes of statement a report belongs to.

    Examples
    --------
    >>> from casualty_models.events import Report
    >>> from casualty_models.models.report_table import report_class
    >>> report_class(Report(date="2010-06-13", source="ministry", source_kind="official",
    ...                     quantity="killed", value=97))
    'official_count'
    """
    official = report.source_kind in _OFFICIAL
    if report.quantity == "missing":
        return "official_missing" if official else "other_missing"
    if report.claim != "count":
        return "official_estimate" if official else "other_estimate"
    if official:
        return "official_count"
    return "opponent_count" if report.source_kind == "opponent" else "documented_count"


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
    quantity, series
        Index into `QUANTITIES` and into ``series_names``.
    grows
        1 for counts, which grow towards their settled value; 0 for estimates, claims and missing.
    used
        1 for a report; 0 for a row that only fills the table (see `padded`).
    last
        Index of the last row of the same series.
    series_names, series_classes, series_quantity
        One entry a series: "killed: official count", "official_count", index into `QUANTITIES`.
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
    series: np.ndarray
    grows: np.ndarray
    used: np.ndarray
    last: np.ndarray
    series_names: tuple[str, ...]
    series_classes: tuple[str, ...]
    series_quantity: np.ndarray
    counted: np.ndarray
    last_count: np.ndarray
    floors: tuple[int, int]
    notes: tuple[str, ...] = field(default=())


def report_table(event: Event) -> ReportTable:
    """Return the reports of an event as arrays, and say which were set aside.

    Reports that repeat one origin count once (`copies_removed`).

    A report about a part of the event (place, group or period set) is no rival of the total, so it
    is set aside, unless every report is about that same part. With ``floor`` it still bounds the
    total from below. A number of missing persons is added to the last count of the killed by then:
    together they are a statement about the toll.

    Raises
    ------
    DataError
        If no report of the number killed, wounded or missing is left.
    """
    used, notes = _used_reports(event)
    if not used:
        raise DataError(
            "no report of the number killed, wounded or missing in the whole event",
            place=event.name,
            remedy="Add at least one report with quantity killed, wounded or missing.",
        )
    keys = [(_toll_of(r), report_class(r)) for _, r in used]
    order = sorted(range(len(used)), key=lambda i: (_series_rank(keys[i]), used[i][1].date))
    rows = [(used[i][0], used[i][1], keys[i]) for i in order]
    series_keys = sorted(set(keys), key=_series_rank)
    series = np.array([series_keys.index(key) for _, _, key in rows])
    bounds = np.array([_bounds(r, used) for _, r, _ in rows]) + np.array([-0.5, 0.5])
    log_lower, log_upper = np.log(np.maximum(bounds, _BELOW_ONE)).T
    days = np.array([(r.date - event.start).days for _, r, _ in rows], dtype=float)
    quantity = np.array([QUANTITIES.index(key[0]) for _, _, key in rows])
    grows = np.array([float(key[1] in COUNT_CLASSES) for _, _, key in rows])
    last = np.array([np.flatnonzero(series == s).max() for s in series])
    since = (event.as_of_date - event.start).days - days
    counts = [np.flatnonzero((quantity == q) & (grows == 1)) for q in (0, 1)]
    return ReportTable(
        position=np.array([position for position, _, _ in rows]),
        days=days,
        silence=np.where(last == np.arange(len(rows)), grows * since, 0.0),
        log_lower=log_lower,
        log_upper=log_upper,
        quantity=quantity,
        series=series,
        grows=grows,
        used=np.ones(len(rows)),
        last=last,
        series_names=tuple(_series_name(key) for key in series_keys),
        series_classes=tuple(name for _, name in series_keys),
        series_quantity=np.array([QUANTITIES.index(q) for q, _ in series_keys]),
        counted=np.array([float(len(c) > 0) for c in counts]),
        last_count=np.array([c[days[c].argmax()] if len(c) else 0 for c in counts]),
        floors=(_floor(event, "killed"), _floor(event, "wounded")),
        notes=tuple(notes),
    )


def padded(table: ReportTable) -> ReportTable:
    """Return the table with all twelve series, filled up to the next power of two rows.

    The rows added are not used by the likelihood. Events of most sizes then share a few structures
    of model, and so a few compilations.

    Examples
    --------
    >>> from casualty_models.events import Event, Report
    >>> from casualty_models.models.report_table import padded, report_table
    >>> event = Event(name="example", kind="riot", start="2010-06-10", reports=[Report(
    ...     date="2010-06-13", source="ministry", source_kind="official", quantity="killed",
    ...     value=97)])
    >>> padded(report_table(event)).used
    array([1., 0., 0., 0.])
    """
    size = len(table.days)
    extra = max(SMALLEST_TABLE, 2 ** int(np.ceil(np.log2(size)))) - size
    said = product(QUANTITIES, COUNT_CLASSES + ESTIMATE_CLASSES)
    keys = sorted([*said, *product(["killed"], MISSING_CLASSES)], key=_series_rank)
    names = tuple(_series_name(key) for key in keys)
    here = np.array([names.index(name) for name in table.series_names])
    fill = {"log_upper": 1, "position": -1}
    columns: dict[str, Any] = {
        name: np.append(getattr(table, name), np.full(extra, fill.get(name, 0)))
        for name in _OF_EACH_ROW
    }
    return replace(
        table,
        **columns,
        series=np.append(here[table.series], np.zeros(extra, dtype=int)),
        last=np.append(table.last, np.arange(size, size + extra)),
        series_names=names,
        series_classes=tuple(name for _, name in keys),
        series_quantity=np.array([QUANTITIES.index(quantity) for quantity, _ in keys]),
    )


def _series_name(key: tuple[str, str]) -> str:
    quantity, name = key
    if name in MISSING_CLASSES:
        return f"missing: {name.removesuffix('_missing')} number"
    return f"{quantity}: {name.replace('_', ' ')}"


def _toll_of(report: Report) -> str:
    return "killed" if report.quantity == "missing" else report.quantity


def _bounds(report: Report, used: list[tuple[int, Report]]) -> tuple[int, int]:
    """Return the bounds of a statement; of the missing, with the killed who were counted by then.

    With nobody missing any more the toll may still be less than was counted, so nothing bounds the
    sum from below.
    """
    said = report.statement
    if report.quantity != "missing":
        return said.lower, said.upper
    killed = [r for _, r in used if r.quantity == "killed" and report_class(r) in COUNT_CLASSES]
    by_then = [r for r in killed if r.date <= report.date]
    if not by_then:
        return said.lower, said.upper
    counted = max(by_then, key=lambda r: (r.date, r.statement.upper)).statement
    return (counted.lower + said.lower if said.lower else 0), counted.upper + said.upper


def scope_of(event: Event) -> Scope:
    """Return the place, group and period that the toll is of: a part if all reports share it.

    Examples
    --------
    >>> from casualty_models.datasets import load_osh_2010
    >>> from casualty_models.models.report_table import scope_of
    >>> scope_of(load_osh_2010())
    (None, None, None)
    """
    tolls = [r for r in event.reports if r.quantity in QUANTITIES and not r.retracted]
    scopes = {_scope(r) for r in tolls}
    return next(iter(scopes)) if len(scopes) == 1 else (None, None, None)


def _used_reports(event: Event) -> tuple[list[tuple[int, Report]], list[str]]:
    whole = scope_of(event)
    used, notes = [], []
    for position, r in enumerate(event.reports):
        if r.quantity not in (*QUANTITIES, "missing"):
            notes.append(
                f"{_where(r)}: kept, but this model uses only killed, wounded and missing."
            )
        elif r.retracted:
            notes.append(f"{_where(r)}: withdrawn, not used ({r.retracted}).")
        elif _scope(r) != whole:
            use = "its lower bound only" if r.floor else "not used"
            notes.append(f"{_where(r)}: about a part of the event, not its total ({use}).")
        else:
            used.append((position, r))
    kept, copies = copies_removed([r for _, r in used])
    for copy, original in copies:
        r, repeated = used[copy][1], used[original][1]
        notes.append(
            f"{_where(r)}: repeats {repeated.source}, {repeated.date}; the two count once."
        )
    return [used[i] for i in kept], notes


def _where(report: Report) -> str:
    return (
        f"{report.source}, {report.date}: {report.says or report.statement.text} {report.quantity}"
    )


def _scope(report: Report) -> Scope:
    return report.place, report.group, report.period


def _series_rank(key: tuple[str, str]) -> tuple[bool, int, int]:
    quantity, name = key
    return name not in COUNT_CLASSES, QUANTITIES.index(quantity), CLASSES.index(name)


def _floor(event: Event, quantity: str) -> int:
    named = [r for r in event.reports if r.floor and r.quantity == quantity and not r.retracted]
    floors = [r.statement.counted for r in named]
    return max(floors, default=0)
