"""How many effective draws latent classes give a CPU second, beside the R package LCMCR.

Run with ``python benchmarks/latent_class_speed.py``; it prints a table and writes
latent_class_speed.csv beside itself. The peer's numbers are recorded ones (LCMCR 0.4.14, its
documented run, mean of four seeds, on two virtual cores of an AMD EPYC:
tests/data/oracles/lcmcr_runs.csv). Both sides: 10 classes, the same priors, one core.

Effective draws are given twice: by autocorrelation within populations and their spread
(``ess``, as the record of a result says), and from the spread of many small independent
populations alone (``ess_between``), which cannot flatter. The peer's are those of single chains,
which do flatter where a chain sees one of several modes.
"""

import json
import time
import warnings
from pathlib import Path

import numpy as np
import pandas as pd

from casualty_models.capture.latent_class import latent_class
from casualty_models.datasets.lists import load_lists
from casualty_models.errors import ConvergenceWarning

HERE = Path(__file__).parent
PEER = pd.read_csv(HERE.parent / "tests" / "data" / "oracles" / "lcmcr_runs.csv")
TABLES = ("kosovo1999", "gaza_2024_3", "peru_trc_3", "uk_slavery_5", "netherlands_5")
MANY = 32


def timed(name, **settings):
    table = load_lists(name)
    start = time.process_time()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        tree = latent_class(table, **settings)
    return tree, time.process_time() - start


def row(name):
    tree, cpu = timed(name, random_seed=1)
    record = json.loads(tree.attrs["casualty_models"])
    tolls = tree["posterior"]["true_killed"].values
    median, lower, upper = np.quantile(tolls, [0.5, 0.025, 0.975])
    ess = record["diagnostics"]["min_ess_bulk"]
    small, small_cpu = timed(name, particles=500, populations=MANY, random_seed=2)
    logs = np.log(small["posterior"]["true_killed"].values)
    between = MANY * logs.var() / logs.mean(axis=1).var(ddof=1)
    peer = PEER[PEER["dataset"] == name]
    peer_rate = (peer["ess"] / peer["cpu_seconds"]).mean()
    return {
        "table": name,
        "median": median,
        "lower95": lower,
        "upper95": upper,
        "rhat": record["diagnostics"]["max_rhat"],
        "modes": len(record["modes"]),
        "cpu_seconds": cpu,
        "ess": ess,
        "ess_per_cpu_second": ess / cpu,
        "ess_between_per_cpu_second": between / small_cpu,
        "peer_ess_per_cpu_second": peer_rate,
        "times": ess / cpu / peer_rate,
        "times_between": between / small_cpu / peer_rate,
    }


def main():
    timed("spina_3", classes=2, particles=100, random_seed=1)  # imports are not to be counted
    table = pd.DataFrame([row(name) for name in TABLES])
    whole = dict.fromkeys(["median", "lower95", "upper95", "ess"], 0)
    table = table.round(whole | {"rhat": 4}).round(dict.fromkeys(table.columns[6:], 1))
    print(table.to_string(index=False))
    table.to_csv(HERE / "latent_class_speed.csv", index=False)


if __name__ == "__main__":
    main()
