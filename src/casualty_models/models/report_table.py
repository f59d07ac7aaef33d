"""The reports of an event as arrays, ready for a model; needs no PyMC."""

from dataclasses import dataclass, field, replace
from itertools import product
from typing import Any

import numpy as np

from casualty_models.errors import DataError
from casualty_models.events import Event, Report

QUANTITIES = ("killed", "wounded")
COUNT_CLASSES = ("official_count", "documented_count", "opponent_count")
ESTIMATE_CLASSES = ("official_estimate", "other_estimate")

_OFFICIAL = {"official", "health_ministry", "hospital"}
SMALLEST_TABLE = 4
_BELOW_ONE = 1e-3  # a count of zero lies below log(0.5); its lower end only has to be far away


def report_class(report: Report) -> str:
    """Return which of the five classes of statement a report belongs to.

    Examples
    --------
    >>> from casualty_models.events import Report
    >>> from casualty_models.models.report_table import report_class
    >>> report_class(Report(date="2010-06-13", source="ministry", source_kind="official",
    ...                     quantity="killed", value=97))
    'official_count'
    """
    if report.claim != "count":
        return "official_estimate" if report.source_kind in _OFFICIAL else "other_estimate"
    if report.source_kind in _OFFICIAL:
        return "official_count"
    return "opponent_count" if report.source_kind == "opponent" else "documented_count"


@dataclass(frozen=True)
class ReportTable:
    """The reports that a model uses, as arrays; one row a report, counts sorted by series and day.

    Attributes
    ----------
    position
        Index of the report in ``event.reports``.
    days
        Days since the start of the event.
    log_lower, log_upper
        Logarithms of the bounds on the count that the author had, half a count wider.
    quantity, series
        Index into `QUANTITIES` and into ``series_names``.
    grows
        1 for counts, which grow towards their settled value; 0 for estimates and claims.
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

    A report about a part of the event (place, group or period set) is no rival of the total, so it
    is set aside, unless every report is about that same part. With ``floor`` it still bounds the
    total from below.

    Raises
    ------
    DataError
        If no report of the number killed or wounded is left.
    """
    used, notes = _used_reports(event)
    if not used:
        raise DataError(
            "no report of the number killed or wounded in the whole event",
            place=event.name,
            remedy="Add at least one report with quantity killed or wounded.",
        )
    keys = [(r.quantity, report_class(r)) for _, r in used]
    order = sorted(range(len(used)), key=lambda i: (_series_rank(keys[i]), used[i][1].date))
    rows = [(used[i][0], used[i][1], keys[i]) for i in order]
    series_keys = sorted(set(keys), key=_series_rank)
    series = np.array([series_keys.index(key) for _, _, key in rows])
    bounds = np.array([[r.statement.lower - 0.5, r.statement.upper + 0.5] for _, r, _ in rows])
    log_lower, log_upper = np.log(np.maximum(bounds, _BELOW_ONE)).T
    days = np.array([(r.date - event.start).days for _, r, _ in rows], dtype=float)
    quantity = np.array([QUANTITIES.index(key[0]) for _, _, key in rows])
    grows = np.array([float(key[1] in COUNT_CLASSES) for _, _, key in rows])
    counts = [np.flatnonzero((quantity == q) & (grows == 1)) for q in (0, 1)]
    return ReportTable(
        position=np.array([position for position, _, _ in rows]),
        days=days,
        log_lower=log_lower,
        log_upper=log_upper,
        quantity=quantity,
        series=series,
        grows=grows,
        used=np.ones(len(rows)),
        last=np.array([np.flatnonzero(series == s).max() for s in series]),
        series_names=tuple(_series_name(key) for key in series_keys),
        series_classes=tuple(name for _, name in series_keys),
        series_quantity=np.array([QUANTITIES.index(q) for q, _ in series_keys]),
        counted=np.array([float(len(c) > 0) for c in counts]),
        last_count=np.array([c[days[c].argmax()] if len(c) else 0 for c in counts]),
        floors=(_floor(event, "killed"), _floor(event, "wounded")),
        notes=tuple(notes),
    )


def padded(table: ReportTable) -> ReportTable:
    """Return the table with all ten series, filled up to the next power of two rows.

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
    keys = sorted(product(QUANTITIES, COUNT_CLASSES + ESTIMATE_CLASSES), key=_series_rank)
    names = tuple(_series_name(key) for key in keys)
    here = np.array([names.index(name) for name in table.series_names])
    fill = {"log_upper": 1, "position": -1}
    columns: dict[str, Any] = {
        name: np.append(getattr(table, name), np.full(extra, fill.get(name, 0)))
        for name in ("position", "days", "log_lower", "log_upper", "quantity", "grows", "used")
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
    return f"{quantity}: {name.replace('_', ' ')}"


def _used_reports(event: Event) -> tuple[list[tuple[int, Report]], list[str]]:
    scopes = {(r.place, r.group, r.period) for r in event.reports if r.quantity in QUANTITIES}
    one_part = len(scopes) == 1
    used, notes = [], []
    for position, r in enumerate(event.reports):
        where = f"{r.source}, {r.date}: {r.says or r.statement.text} {r.quantity}"
        if r.quantity not in QUANTITIES:
            notes.append(f"{where}: kept, but this model uses only killed and wounded.")
        elif r.is_part and not one_part:
            use = "its lower bound only" if r.floor else "not used"
            notes.append(f"{where}: about a part of the event, not its total ({use}).")
        else:
            used.append((position, r))
    return used, notes


def _series_rank(key: tuple[str, str]) -> tuple[bool, int, int]:
    quantity, name = key
    classes = COUNT_CLASSES + ESTIMATE_CLASSES
    return name in ESTIMATE_CLASSES, QUANTITIES.index(quantity), classes.index(name)


def _floor(event: Event, quantity: str) -> int:
    floors = [r.statement.counted for r in event.reports if r.floor and r.quantity == quantity]
    return max(floors, default=0)
