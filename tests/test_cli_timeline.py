"""The commands `timeline` and `compare`, and tables of reports on the command line."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from fakes import fake_result

from casualty_models.cli import commands, main
from casualty_models.cli.answer import QUANTILES
from casualty_models.errors import DataError
from casualty_models.events import read_event, read_events

EVENT = """\
[event]
name = "{name}"
kind = "ethnic_riot"
start = 2010-06-10
end = 2010-06-14

[[report]]
date = 2010-06-11
source = "Health Ministry"
quantity = "killed"
retracted = "the ministry"
value = 120

[[report]]
date = 2010-06-12
source = "Health Ministry"
quantity = "killed"
value = 45

[[report]]
date = 2010-06-16
source = "Health Ministry"
quantity = "killed"
value = 178
"""
TABLE = """\
event;kind;start;date;source;quantity;value;says
Osh;ethnic_riot;10.06.2010;12.06.2010;Health Ministry;killed;45;
;;;13.06.2010;Health Ministry;wounded;;"nearly 1,000"
Elsewhere;riot;01.05.2011;02.05.2011;Police;killed;7;
"""


def run(*args):
    return CliRunner().invoke(main, [str(arg) for arg in args])


@pytest.fixture
def osh(tmp_path):
    path = tmp_path / "osh.toml"
    path.write_text(EVENT.format(name="Osh, June 2010"), encoding="utf-8")
    return path


@pytest.fixture
def other(tmp_path):
    path = tmp_path / "other.toml"
    path.write_text(EVENT.format(name="Another town"), encoding="utf-8")
    return path


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "reports.csv"
    path.write_text(TABLE, encoding="utf-8")
    return path


@pytest.fixture
def fits(monkeypatch):
    """Make results of simple distributions instead of sampling; record events and settings."""
    seen = {"converged": True}

    def fit_many(events, **settings):
        seen.update(events=events, settings=settings)
        medians = (300.0 + 100 * number for number in range(len(events)))
        return [
            fake_result(event, median=median, converged=seen["converged"] or not number)
            for number, (event, median) in enumerate(zip(events, medians, strict=False))
        ]

    monkeypatch.setattr("casualty_models.batch.fit_many", fit_many)
    return seen


@pytest.fixture
def no_fit(monkeypatch):
    monkeypatch.setattr("casualty_models.batch.fit_many", lambda *_, **__: pytest.fail("a fit"))


def assert_refused(outcome, *parts):
    assert outcome.exit_code == 2, outcome.output
    assert outcome.stdout == ""
    assert outcome.stderr.startswith("error: ")
    assert outcome.stderr.count("\n") == 1
    for part in parts:
        assert part in outcome.stderr


# Day by day


def test_timeline_fits_each_day_as_it_was_known_then(osh, fits):
    outcome = run("timeline", osh, "--random-seed", 7)
    assert (outcome.exit_code, outcome.stderr) == (0, "")
    assert [str(event.known_on) for event in fits["events"]] == ["2010-06-12", "2010-06-16"]
    assert [event.ongoing for event in fits["events"]] == [True, False]
    assert fits["settings"] == {
        "random_seed": 7, "draws": 1000, "tune": 1000, "chains": 4, "target_accept": 0.95,
        "engine": "auto",
    }  # fmt: skip
    lines = outcome.stdout.splitlines()
    assert lines[:2] == [
        "Osh, June 2010",
        "The number killed, as it could be estimated on each day.",
    ]
    assert lines[3].split()[:3] == ["known", "by", "reports"]
    assert lines[4].split()[:4] == ["2010-06-12", "1", "45", "300"]
    assert lines[5].split()[:4] == ["2010-06-16", "2", "178", "390"]
    assert "nothing later. Where the event was not over yet" in " ".join(lines)
    assert "--random-seed 7 repeats it" in lines[-1]
    assert max(map(len, lines)) < 80


def test_timeline_json_has_one_estimate_a_day(osh, fits):
    answer = json.loads(run("timeline", osh, "--json").stdout)
    assert set(answer) == {"estimates", "warnings", "random_seed", "version"}
    assert answer["random_seed"] == fits["settings"]["random_seed"]
    first, last = answer["estimates"]
    assert set(first) == {
        "event", "as_of", "ongoing", "reports", "killed", "wounded", "diagnostics", "warnings",
    }  # fmt: skip
    assert (first["as_of"], last["as_of"]) == ("2010-06-12", "2010-06-16")
    assert (first["killed"]["documented"], first["wounded"]["documented"]) == (45, None)
    expected = fake_result(fits["events"][0], median=300)["posterior"]["true_killed"]
    found = list(first["killed"]["quantiles"].values())
    assert found == pytest.approx(expected.quantile(QUANTILES).values)


@pytest.mark.parametrize(
    ("options", "days"),
    [
        (["--every", 3], [12, 15, 16]),
        (["--dates", "2010-06-20, 2010-06-13"], [13, 20]),
        (["--dates", "2010-06-12"], [12]),
    ],
)
def test_days_can_be_chosen(osh, fits, options, days):
    assert run("timeline", osh, *options).exit_code == 0
    assert [event.as_of_date.day for event in fits["events"]] == days


def test_timeline_of_the_wounded(osh, fits):
    stdout = run("timeline", osh, "--quantity", "wounded").stdout
    assert "The number wounded" in stdout
    assert "no count" in stdout


def test_rows_that_have_not_converged_are_marked_and_the_status_is_3(osh, fits):
    fits["converged"] = False
    outcome = run("timeline", osh)
    assert outcome.exit_code == 3
    lines = outcome.stdout.splitlines()
    assert not lines[4].endswith("!")
    assert lines[5].endswith(" !")
    assert "! The sampling of this row has not converged; do not use it." in lines


@pytest.mark.parametrize("command", ["timeline", "compare"])
def test_figures_are_written(osh, other, fits, tmp_path, command):
    files = [osh] if command == "timeline" else [osh, other]
    outcome = run(command, *files, "--plot", tmp_path / "figure.png")
    assert outcome.exit_code == 0, outcome.output
    assert outcome.stdout.splitlines()[-1] == f"Figure: {tmp_path / 'figure.png'}"
    assert (tmp_path / "figure.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("options", "part"),
    [
        (["--every", 0], "not in the range"),
        (["--every", 2, "--dates", "2010-06-12"], "--every and --dates exclude each other"),
        (["--dates", "2010-06-01"], "--dates: no report is that early"),
        (["--dates", "2010-06-11"], "no report of the number killed"),
        (["--dates", "soon"], "--dates: must be a date; got 'soon'"),
        (["--dates", ","], "--dates: names no day"),
        (["--quantity", "missing"], "'missing' is not one of"),
        (["--plot", "fan.jpg"], "--plot: unknown type of figure"),
    ],
)
def test_bad_options_of_timeline(osh, no_fit, options, part):
    assert_refused(run("timeline", osh, *options), part)


def test_interrupt_and_errors_of_a_fit_end_in_one_line(osh, monkeypatch):
    def stop(*args, **settings):
        raise KeyboardInterrupt

    monkeypatch.setattr("casualty_models.batch.fit_many", stop)
    assert run("timeline", osh).exit_code == 130
    error = DataError("bounds that nothing lies between", place="Osh")
    monkeypatch.setattr("casualty_models.batch.fit_many", lambda *_, **__: [error])
    assert_refused(run("timeline", osh), "Osh: bounds that nothing lies between")


# Side by side


def test_compare_shows_each_event_and_the_chance_of_more(osh, other, fits):
    outcome = run("compare", osh, other)
    assert (outcome.exit_code, outcome.stderr) == (0, "")
    flowing = " ".join(outcome.stdout.split())
    assert flowing.startswith("The number killed in 2 events event known by documented")
    assert "Osh, June 2010 2010-06-16 178 300" in flowing
    assert "Another town 2010-06-16 178 390" in flowing
    assert "The chance that more were killed in Another town than in Osh, June 2010: " in flowing
    assert "Do not add these numbers" in flowing
    assert max(map(len, outcome.stdout.splitlines())) < 80


def test_compare_takes_tables_and_long_names(osh, table, fits):
    table.write_text(TABLE.replace("Elsewhere", "Else " * 60), encoding="utf-8")
    outcome = run("compare", osh, table)
    assert [event.name[:9] for event in fits["events"]] == ["Osh, June", "Osh", "Else Else"]
    assert max(map(len, outcome.stdout.splitlines())) < 80


@pytest.mark.parametrize("command", ["timeline", "compare"])
def test_hostile_names_do_not_break_a_figure(osh, other, fits, tmp_path, command):
    name = "<script>$x_{" + "y" * 1500
    for path in (osh, other):
        path.write_text(EVENT.format(name=name), encoding="utf-8")
    files = [osh] if command == "timeline" else [osh, other]
    outcome = run(command, *files, "--plot", tmp_path / "figure.svg")
    assert outcome.exit_code == 0, outcome.output
    assert (tmp_path / "figure.svg").stat().st_size > 1000


def test_compare_json(osh, other, fits):
    answer = json.loads(run("compare", osh, other, "--json").stdout)
    assert [each["event"] for each in answer["estimates"]] == ["Osh, June 2010", "Another town"]


def test_compare_wants_two_events(osh, no_fit):
    assert_refused(run("compare", osh), "there is only one event to compare", "estimate")
    assert_refused(run("compare"), "Missing argument 'FILE...'")


def test_compare_names_the_file_at_fault(osh, tmp_path, no_fit):
    assert_refused(run("compare", osh, tmp_path / "none.toml"), "none.toml: there is no such file")


def test_compare_does_not_overwrite_its_input(osh, other, no_fit, tmp_path):
    other = other.rename(tmp_path / "other.svg")
    outcome = run("compare", osh, other, "--plot", other)
    assert_refused(outcome, "--plot and FILE are the same file")
    assert read_event(other).name == "Another town"


# Tables of reports


@pytest.mark.parametrize("command", ["check", "timeline", "estimate"])
def test_a_table_of_one_event_is_read_like_an_event_file(table, fits, monkeypatch, command):
    table.write_text(TABLE.partition("Elsewhere")[0], encoding="utf-8")
    monkeypatch.setattr("casualty_models.models.toll.toll_model", lambda event: event)
    monkeypatch.setattr("casualty_models.inference.fit", lambda event, **_: fake_result(event))
    outcome = run(command, table)
    assert outcome.exit_code == 0, outcome.output
    assert outcome.stdout.startswith("Osh\n")


@pytest.mark.parametrize("command", ["check", "timeline", "estimate"])
def test_a_table_of_two_events_is_refused_where_one_is_wanted(table, no_fit, command):
    assert_refused(run(command, table), "reports.csv: the table holds 2 events", "compare")


def test_words_that_do_not_say_how_many_are_refused(table, no_fit):
    table.write_text(TABLE.replace(";45;", ";;appalling losses"), encoding="utf-8")
    assert_refused(run("check", table), "reports.csv, line 2, says: words not understood")


def test_the_spreadsheet_example_can_be_read(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    outcome = run("example", "spreadsheet")
    assert outcome.stdout == "Wrote spreadsheet.csv. Next: casualty-models check spreadsheet.csv\n"
    (event,) = read_events(Path("spreadsheet.csv"))
    assert len(event.reports) == 4
    assert run("check", "spreadsheet.csv").exit_code == 0


# Help and completion


@pytest.mark.parametrize(
    ("begun", "completed"),
    [
        ("tim", ["timeline"]),
        ("priors ethnic", ["ethnic_riot"]),
        ("priors other --mechanism gun", ["gunshot"]),
        ("example ", ["blank", "osh-2010", "spreadsheet"]),
        ("timeline x --quantity w", ["wounded"]),
        ("estimate --rep", ["--report"]),
    ],
)
def test_the_tab_key_completes(monkeypatch, begun, completed):
    monkeypatch.setenv("_CASUALTY_MODELS_COMPLETE", "bash_complete")
    monkeypatch.setenv("COMP_WORDS", f"casualty-models {begun}")
    monkeypatch.setenv("COMP_CWORD", str(len(begun.split(" "))))
    outcome = CliRunner().invoke(main, [], prog_name="casualty-models")
    assert outcome.stdout.split() == [f"plain,{word}" for word in completed]


def test_completion_offers_every_example():
    folder = Path(commands.__file__).parent / "examples"
    names = sorted(path.stem for path in folder.iterdir())
    assert commands._examples(None, None, "") == names


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_has_a_script_for_each_shell(monkeypatch, shell):
    monkeypatch.setenv("_CASUALTY_MODELS_COMPLETE", f"{shell}_source")
    if shell == "bash":  # click asks bash for its version first
        monkeypatch.setattr(
            "click.shell_completion.BashComplete._check_version", staticmethod(lambda: None)
        )
    outcome = CliRunner().invoke(main, [], prog_name="casualty-models")
    assert outcome.exit_code == 0
    assert "_CASUALTY_MODELS_COMPLETE" in outcome.stdout
    assert f"{shell}_source" in (Path(__file__).parents[1] / "docs/command-line.md").read_text()


def test_completion_is_explained():
    assert "_CASUALTY_MODELS_COMPLETE=bash_source casualty-models" in run("--help").stdout


@pytest.mark.parametrize("command", list(main.commands))
def test_help_names_the_exit_status_or_is_of_a_quick_command(command):
    text = run(command, "--help").stdout
    assert text.count("\n  casualty-models ") >= 1 or "casualty-models" in text
    if command in ("estimate", "timeline", "compare"):
        assert "Exit status:" in text
        assert "3  printed" in text
    assert max(map(len, text.splitlines())) <= 80
