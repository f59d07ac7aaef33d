"""Results made of simple distributions, in the shape that `fit` returns; nothing is sampled."""

import datetime
import json
from typing import Any

import numpy as np
import xarray as xr

from casualty_models.events import Event, Report, Strata
from casualty_models.models.growth import counted_share
from casualty_models.summaries.evidence import QUANTITIES

OFFICIAL = {"official", "health_ministry", "hospital"}
START = datetime.date(2010, 6, 10)


def report(quantity: str, day: int, lower: int, upper: int | None = None, **fields: Any) -> Report:
    """Return a report of the given day; bounds are given, so that no words are parsed."""
    fields = {"source": "provisional government", "source_kind": "official"} | fields
    bounds = {"lower": lower, "upper": lower if upper is None else upper}
    date = START + datetime.timedelta(days=day)
    return Report(date=date, quantity=quantity, **bounds, **({"says": f"{lower:,}"} | fields))


def osh(*reports: Report, **fields: Any) -> Event:
    """Return an event that looks like Osh 2010 with the given reports, by default two."""
    ministry = {"source": "Health Ministry", "source_kind": "health_ministry"}
    reports = reports or (
        report("killed", 3, 85, 99, says="neared 100"),
        report("wounded", 2, 900, 999, says="nearly 1,000", **ministry),
    )
    fields = {"name": "Osh and Jalal-Abad, June 2010", "kind": "ethnic_riot"} | fields
    return Event(start=START, mechanism="gunshot", reports=reports, **fields)


def fake_result(  # noqa: PLR0913
    event: Event | None = None,
    *,
    median: float = 310.0,
    sigma: float = 0.9,
    draws: int = 1000,
    chains: int = 4,
    converged: bool = True,
    seed: int = 1,
) -> xr.DataTree:
    """Return a result whose toll of killed is log-normal, never below a declared floor."""
    event = event or osh()
    rng = np.random.default_rng(seed)
    table = _report_table(event)
    floor = max((r.statement.lower for r in event.reports if r.floor), default=0)
    killed = np.maximum(rng.lognormal(np.log(median), sigma, (chains, draws)), floor)
    prior_killed = rng.lognormal(6.0, 3.0, (1, draws))
    posterior = _latents(rng, event, killed, table["series"], spread=0.5)
    prior = _latents(rng, event, prior_killed, table["series"], spread=1.0)
    result = xr.DataTree.from_dict(
        {
            "posterior": posterior,
            "prior": prior,
            "posterior_predictive": _simulated(rng, posterior, table),
            "prior_predictive": _simulated(rng, prior, table),
            "sample_stats": xr.Dataset(
                {"diverging": (("chain", "draw"), np.zeros((chains, draws), dtype=bool))}
            ),
            "observed_data": xr.Dataset(
                {"reported": ("report", table["log_middle"])}, coords={"report": table["position"]}
            ),
            "constant_data": _constant_data(event, table),
        }
    )
    record = _provenance(event, converged, {"chains": chains, "draws": draws, "random_seed": seed})
    result.attrs["casualty_models"] = json.dumps(record)
    return result


def fake_divided(seed: int = 1) -> xr.DataTree:
    """Return a result of an event in two places, of which one holds about two thirds."""
    event = osh(strata=Strata(place=["Osh", "Jalal-Abad"]))
    result = fake_result(event, seed=seed)
    for group, alpha in (("posterior", [12, 5, 1]), ("prior", [1, 1, 0.3])):
        draws = result[group].to_dataset()
        shares = np.random.default_rng(seed).dirichlet(alpha, draws["true_killed"].shape)
        for quantity in QUANTITIES:
            by_place = draws[f"true_{quantity}"].values[..., None] * shares
            draws[f"true_{quantity}_by_place"] = (("chain", "draw", "place"), by_place)
        draws = draws.assign_coords(place=list(event.strata.levels["place"]))
        result[group] = xr.DataTree(draws)
    return result


def _report_table(event: Event) -> dict[str, Any]:
    used = [(i, r) for i, r in enumerate(event.reports) if _is_used(r)]
    used.sort(key=lambda item: (_series(item[1]), item[1].date))
    names = sorted({_series(r) for _, r in used})
    series = np.array([names.index(_series(r)) for _, r in used])
    bounds = np.array([[r.statement.lower - 0.5, r.statement.upper + 0.5] for _, r in used])
    log_lower, log_upper = np.log(np.maximum(bounds, 1e-3)).T
    return {
        "position": np.array([i for i, _ in used]),
        "series": names,
        "report_days": np.array([float((r.date - event.start).days) for _, r in used]),
        "report_log_lower": log_lower,
        "report_log_upper": log_upper,
        "log_middle": (log_lower + log_upper) / 2,
        "report_quantity": np.array([QUANTITIES.index(r.quantity) for _, r in used]),
        "report_series": series,
        "report_grows": np.array([float(r.claim == "count") for _, r in used]),
        "report_last": np.array([np.flatnonzero(series == s).max() for s in series]),
    }


def _is_used(r: Report) -> bool:
    return r.quantity in QUANTITIES and not r.is_part


def _series(r: Report) -> str:
    if r.claim != "count":
        name = "official estimate" if r.source_kind in OFFICIAL else "other estimate"
    elif r.source_kind in OFFICIAL:
        name = "official count"
    else:
        name = "opponent count" if r.source_kind == "opponent" else "documented count"
    return f"{r.quantity}: {name}"


def _latents(
    rng: np.random.Generator, event: Event, killed: np.ndarray, series: list[str], spread: float
) -> xr.Dataset:
    shape = killed.shape
    ratio = rng.lognormal(np.log(5.0), 0.75 * spread, shape)
    known = float((event.as_of_date - event.start).days)
    duration = days_so_far(event) * (1.0 + event.ongoing * rng.lognormal(-0.3, spread, shape))
    half_time = rng.lognormal(-0.3, 1.4 * spread, (*shape, 1)) * np.array([1.0, 0.5])
    growth_shape = np.full(shape, 1.5)
    completeness = counted_share(known, half_time, duration[..., None], growth_shape[..., None])
    sample = ("chain", "draw")
    return xr.Dataset(
        {
            "true_killed": (sample, killed),
            "true_wounded": (sample, killed * ratio),
            "wounded_per_killed": (sample, ratio),
            "duration": (sample, duration),
            "growth_shape": (sample, growth_shape),
            "wounded_growth_shape": (sample, growth_shape),
            "half_time": ((*sample, "quantity"), half_time),
            "completeness": ((*sample, "quantity"), completeness),
            "source_effect": ((*sample, "series"), rng.normal(0, 0.1, (*shape, len(series)))),
        },
        coords={"quantity": list(QUANTITIES), "series": series},
    )


def _simulated(rng: np.random.Generator, latents: xr.Dataset, table: dict[str, Any]) -> xr.Dataset:
    columns = []
    for row, day in enumerate(table["report_days"]):
        quantity = QUANTITIES[table["report_quantity"][row]]
        share = counted_share(
            day,
            latents["half_time"].sel(quantity=quantity),
            latents["duration"],
            latents["growth_shape"],
        )
        center = (
            np.log(latents[f"true_{quantity}"])
            + table["report_grows"][row] * np.log(share)
            + latents["source_effect"].isel(series=table["report_series"][row])
        )
        columns.append(center.values + rng.normal(0, 0.2, center.shape))
    values = np.stack(columns, axis=-1)
    coords = {"report": table["position"]}
    return xr.Dataset({"reported": (("chain", "draw", "report"), values)}, coords=coords)


def _constant_data(event: Event, table: dict[str, Any]) -> xr.Dataset:
    known = (event.as_of_date - event.start).days
    columns = {name: ("report", v) for name, v in table.items() if name.startswith("report_")}
    scalars = {"known_days": float(known), "days_so_far": days_so_far(event)}
    scalars["ongoing"] = float(event.ongoing)
    return xr.Dataset(columns | scalars, coords={"report": table["position"]})


def days_so_far(event: Event) -> float:
    last = event.as_of_date if event.ongoing else event.end
    return (last - event.start).days + 1.0


def _provenance(event: Event, converged: bool, settings: dict[str, int]) -> dict[str, Any]:
    return {
        "version": "0.1.0",
        "versions": {"numpy": np.__version__},
        "created": "2010-06-13T12:00:00+00:00",
        "engine": "none",
        "tune": 0,
        **settings,
        "event": json.loads(event.to_json()),
        "priors": {},
        "notes": [],
        "reports_hash": "0" * 16,
        "diagnostics": {
            "converged": converged,
            "divergences": 0 if converged else 12,
            "max_rhat": 1.0 if converged else 1.05,
            "min_ess_bulk": 4000.0,
            "min_ess_tail": 4000.0,
            "advice": [] if converged else ["12 divergent transitions."],
        },
    }
