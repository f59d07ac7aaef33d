from dataclasses import replace

import numpy as np
import pytest
from designs import report
from scipy import stats

from casualty_models.checks import contradictions, contradictions_sentence, source_name
from casualty_models.checks.comparable import FELL, FLOOR, LIKELY, PART, broken_rules
from casualty_models.checks.tension import differ_probability, expected, student_t4_cdf
from casualty_models.datasets import load_osh_2010
from casualty_models.distributions import LogNormal, Normal
from casualty_models.errors import DataError
from casualty_models.events import Event, Report
from casualty_models.priors import TollPriors
from casualty_models.simulate import simulate_counts, simulate_event

TYPICAL = TollPriors.for_event("riot")  # in noise too: the check takes that of a typical event
PRIORS = replace(
    TYPICAL,
    log_killed=Normal(7, 0.5),
    count_noise=LogNormal(TYPICAL.count_noise.median, 0.01),
    estimate_noise=LogNormal(TYPICAL.estimate_noise.median, 0.01),
)


def event(*reports, **fields):
    return Event(**{"name": "example", "kind": "riot", "start": "2010-06-10"} | fields,
                 reports=reports)  # fmt: skip


def rules(*reports, **fields):
    return [pair.rule for pair in broken_rules(event(*reports, **fields))]


def steady(*counts, **fields):
    return event(*(report(day + 1, value=n) for day, n in enumerate(counts)), **fields)


def test_student_t_is_that_of_scipy_far_into_the_tail():
    x = np.array([-1e4, -50.0, -3, -0.1, 0, 0.4, 7, 1e4])
    np.testing.assert_allclose(student_t4_cdf(x), stats.t.cdf(x, 4), rtol=1e-9)


def test_the_probability_of_a_difference_is_that_of_simulated_events():
    """The simulator is an implementation of its own, and a model of other noise is told apart."""
    design = event(report(1, value=1), report(6, value=1), report(6, source_kind="ngo", value=1))
    simulated = simulate_counts(design, PRIORS, draws=20_000, random_seed=1).log_count.values
    for first, second, ratio in ((0, 1, 0.05), (0, 1, 1.5), (1, 2, 1.8), (1, 2, 0.8), (0, 2, 4.0)):
        gap = simulated[:, first] - simulated[:, second]
        by_simulation = 2 * min((gap >= np.log(ratio)).mean(), (gap <= np.log(ratio)).mean())
        counts = {first: round(1000 * ratio), second: 1000}
        told = event(
            *(replace(r, value=None, lower=counts.get(i, 1), upper=counts.get(i, 1))
              for i, r in enumerate(design.reports))
        )  # fmt: skip
        found = differ_probability(expected(told, PRIORS), first, second)
        assert found == pytest.approx(by_simulation, rel=0.12, abs=0.004)
        other = replace(PRIORS, count_noise=LogNormal(3.0, 0.1))
        noisier = differ_probability(expected(told, other), first, second)
        assert noisier != pytest.approx(by_simulation, rel=0.12, abs=0.004)


def test_growth_is_no_contradiction_and_the_same_numbers_backwards_are():
    up, down = (10, 30, 70, 110), (110, 70, 30, 10)
    assert not len(contradictions(steady(*up)))
    assert contradictions(steady(*down))["certain"].all()


def test_a_misprint_is_found_and_doubted():
    table = contradictions(steady(60, 80, 95, 1010, 103, 104, 104))
    assert (table["chance"] < 0.05).any()
    assert set(table["doubt"]) == {3}


def test_events_drawn_from_the_priors_are_rarely_called_contradictory():
    design = event(
        *(report(day, value=1) for day in (1, 2, 3, 5, 8)),
        *(report(day, source_kind="ngo", value=1) for day in (3, 6)),
        report(6, source_kind="opponent", claim="claim", value=1),
        *(report(day, "wounded", "hospital", value=1) for day in (2, 4, 8)),
        end="2010-06-12",
    )
    alarms = misprints = 0
    for seed in range(60):
        simulated, _ = simulate_event(design, PRIORS, random_seed=seed)
        alarms += (contradictions(simulated, PRIORS)["chance"] < 0.05).any()
        wrong = list(simulated.reports)
        position = wrong.index(next(r for r in wrong if r.date.day == 15))
        count = 30.0 * wrong[position].lower
        wrong[position] = replace(wrong[position], lower=count, upper=count)
        table = contradictions(replace(simulated, reports=wrong), PRIORS)
        found = table[table["chance"] < 0.05]
        misprints += len(found) > 0 and found["doubt"].mode()[0] == position
    assert stats.binom.sf(alarms - 1, 60, 0.05) > 1e-3
    assert misprints > 50


def test_of_a_count_and_a_wild_claim_the_claim_is_doubted():
    claim = report(8, source_kind="opponent", claim="claim", value=90_000)
    table = contradictions(event(report(8, value=100), claim))
    assert table["doubt"].tolist() == [1]
    assert "To doubt first" in table.loc[0, "words"]


def test_of_two_equal_witnesses_none_is_doubted():
    """Two ministries, one count each: nothing tells which is wrong."""
    table = contradictions(event(report(8, value=9_001), report(8, source="another", value=101)))
    assert table["doubt"].isna().all()
    assert "nothing tells which" in table.loc[0, "words"]


def test_the_count_of_one_source_cannot_go_down():
    one, other = report(3, value=251), report(4, value=241)
    assert rules(one, other) == [FELL]
    assert rules(one, replace(other, source="another ministry")) == []
    assert rules(one, replace(other, value=None, says="at least 200")) == []
    assert rules(one, replace(other, claim="estimate")) == []
    assert rules(one, replace(other, value=250)) == [], "250 is a rounded number"
    assert (
        rules(replace(one, quantity="hospitalized"), replace(other, quantity="hospitalized")) == []
    )


def test_a_part_cannot_be_larger_than_its_whole():
    part, whole = report(3, value=123, place="Osh"), report(4, value=97)
    assert rules(part, whole) == [PART]
    assert rules(part, replace(whole, value=123)) == []
    assert rules(part, replace(whole, place="Jalal-Abad")) == []
    assert rules(part, replace(whole, date="2010-06-12")) == [], "it was counted before"
    assert rules(report(3, value=123), report(4, "casualties", value=97)) == [PART]
    assert rules(report(3, "casualties", value=123), report(4, value=97)) == []


def test_no_later_estimate_can_be_below_a_documented_minimum():
    named, estimate = report(9, value=213, floor=True), report(5, claim="estimate", value=97)
    assert rules(named, estimate, end="2010-06-12") == [FLOOR]
    assert rules(named, estimate) == [], "the event went on after the estimate"
    assert rules(named, replace(estimate, value=1000), end="2010-06-12") == []


def test_osh_holds_slips_but_nothing_beyond_chance():
    table = contradictions(load_osh_2010().as_of("2010-06-28"))
    assert table.attrs["compared"] > 300
    assert (table["chance"] > 0.05).all()
    assert table["certain"].any()
    words = contradictions_sentence(table)
    assert f"{table['certain'].sum()} cannot both be right by arithmetic alone" in words


def test_the_sentence_tells_what_chance_would_bring():
    table = contradictions(steady(10, 30, 70, 110), at_least=0.1)
    assert "no more than one expects" in contradictions_sentence(table)
    wrong = contradictions(steady(60, 80, 95, 1010, 103, 104, 104))
    assert "further apart than chance explains" in contradictions_sentence(wrong)


def test_one_report_contradicts_nothing():
    with pytest.raises(DataError, match="two statements are needed"):
        contradictions(event(report(3)))


def test_what_was_withdrawn_contradicts_nothing():
    wrong = report(3, value=9_711, retracted="the ministry, a day later")
    table = contradictions(event(report(2, value=81), wrong, report(4, value=97)))
    assert not len(table)
    assert table.attrs["compared"] == 1
    assert len(contradictions(event(report(2, value=81), replace(wrong, retracted=None),
                                    report(4, value=97))))  # fmt: skip


def test_an_event_of_parts_alone_is_compared_by_part():
    parts = [report(3, value=50, place=place) for place in ("Osh", "Jalal-Abad")]
    later = [report(4, value=1500, place="Osh"), report(3, "hospitalized", value=60)]
    table = contradictions(event(*parts, *later))
    assert table["why"].unique().tolist() == [LIKELY]
    assert table.attrs["compared"] == 1


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("Health Ministry via RIA", "Health Ministry"),
        ("Health Ministry (Bayalinova) via RIA Novosti", "Health Ministry"),
        ("Health Ministry, as of 09:00", "Health Ministry"),
        ("Reuters", "Reuters"),
        ("(unsigned)", "(unsigned)"),
    ],
)
def test_a_source_is_named_without_who_passed_it_on(source, name):
    said = Report(date="2010-06-13", source=source, quantity="killed", value=97)
    assert source_name(said) == name
    assert source_name(replace(said, source="daily", origin=source)) == name
