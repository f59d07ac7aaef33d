"""The toll model with one of its steps alone taken out, to see what the step is worth."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from casualty_models.distributions import Distribution, Fixed, LogNormal
from casualty_models.events import Event, Report

__all__ = ["ABLATIONS", "Ablation"]

_NEARLY_NONE = 1e-3


def _unchanged(event: Event) -> Event:
    return event


@dataclass(frozen=True)
class Ablation:
    """What is taken out of the toll model and of the history model that teaches it.

    Attributes
    ----------
    change
        What becomes of each event, in learning and in forecasting.
    fixed
        Variables of the history model held at a value, by name.
    priors
        Priors of the toll model replaced, by name.
    sigma
        Spreads of learned priors of the toll model replaced, by name.

    Examples
    --------
    >>> from casualty_models.backtest import ABLATIONS
    >>> ABLATIONS["no silence"].priors
    {'silence': Fixed(value=0.0)}
    """

    change: Callable[[Event], Event] = _unchanged
    fixed: Mapping[str, float] = field(default_factory=dict)
    priors: Mapping[str, Distribution] = field(default_factory=dict)
    sigma: Mapping[str, float] = field(default_factory=dict)


def _only(keep: Callable[[Report], bool]) -> Callable[[Event], Event]:
    """Return a change that drops reports, unless no report of the killed or wounded is left."""

    def change(event: Event) -> Event:
        kept = tuple(r for r in event.reports if keep(r))
        enough = any(r.quantity in ("killed", "wounded") and not r.is_part for r in kept)
        return replace(event, reports=kept, known_on=event.as_of_date) if enough else event

    return change


def _without_wounded(event: Event) -> Event:
    fewer = _only(lambda report: report.quantity != "wounded")(event)
    if fewer.reference is None:
        return fewer
    return replace(fewer, reference=replace(fewer.reference, wounded=None))


def _exact(event: Event) -> Event:
    """Return the event with each statement read as the one number in its middle."""
    middle = [round((r.statement.lower * r.statement.upper) ** 0.5) for r in event.reports]
    reports = tuple(
        replace(r, says=None, value=None, lower=n, upper=n)
        for r, n in zip(event.reports, middle, strict=True)
    )
    return replace(event, reports=reports)


def _of_one_kind(event: Event) -> Event:
    return replace(event, kind="riot")


def _without_mechanism(event: Event) -> Event:
    return replace(event, mechanism=None)


def _of_one_source(event: Event) -> Event:
    """Return the event as if officials had said everything."""
    reports = tuple(replace(r, source_kind="official") for r in event.reports)
    return replace(event, reports=reports)


def _over(event: Event) -> Event:
    """Return the event as if it had ended on the day of the forecast."""
    return replace(event, end=event.end or event.as_of_date)


ABLATIONS = {
    "words are exact numbers": Ablation(_exact),
    "no growth": Ablation(
        fixed={"log_half_time": -7.0},
        priors={"half_time": LogNormal(_NEARLY_NONE, 0.01)},
    ),
    "no walk between bulletins": Ablation(
        fixed={"walk_scale": _NEARLY_NONE}, priors={"walk_scale": Fixed(_NEARLY_NONE)}
    ),
    "events alike in growth and noise": Ablation(sigma={"growth_shape": 0.1, "count_noise": 0.07}),
    "one kind of source": Ablation(_of_one_source),
    "no wounded": Ablation(_without_wounded),
    "no hospitalized": Ablation(_only(lambda report: report.quantity != "hospitalized")),
    "no missing": Ablation(_only(lambda report: report.quantity != "missing")),
    "no estimates and claims": Ablation(
        _only(lambda report: report.claim == "count" or report.quantity == "missing")
    ),
    "no silence": Ablation(priors={"silence": Fixed(0.0)}),
    "over on the day of the forecast": Ablation(_over),
    "one kind of event": Ablation(_of_one_kind),
    "no mechanism of injury": Ablation(_without_mechanism),
}
"""Each takes out, or overstates, one step of the model and leaves all others as they are."""
