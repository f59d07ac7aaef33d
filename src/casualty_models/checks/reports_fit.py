"""How well some truth fits the reports: a test quantity that depends on both."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from scipy.stats import t

from casualty_models.models.growth import counted_share
from casualty_models.models.report_table import report_table
from casualty_models.models.series import QUANTITIES

if TYPE_CHECKING:
    from casualty_models.distributions import Distribution
    from casualty_models.events import Event
    from casualty_models.priors import TollPriors

NOISE_DF = 4


def reports_fit(
    event: "Event", values: Mapping[str, np.ndarray], priors: "TollPriors"
) -> np.ndarray:
    r"""Return roughly the log likelihood of the reports, given the main unknowns.

    .. math:: \sum_i \log t_4\!\left(\log c_i \mid \log X + \log F(t_i) + \bar e,\; s_i\right)

    All other unknowns are put at the middle of their prior, and what they would add is put into
    the spread :math:`s_i`. As a test quantity of `calibration` it need not be exact: ranks are
    uniform for every function of truth and data, and it is the closeness to the likelihood that
    makes a mistake show.

    Parameters
    ----------
    event
        The reports.
    values
        Arrays of equal length: ``true_killed``, ``true_wounded``, ``half_time`` (of the killed),
        ``duration``.
    priors
        Of the model.

    Examples
    --------
    >>> import numpy as np
    >>> from casualty_models.checks.reports_fit import reports_fit
    >>> from casualty_models.events import Event, Report
    >>> from casualty_models.priors import TollPriors
    >>> event = Event(name="example", kind="riot", start="2010-06-10", end="2010-06-10", reports=[
    ...     Report(date="2010-07-13", source="ministry", source_kind="official",
    ...            quantity="killed", value=97)])
    >>> truth = {"true_killed": np.array([97.0, 9700.0]), "true_wounded": np.array([200.0, 200.0]),
    ...          "half_time": np.ones(2), "duration": np.ones(2)}
    >>> near, far = reports_fit(event, truth, TollPriors.for_event("riot"))
    >>> bool(near > far)
    True
    """
    table = report_table(event)
    toll = np.column_stack([values[f"true_{name}"] for name in QUANTITIES])[:, table.quantity]
    slower = np.array([1.0, middle(priors.wounded_half_time_ratio)])[table.quantity]
    days = table.days + middle(priors.silence) * table.silence
    share = counted_share(
        days,
        values["half_time"][:, None] * slower,
        values["duration"][:, None],
        middle(priors.growth_shape),
    )
    grown = table.grows * np.log(share)
    of_series = [getattr(priors, name) for name in table.series_classes]
    center, spread = (
        np.array([getattr(prior, key) for prior in of_series])[table.series]
        for key in ("mu", "sigma")
    )
    counts, estimates = middle(priors.count_noise), middle(priors.estimate_noise)
    noise = np.where(table.grows == 1, counts, estimates)
    walked = middle(priors.walk_scale) ** 2 * -grown
    scale = np.sqrt(noise**2 + spread**2 + walked)
    said = (table.log_lower + table.log_upper) / 2
    away = (said - np.log(toll) - grown - center) / scale
    return (t.logpdf(away, NOISE_DF) - np.log(scale)).sum(axis=1)


def middle(prior: "Distribution") -> float:
    """Return the median of a prior.

    Examples
    --------
    >>> from casualty_models.checks.reports_fit import middle
    >>> from casualty_models.distributions import Fixed
    >>> middle(Fixed(0.5))
    0.5
    """
    lower, upper = prior.interval(1e-6)
    return (lower + upper) / 2
