"""Scores of forecasts as a table, and what can be read from it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from casualty_models.backtest.replay import Forecast, reference_draws
from casualty_models.errors import DataError
from casualty_models.events import KINDS, Event
from casualty_models.scores import (
    covered,
    crps,
    log_score,
    pit,
    weighted_interval_score,
)

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "PROBS",
    "PairedDifference",
    "answered_by_all",
    "paired_difference",
    "score_table",
    "scoreboard",
    "worst",
]

PROBS = (0.5, 0.8, 0.9, 0.95)
ALL = "all"
MEANS = ("crps", "wis", "log_score", *(f"covered{100 * p:g}" for p in PROBS), "bias", "width90")
BOOTSTRAP_INTERVAL = (0.025, 0.975)


@dataclass(frozen=True)
class PairedDifference:
    """How much the mean CRPS of a method differs from that of another on the same forecasts.

    Attributes
    ----------
    difference
        Mean CRPS of the method minus that of the other: below zero, the method is better.
    lower, upper
        95 percent bootstrap interval.
    ratio
        Mean CRPS of the method over that of the other.
    forecasts, events
        How many there were.
    """

    difference: float
    lower: float
    upper: float
    ratio: float
    forecasts: int
    events: int


def score_table(events: Sequence[Event], found: Mapping[str, Sequence[Forecast]]) -> "pd.DataFrame":
    """Score forecasts of the log toll against the settled tolls.

    Parameters
    ----------
    events
        Settled events.
    found
        What `forecasts` returned, by name of the method.

    Returns
    -------
    pandas.DataFrame
        One row a method, event and day:

        - ``method``, ``event``, ``horizon``, ``kind``, ``group``, ``grade``;
        - ``crps``, ``wis``, ``log_score``: scores, smaller is better;
        - ``covered50`` to ``covered95``: share of the reference's distribution in the interval;
        - ``pit``: share of the draws below the reference;
        - ``bias``: median minus log reference; ``width90``: width of the 90 percent interval;
        - ``median``, ``lower90``, ``upper90``, ``reference``: people.

    Raises
    ------
    DataError
        If a forecast is about an event that is not given, or has draws that are not finite.

    Examples
    --------
    >>> from casualty_models.backtest import BASELINES, forecasts, score_table, settled_events
    >>> events = settled_events()
    >>> found = {"last count": forecasts(events, BASELINES["last count"], horizons=[3])}
    >>> table = score_table(events, found)
    >>> table[["method", "horizon", "width90"]].drop_duplicates().values.tolist()
    [['last count', 3, 0.0]]
    """
    import pandas as pd

    known = {event.id: event for event in events}
    truths = {event.id: reference_draws(event.reference) for event in events if event.reference}
    rows = []
    for method, made in found.items():
        for forecast in made:
            if forecast.event_id not in truths:
                raise DataError("no such settled event", place=method, value=forecast.event_id)
            event, truth = known[forecast.event_id], truths[forecast.event_id]
            rows.append({"method": method, **_about(event, forecast), **_scores(forecast, truth)})
    return pd.DataFrame(rows)


def answered_by_all(table: "pd.DataFrame") -> "pd.DataFrame":
    """Return the rows of those events and days for which every method of the table has an answer.

    Parameters
    ----------
    table
        What `score_table` returned.

    Examples
    --------
    >>> import pandas as pd
    >>> from casualty_models.backtest import answered_by_all
    >>> table = pd.DataFrame({"method": ["a", "a", "b"], "event": ["x", "y", "x"], "horizon": 3})
    >>> answered_by_all(table)["event"].tolist()
    ['x', 'x']
    """
    answers = table.groupby(["event", "horizon"])["method"].transform("nunique")
    return table[answers == table["method"].nunique()]


def scoreboard(table: "pd.DataFrame") -> "pd.DataFrame":
    """Return mean scores by method and horizon, over what every method has answered.

    Parameters
    ----------
    table
        What `score_table` returned.

    Returns
    -------
    pandas.DataFrame
        One row a method and horizon, and one for all horizons ("all"), with ``forecasts`` and
        ``events``, how many there were.

    Examples
    --------
    >>> from casualty_models.backtest import BASELINES, forecasts, score_table, settled_events
    >>> from casualty_models.backtest import scoreboard
    >>> events = settled_events()
    >>> found = {"last count": forecasts(events, BASELINES["last count"])}
    >>> board = scoreboard(score_table(events, found))
    >>> board.index.tolist()[-1], bool(board["crps"].iloc[0] > board["crps"].iloc[3])
    (('last count', 'all'), True)
    """
    import pandas as pd

    common = answered_by_all(table)
    both = pd.concat([common, common.assign(horizon=ALL)])
    grouped = both.groupby(["method", "horizon"], sort=False)
    means = grouped[list(MEANS)].mean()
    means.insert(0, "events", grouped["event"].nunique())
    means.insert(0, "forecasts", grouped.size())
    horizons = [*sorted(common["horizon"].unique()), ALL]
    return means.reindex(pd.MultiIndex.from_product(
        [common["method"].unique(), horizons], names=["method", "horizon"]
    ))  # fmt: skip


def paired_difference(
    table: "pd.DataFrame", method: str, other: str, *, repeats: int = 2000, random_seed: int = 0
) -> PairedDifference:
    """Compare the mean CRPS of two methods on the forecasts that both have made.

    The interval is a bootstrap over events: the forecasts of one event are drawn together, for
    they share its reports and its toll. For one horizon or group, give that part of the table.

    Parameters
    ----------
    table
        What `score_table` returned.
    method, other
        Names of two methods.
    repeats
        Number of bootstrap samples.
    random_seed
        Decides them.

    Raises
    ------
    DataError
        If the two have no forecast in common.

    Examples
    --------
    >>> from casualty_models.backtest import BASELINES, forecasts, paired_difference, score_table
    >>> from casualty_models.backtest import settled_events
    >>> events = settled_events()
    >>> found = {name: forecasts(events, BASELINES[name], horizons=[1, 3])
    ...          for name in ("last count", "count x ratio")}
    >>> result = paired_difference(score_table(events, found), "count x ratio", "last count")
    >>> result.upper < 0
    True
    """
    keys = ["event", "horizon"]
    mine, theirs = (
        table.loc[table["method"] == name].set_index(keys)["crps"] for name in (method, other)
    )
    mine, theirs = mine.align(theirs, join="inner")
    if mine.empty:
        raise DataError(
            f"no event and day has a forecast of both {method!r} and {other!r}",
            place="table",
            remedy=f"Methods of this table: {', '.join(sorted(table['method'].unique()))}.",
        )
    by_event = (mine - theirs).groupby(level="event").agg(["sum", "size"]).to_numpy(dtype=float)
    rng = np.random.default_rng(random_seed)
    drawn = by_event[rng.integers(len(by_event), size=(repeats, len(by_event)))].sum(axis=1)
    lower, upper = np.quantile(drawn[:, 0] / drawn[:, 1], BOOTSTRAP_INTERVAL)
    return PairedDifference(
        difference=float((mine - theirs).mean()),
        lower=float(lower),
        upper=float(upper),
        ratio=float(mine.mean() / theirs.mean()),
        forecasts=len(mine),
        events=len(by_event),
    )


def worst(table: "pd.DataFrame", method: str, n: int = 10) -> "pd.DataFrame":
    """Return the worst misses of a method: for each event its worst forecast, the largest CRPS.

    Parameters
    ----------
    table
        What `score_table` returned.
    method
        Name of a method.
    n
        How many events.

    Returns
    -------
    pandas.DataFrame
        Rows of the table, the worst first.

    Examples
    --------
    >>> from casualty_models.backtest import BASELINES, forecasts, score_table, settled_events
    >>> from casualty_models.backtest import worst
    >>> events = settled_events()
    >>> found = {"last count": forecasts(events, BASELINES["last count"])}
    >>> len(worst(score_table(events, found), "last count", 3))
    3
    """
    rows = table[table["method"] == method].sort_values("crps", ascending=False, kind="stable")
    return rows.drop_duplicates("event").head(n).reset_index(drop=True)


def _about(event: Event, forecast: Forecast) -> dict[str, Any]:
    return {
        "event": event.id,
        "horizon": forecast.horizon,
        "kind": event.kind,
        "group": KINDS[event.kind],
        "grade": event.reference.quality if event.reference else "",
    }


def _scores(forecast: Forecast, truth: np.ndarray) -> dict[str, Any]:
    draws = forecast.draws
    lower, median, upper = np.quantile(draws, [0.05, 0.5, 0.95])
    settled = float(np.median(truth))
    return {
        "crps": crps(draws, truth),
        "wis": weighted_interval_score(draws, truth, PROBS),
        "log_score": log_score(draws, truth),
        **{f"covered{100 * prob:g}": covered(draws, truth, prob) for prob in PROBS},
        "pit": pit(draws, truth),
        "bias": float(median - settled),
        "width90": float(upper - lower),
        "median": float(np.exp(median)),
        "lower90": float(np.exp(lower)),
        "upper90": float(np.exp(upper)),
        "reference": float(np.exp(settled)),
    }
