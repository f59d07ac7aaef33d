"""Simulation-based calibration of the toll model against the independent simulator.

If the model and the simulator agree, the rank of the truth among posterior draws is uniform
(Talts et al. 2018, arXiv 1804.06788). The same check must fail for a simulator that differs.
"""

from dataclasses import replace

import pytest
from designs import (
    casualties_design,
    missing_design,
    ongoing_design,
    settled_design,
    strata_design,
)

from casualty_models.checks import calibration, calibration_sentence, calibration_table
from casualty_models.distributions import Fixed, Normal, StudentT
from casualty_models.priors import TollPriors

PRIORS = replace(TollPriors.for_event("riot"), log_killed=Normal(6, 1))
NUTS = {"target_accept": 0.9, "random_seed": 1}
WRONG = [
    {"official_count": StudentT(3, -0.8, 0.02)},
    pytest.param({"count_noise": Fixed(3.0)}, marks=pytest.mark.slow),
]
DESIGNS = [settled_design(), ongoing_design(), missing_design()]
LARGER = [casualties_design(), strata_design()]


def verdicts(found):
    return calibration_table(found)["verdict"]


def test_ranks_of_the_truth_are_uniform():
    found = calibration(missing_design(), PRIORS, repeats=70, **NUTS)
    assert (verdicts(found) == "even").all(), calibration_sentence(found)


@pytest.mark.parametrize("wrong", WRONG, ids=["official_count", "count_noise"])
def test_a_wrong_model_fails_the_same_check(wrong):
    truth_priors = replace(PRIORS, **wrong)
    found = calibration(missing_design(), PRIORS, repeats=70, truth_priors=truth_priors, **NUTS)
    assert (verdicts(found) != "even").any()


@pytest.mark.slow
@pytest.mark.parametrize("design", DESIGNS, ids=lambda e: e.name)
@pytest.mark.parametrize("engine", ["nuts", "quick"])
def test_ranks_of_the_truth_are_uniform_over_many_repeats(design, engine):
    found = calibration(design, PRIORS, repeats=500, engine=engine, **NUTS)
    assert (verdicts(found) == "even").all(), calibration_sentence(found)


@pytest.mark.slow
@pytest.mark.parametrize("design", LARGER, ids=lambda e: e.name)
def test_ranks_are_uniform_with_casualties_parties_and_parts(design):
    found = calibration(design, PRIORS, repeats=200, **NUTS)
    assert (verdicts(found) == "even").all(), calibration_sentence(found)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("design", "wrong"),
    [
        (casualties_design(), {"official_count": StudentT(3, -0.8, 0.02)}),
        (strata_design(), {"unnamed_part": Normal(2, 1)}),
    ],
    ids=["leaning", "unnamed part"],
)
def test_a_wrong_model_of_parties_or_parts_fails_the_same_check(design, wrong):
    truth_priors = replace(PRIORS, **wrong)
    found = calibration(design, PRIORS, repeats=70, truth_priors=truth_priors, **NUTS)
    assert (verdicts(found) != "even").any()
