"""Many events: whoever does the work and in whatever order, the answers are the same."""

from dataclasses import replace

import numpy as np
import pytest
from batch_tasks import DieOnce, InPasses, die_of_three, double, events, fail, threads
from designs import ongoing_design, report, settled_design

from casualty_models.batch import fit_many
from casualty_models.batch.crew import Lost, by_processes
from casualty_models.batch.jobs import jobs_of
from casualty_models.batch.many import outcomes
from casualty_models.batch.one import Fit, Refused
from casualty_models.errors import DataError
from casualty_models.inference import provenance
from casualty_models.inference.sampling import Sampling
from casualty_models.priors import TollPriors

QUICK = {"engine": "quick", "draws": 250, "progress": False}
EVENTS = [settled_design(), ongoing_design(), ongoing_design().as_of("2010-06-13")]


@pytest.fixture(scope="module")
def results():
    return fit_many(EVENTS, random_seed=1, **QUICK)


def same(one, other):
    for name in one.posterior.data_vars:
        np.testing.assert_array_equal(one.posterior[name], other.posterior[name])


def test_answers_depend_neither_on_order_nor_on_other_events(results):
    backwards = fit_many(EVENTS[:0:-1], random_seed=1, **QUICK)
    for found, expected in zip(backwards, results[:0:-1], strict=True):
        same(found, expected)
    other = fit_many(EVENTS[1:2], random_seed=2, **QUICK)[0]
    assert (other.posterior.true_killed != results[1].posterior.true_killed).any()


def test_answers_do_not_depend_on_how_many_processes_work(results):
    for found, expected in zip(
        fit_many(EVENTS, random_seed=1, workers=2, **QUICK), results, strict=True
    ):
        same(found, expected)
        assert provenance(found)["random_seed"] == provenance(expected)["random_seed"]


def test_a_seed_comes_from_all_that_is_said():
    event = ongoing_design()
    priors = TollPriors.for_event(event.kind)
    said = [
        (event, None),
        (replace(event, name="another"), None),
        (replace(event, reports=event.reports[1:]), None),
        (event, replace(priors, silence=replace(priors.silence, alpha=3.0))),
    ]
    jobs = jobs_of(*zip(*said, strict=True))
    assert len({job.key for job in jobs}) == len({job.seed(1) for job in jobs}) == 4
    assert jobs_of([event], [priors])[0].key == jobs[0].key
    assert 0 <= jobs[0].seed(1) < 2**31


def test_an_event_that_cannot_be_fitted_does_not_stop_the_others():
    bare = replace(ongoing_design(), reports=(report(1, retracted="a mistake"),), id="BARE")
    for workers in (1, 2):
        found = fit_many([bare, ongoing_design()], random_seed=1, workers=workers, **QUICK)
        assert isinstance(found[0], DataError)
        assert str(found[0]).startswith("BARE")
        assert found[1].posterior.sizes["draw"] == 250


def test_refused_fits_are_nuts_on_a_filled_table_without_the_filling(monkeypatch):
    from casualty_models.inference import quick_result
    from casualty_models.inference.trust import NotTrusted

    def refuse(*_, **__):
        raise NotTrusted("not today")

    monkeypatch.setattr(quick_result, "quick_result", refuse)
    event = replace(ongoing_design(), reports=ongoing_design().reports[:3])
    settings = QUICK | {"chains": 2, "tune": 300}
    found = fit_many([event], random_seed=1, predictions=True, **settings)[0]
    record = provenance(found)
    assert (record["engine"], record["fallback"]) == ("nutpie", "not today")
    assert (found.posterior_predictive.report >= 0).all()

    job = jobs_of([event])[0]
    sampling = Sampling(random_seed=1, **settings)
    first, second = Fit(sampling).passes(2)
    assert first(job) == Refused("not today")
    again = second(replace(job, refused="not today"))
    same(again, found)
    assert provenance(again)["fallback"] == "not today"


def test_what_is_left_to_nuts_comes_last_and_in_one_process():
    chosen = events(7)
    found = list(outcomes(InPasses(), jobs_of(chosen), 2, None))
    assert sorted(place for place, _ in found) == list(range(7))
    for place, (name, refused, first, _) in found:
        assert (name, first) == (chosen[place].name, place % 2 == 0)
        assert refused == ("" if first else f"not {name}")
    passes = [first for _, (_, _, first, _) in found]
    assert passes == sorted(passes, reverse=True)
    assert len({process for _, (_, _, first, process) in found if not first}) == 1


def test_where_nuts_is_asked_for_nothing_waits():
    first, _ = Fit(Sampling(engine="nuts")).passes(2)
    assert not first.defers


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"workers": 0}, "workers: the number of processes must be a whole number above 0; got 0"),
        ({"engine": "fast"}, "fit: unknown engine; got 'fast'"),
        ({"priors": [None]}, "fit_many: give one set of priors for each event"),
    ],
)
def test_settings_that_cannot_be_are_refused(settings, message):
    with pytest.raises(DataError, match=message):
        fit_many(EVENTS, **settings)


def test_processes_do_all_the_work_with_one_thread_each():
    assert sorted(by_processes(double, range(7), 2)) == [(n, 2 * n) for n in range(7)]
    assert dict(by_processes(threads, [0], 3)) == {0: "1"}


def test_a_process_that_dies_costs_only_its_piece_of_work(tmp_path):
    numbers = (1, 4, 5)
    found = dict(by_processes(DieOnce(tmp_path, numbers), range(8), 2))
    assert found == {n: 2 * n for n in range(8)}
    assert {path.name for path in tmp_path.iterdir()} == {f"died-{n}" for n in numbers}


def test_what_kills_every_process_is_given_up_and_the_rest_done():
    found = dict(by_processes(die_of_three, range(6), 2))
    assert found.pop(3) == Lost()
    assert found == {n: 2 * n for n in (0, 1, 2, 4, 5)}


def test_what_a_task_raises_is_raised_here():
    with pytest.raises(ValueError, match="cannot double 2") as caught:
        list(by_processes(fail, range(4), 2))
    assert "in fail" in caught.value.__notes__[0]


def test_lost_events_are_named(monkeypatch):
    from casualty_models.batch import many

    monkeypatch.setattr(many, "outcomes", lambda task, jobs, *_: [(n, Lost()) for n in range(2)])
    found = fit_many(events(2), progress=False)
    assert [str(each).split(":")[0] for each in found] == ["event 0", "event 1"]
