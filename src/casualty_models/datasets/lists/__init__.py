"""Shipped tables of overlapping lists: of the dead of conflicts, and of others to test methods on.

Each is a CSV with one row a combination of lists; the README has sources, schema and gaps.
"""

from pathlib import Path

from casualty_models.errors import DataError
from casualty_models.lists import CaptureHistories

__all__ = ["STRATA", "load_lists"]

_HERE = Path(__file__).parent

STRATA: dict[str, tuple[str, ...]] = {
    "artificial_chan2021_3": (),
    "gaza_2024_3": (),
    "gaza_2024_3_by_age_sex": ("age_group", "gender"),
    "gaza_2024_3_by_month": ("month",),
    "korea_palembang_3": (),
    "kosovo1999": (),
    "netherlands_5": (),
    "netherlands_6": (),
    "neworleans_5": (),
    "peru_trc_3": (),
    "peru_trc_3_by_perpetrator": ("perp",),
    "peru_trc_3_by_stratum_perpetrator": ("stratum", "perp"),
    "spina_3": (),
    "spina_by_ethnicity_3": ("eth",),
    "sudan_khartoum_2023_24_3_linkage_grid": ("cause", "dup_threshold", "overlap_threshold"),
    "sudan_khartoum_all_cause_3": (),
    "uk_slavery_5": (),
    "uk_slavery_6": (),
}


def load_lists(name: str) -> CaptureHistories:
    """Return a shipped table of overlapping lists.

    Parameters
    ----------
    name
        One of these (people, lists):

        - ``kosovo1999`` (4,400 on 4): killings of March to June 1999; a near-census counts 10,401;
        - ``gaza_2024_3`` (29,271 on 3): deaths by injury, October 2023 to June 2024; also
          ``gaza_2024_3_by_age_sex`` (28,257 of known age and sex), ``gaza_2024_3_by_month``
          (29,129 of known month);
        - ``peru_trc_3`` (24,692 on 3): killed and disappeared, 1980 to 2000; also
          ``peru_trc_3_by_perpetrator``, ``peru_trc_3_by_stratum_perpetrator`` (59 areas);
        - ``sudan_khartoum_all_cause_3`` (2,664 on 3): deaths of April 2023 to June 2024;
          ``sudan_khartoum_2023_24_3_linkage_grid`` has them again, and deaths by injury alone,
          under 25 settings of the record linkage. Its strata are alternatives: do not add them;
        - ``korea_palembang_3`` (123 on 3): Korean women held at Palembang in the Second World War;
        - ``uk_slavery_6``, ``uk_slavery_5`` (2,744), ``netherlands_6``, ``netherlands_5`` (8,234),
          ``neworleans_5`` (185): people who may be victims of trafficking;
        - ``spina_3`` (621 on 3): births with spina bifida, 1969 to 1974; also
          ``spina_by_ethnicity_3``;
        - ``artificial_chan2021_3`` (96 on 3): made so that no estimate exists.

    Returns
    -------
    CaptureHistories
        With strata where the name says "by", or "grid".

    Raises
    ------
    DataError
        If there is no such table.

    References
    ----------
    ``datasets/lists/README.md`` has the source of each table.

    Examples
    --------
    >>> from casualty_models.datasets.lists import load_lists
    >>> kosovo = load_lists("kosovo1999")
    >>> kosovo.lists, kosovo.n
    (('EXH', 'ABA', 'OSCE', 'HRW'), 4400)
    """
    import pandas as pd

    if name not in STRATA:
        remedy = f"The tables are {', '.join(STRATA)}."
        raise DataError("there is no such table", place="name", value=name, remedy=remedy)
    frame = pd.read_csv(_HERE / f"{name}.csv")
    return CaptureHistories.from_counts(frame, strata=STRATA[name])
