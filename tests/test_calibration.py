from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from designs import settled_design
from scipy import stats

from casualty_models.checks import (
    Calibration,
    calibration,
    calibration_sentence,
    calibration_table,
)
from casualty_models.checks.calibration import FIT, ranks_of_truth
from casualty_models.checks.uniform_ranks import ecdf_pvalue, histogram_pvalue
from casualty_models.distributions import Normal, StudentT
from casualty_models.errors import DataError
from casualty_models.priors import TollPriors
from casualty_models.simulate import simulate_counts, simulate_event

LEVELS = 20
PRIORS = replace(TollPriors.for_event("riot"), log_killed=Normal(6, 1))


def even_ranks(sets, number, seed=1):
    return np.random.default_rng(seed).integers(0, LEVELS + 1, (sets, number))


@pytest.mark.parametrize("pvalue", [histogram_pvalue, ecdf_pvalue])
def test_even_ranks_are_called_uneven_as_often_as_stated(pvalue):
    found = np.array([pvalue(ranks, LEVELS) for ranks in even_ranks(100, 60)])
    for level in (0.1, 0.5):
        assert stats.binomtest(int((found <= level).sum()), 100, level).pvalue > 1e-3


@pytest.mark.parametrize("pvalue", [histogram_pvalue, ecdf_pvalue])
@pytest.mark.parametrize(
    ("share", "verdict"),
    [
        (stats.beta(2, 1), "answers are too low"),
        (stats.beta(1, 2), "answers are too high"),
        (stats.beta(0.5, 0.5), "intervals are too narrow"),
        (stats.beta(2.5, 2.5), "intervals are too wide"),
    ],
)
def test_uneven_ranks_are_found_and_named(pvalue, share, verdict):
    drawn = share.rvs(150, random_state=np.random.default_rng(1))
    ranks = np.floor(drawn * (LEVELS + 1)).astype(int)
    assert pvalue(ranks, LEVELS) < 1e-3
    found = Calibration(pd.DataFrame({"bad": ranks, "good": even_ranks(1, 150)[0]}), LEVELS)
    assert calibration_table(found)["verdict"].to_dict() == {"bad": verdict, "good": "even"}
    assert f"bad: {verdict}" in calibration_sentence(found)


def posterior_of(truths):
    """A result whose draws are these truths: those of somebody who has read no report."""
    half_time = np.stack([truths.half_time.values] * 2, axis=-1)[None]
    draws = {n: (("chain", "draw"), truths[n].values[None])
             for n in ("true_killed", "true_wounded", "duration")}  # fmt: skip
    draws["half_time"] = (("chain", "draw", "quantity"), half_time)
    posterior = xr.Dataset(draws, coords={"quantity": ["killed", "wounded"]})
    return xr.DataTree.from_dict({"posterior": posterior})


def test_only_a_quantity_of_the_reports_finds_that_they_were_ignored():
    """Modrák et al. 2023: the prior in place of the posterior has even ranks of the parameters."""
    rows = []
    for seed in range(80):
        event, truth = simulate_event(settled_design(), PRIORS, random_seed=seed)
        ignorant = posterior_of(simulate_counts(event, PRIORS, draws=LEVELS, random_seed=9 + seed))
        rows.append(ranks_of_truth(event, truth, ignorant, priors=PRIORS, levels=LEVELS))
    verdicts = calibration_table(Calibration(pd.DataFrame(rows), LEVELS))["verdict"]
    assert verdicts.pop(FIT) != "even"
    assert (verdicts == "even").all()


def test_what_was_known_from_the_start_is_not_ranked():
    event, truth = simulate_event(settled_design(), PRIORS, random_seed=1)
    known = posterior_of(simulate_counts(event, PRIORS, draws=LEVELS, random_seed=2))
    ranks = ranks_of_truth(event, truth, known, priors=PRIORS, levels=LEVELS)
    assert set(ranks) == {"true_killed", "true_wounded", "half_time", FIT}


QUICK = {"engine": "quick", "draws": 200, "repeats": 20, "levels": LEVELS, "random_seed": 1}


def test_a_model_that_is_wrong_about_officials_is_found_out():
    low = replace(PRIORS, official_count=StudentT(3, -1.0, 0.02))
    found = calibration(settled_design(), PRIORS, truth_priors=low, **QUICK)
    assert len(found.ranks) == 20
    assert found.ranks.to_numpy().max() <= LEVELS
    assert calibration_table(found).loc["true_killed", "verdict"] == "answers are too low"


@pytest.mark.slow
def test_the_quick_engine_is_calibrated_as_far_as_twenty_events_tell():
    found = calibration(settled_design(), PRIORS, **QUICK)
    assert "the truth lay where the model said it would" in calibration_sentence(found)


@pytest.mark.parametrize("settings", [{"repeats": 5}, {"levels": 5000}, {"levels": 0}])
def test_too_few_repeats_or_draws_are_refused(settings):
    with pytest.raises(DataError, match="20 repeats or more"):
        calibration(settled_design(), PRIORS, **settings)
