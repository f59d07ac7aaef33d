"""Tables as spreadsheet programs save them: read as they were meant, or refused with the remedy."""

import datetime
import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casualty_models.errors import DataError
from casualty_models.events import read_event, read_events, workbook
from casualty_models.events.day_order import with_days
from casualty_models.events.rows import Row

HEADER = "event;kind;start;date;source;quantity;value;says;floor"
ROWS = (
    "Testville, May 2020;riot;01.05.2020;02.05.2020;Police;killed;12;;FALSCH",
    ";;;13.05.2020;Klinik Süd;killed;;mindestens 14;WAHR",
)
DAY = datetime.datetime(2020, 5, 2)
SHEET = [
    HEADER.split(";"),
    ["Testville, May 2020", "riot", datetime.datetime(2020, 5, 1), DAY, "Police", "killed", 12],
    [None, None, None, datetime.datetime(2020, 5, 13), "Klinik Süd", "killed", None,
     "mindestens 14", True],
]  # fmt: skip


def csv_text(*rows, header=HEADER, end="\r\n"):
    return end.join([header, *(rows or ROWS), ""])


@pytest.fixture
def write(tmp_path):
    def write(content, name="reports.csv"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


@pytest.fixture
def book(tmp_path):
    openpyxl = pytest.importorskip("openpyxl")

    def make(rows=SHEET, *, titles=("Tabelle1",), name="reports.xlsx"):
        found = openpyxl.Workbook()
        found.active.title = titles[0]
        for row in rows:
            found.active.append(row)
        for title in titles[1:]:
            found.create_sheet(title)
        found.save(tmp_path / name)
        return tmp_path / name

    return make


def assert_read(path):
    (event,) = read_events(path)
    assert (event.name, event.kind, str(event.start)) == (
        "Testville, May 2020",
        "riot",
        "2020-05-01",
    )
    assert [str(each.date) for each in event.reports] == ["2020-05-02", "2020-05-13"]
    assert [each.source for each in event.reports] == ["Police", "Klinik Süd"]
    assert [each.floor for each in event.reports] == [False, True]
    assert event.reports[0].value == 12
    assert event.reports[1].statement.lower == 14


AS_SAVED = {
    "semicolons": csv_text().encode(),
    "semicolons and a byte order mark": b"\xef\xbb\xbf" + csv_text().encode(),
    "line that names the separator": b"\xef\xbb\xbfsep=;\r\n" + csv_text().encode(),
    "tabs": csv_text().replace(";", "\t").encode(),
    "commas": csv_text().replace("Testville, May", '"Testville, May').replace("2020;riot", '2020"'
              ";riot").replace(";", ",").encode(),
    "decimal comma": csv_text().replace(";12;", ";12,0;").encode(),
    "blank columns and rows at the end": csv_text(
        *(f"{row};;;" for row in (*ROWS, ";;;;;;;;")), header=f"{HEADER};;;").encode(),
    "capitals and blanks in the names": csv_text(header=HEADER.title().replace("Says", " Says "))
        .encode(),
    "slashes, the day first": csv_text().replace(".05.", "/05/").encode(),
    "slashes, the month first": csv_text().replace("01.05.", "5/1/").replace("02.05.", "5/2/")
        .replace("13.05.", "5/13/").encode(),
    "midnight": csv_text().replace("02.05.2020", "02.05.2020 00:00").encode(),
    "year first": csv_text().replace("02.05.2020", "2020/5/2").encode(),
    "old Macintosh line ends": csv_text(end="\r").encode(),
}  # fmt: skip


@pytest.mark.parametrize("content", AS_SAVED.values(), ids=list(AS_SAVED))
def test_tables_as_spreadsheets_save_them_are_read(write, content):
    assert_read(write(content))


REFUSED = {
    "day or month": (
        csv_text(ROWS[0].replace(".", "/")),
        r"line 2, date: day and month cannot be told apart; got '02/05/2020'\. Format the column",
    ),
    "day and month": (
        csv_text(ROWS[0].replace("02.05.", "22/05/"), ROWS[1].replace("13.05.", "05/13/")),
        r"line 3, date: the month stands first here, but the day in another row \('22/05/2020'\);",
    ),
    "year of two digits": (csv_text().replace("02.05.2020", "02.05.20"), r"line 2, date: the year"),
    "days counted": (csv_text().replace("02.05.2020", "43953"), r"date: a number is no date; spre"),
    "no such day": (csv_text().replace("02.05.2020", "02.13.2020"), r"date: is not a day of the c"),
    "month in words": (csv_text().replace("02.05.2020", "2. Mai 2020"), r"date: must be a date; g"),
    "time of day": (
        csv_text().replace("02.05.2020", "2020-05-02 17:30"),
        r"line 2, date: must be a day, without a time",
    ),
    "thousands with a dot": (
        csv_text().replace(";12;", ";1.250;"),
        r"line 2, value: must be a number; got '1\.250'\. Write 1250 if the mark stands between th",
    ),
    "thousands with a comma": (csv_text().replace(";12;", ";1,250;"), r"Write 1250 if the mark"),
    "thousands with a blank": (csv_text().replace(";12;", ";1 250;"), r"value: must be a number"),
    "error of a formula": (csv_text().replace(";12;", ";#N/A;"), r"value: must be a number; go"),
    "flag": (csv_text().replace("WAHR", "naja"), r"line 3, floor: must be true or false; got 'na"),
    "Windows letters": (csv_text().encode("cp1252"), r"line 3: the file is not UTF-8: .*CSV UTF-8"),
    "UTF-16": (csv_text().encode("utf-16"), r"reports\.csv: the file is UTF-16, not UTF-8\. Save"),
    "workbook called CSV": (b"PK\x03\x04\x00", r"the file is a workbook or another archive, not t"),
    "old workbook called CSV": (b"\xd0\xcf\x11\xe0\x00", r"the file is an old workbook \("),
    "cell beyond the columns": (
        csv_text(f"{ROWS[0]};more"),
        r"line 2: the row has 10 cells, the first row names 9 columns\. Put a text that holds",
    ),
    "no event": (csv_text(ROWS[1]), r"line 2, event: is missing\. Name the event\."),
    "no such column": (
        csv_text(header=HEADER.replace("kind", "art")),
        r"line 1: unknown column; got 'art'",
    ),
    "no column of kinds": (
        csv_text(header=HEADER.replace("kind", "notes")),
        r"line 1: there is no column kind\. Add the column\.",
    ),
    "two kinds": (
        csv_text(ROWS[0], ROWS[1].replace(";;;", ";flood;;", 1)),
        r"line 3, kind: an earlier row of the same event says 'riot'; got 'flood'\. Fill it in",
    ),
    "header alone": (f"{HEADER}\r\n", r"reports\.csv: the table has no rows\. Add them\."),
}  # fmt: skip


@pytest.mark.parametrize(("content", "message"), REFUSED.values(), ids=list(REFUSED))
def test_what_can_be_read_in_two_ways_is_refused(write, content, message):
    with pytest.raises(DataError, match=message):
        read_events(write(content))


def test_a_table_may_hold_several_events(write):
    more = "Elsewhere;flood;03.05.2020;04.05.2020;Police;killed;3;;"
    events = read_events(write(csv_text(*ROWS, more, ";;;05.05.2020;Police;killed;4;;")))
    assert [(each.name, len(each.reports)) for each in events] == [
        ("Testville, May 2020", 2), ("Elsewhere", 2),
    ]  # fmt: skip


def test_words_without_a_number_are_left_out_or_raise(write):
    path = write(csv_text(*ROWS, ";;;14.05.2020;AP;killed;;appalling losses;"))
    (event,) = read_events(path)
    assert len(event.reports) == 2
    assert "appalling" in event.left_out[0]
    with pytest.raises(DataError, match=r"line 4, says: words not understood: 'appalling"):
        read_events(path, on_unreadable="raise")


def test_read_event_names_the_function_for_tables(write, book):
    for path in (write(csv_text()), book()):
        with pytest.raises(DataError, match=r"this is a table, not an event file.*read_events"):
            read_event(path)


def test_a_workbook_is_read(book):
    assert_read(book())


def test_of_several_sheets_the_named_one_is_read(book):
    assert_read(book(titles=("Reports", "notes")))


def test_both_tables_may_be_sheets_of_workbooks(book):
    head = book([["event_id", "name", "kind", "start_date"], ["T", "Test", "riot", DAY]],
                name="events.xlsx")  # fmt: skip
    rows = [["event_id", "date", "source", "quantity", "value"], ["T", DAY, "AP", "killed", 3.0]]
    (event,) = read_events(head, book(rows))
    assert (event.start, event.reports[0].value) == (DAY.date(), 3)


def changed(row, column, value):
    rows = [list(each) for each in SHEET]
    rows[row][column] = value
    return rows


BAD_SHEETS = {
    "text among dates": (
        changed(2, 3, "13/05/2020"),
        r"row 3, date: text that looks like a date, in a table where others are dates",
    ),
    "time of day": (
        changed(1, 3, datetime.datetime(2020, 5, 2, 17)),
        r"row 2, date: must be a day",
    ),
    "words turned into a date": (
        changed(2, 7, datetime.datetime(2020, 10, 12)),
        r"row 3, says: the spreadsheet has turned what was typed into a date or time; got '2020-10",
    ),
    "formula never computed": (
        changed(1, 6, "=3+4"),
        r"row 2: the formula in column 7 has no result; got '=3\+4'\. Open the workbook",
    ),
    "negative": (changed(1, 6, -3), r"row 2, value: a count cannot be negative; got -3"),
    "not a number": (changed(1, 6, "many"), r"row 2, value: must be a number; got 'many'"),
    "no event": (SHEET[:1] + SHEET[2:], r"row 2, event: is missing"),
    "blank": ([], r"the table is blank"),
    "cell without a column": (
        [SHEET[0], [*SHEET[1], None, None, "note"]],
        r"row 2: the row has 10 cells, the first row names 9 columns\. Name the column of",
    ),
}


@pytest.mark.parametrize(("rows", "message"), BAD_SHEETS.values(), ids=list(BAD_SHEETS))
def test_a_sheet_that_breaks_a_rule_says_where(book, rows, message):
    with pytest.raises(DataError, match=message):
        read_events(book(rows))


def test_several_sheets_without_a_name_to_go_by(book):
    with pytest.raises(
        DataError, match=r"2 sheets, and none is called 'reports'; got 'Daten, Alt'"
    ):
        read_events(book(titles=("Daten", "Alt")))


def test_without_openpyxl_the_remedy_is_named(book, monkeypatch):
    path = book()
    monkeypatch.setitem(__import__("sys").modules, "openpyxl", None)
    with pytest.raises(
        DataError, match=r"reports\.xlsx: workbooks need openpyxl\. Install openpyxl"
    ):
        read_events(path)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"\xd0\xcf\x11\xe0 old or locked", "no workbook of today's format, or it has a password"),
        (b"", "no workbook of today's format"),
        (None, "there is no such file"),
    ],
)
def test_what_is_no_workbook(tmp_path, content, message):
    path = tmp_path / "book.xlsx"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(DataError, match=message):
        read_events(path)


def test_an_archive_that_is_no_workbook(tmp_path):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("hello.txt", "hello")
    (tmp_path / "book.xlsx").write_bytes(content.getvalue())
    with pytest.raises(DataError, match=r"the workbook cannot be read \(KeyError\)\. Open it in"):
        read_events(tmp_path / "book.xlsx")


def test_a_workbook_that_unpacks_to_too_much_is_refused_unread(tmp_path):
    with zipfile.ZipFile(tmp_path / "bomb.xlsx", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b" " * (workbook.UNPACKED_LIMIT + 1))
    assert (tmp_path / "bomb.xlsx").stat().st_size < 1_000_000
    with pytest.raises(
        DataError, match=r"bomb\.xlsx: the file has 200 MB unpacked, the limit is 2"
    ):
        read_events(tmp_path / "bomb.xlsx")


def test_a_sheet_of_too_many_rows_is_refused(book, monkeypatch):
    monkeypatch.setattr(workbook, "MOST_ROWS", 2)
    with pytest.raises(DataError, match=r"row 3: the sheet is larger than 2 rows"):
        read_events(book())


@given(
    st.dates(datetime.date(1900, 1, 1), datetime.date(2100, 12, 31)),
    st.sampled_from(
        ["{d}.{m}.{y}", "{d:02}.{m:02}.{y}", "{y}/{m}/{d}", "{y}-{m:02}-{d:02} 00:00:00"]
    ),
)
def test_dates_that_can_be_read_in_one_way_are_read(day, written):
    cell = written.format(d=day.day, m=day.month, y=day.year)
    (row,) = with_days([Row("row 1", {"date": cell})])
    assert row.values["date"] == day.isoformat()


@given(
    st.lists(st.dates(datetime.date(1900, 1, 1), datetime.date(2100, 12, 31)), min_size=1),
    st.booleans(),
)
def test_slashed_dates_are_read_right_or_refused(days, day_first):
    written = "{d}/{m}/{y}" if day_first else "{m}/{d}/{y}"
    cells = [written.format(d=each.day, m=each.month, y=each.year) for each in days]
    rows = [Row(f"row {number}", {"date": cell}) for number, cell in enumerate(cells)]
    if any(each.day > 12 for each in days):
        assert [row.values["date"] for row in with_days(rows)] == [d.isoformat() for d in days]
    else:
        with pytest.raises(DataError, match="day and month cannot be told apart"):
            with_days(rows)
