"""The tables of counts and tolls: of the whole, of others who were hurt, and of each part."""

from typing import TYPE_CHECKING, Any

import pandas as pd

from casualty_models.inference import event_of
from casualty_models.summaries.evidence import QUANTITIES, documented_count
from casualty_models.summaries.people import parts_table, people_table, ways_divided
from casualty_models.summaries.tables import PROBS, rounded_toll

if TYPE_CHECKING:
    import xarray as xr

type Table = dict[str, Any]

WHOLE = (
    "Documented counts and estimated toll. Intervals lie between two quantiles; numbers are rounded"
    " to what the computation supports."
)
OTHERS = (
    "Others, who must not be added to the numbers above: casualties are killed and wounded"
    " together, the hospitalized are some of the wounded, the missing who are dead some of the"
    " killed."
)
PARTS = (
    "By {}. The parts of one draw sum to its total; medians and ends of intervals do not. In the"
    " part called “{}” is what none of the others names."
)
SAID_BY_OTHERS = {"casualties", "hospitalized", "missing"}


def toll_tables(result: "xr.DataTree") -> list[Table]:
    """Return the tables of a page, each with ``caption``, ``columns`` and ``rows``.

    The first is of the killed and the wounded. One of others who were hurt comes only where they
    were reported, and one of parts only where the event is divided into parts.

    Parameters
    ----------
    result
        What `fit` returned.

    Examples
    --------
    >>> from casualty_models.report_html.tolls import toll_tables
    >>> [table["columns"] for table in toll_tables(result)]
    [['Killed', 'Wounded']]
    >>> [row[0] for row in toll_tables(divided)[1]["rows"]]
    ['Osh', 'Jalal-Abad', 'elsewhere']
    """
    tables = [_whole(result)]
    if SAID_BY_OTHERS & {report.quantity for report in event_of(result).reports}:
        tables.append(_others(result))
    return [*tables, *(_parts(result, way) for way in ways_divided(result))]


def range_text(rounded: dict[str, int], prob: float) -> str:
    """Return an interval as it is printed.

    Examples
    --------
    >>> from casualty_models.report_html.tolls import range_text
    >>> range_text({"lower90": 70, "upper90": 1400}, 0.9)
    '70 to 1,400'
    """
    return " to ".join(f"{rounded[f'{end}{100 * prob:g}']:,}" for end in ("lower", "upper"))


def _whole(result: "xr.DataTree") -> Table:
    counts = [documented_count(result, quantity) for quantity in QUANTITIES]
    tolls = [rounded_toll(result, quantity) for quantity in QUANTITIES]
    rows = [
        ("Documented", ["no count" if count is None else f"{count:,}" for count in counts]),
        ("Median", [f"{toll['median']:,}" for toll in tolls]),
        *((f"{100 * p:g}% interval", [range_text(toll, p) for toll in tolls]) for p in PROBS),
    ]
    columns = [quantity.capitalize() for quantity in QUANTITIES]
    return {"caption": WHOLE, "columns": columns, "rows": rows}


def _others(result: "xr.DataTree") -> Table:
    table = people_table(result, probs=(0.9,)).drop(index=list(QUANTITIES))
    rows = [
        (str(name).capitalize(), [_counted(table, name), table.loc[name, "printed"]])
        for name in table.index
    ]
    return {"caption": OTHERS, "columns": ["Documented", "Estimate"], "rows": rows}


def _parts(result: "xr.DataTree", way: str) -> Table:
    killed, wounded = (parts_table(result, way, quantity=q, probs=(0.9,)) for q in QUANTITIES)
    rows = []
    for part in killed.index:
        share = f"{100 * killed.loc[part, 'share']:.0f}%"
        cells = [_counted(killed, str(part)), killed.loc[part, "printed"], share]
        rows.append((str(part), [*cells, wounded.loc[part, "printed"]]))
    columns = ["Killed, counted", "Killed", "Share of the killed", "Wounded"]
    caption = PARTS.format(way, killed.index[-1])
    return {"caption": caption, "columns": columns, "rows": rows}


def _counted(table: pd.DataFrame, name: str) -> str:
    count: Any = table.loc[name, "documented"]
    return "no count" if pd.isna(count) else f"{count:,}"
