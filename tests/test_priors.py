import hashlib
from dataclasses import fields, replace
from importlib.resources import files

import pytest

from casualty_models.distributions import Fixed, LogNormal, Normal
from casualty_models.errors import DataError
from casualty_models.events import KINDS, MECHANISMS
from casualty_models.priors import TollPriors, learned, made, priors_table


@pytest.mark.parametrize("spec", fields(TollPriors), ids=lambda spec: spec.name)
def test_every_prior_says_what_it_means_and_where_it_comes_from(spec):
    assert len(spec.metadata["meaning"]) > 20
    assert len(spec.metadata["source"]) > 20


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_event_has_priors_that_survive_json(kind):
    priors = TollPriors.for_event(kind)
    assert TollPriors.from_dict(priors.to_dict()) == priors


def test_an_unknown_kind_is_wider_than_every_kind_of_which_something_is_known():
    unknown = TollPriors.for_event("other")
    known = [TollPriors.for_event(kind) for kind in set(KINDS) - {"other"}]
    assert max(priors.half_time.sigma for priors in known) < unknown.half_time.sigma
    assert max(p.wounded_per_killed.sigma for p in known) < unknown.wounded_per_killed.sigma


@pytest.mark.parametrize("kind", KINDS)
def test_mechanism_moves_the_wounded_per_killed_prior_and_nothing_else(kind):
    without = TollPriors.for_event(kind)
    for mechanism in MECHANISMS:
        priors = TollPriors.for_event(kind, mechanism)
        assert replace(priors, wounded_per_killed=without.wounded_per_killed) == without


def test_what_was_learned_says_how_and_fits_the_tables_that_ship():
    record = made()
    folder = files("casualty_models.datasets") / "history"
    tables = [(folder / name).read_bytes() for name in ("events.csv", "event_reports.csv")]
    assert record["data_hash"] == hashlib.sha256(b"".join(tables)).hexdigest()[:16]
    assert record["checks"]["divergences"] == 0
    assert record["checks"]["max_rhat"] < 1.01
    assert record["checks"]["min_ess"] > 400


def test_osh_2010_is_not_in_what_is_learned_from():
    texts = (files("casualty_models.datasets") / "history" / "event_reports.csv").read_text("utf-8")
    assert "KGZ2010_OSH" not in texts
    assert "2010-06-1" not in texts


def test_table_names_each_prior_once_and_marks_what_the_user_changed():
    mine = replace(TollPriors.for_event("riot"), half_time=LogNormal.from_interval(1, 10))
    table = priors_table(mine, kind="riot").set_index("prior")
    assert list(table.index) == [spec.name for spec in fields(TollPriors)]
    assert table.loc["half_time", "source"] == "set by the user"
    assert table.loc["half_time", "lower90"] == pytest.approx(1, rel=0.01)
    assert (table["source"] == "set by the user").sum() == 1


@pytest.mark.parametrize(
    ("make", "match"),
    [
        (lambda: TollPriors.for_event("riots"), "got 'riots'. Did you mean 'riot'"),
        (lambda: learned("riot", "guns"), "unknown mechanism; got 'guns'"),
        (lambda: TollPriors(half_time=2.0), "TollPriors.half_time: this prior must be a LogNormal"),
        (lambda: TollPriors(log_killed=LogNormal(1, 1)), "must be a Normal"),
        (lambda: TollPriors(walk_scale=Normal(0, 1)), "must be a Fixed or LogNormal; got Normal"),
    ],
)
def test_wrong_priors_are_refused_in_words(make, match):
    with pytest.raises(DataError, match=match):
        make()


def test_a_misspelled_prior_is_refused():
    with pytest.raises(TypeError, match="halftime"):
        TollPriors(halftime=Fixed(1))
