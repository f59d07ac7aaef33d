"""Lists of victims: who is on which list, as counts of each combination, and what they can tell."""

from casualty_models.lists.estimability import Estimability, StratumReport
from casualty_models.lists.histories import CaptureHistories
from casualty_models.lists.links import from_links

__all__ = ["CaptureHistories", "Estimability", "StratumReport", "from_links"]
