"""A number that many repeat is one piece of evidence."""

from dataclasses import fields, replace

import numpy as np
import pytest
from designs import ongoing_design, report

from casualty_models.datasets import load_osh_2010
from casualty_models.events import Event
from casualty_models.events.copies import proposed_origins, with_origins
from casualty_models.models.report_table import report_table

MINISTRY = report(3, value=97, source="ministry")


def newspapers(n=10, **changes):
    values = {"source_kind": "media", "value": 97, "origin": "ministry"} | changes
    return [report(3, source=f"newspaper {i}", **values) for i in range(n)]


def event_with(*reports):
    return replace(ongoing_design(), reports=tuple(reports))


def arrays(table):
    return {
        each.name: getattr(table, each.name)
        for each in fields(table)
        if each.name not in ("notes", "position")
    }


def test_ten_copies_of_one_bulletin_change_nothing_at_all():
    """The arrays that the model sees are equal, so is every quantile."""
    alone = report_table(event_with(MINISTRY))
    repeated = report_table(event_with(MINISTRY, *newspapers()))
    for name, value in arrays(alone).items():
        np.testing.assert_array_equal(value, arrays(repeated)[name], err_msg=name)
    assert len(repeated.notes) == 10
    assert "newspaper 0, 2010-06-13: 97 killed: repeats ministry" in repeated.notes[0]


def test_without_the_mark_ten_copies_do_count():
    """The control: the same reports, taken for ten who counted."""
    unmarked = report_table(event_with(MINISTRY, *newspapers(origin=None)))
    assert len(unmarked.days) == 11


@pytest.mark.parametrize(
    "other",
    [
        {"value": 151},
        {"quantity": "wounded"},
        {"claim": "estimate"},
        {"place": "Osh"},
        {"origin": "another ministry"},
    ],
    ids=str,
)
def test_who_says_something_else_is_no_copy(other):
    values = {"source_kind": "media", "value": 97, "origin": "ministry"} | other
    quantity = values.pop("quantity", "killed")
    event = event_with(MINISTRY, report(3, quantity, source="newspaper", **values))
    assert not any("repeats" in note for note in report_table(event).notes)


def test_a_later_bulletin_of_the_same_origin_is_news():
    later = report(6, source="newspaper", source_kind="media", value=97, origin="ministry")
    assert len(report_table(event_with(MINISTRY, later)).days) == 2


def test_the_sharpest_wording_stands_for_all():
    vague = newspapers(1, value=None, says="about 100")
    table = report_table(event_with(*vague, MINISTRY))
    assert np.exp(table.log_upper) == pytest.approx([97.5])


def test_copies_among_newspapers_need_no_ministry():
    table = report_table(event_with(*newspapers(3)))
    assert len(table.days) == 1


def test_a_rounding_on_the_same_day_or_the_next_is_proposed_as_a_copy():
    rounded = report(4, source="wire", source_kind="media", value=None, says="about 100")
    late = report(6, source="daily", source_kind="media", value=97)
    found = proposed_origins(event_with(MINISTRY, rounded, late))
    assert found[["source", "origin"]].to_numpy().tolist() == [["wire", "ministry"]]


def test_those_who_count_themselves_are_not_taken_for_copies():
    hospital = report(3, source="hospital", source_kind="hospital", value=97)
    assert proposed_origins(event_with(MINISTRY, hospital)).empty


def test_accepted_proposals_leave_one_number():
    event = event_with(MINISTRY, *newspapers(origin=None))
    assert len(report_table(with_origins(event)).days) == 1
    assert proposed_origins(with_origins(event)).empty


def test_the_origin_survives_text():
    event = event_with(MINISTRY, *newspapers(2))
    assert Event.from_json(event.to_json()) == event
    assert with_origins(load_osh_2010()).reports != ()
