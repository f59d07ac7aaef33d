"""Check of the Osh 2010 table; ``python -m casualty_models.datasets.osh_2010.check`` runs it."""

import sys
from collections import Counter

from casualty_models.datasets import load_osh_2010
from casualty_models.errors import DataError
from casualty_models.events import Event

_LAST_DAY = "2010-06-14"


def check(event: Event) -> dict[str, int]:
    """Validate the table, read as an event, and count what it holds.

    Reading it has checked the dates, words, bounds and repetitions already.

    Parameters
    ----------
    event
        What `load_osh_2010` returns.

    Returns
    -------
    dict
        What was counted.

    Raises
    ------
    DataError
        When the table breaks a rule.

    Examples
    --------
    >>> check(load_osh_2010())["reports"]
    174
    """
    for report in event.reports:
        said = f"{report.date}, {report.source}, {report.quantity}"
        if report.ongoing is not (report.date.isoformat() <= _LAST_DAY):
            raise DataError("ongoing contradicts the date", place=said, value=report.ongoing)
        if report.url is None:
            raise DataError("the statement has no address", place=said)
        if report.source_kind == "opponent" and report.claim != "claim":
            raise DataError("an opponent's figure is a claim", place=said, value=report.claim)
    quantities = Counter(report.quantity for report in event.reports)
    claims = Counter(report.claim for report in event.reports)
    return {
        "reports": len(event.reports),
        "reports about a part": sum(report.is_part for report in event.reports),
        **{f"quantity {word}": count for word, count in sorted(quantities.items())},
        **{f"claim {word}": count for word, count in sorted(claims.items())},
    }


def main() -> None:
    """Print what `check` counted."""
    lines = (f"{count:6,}  {what}" for what, count in check(load_osh_2010()).items())
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
