"""Replay settled events and score the toll model and the simple rules on what nobody had seen.

Writes benchmarks/backtest.csv, one row a forecast and method, and prints the scoreboard.

    make backtest                      # all of it, about a quarter of an hour on two cores
    python benchmarks/backtest.py --all-rows    # with reports whose source was not retrieved
    python benchmarks/backtest.py --controls    # negative controls: scores must get worse
"""

import argparse
import logging
import time
import warnings
from pathlib import Path

import numpy as np
import pandas as pd

from casualty_models.backtest import (
    BASELINES,
    forecasts,
    paired_difference,
    score_table,
    scoreboard,
    settled_events,
    with_permuted_references,
    with_shuffled_dates,
    worst,
)
from casualty_models.backtest.model import toll_method

OUT = Path(__file__).with_suffix(".csv")
MODEL, RULE = "toll model", "count x ratio"


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--all-rows", action="store_true", help="use unsourced rows too")
    parser.add_argument("--controls", action="store_true", help="run the negative controls")
    return parser.parse_args()


def methods(events, *, controls):
    found = {MODEL: toll_method(events)}
    if controls:
        rng = np.random.default_rng(0)
        found["dates shuffled"] = with_shuffled_dates(toll_method(events), rng)
        found["references permuted"] = with_permuted_references(toll_method(events), rng)
    return found | BASELINES


def main():
    options = arguments()
    warnings.filterwarnings("ignore")
    logging.disable(logging.WARNING)
    events = settled_events(sourced_only=not options.all_rows)
    made = {}
    for name, learn in methods(events, controls=options.controls).items():
        start = time.perf_counter()
        made[name] = forecasts(events, learn)
        print(f"{name}: {len(made[name])} forecasts in {time.perf_counter() - start:.0f} s")
    table = score_table(events, made)
    if not (options.all_rows or options.controls):
        table.round(4).to_csv(OUT, index=False)
    with pd.option_context("display.width", 200, "display.max_columns", None):
        print(scoreboard(table))
        for name in made:
            if name != RULE:
                print(name, "against", RULE, paired_difference(table, name, RULE))
        print(worst(table, MODEL))


if __name__ == "__main__":
    main()
