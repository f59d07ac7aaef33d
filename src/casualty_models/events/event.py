"""An event and what was reported about it."""

import dataclasses
import datetime
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from casualty_models.errors import DataError
from casualty_models.events.estimate import Estimate, estimates_from
from casualty_models.events.fields import (
    Rule,
    apply_rules,
    as_day,
    as_text,
    instance_of,
    list_of,
    one_of,
    optional,
)
from casualty_models.events.reference import REFERENCE_KEYS, Reference
from casualty_models.events.report import REPORT_KEYS, Report, is_sourced
from casualty_models.events.rows import Row, fields_set, from_row, tables_in
from casualty_models.events.strata import Strata, strata_from
from casualty_models.events.timeline import check_timeline, end_known_on, known_by
from casualty_models.events.vocabulary import KINDS, MECHANISMS

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["EVENT_KEYS", "Event", "event_from_rows"]

_RULES: dict[str, Rule] = {
    "name": as_text,
    "kind": one_of("kind of event", KINDS, remedy='Use "other" when none of them fits.'),
    "start": as_day,
    "end": optional(as_day),
    "mechanism": optional(
        one_of("mechanism", MECHANISMS, remedy="Leave it out when it is not known.")
    ),
    "country": optional(as_text),
    "url": optional(as_text),
    "id": lambda value: value if value == "" else as_text(value),
    "reports": list_of(Report),
    "known_on": optional(as_day),
    "reference": optional(instance_of(Reference)),
    "estimates": list_of(Estimate),
    "strata": optional(instance_of(Strata)),
    "left_out": list_of(str),
}

EVENT_KEYS = ("name", "kind", "start", "end", "mechanism", "country", "url", "id")
_AS_WRITTEN = "Give the text that Event.to_json wrote."


@dataclass(frozen=True, kw_only=True)
class Event:
    """An event with everything that was reported about it.

    Parameters
    ----------
    name
        What to call it.
    kind
        One of ``KINDS``.
    start, end
        First and last day of the violence or danger; `end` is None while it goes on. Text such
        as ``"2010-06-10"`` is accepted.
    mechanism
        One of ``MECHANISMS``: what killed most of the dead; None when not known.
    country
        Where it happened.
    reports
        The reports, as a list or tuple; they are kept in order of their dates.
    known_on
        The day up to which reports were seen; set by `as_of`.
    reference
        The settled toll, for an event of the past.
    id, url
        The `event_id` of a table; where the event itself is described.
    estimates
        Estimates of the whole toll by other methods, each an `Estimate`.
    strata
        The parts of the event, as `Strata`: reports about them are evidence then.
    left_out
        One sentence for each row of a table that `read_events` could not read.

    Raises
    ------
    DataError
        When a field breaks its rule, a report is dated before the start or repeats another.

    Examples
    --------
    >>> import casualty_models.events as cme
    >>> report = cme.Report(date="2010-06-13", source="AP", quantity="killed", lower=80, upper=120)
    >>> event = cme.Event(name="Osh", kind="ethnic_riot", start="2010-06-10", reports=[report])
    >>> event.as_of_date
    datetime.date(2010, 6, 13)
    >>> event.ongoing
    True
    """

    name: str
    kind: str
    start: datetime.date
    end: datetime.date | None = None
    mechanism: str | None = None
    country: str | None = None
    reports: tuple[Report, ...] = ()
    known_on: datetime.date | None = None
    reference: Reference | None = None
    id: str = ""
    url: str | None = None
    estimates: tuple[Estimate, ...] = ()
    strata: Strata | None = None
    left_out: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        apply_rules(self, _RULES)
        if self.end is not None and self.end < self.start:
            raise DataError(
                f"the event ends before it starts ({self.start})",
                place="end",
                value=self.end.isoformat(),
                remedy="Correct one of the two, or leave end out while the violence goes on.",
            )
        rows = [Row(f"report {n}") for n in range(1, len(self.reports) + 1)]
        check_timeline(self.reports, rows, start=self.start, known_on=self.known_on)
        by_date = tuple(sorted(self.reports, key=lambda report: report.date))
        object.__setattr__(self, "reports", by_date)

    @property
    def ongoing(self) -> bool:
        """Whether the violence goes on, as far as is known."""
        return self.end is None

    @property
    def as_of_date(self) -> datetime.date:
        """The day up to which reports were seen: `known_on`, else the last report's, else start."""
        if self.known_on is not None:
            return self.known_on
        return self.reports[-1].date if self.reports else self.start

    @property
    def sourced(self) -> bool:
        """Whether the event was read on a page, and not taken from background knowledge."""
        return is_sourced(self.url)

    def as_of(self, date: datetime.date | str) -> "Event":
        """Return the event as it was known at the end of a day.

        Later reports and the reference toll are gone. The end of the event is kept when it had
        come, unless the last report after it still calls the danger ongoing; when the last report
        that says so calls it over, the event has ended by that day.

        Parameters
        ----------
        date
            The day. A day after `known_on` tells no more than `known_on` does.

        Returns
        -------
        Event
            With `known_on` set.

        Raises
        ------
        DataError
            When there is no report by that day.

        Examples
        --------
        >>> from casualty_models.datasets import load_osh_2010
        >>> then = load_osh_2010().as_of("2010-06-13")
        >>> then.ongoing, then.as_of_date
        (True, datetime.date(2010, 6, 13))
        """
        try:
            day = as_day(date)
        except DataError as error:
            raise error.at("as_of") from None
        if self.known_on is not None:
            day = min(day, self.known_on)
        kept = known_by(day, self.reports)
        known: dict[str, Any] = {
            "reports": kept,
            "estimates": tuple(each for each in self.estimates if each.date <= day),
            "end": end_known_on(day, self.end, kept),
        }
        return dataclasses.replace(self, **known, known_on=day, reference=None)

    def to_frame(self) -> "pd.DataFrame":
        """Return the reports as a table, one row a report.

        Returns
        -------
        pandas.DataFrame
            The fields of `Report`, where `lower` and `upper` are the bounds of the statement and
            `kind` is its kind. `from_frame` reads it back to the same bounds.

        Examples
        --------
        >>> import casualty_models.events as cme
        >>> report = cme.Report(date="2010-06-13", source="AP", quantity="killed", value=97)
        >>> event = cme.Event(name="Osh", kind="ethnic_riot", start="2010-06-10", reports=[report])
        >>> event.to_frame()[["source", "quantity", "lower", "upper", "kind"]]
          source quantity  lower  upper   kind
        0     AP   killed     97     97  exact
        """
        import pandas as pd

        rows = [_in_table(report) for report in self.reports]
        frame = pd.DataFrame(rows, columns=[*REPORT_KEYS, "kind"])
        return frame.assign(date=pd.to_datetime(frame["date"]))

    def to_json(self) -> str:
        """Return the event as JSON text, without the fields that are not set.

        Examples
        --------
        >>> import casualty_models.events as cme
        >>> cme.Event(name="Osh", kind="ethnic_riot", start="2010-06-10").to_json()
        '{"name": "Osh", "kind": "ethnic_riot", "start": "2010-06-10"}'
        """
        return json.dumps(fields_set(self), default=_jsonable, ensure_ascii=False)

    @staticmethod
    def from_json(text: str) -> "Event":
        """Return the event that `to_json` wrote.

        Parameters
        ----------
        text
            JSON text; the event is validated anew.

        Raises
        ------
        DataError
            When the text is no JSON, or no event.

        Examples
        --------
        >>> import casualty_models.events as cme
        >>> event = cme.Event(name="Osh", kind="ethnic_riot", start="2010-06-10")
        >>> cme.Event.from_json(event.to_json()) == event
        True
        """
        try:
            values = json.loads(text)
        except (TypeError, ValueError, RecursionError) as error:
            raise DataError(f"the text is not JSON: {error}", remedy=_AS_WRITTEN) from None
        if not isinstance(values, dict):
            raise DataError("the JSON text is not an object", remedy=_AS_WRITTEN)
        tables = tables_in(values, "reports", remedy=_AS_WRITTEN)
        rows = [Row(f"report {n}", table) for n, table in enumerate(tables, start=1)]
        head = {key: value for key, value in values.items() if key != "reports"}
        if "estimates" in head:
            head["estimates"] = estimates_from(head, "estimates", remedy=_AS_WRITTEN)
        if "strata" in head:
            head["strata"] = strata_from(head["strata"], remedy=_AS_WRITTEN)
        if isinstance(head.get("reference"), dict):
            row = Row("reference", head["reference"])
            head["reference"] = from_row(Reference, row, REFERENCE_KEYS)
        return event_from_rows(Row("event", head), rows)


def event_from_rows(head: Row, rows: Sequence[Row], keys: Iterable[str] = tuple(_RULES)) -> Event:
    """Make an event from its own row and the rows of its reports.

    Parameters
    ----------
    head
        The event's fields.
    rows
        The fields of each report.
    keys
        The fields that the event may have here.

    Raises
    ------
    DataError
        With the place of the row at fault.
    """
    event = from_row(Event, head, keys)
    reports = tuple(from_row(Report, row, REPORT_KEYS) for row in rows)
    check_timeline(reports, rows, start=event.start, known_on=event.known_on)
    return dataclasses.replace(event, reports=reports)


def _in_table(report: Report) -> dict[str, Any]:
    said = report.statement
    values = {key: getattr(report, key) for key in REPORT_KEYS}
    return {**values, "lower": said.lower, "upper": said.upper, "kind": said.kind}


def _jsonable(value: Any) -> Any:  # noqa: ANN401
    return value.isoformat() if isinstance(value, datetime.date) else fields_set(value)
