"""What the figures share: colors, axes of counts, and text that stays inside its Axes."""

import textwrap
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.ticker import MaxNLocator, NullLocator
from scipy.optimize import isotonic_regression

from casualty_models.errors import DataError

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.axis import Axis
    from matplotlib.text import Text

# Okabe & Ito 2008; the bands are tints of the blue that also differ when printed in gray.
BLUE, VERMILLION, GRAY = "#0072B2", "#D55E00", "#595959"
BROWN = "#8A3D00"  # a darker vermillion, which stands out on the bands in gray too
GRAYS = {0.95: "#E3E3E3", 0.8: "#BDBDBD", 0.5: "#8C8C8C"}
BANDS = {0.95: "#CFE5F2", 0.8: "#8DC1DF", 0.5: "#3D94C6"}
SMALL = "small"
LINE = 1.3
LONGEST_WORD, LONGEST_TEXT = 40, 200  # letters: what others write can be of any length
POINTS_PER_INCH = 72
MARGIN = 6
MANY = 9  # lines: as many as it takes
NOTE = "note"
NARROW = 10
FEW = 5  # below this range an axis needs ticks between whole numbers


def axes_or_new(ax: "Axes | None") -> "Axes":
    """Return the given Axes, or one in a new figure."""
    if ax is not None:
        return ax
    import matplotlib.pyplot as plt

    return plt.subplots(layout="constrained")[1]


def open_axes(
    ax: "Axes | None",
    *,
    title: str,
    label: str,
    limits: tuple[float, float],
    scale: str,
    note: str = "",
) -> "Axes":
    """Return Axes with a title and one axis, of counts, along the bottom; ready to be filled."""
    ax = axes_or_new(ax)
    ax.set_yticks([])
    show_spines(ax, "bottom")
    for _ in range(2):  # the second time at the size that the layout has given to the Axes
        count_axis(ax, ax.xaxis, limits, scale)
        set_title(ax, title, note)
        set_label(ax, f"{label} (log scale)" if scale == "log" else label)
        lay_out(ax)
    return ax


def lay_out(ax: "Axes") -> None:
    """Let the layout engine of the figure, if it has one, give the Axes their size."""
    engine = ax.figure.get_layout_engine()
    if engine is not None:
        engine.execute(ax.figure.figure)


def alt_text(ax: "Axes") -> str:
    """Return a description of a figure in words, for readers who cannot see it.

    It is kept as the label of the Axes, which is drawn nowhere and travels with them.

    Examples
    --------
    >>> from casualty_models.plots import alt_text, plot_toll
    >>> alt_text(plot_toll(result)).split(".")[0]
    'People killed: Osh and Jalal-Abad, June 2010'
    """
    return str(ax.get_label())


def size_in_points(ax: "Axes") -> tuple[float, float]:
    """Return width and height of the Axes."""
    scale = POINTS_PER_INCH / ax.figure.dpi
    return ax.bbox.width * scale, ax.bbox.height * scale


def text_size(ax: "Axes", text: str, size: "str | float") -> tuple[float, float]:
    """Return width and height in points that a text would take."""
    artist = ax.text(0, 0, text, size=size, parse_math=False)
    box = artist.get_window_extent()
    artist.remove()
    scale = POINTS_PER_INCH / ax.figure.dpi
    return box.width * scale, box.height * scale


def line_height(ax: "Axes", size: "str | float" = SMALL) -> float:
    """Return the height in points of one line of text with its spacing."""
    artist = ax.text(0, 0, "x", size=size)
    height = LINE * float(artist.get_fontsize())
    artist.remove()
    return height


def lines_that_fit(
    ax: "Axes", pieces: Sequence[str], *, width: float, size: "str | float", most: int = 4
) -> list[str]:
    """Join pieces of text by blanks into lines no wider than a width; cut after ``most`` lines."""
    lines: list[str] = []
    for piece in (part for word in pieces for part in textwrap.wrap(word, LONGEST_WORD)):
        joined = f"{lines[-1]} {piece}" if lines else piece
        if lines and text_size(ax, joined, size)[0] <= width:
            lines[-1] = joined
        else:
            lines.append(piece)
    if len(lines) <= most:
        return lines
    last = lines[most - 1]
    while last and text_size(ax, f"{last}…", size)[0] > width:
        last = last[:-1]
    return [*lines[: most - 1], f"{last.rstrip()}…"]


def balanced_lines(ax: "Axes", text: str, *, width: float, size: "str | float") -> str:
    """Return a text broken into the fewest lines that fit, none much shorter than the others."""
    text = text if len(text) <= LONGEST_TEXT else f"{text[: LONGEST_TEXT - 1]}…"
    pieces = text.replace("(log scale)", "(log\u00a0scale)").split(" ")
    lines = lines_that_fit(ax, pieces, width=width, size=size, most=MANY)
    while len(lines) > 1:
        width *= 0.95
        shorter = lines_that_fit(ax, pieces, width=width, size=size, most=MANY)
        if len(shorter) > len(lines):
            break
        lines = shorter
    return "\n".join(lines).replace("\u00a0", " ")


def set_title(ax: "Axes", text: str, note: str = "") -> None:
    """Set a title over the left edge, with a note in small type below; both inside the figure."""
    alone = len(ax.figure.axes) == 1
    end = ax.figure.bbox.x1 if alone else ax.bbox.x1
    room = (end - ax.bbox.x0) * POINTS_PER_INCH / ax.figure.dpi - MARGIN
    below = lines_that_fit(ax, note.split(), width=room, size=SMALL, most=MANY)
    for old in [artist for artist in ax.texts if artist.get_gid() == NOTE]:
        old.remove()
    if note:
        ax.annotate("\n".join(below), (0, 1), xycoords="axes fraction", xytext=(0, 4),
                    textcoords="offset points", size=SMALL, va="bottom", linespacing=1.1,
                    gid=NOTE)  # fmt: skip
    title = ax.set_title("", loc="left", pad=MARGIN + len(below) * line_height(ax))
    title.set_parse_math(False)
    title.set_text(balanced_lines(ax, text, width=room, size=title.get_fontsize()))


def set_label(ax: "Axes", text: str) -> None:
    """Set the label of the horizontal axis, wrapped so that it stays inside the figure."""
    size = ax.xaxis.label.get_fontsize()
    ax.xaxis.label.set_parse_math(False)
    ax.set_xlabel(balanced_lines(ax, text, width=size_in_points(ax)[0], size=size))


def count_axis(ax: "Axes", axis: "Axis", limits: tuple[float, float], scale: str) -> None:
    """Make an axis of counts with ticks that can be read: 50, 100, 200, 500, 1,000."""
    if scale not in ("log", "linear"):
        raise DataError("unknown scale", place="scale", value=scale, remedy="Use log or linear.")
    across = axis is ax.xaxis
    (ax.set_xscale if across else ax.set_yscale)(scale)
    (ax.set_xlim if across else ax.set_ylim)(limits)
    room = size_in_points(ax)[0 if across else 1]
    for ticks in _tick_candidates(limits, scale):
        labels = [f"{tick:,.10g}" for tick in ticks]
        sizes = [text_size(ax, label, axis.get_label().get_fontsize()) for label in labels]
        needed = [size[0] + 6 if across else 1.5 * size[1] for size in sizes]
        places = room * _position(np.asarray(ticks), limits, scale)
        pairs = zip(pairwise(places), pairwise(needed), strict=True)
        if all(b - a >= (m + n) / 2 for (a, b), (m, n) in pairs):
            break
    axis.set_minor_locator(NullLocator())
    axis.set_ticks(ticks, labels)


def spread(values: np.ndarray, gap: float) -> np.ndarray:
    """Return places for sorted values, at least a gap apart and as near to them as can be."""
    steps = gap * np.arange(len(values))
    return np.asarray(isotonic_regression(values - steps).x + steps)


def show_spines(ax: "Axes", *shown: str) -> None:
    """Hide the spines that carry no scale."""
    for name, spine in ax.spines.items():
        spine.set_visible(name in shown)


def padded(values: Iterable[float], scale: str, *, share: float = 0.06) -> tuple[float, float]:
    """Return limits around values that can be shown on a scale, with a margin on both sides."""
    shown = np.array([v for v in values if scale == "linear" or v > 0])
    if scale == "linear":
        lower, upper = float(min(shown.min(), 0)), float(shown.max())
        return lower, upper + share * max(upper - lower, 1.0)
    lower, upper = np.log(max(shown.min(), 0.5)), np.log(max(shown.max(), 2.0))
    margin = share * max(upper - lower, 0.5)
    return float(np.exp(lower - margin)), float(np.exp(upper + margin))


def nested_bars(
    ax: "Axes", y: float, ends: dict[str, Any], *, tall: float, colors: dict[float, str] = BANDS
) -> None:
    """Draw the 95, 80 and 50 percent intervals as nested bars and the median as a white line.

    ``y`` and ``tall`` are shares of the height of the Axes.
    """
    transform = ax.get_xaxis_transform()
    for (prob, color), part in zip(colors.items(), (0.5, 0.75, 1.0), strict=True):
        lower, upper = (ends[f"{end}{100 * prob:g}"] for end in ("lower", "upper"))
        ax.fill_between(
            [lower, upper], y - part * tall / 2, y + part * tall / 2,
            color=color, lw=0, transform=transform, label=f"{100 * prob:g}% interval",
        )  # fmt: skip
    ax.plot([ends["median"]] * 2, [y - tall / 2, y + tall / 2], color="white", lw=2,
            transform=transform, solid_capstyle="butt", label="median")  # fmt: skip


def text_inside(ax: "Axes", x: float, y: float, text: str, **kwargs: Any) -> "Text":  # noqa: ANN401
    """Write text that starts at x (data), y (share of the height), or ends at the right edge."""
    x = max(x, ax.get_xlim()[0])
    artist = ax.text(x, y, text, transform=ax.get_xaxis_transform(), size=SMALL, va="top",
                     parse_math=False,
                     linespacing=1.1, in_layout=False, **kwargs)  # fmt: skip
    box = artist.get_window_extent()
    if box.x1 > ax.bbox.x1:
        fits = box.width <= ax.bbox.width
        artist.set(transform=ax.transAxes, x=float(fits), ha="right" if fits else "left")
    return artist


def _tick_candidates(limits: tuple[float, float], scale: str) -> list[np.ndarray]:
    lower, upper = limits
    if scale == "linear":
        whole = upper - lower > FEW
        locators = (MaxNLocator(n, integer=whole) for n in (6, 4, 3, 2))
        found = [np.asarray(locator.tick_values(lower, upper)) for locator in locators]
        return [ticks[(ticks >= lower) & (ticks <= upper)] for ticks in found]
    powers = 10.0 ** np.arange(np.floor(np.log10(lower)), np.ceil(np.log10(upper)) + 1)
    usual = ((1, 2, 5), (1, 3), (1,))
    # Within one power of ten the usual steps would leave one or two ticks.
    steps_tried = ((1, 2, 3, 4, 5, 7), *usual) if upper < NARROW * lower else usual
    choices = [np.outer(powers, steps).ravel() for steps in steps_tried]
    choices += [powers[::2], powers[::3]]
    inside = [ticks[(ticks >= lower) & (ticks <= upper)] for ticks in choices]
    enough = [ticks for ticks in inside if len(ticks) > 1]
    return enough or _tick_candidates(limits, "linear")


def _position(values: np.ndarray, limits: tuple[float, float], scale: str) -> np.ndarray:
    forward = np.log if scale == "log" else np.asarray
    lower, upper = forward(np.asarray(limits))
    return (forward(values) - lower) / (upper - lower)
