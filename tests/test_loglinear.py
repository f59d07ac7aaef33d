"""Hierarchical log-linear models: which there are, their evidence, their average, their limits."""

import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from scipy.special import gammaln, logsumexp

from casualty_models.capture.hierarchical import model_space
from casualty_models.capture.loglinear import (
    MAIN_SD,
    interaction_sensitivity,
    loglinear_average,
    ml_estimate,
    ml_table,
    no_highest,
)
from casualty_models.capture.loglinear_fit import Problem, find_modes, sample_models
from casualty_models.capture.model_search import search_models
from casualty_models.capture.negative_binomial import unseen_given_odds
from casualty_models.datasets.lists import load_lists
from casualty_models.errors import ConvergenceWarning, DataError, NotEstimable
from casualty_models.lists import CaptureHistories
from casualty_models.lists.existence import existence

RCAPTURE = pd.read_csv(Path(__file__).parent / "data" / "oracles" / "rcapture_results.csv")
INTERVAL = [0.5, 0.025, 0.975]


def problem_of(table, interaction_sd=1.0, order=None):
    space = model_space(len(table.lists), order)
    main = np.bitwise_count(space.terms) == 1
    precision = np.where(main, MAIN_SD, interaction_sd) ** -2.0
    return space, Problem(table.cells, space.design(), precision)


# --- Which models there are ------------------------------------------------------------------


@pytest.mark.parametrize(("lists", "models"), [(3, 8), (4, 113), (5, 6893)])
def test_there_are_as_many_models_as_are_known(lists, models):
    space = model_space(lists)
    rows = space.all_models()
    assert len(np.unique(rows, axis=0)) == len(rows) == models
    for row in rows[:: max(1, models // 50)]:
        present = {int(mask) for mask in space.interactions[row]}
        parts = {int(part) for mask in present for part in space.interactions if part & ~mask == 0}
        assert parts == present
        assert np.array_equal(space.read(space.label(row)), row)


def test_neighbors_are_the_models_one_interaction_away():
    space = model_space(4)
    rows = space.all_models()
    for row in rows[::10]:
        away = rows[(rows != row).sum(axis=1) == 1]
        found = space.neighbors(row)
        assert {m.tobytes() for m in found} == {m.tobytes() for m in away}


def test_models_that_cannot_be_are_refused():
    table = load_lists("spina_3")
    with pytest.raises(DataError, match="The interaction of all lists can never be estimated"):
        ml_estimate(table, "[123]")
    with pytest.raises(DataError, match="at most 2 of 3 lists; got 3"):
        model_space(3, 3)
    with pytest.raises(DataError, match="for at most 5 lists; got 6"):
        ml_table(load_lists("uk_slavery_6"))
    with pytest.raises(DataError, match="at least one model"):
        loglinear_average(table, models=[])
    with pytest.raises(DataError, match="interaction_sd: must be above 0; got 0"):
        loglinear_average(table, interaction_sd=0)
    with pytest.raises(DataError, match="a draw or more; got 0"):
        loglinear_average(table, draws=0)
    with pytest.raises(DataError, match="someone must be on a list"):
        loglinear_average(CaptureHistories(("A", "B", "C"), np.zeros((1, 7))))
    with pytest.raises(NotEstimable, match="two lists say nothing about their dependence"):
        loglinear_average(CaptureHistories(("A", "B"), [[5, 5, 5]]))


def test_coefficients_are_log_odds_and_log_odds_ratios():
    space = model_space(3)
    main, odds, pair, ratio = 0, -0.7, 3, 1.3
    eta = space.design() @ np.array([odds, 0, 0, ratio, 0, 0])
    counts = np.exp(eta).reshape(2, 2, 2)  # by list 3, list 2, list 1
    per_stratum = np.log(counts[0, 1, 1] * counts[0, 0, 0] / counts[0, 0, 1] / counts[0, 1, 0])
    assert per_stratum == pytest.approx(ratio)
    average_odds = np.log(counts[..., 1] / counts[..., 0]).mean()
    assert average_odds == pytest.approx(odds)
    assert space.terms[main] == 0b001
    assert space.terms[pair] == 0b011


# --- Maximum likelihood ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "toll"),
    [("gaza_2024_3", 64_696), ("peru_trc_3", 215_324), ("sudan_khartoum_all_cause_3", 38_510)],
)
def test_the_model_without_the_highest_interaction_has_a_closed_form(name, toll):
    table = load_lists(name)
    fitted = ml_estimate(table, "[12][13][23]")
    assert round(fitted.toll) == toll
    assert round(table.n + no_highest(table)) == toll
    assert fitted.deviance == pytest.approx(0, abs=1e-6)


def test_the_closed_form_holds_on_four_lists_and_breaks_on_empty_cells():
    kosovo = load_lists("kosovo1999")
    assert ml_estimate(kosovo, "[123][124][134][234]").unseen == pytest.approx(no_highest(kosovo))
    assert no_highest(load_lists("korea_palembang_3")) == np.inf
    assert np.isnan(no_highest(load_lists("artificial_chan2021_3")))


@pytest.mark.parametrize("row", list(RCAPTURE.itertuples()), ids=lambda r: r.dataset)
def test_the_lowest_bic_is_that_of_rcapture_unless_it_does_not_exist(row):
    best = ml_table(load_lists(row.dataset), 1)
    if row.dataset == "artificial_chan2021_3":
        # Rcapture ranks a toll of 1.4e13 first.
        assert best["model"][0] == "[1][2][3]"
        assert best["toll"][0] == pytest.approx(539.09, abs=0.01)
        assert best.attrs["without_estimate"] > 0
    else:
        assert best["toll"][0] == pytest.approx(row.estimate_point, rel=1e-5)
        theirs = row.notes.split("best=")[1].split(";")[0]
        assert best["model"][0] == theirs.replace(",", "][")


@pytest.mark.parametrize("name", ["artificial_chan2021_3", "korea_palembang_3", "spina_3"])
def test_existence_is_what_an_ever_weaker_prior_shows(name):
    table = load_lists(name)
    space = model_space(3)
    active = space.active(space.all_models())
    paths = []
    for precision in (1e-3, 1e-5, 1e-7):
        problem = Problem(table.cells, space.design(), np.full(len(space.terms), precision))
        eta = find_modes(problem, active).coefficients @ problem.design.T
        paths.append(eta[:, 0] - logsumexp(eta[:, 1:], axis=1))
    drift = paths[2] - paths[1]
    for model, terms in enumerate(active):
        fate = existence(table.cells, space.terms[terms])
        if fate in ("exists", "boundary"):
            assert abs(drift[model]) < 0.02
        elif fate != "undetermined":
            assert np.sign(drift[model]) == {"infinite": 1, "zero": -1}[fate]
            assert abs(drift[model]) > 0.5


# --- Evidence and posterior of one model -----------------------------------------------------


def by_quadrature(problem, active, points=24):
    """Evidence and draws of one model by Gauss-Hermite points around its mode, term by term."""
    terms = np.flatnonzero(active)
    modes = find_modes(problem, active[None])
    design = problem.design[:, terms]
    eta = design[1:] @ modes.coefficients[0, terms]
    share = np.exp(eta - logsumexp(eta))
    centered = design[1:] - share @ design[1:]
    curvature = problem.cells.sum() * centered.T @ (share[:, None] * centered)
    spread = np.linalg.inv(np.linalg.cholesky(curvature + np.diag(problem.precision[terms]))).T
    nodes, weights = np.polynomial.hermite_e.hermegauss(points)
    grid = np.stack(np.meshgrid(*[nodes] * len(terms), indexing="ij"), -1).reshape(-1, len(terms))
    log_weight = np.stack(np.meshgrid(*[np.log(weights)] * len(terms), indexing="ij"), -1)
    log_weight = log_weight.reshape(-1, len(terms)).sum(axis=1) + 0.5 * (grid**2).sum(axis=1)
    coefficients = modes.coefficients[0, terms] + grid @ spread.T
    eta = coefficients @ design.T
    log_share = eta[:, 1:] - logsumexp(eta[:, 1:], axis=1, keepdims=True)
    log_joint = stats.multinomial.logpmf(
        np.broadcast_to(problem.cells, log_share.shape), problem.cells.sum(), np.exp(log_share)
    )
    sd = problem.precision[terms] ** -0.5
    log_joint = log_joint + stats.norm.logpdf(coefficients, 0, sd).sum(axis=1)
    total = log_joint + log_weight + np.linalg.slogdet(spread)[1]
    odds = eta[:, 0] - logsumexp(eta[:, 1:], axis=1)
    return logsumexp(total), odds, np.exp(total - logsumexp(total))


@pytest.mark.parametrize("label", ["[1][2][3]", "[23][1]"])
@pytest.mark.parametrize("name", ["spina_3", "artificial_chan2021_3", "korea_palembang_3"])
def test_evidence_and_toll_agree_with_quadrature(name, label):
    table = load_lists(name)
    space, problem = problem_of(table)
    active = space.active(space.read(label)[None])
    modes = find_modes(problem, active)
    exact, odds, weight = by_quadrature(problem, active[0])
    draws = sample_models(problem, modes, np.zeros(40_000, int), np.random.default_rng(1))
    assert draws.effective_share > 0.7
    assert modes.log_evidence[0] + draws.log_mean_weight == pytest.approx(exact, abs=0.012)
    ours = unseen_given_odds(table.n, draws.log_odds, draws.weight)
    theirs = unseen_given_odds(table.n, odds, weight)
    at = theirs.quantile(np.linspace(0.02, 0.98, 25))
    np.testing.assert_allclose(ours.cdf(at), theirs.cdf(at), rtol=0, atol=0.012)


def test_the_evidence_is_that_of_the_whole_table_with_the_unseen_summed_out():
    # sum over n0 of (1/N) N! / (n0! prod n_x!) pi_0^n0 prod pi_x^n_x = conditional likelihood / n
    table = load_lists("korea_palembang_3")
    space, problem = problem_of(table)
    eta = space.design() @ np.array([0.2, -0.5, 0.4, 0.7, 0, -0.3])
    share = np.exp(eta - logsumexp(eta))
    unseen = np.arange(20_000)
    toll = table.n + unseen
    terms = gammaln(toll + 1) - gammaln(unseen + 1) - gammaln(table.cells + 1).sum() - np.log(toll)
    terms += unseen * np.log(share[0]) + table.cells @ np.log(share[1:])
    ours = problem.log_likelihood(eta[None])[0] - np.log(table.n)
    assert ours == pytest.approx(logsumexp(terms), abs=1e-9)


def test_many_draws_are_binned_without_harm():
    rng = np.random.default_rng(1)
    odds = rng.normal(0.2, 0.3, 20_000)
    binned = unseen_given_odds(4400, odds)
    at = np.linspace(2000, 12_000, 40)
    direct = np.array([stats.nbinom.cdf(x, 4400, 1 / (1 + np.exp(odds))).mean() for x in at])
    np.testing.assert_allclose(binned.cdf(at), direct, rtol=0, atol=1e-5)


def test_very_many_people_do_not_need_very_many_points():
    posterior = unseen_given_odds(10**8, np.random.default_rng(1).normal(0.5, 1.0, 20_000))
    assert len(posterior.grid.points) < 20_000
    assert posterior.quantile(0.5) == pytest.approx(10**8 * np.exp(0.5), rel=0.05)
    assert posterior.quantile(0.9) == pytest.approx(10**8 * np.exp(0.5 + 1.2816), rel=0.05)


# --- The average -----------------------------------------------------------------------------


def test_gaza_is_decided_by_the_model_that_the_study_and_bic_choose():
    average = loglinear_average(load_lists("gaza_2024_3"), random_seed=1)
    table = average.weights(3)
    assert table["model"][0] == "[12][13][23]"
    assert table["weight"][0] > 0.95
    assert average.quantile(0.025) < 64_696 < average.quantile(0.975)
    assert average.notes() == ()


def test_weights_sum_to_one_and_the_average_is_their_mixture():
    average = loglinear_average(load_lists("sudan_khartoum_all_cause_3"), random_seed=1)
    table = average.weights(8)
    assert table["weight"].sum() == pytest.approx(1)
    assert (table["effective_share"] > 0.7).all()
    mixture = sum(
        row.weight
        * loglinear_average(average.histories, models=[row.model], random_seed=2).cdf(2e4)
        for row in table.itertuples()
    )
    assert average.cdf(2e4) == pytest.approx(mixture, abs=0.015)


def test_the_seed_decides_and_hardly_matters():
    table = load_lists("kosovo1999")
    one, again, other = (loglinear_average(table, random_seed=seed) for seed in (1, 1, 2))
    assert one.quantile(INTERVAL).tolist() == again.quantile(INTERVAL).tolist()
    assert one.quantile(INTERVAL).tolist() != other.quantile(INTERVAL).tolist()
    np.testing.assert_allclose(one.quantile(INTERVAL), other.quantile(INTERVAL), rtol=0.03)


@pytest.mark.parametrize("name", ["artificial_chan2021_3", "korea_palembang_3"])
def test_where_no_estimate_exists_the_answer_is_finite_and_warned(name):
    table = load_lists(name)
    with pytest.warns(UserWarning, match="no maximum likelihood estimate of the unseen"):
        average = loglinear_average(table, random_seed=1)
    assert table.n < average.quantile(0.5) < 10 * table.n
    assert np.isfinite(average.quantile(0.999))
    assert average.notes()[-1].endswith("finite only by the prior.")
    listed = average.weights(8).set_index("model")["ml"]
    assert listed["[12][13][23]"] in ("infinite", "undetermined")
    assert listed["[1][2][3]"] == "exists"
    # the prior decides: it moves the answer much more than where an estimate exists
    moved = interaction_sensitivity(table, (0.5, 2.0), random_seed=1)["upper95"]
    still = interaction_sensitivity(load_lists("spina_3"), (0.5, 2.0), random_seed=1)["upper95"]
    assert moved.max() / moved.min() > still.max() / still.min()


def test_a_full_table_is_not_warned():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        loglinear_average(load_lists("spina_3"), random_seed=1)


def test_five_lists_are_averaged_over_all_models():
    average = loglinear_average(load_lists("neworleans_5"), draws=4000, random_seed=1)
    assert len(average.weight) == 6893
    assert average.modes.converged.all()
    assert average.sample.effective_share > 0.2
    tree = average.to_datatree(500)
    draws = tree["posterior"]["unseen"].values
    assert np.median(draws) == pytest.approx(average.unseen.quantile(0.5), rel=0.1)
    assert '"models": 6893' in tree.attrs["casualty_models"]


def test_a_search_visits_models_as_often_as_they_weigh():
    table = load_lists("uk_slavery_5")
    space, problem = problem_of(table, order=2)
    rows = space.all_models()
    modes = find_modes(problem, space.active(rows))
    exact = np.exp(modes.log_evidence - logsumexp(modes.log_evidence))
    rng = np.random.default_rng(1)
    search = search_models(problem, space, rng=rng, steps=2000)
    assert search.rhat < 1.1
    found = {
        model.tobytes(): weight for model, weight in zip(search.models, search.weight, strict=True)
    }
    visited = np.array([found.get(row.tobytes(), 0.0) for row in rows])
    assert visited.sum() == pytest.approx(1)
    assert 0.5 * np.abs(visited - exact).sum() < 0.15
    # a control: equal weights are far away
    assert 0.5 * np.abs(1 / len(rows) - exact).sum() > 0.5
    with pytest.raises(DataError, match="2 chains and 4 steps or more"):
        search_models(problem, space, rng=rng, steps=1)


def test_six_lists_are_searched_and_a_short_search_says_so(monkeypatch):
    monkeypatch.setattr("casualty_models.capture.loglinear._SEARCH_STEPS", 30)
    with pytest.warns(ConvergenceWarning, match="the chains of the model search disagree"):
        average = loglinear_average(load_lists("uk_slavery_6"), draws=2000, random_seed=1)
    assert "The models were searched, not all tried" in " ".join(average.notes())
    assert np.bitwise_count(average.space.interactions).max() == 2
