"""Hide one list and predict its members: passes where it should, fails where it must."""

import numpy as np
import pytest
from list_designs import FOUR, lists_from_classes, tabulated

from casualty_models.capture.hide_list import hide_each_list
from casualty_models.datasets.lists import load_lists
from casualty_models.errors import DataError, NotEstimable
from casualty_models.lists import CaptureHistories

EXACT = ("graphs", "loglinear")


def test_independent_lists_hold():
    rng = np.random.default_rng(5)
    table, _ = lists_from_classes(2000, [1], [[0.4, 0.3, 0.5, 0.35]], rng)
    found = hide_each_list(table, families=EXACT, random_seed=1)
    assert found["verdict"].tolist() == ["holds"] * 4
    assert found["place"].between(0.005, 0.995).all()
    assert found["members"].tolist() == table.list_sizes.tolist()


def test_a_list_of_other_people_fails():
    rng = np.random.default_rng(5)
    on = rng.random((2000, 4)) < np.array([0.4, 0.3, 0.5, 0.35])
    others = np.zeros((700, 4), dtype=bool)
    others[:, 3] = rng.random(700) < 0.8  # people whom no other list can catch
    table, _ = tabulated(np.concatenate([on, others]), FOUR)
    found = hide_each_list(table, families=EXACT, random_seed=1)
    assert found["verdict"].tolist() == ["holds", "holds", "holds", "predicted too few"]
    assert found["place"]["D"] > 0.999


def test_the_record_of_kosovo_is_not_consistent_in_one_list():
    found = hide_each_list(load_lists("kosovo1999"), families=EXACT, random_seed=1)
    assert found["verdict"]["ABA"] == "predicted too few"
    assert found["on_no_other"].tolist() == [1131, 845, 936, 306]


def test_with_three_lists_the_prior_of_the_odds_ratio_predicts():
    found = hide_each_list(load_lists("spina_3"), random_seed=1)
    assert found["verdict"].tolist() == ["predicted too many", "holds", "holds"]


def test_a_list_that_cannot_be_checked_is_named():
    cells = np.zeros(15, dtype=int)
    cells[[0, 1, 2, 3, 4, 7, 8]] = [40, 30, 9, 20, 9, 25, 5]
    found = hide_each_list(CaptureHistories(FOUR, cells[None]), families=EXACT, random_seed=1)
    assert found["verdict"]["D"].startswith("cannot be checked: Only one list has someone on it")
    assert np.isnan(found["median"]["D"])


def test_what_cannot_be_hidden_is_refused():
    with pytest.raises(NotEstimable, match="with two lists none can be hidden"):
        hide_each_list(CaptureHistories(("A", "B"), [[5, 5, 2]]))
    with pytest.raises(DataError, match="one stratum at a time"):
        hide_each_list(load_lists("gaza_2024_3_by_month"))
