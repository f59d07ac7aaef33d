"""Shipped tables: what was reported about events, and what was established later.

Each folder holds its tables as CSV, a README (sources, schema, gaps) and a check of the tables.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from casualty_models.datasets.lists import load_lists
from casualty_models.events import Event, from_frame, read_events

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["history_events", "load_history", "load_lists", "load_osh_2010"]

_HERE = Path(__file__).parent
_HISTORY = (_HERE / "history" / "events.csv", _HERE / "history" / "event_reports.csv")


def load_osh_2010() -> Event:
    """Return the violence in Osh and Jalal-Abad, June 2010, with every toll reported about it.

    174 statements, from the first four dead of 11 June 2010 to the lists of later years. Use
    ``as_of`` to see what was known on a day. Figures on one oblast, one group, one cemetery or
    one stampede are parts (``is_part``). There is no reference toll in it, on purpose: the event
    tests what was learned elsewhere, and nothing may be learned from it.

    Returns
    -------
    Event
        Kind ethnic_riot, mechanism gunshot, 10 to 14 June 2010.

    References
    ----------
    ``datasets/osh_2010/README.md`` lists what was left out and how parts and claims were marked;
    the address of each statement is in its `url`.

    Examples
    --------
    >>> from casualty_models.datasets import load_osh_2010
    >>> event = load_osh_2010()
    >>> len(event.reports), event.as_of("2010-06-13").ongoing
    (174, True)
    """
    import pandas as pd

    return from_frame(
        pd.read_csv(_HERE / "osh_2010" / "reports.csv"),
        name="Osh and Jalal-Abad, June 2010",
        kind="ethnic_riot",
        start="2010-06-10",
        end="2010-06-14",
        mechanism="gunshot",
        country="Kyrgyzstan",
    )


def load_history() -> tuple["pd.DataFrame", "pd.DataFrame"]:
    """Return settled events and what was reported about them early on, as two tables.

    Returns
    -------
    events : pandas.DataFrame
        174 rows, one settled event each:

        - ``event_id``: key; ``name``, ``country``;
        - ``start_date``, ``end_date``: first and last day of the violence or danger;
        - ``kind``: one of ``casualty_models.events.KINDS``;
        - ``weapon_mechanism``: one of ``casualty_models.events.MECHANISMS``;
        - ``reference_killed``: the settled number of dead; missing for six events where only a
          range is known; ``ref_lower``, ``ref_upper``: the range within which it is disputed;
        - ``reference_wounded``: the settled number of wounded; missing for 45;
        - ``reference_source``, ``citation_url``, ``notes``: where the reference comes from;
        - ``ref_quality``: A audited or undisputed, B good but revised or disputed, C a range;
        - ``sourced``: False when no page was retrieved for the reference.
    reports : pandas.DataFrame
        1,096 rows, one statement each:

        - ``event_id``: the event;
        - ``as_of_date``: the day on which the statement was true;
        - ``source``, ``source_kind``: who said it;
        - ``quantity``: killed, wounded, hospitalized or missing;
        - ``phrase``: the words as printed;
        - ``value``, ``lower``, ``upper``: the number, and bounds where a range was printed;
        - ``scope``: what the statement is about, in words;
        - ``citation_url``: where it was published;
        - ``claim_type``: count, estimate, claim, projection or missing_list;
        - ``comparable``: True where its scope is that of the reference;
        - ``ongoing``: True while the danger still went on;
        - ``sourced``: False when no page was retrieved for the statement.

    References
    ----------
    Compiled for this project; ``datasets/history/README.md`` says how and with which gaps.

    Examples
    --------
    >>> from casualty_models.datasets import load_history
    >>> events, reports = load_history()
    >>> len(events), len(reports)
    (174, 1096)
    """
    import pandas as pd

    events = pd.read_csv(_HISTORY[0], parse_dates=["start_date", "end_date"])
    reports = pd.read_csv(_HISTORY[1], parse_dates=["as_of_date"])
    reports = reports.astype({"comparable": bool, "ongoing": bool})
    events, reports = (
        table.assign(sourced=table["citation_url"] != "background-knowledge")
        for table in (events, reports)
    )
    return events, reports


def history_events() -> list[Event]:
    """Return the settled events of `load_history`, each with its reports and reference toll.

    Statements that are not comparable with the reference are parts (``is_part``). One statement,
    words without a number, is left out; its event says so in ``left_out``.

    Returns
    -------
    list of Event
        174 events.

    Examples
    --------
    >>> from casualty_models.datasets import history_events
    >>> events = history_events()
    >>> len(events), sum(len(event.reports) for event in events)
    (174, 1095)
    """
    return read_events(*_HISTORY)
