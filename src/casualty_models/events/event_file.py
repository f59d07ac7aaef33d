"""One event from one TOML file."""

import dataclasses
import os
import re
import tomllib
from collections.abc import Mapping
from typing import Any

from casualty_models.errors import DataError
from casualty_models.events.estimate import estimates_from
from casualty_models.events.event import EVENT_KEYS, Event, event_from_rows
from casualty_models.events.files import named, read_text
from casualty_models.events.rows import Row, tables_in
from casualty_models.events.strata import strata_from
from casualty_models.events.vocabulary import unknown_word

__all__ = ["read_event"]

_SECTIONS = ("event", "report", "estimate", "strata")
_HEADERS = {
    "event": re.compile(r"""[ \t]*\[[ \t]*(event|"event"|'event')[ \t]*\]"""),
    "report": re.compile(r"""[ \t]*\[\[[ \t]*(report|"report"|'report')[ \t]*\]\]"""),
}
_POSITION = re.compile(r" \(at (line \d+, column \d+|end of document)\)$")
_EACH_REPORT = "Head each report with a line [[report]]."
_STRATA = "Head it with a line [strata]."
_EACH_ESTIMATE = "Head each estimate with a line [[estimate]]."


def read_event(path: str | os.PathLike[str]) -> Event:
    """Read an event and its reports from a TOML file.

    The file has one table ``[event]`` (name, kind, start; end, mechanism, country, url, id) and
    a table ``[[report]]`` for each report, with the fields of `Report`; and a table
    ``[[estimate]]`` for each estimate by another method, with the fields of `Estimate`. A table
    ``[strata]`` names the parts of the event that reports may be about, with those of `Strata`.

    Parameters
    ----------
    path
        The file: UTF-8, at most 20 MB.

    Returns
    -------
    Event
        The event.

    Raises
    ------
    DataError
        Naming the file, the report and its line, the field, the value, the rule and the remedy.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> text = '''
    ... [event]
    ... name = "Osh and Jalal-Abad, June 2010"
    ... kind = "ethnic_riot"
    ... start = 2010-06-10
    ...
    ... [[report]]
    ... date = 2010-06-13
    ... source = "Health Ministry"
    ... source_kind = "health_ministry"
    ... quantity = "killed"
    ... value = 97
    ... '''
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder) / "osh.toml"
    ...     _ = path.write_text(text, encoding="utf-8")
    ...     event = read_event(path)
    >>> event.reports[0].value
    97.0
    """
    text = read_text(path)
    try:
        return _event(text)
    except DataError as error:
        raise error.at(named(path)) from None


def _event(text: str) -> Event:
    values = _parsed(text)
    for key in values:
        if key not in _SECTIONS:
            raise unknown_word("section", key, _SECTIONS)
    head = _event_table(values)
    reports = tables_in(values, "report", remedy=_EACH_REPORT)
    if not reports:
        raise DataError("there are no reports", remedy=_EACH_REPORT)
    (place,) = _places(text, "event", ["event"])
    places = _places(text, "report", [f"report {n}" for n in range(1, len(reports) + 1)])
    rows = [Row(each, report) for each, report in zip(places, reports, strict=True)]
    event = event_from_rows(Row(place, head), rows, EVENT_KEYS)
    estimates = estimates_from(values, "estimate", remedy=_EACH_ESTIMATE)
    strata = strata_from(values["strata"], remedy=_STRATA) if "strata" in values else None
    return dataclasses.replace(event, estimates=estimates, strata=strata)


def _parsed(text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        message = str(error)
        found = _POSITION.search(message)
        position = found[1] if found else ""
        raise DataError(
            f"not valid TOML: {_POSITION.sub('', message)}",
            place=position,
            remedy=f"{_quoted_line(text, position)}Put words in quotes, write dates as 2010-06-13.",
        ) from None
    except (ValueError, RecursionError) as error:
        raise DataError(
            f"not valid TOML: {error}", remedy="Shorten the number or the nested list."
        ) from None


def _quoted_line(text: str, position: str) -> str:
    number = re.match(r"line (\d+)", position)
    if number is None:
        return ""
    line = text.split("\n")[int(number[1]) - 1].strip()
    return f"The line reads {line[:80]!r}. " if line else ""


def _event_table(values: Mapping[str, Any]) -> Mapping[str, Any]:
    head = values.get("event")
    if head is None:
        raise DataError(
            "is missing", place="event", remedy="Begin the file with [event], name, kind and start."
        )
    if not isinstance(head, Mapping):
        raise DataError("must be one table", place="event", remedy="Head it with a line [event].")
    return head


def _places(text: str, section: str, names: list[str]) -> list[str]:
    header = _HEADERS[section]
    lines = [n for n, line in enumerate(text.split("\n"), start=1) if header.match(line)]
    if len(lines) != len(names):  # written inline, or such a header stands within a long text
        return names
    return [f"{name} (line {line})" for name, line in zip(names, lines, strict=True)]
