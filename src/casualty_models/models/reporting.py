"""Terms that every model of reports shares: what a report says given what is true."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pymc as pm
import pytensor.tensor as pt

from casualty_models.errors import DataError
from casualty_models.events import Event, Report

QUANTITIES = ("killed", "wounded")
COUNT_CLASSES = ("official_count", "documented_count", "opponent_count")
ESTIMATE_CLASSES = ("official_estimate", "other_estimate")
NOISE_DF = 4

_OFFICIAL = {"official", "health_ministry", "hospital"}
_BELOW_ONE = 1e-3  # a count of zero lies below log(0.5); its lower end only has to be far away


def report_class(report: Report) -> str:
    """Return which of the five classes of statement a report belongs to.

    Examples
    --------
    >>> from casualty_models.events import Report
    >>> from casualty_models.models.reporting import report_class
    >>> report_class(Report(date="2010-06-13", source="ministry", source_kind="official",
    ...                     quantity="killed", value=97))
    'official_count'
    """
    if report.claim != "count":
        return "official_estimate" if report.source_kind in _OFFICIAL else "other_estimate"
    if report.source_kind in _OFFICIAL:
        return "official_count"
    return "opponent_count" if report.source_kind == "opponent" else "documented_count"


@dataclass(frozen=True)
class ReportTable:
    """The reports that a model uses, as arrays; one row a report, counts sorted by series and day.

    Attributes
    ----------
    position
        Index of the report in ``event.reports``.
    days
        Days since the start of the event.
    log_lower, log_upper
        Logarithms of the bounds on the count that the author had, half a count wider.
    quantity, series
        Index into `QUANTITIES` and into ``series_names``.
    grows
        1 for counts, which grow towards their settled value; 0 for estimates and claims.
    last
        Index of the last row of the same series.
    series_names, series_classes, series_quantity
        One entry a series: "killed: official count", "official_count", index into `QUANTITIES`.
    counted, last_count
        One entry a quantity: whether it has a count, and the row of the last one.
    floors
        One entry a quantity: the largest documented minimum, 0 where there is none.
    notes
        Sentences on reports that were set aside, and why.
    """

    position: np.ndarray
    days: np.ndarray
    log_lower: np.ndarray
    log_upper: np.ndarray
    quantity: np.ndarray
    series: np.ndarray
    grows: np.ndarray
    last: np.ndarray
    series_names: tuple[str, ...]
    series_classes: tuple[str, ...]
    series_quantity: np.ndarray
    counted: tuple[bool, bool]
    last_count: np.ndarray
    floors: tuple[int, int]
    notes: tuple[str, ...] = field(default=())


def report_table(event: Event) -> ReportTable:
    """Return the reports of an event as arrays, and say which were set aside.

    A report about a part of the event (place, group or period set) is no rival of the total, so it
    is set aside, unless every report is about that same part. With ``floor`` it still bounds the
    total from below.

    Raises
    ------
    DataError
        If no report of the number killed or wounded is left.
    """
    used, notes = _used_reports(event)
    if not used:
        raise DataError(
            "no report of the number killed or wounded in the whole event",
            place=event.name,
            remedy="Add at least one report with quantity killed or wounded.",
        )
    keys = [(r.quantity, report_class(r)) for _, r in used]
    order = sorted(range(len(used)), key=lambda i: (_series_rank(keys[i]), used[i][1].date))
    rows = [(used[i][0], used[i][1], keys[i]) for i in order]
    series_keys = sorted(set(keys), key=_series_rank)
    series = np.array([series_keys.index(key) for _, _, key in rows])
    bounds = np.array([[r.statement.lower - 0.5, r.statement.upper + 0.5] for _, r, _ in rows])
    log_lower, log_upper = np.log(np.maximum(bounds, _BELOW_ONE)).T
    days = np.array([(r.date - event.start).days for _, r, _ in rows], dtype=float)
    quantity = np.array([QUANTITIES.index(key[0]) for _, _, key in rows])
    grows = np.array([float(key[1] in COUNT_CLASSES) for _, _, key in rows])
    counts = [np.flatnonzero((quantity == q) & (grows == 1)) for q in (0, 1)]
    return ReportTable(
        position=np.array([position for position, _, _ in rows]),
        days=days,
        log_lower=log_lower,
        log_upper=log_upper,
        quantity=quantity,
        series=series,
        grows=grows,
        last=np.array([np.flatnonzero(series == s).max() for s in series]),
        series_names=tuple(f"{q}: {name.replace('_', ' ')}" for q, name in series_keys),
        series_classes=tuple(name for _, name in series_keys),
        series_quantity=np.array([QUANTITIES.index(q) for q, _ in series_keys]),
        counted=(len(counts[0]) > 0, len(counts[1]) > 0),
        last_count=np.array([c[days[c].argmax()] if len(c) else 0 for c in counts]),
        floors=(_floor(event, "killed"), _floor(event, "wounded")),
        notes=tuple(notes),
    )


def log_interval_probability(lower: Any, upper: Any, center: Any, scale: Any) -> Any:  # noqa: ANN401
    r"""Return the log probability that a Student-t variable (4 df) falls between two bounds.

    With :math:`x = 2 \sinh\alpha` the distribution function is a polynomial in
    :math:`\tanh\alpha`, and the difference of two of its values has no cancellation:

    .. math:: F(b) - F(a) = \frac{\sinh\delta}{4 c_a c_b}
              \left(\frac{1}{c_a^2} + \frac{1}{c_b^2} + \frac{\cosh\delta}{c_a c_b}\right),
              \qquad \delta = \beta - \alpha, \; c = \cosh

    so a narrow interval far in the tail keeps its full precision and its gradient.

    Parameters
    ----------
    lower, upper
        Bounds, ``lower < upper``.
    center, scale
        Location and scale of the variable.
    """
    alpha = pt.arcsinh((lower - center) / (2.0 * scale))
    beta = pt.arcsinh((upper - center) / (2.0 * scale))
    delta = beta - alpha
    log_ca, log_cb = pt.log(pt.cosh(alpha)), pt.log(pt.cosh(beta))
    inner = (
        pt.exp(-2.0 * log_ca) + pt.exp(-2.0 * log_cb) + pt.exp(-log_ca - log_cb) * pt.cosh(delta)
    )
    return pt.log(pt.sinh(delta)) - log_ca - log_cb + pt.log(inner) - np.log(4.0)


def log_counted_share(days: Any, half_time: Any, duration: Any, shape: Any) -> Any:  # noqa: ANN401
    """Return the logarithm of `growth.counted_share`, stable where the share is tiny."""
    from casualty_models.models.growth import HOURS_INTO_DAY

    half = half_time + (duration - 1.0) / 2.0
    return -pt.softplus(-shape * (pt.log(days + HOURS_INTO_DAY) - pt.log(half)))


def backward_walk(log_share: Any, last: Any, scale: Any, steps: Any) -> Any:  # noqa: ANN401
    r"""Return each count's deviation from its curve: a random walk back from the settled value.

    The deviation at share :math:`F` has variance :math:`s^2 (-\log F)` and independent increments,
    so it vanishes when everything is counted and a plateau means that counting is nearly over.

    Parameters
    ----------
    log_share
        Logarithm of the counted share of each row; rows sorted by series, then by day.
    last
        Index of the last row of each row's series.
    scale
        Scale :math:`s` of the walk.
    steps
        Standard normal steps, one a row.
    """
    following = pt.concatenate([log_share[1:], pt.zeros(1)])
    row = pt.arange(log_share.shape[0])
    following = pt.where(pt.eq(row, last), 0.0, following)
    increments = scale * pt.sqrt(pt.maximum(following - log_share, 0.0) + 1e-12) * steps
    backward = pt.cumsum(increments[::-1])[::-1]
    after_series = pt.concatenate([backward, pt.zeros(1)])[last + 1]
    return backward - after_series


def reported(name: str, center: Any, scale: Any, table: dict[str, Any], **kwargs: Any) -> Any:  # noqa: ANN401
    """Add the reports: the count behind each is Student-t (4 df) on the log scale, seen as bounds.

    Draws of the variable are logarithms of counts; its log probability is that of the bounds.

    Parameters
    ----------
    name
        Name of the variable.
    center, scale
        Expected logarithm of the count, and noise, one a report.
    table
        The PyMC data ``log_lower`` and ``log_upper``.
    """

    def logp(value: Any, center: Any, scale: Any, lower: Any, upper: Any) -> Any:  # noqa: ANN401
        return log_interval_probability(lower, upper, center, scale) + 0.0 * value

    def random(*parameters: Any, rng: Any, size: Any) -> Any:  # noqa: ANN401
        center, scale, *_ = parameters
        return center + scale * rng.standard_t(NOISE_DF, size=size)

    lower, upper = table["log_lower"], table["log_upper"]
    return pm.CustomDist(
        name, center, scale, lower, upper, logp=logp, random=random,
        observed=table["log_middle"], **kwargs,
    )  # fmt: skip


def _used_reports(event: Event) -> tuple[list[tuple[int, Report]], list[str]]:
    scopes = {(r.place, r.group, r.period) for r in event.reports if r.quantity in QUANTITIES}
    one_part = len(scopes) == 1
    used, notes = [], []
    for position, r in enumerate(event.reports):
        where = f"{r.source}, {r.date}: {r.says or r.statement.text} {r.quantity}"
        if r.quantity not in QUANTITIES:
            notes.append(f"{where}: kept, but this model uses only killed and wounded.")
        elif r.is_part and not one_part:
            use = "its lower bound only" if r.floor else "not used"
            notes.append(f"{where}: about a part of the event, not its total ({use}).")
        else:
            used.append((position, r))
    return used, notes


def _series_rank(key: tuple[str, str]) -> tuple[bool, int, int]:
    quantity, name = key
    classes = COUNT_CLASSES + ESTIMATE_CLASSES
    return name in ESTIMATE_CLASSES, QUANTITIES.index(quantity), classes.index(name)


def _floor(event: Event, quantity: str) -> int:
    floors = [r for r in event.reports if r.floor and r.quantity == quantity]
    return max((int(r.value or r.statement.lower) for r in floors), default=0)
