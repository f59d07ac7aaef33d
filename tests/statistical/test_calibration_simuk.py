"""The ranks and the verdict against an established implementation of the same check."""

import logging

import numpy as np
import pandas as pd
import pymc as pm
import pytest

from casualty_models.checks import Calibration, calibration_table

simuk = pytest.importorskip("simuk")
REPEATS, LEVELS = 40, 200


def normal_model():
    with pm.Model() as model:
        mean = pm.Normal("mean", 0, 1)
        pm.Normal("seen", mean, 1, observed=pm.Data("values", np.zeros(5)))
    return model


def right(mean, seed, **_):
    return {"seen": np.random.default_rng(seed).normal(mean, 1, 5)}


def wrong(mean, seed, **_):
    return {"seen": np.random.default_rng(seed).normal(mean + 0.5, 1, 5)}


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")  # those of another package are not ours to fix
@pytest.mark.parametrize(("simulator", "even"), [(right, True), (wrong, False)])
def test_our_ranks_and_verdict_are_those_of_simuk(simulator, even):
    logging.getLogger("pymc").setLevel(logging.ERROR)
    kept = {"draws": LEVELS, "tune": 200, "chains": 1, "progressbar": False}
    sbc = simuk.SBC(
        normal_model(), num_simulations=REPEATS, sample_kwargs=kept, seed=1, simulator=simulator
    )
    sbc.run_simulations()
    theirs = np.asarray(sbc.simulations["prior_sbc"]["mean"]).ravel()
    draws = [np.asarray(fit["mean"]).ravel() for fit in sbc.posteriors]
    truths = np.asarray(sbc.ref_params["mean"]).ravel()
    ours = np.array([(d < truth).sum() for d, truth in zip(draws, truths, strict=True)])
    np.testing.assert_array_equal(ours, theirs)
    thinned = [(d[:: LEVELS // 20] < t).sum() for d, t in zip(draws, truths, strict=True)]
    table = calibration_table(Calibration(pd.DataFrame({"mean": thinned}), 20))
    assert (table.loc["mean", "verdict"] == "even") is even
