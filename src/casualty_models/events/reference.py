"""What was established about an event in the end."""

from dataclasses import dataclass

from casualty_models.errors import DataError
from casualty_models.events.fields import (
    Rule,
    apply_rules,
    as_count,
    as_text,
    one_of,
    optional,
)

__all__ = ["REFERENCE_KEYS", "Reference"]

_RULES: dict[str, Rule] = {
    "killed": optional(as_count),
    "lower": optional(as_count),
    "upper": optional(as_count),
    "wounded": optional(as_count),
    "quality": one_of("grade of a reference toll", ("A", "B", "C")),
    "source": optional(as_text),
}

REFERENCE_KEYS = tuple(_RULES)


@dataclass(frozen=True)
class Reference:
    """The settled toll of an event of the past: what a forecast is scored against.

    Parameters
    ----------
    killed
        The toll; None where only a range is known.
    lower, upper
        The range within which it is disputed.
    wounded
        The settled number of wounded.
    quality
        A: audited or undisputed; B: good, but revised or disputed; C: a range, some without a
        point on purpose. It must be given.
    source
        Who settled it.

    Raises
    ------
    DataError
        When a field breaks its rule, or the toll lies outside its range.

    Examples
    --------
    >>> from casualty_models.events import Reference
    >>> Reference(killed=86, lower=85, upper=87, quality="A").killed
    86.0
    """

    killed: float | None = None
    lower: float | None = None
    upper: float | None = None
    wounded: float | None = None
    quality: str = ""
    source: str | None = None

    def __post_init__(self) -> None:
        apply_rules(self, _RULES)
        low = 0.0 if self.lower is None else self.lower
        high = float("inf") if self.upper is None else self.upper
        if low > high:
            raise DataError(
                f"lower is above upper ({high:,.12g})",
                place="lower",
                value=low,
                remedy="Swap the two, or correct one.",
            )
        if self.killed is not None and not low <= self.killed <= high:
            raise DataError(
                f"the reference toll is outside its own range, {low:,.12g} to {high:,.12g}",
                place="killed",
                value=self.killed,
                remedy="Correct the toll or the range.",
            )
