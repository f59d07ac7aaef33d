"""The prior of a result, part by part: how likely each part had held the drawn values."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from casualty_models.distributions import (
    Beta,
    Distribution,
    Fixed,
    LogNormal,
    LogStudentT,
)
from casualty_models.errors import DataError
from casualty_models.events.strata import REST
from casualty_models.inference import provenance
from casualty_models.models.series import Series
from casualty_models.priors import TollPriors

if TYPE_CHECKING:
    import xarray as xr

COMPONENTS = {
    "toll": "how large the toll could be before anything was reported",
    "wounded per killed": "how many are wounded for each one killed",
    "growth": "how fast counts grow",
    "duration": "how long it will go on",
    "silence": "what it means that nothing newer was said",
    "parts": "how the event is divided among its parts, and whose wounded are counted",
    "hospitalized": "what share of the wounded is admitted",
    "sources": "how far sources lean",
    "noise": "how noisy single numbers are",
}
"""The parts of the prior, and what each is about."""

_TINY = 1e-300
_SHAPES = ("growth_shape", "wounded_growth_shape")
type Draws = Callable[["xr.DataTree", TollPriors], "list[tuple[Distribution, xr.DataArray]]"]


def log_prior(result: "xr.DataTree") -> "dict[str, xr.DataArray]":
    r"""Return the log prior density of each component at the draws of a result.

    The densities are those on the scale on which a prior is symmetric: of :math:`\log x` for a
    number known up to a factor, of the log odds for a share. To raise such a density to a power
    makes the prior wider or narrower and leaves it where it is.

    Parameters
    ----------
    result
        What `fit` returned for a toll model.

    Returns
    -------
    One array (chain, draw) for each of `COMPONENTS` that had something to say: the length of an
    event that is over has no prior, and a fixed value cannot be widened.

    Raises
    ------
    DataError
        If the result was not made by `fit`.

    Examples
    --------
    >>> from casualty_models.checks.components import log_prior
    >>> sorted(log_prior(result))
    ['duration', 'growth', 'sources', 'toll', 'wounded per killed']
    """
    priors = priors_of(result)
    found = {}
    for name, draws in _DRAWS.items():
        terms = [
            log_density(prior, values)
            for prior, values in draws(result, priors)
            if not isinstance(prior, Fixed)
        ]
        if terms:
            found[name] = sum(terms[1:], terms[0]).transpose("chain", "draw")
    return found


def priors_of(result: "xr.DataTree") -> TollPriors:
    """Return the priors that a result was fitted with.

    Raises
    ------
    DataError
        If the result was not made by `fit` from an event.

    Examples
    --------
    >>> from casualty_models.checks.components import priors_of
    >>> priors_of(result).log_killed
    Normal(mu=6.0, sigma=3.0)
    """
    record = provenance(result)
    if "priors" not in record:
        raise DataError(
            "the result is not that of a toll model",
            place="result",
            remedy="Use what `fit(toll_model(event))` returned.",
        )
    return TollPriors.from_dict(record["priors"])


def log_density(prior: Distribution, values: "xr.DataArray") -> "xr.DataArray":
    """Return the log density of values on the scale on which the prior has no bounds.

    Parameters
    ----------
    prior
        A prior.
    values
        Draws, on their own scale.

    Examples
    --------
    >>> import xarray as xr
    >>> from casualty_models.checks.components import log_density
    >>> from casualty_models.distributions import LogNormal
    >>> log_density(LogNormal(median=2.0, sigma=1.0), xr.DataArray([2.0])).values
    array([-0.919])
    """
    x = values.values
    log = np.log(np.maximum(x, _TINY))
    if isinstance(prior, LogStudentT):  # SciPy's is that of the logarithm already
        density = prior.scipy().logpdf(log)
    elif isinstance(prior, Beta):
        density = prior.scipy().logpdf(x) + log + np.log1p(-np.minimum(x, 1 - 1e-15))
    else:
        density = prior.scipy().logpdf(x) + (log if isinstance(prior, LogNormal) else 0.0)
    return values.copy(data=density)


def _toll(result: "xr.DataTree", priors: TollPriors) -> "list[tuple[Distribution, xr.DataArray]]":
    return [(priors.log_killed, np.log(result["posterior"]["true_killed"]))]


def _wounded(
    result: "xr.DataTree", priors: TollPriors
) -> "list[tuple[Distribution, xr.DataArray]]":
    return [(priors.wounded_per_killed, result["posterior"]["wounded_per_killed"])]


def _growth(result: "xr.DataTree", priors: TollPriors) -> "list[tuple[Distribution, xr.DataArray]]":
    posterior = result["posterior"]
    killed, wounded = (
        posterior["half_time"].sel(quantity=q, drop=True) for q in ("killed", "wounded")
    )
    return [
        (priors.half_time, killed),
        (priors.wounded_half_time_ratio, wounded / killed),
        *((priors.growth_shape, posterior[name]) for name in _SHAPES if name in posterior),
    ]


def _duration(
    result: "xr.DataTree", priors: TollPriors
) -> "list[tuple[Distribution, xr.DataArray]]":
    data = result["constant_data"]
    if not float(data["ongoing"]):
        return []
    to_come = result["posterior"]["duration"] / float(data["days_so_far"]) - 1.0
    return [(priors.duration_growth, to_come)]


def _silence(
    result: "xr.DataTree", priors: TollPriors
) -> "list[tuple[Distribution, xr.DataArray]]":
    data = result["constant_data"]
    if "silence" not in result["posterior"] or not data["report_silence"].values.any():
        return []
    return [(priors.silence, result["posterior"]["silence"])]


def _sources(
    result: "xr.DataTree", priors: TollPriors
) -> "list[tuple[Distribution, xr.DataArray]]":
    effect = result["posterior"]["source_effect"]
    used = np.unique(result["constant_data"]["report_series"].values.astype(int))
    return [
        (getattr(priors, Series.named(str(effect["series"].values[number])).kind),
         effect.isel(series=number, drop=True))
        for number in used
    ]  # fmt: skip


def _noise(result: "xr.DataTree", priors: TollPriors) -> "list[tuple[Distribution, xr.DataArray]]":
    grows = result["constant_data"]["report_grows"].values
    names = ["walk_scale", "count_noise"] if (grows == 1).any() else []
    names += ["estimate_noise"] if (grows == 0).any() else []
    posterior = result["posterior"]
    return [(getattr(priors, name), posterior[name]) for name in names if name in posterior]


def _parts(result: "xr.DataTree", priors: TollPriors) -> "list[tuple[Distribution, xr.DataArray]]":
    posterior = result["posterior"]
    found = {name: getattr(priors, name) for name in ("part_spread", "part_ratio_spread", "reach")}
    found |= {f"unnamed_{way}": priors.unnamed_part for way in REST}
    terms = []
    for name, prior in found.items():
        if name in posterior:
            draws = posterior[name]
            each = draws.transpose("group", ...) if "group" in draws.dims else [draws]
            terms += [(prior, one) for one in each]
    return terms


def _hospitalized(
    result: "xr.DataTree", priors: TollPriors
) -> "list[tuple[Distribution, xr.DataArray]]":
    posterior, name = result["posterior"], "hospitalized_share"
    return [(priors.hospitalized_share, posterior[name])] if name in posterior else []


_DRAWS: dict[str, Draws] = {
    "toll": _toll,
    "wounded per killed": _wounded,
    "growth": _growth,
    "duration": _duration,
    "silence": _silence,
    "parts": _parts,
    "hospitalized": _hospitalized,
    "sources": _sources,
    "noise": _noise,
}
