"""Cut a phrase into words that the tables know."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from typing import Literal

from casualty_models.statements import words
from casualty_models.statements.hedges import HEDGES, Hedge
from casualty_models.statements.words import Vague

_NUMBER = r"""
    [1-9]\d{0,2} (?: (?:,\d{3})+ | (?:\.\d{3})+ | (?:[ \u00a0\u2009\u202f]\d{3})+ )  # 1,234
    | (?:0|[1-9]\d*) [.,] \d+                                                        # 1.2
    | 0 | [1-9]\d*
"""
_TOKEN = re.compile(
    rf"""
    (?P<digits> (?<!\w) (?:{_NUMBER}) (?! \w | [.,]\d ) )
    | (?P<word> [^\W\d_]+ (?: ' [^\W\d_]+ )* )
    | (?P<space> \s+ | (?<=[^\W\d_])-(?=[^\W\d_]) )
    | (?P<mark> \.\.\. | [.,]?\d\S* | \S )
    """,
    re.VERBOSE,
)
A_CHANGE = "not a count but a change"
NOT_UNDERSTOOD = "words not understood"
_GROUPED = re.compile(r"\d{1,3}(?:\D\d{3})+")
_ALIKE = str.maketrans(  # dashes and quotation marks, one for one, so that places stay the same
    "\u2010\u2011\u2012\u2013\u2014\u2212\u2018\u2019\u201c\u201d\u201e\u00ab\u00bb",
    "------''" + 5 * '"',
)


@dataclass(frozen=True)
class Digits:
    """A number in digits."""

    value: Fraction


@dataclass(frozen=True)
class Small:
    """A number word that others can follow: "zero" to "nineteen", and the tens."""

    value: int


@dataclass(frozen=True)
class Scale:
    """A number word that multiplies the one before it: "hundred"."""

    value: int


@dataclass(frozen=True)
class HedgeWords:
    """The words of a hedge, and where they may stand, seen from the number."""

    hedge: Hedge
    before: bool
    after: bool


@dataclass(frozen=True)
class Filler:
    """A word that leaves the number as it is.

    Parameters
    ----------
    use
        "subject" if it says whom the number counts; "lead" or "tail" if it may only stand before
        or after a number.
    """

    use: Literal["any", "subject", "lead", "tail"] = "any"


@dataclass(frozen=True)
class Link:
    """A word that only makes sense inside a range."""


@dataclass(frozen=True)
class Refused:
    """A word that cannot be read, and why."""

    reason: str


Meaning = Digits | Small | Scale | Vague | HedgeWords | Filler | Link | Refused
FILLER, SUBJECT = Filler(), Filler("subject")


@dataclass(frozen=True)
class Token:
    """A word or phrase, where it stands in the text, and what the tables say about it."""

    start: int
    end: int
    key: str
    meaning: Meaning


def fold(text: str) -> str:
    """Return text without case, accents, hyphens inside words and doubled spaces.

    Examples
    --------
    >>> from casualty_models.statements.tokens import fold
    >>> fold("Ascendió  HASTA"), fold("missing-person reports")
    ('ascendio hasta', 'missing person reports')
    """
    plain = unicodedata.normalize("NFKD", text.casefold())
    letters = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return " ".join(re.sub(r"(?<=\w)-(?=\w)", " ", letters).split())


def entries(*tables: str) -> tuple[str, ...]:
    """Return the folded entries of comma-separated tables.

    Examples
    --------
    >>> from casualty_models.statements.tokens import entries
    >>> entries("at least, no fewer than", "Über")
    ('at least', 'no fewer than', 'uber')
    """
    return tuple(fold(entry) for table in tables for entry in table.split(",") if entry)


def lexicon_rows() -> Iterator[tuple[Iterable[str], Meaning]]:
    """Yield the entries of every table with their meaning; only links may have a second one.

    Examples
    --------
    >>> from casualty_models.statements.tokens import Scale, lexicon_rows
    >>> [list(keys) for keys, meaning in lexicon_rows() if meaning == Scale(1_000_000)][0][0]
    'million'
    """
    yield entries(words.RANGE_JOINTS, *words.RANGE_OPENERS), Link()
    yield (",", "(", ")", *words.PUNCTUATION.split()), FILLER
    yield entries(*words.FILLERS), FILLER
    yield entries(words.LEADS), Filler("lead")
    yield entries(*words.SUBJECTS), SUBJECT
    for reason, table in words.NOT_A_COUNT.items():
        yield entries(table), Refused(f"not a count but {reason}")
    for levels, verbs in words.MOTIONS.items():
        yield entries(verbs), Filler("tail")
        yield _pairs(verbs, words.CHANGE_WORDS), Refused(A_CHANGE)
        yield _pairs(verbs, levels), FILLER
    for number, table in words.SMALL_NUMBERS.items():
        yield entries(table), Small(number)
    for number, table in words.SCALES.items():
        yield entries(table), Scale(number)
    for vague in words.VAGUE:
        yield entries(vague.words), vague
    for hedge in HEDGES:
        before, after = set(entries(hedge.before)), set(entries(hedge.after))
        for key in before | after:
            yield (key,), HedgeWords(hedge, before=key in before, after=key in after)


def _pairs(*tables: str) -> Iterator[str]:
    return map(" ".join, product(*map(entries, tables)))


LEXICON: dict[str, Meaning] = {key: meaning for keys, meaning in lexicon_rows() for key in keys}
_LONGEST = max(len(key.split()) for key in LEXICON)


def tokenize(text: str) -> list[Token]:
    """Return the known words and phrases of a text, the longest first, and the unknown ones.

    Examples
    --------
    >>> from casualty_models.statements.tokens import tokenize
    >>> [(token.key, token.meaning) for token in tokenize("two hundred")]
    [('two', Small(value=2)), ('hundred', Scale(value=100))]
    >>> tokenize("Uzbeks")[0].meaning
    Refused(reason='words not understood')
    """
    alike = text.translate(_ALIKE)
    pieces = [piece for piece in _TOKEN.finditer(alike) if piece.lastgroup != "space"]
    keys = [_key(piece) for piece in pieces]
    tokens: list[Token] = []
    at = 0
    while at < len(pieces):
        length, key, meaning = _longest_known(keys[at : at + _LONGEST])
        if pieces[at].lastgroup == "digits":
            meaning = Digits(_value(key))
        tokens.append(Token(pieces[at].start(), pieces[at + length - 1].end(), key, meaning))
        at += length
    return tokens


def _key(piece: re.Match[str]) -> str:
    return fold(piece.group()) if piece.lastgroup == "word" else piece.group()


def _longest_known(keys: list[str]) -> tuple[int, str, Meaning]:
    for length in range(len(keys), 0, -1):
        key = " ".join(keys[:length])
        if key in LEXICON:
            return length, key, LEXICON[key]
    return 1, keys[0], Refused(NOT_UNDERSTOOD)


def _value(digits: str) -> Fraction:
    if _GROUPED.fullmatch(digits):
        return Fraction(re.sub(r"\D", "", digits))
    return Fraction(digits.replace(",", "."))
