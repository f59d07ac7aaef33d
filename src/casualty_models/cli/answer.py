"""The answer of ``estimate``: as one JSON object, and as text for an 80-column terminal."""

import math
import re
import textwrap
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import numpy as np

from casualty_models.checks import DATA_SHARE_MEANING, data_share, narrowing_sentence
from casualty_models.inference import event_of, provenance
from casualty_models.summaries.evidence import QUANTITIES, documented_count, toll_draws
from casualty_models.summaries.people import (
    parts_table,
    people_table,
    reach_sentence,
    ways_divided,
)
from casualty_models.summaries.tables import PROBS, rounded_toll
from casualty_models.summaries.words import day_in_words, toll_sentence

if TYPE_CHECKING:
    import xarray as xr

    from casualty_models.events import Event

WIDTH = 79
LONGEST_NAME = 200
MOST_NOTES = 6
QUANTILES = (0.025, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.975)

_ARGUMENT = re.compile(r"\b(target_accept|tune|draws|chains)=")


def as_object(result: "xr.DataTree", noticed: list[str]) -> dict[str, Any]:
    """Return the answer as an object that is ready for JSON.

    Numbers are not rounded; one that is not finite becomes None. ``data_share`` is that of the
    killed, always, so that it means the same for every event.

    Parameters
    ----------
    result
        What `fit` returned.
    noticed
        Warnings that came up on the way.

    Returns
    -------
    Keys ``event``, ``as_of``, ``killed``, ``wounded``, ``diagnostics``, ``data_share``,
    ``warnings`` (on convergence, on reports not used, and those that came up), ``random_seed``,
    ``version``; ``casualties`` and ``hospitalized`` where they were reported; with strata
    ``parts``, by way of dividing, part and quantity.

    Examples
    --------
    >>> from casualty_models.cli.answer import as_object
    >>> answer = as_object(result, [])
    >>> list(answer["killed"]), answer["as_of"]
    (['documented', 'median', 'quantiles'], '2010-06-13')
    """
    event, record = event_of(result), provenance(result)
    return as_finite(
        {
            "event": event.name,
            "as_of": event.as_of_date.isoformat(),
            **{quantity: _toll_object(result, quantity) for quantity in QUANTITIES},
            **_others_object(result),
            **_parts_object(result),
            "diagnostics": record["diagnostics"],
            "data_share": data_share(result)["killed"],
            "warnings": [*record["diagnostics"]["advice"], *record["notes"], *noticed],
            "random_seed": record["random_seed"],
            "version": record["version"],
        }
    )


def as_text(result: "xr.DataTree", noticed: list[str]) -> str:
    """Return the answer as text: the table, a sentence a toll, what decided it, what to know.

    Parameters
    ----------
    result
        What `fit` returned.
    noticed
        Warnings that came up on the way.

    Examples
    --------
    >>> from casualty_models.cli.answer import as_text
    >>> print(as_text(result, []))
    Osh and Jalal-Abad, June 2010
    ...
    documented ...
    """
    event, record = event_of(result), provenance(result)
    narrowed = [narrowing_sentence(result, quantity) for quantity in QUANTITIES]
    blocks = [
        f"{_wrapped(short(event.name))}\n{_wrapped(_basis(result, event))}",
        _table(result),
        *(_wrapped(toll_sentence(result, quantity)) for quantity in QUANTITIES),
        *_others(result),
        *_parts(result),
        _listed("What the reports decided:", [*narrowed, DATA_SHARE_MEANING]),
    ]
    if record["notes"]:
        blocks.append(_listed("Reports not used as they stand:", _first(record["notes"])))
    if noticed:
        blocks.append(_listed("Also:", noticed))
    blocks.append(f"{_convergence(record['diagnostics'])}\n{seed_line(record['random_seed'])}")
    return "\n\n".join(blocks)


def short(name: str) -> str:
    """Return a name cut to a length that a terminal can show.

    Examples
    --------
    >>> from casualty_models.cli.answer import short
    >>> len(short(1000 * "x"))
    200
    """
    return name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 3]}..."


def _toll_object(result: "xr.DataTree", quantity: str) -> dict[str, Any]:
    documented = documented_count(result, quantity)
    return {"documented": documented} | _quantiles(toll_draws(result, quantity))


def _quantiles(draws: np.ndarray) -> dict[str, Any]:
    values = np.quantile(draws, QUANTILES)
    quantiles = {f"{prob:g}": float(v) for prob, v in zip(QUANTILES, values, strict=True)}
    return {"median": quantiles["0.5"], "quantiles": quantiles}


def _others_object(result: "xr.DataTree") -> dict[str, Any]:
    found = {}
    if ways_divided(result) or _reported(result) & {"casualties", "hospitalized"}:
        found["casualties"] = sum(toll_draws(result, quantity) for quantity in QUANTITIES)
    if "true_hospitalized" in result["posterior"]:
        found["hospitalized"] = result["posterior"]["true_hospitalized"].values
    return {name: _quantiles(np.asarray(draws)) for name, draws in found.items()}


def _parts_object(result: "xr.DataTree") -> dict[str, Any]:
    posterior, ways = result["posterior"], ways_divided(result)
    parts = {
        way: {
            str(part): {
                quantity: _quantiles(posterior[f"true_{quantity}_by_{way}"].sel({way: part}).values)
                for quantity in QUANTITIES
            }
            for part in posterior[way].values
        }
        for way in ways
    }
    return {"parts": parts} if ways else {}


def _others(result: "xr.DataTree") -> list[str]:
    """Return a block on casualties, the hospitalized and the missing, where they were reported."""
    if not _reported(result) & {"casualties", "hospitalized", "missing"}:
        return []
    table = people_table(result)
    shown = [name for name in table.index if name not in QUANTITIES]
    lines = [f"{name.capitalize()}: {table.loc[name, 'printed']}." for name in shown]
    return [_listed("Others, who must not be added to these:", lines)]


def _reported(result: "xr.DataTree") -> set[str]:
    return {report.quantity for report in event_of(result).reports}


def _parts(result: "xr.DataTree") -> list[str]:
    """Return a block for each way in which the event is divided."""
    blocks = []
    for way in ways_divided(result):
        killed, wounded = (parts_table(result, way, quantity=q) for q in QUANTITIES)
        lines = [
            f"{part}: killed {killed.loc[part, 'printed']}, {100 * killed.loc[part, 'share']:.0f}%"
            f" of all; wounded {wounded.loc[part, 'printed']}."
            for part in killed.index
        ]
        blocks.append(_listed(f"By {way}:", lines))
    said = reach_sentence(result)
    return [*blocks, *([_wrapped(f"{said} {_decided(result)}")] if said else [])]


def _decided(result: "xr.DataTree") -> str:
    """Return how far the reports narrowed the reach of the groups."""
    shares = data_share(result)
    told = [
        f"{name.removeprefix('reach[').removesuffix(']')} {100 * share:.0f}%"
        for name, share in shares.items()
        if name.startswith("reach[")
    ]
    return f"The reports narrowed its range by: {', '.join(told)}."


def as_finite(value: Any) -> Any:  # noqa: ANN401
    """Return a value in which numbers that JSON cannot hold have become None.

    Examples
    --------
    >>> from casualty_models.cli.answer import as_finite
    >>> as_finite({"max_rhat": float("nan"), "draws": [1.0]})
    {'max_rhat': None, 'draws': [1.0]}
    """
    if isinstance(value, dict):
        return {key: as_finite(item) for key, item in value.items()}
    if isinstance(value, list):
        return [as_finite(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _basis(result: "xr.DataTree", event: "Event") -> str:
    used, given = result["constant_data"].sizes["report"], len(event.reports)
    reports = f"{given} report{'s' * (given != 1)}"
    if used != given:
        reports = f"{used} of {reports}"
    state = "the event was not over" if event.ongoing else "the event was over"
    return f"Estimate from {reports}, as of {day_in_words(event.as_of_date)}; {state}."


def _table(result: "xr.DataTree") -> str:
    rows = [("", *QUANTITIES), ("documented", *(_documented(result, q) for q in QUANTITIES))]
    tolls = [rounded_toll(result, quantity) for quantity in QUANTITIES]
    rows.append(("median", *(f"{toll['median']:,}" for toll in tolls)))
    for prob in PROBS:
        percent = f"{100 * prob:g}"
        ends = (f"{t[f'lower{percent}']:,} to {t[f'upper{percent}']:,}" for t in tolls)
        rows.append((f"{percent}% interval", *ends))
    widths = [max(len(row[column]) for row in rows) for column in (1, 2)]
    return "\n".join(
        f"{label:<16}{killed:>{widths[0]}}   {wounded:>{widths[1]}}"
        for label, killed, wounded in rows
    )


def _documented(result: "xr.DataTree", quantity: str) -> str:
    count = documented_count(result, quantity)
    return "no count" if count is None else f"{count:,}"


def _convergence(diagnostics: dict[str, Any]) -> str:
    if not diagnostics["converged"]:
        advice = [_as_options(sentence) for sentence in diagnostics["advice"]]
        return _listed("The sampling has NOT converged; do not use this answer:", advice)
    draws = min(diagnostics["min_ess_bulk"], diagnostics["min_ess_tail"])
    return _wrapped(
        f"Sampling converged: {diagnostics['divergences']} divergences, R-hat at most"
        f" {diagnostics['max_rhat']:.3f}, {draws:,.0f} effective draws or more."
    )


def _as_options(advice: str) -> str:
    """Return advice on arguments of `fit` as advice on the options of the command."""
    return _ARGUMENT.sub(lambda found: f"--{found[1].replace('_', '-')} ", advice)


def seed_line(seed: int) -> str:
    """Return how to repeat an answer.

    Examples
    --------
    >>> from casualty_models.cli.answer import seed_line
    >>> seed_line(7)
    'Random seed 7; --random-seed 7 repeats it (version ...).'
    """
    release = version("casualty-models")
    return f"Random seed {seed}; --random-seed {seed} repeats it (version {release})."


def _first(notes: list[str]) -> list[str]:
    if len(notes) <= MOST_NOTES:
        return notes
    more = f"And {len(notes) - MOST_NOTES + 1} more; --json and --report hold them all."
    return [*notes[: MOST_NOTES - 1], more]


def _listed(title: str, sentences: list[str]) -> str:
    items = [
        textwrap.fill(sentence, WIDTH, initial_indent="- ", subsequent_indent="  ")
        for sentence in sentences
    ]
    return "\n".join([title, *items])


def _wrapped(text: str) -> str:
    return textwrap.fill(text, WIDTH)
