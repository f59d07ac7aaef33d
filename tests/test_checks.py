import json
from dataclasses import replace

import numpy as np
import pytest
import xarray as xr
from designs import settled_design
from fakes import fake_result, osh, report
from scipy import stats

from casualty_models.batch import fit_many
from casualty_models.checks import (
    data_share,
    narrowing,
    narrowing_sentence,
    predictive_checks,
    sensitivity,
    sensitivity_sentence,
)
from casualty_models.checks.components import log_density, log_prior, priors_of
from casualty_models.checks.likelihood import log_likelihood
from casualty_models.distributions import Normal
from casualty_models.errors import DataError
from casualty_models.events import Estimate
from casualty_models.inference import ATTRIBUTE, fit
from casualty_models.models.toll import toll_model
from casualty_models.priors import TollPriors

Z = np.random.default_rng(1).normal(size=(4, 2000))


def result_with(prior, posterior):
    """A result whose log tolls are normal: (center, spread) before and after the reports."""

    def group(center, spread):
        draws = (("chain", "draw"), np.exp(center + spread * Z))
        return xr.Dataset({"true_killed": draws, "true_wounded": draws})

    return xr.DataTree.from_dict({"prior": group(*prior), "posterior": group(*posterior)})


def test_the_share_is_what_is_gone_of_the_width_on_the_log_scale():
    assert data_share(result_with((6, 2.0), (5, 0.5)))["killed"] == pytest.approx(0.75)


def test_the_share_does_not_depend_on_the_unit_of_the_count():
    people = data_share(result_with((6, 2.0), (5, 0.5)))
    thousands = data_share(result_with((6 - np.log(1000), 2.0), (5 - np.log(1000), 0.5)))
    assert people == pytest.approx(thousands)


def test_more_reports_give_a_larger_share():
    shares = [data_share(result_with((6, 3), (6, spread)))["killed"] for spread in (2, 1, 0.3)]
    assert shares == sorted(shares)


@pytest.mark.parametrize(
    ("prior", "posterior"),
    [((6, 1), (6, 1)), ((6, 1), (6, 2)), ((6, 0), (6, 0))],
    ids=["same", "wider", "nothing to decide"],
)
def test_reports_that_narrow_nothing_have_share_zero(prior, posterior):
    result = result_with(prior, posterior)
    assert data_share(result)["killed"] == 0
    assert "did not narrow the range" in narrowing_sentence(result)


def test_a_point_has_share_one_and_is_still_not_called_certain():
    result = result_with((6, 1), (6, 0))
    assert data_share(result)["killed"] == 1
    assert "narrowed by 99%" in narrowing_sentence(result)


def test_the_sentence_gives_both_ranges_rounded():
    sentence = narrowing_sentence(fake_result(), "killed")
    (low, high), (lower, upper) = (
        narrowing(fake_result()).before,
        narrowing(fake_result()).after,
    )
    assert f"{low:,} to {high:,} without" in sentence
    assert f"{lower:,} to {upper:,} with them (90%)" in sentence
    assert low < lower < upper < high


def test_without_prior_draws_there_is_no_share():
    result = fake_result()
    del result["prior"]
    with pytest.raises(DataError, match="no draws of true_killed in group 'prior'"):
        data_share(result)


def with_priors(result, **changes):
    """Return a result that says it was fitted with the given priors changed."""
    record = json.loads(result.attrs[ATTRIBUTE])
    record["priors"] = replace(TollPriors(), **changes).to_dict()
    result.attrs[ATTRIBUTE] = json.dumps(record)
    return result


def conjugate_result(prior_sd, seen, error, draws=20_000):
    """A result whose log toll is exactly the posterior of a normal prior and one normal report."""
    rng = np.random.default_rng(1)
    precision = prior_sd**-2 + error**-2
    center, spread = (6 * prior_sd**-2 + seen * error**-2) / precision, precision**-0.5
    result = fake_result(draws=draws)
    log_killed = rng.normal(center, spread, (4, draws))
    posterior = result["posterior"].to_dataset()
    posterior["true_killed"] = (("chain", "draw"), np.exp(log_killed))
    result["posterior"] = xr.DataTree(posterior)
    likelihood = -0.5 * ((seen - log_killed[..., None]) / error) ** 2
    reported = (("chain", "draw", "report"), likelihood)
    result["log_likelihood"] = xr.DataTree(xr.Dataset({"reported": reported}))
    return with_priors(result, log_killed=Normal(6.0, prior_sd))


def exact(power_prior, power_reports, prior_sd, seen, error):
    precision = power_prior * prior_sd**-2 + power_reports * error**-2
    center = (power_prior * 6 * prior_sd**-2 + power_reports * seen * error**-2) / precision
    return stats.lognorm(precision**-0.5, scale=np.exp(center)).ppf([0.05, 0.5, 0.95])


def row_of(table, component, quantity="killed"):
    chosen = (table["component"] == component) & (table["quantity"] == quantity)
    return table[chosen].iloc[0]


@pytest.mark.parametrize(("component", "powers"), [("toll", (1, 0)), ("reports", (0, 1))])
def test_half_and_twice_the_certainty_are_what_a_conjugate_posterior_becomes(component, powers):
    case = {"prior_sd": 0.5, "seen": 7.0, "error": 0.4}
    row = row_of(sensitivity(conjugate_result(**case)), component)
    for name, power in (("half", 0.5), ("as_is", 1.0), ("twice", 2.0)):
        of_prior, of_reports = (power if scaled else 1.0 for scaled in powers)
        found = [row[f"{end}_{name}"] for end in ("lower90", "median", "upper90")]
        assert found == pytest.approx(list(exact(of_prior, of_reports, **case)), rel=0.03)
        if power != 1.0:
            assert found != pytest.approx(list(exact(1.0, 1.0, **case)), rel=0.03)


def test_a_component_matters_where_it_decides_and_not_where_it_does_not():
    tight = sensitivity(conjugate_result(prior_sd=0.3, seen=7.0, error=0.5))
    flat = sensitivity(conjugate_result(prior_sd=3.0, seen=7.0, error=0.2))
    assert row_of(tight, "toll")["sensitivity"] > 0.1
    assert row_of(flat, "toll")["sensitivity"] < 0.02
    assert row_of(flat, "reports")["sensitivity"] > 0.05
    for component in ("growth", "sources", "duration"):  # nothing ties them to the toll here
        assert row_of(tight, component)["sensitivity"] < 0.05
    assert "rests on the prior of toll" in sensitivity_sentence(tight)
    assert "no single prior decides" in sensitivity_sentence(flat)
    assert "rests on it" in row_of(tight, "toll")["words"]
    assert "hardly depends on it" in row_of(flat, "toll")["words"]


def test_what_the_draws_do_not_reach_is_left_out():
    far = conjugate_result(prior_sd=0.02, seen=7.0, error=0.004, draws=500)
    row = row_of(sensitivity(far), "toll")
    assert row["k_half"] > 0.7
    assert np.isnan(row["median_half"])


def test_sensitivity_needs_a_result_of_the_toll_model():
    result = fake_result()
    record = json.loads(result.attrs[ATTRIBUTE])
    del record["priors"]
    result.attrs[ATTRIBUTE] = json.dumps(record)
    with pytest.raises(DataError, match="not that of a toll model"):
        sensitivity(result)
    table = sensitivity(fake_result())
    with pytest.raises(DataError, match="no row of this quantity"):
        sensitivity_sentence(table, "missing")


@pytest.fixture(scope="module")
def fitted():
    priors = replace(TollPriors.for_event("riot"), log_killed=Normal(3.5, 0.4))
    model = toll_model(settled_design(), priors, fill=True)
    return fit(model, engine="quick", draws=1000, chains=4, random_seed=1, predictions=True)


def test_components_reports_and_steps_make_up_the_density_of_the_model(fitted):
    """The density of PyMC's graph, up to a constant; without one component it is another."""
    posterior = fitted["posterior"].to_dataset()
    parts = log_prior(fitted)
    filling = fitted["constant_data"]["report_used"].values == 0
    assert filling.any()
    rest = -0.5 * (posterior["walk_step"] ** 2).sum("report")
    rest = rest + log_density(priors_of(fitted).duration_growth, posterior["duration_growth"])
    used = np.unique(fitted["constant_data"]["report_series"].values)
    spare = [n for n in range(posterior.sizes["series"]) if n not in used]
    rest = rest + stats.t.logpdf(posterior["source_standard"][..., spare], 3).sum(axis=2)
    told = log_likelihood(fitted)["reported"].sum("report")
    total = sum(parts.values()) + told + rest
    left = (fitted["sample_stats"]["logp"] - total).values
    assert np.ptp(left) < 1e-8
    assert np.ptp(left + parts["growth"].values) > 1


def test_an_estimate_by_another_method_is_evidence_of_its_own():
    survey = Estimate(date="2010-06-20", source="survey", lower=90, upper=110)
    event = replace(settled_design(), estimates=[survey])
    fitted = fit_many([event], engine="quick", draws=500, chains=2, random_seed=1)[0]
    exact = stats.t.logpdf(np.log(fitted["posterior"]["true_killed"] / (90 * 110) ** 0.5),
                           4, scale=np.log(110 / 90) / 2 / stats.t.ppf(0.975, 4))  # fmt: skip
    found = log_likelihood(fitted)["estimated"].values[..., 0]
    np.testing.assert_allclose(found, exact, rtol=1e-6)


def test_half_the_certainty_is_what_a_refit_gives(fitted):
    found = row_of(sensitivity(fitted), "toll")
    wider = replace(priors_of(fitted), log_killed=Normal(3.5, 0.4 * 2**0.5))
    model = toll_model(settled_design(), wider, fill=True)
    refitted = fit(model, engine="quick", draws=1000, chains=4, random_seed=2, predictions=False)
    again = np.quantile(refitted["posterior"]["true_killed"], [0.05, 0.5, 0.95])
    assert found["k_half"] < 0.7
    assert found[["lower90_half", "median_half", "upper90_half"]].tolist() == pytest.approx(
        list(again), rel=0.06
    )
    assert found["median_as_is"] != pytest.approx(again[1], rel=0.06)


def check_of(table, check, quantity="killed"):
    chosen = (table["check"] == check) & (table["quantity"] == quantity)
    return table[chosen].iloc[0]


def test_reports_that_fit_raise_no_alarm():
    settings = {"engine": "quick", "draws": 500, "chains": 2, "random_seed": 1}
    table = predictive_checks(fit_many([settled_design()], predictions=True, **settings)[0])
    compared = table[table["p_value"].notna() & (table["check"] != "share of round numbers")]
    assert len(compared) == 4
    assert compared["p_value"].between(0.025, 0.975).all()
    assert (compared["words"] == "as the model expects").all()
    assert compared["observed"].between(compared["lower90"], compared["upper90"]).all()


def test_round_numbers_are_noticed_and_exact_ones_are_not():
    def reports(*counts):
        return osh(*(report("killed", day, n) for day, n in enumerate(counts)))

    rounded, exact = reports(100, 200, 250, 300, 400), reports(101, 203, 257, 311, 409)
    noticed = check_of(predictive_checks(fake_result(rounded)), "share of round numbers")
    unnoticed = check_of(predictive_checks(fake_result(exact)), "share of round numbers")
    assert unnoticed["p_value"] > 0.025
    assert unnoticed["observed"] == 0
    # The bounds of these reports are exact, so the words are what tells of rounding.
    assert np.isnan(noticed["p_value"]) or noticed["p_value"] < 0.025


@pytest.mark.parametrize(
    ("last", "words"), [(90_000, "more than the model can"), (3, "less than the model can")]
)
def test_a_source_far_from_the_fit_is_noticed(last, words):
    far = report("killed", 4, last, source="paper", source_kind="media")
    table = predictive_checks(fake_result(osh(report("killed", 3, 85), far)))
    check = "largest source" if last > 85 else "smallest source"
    assert words in check_of(table, check)["words"]


def test_a_count_that_grew_too_much_is_noticed():
    grew = fake_result(osh(report("killed", 3, 85), report("killed", 4, 90_000)))
    row = check_of(predictive_checks(grew), "last minus first bulletin")
    assert row["p_value"] < 0.025
    assert row["observed"] == pytest.approx(90_000 - 85, rel=0.02)


def test_too_little_is_not_compared_and_simulated_reports_are_needed():
    table = predictive_checks(fake_result())
    assert check_of(table, "largest source")["words"] == "too little to compare"
    bare = fake_result()
    del bare["posterior_predictive"]
    with pytest.raises(DataError, match="no simulated reports"):
        predictive_checks(bare)
