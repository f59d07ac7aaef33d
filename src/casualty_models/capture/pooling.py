"""The ends and the draws of an answer that several families give together."""

from typing import TYPE_CHECKING

import numpy as np

from casualty_models.capture.family_answer import FamilyAnswer
from casualty_models.capture.result import to_datatree
from casualty_models.capture.verdict import INTERVAL, Kind, envelope, pooled_points
from casualty_models.lists import CaptureHistories

if TYPE_CHECKING:
    import xarray as xr

CHAINS, DRAWS = 4, 1000


def toll_ends(
    histories: CaptureHistories, answers: tuple[FamilyAnswer, ...], kind: Kind
) -> tuple[float, float, float]:
    """Return lower end, median and upper end of the toll.

    Examples
    --------
    >>> import numpy as np
    >>> from casualty_models.capture.family_answer import FamilyAnswer
    >>> from casualty_models.capture.negative_binomial import unseen_given_odds
    >>> from casualty_models.capture.pooling import toll_ends
    >>> from casualty_models.lists import CaptureHistories
    >>> table = CaptureHistories(("A", "B", "C"), [[20, 20, 5, 0, 0, 0, 5]])
    >>> answer = FamilyAnswer("graphs", unseen_given_odds(50, np.zeros(1)))
    >>> toll_ends(table, (answer,), "averaged")
    (82.0, 99.5, 121.0)
    """
    if kind == "spread":
        lower, upper = envelope(answers)
        return histories.n + lower, float("nan"), histories.n + upper
    points = pooled_points(answers)
    lower, middle, upper = np.quantile(points, [INTERVAL[0], 0.5, INTERVAL[1]]).tolist()
    return histories.n + lower, histories.n + middle, histories.n + upper


def toll_tree(
    histories: CaptureHistories,
    answers: tuple[FamilyAnswer, ...],
    kind: Kind,
    seed: int,
    words: tuple[str, ...],
) -> "xr.DataTree":
    """Return draws of each family and, unless the answer is a spread, of the answer.

    Examples
    --------
    >>> import numpy as np
    >>> from casualty_models.capture.family_answer import FamilyAnswer
    >>> from casualty_models.capture.negative_binomial import unseen_given_odds
    >>> from casualty_models.capture.pooling import toll_tree
    >>> from casualty_models.lists import CaptureHistories
    >>> table = CaptureHistories(("A", "B", "C"), [[20, 20, 5, 0, 0, 0, 5]])
    >>> answer = FamilyAnswer("graphs", unseen_given_odds(50, np.zeros(1)))
    >>> sorted(toll_tree(table, (answer,), "averaged", 1, ()).children)
    ['families', 'observed_data', 'posterior']
    """
    import xarray as xr

    rng = np.random.default_rng([seed, 5])
    shape = (CHAINS, DRAWS)
    drawn = np.array([a.unseen.draw(rng, CHAINS * DRAWS).reshape(shape) for a in answers])
    places = [i for i, answer in enumerate(answers) if answer.role == "in the answer"]
    chosen = np.array(places)[rng.integers(len(places), size=shape)]
    pooled = np.take_along_axis(drawn, chosen[None], axis=0)[0]
    record = {
        "method": "estimate_unseen",
        "kind": kind,
        "random_seed": seed,
        "families": {a.family: {"role": a.role, "log_evidence": a.log_evidence} for a in answers},
        "notes": words,
    }
    tree = to_datatree(histories, pooled, record=record)
    if kind == "spread":
        del tree["posterior"]
    dims = ("family", "chain", "draw")
    tree["families"] = xr.DataTree(
        xr.Dataset(
            {"unseen": (dims, drawn), "true_killed": (dims, histories.n + drawn)},
            {"family": [answer.family for answer in answers]},
        )
    )
    return tree
