"""`CaptureHistories`: reading, rules, and what can be said before a model is fitted."""

import tracemalloc

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casualty_models.datasets.lists import STRATA, load_lists
from casualty_models.datasets.lists.check import check
from casualty_models.errors import DataError
from casualty_models.lists import CaptureHistories
from casualty_models.lists.existence import existence, hierarchical_terms

TWO = {"police": [1, 0, 1], "press": [0, 1, 1], "count": [12, 20, 7]}


def two(**changes):
    return {name: list(values) for name, values in TWO.items()} | changes


def test_cells_run_through_the_binary_numbers_with_the_first_list_lowest():
    table = CaptureHistories(("A", "B", "C"), [range(1, 8)])
    patterns = ["".join(map(str, row)) for row in table.patterns]
    assert patterns == ["100", "010", "110", "001", "101", "011", "111"]
    assert table.list_sizes.tolist() == [1 + 3 + 5 + 7, 2 + 3 + 6 + 7, 4 + 5 + 6 + 7]
    assert table.n == 28


def test_rows_left_out_count_zero_and_order_does_not_matter():
    frame = pd.DataFrame({"A": [1, 0, 1], "B": [1, 0, 0], "C": [0, 1, 0], "count": [5, 4, 3]})
    table = CaptureHistories.from_counts(frame)
    assert table.cells.tolist() == [3, 0, 5, 4, 0, 0, 0]
    assert CaptureHistories.from_counts(frame.iloc[::-1]) == table


def test_a_mapping_from_lists_to_counts_says_the_same():
    combinations = {("police",): 12, ("police", "press"): 7, ("press",): 20}
    assert CaptureHistories.from_counts(combinations) == CaptureHistories.from_counts(TWO)


def test_people_and_counts_agree():
    rng = np.random.default_rng(1)
    people = pd.DataFrame(rng.random((500, 3)) < 0.4, columns=["A", "B", "C"])
    people = people[people.any(axis=1)].assign(place=lambda f: np.where(f["A"], "north", "south"))
    counts = people.groupby(["A", "B", "C", "place"]).size().rename("count").reset_index()
    counts[["A", "B", "C"]] = counts[["A", "B", "C"]].astype(int)
    by_people = CaptureHistories.from_people(people, strata="place")
    by_counts = CaptureHistories.from_counts(counts, strata="place")
    assert by_people.total() == by_counts.total()
    for place in ("north", "south"):
        assert by_people.stratum(place) == by_counts.stratum(place)


def test_any_data_frame_will_do():
    class Frame:
        column_names = tuple(TWO)

        def __getitem__(self, name):
            return TWO[name]

    assert CaptureHistories.from_counts(Frame()) == CaptureHistories.from_counts(TWO)


@settings(max_examples=25, deadline=None)
@given(data=st.data(), lists=st.integers(2, 5), strata=st.integers(1, 3))
def test_a_table_survives_the_way_to_a_frame_and_back(data, lists, strata):
    size = strata * (2**lists - 1)
    numbers = data.draw(st.lists(st.integers(1, 1000), min_size=size, max_size=size))
    counts = np.array(numbers).reshape(strata, -1)
    names = tuple("ABCDE"[:lists])
    where = tuple(f"place {i}" for i in range(strata)) if strata > 1 else ("all",)
    table = CaptureHistories(names, counts, where)
    frame = table.to_frame().sample(frac=1, random_state=1)
    back = CaptureHistories.from_counts(frame, strata="stratum" if strata > 1 else None)
    for stratum in where:
        assert back.stratum(stratum) == table.stratum(stratum)


def test_several_columns_of_strata_are_joined():
    frame = pd.DataFrame({"A": [1, 1], "B": [1, 1], "count": [4, 5]})
    frame = frame.assign(sex=["f", "m"], age=["0-4", "0-4"]).assign(A=[1, 0])
    table = CaptureHistories.from_counts(frame, strata=["sex", "age"])
    assert table.strata == ("f | 0-4", "m | 0-4")


def test_counts_cannot_be_changed_and_tables_compare_by_value():
    table = CaptureHistories.from_counts(TWO)
    with pytest.raises(ValueError, match="read-only"):
        table.counts[0, 0] = 1
    assert hash(table) == hash(CaptureHistories.from_counts(TWO))
    assert table != CaptureHistories.from_counts(two(count=[12, 20, 8]))
    assert table != "a table"


@pytest.mark.parametrize(
    ("frame", "message"),
    [
        (two(police=[1, 0, 2]), r"row 3, column 'police': being on a list is 0 or 1; got 2"),
        (two(police=[1, 0, "1"]), r"row 3, column 'police': being on a list is 0 or 1; got '1'"),
        (two(police=[1, 0, np.nan]), r"row 3, column 'police'.*got nan"),
        (two(count=[12, -1, 7]), r"counts, row 2: a count must be a whole number, 0 or more"),
        (two(count=[12, 2.5, 7]), r"counts, row 2: a count must be a whole number.*got 2.5"),
        (two(count=[12, np.nan, 7]), r"counts, row 2: a count must be a whole number.*got nan"),
        (two(count=["12", "1,200", "7"]), r"counts, row 2: counts must be numbers; got .*1,200"),
        (two(count=[12, pd.NA, 7]), r"counts, row 2: counts must be numbers; got <NA>"),
        (two(count=[12, 1e300, 7]), r"counts, row 2: a count must be .* at most 10\^15"),
        (two(police=[1, 0, pd.NA]), r"row 3, column 'police'.*got <NA>"),
        (two(police=["yes", "no", "yes"]), r"row 1, column 'police'.*got 'yes'\. Use 1 for on"),
        (two(police=[1, 0]), r"column 'press': columns must be equally long; got 3"),
        (two(police=1), r"column 'police': a column must have one value a row; got 1"),
        ({"police": 12, ("police", "press"): 7}, r"column 'police': a column must have one value"),
        (pd.DataFrame([[1, 0, 3]], columns=["A", "A", "count"]), r"different names; got 'A'"),
        ("lists.csv", r"a table is a data frame or a mapping of columns; got 'lists.csv'\. Read"),
        (pd.DataFrame(), r"there must be at least one row"),
        (two(police=[0, 0, 1], press=[0, 1, 1]), r"row 1: everyone must be on at least one list"),
        (two(police=[1, 1, 1], press=[0, 0, 1]), r"rows 1 and 2: a combination of lists may occur"),
        (two(police=[0, 0, 0], press=[1, 1, 1]), r"rows 1 and 2: a combination"),
        (two(count=[12, 0, 0]), r"press: a list must have someone on it"),
        (two(count=[0, 0, 7]), r"police and press: two lists are identical"),
        (two(count=[12, 20, 0]), r"police, press: no one is on two lists"),
        ({"police": [1], "count": [3]}, r"lists: there must be 2 to 12 lists"),
        ({"police": [1], "press": [1]}, r"there is no such column; got 'count'"),
        ({"police": [], "press": [], "count": []}, r"there must be at least one row"),
        ({}, r"there must be at least one row"),
    ],
)
def test_a_table_that_breaks_a_rule_is_refused(frame, message):
    with pytest.raises(DataError, match=message):
        CaptureHistories.from_counts(frame)


def test_a_person_on_no_list_and_a_column_that_is_no_list_are_refused():
    people = {"police": [1, 0], "press": [1, 0]}
    with pytest.raises(DataError, match="person 2: everyone must be on at least one list"):
        CaptureHistories.from_people(people)
    named = {"name": ["x", "y"], "police": [1, 0], "press": [1, 1]}
    with pytest.raises(DataError, match=r"column 'name'.*Name the columns that are lists"):
        CaptureHistories.from_people(named)
    assert CaptureHistories.from_people(named, lists=["police", "press"]).n == 2


@pytest.mark.parametrize("missing", [None, np.nan, pd.NA])
def test_a_missing_stratum_is_refused(missing):
    frame = two(place=["north", missing, "south"])
    with pytest.raises(DataError, match=r"row 2, column 'place': a stratum cannot be missing"):
        CaptureHistories.from_counts(frame, strata="place")


def test_too_many_columns_are_refused_before_a_table_of_all_combinations_is_made():
    many = {f"list {number}": [1, 1, 0] for number in range(40)}
    with pytest.raises(DataError, match="there must be 2 to 12 lists"):
        CaptureHistories.from_people(many)


def test_a_large_table_of_people_is_counted_in_no_more_memory_than_a_few_copies():
    rng = np.random.default_rng(1)
    people = {name: rng.random(100_000) < 0.5 for name in "ABC"}
    people["A"] |= ~(people["B"] | people["C"])
    people["place"] = np.array(["north", "south", "west"])[rng.integers(3, size=100_000)]
    tracemalloc.start()
    table = CaptureHistories.from_people(people, strata="place")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert table.n == 100_000
    assert peak < 40e6


def test_shape_names_and_strata_are_checked():
    with pytest.raises(DataError, match="one row a stratum and one column a combination"):
        CaptureHistories(("A", "B"), [[1, 2]])
    with pytest.raises(DataError, match="lists must have different names; got 'A'"):
        CaptureHistories(("A", "A"), [[1, 2, 3]])
    with pytest.raises(DataError, match="2 to 12 lists"):
        CaptureHistories(tuple("ABCDEFGHIJKLM"), np.zeros((1, 2**13 - 1)))
    table = CaptureHistories(("A", "B"), [[1, 2, 3], [0, 0, 0]], ("x", "y"))
    with pytest.raises(DataError, match="one stratum at a time"):
        _ = table.cells
    with pytest.raises(DataError, match=r"no such stratum; got 'z'\. The strata are x, y"):
        table.stratum("z")


def test_parts_of_a_table_may_hold_what_a_whole_table_may_not():
    table = CaptureHistories(("A", "B"), [[5, 5, 2], [4, 0, 0]], ("x", "y"))
    assert table.stratum("y").estimability().not_estimable == ("y",)
    assert table.estimability().not_estimable == ("y",)


@pytest.mark.parametrize(
    ("cells", "sentence"),
    [
        ([0, 0, 0, 0, 0, 0, 0], "No one is on any list."),
        ([9, 0, 0, 0, 0, 0, 0], "Only one list has someone on it."),
        ([9, 9, 0, 9, 0, 0, 0], "No one is on two lists"),
        ([9, 9, 5, 0, 0, 0, 0], "Nobody is on C"),
        ([9, 0, 0, 0, 0, 9, 9], "B and C are identical"),
        ([9, 9, 5, 9, 0, 0, 0], "C shares no one with any other list"),
        ([9, 9, 5, 9, 5, 0, 0], "B and C share no one"),
        ([9, 0, 5, 0, 5, 0, 5], "A holds everyone"),
        ([2, 1, 1, 1, 1, 1, 1], "Fewer than 10 people"),
        ([9, 9, 0, 9, 9, 9, 9], "the estimate of the unseen count runs to infinity"),
    ],
)
def test_what_stands_in_the_way_is_said(cells, sentence):
    report = CaptureHistories(("A", "B", "C"), [cells]).estimability()
    assert sentence in str(report)
    assert report.to_frame()["verdict"][0] != "can be estimated"


def test_a_full_table_has_nothing_in_the_way():
    (report,) = load_lists("kosovo1999").estimability().reports
    assert (report.verdict, report.reasons) == ("can be estimated", ())
    assert report.shared[0, 1] == report.shared[1, 0] > 0


@pytest.mark.parametrize(
    ("generators", "expected"),
    [
        ([0b001, 0b010, 0b100], "exists"),
        ([0b011, 0b100], "infinite"),
        ([0b101, 0b010], "boundary"),
        ([0b101, 0b110], "boundary"),
        ([0b011, 0b101, 0b110], "undetermined"),
    ],
)
def test_existence_on_the_table_made_for_it(generators, expected):
    cells = load_lists("artificial_chan2021_3").cells
    assert existence(cells, hierarchical_terms(generators)) == expected


def test_shipped_tables_load_and_agree_with_each_other():
    assert check()["kosovo1999"] == 4400
    assert {name: load_lists(name).strata != ("all",) for name in STRATA} == {
        name: bool(columns) for name, columns in STRATA.items()
    }
    with pytest.raises(DataError, match="no such table; got 'atlantis'"):
        load_lists("atlantis")
