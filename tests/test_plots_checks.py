"""Figures of what an answer rests on."""

from dataclasses import replace

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from fakes import START, fake_result, osh, report
from matplotlib.axes import Axes

from casualty_models.checks import contradictions, sensitivity
from casualty_models.errors import DataError
from casualty_models.plots import _style, alt_text
from casualty_models.plots.contradictions import plot_contradictions
from casualty_models.plots.leave_one_out import plot_leave_one_out
from casualty_models.plots.sensitivity import plot_sensitivity

ARTICLE, PHONE, SLIDE = (6.4, 4.4), (3.4, 4.6), (10, 5.6)
LOGS = {"lower95": -1, "lower80": -0.6, "lower50": -0.3, "median": 0, "upper50": 0.3,
        "upper80": 0.7, "upper95": 1.2}  # fmt: skip


def left_out(*rows):
    found = []
    for without, median in rows:
        ends = {name: median * np.exp(log) for name, log in LOGS.items()}
        found.append({"without": without, "quantity": "killed", "reports": 3, **ends,
                      "printed": f"about {median:,.0f}"})  # fmt: skip
    return pd.DataFrame(found)


@pytest.fixture(scope="module")
def event():
    claim = report("killed", 5, 1800, 2200, says="up to 2,000", source="a newspaper",
                   source_kind="media", claim="claim")  # fmt: skip
    counts = (report("killed", day, n) for day, n in ((1, 37), (2, 65), (3, 97), (4, 9_710),
                                                      (5, 138), (6, 170)))  # fmt: skip
    return osh(*counts, claim)


@pytest.fixture(scope="module")
def figures(event):
    weak = left_out(("", 310), ("officials", 610), ("newspapers and wires", 320), ("NGO", np.nan))
    return {
        "contradictions": (plot_contradictions, event),
        "leave_one_out": (plot_leave_one_out, weak),
        "sensitivity": (plot_sensitivity, sensitivity(fake_result())),
    }


NAMES = ("contradictions", "leave_one_out", "sensitivity")


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("size", [ARTICLE, PHONE, SLIDE])
def test_all_text_is_inside_the_figure(figures, name, size):
    plot, data = figures[name]
    fig, ax = plt.subplots(figsize=size, layout="constrained")
    plot(data, ax=ax)
    fig.canvas.draw()
    for text in [t for t in ax.texts if t.get_text()] + [ax.title]:
        box = text.get_window_extent()
        assert box.x0 >= -1, text.get_text()
        assert box.x1 <= fig.bbox.x1 + 1, text.get_text()


@pytest.mark.parametrize("name", NAMES)
def test_a_figure_returns_its_axes_and_describes_itself(figures, name):
    plot, data = figures[name]
    _, ax = plt.subplots()
    assert plot(data, ax=ax) is ax
    assert isinstance(plot(data), Axes)
    assert len(alt_text(ax)) > 60
    with pytest.raises(DataError, match="unknown quantity"):
        plot(data, quantity="missing")


def test_the_answer_from_all_sources_is_blue_and_marked_through_the_others(figures):
    ax = plot_leave_one_out(figures["leave_one_out"][1])
    (line,) = [li for li in ax.lines if li.get_label() == "median from all sources"]
    assert line.get_xdata()[0] == pytest.approx(310)
    widest = [c for c in ax.collections if c.get_label() == "95% interval"]
    assert len(widest) == 3, "a source without which nothing is left has no bar"
    blue = [c.get_facecolor()[0][2] > c.get_facecolor()[0][0] + 0.05 for c in widest]
    assert blue == [True, False, False]
    assert "without officials (3): about 610" in alt_text(ax)


def test_a_table_that_is_no_table_of_left_out_sources_is_refused(figures):
    table = figures["leave_one_out"][1]
    with pytest.raises(DataError, match="no printed"):
        plot_leave_one_out(table.drop(columns="printed"))
    with pytest.raises(DataError, match="all sources first"):
        plot_leave_one_out(table[table["without"] != ""])
    with pytest.raises(DataError, match="rows of wounded"):
        plot_leave_one_out(table, quantity="wounded")


def test_the_bars_of_a_component_are_those_of_the_table():
    table = sensitivity(fake_result())
    table.loc[table["component"] == "toll", ["lower90_half", "median_half", "upper90_half"]] = (
        np.nan
    )
    ax = plot_sensitivity(table)
    bars = {
        n: [c for c in ax.collections if c.get_label() == n] for n in ("half", "as_is", "twice")
    }
    rows = table[table["quantity"] == "killed"]
    assert len(bars["as_is"]) == len(bars["half"]) + 1 == len(rows)
    first = bars["twice"][0].get_paths()[0].get_extents()
    assert (first.x0, first.x1) == pytest.approx(
        (rows["lower90_twice"].iloc[0], rows["upper90_twice"].iloc[0])
    )
    with pytest.raises(DataError, match="no sensitivity"):
        plot_sensitivity(table.drop(columns="sensitivity"))


def test_a_component_that_matters_is_written_in_bold():
    table = sensitivity(fake_result())
    table.loc[table["component"] == "growth", "sensitivity"] = 0.4
    table.loc[table["component"] != "growth", "sensitivity"] = 0.01
    texts = [t for t in plot_sensitivity(table).texts if t.get_gid() != _style.NOTE]
    assert [t.get_weight() for t in texts] == ["bold"] + ["normal"] * 4
    assert texts[0].get_text() == "growth: 0.4"


def test_contradictory_pairs_are_joined_and_the_doubted_one_stands_out(event):
    table = contradictions(event)
    ax = plot_contradictions(event, table=table, most=2)
    links = [li for li in ax.lines if li.get_label() == "contradiction"]
    assert len(links) == 2
    assert sorted(t.get_text() for t in ax.texts)[0].startswith('"')
    assert any("9,710" in t.get_text() for t in ax.texts)
    orange = {tuple(li.get_xdata()) for li in ax.lines
              if li.get_label() == "statement" and li.get_color() == _style.VERMILLION}  # fmt: skip
    assert len(orange) == len(set(table["doubt"][:2]))
    assert "To doubt first" in alt_text(ax)


def test_an_event_without_contradictions_is_drawn_without_links():
    ax = plot_contradictions(osh(report("killed", 2, 50), report("killed", 3, 85)))
    assert not [li for li in ax.lines if li.get_label() == "contradiction"]
    assert "None is further apart" in alt_text(ax)


def test_nothing_stated_is_not_drawn(event):
    only = replace(event, reports=[r for r in event.reports if r.date.day == START.day + 1])
    with pytest.raises(DataError, match="nothing was stated about people wounded"):
        plot_contradictions(only, quantity="wounded")
