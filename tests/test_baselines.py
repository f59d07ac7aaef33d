"""Simple rules: the counts they start from, what they say, and the survey's distribution."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from casualty_models.backtest import BASELINES, last_official_count, seen, settled_events
from casualty_models.backtest.counts import count_printed
from casualty_models.backtest.ucdp import TYPE_OF_KIND, ucdp_parameters, ucdp_quantiles
from casualty_models.datasets.ucdp import load_ucdp_coefficients
from casualty_models.datasets.ucdp.check import check
from casualty_models.errors import DataError
from casualty_models.events import KINDS, Event, Reference, Report

DATA = Path(__file__).parent / "data" / "ucdp"
LATER = pd.read_csv(DATA / "coefficients_v0.7.6.csv")
CHECK_VALUES = pd.read_csv(DATA / "check_values_v0.7.6.csv").to_dict("records")


def count(day, value, **fields):
    fields = {"source": "ministry", "source_kind": "official", "quantity": "killed"} | fields
    return Report(date=f"2020-01-{day:02}", value=value, **fields)


def event(*reports, **fields):
    fields = {"name": "riot", "kind": "riot", "start": "2020-01-01"} | fields
    return Event(reports=reports, **fields)


def answer(name, of, train=()):
    (draws,) = BASELINES[name](list(train))([of])
    return None if draws is None else np.exp(draws)


# What an official count is


def test_the_last_day_wins_and_its_largest_count():
    counts = [count(2, 50), count(4, 30, source="police"), count(4, 41), count(3, 90)]
    assert last_official_count(event(*counts)) == 41


def test_by_a_day_only_earlier_counts_are_looked_at():
    riot = event(count(2, 50), count(4, 60))
    assert last_official_count(riot, by=riot.reports[0].date) == 50
    assert last_official_count(riot, by=riot.start) is None


@pytest.mark.parametrize(
    "fields",
    [
        {"source_kind": "opponent"},
        {"source_kind": "media"},
        {"source_kind": "ngo"},
        {"quantity": "wounded"},
        {"quantity": "missing"},
        {"claim": "estimate"},
        {"claim": "projection"},
        {"place": "one hospital"},
        {"group": "police officers"},
    ],
)
def test_what_is_no_official_count_of_the_whole_is_not_taken(fields):
    assert last_official_count(event(count(2, 50), count(3, 70, **fields))) == 50
    assert last_official_count(event(count(3, 70, **fields))) is None


@pytest.mark.parametrize("kind", ["official", "health_ministry", "hospital"])
def test_three_kinds_of_source_are_official(kind):
    assert last_official_count(event(count(2, 50, source_kind=kind))) == 50


@pytest.mark.parametrize(
    ("fields", "printed"),
    [
        ({"says": "97"}, 97),
        ({"says": "more than 80"}, 80),
        ({"says": "up to 120"}, 120),
        ({"says": "50 to 200"}, 100),
        ({"lower": 40, "upper": 90}, 60),
        ({"says": "more than 80", "value": 85}, 85),
    ],
)
def test_the_printed_number_of_a_report(fields, printed):
    report = Report(date="2020-01-02", source="x", quantity="killed", **fields)
    assert count_printed(report) == pytest.approx(printed)


# The rules


def test_the_last_count_is_a_point():
    assert answer("last count", event(count(2, 50), count(3, 65))) == pytest.approx([65])


def test_a_count_of_nobody_has_a_logarithm():
    assert answer("last count", event(count(2, 0))) == pytest.approx([0.5])


@pytest.mark.parametrize(
    ("counts", "said"),
    [
        ([(2, 10), (3, 20), (9, 70)], 40),  # 3 January is day 2
        ([(2, 10), (4, 20)], 20),
        ([(5, 30), (6, 35)], 60),  # nothing by day 2: the first
    ],
)
def test_twice_the_count_of_day_two(counts, said):
    assert answer("twice day 2", event(*(count(*each) for each in counts))) == pytest.approx([said])


def test_every_rule_but_the_pool_needs_an_official_count():
    riot = event(count(2, 50, source_kind="opponent", claim="claim"))
    answered = {name for name in BASELINES if answer(name, riot, settled_events()) is not None}
    assert answered == {"pool of claims"}
    assert answer("pool of claims", event(count(2, 50, quantity="wounded"))) is None


def test_the_pool_gives_each_statement_the_same_weight():
    riot = event(
        count(2, 10),
        count(2, 1000, source="rebels", source_kind="opponent", claim="claim"),
        count(3, None, lower=100, upper=400, source="envoy", source_kind="un", claim="estimate"),
        count(3, 5, place="one hospital"),
    )
    draws = answer("pool of claims", riot)
    assert (draws < 11).mean() == (draws > 900).mean() == pytest.approx(1 / 3)
    middle = draws[(draws > 11) & (draws < 900)]
    assert np.median(middle) == pytest.approx(200)
    assert middle.min() > 100
    assert middle.max() < 400


def settled(ratios):
    """Events whose count of 4 January is too low by a ratio, that of the last day is right."""
    return [
        event(count(4, 100), count(20, 100 * ratio), id=str(n),
              reference=Reference(killed=100 * ratio, quality="A"))
        for n, ratio in enumerate(ratios)
    ]  # fmt: skip


def test_the_learned_ratio_is_that_of_other_events_on_the_same_day():
    ratios = [1, 2, 2, 3, 5]
    early = seen(event(count(3, 40)), 5)
    assert sorted(answer("count x ratio", early, settled(ratios))) == pytest.approx(
        [40 * ratio for ratio in ratios]
    )
    late = seen(event(count(3, 40)), 25)
    assert answer("count x ratio", late, settled(ratios)) == pytest.approx([40] * 5)


def test_ratios_of_a_range_use_its_middle():
    train = settled([2, 2, 2])
    ranged = event(count(4, 100), id="r", reference=Reference(lower=100, upper=900, quality="C"))
    draws = answer("count x ratio", seen(event(count(3, 40)), 5), [*train, ranged])
    assert sorted(draws) == pytest.approx([80, 80, 80, 120])


@pytest.mark.parametrize("name", ["count x ratio", "count x ratio, t"])
def test_without_enough_settled_events_there_is_no_ratio(name):
    early = seen(event(count(3, 40)), 5)
    assert answer(name, early, settled([1, 2])) is None
    too_early = seen(event(count(3, 40)), 2)
    assert answer(name, too_early, settled([1, 2, 3, 4])) is None  # none of them had a count


def test_student_t_ratios_find_the_parameters_they_come_from():
    rng = np.random.default_rng(6)
    ratios = np.exp(0.5 + 0.3 * rng.standard_t(4, size=2000))
    (draws,) = BASELINES["count x ratio, t"](settled(ratios))([seen(event(count(3, 100)), 5)])
    z = draws - np.log(100)
    assert np.median(z) == pytest.approx(0.5, abs=0.03)
    quartile, tail = np.quantile(z, [0.75, 0.99]) - 0.5
    assert quartile == pytest.approx(0.3 * 0.741, rel=0.1)
    assert tail == pytest.approx(0.3 * 3.75, rel=0.2)


def test_equal_ratios_keep_some_spread():
    draws = answer("count x ratio, t", seen(event(count(3, 100)), 5), settled([2] * 10))
    assert np.median(draws) == pytest.approx(200)
    assert np.quantile(draws, 0.9) > 200 * 1.02


# The survey of coders


@pytest.mark.parametrize("row", CHECK_VALUES, ids=lambda row: f"{row['tov']}-{row['reported']}")
def test_the_formula_reproduces_the_check_values(row):
    location, scale, weight = ucdp_parameters(row["reported"], row["tov"], LATER)
    found = {"loc": location, "scale": scale, "w": weight}
    names = ("q05", "q25", "median", "q75", "q90", "q95")
    probs = np.array([0.05, 0.25, 0.5, 0.75, 0.9, 0.95])
    quantiles = ucdp_quantiles(row["reported"], probs, row["tov"], LATER)
    found |= dict(zip(names, quantiles, strict=True))
    found["mean"] = weight * row["reported"] + (1 - weight) * (location + np.euler_gamma * scale)
    assert found == pytest.approx({name: row[name] for name in found}, rel=1e-4, abs=1e-6)


def test_the_check_values_are_all_there():
    assert len(CHECK_VALUES) == 76


def test_the_shipped_coefficients_are_of_the_earlier_version():
    shipped = load_ucdp_coefficients()
    assert sum(check().values()) == len(shipped) == len(LATER)
    assert shipped["estimate"].iloc[0] == 0.589810642408827
    assert (shipped["estimate"].to_numpy() != LATER["estimate"].to_numpy()).all()


def test_a_wrong_table_of_coefficients_is_noticed(monkeypatch):
    module = "casualty_models.datasets.ucdp.check.load_ucdp_coefficients"
    table = load_ucdp_coefficients()
    monkeypatch.setattr(module, lambda: table.iloc[1:])
    with pytest.raises(DataError, match=r"not one coefficient for each.*'any', 'loc'|'sb', 'loc'"):
        check()
    monkeypatch.setattr(module, lambda: table.assign(se=0.0))
    with pytest.raises(DataError, match="is not a number"):
        check()


def test_special_numbers_change_the_distribution():
    assert ucdp_parameters(101)[1] < ucdp_parameters(102)[1] / 2
    assert ucdp_parameters(101.5)[1] == pytest.approx(ucdp_parameters(102)[1], rel=0.01)


def test_survey_draws_have_the_mass_at_the_count_and_the_mean_of_the_distribution():
    riot = event(count(3, 300))
    draws = answer("UCDP survey", riot)
    location, scale, weight = ucdp_parameters(300, "ns")
    assert np.isclose(draws, 300).mean() == pytest.approx(weight, abs=0.01)
    mean = weight * 300 + (1 - weight) * (location + np.euler_gamma * scale)
    assert draws.mean() == pytest.approx(mean, rel=0.002)


def test_type_of_violence_follows_the_kind_of_event():
    assert set(TYPE_OF_KIND) < set(KINDS)
    by_kind = {
        kind: np.quantile(answer("UCDP survey", event(count(3, 300), kind=kind)), 0.9)
        for kind in ("war", "riot", "massacre", "flood", "fire")
    }
    assert len(set(by_kind.values())) == 4
    assert by_kind["flood"] == by_kind["fire"]


@pytest.mark.parametrize("reported", [0, 1, 97, 3_000, 250_000])
def test_survey_draws_are_finite_logs(reported):
    (draws,) = BASELINES["UCDP survey"]([])([event(count(3, reported))])
    assert np.isfinite(draws).all()
