"""One self-contained HTML page of an estimate: the answer, its evidence, its limits, its making."""

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any

from casualty_models.checks import DATA_SHARE_MEANING, narrowing_sentence
from casualty_models.inference import event_of, provenance
from casualty_models.priors import TollPriors, priors_table
from casualty_models.report_html.figures import figures
from casualty_models.summaries.evidence import QUANTITIES, documented_count
from casualty_models.summaries.tables import PROBS, rounded_toll
from casualty_models.summaries.words import SENTENCE_PROB, day_in_words, toll_sentence

if TYPE_CHECKING:
    import xarray as xr
    from jinja2 import Environment

    from casualty_models.events import Event, Report

EVENT_FILE = "EVENT.toml"
PARTS = ("place", "group", "period")

LIMITS = (
    "People who died or were hurt indirectly (hunger, cold, disease, lack of care), unless the"
    " reports counted them.",
    "One definition of killed and wounded: each source has its own, and some count light injuries,"
    " fighters, or people who died of wounds later, where others do not.",
    "Errors that all reports share. Sources that repeat one another look like more evidence than"
    " they are.",
    "How the toll divides over places, groups or days. Do not split it, and do not publish numbers"
    " for groups so small that their members can be recognized.",
    "Who is responsible. A gap between a count and an estimate is no proof that anybody hid"
    " something.",
)
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
    template = _environment().get_template("report.html.j2")
    return template.render(
        event=event,
        record=record,
        as_of=day_in_words(event.as_of_date),
        used=result["constant_data"].sizes["report"],
        tolls=[_toll(result, quantity) for quantity in QUANTITIES],
        table=_table(result),
        limits=[*LIMITS, *[NOT_OVER] * event.ongoing],
        figures=figures(result),
        reports=_report_rows(result, event),
        narrowed=[narrowing_sentence(result, quantity) for quantity in QUANTITIES],
        meaning=DATA_SHARE_MEANING,
        priors=_priors(event, record["priors"]),
        changed=_changed(event, record["priors"]),
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
        "headline": _range(rounded, SENTENCE_PROB),
        "median": f"{rounded['median']:,}",
        "sentence": toll_sentence(result, quantity),
    }


def _table(result: "xr.DataTree") -> list[tuple[str, list[str]]]:
    counts = [documented_count(result, quantity) for quantity in QUANTITIES]
    tolls = [rounded_toll(result, quantity) for quantity in QUANTITIES]
    return [
        ("Documented", ["no count" if count is None else f"{count:,}" for count in counts]),
        ("Median", [f"{toll['median']:,}" for toll in tolls]),
        *((f"{100 * p:g}% interval", [_range(toll, p) for toll in tolls]) for p in PROBS),
    ]


def _range(rounded: dict[str, int], prob: float) -> str:
    return " to ".join(f"{rounded[f'{end}{100 * prob:g}']:,}" for end in ("lower", "upper"))


def _report_rows(result: "xr.DataTree", event: "Event") -> list[dict[str, Any]]:
    used = {int(position) for position in result["constant_data"]["report"].values}
    return [_report_row(report, number in used) for number, report in enumerate(event.reports)]


def _report_row(report: "Report", used: bool) -> dict[str, Any]:
    bounds = dict.fromkeys((report.statement.lower, report.statement.upper))
    named = [getattr(report, part) for part in PARTS if getattr(report, part) is not None]
    safe = report.url is not None and report.url.startswith(("https://", "http://"))
    use = report.claim.replace("_", " ") if used else "not used"
    return {
        "date": report.date.isoformat(),
        "source": report.source,
        "source_kind": report.source_kind.replace("_", " "),
        "url": report.url if safe else None,
        "says": f"“{report.says}”" if report.says else report.statement.text,
        "quantity": report.quantity,
        "part": ", ".join(named),
        "bounds": " to ".join(f"{bound:,}" for bound in bounds),
        "use": f"{use}, as a minimum" if report.floor else use,
    }


def _priors(event: "Event", priors: dict[str, Any]) -> dict[str, list[Any]]:
    if not priors:
        return {"rows": [], "sources": []}
    known = TollPriors.from_dict(priors)
    table = priors_table(known, kind=event.kind, mechanism=event.mechanism)
    sources = list(dict.fromkeys(table["source"]))
    rows = [
        {
            "prior": str(row.prior),
            "meaning": str(row.meaning),
            "range": " to ".join(dict.fromkeys((_number(row.lower90), _number(row.upper90)))),
            "source": sources.index(row.source) + 1,
        }
        for row in table.itertuples()
    ]
    return {"rows": rows, "sources": sources}


def _changed(event: "Event", priors: dict[str, Any]) -> bool:
    usual = TollPriors.for_event(event.kind, event.mechanism)
    return bool(priors) and TollPriors.from_dict(priors) != usual


def _number(value: Any) -> str:  # noqa: ANN401
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"  # noqa: PLR2004


def _convergence(diagnostics: dict[str, Any]) -> str:
    verdict = "converged" if diagnostics["converged"] else "has not converged"
    draws = min(diagnostics["min_ess_bulk"], diagnostics["min_ess_tail"])
    return (
        f"The sampling {verdict}: {diagnostics['divergences']} divergences, R-hat at most"
        f" {diagnostics['max_rhat']:.3f}, at least {draws:,.0f} effective draws of each toll."
    )
