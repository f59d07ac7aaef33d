"""The shipped tables: complete, valid, and Osh 2010 kept apart from what is learned from."""

import dataclasses
import re
from pathlib import Path

import pytest

import casualty_models.datasets as shipped
from casualty_models.datasets import history_events, load_history, load_osh_2010
from casualty_models.datasets.history import check as history_check
from casualty_models.datasets.osh_2010 import check as osh_check
from casualty_models.errors import DataError
from casualty_models.events import KINDS, MECHANISMS, read_event

FOLDER = Path(shipped.__file__).parent
EXAMPLE = Path(__file__).parent.parent / "examples" / "osh-2010.toml"


class TestHistory:
    def test_check_passes_and_counts(self):
        counts = history_check.check()
        assert counts["events"] == 174
        assert counts["reports"] + counts["reports left out"] == 1096
        assert counts["events whose reference was not retrieved"] == 50
        assert counts["reports not retrieved"] == 44
        assert counts["reports about a part"] == 31

    @pytest.mark.parametrize(
        ("name", "line", "message"),
        [
            (
                "priors.csv",
                "RD2,,,,,,,,,,,,1",
                r"^priors\.csv, prior_id: a key stands twice; got \['RD2'\]$",
            ),
            (
                "hedge_pairs.csv",
                "nearly,100,0,killed,,,,0",
                r"^hedge_pairs\.csv: a hedge pair lacks a positive number$",
            ),
            (
                "events.csv",
                "NEW,New,,2020-01-01,,flood,,,,,,,,,",
                r"^an event lacks reports or a reference; got \['NEW'\]$",
            ),
            (
                "event_reports.csv",
                "KGZ2010_APR,2010-04-08,AP,media,killed,qwerty,,,,,,count,1,0",
                r"^event_reports\.csv: 2 reports cannot be read, 1 is known; got \['KGZ2010_APR'",
            ),
        ],
    )
    def test_check_fails_on_a_changed_table(self, tmp_path, name, line, message):
        for path in (FOLDER / "history").glob("*.csv"):
            text = path.read_text(encoding="utf-8")
            (tmp_path / path.name).write_text(text, encoding="utf-8")
        with (tmp_path / name).open("a", encoding="utf-8") as stream:
            stream.write(line + "\n")
        with pytest.raises(DataError, match=message):
            history_check.check(tmp_path)

    def test_check_prints_its_counts(self, capsys):
        history_check.main()
        assert "   174  events\n" in capsys.readouterr().out

    def test_tables_are_those_of_the_readme(self):
        events, reports = load_history()
        assert events["event_id"].is_unique
        assert set(reports["event_id"]) == set(events["event_id"])
        assert events["reference_killed"].isna().sum() == 6
        assert set(events["kind"]) == set(KINDS) - {"other"}
        assert set(events["weapon_mechanism"]) == set(MECHANISMS)
        assert (~events["sourced"]).sum() == 50
        assert (~reports["comparable"]).sum() == 32
        assert reports["ongoing"].sum() == 148
        assert reports["as_of_date"].dt.year.min() == 1985

    @pytest.mark.parametrize("table", load_history(), ids=["events", "reports"])
    def test_every_column_is_in_the_docstring_and_the_readme(self, table):
        readme = (FOLDER / "history" / "README.md").read_text(encoding="utf-8")
        for column in table.columns:
            assert f"``{column}``" in load_history.__doc__
            assert f"`{column}`" in readme

    def test_events_carry_what_the_tables_say(self):
        events = {event.id: event for event in history_events()}
        assert events["KGZ2010_APR"].reference.killed == 86
        assert events["KGZ2010_APR"].kind == "protest_crackdown"
        assert sum(event.left_out != () for event in events.values()) == 1
        assert len(events["USA2005_KATRINA_LA"].left_out) == 1

    def test_osh_2010_is_not_among_them(self):
        osh = load_osh_2010()
        for event in history_events():
            near = abs((event.start - osh.start).days) < 30
            assert not (near and event.country == osh.country)


class TestOsh2010:
    def test_check_passes_and_counts(self):
        counts = osh_check.check(load_osh_2010())
        assert counts["reports"] == 174
        assert counts["quantity killed"] + counts["quantity wounded"] == 144

    @pytest.mark.parametrize(
        ("changes", "message"),
        [
            ({"ongoing": False}, r"^2010-06-13, unofficial.*: ongoing contradicts the date; got F"),
            ({"url": None}, r"^2010-06-13, unofficial.*, killed: the statement has no address$"),
            (
                {"claim": "count"},
                r"^2010-06-13, unofficial.*: an opponent's figure is a claim; got",
            ),
        ],
    )
    def test_check_fails_on_a_changed_table(self, changes, message):
        event = load_osh_2010()
        (opponent,) = [
            each for each in event.as_of("2010-06-13").reports if each.source_kind == "opponent"
        ]
        changed = dataclasses.replace(event, reports=[dataclasses.replace(opponent, **changes)])
        with pytest.raises(DataError, match=message):
            osh_check.check(changed)

    def test_check_prints_its_counts(self, capsys):
        osh_check.main()
        assert "   174  reports\n" in capsys.readouterr().out

    def test_nothing_can_be_learned_from_it(self):
        assert load_osh_2010().reference is None

    def test_every_day_of_the_first_week_has_a_total(self):
        osh = load_osh_2010()
        for day in range(11, 18):
            known = osh.as_of(f"2010-06-{day}")
            assert any(not each.is_part and each.quantity == "killed" for each in known.reports)
            assert known.ongoing is (day <= 14)

    def test_the_series_of_the_ministry_is_there(self):
        counts = [
            each.value
            for each in load_osh_2010().reports
            if each.source_kind == "health_ministry"
            and each.quantity == "killed"
            and not each.is_part
        ]
        assert {97, 114, 138, 170, 187, 251, 294, 355, 393} <= set(counts)

    def test_figures_on_a_place_or_group_are_parts(self):
        said = {each.says: each for each in load_osh_2010().reports}
        assert said["about 100 bodies ... in one cemetery"].place == "one cemetery in Osh"
        assert said["more than 200 Uzbeks"].group == "Uzbeks"
        assert said["several children killed in a stampede"].floor
        assert not said["some 470"].is_part

    def test_oblasts_never_exceed_the_total_of_their_bulletin(self):
        reports = [each for each in load_osh_2010().reports if each.quantity == "killed"]
        totals = {(each.date, each.source): each.value for each in reports if not each.is_part}
        oblasts = [each for each in reports if each.place and each.place.endswith(" oblast")]
        assert len(oblasts) == 14
        assert all(each.value < totals[each.date, each.source] for each in oblasts)

    def test_opponents_and_unofficial_figures_are_claims(self):
        for each in load_osh_2010().reports:
            if each.source_kind == "opponent" or "unofficial" in each.source:
                assert each.claim == "claim"

    def test_every_column_is_in_the_readme(self):
        folder = FOLDER / "osh_2010"
        header = (folder / "reports.csv").read_text(encoding="utf-8").splitlines()[0]
        readme = (folder / "README.md").read_text(encoding="utf-8")
        assert all(f"`{column}`" in readme for column in header.split(","))


class TestExample:
    def test_holds_the_statements_of_the_article_and_nothing_later(self):
        event = read_event(EXAMPLE)
        assert event.ongoing
        assert [(each.quantity, each.says) for each in event.reports] == [
            ("wounded", "nearly 1,000"),
            ("killed", "neared 100"),
            ("killed", "several children"),
        ]
        assert event.as_of_date.isoformat() == "2010-06-13"

    def test_the_stampede_is_a_floor_of_its_own_part(self):
        stampede = read_event(EXAMPLE).reports[-1]
        assert stampede.floor
        assert (stampede.place, stampede.group) == ("border crossing", "children")


@pytest.mark.parametrize("table", sorted(FOLDER.glob("*/*.csv")), ids=lambda path: path.name)
def test_tables_are_small_and_name_no_machine(table):
    text = table.read_text(encoding="utf-8")
    assert table.stat().st_size < 600_000
    assert "\r" not in text
    assert not re.search(r"/(home|root|tmp|work|Users)/", text)
