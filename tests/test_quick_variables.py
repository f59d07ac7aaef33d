"""The variables that the quick engine moves points in, beside numerical derivatives."""

import numpy as np
import pytest

from casualty_models.inference.funnel import Funnel
from casualty_models.inference.reference import Reference


def variables(name):
    rng = np.random.default_rng(1)
    location, root = rng.normal(size=3), rng.normal(size=(3, 3))
    if name == "reference":
        return Reference(location, root, np.array([0.0, 0.1, 0.15]))
    return Funnel(location, root, np.array([0.0, 0.7, -0.4]))


def derivatives(function, at, step=1e-5):
    """Central differences of a function of rows: array (row, output, input)."""
    steps = step * np.eye(at.shape[1])
    columns = [(function(at + each) - function(at - each)) / (2 * step) for each in steps]
    return np.stack(columns, axis=2)


@pytest.mark.parametrize("name", ["reference", "funnel"])
def test_densities_of_variables_are_those_of_their_points(name):
    """By the change of variables, with a numerical Jacobian; the slope too is a numerical one."""
    made = variables(name)

    def of_points(x):
        return -0.5 * (x**2).sum(axis=1) + x[:, 0] ** 3 / 3, -x + np.eye(3)[0] * x**2

    at = np.random.default_rng(2).normal(size=(20, 3))
    value, slope = made.pulled(of_points)(at)
    jacobian = derivatives(made.points, at)
    volume = np.linalg.slogdet(jacobian)[1] - np.linalg.slogdet(made.root)[1]
    np.testing.assert_allclose(made.log_volume(at), volume, rtol=1e-6, atol=1e-8)
    np.testing.assert_allclose(value, of_points(made.points(at))[0] + volume, rtol=1e-6)
    numerical = derivatives(lambda v: made.pulled(of_points)(v)[0][:, None], at)[:, 0]
    np.testing.assert_allclose(slope, numerical, rtol=1e-6, atol=1e-6)
    assert np.abs(volume).max() > 0.5


def test_variables_of_a_funnel_give_its_points_back():
    made = variables("funnel")
    at = np.random.default_rng(2).normal(size=(20, 3))
    np.testing.assert_allclose(made.variables(made.points(at)), at, rtol=1e-9)
