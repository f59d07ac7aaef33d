"""A parameter before and after the reports."""

from typing import TYPE_CHECKING

import numpy as np
from scipy.stats import gaussian_kde

from casualty_models.errors import DataError
from casualty_models.inference import event_of
from casualty_models.plots import _style
from casualty_models.summaries.evidence import documented_count
from casualty_models.summaries.tables import rounded_ends

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.axes import Axes

NAMES = {
    "true_killed": "people killed",
    "true_wounded": "people wounded",
    "completeness": "share of the toll counted so far",
    "half_time": "days until half is counted",
    "duration": "days that the event lasts",
    "growth_shape": "steepness of the growth of counts of the killed",
    "wounded_growth_shape": "steepness of the growth of counts of the wounded",
    "wounded_per_killed": "wounded per killed",
    "source_effect": "lean of the source (0.1 is about 10% too high)",
}
TOLLS = {"true_killed": "killed", "true_wounded": "wounded"}
LINEAR = {"source_effect": (-np.inf, np.inf), "completeness": (0.0, 1.0)}
GRID = 400
STYLES = {"prior": (_style.GRAY, "--"), "posterior": (_style.BLUE, "-")}


def plot_priors(
    result: "xr.DataTree",
    *,
    var: str = "true_killed",
    coords: dict[str, str] | None = None,
    ax: "Axes | None" = None,
) -> "Axes":
    """Draw what was assumed about a parameter (prior) and what came out (posterior).

    One parameter an Axes; for several, make several Axes. The curves are smoothed
    draws and enclose equal areas on the scale of the axis; the 95 percent intervals below are not
    smoothed. Where the two curves
    agree the reports said nothing about the parameter and the answer rests on the prior.

    Parameters
    ----------
    result
        What `fit` returned.
    var
        Name of a posterior variable.
    coords
        Which element of it: ``{"quantity": "wounded"}``, ``{"series": "killed: official count"}``.
        By default killed, or the first series.
    ax
        Where to draw, at its present size; by default in a new figure.

    Returns
    -------
    The `matplotlib.axes.Axes` drawn on; `alt_text` gives a description in words.

    Raises
    ------
    DataError
        If the variable or the element is not in the result.

    Examples
    --------
    >>> from casualty_models.plots import plot_priors
    >>> plot_priors(result, var="half_time", coords={"quantity": "wounded"}).get_xlabel()
    'days until half is counted (wounded) (log scale)'
    """
    draws = {group: _draws(result, group, var, coords or {}) for group in ("prior", "posterior")}
    element = ", ".join(str(value) for value in draws["posterior"][1])
    values = {group: array for group, (array, _) in draws.items()}
    scale = "linear" if var in LINEAR else "log"
    what = NAMES.get(var, var.replace("_", " ")) + f" ({element})" * bool(element)
    ax = _style.open_axes(
        ax,
        title=f"Before and after the reports: {what}, {event_of(result).name}",
        label=what,
        limits=_limits(values, var, scale),
        scale=scale,
    )
    least = {"posterior": documented_count(result, TOLLS[var])} if var in TOLLS else {}
    texts = {group: _text(array, var, least.get(group)) for group, array in values.items()}
    _densities(ax, values, LINEAR.get(var), _intervals(ax, values, texts))
    told = "; ".join(f"{group}: {text}" for group, text in texts.items())
    ax.set_label(f"Before and after the reports: {what}, {event_of(result).name}. {told}.")
    return ax


def _draws(
    result: "xr.DataTree", group: str, var: str, coords: dict[str, str]
) -> tuple[np.ndarray, list[str]]:
    if group not in result.children or var not in result[group].data_vars:
        known = [name for name in NAMES if name in result["posterior"].data_vars]
        raise DataError(
            f"not in the {group}", place="var", value=var, remedy=f"Use one of {known}."
        )
    array = result[group][var]
    chosen = []
    for dim in set(array.dims) - {"chain", "draw"}:
        elements = [str(value) for value in array[dim].values]
        element = coords.get(str(dim), elements[0])
        if element not in elements:
            raise DataError(
                f"no such {dim}", place="coords", value=element, remedy=f"Use one of {elements}."
            )
        array = array.sel({dim: element})
        chosen.append(element)
    return np.asarray(array.transpose("chain", "draw").values, dtype=float), chosen


def _limits(values: dict[str, np.ndarray], var: str, scale: str) -> tuple[float, float]:
    if var == "completeness":
        return 0.0, 1.0
    ends = np.concatenate([np.quantile(array, (0.025, 0.975)) for array in values.values()])
    lower, upper = (float(f(ends)) for f in (np.min, np.max))
    if scale == "linear":
        margin = 0.15 * max(upper - lower, 0.1)
        return lower - margin, upper + margin
    margin = max(upper / lower, 2.0) ** 0.15
    return lower / margin, upper * margin


def _intervals(ax: "Axes", values: dict[str, np.ndarray], texts: dict[str, str]) -> float:
    height = _style.size_in_points(ax)[1]
    line = _style.line_height(ax) / height
    transform = ax.get_xaxis_transform()
    for i, (group, array) in enumerate(values.items()):
        color, style = STYLES[group]
        lower, middle, upper = np.quantile(array, (0.025, 0.5, 0.975))
        y = (4 - 2 * i) * line
        ax.plot([lower, upper], [y - 0.4 * line] * 2, style, color=color, lw=2,
                transform=transform, label=f"{group}, 95% interval")  # fmt: skip
        ax.plot(middle, y - 0.4 * line, "o", color=color, ms=5, transform=transform)
        _style.text_inside(ax, lower, y - 0.75 * line, f"{group}: {texts[group]}")
    return 4.3 * line


def _text(array: np.ndarray, var: str, least: int | None) -> str:
    if np.ptp(array) == 0:
        return f"fixed at {_number(float(array.flat[0]), var)}"
    if var in TOLLS:
        ends = rounded_ends(array, (0.95,), least=least)
        lower, middle, upper = (f"{ends[name]:,}" for name in ("lower95", "median", "upper95"))
    else:
        quantiles = np.quantile(array, (0.025, 0.5, 0.975))
        lower, middle, upper = (_number(float(value), var) for value in quantiles)
    return f"median {middle}, 95% interval {lower} to {upper}"


def _number(value: float, var: str) -> str:
    if var in LINEAR:
        return f"{round(value, 2) + 0.0:.2f}"  # adding zero turns -0.0 into 0.0
    return f"{float(f'{value:.2g}'):,.10g}"


def _densities(
    ax: "Axes",
    values: dict[str, np.ndarray],
    support: tuple[float, float] | None,
    base: float,
) -> None:
    """Draw both densities, of equal area on the scale of the axis, above the intervals."""
    forward, backward = (np.log, np.exp) if support is None else (np.asarray,) * 2
    left, right = forward(np.array(ax.get_xlim()))
    grid = np.linspace(left, right, GRID)
    highest = 0.0
    for group, array in values.items():
        if np.ptp(array) == 0:
            continue
        density = _density(forward(array.ravel()), grid, support)
        color, style = STYLES[group]
        ax.plot(backward(grid), density, style, color=color, lw=1.8, label=group)
        if group == "posterior":
            ax.fill_between(backward(grid), density, color=_style.BANDS[0.95], lw=0)
        highest = max(highest, float(density.max()))
    top = 1.08 * highest or 1.0
    ax.set_ylim(-top * base / (1 - base), top)
    ax.axhline(0, color=_style.GRAY, lw=0.8)


def _density(
    draws: np.ndarray, grid: np.ndarray, support: tuple[float, float] | None
) -> np.ndarray:
    kernel = gaussian_kde(draws)
    density = kernel(grid)
    for end in support or ():
        if np.isfinite(end):  # what is smoothed over a border is folded back
            density = density + kernel(2 * end - grid)
    return density
