"""Draws by NUTS from a model that is compiled once for each structure."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pymc as pm
    import xarray as xr

MANY_DIMENSIONS = 400
MAX_COMPILED = 16
_COMPILED: dict[Any, Any] = {}


def nuts_result(
    model: "pm.Model", settings: dict[str, int], target_accept: float, show: bool
) -> "xr.DataTree":
    """Return the posterior and sample_stats that NUTS gives.

    Parameters
    ----------
    model
        Any `pymc.Model` whose latent variables are all continuous.
    settings
        ``draws``, ``tune``, ``chains``, ``random_seed`` and, if not as many as there are cores,
        ``threads``.
    target_accept
        Acceptance that the step size is tuned to.
    show
        Whether to show the sampler's progress.

    Examples
    --------
    >>> from casualty_models.inference.nuts import nuts_result
    >>> settings = {"draws": 500, "tune": 500, "chains": 2, "random_seed": 1}
    >>> nuts_result(model, settings, 0.9, False)  # doctest: +SKIP
    """
    import nutpie

    compiled = compile_once(model)
    result = nutpie.sample(
        compiled,
        draws=settings["draws"],
        tune=settings["tune"],
        chains=settings["chains"],
        cores=settings.get("threads"),
        seed=settings["random_seed"],
        target_accept=target_accept,
        # A low-rank mass matrix follows the ridge between the toll and the speed of counting:
        # about twice the effective draws of the diagonal one on the Osh reports. In the hundreds
        # of dimensions of the history model it costs more than it gives.
        adaptation="low_rank" if compiled.n_dim <= MANY_DIMENSIONS else "diag",
        progress_bar=show,
        save_warmup=False,
    )
    if result.posterior.sizes["draw"] < settings["draws"]:
        raise KeyboardInterrupt  # nutpie returns what it has when it is interrupted
    result["posterior"] = _relabeled(result["posterior"].to_dataset(), model)
    return result


def compile_once(model: "pm.Model") -> Any:  # noqa: ANN401
    """Return a model compiled for nutpie; models of one ``structure`` are compiled once.

    Examples
    --------
    >>> from casualty_models.inference.nuts import compile_once
    >>> compiled = compile_once(model)  # doctest: +SKIP
    """
    import nutpie
    import pytensor

    key = getattr(model, "structure", None)
    if key is None or key not in _COMPILED:
        # Fast-math rounds the log density differently in a fresh and in a cached compilation, so
        # the same seed would not always give the same draws.
        with pytensor.config.change_flags(numba__fastmath=False):
            compiled = nutpie.compile_pymc_model(model)
        if key is None:
            return compiled
        while len(_COMPILED) >= MAX_COMPILED:
            _COMPILED.pop(next(iter(_COMPILED)))
        _COMPILED[key] = compiled
    compiled = _COMPILED[key]
    used = {variable.name for variable in compiled.shared_var_keys}
    data = {v.name: v.get_value() for v in model.data_vars if v.name in used}
    return compiled.with_data(**data)


def _relabeled(posterior: "xr.Dataset", model: "pm.Model") -> "xr.Dataset":
    """Return the draws with the labels of this model, not of the one that was compiled."""
    labels = {name: list(model.coords[name]) for name in posterior.dims if name in model.coords}
    return posterior.assign_coords(labels)
