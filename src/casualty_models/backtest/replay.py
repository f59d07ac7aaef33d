"""Ask a method, day by day, about events that it has not learned from."""

import datetime
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from casualty_models.backtest.folds import assign_folds
from casualty_models.datasets import history_events
from casualty_models.errors import DataError
from casualty_models.events import Event, Reference
from casualty_models.models.settled import reference_log_mean, reference_log_sd, settled

__all__ = [
    "HORIZONS",
    "Forecast",
    "Learn",
    "Predict",
    "forecasts",
    "reference_draws",
    "seen",
    "settled_events",
]

HORIZONS = (1, 3, 7, 30)

type Predict = Callable[[Sequence[Event]], list[np.ndarray | None]]
type Learn = Callable[[Sequence[Event]], Predict]


@dataclass(frozen=True, eq=False)
class Forecast:
    """What a method said about one event on one day.

    Attributes
    ----------
    event_id
        The event.
    horizon
        Days after its start.
    draws
        Draws of the log toll; one draw is a point forecast.
    """

    event_id: str
    horizon: int
    draws: np.ndarray


def settled_events(*, sourced_only: bool = True) -> list[Event]:
    """Return the events of the history with a reference that a forecast can be scored against.

    Parameters
    ----------
    sourced_only
        Whether to leave out events whose reference, and reports whose statement, was not read on
        a page but is background knowledge.

    Returns
    -------
    list of Event
        Those that still have a report.

    Examples
    --------
    >>> from casualty_models.backtest import settled_events
    >>> len(settled_events()) < len(settled_events(sourced_only=False))
    True
    """
    return settled(history_events(), sourced_only=sourced_only)


def seen(event: Event, horizon: int) -> Event | None:
    """Return an event as it was known some days after its start.

    Parameters
    ----------
    event
        The event with all its reports.
    horizon
        Days after the start; 0 is the start day itself.

    Returns
    -------
    Event or None
        Without later reports, the end if it was not known and the reference; None when nothing
        had been reported.

    Examples
    --------
    >>> from casualty_models.backtest import seen
    >>> from casualty_models.datasets import load_osh_2010
    >>> then = seen(load_osh_2010(), 3)
    >>> then.known_on, then.ongoing, seen(load_osh_2010(), 0)
    (datetime.date(2010, 6, 13), True, None)
    """
    day = event.start + datetime.timedelta(days=horizon)
    if not event.reports or event.reports[0].date > day:
        return None
    return event.as_of(day)


def reference_draws(reference: Reference, size: int = 41) -> np.ndarray:
    r"""Return equally likely values of the log of a settled toll.

    .. math:: \log D \sim \mathrm{Normal}(\log r, s), \qquad
              s = \max\left(\frac{\log u - \log l}{2 z_{0.95}}, s_\text{grade}\right)

    The published range (l, u) is read as a 90 percent interval; :math:`s_\text{grade}` is 0.02 for
    grade A, 0.08 for B and 0.25 for C. Without a point the geometric middle of the range is taken.

    Parameters
    ----------
    reference
        The settled toll.
    size
        How many values.

    Returns
    -------
    numpy.ndarray
        Sorted: the middles of `size` equal shares of the distribution.

    Raises
    ------
    DataError
        If the reference has neither a toll nor a range.

    Examples
    --------
    >>> import numpy as np
    >>> from casualty_models.backtest import reference_draws
    >>> from casualty_models.events import Reference
    >>> draws = reference_draws(Reference(lower=100, upper=400, quality="C"))
    >>> len(draws), float(np.exp(np.median(draws)))
    (41, 200.0)
    """
    middle = reference_log_mean(reference)
    if middle is None:
        raise DataError(
            "the reference has neither a toll nor a range",
            place="reference",
            remedy="Give killed, or lower and upper.",
        )
    return middle + reference_log_sd(reference) * ndtri((np.arange(size) + 0.5) / size)


def forecasts(
    events: Sequence[Event],
    learn: Learn,
    *,
    folds: int = 5,
    random_seed: int = 0,
    horizons: Iterable[int] = HORIZONS,
) -> list[Forecast]:
    """Replay events: what a method says about each of them without having learned from it.

    The method learns once for each fold, from the events of the other folds with all their
    reports and references; it is then asked about the events of the fold as they were seen on each
    day. No cluster (see `clusters`) is in both parts.

    Parameters
    ----------
    events
        Settled events, each with its own `id`.
    learn
        The method.
    folds
        Number of parts that are left out in turn.
    random_seed
        Decides which events make a fold.
    horizons
        Days after the start of an event.

    Returns
    -------
    list of Forecast
        In order of events and days, without those to which the method had no answer.

    Raises
    ------
    DataError
        If two events have the same `id`, one has no usable reference, the folds are too many,
        or the method does not return one answer for each event.

    Examples
    --------
    >>> from casualty_models.backtest import BASELINES, forecasts, settled_events
    >>> found = forecasts(settled_events(), BASELINES["last count"], horizons=[3])
    >>> found[0].event_id, found[0].horizon, found[0].draws.shape
    ('EGY2013_RABAA', 3, (1,))
    """
    _check(events)
    days = sorted(set(horizons))
    part = assign_folds(events, folds, random_seed=random_seed)
    found: list[tuple[int, Forecast]] = []
    for fold in range(folds):
        predict = learn([event for event, k in zip(events, part, strict=True) if k != fold])
        asked = [
            (n, day, then)
            for n, event in enumerate(events)
            if part[n] == fold
            for day in days
            if (then := seen(event, day)) is not None
        ]
        answers = predict([then for _, _, then in asked])
        if len(answers) != len(asked):
            raise DataError(
                "a method returns one answer for each event", place="learn", value=len(answers)
            )
        for (n, day, _), draws in zip(asked, answers, strict=True):
            if draws is not None:
                found.append((n, Forecast(events[n].id, day, np.asarray(draws, dtype=float))))
    return [forecast for _, forecast in sorted(found, key=lambda each: each[0])]


def _check(events: Sequence[Event]) -> None:
    ids: set[str] = set()
    for event in events:
        if event.id in ids or not event.id:
            raise DataError("each event needs its own id", place=event.name, value=event.id)
        ids.add(event.id)
        if event.reference is None or reference_log_mean(event.reference) is None:
            raise DataError(
                "the event has no reference to be scored against",
                place=event.id,
                remedy="Leave it out, or give killed, or lower and upper.",
            )
