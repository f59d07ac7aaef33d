"""The counts that reports would hold, given what is true."""

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from casualty_models.errors import DataError
from casualty_models.events import Event, Report
from casualty_models.simulate.truth import NUISANCE, Division, Truth, draw_truth

if TYPE_CHECKING:
    import xarray as xr

    from casualty_models.priors import TollPriors

_AUTHORITIES = ("official", "health_ministry", "hospital")
type Levels = dict[tuple[str, str, bool], np.ndarray]


def simulate_counts(
    event: Event,
    priors: "TollPriors",
    *,
    draws: int = 1000,
    random_seed: int | None = None,
    truth: dict[str, float] | None = None,
) -> "xr.Dataset":
    """Draw true tolls from the priors and the counts that each report would then hold.

    The design is taken from ``event``: its dates, sources, kinds of source, quantities, claims and
    strata; what the reports say is ignored. Reports about a part of the event that is none of its
    strata are left out. For the missing the count drawn is that of the killed and the missing
    together.

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
    Dataset with dimension ``draw``: ``true_killed``, ``true_wounded``, ``true_casualties``,
    ``wounded_per_killed``, ``half_time`` (days, of the killed), ``duration`` (days) and, with
    dimension ``report`` (the index into ``event.reports``), ``log_count``. With strata also
    ``true_killed_by_place``, ``true_wounded_by_place`` (and by group, by period).

    Raises
    ------
    DataError
        If the event has no report to simulate.

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
    used = [(i, r) for i, r in enumerate(event.reports) if _simulated(event, r)]
    if not used:
        raise DataError(
            "no report of the whole event, or of one of its strata, to simulate",
            place=event.name,
            remedy="Add one.",
        )
    state = draw_truth(event, priors, draws, rng, truth or {})
    division = Division(event.strata, priors, draws, rng)
    levels: Levels = {}
    for _, report in used:
        leaning = levels.setdefault(_series(report), np.zeros(0))
        if not leaning.size:
            levels[_series(report)] = getattr(priors, _series(report)[1]).draw(rng, draws)
    log_count = np.empty((draws, len(used)))
    for one in _grouped([r for _, r in used]):
        reports = [used[j][1] for j in one]
        log_count[:, one] = _simulate_series(reports, event, (state, division, levels), rng)
    values = {name: ("draw", value) for name, value in state.items() if name not in NUISANCE}
    return xr.Dataset(
        values | _by_part(state, division) | {"log_count": (("draw", "report"), log_count)},
        coords={"report": [i for i, _ in used]} | {w: list(n) for w, n in division.levels.items()},
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
    The event, its used reports now giving the simulated counts, and the true values by name; those
    of parts as ``true_killed_by_place[Osh]``.

    Raises
    ------
    DataError
        If the event has no report to simulate.

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
    first = one.isel(draw=0).drop_vars("log_count")
    known: dict[str, float] = {}
    for name, value in first.data_vars.items():
        labels = [f"[{label}]" for label in value[value.dims[0]].values] if value.dims else [""]
        numbers = np.atleast_1d(value.values)
        known |= {f"{name}{label}": float(x) for label, x in zip(labels, numbers, strict=True)}
    return replace(event, reports=reports), known


def _simulated(event: Event, report: Report) -> bool:
    levels = event.strata.levels if event.strata else {}
    parts = {way: getattr(report, way) for way in ("place", "group", "period")}
    return all(name is None or name in levels.get(way, ())[:-1] for way, name in parts.items())


def _by_part(state: Truth, division: Division) -> dict[str, tuple[tuple[str, str], np.ndarray]]:
    return {
        f"true_{quantity}_by_{way}": (
            ("draw", way),
            np.column_stack(
                [
                    state[f"true_{quantity}"] * division.share(quantity, {way: name})
                    for name in names
                ]
            ),
        )
        for way, names in division.levels.items()
        for quantity in ("killed", "wounded")
    }


def _without_killed(reports: list[Report], counts: np.ndarray) -> np.ndarray:
    """Return what is reported: of the missing, the count without the killed counted by then."""
    reported = counts.copy()
    for i, missing in enumerate(reports):
        if missing.quantity != "missing":
            continue
        known = [
            (r.date, counts[j])
            for j, r in enumerate(reports)
            if r.quantity == "killed"
            and r.claim == "count"
            and r.date <= missing.date
            and _part(r) == _part(missing)
        ]
        reported[i] = max(counts[i] - max(known, default=(None, 0.0))[1], 0.0)
    return reported


def _part(report: Report) -> tuple[str | None, str | None, str | None]:
    return report.place, report.group, report.period


def _series(report: Report) -> tuple[str, str, bool]:
    """Return what a report counts, whose leaning it has, and whether the count grows."""
    side = "official" if report.source_kind in _AUTHORITIES else "other"
    if report.quantity == "missing":
        return "killed", report.stance or f"{side}_missing", False
    if report.claim != "count":
        return report.quantity, report.stance or f"{side}_estimate", False
    if report.stance is not None:
        return report.quantity, report.stance, True
    if side == "official":
        return report.quantity, "official_count", True
    who = "opponent" if report.source_kind == "opponent" else "documented"
    return report.quantity, f"{who}_count", True


def _grouped(reports: list[Report]) -> list[list[int]]:
    series: dict[object, list[int]] = {}
    for i, report in enumerate(reports):
        series.setdefault((_series(report), _part(report)), []).append(i)
    return list(series.values())


def _simulate_series(
    reports: list[Report],
    event: Event,
    truth: tuple[Truth, Division, Levels],
    rng: np.random.Generator,
) -> np.ndarray:
    """Return log counts (draw, report) of one series, walking backwards in time."""
    state, division, levels = truth
    draws = len(state["true_killed"])
    leaning, grows = levels[_series(reports[0])], _series(reports[0])[2]
    if not grows:
        settled = np.log(_counted(reports[0], state, division, np.inf)) + leaning
        noise = state["estimate_noise"]
        return np.column_stack([settled + noise * rng.standard_t(4, draws) for _ in reports])
    walk_scale, noise = state["walk_scale"], state["count_noise"]
    columns = np.empty((draws, len(reports)))
    deviation, later, none = (np.zeros(draws) for _ in range(3))
    silent = (event.as_of_date - max(r.date for r in reports)).days * state["silence"]
    for i in sorted(range(len(reports)), key=lambda i: (reports[i].date, i), reverse=True):
        t = (reports[i].date - event.start).days + 0.6 + silent
        now, end = (np.log(_counted(reports[i], state, division, when)) for when in (t, np.inf))
        log_share = now - end
        deviation = deviation + walk_scale * np.sqrt(later - log_share) * rng.normal(size=draws)
        later, silent = log_share, none
        columns[:, i] = leaning + now + deviation + noise * rng.standard_t(4, draws)
    return columns


def _counted(
    report: Report, state: Truth, division: Division, when: "float | np.ndarray"
) -> np.ndarray:
    """Return how many of those whom a report is about have been counted by a time, in days."""
    lag = (state["duration"] - 1) / 2
    growth = {
        "killed": (state["half_time"], state["shape"]),
        "wounded": (state["wounded_half_time"], state["wounded_shape"]),
    }
    counted = {
        quantity: state[f"true_{quantity}"]
        * division.of_report(report, quantity)
        / (1 + (when / (half_time + lag)) ** -shape)
        for quantity, (half_time, shape) in growth.items()
    }
    if report.quantity == "casualties":
        return counted["killed"] + counted["wounded"]
    if report.quantity == "hospitalized":
        return counted["wounded"] * state["hospitalized_share"]
    return counted["wounded"] if report.quantity == "wounded" else counted["killed"]
