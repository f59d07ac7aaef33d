"""The command ``casualty-models``."""

from casualty_models.cli import many_commands
from casualty_models.cli.commands import main

__all__ = ["main", "many_commands"]
