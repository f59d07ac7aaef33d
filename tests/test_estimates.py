"""Estimates by other methods: read, refused, and weighed against the reports."""

import dataclasses

import numpy as np
import pytest
from designs import ongoing_design, report, settled_design
from scipy import stats

from casualty_models.errors import DataError
from casualty_models.events import Estimate, Event, read_event
from casualty_models.models.estimate_table import estimate_table
from casualty_models.models.toll import toll_model

TOML = """
[event]
name = "Osh"
kind = "ethnic_riot"
start = 2010-06-10

[[report]]
date = 2010-06-13
source = "ministry"
source_kind = "health_ministry"
quantity = "killed"
value = 97

[[estimate]]
date = 2010-07-01
source = "three lists"
lower = 300
upper = 600
"""


def estimate(**changes):
    fields = {"date": "2010-07-01", "source": "three lists", "lower": 300, "upper": 600}
    return Estimate(**fields | changes)


def with_estimates(event, *estimates):
    return dataclasses.replace(event, estimates=estimates)


def test_a_file_may_hold_estimates_and_json_keeps_them(tmp_path):
    path = tmp_path / "osh.toml"
    path.write_text(TOML, encoding="utf-8")
    event = read_event(path)
    assert [each.source for each in event.estimates] == ["three lists"]
    assert Event.from_json(event.to_json()) == event


def test_an_earlier_day_does_not_know_a_later_estimate():
    event = with_estimates(settled_design(), estimate())
    assert dataclasses.replace(event, known_on=None).as_of("2010-06-30").estimates == ()
    assert len(dataclasses.replace(event, known_on=None).as_of("2010-07-01").estimates) == 1


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"lower": 0}, r"^lower: the interval must have ends in order above 0"),
        ({"lower": 700}, r"ends in order above 0 \(upper is 600\); got 700"),
        ({"median": 900}, r"^median: lies outside its own interval, 300 to 600; got 900"),
        ({"prob": 95}, r"^prob: must be a probability between 0 and 1; got 95"),
        ({"prob": "95"}, r"^prob: must be a probability between 0 and 1"),
        ({"cause": "hunger"}, r"^cause: unknown cause of death; got 'hunger'"),
        ({"people": "women"}, r"^people: unknown group of people"),
    ],
)
def test_a_wrong_estimate_is_refused(changes, message):
    with pytest.raises(DataError, match=message):
        estimate(**changes)


def test_a_wrong_estimate_in_a_file_is_named(tmp_path):
    path = tmp_path / "osh.toml"
    path.write_text(TOML.replace("upper = 600", "upper = 100"), encoding="utf-8")
    with pytest.raises(DataError, match=r"osh\.toml, estimate 1, lower: the interval must"):
        read_event(path)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"cause": "all"}, r"example, estimate 1, cause: an estimate of deaths of every cause"),
        ({"people": "civilians"}, r"estimate 1, people: an estimate of a part of the people"),
        ({"place": "Osh"}, r"estimate 1: the estimate is about another part of the event"),
    ],
)
def test_an_estimate_of_something_else_is_not_mixed_in(changes, message):
    event = dataclasses.replace(ongoing_design(), name="example", estimates=(estimate(**changes),))
    with pytest.raises(DataError, match=message):
        toll_model(event)


def test_an_estimate_of_the_part_that_all_reports_are_about_is_welcome():
    there = [dataclasses.replace(each, place="Osh") for each in ongoing_design().reports]
    event = dataclasses.replace(
        ongoing_design(), reports=tuple(there), estimates=(estimate(place="Osh"),)
    )
    assert len(estimate_table(event).scale) == 1


def test_the_scale_gives_back_the_interval():
    table = estimate_table(with_estimates(ongoing_design(), estimate(prob=0.9)))
    ends = stats.t.ppf([0.05, 0.95], 4, table.log_toll[0], table.scale[0])
    np.testing.assert_allclose(np.exp(ends), [300, 600])


@pytest.mark.usefixtures("interpreted")
def test_an_estimate_adds_its_own_log_density_and_nothing_else():
    event = ongoing_design()
    more = with_estimates(event, estimate())
    with_it, without = toll_model(more), toll_model(event)
    assert with_it.structure != without.structure
    for toll in (100.0, 400.0, 2000.0):
        point = without.initial_point()
        point["log_counted_killed"] += np.log(toll) - log_killed(without, point)
        gained = density(with_it, point) - density(without, point)
        expected = stats.t.logpdf(
            np.log((300 * 600) ** 0.5), 4, np.log(toll), estimate_table(more).scale[0]
        )
        assert gained == pytest.approx(expected, abs=1e-8)


def test_reports_are_still_needed():
    empty = with_estimates(dataclasses.replace(ongoing_design(), reports=()), estimate())
    with pytest.raises(DataError, match="no report of the number killed, wounded"):
        toll_model(empty)


def test_a_report_that_says_estimated_is_no_such_estimate():
    said = report(4, claim="estimate", value=400)
    event = dataclasses.replace(ongoing_design(), reports=(*ongoing_design().reports, said))
    assert estimate_table(event).sources == ()


def density(model, point):
    return sum(float(term.sum()) for term in model.compile_logp(sum=False)(point))


def log_killed(model, point):
    (toll,) = model.replace_rvs_by_values([model["true_killed"]])
    value = model.compile_fn(toll, inputs=model.value_vars, on_unused_input="ignore")(point)
    return np.log(float(value))
