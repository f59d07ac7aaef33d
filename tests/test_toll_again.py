"""A toll model that is used for one event after the other is that of each of them."""

from dataclasses import replace
from pathlib import Path

import numpy as np
from designs import ongoing_design

from casualty_models.backtest import seen, settled_events
from casualty_models.datasets import load_osh_2010
from casualty_models.events import read_event
from casualty_models.models.toll import toll_model
from casualty_models.models.toll_again import toll_model_again

EXAMPLES = Path(__file__).parents[1] / "examples"


def told(model):
    return {v.name: v.get_value() for v in model.data_vars}


def test_a_model_used_again_is_that_of_the_event():
    events = [seen(event, day) for event in settled_events()[::6] for day in (1, 7)]
    osh = load_osh_2010()
    events = [event for event in events if event] + [osh.as_of("2010-06-13")]
    used, different = {}, 0
    for event in events:
        new = toll_model(event)
        before = used.get(new.structure)
        old = told(before) if before else None
        again = toll_model_again(event)
        assert again.structure == new.structure
        assert before in (None, again)
        used[new.structure] = again
        found, expected = told(again), told(new)
        assert found.keys() == expected.keys()
        for name, value in expected.items():
            np.testing.assert_array_equal(found[name], value)
            assert found[name].dtype == value.dtype
        different += old is not None and any((old[n] != expected[n]).any() for n in old)
        for name, labels in new.coords.items():
            assert list(again.coords[name]) == list(labels)
        assert again.provenance == new.provenance
    assert different > 5


def test_events_with_parts_get_a_model_of_their_own():
    event = ongoing_design()
    assert toll_model_again(event) is toll_model_again(replace(event, name="another"))
    divided = read_event(str(EXAMPLES / "osh-2010-by-group.toml"))
    first, second = (toll_model_again(divided) for _ in range(2))
    assert first is not second
    assert first.structure == second.structure
