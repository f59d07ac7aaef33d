"""Which statements of an event can be held against each other."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations, combinations_with_replacement
from typing import TYPE_CHECKING

from casualty_models.checks.who import source_name
from casualty_models.models.series import report_class

if TYPE_CHECKING:
    from casualty_models.events import Event, Report

FELL = "one source's count so far went down"
PART = "a part is larger than its whole"
FLOOR = "it is less than what is documented"
LIKELY = "too far apart"
WHOLE_OF = {"killed": "casualties", "wounded": "casualties", "hospitalized": "casualties"}


@dataclass(frozen=True, order=True)
class Pair:
    """Two reports to be compared, by their positions in the event.

    Attributes
    ----------
    first, second
        Positions; of a part and its whole, the part is first.
    rule
        `LIKELY`, or the rule of arithmetic that both together break.
    """

    first: int
    second: int
    rule: str = LIKELY


def pairs_to_weigh(event: "Event") -> list[Pair]:
    """Return pairs of statements about the same toll, for which the priors say how they may differ.

    Reports that were withdrawn are left out. Of two sources, and of one with itself, these are:
    statements of the same day; of neighboring days on which either spoke; a count and the largest
    one before it; and the last statements of both. Of the killed and the wounded, the last counts
    are compared.

    Parameters
    ----------
    event
        The reports; those that are about a part are compared with others about that part.

    Examples
    --------
    >>> from casualty_models.checks.comparable import pairs_to_weigh
    >>> from casualty_models.events import Event, Report
    >>> event = Event(name="example", kind="riot", start="2010-06-10", reports=[
    ...     Report(date=f"2010-06-1{day}", source="ministry", quantity="killed", value=50 + day)
    ...     for day in (1, 2, 5)])
    >>> [(pair.first, pair.second) for pair in pairs_to_weigh(event)]
    [(0, 1), (1, 2)]
    """
    series: dict[tuple[str | None, ...], list[int]] = {}
    for position, report in enumerate(event.reports):
        if report.quantity in ("killed", "wounded") and not report.retracted:
            key: tuple[str | None, ...] = (report.quantity, report_class(report), *_scope(report))
            series.setdefault(key, []).append(position)
    found = set()
    for (key, one), (other_key, other) in combinations_with_replacement(series.items(), 2):
        if key[0] == other_key[0] and key[2:] == other_key[2:]:
            found |= set(_near(event, one, other))
        elif key[1:] == other_key[1:]:
            first, second = sorted((one[-1], other[-1]))
            found.add(Pair(first, second))
    return sorted(found)


def broken_rules(event: "Event") -> list[Pair]:
    """Return pairs of statements that break a rule of arithmetic together.

    A count so far of one source cannot go down; a part cannot be larger than a whole that was
    counted later, or that was estimated when all was over; nor can a toll be smaller than its
    documented minimum.
    Bounds are compared, so that "about 250" may follow 251, and "at least 200" breaks no rule by
    being too low.

    Parameters
    ----------
    event
        The reports.

    Examples
    --------
    >>> from casualty_models.checks.comparable import broken_rules
    >>> from casualty_models.events import Event, Report
    >>> event = Event(name="example", kind="riot", start="2010-06-10", reports=[
    ...     Report(date=f"2010-06-{day}", source="ministry", quantity="killed", value=value)
    ...     for day, value in ((13, 251), (14, 241))])
    >>> broken_rules(event)
    [Pair(first=0, second=1, rule="one source's count so far went down")]
    """
    found = []
    kept = [position for position, r in enumerate(event.reports) if not r.retracted]
    for one, other in combinations(kept, 2):
        found += _falls(event, one, other)
        found += _outgrows(event, one, other) or _outgrows(event, other, one)
    return found


def _near(event: "Event", one: list[int], other: list[int]) -> Iterator[Pair]:
    """Yield pairs of neighbors in time of two series, or of one with itself."""
    days = {p: event.reports[p].date for p in (*one, *other)}
    rank = {day: place for place, day in enumerate(sorted(set(days.values())))}
    last = max(days[p] for p in one), max(days[p] for p in other)
    largest = _largest_before(event, one) if one is other else {}
    for p in one:
        for q in other:
            neighbors = abs(rank[days[p]] - rank[days[q]]) <= 1
            if p != q and (neighbors or (days[p], days[q]) == last or largest.get(q) == p):
                yield Pair(min(p, q), max(p, q))


def _largest_before(event: "Event", series: list[int]) -> dict[int, int]:
    """Return for each position the one of the largest number that was said on an earlier day."""
    found = {}
    for p in series:
        before = [q for q in series if event.reports[q].date < event.reports[p].date]
        if before:
            found[p] = max(before, key=lambda q: event.reports[q].statement.lower)
    return found


def _falls(event: "Event", one: int, other: int) -> list[Pair]:
    earlier, later = event.reports[one], event.reports[other]
    same = _topic(earlier) == _topic(later) and source_name(earlier) == source_name(later)
    counts = earlier.claim == later.claim == "count" and earlier.quantity != "missing"
    # A number in hospital goes down as people leave it.
    stays = counts and earlier.quantity != "hospitalized" and earlier.date < later.date
    return [Pair(one, other, FELL)] if same and stays and _surely_above(earlier, later) else []


def _outgrows(event: "Event", one: int, other: int) -> list[Pair]:
    part, whole = event.reports[one], event.reports[other]
    if not (_surely_above(part, whole) and _within(part, whole) and part.claim == "count"):
        return []
    # Only an estimate of an event that is over also speaks of what is counted later; and on one
    # day a count of the evening may well hold more than one of the morning.
    of_all = whole.claim != "count" and event.end is not None and whole.date >= event.end
    same_words = part.date == whole.date and part.source == whole.source
    if not (part.date < whole.date or of_all or same_words):
        return []
    return [Pair(one, other, FLOOR if part.floor else PART)]


def _surely_above(one: "Report", other: "Report") -> bool:
    open_ended = one.statement.kind == "at_most" or other.statement.kind == "at_least"
    return not open_ended and one.statement.lower > other.statement.upper


def _within(part: "Report", whole: "Report") -> bool:
    """Tell whether all that one statement is about belongs to what the other is about."""
    if whole.quantity not in (part.quantity, WHOLE_OF.get(part.quantity)):
        return False
    scopes = zip(_scope(part), _scope(whole), strict=True)
    inside = all(of_whole in (None, of_part) for of_part, of_whole in scopes)
    return inside and (part.floor or _topic(part) != _topic(whole)) and part.quantity != "missing"


def _topic(report: "Report") -> tuple[str | None, ...]:
    return report.quantity, *_scope(report)


def _scope(report: "Report") -> tuple[str | None, str | None, str | None]:
    return report.place, report.group, report.period
