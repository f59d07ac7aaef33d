"""The probability of each report at the draws of a result; nothing is compiled."""

from typing import TYPE_CHECKING, Any

import numpy as np

from casualty_models.checks.components import priors_of
from casualty_models.errors import DataError
from casualty_models.inference import event_of

if TYPE_CHECKING:
    import pymc as pm
    import xarray as xr


def log_likelihood(result: "xr.DataTree") -> "xr.Dataset":
    """Return the log probability of each report and estimate at each draw of the posterior.

    The model is built again from the event and the priors that the result holds.

    Parameters
    ----------
    result
        What `fit` returned for a toll model. Where it has a group ``log_likelihood``, that is used.

    Returns
    -------
    Arrays with dimensions chain and draw: ``reported`` (report) and, where the event has estimates
    by other methods, ``estimated``.

    Raises
    ------
    DataError
        If the result does not hold all unknowns of the model.

    Examples
    --------
    >>> import casualty_models as cm
    >>> from casualty_models.checks.likelihood import log_likelihood
    >>> event = cm.Event(name="example", kind="riot", start="2010-06-10", reports=[cm.Report(
    ...     date="2010-06-13", source="ministry", quantity="killed", value=97)])
    >>> fitted = cm.fit(cm.toll_model(event), engine="quick", draws=100, chains=1, random_seed=1,
    ...                 predictions=False)  # doctest: +SKIP
    >>> log_likelihood(fitted)["reported"].dims  # doctest: +SKIP
    ('chain', 'draw', 'report')
    """
    if "log_likelihood" in result.children:
        return result["log_likelihood"].to_dataset()
    import xarray as xr

    from casualty_models.inference.program import program
    from casualty_models.models.toll import toll_model

    model = toll_model(event_of(result), priors_of(result))
    posterior = result["posterior"].to_dataset()
    absent = sorted({v.name for v in model.free_RVs} - set(posterior.data_vars))
    if absent:
        raise DataError(
            f"there are no draws of {', '.join(absent)}",
            place="result",
            remedy="Use what `fit` or `load_result` returned.",
        )
    inputs, outputs = _log_probability(model)
    labels = {name: list(model.coords[name]) for name in ("report", "series")}
    draws = [_flat(posterior[v.name], labels) for v in model.free_RVs]
    shape = (posterior.sizes["chain"], posterior.sizes["draw"], -1)
    found = {
        variable.name: (("chain", "draw", dimension), values.reshape(shape))
        for variable, dimension, values in zip(
            model.observed_RVs,
            ("report", "estimate"),
            program(inputs, outputs).bind({})(*draws),
            strict=False,
        )
    }
    return xr.Dataset(found, coords={"report": labels["report"]})


def _log_probability(model: "pm.Model") -> tuple[list[Any], list[Any]]:
    """Return the free variables as batches, and the log probabilities of the data given them."""
    import pymc as pm
    import pytensor.tensor as pt
    from pytensor.graph.replace import vectorize_graph

    known = {
        v: pt.tensor(v.name, shape=(None, *v.type.shape), dtype=v.type.dtype)
        for v in model.free_RVs
    }
    terms = [pm.logp(seen, model.rvs_to_values[seen]) for seen in model.observed_RVs]
    return list(known.values()), vectorize_graph(terms, known)


def _flat(draws: "xr.DataArray", labels: dict[str, list[int]]) -> np.ndarray:
    """Return draws as an array (draw, ...), for the reports and series of the model alone."""
    chosen = draws.sel({name: labels[name] for name in labels if name in draws.dims})
    values = chosen.transpose("chain", "draw", ...).values
    return values.reshape(-1, *values.shape[2:])
