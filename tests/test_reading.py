"""Reading event files, tables and frames: what is wrong ends in one message that says where."""

import datetime
import os
import threading
import tracemalloc

import pandas as pd
import pytest

from casualty_models.errors import DataError
from casualty_models.events import Event, from_frame, read_event, read_events
from casualty_models.events.files import FILE_LIMIT

TOML = """\
[event]
name = "Osh and Jalal-Abad, June 2010"
kind = "ethnic_riot"
start = 2010-06-10
country = "Kyrgyzstan"

[[report]]
date = 2010-06-13
source = "Provisional government"
source_kind = "official"
quantity = "killed"
value = 97

[[report]]
date = "2010-06-12"
source = "Health Ministry"
quantity = "wounded"
value = 970
ongoing = true
"""

EVENTS = """\
event_id,name,country,start_date,end_date,kind,weapon_mechanism,reference_killed,ref_lower,\
ref_upper,reference_wounded,reference_source,citation_url,notes,ref_quality
DER,Derna flood,Libya,2023-09-10,2023-09-11,flood,drowning,5923.0,4000,11300,,UN,https://a.org,,B
OSH,Osh,Kyrgyzstan,2010-06-10,,ethnic_riot,,,,,,,background-knowledge,none,
"""

REPORTS = """\
event_id,as_of_date,source,source_kind,quantity,phrase,value,lower,upper,scope,citation_url,\
claim_type,comparable,ongoing
DER,2023-09-12,Interior Ministry,official,killed,"5,300",5300.0,,,Derna,https://b.org,count,1,0
DER,2023-09-12,Red Crescent,ngo,missing,,10000,,,Derna,background-knowledge,missing_list,1,0
DER,2023-09-13,UN,un,killed,,250,,,one cemetery,https://b.org,count,0,0
DER,2023-09-13,IOM,un,killed,,40,,,,https://b.org,count,0,
OSH,2010-06-13,"AP, Reuters",media,killed,,110,80,120,,,estimate,,true
"""


@pytest.fixture
def toml(tmp_path):
    """Write an event file, with one piece of the good one replaced, and return its path."""

    def write(old="", new="", *, text=TOML):
        assert old in text
        path = tmp_path / "osh.toml"
        path.write_text(text.replace(old, new, 1), encoding="utf-8")
        return path

    return write


@pytest.fixture
def tables(tmp_path):
    """Write the two tables, with one piece replaced in either, and return their paths."""

    def write(*, events=("", ""), reports=("", "")):
        paths = tmp_path / "events.csv", tmp_path / "reports.csv"
        for path, text, (old, new) in zip(paths, (EVENTS, REPORTS), (events, reports), strict=True):
            assert old in text
            path.write_text(text.replace(old, new, 1), encoding="utf-8")
        return paths

    return write


class TestReadEvent:
    def test_reads_the_event_and_its_reports(self, toml):
        event = read_event(toml())
        assert event.name == "Osh and Jalal-Abad, June 2010"
        assert event.country == "Kyrgyzstan"
        assert [each.value for each in event.reports] == [970.0, 97.0]
        assert event.reports[0].source_kind == "media"
        assert event.reports[0].ongoing is True

    def test_takes_a_path_as_text(self, toml):
        assert read_event(str(toml())) == read_event(toml())

    def test_dates_may_be_dates_or_text(self, toml):
        assert [each.date.day for each in read_event(toml()).reports] == [12, 13]

    def test_accepts_a_byte_order_mark_and_windows_line_ends(self, tmp_path, toml):
        path = tmp_path / "windows.toml"
        path.write_bytes(b"\xef\xbb\xbf" + TOML.replace("\n", "\r\n").encode())
        assert read_event(path) == read_event(toml())

    def test_accepts_inline_reports(self, toml):
        text = (
            'report = [{date = 2010-06-13, source = "AP", quantity = "killed", value = -1}]\n'
            '[event]\nname = "Osh"\nkind = "riot"\nstart = 2010-06-10\n'
        )
        with pytest.raises(DataError, match=r"osh\.toml, report 1, value: a count cannot be neg"):
            read_event(toml(text=text))

    def test_a_header_within_a_text_does_not_shift_the_lines(self, toml):
        path = toml('"Provisional government"', '"""AP\n[[report]]\n"""')
        with pytest.raises(DataError, match=r"osh\.toml, report 1, source: holds a line end"):
            read_event(path)


BAD_TOML = {
    "syntax": (
        "date = 2010-06-13",
        "date = 2010-6-13",
        r"osh\.toml, line 8, column 12: not valid TOML: Expected newline .* after a statement\. "
        r"The line reads 'date = 2010-6-13'\. Put words in quotes, write dates as 2010-06-13\.$",
    ),
    "no such day": ("= 2010-06-13", "= 2010-06-31", r"line 8, column .*Invalid date or datetime"),
    "open quote": (
        "true\n",
        'true\nsays = """neared 100',
        r"osh\.toml, end of document: not valid TOML: Unterminated string\. Put words",
    ),
    "key twice": ("value = 97", "value = 97\nvalue = 98", r"line 13, .*Cannot overwrite a value"),
    "endless number": ("97\n", "9" * 5000, r"osh\.toml: not valid TOML: Exceeds the limit"),
    "endless nesting": ("97\n", "[" * 10_000, r"osh\.toml.*: not valid TOML: "),
    "section": (
        "[[report]]",
        "[[reports]]",
        r"osh\.toml: unknown section; got 'reports'\. Did you mean 'report'\? Allowed: event, re",
    ),
    "no event": ("[event]", "[event.x]", r"osh\.toml, event: unknown key; got 'x'"),
    "two events": (
        "[event]",
        "[[event]]",
        r"osh\.toml, event: must be one table\. Head it with a line \[event\]\.$",
    ),
    "key of the event": (
        "country =",
        "countries =",
        r"osh\.toml, event \(line 1\): unknown key; got 'countries'\. Did you mean 'country'\? All",
    ),
    "known_on": ("country =", "known_on =", r"event \(line 1\): unknown key; got 'known_on'\."),
    "key of a report": (
        "value = 970",
        "values = 970",
        r"osh\.toml, report 2 \(line 14\): unknown key; got 'values'\. Did you mean 'value'\? All",
    ),
    "no name": (
        'name = "Osh and Jalal-Abad, June 2010"',
        "",
        r"osh\.toml, event \(line 1\), name: is missing\. Fill it in\.$",
    ),
    "no source": (
        'source = "Health Ministry"',
        "",
        r"osh\.toml, report 2 \(line 14\), source: is missing\. Fill it in\.$",
    ),
    "kind": (
        "ethnic_riot",
        "ethnic_riots",
        r"osh\.toml, event \(line 1\), kind: unknown kind of event; got 'ethnic_riots'\. Did you "
        r"mean 'ethnic_riot'\? Allowed: .*\. Use \"other\" when none of them fits\.$",
    ),
    "kind of source": ('"official"', '"officials"', r"line 7\), source_kind: unknown kind of sour"),
    "quantity": ('"wounded"', '"injured"', r"report 2 \(line 14\), quantity: unknown quantity"),
    "before the start": (
        "2010-06-12",
        "2010-06-01",
        r"osh\.toml, report 2 \(line 14\), date: the report is dated before the event starts \(20"
        r"10-06-10\); got '2010-06-01'\. Correct one of the two dates, or leave the report out",
    ),
    "end before start": (
        "country",
        "end = 2010-06-09\ncountry",
        r"osh\.toml, event \(line 1\), end: the event ends before it starts \(2010-06-10\)",
    ),
    "date-time": (
        "date = 2010-06-13",
        "date = 2010-06-13T17:00:00",
        r"report 1 \(line 7\), date: must be a day, without a time; got '2010-06-13T17:00:00'",
    ),
    "number as a date": ("2010-06-13", "20100613", r"\(line 7\), date: must be a date; got 20100"),
    "negative": (
        "97\n",
        "-97\n",
        r"report 1 \(line 7\), value: a count cannot be negative; got -97",
    ),
    "NaN": ("97\n", "nan\n", r"report 1 \(line 7\), value: must be a finite number; got nan\."),
    "infinite": ("97\n", "inf\n", r"report 1 \(line 7\), value: must be a finite number; got inf"),
    "number in quotes": ("97\n", '"97"\n', r"\(line 7\), value: must be a number; got '97'\. Wri"),
    "bool": ("97\n", "true\n", r"report 1 \(line 7\), value: must be a number; got True"),
    "table for a number": ("97\n", "{}\n", r"\(line 7\), value: must be a number, not a table"),
    "implausible": ("97\n", "97_000_000_000\n", r"\(line 7\), value: a count above .* plausible"),
    "crossed bounds": (
        "value = 97\n",
        "lower = 9\nupper = 8\n",
        r"report 1 \(line 7\), lower: lower is above upper \(8\); got 9\.0\. Swap",
    ),
    "nothing said": (
        "value = 97\n",
        "",
        r"osh\.toml, report 1 \(line 7\): the report says nothing",
    ),
    "long name": ("Osh", "O" * 10_000, r"event \(line 1\), name: is longer than 2,000 characters"),
    "words not understood": (
        "value = 97\n",
        'says = "qwerty asdf"\n',
        r"osh\.toml, report 1 \(line 7\), says.*: .*qwerty",
    ),
}


@pytest.mark.parametrize(("old", "new", "message"), BAD_TOML.values(), ids=list(BAD_TOML))
def test_an_event_file_that_breaks_a_rule_says_where(toml, old, new, message):
    with pytest.raises(DataError, match=message):
        read_event(toml(old, new))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            TOML[: TOML.index("[[report]]")],
            r"osh\.toml: there are no reports\. Head each report with a line \[\[report\]\]\.$",
        ),
        (
            TOML[TOML.index("[[report]]") :],
            r"osh\.toml, event: is missing\. Begin the file with \[event\], name, kind and start",
        ),
        (
            TOML[: TOML.rindex("[[report]]")].replace("[[report]]", "[report]"),
            r"osh\.toml, report: must be a list of tables\. Head each report with a line \[\[re",
        ),
        (
            f"{TOML}{TOML[TOML.rindex('[[report]]') :]}",
            r"osh\.toml, report 3 \(line 20\): the report repeats report 2 \(line 14\): same date",
        ),
        ("name,kind\nOsh,riot\n", r"osh\.toml, line 1, column 5: not valid TOML: .*'name,kind'\."),
    ],
)
def test_a_file_that_lacks_a_part_says_which(toml, text, message):
    with pytest.raises(DataError, match=message):
        read_event(toml(text=text))


class TestFiles:
    @pytest.mark.parametrize("read", [read_event, lambda path: read_events(path, path)])
    @pytest.mark.parametrize(
        ("content", "message"),
        [
            (b"", r"any\.file: the file is empty\. Give a file with reports\.$"),
            (b"\xef\xbb\xbf \n\n", r"any\.file: the file is empty\."),
            (
                b"name\x00",
                r"any\.file: the file is binary: a zero byte at offset 4\. Give a text file, TOML",
            ),
            (
                "name\n# Жалал-Абад".encode("cp1251"),
                r"any\.file, line 2: the file is not UTF-8: byte 0xc6 at offset 7\. Save it as UT",
            ),
            ("name".encode("utf-16"), r"any\.file: the file is UTF-16, not UTF-8\. Save it as UTF"),
        ],
    )
    def test_content_that_is_no_text(self, tmp_path, read, content, message):
        path = tmp_path / "any.file"
        path.write_bytes(content)
        with pytest.raises(DataError, match=message):
            read(path)

    def test_a_table_of_commas_alone(self, tmp_path):
        path = tmp_path / "blank.csv"
        path.write_text(",,,\n,,,\n")
        with pytest.raises(DataError, match=r"blank\.csv: the table is blank\. Name the columns"):
            read_events(path, path)

    def test_missing(self, tmp_path):
        with pytest.raises(DataError, match=r"no\.toml: there is no such file\. Check the name"):
            read_event(tmp_path / "no.toml")

    def test_folder(self, tmp_path):
        with pytest.raises(DataError, match=r": this is a folder, not a file\. Name a file in it"):
            read_event(tmp_path)

    def test_permission_denied(self, toml, monkeypatch):
        def refuse(*_args, **_kwargs):
            raise PermissionError(13, "Permission denied")

        path = toml()
        monkeypatch.setattr("pathlib.Path.open", refuse)
        with pytest.raises(DataError, match=r"osh\.toml: the file may not be read\. Ask for the"):
            read_event(path)

    @pytest.mark.parametrize(
        ("path", "message"),
        [
            ("x\0.toml", r"the file cannot be read \(embedded null .*\)\. Check the name\.$"),
            ("x" * 5000, r"^\.\.\.x{120}: the file cannot be read \(File name too long\)"),
            (3, r"^a path is wanted, not int\. Give the name of a file\.$"),
            (None, r"^a path is wanted, not NoneType\."),
        ],
    )
    def test_names_that_are_none(self, path, message):
        with pytest.raises(DataError, match=message):
            read_event(path)

    def test_a_file_of_two_gigabytes_is_refused_unread(self, tmp_path):
        path = tmp_path / "huge.toml"
        with path.open("wb") as stream:
            stream.truncate(2_000_000_000)
        message = r"huge\.toml: the file has 2,000 MB, the limit is 20 MB\. Give the file of one"
        tracemalloc.start()
        with pytest.raises(DataError, match=message):
            read_event(path)
        assert tracemalloc.get_traced_memory()[1] < 1_000_000
        tracemalloc.stop()

    @pytest.mark.skipif(not os.path.exists("/dev/zero"), reason="needs a device")
    def test_an_endless_device_is_read_to_the_limit_only(self):
        with pytest.raises(DataError, match=r"^/dev/zero: the file has more than 20 MB, the limit"):
            read_event("/dev/zero")

    @pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
    def test_a_pipe_is_read(self, tmp_path, toml):
        pipe = tmp_path / "pipe"
        os.mkfifo(pipe)
        writer = threading.Thread(
            target=pipe.write_text, args=(TOML,), kwargs={"encoding": "utf-8"}
        )
        writer.start()
        assert read_event(pipe) == read_event(toml())
        writer.join()

    def test_the_limit_is_what_the_messages_say(self):
        assert FILE_LIMIT == 20_000_000


class TestReadEvents:
    def test_reads_events_in_order_with_their_reports(self, tables):
        derna, osh = read_events(*tables())
        assert (derna.id, derna.name, derna.country, osh.id) == (
            "DER",
            "Derna flood",
            "Libya",
            "OSH",
        )
        assert derna.end == datetime.date(2023, 9, 11)
        assert osh.end is None
        assert [len(each.reports) for each in (derna, osh)] == [4, 1]

    def test_reads_the_reference(self, tables):
        derna, osh = read_events(*tables())
        assert (derna.reference.killed, derna.reference.lower) == (5923, 4000)
        assert (derna.reference.wounded, derna.reference.quality) == (None, "B")
        assert derna.reference.source == "UN"
        assert osh.reference is None

    def test_flags_background_knowledge(self, tables):
        derna, osh = read_events(*tables())
        assert (derna.sourced, osh.sourced) == (True, False)
        assert [each.sourced for each in derna.reports] == [True, False, True, True]

    def test_what_is_not_comparable_becomes_a_part(self, tables):
        derna, osh = read_events(*tables())
        assert [each.place for each in derna.reports] == [
            None,
            None,
            "one cemetery",
            "another scope",
        ]
        assert not osh.reports[0].is_part

    def test_a_part_that_is_named_keeps_its_name(self, tables):
        changed = ("scope,citation_url", "place,citation_url")
        assert read_events(*tables(reports=changed))[0].reports[2].place == "one cemetery"

    def test_reads_flags_bounds_and_quoted_commas(self, tables):
        derna, osh = read_events(*tables())
        assert osh.reports[0].ongoing is True
        assert [each.ongoing for each in derna.reports] == [False, False, False, None]
        assert (osh.reports[0].statement.lower, osh.reports[0].statement.upper) == (80, 120)
        assert osh.reports[0].source == "AP, Reuters"

    def test_an_event_may_have_no_reports_yet(self, tables):
        changed = "OSH,2010-06-13", "DER,2023-09-13"
        assert read_events(*tables(reports=changed))[1].reports == ()

    def test_blank_rows_do_not_count_but_lines_do(self, tables):
        changed = "\nDER,2023-09-12,Red Crescent,ngo", "\n\n,,,\nDER,2023-09-12,Red Crescent,no"
        with pytest.raises(DataError, match=r"reports\.csv, line 5, source_kind: unknown kind of"):
            read_events(*tables(reports=changed))

    def test_lines_count_from_where_a_row_begins(self, tables):
        changed = '"5,300",5300.0', '"5,300\n(said\ntwice)",-1'
        with pytest.raises(DataError, match=r"reports\.csv, line 2, phrase: holds a line end"):
            read_events(*tables(reports=changed))

    def test_unreadable_words_are_left_out_and_told(self, tables):
        paths = tables(reports=('"5,300",5300.0', "qwerty asdf,"))
        derna, osh = read_events(*paths)
        assert len(derna.reports) == 3
        assert osh.left_out == ()
        (sentence,) = derna.left_out
        assert sentence.endswith(
            "reports.csv, line 2: 'qwerty asdf' does not say how many, and no number stands "
            "beside it"
        )
        assert Event.from_json(derna.to_json()) == derna

    def test_words_alone_are_read(self, tables):
        statement = read_events(*tables(reports=('"5,300",5300.0', "neared 100,")))[0].reports[0]
        assert statement.value is None
        assert statement.statement.upper == 100

    def test_the_treatment_of_unreadable_words_is_checked(self, tables):
        with pytest.raises(DataError, match=r"^on_unreadable: unknown treatment; got 'ignore'\. A"):
            read_events(*tables(), on_unreadable="ignore")

    def test_unreadable_words_raise_when_asked_to(self, tables):
        paths = tables(reports=('"5,300",5300.0', "qwerty asdf,"))
        with pytest.raises(DataError, match=r"reports\.csv, line 2, phrase.*: .*qwerty"):
            read_events(*paths, on_unreadable="raise")

    def test_blank_words_raise_when_asked_to(self, tables):
        paths = tables(reports=('"5,300",5300.0', ","))
        with pytest.raises(DataError, match=r"reports\.csv, line 2: the report says nothing"):
            read_events(*paths, on_unreadable="raise")


BAD_EVENT_ROWS = {
    "unknown column": (
        "country,",
        "countries,",
        r"events\.csv, line 1: unknown column; got 'countries'\. Did you mean 'country'\? Allowed: "
        r".*\. Remove the column, or rename it\.$",
    ),
    "no such column": (
        "start_date",
        "notes",
        r"events\.csv, line 1: two columns hold the notes; got 'notes'\. Keep one of the two\.$",
    ),
    "column missing": (
        "kind,",
        "url,",
        r"events\.csv, line 1: two columns hold the url; got 'citation_url'",
    ),
    "nameless column": (
        "country,",
        ",",
        r"events\.csv, line 1: column 3 has no name\. Name it, or remove it\.$",
    ),
    "kind": (
        "flood,drowning",
        "floods,drowning",
        r"events\.csv, line 2, kind: unknown kind of event; got 'floods'\. Did you mean 'flood'",
    ),
    "mechanism": (
        "flood,drowning",
        "flood,water",
        r"events\.csv, line 2, weapon_mechanism: unknown mechanism; got 'water'\.",
    ),
    "date": (
        "2023-09-10",
        "10 Sept 2023",
        r"events\.csv, line 2, start_date: must be a date; got '10 Sept 2023'\. Write year-month",
    ),
    "end": ("2023-09-11", "2023-09-09", r"events\.csv, line 2, end_date: the event ends before it"),
    "twice": (
        "\nOSH,",
        "\nDER,",
        r"events\.csv, line 3, event_id: the event is already in .*events\.csv, line 2; got 'DER'"
        r"\. Give each event its own event_id\.$",
    ),
    "id": ("\nOSH,", "\n,", r"events\.csv, line 3, event_id: is missing\. Fill it in\.$"),
    "name": ("Derna flood", "", r"events\.csv, line 2, name: is missing\. Fill it in\.$"),
    "reference": (
        "5923.0",
        "about 6000",
        r"events\.csv, line 2, reference_killed: must be a number; got 'about 6000'\. Write the",
    ),
    "reference range": ("4000", "7000", r"line 2, reference_killed: the reference toll is outside"),
    "grade": (",,B\n", ",,\n", r"events\.csv, line 2, ref_quality: is blank\. Fill it in, or"),
    "grade unknown": (",,B\n", ",,b\n", r"line 2, ref_quality: unknown grade of a reference toll"),
    "ragged": (
        "Derna flood",
        "Derna, flood",
        r"events\.csv, line 2: the row has 16 cells, the first row names 15 columns\. Put a text ",
    ),
    "open quote": (
        "Derna flood",
        '"Derna flood',
        r"events\.csv, line 2: not valid CSV: unexpected end of data\. Close each quotation mark",
    ),
    "semicolons": (
        EVENTS.splitlines()[0],
        "event_id;name;kind;start_date",
        r"events\.csv, line 2: the row has 1 cells, the first row names 4 columns\. Put a text "
        r"that holds a semicolon in quotes\.$",
    ),
    "no rows": (EVENTS.partition("\n")[2], "", r"events\.csv: the table has no rows\. Add them\.$"),
}


@pytest.mark.parametrize(
    ("old", "new", "message"), BAD_EVENT_ROWS.values(), ids=list(BAD_EVENT_ROWS)
)
def test_a_table_of_events_that_breaks_a_rule_says_where(tables, old, new, message):
    with pytest.raises(DataError, match=message):
        read_events(*tables(events=(old, new)))


BAD_REPORT_ROWS = {
    "column unknown": (
        "phrase",
        "phrases",
        r"reports\.csv, line 1: unknown column; got 'phrases'\. Did you mean 'phrase'\?",
    ),
    "one field in two columns": (
        "phrase",
        "date",
        r"reports\.csv, line 1: two columns hold the date; got 'date'\. Keep one of the two\.$",
    ),
    "column missing": (
        "event_id,as_of_date,source,",
        "event_id,as_of_date,period,",
        r"reports\.csv, line 1: there is no column source\. Add the column\.$",
    ),
    "unknown event": (
        "\nOSH,",
        "\nOHS,",
        r"reports\.csv, line 6, event_id: unknown event; got 'OHS'\. Did you mean 'OSH'\? Allowed: "
        r"DER, OSH\. Add it to the table of events\.$",
    ),
    "no event": ("\nOSH,", "\n,", r"reports\.csv, line 6, event_id: is missing\. Fill it in\.$"),
    "no date": ("2023-09-12", "", r"reports\.csv, line 2, as_of_date: is missing\. Fill it in\.$"),
    "not a date": ("2023-09-12", "soon", r"line 2, as_of_date: must be a date; got 'soon'\."),
    "date-time": ("2023-09-12", "2023-09-12 10:00", r"line 2, as_of_date: must be a day, without"),
    "before the start": (
        "2010-06-13",
        "2010-06-09",
        r"reports\.csv, line 6, as_of_date: the report is dated before the event starts \(2010",
    ),
    "kind of source": (
        "official",
        "officials",
        r"line 2, source_kind: unknown kind of source; got",
    ),
    "quantity": ("missing,", "lost,", r"reports\.csv, line 3, quantity: unknown quantity; got 'l"),
    "claim": ("missing_list", "missinglist", r"line 3, claim_type: unknown kind of claim; got 'm"),
    "number in words": ("10000", '"10,000"', r"line 3, value: must be a number; got '10,000'\. W"),
    "NaN": ("10000", "nan", r"reports\.csv, line 3, value: must be a finite number; got nan\."),
    "infinite": ("10000", "inf", r"reports\.csv, line 3, value: must be a finite number; got inf"),
    "negative": ("10000", "-1", r"reports\.csv, line 3, value: a count cannot be negative; got -"),
    "crossed": (",80,120", ",120,80", r"line 6, lower: lower is above upper \(80\); got 120\.0\."),
    "outside": (",80,120", ",80,90", r"line 6, value: value is outside its own bounds, 80 to 90;"),
    "comparable": (",1,0\n", ",maybe,0\n", r"line 2, comparable: must be true or false; got 'ma"),
    "ongoing": (",1,0\n", ",1,2\n", r"line 2, ongoing: must be true or false; got '2'\. Write t"),
    "repeated": (
        "2023-09-13,IOM,un,killed,,40,,,,",
        "2023-09-13,UN,un,killed,,250,,,one cemetery,",
        r"reports\.csv, line 5: the report repeats .*reports\.csv, line 4: same date, source",
    ),
    "no rows": (REPORTS.partition("\n")[2], "", r"reports\.csv: the table has no rows\. Add them"),
}


@pytest.mark.parametrize(
    ("old", "new", "message"), BAD_REPORT_ROWS.values(), ids=list(BAD_REPORT_ROWS)
)
def test_a_table_of_reports_that_breaks_a_rule_says_where(tables, old, new, message):
    with pytest.raises(DataError, match=message):
        read_events(*tables(reports=(old, new)))


ROWS = [
    dict(zip(("date", "source", "quantity", "value", "lower", "upper"), cells, strict=True))
    for cells in [
        ("2010-06-13", "AP", "killed", 97.0, None, None),
        ("2010-06-12", "Health Ministry", "wounded", None, 900.0, 1000.0),
    ]
]


class TestFromFrame:
    head = {"name": "Osh", "kind": "ethnic_riot", "start": "2010-06-10"}  # noqa: RUF012

    def read(self, frame, **details):
        return from_frame(frame, **self.head, **details)

    def test_reads_a_pandas_frame(self):
        event = self.read(pd.DataFrame(ROWS), mechanism="gunshot")
        assert event.mechanism == "gunshot"
        assert [each.value for each in event.reports] == [None, 97.0]
        assert event.reports[0].statement.upper == 1000

    def test_reads_a_list_of_dicts_alike(self):
        assert self.read(ROWS) == self.read(pd.DataFrame(ROWS))

    def test_reads_a_polars_frame_alike(self):
        polars = pytest.importorskip("polars")
        assert self.read(polars.DataFrame(ROWS)) == self.read(ROWS)

    def test_reads_an_arrow_table_alike(self):
        arrow = pytest.importorskip("pyarrow")
        assert self.read(arrow.Table.from_pylist(ROWS)) == self.read(ROWS)

    def test_days_kept_as_time_stamps_are_days(self):
        frame = pd.DataFrame(ROWS).assign(date=lambda table: pd.to_datetime(table["date"]))
        assert self.read(frame) == self.read(ROWS)

    def test_missing_values_of_pandas_are_blanks(self):
        frame = pd.DataFrame(ROWS).assign(place=pd.NA, says=float("nan"), ongoing=pd.NaT)
        assert self.read(frame) == self.read(ROWS)

    def test_reads_the_columns_of_the_history_tables(self):
        frame = pd.DataFrame(ROWS).rename(columns={"date": "as_of_date"})
        frame = frame.assign(event_id="OSH", comparable=[True, False], scope="Osh", sourced=True)
        assert [each.place for each in self.read(frame).reports] == ["Osh", None]

    def test_reads_back_the_bounds_of_to_frame(self):
        event = self.read(ROWS)
        again = self.read(event.to_frame())
        assert [
            (each.date, each.source, each.statement.lower, each.statement.upper)
            for each in again.reports
        ] == [
            (each.date, each.source, each.statement.lower, each.statement.upper)
            for each in event.reports
        ]

    @pytest.mark.parametrize(
        ("changes", "message"),
        [
            ({"value": -1}, r"^row 1, value: a count cannot be negative; got -1"),
            ({"value": "97"}, r"^row 1, value: must be a number; got '97'\. Write the digits"),
            ({"value": True}, r"^row 1, value: must be a number; got True"),
            ({"date": pd.Timestamp("2010-06-13 17:00")}, r"^row 1, date: must be a day, without"),
            ({"date": None}, r"^row 1, date: is missing\. Fill it in\.$"),
            ({"date": "2010-06-09"}, r"^row 1, date: the report is dated before the event start"),
            ({"ongoing": "perhaps"}, r"^row 1, ongoing: must be true or false; got 'perhaps'"),
            ({"values": 3}, r"^unknown column; got 'values'\. Did you mean 'value'\? Allowed: "),
            ({3: 4}, r"^unknown column; got '3'\. Allowed: "),
            ({"as_of_date": "x"}, r"^two columns hold the date; got 'as_of_date'\. Keep one"),
            ({"event_id": ["OSH", "DER"]}, r"^event_id: the frame holds reports of 2 events\. Sel"),
        ],
    )
    def test_that_breaks_a_rule_says_where(self, changes, message):
        frame = pd.DataFrame(ROWS[:1] * 2).astype(object)
        for column, cell in changes.items():
            frame[column] = cell
        with pytest.raises(DataError, match=message):
            self.read(frame)

    def test_repeated_rows_are_told(self):
        with pytest.raises(DataError, match=r"^row 2: the report repeats row 1: same date, source"):
            self.read(pd.DataFrame(ROWS[:1] * 2))

    def test_the_event_is_checked_too(self):
        with pytest.raises(DataError, match=r"^event, kind: unknown kind of event; got 'ethnic'"):
            from_frame(ROWS, **{**self.head, "kind": "ethnic"})

    @pytest.mark.parametrize(
        ("frame", "message"),
        [
            (pd.DataFrame(), r"^the frame has no rows\. Give one row a report\.$"),
            ([], r"^the frame has no rows\."),
            ("reports.csv", r"^a data frame is wanted, not str\. Give a pandas or polars data fr"),
            ([1], r"^a data frame is wanted, not list\."),
            (None, r"^a data frame is wanted, not NoneType\."),
        ],
    )
    def test_of_nothing(self, frame, message):
        with pytest.raises(DataError, match=message):
            self.read(frame)
