"""The bracket notation of models: ``[12][3]`` lets lists 1 and 2 depend, and list 3 be apart."""

import re
from collections.abc import Iterable

from casualty_models.errors import DataError

_ONE_DIGIT = 9


def write_label(generators: Iterable[int], lists: int) -> str:
    """Return the bracket notation of sets of lists, given as masks (lowest digit: first list).

    Sets inside other sets are left out. Large sets come first. With ten lists or more the numbers
    are separated by commas.

    Examples
    --------
    >>> from casualty_models.capture.labels import write_label
    >>> write_label([0b001, 0b110, 0b010], 3)
    '[23][1]'
    """
    masks = sorted(set(generators))
    largest = [m for m in masks if not any(m != other and m & other == m for other in masks)]
    members = [[j + 1 for j in range(lists) if m >> j & 1] for m in largest]
    comma = "," if lists > _ONE_DIGIT else ""
    ordered = sorted(members, key=lambda numbers: (-len(numbers), numbers))
    return "".join(f"[{comma.join(map(str, numbers))}]" for numbers in ordered)


def read_label(label: str, lists: int) -> list[int]:
    """Return the masks of the sets in a label; lists that are not named stand alone.

    Raises
    ------
    DataError
        If the label is not in bracket notation or names a list that is not there.

    Examples
    --------
    >>> from casualty_models.capture.labels import read_label
    >>> read_label("[23]", 3)
    [6, 1]
    """
    if not re.fullmatch(r"(\[\d[\d,]*\])+", label):
        remedy = "Write the numbers of dependent lists together, for example [12][3]."
        raise DataError("a model is written in brackets", place="model", value=label, remedy=remedy)
    groups = [
        [int(number) for number in (text.split(",") if "," in text or lists > _ONE_DIGIT else text)]
        for text in re.findall(r"\[([\d,]+)\]", label)
    ]
    named = {number for group in groups for number in group}
    if not named <= set(range(1, lists + 1)):
        rule = f"the lists of a model are numbered 1 to {lists}"
        raise DataError(rule, place="model", value=label)
    alone = [[j] for j in range(1, lists + 1) if j not in named]
    return [sum(1 << (number - 1) for number in set(group)) for group in groups + alone]
