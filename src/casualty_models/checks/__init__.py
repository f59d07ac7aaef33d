"""Checks of an answer: what it rests on, and whether its parts hang together."""

from casualty_models.checks.calibration import (
    Calibration,
    calibration,
    calibration_sentence,
    calibration_table,
)
from casualty_models.checks.contradictions import contradictions, contradictions_sentence
from casualty_models.checks.data_share import (
    DATA_SHARE_MEANING,
    Narrowing,
    data_share,
    narrowing,
    narrowing_sentence,
)
from casualty_models.checks.leave_one_out import leave_one_source_out
from casualty_models.checks.predictive import predictive_checks
from casualty_models.checks.sensitivity import sensitivity, sensitivity_sentence
from casualty_models.checks.whatif import Foresight, whatif, whatif_sentence
from casualty_models.checks.who import source_name

__all__ = [
    "DATA_SHARE_MEANING",
    "Calibration",
    "Foresight",
    "Narrowing",
    "calibration",
    "calibration_sentence",
    "calibration_table",
    "contradictions",
    "contradictions_sentence",
    "data_share",
    "leave_one_source_out",
    "narrowing",
    "narrowing_sentence",
    "predictive_checks",
    "sensitivity",
    "sensitivity_sentence",
    "source_name",
    "whatif",
    "whatif_sentence",
]
