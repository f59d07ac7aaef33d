"""Calls made as one give the same numbers, to the last bit; only those that may be are one."""

import numpy as np
import pytensor
import pytensor.tensor as pt
import pytest

from casualty_models.inference import side_by_side
from casualty_models.inference.program import program

POINTS = 50
BINARY = (pt.add, pt.sub, pt.mul, pt.true_div)
UNARY = (pt.exp, pt.softplus, pt.sigmoid, pt.sqr, lambda x: x**2, lambda x: pt.maximum(x, 0.1))


def chains(number, shift=0.0):
    """So many unknowns, and the same operations with each."""
    given = [pt.vector(f"x{i}") for i in range(number)]
    done = [((x - i - shift) / (1.0 + i)) ** 2 * -0.5 for i, x in enumerate(given)]
    return given, done


def random_graph(rng):
    """Numbers made of each other in any order, some by way of columns and of several columns."""
    given = [pt.vector(f"x{i}") for i in range(6)]
    known = list(given)
    for _ in range(60):
        left, right = (known[i] for i in rng.integers(len(known), size=2))
        kind = rng.integers(4)
        if kind == 0:
            new = UNARY[rng.integers(len(UNARY))](left)
        elif kind == 1:
            new = BINARY[rng.integers(len(BINARY))](left, right)
        elif kind == 2:
            new = BINARY[rng.integers(len(BINARY))](left, float(rng.integers(1, 4)))
        else:
            column = pt.exp(-(left[:, None] ** 2)) * right[:, None]
            new = (column + pt.constant(rng.normal(size=(1, 3)))).sum(axis=1)
        known.append(new)
    return given, known[-20:]


def values(given, outputs):
    run = program(given, outputs).bind({})
    return run(*np.random.default_rng(0).normal(size=(len(given), POINTS)))


def calls(given, outputs):
    return len(program(given, outputs).steps)


@pytest.fixture
def one_by_one(monkeypatch):
    def run(given, outputs, what=values):
        with monkeypatch.context() as patch:
            patch.setattr(side_by_side, "FEWEST", 10**9)
            return what(given, outputs)

    return run


@pytest.mark.parametrize("seed", range(25))
def test_numbers_are_the_same_to_the_last_bit(seed, one_by_one):
    given, outputs = random_graph(np.random.default_rng(seed))
    for found, expected in zip(values(given, outputs), one_by_one(given, outputs), strict=True):
        np.testing.assert_array_equal(found, expected)


def test_a_row_of_the_wrong_place_would_be_seen(monkeypatch, one_by_one):
    """A control of the test above."""
    row = side_by_side._row
    monkeypatch.setattr(side_by_side, "_row", lambda array, **kw: row(np.roll(array, 1, 0), **kw))
    given, outputs = chains(5)
    found, expected = values(given, outputs), one_by_one(given, outputs)
    assert any((a != b).any() for a, b in zip(found, expected, strict=True))


def test_a_chain_of_each_unknown_takes_as_many_calls_as_one(one_by_one):
    views_and_inputs = 20 + 1
    one, twenty = calls(*chains(1)), calls(*chains(20))
    assert one_by_one(*chains(20), what=calls) == 20 * one
    assert twenty <= one + views_and_inputs


def test_what_depends_on_each_other_is_never_one_call(one_by_one):
    x = pt.vector("x")
    outputs = [pt.exp(pt.exp(pt.exp(pt.exp(-pt.exp(x)))))]
    assert calls([x], outputs) == one_by_one([x], outputs, what=calls)


@pytest.mark.parametrize("terms", [3, 5, 30])
def test_a_sum_of_many_is_that_of_one_after_the_other(terms):
    given = [pt.vector(f"x{i}") for i in range(terms)]
    points = (
        np.random.default_rng(0).normal(size=(terms, POINTS)) * 10.0 ** np.arange(terms)[:, None]
    )
    (found,) = program(given, [pt.add(*given)]).bind({})(*points)
    expected = 0.0
    for term in points:
        expected = expected + term
    np.testing.assert_array_equal(found, expected)
    assert (found != points[::-1].cumsum(axis=0)[-1]).any() or terms == 3


def test_data_are_put_in_when_they_are_known():
    data = [pt.vector(f"d{i}") for i in range(4)]
    shared = [pytensor.shared(float(i), name=f"s{i}") for i in range(4)]
    written = program(data, [x * s for x, s in zip(data, shared, strict=True)])
    run = written.bind({f"s{i}": np.asarray(10.0 * i) for i in range(4)})
    found = run(*np.ones((4, POINTS)))
    assert [each[0] for each in found] == [0.0, 10.0, 20.0, 30.0]
