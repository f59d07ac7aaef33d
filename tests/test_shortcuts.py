"""What is left out of a graph changes no value, and what would change one is not left out."""

import numpy as np
import pymc as pm
import pytensor.tensor as pt
import pytest

from casualty_models.inference.program import program
from casualty_models.inference.shortcuts import (
    same_value,
    simplified,
    without_needless_checks,
)

X = pt.matrix("x")
ROW = pt.tensor("row", shape=(1, None))
HERE = np.array([[-800.0, -1.0, 0.0, 2.0], [1.0, 3.0, -2.0, 40.0]])


def graphs():
    zeros = pt.second(X, 0.0)
    return {
        "power of 1": X**1,
        "power of a difference": X ** (pt.constant(2.0) - 1.0),
        "zeros added": X + zeros,
        "zeros alone": zeros + zeros,
        "zeros in another shape": ROW + zeros,
        "filled with another": pt.second(X, X + 1.0),
        "filled with a row": pt.second(X, ROW),
        "square": X**2,
        "spread and used": X * pt.second(X, 2.0),
        "a row spread and used": X - pt.second(X, ROW),
        "spread alone": pt.exp(pt.second(X, 2.0)),
        "spread and a row": pt.second(X, 2.0) * ROW,
        "two that are spread": pt.second(X, 2.0) * pt.second(X + 1.0, ROW),
        "put into zeros": pt.inc_subtensor(pt.zeros_like(X)[:, ::-1], X),
        "put into some of the zeros": pt.inc_subtensor(pt.zeros_like(X)[:, 1:], X[:, 1:]),
        "put into ones": pt.inc_subtensor(pt.ones_like(X)[:, ::-1], X),
        "a row put into zeros": pt.inc_subtensor(pt.zeros_like(X)[:, ::-1], ROW),
        "sum of no axis": X.sum(axis=()),
    }


@pytest.mark.parametrize("name", graphs())
def test_shortcuts_change_no_value(name):
    graph = graphs()[name]
    (found,) = program([X, ROW], [graph]).bind({})(HERE, HERE[:1])
    expected = graph.eval({X: HERE, ROW: HERE[:1]}, on_unused_input="ignore", mode="FAST_COMPILE")
    np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize(
    ("graph", "shorter"),
    [
        (X**1, True),
        (X + pt.second(X, 0.0), True),
        (X**2, False),
        (X + pt.second(X, 1.0), False),
        (ROW + pt.second(X, 0.0), False),
        (pt.second(X, ROW), False),
        (pt.second(X, pt.imatrix("n") + 1), True),
        (pt.imatrix("n") + pt.second(X, 0.0), False),
    ],
)
def test_only_what_changes_nothing_is_left_out(graph, shorter):
    assert (same_value(graph.owner) is not None) == shorter


@pytest.mark.parametrize(
    ("graph", "simpler"),
    [
        (X * pt.second(X, 2.0), True),
        (X - pt.second(X, ROW), True),
        (ROW * pt.second(X, 2.0), True),
        (pt.second(X, 2.0), False),
        (pt.inc_subtensor(pt.zeros_like(X)[:, ::-1], X), True),
        (pt.inc_subtensor(pt.zeros_like(X)[:, 1:], X[:, 1:]), False),
        (pt.inc_subtensor(pt.ones_like(X)[:, ::-1], X), False),
        (pt.inc_subtensor(pt.zeros_like(X)[:, ::-1], ROW), False),
        (X * 2.0, False),
    ],
)
def test_only_what_is_spread_or_put_into_zeros_is_simplified(graph, simpler):
    assert (simplified(graph.owner) is not None) == simpler


@pytest.mark.parametrize(
    ("check", "needless"),
    [
        (pt.exp(X) > 0, True),
        (pt.exp(X) >= 0, True),
        (pt.sigmoid(X) <= 1, True),
        (X > 0, False),
        (pt.exp(X) > 1, False),
        (pt.exp(X) < 1, False),
        (pt.sigmoid(X) > 0.5, False),
        (pt.softplus(X) - 1 > 0, False),
    ],
)
def test_only_checks_that_always_hold_are_left_out(check, needless):
    graph = pt.switch(check, X, -np.inf)
    shorter = without_needless_checks(graph)
    assert (shorter is not graph) == needless
    expected = HERE if needless else graph.eval({X: HERE}, mode="FAST_COMPILE")
    np.testing.assert_array_equal(shorter.eval({X: HERE}, mode="FAST_COMPILE"), expected)


def test_bounds_of_a_prior_are_kept_where_no_transform_keeps_them():
    with pm.Model() as model:
        pm.HalfNormal("x", default_transform=None)
    density = without_needless_checks(model.logp())
    at = model.rvs_to_values[model["x"]]
    assert density.eval({at: -1.0}, mode="FAST_COMPILE") == -np.inf
