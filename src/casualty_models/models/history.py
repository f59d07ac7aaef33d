"""The history model: what settled events teach about how tolls are reported."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pymc as pm
import pytensor.tensor as pt

from casualty_models.events import KINDS, MECHANISMS, Event
from casualty_models.models.reporting import backward_walk, log_counted_share, reported
from casualty_models.models.settled import CLASSES, GROUPS, Design, history_design

WOUNDED_REFERENCE_ERROR = 0.15  # log scale: who counts as wounded differs more than who died
UNUSED = 1e4  # log scale: the error of a reference that must not be learned from


def history_model(events: Sequence[Event], *, without: Sequence[str] = ()) -> pm.Model:
    r"""Return the model of many settled events at once, with the terms of `toll_model`.

    .. math::

        \log \text{reference}_e &\sim \mathrm{Normal}(\log D_e, s_e) \\
        \log h_e &\sim \mathrm{Normal}(\mu_{\text{kind}(e)}, \sigma_{\text{group}(e)}), \qquad
        \mu_{\text{kind}} \sim \mathrm{Normal}(\mu_{\text{group}}, \tau) \\
        \log W_e - \log D_e &\sim t_3(\rho_{\text{kind}(e)} + \rho_{\text{mechanism}(e)},
        \omega_{\text{group}(e)}) \\
        \text{effect of a series} &\sim t_3(m_{\text{class}}, s_{\text{class}}) \\
        \log(T_e / T_{\text{so far}} - 1) &\sim \mathrm{Normal}(\nu, \kappa)

    Half-times :math:`h`, the wounded-per-killed ratio and the effects of sources are those of
    `toll_model`; here their means and spreads are unknown too, and kinds of event borrow from the
    other kinds of their group. How long violence goes on that has not ended is learned from the
    days :math:`T_{\text{so far}}` on which an event was reported to go on, and its length
    :math:`T_e` in the end; the days of one event share the weight of one.

    Parameters
    ----------
    events
        Settled events, each with a reference toll and at least one usable report.
    without
        Ids of events that the model must not learn from: they stay in the model, so that all folds
        share one compilation, but neither their reports nor their reference count.

    Returns
    -------
    A plain `pymc.Model`; its hyperparameters are named by `HYPERPARAMETERS`.

    Raises
    ------
    DataError
        If an event has no reference toll, or there are no events.

    Examples
    --------
    >>> from casualty_models.datasets import history_events
    >>> from casualty_models.models.history import history_model
    >>> from casualty_models.models.settled import settled
    >>> model = history_model(settled(history_events())[:5])
    >>> model.coords["group"]
    ('political_violence', 'attack_or_accident', 'natural_disaster')
    """
    design = history_design(events)
    learned = np.array([float(event.id not in without) for event in events])
    coords = {
        "group": GROUPS,
        "kind": tuple(KINDS),
        "mechanism": MECHANISMS,
        "class": CLASSES,
        "event": [event.id or event.name for event in events],
        "series": range(len(design.series_class)),
        "report": range(len(design.days)),
    }
    with pm.Model(coords=coords) as model:
        means = _kind_means(tuple(KINDS))
        toll = _settled_tolls(design, means, learned)
        half_time = _half_times(design, means["log_half_time"])
        shape = pm.LogNormal("growth_shape", 0.45, 0.3, dims="group")
        event, quantity = design.event, design.quantity
        duration, steepness = design.duration[event], shape[design.group[event]]
        share = log_counted_share(design.days, half_time[event, quantity], duration, steepness)
        steps = pm.Normal("walk_step", dims="report")
        walk_scale = pm.LogNormal("walk_scale", -1.0, 0.5)
        grown = share + backward_walk(share, design.last, walk_scale, steps)
        center = toll[event, quantity] + _effects(design)[design.series] + design.grows * grown
        count_noise = pm.LogNormal("count_noise", np.log(0.15), 0.5)
        estimate_noise = pm.LogNormal("estimate_noise", np.log(0.45), 0.4)
        noise = pt.where(pt.eq(design.grows, 1.0), count_noise, estimate_noise)
        bounds = {
            "log_lower": design.log_lower,
            "log_upper": design.log_upper,
            "log_middle": (design.log_lower + design.log_upper) / 2,
            "used": pm.Data("report_used", learned[event], dims="report"),
        }
        reported("reported", center, noise, bounds, dims="report")
        _days_to_come(design.still, learned)
    model.structure = "history", design.digest()
    return model


HYPERPARAMETERS = (
    "log_half_time_mean",
    "log_half_time_sd",
    "growth_shape",
    "wounded_half_time_ratio",
    "wounded_half_time_ratio_sd",
    "log_ratio_mean",
    "log_ratio_mechanism",
    "log_ratio_scale",
    "effect_mean",
    "effect_scale",
    "walk_scale",
    "count_noise",
    "estimate_noise",
    "log_days_to_come_mean",
    "log_days_to_come_sd",
)


def _kind_means(kinds: tuple[str, ...]) -> dict[str, Any]:
    """Return the mean of each kind, pooled over the kinds of its group."""
    known = [kind for kind in kinds if KINDS[kind] in GROUPS]
    group = np.array([GROUPS.index(KINDS[kind]) if kind in known else 0 for kind in kinds])
    means = {}
    for name, center, spread in (("log_half_time", 0.0, 0.4), ("log_ratio", 1.0, 0.6)):
        of_group = pm.Normal(f"{name}_group", center, 1.5, dims="group")
        between = pm.HalfNormal(f"{name}_between", spread)
        away = pm.Normal(f"{name}_away", dims="kind")
        of_kind = of_group[group] + between * away
        means[name] = pm.Deterministic(f"{name}_mean", of_kind, dims="kind")
    return means


def _settled_tolls(design: Design, means: dict[str, Any], learned: np.ndarray) -> Any:  # noqa: ANN401
    """Return log killed and log wounded of each event, and tie them to the references."""
    log_killed = pm.Normal("log_killed", 6.0, 3.0, dims="event", initval=design.log_killed)
    error = np.where(learned, design.log_killed_sd, UNUSED)
    error = pm.Data("reference_killed_error", error, dims="event")
    pm.Normal("reference_killed", log_killed, error, observed=design.log_killed)
    by_mechanism = pm.Normal("log_ratio_mechanism", 0.0, 0.5, dims="mechanism")
    scale = pm.LogNormal("log_ratio_scale", -0.1, 0.35, dims="group")
    log_ratio = pm.StudentT(
        "log_ratio",
        nu=3,
        mu=means["log_ratio"][design.kind] + by_mechanism[design.mechanism],
        sigma=scale[design.group],
        dims="event",
    )
    log_wounded = log_killed + log_ratio
    known = np.flatnonzero(~np.isnan(design.log_wounded))
    if len(known):
        error = np.where(learned[known], WOUNDED_REFERENCE_ERROR, UNUSED)
        error = pm.Data("reference_wounded_error", error)
        pm.Normal(
            "reference_wounded", log_wounded[known], error, observed=design.log_wounded[known]
        )
    return pt.stack([log_killed, log_wounded], axis=1)


def _half_times(design: Design, mean: Any) -> Any:  # noqa: ANN401
    sd = pm.LogNormal("log_half_time_sd", 0.3, 0.3, dims="group")
    log_killed = pm.Normal("log_half_time", mean[design.kind], sd[design.group], dims="event")
    ratio = pm.LogNormal("wounded_half_time_ratio", -0.7, 0.5)
    ratio_sd = pm.LogNormal("wounded_half_time_ratio_sd", -0.7, 0.4)
    away = pm.Normal("wounded_half_time_away", dims="event")
    log_wounded = log_killed + pt.log(ratio) + ratio_sd * away
    return pt.exp(pt.stack([log_killed, log_wounded], axis=1))


def _effects(design: Design) -> Any:  # noqa: ANN401
    mean = pm.Normal("effect_mean", 0.0, [0.05, 0.1, 0.3, 0.3, 0.3, 0.5, 0.5], dims="class")
    typical = np.log([0.05, 0.1, 0.2, 0.4, 0.4, 0.5, 0.5])
    scale = pm.LogNormal("effect_scale", typical, 0.7, dims="class")
    standard = pm.StudentT("source_standard", nu=3, dims="series")
    return mean[design.series_class] + scale[design.series_class] * standard


def _days_to_come(still: np.ndarray, learned: np.ndarray) -> None:
    """Learn how long an event goes on, of the days so far; a length is known to the day."""
    mean = pm.Normal("log_days_to_come_mean", -0.3, 1.0)
    sd = pm.LogNormal("log_days_to_come_sd", 0.0, 0.5)
    if not len(still):
        return
    event, so_far, lasted = still.T
    each = learned / np.maximum(np.bincount(event, minlength=len(learned)), 1)
    weight = pm.Data("still_weight", each[event])
    length = pm.LogNormal.dist(mean, sd)
    upper = pm.logcdf(length, (lasted - so_far + 0.5) / so_far)
    lower = pm.logcdf(length, np.maximum(lasted - so_far - 0.5, 1e-6) / so_far)
    between = upper + pt.log1mexp(pt.minimum(lower - upper, -1e-9))
    pm.Potential("days_to_come", (weight * between).sum())
