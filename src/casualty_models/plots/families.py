"""The toll by each family of models, and what they say together."""

from typing import TYPE_CHECKING, Any

import numpy as np

from casualty_models.capture.verdict_words import no_estimate, people_apart
from casualty_models.plots import _style

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from casualty_models.capture.estimate import UnseenEstimate

PROBS = {"50": (0.25, 0.75), "80": (0.1, 0.9), "95": (0.025, 0.975)}
PALE = {0.95: "#F0F0F0", 0.8: "#DDDDDD", 0.5: "#C4C4C4"}
ROLES = {"in the answer": "", "ruled out": ", ruled out by the counts", "yardstick": ", yardstick"}
TALLEST_ROW = 6


def plot_families(
    estimate: "UnseenEstimate", *, scale: str = "log", ax: "Axes | None" = None
) -> "Axes":
    """Draw the toll by each family of models above the answer that they give together.

    Nested bars are the 50, 80 and 95 percent intervals, the white line the median; families that
    are not in the answer are pale. The blue bar at the bottom is their average. Where families
    disagree there is no average: a line with open ends shows the spread.

    Parameters
    ----------
    estimate
        What `estimate_unseen` returned.
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
        If the scale is unknown.

    Examples
    --------
    >>> from casualty_models.capture.estimate import estimate_unseen
    >>> from casualty_models.datasets.lists import load_lists
    >>> from casualty_models.plots.families import plot_families
    >>> spina = load_lists("spina_3")
    >>> estimate = estimate_unseen(spina, families=["graphs", "loglinear"], random_seed=1)
    >>> plot_families(estimate).get_xlabel()
    'people in all (log scale)'
    """
    rows = [_row(estimate, i) for i in range(len(estimate.families))]
    answer = _answer(estimate)
    ends = [row[name] for row in rows for name in ("lower95", "upper95")]
    ax = _style.open_axes(
        ax,
        title="The toll by family of models",
        label="people in all",
        limits=_style.padded([*ends, *estimate.ends[::2], estimate.histories.n], scale),
        scale=scale,
    )
    ax.set_ylim(0, 1)
    _draw(ax, [*rows, answer], estimate.histories.n)
    told = "; ".join(row["words"] for row in [*rows, answer])
    ax.set_label(f"The toll by family of models: {told}. {estimate.histories.n:,} on the lists.")
    return ax


def _row(estimate: "UnseenEstimate", place: int) -> dict[str, Any]:
    family, seen = estimate.families[place], estimate.histories.n
    row: dict[str, Any] = {"median": seen + float(family.quantiles([0.5])[0])}
    for name, probs in PROBS.items():
        row[f"lower{name}"], row[f"upper{name}"] = seen + family.quantiles(list(probs))
    row["colors"] = _style.GRAYS if family.role == "in the answer" else PALE
    row["words"] = f"{family.name}{ROLES[family.role]}: {_numbers(row, seen)}"
    return row


def _numbers(row: dict[str, Any], seen: int) -> str:
    ends = (row[name] for name in ("lower95", "median", "upper95"))
    lower, middle, upper = people_apart(ends, seen)
    return f"{middle} ({lower} to {upper})"


def _answer(estimate: "UnseenEstimate") -> dict[str, Any]:
    seen = estimate.histories.n
    if estimate.kind == "spread":
        lower, upper = people_apart([estimate.lower, estimate.upper], seen)
        words = f"they disagree: from {lower} to {upper}, not an interval"
        return {"ends": (estimate.lower, estimate.upper), "words": words}
    draws = estimate.draws["posterior"]["true_killed"].values.ravel()
    row: dict[str, Any] = {"median": estimate.median, "colors": _style.BANDS}
    for name, probs in PROBS.items():
        row[f"lower{name}"], row[f"upper{name}"] = np.quantile(draws, probs).tolist()
    row["lower95"], row["upper95"] = estimate.lower, estimate.upper
    how = "the answer" if estimate.kind == "averaged" else "the answer, decided by the prior"
    if no_estimate(estimate.histories):
        how = "the answer, finite only by the priors"
    return row | {"words": f"{how}: {_numbers(row, seen)}"}


def _draw(ax: "Axes", rows: list[dict[str, Any]], seen: int) -> None:
    width, height = _style.size_in_points(ax)
    line = _style.line_height(ax)
    seen_label = f"{seen:,} on the lists"
    room = height - 1.3 * line
    step = min(room / len(rows), TALLEST_ROW * line)
    for place, row in enumerate(rows):
        top = room - place * step
        most = max(1, int(step / line - 0.9))
        lines = _style.lines_that_fit(
            ax, row["words"].split(), width=width, size=_style.SMALL, most=most
        )
        _style.text_inside(ax, ax.get_xlim()[0], top / height, "\n".join(lines))
        tall = min(1.6 * line, step - (len(lines) + 0.3) * line)
        y = (top - len(lines) * line - tall / 2 - 0.1 * line) / height
        if "ends" in row:
            _spread_line(ax, row["ends"], y)
        else:
            _style.nested_bars(ax, y, row, tall=tall / height, colors=row["colors"])
        ends = np.array([-0.5, 0.5]) * tall / height  # beside the bar, so that no word is crossed
        ax.plot([seen, seen], y + ends, ":", color=_style.VERMILLION, lw=1.5,
                transform=ax.get_xaxis_transform(), label="on the lists")  # fmt: skip
    _style.text_inside(ax, seen, 1 - 0.1 * line / height, seen_label, color=_style.VERMILLION)


def _spread_line(ax: "Axes", ends: tuple[float, float], y: float) -> None:
    ax.plot(ends, [y, y], "--", color=_style.BLUE, lw=2, transform=ax.get_xaxis_transform(),
            label="spread")  # fmt: skip
    ax.plot(ends, [y, y], "|", color=_style.BLUE, ms=9, mew=2, clip_on=False,
            transform=ax.get_xaxis_transform())  # fmt: skip
