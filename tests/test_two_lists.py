"""Two lists: the prior of the odds ratio is the answer, and it is said so."""

import numpy as np
import pytest
from scipy import stats

from casualty_models.capture.graphs import graph_average
from casualty_models.capture.independence import independence
from casualty_models.capture.two_lists import (
    ODDS_RATIO,
    odds_ratio_curve,
    odds_ratios_of_pairs,
    two_list_posterior,
)
from casualty_models.datasets.lists import load_lists
from casualty_models.distributions import Fixed, LogNormal, Normal
from casualty_models.errors import DataError
from casualty_models.lists import CaptureHistories

HOMICIDES = CaptureHistories(("police", "press"), [[400, 300, 600]])


def test_independence_is_the_odds_ratio_of_one():
    fixed = two_list_posterior(HOMICIDES, odds_ratio=Fixed(1.0), random_seed=1)
    closed = independence(HOMICIDES)
    at = np.arange(150, 260, 5)
    np.testing.assert_allclose(fixed.unseen.cdf(at), closed.cdf(at), rtol=0, atol=0.03)
    twice = two_list_posterior(HOMICIDES, odds_ratio=Fixed(2.0), random_seed=1)
    assert twice.unseen.cdf(200) < 0.01


def test_the_data_do_not_change_the_prior_of_the_odds_ratio():
    large = CaptureHistories(("police", "press"), [[400_000, 300_000, 600_000]])
    posterior = two_list_posterior(large, random_seed=1, draws=50_000)
    # With so many people the unseen are the odds ratio times a known number.
    for prob in (0.05, 0.25, 0.5, 0.75, 0.95):
        implied = posterior.unseen.quantile(prob) / 200_000
        assert implied == pytest.approx(ODDS_RATIO.scipy().ppf(prob), rel=0.03)


def test_the_curve_follows_the_formula_and_the_prior_averages_it():
    curve = odds_ratio_curve(HOMICIDES, (0.5, 1, 2, 4), random_seed=1)
    assert curve["formula"].tolist() == [1400, 1500, 1700, 2100]
    np.testing.assert_allclose(curve["median"], curve["formula"], rtol=0.01)
    assert (curve["lower95"] < curve["formula"]).all()
    assert (curve["formula"] < curve["upper95"]).all()
    narrow = LogNormal(median=2.0, sigma=1e-6)
    posterior = two_list_posterior(HOMICIDES, odds_ratio=narrow, random_seed=1)
    assert posterior.quantile(0.5) == pytest.approx(curve["median"][2], rel=0.01)


def test_without_overlap_the_answer_is_wide_and_says_why():
    apart = CaptureHistories(("police", "press"), [[40, 30, 0]])
    posterior = two_list_posterior(apart, random_seed=1)
    assert posterior.quantile(0.975) > 100 * posterior.quantile(0.025)
    assert "No one is on two lists" in posterior.notes()[0]
    assert odds_ratio_curve(apart, (1,), random_seed=1)["formula"].tolist() == [np.inf]


def test_notes_and_draws_name_the_prior():
    posterior = two_list_posterior(HOMICIDES, random_seed=1)
    assert "90% between 0.502 and 7.96. The data do not change it." in posterior.notes()[-1]
    tree = posterior.to_datatree(500)
    draws = tree["posterior"]["true_killed"].values
    assert np.median(draws) == pytest.approx(posterior.quantile(0.5), rel=0.03)
    assert '"family": "LogNormal"' in tree.attrs["casualty_models"]
    seeds = [two_list_posterior(HOMICIDES).random_seed for _ in range(2)]
    assert seeds[0] != seeds[1]


def test_odds_ratios_of_pairs_are_those_of_the_completed_table():
    kosovo = load_lists("kosovo1999")
    average = graph_average(kosovo)
    pairs = odds_ratios_of_pairs(kosovo, average.unseen)
    assert pairs[["first", "second"]].values.tolist()[0] == ["EXH", "ABA"]
    frame = kosovo.to_frame()
    on_both = frame.query("EXH == 1 and ABA == 1")["count"].sum()
    only_one = frame.query("EXH == 1 and ABA == 0")["count"].sum()
    only_other = frame.query("EXH == 0 and ABA == 1")["count"].sum()
    on_none = frame.query("EXH == 0 and ABA == 0")["count"].sum() + average.unseen.quantile(0.5)
    assert pairs["median"][0] == pytest.approx(on_both * on_none / only_one / only_other)


def test_the_default_prior_is_what_lists_of_the_dead_show():
    medians = []
    for name in ("kosovo1999", "gaza_2024_3", "peru_trc_3", "sudan_khartoum_all_cause_3"):
        table = load_lists(name)
        medians += odds_ratios_of_pairs(table, graph_average(table).unseen)["median"].tolist()
    lower, upper = ODDS_RATIO.interval(0.9)
    assert 1.5 < np.median(medians) < 2.7
    assert np.mean([lower < ratio < upper for ratio in medians]) > 0.85


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: two_list_posterior(load_lists("spina_3")), "this takes two lists; got"),
        (
            lambda: two_list_posterior(HOMICIDES, odds_ratio=Normal(1.0, 2.0), random_seed=1),
            "odds_ratio: an odds ratio is above 0.*Use a LogNormal",
        ),
        (lambda: odds_ratio_curve(HOMICIDES, (1, 0)), "odds_ratios: an odds ratio is above 0"),
        (lambda: two_list_posterior(HOMICIDES, draws=0), "a draw or more; got 0"),
        (
            lambda: two_list_posterior(CaptureHistories(("A", "B"), [[0, 0, 0]])),
            "someone must be on a list",
        ),
    ],
)
def test_what_breaks_a_rule_is_refused(call, message):
    with pytest.raises(DataError, match=message):
        call()


def calibration_of(prior, truth, repeats, rng):
    """Where the true unseen fall in their posteriors: uniform if the prior is that of the truth."""
    places = []
    for _ in range(repeats):
        ratio = truth.draw(rng, 1)[0]
        one, other, both = rng.dirichlet([0.5, 0.5, 0.5])
        cells = rng.multinomial(300, [one, other, both])
        unseen = rng.poisson(rng.gamma(300) * ratio * one * other / both)
        table = CaptureHistories(("A", "B"), [cells])
        posterior = two_list_posterior(table, odds_ratio=prior, draws=1000, random_seed=1)
        lower, upper = posterior.unseen.cdf(np.array([unseen - 1, unseen]))
        places.append(lower + rng.random() * (upper - lower))
    return stats.kstest(places, "uniform").pvalue


def test_the_posterior_is_calibrated_and_a_wrong_prior_is_not():
    truth = LogNormal(median=2.0, sigma=0.84)
    assert calibration_of(truth, truth, 80, np.random.default_rng(1)) > 0.01
    wrong = LogNormal(median=0.5, sigma=0.84)
    assert calibration_of(wrong, truth, 80, np.random.default_rng(1)) < 1e-6
