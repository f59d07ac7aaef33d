"""What a page shows of the evidence: reports, estimates by others, and what contradicts what."""

from typing import TYPE_CHECKING, Any

import pandas as pd

from casualty_models.checks import contradictions, contradictions_sentence
from casualty_models.errors import DataError
from casualty_models.inference import event_of
from casualty_models.summaries.evidence import QUANTITIES
from casualty_models.summaries.words import day_in_words

if TYPE_CHECKING:
    import xarray as xr

    from casualty_models.events import Estimate, Event, Report
    from casualty_models.priors import TollPriors

PARTS = ("place", "group", "period")
MOST_PAIRS = 5
ONE_STATEMENT = "There are no two statements that could contradict each other."


def report_rows(result: "xr.DataTree") -> list[dict[str, Any]]:
    """Return the reports of a result, each as the cells of a row.

    Parameters
    ----------
    result
        What `fit` returned.

    Examples
    --------
    >>> from casualty_models.report_html.evidence import report_rows
    >>> row = report_rows(result)[1]
    >>> row["date"], row["says"], row["bounds"], row["use"]
    ('2010-06-13', '“neared 100”', '85 to 99', 'count')
    """
    used = {int(position) for position in result["constant_data"]["report"].values}
    reports = event_of(result).reports
    return [_report_row(report, number in used) for number, report in enumerate(reports)]


def estimate_rows(event: "Event") -> list[dict[str, Any]]:
    """Return the estimates that others made by other methods, each as the cells of a row.

    Parameters
    ----------
    event
        The event.

    Examples
    --------
    >>> from casualty_models.events import Estimate, Event
    >>> from casualty_models.report_html.evidence import estimate_rows
    >>> lists = Estimate(date="2000-01-03", source="Ball", lower=9002, upper=12122, method="lists")
    >>> event = Event(name="example", kind="riot", start="1999-03-20", estimates=[lists])
    >>> [(row["source"], row["range"], row["method"]) for row in estimate_rows(event)]
    [('Ball', '9,002 to 12,122 (95%)', 'lists')]
    """
    return [_estimate_row(estimate) for estimate in event.estimates]


def contradictions_found(event: "Event", priors: "TollPriors | None" = None) -> dict[str, Any]:
    """Return what contradicts what: a sentence, and the worst pairs of statements.

    Parameters
    ----------
    event
        The event.
    priors
        Those that the event was fitted with; by default those of its kind and mechanism.

    Returns
    -------
    ``sentence``; ``pairs``, a list of dictionaries of text: ``first``, ``second``, ``why``,
    ``distance``, and ``doubt``, which of the two to doubt first, or None where nothing tells;
    ``more``, the number of pairs that are left out; ``quantity``, what the first pair is about
    that can be drawn, or None.

    Examples
    --------
    >>> from casualty_models.inference import event_of
    >>> from casualty_models.report_html.evidence import contradictions_found
    >>> contradictions_found(event_of(result))["pairs"]
    []
    """
    try:
        table = contradictions(event, priors)
    except DataError:
        return {"sentence": ONE_STATEMENT, "pairs": [], "more": 0, "quantity": None}
    rows = table.to_dict("records")
    about = [{event.reports[row[end]].quantity for end in ("first", "second")} for row in rows]
    pairs = [
        {
            "first": statement_in_words(event.reports[row["first"]]),
            "second": statement_in_words(event.reports[row["second"]]),
            "why": row["why"],
            "distance": f"{row['sds']:.1f}",
            "doubt": _doubted(row),
        }
        for row in rows[:MOST_PAIRS]
    ]
    return {
        "sentence": contradictions_sentence(table),
        "pairs": pairs,
        "more": len(rows) - len(pairs),
        "quantity": next((q for q in QUANTITIES if {q} in about), None),
    }


def statement_in_words(report: "Report") -> str:
    """Return who said what, and when.

    Parameters
    ----------
    report
        A report.

    Examples
    --------
    >>> from casualty_models.events import Report
    >>> from casualty_models.report_html.evidence import statement_in_words
    >>> statement_in_words(Report(date="2010-06-13", source="AP", quantity="killed", value=97))
    '“97” killed, AP, 13 June 2010'
    """
    said = report.says or report.statement.text
    named = [getattr(report, part) for part in PARTS if getattr(report, part) is not None]
    words = [f"“{said}” {report.quantity}", *named, report.source, day_in_words(report.date)]
    return ", ".join(words)


def _doubted(row: dict[Any, Any]) -> str | None:
    if pd.isna(row["doubt"]):
        return None
    return "the first" if row["doubt"] == row["first"] else "the second"


def _report_row(report: "Report", used: bool) -> dict[str, Any]:
    bounds = dict.fromkeys((report.statement.lower, report.statement.upper))
    named = [getattr(report, part) for part in PARTS if getattr(report, part) is not None]
    return {
        "date": report.date.isoformat(),
        "source": report.source,
        "source_kind": report.source_kind.replace("_", " "),
        "url": _web_address(report.url),
        "says": f"“{report.says}”" if report.says else report.statement.text,
        "quantity": report.quantity,
        "part": ", ".join(named),
        "bounds": " to ".join(f"{bound:,}" for bound in bounds),
        "use": _use(report, used),
        "origin": report.origin,
        "retracted": report.retracted,
    }


def _use(report: "Report", used: bool) -> str:
    if report.retracted:
        return "withdrawn, not used"
    if used:
        claim = report.claim.replace("_", " ")
        return f"{claim}, as a minimum" if report.floor else claim
    if report.is_part:
        return "about a part, as a minimum" if report.floor else "not used: about a part"
    return "not used"


def _estimate_row(estimate: "Estimate") -> dict[str, Any]:
    about = [getattr(estimate, part) for part in PARTS if getattr(estimate, part) is not None]
    people = "" if estimate.people == "all" else estimate.people
    cause = "deaths of every cause" if estimate.cause == "all" else ""
    return {
        "date": estimate.date.isoformat(),
        "source": estimate.source,
        "url": _web_address(estimate.url),
        "method": estimate.method or "method not given",
        "about": ", ".join(filter(None, (people, cause, *about))),
        "median": "" if estimate.median is None else f"median {estimate.median:,.0f}",
        "range": f"{estimate.lower:,.0f} to {estimate.upper:,.0f} ({100 * estimate.prob:g}%)",
    }


def _web_address(url: str | None) -> str | None:
    safe = url is not None and url.startswith(("https://", "http://"))
    return url if safe else None
