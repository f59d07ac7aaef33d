"""Maximum likelihood of log-linear models, for comparison with what others publish."""

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import logsumexp, xlogy

from casualty_models.capture.hierarchical import ModelSpace, model_space
from casualty_models.capture.loglinear_fit import Problem, find_modes
from casualty_models.errors import DataError
from casualty_models.lists import CaptureHistories
from casualty_models.lists.existence import Existence, existence

if TYPE_CHECKING:
    import pandas as pd

# Flat enough to leave seven digits of the estimate alone; it keeps coefficients that run to minus
# infinity at a number whose cells are empty to seven digits.
_ALMOST_FLAT = 1e-9
_FINITE: tuple[Existence, ...] = ("exists", "boundary")


@dataclass(frozen=True)
class MlEstimate:
    """The maximum likelihood estimate of one log-linear model.

    Parameters
    ----------
    model
        In bracket notation.
    existence
        Whether it exists: a key of `casualty_models.lists.existence.MEANING`.
    unseen, toll
        Estimates; infinite, zero unseen or NaN where the data leave them so.
    deviance, parameters
        Twice the log likelihood ratio to the saturated model; coefficients, with the intercept.
    aic, bic
        Deviance plus 2, or the log of the people seen, for each coefficient.

    Examples
    --------
    >>> from casualty_models.capture.max_likelihood import ml_estimate
    >>> from casualty_models.lists import CaptureHistories
    >>> spina = CaptureHistories(("A", "B", "C"), [[244, 48, 142, 60, 111, 4, 12]])
    >>> estimate = ml_estimate(spina, "[12][13][23]")
    >>> round(estimate.toll), estimate.existence
    (755, 'exists')
    """

    model: str
    existence: Existence
    unseen: float
    toll: float
    deviance: float
    parameters: int
    aic: float
    bic: float


def ml_estimate(histories: CaptureHistories, model: str) -> MlEstimate:
    """Return the maximum likelihood estimate of one log-linear model.

    Parameters
    ----------
    histories
        One stratum.
    model
        In bracket notation, for example ``"[12][13][23]"``.

    Returns
    -------
    The estimate.

    Raises
    ------
    DataError
        If the model cannot be read or has the interaction of all lists.

    References
    ----------
    Fienberg (1972), Biometrika 59:591-603.

    Examples
    --------
    >>> from casualty_models.capture.max_likelihood import ml_estimate
    >>> from casualty_models.lists import CaptureHistories
    >>> spina = CaptureHistories(("A", "B", "C"), [[244, 48, 142, 60, 111, 4, 12]])
    >>> round(ml_estimate(spina, "[1][2][3]").toll)
    757
    """
    space = model_space(len(histories.lists))
    active = space.active(space.read(model)[None])
    return _estimates(histories, space, active)[0]


def ml_table(histories: CaptureHistories, top: int = 10) -> "pd.DataFrame":
    """Return the log-linear models with the lowest BIC that have an estimate of the unseen.

    Models without one are left out; how many of them had a lower BIC than the last model shown is
    in ``attrs["without_estimate"]``.

    Parameters
    ----------
    histories
        One stratum with 3 to 5 lists.
    top
        How many models.

    Returns
    -------
    The fields of `MlEstimate`, one row a model.

    Raises
    ------
    DataError
        If there are more lists than that.

    Examples
    --------
    >>> from casualty_models.capture.max_likelihood import ml_table
    >>> from casualty_models.lists import CaptureHistories
    >>> table = CaptureHistories(("A", "B", "C"), [[40, 30, 6, 20, 0, 0, 0]])
    >>> models = ml_table(table, 3)
    >>> models["existence"].tolist(), models.attrs["without_estimate"]
    (['exists', 'boundary', 'boundary'], 3)
    """
    import pandas as pd

    space = model_space(len(histories.lists))
    active = space.active(space.all_models())
    bic = _bic(histories, space, active)
    kept: list[MlEstimate] = []
    without = 0
    for row in np.argsort(bic, kind="stable"):
        estimate = _estimates(histories, space, active[row : row + 1])[0]
        if estimate.existence in _FINITE:
            kept.append(estimate)
        else:
            without += 1
        if len(kept) == top:
            break
    frame = pd.DataFrame(kept, columns=[field.name for field in fields(MlEstimate)])
    frame.attrs["without_estimate"] = without
    return frame


def no_highest(histories: CaptureHistories) -> float:
    r"""Return the unseen count of the model with all interactions but the highest.

    .. math:: \hat n_0 = \prod_{|x| \text{ odd}} n_x \Big/ \prod_{|x| \text{ even}, x \ne 0} n_x

    Parameters
    ----------
    histories
        One stratum.

    Returns
    -------
    The estimate; infinite or NaN where a cell below the line is empty.

    References
    ----------
    Fienberg (1972), Biometrika 59:591-603.

    Examples
    --------
    >>> from casualty_models.capture.max_likelihood import no_highest
    >>> from casualty_models.lists import CaptureHistories
    >>> spina = CaptureHistories(("A", "B", "C"), [[244, 48, 142, 60, 111, 4, 12]])
    >>> round(spina.n + no_highest(spina))
    755
    """
    odd = histories.patterns.sum(axis=1) % 2 == 1
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = np.log(histories.cells.astype(float))
        return float(np.exp(logs[odd].sum() - logs[~odd].sum()))


def _problem(histories: CaptureHistories, space: ModelSpace) -> Problem:
    if not histories.cells.any():
        raise DataError("someone must be on a list", place=histories.strata[0], value=0)
    flat = np.full(len(space.terms), _ALMOST_FLAT)
    return Problem(histories.cells, space.design(), flat)


def _bic(histories: CaptureHistories, space: ModelSpace, active: np.ndarray) -> np.ndarray:
    problem = _problem(histories, space)
    eta = find_modes(problem, active).coefficients @ problem.design.T
    penalty = active.sum(axis=1) * np.log(histories.n)
    return penalty - 2 * problem.log_likelihood(eta)


def _estimates(
    histories: CaptureHistories, space: ModelSpace, active: np.ndarray
) -> list[MlEstimate]:
    problem, seen = _problem(histories, space), histories.n
    eta = find_modes(problem, active).coefficients @ problem.design.T
    log_share = eta[:, 1:] - logsumexp(eta[:, 1:], axis=1, keepdims=True)
    best = xlogy(problem.cells, problem.cells / seen).sum()
    deviance = 2 * (best - log_share @ problem.cells)
    found = []
    for row, terms in enumerate(active):
        fate = existence(histories.cells, space.terms[terms])
        fitted = seen * np.exp(eta[row, 0] - logsumexp(eta[row, 1:]))
        unseen = {"infinite": np.inf, "zero": 0.0, "undetermined": np.nan}.get(fate, fitted)
        count = int(terms.sum()) + 1
        found.append(
            MlEstimate(
                model=space.label(terms[space.lists :]),
                existence=fate,
                unseen=float(unseen),
                toll=float(seen + unseen),
                deviance=float(deviance[row]),
                parameters=count,
                aic=float(deviance[row] + 2 * count),
                bic=float(deviance[row] + np.log(seen) * count),
            )
        )
    return found
