"""How exact the quick engine is: its quantiles beside those of long runs of NUTS.

    python benchmarks/accuracy.py             # every shipped event: hours on two cores
    python benchmarks/accuracy.py --limit 10  # ten more events, then stop

One row an event, written to accuracy.csv as it comes; a run that is stopped goes on where it was.
Delete the file to start again, as after a change of the model. Events of the history are seen on
one of the days 1, 3, 7 and 30 after their start.
"""

import argparse
import csv
import time
import warnings
from pathlib import Path

import numpy as np

HERE = Path(__file__).parent
PATH = HERE / "accuracy.csv"
EVENT_FILE = HERE.parent / "examples" / "osh-2010.toml"
QUANTILES = (0.025, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.975)
TOLLS = ("true_killed", "true_wounded")
DAYS = (1, 3, 7, 30)
LONG = {"draws": 4000, "tune": 1500, "target_accept": 0.97, "random_seed": 2}
COLUMNS = (
    "event", "day", "reports", "engine", "fallback", "comparisons", "root_mean_square",
    "largest", "beyond_4", "nuts_converged", "cpu_seconds_quick", "cpu_seconds_nuts",
)  # fmt: skip


def shipped_events():
    """Every shipped event with the day it is seen on: a spread of them first."""
    import casualty_models as cm
    from casualty_models.backtest import seen, settled_events

    found = [("osh-2010.toml", "", cm.read_event(str(EVENT_FILE)))]
    rng = np.random.default_rng(0)
    for event in settled_events():
        day = int(rng.choice(DAYS))
        early = seen(event, day)
        if early is not None:
            found.append((event.id, day, early))
    osh = ("OSH2010", "", cm.load_osh_2010())  # a hundred reports: the longest comes last
    return [*(found[i] for i in rng.permutation(len(found))), osh]


def errors(one, other):
    """Monte Carlo standard errors between the quantiles of two sets of draws."""
    import arviz as az

    for prob in QUANTILES:
        own = [float(az.mcse(draws, method="quantile", prob=prob)) for draws in (one, other)]
        yield float((np.quantile(one, prob) - np.quantile(other, prob)) / np.hypot(*own))


def timed(task):
    start = time.process_time()
    return task(), time.process_time() - start


def compared(event):
    """The row of an event, but for its name and day."""
    import casualty_models as cm
    from casualty_models.inference import provenance

    quick, seconds = timed(
        lambda: cm.fit_many([event], engine="quick", random_seed=1, progress=False)[0]
    )
    record = provenance(quick)
    row = {"reports": len(event.reports), "cpu_seconds_quick": round(seconds, 2)}
    row |= {"engine": record["engine"], "fallback": record.get("fallback", "")}
    if record["engine"] != "quick":
        return row
    model = cm.toll_model(event, fill=True)
    nuts, seconds = timed(
        lambda: cm.fit(model, engine="nuts", predictions=False, progress=False, **LONG)
    )
    found = [
        each
        for toll in TOLLS
        for each in errors(quick.posterior[toll].values, nuts.posterior[toll].values)
    ]
    return row | {
        "comparisons": len(found),
        "root_mean_square": round(float(np.sqrt(np.mean(np.square(found)))), 3),
        "largest": round(float(np.abs(found).max()), 2),
        "beyond_4": int((np.abs(found) > 4).sum()),
        "nuts_converged": provenance(nuts)["diagnostics"]["converged"],
        "cpu_seconds_nuts": round(seconds, 2),
    }


def main():
    from casualty_models.errors import DataError

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--limit", type=int, help="how many events more; by default all")
    limit = parser.parse_args().limit
    warnings.filterwarnings("ignore")
    done = set()
    if PATH.exists():
        with PATH.open() as handle:
            done = {row["event"] for row in csv.DictReader(handle)}
    left = [each for each in shipped_events() if each[0] not in done][:limit]
    for name, day, event in left:
        try:
            row = {"event": name, "day": day} | compared(event)
        except DataError as error:
            print(name, error)
            continue
        new = not PATH.exists()
        with PATH.open("a", newline="") as handle:
            writer = csv.DictWriter(handle, COLUMNS)
            if new:
                writer.writeheader()
            writer.writerow(row)
        print(row, flush=True)


if __name__ == "__main__":
    main()
