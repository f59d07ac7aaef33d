from dataclasses import replace

import numpy as np
import pytest
from designs import ongoing_design, report, settled_design
from scipy import stats

from casualty_models.checks import whatif, whatif_sentence
from casualty_models.checks.whatif import MOST_OUTCOMES
from casualty_models.distributions import Fixed, StudentT
from casualty_models.errors import DataError
from casualty_models.events import Estimate
from casualty_models.priors import TollPriors

QUICK = {"engine": "quick", "draws": 500, "chains": 2, "random_seed": 1}
CAREFUL = replace(
    TollPriors.for_event("riot"),
    documented_count=StudentT(3, 0.0, 0.01),
    count_noise=Fixed(0.02),
    walk_scale=Fixed(0.05),
)
REGISTER = report(20, source="register", source_kind="inquiry", value=1)
RUMOR = report(20, source="rumor", source_kind="opponent", claim="claim", value=1)


@pytest.fixture(scope="module")
def register():
    design = replace(settled_design(), reports=[report(1, value=20), report(3, value=60)])
    return whatif(design, REGISTER, CAREFUL, outcomes=8, **QUICK)


@pytest.mark.slow
def test_a_careful_register_is_worth_much_and_a_rumor_nothing(register):
    rumor = whatif(settled_design(), RUMOR, outcomes=2, **QUICK)
    assert register.narrowing > 0.5
    assert rumor.narrowing < 0.15
    assert "% narrower on a logarithmic scale" in whatif_sentence(register)


@pytest.mark.slow
def test_what_is_expected_after_the_report_is_what_is_expected_before(register):
    """A posterior is the average of the posteriors to come: the law of total probability."""
    low, middle, high = np.log(register.before)
    after = np.log(register.outcomes[["lower", "median", "upper"]].to_numpy())
    # Each answer to come is nearly normal on the log scale; their mixture is the answer before.
    spread = (after[:, 2] - after[:, 0]) / (2 * stats.norm.isf(0.05))
    for end in (low, middle, high):
        below = stats.norm.cdf((end - after[:, 1]) / spread).mean()
        expected = {low: 0.05, middle: 0.5, high: 0.95}[end]
        assert below == pytest.approx(expected, abs=0.08)
        shifted = stats.norm.cdf((end - after[:, 1] - 0.5) / spread).mean()
        assert shifted < expected - 0.02 or end == high


@pytest.mark.slow
def test_outcomes_are_in_order_and_the_answer_follows_them(register):
    assert register.outcomes["says"].is_monotonic_increasing
    assert np.corrcoef(register.outcomes["says"], register.outcomes["median"])[0, 1] > 0.95


@pytest.mark.slow
def test_a_report_worded_loosely_is_worth_less_than_an_exact_one():
    exact = report(20, source="register", source_kind="inquiry", lower=100, upper=100, value=None)
    loose = replace(exact, lower=30, upper=300)
    design = replace(settled_design(), reports=[report(1, value=20), report(3, value=60)])
    worth = [
        whatif(design, each, CAREFUL, outcomes=3, **QUICK).narrowing for each in (exact, loose)
    ]
    assert worth[0] > worth[1] + 0.1


@pytest.mark.slow
def test_a_survey_is_an_estimate_with_its_own_interval():
    survey = {"date": "2010-07-15", "source": "survey"}
    wide, narrow = (Estimate(**survey, lower=100, upper=upper) for upper in (1000, 130))
    worth = [whatif(settled_design(), each, outcomes=3, **QUICK) for each in (wide, narrow)]
    assert worth[1].narrowing > worth[0].narrowing + 0.1
    with pytest.raises(DataError, match="deaths of every cause"):
        whatif(settled_design(), replace(narrow, cause="all"), **QUICK)


def test_the_next_bulletin_of_a_source_follows_its_last():
    """It continues a series: what it will say is known better than the toll."""
    found = whatif(settled_design(), report(9, value=1), outcomes=3, **QUICK)
    says = found.outcomes["says"]
    assert says.iloc[1] == pytest.approx(90, rel=0.25)
    assert np.log(says.iloc[-1] / says.iloc[0]) < np.log(found.before[2] / found.before[0]) + 0.5


def test_while_it_goes_on_the_answers_are_those_of_the_day_of_the_report():
    found = whatif(ongoing_design(), report(5, value=1), outcomes=1, **QUICK)
    assert len(found.outcomes) == 1
    assert found.added.date > ongoing_design().as_of_date


@pytest.mark.parametrize(
    ("change", "match"),
    [
        ({"quantity": "missing"}, "would not use this report"),
        ({"place": "Osh"}, "would not use this report"),
        ({"date": "2010-06-01"}, "before the event starts"),
    ],
)
def test_a_report_that_the_model_would_not_use_is_refused(change, match):
    with pytest.raises(DataError, match=match):
        whatif(settled_design(), replace(REGISTER, **change), **QUICK)


@pytest.mark.parametrize("outcomes", [0, MOST_OUTCOMES + 1, 2.5])
def test_the_number_of_outcomes_is_checked(outcomes):
    with pytest.raises(DataError, match="number of outcomes"):
        whatif(settled_design(), REGISTER, outcomes=outcomes, **QUICK)
