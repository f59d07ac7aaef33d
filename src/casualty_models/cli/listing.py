"""What the quick commands print: an event as it was read, priors, examples."""

import textwrap
from importlib import resources
from typing import TYPE_CHECKING

from casualty_models.errors import DataError

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

    from casualty_models.events import Estimate, Event, Report

WIDTH = 79
MOST_PAIRS = 5


def event_listing(event: "Event") -> str:
    """Return an event and how each of its statements was read, as text.

    Parameters
    ----------
    event
        A valid event.

    Examples
    --------
    >>> from casualty_models.cli.listing import event_listing
    >>> from casualty_models.events import Event, Report
    >>> print(event_listing(Event(name="Osh", kind="ethnic_riot", start="2010-06-10", reports=[
    ...     Report(date="2010-06-13", source="ministry", quantity="killed", says="nearly 100",
    ...            lower=85, upper=99)])))
    Osh
    ethnic_riot, mechanism not given; from 2010-06-10, not over by 2010-06-13
    <BLANKLINE>
    1. 2010-06-13, killed (count): ministry (media)
       "nearly 100" is read as 85 to 99 (range)
    """
    mechanism = event.mechanism or "mechanism not given"
    end = f"not over by {event.as_of_date}" if event.ongoing else f"to {event.end}"
    head = [_filled(event.name), _filled(f"{event.kind}, {mechanism}; from {event.start}, {end}")]
    reports = [_report_lines(number, r) for number, r in enumerate(event.reports, start=1)]
    estimates = [_estimate_lines(estimate) for estimate in event.estimates]
    return "\n\n".join(["\n".join(head), *reports, *estimates])


def contradictions_listing(event: "Event") -> str:
    """Return which statements of an event hardly go together, as text.

    Parameters
    ----------
    event
        A valid event.

    Examples
    --------
    >>> from casualty_models.cli.listing import contradictions_listing
    >>> from casualty_models.events import Event, Report
    >>> print(contradictions_listing(Event(name="Osh", kind="riot", start="2010-06-10", reports=[
    ...     Report(date=f"2010-06-{day}", source="ministry", quantity="killed", value=value)
    ...     for day, value in ((12, 971), (13, 97))])))
    Pairs of statements compared: 1. 1 cannot both be right by arithmetic alone; ...
    - "971" killed (ministry, 12 June 2010) and "97" killed (ministry, 13 June
      2010): one source's count so far went down (... standard deviations). To
      doubt first: "971" killed (ministry, 12 June 2010).
    """
    from casualty_models.checks import contradictions, contradictions_sentence

    try:
        table = contradictions(event)
    except DataError:  # one statement contradicts nothing
        return ""
    lines = [_filled(contradictions_sentence(table))]
    for words in table["words"][:MOST_PAIRS]:
        lines.append(textwrap.fill(f"- {words}", WIDTH, subsequent_indent="  "))
    if len(table) > MOST_PAIRS:
        lines.append(f"And {len(table) - MOST_PAIRS} more, less far apart.")
    return "\n".join(lines)


def priors_listing(kind: str, mechanism: str | None = None) -> str:
    """Return the priors of a kind of event, with meaning and source, as text.

    Parameters
    ----------
    kind
        One of `events.KINDS`.
    mechanism
        One of `events.MECHANISMS`, or None.

    Raises
    ------
    DataError
        If one of the two is unknown.

    Examples
    --------
    >>> from casualty_models.cli.listing import priors_listing
    >>> print(priors_listing("earthquake", "crush"))
    Priors of earthquake, crush
    ...
    """
    from casualty_models.events import KINDS, MECHANISMS
    from casualty_models.events.vocabulary import unknown_word

    if kind not in KINDS:
        raise unknown_word("kind of event", kind, KINDS).at("KIND")
    if mechanism is not None and mechanism not in MECHANISMS:
        raise unknown_word("mechanism", mechanism, MECHANISMS).at("--mechanism")
    from casualty_models.priors import priors_table

    blocks = [f"Priors of {kind}, {mechanism}" if mechanism else f"Priors of {kind}"]
    for row in priors_table(kind=kind, mechanism=mechanism).to_dict("records"):
        lower, upper = (f"{row[end]:.3g}" for end in ("lower90", "upper90"))
        held = "held fixed" if lower == upper else f"90% between {lower} and {upper}"
        lines = [row["meaning"], held, f"source: {row['source']}"]
        text = "\n".join(_filled(line, 4) for line in lines)
        blocks.append(f"{row['prior']} = {row['distribution']}\n{text}")
    return "\n\n".join(blocks)


def example_text(name: str) -> str:
    """Return the text of an event file to start from.

    Parameters
    ----------
    name
        "osh-2010", "blank" or "spreadsheet".

    Raises
    ------
    DataError
        If there is no such example.

    Examples
    --------
    >>> from casualty_models.cli.listing import example_text
    >>> example_text("blank").splitlines()[0].startswith("#")
    True
    """
    found = _examples()
    if name not in found:
        raise DataError(
            "there is no such example",
            place="NAME",
            value=name,
            remedy=f"There are {', '.join(sorted(found))}.",
        )
    return found[name].read_text(encoding="utf-8")


def example_ending(name: str) -> str:
    """Return how the name of an example's file ends.

    Examples
    --------
    >>> from casualty_models.cli.listing import example_ending
    >>> example_ending("blank"), example_ending("spreadsheet")
    ('.toml', '.csv')
    """
    return f".{_examples()[name].name.rpartition('.')[2]}"


def _examples() -> "dict[str, Traversable]":
    folder = resources.files("casualty_models.cli") / "examples"
    return {path.name.rpartition(".")[0]: path for path in folder.iterdir()}


def _report_lines(number: int, report: "Report") -> str:
    statement = report.statement
    says = f'"{report.says}"' if report.says else "the number"
    bounds = f"{statement.lower:,} to {statement.upper:,}"
    if statement.lower == statement.upper:
        bounds = f"{statement.lower:,}"
    claim = report.claim.replace("_", " ")
    lines = [
        f"{report.date}, {report.quantity} ({claim}): {report.source} ({report.source_kind})",
        f"{says} is read as {bounds} ({statement.kind.replace('_', ' ')})",
        *_remarks(report),
    ]
    indent = len(f"{number}. ")
    text = "\n".join(_filled(line, indent) for line in lines)
    return f"{number}. {text[indent:]}"


def _estimate_lines(estimate: "Estimate") -> str:
    middle = "" if estimate.median is None else f", median {estimate.median:,.0f}"
    interval = f"{100 * estimate.prob:g}% between {estimate.lower:,.0f} and {estimate.upper:,.0f}"
    method = f" ({estimate.method})" if estimate.method else ""
    head = f"{estimate.date}, killed (estimate by another method): {estimate.source}{method}"
    return "\n".join(_filled(line) for line in (head, f"   {interval}{middle}"))


def _remarks(report: "Report") -> list[str]:
    remarks = []
    if report.is_part:
        parts = {"place": report.place, "group": report.group, "period": report.period}
        named = ", ".join(f"{name} {part}" for name, part in parts.items() if part is not None)
        remarks.append(f"about a part of the event: {named}")
    if report.origin is not None:
        remarks.append(f"repeats {report.origin}: a number of one origin counts once")
    if report.retracted is not None:
        remarks.append(f"withdrawn, not used: {report.retracted}")
    if report.floor:
        remarks.append("a minimum: the toll is at least its lower bound")
    return remarks


def _filled(text: str, indent: int = 0) -> str:
    blank = " " * indent
    return textwrap.fill(text, WIDTH, initial_indent=blank, subsequent_indent=blank)
