import json
import warnings
from dataclasses import replace

import numpy as np
import pymc as pm
import pytest
from designs import ongoing_design, report

from casualty_models.errors import ConvergenceWarning, DataError
from casualty_models.inference import (
    diagnose,
    event_of,
    fit,
    load_result,
    make_record,
    provenance,
)
from casualty_models.models.toll import toll_model
from casualty_models.priors import TollPriors

SHORT = {"draws": 100, "tune": 300, "progress": False}


@pytest.fixture(scope="module")
def result():
    return fit(toll_model(ongoing_design()), engine="nuts", random_seed=1)


def test_default_run_converges_with_room_to_spare(result):
    found = diagnose(result)
    assert found["converged"], found["advice"]
    assert found["divergences"] == 0
    assert found["max_rhat"] < 1.01
    assert found["min_ess_bulk"] > 1000


def test_result_has_the_groups_and_variables_that_the_docs_name(result):
    groups = {
        "posterior",
        "sample_stats",
        "prior",
        "prior_predictive",
        "posterior_predictive",
        "observed_data",
        "constant_data",
    }
    assert groups <= set(result.children)
    posterior = result.posterior
    assert posterior.true_killed.dims == ("chain", "draw")
    assert posterior.sizes["chain"] == 4
    assert posterior.sizes["draw"] == 1000
    assert (posterior.true_killed > 0).all()
    assert list(posterior.half_time.coords["quantity"].values) == ["killed", "wounded"]
    ratio = posterior.true_wounded / posterior.true_killed
    np.testing.assert_allclose(ratio, posterior.wounded_per_killed)


@pytest.mark.filterwarnings("ignore::casualty_models.errors.ConvergenceWarning")
def test_same_seed_gives_the_same_draws_and_another_seed_does_not():
    draws = [
        fit(toll_model(ongoing_design()), engine="nuts", random_seed=seed, **SHORT)
        for seed in (7, 7, 8)
    ]
    first, second, other = (d.posterior.true_killed.values for d in draws)
    np.testing.assert_array_equal(first, second)
    assert (first != other).any()


def test_provenance_says_all_that_is_needed_to_repeat_the_answer(result):
    record = provenance(result)
    assert record["random_seed"] == 1
    assert record["engine"] == "nutpie"
    assert {"pymc", "nutpie", "arviz", "numpy", "python"} <= set(record["versions"])
    assert TollPriors.from_dict(record["priors"]) == TollPriors.for_event("riot")
    assert event_of(result) == ongoing_design()


def test_hash_changes_with_the_reports_and_with_nothing_else(result):
    changed = replace(ongoing_design(), reports=(report(3, value=98),))
    renamed = replace(ongoing_design(), name="another name")
    hashes = [_hash(toll_model(event)) for event in (ongoing_design(), renamed, changed)]
    assert hashes[0] == hashes[1] == provenance(result)["reports_hash"] != hashes[2]


def _hash(model):
    return make_record(model, {}, {})["reports_hash"]


def test_result_survives_a_netcdf_file(result, tmp_path):
    path = tmp_path / "osh.nc"
    result.to_netcdf(path)
    again = load_result(path)
    np.testing.assert_array_equal(again.posterior.true_killed, result.posterior.true_killed)
    assert provenance(again) == provenance(result)


def test_too_few_draws_are_said_in_plain_words():
    with pytest.warns(ConvergenceWarning, match="effective draws of the toll, fewer than 400"):
        fit(toll_model(ongoing_design()), engine="nuts", random_seed=1, **SHORT | {"draws": 20})


def test_divergences_are_said_with_the_remedy():
    with pm.Model() as funnel:
        scale = pm.Normal("scale", 0, 3)
        pm.Normal("x", 0, pm.math.exp(scale / 2), shape=9)
    with pytest.warns(ConvergenceWarning, match=r"divergent transitions.*target_accept=0.99"):
        fit(funnel, draws=500, tune=500, target_accept=0.6, random_seed=1, progress=False)


def test_chains_that_disagree_are_said():
    import arviz as az

    apart = np.random.default_rng(1).normal(size=(4, 500)) + np.arange(4)[:, None]
    found = diagnose(az.from_dict({"posterior": {"true_killed": np.exp(apart)}}))
    assert not found["converged"]
    assert "the chains disagree" in " ".join(found["advice"])


def test_nothing_is_printed_and_no_warning_escapes_when_all_is_well(capfd):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        fit(toll_model(ongoing_design()), engine="nuts", random_seed=1, progress=False)
    printed = capfd.readouterr()
    assert (printed.out, printed.err) == ("", "")


def test_results_that_fit_did_not_make_are_refused(tmp_path):
    import xarray as xr

    with pytest.raises(DataError, match="result: the record of how it was made is missing"):
        provenance(xr.DataTree())
    path = tmp_path / "not.nc"
    path.write_text(json.dumps({}))
    with pytest.raises(DataError, match=r"not\.nc: cannot be read as a saved result"):
        load_result(path)


@pytest.mark.parametrize(("name", "value"), [("draws", 0), ("tune", 0), ("chains", 2.5)])
def test_settings_that_cannot_be_are_refused(name, value):
    with pytest.raises(DataError, match=f"fit: {name} must be a whole number above 0; got {value}"):
        fit(toll_model(ongoing_design()), **{name: value})
