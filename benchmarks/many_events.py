"""Events a minute and memory, for 10 to 10,000 events, beside plain `pm.sample` in a loop.

    python benchmarks/many_events.py                # 10, 100, 1,000 and 10,000 events: an hour
    python benchmarks/many_events.py 10 100         # only these numbers
    python benchmarks/many_events.py 100 --workers 1
    python benchmarks/many_events.py --plain 5      # and five events by plain `pm.sample`
    python benchmarks/many_events.py 10000 --kills 3  # killed three times on its way, and resumed
    python benchmarks/many_events.py 1000 --kills 3 --dask  # the same with a Dask cluster

Events are those of the shipped history as seen on one of the days 1, 3, 7 and 30, drawn with
replacement; the counts of each are multiplied by noise, so that no two are the same. Each run is a
fresh process that writes into an empty folder; memory is the largest sum over that process and its
workers. Rows of many_events.csv with the same number, workers and engine are replaced.

A run that is killed goes on in the same folder, and its seconds are those of all its processes.
`same` is the share of rows that are those of an undisturbed run, over the first 200 events: the
answer to an event does not depend on how many others there are. With Dask, one worker is killed
after half a minute, too, in each of the processes; the undisturbed run is one of local processes.
"""

import argparse
import contextlib
import json
import os
import random
import shutil
import signal
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
COMPARED = 200  # events of a run that was killed, with an undisturbed run
LOOK = 5.0  # seconds between looks at how far a run is
DASK = "auto, Dask"
WORKER_DIES = 30.0  # seconds after the start


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


def run(number, workers, engine, path):
    """One run in this process; prints its figures as JSON."""
    from casualty_models.batch import fit_to_folder

    events = resampled(number)
    with Watched() as memory:
        start = time.perf_counter()
        if engine == DASK:
            with dask_cluster(workers) as client:
                fit_to_folder(events, path, random_seed=1, client=client, progress=False)
        else:
            fit_to_folder(events, path, random_seed=1, workers=workers, progress=False)
        seconds = time.perf_counter() - start
    row = {"seconds": seconds, "cpu_seconds": sum(os.times()[:4]), "memory_mb": memory.most}
    print(json.dumps(row), flush=True)


@contextlib.contextmanager
def dask_cluster(workers):
    """The client of a cluster of local processes, one of which is killed later on."""
    from distributed import Client, LocalCluster

    settings = {"threads_per_worker": 1, "dashboard_address": None}
    with LocalCluster(n_workers=workers, **settings) as cluster, Client(cluster) as client:
        victim = random.choice(list(client.run(os.getpid).values()))
        death = threading.Timer(WORKER_DIES, os.kill, (victim, signal.SIGKILL))
        death.start()
        yield client
        death.cancel()


def found_in(path):
    """What a folder of results says of the run."""
    from casualty_models.batch import read_tolls

    table = read_tolls(path).query("quantity == 'killed'")
    return {
        "folder_mb": sum(each.stat().st_size for each in path.iterdir()) / 2**20,
        "by_nuts": float((table["engine"] == "nutpie").mean()),
        "not_converged": float((~table["converged"]).mean()),
        "errors": int((table["error"] != "").sum()),
    }


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


def measured(number, workers, engine, kills=0):
    """The row of a run in fresh processes, each but the last of them killed."""
    load = round(os.getloadavg()[0], 1)
    folder = Path(tempfile.mkdtemp())
    path = folder / "tolls"
    command = [sys.executable, __file__, "--run", engine, str(number), "--workers", str(workers)]
    command += ["--folder", str(path)]
    lost = [killed_at(share * number, command, path) for share in kill_moments(kills)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    row = {"events": number, "workers": workers, "engine": engine}
    row |= json.loads(done.stdout.splitlines()[-1])
    row["seconds"] += sum(seconds for seconds, _ in lost)
    row["memory_mb"] = max([row["memory_mb"], *(memory for _, memory in lost)])
    if not engine.startswith("plain"):
        row |= found_in(path)
    if kills:
        row |= {
            "kills": kills,
            "cpu_seconds": np.nan,
            "same": same_as_undisturbed(path, number, workers),
        }
    shutil.rmtree(folder)
    row["events_a_minute"] = 60 * number / row["seconds"]
    row["cpu_seconds_an_event"] = row["cpu_seconds"] / number
    return row | {"load": load}


def kill_moments(kills):
    """After which share of the events to kill, at random."""
    return np.sort(np.random.default_rng().uniform(0.05, 0.95, kills))


def killed_at(number, command, path):
    """Run until so many events are in the folder, or a little later, and kill.

    Returns the seconds, and the largest memory in megabytes.
    """
    from casualty_models.batch.folder import read_parts

    start, memory = time.perf_counter(), 0.0
    process = subprocess.Popen(command, start_new_session=True, stdout=subprocess.DEVNULL)
    while process.poll() is None and read_parts(path, ["key"])["key"].nunique() < number:
        memory = max(memory, tree_memory(process.pid))
        time.sleep(LOOK)
    time.sleep(np.random.default_rng().uniform(0, LOOK))
    with contextlib.suppress(ProcessLookupError):  # it has ended
        os.killpg(process.pid, signal.SIGKILL)  # with its workers
    process.wait()
    seconds = time.perf_counter() - start
    print(f"killed with {number:.0f} events done, after {seconds:.0f} s", flush=True)
    return seconds, memory


def same_as_undisturbed(path, number, workers):
    """The share of rows that are the same, of the first of so many events fitted anew."""
    from casualty_models.batch import fit_to_folder, read_tolls

    with tempfile.TemporaryDirectory() as folder:
        again = Path(folder) / "tolls"
        events = resampled(min(number, COMPARED))
        fit_to_folder(events, again, random_seed=1, workers=workers, progress=False)
        new = read_tolls(again).set_index(["key", "quantity"]).sort_index()
    old = read_tolls(path).set_index(["key", "quantity"]).loc[new.index]
    equal = (old == new) | (old.isna() & new.isna())
    return float(equal.all(axis=1).mean())


def keep(row, which):
    """Write a row in place of the one that there was."""
    table = pd.DataFrame([row])
    if PATH.exists():
        old = pd.read_csv(PATH)
        same = (old[["events", "workers", "engine"]] == list(which)).all(axis=1)
        table = pd.concat([old[~same], table])
    table.sort_values(["engine", "workers", "events"]).round(3).to_csv(PATH, index=False)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("numbers", nargs="*", type=int, help="by default 10, 100, 1000, 10000")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--plain", type=int, default=0, help="how many by plain pm.sample")
    parser.add_argument("--kills", type=int, default=0, help="how often to kill and resume")
    parser.add_argument("--dask", action="store_true", help="by a Dask cluster")
    parser.add_argument("--run", help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    warnings.filterwarnings("ignore")
    if options.run:
        number = options.numbers[0]
        is_plain = options.run.startswith("plain")
        if is_plain:
            plain(number)
        else:
            run(number, options.workers, options.run, options.folder)
        return
    engine = DASK if options.dask else "auto"
    wanted = [(n, options.workers, engine) for n in options.numbers or NUMBERS]
    if options.plain:
        wanted = [*wanted * bool(options.numbers), (options.plain, 1, "plain pm.sample")]
    for each in wanted:
        row = measured(*each, kills=0 if each[2].startswith("plain") else options.kills)
        print({k: round(v, 2) if isinstance(v, float) else v for k, v in row.items()}, flush=True)
        keep(row, each)


if __name__ == "__main__":
    main()
