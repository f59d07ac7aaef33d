"""Settled events as arrays that the history model can learn from; needs no PyMC."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np

from casualty_models.errors import DataError
from casualty_models.events import KINDS, MECHANISMS, Event, Reference
from casualty_models.models.report_table import ReportTable, report_table
from casualty_models.models.series import LEARNED_CLASSES as CLASSES
from casualty_models.models.series import QUANTITIES

GROUPS = ("political_violence", "attack_or_accident", "natural_disaster")
REFERENCE_ERROR = {"A": 0.02, "B": 0.08, "C": 0.25}  # log scale, where no range was published
_Z90 = 1.645


def settled(events: Sequence[Event], *, sourced_only: bool = True) -> list[Event]:
    """Return the events that the history model can learn from.

    Parameters
    ----------
    events
        Events, with or without a reference toll.
    sourced_only
        Leave out events and reports whose source was not retrieved.

    Returns
    -------
    Events with a reference toll above zero and at least one usable report.

    Examples
    --------
    >>> from casualty_models.datasets import history_events
    >>> from casualty_models.models.settled import settled
    >>> len(settled(history_events())) < len(settled(history_events(), sourced_only=False))
    True
    """
    kept = []
    for event in events:
        if event.reference is None or not reference_log_mean(event.reference):
            continue
        if sourced_only and not event.sourced:
            continue
        reports = tuple(r for r in event.reports if r.sourced or not sourced_only)
        known = replace(event, reports=reports)
        if any(r.quantity in QUANTITIES and not r.is_part for r in reports):
            kept.append(known)
    return kept


def reference_log_mean(reference: Reference) -> float | None:
    """Return the log of the settled toll: its point, else the middle of its range, else None.

    Examples
    --------
    >>> from casualty_models.events import Reference
    >>> from casualty_models.models.settled import reference_log_mean
    >>> round(reference_log_mean(Reference(None, 100, 400, None, "C")), 3)
    5.298
    """
    if reference.killed:
        return float(np.log(reference.killed))
    if reference.lower and reference.upper:
        return float(np.log(reference.lower * reference.upper) / 2)
    return None


def reference_log_sd(reference: Reference) -> float:
    """Return the error of the log of a settled toll, from its range (90 percent) or its grade.

    Examples
    --------
    >>> from casualty_models.events import Reference
    >>> from casualty_models.models.settled import reference_log_sd
    >>> reference_log_sd(Reference(100, None, None, None, "A"))
    0.02
    """
    middle = reference_log_mean(reference)
    bounds = [bound for bound in (reference.lower, reference.upper) if bound]
    halves = [abs(np.log(bound) - middle) for bound in bounds]
    least = REFERENCE_ERROR[reference.quality]
    return max(least, float(np.mean(halves)) / _Z90) if halves else least


@dataclass(frozen=True)
class Design:
    """All events' reports as one long table, and what each event is.

    ``group``, ``kind``, ``mechanism``, ``duration`` and the references have one entry an event;
    ``event`` to ``last`` one a report (as in `report_table.ReportTable`); ``series_class`` one a
    series. ``still`` has one row a day on which an event was said to go on: the event, the days
    that it had lasted, the days that it lasted in the end.
    """

    group: np.ndarray
    kind: np.ndarray
    mechanism: np.ndarray
    duration: np.ndarray
    log_killed: np.ndarray
    log_killed_sd: np.ndarray
    log_wounded: np.ndarray
    event: np.ndarray
    days: np.ndarray
    log_lower: np.ndarray
    log_upper: np.ndarray
    quantity: np.ndarray
    series: np.ndarray
    grows: np.ndarray
    last: np.ndarray
    series_class: np.ndarray
    still: np.ndarray

    def digest(self) -> str:
        """Return a text that differs for other values in any of the arrays."""
        parts = (getattr(self, each.name) for each in fields(self))
        return hashlib.sha256(b"|".join(part.tobytes() for part in parts)).hexdigest()


def history_design(events: Sequence[Event]) -> Design:
    """Return the reports and references of many settled events as arrays.

    Raises
    ------
    DataError
        If there are no events, or one has no reference toll.

    Examples
    --------
    >>> from casualty_models.datasets import history_events
    >>> from casualty_models.models.settled import history_design, settled
    >>> history_design(settled(history_events())[:3]).group.shape
    (3,)
    """
    if not events:
        raise DataError("there are no settled events to learn from", remedy="Give at least one.")
    tables = [report_table(_with_known_series(event)) for event in events]
    references = [_reference(event) for event in events]
    rows = np.cumsum([0, *(len(t.days) for t in tables)])[:-1]
    series = np.cumsum([0, *(len(t.series_names) for t in tables)])[:-1]

    def joined(column: str, offsets: Any = 0) -> np.ndarray:  # noqa: ANN401
        shift = np.broadcast_to(offsets, len(tables))
        return np.concatenate([getattr(t, column) + o for t, o in zip(tables, shift, strict=True)])

    return Design(
        group=np.array([GROUPS.index(KINDS[event.kind]) for event in events]),
        kind=np.array([list(KINDS).index(event.kind) for event in events]),
        mechanism=np.array([MECHANISMS.index(event.mechanism or "mixed") for event in events]),
        duration=np.array([_duration(event) for event in events]),
        log_killed=np.array([reference_log_mean(r) for r in references], dtype=float),
        log_killed_sd=np.array([reference_log_sd(r) for r in references]),
        log_wounded=np.array([np.log(r.wounded) if r.wounded else np.nan for r in references]),
        event=np.repeat(np.arange(len(tables)), [len(t.days) for t in tables]),
        days=joined("days"),
        log_lower=joined("log_lower"),
        log_upper=joined("log_upper"),
        quantity=joined("quantity"),
        series=joined("series", series),
        grows=joined("grows"),
        last=joined("last", rows),
        series_class=np.concatenate([_classes(table) for table in tables]),
        still=np.array(
            [(n, *days) for n, event in enumerate(events) for days in _days_still_going_on(event)],
            dtype=int,
        ).reshape(-1, 3),
    )


def _with_known_series(event: Event) -> Event:
    """Return the event with only those reports whose leaning and growth are learned."""
    known = (*QUANTITIES, "missing")
    reports = tuple(r for r in event.reports if r.quantity in known and r.stance is None)
    return replace(event, reports=reports, strata=None)


def _classes(table: ReportTable) -> np.ndarray:
    return np.array([CLASSES.index(name) for name in table.series_classes])


def _reference(event: Event) -> Reference:
    if event.reference is None or reference_log_mean(event.reference) is None:
        raise DataError(
            "the event has no settled toll to learn from",
            place=event.id or event.name,
            remedy="Leave it out, or use `settled` to select.",
        )
    return event.reference


def _days_still_going_on(event: Event) -> list[tuple[int, int]]:
    """Return so far and in the end how many days, for each day on which it was said to go on."""
    if event.end is None:
        return []
    lasted = (event.end - event.start).days + 1
    so_far = {(r.date - event.start).days + 1 for r in event.reports if r.ongoing}
    return [(days, lasted) for days in sorted(so_far) if days <= lasted]


def _duration(event: Event) -> float:
    return ((event.end or event.as_of_date) - event.start).days + 1.0
