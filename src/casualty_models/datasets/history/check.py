"""Check of the history tables; ``python -m casualty_models.datasets.history.check`` runs it."""

import csv
import sys
from collections.abc import Iterable
from pathlib import Path

from casualty_models.errors import DataError
from casualty_models.events import Event, read_events

_HERE = Path(__file__).parent
_NOT_READABLE = 1  # "Minimum, hundreds. Most likely, thousands", of New Orleans, 31 August 2005


def check(folder: Path = _HERE) -> dict[str, int]:
    """Validate the tables of a folder and count what they hold.

    Reading them as events checks the keys, dates, words, bounds and repetitions.

    Parameters
    ----------
    folder
        Where events.csv, event_reports.csv, hedge_pairs.csv and priors.csv lie.

    Returns
    -------
    dict
        What was counted.

    Raises
    ------
    DataError
        When a table breaks a rule.

    Examples
    --------
    >>> check()["events"]
    174
    """
    events = read_events(folder / "events.csv", folder / "event_reports.csv")
    without = [event.id for event in events if not event.reports or event.reference is None]
    if without:
        raise DataError("an event lacks reports or a reference", value=without)
    pairs = _rows(folder / "hedge_pairs.csv")
    if not all(float(pair["nominal"]) > 0 and float(pair["exact"]) > 0 for pair in pairs):
        raise DataError("a hedge pair lacks a positive number", place="hedge_pairs.csv")
    priors = _rows(folder / "priors.csv")
    _check_unique((prior["prior_id"] for prior in priors), "priors.csv, prior_id")
    counts = _counts(events)
    if counts["reports left out"] != _NOT_READABLE:
        raise DataError(
            f"{counts['reports left out']} reports cannot be read, {_NOT_READABLE} is known",
            place="event_reports.csv",
            value=[event.id for event in events if event.left_out],
        )
    of_osh = sum(row["osh_2010"] == "1" for row in [*pairs, *priors])
    return {
        **counts,
        "hedge pairs": len(pairs),
        "priors": len(priors),
        "hedge pairs and priors that use Osh 2010": of_osh,
    }


def main() -> None:
    """Print what `check` counted."""
    lines = (f"{count:6,}  {what}" for what, count in check().items())
    sys.stdout.write("\n".join(lines) + "\n")


def _counts(events: list[Event]) -> dict[str, int]:
    reports = [report for event in events for report in event.reports]
    words = [report for report in reports if report.statement.text == report.says]
    return {
        "events": len(events),
        "events whose reference was not retrieved": sum(not event.sourced for event in events),
        "reports": len(reports),
        "reports left out": sum(len(event.left_out) for event in events),
        "reports not retrieved": sum(not report.sourced for report in reports),
        "reports about a part": sum(report.is_part for report in reports),
        "reports read from their words or bounds": len(words),
        "reports read from their number": len(reports) - len(words),
    }


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream, strict=True))


def _check_unique(keys: Iterable[str], place: str) -> None:
    listed = list(keys)
    twice = sorted({key for key in listed if listed.count(key) > 1})
    if twice:
        raise DataError("a key stands twice", place=place, value=twice)


if __name__ == "__main__":
    main()
