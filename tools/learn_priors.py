"""Learn the default priors from the shipped history; writes priors/learned.json of the package.

Usage: learn_priors.py        (two minutes to sample, as long again to compile; `make learn`)
"""

import hashlib
import json
import sys
from dataclasses import MISSING, fields
from importlib.metadata import version
from pathlib import Path

import arviz as az

from casualty_models import fit
from casualty_models.datasets import history_events
from casualty_models.events import KINDS, MECHANISMS
from casualty_models.models.history import HYPERPARAMETERS, history_model
from casualty_models.models.learned import learned_priors
from casualty_models.models.settled import settled
from casualty_models.priors import TollPriors

ROOT = Path(__file__).parents[1] / "src" / "casualty_models"
OF_KIND = ("half_time", "growth_shape")
NOT_LEARNED = {spec.name for spec in fields(TollPriors) if spec.default is not MISSING}
SEED = 2026


def checks(result):
    """Return divergences, the largest R-hat and the smallest effective sample size."""
    posterior = result["posterior"].to_dataset()[list(HYPERPARAMETERS)]
    return {
        "divergences": int(result["sample_stats"]["diverging"].sum()),
        "max_rhat": round(float(az.rhat(posterior).to_array().max()), 4),
        "min_ess": int(az.ess(posterior).to_array().min()),
    }


def data_hash():
    """Return a hash of the two tables that were learned from."""
    folder = ROOT / "datasets" / "history"
    text = b"".join((folder / name).read_bytes() for name in ("events.csv", "event_reports.csv"))
    return hashlib.sha256(text).hexdigest()[:16]


def table(posterior):
    """Return the learned priors, each value written once."""
    of_kind = {kind: learned_priors(posterior, kind).to_dict() for kind in KINDS}
    shared = {
        name: value
        for name, value in of_kind["other"].items()
        if name not in (*OF_KIND, *NOT_LEARNED, "wounded_per_killed")
    }
    return {
        "every kind": shared,
        "kinds": {kind: {name: of_kind[kind][name] for name in OF_KIND} for kind in KINDS},
        "wounded_per_killed": {
            kind: {
                mechanism: learned_priors(posterior, kind, mechanism or None).to_dict()[
                    "wounded_per_killed"
                ]
                for mechanism in ("", *MECHANISMS)
            }
            for kind in KINDS
        },
    }


def main():
    """Fit, check and write."""
    events = settled(history_events())
    settings = {"draws": 2000, "tune": 1000, "target_accept": 0.9, "random_seed": SEED}
    result = fit(history_model(events), predictions=False, **settings)
    found = checks(result)
    print(found, file=sys.stderr)
    made = {
        "command": "make learn",
        "events": len(events),
        "reports": sum(len(event.reports) for event in events),
        "data_hash": data_hash(),
        "random_seed": SEED,
        "versions": {name: version(name) for name in ("casualty-models", "pymc", "nutpie")},
        "checks": found,
    }
    text = json.dumps({"made": made, **table(result["posterior"].to_dataset())}, indent=1)
    (ROOT / "priors" / "learned.json").write_text(f"{text}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
