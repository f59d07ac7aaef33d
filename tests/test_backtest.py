"""Replay: nothing leaks, folds are apart, scores add up, and wrong histories are noticed."""

import dataclasses
import datetime

import numpy as np
import pandas as pd
import pytest
from matplotlib import pyplot as plt

from casualty_models.backtest import (
    BASELINES,
    HORIZONS,
    Forecast,
    answered_by_all,
    assign_folds,
    clusters,
    forecasts,
    last_official_count,
    paired_difference,
    permute_references,
    reference_draws,
    score_table,
    scoreboard,
    seen,
    settled_events,
    shuffle_dates,
    with_permuted_references,
    with_shuffled_dates,
    worst,
)
from casualty_models.backtest.folds import NEAR_DAYS, WARS
from casualty_models.datasets import history_events
from casualty_models.errors import DataError
from casualty_models.events import KINDS, Event, Reference, Report
from casualty_models.plots import alt_text
from casualty_models.plots.calibration import plot_calibration
from casualty_models.scores import covered, crps

RULE = "count x ratio"


@pytest.fixture(scope="module")
def events():
    return settled_events()


@pytest.fixture(scope="module")
def table(events):
    return score_table(events, {name: forecasts(events, BASELINES[name]) for name in BASELINES})


def made_up(number, *, country="X", start="2020-01-01", end=None, kind="riot", killed=100):
    first = datetime.date.fromisoformat(start)
    reports = [
        Report(date=first + datetime.timedelta(days=day), source="ministry", quantity="killed",
               source_kind="official", value=value)
        for day, value in ((0, 20 + number), (2, 50 + number), (10, 90 + number))
    ]  # fmt: skip
    return Event(name=f"event {number}", id=f"E{number}", kind=kind, country=country, start=first,
                 end=end or first, reports=reports,
                 reference=Reference(killed=killed, quality="A"))  # fmt: skip


APART = [made_up(n, country=f"C{n}", start=f"20{10 + n}-01-01") for n in range(10)]


# The history that is replayed


def test_sourced_events_are_fewer_and_hold_only_sourced_reports(events):
    everything = settled_events(sourced_only=False)
    assert {event.id for event in events} < {event.id for event in everything}
    assert all(event.sourced and event.reports for event in events)
    assert all(report.sourced for event in events for report in event.reports)
    assert any(not report.sourced for event in everything for report in event.reports)
    assert len(everything) == len(history_events())


# What was seen


def test_seen_holds_nothing_that_came_later(events):
    for event in events:
        for horizon in HORIZONS:
            then = seen(event, horizon)
            if then is None:
                continue
            day = event.start + datetime.timedelta(days=horizon)
            assert then.known_on == day
            assert then.reports == tuple(r for r in event.reports if r.date <= day)
            assert then.reference is None
            assert then.end is None or then.end <= day
            assert then.reports


def test_nothing_seen_before_the_first_report():
    later = dataclasses.replace(APART[0], start=APART[0].start - datetime.timedelta(days=4))
    assert [seen(later, day) is None for day in (1, 3, 4, 7)] == [True, True, False, False]


# References


def test_reference_draws_are_quantiles_of_a_normal_on_the_log_scale():
    draws = reference_draws(Reference(killed=200, lower=100, upper=400, quality="B"), size=4001)
    assert np.median(draws) == pytest.approx(np.log(200))
    assert np.exp(np.quantile(draws, [0.05, 0.95])) == pytest.approx([100, 400], rel=0.01)


@pytest.mark.parametrize(("quality", "spread"), [("A", 0.02), ("B", 0.08), ("C", 0.25)])
def test_a_grade_has_a_least_spread(quality, spread):
    for reference in (
        Reference(killed=100, quality=quality),
        Reference(killed=100, lower=100, upper=100, quality=quality),
    ):
        draws = reference_draws(reference, size=2001)
        assert draws.std() == pytest.approx(spread, rel=0.02)


def test_a_range_without_a_point_is_centered_between_its_ends():
    draws = reference_draws(Reference(lower=50, upper=800, quality="C"))
    assert np.median(draws) == pytest.approx(np.log(200))


def test_one_bound_beside_the_point_is_enough():
    one = reference_draws(Reference(killed=100, upper=300, quality="A"))
    both = reference_draws(Reference(killed=100, lower=100 / 3, upper=300, quality="A"))
    np.testing.assert_allclose(one, both)


@pytest.mark.parametrize("fields", [{}, {"lower": 10}, {"upper": 10}, {"wounded": 50}])
def test_no_toll_and_no_range_is_refused(fields):
    reference = Reference(**fields, quality="C")
    with pytest.raises(DataError, match="neither a toll nor a range"):
        reference_draws(reference)
    unsettled = dataclasses.replace(APART[0], reference=reference)
    with pytest.raises(DataError, match="E0: the event has no reference to be scored against"):
        forecasts([unsettled, *APART[1:]], BASELINES["last count"])


# Folds


def test_near_events_of_one_country_are_one_cluster():
    near = made_up(1, start="2020-01-01", end="2020-01-20")
    just = (near.end + datetime.timedelta(days=NEAR_DAYS)).isoformat()
    far = (near.end + datetime.timedelta(days=NEAR_DAYS + 1)).isoformat()
    assert clusters([near, made_up(2, start=just)]).tolist() == [0, 0]
    assert clusters([made_up(2, start=just), near]).tolist() == [0, 0]
    assert clusters([near, made_up(2, start=far)]).tolist() == [0, 1]
    assert clusters([near, made_up(2, start=just, country="Y")]).tolist() == [0, 1]
    assert clusters([near, made_up(2, start=just, country=None)]).tolist() == [0, 1]


def test_clusters_are_joined_through_others():
    chain = [made_up(n, start=day) for n, day in enumerate(("2020-01-01", "2020-04-01"))]
    assert clusters(chain).tolist() == [0, 1]
    link = made_up(3, start="2020-02-15")
    assert clusters([*chain, link]).tolist() == [0, 0, 0]


def test_one_disaster_in_two_countries_is_one_cluster():
    wave = {"start": "2020-12-26", "kind": "tsunami"}
    there = made_up(2, country="Y", **wave)
    assert clusters([made_up(1, country="X", **wave), there]).tolist() == [0, 0]
    fire = made_up(1, country="X", start="2020-12-26", kind="fire")
    assert clusters([fire, there]).tolist() == [0, 1]


def test_wars_name_events_of_the_history_once_and_hold_them_together():
    history = history_events()
    known = {event.id for event in history}
    named = [event_id for members in WARS.values() for event_id in members]
    assert len(set(named)) == len(named)
    assert set(named) <= known
    label = dict(zip([event.id for event in history], clusters(history), strict=True))
    for members in WARS.values():
        assert len({label[event_id] for event_id in members}) == 1


@pytest.mark.parametrize("seed", range(3))
def test_no_cluster_is_in_two_folds_and_folds_are_balanced(events, seed):
    fold, label = assign_folds(events, random_seed=seed), clusters(events)
    for name in np.unique(label):
        assert len(set(fold[label == name])) == 1
    groups = np.array([KINDS[event.kind] for event in events])
    for chosen in (groups != "", *(groups == group for group in set(groups))):
        sizes = np.bincount(fold[chosen], minlength=5)
        assert sizes.max() - sizes.min() <= 4


def test_folds_follow_the_seed(events):
    first, again, other = (assign_folds(events, random_seed=seed) for seed in (1, 1, 2))
    assert (first == again).all()
    assert (first != other).any()


@pytest.mark.parametrize("folds", [0, 1, 11])
def test_folds_that_cannot_be_made_are_refused(folds):
    with pytest.raises(DataError, match="there are 10 clusters"):
        assign_folds(APART, folds)


# Replay


def test_a_method_never_learns_from_what_it_is_asked_about(events):
    label = dict(zip([event.id for event in events], clusters(events), strict=True))
    asked_in_all = []

    def learn(train):
        learned = {label[event.id] for event in train}
        assert all(event.reference for event in train)

        def predict(asked):
            asked_in_all.extend(event.id for event in asked)
            assert not learned & {label[event.id] for event in asked}
            assert all(event.reference is None for event in asked)
            return [np.zeros(1) for _ in asked]

        return predict

    found = forecasts(events, learn)
    assert len(found) == len(asked_in_all)
    assert set(asked_in_all) == {event.id for event in events if seen(event, max(HORIZONS))}


def test_forecasts_come_in_order_and_without_those_not_given():
    def learn(train):
        return lambda asked: [
            None if event.id == "E3" else np.array([float((event.as_of_date - event.start).days)])
            for event in asked
        ]

    found = forecasts(APART, learn, horizons=[7, 1])
    order = [(each.event_id, each.horizon) for each in found]
    assert order == [(event.id, day) for event in APART if event.id != "E3" for day in (1, 7)]
    assert all(each.draws.tolist() == [each.horizon] for each in found)


def test_a_method_must_answer_for_each_event():
    with pytest.raises(DataError, match="one answer for each event; got 1"):
        forecasts(APART, lambda _: lambda _: [np.zeros(1)])


def test_events_need_their_own_id():
    for wrong in ("", "E1"):
        twin = dataclasses.replace(APART[0], id=wrong)
        with pytest.raises(DataError, match="each event needs its own id"):
            forecasts([twin, *APART[1:]], BASELINES["last count"])


# Table


def test_a_row_holds_the_scores_of_its_forecast(events, table):
    row = table[(table["method"] == RULE) & (table["horizon"] == 3)].iloc[5]
    event = next(event for event in events if event.id == row["event"])
    made = forecasts(events, BASELINES[RULE], horizons=[3])
    draws = next(each.draws for each in made if each.event_id == event.id)
    truth = reference_draws(event.reference)
    assert row["crps"] == crps(draws, truth)
    assert row["covered80"] == covered(draws, truth, 0.8)
    assert row["bias"] == pytest.approx(np.median(draws) - np.median(truth))
    assert row["median"] == pytest.approx(np.exp(np.median(draws)))
    assert row["upper90"] / row["lower90"] == pytest.approx(np.exp(row["width90"]))
    assert (row["kind"], row["group"]) == (event.kind, KINDS[event.kind])
    assert row["grade"] == event.reference.quality


def test_an_event_that_is_not_given_cannot_be_scored(events):
    stray = [Forecast("nowhere", 3, np.zeros(1))]
    with pytest.raises(DataError, match="rule: no such settled event; got 'nowhere'"):
        score_table(events, {"rule": stray})


def test_all_rules_are_compared_where_there_is_an_official_count(events, table):
    pairs = set(answered_by_all(table)[["event", "horizon"]].itertuples(index=False, name=None))
    expected = {
        (event.id, day)
        for event in events
        for day in HORIZONS
        if (then := seen(event, day)) is not None and last_official_count(then) is not None
    }
    assert pairs == expected
    assert len(pairs) < len(table[table["method"] == "pool of claims"])


def test_the_scoreboard_holds_means_over_common_forecasts(table):
    board = scoreboard(table)
    assert set(board.index.get_level_values("horizon")) == {*HORIZONS, "all"}
    assert board.groupby(level="horizon")["forecasts"].nunique().eq(1).all()
    rows = answered_by_all(table).query("method == @RULE")
    assert board.loc[(RULE, "all"), "crps"] == pytest.approx(rows["crps"].mean())
    assert board.loc[(RULE, 7), "wis"] == pytest.approx(rows.query("horizon == 7")["wis"].mean())
    assert board.loc[(RULE, "all"), "events"] == rows["event"].nunique()
    assert not board.isna().any(axis=None)


def test_the_learned_ratio_is_the_rule_to_beat_and_is_not_overconfident(table):
    board = scoreboard(table)
    overall = board.xs("all", level="horizon")
    assert overall["crps"].idxmin() == RULE
    assert 0.8 < overall.loc[RULE, "covered90"] < 0.97
    assert board.loc[(RULE, 1), "crps"] > board.loc[(RULE, 30), "crps"]


def test_a_paired_difference_is_of_common_rows_and_resamples_events(table):
    rows = pd.DataFrame({
        "method": ["a"] * 4 + ["b"] * 3,
        "event": ["x", "x", "y", "z", "x", "x", "y"],
        "horizon": [1, 3, 1, 1, 1, 3, 1],
        "crps": [1.0, 1.0, 4.0, 99.0, 2.0, 2.0, 4.0],
    })  # fmt: skip
    found = paired_difference(rows, "a", "b")
    assert (found.forecasts, found.events) == (3, 2)
    assert found.difference == pytest.approx(-2 / 3)
    assert found.ratio == pytest.approx(6 / 8)
    assert (found.lower, found.upper) == (-1, 0)  # samples of events: xx, xy, yx, yy
    assert paired_difference(rows, "a", "b") == found
    assert paired_difference(table, RULE, RULE).upper == 0


def test_a_paired_interval_is_as_wide_as_its_standard_error():
    rng = np.random.default_rng(7)
    base = pd.DataFrame({"event": np.arange(200), "horizon": 1})
    rows = pd.concat([base.assign(method=m, crps=rng.normal(size=200)) for m in ("a", "b")])
    found = paired_difference(rows, "a", "b")
    assert found.upper - found.lower == pytest.approx(2 * 1.96 * np.sqrt(2 / 200), rel=0.15)


def test_methods_that_share_nothing_are_not_compared(table):
    with pytest.raises(DataError, match=r"no event and day has a forecast of both.*last count"):
        paired_difference(table, RULE, "oracle")


def test_the_worst_misses_are_of_different_events(table):
    found = worst(table, RULE, 10)
    assert found["event"].is_unique
    assert found["crps"].is_monotonic_decreasing
    assert found["crps"].iloc[0] == table.loc[table["method"] == RULE, "crps"].max()
    assert len(found) == 10


# Negative controls


def test_shuffled_dates_keep_days_and_words(events):
    event = max(events, key=lambda each: len({report.date for report in each.reports}))
    mixed = shuffle_dates(event, np.random.default_rng(1))
    assert {r.date for r in mixed.reports} == {r.date for r in event.reports}
    said = [sorted((r.source, r.statement.text) for r in each.reports) for each in (event, mixed)]
    assert said[0] == said[1]
    assert mixed != event


def test_permuted_references_are_those_of_others(events):
    wrong = permute_references(events, np.random.default_rng(1))
    tolls = [[event.reference.killed or 0 for event in each] for each in (events, wrong)]
    assert sorted(tolls[0]) == sorted(tolls[1])
    assert np.mean(np.array(tolls[0]) == np.array(tolls[1])) < 0.1
    assert [event.reports for event in wrong] == [event.reports for event in events]


@pytest.mark.parametrize("spoil", [with_shuffled_dates, with_permuted_references])
def test_the_rule_is_visibly_worse_with_a_wrong_history(events, table, spoil):
    spoiled = forecasts(events, spoil(BASELINES[RULE], np.random.default_rng(0)))
    both = pd.concat([table, score_table(events, {"spoiled": spoiled})])
    found = paired_difference(both, "spoiled", RULE)
    assert found.lower > 0.03
    for horizon in HORIZONS[1:]:
        assert paired_difference(both[both["horizon"] == horizon], "spoiled", RULE).difference > 0


def test_scoring_against_the_references_of_others_is_visibly_worse(events, table):
    found = forecasts(events, BASELINES[RULE])
    wrong = permute_references(events, np.random.default_rng(0))
    both = pd.concat([table, score_table(wrong, {"wrong": found})])
    assert paired_difference(both, "wrong", RULE).lower > 0.5


# Figures


def bars(ax):
    return [patch.get_height() for patch in ax.patches if patch.get_edgecolor()[:3] == (1, 1, 1)]


def test_the_histogram_shows_the_shares_of_each_tenth(table):
    rows = table[table["method"] == RULE]
    ax = plot_calibration(rows)
    heights = np.array(bars(ax))
    assert len(heights) == 10
    assert heights.sum() == pytest.approx(100)
    assert heights[0] == pytest.approx(100 * (rows["pit"] < 0.1).mean())
    assert RULE in ax.get_title(loc="left").replace("\n", " ")
    assert f"{len(rows)} forecasts, {rows['event'].nunique()} events" in alt_text(ax)


def test_the_curve_shows_the_shares_of_intervals_that_hold_the_toll(table):
    rows = table[table["method"].isin([RULE, "UCDP survey"])]
    ax = plot_calibration(rows, kind="coverage")
    (line,) = [line for line in ax.lines if line.get_label() == RULE]
    common = answered_by_all(rows).query("method == @RULE")
    assert line.get_xdata().tolist() == [50, 80, 90, 95]
    assert line.get_ydata() == pytest.approx(
        [100 * common[f"covered{p}"].mean() for p in (50, 80, 90, 95)]
    )
    assert {text.get_text() for text in ax.texts} >= {RULE, "UCDP survey"}
    assert f"{RULE}: 50% intervals" in alt_text(ax)


def test_chance_depends_on_events_not_on_forecasts():
    rows = pd.DataFrame({"method": "m", "event": np.arange(50), "horizon": 1, "pit": 0.5})
    repeated = pd.concat([rows.assign(horizon=day) for day in HORIZONS])
    bands = [
        next(p for p in plot_calibration(each).patches if p.get_label() == "chance").get_height()
        for each in (rows, repeated, rows.head(10))
    ]
    assert bands[0] == bands[1] < bands[2]


@pytest.mark.parametrize("kind", ["pit", "coverage"])
@pytest.mark.parametrize("size", [(6.4, 4.0), (3.4, 3.6)])
def test_nothing_is_cut_off(table, kind, size):
    figure, ax = plt.subplots(figsize=size, layout="constrained")
    methods = [RULE] if kind == "pit" else [RULE, "UCDP survey", "pool of claims"]
    assert plot_calibration(table[table["method"].isin(methods)], ax=ax, kind=kind) is ax
    figure.draw_without_rendering()
    frame = figure.bbox.padded(1)
    shown = [*ax.texts, *ax.get_xticklabels(), *ax.get_yticklabels(), ax.xaxis.label,
             ax.yaxis.label, ax._left_title]  # fmt: skip
    for text in shown:
        box = text.get_window_extent()
        assert frame.x0 <= box.x0, text.get_text()
        assert frame.y0 <= box.y0, text.get_text()
        assert box.x1 <= frame.x1, text.get_text()
        assert box.y1 <= frame.y1, text.get_text()


def test_what_cannot_be_drawn_is_refused(table):
    with pytest.raises(DataError, match="kind: unknown kind; got 'roc'"):
        plot_calibration(table, kind="roc")
    with pytest.raises(DataError, match="from 1 to 1 methods can be drawn, the table has 6"):
        plot_calibration(table)
    with pytest.raises(DataError, match="from 1 to 4 methods can be drawn, the table has 6"):
        plot_calibration(table, kind="coverage")
    with pytest.raises(DataError, match="the table has 0"):
        plot_calibration(table.head(0))
