"""Events a minute and memory, for 10 to 10,000 events, beside plain `pm.sample` in a loop.

    python benchmarks/many_events.py                # 10, 100, 1,000 and 10,000 events: an hour
    python benchmarks/many_events.py 10 100         # only these numbers
    python benchmarks/many_events.py 100 --workers 1
    python benchmarks/many_events.py --plain 5      # and five events by plain `pm.sample`

Events are those of the shipped history as seen on one of the days 1, 3, 7 and 30, drawn with
replacement; the counts of each are multiplied by noise, so that no two are the same. Each run is a
fresh process that writes into an empty folder; memory is the largest sum over that process and its
workers. Rows of many_events.csv with the same number, workers and engine are replaced.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
import warnings
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

HERE = Path(__file__).parent
PATH = HERE / "many_events.csv"
NUMBERS = (10, 100, 1000, 10_000)
DAYS = (1, 3, 7, 30)
EVENT_NOISE, REPORT_NOISE = 0.5, 0.1


def resampled(number, seed=0):
    """So many events, each like one of the history."""
    from casualty_models.backtest import seen, settled_events

    rng = np.random.default_rng(seed)
    known = [seen(event, day) for event in settled_events() for day in DAYS]
    known = [event for event in known if event is not None]
    return [noisy(known[rng.integers(len(known))], i, rng) for i in range(number)]


def noisy(event, number, rng):
    factor = np.exp(rng.normal(0, EVENT_NOISE))
    reports = []
    for report in event.reports:
        own = factor * np.exp(rng.normal(0, REPORT_NOISE))
        said = report.statement
        lower = round(said.lower * own)
        upper = max(round(said.upper * own), lower)
        reports.append(replace(report, says=None, value=None, lower=lower, upper=upper))
    return replace(event, name=f"{event.name}, copy {number}", id="", reports=reports)


def tree_memory(root):
    """Megabytes in use by a process and all it started."""
    parents, sizes = {}, {}
    for path in Path("/proc").glob("[0-9]*"):
        try:
            status = dict(line.split(":", 1) for line in (path / "status").read_text().splitlines())
        except OSError:
            continue
        pid = int(path.name)
        parents[pid] = int(status["PPid"])
        sizes[pid] = int(status.get("VmRSS", "0 kB").split()[0]) / 1024
    found, ours = 0.0, {root}
    for pid in sorted(parents):
        if parents[pid] in ours or pid == root:
            ours.add(pid)
            found += sizes[pid]
    return found


class Watched:
    """The largest memory of this process and its workers."""

    def __enter__(self):
        self.most, self.over = 0.0, threading.Event()
        self.thread = threading.Thread(target=self.look)
        self.thread.start()
        return self

    def look(self):
        while not self.over.wait(1.0):
            self.most = max(self.most, tree_memory(os.getpid()))

    def __exit__(self, *_):
        self.over.set()
        self.thread.join()
        self.most = max(self.most, tree_memory(os.getpid()))


def run(number, workers, engine):
    """One run in this process; prints its figures as JSON."""
    from casualty_models.batch import fit_to_folder, read_tolls

    events = resampled(number)
    with tempfile.TemporaryDirectory() as folder, Watched() as memory:
        start = time.perf_counter()
        path = Path(folder) / "tolls"
        fit_to_folder(events, path, random_seed=1, workers=workers, engine=engine, progress=False)
        seconds = time.perf_counter() - start
        table = read_tolls(path).query("quantity == 'killed'")
        size = sum(each.stat().st_size for each in path.iterdir())
    row = {
        "seconds": seconds,
        "cpu_seconds": sum(os.times()[:4]),
        "memory_mb": memory.most,
        "folder_mb": size / 2**20,
        "by_nuts": float((table["engine"] == "nutpie").mean()),
        "not_converged": float((~table["converged"]).mean()),
        "errors": int((table["error"] != "").sum()),
    }
    print(json.dumps(row), flush=True)


def plain(number):
    """The same events by plain `pm.sample`, which compiles each time, one after the other."""
    import pymc as pm

    import casualty_models as cm

    start = time.perf_counter()
    with Watched() as memory:
        for event in resampled(number):
            with cm.toll_model(event):
                pm.sample(
                    1000, tune=1000, chains=4, cores=1, random_seed=1, nuts_sampler="pymc",
                    target_accept=0.95, progressbar=False,
                )  # fmt: skip
    seconds = time.perf_counter() - start
    cpu = sum(os.times()[:4])
    print(json.dumps({"seconds": seconds, "cpu_seconds": cpu, "memory_mb": memory.most}))


def measured(number, workers, engine):
    """The row of a run in a fresh process."""
    load = round(os.getloadavg()[0], 1)
    command = [sys.executable, __file__, "--run", engine, str(number), "--workers", str(workers)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    row = {"events": number, "workers": workers, "engine": engine}
    row |= json.loads(done.stdout.splitlines()[-1])
    row["events_a_minute"] = 60 * number / row["seconds"]
    row["cpu_seconds_an_event"] = row["cpu_seconds"] / number
    return row | {"load": load}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("numbers", nargs="*", type=int, help="by default 10, 100, 1000, 10000")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--plain", type=int, default=0, help="how many by plain pm.sample")
    parser.add_argument("--run", help=argparse.SUPPRESS)
    options = parser.parse_args()
    warnings.filterwarnings("ignore")
    if options.run:
        number = options.numbers[0]
        is_plain = options.run.startswith("plain")
        plain(number) if is_plain else run(number, options.workers, options.run)
        return
    wanted = [(n, options.workers, "auto") for n in options.numbers or NUMBERS]
    if options.plain:
        wanted = [*wanted * bool(options.numbers), (options.plain, 1, "plain pm.sample")]
    for each in wanted:
        row = measured(*each)
        print({k: round(v, 2) if isinstance(v, float) else v for k, v in row.items()}, flush=True)
        table = pd.DataFrame([row])
        if PATH.exists():
            old = pd.read_csv(PATH)
            same = (old[["events", "workers", "engine"]] == list(each)).all(axis=1)
            table = pd.concat([old[~same], table])
        table.sort_values(["engine", "workers", "events"]).round(3).to_csv(PATH, index=False)


if __name__ == "__main__":
    main()
