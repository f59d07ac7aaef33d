import math

import numpy as np
import pymc as pm
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from casualty_models.distributions import (
    FAMILIES,
    Beta,
    Fixed,
    LogNormal,
    LogStudentT,
    Normal,
    StudentT,
    from_dict,
)
from casualty_models.errors import DataError

VALUES = [
    Fixed(0.5),
    Normal(6, 3),
    StudentT(3, 0.1, 0.4),
    LogNormal(2.0, 0.5),
    LogStudentT(3, 5.0, 0.75),
    Beta(6, 3),
]


@pytest.mark.parametrize("value", VALUES, ids=lambda v: v.family)
def test_values_survive_json_and_compare_equal(value):
    assert from_dict(value.to_dict()) == value
    assert hash(from_dict(value.to_dict())) == hash(value)


def test_every_family_is_exercised():
    assert {v.family for v in VALUES} == set(FAMILIES)


@pytest.mark.parametrize("value", VALUES[1:], ids=lambda v: v.family)
def test_pymc_variable_numpy_draws_and_interval_are_one_distribution(value):
    with pm.Model():
        variable = value.to_pymc("x")
        from_pymc = pm.draw(variable, 4000, random_seed=1)
    from_numpy = value.draw(np.random.default_rng(2), 4000)
    assert stats.ks_2samp(from_pymc, from_numpy).pvalue > 1e-4
    lower, upper = value.interval(0.9)
    inside = np.mean((from_numpy > lower) & (from_numpy < upper))
    assert abs(inside - 0.9) < 4 * math.sqrt(0.09 / 4000)


def test_a_different_distribution_fails_the_same_comparison():
    with pm.Model():
        from_pymc = pm.draw(LogNormal(2.0, 0.5).to_pymc("x"), 4000, random_seed=1)
    wrong = LogNormal(2.2, 0.5).draw(np.random.default_rng(2), 4000)
    assert stats.ks_2samp(from_pymc, wrong).pvalue < 1e-4


@settings(max_examples=50, deadline=None)
@given(
    st.floats(0.01, 1e6),
    st.floats(1.05, 1e3),
    st.floats(0.2, 0.99),
)
def test_from_interval_returns_the_interval(lower, factor, prob):
    upper = lower * factor
    low, high = LogNormal.from_interval(lower, upper, prob).interval(prob)
    assert low == pytest.approx(lower, rel=0.02)
    assert high == pytest.approx(upper, rel=0.02)
    low, high = Normal.from_interval(lower, upper, prob).interval(prob)
    assert high - low == pytest.approx(upper - lower, rel=0.02, abs=0.02 * upper)


@pytest.mark.parametrize(
    ("make", "match"),
    [
        (lambda: Normal(0, 0), "sigma of Normal must be above 0; got 0"),
        (lambda: LogNormal(-1, 1), "median of LogNormal must be above 0"),
        (lambda: StudentT(3, math.nan, 1), "mu of StudentT must be a finite number"),
        (lambda: Fixed("much"), "value of Fixed must be a finite number; got 'much'"),
        (lambda: Beta(True, 1), "alpha of Beta must be a finite number"),
        (lambda: LogNormal.from_interval(4, 1), "ends must be positive and in order"),
        (lambda: Normal.from_interval(1, 1), "lower end must be below the upper end"),
        (lambda: Normal.from_interval(0, 1, 1.5), "between 0 and 1; got 1.5"),
        (lambda: from_dict({"family": "Cauchy"}), "unknown family of distributions; got 'Cauchy'"),
    ],
)
def test_bad_values_are_refused_in_words(make, match):
    with pytest.raises(DataError, match=match):
        make()
