"""Events, reports and reference tolls check themselves, and know what was known when."""

import dataclasses
import datetime
import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casualty_models.errors import DataError
from casualty_models.events import CLAIMS, KINDS, QUANTITIES, Event, Reference, Report


def report(**changes):
    fields = {"date": "2010-06-13", "source": "AP", "quantity": "killed", "value": 97}
    return Report(**{**fields, **changes})


def event(*reports, **changes):
    fields = {"name": "Osh", "kind": "ethnic_riot", "start": "2010-06-10", "end": "2010-06-14"}
    return Event(**{**fields, "reports": reports, **changes})


def day(number):
    return datetime.date(2010, 6, number)


def timeline():
    said = [(11, 23, True), (13, 97, True), (15, 170, None), (16, 187, False), (28, 294, None)]
    return [report(date=day(on).isoformat(), value=count, ongoing=flag) for on, count, flag in said]


class TestReport:
    def test_text_dates_become_dates(self):
        assert report().date == day(13)

    def test_numbers_become_floats(self):
        assert isinstance(report().value, float)

    def test_blanks_around_text_are_dropped(self):
        assert report(source="  AP ").source == "AP"

    def test_is_frozen(self):
        with pytest.raises(dataclasses.FrozenInstanceError):
            report().value = 98

    def test_equal_reports_hash_alike(self):
        assert len({report(), report(value=97.0)}) == 1

    def test_analysts_bounds_win_over_words_and_value(self):
        statement = report(says="97", value=97, lower=90, upper=110).statement
        assert (statement.lower, statement.upper) == (90, 110)

    def test_words_win_over_the_value_they_contain(self):
        statement = report(says="neared 100", value=97).statement
        assert statement.lower < 97 < statement.upper

    def test_value_wins_over_words_that_exclude_it(self):
        statement = report(says="97", value=83).statement
        assert (statement.lower, statement.upper) == (83, 83)

    def test_value_wins_over_words_that_are_not_understood(self):
        statement = report(says="qwerty asdf", value=83).statement
        assert (statement.lower, statement.upper) == (83, 83)

    @pytest.mark.parametrize("part", ["place", "group", "period"])
    def test_a_place_group_or_period_makes_it_a_part(self, part):
        assert report(**{part: "somewhere"}).is_part
        assert not report().is_part

    @pytest.mark.parametrize(
        ("url", "sourced"),
        [(None, True), ("https://example.org/1", True), ("background-knowledge", False)],
    )
    def test_sourced_is_false_for_background_knowledge(self, url, sourced):
        assert report(url=url).sourced is sourced
        assert event(url=url).sourced is sourced

    @pytest.mark.parametrize("quantity", QUANTITIES)
    def test_quantities_that_the_model_does_not_use_are_kept(self, quantity):
        assert event(report(quantity=quantity)).reports[0].quantity == quantity


BAD_REPORTS = {
    "unknown quantity": (
        {"quantity": "kiled"},
        r"^quantity: unknown quantity; got 'kiled'\. Did you mean 'killed'\? Allowed: killed, w",
    ),
    "unknown kind of source": (
        {"source_kind": "Health Ministry "},
        r"^source_kind: unknown kind of source; got 'Health Ministry'\. Did you mean 'health_min",
    ),
    "unknown claim": (
        {"claim": "estimated"},
        r"^claim: unknown kind of claim; got 'estimated'\. Did you mean 'estimate'\? Allowed: co",
    ),
    "nothing near": ({"quantity": "xyz"}, r"unknown quantity; got 'xyz'\. Allowed: killed"),
    "word of another type": (
        {"quantity": 3},
        r"^quantity: must be text; got 3\. Put the words in quotes\.$",
    ),
    "not a date": (
        {"date": "13/06/2010"},
        r"^date: must be a date; got '13/06/2010'\. Write year-month-day, for example 2010-06-13\.",
    ),
    "compact date": ({"date": "20100613"}, r"^date: must be a date; got '20100613'"),
    "date of another type": ({"date": 20100613}, r"^date: must be a date; got 20100613\. Write"),
    "date missing": ({"date": None}, r"^date: must be a date, not nothing\. Write year-month-day"),
    "no day of the calendar": (
        {"date": "2010-06-31"},
        r"^date: is not a day of the calendar; got '2010-06-31'\. Correct the month or the day\.",
    ),
    "text with a time": (
        {"date": "2010-06-13 17:00"},
        r"^date: must be a day, without a time; got '2010-06-13 17:00'\. Write 2010-06-13, the day",
    ),
    "date-time": (
        {"date": datetime.datetime(2010, 6, 13, 17)},
        r"^date: must be a day, without a time; got '2010-06-13T17:00:00'\. Write 2010-06-13",
    ),
    "negative": (
        {"value": -3},
        r"^value: a count cannot be negative; got -3\. Correct the number, or leave the report ",
    ),
    "negative infinity": ({"value": -math.inf}, r"^value: must be a finite number; got -inf\."),
    "NaN": (
        {"value": math.nan},
        r"^value: must be a finite number; got nan\. Leave the field out where no number was gi",
    ),
    "infinite": ({"upper": math.inf}, r"^upper: must be a finite number; got inf\."),
    "bool": (
        {"value": True},
        r"^value: must be a number; got True\. Write the digits alone, without quotes\.",
    ),
    "number in quotes": ({"value": "97"}, r"^value: must be a number; got '97'\. Write the dig"),
    "list": ({"value": [97]}, r"^value: must be a number, not a list\. Write the digits alone"),
    "billions": (
        {"value": 20_000_000_000},
        r"^value: a count above [0-9,]+ people is not plausible; got 20000000000\. Correct the n",
    ),
    "huge integer": (
        {"value": 10**5000},
        r"^value: a count above [0-9,]+ people is not plausible; got 'a number of more than 20 d",
    ),
    "huge negative": ({"value": -(10**5000)}, r"^value: a count cannot be negative; got 'a numb"),
    "crossed bounds": (
        {"value": None, "lower": 120, "upper": 80},
        r"^lower: lower is above upper \(80\); got 120\.0\. Swap the two, or correct one\.$",
    ),
    "half a range below": (
        {"lower": 80},
        r"^lower: lower is given without upper\. Give upper too, or use words: says = \"at leas",
    ),
    "half a range above": ({"upper": 80}, r"^upper: upper is given without lower\. Give lower"),
    "outside its own bounds": (
        {"value": 1500, "lower": 1000, "upper": 1200},
        r"^value: value is outside its own bounds, 1,000 to 1,200; got 1500\.0\. Correct the val",
    ),
    "nothing said": (
        {"value": None},
        r"^the report says nothing\. Give says, value, or lower and upper; or leave the report ",
    ),
    "words not understood": ({"value": None, "says": "qwerty asdf"}, r"^says.*: .*qwerty"),
    "blank text": (
        {"source": "  "},
        r"^source: is blank\. Fill it in, or leave the field out\.$",
    ),
    "blank optional text": ({"place": ""}, r"^place: is blank\. Fill it in, or leave the field "),
    "long text": (
        {"source": "x" * 10_000},
        r"^source: is longer than 2,000 characters; got 'x{40}\.\.\. \(10,000 characters\)'\. S",
    ),
    "two lines": (
        {"source": "AP\nReuters"},
        r"^source: holds a line end or another control character; got 'AP\\nReuters'\. Write it ",
    ),
    "lone surrogate": ({"source": "\ud800"}, r"^source: holds a line end or another control"),
    "text of another type": (
        {"source": {"name": "AP"}},
        r"^source: must be text, not a table\. Put the words in quotes\.$",
    ),
    "flag in words": (
        {"ongoing": "yes"},
        r"^ongoing: must be true or false; got 'yes'\. Write true or false, without quotes",
    ),
    "flag as number": ({"floor": 1}, r"^floor: must be true or false; got 1\. Write true or f"),
    "floor of a claim": (
        {"floor": True, "claim": "estimate"},
        r"^floor: only a count can be a floor; got 'estimate'\. Set claim = \"count\" for bodies",
    ),
}


@pytest.mark.parametrize(("changes", "message"), BAD_REPORTS.values(), ids=list(BAD_REPORTS))
def test_a_report_that_breaks_a_rule_says_which(changes, message):
    with pytest.raises(DataError, match=message):
        report(**changes)


class TestReference:
    def test_holds_a_range_without_a_point(self):
        assert Reference(quality="C", lower=100, upper=900).killed is None

    @pytest.mark.parametrize(
        ("fields", "message"),
        [
            (
                {"quality": "D"},
                r"^quality: unknown grade of a reference toll; got 'D'\. Allowed: A, B, C\.$",
            ),
            (
                {"quality": "A", "killed": 84, "lower": 85, "upper": 87},
                r"^killed: the reference toll is outside its own range, 85 to 87; got 84\.0\. Corr",
            ),
            (
                {"quality": "A", "lower": 87, "upper": 85},
                r"^lower: lower is above upper \(85\); got 87\.0\. Swap the two",
            ),
            ({"quality": "A", "killed": -1}, r"^killed: a count cannot be negative; got -1\."),
        ],
    )
    def test_that_breaks_a_rule_says_which(self, fields, message):
        with pytest.raises(DataError, match=message):
            Reference(**fields)


class TestEvent:
    def test_takes_a_list_and_keeps_the_order_of_dates(self):
        dated = event(reports=timeline()[::-1]).reports
        assert isinstance(dated, tuple)
        assert [each.date.day for each in dated] == [11, 13, 15, 16, 28]

    def test_same_day_reports_keep_their_order(self):
        first, second = report(source="B"), report(source="A")
        assert event(first, second).reports == (first, second)

    def test_equal_events_hash_alike(self):
        assert len({event(report()), event(report())}) == 1

    def test_without_an_end_the_danger_goes_on(self):
        assert event(end=None).ongoing
        assert not event().ongoing

    def test_as_of_date_is_the_last_report_else_the_start(self):
        assert event(*timeline()).as_of_date == day(28)
        assert event().as_of_date == day(10)

    def test_two_sources_may_say_the_same(self):
        assert len(event(report(), report(source="Reuters")).reports) == 2

    def test_parts_may_say_the_same_as_the_whole(self):
        assert len(event(report(), report(place="Osh")).reports) == 2

    def test_kinds_have_four_groups(self):
        assert len(KINDS) == 26
        assert set(KINDS.values()) == {
            "political_violence",
            "attack_or_accident",
            "natural_disaster",
            "other",
        }


BAD_EVENTS = {
    "unknown kind": (
        {"kind": "etnic riot"},
        r"^kind: unknown kind of event; got 'etnic riot'\. Did you mean 'ethnic_riot'\? Allowed: "
        r'protest_crackdown, .*, other\. Use "other" when none of them fits\.$',
    ),
    "endless kind": (
        {"kind": "riot " * 300},
        r"^kind: unknown kind of event; got 'riot riot .*\.{3}",
    ),
    "unknown mechanism": (
        {"mechanism": "gunshots"},
        r"^mechanism: unknown mechanism; got 'gunshots'\. Did you mean 'gunshot'\? Allowed: .*\. "
        r"Leave it out when it is not known\.$",
    ),
    "no name": ({"name": ""}, r"^name: is blank\. Fill it in"),
    "start with a time": (
        {"start": "2010-06-10T08:00"},
        r"^start: must be a day, without a time; got '2010-06-10T08:00'\. Write 2010-06-10",
    ),
    "end before start": (
        {"end": "2010-06-09"},
        r"^end: the event ends before it starts \(2010-06-10\); got '2010-06-09'\. Correct one of "
        r"the two, or leave end out while the violence goes on\.$",
    ),
    "report before start": (
        {"reports": [report(), report(date="2010-06-09")]},
        r"^report 2, date: the report is dated before the event starts \(2010-06-10\); got "
        r"'2010-06-09'\. Correct one of the two dates, or leave the report out\.$",
    ),
    "report after known_on": (
        {"reports": [report()], "known_on": "2010-06-12"},
        r"^report 1, date: the report is dated after known_on \(2010-06-12\), the last day seen; "
        r"got '2010-06-13'",
    ),
    "repeated report": (
        {"reports": [report(), report(source="Reuters"), report(url="https://a.org")]},
        r"^report 3: the report repeats report 1: same date, source, quantity, part and statement"
        r"\. Remove one of the two\.$",
    ),
    "reports of another type": (
        {"reports": [{"source": "AP"}]},
        r"^reports: must be a list of Report\. Give a list, each made with Report\(\)\.$",
    ),
    "reports not a list": ({"reports": 3}, r"^reports: must be a list of Report"),
    "reference of another type": (
        {"reference": 470},
        r"^reference: must be a Reference\. Make it with Reference\(\)\.$",
    ),
}


@pytest.mark.parametrize(("changes", "message"), BAD_EVENTS.values(), ids=list(BAD_EVENTS))
def test_an_event_that_breaks_a_rule_says_which(changes, message):
    with pytest.raises(DataError, match=message):
        event(**changes)


class TestAsOf:
    def test_keeps_what_was_reported_by_then(self):
        then = event(*timeline()).as_of("2010-06-15")
        assert [each.date.day for each in then.reports] == [11, 13, 15]
        assert then.known_on == then.as_of_date == day(15)

    def test_takes_a_date_too(self):
        assert event(*timeline()).as_of(day(15)) == event(*timeline()).as_of("2010-06-15")

    def test_drops_the_reference(self):
        settled = event(*timeline(), reference=Reference(quality="B", killed=470))
        assert settled.as_of("2010-06-28").reference is None

    def test_does_not_know_an_end_to_come(self):
        assert event(*timeline()).as_of("2010-06-13").end is None

    def test_knows_an_end_that_has_come_when_no_report_says_otherwise(self):
        quiet = [dataclasses.replace(each, ongoing=None) for each in timeline()]
        assert event(*quiet).as_of("2010-06-15").end == day(14)

    def test_a_report_after_the_end_that_calls_it_ongoing_wins(self):
        assert event(*timeline(), end="2010-06-12").as_of("2010-06-15").ongoing

    def test_an_end_after_the_last_report_that_calls_it_ongoing_is_known_the_day_after(self):
        quiet = timeline()[:2]
        assert quiet[-1].ongoing
        assert event(*quiet).as_of("2010-06-14").ongoing
        assert event(*quiet).as_of("2010-06-15").end == day(14)

    def test_the_last_report_that_calls_it_over_wins(self):
        assert event(*timeline()).as_of("2010-06-16").end == day(14)
        assert event(*timeline(), end="2010-06-20").as_of("2010-06-17").end == day(17)
        assert event(*timeline(), end=None).as_of("2010-06-17").end == day(17)

    @given(
        looks=st.tuples(st.integers(11, 30), st.integers(11, 30)),
        end=st.sampled_from([None, 12, 14, 20, 30]),
        flags=st.lists(st.sampled_from([None, True, False]), min_size=5, max_size=5),
    )
    def test_looking_twice_knows_what_the_earlier_look_knew(self, looks, end, flags):
        possible = [
            dataclasses.replace(each, ongoing=None if end and each.date > day(end) else flag)
            for each, flag in zip(timeline(), flags, strict=True)
        ]
        whole = event(*possible, end=end and day(end))
        early, late = day(min(looks)), day(max(looks))
        assert whole.as_of(late).as_of(early) == whole.as_of(early)

    def test_a_later_look_at_an_earlier_one_learns_nothing(self):
        early = event(*timeline()).as_of("2010-06-13")
        assert early.as_of("2010-06-28") == early

    @pytest.mark.parametrize(
        ("date", "message"),
        [
            (
                "2010-06-10",
                r"^as_of: no report is that early, the first is of 2010-06-11; got '2010-06-10'\. "
                r"Ask for 2010-06-11 or later\.$",
            ),
            ("13 June", r"^as_of: must be a date; got '13 June'\. Write year-month-day"),
            (datetime.datetime(2010, 6, 13), r"^as_of: must be a day, without a time; got '2010"),
        ],
    )
    def test_refuses_a_day_without_reports(self, date, message):
        with pytest.raises(DataError, match=message):
            event(*timeline()).as_of(date)

    def test_refuses_an_event_without_reports(self):
        with pytest.raises(DataError, match=r"^as_of: the event has no reports\. Add what was"):
            event().as_of("2010-06-13")


class TestFrame:
    def test_has_one_row_a_report_with_its_bounds(self):
        frame = event(report(says="neared 100", value=None), report(source="Reuters")).to_frame()
        assert list(frame["source"]) == ["AP", "Reuters"]
        assert frame["lower"][1] == frame["upper"][1] == 97
        assert frame["says"][0] == "neared 100"
        assert frame["kind"][1] == "exact"
        assert frame["date"].dt.day.tolist() == [13, 13]

    def test_of_no_reports_has_the_columns(self):
        frame = event().to_frame()
        assert len(frame) == 0
        assert {"date", "lower", "upper", "kind", "says"} <= set(frame.columns)


class TestJson:
    def test_round_trip(self):
        whole = event(
            *timeline(),
            report(source="Reuters", says="neared 100", value=None, place="Osh", floor=True),
            mechanism="gunshot",
            country="Kyrgyzstan",
            reference=Reference(quality="B", killed=470, lower=414, upper=496, source="KIC"),
            id="KGZ",
            url="https://example.org",
            left_out=["line 3: 'many' does not say how many"],
        )
        assert Event.from_json(whole.to_json()) == whole
        assert Event.from_json(whole.as_of("2010-06-13").to_json()) == whole.as_of("2010-06-13")

    def test_leaves_out_what_is_not_set(self):
        written = json.loads(event(report(), end=None).to_json())
        assert set(written) == {"name", "kind", "start", "reports"}
        assert set(written["reports"][0]) == {"date", "source", "quantity", "value"}

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ("{", r"^the text is not JSON: .*line 1 column 2.*\. Give the text that Event\.to_js"),
            (None, r"^the text is not JSON: .*NoneType"),
            ("[" * 100_000, r"^the text is not JSON: "),
            ("[]", r"^the JSON text is not an object\. Give the text that Event\.to_json wrote"),
            ("{}", r"^event, name: is missing\. Fill it in\.$"),
            (
                '{"name": "Osh", "kind": "riot", "start": "2010-06-10", "stop": 1}',
                r"^event: unknown key; got 'stop'\.",
            ),
            (
                '{"name": "Osh", "kind": "riot", "start": "2010-06-10", "reports": [3]}',
                r"^reports: must be a list of tables\. Give the text that Event\.to_json wrote",
            ),
            (
                '{"name": "Osh", "kind": "riot", "start": "2010-06-10", "reports": '
                '[{"date": "2010-06-13", "source": "AP", "quantity": "killed", "value": NaN}]}',
                r"^report 1, value: must be a finite number; got nan\.",
            ),
            (
                '{"name": "Osh", "kind": "riot", "start": "2010-06-10", "reference": {}}',
                r"^reference, quality: is blank\.",
            ),
            (
                '{"name": "Osh", "kind": "riot", "start": "2010-06-10", "reference": 3}',
                r"^event, reference: must be a Reference\.",
            ),
        ],
    )
    def test_refuses_what_it_did_not_write(self, text, message):
        with pytest.raises(DataError, match=message):
            Event.from_json(text)


def test_the_vocabulary_is_that_of_the_contract():
    assert QUANTITIES == ("killed", "wounded", "hospitalized", "missing", "casualties")
    assert CLAIMS == ("count", "estimate", "claim", "projection", "missing_list")
