"""Many estimates in one table, the days to estimate on, and tolls that are compared or added."""

import datetime

import numpy as np
import pytest
from fakes import fake_result, osh, report

from casualty_models.errors import DataError
from casualty_models.summaries import (
    prob_more,
    report_days,
    rounded_toll,
    sum_of_tolls,
    toll_table,
    tolls_table,
)

END = datetime.date(2010, 6, 14)


def test_the_table_agrees_with_that_of_one_result():
    results = [fake_result(), fake_result(osh(report("killed", 3, 97), end=END), median=90)]
    table = tolls_table(results)
    assert list(table["quantity"]) == ["killed", "wounded"] * 2
    for number, result in enumerate(results):
        own = toll_table(result).reset_index()
        rows = table.iloc[2 * number : 2 * number + 2].reset_index(drop=True)
        for column in ("documented", "median", "lower50", "upper95", "printed"):
            assert rows[column].equals(own[column]), column
        assert rows.loc[0, "rounded"] == rounded_toll(result, "killed")["median"]
    assert list(table["ongoing"]) == [True, True, False, False]
    assert list(table["reports"]) == [1, 1, 1, 0]


def test_the_table_needs_no_predictions():
    bare = fake_result()
    full = tolls_table([bare])
    for group in ("prior", "constant_data", "prior_predictive", "posterior_predictive"):
        del bare[group]
    assert tolls_table([bare]).equals(full)


def test_an_event_that_could_not_be_fitted_raises_its_error():
    with pytest.raises(DataError, match="no such count"):
        tolls_table([fake_result(), DataError("no such count")])


def test_days_with_nothing_to_estimate_from_are_left_out():
    event = osh(
        report("killed", 0, 30, place="a street"),
        report("killed", 1, 3, place="one street"),
        report("wounded", 1, 40),
        report("killed", 2, 5, place="a street"),
        report("killed", 4, 97),
    )
    assert [day.day for day in report_days(event)] == [11, 14]


def test_days_at_equal_steps_end_with_the_last_report():
    event = osh(*(report("killed", day, 10 + day) for day in (1, 2, 9)))
    assert [day.day for day in report_days(event, every=3)] == [11, 14, 17, 19]
    assert [day.day for day in report_days(event, every=100)] == [11, 19]


@pytest.mark.parametrize("every", [0, -1, 1.5])
def test_steps_must_be_whole_days(every):
    with pytest.raises(DataError, match="every: the number of days must be a whole number above 0"):
        report_days(osh(), every=every)


def test_no_usable_report_has_no_days():
    with pytest.raises(DataError, match="no report of the number killed"):
        report_days(osh(report("killed", 1, 3, retracted="ministry")))


def test_chance_of_more_is_that_of_log_normals():
    first, second = (fake_result(median=m, sigma=0.5, seed=s) for m, s in ((310, 1), (200, 2)))
    z = np.log(310 / 200) / np.sqrt(2 * 0.5**2)
    expected = 0.5 * (1 + np.tanh(z * 0.7978845608 * (1 + 0.044715 * z**2)))  # normal CDF
    assert prob_more(first, second) == pytest.approx(expected, abs=0.02)
    assert prob_more(first, second) + prob_more(second, first) == pytest.approx(1)
    assert prob_more(first, first) == pytest.approx(0.5, abs=0.001)


def test_sum_is_that_of_independent_tolls_and_not_of_interval_ends():
    results = [fake_result(sigma=0.5, seed=seed) for seed in (1, 2, 3, 4)]
    draws = [result["posterior"]["true_killed"].values.ravel() for result in results]
    together = sum_of_tolls(results)
    variance = sum(each.var() for each in draws)
    assert together.mean() == pytest.approx(sum(each.mean() for each in draws))
    assert together.var() == pytest.approx(variance, rel=0.1)
    added_ends = sum(np.quantile(each, 0.975) for each in draws)
    assert np.quantile(together, 0.975) < 0.9 * added_ends


def test_sum_of_one_result_with_itself_treats_it_as_two_events():
    result = fake_result(sigma=0.5)
    draws = result["posterior"]["true_killed"].values
    assert sum_of_tolls([result, result]).var() < 0.7 * (2 * draws).var()


def test_sum_needs_something_to_add():
    with pytest.raises(DataError, match="there is nothing to add"):
        sum_of_tolls([])
