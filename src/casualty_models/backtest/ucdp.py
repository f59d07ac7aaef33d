"""What coders of a conflict database think a reported number of deaths stands for."""

from functools import cache
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import expit

from casualty_models.datasets.ucdp import load_ucdp_coefficients

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["TYPE_OF_KIND", "ucdp_parameters", "ucdp_quantiles"]

TYPE_OF_KIND = {
    "war": "sb",
    "siege": "sb",
    "insurgent_raid": "sb",
    "airstrike": "sb",
    "ethnic_riot": "ns",
    "riot": "ns",
    "protest_crackdown": "os",
    "massacre": "os",
    "bombing": "os",
    "shooting": "os",
    "vehicle_attack": "os",
}
"""Type of violence by kind of event; every other kind is "any"."""


def ucdp_parameters(
    count: float, violence: str = "any", coefficients: "pd.DataFrame | None" = None
) -> tuple[float, float, float]:
    r"""Return location, scale and weight of the survey's distribution of the toll.

    .. math:: \log(1 + l) = a_0 + a_1 \log(1 + r) + a_r, \quad
              \log s = b_0 + b_1 \log(1 + r) + b_r, \quad
              \operatorname{logit} w = c_0 + c_1 \log(1 + r) + c_r

    for a reported number r; :math:`a_r, b_r, c_r` are zero but for ten special numbers.

    Parameters
    ----------
    count
        The reported number.
    violence
        "sb" (state-based), "ns" (non-state), "os" (one-sided) or "any".
    coefficients
        A table like that of `load_ucdp_coefficients`, the default.

    Returns
    -------
    tuple of float
        Location and scale of the Gumbel distribution, and the weight of the count itself.

    References
    ----------
    Vesco, Randahl, Hegre and others (2026), Journal of Conflict Resolution,
    doi:10.1177/00220027261423826; R package uncertainUCDP 0.5.2.

    Examples
    --------
    >>> from casualty_models.backtest.ucdp import ucdp_parameters
    >>> ucdp_parameters(100, "sb")
    (134.3, 32.88, 0.417)
    """
    table = _coefficients() if coefficients is None else _as_mapping(coefficients)
    special = f"fl_{count:g}" if count < 1e5 else ""  # noqa: PLR2004

    def predictor(part: str) -> float:
        slope = table[violence, part, "logfatlev"] * np.log1p(count)
        extra = table.get((violence, part, special), 0.0)
        return float(table[violence, part, "(Intercept)"] + slope + extra)

    location, scale = np.expm1(predictor("loc")), np.exp(predictor("scale"))
    return float(location), float(scale), float(expit(predictor("w")))


def ucdp_quantiles(
    count: float,
    probs: np.ndarray,
    violence: str = "any",
    coefficients: "pd.DataFrame | None" = None,
) -> np.ndarray:
    r"""Return quantiles of the toll behind a reported number, as the survey's coders see it.

    .. math:: D = r \text{ with probability } w, \quad
              D \sim \mathrm{Gumbel}(l, s) \text{ otherwise}

    Parameters
    ----------
    count
        The reported number.
    probs
        Probabilities in (0, 1).
    violence
        "sb" (state-based), "ns" (non-state), "os" (one-sided) or "any".
    coefficients
        A table like that of `load_ucdp_coefficients`, the default.

    Returns
    -------
    numpy.ndarray
        Quantiles, not rounded; for a count of 0 some are below zero, as in the original.

    Examples
    --------
    >>> import numpy as np
    >>> from casualty_models.backtest.ucdp import ucdp_quantiles
    >>> ucdp_quantiles(100, np.array([0.05, 0.5, 0.95]), "sb").round()
    array([100., 112., 213.])
    """
    location, scale, weight = ucdp_parameters(count, violence, coefficients)
    share = 1 - weight
    below = share * np.exp(-np.exp((location - count) / scale))
    at_count = (probs >= below) & (probs <= below + weight)
    rest = np.where(probs < below, probs, np.maximum(probs - weight, below)) / share
    rest = np.clip(rest, np.finfo(float).tiny, 1 - np.finfo(float).epsneg)
    return np.where(at_count, count, location - scale * np.log(-np.log(rest)))


@cache
def _coefficients() -> dict[tuple[str, str, str], float]:
    return _as_mapping(load_ucdp_coefficients())


def _as_mapping(table: "pd.DataFrame") -> dict[tuple[str, str, str], float]:
    keys = zip(table["tov"], table["part"], table["term"], strict=True)
    return dict(zip(keys, table["estimate"].tolist(), strict=True))
