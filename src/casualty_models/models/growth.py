"""How a count grows towards its settled value."""

from typing import Any

HOURS_INTO_DAY = 0.6  # a count "of day t" was made about 14 hours into that day


def counted_share(days: Any, half_time: Any, duration: Any, shape: Any) -> Any:  # noqa: ANN401
    r"""Return the share of the settled count that has been counted by a day.

    .. math:: F(t) = \frac{1}{1 + \left(\frac{t + 0.6}{h}\right)^{-k}}, \qquad
              h = h_0 + \frac{T - 1}{2}

    A log-logistic curve: a fast start and a long tail. For an event of ``T`` days half the deaths
    have happened only after ``(T - 1) / 2`` days, so the half-time is counted from there.

    Parameters
    ----------
    days
        Days since the start of the event; the first day is 0.
    half_time
        Days until half is counted, for an event of one day (:math:`h_0` > 0).
    duration
        Days that the event lasted (:math:`T` >= 1).
    shape
        Steepness :math:`k` > 0.

    Returns
    -------
    A share in (0, 1); scalars, NumPy arrays, xarray objects and PyTensor variables all work.

    Examples
    --------
    >>> from casualty_models.models.growth import counted_share
    >>> counted_share(1.4, half_time=2.0, duration=1.0, shape=1.5)
    0.5
    """
    h = half_time + (duration - 1.0) / 2.0
    return 1.0 / (1.0 + ((days + HOURS_INTO_DAY) / h) ** (-shape))
