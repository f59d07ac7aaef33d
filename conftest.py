"""Settings of all tests, and names that examples may use: `result`, and `divided` with strata."""

import os
import sys
from pathlib import Path

import pytest

# Compiled models are kept between runs; this has to be said before PyTensor is imported.
os.environ.setdefault("PYTENSOR_FLAGS", f"base_compiledir={Path(__file__).parent / '.pytensor'}")
os.environ.setdefault("MPLBACKEND", "Agg")


def pytest_collection_modifyitems(items):
    """Begin with what takes longest, so that no process waits for another in the end."""
    items.sort(key=lambda item: ("statistical" not in item.path.parts, "src" in item.path.parts))


@pytest.fixture(scope="session")
def example_result():
    """Return a result in the shape that `fit` returns, without sampling."""
    from fakes import fake_result

    return fake_result()


@pytest.fixture(scope="session")
def divided_result():
    """Return a result of an event with strata, without sampling."""
    from fakes import fake_divided

    return fake_divided()


@pytest.fixture(autouse=True)
def names_in_examples(request, doctest_namespace):
    """Let examples use `result` and `divided`."""
    if isinstance(request.node, pytest.DoctestItem):
        doctest_namespace["result"] = request.getfixturevalue("example_result")
        doctest_namespace["divided"] = request.getfixturevalue("divided_result")


@pytest.fixture(autouse=True)
def close_figures():
    """Close what a test or an example has drawn."""
    yield
    if pyplot := sys.modules.get("matplotlib.pyplot"):
        pyplot.close("all")
