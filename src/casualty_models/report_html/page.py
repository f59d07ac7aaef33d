"""One self-contained HTML page of an estimate: the answer, its evidence, its limits, its making."""

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from casualty_models.checks import (
    DATA_SHARE_MEANING,
    narrowing_sentence,
    sensitivity,
    sensitivity_sentence,
)
from casualty_models.inference import event_of, provenance
from casualty_models.models.series import CLASSES, report_class
from casualty_models.priors import TollPriors, priors_table
from casualty_models.report_html.evidence import contradictions_found, estimate_rows, report_rows
from casualty_models.report_html.figures import figures
from casualty_models.report_html.tolls import range_text, toll_tables
from casualty_models.summaries.evidence import QUANTITIES
from casualty_models.summaries.people import reach_sentence, ways_divided
from casualty_models.summaries.tables import rounded_toll
from casualty_models.summaries.words import SENTENCE_PROB, day_in_words, toll_sentence

if TYPE_CHECKING:
    import xarray as xr
    from jinja2 import Environment

    from casualty_models.events import Event

EVENT_FILE = "EVENT.toml"

ENGINES = {"quick": "quick", "nutpie": "nuts"}  # what the record calls them, and the command
MANY_REPORTS = 25  # so many go to the end of the page, after the sheets that all readers want
MOST_NOTES = 8
CONTENTS = {
    "answer": "The answer",
    "limits": "What it does not include",
    "decided": "What decided it",
    "contradictions": "Contradictions",
    "figures": "Figures",
    "reports": "Reports",
    "priors": "Assumptions",
    "made": "How it was made",
}

LIMITS = (
    "People who died or were hurt indirectly (hunger, cold, disease, lack of care), unless the"
    " reports counted them.",
    "One definition of killed and wounded: each source has its own, and some count light injuries,"
    " fighters, or people who died of wounds later, where others do not.",
    "Errors that all reports share. Sources that repeat one another look like more evidence than"
    " they are.",
)
CARE = (
    "Quote the interval, never the median alone, and no more digits than are printed here. A"
    " narrow interval is no proof: it holds if the model and its priors do.",
    "Do not publish a number for a place, group or day in which so few people were hurt that they"
    " can be recognized: it can hurt the living.",
    "Do not add this to another number or compare the two unless both count the same thing.",
    "It does not say who is responsible. A gap between a count and an estimate is no proof that"
    " anybody hid something, and no name on a list is wrong because of it.",
)
UNDIVIDED = "It says nothing about places, groups or days. Do not split it over them."
NOT_OVER = "What was still to come is part of the estimate; how long it would last was not known."


def write_report(result: "xr.DataTree", path: str | Path, *, event_file: str = EVENT_FILE) -> None:
    """Write the estimate as one HTML page that fetches nothing and runs nothing.

    Parameters
    ----------
    result
        What `fit` returned.
    path
        The file to write; one that exists is replaced.
    event_file
        Name of the event file in the command that repeats the estimate.

    Examples
    --------
    >>> from casualty_models.report_html import write_report
    >>> write_report(result, "osh-2010.html")  # doctest: +SKIP
    """
    page = report_page(result, event_file=event_file)
    Path(path).write_text(page, encoding="utf-8", errors="backslashreplace", newline="\n")


def report_page(result: "xr.DataTree", *, event_file: str = EVENT_FILE) -> str:
    """Return the page of `write_report` as text.

    Parameters
    ----------
    result
        What `fit` returned.
    event_file
        Name of the event file in the command that repeats the estimate.

    Examples
    --------
    >>> from casualty_models.report_html import report_page
    >>> page = report_page(result)
    >>> "<h1>" in page, "<script" in page
    (True, False)
    """
    event, record = event_of(result), provenance(result)
    priors = TollPriors.from_dict(record["priors"]) if record["priors"] else None
    contradicted = contradictions_found(event, priors)
    long = len(event.reports) > MANY_REPORTS
    template = _environment().get_template("report.html.j2")
    return template.render(
        event=event,
        record=record,
        as_of=day_in_words(event.as_of_date),
        used=result["constant_data"].sizes["report"],
        tolls=[_toll(result, quantity) for quantity in QUANTITIES],
        tables=toll_tables(result),
        reach=reach_sentence(result),
        limits=[*LIMITS, *[NOT_OVER] * event.ongoing, *[UNDIVIDED] * (not ways_divided(result))],
        care=CARE,
        figures=figures(result, contradicted=contradicted["quantity"]),
        contents=sorted(CONTENTS.items(), key=lambda item: long and item[0] == "reports"),
        long=long,
        most_notes=MOST_NOTES,
        reports=report_rows(result),
        estimates=estimate_rows(event),
        contradicted=contradicted,
        decided=_decided(result),
        meaning=DATA_SHARE_MEANING,
        priors=_priors(event, priors, ways_divided(result)),
        convergence=_convergence(record["diagnostics"]),
        command=repeat_command(result, event_file),
    )


def repeat_command(result: "xr.DataTree", event_file: str = EVENT_FILE) -> str:
    """Return the command that repeats an estimate, ready for a shell.

    Parameters
    ----------
    result
        What `fit` returned.
    event_file
        Name of the event file.

    Examples
    --------
    >>> from casualty_models.report_html import repeat_command
    >>> repeat_command(result, "osh 2010.toml")
    "casualty-models estimate 'osh 2010.toml' ... --random-seed 1"
    """
    event, record = event_of(result), provenance(result)
    words = ["casualty-models", "estimate", event_file]
    if event.known_on is not None:
        words += ["--as-of", event.known_on.isoformat()]
    usual = {"draws": 1000, "tune": 1000, "chains": 4, "target_accept": 0.95}
    for name, default in usual.items():
        if record.get(name, default) != default:
            words += [f"--{name.replace('_', '-')}", str(record[name])]
    if record["engine"] in ENGINES:
        words += ["--engine", ENGINES[record["engine"]]]
    return shlex.join([*words, "--random-seed", str(record["random_seed"])])


def _environment() -> "Environment":
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("casualty_models"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"day": day_in_words, "words": lambda word: word.replace("_", " ")}
    return environment


def _toll(result: "xr.DataTree", quantity: str) -> dict[str, str]:
    rounded = rounded_toll(result, quantity, probs=(SENTENCE_PROB,))
    return {
        "quantity": quantity,
        "headline": range_text(rounded, SENTENCE_PROB),
        "median": f"{rounded['median']:,}",
        "sentence": toll_sentence(result, quantity),
    }


def _decided(result: "xr.DataTree") -> list[str]:
    """Return how far the reports narrowed each toll, and on which priors it still rests."""
    table = sensitivity(result)
    sentences: list[str] = []
    for quantity in QUANTITIES:
        sentences += [narrowing_sentence(result, quantity), sensitivity_sentence(table, quantity)]
    return sentences


def _priors(event: "Event", priors: TollPriors | None, ways: list[str]) -> dict[str, Any]:
    if priors is None:
        return {"rows": [], "sources": [], "changed": False}
    table = priors_table(priors, kind=event.kind, mechanism=event.mechanism)
    chosen = table["source"] == "set by the user"
    table = table[chosen | ~table["prior"].isin(_without_effect(event, ways))]
    sources = list(dict.fromkeys(table["source"]))
    rows = [
        {
            "prior": row["prior"],
            "meaning": row["meaning"],
            "range": " to ".join(dict.fromkeys((_number(row["lower90"]), _number(row["upper90"])))),
            "source": sources.index(row["source"]) + 1,
        }
        for row in table.to_dict("records")
    ]
    changed = priors != TollPriors.for_event(event.kind, event.mechanism)
    return {"rows": rows, "sources": sources, "changed": changed}


def _without_effect(event: "Event", ways: list[str]) -> set[str]:
    """Return the priors that are about what the event does not have."""
    idle = set(CLASSES) - {report_class(report) for report in event.reports}
    idle |= set() if ways else {"part_spread", "part_ratio_spread", "unnamed_part"}
    idle |= set() if "group" in ways else {"reach"}
    if not any(report.quantity == "hospitalized" for report in event.reports):
        idle.add("hospitalized_share")
    return idle


def _number(value: float) -> str:
    if abs(value) >= 1000:  # noqa: PLR2004
        return f"{value:,.0f}"
    return np.format_float_positional(value, precision=3, fractional=False, trim="-")


def _convergence(diagnostics: dict[str, Any]) -> str:
    verdict = "converged" if diagnostics["converged"] else "has not converged"
    draws = min(diagnostics["min_ess_bulk"], diagnostics["min_ess_tail"])
    return (
        f"The sampling {verdict}: {diagnostics['divergences']} divergences, R-hat at most"
        f" {diagnostics['max_rhat']:.3f}, at least {draws:,.0f} effective draws of each toll."
    )
