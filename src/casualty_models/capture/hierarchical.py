"""Hierarchical log-linear models: with an interaction, all interactions of fewer lists inside it.

Every model has the main effect of each list and, as the cell of people on no list is not seen, no
interaction of all J lists. A model is a row of booleans over the interactions that are allowed.
"""

from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np

from casualty_models.capture.labels import read_label, write_label
from casualty_models.errors import DataError
from casualty_models.lists.existence import hierarchical_terms

MOST_ENUMERATED = 5


@dataclass(frozen=True, eq=False)
class ModelSpace:
    """The interactions that models on these lists may have.

    Parameters
    ----------
    lists
        The number of lists.
    interactions
        Masks of lists, small sets first.

    Examples
    --------
    >>> from casualty_models.capture.hierarchical import model_space
    >>> model_space(4).interactions.tolist()
    [3, 5, 6, 9, 10, 12, 7, 11, 13, 14]
    """

    lists: int
    interactions: np.ndarray

    @property
    def terms(self) -> np.ndarray:
        """All terms as masks: main effects, then interactions."""
        return np.concatenate([1 << np.arange(self.lists), self.interactions])

    def design(self) -> np.ndarray:
        """Return the value of each term in each cell, people on no list first.

        A term is the product of 1/2 for the lists of its set that a person is on and -1/2 for the
        others. So its coefficient is a main effect's log odds, an interaction's log odds ratio,
        or a ratio of such, averaged over the other lists.
        """
        cells = np.arange(1 << self.lists)[:, None]
        absent = np.bitwise_count(~cells & self.terms)
        return np.where(absent % 2, -1.0, 1.0) * 0.5 ** np.bitwise_count(self.terms)

    def active(self, models: np.ndarray) -> np.ndarray:
        """Return which terms models have: shape (models, terms)."""
        return np.column_stack([np.ones((len(models), self.lists), dtype=bool), models])

    def label(self, model: np.ndarray) -> str:
        """Return a model in bracket notation."""
        return write_label([int(m) for m in self.terms[self.active(model[None])[0]]], self.lists)

    def read(self, label: str) -> np.ndarray:
        """Return the model of a label.

        Raises
        ------
        DataError
            If the label cannot be read, or has the interaction of all lists or another one that
            is not allowed here.
        """
        wanted = hierarchical_terms(read_label(label, self.lists))
        if not np.isin(wanted, self.terms).all():
            rule = "the model has an interaction that is not allowed"
            remedy = "The interaction of all lists can never be estimated."
            raise DataError(rule, place="model", value=label, remedy=remedy)
        return np.isin(self.interactions, wanted)

    def all_models(self) -> np.ndarray:
        """Return all hierarchical models: 8, 113 and 6,893 on 3, 4 and 5 lists.

        Raises
        ------
        DataError
            If there are too many to list them.
        """
        if self.lists > MOST_ENUMERATED:
            rule = f"all models can be listed for at most {MOST_ENUMERATED} lists"
            raise DataError(rule, place="lists", value=self.lists)
        return self._all_models

    @cached_property
    def _all_models(self) -> np.ndarray:
        """The models, by deciding on one interaction after the other, small ones first."""
        models = np.zeros((1, 0), dtype=bool)
        for position, parts in enumerate(self._inside):
            may_enter = models[:, parts[:position]].all(axis=1)
            without = np.column_stack([models, np.zeros(len(models), dtype=bool)])
            entered = np.column_stack([models, np.ones(len(models), dtype=bool)])[may_enter]
            models = np.concatenate([without, entered])
        models.setflags(write=False)
        return models

    def neighbors(self, model: np.ndarray) -> np.ndarray:
        """Return the models that have one interaction more or less."""
        inside = self._inside
        can_leave = model & ~inside[model].any(axis=0)
        can_enter = ~model & ~(inside & ~model).any(axis=1)
        flips = np.flatnonzero(can_leave | can_enter)
        models = np.repeat(model[None], len(flips), axis=0)
        models[np.arange(len(flips)), flips] ^= True
        return models

    @cached_property
    def _inside(self) -> np.ndarray:
        """Return which interactions (columns) are proper parts of others (rows)."""
        rows, columns = self.interactions[:, None], self.interactions
        return ((columns & ~rows) == 0) & (rows != columns)


@lru_cache(maxsize=32)
def model_space(lists: int, order: int | None = None) -> ModelSpace:
    """Return the space of models with interactions of at most ``order`` lists.

    Parameters
    ----------
    lists
        The number of lists.
    order
        The most lists in one interaction; by default all but one.

    Returns
    -------
    The space.

    Raises
    ------
    DataError
        If the order is not between 1 and the number of lists less one.

    Examples
    --------
    >>> from casualty_models.capture.hierarchical import model_space
    >>> [len(model_space(lists).all_models()) for lists in (3, 4)]
    [8, 113]
    """
    order = lists - 1 if order is None else order
    if not 1 <= order < lists:
        rule = f"an interaction may have at most {lists - 1} of {lists} lists"
        raise DataError(rule, place="order", value=order)
    masks = np.arange(1 << lists)
    sizes = np.bitwise_count(masks)
    allowed = masks[(sizes > 1) & (sizes <= order)]
    return ModelSpace(lists, allowed[np.lexsort([allowed, np.bitwise_count(allowed)])])
