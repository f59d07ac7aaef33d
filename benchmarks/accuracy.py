"""How exact the quick engine is: its quantiles beside those of long runs of NUTS.

    python benchmarks/accuracy.py --nuts  # the long runs, into accuracy_nuts.csv: hours of one core
    python benchmarks/accuracy.py         # the quick engine beside them: minutes
    python benchmarks/accuracy.py --compiled  # its moves by the compiled machine, as in `fit_many`
    python benchmarks/accuracy.py --seed 2 --draws 250  # with others; no file is written

The long runs are written as they come, and a run that is stopped goes on where it was. After a
change of the model delete accuracy_nuts.csv; after one of the quick engine only the second command
is needed. Events of the history are seen on one of the days 1, 3, 7 and 30 after their start.
"""

import argparse
import time
import warnings
from pathlib import Path

import numpy as np
import pandas as pd

HERE = Path(__file__).parent
LONG_PATH = HERE / "accuracy_nuts.csv"
PATHS = {False: HERE / "accuracy.csv", True: HERE / "accuracy_compiled.csv"}
EVENT_FILE = HERE.parent / "examples" / "osh-2010.toml"
QUANTILES = (0.025, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.975)
TOLLS = ("true_killed", "true_wounded")
DAYS = (1, 3, 7, 30)
LONG = {"draws": 4000, "tune": 1500, "target_accept": 0.97, "random_seed": 2}
SEED, DRAWS = 1, 1000


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


def quantiles(result):
    """The quantiles of the tolls of a result with their Monte Carlo standard errors."""
    from casualty_models.summaries.rounding import quantile_error

    for toll in TOLLS:
        draws = result.posterior[toll].values
        for prob in QUANTILES:
            yield {
                "toll": toll,
                "probability": prob,
                "value": float(np.quantile(draws, prob)),
                "error": quantile_error(draws, prob),
            }


def long_runs(limit):
    """Sample each event by NUTS for long, and write its quantiles."""
    import casualty_models as cm
    from casualty_models.inference import provenance

    done = set(pd.read_csv(LONG_PATH)["event"]) if LONG_PATH.exists() else set()
    left = [each for each in shipped_events() if each[0] not in done][:limit]
    for name, day, event in left:
        start = time.process_time()
        model = cm.toll_model(event, fill=True)
        result = cm.fit(model, engine="nuts", predictions=False, progress=False, **LONG)
        own = {
            "event": name,
            "day": day,
            "converged": provenance(result)["diagnostics"]["converged"],
            "cpu_seconds": round(time.process_time() - start, 2),
        }
        table = pd.DataFrame([own | row for row in quantiles(result)])
        new = not LONG_PATH.exists()
        table.to_csv(LONG_PATH, mode="a", header=new, index=False, float_format="%.6g")
        print(own, flush=True)


def compared(event, long, settings, compiled):
    """The row of an event, but for its name and day."""
    from casualty_models.inference.density import Density
    from casualty_models.inference.quick_result import quick_result
    from casualty_models.inference.trust import NotTrusted
    from casualty_models.models.toll import toll_model

    row = {"reports": len(event.reports), "engine": "quick", "fallback": ""}
    start = time.process_time()
    try:
        result, _ = quick_result(
            Density(toll_model(event)), settings, only_small=True, compiled=compiled
        )
    except NotTrusted as reason:
        result, row = None, row | {"engine": "nutpie", "fallback": str(reason)}
    row["cpu_seconds_quick"] = round(time.process_time() - start, 2)
    row["cpu_seconds_nuts"] = long["cpu_seconds"].iloc[0]
    row["nuts_converged"] = bool(long["converged"].iloc[0])
    if result is None:
        return row
    quick = pd.DataFrame(quantiles(result))
    both = quick.merge(long, on=["toll", "probability"], suffixes=("", "_long"))
    apart = (both["value"] - both["value_long"]) / np.hypot(both["error"], both["error_long"])
    return row | {
        "comparisons": len(apart),
        "root_mean_square": round(float(np.sqrt((apart**2).mean())), 3),
        "largest": round(float(apart.abs().max()), 2),
        "beyond_4": int((apart.abs() > 4).sum()),
    }


def beside_quick(seed, draws, compiled):
    """Compare the quick engine with the long runs that there are."""
    runs = dict(list(pd.read_csv(LONG_PATH).groupby("event")))
    settings = {"draws": draws, "tune": 1000, "chains": 4, "random_seed": seed}
    rows = []
    for name, day, event in shipped_events():
        if name in runs:
            row = compared(event, runs[name], settings, compiled)
            rows.append({"event": name, "day": day} | row)
            print(rows[-1], flush=True)
    table = pd.DataFrame(rows)
    if (seed, draws) == (SEED, DRAWS):
        table.to_csv(PATHS[compiled], index=False)
    quick = table[table["engine"] == "quick"]
    square = np.average(quick["root_mean_square"] ** 2, weights=quick["comparisons"])
    print(
        f"{len(table)} events, {len(table) - len(quick)} of them left to NUTS; of"
        f" {quick['comparisons'].sum():.0f} quantiles {quick['beyond_4'].sum():.0f} differ by more"
        f" than 4 standard errors; root mean square {np.sqrt(square):.3f},"
        f" largest {quick['largest'].max()}"
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--nuts", action="store_true", help="make the long runs")
    parser.add_argument("--limit", type=int, help="how many long runs more; by default all")
    parser.add_argument("--compiled", action="store_true", help="moves by the compiled machine")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--draws", type=int, default=DRAWS, help="of each of four chains")
    asked = parser.parse_args()
    warnings.filterwarnings("ignore")
    if asked.nuts:
        long_runs(asked.limit)
    else:
        beside_quick(asked.seed, asked.draws, asked.compiled)


if __name__ == "__main__":
    main()
