"""From the posterior of the history model to the priors of a single event."""

from typing import TYPE_CHECKING, Any

import numpy as np

from casualty_models.distributions import LogNormal, LogStudentT, StudentT
from casualty_models.events import KINDS, MECHANISMS
from casualty_models.models.settled import CLASSES, GROUPS
from casualty_models.priors import TollPriors

if TYPE_CHECKING:
    import xarray as xr

# How far events of one group differ in the steepness of growth and in the noise of their counts, on
# the log scale. From a fit of the settled events in which each event had its own (0.54 to 0.61 and
# 0.69 to 0.86, by fold); with as many unknowns again the chains did not mix well enough to ship.
STEEPNESS_BETWEEN = 0.55
NOISE_BETWEEN = 0.7


def learned_priors(posterior: "xr.Dataset", kind: str, mechanism: str | None = None) -> TollPriors:
    r"""Return the priors of one event that a fit of `history_model` implies.

    The uncertainty of what was learned goes into the prior: a scale :math:`\sigma` known only
    through its posterior, around a mean :math:`\mu` known likewise, gives a prior of scale

    .. math:: \sqrt{\mathrm{E}[\sigma^2] + \mathrm{Var}[\mu]}

    The history model has one steepness of growth for a group of kinds and one noise of counts for
    all; that events differ in both is added here (`STEEPNESS_BETWEEN`, `NOISE_BETWEEN`).

    Parameters
    ----------
    posterior
        Draws of `history.HYPERPARAMETERS`.
    kind, mechanism
        As of `TollPriors.for_event`; "other" gets the spread between the groups of kinds too.

    Returns
    -------
    Priors; what history does not teach (the toll) is the default.

    Examples
    --------
    >>> from casualty_models.models.learned import learned_priors
    >>> learned_priors(result.posterior, "ethnic_riot", "gunshot")  # doctest: +SKIP
    """
    draws = {name: _flat(posterior[name]) for name in posterior.data_vars}
    of_kind = list(KINDS).index(kind)
    group = [i for i, name in enumerate(GROUPS) if KINDS[kind] in (name, "other")]
    log_ratio = draws["log_ratio_mean"][:, of_kind]
    if mechanism:
        log_ratio = log_ratio + draws["log_ratio_mechanism"][:, MECHANISMS.index(mechanism)]
    half_time = draws["log_half_time_mean"][:, of_kind]
    if KINDS[kind] == "other":  # a kind not seen yet, of any group
        half_time = _new_kind(draws, "log_half_time")
        log_ratio = _new_kind(draws, "log_ratio")
    half_time_sd = _spread(half_time, draws["log_half_time_sd"][:, group])
    wounded_sd = _spread(
        np.log(draws["wounded_half_time_ratio"]), draws["wounded_half_time_ratio_sd"]
    )
    effects: dict[str, Any] = {
        name: StudentT(
            3,
            _short(draws["effect_mean"][:, i].mean()),
            _short(_spread(draws["effect_mean"][:, i], draws["effect_scale"][:, i])),
        )
        for i, name in enumerate(CLASSES)
    }
    to_come = draws["log_days_to_come_mean"]
    shape, noise = np.log(draws["growth_shape"][:, group]), np.log(draws["count_noise"])
    return TollPriors(
        duration_growth=_log_normal(to_come, _spread(to_come, draws["log_days_to_come_sd"])),
        half_time=_log_normal(half_time, half_time_sd),
        growth_shape=_log_normal(shape, np.hypot(shape.std(), STEEPNESS_BETWEEN)),
        wounded_half_time_ratio=_log_normal(np.log(draws["wounded_half_time_ratio"]), wounded_sd),
        wounded_per_killed=LogStudentT(
            3,
            _short(np.exp(log_ratio.mean())),
            _short(_spread(log_ratio, draws["log_ratio_scale"][:, group])),
        ),
        walk_scale=_log_normal(np.log(draws["walk_scale"])),
        count_noise=_log_normal(noise, np.hypot(noise.std(), NOISE_BETWEEN)),
        estimate_noise=_log_normal(np.log(draws["estimate_noise"])),
        **effects,
    )


def _new_kind(draws: dict[str, np.ndarray], name: str) -> np.ndarray:
    of_group, between = draws[f"{name}_group"], draws[f"{name}_between"][:, None]
    return np.concatenate([of_group - between, of_group + between], axis=None)


def _flat(variable: "xr.DataArray") -> np.ndarray:
    draws = variable.stack(sample=("chain", "draw")).transpose("sample", ...)
    return np.asarray(draws.values)


def _spread(mean: np.ndarray, scale: np.ndarray) -> float:
    return float(np.sqrt((scale**2).mean() + mean.var()))


def _log_normal(log: np.ndarray, sigma: float | None = None) -> LogNormal:
    return LogNormal(_short(np.exp(log.mean())), _short(sigma or log.std()))


def _short(value: Any) -> float:  # noqa: ANN401
    return float(f"{value:.3g}")
