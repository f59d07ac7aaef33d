"""Draws of the unseen as an `xarray.DataTree`, with a record of how they were made."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import numpy as np

from casualty_models.errors import DataError
from casualty_models.lists import CaptureHistories

if TYPE_CHECKING:
    import xarray as xr

ATTRIBUTE = "casualty_models"


def to_datatree(
    histories: CaptureHistories,
    unseen: np.ndarray,
    *,
    sample_stats: Mapping[str, np.ndarray] | None = None,
    record: Mapping[str, Any],
) -> "xr.DataTree":
    """Return draws of the unseen count with the data they rest on.

    Parameters
    ----------
    histories
        One stratum.
    unseen
        Draws, shape (chains, draws).
    sample_stats
        Further values of each draw, of the same shape.
    record
        Method, settings, seed, diagnostics and notes; kept as JSON text in ``attrs``.

    Returns
    -------
    Groups ``posterior`` (``unseen``, ``true_killed``), ``sample_stats`` and ``observed_data``
    (``people`` by cell).

    Raises
    ------
    DataError
        If the draws do not have the shape (chains, draws).

    Examples
    --------
    >>> import numpy as np
    >>> from casualty_models.capture.result import to_datatree
    >>> from casualty_models.lists import CaptureHistories
    >>> table = CaptureHistories(("police", "press"), [[12, 20, 7]])
    >>> tree = to_datatree(table, np.array([[30.0, 35.0]]), record={"method": "example"})
    >>> tree["posterior"]["true_killed"].values
    array([[69., 74.]])
    """
    import xarray as xr

    if unseen.ndim != 2:  # noqa: PLR2004
        raise DataError("draws must have the shape (chains, draws)", value=unseen.shape)
    dims = ("chain", "draw")
    coords = {name: np.arange(size) for name, size in zip(dims, unseen.shape, strict=True)}
    draws = {"unseen": (dims, unseen), "true_killed": (dims, histories.n + unseen)}
    groups = {"posterior": xr.Dataset(draws, coords)}
    if sample_stats:
        values = {name: (dims, value) for name, value in sample_stats.items()}
        groups["sample_stats"] = xr.Dataset(values, coords)
    names = ["".join(map(str, pattern)) for pattern in histories.patterns]
    groups["observed_data"] = xr.Dataset({"people": ("cell", histories.cells)}, {"cell": names})
    tree = xr.DataTree.from_dict(groups)
    tree.attrs[ATTRIBUTE] = json.dumps(_stamped(histories, record))
    return tree


def _stamped(histories: CaptureHistories, record: Mapping[str, Any]) -> dict[str, Any]:
    packages = ("casualty-models", "numpy", "scipy", "xarray")
    stamp = {
        "version": version("casualty-models"),
        "versions": {name: version(name) for name in packages},
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "lists": list(histories.lists),
        "stratum": histories.strata[0],
        "counts": histories.cells.tolist(),
    }
    return stamp | dict(record)
