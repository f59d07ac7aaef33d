import numpy as np
import pytensor
import pytensor.tensor as pt
import pytest
from pytensor.graph.replace import vectorize_graph
from scipy import stats
from scipy.integrate import quad

from casualty_models.models.growth import counted_share
from casualty_models.models.reporting import (
    backward_walk,
    log_counted_share,
    log_interval_probability,
)

pytestmark = pytest.mark.usefixtures("interpreted")


def evaluate(expression):
    return expression.eval()


@pytest.mark.parametrize("center", [-3.0, 0.0, 0.2, 5.0, 40.0])
@pytest.mark.parametrize("width", [1e-6, 0.01, 1.0, 30.0])
def test_interval_probability_is_the_integral_of_the_student_density(center, width):
    lower = 0.3
    peak = [center] if lower < center < lower + width else None
    exact, _ = quad(
        stats.t(4, center, 0.2).pdf, lower, lower + width, epsabs=0, points=peak, limit=500
    )
    bounds = np.array([lower, lower + width, center, 0.2])  # python floats would be cast to 32 bits
    ours = evaluate(log_interval_probability(*pt.constant(bounds)))
    assert ours == pytest.approx(np.log(exact), abs=1e-6)


def test_interval_probabilities_of_a_partition_add_to_one():
    edges = np.concatenate([[-1e7], np.linspace(-30, 30, 401), [1e7]])
    parts = log_interval_probability(pt.constant(edges[:-1]), edges[1:], 0.7, 1.3)
    assert np.exp(evaluate(parts)).sum() == pytest.approx(1.0, abs=1e-12)


@pytest.mark.parametrize("center", [-3.0, 0.0, 0.35, 5.0])
@pytest.mark.parametrize("width", [0.01, 1.0, 30.0])
@pytest.mark.parametrize("df", [4, 5])
def test_gradient_is_that_of_a_difference_of_distribution_functions(center, width, df):
    """Of 4 degrees of freedom, that is; 5 are the control."""
    given = [pt.dscalar(name) for name in ("lower", "upper", "center", "scale")]
    at = (0.3, 0.3 + width, center, 0.2)
    ours = [part.eval(dict(zip(given, at, strict=True))) for part in pytensor.grad(
        log_interval_probability(*given), given
    )]  # fmt: skip
    ends = np.array(at[:2])
    there = stats.t(df, center, 0.2)
    chance = np.exp(evaluate(log_interval_probability(*pt.constant(np.array(at)))))
    lower, upper = there.pdf(ends) / chance
    z = (ends - center) / 0.2
    exact = [-lower, upper, lower - upper, z[0] * lower - z[1] * upper]
    assert (ours == pytest.approx(exact, rel=1e-7)) == (df == 4)


def test_bounds_and_parameters_of_different_shapes_go_together_in_batches():
    center, scale = pt.dvector("center"), pt.dscalar("scale")
    one = log_interval_probability(np.array([0.0, 1.0]), 2.0, center, scale)
    batch = {center: pt.dmatrix(), scale: pt.dvector()}
    values = np.random.default_rng(1).uniform(0.5, 2, (3, 2)), np.array([0.2, 0.3, 0.4])
    found = vectorize_graph(one, batch).eval(dict(zip(batch.values(), values, strict=True)))
    for row, *given in zip(found, *values, strict=True):
        np.testing.assert_allclose(row, one.eval({center: given[0], scale: given[1]}))


def test_gradient_stays_finite_far_in_the_tail():
    center = pt.dvector()
    logp = log_interval_probability(2.0, 2.001, center, 0.2).sum()
    slope = pytensor.function([center], pytensor.grad(logp, center))(
        np.array([-1e6, -50.0, 2.0005, 50.0, 1e6])
    )
    assert np.isfinite(slope).all()
    assert slope[0] > 0 > slope[-1]


def test_log_share_agrees_with_the_share_and_stays_finite_when_tiny():
    days = np.array([0.0, 1.0, 10.0, 400.0])
    log_share = evaluate(log_counted_share(pt.constant(days), 2.0, 5.0, 1.5))
    np.testing.assert_allclose(np.exp(log_share), counted_share(days, 2.0, 5.0, 1.5))
    assert np.isfinite(
        evaluate(log_counted_share(pt.constant(np.zeros(1)), np.array([1e250]), 1.0, 1.5))
    ).all()


def test_walk_has_the_stated_covariance_within_a_series_and_none_across():
    """Variance s^2 (-log F), covariance that of the later of two counts; series independent."""
    log_share = np.array([-2.0, -1.0, -0.1, -1.5, -0.5])
    last = np.array([2, 2, 2, 4, 4])
    scale = 0.4
    columns = [
        evaluate(backward_walk(pt.constant(log_share), last, scale, pt.constant(unit)))
        for unit in np.eye(5)
    ]
    factor = np.array(columns).T
    later = np.maximum(log_share[:, None], log_share[None, :])
    same = last[:, None] == last[None, :]
    expected = np.where(same, scale**2 * -later, 0.0)
    np.testing.assert_allclose(factor @ factor.T, expected, atol=1e-10)
