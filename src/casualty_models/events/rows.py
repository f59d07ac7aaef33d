"""From the fields of one row of a file to a record, with the row's place in every message."""

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from casualty_models.errors import DataError
from casualty_models.events.vocabulary import unknown_word

__all__ = ["Row", "fields_set", "from_row", "tables_in"]


@dataclass(frozen=True)
class Row:
    """The fields of one record as they stood in a file.

    Parameters
    ----------
    place
        Where it stood ("reports.csv, line 17").
    values
        The fields that were filled in.
    names
        What the file calls a field, where it differs (``{"date": "as_of_date"}``).
    """

    place: str
    values: Mapping[str, Any] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)

    def locate(self, error: DataError) -> DataError:
        """Return the error with this row's place, and the field called as the file calls it."""
        column = self.names.get(error.place, error.place)
        value = {} if error.value is None else {"value": error.value}
        place = f"{self.place}, {column}" if column else self.place
        return DataError(error.rule, place=place, remedy=error.remedy, **value)


def from_row[Record](record: type[Record], row: Row, keys: Iterable[str]) -> Record:
    """Make a record from a row.

    Parameters
    ----------
    record
        The dataclass to make.
    row
        Its fields and their place.
    keys
        The fields that such a row may have.

    Returns
    -------
    Record
        The record, validated.

    Raises
    ------
    DataError
        When a key is unknown or missing, or a field breaks its rule.

    Examples
    --------
    >>> from casualty_models.events import Report
    >>> row = Row("report 2", {"date": "2010-06-13", "source": "AP", "quantity": "killed"})
    >>> from_row(Report, row, ("date", "source", "quantity", "value"))
    Traceback (most recent call last):
        ...
    casualty_models.errors.DataError: report 2: the report says nothing. Give says, value, ...
    """
    try:
        _check_keys(row.values, tuple(keys), _required(record))
        return record(**row.values)
    except DataError as error:
        raise row.locate(error) from None


def fields_set(record: Any) -> dict[str, Any]:  # noqa: ANN401
    """Return the fields of a record that differ from their defaults: what `from_row` needs.

    Examples
    --------
    >>> from casualty_models.events import Reference
    >>> fields_set(Reference(quality="A", killed=86))
    {'killed': 86.0, 'quality': 'A'}
    """
    given = [each for each in dataclasses.fields(record) if each.init]
    values = [(each, getattr(record, each.name)) for each in given]
    return {each.name: value for each, value in values if value != each.default}


def tables_in(values: Mapping[str, Any], key: str, *, remedy: str) -> list[Mapping[str, Any]]:
    """Return the list of tables that stands under a key; none when the key is absent.

    Raises
    ------
    DataError
        When something else stands there.

    Examples
    --------
    >>> tables_in({"report": [{"source": "AP"}]}, "report", remedy="")
    [{'source': 'AP'}]
    """
    found = values.get(key, [])
    if not isinstance(found, list) or not all(isinstance(each, Mapping) for each in found):
        raise DataError("must be a list of tables", place=key, remedy=remedy)
    return found


def _check_keys(values: Mapping[str, Any], keys: tuple[str, ...], required: list[str]) -> None:
    for key in values:
        if key not in keys:
            raise unknown_word("key", key, keys)
    for key in required:
        if key not in values:
            raise DataError("is missing", place=key, remedy="Fill it in.")


def _required(record: type) -> list[str]:
    nothing = dataclasses.MISSING
    return [
        each.name
        for each in dataclasses.fields(record)
        if each.init and each.default is nothing and each.default_factory is nothing
    ]
