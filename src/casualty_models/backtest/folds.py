"""Parts of a history that share no event, no duplicate of one and no war."""

from collections.abc import Sequence

import numpy as np

from casualty_models.errors import DataError
from casualty_models.events import KINDS, Event

__all__ = ["WARS", "assign_folds", "clusters"]

NEAR_DAYS = 60
SAME_DAYS = 3

WARS = {
    "Afghanistan": ("AFG2015_KUNDUZ", "AFG2017_KABUL", "AFG2021_ABBEYGATE"),
    "Al-Shabaab": ("KEN2013_WESTGATE", "KEN2015_GARISSA", "SOM2017_MOGADISHU"),
    "Boko Haram": ("NGA2009_BOKOHARAM", "NGA2013_BAGA"),
    "Egypt after 2011": ("EGY2011_JAN", "EGY2011_MASPERO", "EGY2012_PORTSAID", "EGY2013_RABAA"),
    "Iraq and the Islamic State": ("IRQ2013_HAWIJA", "IRQ2016_KARRADA"),
    "Islamic State in France": ("FRA2015_PARIS", "FRA2016_NICE"),
    "Islamic State in Turkey": ("TUR2015_ANKARA", "TUR2016_ATATURK"),
    "Israel and Palestine": (
        "PSE2002_JENIN",
        "GZA2009_CASTLEAD",
        "PSE2018_MAY14",
        "ISR2023_OCT7",
        "PSE2023_AHLI",
    ),
    "Jos": ("NGA2008_JOS", "NGA2010_JOS_JAN", "NGA2010_DOGONAHAWA"),
    "North Caucasus": ("RUS2002_NORDOST", "RUS2010_METRO"),
    "Pakistan and the Taliban": ("PAK2014_PESHAWAR", "PAK2016_QUETTA"),
    "Sahel": ("MLI2015_RADISSON", "CIV2016_GRANDBASSAM", "MLI2020_OGOSSAGOU"),
    "Syria": ("SYR2013_GHOUTA", "SYR2025_COAST", "SYR2025_SWEIDA"),
    "Tsunami of 2004": ("IDN2004_TSUNAMI", "THA2004_TSUNAMI"),
    "Yemen": ("YEM2016_FUNERAL", "YEM2018_DAHYAN"),
}
"""Events of the shipped history that belong together though their dates do not say so."""

SAME_COUNTRY = {
    "Crimea": "Ukraine",
    "Gaza": "Israel and Palestine",
    "Israel": "Israel and Palestine",
    "Kyrgyz SSR": "Kyrgyzstan",
    "USA": "United States",
    "West Bank": "Israel and Palestine",
}


def clusters(events: Sequence[Event]) -> np.ndarray:
    """Return for each event the number of its cluster: events that may tell of one another.

    Two events are in one cluster when they are in one country and at most 60 days apart, when they
    are of one kind and start within 3 days of one another anywhere (one disaster, listed by
    country), or when `WARS` names both under one war.

    Parameters
    ----------
    events
        The events.

    Returns
    -------
    numpy.ndarray
        The same number for the events of a cluster: the place of its first event.

    Examples
    --------
    >>> from casualty_models.backtest import clusters
    >>> from casualty_models.events import Event
    >>> riots = [Event(name="riot", kind="riot", country="X", start=f"20{year}-01-01",
    ...                end=f"20{year}-01-03") for year in (20, 21, 20)]
    >>> clusters(riots)
    array([0, 1, 0])
    """
    war_of = {event_id: war for war, members in WARS.items() for event_id in members}
    label = np.arange(len(events))
    for n, event in enumerate(events):
        for m in range(n):
            if label[m] != label[n] and _belong_together(event, events[m], war_of):
                first, other = sorted((label[m], label[n]))
                label[label == other] = first
    return label


def assign_folds(events: Sequence[Event], folds: int = 5, *, random_seed: int = 0) -> np.ndarray:
    """Return for each event the fold in which it is left out; clusters stay together.

    Clusters are taken in random order, large ones first; each goes to the fold that has the fewest
    events of its group of kinds, then the fewest events.

    Parameters
    ----------
    events
        The events.
    folds
        Number of folds.
    random_seed
        Decides the order.

    Returns
    -------
    numpy.ndarray
        A number from 0 to `folds` - 1 for each event.

    Raises
    ------
    DataError
        If there are fewer than two folds, or fewer clusters than folds.

    Examples
    --------
    >>> import numpy as np
    >>> from casualty_models.backtest import assign_folds, settled_events
    >>> sizes = np.bincount(assign_folds(settled_events()))
    >>> len(sizes), int(sizes.max() - sizes.min()) <= 4
    (5, True)
    """
    label = clusters(events)
    names, sizes = np.unique(label, return_counts=True)
    if not 2 <= folds <= len(names):  # noqa: PLR2004
        raise DataError(
            f"there are {len(names)} clusters of events to be put into folds",
            place="folds",
            value=folds,
            remedy="Use at least 2 folds and no more than there are clusters.",
        )
    order = np.random.default_rng(random_seed).permutation(len(names))
    order = order[np.argsort(-sizes[order], kind="stable")]
    groups = np.array([KINDS[event.kind] for event in events])
    fold = np.full(len(events), -1)
    for name in names[order]:
        members = label == name
        group = groups[np.argmax(members)]
        load = [(np.sum((fold == k) & (groups == group)), np.sum(fold == k)) for k in range(folds)]
        fold[members] = min(range(folds), key=load.__getitem__)
    return fold


def _belong_together(event: Event, other: Event, war_of: dict[str, str]) -> bool:
    war = war_of.get(event.id)
    if war is not None and war == war_of.get(other.id):
        return True
    if event.kind == other.kind and abs((event.start - other.start).days) <= SAME_DAYS:
        return True
    country = _country(event)
    return (
        country is not None
        and country == _country(other)
        and _days_apart(event, other) <= (NEAR_DAYS)
    )


def _country(event: Event) -> str | None:
    return None if event.country is None else SAME_COUNTRY.get(event.country, event.country)


def _days_apart(event: Event, other: Event) -> int:
    first, second = sorted((event, other), key=lambda each: each.start)
    return (second.start - (first.end or first.as_of_date)).days
