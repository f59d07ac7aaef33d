import warnings
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pymc as pm
import pytensor.tensor as pt
import pytest
from designs import ongoing_design, report, settled_design
from scipy import stats

from casualty_models.backtest import seen, settled_events
from casualty_models.datasets import load_osh_2010
from casualty_models.errors import ConvergenceWarning, DataError
from casualty_models.inference import (
    diagnose,
    fit,
    load_result,
    model_programs,
    provenance,
    quick,
)
from casualty_models.inference.density import Density, NotEvaluable
from casualty_models.inference.funnel import straight
from casualty_models.inference.hamiltonian import Population, hamiltonian_move
from casualty_models.inference.program import program
from casualty_models.inference.quick import quick_draws
from casualty_models.inference.quick_result import MANY_UNKNOWNS, quick_result
from casualty_models.inference.reference import Reference, wide_reference
from casualty_models.inference.target import Target
from casualty_models.inference.tempering import temper
from casualty_models.inference.trust import NotTrusted, effective_draws, pareto_k, rank_rhat
from casualty_models.models.toll import toll_model
from casualty_models.summaries.evidence import toll_draws
from casualty_models.summaries.rounding import quantile_error

QUANTILES = [0.025, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.975]
MAX_ERRORS = 4
SEEN = [0.5, 1.0, -2.0]
PLATEAU_ERRORS = 5  # the largest of eighteen
LONG_RUNS = Path(__file__).parent.parent / "benchmarks" / "accuracy_nuts.csv"


def conjugate():
    with pm.Model() as model:
        mean = pm.Normal("mean", 0, 10)
        pm.Normal("seen", mean, 2, observed=[1.0, 2.0, 3.0, 6.0])
    return model


def bimodal():
    with pm.Model() as model:
        x = pm.Normal("x", 0, 5)
        pm.Normal("seen", pm.math.abs(x), 0.5, observed=4.0)
    return model


def funnel(size=9):
    with pm.Model() as model:
        scale = pm.Normal("scale", 0, 3)
        pm.Normal("x", 0, pm.math.exp(scale / 2), shape=size)
    return model


def funnel_with_data():
    with pm.Model() as model:
        scale = pm.Normal("scale", 0, 3)
        x = pm.Normal("x", 0, pm.math.exp(scale / 2), shape=3)
        pm.Normal("seen", x, 1, observed=SEEN)
    return model


def varied():
    """A model with transforms of many kinds, parameters that are drawn, shapes and dimensions."""
    with pm.Model(coords={"place": ["a", "b", "c"]}) as model:
        share = pm.Beta("share", 4, 3)
        parts = pm.Dirichlet("parts", [3.0, 4.0, 5.0], dims="place")
        level = pm.Normal("level", 0, 1 + share, shape=(2, 3))
        size = pm.LogNormal("size", level[0, 0], share, dims="place")
        pm.Uniform("between", share, 2)
        pm.Deterministic("total", (size * parts).sum())
        pm.Deterministic("constant", pt.as_tensor(np.ones(2)))
        pm.Binomial("seen", 10, share, observed=4)
        pm.StudentT("more", 4, mu=pt.softplus(level[1]), sigma=size, observed=[0.1, 0.2, 0.3])
    return model


MODELS = {
    "conjugate": conjugate,
    "varied": varied,
    "ongoing": lambda: toll_model(ongoing_design()),
    "settled": lambda: toll_model(settled_design(), fill=True),
}


@pytest.fixture(scope="module")
def result():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return fit(toll_model(ongoing_design()), engine="quick", random_seed=1)


@pytest.fixture(scope="module")
def nuts():
    return fit(toll_model(ongoing_design()), engine="nuts", random_seed=1)


def errors(draws, exact, prob, error=0.0):
    """Monte Carlo standard errors between a quantile of draws and another value with its error."""
    return abs(np.quantile(draws, prob) - exact) / np.hypot(quantile_error(draws, prob), error)


def errors_between(one, other, prob):
    return errors(one, np.quantile(other, prob), prob, quantile_error(other, prob))


@pytest.mark.parametrize("name", MODELS)
def test_log_density_and_gradient_are_those_of_pymc(name, interpreted):
    model = MODELS[name]()
    target = Density(model)
    points, _ = target.prior(5, np.random.default_rng(1))
    value, slope = target.gradient(points)
    variables = [model.rvs_to_values[v] for v in model.free_RVs]
    log_density = model.compile_logp()
    gradient = model.compile_dlogp(vars=model.free_RVs)
    for row, point in enumerate(points):
        parts = np.split(point, np.cumsum(target.sizes)[:-1])
        at = {
            v.name: part.reshape(shape)
            for v, part, shape in zip(variables, parts, target.shapes, strict=True)
        }
        np.testing.assert_allclose(value[row], log_density(at), rtol=1e-8)
        np.testing.assert_allclose(slope[row], gradient(at), rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize("name", MODELS)
def test_points_of_prior_draws_lead_back_to_the_draws(name):
    target = Density(MODELS[name]())
    points, values = target.prior(50, np.random.default_rng(1))
    for variable, again in target.values(points).items():
        np.testing.assert_allclose(again, values[variable], rtol=1e-6)


def test_prior_and_predictions_are_those_of_pymc(interpreted):
    model, number = varied(), 4000
    target, rng = Density(model), np.random.default_rng(1)
    _, values = target.prior(number, rng)
    derived, predicted = target.derived(values, rng)
    with model:
        expected = pm.sample_prior_predictive(number, random_seed=1)
    groups = {"prior": values | derived, "prior_predictive": predicted}
    for group, found in groups.items():
        for name, draws in found.items():
            there = expected[group][name].values.reshape(draws.shape)
            if np.ptp(there) == 0:
                np.testing.assert_array_equal(draws, there)
                continue
            ours = draws.reshape(number, -1)
            for one, other in zip(ours.T, there.reshape(number, -1).T, strict=True):
                assert stats.ks_2samp(one, other).pvalue > 1e-4, name
    shifted = stats.ks_2samp(values["share"] + 0.03, expected.prior.share.values.ravel())
    assert shifted.pvalue < 1e-4  # the same check sees a small difference


def test_exact_posterior_is_met():
    found = fit(conjugate(), engine="quick", random_seed=3).posterior["mean"].values
    precision = 4 / 2**2 + 1 / 10**2
    exact = stats.norm(12.0 / 2**2 / precision, precision**-0.5)
    assert max(errors(found, exact.ppf(prob), prob) for prob in QUANTILES) < MAX_ERRORS
    wrong = stats.norm(exact.mean() + 0.15 * exact.std(), exact.std())
    assert max(errors(found, wrong.ppf(prob), prob) for prob in QUANTILES) > MAX_ERRORS


def test_quantiles_agree_with_nuts(result, nuts):
    for quantity in ("killed", "wounded"):
        one, other = toll_draws(result, quantity), toll_draws(nuts, quantity)
        for prob in QUANTILES:
            assert errors_between(one, other, prob) < MAX_ERRORS
        assert errors_between(one * 1.25, other, 0.5) > MAX_ERRORS


def test_result_has_the_layout_of_nuts(result, nuts, tmp_path):
    assert set(result.children) == set(nuts.children)
    for name in set(nuts.children) - {"sample_stats"}:
        ours, theirs = result[name].to_dataset(), nuts[name].to_dataset()
        assert set(ours.variables) == set(theirs.variables)
        for variable in ours.data_vars:
            assert ours[variable].dims == theirs[variable].dims
        for label in ours.coords:
            np.testing.assert_array_equal(ours[label], theirs[label])
    assert {"logp", "diverging", "acceptance_rate"} <= set(result.sample_stats.data_vars)
    result.to_netcdf(tmp_path / "quick.nc")
    assert provenance(load_result(tmp_path / "quick.nc")) == provenance(result)


def test_record_says_which_engine_and_how_far_it_can_be_trusted(result):
    record = provenance(result)
    assert record["engine"] == "quick"
    assert "fallback" not in record
    own = record["diagnostics"]
    assert own["converged"]
    assert own["max_rhat"] < 1.01
    assert own["quick"]["memory"] < 0.25
    usual = diagnose(result)
    assert usual["converged"]
    for key in ("min_ess_bulk", "min_ess_tail"):
        assert own[key] == pytest.approx(usual[key], rel=0.4)


def test_same_seed_gives_the_same_draws_and_another_seed_does_not(result):
    model = toll_model(ongoing_design())
    again, other = (fit(model, engine="quick", random_seed=seed) for seed in (1, 2))
    for group in ("posterior", "prior", "posterior_predictive"):
        for name in result[group].data_vars:
            np.testing.assert_array_equal(again[group][name], result[group][name])
    assert (other.posterior.true_killed != result.posterior.true_killed).any()


@pytest.mark.parametrize(
    ("model", "reason"),
    [
        (bimodal, "too slow"),
        (funnel, r"diverged|too slow|disagree"),
        (funnel_with_data, r"diverged|too slow|disagree"),
    ],
)
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_draws_that_cannot_be_trusted_are_refused(model, reason, seed):
    with pytest.raises(NotTrusted, match=reason):
        quick_draws(model(), draws=1000, chains=4, rng=np.random.default_rng(seed))


def two_near_peaks():
    with pm.Model() as model:
        x = pm.Normal("x", 0, 20)
        peaks = [np.log(0.9) - 0.5 * (x + 2) ** 2, np.log(0.1) - 0.5 * (x - 2) ** 2]
        pm.Potential("peaks", pt.logaddexp(*peaks) + 0.5 * (x / 20) ** 2)
    return model, lambda x: 0.9 * stats.norm.cdf(x + 2) + 0.1 * stats.norm.cdf(x - 2)


def long_tails():
    with pm.Model() as model:
        pm.StudentT("x", nu=3)
    return model, stats.t(3).cdf


def slight_funnel(width=0.5):
    with pm.Model() as model:
        scale = pm.Normal("scale", 0, width)
        pm.Normal("x", 0, pm.math.exp(scale / 2), shape=3)
    return model, stats.norm(0, width).cdf


def in_errors(model, exact, seed=4):
    """How far the quantiles of the first unknown are from the exact ones, in standard errors."""
    import arviz as az

    found = quick_draws(model, draws=1000, chains=4, rng=np.random.default_rng(seed))
    draws = found.points[..., 0]
    ends = [np.quantile(draws, prob) for prob in QUANTILES]
    errors = [float(az.mcse((draws <= end).astype(float), method="mean")) for end in ends]
    return (exact(np.array(ends)) - QUANTILES) / errors


@pytest.mark.parametrize("case", [two_near_peaks, long_tails, slight_funnel])
def test_what_is_not_refused_is_right(case):
    assert np.abs(in_errors(*case())).max() < MAX_ERRORS


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_in_a_column_a_funnel_is_seen_to_the_end_of_its_neck(seed, monkeypatch):
    """Moved in plain variables the same funnel is refused."""
    case = slight_funnel(width=1.0)
    assert np.abs(in_errors(*case, seed=seed)).max() < MAX_ERRORS
    monkeypatch.setattr(quick, "funnel", straight)
    with pytest.raises(NotTrusted, match="diverged"):
        in_errors(*case, seed=seed)


def test_without_plain_moves_a_missed_neck_is_not_seen(monkeypatch):
    """In a column no move diverges, though the points do not enter the neck."""
    scale = np.linspace(-16, 16, 10_001)
    density = stats.norm.pdf(scale, 0, 3)
    for value in SEEN:
        density *= stats.norm.pdf(value, 0, np.sqrt(1 + np.exp(scale)))
    below = np.cumsum(density) / density.sum()
    monkeypatch.setattr(quick, "STEEP", 1.0)
    found = in_errors(funnel_with_data(), lambda at: np.interp(at, scale, below))
    assert found[0] > MAX_ERRORS


def test_the_log_density_kept_is_that_of_the_model():
    """Of the points, not of the variables that they were moved in; up to a constant."""
    model = toll_model(settled_design(), fill=True)
    found = quick_draws(model, draws=250, chains=4, rng=np.random.default_rng(1))
    own, _ = Density(model).gradient(found.points.reshape(-1, found.points.shape[-1]))
    left = found.log_density.ravel() - own
    assert np.ptp(left) < 1e-8 < np.ptp(own)


def from_long_nuts(tolls, event):
    """Largest difference to the quantiles of a long run of NUTS, in Monte Carlo standard errors."""
    long = pd.read_csv(LONG_RUNS).query("event == @event")
    return max(
        errors(tolls[row.toll], row.value, row.probability, row.error) for row in long.itertuples()
    )


def test_a_plateau_far_from_the_highest_point_is_found():
    """A quarter of the posterior: all of a fire's dead counted at once, and noisy counts."""
    (fire,) = (event for event in settled_events() if event.id == "USA2003_STATION")
    settings = {"draws": 1000, "chains": 4, "random_seed": 2}
    result, _ = quick_result(Density(toll_model(seen(fire, 30))), settings)
    posterior = result.posterior
    tolls = {name: posterior[name].values for name in ("true_killed", "true_wounded")}
    assert from_long_nuts(tolls, fire.id) < PLATEAU_ERRORS

    slow = posterior.half_time_killed.values > 1.0
    assert 0.1 < 1 - slow.mean() < 0.9
    without = {name: draws[slow].reshape(1, -1) for name, draws in tolls.items()}
    assert from_long_nuts(without, fire.id) > PLATEAU_ERRORS


@pytest.mark.filterwarnings("ignore::casualty_models.errors.ConvergenceWarning")
@pytest.mark.parametrize("model", [bimodal, funnel])
def test_nuts_takes_over_and_the_record_says_why(model):
    found = fit(model(), engine="quick", draws=50, tune=100, random_seed=1, predictions=False)
    record = provenance(found)
    assert record["engine"] == "nutpie"
    assert record["fallback"]
    assert "quick" not in record["diagnostics"]
    assert "depth" in found.sample_stats


@pytest.mark.filterwarnings("ignore::casualty_models.errors.ConvergenceWarning")
def test_auto_takes_quick_where_the_model_is_small():
    small = fit(conjugate(), engine="auto", random_seed=1)
    assert provenance(small)["engine"] == "quick"
    with pm.Model() as large:
        pm.Normal("x", shape=MANY_UNKNOWNS + 1)
    with pytest.raises(NotTrusted, match=f"with {MANY_UNKNOWNS + 1} unknowns"):
        quick_result(Density(large), {"draws": 10, "chains": 1, "random_seed": 1}, only_small=True)


def test_auto_is_the_default_and_other_names_are_refused():
    assert provenance(fit(conjugate(), random_seed=1))["engine"] == "quick"
    with pytest.raises(DataError, match=r"fit: unknown engine; got 'fast'. Use one of auto, quick"):
        fit(conjugate(), engine="fast")


def test_models_that_numpy_cannot_follow_are_refused():
    with pm.Model() as discrete:
        pm.Poisson("count", 3)
    with pytest.raises(NotTrusted, match="count is discrete"):
        quick_result(Density(discrete), {"draws": 10, "chains": 1, "random_seed": 1})
    with pm.Model() as unknown:
        x = pm.Normal("x", shape=3)
        pm.Potential("odd", _python_only(x))
    with pytest.raises(NotEvaluable, match="the density of this model"):
        Density(unknown).gradient(np.zeros((2, 3)))


@pytest.mark.parametrize("error", [AttributeError, IndexError, AssertionError, TypeError])
def test_operations_that_nobody_foresaw_are_left_to_nuts(error, monkeypatch):
    def fail(model):
        raise error("no such thing in batches")

    monkeypatch.setitem(model_programs._PARTS, "density", fail)
    with pytest.raises(NotTrusted, match=r"NumPy cannot evaluate .* no such thing in batches"):
        quick_result(Density(conjugate()), {"draws": 10, "chains": 1, "random_seed": 1})


def _python_only(x):
    from pytensor.compile.ops import wrap_py

    return wrap_py(itypes=[pt.dvector], otypes=[pt.dscalar])(lambda v: v.sum())(x)


def test_changed_reports_use_the_graphs_of_the_first_fit(monkeypatch):
    first = ongoing_design()
    fit(toll_model(first), engine="quick", random_seed=1)

    def written_again(*_):
        raise ValueError("the graph was written again")

    monkeypatch.setattr(
        model_programs, "_PARTS", dict.fromkeys(model_programs._PARTS, written_again)
    )
    reports = (first.reports[0], report(3, value=970))
    changed = fit(toll_model(replace(first, reports=reports)), engine="quick", random_seed=1)
    assert np.median(changed.posterior.true_killed) > 700
    with pytest.raises(NotEvaluable, match="written again"):
        Density(conjugate()).prior(1, np.random.default_rng(1))


def test_what_is_not_in_the_structure_of_a_model_is_not_in_its_graph(monkeypatch):
    seen_events = [seen(event, day) for event in settled_events() for day in (1, 3)]
    models = {}
    for event in [event for event in seen_events if event is not None][::8]:
        model = toll_model(event)
        models.setdefault(model.structure, []).append(model)
    pairs = [(group[0], group[-1]) for group in models.values() if len(group) > 1][:4]
    assert pairs
    for first, last in pairs:
        monkeypatch.setattr(model_programs, "_PROGRAMS", {})
        own = Density(last)
        points, _ = own.prior(20, np.random.default_rng(1))
        expected, slope = own.gradient(points)
        monkeypatch.setattr(model_programs, "_PROGRAMS", {})
        other, _ = Density(first).gradient(points)
        found, same_slope = Density(last).gradient(points)
        np.testing.assert_array_equal(found, expected)
        np.testing.assert_array_equal(same_slope, slope)
        assert (other != expected).any()  # the data differ, and are seen


def test_predictions_of_both_engines_are_alike(result, nuts):
    for group in ("prior_predictive", "posterior_predictive"):
        one, other = (r[group].reported.values.reshape(-1, 2) for r in (result, nuts))
        spread = np.subtract(*np.quantile(other, [0.75, 0.25], axis=0))
        np.testing.assert_allclose(
            np.quantile(one, [0.25, 0.5, 0.75], axis=0),
            np.quantile(other, [0.25, 0.5, 0.75], axis=0),
            atol=0.2 * spread.max(),
        )


def test_few_draws_are_said_in_plain_words():
    with pytest.warns(ConvergenceWarning, match="effective draws of the toll, fewer than 400"):
        found = fit(toll_model(ongoing_design()), engine="quick", draws=20, random_seed=1)
    assert found.posterior.sizes["draw"] == 20


@pytest.mark.parametrize(("draws", "chains"), [(700, 3), (2500, 2), (1000, 1)])
def test_any_number_of_draws_and_chains(draws, chains):
    found = quick_draws(conjugate(), draws=draws, chains=chains, rng=np.random.default_rng(1))
    assert found.points.shape == (chains, draws, 1)
    assert found.log_density.shape == found.acceptance.shape == (chains, draws)


# The parts of the engine.


def test_equal_computations_are_made_once_and_those_of_data_alone_apart():
    import pytensor

    x, data = pt.vector("x"), pytensor.shared(np.arange(3.0), name="data")
    found = program([x], [pt.exp(data) * x, pt.exp(data) + x])
    assert (len(found.fixed), len(found.steps)) == (1, 2)
    run = found.bind({"data": np.zeros(3)})
    np.testing.assert_array_equal(run(np.ones(3)), [np.ones(3), np.full(3, 2.0)])
    np.testing.assert_array_equal(found.bind({})(np.ones(3))[0], np.exp(np.arange(3.0)))


def test_values_that_are_not_given_are_named():
    x, y = pt.vectors("x", "y")
    with pytest.raises(ValueError, match="no value is given for y"):
        program([x], [x + y])


def test_moves_leave_the_density_as_it_is():
    def shape(x):
        return stats.t.logpdf(x, 5).sum(axis=1), -6 * x / (5 + x**2)

    rng = np.random.default_rng(1)
    points = rng.standard_t(5, (4000, 2))
    target = Target(shape, Reference(np.zeros(2), np.eye(2), np.zeros(2)))
    at = Population(points, *shape(points))
    for _ in range(5):
        at = hamiltonian_move(target, at, 0.6, rng).population
    assert stats.kstest(at.points[:, 0], stats.t(5).cdf).pvalue > 1e-3
    assert stats.kstest(at.points[:, 0] * 1.2, stats.t(5).cdf).pvalue < 1e-3
    assert abs(np.corrcoef(at.points[:, 0], points[:, 0])[0, 1]) < 0.2


def test_tempering_leads_to_the_posterior():
    def skewed(x):
        return (2 * x - np.exp(x)).sum(axis=1), 2 - np.exp(x)

    rng = np.random.default_rng(1)
    reference = wide_reference(rng.normal(size=(500, 2)))
    target = Target(skewed, reference)
    found = reference.points(temper(target, (4, 500), rng).population.points)
    exact = stats.gamma(2)
    assert stats.kstest(np.exp(found[:, 0]), exact.cdf).statistic < 0.06
    started = reference.points(reference.draw(2000, rng))
    assert stats.kstest(np.exp(started[:, 0]), exact.cdf).statistic > 0.06


def test_rank_rhat_is_that_of_arviz():
    import arviz as az

    draws = np.random.default_rng(1).standard_t(3, (4, 400, 2))
    draws[0, :, 1] *= 3
    expected = [float(az.rhat(draws[:, :, i])) for i in range(2)]
    np.testing.assert_allclose(rank_rhat(draws), expected, rtol=1e-3)
    assert rank_rhat(draws)[0] < 1.01 < rank_rhat(draws)[1]


@pytest.mark.parametrize("tail", [1.0, 1.6, 3.0])
def test_pareto_k_is_that_of_arviz(tail):
    from arviz_stats.base import array_stats

    log_weight = np.log1p(np.random.default_rng(1).pareto(tail, 4000))
    expected = array_stats.psislw(-log_weight)[1]
    assert pareto_k(log_weight) == pytest.approx(float(expected), rel=1e-6)
    assert pareto_k(np.zeros(100)) == 0.0


def test_effective_draws_count_repeated_states():
    rng = np.random.default_rng(1)
    fresh = rng.normal(size=(4, 1000, 1))
    assert 3000 < effective_draws(fresh, 4)[0][0] <= 4000
    thrice = np.repeat(rng.normal(size=(4, 300, 1)), 3, axis=1)
    bulk, tail = effective_draws(thrice, 3)
    assert bulk[0] == pytest.approx(1200, rel=0.01)
    assert tail[0] == pytest.approx(1200, rel=0.01)


@pytest.mark.slow
def test_quick_agrees_with_long_nuts_on_shipped_events():
    seen_events = [seen(event, 7) for event in settled_events()[::9]]
    events = [event for event in seen_events if event is not None] + [load_osh_2010()]
    compared, beyond, engines = 0, [], []
    for event in events:
        model = toll_model(event, fill=True)
        quick = fit(model, engine="quick", random_seed=5, predictions=False)
        engines.append(provenance(quick)["engine"])
        nuts = fit(
            model,
            engine="nuts",
            draws=3000,
            tune=1500,
            target_accept=0.97,
            random_seed=6,
            predictions=False,
        )
        for quantity in ("killed", "wounded"):
            one, other = toll_draws(quick, quantity), toll_draws(nuts, quantity)
            for prob in QUANTILES:
                compared += 1
                if errors_between(one, other, prob) > MAX_ERRORS:
                    beyond.append((event.name, quantity, prob))
    # An estimated standard error is itself uncertain: one value in five hundred may lie beyond.
    assert len(beyond) <= max(1, compared // 500), beyond
    assert engines.count("quick") > 0.9 * len(engines)
