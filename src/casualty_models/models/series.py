"""Series of statements: what a report is about, and how those who make it tend to lean."""

from typing import NamedTuple

from casualty_models.errors import DataError
from casualty_models.events import Report

QUANTITIES = ("killed", "wounded")
TOPICS = (*QUANTITIES, "hospitalized", "casualties")
COUNT_CLASSES = ("official_count", "documented_count", "opponent_count")
ESTIMATE_CLASSES = ("official_estimate", "other_estimate")
MISSING_CLASSES = ("official_missing", "other_missing")
LEARNED_CLASSES = COUNT_CLASSES + ESTIMATE_CLASSES + MISSING_CLASSES
PARTY_CLASSES = ("own_losses", "enemy_losses")
CLASSES = LEARNED_CLASSES + PARTY_CLASSES

_OFFICIAL = {"official", "health_ministry", "hospital"}


def report_class(report: Report) -> str:
    """Return which of the classes of statement a report belongs to.

    Examples
    --------
    >>> from casualty_models.events import Report
    >>> from casualty_models.models.series import report_class
    >>> report_class(Report(date="2010-06-13", source="ministry", source_kind="official",
    ...                     quantity="killed", value=97))
    'official_count'
    """
    official = is_official(report)
    if report.stance is not None:
        return report.stance
    if report.quantity == "missing":
        return "official_missing" if official else "other_missing"
    if report.claim != "count":
        return "official_estimate" if official else "other_estimate"
    if official:
        return "official_count"
    return "opponent_count" if report.source_kind == "opponent" else "documented_count"


def is_official(report: Report) -> bool:
    """Return whether the authorities said it, who know the wounded that they treat.

    Examples
    --------
    >>> from casualty_models.events import Report
    >>> from casualty_models.models.series import is_official
    >>> is_official(Report(date="2010-06-13", source="AP", quantity="killed", value=97))
    False
    """
    return report.source_kind in _OFFICIAL


class Series(NamedTuple):
    """What the statements of one series share: their topic, their class, whether they grow.

    Examples
    --------
    >>> from casualty_models.models.series import Series
    >>> Series("killed", "official_count", grows=True).name
    'killed: official count'
    >>> Series.named("missing: official number")
    Series(topic='killed', kind='official_missing', grows=False)
    """

    topic: str
    kind: str
    grows: bool

    @property
    def name(self) -> str:
        """How tables and figures call it."""
        if self.kind in MISSING_CLASSES:
            return f"missing: {self.kind.removesuffix('_missing')} number"
        claimed = " claimed" if self.kind in PARTY_CLASSES and not self.grows else ""
        return f"{self.topic}: {self.kind.replace('_', ' ')}{claimed}"

    @property
    def rank(self) -> tuple[bool, int, int]:
        """Place in the order of all series: counts first."""
        return not self.grows, TOPICS.index(self.topic), CLASSES.index(self.kind)

    @classmethod
    def of(cls, report: Report) -> "Series":
        """Return the series of a report.

        The missing are, with the killed who were counted, a statement about the killed.
        """
        kind = report_class(report)
        topic = "killed" if report.quantity == "missing" else report.quantity
        counted = report.claim == "count" and report.quantity != "missing"
        return cls(topic, kind, grows=counted)

    @classmethod
    def named(cls, name: str) -> "Series":
        """Return the series of a name.

        Raises
        ------
        DataError
            If no series has the name.
        """
        topic, _, rest = name.partition(": ")
        kind = rest.removesuffix(" claimed").replace(" ", "_")
        grows = kind in COUNT_CLASSES or (kind in PARTY_CLASSES and not rest.endswith(" claimed"))
        if topic == "missing":
            topic, kind = "killed", f"{rest.removesuffix(' number')}_missing"
        if kind not in CLASSES or topic not in TOPICS:
            raise DataError("unknown series", value=name)
        return cls(topic, kind, grows)
