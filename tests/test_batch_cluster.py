"""Many events on a cluster of Dask workers, one of which is killed."""

import os
import signal
import time

import numpy as np
import pytest
from batch_tasks import DieOnce, double, events

from casualty_models.batch import fit_many, fit_to_folder, read_tolls
from casualty_models.batch.cluster import by_cluster
from casualty_models.errors import DataError

distributed = pytest.importorskip("distributed")

QUICK = {"engine": "quick", "draws": 250, "progress": False}


@pytest.fixture(scope="module")
def client():
    settings = {"processes": True, "dashboard_address": ":0", "threads_per_worker": 1}
    cluster = distributed.LocalCluster(n_workers=2, **settings)
    with cluster, distributed.Client(cluster) as client:
        yield client


def test_the_workers_do_all_the_work(client):
    assert dict(by_cluster(double, range(30), client)) == {n: 2 * n for n in range(30)}


def test_a_worker_that_dies_costs_only_its_events(client, tmp_path):
    numbers = (3, 11)
    found = dict(by_cluster(DieOnce(tmp_path, numbers), range(16), client))
    assert found == {n: 2 * n for n in range(16)}
    assert len(list(tmp_path.iterdir())) == len(numbers)


@pytest.mark.slow
def test_results_are_those_of_one_process_though_a_worker_is_killed(client, tmp_path):
    chosen = events(8)
    expected = fit_many(chosen, random_seed=1, **QUICK)
    killed = []

    def kills(done):
        for number, each in enumerate(done):
            if number == 2:
                pid = next(iter(client.run(os.getpid).values()))
                os.kill(pid, signal.SIGKILL)
                killed.append(pid)
                time.sleep(0.2)
            yield each

    from casualty_models.batch import to_folder

    with pytest.MonkeyPatch.context() as patch:
        usual = to_folder.outcomes
        patch.setattr(to_folder, "outcomes", lambda *a: kills(usual(*a)))
        path = fit_to_folder(chosen, tmp_path, random_seed=1, client=client, **QUICK)
    assert killed
    table = read_tolls(path)
    table = table[table["quantity"] == "killed"].set_index("event")
    for event, result in zip(chosen, expected, strict=True):
        assert table.loc[event.name, "median"] == np.median(result.posterior.true_killed)


class Cluster:
    """Stands in for a client whose workers are not as they should be."""

    def __init__(self, threads, version):
        self.threads, self.version = threads, version

    def nthreads(self):
        return {"tcp://one": 1, "tcp://two": self.threads}

    def run(self, function, *_):
        return {"tcp://one": function("casualty-models"), "tcp://two": self.version}


@pytest.mark.parametrize(
    ("threads", "version", "message"),
    [
        (2, "0", "client: each worker must have one thread; got '2 threads'. Start them with"),
        (1, "0", r"tcp://two: the worker has another version of the package .* got '0'"),
    ],
)
def test_workers_that_are_not_as_they_should_be_are_refused(threads, version, message):
    with pytest.raises(DataError, match=message):
        list(by_cluster(double, [1], Cluster(threads, version)))
