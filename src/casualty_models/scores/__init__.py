"""How good a forecast was: scores of draws against what was established.

Every function takes draws along the last axis and any number of forecasts before it, and the truth
either as one point a forecast, or (one axis more, of any length) as equally likely truths, for what
was established is often a range. The score is then the mean over the truths. Scores are in the unit
of the draws and smaller is better; the package scores the logarithm of the toll, so that 0.1
is an error of 10 percent whether 50 people died or 50,000 [1]_.

References
----------
.. [1] Bosse, Abbott, Cori, van Leeuwen, Bracher and Funk (2023), "Scoring epidemiological forecasts
   on transformed scales", PLOS Computational Biology 19(8): e1011393.
"""

from casualty_models.scores.calibration import covered, pit
from casualty_models.scores.rules import (
    crps,
    interval_score,
    log_score,
    weighted_interval_score,
)

__all__ = [
    "covered",
    "crps",
    "interval_score",
    "log_score",
    "pit",
    "weighted_interval_score",
]
