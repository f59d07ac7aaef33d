"""The priors of each model: values with their meaning and their source."""

from casualty_models.priors.learned import learned, made
from casualty_models.priors.toll import TollPriors, priors_table

__all__ = ["TollPriors", "learned", "made", "priors_table"]
