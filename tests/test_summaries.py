import datetime
import subprocess
import sys

import numpy as np
import pytest
from fakes import fake_result, osh, report
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from casualty_models.errors import DataError
from casualty_models.models.growth import counted_share
from casualty_models.summaries import (
    documented_count,
    latest_reports,
    likelihood_word,
    prob_above,
    round_count,
    rounded_toll,
    source_table,
    timeline_table,
    toll_sentence,
    toll_table,
    used_reports,
)
from casualty_models.summaries.evidence import toll_draws
from casualty_models.summaries.rounding import quantile_error
from casualty_models.summaries.words import SCALES

END = datetime.date(2010, 6, 14)


def counted(count=97, **fields):
    return fake_result(osh(report("killed", 3, count, **fields), end=END))


@pytest.fixture(scope="module")
def result():
    return fake_result()


def significant_digits(number):
    return len(str(number).strip("0")) if number else 0


# Rounding


@pytest.mark.parametrize(
    ("x", "mcse", "rounded"),
    [
        (0.4, 0, 0),
        (7.3, 0, 7),
        (97.4, 0, 97),
        (312.4, 0, 310),
        (996, 0, 1000),
        (312.4, 9.9, 310),
        (312.4, 10.1, 300),
        (1603, 105, 1500),
        (1603, 99, 1600),
        (14_900, 1_100, 15_000),
        (312.4, 1e9, 300),
        (312.4, float("nan"), 300),
        (2_549_999, 0, 2_500_000),
    ],
)
def test_rounding(x, mcse, rounded):
    assert round_count(x, mcse) == rounded


@given(st.floats(1, 1e9), st.floats(0, 1e9))
def test_no_more_digits_than_the_monte_carlo_error_allows(x, mcse):
    rounded = round_count(x, mcse)
    leading = 10 ** np.floor(np.log10(x))
    assert significant_digits(rounded) <= 2
    assert abs(rounded - x) <= max(2.5 * min(mcse, leading), 0.05 * x, 0.5) * (1 + 1e-9)
    if mcse > 1:
        digit = 10 ** np.floor(np.log10(mcse))  # the place of the error's first digit
        assert rounded % min(digit, leading) == 0


@given(st.floats(0, 1e6), st.floats(0, 1e6))
def test_rounding_keeps_order(x, y):
    lower, upper = sorted((x, y))
    assert round_count(lower) <= round_count(upper)


@pytest.mark.parametrize("x", [-1.0, float("nan"), float("inf")])
def test_only_counts_are_rounded(x):
    with pytest.raises(DataError, match="only a finite count >= 0 can be rounded"):
        round_count(x)


def test_quantile_error_is_that_of_independent_draws():
    rng = np.random.default_rng(5)
    samples = [rng.normal(size=(4, 1000)) for _ in range(20)]
    expected = np.sqrt(0.25 / samples[0].size) / stats.norm.pdf(0)
    found = np.mean([quantile_error(draws, 0.5) for draws in samples])
    assert found == pytest.approx(expected, rel=0.15)
    assert np.mean([quantile_error(draws, 0.975) for draws in samples]) > 1.5 * found


def test_quantile_error_of_draws_that_say_nothing_about_it():
    assert quantile_error(np.full((4, 100), 3.0), 0.5) == 0
    assert np.isnan(quantile_error(np.array([[1.0, 2.0, 3.0]]), 0.5))


# The table


def test_table_has_the_quantiles_of_the_draws(result):
    table = toll_table(result, probs=(0.9, 0.975))
    killed = result["posterior"]["true_killed"].values
    assert list(table.index) == ["killed", "wounded"]
    assert list(table.columns) == [
        "documented", "median", "lower90", "upper90", "lower97.5", "upper97.5", "mcse", "printed",
    ]  # fmt: skip
    expected = np.quantile(killed, [0.5, 0.05, 0.95, 0.0125, 0.9875])
    names = ["median", "lower90", "upper90", "lower97.5", "upper97.5"]
    np.testing.assert_allclose(table.loc["killed", names].astype(float), expected)


def test_default_intervals_are_nested(result):
    table = toll_table(result)
    order = ["lower95", "lower80", "lower50", "median", "upper50", "upper80", "upper95"]
    assert (table[order].astype(float).diff(axis=1).iloc[:, 1:] > 0).all(axis=None)


def test_printed_names_the_widest_and_the_narrowest_interval(result):
    printed = toll_table(result).loc["killed", "printed"]
    assert printed.startswith("about 310 (50% interval ")
    assert "95%" in printed
    assert "80%" not in printed
    only = toll_table(result, probs=(0.9,)).loc["killed", "printed"]
    assert only.count("%") == 1


def test_documented_is_missing_where_nothing_was_counted():
    result = counted()
    table = toll_table(result)
    assert table.loc["killed", "documented"] == 97
    assert table["documented"].isna().tolist() == [False, True]
    assert str(table["documented"].dtype) == "Int64"


@pytest.mark.parametrize("probs", [(), (0.0,), (1.0,), (50,), (float("nan"),)])
def test_probabilities_are_checked(result, probs):
    with pytest.raises(DataError, match="probs: the probability of an interval lies between"):
        toll_table(result, probs=probs)


def test_rounding_never_goes_below_a_documented_count_that_the_draws_respect():
    result = counted(104, floor=True)
    exact = float(toll_table(result).loc["killed", "lower95"])
    assert exact == 104
    assert round_count(exact) == 100
    assert rounded_toll(result, "killed")["lower95"] == 104


def test_a_toll_below_the_documented_count_is_not_hidden():
    result = fake_result(osh(report("killed", 3, 104), end=END), median=60, sigma=0.1)
    assert rounded_toll(result, "killed")["median"] == 60


def test_rounded_intervals_stay_nested_when_the_outer_one_is_coarser():
    rng = np.random.default_rng(3)
    for sigma in (0.5, 1.0, 2.0):
        result = fake_result(draws=50, chains=1, sigma=sigma, seed=int(rng.integers(1000)))
        ends = rounded_toll(result, "killed")
        order = ["lower95", "lower80", "lower50", "median", "upper50", "upper80", "upper95"]
        values = [ends[name] for name in order]
        assert values == sorted(values)


def test_a_result_without_draws_is_refused(result):
    with pytest.raises(DataError, match="no draws of true_killed in group 'posterior'"):
        toll_table(result.drop_nodes("posterior"))


# What was reported


def test_estimates_parts_and_upper_bounds_document_nobody():
    result = fake_result(
        osh(
            report("killed", 1, 23),
            report("killed", 2, 500, claim="estimate"),
            report("killed", 2, 400, place="Osh"),
            report("killed", 3, 0, 50, says="up to 50"),
        )
    )
    assert documented_count(result, "killed") == 23
    assert [r.says for r in used_reports(result, "killed")] == ["23", "500", "up to 50"]


def test_a_count_of_nobody_is_a_count():
    assert documented_count(counted(0), "killed") == 0


def test_latest_report_of_each_series():
    ngo = {"source": "NGO", "source_kind": "ngo"}
    result = fake_result(
        osh(report("killed", 1, 23), report("killed", 5, 140), report("killed", 2, 60, **ngo))
    )
    latest = {series: r.statement.lower for series, _, r in latest_reports(result)}
    assert latest == {"killed: official count": 140, "killed: documented count": 60}


# Probabilities


def test_probability_above_a_count(result):
    expected = stats.lognorm(0.9, scale=310).sf(200)
    assert prob_above(result, 200) == pytest.approx(expected, abs=0.02)
    assert prob_above(result, 0) == 1
    assert prob_above(result, np.inf, "wounded") == 0


def test_probability_above_is_strict():
    result = counted(104, floor=True)
    assert prob_above(result, 104) < prob_above(result, 103.9) == 1


def test_probability_above_checks_its_arguments(result):
    with pytest.raises(DataError, match="count: the count to compare with must be a number"):
        prob_above(result, float("nan"))
    with pytest.raises(
        DataError, match=r"unknown quantity; got 'hurt'\. Use one of killed, wounded"
    ):
        prob_above(result, 100, "hurt")


# Words


@pytest.mark.parametrize(
    ("prob", "icd203", "ipcc"),
    [
        (0.0, "less than 1 in 100", "exceptionally unlikely"),
        (0.01, "almost no chance", "extremely unlikely"),
        (0.03, "almost no chance", "extremely unlikely"),
        (0.07, "very unlikely", "very unlikely"),
        (0.20, "unlikely", "unlikely"),
        (0.40, "unlikely", "about as likely as not"),
        (0.50, "roughly even chance", "about as likely as not"),
        (0.60, "likely", "more likely than not"),
        (0.66, "likely", "more likely than not"),
        (0.70, "likely", "likely"),
        (0.80, "likely", "likely"),
        (0.92, "very likely", "very likely"),
        (0.97, "almost certain", "extremely likely"),
        (0.99, "almost certain", "extremely likely"),
        (1.0, "more than 99 in 100", "virtually certain"),
    ],
)
def test_likelihood_words(prob, icd203, ipcc):
    assert likelihood_word(prob) == likelihood_word(prob, "icd203") == icd203
    assert likelihood_word(prob, "ipcc") == ipcc


@pytest.mark.parametrize("scale", SCALES)
@given(prob=st.floats(0, 1))
def test_the_range_printed_beside_a_word_contains_the_probability(scale, prob):
    terms = dict(SCALES[scale].terms)
    stretch = terms[likelihood_word(prob, scale)]
    if stretch:
        lower, upper = (float(end) / 100 for end in stretch.rstrip("%").split("-"))
        assert lower <= prob <= upper
    else:
        assert scale == "icd203"
        assert prob < 0.01 or prob > 0.99


def test_words_check_their_arguments(result):
    with pytest.raises(DataError, match="scale: unknown scale of likelihood words; got 'imf'"):
        likelihood_word(0.5, "imf")
    with pytest.raises(DataError, match="prob: a probability lies between 0 and 1; got 92"):
        likelihood_word(92)
    with pytest.raises(DataError, match="unknown scale"):
        toll_sentence(result, scale="imf")


def test_sentence_of_an_event_that_is_over():
    assert toll_sentence(counted()) == (
        "An estimated 70 to 1,400 people were killed (90% interval; median 310); 97 had been"
        " counted by 13 June 2010; it is very likely (ICD 203: 80-95%; here 90%) that more than 97"
        " were killed."
    )


def test_sentence_of_an_event_that_is_not_over(result):
    sentence = toll_sentence(result, "killed", "ipcc")
    assert sentence.startswith("By the end of the event, which was not over on 13 June 2010, an")
    assert 'at least 85 had been counted by 13 June 2010 ("neared 100")' in sentence
    assert "it is very likely (IPCC: 90-100%; here 92%) that more than 85 will have been killed"


def test_sentence_when_nobody_reported_the_quantity():
    assert toll_sentence(counted(), "wounded").endswith(
        "; no report gives the total number wounded, so this rests on its link to the number"
        " killed and on the priors alone."
    )


def test_sentence_when_there_is_only_a_claim():
    result = counted(1001, claim="claim", says="more than 1,000")
    sentence = toll_sentence(result)
    assert "no count is among the reports, only an estimate or claim of 13 June 2010" in sentence
    assert '("more than 1,000"); it is very unlikely (ICD 203: 5-20%; here 9%)' in sentence
    assert sentence.endswith("that so many were killed.")


def test_sentence_with_a_declared_minimum_asks_about_more_than_the_certain():
    sentence = toll_sentence(counted(97, floor=True))
    assert "that count is taken as a minimum and it is likely" in sentence
    assert sentence.endswith("that at least twice as many were killed.")


def test_sentence_when_the_scale_has_no_word():
    result = fake_result(osh(report("killed", 3, 97), end=END), median=3000, sigma=0.3)
    assert "the chance that more than 97 were killed is more than 99 in 100" in toll_sentence(
        result
    )
    assert "virtually certain (IPCC: 99-100%; here more than 99%)" in toll_sentence(
        result, scale="ipcc"
    )


@pytest.mark.parametrize(
    ("median", "words"),
    [(310, "there is a roughly even chance (ICD 203"), (90, "there is almost no chance (ICD 203")],
)
def test_sentence_reads_well_with_a_noun(median, words):
    result = fake_result(osh(report("killed", 3, 310), end=END), median=median, sigma=0.6)
    assert words in toll_sentence(result)


def test_sentence_when_nobody_was_counted():
    result = fake_result(osh(report("killed", 3, 0), end=END), median=0.7)
    sentence = toll_sentence(result)
    assert "none had been counted by 13 June 2010; it is likely" in sentence
    assert sentence.endswith("that anyone was killed.")


def test_sentence_without_convergence_says_so_first():
    sentence = toll_sentence(fake_result(converged=False))
    assert sentence.startswith("Not to be used, because the sampling has not converged: by the")


# Day by day


def test_timeline_is_the_formula(result):
    table = timeline_table(result, [0, 3, 400], probs=(0.8,))
    posterior = result["posterior"]
    h, k = posterior["half_time"].sel(quantity="wounded"), posterior["wounded_growth_shape"]
    expected = posterior["true_wounded"] * counted_share(3, h, posterior["duration"], k)
    true = posterior["true_wounded"] * np.minimum(1, 3.6 / posterior["duration"])
    rows = table.query("quantity == 'wounded' and day == 3").set_index("measure")
    assert rows.loc["expected_count", "median"] == pytest.approx(float(expected.median()))
    assert rows.loc["true_so_far", "upper80"] == pytest.approx(float(np.quantile(true, 0.9)))


def test_timeline_ends_at_the_toll(result):
    last = timeline_table(result, [100_000]).set_index(["quantity", "measure"])
    toll = toll_table(result)
    for quantity in ("killed", "wounded"):
        assert last.loc[(quantity, "true_so_far"), "median"] == toll.loc[quantity, "median"]
        assert last.loc[(quantity, "expected_count"), "median"] == pytest.approx(
            toll.loc[quantity, "median"], rel=1e-3
        )


def test_timeline_takes_days_and_dates(result):
    start = datetime.date(2010, 6, 10)
    days = timeline_table(result, [0, 5])
    dates = timeline_table(result, [np.datetime64("2010-06-10"), "2010-06-15"])
    assert days.equals(dates)
    assert days["date"].iloc[0] == start


def test_timeline_thins_many_draws_evenly():
    result = fake_result(draws=3000)
    few = timeline_table(result, [3]).query("measure == 'true_so_far'")["median"].iloc[0]
    posterior = result["posterior"]
    every = posterior["true_killed"] * np.minimum(1, 3.6 / posterior["duration"])
    assert few == pytest.approx(float(every.median()), rel=0.1)
    assert few != float(every.median())


@pytest.mark.parametrize("day", [-1, "2010-06-09", float("nan")])
def test_timeline_refuses_days_before_the_start(result, day):
    with pytest.raises(DataError, match="days: a day cannot be before the start of the event"):
        timeline_table(result, [day])


# Sources


def with_lag(result, lag):
    """Return the result with prior simulations whose counts lag the toll by a known factor."""
    tolls = np.stack([toll_draws(result, q, "prior") for q in ("killed", "wounded")], axis=-1)
    changed = result.copy(deep=True)
    quantity = result["constant_data"]["report_quantity"].values
    changed["prior_predictive"]["reported"].values[:] = np.log(tolls[..., quantity] * lag)
    return changed


def test_source_table_divides_the_count_by_its_lag(result):
    table = source_table(with_lag(result, 0.5), probs=(0.9,))
    row = table.loc["killed: official count"]
    assert row["median"] == pytest.approx(np.sqrt(84.5 * 99.5) / 0.5, rel=0.01)
    assert 84.5 / 0.5 <= row["lower90"] < row["upper90"] <= 99.5 / 0.5
    other = source_table(with_lag(result, 0.25), probs=(0.9,)).loc["killed: official count"]
    assert other["median"] == pytest.approx(2 * row["median"], rel=0.01)


def test_source_table_carries_the_other_quantity_over_by_the_prior_ratio(result):
    ratio = toll_draws(result, "killed", "prior") / toll_draws(result, "wounded", "prior")
    row = source_table(with_lag(result, 1.0)).loc["wounded: official count"]
    assert row["quantity"] == "wounded"
    assert row["median"] == pytest.approx(949 * np.median(ratio), rel=0.05)
    assert row["upper95"] == pytest.approx(949 * np.quantile(ratio, 0.975), rel=0.15)


def test_source_table_does_not_see_the_posterior(result):
    other = result.copy(deep=True)
    for name in ("true_killed", "half_time", "source_effect"):
        other["posterior"][name].values[:] *= 3
    assert source_table(other).equals(source_table(result))


def test_source_table_describes_the_latest_report_of_each_series():
    result = fake_result(osh(report("killed", 1, 23), report("killed", 5, 140)))
    row = source_table(result).loc["killed: official count"]
    assert (row["reports"], row["says"], row["count_lower"]) == (2, "140", 140)
    assert row["printed"].startswith("about ")


def test_source_table_needs_prior_simulations(result):
    with pytest.raises(DataError, match="there are no prior simulations"):
        source_table(result.drop_nodes("prior_predictive"))


def test_import_is_light():
    code = (
        "import sys, casualty_models.summaries.words, casualty_models.summaries.sources\n"
        "print([m for m in ('pymc', 'arviz', 'matplotlib') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert done.stdout.strip() == "[]"
