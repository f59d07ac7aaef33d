"""What coders of a conflict database think a reported number of deaths stands for."""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["load_ucdp_coefficients"]


def load_ucdp_coefficients() -> "pd.DataFrame":
    """Return the coefficients of the survey of UCDP coders, version 0.5.2.

    Returns
    -------
    pandas.DataFrame
        144 rows, one coefficient each:

        - ``tov``: type of violence; sb state-based, ns non-state, os one-sided, any;
        - ``part``: what it is a coefficient of; loc, scale or w;
        - ``term``: (Intercept), logfatlev, or the dummy variable of a special number (``fl_13``);
        - ``estimate``, ``se``: coefficient and standard error;
        - ``resid_sigma``: spread between coders; missing for w; ``n``: answers.

    References
    ----------
    Vesco, Randahl, Hegre and others (2026), Journal of Conflict Resolution,
    doi:10.1177/00220027261423826; R package uncertainUCDP 0.5.2 (MIT license).

    Examples
    --------
    >>> from casualty_models.datasets.ucdp import load_ucdp_coefficients
    >>> table = load_ucdp_coefficients()
    >>> len(table), sorted(table["tov"].unique())
    (144, ['any', 'ns', 'os', 'sb'])
    """
    import pandas as pd

    return pd.read_csv(Path(__file__).parent / "coefficients.csv")
