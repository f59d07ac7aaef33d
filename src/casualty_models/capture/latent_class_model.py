"""The latent class model as a plain PyMC model, for those who want to extend it."""

from typing import TYPE_CHECKING

import numpy as np

from casualty_models.capture.latent_class_priors import LatentClassPriors
from casualty_models.lists import CaptureHistories

if TYPE_CHECKING:
    import pymc as pm


def latent_class_model(
    histories: CaptureHistories,
    *,
    priors: LatentClassPriors | None = None,
    classes: int = 10,
) -> "pm.Model":
    r"""Return latent classes with a stick-breaking prior as a PyMC model, the unseen summed out.

    .. math:: \prod_x \left[\frac{\pi_x}{1 - \pi_0}\right]^{n_x}, \quad
              \pi_x = \sum_k \nu_k \prod_j \lambda_{jk}^{x_j} (1 - \lambda_{jk})^{1 - x_j}, \quad
              \nu_k = (1 - e^{-h_k}) e^{-(h_1 + \dots + h_{k-1})}, \quad
              h_k = \frac{s_k}{\alpha}.

    With :math:`s_k \sim \text{Exponential}(1)` the prior is that of `latent_class`. The unseen
    follow from ``log_odds_unseen``, for example by `negative_binomial.unseen_given_odds`. A chain
    stays in the mode where it starts; use `latent_class` where there may be several.

    Parameters
    ----------
    histories
        One stratum.
    priors
        By default `LatentClassPriors()`.
    classes
        The most classes there can be.

    Returns
    -------
    A model with ``alpha``, ``scaled_hazard`` (s), ``capture_share``, ``class_share`` and
    ``log_odds_unseen``; the likelihood is the potential ``seen``.

    References
    ----------
    Manrique-Vallier (2016), Biometrics 72:1246-1254.

    Examples
    --------
    >>> from casualty_models.capture.latent_class import latent_class_model
    >>> from casualty_models.lists import CaptureHistories
    >>> spina = CaptureHistories(("A", "B", "C"), [[244, 48, 142, 60, 111, 4, 12]])
    >>> model = latent_class_model(spina, classes=2)
    >>> [variable.name for variable in model.free_RVs]
    ['alpha', 'scaled_hazard', 'capture_share']
    """
    import pymc as pm
    import pytensor.tensor as pt

    priors = LatentClassPriors() if priors is None else priors
    shape, rate = priors.concentration
    coords = {
        "list": list(histories.lists),
        "class": np.arange(1, classes + 1),
        "stick": np.arange(1, classes),
        "cell": ["".join(map(str, pattern)) for pattern in histories.patterns],
    }
    with pm.Model(coords=coords) as model:
        patterns = pm.Data("patterns", histories.patterns.astype(float), dims=("cell", "list"))
        counts = pm.Data("counts", histories.cells.astype(float), dims="cell")
        alpha = pm.Gamma("alpha", shape, rate)
        scaled_hazard = pm.Exponential("scaled_hazard", 1.0, dims="stick")
        capture_share = pm.Beta("capture_share", *priors.share, dims=("class", "list"))
        hazard = scaled_hazard / alpha
        left = pt.concatenate([[0.0], -pt.cumsum(hazard)])
        taken = pt.concatenate([pt.log(-pt.expm1(-hazard)), [0.0]])
        log_share = left + taken
        pm.Deterministic("class_share", pt.exp(log_share), dims="class")
        missed = pt.log1p(-capture_share)
        odds = pt.log(capture_share) - missed
        joint = (log_share + missed.sum(axis=1))[:, None] + odds @ patterns.T
        log_unseen = pt.logsumexp(log_share + missed.sum(axis=1))
        log_seen = pt.logsumexp(log_share + pt.log(-pt.expm1(missed.sum(axis=1))))
        pm.Deterministic("log_odds_unseen", log_unseen - log_seen)
        pm.Potential("seen", (counts * (pt.logsumexp(joint, axis=0) - log_seen)).sum())
    return model
