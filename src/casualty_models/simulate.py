"""Forward simulation with known truth, in NumPy only: a second opinion on the models."""

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from casualty_models.errors import DataError
from casualty_models.events import Event, Report

if TYPE_CHECKING:
    import xarray as xr

    from casualty_models.priors import TollPriors

_NUISANCE = ("shape", "silence", "walk_scale", "count_noise", "estimate_noise")
_AUTHORITIES = ("official", "health_ministry", "hospital")


def simulate_counts(
    event: Event,
    priors: "TollPriors",
    *,
    draws: int = 1000,
    random_seed: int | None = None,
    truth: dict[str, float] | None = None,
) -> "xr.Dataset":
    """Draw true tolls from the priors and the counts that each report would then hold.

    The design is taken from ``event``: its dates, sources, kinds of source, quantities and claims;
    what the reports say is ignored. Reports about a part of the event, or about other quantities
    than killed, wounded and missing, are left out. For the missing the count drawn is that of the
    killed and the missing together.

    Parameters
    ----------
    event
        The design.
    priors
        Where the truths are drawn from.
    draws
        Number of independent simulated events.
    random_seed
        Seed of NumPy's default generator.
    truth
        Values to hold fixed instead of drawing them, by name: ``true_killed``, ``half_time``,
        ``wounded_per_killed``, ``duration``.

    Returns
    -------
    Dataset with dimension ``draw``: ``true_killed``, ``true_wounded``, ``wounded_per_killed``,
    ``half_time`` (days, of the killed), ``duration`` (days) and, with dimension ``report`` (the
    index into ``event.reports``), ``log_count``.

    Raises
    ------
    DataError
        If the event has no report of the whole number killed, wounded or missing.

    Examples
    --------
    >>> from casualty_models.events import Event, Report
    >>> from casualty_models.priors import TollPriors
    >>> from casualty_models.simulate import simulate_counts
    >>> event = Event(name="example", kind="riot", start="2010-06-10", reports=[Report(
    ...     date="2010-06-13", source="ministry", source_kind="official", quantity="killed",
    ...     value=97)])
    >>> simulate_counts(event, TollPriors(), draws=5, random_seed=1).log_count.shape
    (5, 1)
    """
    import xarray as xr

    rng = np.random.default_rng(random_seed)
    used = [
        (i, r)
        for i, r in enumerate(event.reports)
        if r.quantity in ("killed", "wounded", "missing") and not r.is_part
    ]
    if not used:
        raise DataError(
            "no report of the whole number killed, wounded or missing to simulate",
            place=event.name,
            remedy="Add one.",
        )
    state = _draw_truth(event, priors, draws, rng, truth or {})
    log_count = np.empty((draws, len(used)))
    for series in _group_by_series([r for _, r in used]):
        columns = _simulate_series([used[j][1] for j in series], event, priors, state, rng)
        log_count[:, series] = columns
    return xr.Dataset(
        {name: ("draw", value) for name, value in state.items() if name not in _NUISANCE}
        | {"log_count": (("draw", "report"), log_count)},
        coords={"report": [i for i, _ in used]},
    )


def simulate_event(
    event: Event,
    priors: "TollPriors",
    *,
    random_seed: int | None = None,
    truth: dict[str, float] | None = None,
) -> tuple[Event, dict[str, float]]:
    """Return one simulated event with exact counts as reports, and its truth.

    Parameters
    ----------
    event, priors, random_seed, truth
        As of `simulate_counts`.

    Returns
    -------
    The event, its used reports now giving the simulated counts, and the true values by name.

    Raises
    ------
    DataError
        If the event has no report of the whole number killed, wounded or missing.

    Examples
    --------
    >>> from casualty_models.events import Event, Report
    >>> from casualty_models.priors import TollPriors
    >>> from casualty_models.simulate import simulate_event
    >>> design = Event(name="example", kind="riot", start="2010-06-10", end="2010-06-12",
    ...                reports=[Report(date="2010-06-13", source="ministry", quantity="killed",
    ...                                source_kind="official", value=1)])
    >>> event, truth = simulate_event(design, TollPriors(), random_seed=1,
    ...                               truth={"true_killed": 500.0})
    >>> truth["true_killed"], event.reports[0].statement.kind
    (500.0, 'exact')
    """
    one = simulate_counts(event, priors, draws=1, random_seed=random_seed, truth=truth)
    counts = np.rint(np.exp(one.log_count.values[0]))
    designed = [event.reports[i] for i in one.report.values]
    reports = tuple(
        replace(each, says=None, value=None, lower=count, upper=count)
        for each, count in zip(designed, _without_killed(designed, counts), strict=True)
    )
    names = [name for name in one.data_vars if name != "log_count"]
    return replace(event, reports=reports), {str(n): float(one[n].values[0]) for n in names}


def _without_killed(reports: list[Report], counts: np.ndarray) -> np.ndarray:
    """Return what is reported: of the missing, the count without the killed counted by then."""
    reported = counts.copy()
    for i, missing in enumerate(reports):
        if missing.quantity != "missing":
            continue
        known = [
            (r.date, counts[j])
            for j, r in enumerate(reports)
            if r.quantity == "killed" and r.claim == "count" and r.date <= missing.date
        ]
        reported[i] = max(counts[i] - max(known, default=(None, 0.0))[1], 0.0)
    return reported


def _draw_truth(
    event: Event,
    priors: "TollPriors",
    draws: int,
    rng: np.random.Generator,
    truth: dict[str, float],
) -> dict[str, np.ndarray]:
    killed = np.exp(priors.log_killed.draw(rng, draws))
    ratio = priors.wounded_per_killed.draw(rng, draws)
    half_time = priors.half_time.draw(rng, draws)
    if event.end is None:
        so_far = (event.as_of_date - event.start).days + 1
        duration = so_far * (1 + priors.duration_growth.draw(rng, draws))
    else:
        duration = np.full(draws, (event.end - event.start).days + 1.0)
    state = {
        "true_killed": killed,
        "wounded_per_killed": ratio,
        "half_time": half_time,
        "duration": duration,
    }
    state |= {name: np.full(draws, float(value)) for name, value in truth.items()}
    state["true_wounded"] = state["true_killed"] * state["wounded_per_killed"]
    state["wounded_half_time"] = state["half_time"] * priors.wounded_half_time_ratio.draw(
        rng, draws
    )
    state["shape"] = priors.growth_shape.draw(rng, draws)
    for name in ("silence", "walk_scale", "count_noise", "estimate_noise"):
        state[name] = getattr(priors, name).draw(rng, draws)
    return state


def _series_of(report: Report) -> tuple[str, str]:
    side = "official" if report.source_kind in _AUTHORITIES else "other"
    if report.quantity == "missing":
        return "killed", f"{side}_missing"
    if report.claim != "count":
        return report.quantity, f"{side}_estimate"
    if side == "official":
        return report.quantity, "official_count"
    who = "opponent" if report.source_kind == "opponent" else "documented"
    return report.quantity, f"{who}_count"


def _group_by_series(reports: list[Report]) -> list[list[int]]:
    series: dict[tuple[str, str], list[int]] = {}
    for i, report in enumerate(reports):
        series.setdefault(_series_of(report), []).append(i)
    return list(series.values())


def _simulate_series(
    reports: list[Report],
    event: Event,
    priors: "TollPriors",
    state: dict[str, np.ndarray],
    rng: np.random.Generator,
) -> np.ndarray:
    """Return log counts (draw, report) of one series, walking backwards in time."""
    quantity, name = _series_of(reports[0])
    draws = len(state["true_killed"])
    level = np.log(state[f"true_{quantity}"]) + getattr(priors, name).draw(rng, draws)
    if name.endswith(("estimate", "missing")):
        noise = state["estimate_noise"]
        return np.column_stack([level + noise * rng.standard_t(4, draws) for _ in reports])
    h0 = state["half_time"] if quantity == "killed" else state["wounded_half_time"]
    half_time = h0 + (state["duration"] - 1) / 2
    walk_scale, noise = state["walk_scale"], state["count_noise"]
    columns = np.empty((draws, len(reports)))
    deviation, later, none = (np.zeros(draws) for _ in range(3))
    silent = (event.as_of_date - max(r.date for r in reports)).days * state["silence"]
    for i in sorted(range(len(reports)), key=lambda i: (reports[i].date, i), reverse=True):
        t = (reports[i].date - event.start).days + 0.6 + silent
        log_share = -np.log1p((t / half_time) ** -state["shape"])
        deviation = deviation + walk_scale * np.sqrt(later - log_share) * rng.normal(size=draws)
        later, silent = log_share, none
        columns[:, i] = level + log_share + deviation + noise * rng.standard_t(4, draws)
    return columns
