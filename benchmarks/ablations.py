"""What each step of the toll model is worth: the replay with that step alone taken out.

Two negative controls run with it: a history whose dates are shuffled within each event, and one
whose references are permuted across events.

Writes benchmarks/ablations.csv, one row a step and day, and prints the comparison with the whole
model. To save time there are three folds and one day, for the whole model too. A step already in
the file is not run again; delete the file to measure anew.

    python benchmarks/ablations.py                 # half an hour on two idle cores
    python benchmarks/ablations.py "no missing"    # one step
"""

import logging
import sys
import time
import warnings
from pathlib import Path

import numpy as np
import pandas as pd

from casualty_models.backtest import (
    ABLATIONS,
    forecasts,
    paired_difference,
    score_table,
    settled_events,
    with_permuted_references,
    with_shuffled_dates,
)
from casualty_models.backtest.counts import last_official_count
from casualty_models.backtest.model import toll_method
from casualty_models.backtest.replay import seen

OUT = Path(__file__).with_suffix(".csv")
DAYS, FOLDS = (3,), 3
LEARNING = {"draws": 300, "tune": 500, "chains": 2, "target_accept": 0.9}
WHOLE = "whole model"
CONTROLS = {
    "control: dates shuffled": with_shuffled_dates,
    "control: references permuted": with_permuted_references,
}
KEEP = ["method", "event", "horizon", "crps", "covered90", "covered50"]


def measured(events, name):
    """Return one row a forecast about an event with an official count by the day."""
    start = time.perf_counter()
    method = toll_method(events, without=ABLATIONS.get(name), learning=LEARNING)
    if name in CONTROLS:  # a right model with a wrong history must do visibly worse
        method = CONTROLS[name](method, np.random.default_rng(0))
    made = forecasts(events, method, folds=FOLDS, horizons=DAYS)
    known = {event.id: event for event in events}
    counted = [
        f for f in made if last_official_count(seen(known[f.event_id], f.horizon)) is not None
    ]
    print(f"{name}: {len(counted)} forecasts in {time.perf_counter() - start:.0f} s", flush=True)
    return score_table(events, {name: counted})[KEEP].round(4)


def with_missing(events):
    """Return the events that have a report of missing persons by the last day of the replay."""
    return {
        event.id
        for event in events
        if any(r.quantity == "missing" for r in (seen(event, 30) or event).reports)
    }


def compared(table, events):
    rows = []
    for name in table["method"].unique():
        if name == WHOLE:
            continue
        parts = {"all events": table}
        if name == "no missing":
            parts["events with missing"] = table[table["event"].isin(with_missing(events))]
        for label, part in parts.items():
            d = paired_difference(part, name, WHOLE)
            by_day = part[part["method"] == name].groupby("horizon")["crps"].mean().round(3)
            rows.append({"without": name, "over": label, "difference": round(d.difference, 4),
                         "lower": round(d.lower, 4), "upper": round(d.upper, 4),
                         **{f"day {day}": value for day, value in by_day.items()}})  # fmt: skip
    return pd.DataFrame(rows).sort_values("difference", ascending=False)


def main():
    warnings.filterwarnings("ignore")
    logging.disable(logging.WARNING)
    events = settled_events()
    asked = sys.argv[1:] or [*CONTROLS, *ABLATIONS]
    table = pd.read_csv(OUT) if OUT.exists() else pd.DataFrame(columns=KEEP)
    for name in [WHOLE, *asked]:
        if name not in set(table["method"]):
            table = pd.concat([table, measured(events, name)], ignore_index=True)
            table.to_csv(OUT, index=False)
    print(compared(table, events).to_string(index=False))


if __name__ == "__main__":
    main()
