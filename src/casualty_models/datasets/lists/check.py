"""Check of the tables of lists; ``python -m casualty_models.datasets.lists.check`` runs it."""

import sys

import numpy as np

from casualty_models.datasets.lists import STRATA, load_lists
from casualty_models.errors import DataError
from casualty_models.lists import CaptureHistories

_PEOPLE = {
    "artificial_chan2021_3": 96,
    "gaza_2024_3": 29_271,
    "gaza_2024_3_by_age_sex": 28_257,
    "gaza_2024_3_by_month": 29_129,
    "korea_palembang_3": 123,
    "kosovo1999": 4_400,
    "netherlands_5": 8_234,
    "netherlands_6": 8_234,
    "neworleans_5": 185,
    "peru_trc_3": 24_692,
    "peru_trc_3_by_perpetrator": 24_692,
    "peru_trc_3_by_stratum_perpetrator": 24_692,
    "spina_3": 621,
    "spina_by_ethnicity_3": 621,
    "sudan_khartoum_all_cause_3": 2_664,
    "uk_slavery_5": 2_744,
    "uk_slavery_6": 2_744,
}
_SAME_TOTAL = {
    "peru_trc_3_by_perpetrator": "peru_trc_3",
    "peru_trc_3_by_stratum_perpetrator": "peru_trc_3",
    "spina_by_ethnicity_3": "spina_3",
}
_MERGED = {
    "uk_slavery_5": ("uk_slavery_6", {"PF": "PFNCA", "NCA": "PFNCA"}),
    "netherlands_5": ("netherlands_6", {"I": "IO", "O": "IO"}),
}
_LINKAGE = "sudan_khartoum_2023_24_3_linkage_grid"
_SETTING_OF_THE_STUDY = "all_cause | 3 | 3"


def check() -> dict[str, int]:
    """Validate the tables, also against each other, and count the people in each.

    Returns
    -------
    dict
        People by table; for the linkage grid, those of the study's own setting.

    Raises
    ------
    DataError
        When a table breaks a rule.

    Examples
    --------
    >>> check()["kosovo1999"]
    4400
    """
    tables = {name: load_lists(name) for name in STRATA}
    for name, people in _PEOPLE.items():
        _require(tables[name].n == people, f"{name} must hold {people:,} people", tables[name].n)
    for part, whole in _SAME_TOTAL.items():
        same = tables[part].total() == tables[whole]
        _require(same, f"the strata of {part} must add up to {whole}", part)
    for name, (finer, names) in _MERGED.items():
        same = _merge(tables[finer], names, tables[name].lists) == tables[name]
        _require(same, f"{finer} with lists merged must be {name}", name)
    own = tables[_LINKAGE].stratum(_SETTING_OF_THE_STUDY)
    same = np.array_equal(own.cells, tables["sudan_khartoum_all_cause_3"].cells)
    _require(same, "the grid must hold the study's own setting", _SETTING_OF_THE_STUDY)
    return _PEOPLE | {_LINKAGE: own.n}


def main() -> None:
    """Print what `check` counted."""
    lines = (f"{count:7,}  {what}" for what, count in check().items())
    sys.stdout.write("\n".join(lines) + "\n")


def _require(condition: bool, rule: str, value: object) -> None:
    if not condition:
        raise DataError(rule, place="datasets/lists", value=value)


def _merge(
    table: CaptureHistories, names: dict[str, str], order: tuple[str, ...]
) -> CaptureHistories:
    """Return the table with lists joined: on the joint list is who is on one of them."""
    joint = [names.get(name, name) for name in table.lists]
    on_list = np.zeros((len(table.cells), len(order)), dtype=int)
    for column, name in enumerate(joint):
        on_list[:, order.index(name)] |= table.patterns[:, column]
    masks = on_list @ (1 << np.arange(len(order)))
    counts = np.bincount(masks, weights=table.cells, minlength=1 << len(order))
    return CaptureHistories(order, counts[None, 1:])


if __name__ == "__main__":
    main()
