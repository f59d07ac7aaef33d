"""Fit a model: draws, diagnostics in plain words, and a record of how they were made."""

from casualty_models.inference.diagnostics import diagnose
from casualty_models.inference.record import (
    ATTRIBUTE,
    event_of,
    load_result,
    make_record,
    provenance,
)
from casualty_models.inference.sampling import fit

__all__ = [
    "ATTRIBUTE",
    "diagnose",
    "event_of",
    "fit",
    "load_result",
    "make_record",
    "provenance",
]
