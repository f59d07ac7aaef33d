"""Figures of lists: what is drawn is what the data and the models say, and it can be read."""

import itertools
import warnings

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.axes import Axes

from casualty_models.capture.estimate import estimate_unseen
from casualty_models.capture.graphs import graph_average
from casualty_models.capture.loglinear import loglinear_average
from casualty_models.datasets.lists import load_lists
from casualty_models.errors import DataError
from casualty_models.lists import CaptureHistories
from casualty_models.plots import (
    alt_text,
    plot_families,
    plot_model_weights,
    plot_overlaps,
    plot_unseen,
)

ARTICLE, PHONE = (6.4, 4.0), (3.4, 3.6)
FAMILIES = {"two": None, "uk_slavery_6": ("independence", "graphs")}
TABLES = ("kosovo1999", "gaza_2024_3", "uk_slavery_6", "artificial_chan2021_3", "two")


def table_of(name):
    if name == "two":
        return CaptureHistories(("the police of the capital", "the press"), [[400, 300, 600]])
    return load_lists(name)


@pytest.fixture(scope="module")
def estimates():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return {
            name: estimate_unseen(
                table_of(name),
                families=FAMILIES.get(name, ("independence", "graphs", "loglinear")),
                sensitivity=False,
                random_seed=1,
            )
            for name in TABLES
        }


@pytest.fixture(scope="module")
def averages():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return {
            name: (graph_average(table_of(name)), loglinear_average(table_of(name), random_seed=1))
            for name in TABLES
            if name != "two"
        }


@pytest.fixture
def plots(estimates, averages):
    """Every figure of a table as a function of where to draw it."""

    def of(name):
        found = {
            "overlaps": lambda ax=None: plot_overlaps(table_of(name), ax=ax),
            "families": lambda ax=None: plot_families(estimates[name], ax=ax),
        }
        if name != "two":
            graphs, models = averages[name]
            found["graphs"] = lambda ax=None: plot_model_weights(graphs, ax=ax)
            found["models"] = lambda ax=None: plot_model_weights(models, ax=ax)
            found["unseen"] = lambda ax=None: plot_unseen(estimates[name], family="graphs", ax=ax)
        return found

    return of


def words(ax):
    return " ".join(" ".join(text.get_text() for text in ax.texts).split())


def labelled(ax, label):
    artists = [*ax.collections, *ax.lines, *ax.patches]
    return [artist for artist in artists if artist.get_label() == label]


# --- What all of them keep to -----------------------------------------------------------------


def test_each_draws_on_the_axes_given_and_changes_no_setting(plots):
    before = dict(mpl.rcParams)
    for name, plot in plots("kosovo1999").items():
        figure, (left, right) = plt.subplots(1, 2, figsize=(9, 4))
        assert plot(left) is left, name
        assert figure.axes == [left, right], name
        assert not right.has_data(), name
        assert isinstance(plot(), Axes), name
        assert len(alt_text(left)) > 50, name
    assert dict(mpl.rcParams) == before


@pytest.mark.parametrize(
    ("name", "size"), [("kosovo1999", ARTICLE), *((name, PHONE) for name in TABLES)]
)
def test_nothing_is_cut_off_and_no_text_overlaps(plots, name, size):
    for kind, plot in plots(name).items():
        figure, ax = plt.subplots(figsize=size, layout="constrained")
        plot(ax)
        figure.draw_without_rendering()
        frame = figure.bbox.padded(1)
        boxes = []
        ticks = [*ax.get_xticklabels(), *ax.get_yticklabels()]
        for text in [*ax.texts, *ticks, ax.xaxis.label, ax._left_title]:
            if text.get_text():
                box = text.get_window_extent()
                boxes.append((text.get_text(), box))
                least = min(box.x0 - frame.x0, frame.x1 - box.x1, box.y0 - frame.y0,
                            frame.y1 - box.y1)  # fmt: skip
                assert least >= 0, (kind, text.get_text())
        for (one, a), (two, b) in itertools.combinations(boxes, 2):
            overlap = min(a.x1, b.x1) - max(a.x0, b.x0), min(a.y1, b.y1) - max(a.y0, b.y0)
            assert min(overlap) <= 2, (kind, one, two)
        plt.close(figure)


# --- Overlaps ---------------------------------------------------------------------------------


def test_bars_are_as_long_as_the_counts():
    ax = plot_overlaps(load_lists("kosovo1999"))
    widths = np.array([patch.get_width() for patch in ax.patches])
    counts = np.sort(load_lists("kosovo1999").cells)[::-1]
    counts = counts[counts > 0]
    assert len(widths) == len(counts) == 15
    np.testing.assert_allclose(widths / widths[0], counts / counts[0])
    for count in counts:
        assert f"{count:,}" in words(ax)
    assert "? on no list" in words(ax)
    assert "1=EXH (1,910)" in words(ax)


def test_each_row_shows_its_lists():
    table = load_lists("gaza_2024_3")
    ax = plot_overlaps(table)
    rows = [tuple(line.get_xdata()) for line in labelled(ax, "lists")]
    assert len(rows) == 7
    place = {x: i for i, x in enumerate(sorted({x for row in rows for x in row}))}
    found = [sum(1 << place[x] for x in row) for row in rows]
    assert found == (np.argsort(-table.cells, kind="stable") + 1).tolist()


def test_rows_that_have_no_room_are_added_up():
    ax = plot_overlaps(load_lists("uk_slavery_6"), most=5)
    cells = np.sort(load_lists("uk_slavery_6").cells)[::-1]
    left = cells[5:][cells[5:] > 0]
    assert f"and {len(left)} more combinations, {left.sum():,} people" in words(ax)
    assert len(ax.patches) == 5
    with pytest.raises(DataError, match="a row or more"):
        plot_overlaps(load_lists("uk_slavery_6"), most=0)
    with pytest.raises(DataError, match="one stratum at a time"):
        plot_overlaps(load_lists("gaza_2024_3_by_month"))


# --- Families ---------------------------------------------------------------------------------


def test_intervals_of_families_are_those_of_the_table(estimates):
    estimate = estimates["kosovo1999"]
    ax = plot_families(estimate)
    drawn = [artist.get_datalim(ax.transData) for artist in labelled(ax, "95% interval")]
    frame = estimate.to_frame()
    expected = [*zip(frame["lower95"], frame["upper95"], strict=True)]
    expected.append((estimate.lower, estimate.upper))
    for box, ends in zip(drawn, expected, strict=True):
        assert (box.x0, box.x1) == pytest.approx(ends)
    assert "decomposable graphs, ruled out by the counts: 13,000" in words(ax)
    assert "4,400 on the lists" in words(ax)
    assert "the answer: " in alt_text(ax)


def test_a_spread_is_no_bar(estimates):
    table = load_lists("gaza_2024_3")
    spread = estimate_unseen(table, families=("graphs", "loglinear"), random_seed=1)
    kinds = {estimates["kosovo1999"].kind, estimates["two"].kind, spread.kind}
    assert kinds == {"averaged", "prior"}  # the counts of Gaza rule the graphs out
    from dataclasses import replace

    apart = replace(spread, kind="spread", ends=(40_000.0, float("nan"), 90_000.0))
    ax = plot_families(apart)
    (line,) = labelled(ax, "spread")
    assert tuple(line.get_xdata()) == (40_000, 90_000)
    assert "they disagree: from 40,000 to 90,000, not an interval" in words(ax)
    assert len(labelled(ax, "95% interval")) == 2


def test_two_lists_say_that_the_prior_decides(estimates):
    assert "the answer, decided by the prior: " in words(plot_families(estimates["two"]))


# --- Weights ----------------------------------------------------------------------------------


def test_an_answer_that_only_the_priors_make_finite_says_so(estimates):
    assert "finite only by the priors" in alt_text(
        plot_families(estimates["artificial_chan2021_3"])
    )
    assert "finite only" not in alt_text(plot_families(estimates["kosovo1999"]))


def test_weights_are_those_of_the_table(averages):
    for average in averages["gaza_2024_3"]:
        ax = plot_model_weights(average)
        widths = [patch.get_width() for patch in labelled_bars(ax)]
        table = average.weights(8)
        expected = 100 * table["weight"][table["weight"] > 0.002]
        np.testing.assert_allclose(widths[: len(expected)], expected)
        assert sum(widths) == pytest.approx(100, abs=0.5)
        assert str(table.iloc[0, 0]) in words(ax)


def labelled_bars(ax):
    """Bars of models, without that of the graph that was left out."""
    return [patch for patch in ax.patches if patch.get_linestyle() == "-"]


def test_the_saturated_graph_is_open(averages):
    graphs, models = averages["gaza_2024_3"]
    ax = plot_model_weights(graphs)
    (left_out,) = [patch for patch in ax.patches if patch.get_linestyle() == "--"]
    assert left_out.get_width() == pytest.approx(100 * graphs.saturated_weight)
    assert "76% if it were not left out: [123]" in words(ax)
    assert "left out" not in words(plot_model_weights(models))


def test_what_the_others_have_is_drawn(averages):
    graphs, _ = averages["uk_slavery_6"]
    ax = plot_model_weights(graphs, top=2)
    rest = 1 - graphs.weights(2)["weight"].sum()
    assert f"{rest:.0%}: all others" in words(ax)
    with pytest.raises(DataError, match="a row or more"):
        plot_model_weights(graphs, top=0)


# --- Before and after -------------------------------------------------------------------------


def test_before_and_after_are_those_of_the_family(estimates):
    estimate = estimates["artificial_chan2021_3"]
    ax = plot_unseen(estimate, family="graphs")
    answer = next(a for a in estimate.families if a.family == "graphs")
    (line,) = labelled(ax, "posterior, 95% interval")
    np.testing.assert_allclose(line.get_xdata(), answer.quantiles([0.025, 0.975]), rtol=0.05)
    (line,) = labelled(ax, "prior, 95% interval")
    np.testing.assert_allclose(line.get_xdata()[1], np.quantile(answer.prior, 0.975), rtol=0.2)
    title = ax.get_title(loc="left").replace("\n", " ")
    assert f"{answer.prior_overlap():.0%} in common" in title


def test_a_family_without_a_prior_is_refused(estimates):
    with pytest.raises(DataError, match=r"family: no prior of the unseen; got 'two_lists'"):
        plot_unseen(estimates["two"], family="two_lists")
    with pytest.raises(DataError, match="Use one of independence, graphs, loglinear"):
        plot_unseen(estimates["kosovo1999"], family="latent_class")
