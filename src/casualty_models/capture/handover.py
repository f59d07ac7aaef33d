"""An estimate from lists as evidence for the model of reports."""

import datetime
from dataclasses import dataclass

import numpy as np
from scipy.stats import norm

from casualty_models.capture.family_answer import FamilyAnswer
from casualty_models.capture.verdict import INTERVAL, Kind, pooled_points
from casualty_models.events import Report
from casualty_models.lists import CaptureHistories


@dataclass(frozen=True)
class TotalEvidence:
    r"""The toll as one more piece of evidence.

    .. math:: \log D \sim \text{Normal}(\text{log_mean}, \text{log_sd})

    Parameters
    ----------
    log_mean, log_sd
        Mean and standard deviation of the log of the toll.
    documented
        People on the lists; the toll is no less, if the lists hold the dead alone.
    kind
        As in the estimate. For ``"spread"`` the ends of the spread are taken for a 95 percent
        interval, which is a belief that the lists do not give.

    Examples
    --------
    >>> from casualty_models.capture.handover import TotalEvidence
    >>> [round(end) for end in TotalEvidence(6.6, 0.05, 621, "averaged").interval()]
    [666, 811]
    """

    log_mean: float
    log_sd: float
    documented: int
    kind: Kind

    def interval(self, prob: float = 0.95) -> tuple[float, float]:
        """Return the central interval of the toll."""
        reach = float(norm.ppf((1 + prob) / 2)) * self.log_sd
        return float(np.exp(self.log_mean - reach)), float(np.exp(self.log_mean + reach))


def total_evidence(
    histories: CaptureHistories,
    answers: tuple[FamilyAnswer, ...],
    kind: Kind,
    ends: tuple[float, float, float],
) -> TotalEvidence:
    """Return mean and standard deviation of the log toll.

    Examples
    --------
    >>> import numpy as np
    >>> from casualty_models.capture.family_answer import FamilyAnswer
    >>> from casualty_models.capture.handover import total_evidence
    >>> from casualty_models.capture.negative_binomial import unseen_given_odds
    >>> from casualty_models.lists import CaptureHistories
    >>> table = CaptureHistories(("A", "B", "C"), [[20, 20, 5, 0, 0, 0, 5]])
    >>> answer = FamilyAnswer("graphs", unseen_given_odds(50, np.zeros(1)))
    >>> found = total_evidence(table, (answer,), "averaged", (82.0, 99.0, 122.0))
    >>> round(float(np.exp(found.log_mean))), round(found.log_sd, 1)
    (100, 0.1)
    """
    if kind == "spread":
        lower, upper = np.log(ends[0]), np.log(ends[2])
        deviation = (upper - lower) / 2 / norm.ppf(INTERVAL[1])
        return TotalEvidence(float((lower + upper) / 2), float(deviation), histories.n, kind)
    logs = np.log(histories.n + pooled_points(answers))
    return TotalEvidence(float(logs.mean()), float(logs.std()), histories.n, kind)


def report_of(ends: tuple[float, float, float], date: datetime.date | str, source: str) -> Report:
    """Return the ends of a toll as a report.

    Examples
    --------
    >>> from casualty_models.capture.handover import report_of
    >>> report = report_of((82.4, 99.0, 121.6), "2010-06-20", "three lists")
    >>> report.quantity, report.lower, report.upper
    ('killed', 82.0, 122.0)
    """
    return Report(
        date=date,  # type: ignore[arg-type]  # text is accepted
        source=source,
        source_kind="ngo",
        quantity="killed",
        claim="estimate",
        lower=float(np.floor(ends[0])),
        upper=float(np.ceil(ends[2])),
    )
