"""Tables of the true toll: overall and day by day."""

import datetime
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from casualty_models.errors import DataError
from casualty_models.inference import event_of
from casualty_models.models.growth import HOURS_INTO_DAY, counted_share
from casualty_models.summaries.evidence import QUANTITIES, documented_count, toll_draws
from casualty_models.summaries.rounding import quantile_error, round_count

if TYPE_CHECKING:
    import xarray as xr

PROBS = (0.5, 0.8, 0.95)
MAX_TIMELINE_DRAWS = 4000


def toll_table(result: "xr.DataTree", *, probs: Iterable[float] = PROBS) -> pd.DataFrame:
    """Return the true toll as a table, with the documented count beside it.

    Parameters
    ----------
    result
        What `fit` returned.
    probs
        Probabilities of the intervals; each is equal-tailed, between two quantiles.

    Returns
    -------
    Index ``quantity`` (killed, wounded). Columns: ``documented``, what somebody has counted, as an
    integer or missing; ``median``; ``lower50``, ``upper50`` and so on, one pair a probability;
    ``mcse``, the Monte Carlo standard error of the median; ``printed``, the text to publish. All
    numbers are unrounded, only ``printed`` is rounded, by `round_count`.

    Raises
    ------
    DataError
        If a probability is not between 0 and 1.

    Notes
    -----
    Quantiles and not highest-density intervals: they stay the same on a log scale, and a skewed
    highest-density interval can miss the mean.

    Examples
    --------
    >>> from casualty_models.summaries import toll_table
    >>> table = toll_table(result, probs=(0.5, 0.95))
    >>> list(table.columns)
    ['documented', 'median', 'lower50', 'upper50', 'lower95', 'upper95', 'mcse', 'printed']
    >>> table.loc["killed", "printed"]
    'about 310 (50% interval 170 to 570, 95% 55 to 1,900)'
    """
    probs = _checked(probs)
    rows = []
    for quantity in QUANTITIES:
        draws = toll_draws(result, quantity)
        documented = documented_count(result, quantity)
        row: dict[str, Any] = {"quantity": quantity, "documented": documented}
        row |= quantile_columns(draws.ravel(), probs)
        row |= {"mcse": quantile_error(draws, 0.5)}
        row |= {"printed": printed(rounded_toll(result, quantity, probs=probs), probs)}
        rows.append(row)
    return pd.DataFrame(rows).set_index("quantity").astype({"documented": "Int64"})


def rounded_toll(
    result: "xr.DataTree", quantity: str, *, probs: Iterable[float] = PROBS
) -> dict[str, int]:
    """Return the median and the interval ends as they may be printed.

    Each is rounded by its own Monte Carlo error. Rounding never takes a number below the
    documented count that the draws put above it, and never turns nested intervals inside out.

    Parameters
    ----------
    result
        What `fit` returned.
    quantity
        "killed" or "wounded".
    probs
        Probabilities of the intervals.

    Returns
    -------
    Keys ``median``, ``lower50``, ``upper50`` and so on, as in `toll_table`.

    Examples
    --------
    >>> from casualty_models.summaries import rounded_toll
    >>> rounded_toll(result, "killed", probs=(0.5,))
    {'median': 310, 'lower50': 170, 'upper50': 570}
    """
    documented = documented_count(result, quantity)
    return rounded_ends(toll_draws(result, quantity), probs, least=documented)


def rounded_ends(
    draws: np.ndarray, probs: Iterable[float], *, least: int | None = None
) -> dict[str, int]:
    """Return the median and the ends of intervals of draws (chain, draw), rounded for print.

    Examples
    --------
    >>> import numpy as np
    >>> from casualty_models.summaries.tables import rounded_ends
    >>> rounded_ends(np.full((4, 100), 312.0), (0.9,))
    {'median': 310, 'lower90': 310, 'upper90': 310}
    """
    probs = _checked(probs)

    def rounded(tail: float) -> int:
        exact = float(np.quantile(draws, tail))
        value = round_count(exact, quantile_error(draws, tail))
        return least if least is not None and value < least <= exact else value

    median = lower = upper = rounded(0.5)
    ends = {}
    for prob in sorted(probs):
        lower, upper = min(lower, rounded((1 - prob) / 2)), max(upper, rounded((1 + prob) / 2))
        ends[prob] = {f"lower{_percent(prob)}": lower, f"upper{_percent(prob)}": upper}
    return {"median": median} | {key: v for prob in probs for key, v in ends[prob].items()}


def printed(rounded: dict[str, int], probs: Iterable[float]) -> str:
    """Return rounded numbers as text: the median, the narrowest and the widest interval.

    Examples
    --------
    >>> from casualty_models.summaries.tables import printed
    >>> printed({"median": 310, "lower90": 97, "upper90": 1900}, (0.9,))
    'about 310 (90% interval 97 to 1,900)'
    """
    probs = _checked(probs)
    parts: list[str] = []
    for prob in dict.fromkeys((min(probs), max(probs))):
        ends = (f"{rounded[f'{end}{_percent(prob)}']:,}" for end in ("lower", "upper"))
        parts.append(f"{_percent(prob)}%{' interval' * (not parts)} {' to '.join(ends)}")
    return f"about {rounded['median']:,} ({', '.join(parts)})"


def prob_above(result: "xr.DataTree", count: float, quantity: str = "killed") -> float:
    """Return the posterior probability that the true toll is above a count.

    Parameters
    ----------
    result
        What `fit` returned.
    count
        The number to compare with; the toll must be larger, not equal.
    quantity
        "killed" or "wounded".

    Returns
    -------
    The share of draws above the count.

    Raises
    ------
    DataError
        If the count is not a number or the quantity is unknown.

    Examples
    --------
    >>> import numpy as np, xarray as xr
    >>> from casualty_models.summaries import prob_above
    >>> draws = xr.Dataset({"true_killed": (("chain", "draw"), [[90.0, 120.0, 300.0, 700.0]])})
    >>> prob_above(xr.DataTree.from_dict({"posterior": draws}), 100)
    0.75
    """
    if np.isnan(count):
        raise DataError("the count to compare with must be a number", place="count", value=count)
    return float(np.mean(toll_draws(result, quantity) > count))


def timeline_table(
    result: "xr.DataTree",
    days: Iterable[float | str | datetime.date],
    *,
    probs: Iterable[float] = PROBS,
) -> pd.DataFrame:
    r"""Return, day by day, the count to expect and the true toll so far.

    .. math:: \text{expected count} = D \, F(t), \qquad
              \text{true so far} = D \, \min\left(1, \frac{t + 0.6}{T}\right)

    The second assumes that people are hurt evenly over the days that the event lasts.

    Parameters
    ----------
    result
        What `fit` returned.
    days
        Days since the start (the first day is 0), or dates.
    probs
        Probabilities of the intervals.

    Returns
    -------
    One row a quantity, measure and day. Columns: ``quantity``; ``measure``, "expected_count" or
    "true_so_far"; ``day``; ``date``; ``median``; ``lower50``, ``upper50`` and so on. With more
    than 4,000 draws an evenly spaced part of them is used.

    Raises
    ------
    DataError
        If a day is before the start of the event.

    Examples
    --------
    >>> from casualty_models.summaries import timeline_table
    >>> table = timeline_table(result, ["2010-06-10", "2010-06-13"], probs=(0.9,))
    >>> table.columns.to_list()
    ['quantity', 'measure', 'day', 'date', 'median', 'lower90', 'upper90']
    >>> len(table)
    8
    """
    probs = _checked(probs)
    start = event_of(result).start
    elapsed = np.array([_days_since(start, day) for day in days], dtype=float)
    dates = [start + datetime.timedelta(days=int(day)) for day in elapsed]
    tables = []
    for quantity in QUANTITIES:
        for measure, values in _by_day(result, quantity, elapsed).items():
            columns = {"quantity": quantity, "measure": measure, "day": elapsed, "date": dates}
            tables.append(pd.DataFrame(columns | quantile_columns(values, probs)))
    return pd.concat(tables, ignore_index=True)


def quantile_columns(values: np.ndarray, probs: Iterable[float]) -> dict[str, np.ndarray]:
    """Return the median and the ends of equal-tailed intervals over the first axis.

    Examples
    --------
    >>> import numpy as np
    >>> from casualty_models.summaries.tables import quantile_columns
    >>> {k: float(v) for k, v in quantile_columns(np.arange(101.0), (0.9,)).items()}
    {'median': 50.0, 'lower90': 5.0, 'upper90': 95.0}
    """
    probs = _checked(probs)
    tails = [0.5, *(tail for prob in probs for tail in ((1 - prob) / 2, (1 + prob) / 2))]
    ends = (f"{end}{_percent(prob)}" for prob in probs for end in ("lower", "upper"))
    return dict(zip(("median", *ends), np.quantile(values, tails, axis=0), strict=True))


def _by_day(result: "xr.DataTree", quantity: str, days: np.ndarray) -> dict[str, np.ndarray]:
    posterior = result["posterior"].to_dataset()
    draws = posterior.stack(sample=("chain", "draw"), create_index=False)
    draws = draws.isel(sample=slice(None, None, -(-draws.sizes["sample"] // MAX_TIMELINE_DRAWS)))
    toll, half_time, duration, shape = (
        np.broadcast_to(draws[name].sel(select), draws.sizes["sample"])[:, None]
        for name, select in (
            (f"true_{quantity}", {}),
            ("half_time", {"quantity": quantity}),
            ("duration", {}),
            ("growth_shape" if quantity == "killed" else "wounded_growth_shape", {}),
        )
    )
    return {
        "expected_count": toll * counted_share(days, half_time, duration, shape),
        "true_so_far": toll * np.minimum(1.0, (days + HOURS_INTO_DAY) / duration),
    }


def _days_since(start: datetime.date, day: float | str | datetime.date) -> float:
    if isinstance(day, str | datetime.date | np.datetime64):
        elapsed = float((pd.Timestamp(day).date() - start).days)
    else:
        elapsed = float(day)
    if not elapsed >= 0:
        raise DataError(
            "a day cannot be before the start of the event", place="days", value=str(day)
        )
    return elapsed


def _checked(probs: Iterable[float]) -> tuple[float, ...]:
    probs = tuple(probs)
    if not probs or not all(0 < prob < 1 for prob in probs):
        raise DataError(
            "the probability of an interval lies between 0 and 1",
            place="probs",
            value=probs,
            remedy="For example probs=(0.5, 0.8, 0.95).",
        )
    return probs


def _percent(prob: float) -> str:
    return f"{100 * prob:g}"
