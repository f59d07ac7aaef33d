"""The answers of ``timeline`` and ``compare``: as one JSON object, and as text."""

import textwrap
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from casualty_models.cli.answer import QUANTILES, WIDTH, as_finite, seed_line, short
from casualty_models.inference import event_of, provenance
from casualty_models.summaries.comparison import prob_more
from casualty_models.summaries.evidence import QUANTITIES, toll_draws
from casualty_models.summaries.rounding import round_count
from casualty_models.summaries.tables import rounded_ends
from casualty_models.summaries.unfolding import tolls_table

if TYPE_CHECKING:
    import xarray as xr

LONGEST_CELL = 27
MOST_PAIRS = 5
NOT_CONVERGED_NOTE = "! The sampling of this row has not converged; do not use it."
DO_NOT_ADD = (
    "Do not add these numbers: medians and ends of intervals do not add up, and two events may"
    " count different things."
)


def many_as_object(results: "list[xr.DataTree]", seed: int, noticed: list[str]) -> dict[str, Any]:
    """Return several estimates as one object that is ready for JSON.

    Parameters
    ----------
    results
        What `fit_many` returned.
    seed
        The seed that repeats them all.
    noticed
        Warnings that came up on the way.

    Returns
    -------
    Keys ``estimates`` (each with ``event``, ``as_of``, ``ongoing``, ``reports``, ``killed``,
    ``wounded``, ``diagnostics``, ``warnings``), ``warnings``, ``random_seed``, ``version``.

    Examples
    --------
    >>> from casualty_models.cli.many_answer import many_as_object
    >>> answer = many_as_object([result], 1, [])
    >>> answer["estimates"][0]["as_of"], answer["estimates"][0]["killed"]["documented"]
    ('2010-06-13', 85)
    """
    rows = tolls_table(results).to_dict("records")
    estimates = []
    for position, result in enumerate(results):
        record, event = provenance(result), event_of(result)
        own = dict(zip(QUANTITIES, rows[2 * position : 2 * position + 2], strict=True))
        estimates.append(
            {
                "event": event.name,
                "as_of": event.as_of_date.isoformat(),
                "ongoing": event.ongoing,
                "reports": sum(row["reports"] for row in own.values()),
                **{q: _toll(result, q, row["documented"]) for q, row in own.items()},
                "diagnostics": record["diagnostics"],
                "warnings": [*record["diagnostics"]["advice"], *record["notes"]],
            }
        )
    version = provenance(results[0])["version"]
    answer = {"estimates": estimates, "warnings": noticed, "random_seed": seed}
    return as_finite(answer | {"version": version})


def timeline_as_text(
    results: "list[xr.DataTree]", quantity: str, seed: int, noticed: list[str]
) -> str:
    """Return the estimates of one event on several days as text.

    Parameters
    ----------
    results
        What `fit_many` returned, one result a day.
    quantity
        "killed" or "wounded".
    seed
        The seed that repeats them all.
    noticed
        Warnings that came up on the way.

    Examples
    --------
    >>> from casualty_models.cli.many_answer import timeline_as_text
    >>> print(timeline_as_text([result], "killed", 1, []))
    Osh and Jalal-Abad, June 2010
    The number killed, as it could be estimated on each day.
    <BLANKLINE>
    known by      reports   documented   median   50% interval   95% interval
    2010-06-13          1           85      310   170 to 570     55 to 1,900
    ...
    """
    head = ("known by", "reports", "documented", "median", "50% interval", "95% interval")
    rows = [
        (row["known_by"], row["reports"], row["documented"], *row["ends"], row["mark"])
        for row in _rows(results, quantity, (0.5, 0.95))
    ]
    name = textwrap.fill(short(event_of(results[0]).name), WIDTH)
    title = f"{name}\nThe number {quantity}, as it could be estimated on each day."
    meaning = "Each row rests on what had been reported by its day, and on nothing later."
    if any(event_of(result).ongoing for result in results):
        meaning += " Where the event was not over yet, it is the number by its end."
    return _text([title, _columns(head, rows, left=(0, 4, 5)), meaning], rows, seed, noticed)


def comparison_as_text(
    results: "list[xr.DataTree]", quantity: str, seed: int, noticed: list[str]
) -> str:
    """Return the estimates of several events as text.

    Parameters
    ----------
    results
        What `fit_many` returned, one result an event.
    quantity
        "killed" or "wounded".
    seed
        The seed that repeats them all.
    noticed
        Warnings that came up on the way.

    Examples
    --------
    >>> from casualty_models.cli.many_answer import comparison_as_text
    >>> print(comparison_as_text([result, result], "killed", 1, []))
    The number killed in 2 events
    <BLANKLINE>
    event                         known by     documented   median   95% interval
    Osh and Jalal-Abad, June ..   2010-06-13           85      310   55 to 1,900
    ...
    """
    head = ("event", "known by", "documented", "median", "95% interval")
    rows = [
        (_cut(row["event"]), row["known_by"], row["documented"], *row["ends"], row["mark"])
        for row in _rows(results, quantity, (0.95,))
    ]
    title = f"The number {quantity} in {len(results)} events"
    blocks = [title, _columns(head, rows, left=(0, 1, 4)), *_chances(results, quantity), DO_NOT_ADD]
    return _text(blocks, rows, seed, noticed)


def _toll(result: "xr.DataTree", quantity: str, documented: object) -> dict[str, Any]:
    values = np.quantile(toll_draws(result, quantity), QUANTILES)
    quantiles = {f"{prob:g}": float(v) for prob, v in zip(QUANTILES, values, strict=True)}
    count = documented if isinstance(documented, int) else None
    return {"documented": count, "median": quantiles["0.5"], "quantiles": quantiles}


def _rows(
    results: "list[xr.DataTree]", quantity: str, probs: tuple[float, ...]
) -> list[dict[str, Any]]:
    table = tolls_table(results, probs=probs)
    rows = []
    found = table[table["quantity"] == quantity].to_dict("records")
    for result, row in zip(results, found, strict=True):
        least = row["documented"] if isinstance(row["documented"], int) else None
        toll = rounded_ends(toll_draws(result, quantity), probs, least=least)
        ends = [f"{toll[f'lower{100 * p:g}']:,} to {toll[f'upper{100 * p:g}']:,}" for p in probs]
        rows.append(
            {
                "event": str(row["event"]),
                "known_by": str(row["known_by"]),
                "reports": str(row["reports"]),
                "documented": "no count" if least is None else f"{least:,}",
                "ends": [f"{toll['median']:,}", *ends],
                "mark": "" if row["converged"] else " !",
            }
        )
    return rows


def _columns(head: tuple[str, ...], rows: list[tuple[str, ...]], *, left: tuple[int, ...]) -> str:
    cells = [(*head, ""), *rows]
    widths = [max(len(row[column]) for row in cells) for column in range(len(head))]
    lines = []
    for row in cells:
        parts = [
            f"{cell:<{width}}" if column in left else f"{cell:>{width}}"
            for column, (cell, width) in enumerate(zip(row, widths, strict=False))
        ]
        lines.append(f"{'   '.join(parts)}{row[-1]}".rstrip())
    return "\n".join(lines)


def _cut(name: str) -> str:
    return name if len(name) <= LONGEST_CELL else f"{name[: LONGEST_CELL - 3].rstrip()} .."


def _chances(results: "list[xr.DataTree]", quantity: str) -> list[str]:
    order = sorted(results, key=lambda r: float(np.median(toll_draws(r, quantity))), reverse=True)
    pairs = list(pairwise(order))[:MOST_PAIRS]
    lines = []
    for first, second in pairs:
        names = (textwrap.shorten(event_of(each).name, 60) for each in (first, second))
        percent = round_count(100 * prob_more(first, second, quantity), 1.0)
        chance = f"{percent}%" if 1 <= percent <= 99 else "less than 1%"  # noqa: PLR2004
        chance = "more than 99%" if percent > 99 else chance  # noqa: PLR2004
        lines.append("The chance that more were {} in {} than in {}: {}.".format(
            quantity, *names, chance))  # fmt: skip
    return ["\n".join(textwrap.fill(line, WIDTH, subsequent_indent="  ") for line in lines)]


def _text(blocks: list[str], rows: list[Any], seed: int, noticed: list[str]) -> str:
    if any(row[-1] for row in rows):
        blocks = [*blocks, NOT_CONVERGED_NOTE]
    first, table, *rest = [*blocks, *noticed, seed_line(seed)]
    return "\n\n".join([first, table, *(_wrapped(block) for block in rest)])


def _wrapped(block: str) -> str:
    return block if "\n" in block else textwrap.fill(block, WIDTH)
