from . import (
    backtest,
    batch,
    capture,
    checks,
    datasets,
    distributions,
    errors,
    events,
    inference,
    lists,
    models,
    plots,
    priors,
    report_html,
    scores,
    simulate,
    statements,
    summaries,
)
from .batch import fit_many
from .capture.estimate import estimate_unseen
from .datasets import load_lists, load_osh_2010
from .errors import ConvergenceWarning, DataError, NotEstimable
from .events import Event, Report, Strata, from_frame, read_event, read_events
from .inference import fit
from .lists import CaptureHistories
from .models.toll import toll_model
from .plots import plot_calibration, plot_priors, plot_sources, plot_timeline, plot_toll
from .priors import TollPriors, priors_table
from .simulate import simulate_event
from .summaries import prob_above, toll_sentence, toll_table

__version__: str

__all__ = [
    "CaptureHistories",
    "ConvergenceWarning",
    "DataError",
    "Event",
    "NotEstimable",
    "Report",
    "Strata",
    "TollPriors",
    "backtest",
    "batch",
    "capture",
    "checks",
    "datasets",
    "distributions",
    "errors",
    "estimate_unseen",
    "events",
    "fit",
    "fit_many",
    "from_frame",
    "inference",
    "lists",
    "load_lists",
    "load_osh_2010",
    "models",
    "plot_calibration",
    "plot_priors",
    "plot_sources",
    "plot_timeline",
    "plot_toll",
    "plots",
    "priors",
    "priors_table",
    "prob_above",
    "read_event",
    "read_events",
    "report_html",
    "scores",
    "simulate",
    "simulate_event",
    "statements",
    "summaries",
    "toll_model",
    "toll_sentence",
    "toll_table",
]
