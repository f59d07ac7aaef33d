from dataclasses import fields, replace

import pytest

from casualty_models.distributions import Fixed, LogNormal, Normal
from casualty_models.errors import DataError
from casualty_models.events import KINDS
from casualty_models.priors import BY_GROUP, BY_MECHANISM, TollPriors, priors_table


@pytest.mark.parametrize("spec", fields(TollPriors), ids=lambda spec: spec.name)
def test_every_prior_says_what_it_means_and_where_it_comes_from(spec):
    assert len(spec.metadata["meaning"]) > 20
    assert len(spec.metadata["source"]) > 20


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_event_has_priors_that_survive_json(kind):
    priors = TollPriors.for_event(kind)
    assert TollPriors.from_dict(priors.to_dict()) == priors


def test_groups_of_kinds_are_those_of_the_events():
    assert set(BY_GROUP) == set(KINDS.values()) - {"other"}
    assert {kind for kind, _ in BY_MECHANISM} <= set(KINDS)


def test_a_kind_with_evidence_is_narrower_than_an_unknown_kind():
    unknown = TollPriors.for_event("other").half_time.sigma
    assert all(
        TollPriors.for_event(kind).half_time.sigma < unknown for kind in set(KINDS) - {"other"}
    )


def test_mechanism_selects_the_wounded_per_killed_prior_only_where_there_is_evidence():
    assert (
        TollPriors.for_event("ethnic_riot", "gunshot").wounded_per_killed
        != TollPriors.for_event("ethnic_riot").wounded_per_killed
    )
    assert TollPriors.for_event("flood", "drowning") == TollPriors.for_event("flood")


def test_table_names_each_prior_once_and_marks_what_the_user_changed():
    mine = replace(TollPriors.for_event("riot"), half_time=LogNormal.from_interval(1, 10))
    table = priors_table(mine, kind="riot").set_index("prior")
    assert list(table.index) == [spec.name for spec in fields(TollPriors)]
    assert table.loc["half_time", "source"] == "set by the user"
    assert table.loc["half_time", "lower90"] == pytest.approx(1, rel=0.01)
    assert (table["source"] == "set by the user").sum() == 1


def test_table_gives_the_source_of_the_mechanism():
    table = priors_table(kind="earthquake", mechanism="crush").set_index("prior")
    assert "Doocy" in table.loc["wounded_per_killed", "source"]


@pytest.mark.parametrize(
    ("make", "match"),
    [
        (lambda: TollPriors.for_event("riots"), "unknown kind of event; got 'riots'"),
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
