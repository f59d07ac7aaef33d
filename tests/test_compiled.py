"""The compiled machine computes what NumPy does, and its draws pass the same checks."""

import numpy as np
import pymc as pm
import pytensor.tensor as pt
import pytest
from designs import settled_design
from numba import njit
from numba.core import caching
from scipy import special, stats
from test_quick_engine import (
    MAX_ERRORS,
    MODELS,
    PLATEAU_ERRORS,
    bimodal,
    errors_between,
    from_long_nuts,
    funnel,
    funnel_with_data,
)
from test_side_by_side import random_graph

from casualty_models.backtest import seen, settled_events
from casualty_models.batch import fit_many
from casualty_models.inference import fit, provenance, symbols
from casualty_models.inference.compiled_target import CompiledTarget
from casualty_models.inference.density import Density, NotEvaluable
from casualty_models.inference.funnel import Funnel
from casualty_models.inference.hamiltonian import Population, hamiltonian_move
from casualty_models.inference.machine import BLOCK, compiled, run
from casualty_models.inference.program import program
from casualty_models.inference.quick import quick_draws
from casualty_models.inference.quick_result import quick_result
from casualty_models.inference.reference import Reference, wide_reference
from casualty_models.inference.symbol_calls import symbol_call_of
from casualty_models.inference.symbols import Trace
from casualty_models.inference.tape import CODES, OPERATIONS, READS, tape
from casualty_models.inference.target import Target
from casualty_models.inference.trust import NotTrusted
from casualty_models.models.toll import toll_model

UNITS = 2  # in the last place
QUANTILES = [0.025, 0.25, 0.5, 0.75, 0.975]
SPECIAL = [0.0, -0.0, 1.0, -1.0, 0.5, 2.0, 1e-300, 1e300, np.inf, -np.inf, np.nan, 700.0, -700.0]
EXACT = {
    "multiply_add": lambda a, b, c: a * b + c,
    "greater": lambda a, b: (a > b).astype(float),
    "greater_equal": lambda a, b: (a >= b).astype(float),
    "equal": lambda a, b: (a == b).astype(float),
    "choose": lambda a, b, c: np.where(a != 0, b, c),
}


def made(name, *values):
    """What the machine makes of values, each an array of a block."""
    registers = np.vstack([np.zeros(BLOCK), *values, np.zeros((READS - len(values), BLOCK))])
    run(np.array([[CODES[name], 0, 1, 2, 3]]), registers)
    return registers[0]


def test_where_nothing_can_be_written_the_machine_is_compiled_each_time(monkeypatch):
    monkeypatch.setattr(caching.CompileResultCacheImpl, "_locator_classes", [])
    assert compiled(_three_times)(2.0) == 6.0
    with pytest.raises(RuntimeError, match="cannot cache"):
        njit(_three_times, cache=True)


def _three_times(x):
    return 3.0 * x


def values_for(name, rng):
    spread = {"exp": 150.0, "log1p": 1.0}.get(name, 5.0)
    found = rng.normal(scale=spread, size=(OPERATIONS[name], BLOCK))
    if name in {"log", "sqrt"}:
        return np.exp(3 * found)
    return np.expm1(found) if name == "log1p" else found


@pytest.mark.parametrize("name", OPERATIONS)
@np.errstate(all="ignore")
def test_operations_are_those_of_numpy(name):
    rng = np.random.default_rng(1)
    exact = EXACT.get(name) or getattr(np, name)
    for _ in range(50):
        values = values_for(name, rng)
        found, expected = made(name, *values), exact(*values.astype(np.longdouble))
        unit = np.spacing(np.abs(expected).astype(float) + np.finfo(float).tiny)
        size = np.abs(np.prod(values[:2], axis=0)) if name == "multiply_add" else 0.0
        assert (np.abs(found - expected) <= UNITS * unit + np.spacing(size)).all()
    odd = [np.resize(np.roll(SPECIAL, shift), BLOCK) for shift in range(OPERATIONS[name])]
    found, expected = made(name, *odd), exact(*odd)
    if name == "log1p":  # of -1 and infinity: neither is finite
        found, expected = (np.where(np.isfinite(each), each, np.nan) for each in (found, expected))
    np.testing.assert_allclose(found, expected, rtol=1e-15)


def by_machine(given, outputs, points):
    """Outputs of a graph of vectors at points, by way of symbols and a tape."""
    trace = Trace()
    place = [np.array([trace.input()], dtype=object) for _ in given]
    found = program(given, outputs, symbol_call_of).bind({})(*place)
    made = tape(trace, [number for part in found for number in np.ravel(part)])
    registers = np.zeros((made.registers, BLOCK))
    registers[: len(made.constants)] = made.constants[:, None]
    registers[len(made.constants) :][: len(points)] = points
    run(made.rows, registers)
    return registers[made.outputs]


@pytest.mark.parametrize("seed", range(25))
@np.errstate(all="ignore")
def test_any_graph_gives_what_its_numpy_calls_give(seed):
    rng = np.random.default_rng(seed)
    given, outputs = random_graph(rng)
    points = rng.normal(size=(len(given), BLOCK))
    expected = np.array(program(given, outputs).bind({})(*points))
    found = by_machine(given, outputs, points)
    whole = np.isfinite(expected) & (np.abs(expected) < 1e100)
    assert whole.mean() > 0.5
    np.testing.assert_allclose(found[whole], expected[whole], rtol=1e-6, atol=1e-6)
    wrong = by_machine(given, [outputs[-1], *outputs[:-1]], points)
    assert not np.allclose(wrong[whole], expected[whole], rtol=1e-6, atol=1e-6)


def test_what_changes_nothing_is_not_on_the_tape():
    x, y = pt.vectors("x", "y")
    wanted = [x * 1 + 0 * y, pt.exp(y) + pt.exp(y) * 3]
    trace = Trace()
    place = [np.array([trace.input()], dtype=object) for _ in range(2)]
    first, second = program([x, y], wanted, symbol_call_of).bind({})(*place)
    found = tape(trace, [first[0], second[0]])
    names = [list(OPERATIONS)[row[0]] for row in found.rows]
    assert (first[0].place, names) == (0, ["exp", "multiply_add"])
    assert found.outputs[0] == len(found.constants)


def test_registers_are_used_again():
    x = pt.vector("x")
    value = x
    for _ in range(100):
        value = pt.exp(-value)
    trace = Trace()
    place = np.array([trace.input()], dtype=object)
    (found,) = program([x], [value], symbol_call_of).bind({})(place)
    assert tape(trace, found).registers <= 3


@pytest.mark.parametrize("power", [2, 1, -1, 0.5])
def test_powers_are_products_and_roots(power):
    symbol = Trace().input()
    assert symbols.power(3.0, power) == pytest.approx(3.0**power)
    assert isinstance(symbols.power(symbol, power), symbols.Symbol)
    with pytest.raises(NotImplementedError, match="a power with the exponent 3"):
        symbols.power(symbol, 3)


def targets(model, *, tails=True):
    """The same target by NumPy and by the machine, and points of its reference."""
    density, rng = Density(model), np.random.default_rng(1)
    reference = wide_reference(density.prior(2000, rng)[0])
    if not tails:
        reference = Reference(reference.location, reference.root, 0 * reference.tail)
    both = (
        Target(density.gradient, reference),
        CompiledTarget(density.gradient, reference, tape=density.tape()),
    )
    return both, 0.3 * reference.draw(BLOCK + 7, rng)


def columns(size, rng):
    rate = np.where(np.arange(size) % 3 == 1, rng.normal(size=size) / 5, 0.0)
    root = np.eye(size) / 2 + rng.normal(size=(size, size)) / 50
    return Funnel(rng.normal(size=size) / 10, root, rate)


@pytest.mark.parametrize("tails", [True, False])
@pytest.mark.parametrize("share", [1.0, 0.3])
@pytest.mark.parametrize("name", [name for name in MODELS if name != "varied"])
def test_moves_are_those_of_numpy(name, share, tails):
    both, points = targets(MODELS[name](), tails=tails)
    column = columns(points.shape[1], np.random.default_rng(2))
    outside = Population(points, *both[0].gradient(points))
    moved = []
    for target in both:
        inside = target.tempered(share).within(column)
        start = inside.entered(outside)
        np.testing.assert_allclose(inside.gradient(start.points)[0], start.value, rtol=1e-8)
        moved.append(hamiltonian_move(inside, start, 0.1, np.random.default_rng(3)))
    one, other = (each.population for each in moved)
    for part in ("points", "value", "slope"):
        found, expected = getattr(other, part), getattr(one, part)
        np.testing.assert_allclose(found, expected, rtol=1e-6, atol=1e-6)
    assert moved[0].acceptance.mean() > 0.3
    assert both[0].counts["batches"] == both[1].counts["batches"] + 1
    longer = hamiltonian_move(inside, start, 0.101, np.random.default_rng(3)).population
    assert np.abs(longer.points - one.points).max() > 1e-4


def test_points_without_a_density_are_told_apart():
    """Of a square root below zero neither value nor slope is a number."""
    with pm.Model() as model:
        x = pm.Normal("x", shape=2)
        pm.Potential("root", pt.sqrt(x[0]))
    density = Density(model)
    plain = Reference(np.zeros(2), np.eye(2), np.zeros(2))
    points = np.array([[1.0, 1.0], [-1.0, 1.0], [4.0, 2.0]])
    found = CompiledTarget(density.gradient, plain, tape=density.tape()).gradient(points)
    for one, other in zip(found, Target(density.gradient, plain).gradient(points), strict=True):
        np.testing.assert_allclose(one, other)
    assert found[0].tolist().index(-np.inf) == 1


@pytest.mark.parametrize("model", [bimodal, funnel, funnel_with_data])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_draws_that_cannot_be_trusted_are_refused(model, seed):
    rng = np.random.default_rng(seed)
    with pytest.raises(NotTrusted, match=r"diverged|too slow|disagree"):
        quick_draws(model(), draws=1000, chains=4, rng=rng, compiled=True)


def test_exact_posterior_is_met():
    found = quick_draws(
        MODELS["conjugate"](), draws=1000, chains=4, rng=np.random.default_rng(1), compiled=True
    )
    exact = stats.norm(12 / 4 / (1 + 4 / 4 / 100), np.sqrt(1 / (1 / 100 + 4 / 4)))
    assert stats.kstest(found.points.ravel()[::4], exact.cdf).pvalue > 1e-3
    assert stats.kstest(found.points.ravel()[::4] + 0.15, exact.cdf).pvalue < 1e-3
    assert found.trust.compiled


def test_the_plateau_of_a_fire_is_found():
    (fire,) = (event for event in settled_events() if event.id == "USA2003_STATION")
    settings = {"draws": 1000, "chains": 4, "random_seed": 2}
    result, _ = quick_result(Density(toll_model(seen(fire, 30))), settings, compiled=True)
    posterior = result.posterior
    tolls = {name: posterior[name].values for name in ("true_killed", "true_wounded")}
    assert from_long_nuts(tolls, fire.id) < PLATEAU_ERRORS
    slow = posterior.half_time_killed.values > 1.0
    without = {name: draws[slow].reshape(1, -1) for name, draws in tolls.items()}
    assert from_long_nuts(without, fire.id) > PLATEAU_ERRORS


def test_many_events_are_fitted_by_the_machine_and_one_by_numpy():
    event = settled_design()
    many = fit_many([event], random_seed=1, engine="quick", progress=False)[0]
    one = fit(toll_model(event), random_seed=1, engine="quick", predictions=False)
    how = [provenance(each)["diagnostics"]["quick"]["compiled"] for each in (many, one)]
    assert how == [True, False]
    for toll in ("true_killed", "true_wounded"):
        draws = many.posterior[toll].values, one.posterior[toll].values
        apart = [errors_between(*draws, prob) for prob in QUANTILES]
        assert max(apart) < MAX_ERRORS
        assert min(apart) > 0.0  # the draws are others
        assert errors_between(1.3 * draws[0], draws[1], 0.5) > MAX_ERRORS


def test_what_the_machine_does_not_know_is_left_to_numpy():
    with pm.Model() as model:
        x = pm.Normal("x")
        pm.Potential("odd", -special.gamma(3.0) * pt.erf(x) ** 2)
    with pytest.raises(NotEvaluable, match="Erf of symbols"):
        Density(model).tape()
    rng = np.random.default_rng(1)
    found = quick_draws(model, draws=200, chains=4, rng=rng, compiled=True)
    assert not found.trust.compiled
