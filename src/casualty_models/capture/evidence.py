r"""The evidence of a family of models, on one scale for all families.

.. math:: p(\text{counts} \mid \text{family}) = \frac{(n - 1)!}{\prod_x n_x!}
          \int \prod_{x \ne 0} \left[\frac{\pi_x}{1 - \pi_0}\right]^{n_x} p(\pi)\, d\pi,

which is the probability of the counts summed over the toll under :math:`p(N) \propto 1/N`. It says
how well a family foretold who is on which lists. It says nothing about the people on none:
families with the same evidence may differ about them by any factor.
"""

from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.special import gammaln, logsumexp

from casualty_models.capture.unseen import UnseenPosterior
from casualty_models.lists import CaptureHistories

if TYPE_CHECKING:
    from casualty_models.capture.graph_posterior import GraphAverage
    from casualty_models.capture.loglinear_posterior import LoglinearAverage

_PAIRS = 2


def evidence_of_graphs(average: "GraphAverage") -> float | None:
    """Return the log evidence of equally likely graphs; None where they were not all tried.

    Examples
    --------
    >>> from casualty_models.capture.evidence import evidence_of_graphs
    >>> from casualty_models.capture.graphs import graph_average
    >>> from casualty_models.lists import CaptureHistories
    >>> spina = CaptureHistories(("A", "B", "C"), [[244, 48, 142, 60, 111, 4, 12]])
    >>> round(evidence_of_graphs(graph_average(spina)), 1)
    -39.5
    """
    if average.search is not None:
        return None
    sums = average.sums
    mean = logsumexp(sums.log_evidence) - np.log(sums.considered)
    return float(mean - gammaln(average.histories.cells + 1.0).sum())


def evidence_of_models(average: "LoglinearAverage") -> float | None:
    """Return the log evidence of equally likely log-linear models.

    Where models were searched and not all tried, those that were not seen count as zero: the
    value is then a little too low. It is None if their number is not known.

    Examples
    --------
    >>> from casualty_models.capture.evidence import evidence_of_models
    >>> from casualty_models.capture.loglinear import loglinear_average
    >>> from casualty_models.lists import CaptureHistories
    >>> spina = CaptureHistories(("A", "B", "C"), [[244, 48, 142, 60, 111, 4, 12]])
    >>> round(evidence_of_models(loglinear_average(spina, random_seed=1)), 0)
    -38.0
    """
    interactions = np.bitwise_count(average.space.interactions)
    log_models = np.log(len(average.weight))
    if average.search is not None:
        if interactions.max(initial=0) > _PAIRS:
            return None
        log_models = len(interactions) * np.log(2.0)
    total = logsumexp(average.modes.log_evidence) + average.sample.log_mean_weight
    # The fits have n! where the common scale has (n - 1)!.
    return float(total - log_models - np.log(average.histories.n))


def evidence_of_independence(
    histories: CaptureHistories, unseen: UnseenPosterior, *, a: float = 1.0, b: float = 1.0
) -> float:
    """Return the log evidence of independent lists with capture shares Beta(a, b).

    Examples
    --------
    >>> from casualty_models.capture.evidence import evidence_of_independence
    >>> from casualty_models.capture.independence import independence
    >>> from casualty_models.lists import CaptureHistories
    >>> spina = CaptureHistories(("A", "B", "C"), [[244, 48, 142, 60, 111, 4, 12]])
    >>> round(evidence_of_independence(spina, independence(spina)), 1)
    -60.8
    """
    shares = gammaln(histories.list_sizes + a) + gammaln(a + b) - gammaln(a) - gammaln(b)
    return float(unseen.log_total + shares.sum() - gammaln(histories.cells + 1.0).sum())


def evidence_in_record(record: dict[str, Any]) -> float | None:
    """Return the log evidence that a result's record holds, if it holds one.

    Examples
    --------
    >>> from casualty_models.capture.evidence import evidence_in_record
    >>> evidence_in_record({"log_evidence": -39.4}), evidence_in_record({})
    (-39.4, None)
    """
    value = record.get("log_evidence")
    return None if value is None else float(value)
