"""Negative controls: histories whose reports or references are wrong on purpose.

A method that does as well with them as without has not used what they destroy, or the scores
cannot see it.
"""

import dataclasses
from collections.abc import Sequence

import numpy as np

from casualty_models.backtest.replay import Learn, Predict
from casualty_models.events import Event

__all__ = [
    "permute_references",
    "shuffle_dates",
    "with_permuted_references",
    "with_shuffled_dates",
]


def shuffle_dates(event: Event, rng: np.random.Generator) -> Event:
    """Return an event whose reports have exchanged their days.

    Reports of one day stay together, so that none becomes the repetition of another. What depends
    on the order of reports (growth, the last bulletin) is lost, the counts are not.

    Parameters
    ----------
    event
        An event with its reports.
    rng
        Random numbers.

    Returns
    -------
    Event
        The same event, with the same days of report.

    Examples
    --------
    >>> import numpy as np
    >>> from casualty_models.backtest import shuffle_dates
    >>> from casualty_models.datasets import load_osh_2010
    >>> event = load_osh_2010()
    >>> mixed = shuffle_dates(event, np.random.default_rng(1))
    >>> {r.date for r in mixed.reports} == {r.date for r in event.reports}, mixed == event
    (True, False)
    """
    days = sorted({report.date for report in event.reports})
    new_day = dict(zip(days, [days[n] for n in rng.permutation(len(days))], strict=True))
    moved = [
        dataclasses.replace(report, date=new_day[report.date])
        for report in sorted(event.reports, key=lambda report: new_day[report.date])
    ]
    return dataclasses.replace(event, reports=tuple(moved))


def permute_references(events: Sequence[Event], rng: np.random.Generator) -> list[Event]:
    """Return events that have exchanged their references.

    Parameters
    ----------
    events
        Settled events.
    rng
        Random numbers.

    Returns
    -------
    list of Event
        The same events in the same order, with the references of others.

    Examples
    --------
    >>> import numpy as np
    >>> from casualty_models.backtest import permute_references, settled_events
    >>> events = settled_events()
    >>> wrong = permute_references(events, np.random.default_rng(1))
    >>> [e.id for e in wrong] == [e.id for e in events], wrong == events
    (True, False)
    """
    others = [events[n].reference for n in rng.permutation(len(events))]
    return [
        dataclasses.replace(event, reference=reference)
        for event, reference in zip(events, others, strict=True)
    ]


def with_shuffled_dates(learn: Learn, rng: np.random.Generator) -> Learn:
    """Return a method that is asked about events whose reports have exchanged their days.

    Only what was seen by the day of the forecast is shuffled (`shuffle_dates`). Shuffling whole
    events would move later counts into the first days, and make early forecasts better.

    Parameters
    ----------
    learn
        A method; it learns from the true history.
    rng
        Random numbers.

    Examples
    --------
    >>> import numpy as np
    >>> from casualty_models.backtest import BASELINES, with_shuffled_dates
    >>> from casualty_models.datasets import load_osh_2010
    >>> learn = with_shuffled_dates(BASELINES["last count"], np.random.default_rng(1))
    >>> len(learn([])([load_osh_2010()]))
    1
    """

    def learn_then_shuffle(train: Sequence[Event]) -> Predict:
        predict = learn(train)
        return lambda events: predict([shuffle_dates(event, rng) for event in events])

    return learn_then_shuffle


def with_permuted_references(learn: Learn, rng: np.random.Generator) -> Learn:
    """Return a method that learns from events with the references of others.

    It is asked about true events, and scored against true references.

    Parameters
    ----------
    learn
        A method.
    rng
        Random numbers.

    Examples
    --------
    >>> import numpy as np
    >>> from casualty_models.backtest import BASELINES, settled_events, with_permuted_references
    >>> learn = with_permuted_references(BASELINES["count x ratio"], np.random.default_rng(1))
    >>> callable(learn(settled_events()))
    True
    """
    return lambda train: learn(permute_references(train, rng))
