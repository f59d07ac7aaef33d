r"""Average over hierarchical log-linear models, the one without the highest interaction included.

.. math:: \log \mu_x = \beta + \sum_{S \in M} \gamma_S \prod_{j \in S} (x_j - \tfrac12)

for people on the lists x. A model M is hierarchical: with an interaction it has all parts of it,
down to the main effect of every list. The interaction of all J lists is in none, as the cell of
people on no list is not seen; that it is absent is the assumption that identifies the toll, and no
data can test it. The model with all others reproduces every count that was seen (`no_highest`).

Priors: :math:`\beta` flat, which is :math:`p(N) \propto 1/N`; a main effect (a log odds, averaged
over the other lists) is normal with standard deviation 3; an interaction (a log odds ratio, or a
ratio of such) is normal with standard deviation 1: most odds ratios lie between 1/7 and 7. Models
have equal prior weights. On 3 to 5 lists all are averaged, on more lists those of a search.

Source: King and Brooks (2001), Biometrika 88:317-336, for averaging over these models; Silverman
(2020), Journal of the Royal Statistical Society A 183:691-736, for the unit normal prior on
interactions.
"""

import warnings
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from casualty_models.capture.hierarchical import MOST_ENUMERATED, ModelSpace, model_space
from casualty_models.capture.loglinear_fit import Problem, find_modes, sample_models
from casualty_models.capture.loglinear_posterior import INTERVAL, LoglinearAverage
from casualty_models.capture.max_likelihood import MlEstimate, ml_estimate, ml_table, no_highest
from casualty_models.capture.model_search import ModelSearch, search_models
from casualty_models.capture.negative_binomial import unseen_given_odds
from casualty_models.capture.seeds import known_seed
from casualty_models.errors import ConvergenceWarning, DataError, NotEstimable
from casualty_models.lists import CaptureHistories

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "LoglinearAverage",
    "MlEstimate",
    "interaction_sensitivity",
    "loglinear_average",
    "ml_estimate",
    "ml_table",
    "no_highest",
]

MAIN_SD = 3.0
FEWEST_LISTS = 3
_SEARCH_STEPS = 1200
_MAX_RHAT = 1.1


def loglinear_average(
    histories: CaptureHistories,
    *,
    interaction_sd: float = 1.0,
    order: int | None = None,
    models: Sequence[str] | None = None,
    draws: int = 20_000,
    random_seed: int | None = None,
) -> LoglinearAverage:
    """Average the posterior of the unseen over hierarchical log-linear models.

    Parameters
    ----------
    histories
        One stratum with 3 to 12 lists.
    interaction_sd
        Prior standard deviation of every interaction, on the log scale.
    order
        The most lists in one interaction: by default all but one on 3 to 5 lists, two on more.
    models
        Only these models, in bracket notation (``["[12][13][23]"]``).
    draws
        Importance draws over models and coefficients.
    random_seed
        By default a seed is drawn and recorded.

    Returns
    -------
    The averaged posterior with the weights of the models.

    Raises
    ------
    NotEstimable
        If there are only two lists: they say nothing about their dependence.
    DataError
        If a model or a number breaks a rule, no one is on a list, or there are several strata.

    Warns
    -----
    UserWarning
        If models that carry weight have no maximum likelihood estimate of the unseen: there the
        prior decides.
    ConvergenceWarning
        If the search's chains do not agree.

    Examples
    --------
    >>> from casualty_models.capture.loglinear import loglinear_average
    >>> from casualty_models.lists import CaptureHistories
    >>> spina = CaptureHistories(("A", "B", "C"), [[244, 48, 142, 60, 111, 4, 12]])
    >>> average = loglinear_average(spina, random_seed=1)
    >>> bool(690 < average.quantile(0.5) < 760)
    True
    """
    seed = known_seed(random_seed)
    rng = np.random.default_rng(seed)
    space = _space(histories, order)
    problem = _problem(histories, space, interaction_sd)
    search = None
    if models is not None or space.lists <= MOST_ENUMERATED:
        rows = space.all_models() if models is None else _read(space, models)
        modes = find_modes(problem, space.active(rows))
        weight = np.exp(modes.log_evidence - modes.log_evidence.max())
    else:
        search = search_models(problem, space, rng=rng, steps=_SEARCH_STEPS)
        rows, modes, weight = search.models, search.modes, search.weight
        _warn_if_apart(search)
    weight = weight / weight.sum()
    sample = sample_models(problem, modes, _allot(weight, draws, rng), rng)
    unseen = unseen_given_odds(histories.n, sample.log_odds, sample.weight)
    average = LoglinearAverage(
        histories, space, problem, modes, weight, sample, unseen, seed, search
    )
    caution = average.caution()
    if caution:
        warnings.warn(caution, UserWarning, stacklevel=2)
    return average


def interaction_sensitivity(
    histories: CaptureHistories,
    sds: Sequence[float] = (0.5, 1.0, 2.0),
    *,
    order: int | None = None,
    random_seed: int | None = None,
) -> "pd.DataFrame":
    """Return the answer for several priors of the interactions.

    Parameters
    ----------
    histories
        One stratum with 3 to 12 lists.
    sds
        Prior standard deviations of the interactions.
    order, random_seed
        As in `loglinear_average`.

    Returns
    -------
    Columns ``interaction_sd``, ``median``, ``lower95``, ``upper95``, ``model`` (the one with most
    weight) and ``weight``.

    Examples
    --------
    >>> from casualty_models.capture.loglinear import interaction_sensitivity
    >>> from casualty_models.lists import CaptureHistories
    >>> spina = CaptureHistories(("A", "B", "C"), [[244, 48, 142, 60, 111, 4, 12]])
    >>> interaction_sensitivity(spina, (0.5, 2.0), random_seed=1)["model"].tolist()
    ['[12][23]', '[23][1]']
    """
    import pandas as pd

    rows = []
    for sd in sds:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message="models with")
            average = loglinear_average(
                histories, interaction_sd=sd, order=order, random_seed=random_seed
            )
        best = average.weights(1).iloc[0]
        rows.append([sd, *average.quantile(INTERVAL), best["model"], best["weight"]])
    names = ["interaction_sd", "median", "lower95", "upper95", "model", "weight"]
    return pd.DataFrame(rows, columns=names)


def _space(histories: CaptureHistories, order: int | None) -> ModelSpace:
    lists = len(histories.lists)
    if lists < FEWEST_LISTS:
        raise NotEstimable(
            "two lists say nothing about their dependence; "
            "use casualty_models.capture.two_lists with a prior for it"
        )
    return model_space(lists, 2 if order is None and lists > MOST_ENUMERATED else order)


def _problem(histories: CaptureHistories, space: ModelSpace, interaction_sd: float) -> Problem:
    if not interaction_sd > 0:
        raise DataError("must be above 0", place="interaction_sd", value=interaction_sd)
    if not histories.cells.any():
        raise DataError("someone must be on a list", place=histories.strata[0], value=0)
    main = np.bitwise_count(space.terms) == 1
    precision = np.where(main, MAIN_SD, interaction_sd) ** -2.0
    return Problem(histories.cells, space.design(), precision)


def _read(space: ModelSpace, models: Sequence[str]) -> np.ndarray:
    if not models:
        raise DataError("there must be at least one model", place="models", value=models)
    return np.array([space.read(label) for label in models])


def _allot(weight: np.ndarray, draws: int, rng: np.random.Generator) -> np.ndarray:
    """Return the model of each draw: as many as its weight asks for, to the next whole number."""
    if draws < 1:
        raise DataError("there must be a draw or more", place="draws", value=draws)
    places = (np.arange(draws) + rng.random()) / draws
    return np.minimum(np.searchsorted(np.cumsum(weight), places), len(weight) - 1)


def _warn_if_apart(search: ModelSearch) -> None:
    if search.rhat > _MAX_RHAT:
        text = f"the chains of the model search disagree (R-hat {search.rhat:.2f})"
        warnings.warn(text, ConvergenceWarning, stacklevel=3)
