"""`FamilyAnswer`: what one family of models says of the people on no list."""

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np

from casualty_models.capture.prior_unseen import shared_mass
from casualty_models.capture.unseen import UnseenPosterior

Role = Literal["in the answer", "ruled out", "yardstick"]

NAMES = {
    "independence": "independent lists",
    "graphs": "decomposable graphs",
    "loglinear": "log-linear models",
    "latent_class": "latent classes",
    "two_lists": "two lists",
}

ASSUMPTIONS = {
    "independence": "that no list depends on another",
    "graphs": "that lists depend on each other in groups that overlap like a tree, and not all on"
    " all",
    "loglinear": "that the interaction of all lists together is absent",
    "latent_class": "that within each hidden group of people the lists are independent",
    "two_lists": "that the odds ratio of the lists is what its prior says",
}
"""What each family assumes of the people on no list, which no data can test."""

POINTS = 1000


@dataclass(frozen=True, eq=False)
class FamilyAnswer:
    """What one family of models says of the people on no list.

    Parameters
    ----------
    family
        A key of `ASSUMPTIONS`.
    unseen
        Its posterior of the people on no list.
    log_evidence
        How well it foretold the counts, comparable over families; None where it is not known.
    prior
        Draws of the unseen before it is known who is on which list; empty where there are none.
    notes
        What a reader must know, as sentences.
    facts
        Figures of its own: ``saturated_weight`` and ``median_with_saturated`` of graphs,
        ``full_model_weight`` of log-linear models, ``median_low`` and ``median_high`` of the
        people on no list under other priors.
    role
        Whether it is in the answer.

    Examples
    --------
    >>> import numpy as np
    >>> from casualty_models.capture.family_answer import FamilyAnswer
    >>> from casualty_models.capture.negative_binomial import unseen_given_odds
    >>> answer = FamilyAnswer("independence", unseen_given_odds(50, np.zeros(1)))
    >>> answer.name, answer.quantiles([0.5]).tolist()
    ('independent lists', [49.0])
    """

    family: str
    unseen: UnseenPosterior
    log_evidence: float | None = None
    prior: np.ndarray | None = None
    notes: tuple[str, ...] = ()
    facts: dict[str, float] | None = None
    role: Role = "in the answer"

    @property
    def name(self) -> str:
        """The family in words."""
        return NAMES[self.family]

    def fact(self, key: str) -> float:
        """Return one of its figures, NaN where it has none."""
        return (self.facts or {}).get(key, float("nan"))

    def quantiles(self, probs: list[float] | np.ndarray) -> np.ndarray:
        """Return quantiles of the people on no list."""
        return self.unseen.quantile(np.asarray(probs, dtype=float))

    def points(self, size: int = POINTS) -> np.ndarray:
        """Return evenly spaced quantiles, which stand for the posterior without noise.

        Examples
        --------
        >>> import numpy as np
        >>> from casualty_models.capture.family_answer import FamilyAnswer
        >>> from casualty_models.capture.negative_binomial import unseen_given_odds
        >>> answer = FamilyAnswer("independence", unseen_given_odds(50, np.zeros(1)))
        >>> answer.points(3).tolist()
        [40.0, 49.0, 60.0]
        """
        if size == POINTS:
            return self._points
        return self.quantiles((np.arange(size) + 0.5) / size)

    @cached_property
    def _points(self) -> np.ndarray:
        return self.quantiles((np.arange(POINTS) + 0.5) / POINTS)

    def prior_overlap(self) -> float:
        """Return how much of its posterior lies where its prior was: 1 if nothing was learned."""
        if self.prior is None:
            return float("nan")
        return shared_mass(self.points(), self.prior)
