"""The three ways in which the package says that something is wrong."""

LONGEST_VALUE = 120
_NOTHING = object()


class DataError(ValueError):
    """Input that breaks a rule: says where, which rule, the value and the remedy.

    Parameters
    ----------
    rule
        The rule that was broken, as a clause ("a count cannot be negative").
    place
        File, row and field, as far as they are known.
    value
        What stood there; left out of the message when not given.
    remedy
        What to do about it, as a sentence.

    Examples
    --------
    >>> from casualty_models.errors import DataError
    >>> str(DataError("a count cannot be negative", place="report 2, value", value=-3,
    ...               remedy="Correct the number."))
    'report 2, value: a count cannot be negative; got -3. Correct the number.'
    """

    def __init__(
        self, rule: str, *, place: str = "", value: object = _NOTHING, remedy: str = ""
    ) -> None:
        self.rule, self.place, self.remedy = rule, place, remedy
        self.value = None if value is _NOTHING else value
        self._has_value = value is not _NOTHING
        super().__init__(self._message())

    def _message(self) -> str:
        message = f"{self.place}: {self.rule}" if self.place else self.rule
        if self._has_value:
            message += f"; got {_short(self.value)}"
        return f"{message}. {self.remedy}" if self.remedy else message

    def at(self, place: str) -> "DataError":
        """Return the same error with an outer place put before its own.

        Examples
        --------
        >>> from casualty_models.errors import DataError
        >>> str(DataError("must be a date", place="date").at("osh.toml, report 1"))
        'osh.toml, report 1, date: must be a date'
        """
        joined = f"{place}, {self.place}" if self.place else place
        value = self.value if self._has_value else _NOTHING
        return DataError(self.rule, place=joined, value=value, remedy=self.remedy)


class ConvergenceWarning(UserWarning):
    """The sampler's draws should not be trusted yet; the text says what to do."""


class NotEstimable(ValueError):
    """The data cannot answer the question; the text says why."""


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= LONGEST_VALUE else f"{text[: LONGEST_VALUE - 3]}..."
