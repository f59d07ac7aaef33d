"""Strata from the file to the figure; what the model makes of them is in test_toll_model."""

import json

import numpy as np
import pytest
import xarray as xr
from designs import strata_design
from fakes import fake_divided, fake_result

from casualty_models.checks import data_share
from casualty_models.checks.components import log_prior
from casualty_models.cli.answer import as_object, as_text
from casualty_models.errors import DataError
from casualty_models.events import Event, Strata, read_event
from casualty_models.models.cells import cells
from casualty_models.plots import alt_text, plot_parts
from casualty_models.summaries import parts_table, people_table, reach_sentence

FILE = """
[event]
name = "Osh"
kind = "ethnic_riot"
start = 2010-06-10

[strata]
place = ["Osh oblast", "Jalal-Abad oblast"]

[[report]]
date = 2010-06-13
source = "ministry"
quantity = "killed"
value = 83
place = "Osh oblast"
"""


def read(folder, text):
    path = folder / "event.toml"
    path.write_text(text, encoding="utf-8")
    return read_event(path)


def test_strata_stand_in_the_file_and_in_json(tmp_path):
    event = read(tmp_path, FILE)
    assert event.strata == Strata(place=["Osh oblast", "Jalal-Abad oblast"])
    assert Event.from_json(event.to_json()) == event
    assert event.as_of("2010-06-13").strata == event.strata


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ('strata = "Osh"', "strata: must be one table"),
        ('[strata]\nplace = "Osh"', "strata, place: must be a list of names"),
        ("[strata]\nplace = [3]", "strata, place: must be text"),
        ('[strata]\nplace = ["Osh", "Osh"]', "the same part is named twice; got 'Osh'"),
        ('[strata]\nplace = ["elsewhere"]', "stands for all that is not named"),
        ('[strata]\ntown = ["Osh"]', "unknown key; got 'town'"),
        ("[strata]\nplace = []", "no part is named"),
        (f"[strata]\nplace = {json.dumps([f'p{n}' for n in range(200)])}", "more than 200 comb"),
    ],
)
def test_wrong_strata_give_one_error_with_place_and_remedy(tmp_path, table, message):
    lines = FILE.split("\n")
    where = lines.index("[strata]")
    head = lines[:where] if table.startswith("[") else [table, *lines[:where]]
    middle = [table] if table.startswith("[") else []
    text = "\n".join([*head, *middle, *lines[where + 2 :]])
    with pytest.raises(DataError, match="strata") as raised:
        read(tmp_path, text)
    assert message in str(raised.value)


def test_cells_cover_the_event_once():
    divided = cells(strata_design().strata)
    assert divided.size == 9
    by_place = [divided.covered((place, None, None)) for place in divided.levels["place"]]
    np.testing.assert_array_equal(sum(by_place), np.ones(9))
    assert divided.holds(("Osh", "Uzbeks", None))
    assert not divided.holds(("elsewhere", None, None))
    assert not divided.holds(("Osh", None, "June"))


def test_parts_and_people_as_tables():
    result = fake_divided()
    parts = parts_table(result, "place")
    assert list(parts.index) == ["Osh", "Jalal-Abad", "elsewhere"]
    assert parts["share"].sum() == pytest.approx(1, abs=0.05)
    people = people_table(result)
    draws = result["posterior"].to_dataset()
    both = draws["true_killed"] + draws["true_wounded"]
    assert people.loc["casualties", "median"] == pytest.approx(float(both.median()))


def test_a_way_that_does_not_divide_the_event_is_refused():
    with pytest.raises(DataError, match=r"not divided in this way.*Use one of place"):
        parts_table(fake_divided(), "group")
    with pytest.raises(DataError, match=r"Name its parts in \[strata\]"):
        parts_table(fake_result())


def test_the_answer_names_the_parts():
    result = fake_divided()
    assert "By place:\n- Osh: killed about" in as_text(result, [])
    answer = as_object(result, [])
    assert set(answer["parts"]["place"]["Osh"]) == {"killed", "wounded"}
    assert "By place" not in as_text(fake_result(), [])


def test_the_figure_says_what_each_part_is():
    ax = plot_parts(fake_divided(), "place")
    assert "Jalal-Abad: about" in alt_text(ax)


def with_reach(result):
    """Return the result as if it were divided by group too."""
    tree = result.copy()
    for name in ("posterior", "prior"):
        draws = tree[name].to_dataset()
        shape = draws["true_killed"].shape
        rng = np.random.default_rng(1)
        spread = (2, 1) if name == "prior" else (20, 10)
        draws["reach"] = (("chain", "draw", "group"), rng.beta(*spread, (*shape, 2)))
        draws["part_spread"] = (("chain", "draw"), rng.lognormal(0, 0.5, shape))
        draws = draws.assign_coords(group=["Uzbeks", "others"])
        for quantity in ("killed", "wounded"):
            of_group = draws[f"true_{quantity}"].values[..., None] * [0.75, 0.25]
            draws[f"true_{quantity}_by_group"] = (("chain", "draw", "group"), of_group)
        tree[name] = xr.DataTree(draws)
    return tree


def test_what_was_decided_about_parts_and_reach_is_said():
    result = with_reach(fake_result())
    shares = data_share(result)
    assert 0.4 < shares["reach[Uzbeks]"] < 1
    assert "% of those of the Uzbeks (" in reach_sentence(result)
    assert "The reports narrowed its range by: Uzbeks" in " ".join(as_text(result, []).split())


def test_the_prior_of_parts_is_a_component_of_its_own():
    density = log_prior(with_reach(fake_result()))["parts"]
    assert density.dims == ("chain", "draw")
    assert np.isfinite(density).all()
    assert "parts" not in log_prior(fake_result())
