from dataclasses import replace

import numpy as np
import pytest
import xarray as xr

from casualty_models.datasets import history_events
from casualty_models.errors import DataError
from casualty_models.events import KINDS, MECHANISMS, Reference
from casualty_models.models.history import HYPERPARAMETERS, UNUSED, history_model
from casualty_models.models.learned import learned_priors
from casualty_models.models.settled import (
    CLASSES,
    GROUPS,
    history_design,
    reference_log_mean,
    reference_log_sd,
    settled,
)

pytestmark = pytest.mark.usefixtures("interpreted")


@pytest.fixture(scope="module")
def few():
    return settled(history_events())[:6]


def log_density(model, point):
    return sum(term.sum() for term in model.compile_logp(sum=False)(point))


def test_model_has_its_hyperparameters_and_a_finite_start(few):
    model = history_model(few)
    assert {variable.name for variable in model.unobserved_RVs} >= set(HYPERPARAMETERS)
    assert np.isfinite(log_density(model, model.initial_point()))
    assert not model.discrete_value_vars


def test_what_is_held_out_moves_nothing_but_keeps_the_structure(few):
    """Neither the reports nor the reference of a held-out event change the log density."""
    out = few[0]
    other = replace(out.reference, killed=7 * out.reference.killed, lower=None, upper=None)
    reports = tuple(
        replace(r, says=None, value=None, lower=1, upper=2) if not r.is_part else r
        for r in out.reports
    )
    changed = replace(out, reference=other, reports=reports)
    models = [history_model([first, *few[1:]], without=[out.id]) for first in (out, changed)]
    point = models[0].initial_point()
    held_out = [log_density(model, point) for model in models]
    assert held_out[1] == pytest.approx(held_out[0], abs=1e-6)
    learned = [history_model([first, *few[1:]]) for first in (out, changed)]
    assert log_density(learned[1], point) < log_density(learned[0], point) - 1
    assert models[0].structure == learned[0].structure
    assert models[0].structure != models[1].structure, "other constants, another compilation"
    assert float(models[0]["reference_killed_error"].get_value()[0]) == UNUSED


def test_reports_of_all_events_become_one_table(few):
    design = history_design(few)
    assert len(design.group) == len(few)
    assert (np.diff(design.event) >= 0).all()
    for row in range(len(design.days)):
        assert design.series[row] == design.series[design.last[row]]
        assert design.event[row] == design.event[design.last[row]]


def test_days_still_to_come_are_those_of_events_said_to_go_on(few):
    design = history_design(few)
    for event, so_far, lasted in design.still:
        length = (few[event].end - few[event].start).days + 1
        assert 1 <= so_far <= lasted == length
    said = {n for n, event in enumerate(few) for r in event.reports if r.ongoing}
    assert set(design.still[:, 0]) <= said


@pytest.mark.parametrize(
    ("reference", "toll", "sd"),
    [
        (Reference(100, None, None, None, "A"), 100, 0.02),
        (Reference(100, 50, 200, None, "A"), 100, np.log(4) / 3.29),
        (Reference(100, None, 200, None, "A"), 100, np.log(2) / 1.645),
        (Reference(None, 100, 400, None, "C"), 200, np.log(4) / 3.29),
        (Reference(100, 99, 101, None, "C"), 100, 0.25),
    ],
)
def test_a_reference_is_read_with_its_own_error(reference, toll, sd):
    assert np.exp(reference_log_mean(reference)) == pytest.approx(toll)
    assert reference_log_sd(reference) == pytest.approx(sd, rel=1e-3)


def test_only_events_that_can_teach_are_kept(few):
    unsettled = replace(few[0], reference=None)
    zero = replace(few[0], reference=Reference(0, None, None, None, "A"))
    assert settled([unsettled, zero, few[1]]) == [few[1]]
    with pytest.raises(DataError, match="no settled toll to learn from"):
        history_model([unsettled])
    with pytest.raises(DataError, match="no settled events to learn from"):
        history_model([])


def posterior(spread):
    """Draws of the hyperparameters around known values, as far apart as ``spread``."""
    rng = np.random.default_rng(1)
    sizes = {"group": len(GROUPS), "kind": len(KINDS), "mechanism": len(MECHANISMS)}
    sizes["class"] = len(CLASSES)

    def draws(center, *dims, positive=False):
        noise = spread * rng.normal(size=(2, 500, *(sizes[d] for d in dims)))
        values = center * np.exp(noise) if positive else center + noise
        return ("chain", "draw", *dims), values

    return xr.Dataset(
        {
            "log_half_time_mean": draws(0.5, "kind"),
            "log_half_time_group": draws(0.5, "group"),
            "log_half_time_between": draws(0.3, positive=True),
            "log_ratio_between": draws(0.3, positive=True),
            "log_half_time_sd": draws(1.2, "group", positive=True),
            "growth_shape": draws(1.5, "group", positive=True),
            "wounded_half_time_ratio": draws(0.5, positive=True),
            "wounded_half_time_ratio_sd": draws(0.4, positive=True),
            "log_ratio_mean": draws(1.0, "kind"),
            "log_ratio_group": draws(1.0, "group"),
            "log_ratio_mechanism": draws(0.2, "mechanism"),
            "log_ratio_scale": draws(0.8, "group", positive=True),
            "effect_mean": draws(0.1, "class"),
            "effect_scale": draws(0.3, "class", positive=True),
            "walk_scale": draws(0.4, positive=True),
            "count_noise": draws(0.2, positive=True),
            "estimate_noise": draws(0.5, positive=True),
            "log_days_to_come_mean": draws(-0.9),
            "log_days_to_come_sd": draws(1.2, positive=True),
        }
    )


def test_learned_priors_sit_where_the_posterior_is():
    priors = learned_priors(posterior(1e-6), "riot", "gunshot")
    assert priors.half_time.median == pytest.approx(np.exp(0.5), rel=0.01)
    assert priors.half_time.sigma == pytest.approx(1.2, rel=0.01)
    assert priors.wounded_per_killed.median == pytest.approx(np.exp(1.2), rel=0.01)
    assert priors.official_count.sigma == pytest.approx(0.3, rel=0.01)
    assert priors.duration_growth.median == pytest.approx(np.exp(-0.9), rel=0.01)
    assert priors.duration_growth.sigma == pytest.approx(1.2, rel=0.01)


def test_an_unknown_kind_gets_the_spread_between_kinds_too():
    known, unknown = (learned_priors(posterior(1e-6), kind) for kind in ("riot", "other"))
    assert unknown.half_time.sigma == pytest.approx(np.hypot(1.2, 0.3), rel=0.01)
    assert unknown.half_time.sigma > known.half_time.sigma


def test_what_is_learned_less_surely_gives_wider_priors():
    sure, unsure = (learned_priors(posterior(spread), "riot") for spread in (0.01, 0.5))
    assert unsure.half_time.sigma > 1.1 * sure.half_time.sigma
    assert unsure.wounded_per_killed.sigma > 1.1 * sure.wounded_per_killed.sigma
    assert unsure.walk_scale.sigma == pytest.approx(0.5, rel=0.1)
