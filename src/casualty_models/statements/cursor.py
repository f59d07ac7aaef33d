"""A place in a phrase, from which the next word can be taken or refused."""

from collections.abc import Collection, Sequence
from typing import TypeVar

from casualty_models.errors import DataError
from casualty_models.statements.tokens import Meaning, Token

_REMEDY = "Write `value = ...`, or `lower = ...` and `upper = ...`, in place of these words."
_Kind = TypeVar("_Kind", bound=Meaning)


class Cursor:
    """The words of one clause and how far they have been read.

    Parameters
    ----------
    text
        The whole phrase, for messages.
    tokens
        The words of the clause.

    Examples
    --------
    >>> from casualty_models.statements.cursor import Cursor
    >>> from casualty_models.statements.tokens import Filler, Small, tokenize
    >>> cursor = Cursor("five dead", tokenize("five dead"))
    >>> cursor.take(Filler), cursor.take(Small), cursor.next.key
    (None, Small(value=5), 'dead')
    """

    def __init__(self, text: str, tokens: Sequence[Token]) -> None:
        self.text, self.tokens, self.at = text, tokens, 0

    @property
    def next(self) -> Token | None:
        """The next word, or None at the end."""
        return self.tokens[self.at] if self.at < len(self.tokens) else None

    def take(self, kind: type[_Kind]) -> _Kind | None:
        """Return what the next word means and step over it, if it is of a kind, else None."""
        token = self.next
        if token is None or not isinstance(token.meaning, kind):
            return None
        self.at += 1
        return token.meaning

    def skip(self, keys: Collection[str]) -> bool:
        """Step over the next word if it is one of these; tell whether it was."""
        token = self.next
        if token is None or token.key not in keys:
            return False
        self.at += 1
        return True

    def refusal(self, rule: str, tokens: Sequence[Token]) -> DataError:
        """Return the error that quotes the text from the first to the last of these words."""
        return refusal(f"{rule}: {self.text[tokens[0].start : tokens[-1].end]!r}", self.text)


def refusal(rule: str, text: str) -> DataError:
    """Return the error for a phrase that cannot be read.

    Examples
    --------
    >>> from casualty_models.statements.cursor import refusal
    >>> str(refusal("there is no number", "many"))[:56]
    "there is no number; got 'many'. Write `value = ...`, or "
    """
    return DataError(rule, value=text, remedy=_REMEDY)
