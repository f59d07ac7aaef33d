"""Check of the coefficients; ``python -m casualty_models.datasets.ucdp.check`` runs it."""

import sys

from casualty_models.datasets.ucdp import load_ucdp_coefficients
from casualty_models.errors import DataError

_TYPES = ("any", "ns", "os", "sb")
_PARTS = ("loc", "scale", "w")
_SPECIAL = (2, 3, 13, 20, 24, 40, 101, 200, 1001, 2000)
_TERMS = ("(Intercept)", "logfatlev", *(f"fl_{number}" for number in _SPECIAL))


def check() -> dict[str, int]:
    """Return how many coefficients there are of each part.

    Raises
    ------
    DataError
        If one is missing, stands twice or is not a number.

    Examples
    --------
    >>> from casualty_models.datasets.ucdp.check import check
    >>> check()
    {'loc': 48, 'scale': 48, 'w': 48}
    """
    table = load_ucdp_coefficients()
    found = sorted(zip(table["tov"], table["part"], table["term"], strict=True))
    expected = sorted((tov, part, term) for tov in _TYPES for part in _PARTS for term in _TERMS)
    if found != expected:
        raise DataError(
            "not one coefficient for each type, part and term",
            place="coefficients.csv",
            value=sorted(set(found) ^ set(expected)),
        )
    if table[["estimate", "se"]].isna().any(axis=None) or (table["se"] <= 0).any():
        raise DataError("a coefficient or its error is not a number", place="coefficients.csv")
    return {part: int((table["part"] == part).sum()) for part in _PARTS}


def main() -> None:
    """Print what `check` counted."""
    sys.stdout.write("\n".join(f"{count:6,}  {part}" for part, count in check().items()) + "\n")


if __name__ == "__main__":
    main()
