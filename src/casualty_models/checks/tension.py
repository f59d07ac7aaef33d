"""How surprising it would be that two statements differ as much as they do."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from casualty_models.checks.reports_fit import middle
from casualty_models.errors import DataError
from casualty_models.models.growth import counted_share
from casualty_models.models.report_table import report_table
from casualty_models.models.series import Series, report_class

if TYPE_CHECKING:
    from casualty_models.events import Event, Report
    from casualty_models.priors import TollPriors

DRAWS = 2000
SEED = 0  # the draws stand for an integral over the priors; it is to come out the same each time
SMALLEST = 1e-15  # below this a probability tells the shape of the tails and nothing else
NOISE_DF = 4
_BELOW_ONE = 1e-3


@dataclass(frozen=True)
class Expected:
    """What the priors expect of the count behind each report, relative to the toll.

    Attributes
    ----------
    level, share, ratio, noise
        Arrays (draw, report), on the log scale: level of the source, share counted by that day
        (0 for estimates), wounded per killed (0 unless the report is of wounded), noise.
    walk, errors
        One a draw: scaled steps of the random walk of a series, per root of its time; and errors
        of standard scale.
    series, classes
        One a report: number of its series, and its class of statement.
    lower, upper
        One a report: logarithms of the bounds, half a count wider.
    """

    level: np.ndarray
    share: np.ndarray
    ratio: np.ndarray
    noise: np.ndarray
    walk: np.ndarray
    errors: np.ndarray
    series: np.ndarray
    classes: np.ndarray
    lower: np.ndarray
    upper: np.ndarray

    @property
    def spread(self) -> np.ndarray:
        """Standard deviation of each count around what a source without error would have said."""
        error = self.level + self.share
        return np.sqrt(error.var(axis=0) + 2 * (self.noise**2).mean(axis=0))


def expected(event: "Event", priors: "TollPriors") -> Expected:
    """Return what the priors expect of each report of an event, whatever the toll.

    Parameters
    ----------
    event
        The reports.
    priors
        Priors of `toll_model`.

    Examples
    --------
    >>> from casualty_models.checks.tension import expected
    >>> from casualty_models.events import Event, Report
    >>> from casualty_models.priors import TollPriors
    >>> event = Event(name="example", kind="riot", start="2010-06-10", reports=[Report(
    ...     date="2010-06-13", source="ministry", quantity="killed", value=97)])
    >>> expected(event, TollPriors.for_event("riot")).level.shape
    (2000, 1)
    """
    rng = np.random.default_rng(SEED)
    reports = event.reports
    wounded = np.array([r.quantity in ("wounded", "hospitalized") for r in reports])
    classes = np.array([report_class(r) for r in reports])
    keys = [_series(r) for r in reports]
    names = sorted(set(keys))
    series = np.array([names.index(key) for key in keys])
    levels = np.array([getattr(priors, name[1]).draw(rng, DRAWS) for name in names])
    lower, upper, silence = _as_told(event)
    half_time = priors.half_time.draw(rng, DRAWS)[:, None]
    half_time = half_time * np.where(
        wounded, priors.wounded_half_time_ratio.draw(rng, DRAWS)[:, None], 1.0
    )
    shape = np.where(wounded, *(priors.growth_shape.draw(rng, DRAWS)[:, None] for _ in range(2)))
    days = np.array([(r.date - event.start).days for r in reports])
    held = days + priors.silence.draw(rng, DRAWS)[:, None] * silence
    grows = np.array([Series.of(r).grows for r in reports])
    counted = counted_share(held, half_time, _duration(event, priors, rng)[:, None], shape)
    ratio = np.log(priors.wounded_per_killed.draw(rng, DRAWS))[:, None]
    return Expected(
        level=levels[series].T,
        share=np.where(grows, np.log(counted), 0.0),
        ratio=np.where(wounded, ratio, 0.0),
        # Of a typical event: one with noisier counts is to be seen.
        noise=np.tile(
            np.where(grows, middle(priors.count_noise), middle(priors.estimate_noise)), (DRAWS, 1)
        ),
        walk=priors.walk_scale.draw(rng, DRAWS) * rng.normal(size=DRAWS),
        errors=rng.standard_t(NOISE_DF, DRAWS),
        series=series,
        classes=classes,
        lower=lower,
        upper=upper,
    )


def differ_probability(told: Expected, first: int, second: int) -> float:
    r"""Return the two-sided probability that two counts differ at least as much as was said.

    The logarithms of two counts of the same toll differ by what separates their sources, days and
    errors:

    .. math:: \Delta = (e_1 - e_2) + \log\frac{F(t_1)}{F(t_2)} + (r_1 - r_2)
              + (\epsilon_1 - \epsilon_2)

    One of the two errors, Student-t with 4 degrees of freedom, is integrated out exactly, so that
    small probabilities are told apart; all else is averaged over draws from the priors.

    Parameters
    ----------
    told
        What `expected` returned.
    first, second
        Positions of the reports in the event.

    Examples
    --------
    >>> from casualty_models.checks.tension import differ_probability, expected
    >>> from casualty_models.events import Event, Report
    >>> from casualty_models.priors import TollPriors
    >>> event = Event(name="example", kind="riot", start="2010-06-10", reports=[
    ...     Report(date="2010-06-13", source=source, source_kind=kind, quantity="killed", value=n)
    ...     for source, kind, n in (("a", "official", 97), ("b", "media", 4321))])
    >>> differ_probability(expected(event, TollPriors.for_event("riot")), 0, 1) < 0.01
    True
    """
    center = _difference(told.level + told.share + told.ratio, first, second)
    same = bool(told.series[first] == told.series[second])
    least = told.lower[first] - told.upper[second]
    most = told.upper[first] - told.lower[second]
    above = _at_least(told, center, least, (first, second), same=same)
    below = _at_least(told, -center, -most, (first, second), same=same)
    return float(np.clip(2 * min(above, below), SMALLEST, 1))


def exceed_probability(told: Expected, part: int, whole: int) -> float:
    """Return the probability that a part is reported so much larger than its whole.

    The part is taken to be all of the whole, which makes this as likely as it can be.

    Parameters
    ----------
    told
        What `expected` returned.
    part, whole
        Positions of the reports in the event.

    Examples
    --------
    >>> from casualty_models.checks.tension import exceed_probability, expected
    >>> from casualty_models.events import Event, Report
    >>> from casualty_models.priors import TollPriors
    >>> event = Event(name="example", kind="riot", start="2010-06-10", reports=[
    ...     Report(date="2010-06-13", source="ministry", quantity=quantity, value=value)
    ...     for quantity, value in (("killed", 971), ("casualties", 97))])
    >>> exceed_probability(expected(event, TollPriors.for_event("riot")), 0, 1) < 0.01
    True
    """
    same = bool(told.classes[part] == told.classes[whole])
    level = 0.0 if same else _difference(told.level, part, whole)
    counted = _difference(told.share, part, whole)
    least = told.lower[part] - told.upper[whole]
    found = _at_least(told, level + counted, least, (part, whole), same=same)
    return float(np.clip(found, SMALLEST, 1))


def student_t4_cdf(x: np.ndarray) -> np.ndarray:
    r"""Return the distribution function of Student's t with 4 degrees of freedom.

    .. math:: F(x) = \frac12 + \frac{u (3 - u^2)}{4}, \qquad u = \frac{x}{\sqrt{4 + x^2}}

    Parameters
    ----------
    x
        Values.

    Notes
    -----
    In the lower tail the sum above is the small difference of two numbers, so there the equal
    :math:`(1 + u)^2 (2 - u) / 4` is used, with :math:`1 + u` from its own small form.

    Examples
    --------
    >>> import numpy as np
    >>> from casualty_models.checks.tension import student_t4_cdf
    >>> student_t4_cdf(np.array([0.0, 2.776]))
    array([0.5  , 0.975])
    """
    x = np.asarray(x, dtype=float)
    root = np.sqrt(4 + x * x)
    u = x / root
    above = np.where(x < 0, 4 / (root * (root - np.minimum(x, 0))), 1 + u)
    return above**2 * (2 - u) / 4


def _difference(values: np.ndarray, first: int, second: int) -> np.ndarray:
    return values[:, first] - values[:, second]


def _at_least(
    told: Expected, center: np.ndarray, least: float, reports: tuple[int, int], *, same: bool
) -> float:
    """Return the probability that the difference of two logarithms of counts is at least so large.

    Each of the two errors in turn is integrated out, given draws of the other.
    """
    time, other = (-told.share[:, r] for r in reports)
    walked = told.walk * np.sqrt(np.abs(time - other) if same else time + other)
    one, two = (told.noise[:, r] for r in reports)
    left = center + walked - least
    return float(
        (
            student_t4_cdf((left + two * told.errors) / one)
            + student_t4_cdf((left + one * told.errors) / two)
        ).mean()
        / 2
    )


def _series(report: "Report") -> tuple[str, ...]:
    quantity = "killed" if report.quantity == "missing" else report.quantity
    parts = (report.place, report.group, report.period)
    return quantity, report_class(report), *(part or "" for part in parts)


def _as_told(event: "Event") -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return log bounds and silence of each report; of those that the model uses, as it does."""
    said = [r.statement for r in event.reports]
    bounds = np.array([[s.lower - 0.5, s.upper + 0.5] for s in said], dtype=float).reshape(-1, 2)
    lower, upper = np.log(np.maximum(bounds, _BELOW_ONE)).T
    silence = np.zeros(len(said))
    try:
        table = report_table(event)
    except DataError:
        return lower, upper, silence
    lower[table.position], upper[table.position] = table.log_lower, table.log_upper
    silence[table.position] = table.silence
    return lower, upper, silence


def _duration(event: "Event", priors: "TollPriors", rng: np.random.Generator) -> np.ndarray:
    until = event.end or event.as_of_date
    so_far = (until - event.start).days + 1.0
    to_come = priors.duration_growth.draw(rng, DRAWS)
    return so_far * (1 + event.ongoing * to_come)
