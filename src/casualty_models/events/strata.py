"""The parts that an event is divided into, so that reports about parts can be used."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from casualty_models.errors import DataError
from casualty_models.events.fields import Rule, apply_rules, as_text
from casualty_models.events.rows import Row, from_row

__all__ = ["REST", "Strata", "strata_from"]

REST = {"place": "elsewhere", "group": "others", "period": "other times"}
"""What is left of the event beside the parts that are named, for each way to divide it."""

MOST_CELLS = 200


def _levels(value: object) -> tuple[str, ...]:
    if not isinstance(value, list | tuple):
        raise DataError("must be a list of names", remedy='Write ["Osh", "Jalal-Abad"].')
    names = tuple(as_text(name) for name in value)
    twice = [name for name in names if names.count(name) > 1]
    if twice:
        raise DataError("the same part is named twice", value=twice[0], remedy="Name it once.")
    return names


_RULES: dict[str, Rule] = dict.fromkeys(REST, _levels)


@dataclass(frozen=True, kw_only=True)
class Strata:
    """The parts of an event, which must not overlap, in one or more ways to divide it.

    What belongs to none of the parts named is one more part: "elsewhere", "others", "other times".

    Parameters
    ----------
    place, group, period
        Names of the parts, as the reports write them.

    Raises
    ------
    DataError
        When nothing is named, a part is named twice, or there are more than 200 combinations.

    Examples
    --------
    >>> from casualty_models.events import Strata
    >>> Strata(group=["Uzbeks", "Kyrgyz"]).levels
    {'group': ('Uzbeks', 'Kyrgyz', 'others')}
    """

    place: tuple[str, ...] = ()
    group: tuple[str, ...] = ()
    period: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        apply_rules(self, _RULES)
        for way, rest in REST.items():
            if rest in getattr(self, way):
                raise DataError(
                    "this name stands for all that is not named",
                    place=way,
                    value=rest,
                    remedy="Leave it out: it is always there.",
                )
        cells = 1
        for names in self.levels.values():
            cells *= len(names)
        if cells == 1:
            raise DataError("no part is named", place="strata", remedy="Name one, or leave it out.")
        if cells > MOST_CELLS:
            raise DataError(
                f"more than {MOST_CELLS} combinations of parts",
                place="strata",
                value=cells,
                remedy="Divide the event in fewer ways, or into fewer parts.",
            )

    @property
    def levels(self) -> dict[str, tuple[str, ...]]:
        """The parts of each way in which the event is divided, with what is left as the last."""
        named = {way: getattr(self, way) for way in REST}
        return {way: (*names, REST[way]) for way, names in named.items() if names}


def strata_from(value: object, *, remedy: str) -> Strata:
    """Return the strata that stand in a table of a file.

    Raises
    ------
    DataError
        When it is no table, or a field breaks its rule.

    Examples
    --------
    >>> from casualty_models.events.strata import strata_from
    >>> strata_from({"place": ["Osh"]}, remedy="").place
    ('Osh',)
    """
    if not isinstance(value, Mapping):
        raise DataError("must be one table", place="strata", remedy=remedy)
    fields: dict[str, Any] = dict(value)
    return from_row(Strata, Row("strata", fields), tuple(_RULES))
