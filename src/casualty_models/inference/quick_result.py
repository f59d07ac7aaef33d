"""The draws of the quick engine as a result."""

from typing import TYPE_CHECKING, Any

import numpy as np

from casualty_models.inference.density import Density, NotEvaluable
from casualty_models.inference.diagnostics import MIN_ESS, TOLLS
from casualty_models.inference.groups import drawn_group
from casualty_models.inference.quick import QuickDraws, quick_draws
from casualty_models.inference.trust import NotTrusted, effective_draws

if TYPE_CHECKING:
    import xarray as xr

MANY_UNKNOWNS = 110  # from here on NUTS, once compiled, is about as fast
LIBRARY = "casualty-models"


def quick_result(
    target: Density, settings: dict[str, int], *, only_small: bool = False, compiled: bool = False
) -> "tuple[xr.DataTree, dict[str, Any]]":
    """Return the posterior and sample_stats that the quick engine gives, and its diagnostics.

    The draws of one seed are the same however many threads the machine has.

    Parameters
    ----------
    target
        The model.
    settings
        ``draws``, ``chains`` and ``random_seed``.
    only_small
        Refuse models of so many unknowns that NUTS is about as fast.
    compiled
        As of `quick_draws`.

    Raises
    ------
    NotTrusted
        If the engine cannot vouch for its draws.

    Examples
    --------
    >>> import pymc as pm
    >>> from casualty_models.inference.density import Density
    >>> from casualty_models.inference.quick_result import quick_result
    >>> with pm.Model() as model:
    ...     x = pm.Normal("x", 3, 1)
    >>> settings = {"draws": 500, "chains": 4, "random_seed": 1}
    >>> result, diagnostics = quick_result(Density(model), settings)
    >>> diagnostics["converged"]
    True
    """
    import xarray as xr
    from threadpoolctl import threadpool_limits

    seeds = np.random.SeedSequence(settings["random_seed"])
    rng = np.random.default_rng(seeds.spawn(2)[0])
    try:
        _check(target, only_small)
        # Several threads add up sums in another order; a move refused for that changes the draws.
        with threadpool_limits(1, user_api="blas"):
            found = quick_draws(
                target,
                draws=settings["draws"],
                chains=settings["chains"],
                rng=rng,
                compiled=compiled,
            )
            values = target.values(found.points.reshape(-1, target.size))
            derived, _ = target.derived(values, rng)
    except NotEvaluable as error:
        raise NotTrusted(f"NumPy cannot evaluate the model in batches ({error})") from error
    chains = settings["chains"]
    posterior = drawn_group(target.model, values | derived, chains, LIBRARY)
    stats = {
        "logp": found.log_density.ravel(),
        "acceptance_rate": found.acceptance.ravel(),
        "diverging": np.zeros(found.log_density.size, dtype=bool),
    }
    groups = {
        "posterior": posterior,
        "sample_stats": drawn_group(target.model, stats, chains, LIBRARY),
    }
    return xr.DataTree.from_dict(groups), _diagnostics(posterior, found)


def _check(target: Density, only_small: bool) -> None:
    discrete = [v.name for v in target.model.free_RVs if v.dtype.startswith(("int", "bool"))]
    if discrete:
        raise NotTrusted(f"{discrete[0]} is discrete")
    if only_small and target.size > MANY_UNKNOWNS:
        raise NotTrusted(f"with {target.size} unknowns NUTS is about as fast")


def _diagnostics(posterior: "xr.Dataset", found: QuickDraws) -> dict[str, Any]:
    """Return the keys of `diagnose`, and under ``quick`` what the engine found out."""
    names = [name for name in TOLLS if name in posterior] or list(posterior.data_vars)
    arrays = [posterior[name].values for name in names]
    columns = [a.reshape(*a.shape[:2], -1) for a in arrays if np.ptp(a) > 0]
    bulk, tail = effective_draws(np.concatenate(columns, axis=2), found.states)
    least = float(min(bulk.min(), tail.min()))
    advice = []
    if not least >= MIN_ESS:
        advice.append(
            f"Only {least:.0f} effective draws of the toll, fewer than {MIN_ESS}:"
            " its interval is not settled; fit again with more draws."
        )
    return {
        "converged": not advice,
        "divergences": 0,
        "max_rhat": found.trust.max_rhat,
        "min_ess_bulk": float(bulk.min()),
        "min_ess_tail": float(tail.min()),
        "advice": advice,
        "quick": found.trust.to_dict(),
    }
