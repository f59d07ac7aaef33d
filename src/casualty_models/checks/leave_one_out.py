"""How the answer moves when one source is left out, with all that it ever said."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from casualty_models.batch import fit_many
from casualty_models.checks.who import source_name
from casualty_models.errors import DataError
from casualty_models.models.cells import scope_of
from casualty_models.models.report_table import report_table
from casualty_models.summaries.evidence import QUANTITIES, toll_draws
from casualty_models.summaries.tables import PROBS, printed, quantile_columns, rounded_ends

if TYPE_CHECKING:
    import xarray as xr

    from casualty_models.events import Event, Report
    from casualty_models.priors import TollPriors

ALL = ""
MOST_SOURCES = 30
SAME = 0.1  # log scale: less than ten percent
MUCH_WIDER = 1.5  # times, on a log scale
GROUPINGS: dict[str, "Callable[[Report], str]"] = {
    "source": source_name,
    "kind": lambda report: report.source_kind,
}


def leave_one_source_out(
    event: "Event",
    priors: "TollPriors | None" = None,
    *,
    by: "str | Callable[[Report], str]" = "source",
    probs: Iterable[float] = PROBS,
    random_seed: int | None = None,
    **settings: Any,  # noqa: ANN401
) -> pd.DataFrame:
    """Return the answer without each source in turn, beside the answer from all.

    A source goes with all its bulletins. To leave out a single one of a series would tell nothing:
    its neighbors say nearly the same. Where many outlets pass on one bulletin, leaving one outlet
    out tells nothing either; then ``by="kind"`` leaves out all officials, all media and so on.
    Days, and how long nothing newer was said, stay as they are. An estimate by another method is
    a source of its own.

    Parameters
    ----------
    event
        The reports.
    priors
        By default those of the event's kind and mechanism.
    by
        "source" (see `source_name`), "kind" of source, or a function from a report to a name.
    probs
        Probabilities of the intervals.
    random_seed
        One seed for all fits.
    **settings
        Of `fit_many`, such as ``draws=500`` or ``engine="quick"``.

    Returns
    -------
    Two rows, killed and wounded, for all sources together (``without`` is empty) and for each that
    was left out. Columns: ``without``; ``quantity``; ``reports``, how many went with it;
    ``median``, ``lower50``, ``upper50`` and so on; ``printed``; ``factor``, the median as a
    multiple of that from all sources; ``wider``, the width of the widest interval likewise, on a
    log scale; ``words``. Where nothing usable is left without a source, the numbers are missing.

    Raises
    ------
    DataError
        If the grouping is unknown, or there are fewer than 2 sources or more than 30.

    Notes
    -----
    The difference between two rows is not the opinion of the source, which `source_table` gives; it
    is what the answer owes to it.

    Examples
    --------
    >>> from casualty_models.checks import leave_one_source_out
    >>> table = leave_one_source_out(event, by="kind", random_seed=1)  # doctest: +SKIP
    >>> table.loc[table["quantity"] == "killed", ["without", "printed", "factor"]]
    ... # doctest: +SKIP
    """
    probs = tuple(probs)
    name_of = _grouping(by)
    spoken = Counter(name_of(report) for report in _used(event))
    spoken.update(estimate.source for estimate in event.estimates)
    _check_number(event, len(spoken))
    held = replace(event, known_on=event.as_of_date)
    without = {name: _left_out(held, name_of, name) for name in spoken}
    # With the totals gone, reports about parts must not be taken for the whole.
    usable = {n: e for n, e in without.items() if _used(e) and scope_of(e) == scope_of(event)}
    fitted = fit_many(
        [held, *usable.values()],
        priors=[priors] * (len(usable) + 1),
        random_seed=random_seed,
        **settings,
    )
    answers = dict(zip((ALL, *usable), fitted, strict=True))
    rows = [
        _row(name, quantity, spoken[name], answers.get(name), probs)
        for name in (ALL, *spoken)
        for quantity in QUANTITIES
    ]
    return _compared(pd.DataFrame(rows), probs)


def _grouping(by: "str | Callable[[Report], str]") -> "Callable[[Report], str]":
    if isinstance(by, str) and by not in GROUPINGS:
        raise DataError(
            "unknown grouping",
            place="by",
            value=by,
            remedy=f"Use {', '.join(GROUPINGS)} or a function from a report to a name.",
        )
    return GROUPINGS[by] if isinstance(by, str) else by


def _check_number(event: "Event", sources: int) -> None:
    if not 2 <= sources <= MOST_SOURCES:  # noqa: PLR2004
        raise DataError(
            f"from 2 to {MOST_SOURCES} sources can be left out in turn",
            place=event.name,
            value=f"{sources} sources",
            remedy='Group them otherwise, for example by="kind".',
        )


def _left_out(event: "Event", name_of: "Callable[[Report], str]", name: str) -> "Event":
    return replace(
        event,
        reports=tuple(r for r in event.reports if name_of(r) != name),
        estimates=tuple(e for e in event.estimates if e.source != name),
    )


def _used(event: "Event") -> "list[Report]":
    """Return the reports that the model uses."""
    try:
        return [event.reports[int(position)] for position in sorted(report_table(event).position)]
    except DataError:
        return []


def _row(
    name: str,
    quantity: str,
    reports: int,
    result: "xr.DataTree | DataError | None",
    probs: tuple[float, ...],
) -> dict[str, Any]:
    row = {"without": name, "quantity": quantity, "reports": reports}
    if result is None or isinstance(result, DataError):
        return row | {"printed": "nothing is left to estimate from"}
    draws = toll_draws(result, quantity)
    numbers = {key: float(v) for key, v in quantile_columns(draws.ravel(), probs).items()}
    return row | numbers | {"printed": printed(rounded_ends(draws, probs), probs)}


def _compared(table: pd.DataFrame, probs: tuple[float, ...]) -> pd.DataFrame:
    """Add how the answer without each source compares with that from all."""
    percent = f"{100 * max(probs):g}"
    width = np.log(table[f"upper{percent}"] / table[f"lower{percent}"])
    whole = table["without"] == ALL
    for column, values in (("factor", table["median"]), ("wider", width)):
        base = dict(zip(table.loc[whole, "quantity"], values[whole], strict=True))
        table[column] = values / table["quantity"].map(base)
    table["words"] = [_words(row) for row in table.to_dict("records")]
    return table


def _words(row: dict[Any, Any]) -> str:
    quantity = row["quantity"].capitalize()
    if row["without"] == ALL:
        return f"{quantity}, from all sources: {row['printed']}."
    count = f"{row['reports']} report{'s' * (row['reports'] != 1)}"
    opening = f"{quantity}, without {row['without']} ({count}): {row['printed']}"
    if np.isnan(row["factor"]):
        return f"{opening}."
    moved = f"{row['factor']:.2g} times the median from all"
    if abs(np.log(row["factor"])) < SAME:
        moved = "the median hardly moves"
    wider = ", and the range is much wider" if row["wider"] >= MUCH_WIDER else ""
    return f"{opening}; {moved}{wider}."
