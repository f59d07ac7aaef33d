"""One answer from lists: evidence, priors of the unseen, the verdict, and what it says."""

import json
import warnings
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from designs import ongoing_design

from casualty_models.capture.estimate import estimate_unseen
from casualty_models.capture.evidence import (
    evidence_in_record,
    evidence_of_graphs,
    evidence_of_independence,
    evidence_of_models,
)
from casualty_models.capture.families import Settings, run_families
from casualty_models.capture.family_answer import FamilyAnswer
from casualty_models.capture.graphs import graph_average, search_graphs
from casualty_models.capture.independence import independence
from casualty_models.capture.latent_class import latent_class
from casualty_models.capture.loglinear import loglinear_average
from casualty_models.capture.negative_binomial import draw_unseen, unseen_given_odds
from casualty_models.capture.prior_unseen import (
    class_prior,
    graph_prior,
    model_prior,
    shared_mass,
)
from casualty_models.capture.verdict import RULED_OUT, agree, counted, envelope, judge, kind_of
from casualty_models.capture.verdict_words import people_apart
from casualty_models.datasets.lists import load_lists
from casualty_models.errors import ConvergenceWarning, DataError, NotEstimable
from casualty_models.lists import CaptureHistories
from casualty_models.models.estimate_table import estimate_table
from casualty_models.models.toll import toll_model

EXACT = ("independence", "graphs", "loglinear")
SEED = 1


def estimate(name, **more):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return estimate_unseen(load_lists(name), particles=300, random_seed=SEED, **more)


@pytest.fixture(scope="module")
def gaza():
    return estimate("gaza_2024_3")


@pytest.fixture(scope="module")
def spina():
    return estimate("spina_3", families=EXACT)


# --- Evidence ---------------------------------------------------------------------------------


def test_independent_lists_have_the_same_evidence_in_three_families():
    table = load_lists("spina_3")
    closed = evidence_of_independence(table, independence(table))
    graph = graph_average(table, graphs=["[1][2][3]"], delta=0.25)
    assert evidence_of_graphs(graph) == pytest.approx(closed, abs=1e-8)
    sampled = latent_class(table, classes=1, particles=1000, random_seed=1)
    record = json.loads(sampled.attrs["casualty_models"])
    assert evidence_in_record(record) == pytest.approx(
        closed, abs=max(0.15, 5 * record["log_evidence_error"])
    )


def test_evidence_of_log_linear_models_is_that_of_the_average_over_their_prior():
    """By brute force: the mean of the likelihood over draws of the prior."""
    table = CaptureHistories(("A", "B", "C"), [[9, 6, 3, 5, 2, 3, 1]])
    average = loglinear_average(table, models=["[1][2][3]"], draws=20_000, random_seed=1)
    rng = np.random.default_rng(2)
    normal = rng.normal(size=(400_000, 6)) * average.problem.precision**-0.5
    eta = (normal * average.modes.active[0]) @ average.problem.design.T
    values = average.problem.log_likelihood(eta)
    top = values.max()
    direct = top + np.log(np.exp(values - top).mean()) - np.log(table.n)
    assert evidence_of_models(average) == pytest.approx(direct, abs=0.05)


def test_evidence_is_not_given_where_models_were_not_all_tried():
    rng = np.random.default_rng(1)
    on = rng.random((300, 8)) < 0.3
    cells = np.bincount(on @ (1 << np.arange(8)), minlength=256)[None, 1:]
    table = CaptureHistories(tuple("ABCDEFGH"), cells)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        average = graph_average(table, graphs=search_graphs(table, steps=50, random_seed=1))
    assert evidence_of_graphs(average) is None


# --- The prior of the unseen ------------------------------------------------------------------


def test_prior_of_graphs_is_that_of_lists_given_their_parents():
    average = graph_average(load_lists("spina_3"), delta=0.5)
    rng = np.random.default_rng(1)
    ours = graph_prior(average, rng, 40_000)
    # (parents of each list): no link, one link (3 ways), two links (3 ways)
    sizes = [(0, 0, 0)] + [(0, 1, 0)] * 3 + [(0, 1, 1)] * 3
    chosen = np.array(sizes)[rng.integers(7, size=40_000)]
    weight = 0.5 * 2.0 ** (2 - chosen)
    log_share = np.log(rng.beta(weight, weight)).sum(axis=1)
    theirs = log_share - np.log1p(-np.exp(log_share))
    probs = [0.05, 0.25, 0.5, 0.75, 0.95]
    np.testing.assert_allclose(np.quantile(ours, probs), np.quantile(theirs, probs), atol=0.15)


def test_prior_of_classes_is_that_of_the_sticks():
    rng = np.random.default_rng(1)
    ours = class_prior(4, rng, 30_000)
    alpha = rng.gamma(0.25, 4.0, 30_000)
    left, missed = np.ones(30_000), np.zeros(30_000)
    for _ in range(200):
        share = left * (1 - rng.random(30_000) ** (1 / np.maximum(alpha, 1e-9)))
        missed += share * (1 - rng.random((4, 30_000))).prod(axis=0)
        left -= share
    theirs = np.log(missed / (1 - missed))
    probs = [0.05, 0.25, 0.5, 0.75, 0.95]
    np.testing.assert_allclose(np.quantile(ours, probs), np.quantile(theirs, probs), atol=0.1)


def test_the_number_seen_says_nothing_about_the_share_seen():
    rng = np.random.default_rng(1)
    odds = model_prior(3, 1.0, rng, 20_000)
    ratios = [draw_unseen(seen, odds, rng) / seen for seen in (2000, 20_000)]
    small, large = (np.quantile(ratio, [0.3, 0.5, 0.9]) for ratio in ratios)
    np.testing.assert_allclose(small, large, rtol=0.1)


def test_what_two_sets_of_draws_share():
    rng = np.random.default_rng(1)
    draws = rng.normal(7, 1, 20_000)
    assert shared_mass(np.exp(draws), np.exp(rng.normal(7, 1, 20_000))) > 0.96
    half = shared_mass(np.exp(draws), np.exp(rng.normal(8.349, 1, 20_000)))
    assert half == pytest.approx(0.5, abs=0.03)
    assert shared_mass(np.exp(draws), np.exp(draws + 20)) < 1e-3


# --- The verdict ------------------------------------------------------------------------------


def answer(family, log_odds, evidence=0.0, **more):
    return FamilyAnswer(family, unseen_given_odds(100, np.array([log_odds])), evidence, **more)


def test_a_family_is_ruled_out_by_a_thousand_to_one():
    for gap, role in ((RULED_OUT - 0.1, "in the answer"), (RULED_OUT + 0.1, "ruled out")):
        roles = [a.role for a in judge((answer("graphs", 0, -gap), answer("loglinear", 0)))]
        assert roles == [role, "in the answer"]


def test_a_yardstick_and_a_family_of_unknown_evidence():
    answers = judge(
        (
            answer("independence", 0, 500.0, role="yardstick"),
            answer("graphs", 0, None),
            answer("loglinear", 0, -50.0),
        )
    )
    assert [a.role for a in answers] == ["yardstick", "in the answer", "in the answer"]
    assert len(counted(answers)) == 2


def test_families_agree_if_each_median_lies_in_the_others_interval():
    near, far = answer("graphs", 0.0), answer("loglinear", 0.2)
    assert agree((near, far))
    assert kind_of((near, far)) == "averaged"
    apart = answer("loglinear", 1.0)
    assert not agree((near, apart))
    assert kind_of((near, apart)) == "spread"
    lower, upper = envelope((near, apart))
    assert lower == near.quantiles([0.025])[0]
    assert upper == apart.quantiles([0.975])[0]


def test_a_narrow_family_inside_a_wide_one_does_not_agree_unless_it_holds_its_median():
    wide = FamilyAnswer("latent_class", unseen_given_odds(100, np.linspace(-1, 4, 500)))
    narrow = answer("loglinear", 0.0)
    assert wide.quantiles([0.025])[0] < narrow.quantiles([0.5])[0] < wide.quantiles([0.975])[0]
    assert kind_of((wide, narrow)) == "spread"


# --- Answers on tables ------------------------------------------------------------------------


def test_agreement_gives_an_average(spina):
    assert spina.kind == "averaged"
    frame = spina.to_frame()
    assert frame["role"].tolist() == ["yardstick", "in the answer", "in the answer"]
    chosen = frame[frame["role"] == "in the answer"]
    assert chosen["lower95"].min() <= spina.lower < spina.median < spina.upper
    assert spina.upper <= chosen["upper95"].max()
    draws = spina.draws["posterior"]["true_killed"]
    assert float(draws.median()) == pytest.approx(spina.median, abs=5)
    assert dict(spina.draws["families"].sizes) == {"family": 3, "chain": 4, "draw": 1000}
    assert "agree: the median of each lies in the 95% interval of the others" in str(spina)


def test_gaza_is_a_spread_that_names_what_was_decided_before(gaza):
    assert gaza.kind == "spread"
    assert np.isnan(gaza.median)
    assert "posterior" not in gaza.draws.children
    assert 38_000 < gaza.lower < 48_000
    assert 78_000 < gaza.upper < 95_000
    said = " ".join(gaza.sentences)
    assert "not an interval with a probability" in said
    assert "Decomposable graphs are left out" in said
    assert "would give it a weight of 76%" in said
    assert "with it the median by graphs is 31,000 and not 79,000" in said
    assert "nothing is left over to test it" in said
    assert gaza.to_frame()["saturated_weight"].dropna().round(2).tolist() == [0.76]


def test_peru_is_a_spread_too():
    peru = estimate("peru_trc_3")
    assert peru.kind == "spread"
    assert peru.lower < 45_000
    assert peru.upper > 200_000
    said = " ".join(peru.sentences)
    assert "would give it a weight of 100%" in said
    assert "None of them is ruled out by the counts, and none of their assumptions" in said


@pytest.mark.parametrize(
    ("name", "fate"),
    [
        ("artificial_chan2021_3", "the data leave the unseen count open"),
        ("korea_palembang_3", "the estimate of the unseen count runs to infinity"),
    ],
)
def test_where_no_estimate_exists_it_says_so_and_stays_finite(name, fate):
    with pytest.warns(UserWarning, match="No maximum likelihood estimate exists"):
        found = estimate_unseen(load_lists(name), families=EXACT, random_seed=SEED)
    assert found.sentences[0].startswith("No maximum likelihood estimate exists")
    assert fate in found.sentences[0]
    assert "finite only by the priors" in found.sentences[0]
    assert found.histories.n <= found.lower < found.upper < 1e5


def test_a_prior_that_decides_is_named():
    found = estimate("artificial_chan2021_3", families=EXACT)
    assert "other usual priors move the median by log-linear models from" in str(found)
    little = estimate("korea_palembang_3", families=EXACT)
    assert "Little was learned by log-linear models: " in str(little)
    overlap = little.to_frame()["prior_overlap"]
    assert (overlap > 0).all()
    assert (
        overlap["log-linear models"]
        > estimate("kosovo1999", families=EXACT).to_frame()["prior_overlap"]["log-linear models"]
    )


def test_two_lists_are_answered_by_the_prior():
    table = CaptureHistories(("police", "press"), [[400, 300, 600]])
    found = estimate_unseen(table, random_seed=SEED)
    assert found.kind == "prior"
    assert "Prior belief about the odds ratio" in found.sentences[0]
    assert found.sentences[1] == "By the odds ratio: 1,500 if 1, 1,700 if 2, 2,100 if 4."
    assert found.lower < 1700 < found.upper


def test_one_family_alone_is_said_to_be_alone():
    found = estimate("uk_slavery_5", families=("graphs", "loglinear"), sensitivity=False)
    assert "This is the answer of log-linear models alone" in str(found)
    assert "the interaction of all lists together is absent" in str(found)


def test_what_cannot_be_estimated_is_refused():
    apart = CaptureHistories(("A", "B", "C"), [[9, 9, 0, 9, 0, 0, 0]])
    with pytest.raises(NotEstimable, match="all: No one is on two lists"):
        estimate_unseen(apart)
    with pytest.raises(DataError, match="one stratum at a time"):
        estimate_unseen(load_lists("gaza_2024_3_by_month"))
    with pytest.raises(DataError, match=r"unknown family; got 'dga'\. The families are"):
        estimate_unseen(load_lists("spina_3"), families=["dga"])
    with pytest.raises(DataError, match=r"must be a CaptureHistories; got 'DataFrame'\. Make one"):
        estimate_unseen(load_lists("spina_3").to_frame())


def test_families_are_only_run_when_they_are_named():
    answers = run_families(load_lists("spina_3"), ["graphs"], Settings(300, False, 1))
    assert [a.family for a in answers] == ["graphs"]
    assert "median_low" not in answers[0].facts


def test_printing_shows_the_families_side_by_side(gaza):
    said = str(gaza)
    lines = said.splitlines()
    assert lines[0].split() == ["median", "lower95", "upper95", "log_evidence", "role"]
    assert lines[1].startswith("independent lists")
    assert lines[2].startswith("decomposable graphs")
    assert lines[2].endswith("ruled out")
    for sentence in gaza.sentences:
        assert sentence in said


def test_numbers_in_words_have_two_digits_and_are_no_less_than_the_lists():
    found = estimate("korea_palembang_3", families=EXACT)
    assert " 123 " in found.sentences[1]
    for one, two in pairwise(found.sentences):
        assert one != two
    # A narrow interval takes the digits that tell its ends apart; equal ends stay at two.
    assert people_apart([1485, 1500, 1517]) == ["1,480", "1,500", "1,520"]
    assert people_apart([7143, 7387, 7650]) == ["7,100", "7,400", "7,600"]
    assert people_apart([123.0, 123.4, 190.0], least=123) == ["123", "123", "190"]


# --- To the model of reports ------------------------------------------------------------------


def test_the_answer_is_evidence_with_its_own_interval(spina):
    found = spina.as_estimate("2024-06-30", "three lists")
    tolls = spina.draws["posterior"]["true_killed"].values
    share = np.mean((tolls >= found.lower) & (tolls <= found.upper))
    assert share == pytest.approx(found.prob, abs=0.02)
    assert found.lower < found.median < found.upper


def test_a_spread_hands_on_its_ends(gaza):
    found = gaza.as_estimate("2024-06-30", "three lists")
    assert (found.lower, found.median, found.upper) == (gaza.lower, None, gaza.upper)


def test_the_toll_model_takes_it(spina):
    event = replace(ongoing_design(), estimates=(spina.as_estimate("2010-07-01", "lists"),))
    table = estimate_table(event)
    tolls = np.log(spina.draws["posterior"]["true_killed"].values)
    assert table.log_toll[0] == pytest.approx(np.median(tolls), abs=0.02)
    assert {"estimated"} == {v.name for v in toll_model(event).observed_RVs} - {"reported"}
