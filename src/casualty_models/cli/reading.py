"""From the files named on the command line to events that a model can use."""

from pathlib import Path
from typing import TYPE_CHECKING

from casualty_models.errors import DataError

if TYPE_CHECKING:
    import datetime

    from casualty_models.events import Event

TABLES = (".csv", ".tsv", ".xlsx", ".xlsm")


def read_one(file: Path, as_of: str | None = None) -> "Event":
    """Return the event of a file, as it was known on a day.

    Parameters
    ----------
    file
        An event file (TOML), or a table of the reports of one event.
    as_of
        The day, year-month-day; None for all that is known.

    Raises
    ------
    DataError
        If the file cannot be used, a table holds several events, or no report is that early.

    Examples
    --------
    >>> from casualty_models.cli.reading import read_one
    >>> read_one("missing.toml")
    Traceback (most recent call last):
        ...
    casualty_models.errors.DataError: missing.toml: there is no such file. Check the name and ...
    """
    events = read_all(file)
    if len(events) != 1:
        raise DataError(
            f"the table holds {len(events)} events",
            place=str(file),
            remedy="Give the reports of one event here; `casualty-models compare` takes several.",
        )
    return events[0] if as_of is None else known_on(events[0], as_of, "--as-of")


def read_all(file: Path) -> "list[Event]":
    """Return the events of a file: one of an event file, or those of a table.

    Parameters
    ----------
    file
        An event file (TOML) or a table.

    Raises
    ------
    DataError
        If the file cannot be used.

    Examples
    --------
    >>> from casualty_models.cli.reading import read_all
    >>> read_all("missing.csv")
    Traceback (most recent call last):
        ...
    casualty_models.errors.DataError: missing.csv: there is no such file. Check the name and ...
    """
    from casualty_models.events import read_event, read_events

    if Path(file).suffix.lower() in TABLES:
        return read_events(file, on_unreadable="raise")
    return [read_event(file)]


def known_on(event: "Event", day: "str | datetime.date", option: str) -> "Event":
    """Return an event as it was known on a day that an option names.

    Parameters
    ----------
    event
        The event.
    day
        The day.
    option
        What to call the option in a message.

    Raises
    ------
    DataError
        If it is no day, or no report is that early.

    Examples
    --------
    >>> from casualty_models.cli.reading import known_on
    >>> from casualty_models.datasets import load_osh_2010
    >>> known_on(load_osh_2010(), "2010-06-13", "--as-of").ongoing
    True
    """
    try:
        return event.as_of(day)
    except DataError as error:
        raise DataError(error.rule, place=option, value=error.value, remedy=error.remedy) from None


def usable(event: "Event", place: str) -> "Event":
    """Return the event, if a model can use a report of it.

    Parameters
    ----------
    event
        The event.
    place
        What to call it in a message.

    Raises
    ------
    DataError
        If no report gives a number killed or wounded in the whole event.

    Examples
    --------
    >>> from casualty_models.cli.reading import usable
    >>> from casualty_models.datasets import load_osh_2010
    >>> usable(load_osh_2010(), "osh-2010.toml").kind
    'ethnic_riot'
    """
    from casualty_models.models.report_table import report_table

    try:
        report_table(event)
    except DataError as error:
        raise DataError(error.rule, place=place, remedy=error.remedy) from None
    return event
