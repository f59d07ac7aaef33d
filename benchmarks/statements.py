"""How many phrases of the shipped tables are read, and whether they hold what was coded.

    python benchmarks/statements.py            # print the counts and what went wrong
    python benchmarks/statements.py --refused  # print every refused phrase as well
    python benchmarks/statements.py --write    # write benchmarks/statements.csv as well

Other tables with the columns `phrase` and `value` can be given as arguments.
"""

import argparse
import csv
import time
from dataclasses import dataclass
from pathlib import Path

import casualty_models
from casualty_models.errors import DataError
from casualty_models.statements import read_statement

DATASETS = Path(casualty_models.__file__).parent / "datasets"
TABLES = (
    DATASETS / "history" / "event_reports.csv",
    DATASETS / "osh_2010" / "reports.csv",
)
COUNTS_FILE = Path(__file__).with_suffix(".csv")


@dataclass
class Outcome:
    """What became of the phrases of one table."""

    table: str
    phrases: int = 0
    read: int = 0
    holds_value: int = 0
    without_value: int = 0
    refused: int = 0
    milliseconds_each: float = 0.0


def read_table(path: Path, *, show_refused: bool) -> Outcome:
    """Read every phrase of a table, print those that need a look, and count."""
    outcome = Outcome(f"{path.parent.name}/{path.name}")
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    start = time.perf_counter()
    for row in rows:
        outcome.phrases += 1
        _count(outcome, row["phrase"], row["value"], show_refused=show_refused)
    outcome.milliseconds_each = round(1e3 * (time.perf_counter() - start) / len(rows), 2)
    return outcome


def _count(outcome: Outcome, phrase: str, value: str, *, show_refused: bool) -> None:
    try:
        statement = read_statement(phrase)
    except DataError as error:
        outcome.refused += 1
        if show_refused:
            print(f"refused   {phrase!r}: {error.rule}")
        return
    outcome.read += 1
    if not value:
        outcome.without_value += 1
    elif float(value) in statement:
        outcome.holds_value += 1
    else:
        print(f"MISSES    {phrase!r}: {statement} does not hold {value}")


def main() -> None:
    """Read the tables, print the counts and write them if asked to."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("tables", nargs="*", type=Path, default=list(TABLES))
    parser.add_argument("--refused", action="store_true", help="print every refused phrase")
    parser.add_argument("--write", action="store_true", help=f"write {COUNTS_FILE.name}")
    options = parser.parse_args()
    outcomes = [read_table(path, show_refused=options.refused) for path in options.tables]
    for outcome in outcomes:
        print(*(f"{name}={value}" for name, value in vars(outcome).items()))
    if options.write:
        with COUNTS_FILE.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, [name for name in vars(outcomes[0])])
            writer.writeheader()
            writer.writerows(vars(outcome) for outcome in outcomes)


if __name__ == "__main__":
    main()
