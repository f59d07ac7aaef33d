"""Walks over hierarchical models, where there are too many to try them all.

Several chains walk at once. Each proposes one interaction more or less, as far as the model stays
hierarchical, and accepts by the ratio of Laplace evidences and of the numbers of neighbors
(Madigan and York 1995). Half of the chains start at the model without interactions, half at the
one with all. How often a model was visited after the first half is its weight; whether the two
starts agree is told by R-hat of the log evidence.

Source: Madigan and York (1995), International Statistical Review 63:215-232.
"""

from dataclasses import dataclass, field

import numpy as np

from casualty_models.capture.hierarchical import ModelSpace
from casualty_models.capture.loglinear_fit import Modes, Problem, find_modes
from casualty_models.errors import DataError


@dataclass(frozen=True, eq=False)
class ModelSearch:
    """The models that the chains visited.

    Parameters
    ----------
    models
        Different models, as rows of booleans over the interactions.
    modes
        Their modes and Laplace evidences.
    weight
        The share of visits of each model.
    steps, chains
        How far and how many chains walked.
    rhat
        R-hat of the log evidence over chains; near 1 when they agree.
    """

    models: np.ndarray
    modes: Modes
    weight: np.ndarray
    steps: int
    chains: int
    rhat: float

    def summary(self) -> str:
        """Return the search in a sentence."""
        return (
            f"The models were searched, not all tried: {self.chains} chains of {self.steps:,} steps"
            f" saw {len(self.models):,} models; R-hat of their evidence is {self.rhat:.2f}."
        )


def search_models(
    problem: Problem, space: ModelSpace, *, rng: np.random.Generator, steps: int, chains: int = 16
) -> ModelSearch:
    """Walk over the models of a space.

    Parameters
    ----------
    problem
        Data and prior.
    space
        The interactions that are allowed.
    rng
        Source of randomness.
    steps, chains
        How far and how many chains walk; the first half of the steps is not counted.

    Returns
    -------
    The models visited and their weights.

    Raises
    ------
    DataError
        If there are fewer than two chains or four steps.

    Examples
    --------
    >>> import numpy as np
    >>> from casualty_models.capture.hierarchical import model_space
    >>> from casualty_models.capture.loglinear_fit import Problem
    >>> from casualty_models.capture.model_search import search_models
    >>> space, cells = model_space(3), np.array([244, 48, 142, 60, 111, 4, 12])
    >>> problem = Problem(cells, space.design(), np.ones(6))
    >>> search = search_models(problem, space, rng=np.random.default_rng(1), steps=600)
    >>> space.label(search.models[search.weight.argmax()])
    '[12][23]'
    """
    if chains < 2 or steps < 4:  # noqa: PLR2004
        raise DataError("a search needs 2 chains and 4 steps or more", value=(chains, steps))
    book = _Book(problem, space)
    states = np.zeros((chains, len(space.interactions)), dtype=bool)
    states[chains // 2 :] = True
    rows, evidence = book.look_up(states)
    visits = np.empty((steps, chains), dtype=int)
    for step in range(steps):
        around = [space.neighbors(state) for state in states]
        proposed = np.array([models[rng.integers(len(models))] for models in around])
        back = np.array([len(space.neighbors(model)) for model in proposed])
        new_rows, new_evidence = book.look_up(proposed)
        ratio = new_evidence - evidence + np.log([len(m) for m in around]) - np.log(back)
        moved = np.log(rng.random(chains)) < ratio
        states = np.where(moved[:, None], proposed, states)
        rows, evidence = np.where(moved, new_rows, rows), np.where(moved, new_evidence, evidence)
        visits[step] = rows
    counted = visits[steps // 2 :]
    models, modes = book.contents()
    share = np.bincount(counted.ravel(), minlength=len(models)) / counted.size
    return ModelSearch(models, modes, share, steps, chains, _rhat(modes.log_evidence[counted]))


def _rhat(values: np.ndarray) -> float:
    """Return the potential scale reduction of chains in columns (Gelman and Rubin 1992)."""
    within = values.var(axis=0, ddof=1).mean()
    between = values.mean(axis=0).var(ddof=1)
    if within == 0:
        return 1.0 if between == 0 else np.inf
    return float(np.sqrt((len(values) - 1) / len(values) + between / within))


@dataclass(eq=False)
class _Book:
    """Models that were fitted, so that none is fitted twice."""

    problem: Problem
    space: ModelSpace
    rows: dict[bytes, int] = field(default_factory=dict)
    models: list[np.ndarray] = field(default_factory=list)
    modes: list[Modes] = field(default_factory=list)
    evidence: list[float] = field(default_factory=list)

    def look_up(self, models: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the row and log evidence of models, after fitting those that are new."""
        new = {m.tobytes(): m for m in models if m.tobytes() not in self.rows}
        if new:
            fresh = np.array(list(new.values()))
            modes = find_modes(self.problem, self.space.active(fresh))
            self.rows |= {key: len(self.rows) + i for i, key in enumerate(new)}
            self.models.append(fresh)
            self.modes.append(modes)
            self.evidence += modes.log_evidence.tolist()
        rows = np.array([self.rows[m.tobytes()] for m in models])
        return rows, np.array([self.evidence[row] for row in rows])

    def contents(self) -> tuple[np.ndarray, Modes]:
        """Return all models and their modes."""
        names = ("active", "coefficients", "log_evidence", "converged")
        parts = [np.concatenate([getattr(m, name) for m in self.modes]) for name in names]
        return np.concatenate(self.models), Modes(*parts)
