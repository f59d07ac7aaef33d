"""Whether independent populations of particles agree, in figures and in plain words."""

from typing import Any

import numpy as np

MAX_RHAT, MIN_ESS, MAX_SPREAD = 1.01, 400, 1.0


def evidence_of(log_evidence: np.ndarray) -> tuple[float, float]:
    """Return the log of the mean evidence of two populations or more, and its standard error.

    Examples
    --------
    >>> import numpy as np
    >>> from casualty_models.capture.agreement import evidence_of
    >>> log, error = evidence_of(np.array([-10.1, -9.9, -10.0, -10.0]))
    >>> round(log, 3), round(error, 3)
    (-9.997, 0.041)
    """
    top = log_evidence.max()
    ratio = np.exp(log_evidence - top)
    error = ratio.std(ddof=1) / ratio.mean() / len(ratio) ** 0.5
    return float(top + np.log(ratio.mean())), float(error)


def agreement(tolls: np.ndarray, log_evidence: np.ndarray) -> dict[str, Any]:
    """Return whether populations agree on the toll and on the evidence, and what to do if not.

    Parameters
    ----------
    tolls
        Draws, shape (populations, draws), kin beside each other.
    log_evidence
        Of each population.

    Returns
    -------
    ``converged``, ``max_rhat``, ``min_ess_bulk``, ``min_ess_tail``, ``log_evidence_spread`` (the
    standard deviation between populations) and ``advice``, a list of sentences.

    Notes
    -----
    Rank-normalized split R-hat and effective sample sizes of the log toll (Vehtari et al. 2021,
    Bayesian Analysis 16:667), a population taken as a chain: kin stand beside each other, so what
    they share counts as autocorrelation.

    Examples
    --------
    >>> import numpy as np
    >>> from casualty_models.capture.agreement import agreement
    >>> tolls = np.random.default_rng(1).lognormal(5, 1, (4, 1000))
    >>> agreement(tolls, np.zeros(4))["converged"]
    True
    """
    import arviz as az
    import xarray as xr

    logs = xr.DataArray(np.log(tolls), dims=("chain", "draw"))
    rhat, bulk, tail = (
        float(value)
        for value in (az.rhat(logs), az.ess(logs, method="bulk"), az.ess(logs, method="tail"))
    )
    spread = float(log_evidence.std(ddof=1))
    advice = []
    if not rhat <= MAX_RHAT:
        advice.append(
            f"R-hat is {rhat:.3f}, above {MAX_RHAT}: the populations disagree about the toll, or"
            " about the weights of its modes; take more particles."
        )
    if not min(bulk, tail) >= MIN_ESS:
        advice.append(
            f"Only {min(bulk, tail):.0f} effective draws of the toll, fewer than {MIN_ESS}: its"
            " interval is not settled; take more particles."
        )
    if spread > MAX_SPREAD:
        advice.append(
            f"The log evidence of the populations has a standard deviation of {spread:.1f}, more"
            f" than {MAX_SPREAD:.0f}: some may have missed a part of the posterior; take more"
            " particles."
        )
    return {
        "converged": not advice,
        "max_rhat": rhat,
        "min_ess_bulk": bulk,
        "min_ess_tail": tail,
        "log_evidence_spread": spread,
        "advice": advice,
    }
