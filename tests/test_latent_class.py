"""Latent classes: the density, the sampler against exact answers, and what a result says."""

import json
import warnings
from dataclasses import replace
from itertools import product
from pathlib import Path

import arviz as az
import numpy as np
import pandas as pd
import pytest
from scipy import integrate, stats
from scipy.special import betaln, gammaln, logsumexp

from casualty_models.capture.agreement import agreement, evidence_of
from casualty_models.capture.class_exchange import exchange_classes
from casualty_models.capture.independence import independence
from casualty_models.capture.latent_class import (
    LatentClassPriors,
    capture_share_sensitivity,
    latent_class,
    latent_class_model,
)
from casualty_models.capture.modes import find_modes
from casualty_models.capture.negative_binomial import unseen_given_odds
from casualty_models.capture.stick_breaking import (
    StickBreaking,
    class_shares,
    draw_reference,
    log_density,
    log_features,
    log_odds_unseen,
)
from casualty_models.datasets.lists import load_lists
from casualty_models.distributions import Beta, Fixed
from casualty_models.errors import ConvergenceWarning, DataError, NotEstimable
from casualty_models.inference import fit
from casualty_models.lists import CaptureHistories

ORACLES = Path(__file__).parent / "data" / "oracles"
LCMCR = pd.read_csv(ORACLES / "lcmcr_convergence.csv").query("a_alpha == 0.25")
THREE = ("A", "B", "C")
TINY = CaptureHistories(THREE, [[2, 2, 1, 2, 1, 1, 2]])
TINY_PRIORS = LatentClassPriors(
    capture_share=Beta(1.0, 2.0), concentration_shape=2.0, concentration_rate=2.0
)


def record_of(tree):
    return json.loads(tree.attrs["casualty_models"])


def odds_of(tree):
    return tree["sample_stats"]["log_odds_unseen"].values


# --- The density -----------------------------------------------------------------------------


def some_states(lists=4, classes=3, size=(2, 3)):
    patterns = np.array(list(product([0.0, 1.0], repeat=lists))[1:])
    model = StickBreaking(patterns, classes, TINY_PRIORS)
    rng = np.random.default_rng(1)
    weights = rng.poisson(20, (len(patterns) + 1, size[0])).astype(float)
    weights[-1] = [0.3, 1.0][: size[0]]
    return model, draw_reference(model, rng, size), weights


def test_the_gradient_is_that_of_the_density():
    model, state, weights = some_states()
    gradient = log_density(model, state, weights)[1]
    for place in range(len(state)):
        step = np.zeros_like(state)
        step[place] = 1e-5
        above, below = (log_density(model, state + s, weights)[0] for s in (step, -step))
        np.testing.assert_allclose(gradient[place], (above - below) / 2e-5, rtol=1e-5, atol=1e-5)


def plain_log_density(model, state, counts):
    """The same in the notation of the paper: sticks V, alpha integrated by quadrature."""
    logits, log_hazards = model.split(state)
    shares, sticks = 1 / (1 + np.exp(-logits)), -np.expm1(-np.exp(log_hazards))
    weights = np.append(sticks, 1.0) * np.cumprod(np.append(1.0, 1 - sticks))
    cells = [(weights * np.prod(np.where(x[:, None] == 1, shares, 1 - shares), axis=0)).sum()
             for x in model.patterns]  # fmt: skip
    unseen = (weights * np.prod(1 - shares, axis=0)).sum()
    a, b = model.priors.concentration

    def given_alpha(alpha):
        density = stats.gamma.pdf(alpha, a, scale=1 / b)
        return density * np.prod(stats.beta.pdf(sticks, 1, alpha))

    jacobian = np.log(shares * (1 - shares)).sum() + (log_hazards + np.log1p(-sticks)).sum()
    prior = stats.beta.logpdf(shares, *model.priors.share).sum()
    prior += np.log(integrate.quad(given_alpha, 0, np.inf, limit=200)[0])
    return (counts * np.log(cells / (1 - unseen))).sum() + prior + jacobian


def test_the_density_is_that_of_the_paper():
    model, state, weights = some_states(size=(2, 4))
    ours = log_density(model, state, weights)[0][1]
    plain = [plain_log_density(model, state[:, 1, i], weights[:-1, 1]) for i in range(4)]
    np.testing.assert_allclose(np.diff(ours), np.diff(plain), rtol=1e-8)


def test_extreme_states_keep_their_digits():
    model, state, weights = some_states()
    for far in (1e3, -1e3):
        value, gradient = log_density(model, np.full_like(state, far), weights)
        assert np.isfinite(value).all()
        assert np.isfinite(gradient).all()
    # One class that misses nearly everyone: 1 - pi_0 is about 4 e^-60.
    one = replace(model, classes=1)
    odds = log_odds_unseen(one, np.full((4, 1), -60.0))
    assert odds == pytest.approx(60 - np.log(4))


def share_means(model, log_hazards):
    return np.exp(class_shares(log_hazards)[1]).mean(axis=(1, 2))


def test_exchanging_classes_keeps_prior_and_likelihood():
    model, state, _ = some_states(size=(2, 20_000))
    rng = np.random.default_rng(2)
    moved = exchange_classes(model, rng, state, np.zeros(2))
    assert (moved != state).any(axis=0).mean() > 0.5
    np.testing.assert_allclose(
        log_features(model, moved)[:-1], log_features(model, state)[:-1], rtol=1e-6
    )
    before = share_means(model, model.split(state)[1])
    error = 4 * 0.3 / np.sqrt(40_000)
    np.testing.assert_allclose(share_means(model, model.split(moved)[1]), before, atol=error)
    # Without the rule that accepts or refuses, all classes would come to have the same share.
    assert np.ptp(before) > 10 * error
    alone = replace(model, classes=1)
    assert exchange_classes(alone, rng, state[:4], np.zeros(2)) is not None


# --- The sampler against exact answers -------------------------------------------------------


def test_one_class_is_independence():
    spina = load_lists("spina_3")
    tree = latent_class(spina, classes=1, particles=1000, random_seed=1)
    exact = independence(spina)
    at = exact.quantile([0.025, 0.25, 0.5, 0.75, 0.975])
    error = 4 * 0.5 / np.sqrt(record_of(tree)["diagnostics"]["min_ess_bulk"])
    found = unseen_given_odds(spina.n, odds_of(tree).ravel()).cdf(at)
    np.testing.assert_allclose(found, exact.cdf(at), rtol=0, atol=error)
    sizes, n = spina.list_sizes, spina.n
    # B(1, 1) = 1, so that the constant of each list is Gamma(1 + n_j).
    evidence = exact.log_total + gammaln(1.0 + sizes).sum() - gammaln(spina.cells + 1.0).sum()
    record = record_of(tree)
    assert record["log_evidence"] == pytest.approx(
        evidence, abs=4 * record["log_evidence_error"] + 0.02
    )
    assert n + at[2] == np.median(n + exact.quantile(0.5))
    assert record["diagnostics"]["converged"]


def log_stick_moments(priors, most):
    """Log of E[V^m (1 - V)^k] for m, k = 0..most: V is Beta(1, alpha), alpha by quadrature."""
    log_alpha = np.linspace(-16, 5, 600)
    alpha, (shape, rate) = np.exp(log_alpha), priors.concentration
    log_weight = stats.gamma.logpdf(alpha, shape, scale=1 / rate) + log_alpha
    log_weight += np.log(log_alpha[1] - log_alpha[0])
    first, second = np.meshgrid(np.arange(most + 1), np.arange(most + 1), indexing="ij")
    moments = np.full(first.shape, -np.inf)
    for value, weight in zip(alpha, log_weight, strict=True):
        beta = gammaln(1.0 + first) + gammaln(value + second) - gammaln(1 + value + first + second)
        moments = np.logaddexp(moments, weight + np.log(value) + beta)
    return moments


def log_ways(whole, part):
    return gammaln(whole + 1.0) - gammaln(part + 1.0) - gammaln(whole - part + 1.0)


def two_classes_exactly(table, priors, most):
    """Log evidence and masses of 0..most unseen for two classes, by summing over all allocations.

    Given who is in which class, capture shares and sticks integrate to Beta functions.
    """
    a, b = priors.share
    n, sizes = table.n, table.list_sizes
    sticks = log_stick_moments(priors, n + most)
    split = np.array(list(product(*(range(count + 1) for count in table.cells))))
    ways = log_ways(table.cells, split).sum(axis=1)[:, None]
    found, members = split @ table.patterns, split.sum(axis=1)[:, None]
    masses = np.empty(most + 1)
    for unseen in range(most + 1):
        of_first = np.arange(unseen + 1)
        one, other = members + of_first, n - members + unseen - of_first
        term = ways + log_ways(unseen, of_first) + sticks[one, other]
        for j, size in enumerate(sizes):
            in_first = found[:, j : j + 1]
            for captured, people in ((in_first, one), (size - in_first, other)):
                term = term + betaln(a + captured, b + people - captured) - betaln(a, b)
        masses[unseen] = logsumexp(term) + gammaln(n + unseen) - gammaln(unseen + 1.0)
    masses -= gammaln(table.cells + 1.0).sum()
    return logsumexp(masses), np.exp(masses - logsumexp(masses))


@pytest.mark.filterwarnings("ignore:the answer is finite")
def test_two_classes_have_the_exact_evidence_and_unseen():
    evidence, masses = two_classes_exactly(TINY, TINY_PRIORS, 150)
    tree = latent_class(TINY, priors=TINY_PRIORS, classes=2, particles=2000, random_seed=1)
    record = record_of(tree)
    within = 4 * record["log_evidence_error"] + 0.01
    assert record["log_evidence"] == pytest.approx(evidence, abs=within)
    found = unseen_given_odds(TINY.n, odds_of(tree).ravel())
    error = 4 * 0.5 / np.sqrt(record["diagnostics"]["min_ess_bulk"]) + 1e-3
    at = np.array([0, 2, 5, 10, 20, 50])
    np.testing.assert_allclose(found.cdf(at), np.cumsum(masses)[at], rtol=0, atol=error)
    # The same comparison tells other priors apart.
    wrong = replace(TINY_PRIORS, capture_share=Beta(1.0, 1.0))
    other, others = two_classes_exactly(TINY, wrong, 150)
    assert abs(record["log_evidence"] - other) > within
    assert np.abs(found.cdf(at) - np.cumsum(others)[at]).max() > 2 * error


def near(tree, row):
    """Whether quantiles of the toll agree with a long run of LCMCR within Monte Carlo error."""
    logs = np.log(tree["posterior"]["true_killed"])
    ratio = az.ess(logs, method="bulk").item() / row["ess_total"]
    for name, prob in (("median", 0.5), ("lo95", 0.025), ("hi95", 0.975)):
        own = az.mcse(logs, method="quantile", prob=prob).item()
        gap = np.log(row[name]) - logs.quantile(prob).item()
        if abs(gap) > 4 * own * np.sqrt(1 + ratio):
            return False
    return True


def lcmcr(dataset, classes):
    return LCMCR.query("dataset == @dataset and K == @classes").iloc[0]


def test_kosovo_is_that_of_the_long_run_of_lcmcr():
    kosovo = load_lists("kosovo1999")
    tree = latent_class(kosovo, particles=500, random_seed=1)
    record = record_of(tree)
    assert record["diagnostics"]["max_rhat"] < 1.01
    assert record["diagnostics"]["min_ess_bulk"] > 1000
    assert not record["multimodal"]
    assert near(tree, lcmcr("kosovo1999", 10))
    assert not near(tree, lcmcr("kosovo1999", 2))
    lower, upper = np.quantile(tree["posterior"]["true_killed"], [0.025, 0.975])
    assert lower < 10_401 < upper


def test_effective_draws_are_as_many_as_independent_populations_show():
    """If kin counted as independent draws, populations would differ by more than is claimed."""
    spina = load_lists("spina_3")
    tree = latent_class(spina, classes=3, particles=200, populations=40, random_seed=1)
    logs = np.log(tree["posterior"]["true_killed"].values)
    shown = 40 * logs.var() / logs.mean(axis=1).var(ddof=1)
    claimed = record_of(tree)["diagnostics"]["min_ess_bulk"]
    # The variance of 40 means is known to a factor of 0.6 to 1.6 (4 standard errors: 2.5).
    assert claimed / shown < 2.5


@pytest.mark.filterwarnings("ignore:the answer is finite")
def test_the_tail_is_not_cut_and_falls_as_the_record_says():
    """With rare capture allowed, far more than 20 times the seen, by the power J a."""
    heavy = LatentClassPriors(capture_share=Beta(0.1, 1.0))
    table = CaptureHistories(THREE, [[9, 9, 1, 9, 1, 1, 0]])
    tree = latent_class(table, priors=heavy, classes=2, particles=1000, random_seed=1)
    record = record_of(tree)
    assert record["tail"]["power"] == pytest.approx(0.3)
    assert record["tail"]["beyond_20_times_seen"] > 0.01
    unseen = tree["posterior"]["unseen"].values
    near, far = (np.mean(unseen > multiple * table.n) for multiple in (100, 1e5))
    # The logarithms add about 0.2 here. A cut would leave nothing so far out.
    assert 0.25 < np.log(near / far) / np.log(1000) < 0.85
    assert any("nothing is cut off" in note for note in record["notes"])
    assert any("mean of the toll is not finite" in note for note in record["notes"])


# --- The PyMC model --------------------------------------------------------------------------


def test_the_pymc_model_has_the_same_likelihood_and_the_stated_prior(interpreted):
    """With h = s / alpha and s Exponential(1), h is Exponential(alpha), as in the sampler."""
    kosovo, alpha = load_lists("kosovo1999"), 0.7
    model = StickBreaking(kosovo.patterns.astype(float), 3, TINY_PRIORS)
    state = draw_reference(model, np.random.default_rng(3), (1, 2))
    features = log_features(model, state)[:-1, 0]
    pymc_model = latent_class_model(kosovo, priors=TINY_PRIORS, classes=3)
    log_p = pymc_model.compile_logp(jacobian=False)
    logits, log_hazards = model.split(state[:, 0])
    for i in range(2):
        scaled, shares = np.exp(log_hazards[:, i]) * alpha, 1 / (1 + np.exp(-logits[..., i].T))
        point = {
            "alpha_log__": np.log(alpha),
            "scaled_hazard_log__": np.log(scaled),
            "capture_share_logodds__": logits[..., i].T,
        }
        prior = stats.gamma.logpdf(alpha, 2, scale=1 / 2) - scaled.sum()
        prior += stats.beta.logpdf(shares, 1, 2).sum()
        assert log_p(point) == pytest.approx(prior + kosovo.cells @ features[:, i], rel=1e-9)


@pytest.mark.slow
def test_the_pymc_model_sampled_by_nuts_gives_the_same_toll():
    kosovo = load_lists("kosovo1999")
    own = latent_class(kosovo, classes=2, random_seed=1)
    with warnings.catch_warnings():
        # The classes may change places, which R-hat of their shares sees; that of the odds not.
        warnings.simplefilter("ignore", ConvergenceWarning)
        result = fit(latent_class_model(kosovo, classes=2), random_seed=1, predictions=False)
    odds = result["posterior"]["log_odds_unseen"]
    assert float(az.rhat(odds)) < 1.01
    nuts = unseen_given_odds(kosovo.n, odds.values.ravel())
    tolls = kosovo.n + nuts.quantile([0.5, 0.025, 0.975])
    row = pd.Series(dict(zip(["median", "lo95", "hi95"], tolls, strict=True)))
    row["ess_total"] = float(az.ess(odds))
    assert near(own, row)
    assert near(own, lcmcr("kosovo1999", 2))
    assert not near(own, lcmcr("kosovo1999", 10))


# --- Several modes ---------------------------------------------------------------------------


def test_hills_are_told_apart_only_where_there_is_a_valley():
    rng = np.random.default_rng(1)
    low, high = rng.normal(6, 0.1, (4, 1200)), rng.normal(7, 0.1, (4, 2800))
    modes = find_modes(np.exp(np.hstack([low, high])), 10_000)
    assert [round(mode.weight, 2) for mode in modes] == [0.3, 0.7]
    assert modes[0].lower is None
    assert modes[0].upper == modes[1].lower
    assert modes[0].toll == pytest.approx(np.exp(6), rel=0.02)
    assert modes[0].error == 0  # each population has the same share
    near_by = np.exp(np.hstack([low, low + 0.1]))
    assert len(find_modes(near_by, 10_000)) == 1
    few = np.exp(np.hstack([low, high[:, :5]]))
    assert len(find_modes(few, 5000)) == 1
    for seed in range(20):
        smooth = np.exp(np.random.default_rng(seed).gumbel(0, 0.2, (4, 500)))
        assert len(find_modes(smooth, 2000)) == 1


def pooled_spread(records, mode):
    """Weight of a mode by seed: mean, spread between seeds, and the error that each stated."""
    weights = np.array([record["modes"][mode]["weight"] for record in records])
    errors = np.array([record["modes"][mode]["error"] for record in records])
    return weights.mean(), weights.std(ddof=1), np.sqrt((errors**2).mean())


@pytest.mark.slow
def test_the_modes_of_the_netherlands_have_weights_that_do_not_depend_on_the_seed():
    """A warning would be an error here: R-hat is below 1.01 with every seed."""
    table, seeds = load_lists("netherlands_5"), range(1, 4)
    records = [record_of(latent_class(table, random_seed=seed)) for seed in seeds]
    for record in records:
        assert record["settings"]["particles"] == 10_000
        assert record["diagnostics"]["max_rhat"] < 1.01
        low, high = (mode["toll"] for mode in record["modes"])
        assert low == pytest.approx(48_900, rel=0.02)
        assert high == pytest.approx(147_000, rel=0.03)
        assert any("has 2 modes" in note for note in record["notes"])
    mean, spread, stated = pooled_spread(records, 0)
    assert mean == pytest.approx(0.32, abs=0.05)
    # Both are estimates: of the variance between seeds, and, by populations, within them.
    degrees = len(seeds) - 1, 3 * len(seeds)
    assert spread < stated * np.sqrt(stats.f.ppf(0.997, *degrees))
    assert stated < 0.03
    # One chain of LCMCR sees one mode or the other: its medians run from 48,000 to 141,000.
    row = lcmcr("netherlands_5", 10)
    assert row["chain_median_max"] / row["chain_median_min"] > 2.5


def test_where_populations_disagree_there_is_a_second_run(monkeypatch):
    monkeypatch.setattr("casualty_models.capture.latent_class.SIZES", (100, 300))
    settings = {"classes": 3, "populations": 2, "random_seed": 1}
    with pytest.warns(ConvergenceWarning):
        tree = latent_class(load_lists("netherlands_5"), **settings)
    assert record_of(tree)["settings"]["particles"] == 300
    assert tree["posterior"].sizes["draw"] == 1500
    with pytest.warns(ConvergenceWarning):
        tree = latent_class(load_lists("netherlands_5"), particles=100, **settings)
    assert record_of(tree)["settings"]["particles"] == 100
    monkeypatch.setattr("casualty_models.capture.latent_class.SIZES", (1000, 5000))
    settled = latent_class(load_lists("spina_3"), **settings)
    assert record_of(settled)["settings"]["particles"] == 1000


def test_gaza_has_two_modes_and_says_that_the_prior_decides():
    gaza = load_lists("gaza_2024_3")
    record = record_of(latent_class(gaza, classes=5, particles=500, random_seed=1))
    low, high = record["modes"]
    assert low["toll"] == pytest.approx(54_000, rel=0.03)
    assert high["toll"] == pytest.approx(79_200, rel=0.03)
    assert low["weight"] == pytest.approx(0.69, abs=4 * low["error"] + 0.02)
    said = " ".join(record["notes"])
    assert "has 2 modes, near 5" in said
    assert "the prior of the capture shares decides" in said


def test_the_prior_of_the_capture_shares_moves_the_answer():
    table = capture_share_sensitivity(
        TINY, [Beta(2.0, 1.0), Beta(1.0, 3.0)], classes=2, particles=200, random_seed=1
    )
    assert table[["alpha", "beta"]].values.tolist() == [[2.0, 1.0], [1.0, 3.0]]
    assert table["median"][1] > table["median"][0]
    assert (table["lower95"] <= table["median"]).all()
    assert (table["median"] < table["upper95"]).all()


# --- Tables that say little ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("artificial_chan2021_3", "leave the unseen count open"),
        ("korea_palembang_3", "runs to infinity"),
    ],
)
def test_where_no_estimate_exists_it_warns_and_stays_finite(name, reason):
    table = load_lists(name)
    with pytest.warns(UserWarning, match=f"finite only by the prior: .*{reason}"):
        tree = latent_class(table, classes=3, particles=300, random_seed=1)
    assert np.isfinite(tree["posterior"]["true_killed"]).all()
    notes = record_of(tree)["notes"]
    assert any(reason in note for note in notes)
    assert "The answer is finite only by the prior." in notes


def test_too_few_particles_are_noticed():
    table = load_lists("netherlands_5")
    with pytest.warns(ConvergenceWarning) as said:
        latent_class(table, classes=3, particles=100, populations=2, random_seed=1)
    assert any("fewer than 400: its interval is not settled" in str(w.message) for w in said)


def test_populations_that_disagree_are_noticed():
    rng = np.random.default_rng(1)
    tolls = rng.lognormal(5, 1, (4, 1000))
    assert agreement(tolls, np.zeros(4))["converged"]
    apart = agreement(tolls * [[1], [1], [1], [3]], np.array([0.0, 0.0, 0.0, 4.0]))
    assert not apart["converged"]
    assert "the populations disagree about the toll" in apart["advice"][0]
    assert "standard deviation of 2.0, more than 1" in apart["advice"][-1]
    assert evidence_of(np.array([0.0, 0.0, 0.0, 4.0]))[1] > 0.8


# --- Result, settings, errors ----------------------------------------------------------------


def test_the_result_has_the_form_of_the_others():
    spina = load_lists("spina_3")
    settings = {"classes": 3, "particles": 101, "populations": 2, "random_seed": 5}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        tree, again = (latent_class(spina, **settings) for _ in range(2))
    posterior = tree["posterior"]
    assert dict(posterior.sizes) == {"chain": 2, "draw": 550, "class": 3, "list": 3}
    assert (posterior["true_killed"] == spina.n + posterior["unseen"]).all()
    np.testing.assert_allclose(posterior["class_share"].sum("class"), 1.0)
    assert (posterior["class_share"].diff("class") <= 0).all()
    missed = (posterior["class_share"] * (1 - posterior["capture_share"]).prod("list")).sum("class")
    np.testing.assert_allclose(odds_of(tree), np.log(missed / (1 - missed)), rtol=1e-6, atol=1e-6)
    assert (again["posterior"]["unseen"] == posterior["unseen"]).all()
    record = record_of(tree)
    assert record["settings"] == {
        "classes": 3,
        "particles": 101,
        "populations": 2,
        "priors": LatentClassPriors().to_dict(),
    }
    assert record["random_seed"] == 5


def test_empty_cells_and_unused_lists_are_allowed():
    table = CaptureHistories(("A", "B", "C"), [[30, 20, 9, 0, 0, 0, 0]])
    with pytest.warns(UserWarning, match="Nobody is on C"):
        tree = latent_class(table, classes=2, particles=300, random_seed=1)
    assert np.isfinite(odds_of(tree)).all()


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (
            lambda: latent_class(CaptureHistories(("A", "B"), [[4, 3, 2]])),
            NotEstimable,
            "two lists say nothing about their dependence",
        ),
        (lambda: latent_class(CaptureHistories(THREE, [[0] * 7])), DataError, "must be on a list"),
        (lambda: latent_class(TINY, classes=0), DataError, "classes: must be a whole number"),
        (lambda: latent_class(TINY, particles=99), DataError, "at least 100; got 99"),
        (lambda: latent_class(TINY, populations=1), DataError, "at least 2; got 1"),
        (lambda: LatentClassPriors(capture_share=Fixed(0.5)), DataError, "must be a Beta"),
        (lambda: LatentClassPriors(concentration_rate=0), DataError, "must be a number above 0"),
    ],
)
def test_what_breaks_a_rule_is_refused(call, error, message):
    with pytest.raises(error, match=message):
        call()
