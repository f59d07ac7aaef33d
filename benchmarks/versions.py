"""The quick engine of two checkouts of this project, in turn on the same machine.

    git worktree add /tmp/before 545766e
    python benchmarks/versions.py /tmp/before            # 24 events, each side three times
    python benchmarks/versions.py /tmp/before --events 60 --rounds 5

Events are those of many_events.py, by `fit_many`; a refit is that of speed.py, the mean over eight
seeds, by `fit`. Seconds are those of the processor, after the graphs of all structures are written;
each side is a fresh process, and the sides take turns, because the speed of a virtual machine
varies. Writes versions.csv beside itself: one row a side and round.
"""

import argparse
import json
import os
import subprocess
import sys
import time
import warnings
from pathlib import Path

import pandas as pd

HERE = Path(__file__).parent
PATH = HERE / "versions.csv"
REFITS = 8


def measured(number):
    """Fit so many events by the quick engine, once to write graphs and once more; print figures."""
    from many_events import resampled
    from speed import EVENT_FILE, edited

    import casualty_models as cm
    from casualty_models.batch import fit_many
    from casualty_models.inference import provenance

    events = resampled(number)
    article = cm.read_event(str(EVENT_FILE))
    fit_many(events, random_seed=1, progress=False)
    cm.fit(cm.toll_model(article), random_seed=1)
    start = time.process_time()
    results = fit_many(events, random_seed=1, progress=False)
    seconds = time.process_time() - start
    records = [provenance(each)["diagnostics"] for each in results]
    quick = [record["quick"] for record in records if "quick" in record]
    start = time.process_time()
    for seed in range(REFITS):
        cm.fit(cm.toll_model(edited(article, seed)), random_seed=seed)
    refit = (time.process_time() - start) / REFITS
    row = {
        "cpu_seconds_a_refit": refit,
        "cpu_seconds_an_event": seconds / number,
        "batches_an_event": sum(each["evaluations"] for each in quick) / max(len(quick), 1),
        "effective_draws": sum(r["min_ess_bulk"] for r in records) / number,
        "effective_draws_of_tails": sum(r["min_ess_tail"] for r in records) / number,
        "by_nuts": number - len(quick),
    }
    print(json.dumps(row), flush=True)


def version_of(checkout):
    command = ["git", "-C", str(checkout), "rev-parse", "--short", "HEAD"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def row_of(checkout, number):
    """The figures of one checkout, from a fresh process of one thread."""
    command = [sys.executable, __file__, "--run", "--events", str(number)]
    own = {"PYTHONPATH": str(Path(checkout).resolve() / "src"), "OMP_NUM_THREADS": "1"}
    load = round(os.getloadavg()[0], 1)
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=os.environ | own)
    return json.loads(done.stdout.splitlines()[-1]) | {"load": load}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("before", nargs="?", type=Path, help="another checkout")
    parser.add_argument("--events", type=int, default=24)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--run", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    warnings.filterwarnings("ignore")
    if asked.run:
        measured(asked.events)
        return
    if asked.before is None:
        parser.error("name another checkout")
    rows = []
    for number in range(asked.rounds):
        for checkout in (asked.before, HERE.parent):
            start = {"version": version_of(checkout), "round": number, "events": asked.events}
            rows.append(start | row_of(checkout, asked.events))
            print({k: round(v, 3) if isinstance(v, float) else v for k, v in rows[-1].items()})
        table = pd.DataFrame(rows)
        table.round(3).to_csv(PATH, index=False)
    for what in ("cpu_seconds_an_event", "cpu_seconds_a_refit"):
        before, now = table.groupby("version", sort=False)[what].median()
        print(f"{what}: medians {before:.3f} and {now:.3f}, a ratio of {now / before:.2f}")


if __name__ == "__main__":
    main()
