r"""Latent classes: hidden groups of people, each with its own chances to be on the lists.

Within a class the lists are independent; that they are not over all is because some people are
easier to find than others. How many classes there are is left to a stick-breaking prior (the
equations are in `stick_breaking`). The sampler differs from the Gibbs sampler of the R package
LCMCR, the usual one for this model, in three ways:

- The unseen are summed out, and drawn at the end from their exact distribution. There is no cap on
  them; LCMCR refuses more than 20 times the people seen.
- A posterior may have several modes that no chain leaves. Here populations of particles follow a
  path of densities from the prior to the posterior (`tempering`, `count_path`), so each mode gets
  its weight, and how far populations agree tells how well the weight is known.
- The path gives the evidence as well.

Far up, the posterior of the toll falls as the power :math:`N^{-J a}` (but for logarithms), with J
lists and capture shares :math:`\text{Beta}(a, b)`: for the toll to be N times larger one class must
hold nearly all people and be N times as hard to find, on each of the lists. No data of the people
seen can rule that out.

Source: Manrique-Vallier (2016), Biometrics 72:1246-1254.
"""

import json
import warnings
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import expit

from casualty_models.capture.count_path import count_path
from casualty_models.capture.latent_class_model import latent_class_model
from casualty_models.capture.latent_class_priors import LatentClassPriors
from casualty_models.capture.latent_class_record import caution, make_record
from casualty_models.capture.negative_binomial import draw_unseen
from casualty_models.capture.result import ATTRIBUTE, to_datatree
from casualty_models.capture.seeds import known_seed
from casualty_models.capture.stick_breaking import StickBreaking, class_shares, log_odds_unseen
from casualty_models.capture.tempering import Effort, temper
from casualty_models.distributions import Beta
from casualty_models.errors import ConvergenceWarning, DataError, NotEstimable
from casualty_models.lists import CaptureHistories

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

__all__ = [
    "LatentClassPriors",
    "capture_share_sensitivity",
    "latent_class",
    "latent_class_model",
]

FEWEST_LISTS = 3
SHARES = (Beta(0.5, 0.5), Beta(1.0, 1.0), Beta(1.0, 3.0))
# Ten states a stage let chains cross between modes early on the path, where they still can: with
# five the weights of the modes of the Netherlands table vary twice as much for the same work.
_STEPS, _DRAWS_PER_PARTICLE = 10, 5
SIZES = (2000, 10_000)
_FEWEST = {"classes": 1, "particles": 100, "populations": 2}
_INTERVAL = (0.5, 0.025, 0.975)


def latent_class(
    histories: CaptureHistories,
    *,
    priors: LatentClassPriors | None = None,
    classes: int = 10,
    particles: int | None = None,
    populations: int = 4,
    random_seed: int | None = None,
) -> "xr.DataTree":
    """Sample the posterior of the unseen under latent classes, every mode by its weight.

    Parameters
    ----------
    histories
        One stratum with 3 to 12 lists.
    priors
        By default `LatentClassPriors()`.
    classes
        The most classes there can be. On Kosovo, Gaza and the United Kingdom (3 to 5 lists) the
        toll no longer moves from 10 to 15; from 5 to 10 the lower end of Gaza's 95 % interval
        moves by 6 percent, all else by less than 1.
    particles
        States of each population at each stage of the path; five times as many draws are kept. By
        default 2,000 and, if the populations then disagree, a second run with 10,000.
    populations
        Independent repetitions; their agreement is the check of convergence.
    random_seed
        By default a seed is drawn and recorded.

    Returns
    -------
    Group ``posterior``: ``unseen``, ``true_killed`` (people seen and unseen), ``alpha``,
    ``class_share``, ``capture_share``; a chain is a population, the largest class is the first.
    Group ``sample_stats``: ``log_odds_unseen``, from which `unseen_given_odds` makes the posterior
    of the unseen without sampling noise. The record in ``attrs`` has ``settings``,
    ``log_evidence`` (of the counts, under p(N) = 1/N) with its standard error, ``modes`` with
    their weights, ``tail``, ``diagnostics`` and ``notes``.

    Raises
    ------
    NotEstimable
        If there are only two lists: they say nothing about their dependence.
    DataError
        If a number breaks a rule, no one is on a list, or there are several strata.

    Warns
    -----
    ConvergenceWarning
        If the populations disagree, in plain words.
    UserWarning
        If the lists leave the unseen count open, so that the answer is finite only by the prior.

    References
    ----------
    Manrique-Vallier (2016), Biometrics 72:1246-1254.

    Examples
    --------
    >>> from casualty_models.capture.latent_class import latent_class
    >>> from casualty_models.lists import CaptureHistories
    >>> spina = CaptureHistories(("A", "B", "C"), [[244, 48, 142, 60, 111, 4, 12]])
    >>> result = latent_class(spina, classes=3, particles=500, random_seed=1)
    >>> bool(715 < result["posterior"]["true_killed"].median() < 740)
    True
    """
    sizes = SIZES if particles is None else (particles,)
    _require(histories, classes=classes, particles=sizes[0], populations=populations)
    seed = known_seed(random_seed)
    rng = np.random.default_rng(seed)
    priors = LatentClassPriors() if priors is None else priors
    filled = histories.cells > 0
    model = StickBreaking(histories.patterns[filled].astype(float), classes, priors)
    path = count_path(model, histories.cells[filled, None].astype(float))
    for size in sizes:
        effort = Effort(populations, -(-size // _STEPS), _STEPS, _STEPS * _DRAWS_PER_PARTICLE)
        tempered = temper(path, effort, rng)
        log_odds = log_odds_unseen(model, tempered.states)
        unseen = draw_unseen(histories.n, log_odds, rng)
        findings = make_record(histories, model, tempered, unseen)
        if findings["diagnostics"]["converged"]:
            break
    settings = {
        "classes": classes,
        "particles": size,
        "populations": populations,
        "priors": priors.to_dict(),
    }
    record = {"method": "latent_class", "random_seed": seed, "settings": settings, **findings}
    stats = {"log_odds_unseen": log_odds}
    tree = to_datatree(histories, unseen, sample_stats=stats, record=record)
    tree["posterior"] = (
        tree["posterior"].to_dataset().merge(_class_draws(histories, model, tempered.states, rng))
    )
    _warn(histories, record["diagnostics"]["advice"])
    return tree


def capture_share_sensitivity(
    histories: CaptureHistories,
    shares: Sequence[Beta] = SHARES,
    *,
    classes: int = 10,
    particles: int = 2000,
    random_seed: int | None = None,
) -> "pd.DataFrame":
    """Return the answer for several priors of the capture shares.

    Parameters
    ----------
    histories
        One stratum with 3 to 12 lists.
    shares
        Priors of the share of a class that is on a list. By default one that prefers shares near
        0 and 1, the default of `LatentClassPriors`, and one that prefers small shares.
    classes, particles, random_seed
        As in `latent_class`.

    Returns
    -------
    Columns ``alpha`` and ``beta`` of the prior, ``median``, ``lower95``, ``upper95`` and
    ``log_evidence``.

    Examples
    --------
    >>> from casualty_models.capture.latent_class import capture_share_sensitivity
    >>> from casualty_models.distributions import Beta
    >>> from casualty_models.lists import CaptureHistories
    >>> spina = CaptureHistories(("A", "B", "C"), [[244, 48, 142, 60, 111, 4, 12]])
    >>> table = capture_share_sensitivity(
    ...     spina, [Beta(1, 1), Beta(1, 5)], classes=2, particles=200, random_seed=1
    ... )
    >>> bool(table["median"][0] < table["median"][1])
    True
    """
    import pandas as pd

    rows = []
    for share in shares:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message="the answer is finite only")
            tree = latent_class(
                histories,
                priors=LatentClassPriors(capture_share=share),
                classes=classes,
                particles=particles,
                random_seed=random_seed,
            )
        tolls = np.quantile(tree["posterior"]["true_killed"], _INTERVAL)
        evidence = json.loads(tree.attrs[ATTRIBUTE])["log_evidence"]
        rows.append([share.alpha, share.beta, *tolls, evidence])
    names = ["alpha", "beta", "median", "lower95", "upper95", "log_evidence"]
    return pd.DataFrame(rows, columns=names)


def _require(histories: CaptureHistories, **least: int) -> None:
    if len(histories.lists) < FEWEST_LISTS:
        raise NotEstimable(
            "two lists say nothing about their dependence; "
            "use casualty_models.capture.two_lists with a prior for it"
        )
    if not histories.cells.any():
        raise DataError("someone must be on a list", place=histories.strata[0], value=0)
    for name, value in least.items():
        if not (isinstance(value, int) and value >= _FEWEST[name]):
            rule = f"must be a whole number of at least {_FEWEST[name]}"
            raise DataError(rule, place=f"latent_class, {name}", value=value)


def _warn(histories: CaptureHistories, advice: Sequence[str]) -> None:
    open_question = caution(histories)
    if open_question:
        warnings.warn(open_question, UserWarning, stacklevel=3)
    for sentence in advice:
        warnings.warn(sentence, ConvergenceWarning, stacklevel=3)


def _class_draws(
    histories: CaptureHistories,
    model: StickBreaking,
    states: np.ndarray,
    rng: np.random.Generator,
) -> "xr.Dataset":
    """Return the draws of the classes, the largest first, and of alpha given them."""
    import xarray as xr

    logits, log_hazards = model.split(states)
    hazards, log_shares = class_shares(log_hazards)
    order = np.argsort(-log_shares, axis=0)
    shape, rate = model.priors.concentration
    alpha = rng.gamma(shape + model.classes - 1, 1 / (rate + hazards.sum(axis=0)))
    shares = np.exp(np.take_along_axis(log_shares, order, axis=0))
    captured = expit(np.take_along_axis(logits, order[None], axis=1))
    draw = ("chain", "draw")
    return xr.Dataset(
        {
            "alpha": (draw, alpha),
            "class_share": ((*draw, "class"), np.moveaxis(shares, 0, -1)),
            "capture_share": ((*draw, "class", "list"), captured.transpose(2, 3, 1, 0)),
        },
        {"class": np.arange(1, model.classes + 1), "list": list(histories.lists)},
    )
