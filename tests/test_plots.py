import datetime
import itertools
import subprocess
import sys

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest
from fakes import fake_result, osh, report
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.axes import Axes
from matplotlib.collections import EllipseCollection
from matplotlib.text import Annotation

from casualty_models.errors import DataError
from casualty_models.plots import (
    _style,
    alt_text,
    plot_priors,
    plot_sources,
    plot_timeline,
    plot_toll,
)
from casualty_models.plots.toll import DOTS, stack_dots
from casualty_models.summaries import rounded_toll, source_table, timeline_table, toll_table

END = datetime.date(2010, 6, 14)
PLOTS = (plot_toll, plot_timeline, plot_sources, plot_priors)
QUANTITY_PLOTS = PLOTS[:3]
ARTICLE, PHONE = (6.4, 4.0), (3.4, 3.6)


def many_reports():
    reports = [report("killed", day, count) for day, count in enumerate((23, 65, 97, 138, 178), 1)]
    reports += [
        report("killed", 4, 1500, 2500, says="around 2,000", claim="estimate"),
        report("killed", 5, 1001, 2000, says="more than 1,000", source_kind="opponent",
               source="community leaders of the south", claim="claim"),
        report("killed", 5, 140, 180, source_kind="ngo", source="a human rights group"),
    ]  # fmt: skip
    return fake_result(osh(*reports, end=END), median=300, sigma=0.4)


CASES = {
    "two": fake_result(),
    "many": many_reports(),
    "one": fake_result(osh(report("killed", 3, 97), end=END)),
    "floor": fake_result(osh(report("killed", 3, 97, floor=True))),
    "wounded": fake_result(osh(report("wounded", 2, 1247), end=END)),
    "nobody": fake_result(osh(report("killed", 3, 0, says="no deaths"), end=END), median=1.2),
    "day 0": fake_result(osh(report("killed", 0, 4), end=datetime.date(2010, 6, 10))),
}


@pytest.fixture(scope="module")
def result():
    return CASES["two"]


def texts(ax):
    return [text.get_text() for text in ax.texts]


def words(ax):
    return " ".join(" ".join(texts(ax)).split())


def title(ax):
    return ax.get_title(loc="left").replace("\n", " ")


def labelled(ax, label):
    artists = [*ax.collections, *ax.lines, *ax.patches]
    return [artist for artist in artists if artist.get_label() == label]


def bar(artist):
    box = artist.get_datalim(artist.axes.transData)
    return box.x0, box.x1


# What all figures share


@pytest.mark.parametrize("plot", PLOTS)
def test_draws_on_the_axes_given_and_returns_them(result, plot):
    figure, (left, right) = plt.subplots(1, 2, figsize=(9, 4))
    assert plot(result, ax=left) is left
    assert figure.axes == [left, right]
    assert not right.has_data()


@pytest.mark.parametrize("plot", PLOTS)
def test_makes_one_figure_when_no_axes_are_given(result, plot):
    before = set(plt.get_fignums())
    assert isinstance(plot(result), Axes)
    assert len(set(plt.get_fignums()) - before) == 1


@pytest.mark.parametrize("plot", PLOTS)
def test_global_style_stays_as_it_was(result, plot):
    before = dict(mpl.rcParams)
    plot(result)
    assert dict(mpl.rcParams) == before


@pytest.mark.parametrize("plot", PLOTS)
def test_never_shows(result, plot, monkeypatch):
    monkeypatch.setattr(plt, "show", lambda *_, **__: pytest.fail("a plot called show"))
    plot(result)


@pytest.mark.parametrize("plot", PLOTS)
def test_font_size_follows_the_caller(result, plot):
    small = plot(result)
    with mpl.rc_context({"font.size": 14}):
        large = plot(result)
    for ax, size in ((small, 10), (large, 14)):
        assert {round(t.get_fontsize() / size, 2) for t in ax.texts} == {0.83}


@pytest.mark.parametrize("plot", PLOTS)
def test_title_and_description_name_the_event_and_what_is_shown(result, plot):
    ax = plot(result)
    assert "Osh and Jalal-Abad, June 2010" in title(ax)
    assert "eople killed" in title(ax)
    assert "Osh and Jalal-Abad, June 2010" in alt_text(ax)
    assert "95%" in alt_text(ax)


@pytest.mark.parametrize("plot", QUANTITY_PLOTS)
def test_wounded_are_drawn_and_named(result, plot):
    ax = plot(result, quantity="wounded")
    assert title(ax).startswith("People wounded")
    assert "people wounded" in (ax.get_xlabel() or "") + (ax.get_ylabel() or "")


@pytest.mark.parametrize("plot", QUANTITY_PLOTS)
def test_linear_axis(result, plot):
    ax = plot(result, scale="linear")
    label, scale, limits = (
        (ax.get_ylabel(), ax.get_yscale(), ax.get_ylim())
        if plot is plot_timeline
        else (ax.get_xlabel(), ax.get_xscale(), ax.get_xlim())
    )
    assert scale == "linear"
    assert -0.06 * limits[1] < limits[0] <= 0
    assert "log" not in label


@pytest.mark.parametrize("plot", QUANTITY_PLOTS)
def test_unknown_scale_and_quantity_are_refused(result, plot):
    with pytest.raises(DataError, match="scale: unknown scale; got 'sqrt'"):
        plot(result, scale="sqrt")
    with pytest.raises(DataError, match="quantity: unknown quantity; got 'hurt'"):
        plot(result, quantity="hurt")


@pytest.mark.parametrize(
    ("case", "size"), [("two", ARTICLE), ("many", ARTICLE), *((case, PHONE) for case in CASES)]
)
@pytest.mark.parametrize("plot", PLOTS)
def test_nothing_is_cut_off_and_no_text_overlaps(plot, case, size):
    figure, ax = plt.subplots(figsize=size, layout="constrained")
    plot(CASES[case], ax=ax)
    figure.draw_without_rendering()
    frame = figure.bbox.padded(1)
    boxes = {}
    ticks = [*ax.get_xticklabels(), *ax.get_yticklabels()]
    for text in [*ax.texts, *ticks, ax.xaxis.label, ax.yaxis.label, ax._left_title]:
        if text.get_text():
            boxes[text.get_text()] = box = text.get_window_extent()
            assert frame.x0 <= box.x0, text.get_text()
            assert box.x1 <= frame.x1, text.get_text()
            assert frame.y0 <= box.y0, text.get_text()
            assert box.y1 <= frame.y1, text.get_text()
    for (one, a), (two, b) in itertools.combinations(boxes.items(), 2):
        overlap = min(a.x1, b.x1) - max(a.x0, b.x0), min(a.y1, b.y1) - max(a.y0, b.y0)
        assert min(overlap) <= 2, (one, two)


def test_a_box_that_is_cut_off_would_be_seen():
    figure, ax = plt.subplots(figsize=(3.4, 3.6), layout="constrained")
    text = ax.text(0, 0, "a text that is far too long for this narrow figure " * 2, in_layout=False)
    figure.draw_without_rendering()
    assert text.get_window_extent().x1 > figure.bbox.x1


def test_import_of_plots_loads_no_sampler():
    code = (
        "import sys, casualty_models.plots as p\n"
        "p.plot_toll, p.plot_timeline, p.plot_sources, p.plot_priors\n"
        "print([m for m in ('pymc', 'arviz', 'matplotlib.pyplot') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert done.stdout.strip() == "[]"


# Ticks and text


@pytest.mark.parametrize(
    ("limits", "labels"),
    [
        ((40, 1200), ["50", "100", "200", "500", "1,000"]),
        ((97, 110), None),
        ((0.6, 3_000_000), None),
        ((3, 5), None),
    ],
)
def test_log_ticks_are_round_numbers_inside_the_limits(limits, labels):
    _, ax = plt.subplots(figsize=(6.4, 4.0))
    _style.count_axis(ax, ax.xaxis, limits, "log")
    found = [label.get_text() for label in ax.get_xticklabels()]
    values = [float(text.replace(",", "")) for text in found]
    assert ax.get_xlim() == pytest.approx(limits)
    assert len(values) >= 2
    assert limits[0] <= min(values) < max(values) <= limits[1]
    assert labels is None or found == labels


@given(st.lists(st.floats(-100, 100), min_size=1, max_size=20), st.floats(0.01, 10))
def test_spread_keeps_a_gap_and_moves_no_more_than_needed(values, gap):
    values = np.sort(values)
    places = _style.spread(values, gap)
    assert (np.diff(places) >= gap - 1e-9).all()
    if len(values) == 1 or np.diff(values).min() >= gap:
        np.testing.assert_allclose(places, values, atol=1e-9)
    assert places.mean() == pytest.approx(values.mean(), abs=1e-6)


# The toll


def dots(ax):
    (collection,) = (c for c in ax.collections if isinstance(c, EllipseCollection))
    return collection


@pytest.mark.parametrize("case", CASES)
def test_there_are_twenty_dots_and_they_are_explained(case):
    ax = plot_toll(CASES[case])
    assert len(dots(ax).get_offsets()) == DOTS == 20
    assert "each dot is 1 chance in 20" in texts(ax)


@pytest.mark.parametrize("scale", ["log", "linear"])
def test_dots_are_the_quantiles(result, scale):
    ax = plot_toll(result, scale=scale)
    expected = np.quantile(result["posterior"]["true_killed"], (np.arange(20) + 0.5) / 20)
    found = np.sort(dots(ax).get_offsets()[:, 0])
    pixels = [ax.transData.transform(np.c_[x, np.zeros(20)])[:, 0] for x in (expected, found)]
    diameter = ax.bbox.width * dots(ax).get_widths()[0]
    assert np.abs(pixels[0] - pixels[1]).max() < 1.1 * diameter
    assert np.abs(pixels[0] - pixels[1]).mean() < 0.35 * diameter


def test_dots_of_the_smallest_tolls_are_inside_a_linear_axis():
    result = fake_result(osh(report("killed", 3, 60), end=END), median=100.0, sigma=1.3)
    ax = plot_toll(result, scale="linear")
    left = ax.transData.transform(dots(ax).get_offsets())[:, 0].min()
    assert left - ax.bbox.width * dots(ax).get_widths()[0] / 2 >= ax.bbox.x0


def test_dots_do_not_touch(result):
    ax = plot_toll(result)
    centers = ax.transData.transform(dots(ax).get_offsets())
    diameter = ax.bbox.width * dots(ax).get_widths()[0]
    distances = [np.hypot(*(a - b)) for a, b in itertools.combinations(centers, 2)]
    assert min(distances) >= diameter


@pytest.mark.parametrize("count", [60, 97, 310, 1000])
def test_as_many_dots_lie_above_the_documented_count_as_the_posterior_says(count):
    result = fake_result(osh(report("killed", 3, count), end=END))
    above = (dots(plot_toll(result)).get_offsets()[:, 0] > count).sum()
    assert above == round(20 * float((result["posterior"]["true_killed"] > count).mean()))


@given(
    st.lists(st.floats(-3, 3), min_size=1, max_size=20),
    st.floats(0.05, 1.0),
    st.floats(-2, 2),
)
def test_stacks_do_not_overlap_and_none_crosses_the_edge(values, width, edge):
    x, level = stack_dots(np.array(values), width, edge)
    assert len(x) == len(level) == len(values)
    stacks = np.unique(x)
    assert (np.diff(stacks) >= width - 1e-9).all()
    assert (np.abs(x - edge) >= width / 2 - 1e-9).all()
    assert (x > edge).sum() == (np.array(values) >= edge).sum()
    for stack in stacks:
        assert sorted(level[x == stack]) == [0.5 + i for i in range((x == stack).sum())]


def test_intervals_drawn_are_those_of_the_table(result):
    ax = plot_toll(result)
    row = toll_table(result).loc["killed"]
    for percent in ("50", "80", "95"):
        (artist,) = labelled(ax, f"{percent}% interval")
        assert bar(artist) == pytest.approx((row[f"lower{percent}"], row[f"upper{percent}"]))
    (median,) = labelled(ax, "median")
    assert median.get_xdata()[0] == pytest.approx(row["median"])


def test_interval_text_is_rounded_and_names_the_intervals(result):
    ends = rounded_toll(result, "killed")
    assert (
        f"median {ends['median']}; 50% interval {ends['lower50']} to {ends['upper50']};"
        f" 95% {ends['lower95']} to {ends['upper95']:,}"
    ) in words(plot_toll(result))


def test_reports_are_shown_as_printed_with_their_bounds(result):
    ax = plot_toll(result)
    assert '"neared 100", provisional government, 13 June 2010' in words(ax)
    (drawn,) = labelled(ax, "reported")
    assert list(drawn.get_xdata()) == [85, 99]
    assert "at least 85 counted" in words(ax)
    (line,) = labelled(ax, "documented")
    assert list(line.get_xdata()) == [85, 85]


def test_claims_are_told_from_counts():
    ax = plot_toll(CASES["many"])
    assert 'estimate: "around 2,000"' in words(ax)
    styles = {line.get_linestyle() for line in labelled(ax, "reported")}
    assert styles == {"-", ":"}
    assert "178 counted" in words(ax)


def test_reports_that_have_no_room_are_counted():
    _, ax = plt.subplots(figsize=(3.4, 2.6), layout="constrained")
    plot_toll(CASES["many"], ax=ax)
    shown = len(labelled(ax, "reported"))
    assert shown < 4
    assert f"and {4 - shown} more, not shown" in texts(ax)


def test_no_documented_line_without_a_count():
    ax = plot_toll(CASES["wounded"], quantity="killed")
    assert not labelled(ax, "documented")
    assert not labelled(ax, "reported")
    assert "no total" in alt_text(ax)


def test_axis_says_when_the_event_is_not_over(result):
    assert plot_toll(result).get_xlabel() == "people killed by the end of the event (log scale)"
    assert plot_toll(CASES["one"]).get_xlabel() == "people killed (log scale)"


# The timeline


def test_fan_is_that_of_the_timeline_table(result):
    ax = plot_timeline(result, until="2010-06-20")
    (band,) = labelled(ax, "true toll so far, 95% interval")
    table = timeline_table(result, [10]).query("quantity == 'killed'").set_index("measure")
    ends = band.get_paths()[0].vertices
    last = ends[np.isclose(ends[:, 0], ends[:, 0].max())][:, 1]
    assert last.min() == pytest.approx(table.loc["true_so_far", "lower95"])
    assert last.max() == pytest.approx(table.loc["true_so_far", "upper95"])
    for name in ("median", "lower95", "upper95"):
        (line,) = labelled(ax, f"count to expect, {name}")
        assert line.get_ydata()[-1] == pytest.approx(table.loc["expected_count", name])


def test_bands_are_labelled_in_their_order(result):
    ax = plot_timeline(result)
    labels = ["50% interval", "80% interval", "95% interval", "true toll", "expected count"]
    height = {t.get_text(): t.xy[1] for t in ax.texts if isinstance(t, Annotation)}
    assert set(labels) <= set(height)
    assert height["true toll"] < height["50% interval"] < height["80% interval"]
    assert height["80% interval"] < height["95% interval"]


def test_every_report_is_drawn_at_its_bounds():
    ax = plot_timeline(CASES["many"])
    drawn = {tuple(line.get_ydata()) for line in labelled(ax, "report")}
    assert drawn == {
        (23, 23), (65, 65), (97, 97), (138, 138), (178, 178), (1500, 2500), (1001, 2000),
        (140, 180),
    }  # fmt: skip


def test_reports_of_one_day_stand_side_by_side():
    ax = plot_timeline(CASES["many"])
    days = [line.get_xdata()[0] for line in labelled(ax, "report")]
    assert len(set(days)) == len(days) == 8
    start = mpl.dates.date2num(datetime.date(2010, 6, 10))
    assert sorted(np.floor(np.array(days) - start)) == [1, 2, 3, 4, 4, 5, 5, 5]


def test_words_of_reports_are_printed(result):
    assert '"neared 100"' in texts(plot_timeline(result))


def test_timeline_refuses_to_end_before_the_start(result):
    with pytest.raises(
        DataError, match="until: the last day is before the start of the event; got '2010"
    ):
        plot_timeline(result, until="2010-06-09")


def test_description_of_many_reports_stays_short():
    text = alt_text(plot_timeline(CASES["many"]))
    assert "Reported: 8 times, at last" in text
    assert len(text) < 600


# Sources


def test_sources_are_those_of_the_source_table(result):
    ax = plot_sources(result)
    table = source_table(result)
    drawn = [bar(artist) for artist in labelled(ax, "95% interval")]
    ends = [tuple(row) for row in table[["lower95", "upper95"]].to_numpy()]
    toll = toll_table(result).loc["killed"]
    assert drawn == [pytest.approx(pair) for pair in [*ends, (toll["lower95"], toll["upper95"])]]
    assert labelled(ax, "95% interval")[-1].get_facecolor().tolist() != (
        labelled(ax, "95% interval")[0].get_facecolor().tolist()
    )


def test_sources_are_named_with_their_words(result):
    found = words(plot_sources(result))
    assert 'official count, "neared 100", 13 June about' in found
    assert 'official count of wounded, "nearly 1,000", 12 June' in found
    assert f"all reports together {toll_table(result).loc['killed', 'printed']}" in found


def test_the_year_is_printed_where_it_is_not_that_of_the_event():
    result = fake_result(osh(report("killed", 327, 426), end=END))
    assert 'official count, "426", 3 May 2011 about' in words(plot_sources(result))


def test_another_table_can_be_drawn(result):
    table = source_table(result).iloc[:1].copy()
    table["upper95"] = 12_345.0
    ax = plot_sources(result, table=table)
    assert bar(labelled(ax, "95% interval")[0])[1] == pytest.approx(12_345)
    assert len(labelled(ax, "95% interval")) == 2


# Priors


@pytest.mark.parametrize("var", ["true_killed", "completeness", "duration", "source_effect"])
def test_prior_and_posterior_intervals_are_those_of_the_draws(result, var):
    ax = plot_priors(result, var=var)
    for group in ("prior", "posterior"):
        values = result[group][var]
        for dim in set(values.dims) - {"chain", "draw"}:
            values = values.isel({dim: 0})
        (line,) = labelled(ax, f"{group}, 95% interval")
        np.testing.assert_allclose(line.get_xdata(), np.quantile(values, (0.025, 0.975)))
        assert f"{group}: median" in words(ax)


def test_densities_have_equal_area(result):
    ax = plot_priors(result, var="true_killed")
    areas = []
    for group in ("prior", "posterior"):
        (line,) = labelled(ax, group)
        areas.append(np.trapezoid(line.get_ydata(), np.log(line.get_xdata())))
    assert areas == [pytest.approx(1, abs=0.06), pytest.approx(1, abs=0.02)]


def test_an_element_can_be_chosen(result):
    killed = plot_priors(result, var="half_time")
    wounded = plot_priors(result, var="half_time", coords={"quantity": "wounded"})
    assert "(killed)" in killed.get_xlabel()
    assert "(wounded)" in wounded.get_xlabel()
    assert words(killed) != words(wounded)


def test_a_fixed_parameter_is_called_fixed(result):
    ax = plot_priors(result, var="growth_shape")
    assert "prior: fixed at 1.5" in texts(ax)
    assert not labelled(ax, "prior")


def test_priors_refuse_what_is_not_there(result):
    with pytest.raises(DataError, match=r"var: not in the prior; got 'mu'. Use one of \['true_kil"):
        plot_priors(result, var="mu")
    with pytest.raises(DataError, match="coords: no such quantity; got 'hurt'"):
        plot_priors(result, var="half_time", coords={"quantity": "hurt"})
