"""Strata: pooling, totals as sums of draws, and strata that cannot be estimated."""

import numpy as np
import pytest
from list_designs import lists_from_classes

from casualty_models.capture import strata as strata_module
from casualty_models.capture.loglinear import loglinear_average
from casualty_models.capture.strata import pooled_strata
from casualty_models.capture.stratum_odds import GRID, log_odds_of, prior_shares
from casualty_models.datasets.lists import load_lists
from casualty_models.errors import NotEstimable
from casualty_models.lists import CaptureHistories

THREE = ("A", "B", "C")


@pytest.fixture(scope="module")
def by_perpetrator():
    return pooled_strata(load_lists("peru_trc_3_by_perpetrator"), random_seed=1)


def simulated(odds, people, rng):
    """Independent lists in several strata, with capture shares that give the log odds wanted."""
    counts, unseen = [], []
    for log_odds, size in zip(odds, people, strict=True):
        missed = 1 / (1 + np.exp(-log_odds))
        table, none = lists_from_classes(size, [1], [[1 - missed ** (1 / 3)] * 3], rng, THREE)
        counts.append(table.cells)
        unseen.append(none)
    names = tuple(f"s{i}" for i in range(len(people)))
    return CaptureHistories(THREE, np.array(counts), names), np.array(unseen)


def test_the_likelihood_reweighs_draws_to_any_prior():
    """On the grid as by giving the importance draws other weights."""
    table = load_lists("spina_3")
    part = log_odds_of(table, prior_shares(3, 1.0, 1), interaction_sd=1.0, random_seed=[1])
    average = loglinear_average(table, draws=200_000, random_seed=2)
    before = np.interp(average.sample.log_odds, GRID, prior_shares(3, 1.0, 1))
    for center, spread in ((-1.0, 0.3), (-2.0, 0.5), (0.0, 2.0)):
        mass = part.likelihood * np.exp(-(((GRID - center) / spread) ** 2) / 2)
        mass /= mass.sum()
        on_grid = mass @ GRID, (mass @ (GRID - mass @ GRID) ** 2) ** 0.5
        phi = average.sample.log_odds
        weight = average.sample.weight * np.exp(-(((phi - center) / spread) ** 2) / 2) / before
        weight /= weight.sum()
        mean = weight @ phi
        assert on_grid[0] == pytest.approx(mean, abs=0.06)
        assert on_grid[1] == pytest.approx((weight @ (phi - mean) ** 2) ** 0.5, rel=0.15)


def test_the_total_is_the_sum_of_draws(by_perpetrator):
    posterior = by_perpetrator.draws["posterior"]
    summed = posterior["true_killed"].sum("stratum")
    np.testing.assert_allclose(posterior["total_killed"], summed)
    table = by_perpetrator.to_frame()
    width = table.loc["total", "upper95"] - table.loc["total", "lower95"]
    parts = table.drop("total")
    assert width < (parts["upper95"] - parts["lower95"]).sum()
    assert table.loc["total", "seen"] == 24_692


def test_a_stratum_with_many_people_stays_where_it_was(by_perpetrator):
    row = by_perpetrator.to_frame().loc["state"]
    assert row["median"] == pytest.approx(row["alone_median"], rel=0.05)


def test_a_stratum_with_few_people_moves_to_the_others():
    rng = np.random.default_rng(1)
    table, _ = simulated([0.0] * 5 + [0.0], [800] * 5 + [25], rng)
    frame = pooled_strata(table, random_seed=1).to_frame()
    small = frame.loc["s5"]
    assert small["upper95"] - small["lower95"] < 0.6 * (
        small["alone_upper95"] - small["alone_lower95"]
    )
    assert small["median"] == pytest.approx(2 * small["seen"], rel=0.35)


def test_strata_that_differ_are_not_made_alike():
    rng = np.random.default_rng(2)
    odds = np.array([-2.0, -1.0, 0.0, 1.0])
    table, unseen = simulated(odds, [4000] * 4, rng)
    estimate = pooled_strata(table, random_seed=1)
    found = estimate.draws["posterior"]["unseen"].values.reshape(-1, 4)
    lower, upper = np.quantile(found, [0.005, 0.995], axis=0)
    assert ((lower <= unseen) & (unseen <= upper)).all()
    assert np.median(estimate.draws["posterior"]["spread"]) > 0.7


def test_what_cannot_be_estimated_is_named_and_left_out():
    cells = [[40, 30, 9, 20, 9, 8, 3], [4, 4, 0, 1, 0, 0, 0], [0] * 7]
    table = CaptureHistories(THREE, cells, ("north", "south", "west"))
    estimate = pooled_strata(table, random_seed=1)
    said = str(estimate)
    assert "leaves out south (9 people on the lists): it cannot be estimated. No one is on" in said
    assert "leaves out west (0 people on the lists)" in said
    assert list(estimate.left_out) == ["south", "west"]
    assert estimate.to_frame().index.tolist() == ["north", "total"]
    with pytest.raises(NotEstimable, match="no stratum can be estimated: No one is on two lists"):
        pooled_strata(CaptureHistories(THREE, cells[1:2], ("south",)))


def test_a_seed_gives_the_same_draws(by_perpetrator):
    again = pooled_strata(load_lists("peru_trc_3_by_perpetrator"), random_seed=1)
    np.testing.assert_array_equal(
        again.draws["posterior"]["total_killed"], by_perpetrator.draws["posterior"]["total_killed"]
    )


def held(repeats, rng, hyper=(-0.5, 0.8)):
    """How often the 90 percent interval of the total held the truth."""
    inside = []
    for _ in range(repeats):
        table, unseen = simulated(rng.normal(*hyper, 8), rng.integers(60, 400, 8), rng)
        lower, upper = pooled_strata(table, draws=500, random_seed=1).quantile([0.05, 0.95])
        inside.append(lower <= table.n + unseen.sum() <= upper)
    return np.mean(inside)


@pytest.mark.slow
def test_totals_hold_the_truth_and_strata_made_alike_do_not(monkeypatch):
    repeats = 60
    share = held(repeats, np.random.default_rng(3))
    assert share > 0.9 - 3 * (0.09 / repeats) ** 0.5
    monkeypatch.setattr(strata_module, "SPREADS", np.array([0.02, 0.05]))
    assert held(repeats, np.random.default_rng(3), hyper=(-0.5, 1.5)) < 0.75
