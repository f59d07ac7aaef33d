"""Each ablation takes out what it names, and leaves the rest as it was."""

import dataclasses

import numpy as np
import pytest
import xarray as xr
from designs import missing_design, ongoing_design, report, settled_design

from casualty_models.backtest import ABLATIONS
from casualty_models.backtest.model import _changed, _holding, _with_held, toll_method
from casualty_models.datasets import history_events
from casualty_models.events import Reference
from casualty_models.models.history import HYPERPARAMETERS, UNUSED, history_model
from casualty_models.models.report_table import report_table
from casualty_models.models.settled import settled
from casualty_models.priors import TollPriors


def changed(name, event):
    return ABLATIONS[name].change(event)


def test_the_missing_are_taken_out_and_the_day_of_looking_stays():
    event = missing_design()
    fewer = changed("no missing", event)
    assert {each.quantity for each in fewer.reports} == {"killed", "wounded"}
    assert fewer.as_of_date == event.as_of_date


def test_the_wounded_are_taken_out_of_the_reference_too():
    reference = Reference(killed=100, wounded=300, quality="A")
    fewer = changed("no wounded", dataclasses.replace(settled_design(), reference=reference))
    assert {each.quantity for each in fewer.reports} == {"killed"}
    assert fewer.reference.wounded is None


def test_an_event_keeps_the_reports_without_which_nothing_is_left():
    only_wounded = dataclasses.replace(ongoing_design(), reports=(report(2, "wounded", value=900),))
    assert changed("no wounded", only_wounded) == only_wounded


def test_estimates_are_taken_out():
    fewer = changed("no estimates and claims", settled_design())
    assert all(each.claim == "count" for each in fewer.reports)


def test_words_become_one_number():
    said = report(3, value=None, says="neared 100")
    exact = changed(
        "words are exact numbers", dataclasses.replace(ongoing_design(), reports=(said,))
    )
    assert exact.reports[0].statement.lower == exact.reports[0].statement.upper


def test_all_sources_become_one_series_of_counts():
    table = report_table(changed("one kind of source", settled_design()))
    assert set(table.series_classes) == {"official_count", "official_estimate"}


def test_an_ongoing_event_becomes_one_that_is_over():
    over = changed("over on the day of the forecast", ongoing_design())
    assert over.end == ongoing_design().as_of_date
    assert changed("over on the day of the forecast", settled_design()) == settled_design()


@pytest.mark.parametrize("name", ABLATIONS)
def test_every_ablation_gives_events_and_priors_that_the_model_takes(name):
    event = changed(name, missing_design())
    assert len(report_table(event).days) > 0
    before = TollPriors.for_event(event.kind)
    after = _changed(before, ABLATIONS[name])
    assert (after != before) == bool(ABLATIONS[name].priors or ABLATIONS[name].sigma)


@pytest.mark.usefixtures("interpreted")
@pytest.mark.parametrize("name", [name for name, step in ABLATIONS.items() if step.fixed])
def test_what_is_held_is_no_longer_learned(name):
    model = history_model(settled(history_events())[:3])
    held = _holding(model, ABLATIONS[name].fixed)
    free = {variable.name for variable in held.free_RVs}
    assert not free & set(ABLATIONS[name].fixed)
    assert {v.name for v in model.free_RVs} - free == set(ABLATIONS[name].fixed)
    assert held.structure != model.structure
    assert all(np.isfinite(value) for value in held.point_logps().values())
    assert set(ABLATIONS[name].fixed) - set(HYPERPARAMETERS) <= {"log_half_time"}


@pytest.mark.usefixtures("interpreted")
def test_the_method_learns_from_the_events_it_was_given(monkeypatch):
    """A history with other references must reach the model: the negative control rests on it."""
    events = settled(history_events())[:4]
    models = []

    def stop(model, **_settings):
        models.append(model)
        raise KeyboardInterrupt

    monkeypatch.setattr("casualty_models.backtest.model.fit", stop)
    wrong = dataclasses.replace(events[0], reference=Reference(killed=7_000_000, quality="A"))
    for train in (events[:3], [wrong, *events[1:3]]):
        with pytest.raises(KeyboardInterrupt):
            toll_method(events)(train)
    true, permuted = (m.rvs_to_values[m["reference_killed"]].data for m in models)
    assert permuted[0] == pytest.approx(np.log(7_000_000))
    assert true[0] != permuted[0]
    np.testing.assert_array_equal(true[1:], permuted[1:])
    used = [m["reference_killed_error"].get_value()[3] for m in models]
    assert used == [UNUSED, UNUSED], "the fourth event was held out"


def test_what_was_held_gives_a_prior_all_the_same():
    shape = ("chain", "draw"), np.ones((2, 50))
    posterior = xr.Dataset({"count_noise": shape})
    held = _with_held(posterior, {"walk_scale": 1e-3, "log_half_time": -7.0})
    assert set(held.data_vars) == {"count_noise", "walk_scale"}
    assert held["walk_scale"].values.mean() == pytest.approx(1e-3, rel=0.01)
    assert held["walk_scale"].values.std() > 0
