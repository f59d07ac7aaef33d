"""What the history model has learned, read from the text file that ships with the package."""

import json
from functools import cache
from importlib.resources import files
from typing import Any

from casualty_models.distributions import from_dict
from casualty_models.events.vocabulary import KINDS, MECHANISMS, unknown_word

FILE = "learned.json"


def learned(kind: str, mechanism: str | None = None) -> dict[str, Any]:
    """Return the learned priors of one event, by name of the field of `TollPriors`.

    Parameters
    ----------
    kind
        One of `events.KINDS`; "other" is an unknown kind, with the spread between kinds added.
    mechanism
        One of `events.MECHANISMS`, or None.

    Raises
    ------
    DataError
        If the kind or the mechanism is not known.

    Examples
    --------
    >>> from casualty_models.priors import learned
    >>> learned("ethnic_riot", "gunshot")["wounded_per_killed"].family
    'LogStudentT'
    """
    if kind not in KINDS:
        raise unknown_word("kind of event", kind, KINDS)
    if mechanism is not None and mechanism not in MECHANISMS:
        raise unknown_word("mechanism", mechanism, MECHANISMS)
    table = _read()
    values = {
        **table["every kind"],
        **table["kinds"][kind],
        "wounded_per_killed": table["wounded_per_killed"][kind][mechanism or ""],
    }
    return {name: from_dict(value) for name, value in values.items()}


def made() -> dict[str, Any]:
    """Return how the shipped file was made: command, events, hash of the data, versions, checks.

    Examples
    --------
    >>> from casualty_models.priors import made
    >>> made()["command"]
    'make learn'
    """
    return _read()["made"]


@cache
def _read() -> dict[str, Any]:
    return json.loads(files(__package__).joinpath(FILE).read_text(encoding="utf-8"))
