"""Figures of many estimates, of chances, and of what is documented."""

import datetime
import itertools

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest
from fakes import START, fake_result, osh, report
from matplotlib.axes import Axes
from matplotlib.text import Annotation

from casualty_models.errors import DataError
from casualty_models.plots import (
    _style,
    alt_text,
    plot_comparison,
    plot_documented,
    plot_exceedance,
    plot_unfolding,
)
from casualty_models.summaries import prob_above, tolls_table

END = datetime.date(2010, 6, 14)
ARTICLE, PHONE, SLIDE = (6.4, 4.0), (3.4, 3.6), (10, 5.6)
LONG = "Cyclone Nargis, Ayeyarwady and Yangon, Myanmar, in the first days of May 2008"
KNOWN = [(1, 12, 60, 1.1), (2, 45, 150, 1.0), (3, 97, 310, 0.9), (6, 178, 370, 0.5),
         (18, 260, 390, 0.3)]  # fmt: skip


def known_on(day, count, median, sigma, **fields):
    event = osh(report("killed", day, count), end=END if day > 4 else None, **fields)
    return fake_result(event.as_of(START + datetime.timedelta(days=day)), median=median,
                       sigma=sigma)  # fmt: skip


@pytest.fixture(scope="module")
def result():
    return fake_result()


@pytest.fixture(scope="module")
def unfolding():
    return tolls_table([known_on(*row) for row in KNOWN])


@pytest.fixture(scope="module")
def events():
    counted_high = fake_result(osh(report("killed", 3, 200), name="Elsewhere", end=END), median=120)
    wounded = fake_result(osh(report("wounded", 2, 1247), name="Third place", end=END))
    large = fake_result(osh(report("killed", 3, 41_000), name=LONG, end=END), median=120_000)
    return tolls_table([fake_result(), counted_high, wounded, large])


PLOTS = {
    "exceedance": (plot_exceedance, "result"),
    "documented": (plot_documented, "events"),
    "comparison": (plot_comparison, "events"),
    "unfolding": (plot_unfolding, "unfolding"),
}


@pytest.fixture(params=list(PLOTS))
def drawn(request):
    """Return a plot function and what it draws."""
    plot, name = PLOTS[request.param]
    return plot, request.getfixturevalue(name)


def labelled(ax, label):
    artists = [*ax.collections, *ax.lines, *ax.patches]
    return [artist for artist in artists if artist.get_label() == label]


def bars(ax, label):
    return [bar for group in ax.containers if group.get_label() == label for bar in group]


def words(ax):
    return " ".join(" ".join(text.get_text() for text in ax.texts).split())


def title(ax):
    return ax.get_title(loc="left").replace("\n", " ")


def test_draws_on_the_axes_given_and_returns_them(drawn):
    plot, data = drawn
    figure, (left, right) = plt.subplots(1, 2, figsize=(9, 4))
    assert plot(data, ax=left) is left
    assert figure.axes == [left, right]
    assert not right.has_data()


def test_makes_one_figure_shows_nothing_and_leaves_the_style(drawn, monkeypatch):
    plot, data = drawn
    monkeypatch.setattr(plt, "show", lambda *_, **__: pytest.fail("a plot called show"))
    before, numbers = dict(mpl.rcParams), set(plt.get_fignums())
    assert isinstance(plot(data), Axes)
    assert len(set(plt.get_fignums()) - numbers) == 1
    assert dict(mpl.rcParams) == before


def test_font_size_follows_the_caller(drawn):
    plot, data = drawn
    with mpl.rc_context({"font.size": 14}):
        ax = plot(data)
    assert {round(text.get_fontsize() / 14, 2) for text in ax.texts} == {0.83}


def test_title_and_description_say_what_is_shown(drawn):
    plot, data = drawn
    ax = plot(data, quantity="wounded")
    assert "wounded" in title(ax)
    assert "wounded" in ax.get_xlabel() + ax.get_ylabel()
    assert alt_text(ax).startswith(title(ax))
    assert "%" in alt_text(ax)


def test_unknown_quantity_is_refused(drawn):
    plot, data = drawn
    with pytest.raises(DataError, match="quantity: unknown quantity; got 'hurt'"):
        plot(data, quantity="hurt")


@pytest.mark.parametrize("plot", [plot_exceedance, plot_comparison, plot_unfolding])
def test_scales(plot, result):
    data = result if plot is plot_exceedance else tolls_table([result])
    ax = plot(data, scale="linear")
    assert "log" not in ax.get_xlabel() + ax.get_ylabel()
    assert "linear" in {ax.get_xscale(), ax.get_yscale()}
    with pytest.raises(DataError, match="scale: unknown scale; got 'sqrt'"):
        plot(data, scale="sqrt")


@pytest.mark.parametrize("size", [ARTICLE, PHONE, SLIDE])
def test_nothing_is_cut_off_and_no_text_overlaps(drawn, size):
    plot, data = drawn
    with mpl.rc_context({"font.size": 16 if size == SLIDE else 10}):
        figure, ax = plt.subplots(figsize=size, layout="constrained")
        plot(data, ax=ax)
        figure.draw_without_rendering()
    frame = figure.bbox.padded(1)
    ticks = [*ax.get_xticklabels(), *ax.get_yticklabels()]
    shown = [*ax.texts, *ticks, ax.xaxis.label, ax.yaxis.label, ax._left_title]
    boxes = [(t.get_text(), Annotation.get_window_extent(t) if isinstance(t, Annotation)
              else t.get_window_extent()) for t in shown if t.get_text()]  # fmt: skip
    for text, box in boxes:
        assert frame.x0 <= box.x0, text
        assert box.x1 <= frame.x1, text
        assert frame.y0 <= box.y0, text
        assert box.y1 <= frame.y1, text
    for (one, a), (two, b) in itertools.combinations(boxes, 2):
        overlap = min(a.x1, b.x1) - max(a.x0, b.x0), min(a.y1, b.y1) - max(a.y0, b.y0)
        assert min(overlap) <= (3 if size == SLIDE else 2), (one, two)


# The chance of more


def test_curve_is_the_share_of_draws_above(result):
    ax = plot_exceedance(result)
    (curve,) = labelled(ax, "chance of more")
    assert (np.diff(curve.get_ydata()) <= 0).all()
    for x, y in list(zip(*curve.get_data(), strict=True))[::40]:
        assert y == pytest.approx(100 * prob_above(result, x), abs=1e-9)


def test_marks_lie_on_the_curve_and_say_the_number(result):
    ax = plot_exceedance(result)
    draws = result["posterior"]["true_killed"]
    for percent, printed in ((90, "95"), (50, "310"), (10, "950")):
        (mark,) = labelled(ax, f"{percent}%")
        assert mark.get_xdata()[0] == pytest.approx(float(draws.quantile(1 - percent / 100)))
        assert f"more than {printed}" in words(ax)
    assert "85 counted: 92% chance of more" in words(ax)


def test_no_line_without_a_count():
    ax = plot_exceedance(fake_result(osh(report("wounded", 2, 1247), end=END)))
    assert not labelled(ax, "documented")
    assert "counted" not in alt_text(ax)


def test_of_a_minimum_the_chance_of_twice_as_many_is_given():
    ax = plot_exceedance(fake_result(osh(report("killed", 3, 2, floor=True), end=END)))
    assert "2 counted, a minimum: more than 99% chance of twice that" in alt_text(ax)
    ax = plot_exceedance(fake_result(osh(report("killed", 3, 2), end=END)))
    assert "2 counted: more than 99% chance of more" in alt_text(ax)


# Documented and estimated


def test_parts_add_up_to_the_median(result):
    ax = plot_documented(tolls_table([result]))
    (documented,), (beyond,) = bars(ax, "documented"), bars(ax, "undocumented")
    assert documented.get_width() == 85
    assert beyond.get_x() == 85
    median = float(result["posterior"]["true_killed"].median())
    assert documented.get_width() + beyond.get_width() == pytest.approx(median)
    (interval,) = labelled(ax, "95% interval")
    row = tolls_table([result]).iloc[0]
    assert list(interval.get_xdata()) == pytest.approx([row["lower95"], row["upper95"]])


def test_parts_as_printed_add_up_too(result):
    text = alt_text(plot_documented(tolls_table([result])))
    assert "85 documented; 225 estimated undocumented; total about 310 (" in text


def test_a_count_above_the_median_is_said_and_nothing_is_hatched(events):
    ax = plot_documented(events.iloc[2:4])
    assert not bars(ax, "undocumented")
    assert "200 documented, above the median; total about 120" in alt_text(ax)


def test_no_count_is_not_a_count_of_zero(events):
    ax = plot_documented(events[events["event"] == "Third place"])
    assert "no count; total about 310" in alt_text(ax)
    assert bars(ax, "documented")[0].get_width() == 0


# Side by side


def test_rows_are_events_in_the_order_of_the_table(events):
    text = words(plot_comparison(events))
    places = [text.index(name) for name in ("Osh and", "Elsewhere", "Third place", "Cyclone")]
    assert places == sorted(places)


def test_bars_and_counts_are_those_of_the_table(events):
    ax = plot_comparison(events)
    rows = events[events["quantity"] == "killed"]
    bars = [artist.get_datalim(ax.transData) for artist in labelled(ax, "95% interval")]
    assert [bar.x0 for bar in bars] == pytest.approx(rows["lower95"].tolist())
    assert [bar.x1 for bar in bars] == pytest.approx(rows["upper95"].tolist())
    counted = [line.get_xdata()[0] for line in labelled(ax, "documented")]
    assert counted == [85, 200, 41_000]


def test_rows_of_one_event_are_named_by_their_days(unfolding):
    ax = plot_comparison(unfolding)
    assert title(ax) == "People killed: Osh and Jalal-Abad, June 2010"
    assert "28 June 2010" in words(ax)


@pytest.mark.parametrize("plot", [plot_documented, plot_comparison, plot_unfolding])
def test_another_table_is_refused(plot, events):
    with pytest.raises(DataError, match=r"table: the table has no documented, known_by\. Use what"):
        plot(events.drop(columns=["known_by", "documented"]))
    with pytest.raises(DataError, match="table: the table has no rows of wounded"):
        plot(events[events["quantity"] == "killed"], quantity="wounded")


# As reports came in


@pytest.mark.parametrize("spacing", ["calendar", "even"])
def test_each_estimate_holds_until_the_next(unfolding, spacing):
    ax = plot_unfolding(unfolding, spacing=spacing)
    rows = unfolding[unfolding["quantity"] == "killed"]
    (median,) = labelled(ax, "median")
    x, y = median.get_data()
    assert median.get_drawstyle() == "steps-post"
    assert list(y[:-1]) == pytest.approx(rows["median"].tolist())
    assert (np.diff(x) > 0).all()
    assert len({round(step, 9) for step in np.diff(x)}) == (1 if spacing == "even" else 4)
    (counted,) = labelled(ax, "documented")
    assert list(counted.get_ydata()[:-1]) == [12, 45, 97, 178, 260]


def test_rows_are_put_in_order_of_their_days(unfolding):
    ax = plot_unfolding(unfolding.iloc[::-1])
    assert list(labelled(ax, "documented")[0].get_ydata()[:-1]) == [12, 45, 97, 178, 260]


def test_a_toll_settled_later_is_drawn_and_named(unfolding):
    ax = plot_unfolding(unfolding, settled=470)
    assert set(labelled(ax, "settled")[0].get_ydata()) == {470}
    assert "settled 470" in words(ax)
    assert "Established later: 470." in alt_text(ax)
    assert not labelled(plot_unfolding(unfolding), "settled")


def test_first_and_last_day_are_labelled(unfolding):
    _, ax = plt.subplots(figsize=PHONE, layout="constrained")
    plot_unfolding(unfolding, ax=ax, spacing="even")
    found = [label.get_text() for label in ax.get_xticklabels()]
    assert (found[0], found[-1]) == ("11 Jun\n2010", "28 Jun")


def test_unfolding_refuses_several_events_and_unknown_spacing(unfolding, events):
    with pytest.raises(
        DataError, match="table: one event is wanted, with one row a day; got '4 ev"
    ):
        plot_unfolding(events)
    with pytest.raises(
        DataError, match=r"spacing: unknown spacing; got 'log'\. Use one of calendar"
    ):
        plot_unfolding(unfolding, spacing="log")


def test_bands_differ_when_printed_in_gray():
    shades = [mpl.colors.to_rgb(color) @ np.array([0.299, 0.587, 0.114])
              for color in _style.BANDS.values()]  # fmt: skip
    assert (np.abs(np.diff(shades)) > 0.12).all()


@pytest.mark.parametrize(
    "name", ["x" * 24 + 50 * " yy", "$\\frac{", "Ош \u202e и Джалал-Абад", "a " * 300]
)
@pytest.mark.parametrize("plot", [plot_documented, plot_comparison, plot_unfolding])
def test_names_of_any_kind_stay_inside_the_figure(plot, name):
    table = tolls_table([known_on(*KNOWN[0]), known_on(*KNOWN[1])]).assign(event=name)
    figure, ax = plt.subplots(figsize=PHONE, layout="constrained")
    plot(table, ax=ax)
    figure.draw_without_rendering()
    for text in [*ax.texts, ax._left_title]:
        box = text.get_window_extent()
        assert box.x1 <= figure.bbox.x1 + 1, text.get_text()[:40]
        assert box.y1 <= figure.bbox.y1 + 1, text.get_text()[:40]
    assert name[:20] in alt_text(ax)
