"""Simulation-based calibration of the toll model against the independent simulator.

If the model and the simulator agree, the rank of the truth among posterior draws is uniform
(Talts et al. 2018, arXiv 1804.06788). The same check must fail for a simulator that differs.
"""

from dataclasses import replace

import numpy as np
import nutpie
import pytest
from designs import missing_design, ongoing_design, settled_design
from scipy import stats

from casualty_models.distributions import Fixed, Normal, StudentT
from casualty_models.inference.sampling import compile_once
from casualty_models.models.toll import toll_model
from casualty_models.priors import TollPriors
from casualty_models.simulate import simulate_event

PRIORS = replace(TollPriors.for_event("riot"), log_killed=Normal(6, 1))
RANKS = 20  # posterior draws kept, thinned to be nearly independent
TRUTHS = ("true_killed", "true_wounded", "duration")
WRONG = [
    {"official_count": StudentT(3, -0.8, 0.02)},
    {"count_noise": Fixed(1.0)},
]


def ranks(design, simulator_priors, repeats):
    """Return ranks of the truth in 0..RANKS, one a repeat and variable; one compilation."""
    found = {name: [] for name in TRUTHS}
    for seed in range(repeats):
        event, truth = simulate_event(design, simulator_priors, random_seed=seed)
        posterior = nutpie.sample(
            compile_once(toll_model(event, PRIORS)),
            draws=400,
            tune=400,
            chains=2,
            seed=seed,
            target_accept=0.9,
            adaptation="low_rank",
            progress_bar=False,
            save_warmup=False,
        ).posterior
        for name in TRUTHS:
            thinned = posterior[name].values.ravel()[:: 800 // RANKS]
            found[name].append(int((thinned < truth[name]).sum()))
    return found


def worst_p_value(found, bins=7):
    """Return the smallest p value over variables that the ranks are uniform, Bonferroni-corrected.

    21 possible ranks fall into 7 bins of 3.
    """
    varying = [values for values in found.values() if len(set(values)) > 1]
    pvalues = [
        stats.chisquare(np.bincount(np.array(v) // 3, minlength=bins)).pvalue for v in varying
    ]
    return min(pvalues) * len(pvalues)


@pytest.mark.parametrize("design", [settled_design(), missing_design()], ids=lambda e: e.name)
def test_ranks_of_the_truth_are_uniform(design):
    assert worst_p_value(ranks(design, PRIORS, repeats=70)) > 1e-3


@pytest.mark.parametrize("wrong", WRONG, ids=lambda change: next(iter(change)))
def test_a_wrong_model_fails_the_same_check(wrong):
    found = ranks(settled_design(), replace(PRIORS, **wrong), repeats=70)
    assert worst_p_value(found) < 1e-3


DESIGNS = [settled_design(), ongoing_design(), missing_design()]


@pytest.mark.slow
@pytest.mark.parametrize("design", DESIGNS, ids=lambda e: e.name)
def test_ranks_of_the_truth_are_uniform_over_many_repeats(design):
    assert worst_p_value(ranks(design, PRIORS, repeats=500)) > 1e-3
