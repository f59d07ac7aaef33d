"""Who said it: one name for all that one source said, whoever passed it on."""

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from casualty_models.events import Report

_PASSED_ON = re.compile(r"\s+via\s|\s*\(|\s*[,;]\s")


def source_name(report: "Report") -> str:
    """Return who a report comes from, without who passed it on and when.

    That is its ``origin``, where it has one, else its source. Cut off is what follows "via", a
    bracket, a comma or a semicolon: "Health Ministry via RIA" and "Health Ministry, as of 09:00"
    are one source. Newspapers that copied the ministry without naming it are recognized only when
    their reports have an origin (`with_origins`).

    Parameters
    ----------
    report
        A report.

    Returns
    -------
    A name, in the letters of the report.

    Examples
    --------
    >>> from casualty_models.checks import source_name
    >>> from casualty_models.events import Report
    >>> source_name(Report(date="2010-06-13", source="Health Ministry (Bayalinova) via RIA",
    ...                    quantity="killed", value=97))
    'Health Ministry'
    """
    who = report.origin or report.source
    return _PASSED_ON.split(who, maxsplit=1)[0].strip() or who
