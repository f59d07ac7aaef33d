"""Which part of the prior the answer rests on, by making each a little wider or narrower."""

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from casualty_models.checks.components import COMPONENTS, log_prior
from casualty_models.checks.likelihood import log_likelihood
from casualty_models.errors import DataError
from casualty_models.summaries.evidence import QUANTITIES, toll_draws
from casualty_models.summaries.rounding import round_count

if TYPE_CHECKING:
    import xarray as xr

MATTERS = 0.05  # Kallioinen et al. 2024: from here on a component is worth a look
LEAST_TOLD = 0.01
POWERS = {"half": 0.5, "as_is": 1.0, "twice": 2.0}
TAILS = {"lower90": 0.05, "median": 0.5, "upper90": 0.95}
MAX_PARETO_K = 0.7  # Vehtari et al. 2024: above it, reweighted draws are not to be trusted
EVIDENCE = {"reported": "reports", "estimated": "estimates"}


def sensitivity(result: "xr.DataTree") -> pd.DataFrame:
    r"""Return how much each component of the prior decides of the answer.

    The density of one component is raised to a power :math:`\alpha` near 1, the draws are
    reweighted by it, and the distance that the posterior of the log toll moves is measured:

    .. math:: w_i \propto p_c(\theta_i)^{\alpha - 1}, \qquad
              \text{sensitivity} = \frac{\mathrm{d}\,\mathrm{CJS}}{\mathrm{d} \log_2 \alpha}

    with CJS the cumulative Jensen-Shannon distance. Below 0.05 a component hardly matters. What
    "matters" means in people is said by the columns for :math:`\alpha = 1/2` and 2: the answer if
    the component were half as sure, or twice as sure, of what it says (a normal prior of
    :math:`\sqrt2` times the spread, or of :math:`1/\sqrt2` of it). It is not refitted: the
    draws are reweighted with Pareto smoothing, and where they do not reach (``k`` above 0.7) the
    columns are left empty.

    A component that matters is no fault. A few reports cannot teach how fast counts grow; the
    prior must say it, and then the answer rests on the events that this prior was learned from.

    Parameters
    ----------
    result
        What `fit` returned for a toll model.

    Returns
    -------
    One row a quantity and component (see `components.COMPONENTS`), the strongest first. Columns:
    ``quantity``; ``component``; ``sensitivity``; for each of "half", "as_is" and "twice"
    ``lower90_half``, ``median_half``, ``upper90_half`` and ``k_half``; ``words``. The rows
    "reports" and "estimates" (by other methods) are about the evidence instead: they are left out
    where the result does not hold all unknowns of the model.

    Raises
    ------
    DataError
        If the result was not made by `fit` from a toll model.

    Notes
    -----
    Kallioinen, Paananen, Bürkner & Vehtari 2024, Statistics and Computing 34:57; computed by
    `arviz.psense`. Vehtari et al. 2024, Journal of Machine Learning Research 25:72, for the
    smoothed weights.

    Examples
    --------
    >>> from casualty_models.checks import sensitivity
    >>> table = sensitivity(result)
    >>> sorted(table["component"].unique())
    ['duration', 'growth', 'sources', 'toll', 'wounded per killed']
    """
    import arviz as az
    import xarray as xr

    densities = log_prior(result) | _of_evidence(result)
    logs = {q: (("chain", "draw"), np.log(toll_draws(result, q))) for q in QUANTITIES}
    # ArviZ takes each component for a group of its own; the reports go where the priors are.
    tree = xr.DataTree.from_dict({"posterior": xr.Dataset(logs), "log_prior": _plain(densities)})
    rows = []
    for component, density in densities.items():
        moved = az.psense(tree, group="prior", group_var_names=[component])
        weights = {name: _weights(density, power) for name, power in POWERS.items()}
        for quantity in QUANTITIES:
            found: dict[str, Any] = {"quantity": quantity, "component": component}
            found["sensitivity"] = float(moved[quantity])
            rows.append(found | _answers(toll_draws(result, quantity).ravel(), weights))
    return _sorted(pd.DataFrame([row | {"words": _words(row)} for row in rows]))


def sensitivity_sentence(table: pd.DataFrame, quantity: str = "killed") -> str:
    """Return on which components of the prior an answer rests, in a sentence.

    Parameters
    ----------
    table
        What `sensitivity` returned.
    quantity
        "killed" or "wounded".

    Raises
    ------
    DataError
        If the table has no row of the quantity.

    Examples
    --------
    >>> import pandas as pd
    >>> from casualty_models.checks import sensitivity_sentence
    >>> table = pd.DataFrame({"quantity": "killed", "component": ["growth", "toll"],
    ...                       "sensitivity": [0.21, 0.01]})
    >>> print(sensitivity_sentence(table))
    Killed: the answer rests on the prior of growth (0.21). It hardly depends on that of toll.
    """
    rows = table[(table["quantity"] == quantity) & ~table["component"].isin(EVIDENCE.values())]
    if not len(rows):
        raise DataError("no row of this quantity", place="table", value=quantity)
    rows = rows.sort_values("sensitivity", ascending=False)
    strong = rows[rows["sensitivity"] >= MATTERS]
    weak = rows[rows["sensitivity"] < MATTERS]["component"]
    told = [
        f"{component} ({strength_text(float(value))})"
        for component, value in zip(strong["component"], strong["sensitivity"], strict=True)
    ]
    first = "no single prior decides the answer"
    if told:
        first = f"the answer rests on the prior of {_listed(told)}"
    second = f" It hardly depends on that of {_listed(list(weak))}." if told and len(weak) else ""
    return f"{quantity.capitalize()}: {first}.{second}"


def strength_text(sensitivity: float) -> str:
    """Return a sensitivity as it is printed.

    Parameters
    ----------
    sensitivity
        At least 0.

    Examples
    --------
    >>> from casualty_models.checks.sensitivity import strength_text
    >>> strength_text(0.2134), strength_text(0.0004)
    ('0.21', 'below 0.01')
    """
    return f"{sensitivity:.2g}" if sensitivity >= LEAST_TOLD else f"below {LEAST_TOLD}"


def _of_evidence(result: "xr.DataTree") -> "dict[str, xr.DataArray]":
    try:
        found = log_likelihood(result)
    except DataError:
        return {}
    return {
        name: found[seen].sum([d for d in found[seen].dims if d not in ("chain", "draw")])
        for seen, name in EVIDENCE.items()
        if seen in found
    }


def _plain(densities: "dict[str, xr.DataArray]") -> "xr.Dataset":
    import xarray as xr

    return xr.Dataset({name: (("chain", "draw"), d.values) for name, d in densities.items()})


def _weights(density: "xr.DataArray", power: float) -> tuple[np.ndarray, float]:
    """Return the smoothed weight of each draw, and Pareto k: whether they are to be trusted."""
    if power == 1:
        return np.full(density.size, 1 / density.size), 0.0
    # ArviZ expects what leave-one-out has at hand: the negative of the log weights.
    log_weights, k = ((1 - power) * density).azstats.psislw(dim=["chain", "draw"])
    weights = np.exp(log_weights.values.ravel())
    return weights / weights.sum(), float(k)


def _answers(draws: np.ndarray, weights: dict[str, tuple[np.ndarray, float]]) -> dict[str, float]:
    found = {}
    for name, (of_draw, k) in weights.items():
        for end, tail in TAILS.items():
            trusted = k <= MAX_PARETO_K
            found[f"{end}_{name}"] = weighted_quantile(draws, of_draw, tail) if trusted else np.nan
        found[f"k_{name}"] = k
    return found


def weighted_quantile(draws: np.ndarray, weights: np.ndarray, prob: float) -> float:
    """Return the quantile of weighted draws.

    Parameters
    ----------
    draws, weights
        One weight a draw; they sum to 1.
    prob
        Probability.

    Examples
    --------
    >>> import numpy as np
    >>> from casualty_models.checks.sensitivity import weighted_quantile
    >>> weighted_quantile(np.array([1.0, 2.0, 3.0]), np.array([0.2, 0.2, 0.6]), 0.7)
    3.0
    """
    order = np.argsort(draws)
    above = int(np.searchsorted(np.cumsum(weights[order]), prob))
    return float(draws[order][min(above, len(draws) - 1)])


def _words(row: dict[str, Any]) -> str:
    component, strength = str(row["component"]), row["sensitivity"]
    about = COMPONENTS.get(component, f"what the {component} say")
    opening = f"{about[0].upper()}{about[1:]}"
    if strength < MATTERS:
        return f"{opening}: the answer hardly depends on it ({strength_text(strength)})."
    parts = [
        f"with {name} the certainty about {round_count(row[f'median_{key}']):,}"
        for key, name in (("half", "half"), ("twice", "twice"))
        if np.isfinite(row[f"median_{key}"])
    ]
    as_is = round_count(row["median_as_is"])
    moved = f"; {', '.join(parts)} in place of {as_is:,}" if parts else ""
    return f"{opening}: the answer rests on it ({strength_text(strength)}){moved}."


def _sorted(table: pd.DataFrame) -> pd.DataFrame:
    table["quantity"] = pd.Categorical(table["quantity"], QUANTITIES)
    table = table.sort_values(["quantity", "sensitivity"], ascending=[True, False])
    return table.astype({"quantity": str}).reset_index(drop=True)


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
