"""How fast the capture-recapture averages are, beside what R packages took on the same tables.

Run with ``python benchmarks/capture_speed.py``; it prints a table and writes capture_speed.csv
beside itself. Recorded times are CPU seconds of dga 2.0.2 and Rcapture 1.4-4 on two virtual cores
of an AMD EPYC (tests/data/oracles/README.md). "Same grid" means the same cut of the unseen count
and all graphs, the saturated one included, with an answer equal to the digits that dga prints;
dga evaluates every point of the grid, this package places points where they are needed.
"""

import time
import tracemalloc
from pathlib import Path

import numpy as np
import pandas as pd

from casualty_models.capture.decomposable import decomposable_graphs
from casualty_models.capture.graphs import graph_average
from casualty_models.capture.loglinear import loglinear_average
from casualty_models.datasets.lists import load_lists
from casualty_models.lists import CaptureHistories

HERE = Path(__file__).parent
DGA = pd.read_csv(HERE.parent / "tests" / "data" / "oracles" / "dga_scaling.csv")
TABLES = {3: "spina_3", 4: "kosovo1999", 5: "uk_slavery_5"}
# CPU seconds of Rcapture's closedpMS.t by number of lists.
RCAPTURE = {3: 0.04, 4: 0.5, 5: 48.0}


def measured(task, repeats):
    """Wall and CPU seconds of the quickest of several runs, and the memory of one, in MB."""
    wall, cpu = [], []
    for _ in range(repeats):
        start, start_cpu = time.perf_counter(), time.process_time()
        task()
        wall.append(time.perf_counter() - start)
        cpu.append(time.process_time() - start_cpu)
    tracemalloc.start()
    task()
    memory = tracemalloc.get_traced_memory()[1] / 1e6
    tracemalloc.stop()
    return {"seconds": min(wall), "cpu_seconds": min(cpu), "memory_mb": memory}


def two_classes(lists, people, rng):
    """A table of simulated people, a tenth of them easily found."""
    chance = np.where(rng.random((people, 1)) < 0.1, 0.5, 0.08) * np.ones(lists)
    found = rng.random((people, lists)) < chance
    names = [f"list {j + 1}" for j in range(lists)]
    return CaptureHistories.from_people(pd.DataFrame(found[found.any(axis=1)], columns=names))


def graphs_at_the_grid_of_dga():
    for row in DGA.itertuples():
        table = load_lists(TABLES[row.lists])
        limit = int(row.grid_points) - 1
        found = measured(lambda t=table, m=limit: graph_average(t, saturated=True, limit=m), 20)
        yield {
            "what": f"graphs, same grid as dga, {TABLES[row.lists]}",
            "lists": row.lists,
            "models": row.graphs,
            "grid_points": int(row.grid_points),
            **found,
            "peer": "dga",
            "peer_cpu_seconds": row.cpu_seconds_median,
            "peer_memory_mb": row.result_MB,
        }


def graphs_without_a_cut():
    rng = np.random.default_rng(1)
    tables = {name: load_lists(name) for name in (*TABLES.values(), "uk_slavery_6")}
    tables["two classes, 5,000 people"] = two_classes(7, 5000, rng)
    tables["two classes, 400 people"] = two_classes(7, 400, rng)
    for name, table in tables.items():

        def task(table=table):
            decomposable_graphs.cache_clear()
            return graph_average(table)

        lists = len(table.lists)
        found = measured(task, 5 if lists < 7 else 2)
        models = len(decomposable_graphs(lists)) - 1
        what = f"graphs with their enumeration, no cut, {name}"
        yield {"what": what, "lists": lists, "models": models, **found}


def loglinear_models():
    for lists, name in TABLES.items():
        table = load_lists(name)
        found = measured(lambda t=table: loglinear_average(t, random_seed=1), 3)
        models = {3: 8, 4: 113, 5: 6893}[lists]
        yield {
            "what": f"log-linear models, posterior of each, {name}",
            "lists": lists,
            "models": models,
            **found,
            "peer": "Rcapture (maximum likelihood)",
            "peer_cpu_seconds": RCAPTURE[lists],
        }


def main():
    load_lists("spina_3").estimability()
    graph_average(load_lists("spina_3"))
    rows = [*graphs_at_the_grid_of_dga(), *graphs_without_a_cut(), *loglinear_models()]
    table = pd.DataFrame(rows)
    table["times_faster"] = table["peer_cpu_seconds"] / table["cpu_seconds"]
    digits = {"seconds": 4, "cpu_seconds": 4, "memory_mb": 1, "times_faster": 1}
    table = table.round(digits).astype({"grid_points": "Int64"})
    print(table.to_string(index=False))
    table.to_csv(HERE / "capture_speed.csv", index=False)


if __name__ == "__main__":
    main()
