"""How fast an answer comes, beside the same model in plain `pm.sample`.

    python benchmarks/speed.py               # all parts: a quarter of an hour on two cores
    python benchmarks/speed.py first refit   # only some of the parts

Parts: `first` is the first answer of a fresh process, with an empty and with a filled cache of
compiled code; `refit` is the answer after one report was changed; `draws` counts effective draws
of the toll a second, and `history` those of the hyperparameter of the history model that has
fewest, also by NumPyro if it is installed. Writes speed.csv beside itself; each row
says how busy the machine was. How exact the quick engine is: accuracy.py; many events:
many_events.py.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
import warnings
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pandas as pd

HERE = Path(__file__).parent
EVENT_FILE = HERE.parent / "examples" / "osh-2010.toml"
PARTS = ("first", "refit", "draws", "history")
TOLLS = ("true_killed", "true_wounded")

QUICK, NUTS, PLAIN = "quick", "nutpie, as shipped", "plain pm.sample"
NUMPYRO = f"{PLAIN}, NumPyro"
PLAIN_SAMPLE = """
import pymc as pm
with model:
    posterior = pm.sample(1000, tune=1000, chains=4, random_seed=1, nuts_sampler="pymc",
                          target_accept=0.95, progressbar=False).posterior
"""
ANSWER = {
    QUICK: "posterior = cm.fit(model, engine='quick', random_seed=1).posterior",
    NUTS: "posterior = cm.fit(model, engine='nuts', random_seed=1, progress=False).posterior",
    PLAIN: PLAIN_SAMPLE,
}
FIRST = """
import json, resource, sys, warnings
warnings.filterwarnings("ignore")
import casualty_models as cm

def main():
    model = cm.toll_model(cm.read_event({path!r}))
    scope = {{"cm": cm, "model": model}}
    exec({answer!r}, scope)
    draws = scope["posterior"].true_killed.values.ravel().tolist()
    memory = sum(resource.getrusage(who).ru_maxrss for who in
                 (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)) / 1024
    print(json.dumps({{"median": sorted(draws)[len(draws) // 2], "memory_mb": memory}}))

if __name__ == "__main__":
    main()
"""


def busy():
    """How many processes wanted a core in the last minute."""
    return round(os.getloadavg()[0], 1)


def processor():
    """Seconds of processor time so far, of this process and of those it waited for."""
    return sum(os.times()[:4])


def timed(task):
    """What a task returns, the seconds it took, and those of the processor: others may work too."""
    start, start_cpu = time.perf_counter(), processor()
    found = task()
    return found, time.perf_counter() - start, processor() - start_cpu


def first_answer():
    """A fresh process, from its start to its end."""
    for engine, answer in ANSWER.items():
        with tempfile.TemporaryDirectory() as folder:
            script = Path(folder) / "answer.py"
            script.write_text(FIRST.format(path=str(EVENT_FILE), answer=answer))
            flags = {"PYTENSOR_FLAGS": f"base_compiledir={folder}/cache"}
            for cache in ("empty", "filled"):
                load = busy()
                done, seconds, cpu = timed(
                    lambda script=script, flags=flags: subprocess.run(
                        [sys.executable, str(script)],
                        check=True,
                        capture_output=True,
                        env=os.environ | flags,
                    )
                )
                printed = json.loads(done.stdout.splitlines()[-1])
                yield {
                    "part": "first",
                    "what": f"fresh process, {cache} cache",
                    "engine": engine,
                    "seconds": seconds,
                    "cpu_seconds": cpu,
                    "memory_mb": printed["memory_mb"],
                    "median_killed": printed["median"],
                    "load": load,
                }


def edited(event, number):
    """The event with another count in its first report."""
    first = replace(event.reports[0], says=None, value=100 + number)
    return replace(event, reports=(first, *event.reports[1:]))


def with_one_more(event):
    more = replace(event.reports[0], says=None, value=110, source="another source")
    return replace(event, reports=(*event.reports, more))


def plain_sample(model, sampler="pymc", **more):
    import pymc as pm

    settings = {"draws": 1000, "tune": 1000, "chains": 4, "target_accept": 0.95} | more
    with model:
        return pm.sample(**settings, random_seed=1, nuts_sampler=sampler, progressbar=False)


def refit():
    """Model, draws, predictions and diagnostics after a change, in a process that has fitted."""
    import casualty_models as cm

    event = cm.read_event(str(EVENT_FILE))
    tasks = {
        QUICK: lambda e: cm.fit(cm.toll_model(e), engine="quick", random_seed=1),
        NUTS: lambda e: cm.fit(cm.toll_model(e), engine="nuts", random_seed=1, progress=False),
        PLAIN: lambda e: plain_sample(cm.toll_model(e)),
    }
    for engine, task in tasks.items():
        task(event)
        repeats = 2 if engine == PLAIN else 7
        cases = {
            "one report changed": [edited(event, i) for i in range(repeats)],
            "one report added": [with_one_more(event)],
        }
        for what, events in cases.items():
            load = busy()
            took = [timed(lambda e=e, task=task: task(e))[1:] for e in events]
            seconds, cpu = np.median(took, axis=0)
            yield {
                "part": "refit",
                "what": what,
                "engine": engine,
                "seconds": float(seconds),
                "cpu_seconds": float(cpu),
                "load": load,
            }


def centered_model(event):  # noqa: PLR0915
    """The toll model as one would write it down first: toll and levels of sources as they are."""
    import pymc as pm
    import pytensor.tensor as pt

    from casualty_models.models import toll as terms
    from casualty_models.models.report_table import QUANTITIES, report_table
    from casualty_models.models.reporting import backward_walk, log_counted_share, reported
    from casualty_models.priors import TollPriors

    priors, table = TollPriors.for_event(event.kind, event.mechanism), report_table(event)
    each = [getattr(priors, name) for name in table.series_classes]
    coords = {"quantity": QUANTITIES, "series": table.series_names, "report": table.position}
    with pm.Model(coords=coords) as model:
        data = terms._data(event, table)
        half_time, duration, shape = terms._growth(priors, data)
        held = data["days"] + priors.silence.to_pymc("silence") * data["silence"]
        curves = [log_counted_share(held, half_time[q], duration, shape[q]) for q in (0, 1)]
        share = pt.where(pt.eq(data["quantity"], 0), *curves)
        scale = priors.walk_scale.to_pymc("walk_scale")
        # A step of no length has no density of its own, so the steps stay standardized.
        steps = pm.Normal("walk_step", dims="report")
        grown = share + backward_walk(share, data["last"], scale, steps)
        levels = {key: np.array([getattr(p, key) for p in each]) for key in ("nu", "mu", "sigma")}
        effect = pm.StudentT("source_effect", **levels, dims="series")
        log_killed = pm.Normal("log_killed", priors.log_killed.mu, priors.log_killed.sigma)
        ratio = priors.wounded_per_killed
        log_wounded = pm.StudentT(
            "log_wounded", ratio.nu, log_killed + np.log(ratio.median), sigma=ratio.sigma
        )
        log_toll = pt.stack([log_killed, log_wounded])[data["quantity"]]
        center = log_toll + effect[data["series"]] + data["grows"] * grown
        reported("reported", center, terms._noise(priors, data), data, dims="report")
        pm.Deterministic("true_killed", pt.exp(log_killed))
        pm.Deterministic("true_wounded", pt.exp(log_wounded))
    return model


def simple_parts(event):
    """The event with reports of its whole toll alone, none of which only bounds it from below."""
    kept = [r for r in event.reports if r.quantity in ("killed", "wounded") and not r.floor]
    return replace(event, strata=None, reports=tuple(kept))


def rate(result, names, cpu):
    """Effective draws of the variable that has fewest, also for each second of the processor."""
    import arviz as az

    posterior = result.posterior.to_dataset()[list(names)]
    least = float(az.ess(posterior, method="bulk").to_array().min())
    return {
        "effective_draws": least,
        "effective_draws_a_cpu_second": least / cpu,
        "max_rhat": float(az.rhat(posterior).to_array().max()),
    }


def effective_draws():
    """Effective draws of the toll a second, with and without the time to compile."""
    import casualty_models as cm

    events = {
        "one article": simple_parts(cm.read_event(str(EVENT_FILE))),
        "all reports": simple_parts(cm.load_osh_2010()),
    }
    quiet = {"random_seed": 1, "progress": False, "predictions": False}
    tasks = {
        QUICK: lambda e: cm.fit(cm.toll_model(e), engine="quick", **quiet),
        NUTS: lambda e: cm.fit(cm.toll_model(e), engine="nuts", **quiet),
        PLAIN: lambda e: plain_sample(cm.toll_model(e)),
        f"{PLAIN}, centered": lambda e: plain_sample(centered_model(e)),
    }
    if find_spec("numpyro"):
        tasks[NUMPYRO] = lambda e: plain_sample(cm.toll_model(e), sampler="numpyro")
        tasks[f"{NUMPYRO}, centered"] = lambda e: plain_sample(centered_model(e), "numpyro")
    for what, event in events.items():
        for engine, task in tasks.items():
            if (what, engine) == ("all reports", QUICK):
                continue  # it leaves 153 unknowns to NUTS
            load = busy()
            # Plain `pm.sample` compiles each time.
            runs = ("first",) if engine.startswith(PLAIN) else ("first", "again")
            for compiled in runs:
                result, seconds, cpu = timed(lambda e=event, task=task: task(e))
                yield {
                    "part": "draws",
                    "what": f"{what}, {compiled}",
                    "engine": engine,
                    "seconds": seconds,
                    "cpu_seconds": cpu,
                    "load": load,
                } | rate(result, TOLLS, cpu)


def history_draws():
    """Effective draws a second of the history model: of the hyperparameter that has fewest."""
    import casualty_models as cm
    from casualty_models.datasets import history_events
    from casualty_models.models.history import HYPERPARAMETERS, history_model
    from casualty_models.models.settled import settled

    how = {"draws": 1000, "tune": 1000, "chains": 2, "target_accept": 0.9}
    tasks = {
        NUTS: lambda m: cm.fit(
            m, engine="nuts", random_seed=1, progress=False, predictions=False, **how
        ),
        PLAIN: lambda m: plain_sample(m, **how),
    }
    if find_spec("numpyro"):
        tasks[NUMPYRO] = lambda m: plain_sample(m, sampler="numpyro", **how)
    events = settled(history_events())
    for engine, task in tasks.items():
        load = busy()
        model = history_model(events)
        result, seconds, cpu = timed(lambda task=task, model=model: task(model))
        yield {
            "part": "history",
            "what": f"{len(events)} events, first",
            "engine": engine,
            "seconds": seconds,
            "cpu_seconds": cpu,
            "load": load,
        } | rate(result, HYPERPARAMETERS, cpu)


def written(rows, path):
    """Print rows as they come and keep them, with what the file already has of other parts."""
    found = []
    for row in rows:
        found.append(row)
        print({k: round(v, 3) if isinstance(v, float) else v for k, v in row.items()}, flush=True)
    table = pd.DataFrame(found)
    if path.exists() and "part" in table:
        old = pd.read_csv(path)
        table = pd.concat([old[~old["part"].isin(table["part"])], table])
    table.round(3).to_csv(path, index=False)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []], help="by default all")
    options = parser.parse_args()
    warnings.filterwarnings("ignore")
    makers = {
        "first": first_answer,
        "refit": refit,
        "draws": effective_draws,
        "history": history_draws,
    }
    for part in options.parts or PARTS:
        written(makers[part](), HERE / "speed.csv")


if __name__ == "__main__":
    main()
