"""Sentences: likelihood words of a named scale, and the toll in one honest sentence."""

import datetime
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from casualty_models.errors import DataError
from casualty_models.inference import event_of, provenance
from casualty_models.summaries.evidence import largest_report, toll_draws, used_reports
from casualty_models.summaries.rounding import round_count
from casualty_models.summaries.tables import prob_above, rounded_toll

if TYPE_CHECKING:
    import xarray as xr

    from casualty_models.events import Event, Report

SENTENCE_PROB = 0.9
EVEN = 0.5
LESS_THAN_ONE = 0.5  # the toll of the model is continuous: below a half it stands for nobody


@dataclass(frozen=True)
class Scale:
    """A published scale of likelihood words.

    Attributes
    ----------
    name
        As it is printed.
    cuts
        Probabilities at which the word changes.
    terms
        One word a stretch between the cuts, and the range that the scale itself gives it; an
        empty range marks a stretch that the scale leaves unnamed.
    source
        Where the scale was published.
    """

    name: str
    cuts: tuple[float, ...]
    terms: tuple[tuple[str, str], ...]
    source: str


SCALES = {
    "icd203": Scale(
        name="ICD 203",
        cuts=(0.01, 0.05, 0.20, 0.45, 0.55, 0.80, 0.95, 0.99),
        terms=(
            ("less than 1 in 100", ""),
            ("almost no chance", "1-5%"),
            ("very unlikely", "5-20%"),
            ("unlikely", "20-45%"),
            ("roughly even chance", "45-55%"),
            ("likely", "55-80%"),
            ("very likely", "80-95%"),
            ("almost certain", "95-99%"),
            ("more than 99 in 100", ""),
        ),
        source="Intelligence Community Directive 203, Analytic Standards, 2015",
    ),
    "ipcc": Scale(
        name="IPCC",
        cuts=(0.01, 0.05, 0.10, 0.33, 0.50, 0.66, 0.90, 0.95, 0.99),
        terms=(
            ("exceptionally unlikely", "0-1%"),
            ("extremely unlikely", "0-5%"),
            ("very unlikely", "0-10%"),
            ("unlikely", "0-33%"),
            ("about as likely as not", "33-66%"),
            ("more likely than not", "50-100%"),
            ("likely", "66-100%"),
            ("very likely", "90-100%"),
            ("extremely likely", "95-100%"),
            ("virtually certain", "99-100%"),
        ),
        source="Mastrandrea et al. 2010, IPCC guidance note on the treatment of uncertainties",
    ),
}


def likelihood_word(prob: float, scale: str = "icd203") -> str:
    """Return the word that a published scale gives to a probability.

    A probability on the border of two words gets the weaker one. Where the words of a scale
    overlap (IPCC), it gets the strongest that applies. Print the number beside the word.

    Parameters
    ----------
    prob
        A probability, 0 to 1.
    scale
        "icd203" or "ipcc".

    Returns
    -------
    The word; "less than 1 in 100" and "more than 99 in 100" where ICD 203 has none.

    Raises
    ------
    DataError
        If the probability is outside 0 to 1 or the scale is unknown.

    Notes
    -----
    Intelligence Community Directive 203, 2015; Mastrandrea et al. 2010, IPCC guidance note.

    Examples
    --------
    >>> from casualty_models.summaries import likelihood_word
    >>> likelihood_word(0.92), likelihood_word(0.92, "ipcc"), likelihood_word(0.004)
    ('very likely', 'very likely', 'less than 1 in 100')
    """
    return _term(prob, _scale(scale))[0]


def toll_sentence(result: "xr.DataTree", quantity: str = "killed", scale: str = "icd203") -> str:
    """Return the toll as one sentence that may be printed as it is.

    It gives the 90 percent interval and the median, what had been counted, and how likely it is,
    in the word of a named scale with the number beside it, that more were killed (wounded) than
    that. A declared minimum makes that certain, so there it is about twice the count. It says so
    when the event was not over, when nobody had counted, when no report of the quantity was used,
    and when the sampling has not converged. The interval holds if the model and its priors do.

    Parameters
    ----------
    result
        What `fit` returned.
    quantity
        "killed" or "wounded".
    scale
        "icd203" or "ipcc".

    Returns
    -------
    One sentence that ends with a period.

    Raises
    ------
    DataError
        If the quantity or the scale is unknown.

    Examples
    --------
    >>> from casualty_models.summaries import toll_sentence
    >>> print(toll_sentence(result, "killed"))
    By the end of the event, which was not over on 13 June 2010, an estimated 70 to 1,400 people
    will have been killed (90% interval; median 310); at least 85 had been counted by
    13 June 2010 ("neared 100"); it is very likely (ICD 203: 80-95%; here 92%) that more than
    85 will have been killed.
    """
    terms = _scale(scale)
    event = event_of(result)
    reports = used_reports(result, quantity)
    counted, claimed = (largest_report(reports, counts=counts) for counts in (True, False))
    clauses = [_estimate_clause(result, quantity, event)]
    if report := counted or claimed:
        clauses.append(_reported_clause(report, counted is not None))
        clauses.append(_chance_clause(result, report, terms, ongoing=event.ongoing))
    else:
        other = "wounded" if quantity == "killed" else "killed"
        clauses.append(
            f"no report gives the total number {quantity}, so this rests on its link to the number"
            f" {other} and on the priors alone"
        )
    sentence = "; ".join(clauses)
    if not provenance(result)["diagnostics"]["converged"]:
        return f"Not to be used, because the sampling has not converged: {sentence}."
    return f"{sentence[0].upper()}{sentence[1:]}."


def day_in_words(date: datetime.date) -> str:
    """Return a date as it is printed.

    Examples
    --------
    >>> import datetime
    >>> from casualty_models.summaries.words import day_in_words
    >>> day_in_words(datetime.date(2010, 6, 13))
    '13 June 2010'
    """
    return f"{date.day} {date:%B} {date.year}"


def _estimate_clause(result: "xr.DataTree", quantity: str, event: "Event") -> str:
    numbers = rounded_toll(result, quantity, probs=(SENTENCE_PROB,))
    lower, upper = numbers["lower90"], numbers["upper90"]
    people = f"{lower:,}" if lower == upper else f"{lower:,} to {upper:,}"
    interval = f"(90% interval; median {numbers['median']:,})"
    if event.ongoing:
        day = day_in_words(event.as_of_date)
        when = f"by the end of the event, which was not over on {day},"
        return f"{when} an estimated {people} people will have been {quantity} {interval}"
    return f"an estimated {people} people were {quantity} {interval}"


def _reported_clause(report: "Report", counted: bool) -> str:
    day = day_in_words(report.date)
    words = report.says or report.statement.text
    statement = report.statement
    if not counted:
        return f'no count is among the reports, only an estimate or claim of {day} ("{words}")'
    if statement.upper == 0:
        return f"none had been counted by {day}"
    if statement.lower == statement.upper or statement.kind == "rounded":
        return f"{statement.counted:,} had been counted by {day}"
    return f'at least {statement.counted:,} had been counted by {day} ("{words}")'


def _chance_clause(result: "xr.DataTree", report: "Report", scale: Scale, *, ongoing: bool) -> str:
    count, quantity = float(report.statement.counted or report.statement.upper), report.quantity
    passive = f"{'will have been' if ongoing else 'were'} {quantity}"
    what, minimum = f"more than {count:,.0f} {passive}", ""
    if report.claim != "count":
        what = f"so many {passive}"
    elif count == 0:
        count, what = LESS_THAN_ONE, f"anyone {passive.replace('were', 'was')}"
    elif report.floor:
        count, what = 2 * count, f"at least twice as many {passive}"
        minimum = "that count is taken as a minimum and "
    word, stretch = _term(prob_above(result, count, quantity), scale)
    here = _percentage(toll_draws(result, quantity) > count)
    if not stretch:
        return f"{minimum}the chance that {what} is {word} (beyond the words of {scale.name})"
    verb = "there is" if word.endswith("chance") else "it is"
    article = "a " if word.startswith("roughly") else ""
    return f"{minimum}{verb} {article}{word} ({scale.name}: {stretch}; here {here}) that {what}"


def _percentage(events: np.ndarray) -> str:
    import arviz as az

    percent = 100 * float(events.mean())
    if not 1 <= percent <= 99:  # noqa: PLR2004
        return "less than 1%" if percent < 1 else "more than 99%"
    error = 100 * float(az.mcse(events.astype(float), method="mean"))
    return f"{round_count(percent, error)}%"


def _scale(name: str) -> Scale:
    if name not in SCALES:
        raise DataError(
            "unknown scale of likelihood words",
            place="scale",
            value=name,
            remedy=f"Use one of {', '.join(SCALES)}.",
        )
    return SCALES[name]


def _term(prob: float, scale: Scale) -> tuple[str, str]:
    if not 0 <= prob <= 1:
        raise DataError("a probability lies between 0 and 1", place="prob", value=prob)
    side = bisect_right if prob < EVEN else bisect_left
    return scale.terms[side(scale.cuts, prob)]
