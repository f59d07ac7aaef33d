"""Replay of settled events from their early reports, and a scoreboard of models and simple rules.

A *method* is a function that learns from settled events and returns a function that predicts: the
draws of the log toll of each event given as it was seen on some day. `forecasts` replays a method
so that it never learns from the event it is asked about, `BASELINES` holds the simple rules, and
`score_table` scores whatever came out.
"""

from casualty_models.backtest.ablation import ABLATIONS, Ablation
from casualty_models.backtest.baselines import BASELINES
from casualty_models.backtest.controls import (
    permute_references,
    shuffle_dates,
    with_permuted_references,
    with_shuffled_dates,
)
from casualty_models.backtest.counts import last_official_count
from casualty_models.backtest.folds import assign_folds, clusters
from casualty_models.backtest.replay import (
    HORIZONS,
    Forecast,
    Learn,
    Predict,
    forecasts,
    reference_draws,
    seen,
    settled_events,
)
from casualty_models.backtest.table import (
    PairedDifference,
    answered_by_all,
    paired_difference,
    score_table,
    scoreboard,
    worst,
)

__all__ = [
    "ABLATIONS",
    "BASELINES",
    "HORIZONS",
    "Ablation",
    "Forecast",
    "Learn",
    "PairedDifference",
    "Predict",
    "answered_by_all",
    "assign_folds",
    "clusters",
    "forecasts",
    "last_official_count",
    "paired_difference",
    "permute_references",
    "reference_draws",
    "score_table",
    "scoreboard",
    "seen",
    "settled_events",
    "shuffle_dates",
    "with_permuted_references",
    "with_shuffled_dates",
    "worst",
]
