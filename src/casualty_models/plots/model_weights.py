"""Which models carry the average of a family, and what each says."""

from typing import TYPE_CHECKING, Any

import numpy as np

from casualty_models.capture.verdict_words import people_apart
from casualty_models.errors import DataError
from casualty_models.plots import _style

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from casualty_models.capture.graph_posterior import GraphAverage
    from casualty_models.capture.loglinear_posterior import LoglinearAverage

SMALLEST_ROW, MOST_EXTRA = 2.1, 1.5
OTHERS = "#BDBDBD"
LEAST = 0.002


def plot_model_weights(
    average: "GraphAverage | LoglinearAverage", *, top: int = 8, ax: "Axes | None" = None
) -> "Axes":
    """Draw the weight of the best models of a family, and write the toll under each beside it.

    A model is written as its groups of dependent lists, ``[12][3]``. The gray bar is what all other
    models have. For graphs an open bar at the bottom shows the weight that the saturated graph
    would have if it were not left out.

    Parameters
    ----------
    average
        What `graph_average` or `loglinear_average` returned.
    top
        How many models; fewer where there is no room.
    ax
        Where to draw, at its present size; by default in a new figure.

    Returns
    -------
    The `matplotlib.axes.Axes` drawn on; `alt_text` gives a description in words.

    Raises
    ------
    DataError
        If ``top`` is below 1.

    Examples
    --------
    >>> from casualty_models.capture.graphs import graph_average
    >>> from casualty_models.datasets.lists import load_lists
    >>> from casualty_models.plots.model_weights import plot_model_weights
    >>> ax = plot_model_weights(graph_average(load_lists("spina_3")))
    >>> ax.get_xlabel()
    'posterior weight (%)'
    """
    if top < 1:
        raise DataError("there must be a row or more", place="top", value=top)
    rows = _rows(average, top)
    kind = "graphs" if hasattr(average, "saturated_weight") else "log-linear models"
    lists = "; ".join(
        f"{number}={name}" for number, name in enumerate(average.histories.lists, start=1)
    )
    title = f"Weights of {kind}"
    ax = _style.axes_or_new(ax)
    ax.set_yticks([])
    ax.set_xlim(0, 100)
    _style.show_spines(ax, "bottom")
    for _ in range(2):  # the second time at the size that the layout has given to the Axes
        _style.set_title(ax, title, lists)
        _style.set_label(ax, "posterior weight (%)")
        _style.lay_out(ax)
    shown = _that_fit(
        ax, rows, getattr(average, "saturated_weight", 0.0), len(average.histories.lists)
    )
    _draw(ax, shown)
    told = "; ".join(row["words"] for row in shown)
    ax.set_label(f"{title}. {told}.")
    return ax


def _rows(average: "GraphAverage | LoglinearAverage", top: int) -> list[dict[str, Any]]:
    table, seen = average.weights(top), average.histories.n
    name = "graph" if "graph" in table else "model"
    rows: list[dict[str, Any]] = []
    for record in table.to_dict("records"):
        ends = (record[key] for key in ("lower95", "median", "upper95"))
        lower, middle, upper = people_apart(ends, seen)
        weight = float(record["weight"])
        if rows and weight < LEAST:
            break
        words = f"{_percent(weight)}: {record[name]}, toll {middle} ({lower} to {upper})"
        rows.append({"words": words, "weight": weight, "color": _style.BANDS[0.5]})
    return rows


def _that_fit(
    ax: "Axes", models: list[dict[str, Any]], saturated: float, lists: int
) -> list[dict[str, Any]]:
    """Return as many models as have room, with what the others have and what was left out."""
    width, height = _style.size_in_points(ax)
    for count in range(len(models), 0, -1):
        rows = models[:count]
        rest = 1 - sum(row["weight"] for row in rows)
        if rest > LEAST:
            words = f"{_percent(rest)}: all others"
            rows = [*rows, {"words": words, "weight": rest, "color": OTHERS}]
        if saturated > LEAST:
            full = "".join(str(i + 1) for i in range(lists))
            words = (
                f"{_percent(saturated)} if it were not left out: [{full}]; its toll is its prior"
            )
            rows = [*rows, {"words": words, "weight": saturated}]
        for row in rows:
            pieces = row["words"].split()
            row["lines"] = _style.lines_that_fit(ax, pieces, width=width, size=_style.SMALL, most=2)
        needed = sum(SMALLEST_ROW - 1 + len(row["lines"]) for row in rows) * _style.line_height(ax)
        if needed <= height:
            break
    return rows


def _percent(weight: float) -> str:
    return f"{weight:.1%}" if weight < 0.01 else f"{weight:.0%}"  # noqa: PLR2004


def _draw(ax: "Axes", rows: list[dict[str, Any]]) -> None:
    height, line = _style.size_in_points(ax)[1], _style.line_height(ax)
    needed = [(SMALLEST_ROW - 1 + len(row["lines"])) * line for row in rows]
    extra = float(np.clip((height - sum(needed)) / len(rows), 0, MOST_EXTRA * line))
    bar = min(0.8 * line + extra / 2, 1.6 * line)
    y = height
    for row, tall in zip(rows, needed, strict=True):
        _style.text_inside(ax, 0, y / height, "\n".join(row["lines"]))
        middle = y - len(row["lines"]) * line - 0.15 * line - bar / 2
        ax.barh(middle / height, 100 * row["weight"], height=bar / height,
                transform=ax.get_xaxis_transform(), color=row.get("color", "none"), lw=1,
                edgecolor=row.get("color", _style.GRAY), ls="-" if "color" in row else "--",
                label="weight" if "color" in row else "left out")  # fmt: skip
        y -= tall + extra
    ax.set_ylim(0, 1)
