"""Some lists of a table, linked records, and tables under uncertain links."""

from collections import Counter
from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from casualty_models.capture.mixture import across_tables
from casualty_models.datasets.lists import load_lists
from casualty_models.errors import DataError, NotEstimable
from casualty_models.lists import CaptureHistories, from_links
from casualty_models.lists.linkage import WeightedTables
from casualty_models.lists.match_draws import tables_from_matches
from casualty_models.lists.selection import keep_lists, members_of

SUDAN = "sudan_khartoum_2023_24_3_linkage_grid"
ORACLE = Path(__file__).parent / "data" / "oracles" / "sudan_linkage_sensitivity.csv"
THREE = ("A", "B", "C")


# --- Some of the lists ------------------------------------------------------------------------


def test_lists_that_go_are_added_up_and_people_only_on_them_drop_out():
    table = CaptureHistories(THREE, [[1, 2, 4, 8, 16, 32, 64]])
    kept = table.keep(["C", "A"])
    assert kept.lists == ("C", "A")
    assert kept.cells.tolist() == [8 + 32, 1 + 4, 16 + 64]
    assert kept.n == table.n - 2
    assert table.keep(THREE) == table


def test_strata_are_kept():
    strata = load_lists("spina_by_ethnicity_3")
    kept = keep_lists(strata, ["S1", "S3"])
    assert kept.strata == strata.strata
    assert kept.total() == strata.total().keep(["S1", "S3"])


def test_lists_that_are_not_there_are_refused():
    table = CaptureHistories(THREE, [[1, 2, 4, 8, 16, 32, 64]])
    with pytest.raises(DataError, match=r"no such list; got 'X'\. The lists are A, B, C"):
        table.keep(["A", "X"])
    with pytest.raises(DataError, match="two lists or more must stay"):
        table.keep(["A"])
    with pytest.raises(DataError, match="lists must have different names"):
        table.keep(["A", "A"])
    with pytest.raises(DataError, match="two other lists or more"):
        members_of(table.keep(["A", "B"]), "A")


def test_members_of_a_list_are_counted_by_the_others():
    kosovo = load_lists("kosovo1999")
    for position, name in enumerate(kosovo.lists):
        members = members_of(kosovo, name)
        alone = int(kosovo.cells[(1 << position) - 1])
        assert members.n + alone == kosovo.list_sizes[position]
        assert name not in members.lists


# --- Linked records ---------------------------------------------------------------------------


def records_of(people):
    """Records from the lists that each person is on; a name twice is a duplicate."""
    rows = [(person, name) for person, names in people.items() for name in names]
    return pd.DataFrame(rows, columns=["cluster_id", "source_dataset"])


def test_records_of_one_person_are_one_person():
    frame = records_of({1: ["police", "press"], 2: ["police", "police"], 3: ["press"]})
    assert from_links(frame).to_frame()["count"].tolist() == [1, 1, 1]
    shuffled = frame.sample(frac=1, random_state=1)
    assert from_links(shuffled, lists=["police", "press"]) == from_links(frame)


def test_strata_of_linked_records():
    frame = records_of({1: ["a", "b"], 2: ["a"], 3: ["b"], 4: ["a", "b"]})
    frame["place"] = ["x", "x", "x", "x", "y", "y"]
    table = from_links(frame, strata="place")
    assert table.strata == ("x", "y")
    assert table.counts.tolist() == [[1, 1, 1], [0, 0, 1]]
    frame.loc[1, "place"] = "y"
    with pytest.raises(DataError, match="records of person 1 have different strata"):
        from_links(frame, strata="place")


def test_broken_records_are_refused():
    frame = records_of({1: ["a", "b"], 2: ["a"], 3: ["b"]})
    with pytest.raises(DataError, match="row 4, column 'source_dataset': there is no such list"):
        from_links(frame.assign(source_dataset=["a", "b", "a", "c"]), lists=["a", "b"])
    with pytest.raises(DataError, match="row 2, column 'cluster_id': a record must have a person"):
        from_links(frame.assign(cluster_id=[1, None, 2, 3]))
    with pytest.raises(DataError, match="no such column; got 'person'"):
        from_links(frame, person="person")
    apart = records_of({1: ["a"], 2: ["b"], 3: ["b"]})
    with pytest.raises(DataError, match="no one is on two lists"):
        from_links(apart)


# --- Alternative tables -----------------------------------------------------------------------


def test_alternative_tables_must_be_alike():
    table = CaptureHistories(("A", "B"), [[5, 5, 2]])
    with pytest.raises(DataError, match="table 2: alternative tables must have the same lists"):
        WeightedTables((table, CaptureHistories(("A", "C"), [[5, 5, 2]])))
    for weights in ([1, -1], [0, 0], [1, np.nan], [1]):
        with pytest.raises(DataError, match="weight"):
            WeightedTables((table, table), weights)
    with pytest.raises(DataError, match="each table must have a name"):
        WeightedTables((table, table), names=("one",))
    with pytest.raises(DataError, match="a table or more"):
        WeightedTables(())


def sudan_tables():
    grid = load_lists(SUDAN)
    names = [name for name in grid.strata if name.startswith("all_cause")]
    return WeightedTables.from_strata(grid, names=names)


def test_each_setting_of_the_sudan_study_agrees_with_the_exact_table():
    mixture = across_tables(sudan_tables(), "independence", random_seed=1)
    oracle = pd.read_csv(ORACLE).query("cause == 'all_cause'")
    frame = mixture.to_frame()
    assert frame["seen"].tolist() == oracle["n_observed"].tolist()
    assert frame["matched"].tolist() == oracle["n_in_2plus_lists"].tolist()
    np.testing.assert_allclose(frame["median"], oracle["independence_median"], atol=1)
    np.testing.assert_allclose(frame["lower95"], oracle["independence_lo95"], rtol=2e-3)
    np.testing.assert_allclose(frame["upper95"], oracle["independence_hi95"], rtol=2e-3)
    assert mixture.between > 20 * mixture.within
    assert "98% lies between the tables: their medians run from 7,300 to 38,000" in str(mixture)


def test_the_parts_of_the_variance_add_up():
    mixture = across_tables(sudan_tables(), "independence", random_seed=1)
    weights = np.repeat(mixture.tables.weights, mixture.points.shape[1]) / mixture.points.shape[1]
    logs = np.log(mixture.points).ravel()
    total = weights @ (logs - weights @ logs) ** 2
    assert mixture.within + mixture.between == pytest.approx(total)
    drawn = np.log(mixture.draws["posterior"]["true_killed"].values)
    assert drawn.mean() == pytest.approx(weights @ logs, abs=5 * total**0.5 / drawn.size**0.5)
    assert drawn.var() == pytest.approx(total, rel=0.15)


def test_equal_tables_are_one_table():
    spina = load_lists("spina_3")
    mixture = across_tables(WeightedTables((spina, spina)), "graphs", random_seed=1)
    assert mixture.between == pytest.approx(0, abs=1e-12)
    assert mixture.quantile([0.5])[0] == pytest.approx(725, abs=1)


def test_weights_move_the_mixture():
    tables = sudan_tables()
    weights = np.arange(25) == 24
    last = across_tables(
        WeightedTables(tables.tables, weights, tables.names), "independence", random_seed=1
    )
    assert last.quantile([0.5])[0] == pytest.approx(37661, abs=60)
    assert last.between == 0


def test_a_table_without_matches_cannot_be_mixed_in():
    spina = load_lists("spina_3")
    apart = CaptureHistories(spina.lists, [[244, 48, 0, 60, 0, 0, 0]])
    with pytest.raises(NotEstimable, match="no one is on two lists in the tables loose"):
        across_tables(WeightedTables((spina, apart), names=("strict", "loose")), "graphs")


def test_rubin_adds_for_few_replicates():
    spina = load_lists("spina_3")
    shifted = CaptureHistories(spina.lists, [[224, 38, 152, 50, 121, 4, 12]])
    rng = np.random.default_rng(1)

    def tolls(table):
        return np.exp(rng.normal(np.log(table.n), 0.05, 4000))

    few = across_tables(WeightedTables((spina, shifted)), tolls)
    within, between = few.within, np.log(few.points).mean(axis=1).var(ddof=1) * 1.5
    degrees = (1 + within / between) ** 2
    reach = stats.t.ppf(0.975, degrees) * (within + between) ** 0.5
    lower, upper = few.rubin_interval()
    assert np.log(upper / lower) == pytest.approx(2 * reach)
    many = across_tables(WeightedTables((spina, shifted) * 20), tolls)
    plain = np.log(np.divide(*many.quantile([0.975, 0.025])))
    assert np.log(upper / lower) > 1.1 * plain
    assert np.log(np.divide(*many.rubin_interval()[::-1])) == pytest.approx(plain, rel=0.1)
    with pytest.raises(NotEstimable, match="one replicate tells nothing"):
        across_tables(WeightedTables((spina,)), tolls).rubin_interval()


# --- Match probabilities ----------------------------------------------------------------------


def partitions(items):
    """All ways to share items out to people."""
    if not items:
        yield []
        return
    first, rest = items[0], items[1:]
    for size in range(len(rest) + 1):
        for together in combinations(rest, size):
            left = [item for item in rest if item not in together]
            for others in partitions(left):
                yield [{first, *together}, *others]


def exact_tables(chances, unlisted, lists):
    """Probability of each table of cells, by trying every partition."""
    found = Counter()
    for people in partitions(list(range(len(lists)))):
        weight = 1.0
        for pair in combinations(range(len(lists)), 2):
            chance = chances.get(pair, unlisted)
            together = any(set(pair) <= person for person in people)
            weight *= chance if together else 1 - chance
        masks = [sum(1 << v for v in {lists[r] for r in person}) for person in people]
        cells = np.bincount(masks, minlength=8)[1:]
        found[tuple(cells.tolist())] += weight
    total = sum(found.values())
    return {cells: weight / total for cells, weight in found.items()}


CHANCES = {(0, 1): 0.7, (1, 2): 0.6, (0, 2): 0.3, (2, 3): 0.5}
RECORDS = pd.DataFrame({"record": range(6), "list": ["a", "b", "c", "a", "b", "c"]})
PAIRS = pd.DataFrame(
    [(left, right, chance) for (left, right), chance in CHANCES.items()],
    columns=["left", "right", "probability"],
)


def distance(tables, exact):
    """Half the sum of the differences between drawn and exact probabilities."""
    drawn = {tuple(t.cells.tolist()): w for t, w in zip(tables.tables, tables.weights, strict=True)}
    keys = set(drawn) | set(exact)
    return sum(abs(drawn.get(key, 0) - exact.get(key, 0)) for key in keys) / 2


def test_drawn_tables_have_their_exact_probabilities():
    lists = [0, 1, 2, 0, 1, 2]
    # Records 4 and 5 are linked to none: they are always people of their own.
    exact = exact_tables(
        CHANCES | {pair: 0.0 for pair in combinations(range(6), 2) if max(pair) > 3}, 0.2, lists
    )
    tables = tables_from_matches(RECORDS, PAIRS, draws=3000, unlisted=0.2, random_seed=1)
    assert distance(tables, exact) < 0.04
    certain = {pair: 0.0 for pair in combinations(range(6), 2) if max(pair) > 3}
    wrong = exact_tables(CHANCES | certain | {(0, 1): 0.5}, 0.2, lists)
    assert distance(tables, wrong) > 0.08


def test_sure_links_give_one_table():
    pairs = PAIRS.assign(probability=[1.0, 0.0, 0.0, 1.0])
    (table,) = tables_from_matches(RECORDS, pairs, draws=20, random_seed=1).tables
    assert table.n == 4
    assert table.to_frame().query("a == 1 and b == 1")["count"].tolist() == [1, 0]


def test_missed_matches_raise_the_toll():
    rng = np.random.default_rng(3)
    on = rng.random((400, 3)) < 0.5
    rows = [(person, name) for person, flags in enumerate(on) for name in np.flatnonzero(flags)]
    records = pd.DataFrame({"record": range(len(rows)), "list": [str(n) for _, n in rows]})
    linked = [
        (i, j) for i in range(len(rows)) for j in (i + 1, i + 2)
        if j < len(rows) and rows[i][0] == rows[j][0]
    ]  # fmt: skip
    pairs = pd.DataFrame(linked, columns=["left", "right"])
    medians = {}
    for chance in (1.0, 0.8):
        tables = tables_from_matches(
            records, pairs.assign(probability=chance), draws=5, random_seed=1
        )
        medians[chance] = across_tables(tables, "independence", random_seed=1).quantile([0.5])[0]
    assert medians[1.0] == pytest.approx(400, rel=0.06)
    assert medians[0.8] > 1.05 * medians[1.0]


def test_broken_matches_are_refused():
    with pytest.raises(DataError, match="pairs, row 2: there is no such record; got 9"):
        tables_from_matches(RECORDS, PAIRS.assign(left=[0, 9, 0, 2]))
    with pytest.raises(DataError, match="row 1: a probability is between 0 and 1; got"):
        tables_from_matches(RECORDS, PAIRS.assign(probability=[1.5, 0, 0, 0]))
    with pytest.raises(DataError, match="a record may occur once; got 0"):
        tables_from_matches(RECORDS.assign(record=[0, 0, 2, 3, 4, 5]), PAIRS)
    with pytest.raises(DataError, match="a pair must have two records"):
        tables_from_matches(RECORDS, PAIRS.assign(right=PAIRS["left"]))
    with pytest.raises(DataError, match="a draw or more"):
        tables_from_matches(RECORDS, PAIRS, draws=0)
