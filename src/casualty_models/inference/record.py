"""The record of how a result was made, kept with its draws."""

import hashlib
import json
import sys
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from casualty_models.errors import DataError
from casualty_models.events import Event

if TYPE_CHECKING:
    import pymc as pm
    import xarray as xr

ATTRIBUTE = "casualty_models"
_VERSIONS = ("pymc", "pytensor", "nutpie", "arviz", "numpy")


def provenance(result: "xr.DataTree") -> dict[str, Any]:
    """Return how a result was made.

    Returns
    -------
    Keys ``version``, ``versions``, ``created``, ``engine`` ("nutpie" or "quick"), ``random_seed``,
    ``draws``, ``tune``, ``chains``, ``target_accept``, ``event``, ``priors``, ``reports_hash``,
    ``notes`` and ``diagnostics``; ``fallback`` says why NUTS took over from the quick engine.

    Raises
    ------
    DataError
        If the result was not made by `fit`.

    Examples
    --------
    >>> import xarray as xr
    >>> from casualty_models.inference import provenance
    >>> provenance(xr.DataTree())
    Traceback (most recent call last):
        ...
    casualty_models.errors.DataError: result: the record of how it was made is missing. Use ...
    """
    if ATTRIBUTE not in result.attrs:
        raise DataError(
            "the record of how it was made is missing",
            place="result",
            remedy="Use what `fit` or `load_result` returned.",
        )
    return json.loads(result.attrs[ATTRIBUTE])


def event_of(result: "xr.DataTree") -> Event:
    """Return the event that a result was fitted to.

    Raises
    ------
    DataError
        If the result was not made by `fit` from an event.

    Examples
    --------
    >>> from casualty_models.inference import event_of
    >>> event_of(result).name  # doctest: +SKIP
    'Osh and Jalal-Abad, June 2010'
    """
    return Event.from_json(json.dumps(provenance(result)["event"]))


def load_result(path: str) -> "xr.DataTree":
    """Read a result that was saved with ``result.to_netcdf(path)``.

    Raises
    ------
    DataError
        If the file is not a saved result.

    Examples
    --------
    >>> from casualty_models.inference import load_result
    >>> load_result("osh.nc")  # doctest: +SKIP
    """
    import xarray as xr

    try:
        result = xr.load_datatree(path)
    except (OSError, ValueError) as error:
        raise DataError(
            "cannot be read as a saved result",
            place=str(path),
            remedy="Save one with result.to_netcdf(path).",
        ) from error
    provenance(result)
    return result


def make_record(
    model: "pm.Model", settings: dict[str, Any], diagnostics: dict[str, Any]
) -> dict[str, Any]:
    """Return the record of a fit: versions, settings, what the model was made of, diagnostics."""
    of_model: dict[str, Any] = getattr(model, "provenance", {})
    reports = json.dumps(of_model.get("event", {}).get("reports", []), sort_keys=True)
    return {
        "version": version_of("casualty-models"),
        "versions": versions(),
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "engine": "nutpie",
        **settings,
        **of_model,
        "reports_hash": hashlib.sha256(reports.encode()).hexdigest()[:16],
        "diagnostics": diagnostics,
    }


def versions() -> dict[str, str]:
    """Return the versions of what draws depend on.

    Examples
    --------
    >>> from casualty_models.inference.record import versions
    >>> list(versions())
    ['pymc', 'pytensor', 'nutpie', 'arviz', 'numpy', 'python']
    """
    return {name: version_of(name) for name in _VERSIONS} | {"python": sys.version.split()[0]}


version_of = cache(version)  # to read it takes a millisecond
