"""Populations of known size from which lists are made."""

import numpy as np

from casualty_models.lists import CaptureHistories

FOUR = ("A", "B", "C", "D")


def lists_from_classes(people, shares, captured, rng, names=FOUR):
    """Classes of people, each with its own chance to be on each list: the table and who is unseen.

    ``shares`` are those of the classes, ``captured`` has a row a class and a column a list.
    """
    captured = np.asarray(captured, dtype=float)
    group = rng.choice(len(shares), size=people, p=shares)
    on = rng.random((people, captured.shape[1])) < captured[group]
    return tabulated(on, names)


def lists_with_dependence(people, chance, again, rng, names=FOUR):
    """The second list catches members of the first with chance ``again``, the others as all do."""
    on = rng.random((people, len(names))) < chance
    on[:, 1] = rng.random(people) < np.where(on[:, 0], again, chance)
    return tabulated(on, names)


def tabulated(on, names):
    cells = np.bincount(on @ (1 << np.arange(len(names))), minlength=1 << len(names))
    return CaptureHistories(names, cells[None, 1:]), int(cells[0])
