"""The toll of each part of an event."""

from typing import TYPE_CHECKING

from casualty_models.inference import event_of
from casualty_models.plots.comparison import plot_comparison
from casualty_models.summaries.people import parts_table

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.axes import Axes


def plot_parts(
    result: "xr.DataTree",
    way: str | None = None,
    *,
    quantity: str = "killed",
    scale: str = "log",
    ax: "Axes | None" = None,
) -> "Axes":
    """Draw the toll of each part of an event, each with what had been counted there.

    Drawn as `plot_comparison` draws events. The parts of one draw sum to its total; the medians of
    the parts do not sum to the median of the total.

    Parameters
    ----------
    result
        What `fit` returned for an event with `Strata`.
    way
        "place", "group" or "period"; by default the first in which the event is divided.
    quantity
        "killed" or "wounded".
    scale
        "log" or "linear".
    ax
        Where to draw, at its present size; by default in a new figure.

    Returns
    -------
    The `matplotlib.axes.Axes` drawn on; `alt_text` gives a description in words.

    Raises
    ------
    DataError
        If the event is not divided in that way, or the scale is unknown.

    Examples
    --------
    >>> from casualty_models.plots import plot_parts
    >>> ax = plot_parts(divided, "place")
    >>> ax.get_xlabel()
    'people killed (log scale)'
    """
    table = parts_table(result, way, quantity=quantity).reset_index(names="event")
    table = table.assign(known_by=event_of(result).as_of_date, quantity=quantity)
    return plot_comparison(table, quantity=quantity, scale=scale, ax=ax)
