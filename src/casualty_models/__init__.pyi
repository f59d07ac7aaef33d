from . import (
    datasets,
    distributions,
    errors,
    events,
    inference,
    models,
    plots,
    priors,
    report_html,
    simulate,
    statements,
    summaries,
)
from .datasets import load_osh_2010
from .errors import ConvergenceWarning, DataError, NotEstimable
from .events import Event, Report, from_frame, read_event, read_events
from .inference import fit
from .models.toll import toll_model
from .plots import plot_priors, plot_sources, plot_timeline, plot_toll
from .priors import TollPriors, priors_table
from .simulate import simulate_event
from .summaries import prob_above, toll_sentence, toll_table

__version__: str

__all__ = [
    "ConvergenceWarning",
    "DataError",
    "Event",
    "NotEstimable",
    "Report",
    "TollPriors",
    "datasets",
    "distributions",
    "errors",
    "events",
    "fit",
    "from_frame",
    "inference",
    "load_osh_2010",
    "models",
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
    "simulate",
    "simulate_event",
    "statements",
    "summaries",
    "toll_model",
    "toll_sentence",
    "toll_table",
]
