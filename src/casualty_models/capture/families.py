"""Run each family of models on one table and put its answer into the same form."""

import json
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from casualty_models.capture.evidence import (
    evidence_in_record,
    evidence_of_graphs,
    evidence_of_independence,
    evidence_of_models,
)
from casualty_models.capture.family_answer import FamilyAnswer
from casualty_models.capture.graphs import delta_sensitivity, graph_average
from casualty_models.capture.independence import independence
from casualty_models.capture.latent_class import SIZES, capture_share_sensitivity, latent_class
from casualty_models.capture.loglinear import interaction_sensitivity, loglinear_average
from casualty_models.capture.negative_binomial import draw_unseen, unseen_given_odds
from casualty_models.capture.prior_unseen import class_prior, graph_prior, model_prior
from casualty_models.capture.result import ATTRIBUTE
from casualty_models.capture.two_lists import odds_ratio_curve, two_list_posterior
from casualty_models.distributions import Beta
from casualty_models.errors import ConvergenceWarning, DataError
from casualty_models.lists import CaptureHistories

DEFAULT = ("independence", "graphs", "loglinear", "latent_class")
TWO_LISTS = ("independence", "two_lists")
_PRIOR_DRAWS = 20_000
_INTERACTION_SD = 1.0
_MOST_LISTS_OF_GRID = 7
_MOST_LISTS_OF_REFITS = 5
_NOTABLE = 0.05
_UNSETTLED_LISTS = 3  # there two classes have more unknowns than there are cells
_OTHER_SHARES = (Beta(0.5, 0.5), Beta(1.0, 3.0))


@dataclass(frozen=True)
class Settings:
    """What the families need to know beside the table.

    Parameters
    ----------
    particles
        Of `latent_class`; None for its default.
    sensitivity
        Whether families are also run with other priors, as far as that takes little time.
    random_seed
        The seed of all of them.
    """

    particles: int | None
    sensitivity: bool
    random_seed: int


def run_families(
    histories: CaptureHistories, families: Sequence[str], settings: Settings
) -> tuple[FamilyAnswer, ...]:
    """Return the answer of each family.

    Parameters
    ----------
    histories
        One stratum.
    families
        Keys of `casualty_models.capture.family_answer.ASSUMPTIONS`.
    settings
        Effort and seed.

    Returns
    -------
    The answers, in the same order. What the families warn of is among their notes.

    Raises
    ------
    DataError
        If a family is unknown.

    Warns
    -----
    ConvergenceWarning
        If a sampler or a search has not settled.

    Examples
    --------
    >>> from casualty_models.capture.families import Settings, run_families
    >>> from casualty_models.lists import CaptureHistories
    >>> spina = CaptureHistories(("A", "B", "C"), [[244, 48, 142, 60, 111, 4, 12]])
    >>> answers = run_families(spina, ["independence", "graphs"], Settings(500, False, 1))
    >>> [(answer.family, int(answer.quantiles([0.5])[0])) for answer in answers]
    [('independence', 135), ('graphs', 104)]
    """
    found = []
    for family in families:
        if family not in _RUNS:
            remedy = f"The families are {', '.join(_RUNS)}."
            raise DataError("unknown family", place="families", value=family, remedy=remedy)
        with warnings.catch_warnings(record=True) as said:
            warnings.simplefilter("always")
            found.append(_RUNS[family](histories, settings))
        for each in said:  # what the others say is among the notes
            if issubclass(each.category, ConvergenceWarning):
                warnings.warn(str(each.message), ConvergenceWarning, stacklevel=3)
    return tuple(found)


def _independence(histories: CaptureHistories, settings: Settings) -> FamilyAnswer:
    unseen = independence(histories)
    evidence = evidence_of_independence(histories, unseen)
    rng = np.random.default_rng([settings.random_seed, 1])
    missed = np.log1p(-rng.random((len(histories.lists), _PRIOR_DRAWS))).sum(axis=0)
    prior = draw_unseen(histories.n, missed - np.log(-np.expm1(missed)), rng)
    return FamilyAnswer("independence", unseen, evidence, prior, role="yardstick")


def _graphs(histories: CaptureHistories, settings: Settings) -> FamilyAnswer:
    average = graph_average(histories, random_seed=settings.random_seed)
    rng = np.random.default_rng([settings.random_seed, 2])
    prior = draw_unseen(histories.n, graph_prior(average, rng, _PRIOR_DRAWS), rng)
    facts = {"saturated_weight": average.saturated_weight}
    if average.search is None and average.saturated_weight > _NOTABLE:
        kept = graph_average(histories, saturated=True)
        facts["median_with_saturated"] = float(kept.unseen.quantile(0.5))
    if settings.sensitivity and len(histories.lists) <= _MOST_LISTS_OF_GRID:
        medians = delta_sensitivity(histories)["median"] - histories.n
        facts |= {"median_low": float(medians.min()), "median_high": float(medians.max())}
    evidence = evidence_of_graphs(average)
    return FamilyAnswer("graphs", average.unseen, evidence, prior, _own(average.notes(), histories),
                        facts)  # fmt: skip


def _loglinear(histories: CaptureHistories, settings: Settings) -> FamilyAnswer:
    average = loglinear_average(
        histories, interaction_sd=_INTERACTION_SD, random_seed=settings.random_seed
    )
    rng = np.random.default_rng([settings.random_seed, 3])
    odds = model_prior(len(histories.lists), _INTERACTION_SD, rng, _PRIOR_DRAWS)
    prior = draw_unseen(histories.n, odds, rng)
    full = average.modes.active.all(axis=1)
    facts = {"full_model_weight": float(average.weight[full].sum())}
    if settings.sensitivity and len(histories.lists) <= _MOST_LISTS_OF_REFITS:
        table = interaction_sensitivity(histories, random_seed=settings.random_seed)
        medians = table["median"] - histories.n
        facts |= {"median_low": float(medians.min()), "median_high": float(medians.max())}
    evidence = evidence_of_models(average)
    return FamilyAnswer("loglinear", average.unseen, evidence, prior,
                        _own(average.notes(), histories), facts)  # fmt: skip


def _latent_class(histories: CaptureHistories, settings: Settings) -> FamilyAnswer:
    tree = latent_class(histories, particles=settings.particles, random_seed=settings.random_seed)
    record = json.loads(tree.attrs[ATTRIBUTE])
    log_odds = tree["sample_stats"]["log_odds_unseen"].values.ravel()
    rng = np.random.default_rng([settings.random_seed, 4])
    prior = draw_unseen(histories.n, class_prior(len(histories.lists), rng, _PRIOR_DRAWS), rng)
    notes = _own([*record["notes"], *record["diagnostics"]["advice"]], histories)
    unseen = unseen_given_odds(histories.n, log_odds)
    facts = {}
    if settings.sensitivity and len(histories.lists) == _UNSETTLED_LISTS:
        particles = max((settings.particles or SIZES[0]) // 2, 100)
        table = capture_share_sensitivity(
            histories, _OTHER_SHARES, particles=particles, random_seed=settings.random_seed
        )
        medians = [*(table["median"] - histories.n), float(unseen.quantile(0.5))]
        facts = {"median_low": min(medians), "median_high": max(medians)}
    return FamilyAnswer("latent_class", unseen, evidence_in_record(record), prior, notes, facts)


def _two_lists(histories: CaptureHistories, settings: Settings) -> FamilyAnswer:
    posterior = two_list_posterior(histories, random_seed=settings.random_seed)
    curve = odds_ratio_curve(histories, (0.5, 1.0, 2.0, 4.0, 8.0), random_seed=1)
    medians = curve.set_index("odds_ratio")["median"] - histories.n
    facts = {f"median_at_odds_ratio_{ratio:g}": float(value) for ratio, value in medians.items()}
    notes = _own(posterior.notes(), histories)
    return FamilyAnswer("two_lists", posterior.unseen, None, None, notes, facts)


def _own(notes: Sequence[str], histories: CaptureHistories) -> tuple[str, ...]:
    """Return the notes without those on the table itself, which are said once."""
    said = histories.estimability().reports[0].reasons
    return tuple(note for note in notes if note not in said)


_RUNS: dict[str, Callable[[CaptureHistories, Settings], FamilyAnswer]] = {
    "independence": _independence,
    "graphs": _graphs,
    "loglinear": _loglinear,
    "latent_class": _latent_class,
    "two_lists": _two_lists,
}
