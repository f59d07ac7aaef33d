"""Whether draws can be trusted, in figures and in plain words."""

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import xarray as xr

TOLLS = ("true_killed", "true_wounded")
MAX_RHAT, MIN_ESS = 1.01, 400


def diagnose(result: "xr.DataTree") -> dict[str, Any]:
    """Return whether the draws can be trusted, with the figures and advice in plain words.

    Returns
    -------
    ``converged``, ``divergences``, ``max_rhat``, ``min_ess_bulk``, ``min_ess_tail`` (both for the
    tolls, where there are any, else over all variables) and ``advice``, a list of sentences.

    Notes
    -----
    Rank-normalized split R-hat and effective sample sizes: Vehtari et al. 2021, Bayesian Analysis
    16:667.

    Examples
    --------
    >>> import arviz as az, numpy as np
    >>> from casualty_models.inference import diagnose
    >>> draws = {"true_killed": np.random.default_rng(1).lognormal(5, 1, (4, 1000))}
    >>> diagnose(az.from_dict({"posterior": draws}))["converged"]
    True
    """
    import arviz as az

    posterior = result["posterior"].to_dataset()
    names = [name for name in TOLLS if name in posterior] or list(posterior.data_vars)
    moving = [n for n in posterior.data_vars if np.ptp(posterior[n].values) > 0]
    rhat = max(float(az.rhat(posterior[n]).max()) for n in moving)
    bulk = min(float(az.ess(posterior[n], method="bulk").min()) for n in names)
    tail = min(float(az.ess(posterior[n], method="tail").min()) for n in names)
    stats = result.children.get("sample_stats")
    divergences = int(stats["diverging"].sum()) if stats is not None else 0
    advice = []
    if divergences:
        advice.append(
            f"{divergences} divergent transitions: parts of the posterior may have been missed;"
            " fit again with target_accept=0.99."
        )
    if not rhat <= MAX_RHAT:
        advice.append(
            f"R-hat is {rhat:.3f}, above {MAX_RHAT}: the chains disagree; fit again with more"
            " iterations, for example tune=2000 and draws=2000."
        )
    if not min(bulk, tail) >= MIN_ESS:
        advice.append(
            f"Only {min(bulk, tail):.0f} effective draws of the toll, fewer than {MIN_ESS}:"
            " its interval is not settled; fit again with more draws."
        )
    return {
        "converged": not advice,
        "divergences": divergences,
        "max_rhat": rhat,
        "min_ess_bulk": bulk,
        "min_ess_tail": tail,
        "advice": advice,
    }
