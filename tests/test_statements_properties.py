import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casualty_models.errors import DataError
from casualty_models.statements import read_statement, statement_from_value
from casualty_models.statements.hedges import HEDGES
from casualty_models.statements.tokens import LEXICON, entries

few = settings(max_examples=50, deadline=None)
counts = st.integers(0, 9_999_999)
hedges = st.sampled_from(sorted({hedge for row in HEDGES for hedge in entries(row.before)}))
words = st.sampled_from(sorted(LEXICON))
numbers = st.integers(0, 100_000).map(lambda number: f"{number:,}")

UNITS = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
TEENS = [
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]


def in_words(number):
    """Write 1 to 999,999 in words, independently of the package."""
    if number < 10:
        return UNITS[number - 1]
    if number < 20:
        return TEENS[number - 10]
    if number < 100:
        tail = f"-{UNITS[number % 10 - 1]}" if number % 10 else ""
        return TENS[number // 10 - 2] + tail
    if number < 1_000:
        tail = f" and {in_words(number % 100)}" if number % 100 else ""
        return f"{in_words(number // 100)} hundred{tail}"
    tail = f" {in_words(number % 1_000)}" if number % 1_000 else ""
    return f"{in_words(number // 1_000)} thousand{tail}"


@few
@given(hedges, counts)
def test_bounds_are_in_order_and_finite(hedge, number):
    statement = read_statement(f"{hedge} {number:,}")
    assert 0 <= statement.lower <= statement.upper < 2 * number + 2


@few
@given(counts)
def test_bare_numbers_lie_within_their_own_bounds(number):
    statement = read_statement(f"{number:,}")
    assert number in statement
    assert (statement.kind == "exact") == (statement.lower == statement.upper == number)


@few
@given(counts.filter(lambda number: number % 10))
def test_exact_numbers_come_back(number):
    statement = read_statement(f"{number:,}")
    assert (statement.lower, statement.upper, statement.kind) == (number, number, "exact")


@few
@given(counts)
def test_digits_and_values_say_the_same(number):
    assert read_statement(f"{number:,}") == statement_from_value(number)


@few
@given(st.integers(1, 999_999))
def test_words_and_digits_say_the_same(number):
    in_digits, spelled = read_statement(str(number)), read_statement(in_words(number))
    assert (in_digits.lower, in_digits.upper) == (spelled.lower, spelled.upper)


@few
@given(hedges, st.integers(10, 9_999_999))
def test_scaling_by_ten(hedge, number):
    once, tenfold = read_statement(f"{hedge} {number}"), read_statement(f"{hedge} {number}0")
    assert abs(tenfold.lower - 10 * once.lower) <= 10
    assert abs(tenfold.upper - 10 * once.upper) <= 10


@few
@given(st.integers(1, 999_999).map(lambda number: 100 * number))
def test_round_numbers_scale_by_ten(number):
    once, tenfold = statement_from_value(number), statement_from_value(10 * number)
    assert abs(tenfold.lower - 10 * once.lower) <= 10
    assert abs(tenfold.upper - 10 * once.upper) <= 10


@few
@given(hedges, counts, counts)
def test_larger_numbers_have_larger_bounds(hedge, first, second):
    small, large = (read_statement(f"{hedge} {one}") for one in sorted((first, second)))
    assert small.lower <= large.lower
    assert small.upper <= large.upper


@few
@given(counts)
def test_hedges_lie_on_their_side(number):
    assert read_statement(f"more than {number}").lower == number
    assert read_statement(f"at least {number}").lower == number
    assert read_statement(f"nearly {number}").upper == number
    assert read_statement(f"up to {number}").upper == number
    assert number in read_statement(f"about {number}")


@few
@given(counts, counts)
def test_ranges_are_as_printed(first, second):
    low, high = sorted((first, second))
    for text in (f"{low} to {high}", f"between {low:,} and {high:,}", f"from {low} to {high}"):
        statement = read_statement(text)
        assert (statement.lower, statement.upper, statement.kind) == (low, high, "range")


@few
@given(st.text())
def test_any_text_is_read_or_refused(text):
    read_or_refuse(text)


@settings(max_examples=200, deadline=None)
@given(st.lists(words | numbers | st.sampled_from(["-", "(", ")", "%"]), max_size=8).map(" ".join))
def test_any_mixture_of_known_words_is_read_or_refused(text):
    read_or_refuse(text)


@pytest.mark.parametrize("length", [500, 10_000, 1_000_000])
@pytest.mark.parametrize("piece", ["x", "5", "5 ", "1,234,", "five-", "(", "\u0308", "at least "])
def test_long_texts_are_refused_quickly(piece, length):
    text = (piece * length)[:length]
    start = time.perf_counter()
    with pytest.raises(DataError):
        read_statement(text)
    assert time.perf_counter() - start < 0.5


def read_or_refuse(text):
    try:
        statement = read_statement(text)
    except DataError:
        return
    assert 0 <= statement.lower <= statement.upper
    assert statement.text == text
