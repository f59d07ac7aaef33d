"""`LoglinearAverage`: the posterior of the unseen, averaged over hierarchical log-linear models."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from casualty_models.capture.hierarchical import ModelSpace
from casualty_models.capture.loglinear_fit import Modes, Problem, Sample, sample_models
from casualty_models.capture.model_search import ModelSearch
from casualty_models.capture.negative_binomial import unseen_given_odds
from casualty_models.capture.result import to_datatree
from casualty_models.capture.unseen import UnseenPosterior
from casualty_models.lists import CaptureHistories
from casualty_models.lists.existence import MEANING, Existence, existence

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

INTERVAL = (0.5, 0.025, 0.975)
OPEN: tuple[Existence, ...] = ("infinite", "zero", "undetermined")
_DRAWS_OF_MODEL = 2000
_MOST_CHECKED = 20
_NOTABLE = 0.05


@dataclass(frozen=True, eq=False)
class LoglinearAverage:
    """The posterior of the unseen, averaged over hierarchical log-linear models.

    Parameters
    ----------
    histories, space, problem
        The data, the models' interactions, and data and prior as the fits see them.
    modes, weight
        Mode and Laplace evidence of each model; its weight before importance sampling.
    sample, unseen
        Importance draws over models and coefficients; the posterior that they give.
    random_seed
        The seed of the draws.
    search
        How the models were found, where they were not all tried.

    Examples
    --------
    >>> from casualty_models.capture.loglinear import loglinear_average
    >>> from casualty_models.lists import CaptureHistories
    >>> spina = CaptureHistories(("A", "B", "C"), [[244, 48, 142, 60, 111, 4, 12]])
    >>> average = loglinear_average(spina, random_seed=1)
    >>> average.sample.effective_share > 0.8
    True
    """

    histories: CaptureHistories
    space: ModelSpace
    problem: Problem
    modes: Modes
    weight: np.ndarray
    sample: Sample
    unseen: UnseenPosterior
    random_seed: int
    search: ModelSearch | None = None

    def quantile(self, prob: float | Sequence[float] | np.ndarray) -> np.ndarray:
        """Return quantiles of the toll: people seen and unseen."""
        return self.histories.n + self.unseen.quantile(np.asarray(prob, dtype=float))

    def cdf(self, toll: float | Sequence[float] | np.ndarray) -> np.ndarray:
        """Return the probability that the toll is at most so high."""
        return self.unseen.cdf(np.asarray(toll, dtype=float) - self.histories.n)

    def tail_mass(self, multiple: float = 20.0) -> float:
        """Return the probability that more are unseen than so many times the people seen."""
        return float(1.0 - self.unseen.cdf(multiple * self.histories.n))

    def weights(self, top: int = 10) -> "pd.DataFrame":
        """Return the models with most weight, and the toll under each.

        Parameters
        ----------
        top
            How many models.

        Returns
        -------
        Columns ``model``, ``weight``, ``median``, ``lower95``, ``upper95``, ``effective_share`` of
        the importance draws, and ``ml`` (whether a maximum likelihood estimate exists: a key of
        `casualty_models.lists.existence.MEANING`).

        Examples
        --------
        >>> from casualty_models.capture.loglinear import loglinear_average
        >>> from casualty_models.lists import CaptureHistories
        >>> spina = CaptureHistories(("A", "B", "C"), [[244, 48, 142, 60, 111, 4, 12]])
        >>> table = loglinear_average(spina, random_seed=1).weights(4)
        >>> table["model"].tolist()
        ['[12][23]', '[13][23]', '[23][1]', '[12][13][23]']
        """
        import pandas as pd

        rng = np.random.default_rng([self.random_seed, 1])
        chosen = self._order(top)
        samples = [
            sample_models(self.problem, self.modes, np.full(_DRAWS_OF_MODEL, model), rng)
            for model in chosen
        ]
        posteriors = [
            unseen_given_odds(self.histories.n, one.log_odds, one.weight) for one in samples
        ]
        tolls = [self.histories.n + one.quantile(np.array(INTERVAL)) for one in posteriors]
        table = pd.DataFrame(tolls, columns=["median", "lower95", "upper95"])
        table.insert(0, "model", [self._label(model) for model in chosen])
        table.insert(1, "weight", self._corrected(chosen, samples))
        table["effective_share"] = [one.effective_share for one in samples]
        table["ml"] = [self._existence(model) for model in chosen]
        return table

    def _corrected(self, chosen: list[int], samples: list[Sample]) -> np.ndarray:
        """Return weights by importance sampling instead of Laplace's approximation."""
        laplace = self.weight[chosen]
        correction = np.exp([one.log_mean_weight for one in samples])
        others = (1 - laplace.sum()) * np.exp(self.sample.log_mean_weight)
        return laplace * correction / ((laplace * correction).sum() + others)

    def caution(self) -> str:
        """Return a warning if models that carry weight leave the unseen to the prior."""
        if np.all(self.histories.cells > 0):
            return ""
        fates = {model: self._existence(model) for model in self._order(_MOST_CHECKED)}
        held = {model: fate for model, fate in fates.items() if fate in OPEN}
        weight = sum(self.weight[model] for model in held) / self.weight[list(fates)].sum()
        if weight < _NOTABLE:
            return ""
        first = next(iter(held))
        return (
            f"models with {weight:.0%} of the weight have no maximum likelihood estimate of the"
            f" unseen (with {self._label(first)}, {MEANING[held[first]]}); there the answer is"
            " finite only by the prior"
        )

    def notes(self) -> tuple[str, ...]:
        """Return what a reader must know before using the numbers."""
        found = list(self.histories.estimability().reports[0].reasons)
        caution = self.caution()
        if caution:
            found.append(f"{caution[0].upper()}{caution[1:]}.")
        if self.search is not None:
            found.append(self.search.summary())
        return tuple(found)

    def to_datatree(
        self, draws: int = 1000, *, chains: int = 4, random_seed: int | None = None
    ) -> "xr.DataTree":
        """Return independent draws in the form of the package's other results.

        Parameters
        ----------
        draws, chains
            Draws of each chain, and chains; the draws are independent.
        random_seed
            By default that of the importance draws.

        Returns
        -------
        Group ``posterior`` with ``unseen`` and ``true_killed``; the record is in ``attrs``.

        Examples
        --------
        >>> from casualty_models.capture.loglinear import loglinear_average
        >>> from casualty_models.lists import CaptureHistories
        >>> spina = CaptureHistories(("A", "B", "C"), [[244, 48, 142, 60, 111, 4, 12]])
        >>> tree = loglinear_average(spina, random_seed=1).to_datatree(100)
        >>> dict(tree["posterior"].sizes)
        {'chain': 4, 'draw': 100}
        """
        seed = self.random_seed if random_seed is None else random_seed
        unseen = self.unseen.draw(np.random.default_rng(seed), draws * chains)
        record = {"method": "loglinear", "random_seed": seed, **self._record()}
        return to_datatree(self.histories, unseen.reshape(chains, draws), record=record)

    def _record(self) -> dict[str, Any]:
        interactions = np.bitwise_count(self.space.terms) > 1
        settings = {
            "interaction_sd": float(self.problem.precision[interactions][0] ** -0.5),
            "main_sd": float(self.problem.precision[0] ** -0.5),
            "order": int(np.bitwise_count(self.space.interactions).max(initial=1)),
            "importance_seed": self.random_seed,
        }
        diagnostics = {
            "models": len(self.weight),
            "modes_converged": bool(self.modes.converged.all()),
            "effective_draws": self.sample.effective_share * len(self.sample.log_odds),
        }
        if self.search is not None:
            diagnostics["search_rhat"] = self.search.rhat
        return {"settings": settings, "diagnostics": diagnostics, "notes": self.notes()}

    def _order(self, top: int) -> list[int]:
        return [int(model) for model in np.argsort(-self.weight, kind="stable")[:top]]

    def _label(self, model: int) -> str:
        return self.space.label(self.modes.active[model, self.space.lists :])

    def _existence(self, model: int) -> Existence:
        return existence(self.histories.cells, self.space.terms[self.modes.active[model]])
