"""Scores against closed forms, another implementation, and forecasters known to be better."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import lognorm, norm

from casualty_models.errors import DataError
from casualty_models.scores import (
    covered,
    crps,
    interval_score,
    log_score,
    pit,
    weighted_interval_score,
)

NUMBERS = st.floats(-1e6, 1e6)
SHARES = (np.arange(20_000) + 0.5) / 20_000
SCORES = {
    "crps": crps,
    "wis": weighted_interval_score,
    "interval": lambda draws, truth: interval_score(draws, truth, 0.9),
    "log": log_score,
}
MEASURES = {
    **SCORES,
    "pit": pit,
    "covered": lambda draws, truth: covered(draws, truth, 0.8),
}


def normal_crps(mean, sd, truth):
    """Gneiting and Raftery 2007, equation 5 and section 4.2."""
    z = (truth - mean) / sd
    return sd * (z * (2 * norm.cdf(z) - 1) + 2 * norm.pdf(z) - 1 / np.sqrt(np.pi))


def lognormal_crps(mean, sd, truth):
    """Baran and Lerch 2015, Quarterly Journal of the Royal Meteorological Society 141: 2289."""
    z = (np.log(truth) - mean) / sd
    spread = norm.cdf(z - sd) + norm.cdf(sd / np.sqrt(2)) - 1
    return truth * (2 * norm.cdf(z) - 1) - 2 * np.exp(mean + sd**2 / 2) * spread


# Continuous ranked probability score


@pytest.mark.parametrize("truth", [-2.0, 0.3, 1.0, 6.0])
def test_crps_of_normal_quantiles_is_the_closed_form(truth):
    draws = norm.ppf(SHARES, 1.0, 2.0)
    assert crps(draws, truth) == pytest.approx(normal_crps(1.0, 2.0, truth), abs=1e-3)


@pytest.mark.parametrize("truth", [0.2, 1.0, 9.0])
def test_crps_of_lognormal_quantiles_is_the_closed_form(truth):
    draws = lognorm.ppf(SHARES, 0.5, scale=np.exp(0.3))
    assert crps(draws, truth) == pytest.approx(lognormal_crps(0.3, 0.5, truth), abs=1e-3)


@given(st.lists(NUMBERS, min_size=1, max_size=20), st.lists(NUMBERS, min_size=1, max_size=5))
def test_crps_is_its_definition(draws, truths):
    x, y = np.array(draws), np.array(truths)
    distance = np.abs(x[:, None] - y).mean()
    spread = np.abs(x[:, None] - x).mean()
    assert crps(draws, truths) == pytest.approx(distance - spread / 2, abs=1e-6)


@pytest.mark.filterwarnings("ignore")  # what another package warns of on import is not ours
def test_scores_agree_with_another_implementation():
    scoringrules = pytest.importorskip("scoringrules")
    rng = np.random.default_rng(1)
    draws, truth = rng.normal(size=(50, 301)), rng.normal(size=50)
    np.testing.assert_allclose(
        crps(draws, truth), scoringrules.crps_ensemble(truth, draws, estimator="nrg")
    )
    probs = np.array([0.5, 0.8, 0.9, 0.95])
    lower, upper = (np.quantile(draws, q, axis=-1).T for q in ((1 - probs) / 2, (1 + probs) / 2))
    np.testing.assert_allclose(
        weighted_interval_score(draws, truth, probs),
        scoringrules.weighted_interval_score(
            truth, np.median(draws, axis=-1), lower, upper, 1 - probs
        ),
    )
    np.testing.assert_allclose(
        interval_score(draws, truth, 0.9),
        scoringrules.interval_score(truth, lower[:, 2], upper[:, 2], 0.1),
    )


def test_crps_of_far_away_draws_keeps_its_digits():
    draws = np.random.default_rng(1).normal(size=500)
    assert crps(draws + 1e9, 1e9 + 0.5) == pytest.approx(crps(draws, 0.5), rel=1e-5)


def test_many_draws_take_the_time_of_a_sort():
    draws = np.random.default_rng(1).normal(size=1_000_000)  # all pairs would be 10^12
    assert crps(draws, 0.0) == pytest.approx(normal_crps(0, 1, 0.0), abs=0.01)


# Intervals


def test_interval_score_of_a_standard_normal():
    draws, z = norm.ppf(SHARES), norm.ppf(0.95)
    assert interval_score(draws, 0.0, 0.9) == pytest.approx(2 * z, abs=1e-3)
    assert interval_score(draws, z + 1, 0.9) == pytest.approx(2 * z + 20, abs=0.01)
    assert interval_score(draws, -z - 1, 0.9) == pytest.approx(2 * z + 20, abs=0.01)


def test_weighted_interval_score_of_many_intervals_is_the_crps():
    draws = norm.ppf(SHARES)
    probs = np.arange(1, 200) / 200
    assert weighted_interval_score(draws, 0.7, probs) == pytest.approx(
        normal_crps(0, 1, 0.7), rel=0.01
    )


def test_weighted_interval_score_weighs_median_and_intervals_as_published():
    draws = np.linspace(0, 1, 101)
    half, wide = 0.5 + 4 * 0.15, 0.9  # 0.9 is above 0.25 to 0.75, inside 0.05 to 0.95
    parts = 0.5 * 0.4 + 0.25 * half + 0.05 * wide
    assert weighted_interval_score(draws, 0.9, (0.5, 0.9)) == pytest.approx(parts / 2.5)


def test_covered_and_pit_of_a_calibrated_forecast():
    rng = np.random.default_rng(2)
    truth = rng.normal(size=3000)
    draws = np.broadcast_to(norm.ppf((np.arange(999) + 0.5) / 999), (3000, 999))
    assert covered(draws, truth, 0.9).mean() == pytest.approx(0.9, abs=0.02)
    assert np.quantile(pit(draws, truth), [0.1, 0.5, 0.9]) == pytest.approx(
        [0.1, 0.5, 0.9], abs=0.03
    )


def test_a_point_covers_only_itself():
    assert covered([2.0], 2.0, 0.95) == 1
    assert covered([2.0], 2.1, 0.95) == 0
    assert [pit([2.0], truth) for truth in (1.0, 2.0, 3.0)] == [0, 0.5, 1]


# Log score


def test_log_score_of_normal_draws_is_nearly_minus_log_density():
    draws = norm.ppf(SHARES)
    for truth in (0.0, 1.0, -2.0):
        assert log_score(draws, truth) == pytest.approx(-norm.logpdf(truth), abs=0.05)


def test_log_score_is_finite_for_a_point_and_for_a_miss():
    assert log_score([0.0], 0.0) == pytest.approx(-np.log(0.99 * norm.pdf(0) / 0.02), abs=0.01)
    far = [log_score([0.0], truth) for truth in (1.0, 5.0, 50.0)]
    assert np.isfinite(far).all()
    assert far == sorted(far)


# Truths that are a range, and many forecasts at once


@pytest.mark.parametrize("name", MEASURES)
def test_several_truths_score_their_mean(name):
    draws, truths = np.random.default_rng(3).normal(size=200), np.array([-3.0, -0.5, 0.2, 1.5])
    single = [MEASURES[name](draws, truth) for truth in truths]
    assert len(set(single)) > 1
    assert MEASURES[name](draws, truths) == pytest.approx(np.mean(single))


@pytest.mark.parametrize("name", MEASURES)
def test_many_forecasts_are_scored_at_once(name):
    rng = np.random.default_rng(4)
    draws, truths = rng.normal(size=(3, 2, 50)), rng.normal(size=(3, 2, 7))
    points = MEASURES[name](draws, truths[..., 0])
    ranges = MEASURES[name](draws, truths)
    assert points.shape == ranges.shape == (3, 2)
    assert points[2, 1] == MEASURES[name](draws[2, 1], truths[2, 1, 0])
    assert ranges[2, 1] == MEASURES[name](draws[2, 1], truths[2, 1])


def test_one_truth_serves_all_forecasts():
    draws = np.random.default_rng(4).normal(size=(3, 50))
    np.testing.assert_array_equal(crps(draws, 0.5), crps(draws, [0.5] * 3))


@pytest.mark.parametrize("name", MEASURES)
@pytest.mark.parametrize(
    ("draws", "truth", "message"),
    [
        ([], 1.0, "draws: a score needs finite numbers, at least one"),
        ([1.0, np.nan], 1.0, "draws: a score needs finite numbers"),
        ([1.0], [], "truth: a score needs finite numbers"),
        ([-np.inf, 1.0], 0.0, "draws: a score needs finite numbers.*toll of zero"),
        (3.0, 1.0, "truth: the truth does not fit"),
        ([[1.0], [2.0]], [1.0, 2.0, 3.0], r"the truth does not fit draws of shape \(2, 1\)"),
        ([1.0], [[1.0]], "the truth does not fit"),
    ],
)
def test_what_cannot_be_scored_is_refused(name, draws, truth, message):
    with pytest.raises(DataError, match=message):
        MEASURES[name](draws, truth)


@pytest.mark.parametrize("prob", [0, 1, 90, -0.5])
@pytest.mark.parametrize(
    "score",
    [interval_score, covered, lambda x, y, prob: weighted_interval_score(x, y, [0.5, prob])],
)
def test_a_probability_is_a_share(score, prob):
    with pytest.raises(DataError, match="prob: a probability is between 0 and 1"):
        score([1.0], 1.0, prob)


# Propriety: in the long run nobody does better than by saying what is so


@pytest.fixture(scope="module")
def truths():
    return np.random.default_rng(5).normal(size=4000)


def mean_score(name, mean, sd, truths):
    draws = norm.ppf((np.arange(199) + 0.5) / 199, mean, sd)
    return SCORES[name](draws, truths)


@pytest.mark.parametrize("name", SCORES)
@pytest.mark.parametrize(("mean", "sd"), [(0.5, 1.0), (-0.5, 1.0), (0.0, 0.5), (0.0, 2.0)])
def test_biased_too_narrow_and_too_wide_forecasts_score_worse(name, mean, sd, truths):
    honest = mean_score(name, 0.0, 1.0, truths)
    assert mean_score(name, mean, sd, truths) > honest + 0.02


def test_absolute_error_of_the_median_would_not_notice_a_narrow_forecast(truths):
    errors = [np.abs(truths - np.median(norm.ppf(SHARES, 0, sd))).mean() for sd in (1.0, 0.1)]
    assert errors[0] == pytest.approx(errors[1])
