"""Decomposable graphs: which there are, what each says, and their average."""

from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from scipy.special import gammaln

from casualty_models.capture import graph_sums
from casualty_models.capture.decomposable import (
    decomposable_graphs,
    graph_label,
    perfect_parents,
    read_graph,
)
from casualty_models.capture.gamma_ratio import log_gamma_ratio
from casualty_models.capture.graphs import delta_sensitivity, graph_average, search_graphs
from casualty_models.capture.hyper_dirichlet import hyper_dirichlet, log_masses
from casualty_models.capture.independence import independence
from casualty_models.capture.labels import read_label, write_label
from casualty_models.capture.summation import coarse_grid, refine
from casualty_models.capture.unseen import UnseenPosterior
from casualty_models.datasets.lists import load_lists
from casualty_models.errors import ConvergenceWarning, DataError, NotEstimable
from casualty_models.lists import CaptureHistories

ORACLES = Path(__file__).parent / "data" / "oracles"
BY_GRAPH = pd.read_csv(ORACLES / "dga_exact_3list_by_graph.csv")
DGA = pd.read_csv(ORACLES / "dga_results.csv")
SENSITIVITY = pd.read_csv(ORACLES / "dga_sensitivity.csv")
INDEPENDENCE = pd.read_csv(ORACLES / "exact_independence_posterior.csv")
INTERVAL = [0.5, 0.025, 0.975]


def posterior_of(log_mass, seen):
    """The posterior of one log mass, summed by the package."""
    grid = refine(coarse_grid(seen), lambda x: log_mass(x)[None])
    return UnseenPosterior(grid, log_mass(grid.points))


# --- Which graphs there are ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lists", "graphs"), [(1, 1), (2, 2), (3, 8), (4, 61), (5, 822), (6, 18_154), (7, 617_675)]
)
def test_there_are_as_many_graphs_as_are_known(lists, graphs):
    parents = decomposable_graphs(lists)
    assert parents.shape == (graphs, lists)
    adjacency = np.zeros_like(parents)
    for v in range(lists):
        adjacency[:, v] |= parents[:, v]
        for u in range(lists):
            adjacency[:, u] |= (parents[:, v] >> u & 1) << v
    assert len(np.unique(adjacency, axis=0)) == graphs


def all_graphs(vertices):
    """All graphs, as masks of neighbors."""
    pairs = list(combinations(range(vertices), 2))
    for number in range(1 << len(pairs)):
        neighbors = [0] * vertices
        for bit, (a, b) in enumerate(pairs):
            if number >> bit & 1:
                neighbors[a] |= 1 << b
                neighbors[b] |= 1 << a
        yield neighbors


def has_hole(neighbors):
    """Whether four or more vertices form a ring without a chord."""
    vertices = range(len(neighbors))
    for size in range(4, len(neighbors) + 1):
        for chosen in combinations(vertices, size):
            inside = sum(1 << v for v in chosen)
            degrees = [(neighbors[v] & inside).bit_count() for v in chosen]
            if set(degrees) == {2} and len(reached_from(chosen[0], neighbors, inside)) == size:
                return True
    return False


def reached_from(start, neighbors, inside):
    reached, frontier = {start}, [start]
    while frontier:
        v = frontier.pop()
        new = [u for u in range(len(neighbors)) if neighbors[v] & inside & 1 << u]
        frontier += [u for u in new if u not in reached]
        reached.update(new)
    return reached


def test_a_graph_is_decomposable_when_it_has_no_ring_without_a_chord():
    graphs = list(all_graphs(5))
    _, decomposable = perfect_parents(np.array(graphs))
    assert decomposable.tolist() == [not has_hole(neighbors) for neighbors in graphs]


def test_eight_lists_are_too_many_to_list_the_graphs():
    with pytest.raises(DataError, match=r"at most 7 lists; got 8\. Use the stochastic search"):
        decomposable_graphs(8)


def test_labels_are_written_and_read_back():
    for parents in decomposable_graphs(4):
        label = graph_label(parents)
        assert graph_label(read_graph(label, 4)) == label
    assert write_label([0b1, 0b11, 0b1000000000], 10) == "[1,2][10]"
    assert read_label("[1,2][10]", 10)[:2] == [0b11, 1 << 9]
    with pytest.raises(DataError, match=r"written in brackets; got '12,3'.*for example \[12\]"):
        read_label("12,3", 3)
    with pytest.raises(DataError, match="numbered 1 to 3; got '\\[14\\]'"):
        read_label("[14]", 3)
    for ring in ("[12][23][34][14]", "[12][13][23]"):
        with pytest.raises(DataError, match="must be the cliques of a decomposable graph"):
            read_graph(ring, 4)


# --- What one graph says ---------------------------------------------------------------------


def log_mass_by_cliques(table, cliques, separators, unseen, delta):
    """The formula with cliques and separators, cell by cell."""
    patterns, lists = table.patterns, len(table.lists)
    cells = {0: unseen} | {m + 1: int(count) for m, count in enumerate(table.cells)}
    codes = np.concatenate([np.zeros((1, lists), int), patterns]) @ (1 << np.arange(lists))

    def margin(chosen):
        sums = {}
        for code in codes.tolist():
            sums[code & chosen] = sums.get(code & chosen, 0) + cells[code]
        share = delta * 2 ** (lists - chosen.bit_count())
        return sum(gammaln(count + share) - gammaln(share) for count in sums.values())

    toll = table.n + unseen
    whole = gammaln(2**lists * delta) - gammaln(toll + 2**lists * delta)
    value = sum(map(margin, cliques)) - sum(map(margin, separators))
    value += (len(cliques) - len(separators)) * whole
    return value + gammaln(toll + 1) - gammaln(unseen + 1) - np.log(toll)


@pytest.mark.parametrize(
    ("label", "separators"),
    [
        ("[1][2][3][4]", []),
        ("[123][34]", [0b0100]),
        ("[12][34]", []),
        ("[123][234]", [0b0110]),
        ("[12][23][34]", [0b0010, 0b0100]),
        ("[14][24][34]", [0b1000, 0b1000]),
        ("[1234]", []),
    ],
)
def test_parents_give_what_cliques_and_separators_give(label, separators):
    table, delta = load_lists("kosovo1999"), 0.3
    likelihood = hyper_dirichlet(table, delta)
    unseen = np.array([0.0, 7.0, 500.0, 20_000.0])
    ours = log_masses(read_graph(label, 4)[None], likelihood.families(unseen))[0]
    ours += likelihood.population(unseen)
    cliques = read_label(label, 4)
    theirs = [log_mass_by_cliques(table, cliques, separators, int(x), delta) for x in unseen]
    np.testing.assert_allclose(ours - ours[0], np.array(theirs) - theirs[0], rtol=0, atol=1e-7)


@pytest.mark.parametrize("row", list(BY_GRAPH.itertuples()), ids=lambda r: f"{r.dataset} {r.graph}")
def test_each_graph_on_three_lists_agrees_with_the_exact_table(row):
    table = load_lists(row.dataset)
    graphs = None if row.graph == "BMA" else [row.graph]
    limit = row.grid_max_multiple * table.n
    average = graph_average(table, delta=row.delta, saturated=True, graphs=graphs, limit=limit)
    assert average.quantile(INTERVAL).tolist() == [row.median, row.lo95, row.hi95]


@pytest.mark.parametrize("dataset", BY_GRAPH["dataset"].unique())
def test_weights_of_graphs_agree_with_the_exact_table(dataset):
    table = load_lists(dataset)
    average = graph_average(table, saturated=True, limit=20 * table.n)
    ours = average.weights(8).set_index("graph")["weight"]
    expected = BY_GRAPH[(BY_GRAPH["dataset"] == dataset) & (BY_GRAPH["graph"] != "BMA")]
    for row in expected.itertuples():
        assert ours.get(row.graph, 0.0) == pytest.approx(row.posterior_prob, abs=6e-7)
    saturated = expected.set_index("graph").loc["[123]", "posterior_prob"]
    assert average.saturated_weight == pytest.approx(saturated, abs=6e-7)


@pytest.mark.parametrize(
    "row", list(DGA.itertuples()), ids=lambda r: f"{r.dataset} {r.lo95} {r.hi95}"
)
def test_with_the_saturated_graph_and_a_cut_the_average_is_that_of_dga(row):
    table = load_lists(row.dataset)
    multiple = int(row.settings.split("(n*")[1].split(")")[0])
    average = graph_average(table, saturated=True, limit=multiple * table.n)
    assert average.quantile(INTERVAL).tolist() == [row.estimate_point, row.lo95, row.hi95]


@pytest.mark.parametrize(
    "row",
    list(SENSITIVITY.itertuples()),
    ids=lambda r: f"{r.dataset} {r.models} {r.delta} {r.median}",
)
def test_other_deltas_agree_with_dga_too(row):
    table = load_lists(row.dataset)
    everything = row.models == "all graphs"
    limit = row.grid_max_multiple * table.n
    average = graph_average(table, delta=row.delta, saturated=everything, limit=limit)
    # The longer grids of these runs were thinned, which moves a quantile by up to 2 in a thousand.
    expected = np.array([row.median, row.lo95, row.hi95])
    thinned = 2e-3 * (row.grid_max_multiple == 20)
    np.testing.assert_allclose(average.quantile(INTERVAL), expected, rtol=thinned, atol=0)
    if everything:
        weight = pytest.approx(row.posterior_prob_saturated, abs=6e-5, rel=10 * thinned)
        assert average.saturated_weight == weight


# --- Independence ----------------------------------------------------------------------------


def exact_cdf_of_independence(table, highest):
    """The cumulative posterior by summing every whole number."""
    unseen = np.arange(highest + 1.0)
    toll = table.n + unseen
    log_mass = gammaln(toll) - gammaln(unseen + 1)
    for size in table.list_sizes:
        log_mass += gammaln(1 + toll - size) - gammaln(2 + toll)
    mass = np.exp(log_mass - log_mass.max())
    return np.cumsum(mass) / mass.sum()


@pytest.mark.parametrize("row", list(INDEPENDENCE.itertuples()), ids=lambda r: r.dataset)
def test_independence_is_exact(row):
    table = load_lists(row.dataset)
    posterior = independence(table)
    expected = [row.posterior_median, row.lo95, row.hi95]
    assert (table.n + posterior.quantile(INTERVAL)).tolist() == expected
    highest = 400_000
    assert posterior.cdf(highest) > 1 - 1e-9
    exact = exact_cdf_of_independence(table, highest)
    at = np.unique(np.geomspace(1, highest, 4000).astype(int))
    np.testing.assert_allclose(posterior.cdf(at), exact[at], rtol=0, atol=1e-7)


def test_independence_is_the_graph_without_links():
    table = load_lists("kosovo1999")
    average = graph_average(table, graphs=["[1][2][3][4]"], delta=2.0**-3)
    at = np.arange(2000, 4500, 10)
    np.testing.assert_allclose(average.unseen.cdf(at), independence(table).cdf(at), atol=1e-9)
    # and is another one with another prior of the capture shares
    other = independence(table, a=20.0, b=20.0)
    assert abs(other.quantile(0.5) - independence(table).quantile(0.5)) > 10


def test_independence_checks_its_prior_and_its_table():
    table = load_lists("spina_3")
    with pytest.raises(DataError, match=r"a and b must be above 0; got \(0, 1\)"):
        independence(table, a=0, b=1)
    empty = CaptureHistories(("A", "B", "C"), np.zeros((1, 7)))
    with pytest.raises(DataError, match="someone must be on a list"):
        independence(empty)
    with pytest.raises(DataError, match="someone must be on a list"):
        graph_average(empty)


# --- Sums without a cut ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("seen", "share"), [(3, 1e-4), (10, 0.5), (300, 0.02), (4400, 0.4), (1_000_000, 0.7)]
)
def test_a_negative_binomial_is_summed_to_nine_digits(seen, share):
    posterior = posterior_of(
        lambda x: log_gamma_ratio(x, np.array(float(seen))) + x * np.log1p(-share), seen
    )
    exact = stats.nbinom(seen, share)
    at = exact.ppf(np.linspace(0.0005, 0.9995, 400))
    np.testing.assert_allclose(posterior.cdf(at), exact.cdf(at), rtol=0, atol=2e-9)
    probs = [0.001, 0.025, 0.5, 0.975, 0.999]
    assert posterior.quantile(probs).tolist() == exact.ppf(probs).tolist()


@pytest.mark.parametrize("delta", [0.125, 1e-3])
def test_a_tail_that_falls_as_a_power_is_kept_to_its_end(delta):
    def log_mass(x):
        return log_gamma_ratio(x, np.array(delta)) - np.log(100 + x)

    posterior = posterior_of(log_mass, 100)
    unseen = np.arange(1_000_001.0)
    exact = np.cumsum(np.exp(log_mass(unseen) - posterior.log_total))
    at = np.array([0, 5, 126, 127, 128, 129, 1000, 1_000_000])
    np.testing.assert_allclose(posterior.cdf(at), exact[at], rtol=0, atol=1e-9)
    far = posterior.quantile(1 - 1e-15)
    assert 0 < posterior.mass_beyond_reach < 1e-10
    assert posterior.cdf(np.inf) == pytest.approx(1.0)
    assert far > 1e9


def test_a_mass_without_a_finite_sum_is_refused():
    with pytest.raises(NotEstimable, match="does not sum to a finite number"):
        posterior_of(lambda x: -0.5 * np.log1p(x), 10)


def test_the_digits_of_large_arguments_are_kept():
    # log[(x + 1) (x + 2) ... (x + 9)] at x = 1e12, where the two terms have 28 trillion each
    expected = np.log1p(np.arange(1, 10) / 1e12).sum() + 9 * np.log(1e12)
    assert log_gamma_ratio(1e12, 10.0) == pytest.approx(expected, abs=1e-12)
    border = np.array([1e4 * (1 - 1e-12), 1e4 * (1 + 1e-12)])
    below, above = log_gamma_ratio(border, np.array(123.5))
    assert below == pytest.approx(above, abs=1e-8)


@pytest.mark.parametrize("name", ["uk_slavery_5", "neworleans_5", "netherlands_5"])
def test_graphs_that_are_dropped_do_not_matter(name, monkeypatch):
    table = load_lists(name)
    quick = graph_average(table)
    monkeypatch.setattr(graph_sums, "_NEGLIGIBLE", -np.inf)
    monkeypatch.setattr(graph_sums, "_RESOLVED", -np.inf)
    monkeypatch.setattr(graph_sums, "_MOST_RESOLVED", 10_000)
    full = graph_average(table)
    assert len(full.sums.parents) == 821
    at = table.n * np.geomspace(0.01, 100, 200)
    np.testing.assert_allclose(quick.unseen.cdf(at), full.unseen.cdf(at), rtol=0, atol=1e-8)


def test_the_limit_only_cuts():
    table = load_lists("uk_slavery_5")
    free, cut = graph_average(table), graph_average(table, limit=5 * table.n)
    at = table.n * np.array([3, 3.5, 4, 4.5])
    inside = free.unseen.cdf(5 * table.n)
    np.testing.assert_allclose(cut.unseen.cdf(at) * inside, free.unseen.cdf(at), atol=1e-9)
    assert 0.6 < free.tail_mass(5) < 0.8
    assert cut.tail_mass(5) == 0
    assert cut.unseen.cdf(5 * table.n) == 1
    assert graph_average(table, limit=100).quantile(1.0) == table.n + 100


# --- The average -----------------------------------------------------------------------------


def test_the_saturated_graph_is_out_and_its_weight_is_shown():
    gaza = graph_average(load_lists("gaza_2024_3"))
    assert gaza.saturated_weight == pytest.approx(0.76, abs=0.005)
    assert gaza.weights()["graph"].tolist() == ["[13][23]", "[12][23]", "[12][3]", "[12][13]"]
    assert "The saturated graph has a weight of 76%" in " ".join(gaza.notes())
    assert gaza.quantile(0.5) == 79_324
    spina = graph_average(load_lists("spina_3"))
    assert spina.saturated_weight < 0.01
    assert spina.notes() == ()


def test_weights_sum_to_one_and_the_average_is_their_mixture():
    average = graph_average(load_lists("sudan_khartoum_all_cause_3"))
    table = average.weights(7)
    assert table["weight"].sum() == pytest.approx(1)
    mixture = sum(
        row.weight * graph_average(average.histories, graphs=[row.graph]).cdf(20_000)
        for row in table.itertuples()
    )
    assert average.cdf(20_000) == pytest.approx(mixture, abs=1e-9)


def test_delta_sensitivity_repeats_the_average():
    table = load_lists("kosovo1999")
    rows = delta_sensitivity(table).set_index("delta")
    for delta, row in rows.iterrows():
        average = graph_average(table, delta=delta)
        assert [row["median"], row["lower95"], row["upper95"]] == average.quantile(
            INTERVAL
        ).tolist()
    assert rows.loc[1.0, "median"] < rows.loc[0.0625, "median"]


def test_what_cannot_be_averaged_is_refused():
    with pytest.raises(NotEstimable, match="two lists say nothing about their dependence"):
        graph_average(CaptureHistories(("A", "B"), [[5, 5, 5]]))
    spina = load_lists("spina_3")
    with pytest.raises(DataError, match="delta must be above 0; got -1"):
        graph_average(spina, delta=-1)
    with pytest.raises(DataError, match="at least one graph"):
        graph_average(spina, graphs=[])
    with pytest.raises(DataError, match="one stratum at a time"):
        graph_average(load_lists("spina_by_ethnicity_3"))


@pytest.mark.parametrize("delta", [None, 1e-4, 10.0])
@pytest.mark.parametrize(
    "cells",
    [
        [1, 0, 0, 0, 0, 0, 0],
        [9, 9, 0, 9, 0, 0, 0],
        [0, 0, 0, 0, 0, 0, 50],
        [700_000, 500_000, 200_000, 300_000, 90_000, 80_000, 40_000],
        [3e8, 2e8, 1e8, 1e8, 1e7, 1e7, 1e7],
    ],
)
def test_extreme_tables_have_an_answer_too(cells, delta):
    average = graph_average(CaptureHistories(("A", "B", "C"), [cells]), delta=delta)
    lower, median, upper = average.quantile([0.025, 0.5, 0.975])
    assert average.histories.n <= lower <= median <= upper
    assert len(average.unseen.grid.points) < 3000
    back = average.cdf([lower, median])
    assert (back > np.array([0.025, 0.5]) - 1e-9).all()


def test_draws_follow_the_posterior_and_carry_their_record():
    average = graph_average(load_lists("korea_palembang_3"))
    tree = average.to_datatree(2000, random_seed=1)
    draws = tree["posterior"]["unseen"].values.ravel()
    assert (tree["posterior"]["true_killed"] - tree["posterior"]["unseen"] == 123).all()
    assert np.array_equal(draws, np.round(draws))
    for prob in (0.1, 0.5, 0.9):
        count = average.unseen.quantile(prob)
        assert np.mean(draws <= count) == pytest.approx(average.unseen.cdf(count), abs=0.03)
    assert average.to_datatree(5, random_seed=1).equals(average.to_datatree(5, random_seed=1))
    assert not average.to_datatree(5, random_seed=1).equals(average.to_datatree(5, random_seed=2))
    record = tree.attrs["casualty_models"]
    assert '"method": "graphs"' in record
    assert '"random_seed": 1' in record
    assert tree["observed_data"]["people"].sel(cell="110") == 54


# --- The search ------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["uk_slavery_5", "netherlands_5"])
def test_a_search_finds_what_trying_all_finds(name):
    table = load_lists(name)
    found = search_graphs(table, random_seed=1)
    assert found.coverage > 0.99
    everything, searched = graph_average(table), graph_average(table, graphs=found)
    at = table.n * np.geomspace(0.5, 50, 50)
    gap = np.abs(everything.unseen.cdf(at) - searched.unseen.cdf(at)).max()
    assert gap < 2 * (1 - found.coverage) + 1e-6
    assert found.gap < 0.01
    assert "The graphs were searched, not all tried" in " ".join(searched.notes())


def test_a_search_that_is_too_short_says_so():
    with pytest.warns(ConvergenceWarning, match=r"and by all differ by .*; take more steps"):
        search_graphs(load_lists("netherlands_6"), steps=40, random_seed=1)
    with pytest.raises(DataError, match="needs two chains or more"):
        search_graphs(load_lists("spina_3"), chains=1)


def two_classes(lists, rng):
    """2,000 people, a tenth of them easily found."""
    found_by = np.where(rng.random((2000, 1)) < 0.1, 0.5, 0.08) * np.ones(lists)
    people = rng.random((2000, lists)) < found_by
    names = [f"list {j}" for j in range(lists)]
    return CaptureHistories.from_people(pd.DataFrame(people[people.any(axis=1)], columns=names))


def test_on_seven_lists_all_graphs_are_averaged():
    average = graph_average(two_classes(7, np.random.default_rng(1)))
    assert average.sums.considered == 617_674
    assert average.search is None
    assert average.sums.mass_left_out < 1e-9


@pytest.mark.slow
def test_on_eight_lists_the_graphs_are_searched():
    average = graph_average(two_classes(8, np.random.default_rng(1)), random_seed=1)
    assert average.search.gap < 0.05
    assert average.search.coverage > 0.3
