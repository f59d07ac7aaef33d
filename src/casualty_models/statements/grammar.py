"""The grammar of a statement: hedges around a number or a range, and remarks in brackets.

::

    statement = clause { "(" clause { ( "," | ";" ) clause } ")" }
    clause    = [ opener ] [ hedge ] [ amount [ joint [ hedge ] amount ] ] [ hedge ]
    amount    = digits { scale } | vague { scale } | number in words

Fillers, the words that leave a number as it is, may stand between any two parts of a clause; but
inside a range only if an opener ("from", "between") has announced it.
"""

import unicodedata
from dataclasses import replace
from itertools import groupby

from casualty_models.errors import DataError
from casualty_models.statements import words
from casualty_models.statements.amounts import read_amount
from casualty_models.statements.clauses import Clause, End, narrowed
from casualty_models.statements.cursor import Cursor, refusal
from casualty_models.statements.hedges import Hedge
from casualty_models.statements.statement import LARGEST_COUNT, Statement
from casualty_models.statements.tokens import (
    A_CHANGE,
    SUBJECT,
    Digits,
    Filler,
    HedgeWords,
    Refused,
    Scale,
    Small,
    Token,
    entries,
    tokenize,
)
from casualty_models.statements.words import Vague

LONGEST_TEXT = 500  # characters; the longest phrase in the shipped tables has 80
_JOINTS = frozenset(entries(words.RANGE_JOINTS))
_OPENERS = {
    opener: _JOINTS | set(entries(joints))
    for openers, joints in words.RANGE_OPENERS.items()
    for opener in entries(openers)
}
_BRACKETS = frozenset("()")
_OPENS_REMARK = frozenset("(,;")


def read_statement(text: str) -> Statement:
    """Return the bounds that a phrase puts on the count that its author had.

    Parameters
    ----------
    text
        The words as printed: "neared 100", "between 4 and 6 thousand", "at least 80 bodies".

    Returns
    -------
    Statement
        Bounds, the kind of wording, and the words themselves.

    Raises
    ------
    DataError
        If a word is not understood, there is no number or more than one, or remarks in brackets
        disagree. The message quotes the words and says what to write instead.

    Examples
    --------
    >>> from casualty_models.statements import read_statement
    >>> read_statement("neared 100")
    Statement(lower=90, upper=100, kind='approximate', text='neared 100')
    >>> read_statement("several hundred people were killed").upper
    900
    >>> read_statement("half of them")
    Traceback (most recent call last):
    casualty_models.errors.DataError: not a count but a share or a multiple: 'half'; got 'half of...
    """
    if not isinstance(text, str):
        raise DataError("a statement is a text", value=text)
    if len(text) > LONGEST_TEXT:
        raise DataError(
            f"a statement has at most {LONGEST_TEXT} characters; this one has {len(text):,}",
            value=text[:LONGEST_TEXT],
            remedy="Quote only the words around the number.",
        )
    printed = unicodedata.normalize("NFC", text)
    tokens = tokenize(printed)
    _refuse_words(printed, tokens)
    clause, *remarks = [_read_clause(Cursor(printed, part)) for part in _split(printed, tokens)]
    if not clause.ends:
        raise refusal("there is no number", text)
    for remark in remarks:
        clause = clause.with_hedge(remark.hedge, text) if remark.hedge else clause
    statement = clause.statement(text)
    for remark in remarks:
        statement = narrowed(statement, clause, remark) if remark.ends else statement
    return statement


def _refuse_words(text: str, tokens: list[Token]) -> None:
    for meaning, run in groupby(tokens, lambda token: token.meaning):
        if isinstance(meaning, Refused):
            raise Cursor(text, tokens).refusal(meaning.reason, list(run))


def _split(text: str, tokens: list[Token]) -> list[list[Token]]:
    """Return the words outside brackets, then those of each remark in brackets."""
    outside: list[Token] = []
    parts, inside = [outside], False
    for token in tokens:
        if token.key in _BRACKETS:
            if inside == (token.key == "("):
                raise refusal("brackets are nested or not in pairs", text)
            inside = not inside
        if inside and token.key in _OPENS_REMARK:
            parts.append([])
        (parts[-1] if inside else outside).append(token)
    if inside:
        raise refusal("brackets are nested or not in pairs", text)
    return parts


def _read_clause(cursor: Cursor) -> Clause:
    joints, hedge = _read_lead(cursor)
    amount = read_amount(cursor, joined_by_and="and" in joints)
    ends: tuple[End, ...] = ()
    if amount is not None:
        ends = _read_range(cursor, End(amount, hedge), joints)
    ends = _read_tail(cursor, ends)
    if cursor.next is not None:
        raise cursor.refusal("words not understood here", [cursor.next])
    for end in ends:
        if end.amount.lower.denominator != 1:
            raise cursor.refusal("a count is a whole number", cursor.tokens)
        if end.amount.upper > LARGEST_COUNT:
            raise cursor.refusal(f"a count is at most {LARGEST_COUNT:,}", cursor.tokens)
    subjects = frozenset(token.key for token in cursor.tokens if token.meaning == SUBJECT)
    return Clause(ends, None if ends else hedge, subjects)


def _read_lead(cursor: Cursor) -> tuple[frozenset[str], Hedge | None]:
    """Step over the words before a number; return the joints of the range they open, the hedge."""
    joints: frozenset[str] = frozenset()
    hedge: Hedge | None = None
    while token := cursor.next:
        if token.key in _OPENERS:
            joints = _OPENERS[token.key]
        elif isinstance(token.meaning, HedgeWords) and token.meaning.before:
            hedge = _only_hedge(cursor, hedge, token.meaning)
        elif not isinstance(token.meaning, Filler) or token.meaning.use == "tail":
            break
        cursor.at += 1
    return joints, hedge


def _read_range(cursor: Cursor, first: End, joints: frozenset[str]) -> tuple[End, ...]:
    """Return the one end that was read, or both if it turns out to open a range."""
    start = cursor.at
    while joints and cursor.next and cursor.next.key not in joints and cursor.take(Filler):
        pass
    if cursor.skip(joints or _JOINTS):
        opened, hedge = _read_lead(cursor)
        amount = read_amount(cursor)
        if amount is not None and not opened:
            return _range(cursor, first, End(amount, hedge or first.hedge))
    if joints:
        raise cursor.refusal("a range has two ends", cursor.tokens)
    cursor.at = start
    return (first,)


def _range(cursor: Cursor, first: End, last: End) -> tuple[End, End]:
    low, high = first.amount, last.amount
    if low.scale == 1 and low.lower < high.lead:
        if not high.scale:
            raise cursor.refusal("write both ends of the range in full", cursor.tokens)
        low = low.times(high.scale)
    if low.lower > high.lower or low.upper > high.upper:
        raise cursor.refusal("the ends of the range are not in order", cursor.tokens)
    return replace(first, amount=low), last


def _read_tail(cursor: Cursor, ends: tuple[End, ...]) -> tuple[End, ...]:
    """Step over the words after the numbers; return the numbers with a hedge that follows them."""
    while token := cursor.next:
        meaning = token.meaning
        if isinstance(meaning, Digits | Small | Scale | Vague):
            rule = "more than one number" if ends else A_CHANGE
            raise cursor.refusal(rule, cursor.tokens[: cursor.at + 1])
        if ends and isinstance(meaning, HedgeWords) and meaning.after:
            hedge = _only_hedge(cursor, ends[-1].hedge, meaning)
            ends = (*ends[:-1], replace(ends[-1], hedge=hedge))
        elif not isinstance(meaning, Filler) or meaning.use == "lead":
            break
        cursor.at += 1
    return ends


def _only_hedge(cursor: Cursor, hedge: Hedge | None, found: HedgeWords) -> Hedge:
    if hedge not in (None, found.hedge):
        raise cursor.refusal("more than one hedge", cursor.tokens[: cursor.at + 1])
    return found.hedge
