"""Draws as the groups of a result, in the layout that PyMC and ArviZ use."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import numpy as np

from casualty_models.inference.density import Density
from casualty_models.inference.record import version_of

if TYPE_CHECKING:
    import pymc as pm
    import xarray as xr


def drawn_group(
    model: "pm.Model", values: Mapping[str, np.ndarray], chains: int = 1, library: str = "pymc"
) -> "xr.Dataset":
    """Return draws of variables of a model as a group, with the labels of the model.

    Parameters
    ----------
    model
        Gives dimensions and labels.
    values
        Arrays (draw, ...) by name; the draws of a chain follow each other.
    chains
        How many chains there are.
    library
        What made the draws.

    Examples
    --------
    >>> import numpy as np, pymc as pm
    >>> from casualty_models.inference.groups import drawn_group
    >>> drawn_group(pm.Model(), {"x": np.zeros(6)}, chains=2).sizes["draw"]
    3
    """
    import xarray as xr

    variables, labels = {}, {}
    for name, found in values.items():
        array = np.asarray(found)
        array = np.ascontiguousarray(array).reshape(chains, -1, *array.shape[1:])
        names = ("chain", "draw", *_dims(model, name, array.ndim - 2))
        variables[name] = (names, array)
        labels.update(_labels(model, names, array.shape))
    made = {
        "created_at": datetime.now(UTC).isoformat(),
        "inference_library": library,
        "inference_library_version": version_of(library),
        "sample_dims": ["chain", "draw"],
    }
    return xr.Dataset(variables, labels, made)


def given_group(model: "pm.Model", values: Mapping[str, np.ndarray]) -> "xr.Dataset":
    """Return data of a model as a group, with the labels of the model.

    Parameters
    ----------
    model
        Gives dimensions and labels.
    values
        Arrays by name.

    Examples
    --------
    >>> import numpy as np, pymc as pm
    >>> from casualty_models.inference.groups import given_group
    >>> given_group(pm.Model(), {"x": np.zeros(2)}).x.dims
    ('x_dim_0',)
    """
    import xarray as xr

    variables, labels = {}, {}
    for name, value in values.items():
        array = np.asarray(value)
        names = _dims(model, name, array.ndim)
        variables[name] = (names, array)
        labels.update(_labels(model, names, array.shape))
    return xr.Dataset(variables, labels, {"sample_dims": []})


def predictions(
    target: Density, posterior: "xr.Dataset", draws: int, rng: np.random.Generator
) -> "dict[str, xr.Dataset]":
    """Return the groups with draws from the prior and of the reports, and with the data.

    Parameters
    ----------
    target
        The model.
    posterior
        Draws from its posterior.
    draws
        How many draws from the prior.
    rng
        Source of randomness.
    """
    from pymc.backends.arviz import find_constants, find_observations

    model = target.model
    _, prior = target.prior(draws, rng)
    derived, reports = target.derived(prior, rng)
    given = {name: _stacked(posterior[name]) for name in target.free_names}
    _, again = target.derived(given, rng)
    chains = posterior.sizes["chain"]
    return {
        "prior": drawn_group(model, {**prior, **derived}),
        "prior_predictive": drawn_group(model, reports),
        "posterior_predictive": drawn_group(model, again, chains),
        "observed_data": given_group(model, find_observations(model)),
        "constant_data": given_group(model, find_constants(model)),
    }


def _stacked(variable: "xr.DataArray") -> np.ndarray:
    array = variable.transpose("chain", "draw", ...).values
    return np.asarray(array.reshape(-1, *array.shape[2:]))


def _dims(model: "pm.Model", name: str, number: int) -> tuple[str, ...]:
    known = model.named_vars_to_dims.get(name) or ()
    return tuple(
        str(known[i]) if i < len(known) and known[i] else f"{name}_dim_{i}" for i in range(number)
    )


def _labels(model: "pm.Model", names: tuple[str, ...], shape: tuple[int, ...]) -> dict[str, Any]:
    labels: dict[str, Any] = {}
    for name, length in zip(names, shape, strict=True):
        known = model.coords.get(name)
        labels[name] = np.arange(length) if known is None else np.asarray(known)
    return labels
