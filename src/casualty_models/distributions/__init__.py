"""Prior values: small frozen distributions that print, compare, and become PyMC variables."""

from casualty_models.distributions.families import (
    FAMILIES,
    Beta,
    Fixed,
    LogNormal,
    LogStudentT,
    Normal,
    StudentT,
    from_dict,
)
from casualty_models.distributions.value import Distribution

__all__ = [
    "FAMILIES",
    "Beta",
    "Distribution",
    "Fixed",
    "LogNormal",
    "LogStudentT",
    "Normal",
    "StudentT",
    "from_dict",
]
