"""Tables of reports filled up to a few sizes, so that many events share a few compilations."""

from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np

from casualty_models.models.report_table import ReportTable
from casualty_models.models.series import (
    COUNT_CLASSES,
    ESTIMATE_CLASSES,
    MISSING_CLASSES,
    QUANTITIES,
    Series,
)

SMALLEST_TABLE = 4
_OF_EACH_ROW = (
    "position", "days", "silence", "log_lower", "log_upper", "quantity", "topic", "part", "treated",
    "grows", "least", "used",
)  # fmt: skip


def padded(table: ReportTable) -> ReportTable:
    """Return the table with all common series, filled up to the next power of two rows.

    The rows added are not used by the likelihood. Events of most sizes then share a few structures
    of model, and so a few compilations.

    Examples
    --------
    >>> from casualty_models.events import Event, Report
    >>> from casualty_models.models.padding import padded
    >>> from casualty_models.models.report_table import report_table
    >>> event = Event(name="example", kind="riot", start="2010-06-10", reports=[Report(
    ...     date="2010-06-13", source="ministry", source_kind="official", quantity="killed",
    ...     value=97)])
    >>> padded(report_table(event)).used
    array([1., 0., 0., 0.])
    """
    size = len(table.days)
    extra = max(SMALLEST_TABLE, 2 ** int(np.ceil(np.log2(size)))) - size
    common = [
        *(Series(topic, kind, grows=True) for topic, kind in product(QUANTITIES, COUNT_CLASSES)),
        *(
            Series(topic, kind, grows=False)
            for topic, kind in product(QUANTITIES, ESTIMATE_CLASSES)
        ),
        *(Series("killed", kind, grows=False) for kind in MISSING_CLASSES),
    ]
    here = [Series.named(name) for name in table.series_names]
    every = sorted({*common, *here}, key=lambda each: each.rank)
    fill = {"log_upper": 1, "position": -1}
    columns: dict[str, Any] = {
        name: np.append(getattr(table, name), np.full(extra, fill.get(name, 0)))
        for name in _OF_EACH_ROW
    }
    return replace(
        table,
        **columns,
        series=np.append(
            np.array([every.index(each) for each in here])[table.series],
            np.zeros(extra, dtype=int),
        ),
        last=np.append(table.last, np.arange(size, size + extra)),
        series_names=tuple(each.name for each in every),
        series_classes=tuple(each.kind for each in every),
    )
