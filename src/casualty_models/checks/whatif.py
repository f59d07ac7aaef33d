"""What one more piece of evidence would be worth, before anyone collects it."""

import warnings
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from casualty_models.batch import fit_many
from casualty_models.errors import ConvergenceWarning, DataError
from casualty_models.events import Report
from casualty_models.inference import fit
from casualty_models.models.estimate_table import ESTIMATE_DF, estimate_table
from casualty_models.models.report_table import report_table
from casualty_models.summaries.evidence import check_quantity, toll_draws
from casualty_models.summaries.rounding import round_count

if TYPE_CHECKING:
    import xarray as xr

    from casualty_models.events import Estimate, Event
    from casualty_models.priors import TollPriors

SMALL = {"draws": 500, "tune": 500, "chains": 2}
ENDS = (0.05, 0.5, 0.95)
MOST_OUTCOMES = 200
NOTHING = 0.05  # of the width on a log scale: less is not worth a sentence


@dataclass(frozen=True)
class Foresight:
    """What a report would do to an answer, over all that it might say.

    Attributes
    ----------
    added
        The report or estimate that was thought of.
    quantity
        The toll that the answer is about.
    before
        5, 50 and 95 percent quantiles without the report.
    outcomes
        One row an outcome, all equally likely: ``says``, the number that it would give; ``lower``,
        ``median`` and ``upper`` of the toll after it (the 90 percent interval).
    narrowing
        Expected share of the width of the 90 percent interval, on a log scale, that the report
        would take away; below 0 where it would widen it.
    """

    added: "Report | Estimate"
    quantity: str
    before: tuple[float, float, float]
    outcomes: pd.DataFrame
    narrowing: float


def whatif(
    event: "Event",
    add: "Report | Estimate",
    priors: "TollPriors | None" = None,
    *,
    quantity: str = "killed",
    outcomes: int = 20,
    random_seed: int | None = None,
    **settings: Any,  # noqa: ANN401
) -> Foresight:
    r"""Return how much narrower the answer would be expected to become with one more report.

    The model is fitted to what is known, and asked what the new report would say: its prediction is
    cut into parts that are equally likely, and the event is fitted again with the middle of each
    as the report. The value of the report is the expected narrowing of the 90 percent interval,

    .. math:: 1 - \frac{1}{K} \sum_{k=1}^{K} \frac{w(y, \tilde y_k)}{w(y)}, \qquad
              w = \log q_{0.95} - \log q_{0.05}

    Both answers are those of the day of the report, supposing that nothing else is reported until
    then and, if the event goes on, that it still does.

    The answer is the model's own expectation. A report that would show the model to be wrong is
    worth more than this says.

    Parameters
    ----------
    event
        What is known.
    add
        The report to think of: its date, source, kind, quantity and claim count. Its number does
        not matter, but where ``lower`` and ``upper`` are given, their ratio is kept as the
        precision with which the report would be worded; else its count is taken as exact. Or an
        estimate by another method, such as a survey, with an interval as wide as it would get.
    priors
        By default those of the event's kind and mechanism.
    quantity
        "killed" or "wounded": the toll that the answer is about.
    outcomes
        Number of outcomes to try; each is a fit.
    random_seed
        One seed for everything.
    **settings
        Of `fit_many`; by default 500 draws and tuning steps in each of 2 chains.

    Returns
    -------
    See `Foresight`; `whatif_sentence` says it in words.

    Raises
    ------
    DataError
        If the report would not be used by the model, is not about killed or wounded, or is dated
        before the event; or if the estimate counts something else than the reports.

    Notes
    -----
    The expected value of sample information, with the width of an interval for the loss (Raiffa &
    Schlaifer 1961).

    Examples
    --------
    >>> from casualty_models.checks import whatif, whatif_sentence
    >>> from casualty_models.events import Report
    >>> survey = Report(date="2010-07-15", source="survey", source_kind="ngo", claim="estimate",
    ...                 quantity="killed", value=400, lower=320, upper=500)
    >>> print(whatif_sentence(whatif(event, survey, random_seed=1)))  # doctest: +SKIP
    """
    check_quantity(quantity)
    _check_number(outcomes)
    settings = SMALL | {"progress": False} | settings
    seeds = [int(s) for s in np.random.SeedSequence(random_seed).generate_state(2) >> 1]
    by_then = replace(event, known_on=max(event.as_of_date, add.date))
    predict = _predicted_report if isinstance(add, Report) else _predicted_estimate
    counts = predict(by_then, _with(by_then, add), priors, seeds[0], settings)
    # The middle of each of so many parts of the prediction that are equally likely.
    middles = np.quantile(counts, (np.arange(outcomes) + 0.5) / outcomes)
    said = [_saying(add, count) for count in middles]
    events = [by_then, *(_with(by_then, one) for one in said)]
    fitted = fit_many(events, priors=[priors] * len(events), random_seed=seeds[1], **settings)
    before, *after = (_quantiles(result, quantity) for result in fitted)
    table = pd.DataFrame(after, columns=["lower", "median", "upper"])
    table.insert(0, "says", [round(float(count)) for count in middles])
    widths = np.log(table["upper"] / table["lower"])
    narrowing = 1 - float(widths.mean()) / float(np.log(before[2] / before[0]))
    return Foresight(add, quantity, before, table, narrowing)


def whatif_sentence(found: Foresight) -> str:
    """Return what a report would be worth, in two sentences.

    Parameters
    ----------
    found
        What `whatif` returned.

    Examples
    --------
    >>> import pandas as pd
    >>> from casualty_models.checks import whatif_sentence
    >>> from casualty_models.checks.whatif import Foresight
    >>> from casualty_models.events import Report
    >>> survey = Report(date="2010-07-15", source="survey", quantity="killed", value=400)
    >>> after = pd.DataFrame({"says": [300, 400], "lower": [250.0, 330.0],
    ...                       "median": [300.0, 400.0], "upper": [375.0, 495.0]})
    >>> words = whatif_sentence(Foresight(survey, "killed", (200.0, 400.0, 800.0), after, 0.7))
    >>> words[:80]
    'Killed, without "survey": 200 to 800 (90%). With it the range would become about'
    """
    low, _, high = (round_count(end) for end in found.before)
    opening = f'{found.quantity.capitalize()}, without "{found.added.source}": {low:,} to'
    opening += f" {high:,} (90%)."
    if found.narrowing < NOTHING:
        return f"{opening} With it the range would hardly become narrower."
    middle = found.outcomes.iloc[(len(found.outcomes) - 1) // 2]
    lower, upper = round_count(middle["lower"]), round_count(middle["upper"])
    return (
        f"{opening} With it the range would become about {100 * found.narrowing:.0f}% narrower on"
        f" a logarithmic scale, for example {lower:,} to {upper:,} if it said"
        f" {round_count(middle['says']):,}."
    )


def _check_number(outcomes: int) -> None:
    if not isinstance(outcomes, int) or not 1 <= outcomes <= MOST_OUTCOMES:
        raise DataError(
            f"the number of outcomes is a whole number up to {MOST_OUTCOMES}",
            place="outcomes",
            value=outcomes,
        )


def _with(event: "Event", added: "Report | Estimate") -> "Event":
    if isinstance(added, Report):
        return replace(event, reports=(*event.reports, replace(added, floor=False)))
    return replace(event, estimates=(*event.estimates, added))


def _predicted_report(
    by_then: "Event",
    then: "Event",
    priors: "TollPriors | None",
    seed: int,
    settings: dict[str, Any],
) -> np.ndarray:
    """Return draws of the count that the new report would give.

    The report is put into the model without being used, so that it continues its series: it shares
    the lean of its source, and its deviation from the curve follows from the last bulletin's.
    """
    import pymc as pm

    from casualty_models.models.toll import toll_model

    new = _row_of_new(by_then, then)
    model = toll_model(then, priors)
    known, position = report_table(by_then), report_table(then).position
    silence = dict(zip(_reports(by_then, known.position), known.silence, strict=True))
    with model:
        pm.set_data(
            {
                "report_used": (np.arange(len(position)) != new).astype(float),
                "report_silence": np.array([silence.get(r, 0.0) for r in _reports(then, position)]),
            }
        )
    with warnings.catch_warnings():  # the fits that follow carry their own diagnostics
        warnings.simplefilter("ignore", ConvergenceWarning)
        fitted = fit(model, random_seed=seed, **settings)
    return np.exp(fitted["posterior_predictive"]["reported"].isel(report=new).values.ravel())


def _predicted_estimate(
    by_then: "Event",
    then: "Event",
    priors: "TollPriors | None",
    seed: int,
    settings: dict[str, Any],
) -> np.ndarray:
    """Return draws of the middle that the new estimate would have."""
    scale = estimate_table(then).scale[-1]
    fitted = fit_many([by_then], priors=[priors], random_seed=seed, **settings)[0]
    if isinstance(fitted, DataError):
        raise fitted
    draws = toll_draws(fitted, "killed").ravel()
    errors = np.random.default_rng(seed).standard_t(ESTIMATE_DF, len(draws))
    return draws * np.exp(scale * errors)


def _reports(event: "Event", positions: np.ndarray) -> "list[Report]":
    return [event.reports[int(position)] for position in positions]


def _row_of_new(by_then: "Event", then: "Event") -> int:
    """Return the row of the table that the new report gets."""
    used = set(_reports(by_then, report_table(by_then).position))
    then_used = _reports(then, report_table(then).position)
    added = [row for row, r in enumerate(then_used) if r not in used]
    (new,) = set(then.reports) - set(by_then.reports)
    if len(added) != 1 or len(then_used) != len(used) + 1 or new.quantity == "missing":
        raise DataError(
            "the model would not use this report",
            place="add",
            value=f"{new.quantity} by {new.source}",
            remedy="Give a report of the number killed or wounded in the whole event.",
        )
    return added[0]


def _saying(add: "Report | Estimate", count: float) -> "Report | Estimate":
    """Return the report or estimate with a number put into it, as precise as it is meant to be."""
    if not isinstance(add, Report):
        low, high = add.lower / (middle := _middle(add)), add.upper / middle
        return replace(add, median=count, lower=count * low, upper=count * high)
    wide = 1.0
    if add.lower is not None and add.upper is not None:
        wide = np.sqrt(max(add.upper, 1) / max(add.lower, 1))
    lower, upper = float(np.rint(count / wide)), float(np.rint(count * wide))
    return replace(add, says=None, value=None, floor=False, lower=lower, upper=upper)


def _middle(estimate: "Estimate") -> float:
    return estimate.median or float((estimate.lower * estimate.upper) ** 0.5)


def _quantiles(result: "xr.DataTree | DataError", quantity: str) -> tuple[float, float, float]:
    if isinstance(result, DataError):
        raise result
    lower, middle, upper = np.quantile(toll_draws(result, quantity), ENDS)
    return float(lower), float(middle), float(upper)
