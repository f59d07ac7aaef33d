"""The people on no list before and after the lists were compared."""

from typing import TYPE_CHECKING

import numpy as np

from casualty_models.capture.family_answer import NAMES, FamilyAnswer
from casualty_models.capture.verdict_words import people
from casualty_models.errors import DataError
from casualty_models.plots import _style
from casualty_models.plots.priors import _densities, _intervals

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from casualty_models.capture.estimate import UnseenEstimate

DRAWS = 8000
LEAST = 0.5


def plot_unseen(
    estimate: "UnseenEstimate", *, family: str = "loglinear", ax: "Axes | None" = None
) -> "Axes":
    """Draw what one family of models held of the people on no list, before and after.

    Before: it is known how many people are on the lists, but not who is on which. After: that too.
    The curves enclose equal areas on the scale of the axis. Where they lie on each other the lists
    decided nothing, and the answer is the prior. How much they share is written in the title.

    Parameters
    ----------
    estimate
        What `estimate_unseen` returned.
    family
        ``"graphs"``, ``"loglinear"``, ``"latent_class"`` or ``"independence"``.
    ax
        Where to draw, at its present size; by default in a new figure.

    Returns
    -------
    The `matplotlib.axes.Axes` drawn on; `alt_text` gives a description in words.

    Raises
    ------
    DataError
        If the estimate does not hold the family, or the family has no prior of the unseen.

    Examples
    --------
    >>> from casualty_models.capture.estimate import estimate_unseen
    >>> from casualty_models.datasets.lists import load_lists
    >>> from casualty_models.plots.unseen import plot_unseen
    >>> spina = load_lists("spina_3")
    >>> estimate = estimate_unseen(spina, families=["loglinear"], random_seed=1)
    >>> plot_unseen(estimate).get_xlabel()
    'people on no list (log scale)'
    """
    answer = _answer(estimate, family)
    rng = np.random.default_rng(1)
    prior = rng.choice(np.asarray(answer.prior), DRAWS)
    # Whole numbers are spread out over the unit that they stand for, or a log scale shows them.
    values = {
        "prior": np.maximum(prior + rng.random(DRAWS) - 0.5, LEAST),
        "posterior": np.maximum(answer.points(DRAWS) + rng.random(DRAWS) - 0.5, LEAST),
    }
    texts = {name: _text(draws) for name, draws in values.items()}
    title = (
        f"People on no list by {NAMES[family]}, before and after the lists were compared:"
        f" {answer.prior_overlap():.0%} in common"
    )
    ax = _style.open_axes(
        ax, title=title, label="people on no list", limits=_limits(values), scale="log"
    )
    _densities(ax, values, None, _intervals(ax, values, texts))
    ax.set_label(f"{title}. {'; '.join(f'{name}: {text}' for name, text in texts.items())}.")
    return ax


def _answer(estimate: "UnseenEstimate", family: str) -> FamilyAnswer:
    known = {a.family: a for a in estimate.families if a.prior is not None}
    if family not in known:
        remedy = f"Use one of {', '.join(known) or 'none: no family has one'}."
        raise DataError("no prior of the unseen", place="family", value=family, remedy=remedy)
    return known[family]


def _limits(values: dict[str, np.ndarray]) -> tuple[float, float]:
    ends = np.concatenate([np.quantile(draws, (0.025, 0.975)) for draws in values.values()])
    margin = max(ends.max() / ends.min(), 2.0) ** 0.1
    return max(float(ends.min() / margin), LEAST), float(ends.max() * margin)


def _text(draws: np.ndarray) -> str:
    lower, middle, upper = np.quantile(draws, (0.025, 0.5, 0.975))
    return f"median {_count(middle)} (95%: {_count(lower)} to {_count(upper)})"


def _count(value: float) -> str:
    return people(value) if value >= 1 else "0"
