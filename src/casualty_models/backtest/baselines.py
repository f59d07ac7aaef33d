"""Simple rules that a model has to beat; each is a method like the model itself.

All but one start from the last official count (`last_official_count`).
"""

import datetime
from collections.abc import Callable, Sequence
from functools import cache

import numpy as np
from scipy.optimize import minimize
from scipy.stats import t as student_t

from casualty_models.backtest.counts import (
    LEAST_TOLL,
    last_official_count,
    log_count,
    official_counts,
)
from casualty_models.backtest.replay import Learn, Predict, reference_draws, seen
from casualty_models.backtest.ucdp import TYPE_OF_KIND, ucdp_quantiles
from casualty_models.events import Event

__all__ = [
    "BASELINES",
    "doubled_early_count",
    "last_count",
    "learned_ratio",
    "learned_ratio_t",
    "pooled_claims",
    "ucdp_survey",
]

EARLY_DAY = 2
LEAST_RATIOS = 3
NARROWEST_SPREAD = 0.02
DEGREES_OF_FREEDOM = (1.0, 50.0)
DRAWS = 999
DRAWS_OF_A_CLAIM = 21


def last_count(train: Sequence[Event]) -> Predict:
    """Predict the last official count as a point.

    Parameters
    ----------
    train
        Settled events; nothing is learned from them.

    Examples
    --------
    >>> from casualty_models.backtest.baselines import last_count
    >>> from casualty_models.datasets import load_osh_2010
    >>> last_count([])([load_osh_2010().as_of("2010-06-13")])
    [array([4.605])]
    """
    return _from_count(lambda _, count: np.array([log_count(count)]))


def doubled_early_count(train: Sequence[Event]) -> Predict:
    """Predict twice the official count of the second day after the start, as a point.

    The last count on or before that day; the first one when there was none yet.

    Parameters
    ----------
    train
        Settled events; nothing is learned from them.

    Examples
    --------
    >>> from casualty_models.backtest.baselines import doubled_early_count
    >>> from casualty_models.datasets import load_osh_2010
    >>> doubled_early_count([])([load_osh_2010()])
    [array([4.868])]
    """

    def twice(event: Event, _: float) -> np.ndarray:
        first = min(report.date for report in official_counts(event))
        day = max(event.start + datetime.timedelta(days=EARLY_DAY), first)
        count = last_official_count(event, by=day)
        return np.array([log_count(2 * (count or 0.0))])

    return _from_count(twice)


def learned_ratio(train: Sequence[Event]) -> Predict:
    """Predict the last official count times the ratios of other events on the same day.

    The ratios are those of the settled toll to the last official count as of the same number of
    days after the start, one for each event that had a count; they are equally likely.

    Parameters
    ----------
    train
        Settled events.

    Examples
    --------
    >>> from casualty_models.backtest import seen, settled_events
    >>> from casualty_models.backtest.baselines import learned_ratio
    >>> from casualty_models.datasets import load_osh_2010
    >>> (draws,) = learned_ratio(settled_events())([seen(load_osh_2010(), 3)])
    >>> len(draws) > 50
    True
    """
    ratios = _ratios_by_day(train)

    def times_ratios(event: Event, count: float) -> np.ndarray | None:
        found = ratios(_day(event))
        return None if len(found) < LEAST_RATIOS else log_count(count) + found

    return _from_count(times_ratios)


def learned_ratio_t(train: Sequence[Event]) -> Predict:
    """Predict as `learned_ratio` does, with the median ratio and Student-t tails around it.

    Scale (at least 0.02) and degrees of freedom (1 to 50) of the log ratio are those of maximum
    likelihood.

    Parameters
    ----------
    train
        Settled events.

    Examples
    --------
    >>> from casualty_models.backtest import seen, settled_events
    >>> from casualty_models.backtest.baselines import learned_ratio_t
    >>> from casualty_models.datasets import load_osh_2010
    >>> (draws,) = learned_ratio_t(settled_events())([seen(load_osh_2010(), 3)])
    >>> len(draws)
    999
    """
    ratios = _ratios_by_day(train)

    @cache
    def factors(day: int) -> np.ndarray | None:
        found = ratios(day)
        return None if len(found) < LEAST_RATIOS else _fitted_quantiles(found)

    def times_factors(event: Event, count: float) -> np.ndarray | None:
        found = factors(_day(event))
        return None if found is None else log_count(count) + found

    return _from_count(times_factors)


def ucdp_survey(train: Sequence[Event]) -> Predict:
    """Predict what coders of a conflict database think the last official count stands for.

    Parameters
    ----------
    train
        Settled events; nothing is learned from them.

    References
    ----------
    Vesco, Randahl, Hegre and others (2026), Journal of Conflict Resolution,
    doi:10.1177/00220027261423826.

    Examples
    --------
    >>> import numpy as np
    >>> from casualty_models.backtest.baselines import ucdp_survey
    >>> from casualty_models.datasets import load_osh_2010
    >>> (draws,) = ucdp_survey([])([load_osh_2010().as_of("2010-06-13")])
    >>> np.exp(np.quantile(draws, [0.05, 0.5, 0.95])).round()
    array([100., 119., 197.])
    """

    def survey(event: Event, count: float) -> np.ndarray:
        tolls = ucdp_quantiles(count, _shares(DRAWS), TYPE_OF_KIND.get(event.kind, "any"))
        return np.log(np.maximum(tolls, LEAST_TOLL))

    return _from_count(survey)


def pooled_claims(train: Sequence[Event]) -> Predict:
    """Predict the equal-weight pool of everything said about the dead of the whole event.

    Each statement, of whatever source and claim, is spread evenly between its bounds on the log
    scale.

    Parameters
    ----------
    train
        Settled events; nothing is learned from them.

    Examples
    --------
    >>> from casualty_models.backtest.baselines import pooled_claims
    >>> from casualty_models.datasets import load_osh_2010
    >>> (draws,) = pooled_claims([])([load_osh_2010().as_of("2010-06-11")])
    >>> len(draws) % 21
    0
    """
    return lambda events: [_pool(event) for event in events]


BASELINES: dict[str, Learn] = {
    "last count": last_count,
    "count x ratio": learned_ratio,
    "count x ratio, t": learned_ratio_t,
    "twice day 2": doubled_early_count,
    "UCDP survey": ucdp_survey,
    "pool of claims": pooled_claims,
}
"""The simple rules by name."""


def _from_count(answer: Callable[[Event, float], np.ndarray | None]) -> Predict:
    def predict(events: Sequence[Event]) -> list[np.ndarray | None]:
        counts = [last_official_count(event) for event in events]
        return [
            None if count is None else answer(event, count)
            for event, count in zip(events, counts, strict=True)
        ]

    return predict


def _ratios_by_day(train: Sequence[Event]) -> Callable[[int], np.ndarray]:
    settled = [(event, event.reference) for event in train]
    final = [None if ref is None else np.median(reference_draws(ref)) for _, ref in settled]

    @cache
    def ratios(day: int) -> np.ndarray:
        found = []
        for event, toll in zip(train, final, strict=True):
            then = seen(event, day)
            count = None if then is None else last_official_count(then)
            if count is not None and toll is not None:
                found.append(toll - log_count(count))
        return np.array(found)

    return ratios


def _fitted_quantiles(ratios: np.ndarray) -> np.ndarray:
    middle = np.median(ratios)
    bounds = [(np.log(NARROWEST_SPREAD), None), tuple(np.log(DEGREES_OF_FREEDOM))]

    def surprise(theta: np.ndarray) -> float:
        scale, freedom = np.exp(theta)
        return -float(student_t.logpdf(ratios, freedom, middle, scale).sum())

    start = [np.log(max(np.std(ratios) / 2, 2 * NARROWEST_SPREAD)), np.log(3.0)]
    scale, freedom = np.exp(minimize(surprise, start, bounds=bounds, method="L-BFGS-B").x)
    return np.asarray(student_t.ppf(_shares(DRAWS), freedom, middle, scale))


def _pool(event: Event) -> np.ndarray | None:
    said = [r.statement for r in event.reports if r.quantity == "killed" and not r.is_part]
    if not said:
        return None
    ends = np.log(np.maximum([[each.lower, each.upper] for each in said], LEAST_TOLL))
    shares = _shares(DRAWS_OF_A_CLAIM)
    return (ends[:, :1] + shares * (ends[:, 1:] - ends[:, :1])).ravel()


def _day(event: Event) -> int:
    return (event.as_of_date - event.start).days


def _shares(size: int) -> np.ndarray:
    return (np.arange(size) + 0.5) / size
