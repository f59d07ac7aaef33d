"""Events and what was reported about them, validated at the edge.

`Event`, `Report`, `Estimate` and `Reference` are frozen values that check themselves. `read_event`
reads one event from TOML, `read_events` many from two CSV files, `from_frame` one from a data
frame. Whatever is wrong with the input ends in one `DataError` that says where, what and what to do
about it.
"""

from casualty_models.events.copies import proposed_origins, with_origins
from casualty_models.events.estimate import Estimate
from casualty_models.events.event import Event
from casualty_models.events.event_file import read_event
from casualty_models.events.frame import from_frame
from casualty_models.events.reference import Reference
from casualty_models.events.report import Report
from casualty_models.events.strata import Strata
from casualty_models.events.tables import read_events
from casualty_models.events.vocabulary import (
    CLAIMS,
    KINDS,
    MECHANISMS,
    QUANTITIES,
    SOURCE_KINDS,
    STANCES,
)

__all__ = [
    "CLAIMS",
    "KINDS",
    "MECHANISMS",
    "QUANTITIES",
    "SOURCE_KINDS",
    "STANCES",
    "Estimate",
    "Event",
    "Reference",
    "Report",
    "Strata",
    "from_frame",
    "proposed_origins",
    "read_event",
    "read_events",
    "with_origins",
]
