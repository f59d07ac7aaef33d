import numpy as np
import pytest
import xarray as xr
from fakes import fake_result

from casualty_models.checks import data_share, narrowing, narrowing_sentence
from casualty_models.errors import DataError

Z = np.random.default_rng(1).normal(size=(4, 2000))


def result_with(prior, posterior):
    """A result whose log tolls are normal: (center, spread) before and after the reports."""

    def group(center, spread):
        draws = (("chain", "draw"), np.exp(center + spread * Z))
        return xr.Dataset({"true_killed": draws, "true_wounded": draws})

    return xr.DataTree.from_dict({"prior": group(*prior), "posterior": group(*posterior)})


def test_the_share_is_what_is_gone_of_the_width_on_the_log_scale():
    assert data_share(result_with((6, 2.0), (5, 0.5)))["killed"] == pytest.approx(0.75)


def test_the_share_does_not_depend_on_the_unit_of_the_count():
    people = data_share(result_with((6, 2.0), (5, 0.5)))
    thousands = data_share(result_with((6 - np.log(1000), 2.0), (5 - np.log(1000), 0.5)))
    assert people == pytest.approx(thousands)


def test_more_reports_give_a_larger_share():
    shares = [data_share(result_with((6, 3), (6, spread)))["killed"] for spread in (2, 1, 0.3)]
    assert shares == sorted(shares)


@pytest.mark.parametrize(
    ("prior", "posterior"),
    [((6, 1), (6, 1)), ((6, 1), (6, 2)), ((6, 0), (6, 0))],
    ids=["same", "wider", "nothing to decide"],
)
def test_reports_that_narrow_nothing_have_share_zero(prior, posterior):
    result = result_with(prior, posterior)
    assert data_share(result)["killed"] == 0
    assert "did not narrow the range" in narrowing_sentence(result)


def test_a_point_has_share_one_and_is_still_not_called_certain():
    result = result_with((6, 1), (6, 0))
    assert data_share(result)["killed"] == 1
    assert "narrowed by 99%" in narrowing_sentence(result)


def test_the_sentence_gives_both_ranges_rounded():
    sentence = narrowing_sentence(fake_result(), "killed")
    (low, high), (lower, upper) = (
        narrowing(fake_result()).before,
        narrowing(fake_result()).after,
    )
    assert f"{low:,} to {high:,} without" in sentence
    assert f"{lower:,} to {upper:,} with them (90%)" in sentence
    assert low < lower < upper < high


def test_without_prior_draws_there_is_no_share():
    result = fake_result()
    del result["prior"]
    with pytest.raises(DataError, match="no draws of true_killed in group 'prior'"):
        data_share(result)
