"""Is each family calibrated on data that its own prior makes, and is a wrong prior noticed?

With p(N) proportional to 1/N the number of people seen can be given: the cells are then
multinomial with the shares of the seen, and the unseen are negative binomial.
"""

import numpy as np
import pytest
from scipy import stats

from casualty_models.capture.graphs import graph_average
from casualty_models.capture.hierarchical import model_space
from casualty_models.capture.independence import independence
from casualty_models.capture.loglinear import MAIN_SD, loglinear_average
from casualty_models.lists import CaptureHistories

LISTS = ("A", "B", "C")
CLIQUES = {
    "[1][2][3]": [(0, ()), (1, ()), (2, ())],
    "[12][3]": [(0, ()), (1, (0,)), (2, ())],
    "[13][2]": [(0, ()), (2, (0,)), (1, ())],
    "[23][1]": [(1, ()), (2, (1,)), (0, ())],
    "[12][13]": [(0, ()), (1, (0,)), (2, (0,))],
    "[12][23]": [(1, ()), (0, (1,)), (2, (1,))],
    "[13][23]": [(2, ()), (0, (2,)), (1, (2,))],
}


def shares_of_a_graph(order, delta, rng):
    """Shares of the 8 cells: each list given its parents, for which it has its own chance."""
    chance = {}
    shares = np.ones(8)
    for cell in range(8):
        for v, parents in order:
            key = (v, tuple(cell >> u & 1 for u in parents))
            weight = delta * 2 ** (2 - len(parents))
            if key not in chance:
                chance[key] = rng.beta(weight, weight)
            shares[cell] *= chance[key] if cell >> v & 1 else 1 - chance[key]
    return shares


def shares_of_a_model(space, models, interaction_sd, rng):
    """Shares of the 8 cells under a random log-linear model."""
    active = space.active(models[rng.integers(len(models))][None])[0]
    sd = np.where(np.bitwise_count(space.terms) == 1, MAIN_SD, interaction_sd)
    eta = space.design() @ (rng.normal(0, sd) * active)
    return np.exp(eta - eta.max())


def seen_and_unseen(shares, seen, rng):
    """A table of so many people seen, and how many were not."""
    cells = rng.multinomial(seen, shares[1:] / shares[1:].sum())
    odds = shares[0] / shares[1:].sum()
    mean = rng.gamma(seen) * odds
    unseen = rng.poisson(mean) if mean < 1e15 else np.round(mean)
    return CaptureHistories(LISTS, cells[None]), float(unseen)


def place(posterior, unseen, rng):
    """Where the truth falls in its posterior, from 0 to 1."""
    lower, upper = posterior.cdf(np.array([unseen - 1, unseen]))
    return lower + rng.random() * (upper - lower)


def places_of_independence(repeats, analysed, rng):
    found = []
    for _ in range(repeats):
        # With delta 1/4 each list has a Beta(1, 1) capture share.
        shares = shares_of_a_graph(CLIQUES["[1][2][3]"], 0.25, rng)
        table, unseen = seen_and_unseen(shares, 150, rng)
        found.append(place(independence(table, a=1.0, b=analysed), unseen, rng))
    return np.array(found)


def places_of_graphs(repeats, truth, analysed, rng):
    found = []
    orders = list(CLIQUES.values())
    for _ in range(repeats):
        shares = shares_of_a_graph(orders[rng.integers(len(orders))], truth, rng)
        if shares[1:].sum() < 1e-200:
            continue
        table, unseen = seen_and_unseen(shares, 150, rng)
        found.append(place(graph_average(table, delta=analysed).unseen, unseen, rng))
    return np.array(found)


def places_of_models(repeats, truth, analysed, rng):
    found = []
    space = model_space(3)
    models = space.all_models()
    for _ in range(repeats):
        shares = shares_of_a_model(space, models, truth, rng)
        table, unseen = seen_and_unseen(shares, 300, rng)
        average = loglinear_average(table, interaction_sd=analysed, draws=1000, random_seed=1)
        found.append(place(average.unseen, unseen, rng))
    return np.array(found)


def p_value(places):
    """The smaller of two p values: of a shift, and of intervals too narrow or too wide."""
    folded = np.abs(2 * places - 1)
    return min(stats.kstest(values, "uniform").pvalue for values in (places, folded))


def test_independent_lists_are_calibrated_and_a_wrong_prior_is_not():
    assert p_value(places_of_independence(300, 1.0, np.random.default_rng(1))) > 0.01
    # 150 people leave little to the prior; it takes one as sure as 200 more to be noticed.
    assert p_value(places_of_independence(300, 200.0, np.random.default_rng(1))) < 1e-6


def test_graphs_are_calibrated_and_a_wrong_delta_is_not():
    right = places_of_graphs(300, 0.5, 0.5, np.random.default_rng(1))
    assert p_value(right) > 0.01
    wrong = places_of_graphs(300, 0.5, 3.0, np.random.default_rng(1))
    assert p_value(wrong) < 1e-6


@pytest.mark.slow
@pytest.mark.parametrize("delta", [0.125, 0.25, 1.0])
def test_graphs_are_calibrated_over_many_tables(delta):
    places = places_of_graphs(2000, delta, delta, np.random.default_rng(2))
    assert p_value(places) > 0.001
    inside = np.mean((places > 0.05) & (places < 0.95))
    assert inside == pytest.approx(0.9, abs=4 * np.sqrt(0.09 / len(places)))


@pytest.mark.slow
def test_keeping_only_independence_is_noticed():
    rng = np.random.default_rng(3)
    places = []
    for _ in range(400):
        shares = shares_of_a_graph(CLIQUES["[12][13]"], 0.5, rng)
        table, unseen = seen_and_unseen(shares, 150, rng)
        average = graph_average(table, delta=0.5, graphs=["[1][2][3]"])
        places.append(place(average.unseen, unseen, rng))
    assert p_value(np.array(places)) < 1e-6


@pytest.mark.filterwarnings("ignore:models with")
def test_loglinear_models_are_calibrated_and_a_wrong_prior_is_not():
    right = places_of_models(60, 1.0, 1.0, np.random.default_rng(1))
    assert p_value(right) > 0.01
    wrong = places_of_models(60, 2.0, 0.1, np.random.default_rng(1))
    assert p_value(wrong) < 1e-4


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:models with")
def test_loglinear_models_are_calibrated_over_many_tables():
    places = places_of_models(800, 1.0, 1.0, np.random.default_rng(2))
    assert p_value(places) > 0.001
    inside = np.mean((places > 0.05) & (places < 0.95))
    assert inside == pytest.approx(0.9, abs=4 * np.sqrt(0.09 / len(places)))
