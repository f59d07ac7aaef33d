"""What a report says ("neared 100") as bounds on the count that its author had.

Words are understood from explicit tables (`words`, `hedges`); everything else is refused with the
span that was not understood. Nothing is skipped and nothing is guessed.
"""

from casualty_models.statements.grammar import read_statement
from casualty_models.statements.statement import (
    KINDS,
    Kind,
    Statement,
    statement_from_bounds,
    statement_from_value,
)

__all__ = [
    "KINDS",
    "Kind",
    "Statement",
    "read_statement",
    "statement_from_bounds",
    "statement_from_value",
]
