"""Folders of results: bounded, resumable after a kill, and of one piece."""

import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from batch_tasks import events, fake_fit
from fakes import osh, report

from casualty_models.batch import fit_many, fit_to_folder, folder, read_tolls, to_folder
from casualty_models.batch.crew import Lost
from casualty_models.batch.one import Fit
from casualty_models.errors import DataError
from casualty_models.inference.record import versions
from casualty_models.priors import TollPriors

TESTS = Path(__file__).parent
SCRIPT = f"""
import sys
sys.path.insert(0, {str(TESTS)!r})
from batch_tasks import events, fake_fit
from casualty_models.batch import fit_to_folder, folder
from casualty_models.batch.one import Fit

if __name__ == "__main__":
    folder.MOST_EVENTS = 3
    if sys.argv[2] == "fake":
        Fit.__call__ = fake_fit
    number, workers = map(int, sys.argv[3:5])
    fit_to_folder(events(number), sys.argv[1], random_seed=1, workers=workers, draws=100,
                  chains=2, engine="quick", keep_draws=4)
"""


@pytest.fixture
def fakes(monkeypatch):
    monkeypatch.setattr(Fit, "__call__", fake_fit)
    monkeypatch.setattr(folder, "MOST_EVENTS", 3)


def test_summaries_are_those_of_the_draws(fakes, tmp_path):
    chosen = events(5)
    results = fit_many(chosen, random_seed=1, progress=False)
    table = read_tolls(
        fit_to_folder(chosen, tmp_path / "new", random_seed=1, keep_draws=7), draws=True
    )
    assert len(list((tmp_path / "new").glob("part-*"))) == 2
    assert table["event"].to_list() == [event.name for event in chosen for _ in range(2)]
    for event, result in zip(chosen, results, strict=True):
        for quantity in ("killed", "wounded"):
            row = table[(table["event"] == event.name) & (table["quantity"] == quantity)].iloc[0]
            draws = result.posterior[f"true_{quantity}"].values
            assert row["lower95"] == pytest.approx(np.quantile(draws, 0.025))
            assert row["median"] == pytest.approx(np.median(draws))
            assert row["mean"] == pytest.approx(draws.mean())
            assert row["above100"] == pytest.approx((draws > 100).mean())
            assert np.isin(row["draws"], draws).all()
            assert len(row["draws"]) == 7
            assert row["known_by"] == event.as_of_date
            assert row["converged"]


def test_what_is_done_is_not_done_again(fakes, tmp_path, monkeypatch):
    chosen = events(6)
    made = []

    def stops(self, job):
        if len(made) == 4:
            raise KeyboardInterrupt
        made.append(job.event.name)
        return fake_fit(self, job)

    monkeypatch.setattr(Fit, "__call__", stops)
    with pytest.raises(KeyboardInterrupt):
        fit_to_folder(chosen, tmp_path, random_seed=1, progress=False)
    assert set(read_tolls(tmp_path)["event"]) == set(made)  # none is lost: an interrupt can wait
    monkeypatch.setattr(Fit, "__call__", lambda *a: (made.append(a[1].event.name), fake_fit(*a))[1])
    fit_to_folder(chosen[::-1], tmp_path, progress=False)  # the seed is that of the folder
    assert sorted(made) == [event.name for event in chosen]
    fit_to_folder(chosen, tmp_path, random_seed=1, progress=False)
    assert len(made) == 6
    whole = read_tolls(fit_to_folder(chosen, tmp_path / "whole", random_seed=1, progress=False))
    pd.testing.assert_frame_equal(read_tolls(tmp_path), whole)


def test_folders_made_of_something_else_are_refused(fakes, tmp_path, monkeypatch):
    chosen = events(3)
    fit_to_folder(chosen, tmp_path, random_seed=1, progress=False)
    slow = replace(TollPriors.for_event("other"), count_noise=TollPriors().estimate_noise)
    changed = {
        "random seed was 1; got 2": {"random_seed": 2},
        "settings was .*; got": {"draws": 500},
        "keep_draws": {"keep_draws": 3},
        "number of events was 3; got 2": {"events": chosen[1:]},
        "events and priors was": {"events": events(4)[1:]},
        "made of something else: events and priors": {"priors": [slow, None, None]},
    }
    for message, change in changed.items():
        arguments = {"events": chosen, "random_seed": 1, "progress": False} | change
        with pytest.raises(DataError, match=message):
            fit_to_folder(folder=tmp_path, **arguments)
    fit_to_folder(chosen, tmp_path, random_seed=1, progress=False)
    monkeypatch.setattr(to_folder, "version", lambda _: "0.0.1")
    with pytest.raises(DataError, match=r"version was .* got '0.0.1'. Finish it with"):
        fit_to_folder(chosen, tmp_path, random_seed=1, progress=False)
    assert versions()["numpy"] in (tmp_path / folder.MANIFEST).read_text()


def test_other_folders_are_left_alone(fakes, tmp_path):
    (tmp_path / "letter.txt").write_text("dear")
    with pytest.raises(DataError, match=r"holds other files and no results; got 'letter.txt'"):
        fit_to_folder(events(1), tmp_path, progress=False)
    for path in (tmp_path / "nowhere", tmp_path / "empty"):
        with pytest.raises(DataError, match=r"(nowhere|empty): no folder of results"):
            read_tolls(path)
        (tmp_path / "empty").mkdir(exist_ok=True)


def test_a_part_is_there_as_a_whole_or_not_at_all(fakes, tmp_path, monkeypatch):
    chosen = events(6)
    calls = []

    def dies(self, path, **rest):
        calls.append(path)
        if len(calls) == 2:
            Path(path).write_bytes(b"PAR1 half of a table")
            raise OSError("no space left")
        return write(self, path, **rest)

    write = pd.DataFrame.to_parquet
    monkeypatch.setattr(pd.DataFrame, "to_parquet", dies)
    with pytest.raises(OSError, match="no space left"):
        fit_to_folder(chosen, tmp_path, random_seed=1, progress=False)
    monkeypatch.setattr(pd.DataFrame, "to_parquet", write)
    (tmp_path / ".part-0123.parquet.77.new").write_bytes(b"PAR1 half")  # as a kill leaves it
    assert len(read_tolls(tmp_path)) >= 6
    fit_to_folder(chosen, tmp_path, random_seed=1, progress=False)
    assert len(read_tolls(tmp_path)) == 12
    part = next(tmp_path.glob("part-*"))
    part.write_bytes(part.read_bytes()[:100])
    with pytest.raises(DataError, match=r"part-.*: this part cannot be read .*Delete it and run"):
        read_tolls(tmp_path)
    part.unlink()
    fit_to_folder(chosen, tmp_path, random_seed=1, progress=False)
    assert len(read_tolls(tmp_path)) == 12


def test_events_that_cannot_be_fitted_are_in_the_table(tmp_path):
    bare = osh(report("killed", 1, 30, retracted="a mistake"), name="no toll")
    path = fit_to_folder([bare, bare], tmp_path, random_seed=1, keep_draws=2, progress=False)
    table = read_tolls(path, draws=True)
    assert len(table) == 2  # given twice, it is done once
    assert table["error"].str.startswith("no toll").all()
    assert table["median"].isna().all()
    assert not table["converged"].any()


def test_lost_events_are_said_and_tried_again(fakes, tmp_path, monkeypatch):
    chosen = events(4)
    usual = to_folder.outcomes

    def loses_one(task, jobs, *rest):
        for place, found in usual(task, jobs, *rest):
            yield place, Lost() if jobs[place].event.name == "event 2" else found

    monkeypatch.setattr(to_folder, "outcomes", loses_one)
    with pytest.raises(DataError, match="event 2: the processes that fitted this event died"):
        fit_to_folder(chosen, tmp_path, random_seed=1, progress=False)
    assert len(read_tolls(tmp_path)) == 6
    monkeypatch.setattr(to_folder, "outcomes", usual)
    fit_to_folder(chosen, tmp_path, random_seed=1, progress=False)
    assert len(read_tolls(tmp_path)) == 8


def killed_and_resumed(tmp_path, how, number, workers, longest):
    """Run the script, kill it three times at random moments, and let it finish."""
    script = tmp_path / "script.py"
    script.write_text(SCRIPT)
    command = [sys.executable, str(script), str(tmp_path / "killed"), how, str(number)]
    rng, kills, left = np.random.default_rng(3), 0, [0]
    while kills < 3:
        process = subprocess.Popen([*command, str(workers)], stdout=subprocess.DEVNULL)
        while process.poll() is None and parts(tmp_path) == left[-1]:
            time.sleep(0.01)
        time.sleep(rng.uniform(0, longest))
        if process.poll() is not None:
            break
        process.kill()
        process.wait()
        kills += 1
        left.append(parts(tmp_path))
    subprocess.run([*command, str(workers)], check=True, stdout=subprocess.DEVNULL)
    command[2] = str(tmp_path / "whole")
    subprocess.run([*command, "1"], check=True, stdout=subprocess.DEVNULL)
    return kills, left


def parts(tmp_path):
    return len(list((tmp_path / "killed").glob("part-*")))


def check_same_tables(tmp_path):
    tables = [read_tolls(tmp_path / name, draws=True) for name in ("killed", "whole")]
    pd.testing.assert_frame_equal(*tables)
    different = tables[0].assign(median=tables[0]["median"] * (1 + 1e-12))
    with pytest.raises(AssertionError):
        pd.testing.assert_frame_equal(different, tables[1], check_exact=True)
    pd.testing.assert_frame_equal(*tables, check_exact=True)


def test_killed_three_times_and_resumed_is_the_same(tmp_path):
    kills, left = killed_and_resumed(tmp_path, "fake", 150, workers=1, longest=0.2)
    assert kills == 3
    assert 0 < left[1] < left[2] < left[3]  # each run went on where the last was
    check_same_tables(tmp_path)


@pytest.mark.slow
def test_real_fits_killed_three_times_and_resumed_are_the_same(tmp_path):
    kills, _ = killed_and_resumed(tmp_path, "real", 24, workers=2, longest=3)
    assert kills == 3
    check_same_tables(tmp_path)
