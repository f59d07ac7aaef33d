"""One answer from lists: every family of models side by side, and how far they can be believed.

When the families that are not ruled out agree, they are averaged. When they do not, no single
number is given: the spread over their assumptions is the answer (`verdict` says why). Two lists
cannot even be asked; a prior for their odds ratio decides.
"""

import datetime
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from casualty_models.capture.families import DEFAULT, TWO_LISTS, Settings, run_families
from casualty_models.capture.family_answer import FamilyAnswer
from casualty_models.capture.pooling import toll_ends, toll_tree
from casualty_models.capture.seeds import known_seed
from casualty_models.capture.verdict import Kind, judge, kind_of
from casualty_models.capture.verdict_words import no_estimate, sentences
from casualty_models.errors import DataError, NotEstimable
from casualty_models.events import Estimate
from casualty_models.lists import CaptureHistories

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

__all__ = ["UnseenEstimate", "estimate_unseen"]

_TABLE_PROBS = {"median": 0.5, "lower80": 0.1, "upper80": 0.9, "lower95": 0.025, "upper95": 0.975}


@dataclass(frozen=True, eq=False)
class UnseenEstimate:
    """How many people there are in all, on the lists and on none; printing it gives the words.

    Parameters
    ----------
    histories
        The table.
    kind
        ``"averaged"`` where the families agree; ``"spread"`` where they do not, and the range
        over their assumptions is the answer; ``"prior"`` with two lists.
    families
        What each family says, and its role in the answer.
    draws
        An `xarray.DataTree`. Group ``families``: ``unseen`` and ``true_killed`` of each family.
        Group ``posterior``: those of the answer, absent where it is a spread. ``observed_data``:
        the table. The record is in ``attrs``.
    sentences
        The answer in words, the most important first.
    ends
        Lower end, median and upper end of the toll: a 95 percent interval, or the ends of the
        spread (the median is then NaN).

    Examples
    --------
    >>> from casualty_models.capture.estimate import estimate_unseen
    >>> from casualty_models.lists import CaptureHistories
    >>> spina = CaptureHistories(("A", "B", "C"), [[244, 48, 142, 60, 111, 4, 12]])
    >>> estimate = estimate_unseen(spina, families=["graphs", "loglinear"], random_seed=1)
    >>> estimate.kind, bool(710 < estimate.median < 745)
    ('averaged', True)
    """

    histories: CaptureHistories
    kind: Kind
    families: tuple[FamilyAnswer, ...]
    draws: "xr.DataTree"
    sentences: tuple[str, ...]
    ends: tuple[float, float, float]

    @property
    def lower(self) -> float:
        """The lower end of the toll."""
        return self.ends[0]

    @property
    def median(self) -> float:
        """The median of the toll; NaN where the answer is a spread."""
        return self.ends[1]

    @property
    def upper(self) -> float:
        """The upper end of the toll."""
        return self.ends[2]

    def to_frame(self) -> "pd.DataFrame":
        """Return one row a family, side by side.

        Returns
        -------
        By family: the toll (``median``, ``lower80`` to ``upper95``), ``log_evidence`` (None
        where it is not comparable), ``role``, ``prior_overlap`` (the share of the posterior of the
        unseen that lies where the prior was), ``median_low`` and ``median_high`` of the toll under
        other priors, ``saturated_weight`` of graphs, ``notes``.

        Examples
        --------
        >>> from casualty_models.capture.estimate import estimate_unseen
        >>> from casualty_models.lists import CaptureHistories
        >>> spina = CaptureHistories(("A", "B", "C"), [[244, 48, 142, 60, 111, 4, 12]])
        >>> estimate = estimate_unseen(spina, families=["independence", "graphs"], random_seed=1)
        >>> estimate.to_frame()["role"].tolist()
        ['yardstick', 'in the answer']
        """
        import pandas as pd

        seen, rows = self.histories.n, []
        for answer in self.families:
            tolls = seen + answer.quantiles(list(_TABLE_PROBS.values()))
            rows.append(
                {
                    "family": answer.name,
                    **dict(zip(_TABLE_PROBS, tolls.tolist(), strict=True)),
                    "log_evidence": answer.log_evidence,
                    "role": answer.role,
                    "prior_overlap": answer.prior_overlap(),
                    "median_low": seen + answer.fact("median_low"),
                    "median_high": seen + answer.fact("median_high"),
                    "saturated_weight": answer.fact("saturated_weight"),
                    "notes": " ".join(answer.notes),
                }
            )
        return pd.DataFrame(rows).set_index("family")

    def as_estimate(self, date: datetime.date | str, source: str) -> Estimate:
        """Return the toll as evidence for the toll model, beside what was reported.

        Parameters
        ----------
        date
            The day on which it was published.
        source
            Who made the lists, or the estimate.

        Returns
        -------
        An `events.Estimate` with the median and the 95 percent interval; put it into
        ``Event.estimates``. Its definition is the default: killed directly, everyone, everywhere.
        Use `dataclasses.replace` where the lists hold something else.

        Notes
        -----
        Where the answer is a spread, its ends are taken for a 95 percent interval: a belief that
        the lists do not give. A report of the people on the lists is not needed beside it; they are
        a minimum, which a count with ``floor=True`` says, if the lists hold the dead alone.

        Examples
        --------
        >>> from casualty_models.capture.estimate import estimate_unseen
        >>> from casualty_models.lists import CaptureHistories
        >>> spina = CaptureHistories(("A", "B", "C"), [[244, 48, 142, 60, 111, 4, 12]])
        >>> estimate = estimate_unseen(spina, families=["graphs"], random_seed=1)
        >>> estimate.as_estimate("1999-06-22", "three lists").prob
        0.95
        """
        return Estimate(
            date=date,  # type: ignore[arg-type]  # text is accepted
            source=source,
            lower=float(self.lower),
            upper=float(self.upper),
            median=None if np.isnan(self.median) else float(self.median),
            method="lists of victims",
        )

    def __str__(self) -> str:
        table = self.to_frame()[["median", "lower95", "upper95", "log_evidence", "role"]]
        shown = table.rename_axis(None).to_string(float_format=lambda x: f"{x:,.0f}")
        return "\n".join([shown, *self.sentences])


def estimate_unseen(
    histories: CaptureHistories,
    *,
    families: Sequence[str] | None = None,
    particles: int | None = None,
    sensitivity: bool = True,
    random_seed: int | None = None,
) -> UnseenEstimate:
    """Estimate how many people there are, by every family of models, and say what that is worth.

    Parameters
    ----------
    histories
        One stratum. For strata see `pooled_strata`.
    families
        Which to run: of ``"independence"`` (a yardstick, never in the answer), ``"graphs"``,
        ``"loglinear"``, ``"latent_class"``, ``"two_lists"``. By default all that the number of
        lists allows.
    particles
        Of `latent_class`, which takes nearly all of the time; its default by default.
    sensitivity
        Also run families with other priors, to tell what the prior decides: graphs on up to 7
        lists, log-linear models on up to 5, latent classes on 3.
    random_seed
        By default a seed is drawn and recorded.

    Returns
    -------
    The estimate.

    Raises
    ------
    NotEstimable
        If nothing can be said: no one is on two lists, or on any.
    DataError
        If a family is unknown, there are several strata, or the table was not read yet.

    Warns
    -----
    UserWarning
        If no maximum likelihood estimate exists, so that only the priors make the answer finite.

    Examples
    --------
    >>> from casualty_models.capture.estimate import estimate_unseen
    >>> from casualty_models.lists import CaptureHistories
    >>> spina = CaptureHistories(("A", "B", "C"), [[244, 48, 142, 60, 111, 4, 12]])
    >>> estimate = estimate_unseen(spina, families=["graphs", "loglinear"], random_seed=1)
    >>> print(estimate.sentences[0])
    730 people in all, 95% interval 680 to 810; 621 of them are on the lists.
    """
    if not isinstance(histories, CaptureHistories):
        remedy = "Make one by CaptureHistories.from_counts or from_people."
        rule = "must be a CaptureHistories"
        raise DataError(rule, place="histories", value=type(histories).__name__, remedy=remedy)
    _ = histories.cells  # one stratum, or a message that says so
    report = histories.estimability().reports[0]
    if report.verdict == "cannot be estimated":
        raise NotEstimable(f"{report.stratum}: {' '.join(report.reasons)}")
    seed = known_seed(random_seed)
    usual = TWO_LISTS if len(histories.lists) == 2 else DEFAULT  # noqa: PLR2004
    settings = Settings(particles, sensitivity, seed)
    answers = judge(run_families(histories, usual if families is None else families, settings))
    kind = kind_of(answers)
    ends = toll_ends(histories, answers, kind)
    words = sentences(histories, answers, kind, ends)
    draws = toll_tree(histories, answers, kind, seed, words)
    if caution := no_estimate(histories):
        warnings.warn(caution, UserWarning, stacklevel=2)
    return UnseenEstimate(histories, kind, answers, draws, words, ends)
