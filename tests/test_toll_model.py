import itertools
import json
from dataclasses import replace

import numpy as np
import pymc as pm
import pytest
from designs import (
    casualties_design,
    missing_design,
    ongoing_design,
    report,
    settled_design,
    strata_design,
)
from scipy import stats

from casualty_models import fit
from casualty_models.distributions import Beta, Fixed, Normal, StudentT
from casualty_models.errors import DataError
from casualty_models.events import Event, Strata
from casualty_models.models.padding import padded
from casualty_models.models.report_table import report_table
from casualty_models.models.toll import toll_model
from casualty_models.priors import TollPriors
from casualty_models.simulate import simulate_counts

DRAWS = 3000
pytestmark = pytest.mark.usefixtures("interpreted")
PRIORS = replace(TollPriors.for_event("riot"), log_killed=Normal(6, 1))
DOCUMENTED = {
    "true_killed",
    "true_wounded",
    "completeness",
    "half_time",
    "duration",
    "growth_shape",
    "wounded_growth_shape",
    "wounded_per_killed",
    "source_effect",
}


def with_reports(event, reports):
    return replace(event, reports=tuple(reports))


@pytest.mark.parametrize("event", [settled_design(), ongoing_design()], ids=lambda e: e.name)
def test_model_has_the_documented_variables_and_a_finite_start(event):
    model = toll_model(event)
    assert {v.name for v in model.unobserved_RVs} >= DOCUMENTED
    assert model.named_vars_to_dims["source_effect"] == ("series",)
    assert model.named_vars_to_dims["half_time"] == ("quantity",)
    assert all(np.isfinite(value) for value in model.point_logps().values())
    assert not model.discrete_value_vars


@pytest.mark.parametrize(
    "event",
    [settled_design(), missing_design(), casualties_design(), strata_design()],
    ids=lambda e: e.name,
)
def test_prior_predictive_equals_the_independent_simulator(event):
    from_model, from_simulator = both(event, PRIORS, PRIORS)
    assert min(comparisons(from_model, from_simulator)) > 1e-4 / 20


@pytest.mark.parametrize(
    "wrong",
    [
        {"walk_scale": Fixed(1.2)},
        {"official_count": StudentT(3, -0.3, 0.02)},
        {"count_noise": Fixed(1.0)},
        {"official_missing": StudentT(3, -0.3, 0.1)},
        {"hospitalized_share": Beta(9, 3)},
        {"enemy_losses": StudentT(3, -0.6, 0.6)},
        {"part_spread": Fixed(0.2)},
        {"unnamed_part": Normal(0, 1)},
        {"reach": Beta(1, 2)},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_simulator_with_other_assumptions_fails_the_same_comparison(wrong):
    about = {"hospitalized_share": casualties_design, "enemy_losses": casualties_design}
    about |= dict.fromkeys(("part_spread", "unnamed_part", "reach"), strata_design)
    design = about.get(next(iter(wrong)), missing_design)()
    from_model, from_simulator = both(design, PRIORS, replace(PRIORS, **wrong))
    assert min(comparisons(from_model, from_simulator)) < 1e-4 / 20


def both(event, priors, other_priors):
    with toll_model(event, priors):
        drawn = pm.sample_prior_predictive(DRAWS, random_seed=1)
    model = {
        "true_killed": drawn.prior.true_killed.values.ravel(),
        "true_wounded": drawn.prior.true_wounded.values.ravel(),
        "duration": drawn.prior.duration.values.ravel(),
    }
    counts = drawn.prior_predictive.reported
    position = {int(r): i for i, r in enumerate(counts.report.values)}
    values = counts.values.reshape(DRAWS, -1)
    simulated = simulate_counts(event, other_priors, draws=DRAWS, random_seed=2)
    other = {name: simulated[name].values for name in model}
    for name in [name for name in simulated if "_by_" in name]:
        for n, label in enumerate(simulated[simulated[name].dims[1]].values):
            model[f"{name} {label}"] = drawn.prior[name].values.reshape(DRAWS, -1)[:, n]
            other[f"{name} {label}"] = simulated[name].values[:, n]
    columns = [int(r) for r in simulated.report.values]
    for j, r in enumerate(columns):
        model[f"report {r}"] = values[:, position[r]]
        other[f"report {r}"] = simulated.log_count.values[:, j]
    for a, b in itertools.pairwise(columns):
        model[f"step {a}"] = model[f"report {b}"] - model[f"report {a}"]
        other[f"step {a}"] = other[f"report {b}"] - other[f"report {a}"]
    return model, other


def comparisons(model, simulator):
    return [stats.ks_2samp(model[name], simulator[name]).pvalue for name in model]


def test_toll_never_falls_below_a_documented_minimum():
    named = report(5, source_kind="ngo", value=1234, floor=True)
    event = with_reports(settled_design(), [*settled_design().reports, named])
    with toll_model(event):
        prior = pm.sample_prior_predictive(500, random_seed=1).prior
    assert float(prior.true_killed.min()) >= 1234


def test_a_part_is_no_rival_of_the_total_but_its_floor_counts():
    part = report(3, value=40, place="border", floor=True, source="witness")
    event = with_reports(ongoing_design(), [*ongoing_design().reports, part])
    table = report_table(event)
    assert len(table.position) == 2
    assert table.floors == (40, 0)
    assert "witness, 2010-06-13: 40 killed: about a part of the event" in table.notes[0]


def test_reports_that_all_speak_of_one_part_are_the_event():
    parts = [replace(r, place="Osh") for r in ongoing_design().reports]
    assert len(report_table(with_reports(ongoing_design(), parts)).position) == 2


def missing_row(reports):
    """Return class and bounds of the row that the last report, of the missing, makes."""
    table = report_table(with_reports(ongoing_design(), reports))
    (row,) = np.flatnonzero(table.position == len(reports) - 1)
    bounds = np.exp([table.log_lower[row], table.log_upper[row]])
    return table.series_classes[table.series[row]], bounds, table.grows[row]


def test_the_missing_are_added_to_the_killed_who_were_counted_by_then():
    killed = [report(2, value=20), report(3, value=61), report(6, value=90)]
    name, bounds, grows = missing_row([*killed[:2], report(4, "missing", value=443)])
    assert (name, grows) == ("official_missing", 0)
    np.testing.assert_allclose(bounds, [61 + 442.5, 61 + 443.5])
    later = with_reports(ongoing_design(), [*killed, report(4, "missing", value=443)])
    assert np.exp(report_table(later).log_upper).max() == pytest.approx(61 + 443.5)


def test_the_missing_alone_are_a_statement_about_the_toll():
    name, bounds, _ = missing_row([report(1, "missing", "ngo", value=239)])
    assert name == "other_missing"
    np.testing.assert_allclose(bounds, [238.5, 239.5])


def test_with_nobody_missing_any_more_the_toll_may_be_less_than_was_counted():
    _, bounds, _ = missing_row([report(2, value=61), report(9, "missing", value=0)])
    assert bounds[0] < 0.01
    assert bounds[1] == pytest.approx(61.5)


def test_the_missing_of_a_part_are_not_added():
    part = report(4, "missing", value=443, place="border")
    table = report_table(with_reports(ongoing_design(), [report(3, value=60), part]))
    assert len(table.position) == 1
    assert "about a part of the event" in table.notes[0]


@pytest.mark.parametrize("quantity", ["killed", "wounded"])
def test_one_kind_of_count_is_enough(quantity):
    model = toll_model(with_reports(ongoing_design(), [report(3, quantity)]))
    assert all(np.isfinite(value) for value in model.point_logps().values())


def test_a_hundred_reports_are_as_welcome_as_one():
    many = [report(day, value=50 + n, source=f"s{n}") for n in range(50) for day in (2, 3)]
    model = toll_model(with_reports(ongoing_design(), many))
    assert all(np.isfinite(value) for value in model.point_logps().values())


def test_a_count_of_none_is_a_report_too():
    model = toll_model(with_reports(ongoing_design(), [report(0, value=0), report(3, value=5)]))
    assert all(np.isfinite(value) for value in model.point_logps().values())


def test_without_a_usable_report_there_is_no_model():
    with pytest.raises(DataError, match="no report of the number killed, wounded, hospitalized"):
        toll_model(with_reports(ongoing_design(), []))


def test_priors_of_the_kind_are_the_default_and_are_recorded():
    model = toll_model(ongoing_design())
    assert model.provenance["priors"] == TollPriors.for_event("riot").to_dict()
    assert Event.from_json(json.dumps(model.provenance["event"])) == ongoing_design()


def test_a_withdrawn_report_is_kept_and_said_and_moves_nothing():
    why = "ministry, 16 June: bodies were counted twice"
    wrong = report(3, value=900, floor=True, retracted=why, source="wire")
    event = with_reports(ongoing_design(), [*ongoing_design().reports, wrong])
    table = report_table(event)
    assert wrong in event.reports
    assert table.floors == (0, 0)
    assert table.notes == (f"wire, 2010-06-13: 900 killed: withdrawn, not used ({why}).",)
    np.testing.assert_array_equal(table.log_upper, report_table(ongoing_design()).log_upper)


def draws_of(event, *names):
    posterior = fit(
        toll_model(event, PRIORS), random_seed=1, predictions=False, engine="quick"
    ).posterior
    return [posterior[name].values for name in names]


def width(draws):
    return np.diff(np.log(np.quantile(draws, [0.05, 0.95]))).item()


def test_parts_of_every_draw_sum_to_its_total():
    event = strata_design()
    with toll_model(event, PRIORS):
        prior = pm.sample_prior_predictive(200, random_seed=1).prior
    for quantity, way in itertools.product(("killed", "wounded"), ("place", "group")):
        whole, parts = prior[f"true_{quantity}"], prior[f"true_{quantity}_by_{way}"]
        np.testing.assert_allclose(parts.sum(way), whole, rtol=1e-9)
    np.testing.assert_allclose(
        prior.true_casualties, prior.true_killed + prior.true_wounded, rtol=1e-12
    )


@pytest.mark.slow
def test_a_part_stays_above_the_minimum_that_was_documented_there():
    divided = replace(ongoing_design(), strata=Strata(place=["Osh"]))
    counted, named = report(4, value=60, place="Osh"), {"value": 64, "place": "Osh"}
    smallest = []
    for floor in (False, True):
        reports = [*divided.reports, counted, report(5, source_kind="ngo", floor=floor, **named)]
        (killed,) = draws_of(with_reports(divided, reports), "true_killed_by_place")
        smallest.append(np.quantile(killed[..., 0], 0.01))
    assert smallest[0] < 0.97 * 64 < smallest[1]


def test_coherent_casualties_narrow_both_and_others_say_so():
    alone = with_reports(settled_design(), settled_design().reports[:5])
    both = report(9, "casualties", "ngo", value=600)
    with_both = with_reports(alone, [*alone.reports, both])
    before = draws_of(alone, "true_killed", "true_wounded")
    after = draws_of(with_both, "true_killed", "true_wounded")
    assert all(width(a) < width(b) for a, b in zip(after, before, strict=True))


def test_a_name_that_is_no_part_is_set_aside_and_said():
    other = report(3, value=9, place="one cemetery in Osh")
    table = report_table(with_reports(strata_design(), [*strata_design().reports, other]))
    assert len(table.position) == len(strata_design().reports)
    assert "9 killed: about a part of the event" in table.notes[0]


def test_where_every_source_is_a_party_the_level_is_said_to_rest_on_the_priors():
    sides = [report(3, value=97, stance="own_losses"), report(3, value=300, stance="enemy_losses")]
    assert "rests on the priors" in report_table(with_reports(ongoing_design(), sides)).notes[0]
    neutral = report(3, value=150, source_kind="ngo")
    assert not report_table(with_reports(ongoing_design(), [*sides, neutral])).notes


def test_sides_lean_in_opposite_directions():
    def median(stance):
        event = with_reports(settled_design(), [report(9, value=100, stance=stance)])
        return np.median(draws_of(event, "true_killed")[0])

    assert median("own_losses") > 1.3 * median(None) > 1.3 * median("enemy_losses")


def test_events_of_all_designs_are_padded_without_a_change():
    for design in (casualties_design(), strata_design()):
        table, filled = report_table(design), padded(report_table(design))
        used = filled.used == 1
        names = np.array(filled.series_names)[filled.series[used]]
        assert list(names) == list(np.array(table.series_names)[table.series])
        np.testing.assert_array_equal(filled.part[used], table.part)
