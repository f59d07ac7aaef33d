from dataclasses import replace

import numpy as np
import pytest
from designs import report, settled_design

from casualty_models.batch import fit_many
from casualty_models.checks import leave_one_source_out
from casualty_models.errors import DataError
from casualty_models.events import Estimate, Event

QUICK = {"engine": "quick", "draws": 500, "chains": 2, "random_seed": 1}


def event(*reports, **fields):
    return Event(name="example", kind="riot", start="2010-06-10", reports=reports, **fields)


@pytest.fixture(scope="module")
def table():
    return leave_one_source_out(settled_design(), by="kind", **QUICK)


def row_of(table, without, quantity="killed"):
    chosen = (table["without"] == without) & (table["quantity"] == quantity)
    return table[chosen].iloc[0]


def test_a_source_goes_with_all_it_said(table):
    counts = table[table["quantity"] == "killed"].set_index("without")["reports"]
    assert counts.to_dict() == {"": 0, "official": 3, "hospital": 2, "ngo": 1, "opponent": 1}


def test_the_answer_without_a_source_is_the_fit_without_its_reports(table):
    design = settled_design()
    others = [r for r in design.reports if r.source_kind != "official"]
    alone = fit_many([replace(design, reports=others)], progress=False, **(QUICK | {"draws": 1000}))
    median = float(np.median(alone[0]["posterior"]["true_killed"]))
    assert row_of(table, "official")["median"] == pytest.approx(median, rel=0.05)
    assert row_of(table, "")["median"] != pytest.approx(median, rel=0.05)


def test_what_carries_an_answer_shows_and_what_does_not_hardly_moves_it(table):
    hospital = row_of(table, "hospital", "wounded")
    assert hospital["wider"] > 3
    assert "the range is much wider" in hospital["words"]
    assert row_of(table, "opponent")["factor"] == pytest.approx(1, abs=0.12)
    assert "much wider" not in row_of(table, "opponent")["words"]
    assert row_of(table, "")["factor"] == 1
    assert row_of(table, "")["words"].startswith("Killed, from all sources: about ")


def test_a_part_is_not_taken_for_the_whole_when_the_total_is_gone():
    total, part = report(3, value=97), report(3, value=40, place="Osh", source_kind="ngo")
    missing = report(3, "missing", "media", value=30)
    table = leave_one_source_out(event(total, missing, part), by="kind", **QUICK)
    assert row_of(table, "official")["printed"] == "nothing is left to estimate from"
    assert np.isnan(row_of(table, "official")["factor"])
    assert "nothing is left" in row_of(table, "official")["words"]
    assert row_of(table, "media")["printed"].startswith("about")


@pytest.mark.slow
def test_an_estimate_by_another_method_is_a_source_of_its_own():
    survey = Estimate(date="2010-06-20", source="survey", lower=900, upper=1100)
    table = leave_one_source_out(event(report(3, value=97), estimates=[survey]), **QUICK)
    assert row_of(table, "survey")["factor"] < 0.7
    assert row_of(table, "official killed")["printed"] == "nothing is left to estimate from"


def test_one_source_cannot_be_left_out():
    with pytest.raises(DataError, match="from 2 to 30 sources"):
        leave_one_source_out(event(report(2, value=50), report(3, value=97)), **QUICK)


@pytest.mark.parametrize("by", ["colour", "reports"])
def test_a_grouping_has_a_name(by):
    with pytest.raises(DataError, match="unknown grouping"):
        leave_one_source_out(settled_design(), by=by)
