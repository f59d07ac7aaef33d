import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import matplotlib as mpl
import pytest
from click.testing import CliRunner
from fakes import fake_result, osh, report

from casualty_models.cli import main
from casualty_models.cli.answer import QUANTILES
from casualty_models.events import KINDS, read_event
from casualty_models.inference import load_result, provenance
from casualty_models.models.toll import toll_model

HEAVY = {"arviz", "matplotlib", "nutpie", "pandas", "pymc", "pytensor", "scipy", "xarray"}

EVENT = """\
[event]
name = "Osh and Jalal-Abad, June 2010"
kind = "ethnic_riot"
start = 2010-06-10
mechanism = "gunshot"

[[report]]
date = 2010-06-12
source = "Health Ministry"
source_kind = "health_ministry"
quantity = "wounded"
says = "nearly 1,000"

[[report]]
date = 2010-06-13
source = "provisional government"
source_kind = "official"
quantity = "killed"
says = "neared 100"
"""


def run(*args):
    return CliRunner().invoke(main, [str(arg) for arg in args])


def with_record(result, **changes):
    result.attrs["casualty_models"] = json.dumps(provenance(result) | changes)
    return result


def run_python(code, **environment):
    return subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        check=False,
        env=os.environ | environment,
        timeout=120,
    )


@pytest.fixture
def event_file(tmp_path):
    path = tmp_path / "osh.toml"
    path.write_text(EVENT, encoding="utf-8")
    return path


@pytest.fixture
def fits(monkeypatch):
    """Make `estimate` take its result from a list instead of sampling; record the settings."""
    seen = {"results": []}

    def fit(model, **settings):
        seen.update(event=model, settings=settings)
        return seen["results"].pop(0) if seen["results"] else fake_result(model)

    real = toll_model
    monkeypatch.setattr(
        "casualty_models.models.toll.toll_model",
        lambda event, *priors: real(event, *priors) if priors else event,
    )
    monkeypatch.setattr("casualty_models.inference.fit", fit)
    return seen


@pytest.fixture
def no_fit(monkeypatch):
    """Make a test fail where a fit is started."""
    monkeypatch.setattr("casualty_models.cli.commands._fitted", lambda *_: pytest.fail("a fit"))


def assert_refused(outcome, *parts):
    assert outcome.exit_code == 2, outcome.output
    assert outcome.stdout == ""
    assert outcome.stderr.startswith("error: ")
    assert outcome.stderr.count("\n") == 1
    for part in parts:
        assert part in outcome.stderr


def test_json_is_one_object_with_exactly_the_documented_keys(event_file, fits):
    outcome = run("estimate", event_file, "--json")
    assert (outcome.exit_code, outcome.stderr) == (0, "")
    answer = json.loads(outcome.stdout)
    assert set(answer) == {
        "event", "as_of", "killed", "wounded", "diagnostics", "data_share", "warnings",
        "random_seed", "version",
    }  # fmt: skip
    assert answer["event"] == "Osh and Jalal-Abad, June 2010"
    assert answer["as_of"] == "2010-06-13"
    assert answer["diagnostics"]["converged"] is True
    assert 0 <= answer["data_share"] <= 1
    assert answer["warnings"] == []
    assert answer["random_seed"] == 1


@pytest.mark.parametrize("quantity", ["killed", "wounded"])
def test_json_quantiles_are_those_of_the_draws(event_file, fits, quantity):
    answer = json.loads(run("estimate", event_file, "--json").stdout)[quantity]
    keys = ["0.025", "0.05", "0.1", "0.25", "0.5", "0.75", "0.9", "0.95", "0.975"]
    assert list(answer["quantiles"]) == keys
    assert answer["median"] == answer["quantiles"]["0.5"]
    draws = fake_result(read_event(event_file))["posterior"][f"true_{quantity}"]
    expected = draws.quantile(QUANTILES).values
    assert list(answer["quantiles"].values()) == pytest.approx(expected)
    assert isinstance(answer["documented"], int)


def test_json_has_null_where_nobody_counted_and_where_a_number_is_not_finite(event_file, fits):
    result = fake_result(osh(report("killed", 3, 97)), converged=False)
    diagnostics = provenance(result)["diagnostics"] | {"max_rhat": float("nan")}
    notes = ["AP: 5 missing: kept, but not used."]
    fits["results"] = [with_record(result, diagnostics=diagnostics, notes=notes)]
    outcome = run("estimate", event_file, "--json")
    answer = json.loads(outcome.stdout, parse_constant=lambda name: pytest.fail(name))
    assert answer["wounded"]["documented"] is None
    assert answer["diagnostics"]["max_rhat"] is None
    assert answer["warnings"] == ["12 divergent transitions.", "AP: 5 missing: kept, but not used."]


def test_text_holds_table_sentences_data_share_convergence_and_seed(event_file, fits):
    outcome = run("estimate", event_file)
    assert (outcome.exit_code, outcome.stderr) == (0, "")
    lines = outcome.stdout.splitlines()
    assert lines[0] == "Osh and Jalal-Abad, June 2010"
    assert lines[1] == "Estimate from 2 reports, as of 13 June 2010; the event was not over."
    labels = [line[:12].strip() for line in lines[4:9]]
    assert labels == ["documented", "median", "50% interval", "80% interval", "95% interval"]
    flowing = " ".join(outcome.stdout.split())
    for part in (
        "people will have been killed (90% interval",
        "people will have been wounded (90% interval",
        "What the reports decided: - Killed:",
        "not that they are right",
        "Sampling converged: 0 divergences",
        "Random seed 1; --random-seed 1 repeats it",
    ):
        assert part in flowing


def test_text_fits_a_terminal_of_80_columns(event_file, fits):
    name = "Ош " * 80 + "x" * 300
    event_file.write_text(EVENT.replace("Health Ministry", name), encoding="utf-8")
    for command in ("estimate", "check"):
        lines = run(command, event_file).stdout.splitlines()
        assert max(map(len, lines)) < 80
    fits["results"] = [fake_result(median=3e6)]
    assert max(map(len, run("estimate", event_file).stdout.splitlines())) < 80


def test_unconverged_answer_is_printed_with_a_warning_and_status_3(event_file, fits):
    fits["results"] = [fake_result(converged=False) for _ in range(2)]
    outcome = run("estimate", event_file)
    assert outcome.exit_code == 3
    assert "median" in outcome.stdout
    assert "NOT converged; do not use this answer:\n- 12 divergent" in outcome.stdout
    outcome = run("estimate", event_file, "--json")
    assert outcome.exit_code == 3
    assert json.loads(outcome.stdout)["diagnostics"]["converged"] is False


def test_advice_is_given_in_the_words_of_the_command(event_file, fits):
    advice = ["R-hat is 1.05; fit again with target_accept=0.99, tune=2000 and draws=2000."]
    record = {"diagnostics": provenance(fake_result())["diagnostics"]}
    record["diagnostics"] |= {"converged": False, "advice": advice}
    fits["results"] = [with_record(fake_result(), **record)]
    flowing = " ".join(run("estimate", event_file).stdout.split())
    assert "fit again with --target-accept 0.99, --tune 2000 and --draws 2000." in flowing


def test_reports_not_used_are_listed(event_file, fits):
    notes = ["AP, 2010-06-13: about a part of the event."]
    fits["results"] = [with_record(fake_result(), notes=notes)]
    stdout = run("estimate", event_file).stdout
    assert "Reports not used as they stand:\n- AP, 2010-06-13: about a part" in stdout


def test_many_reports_not_used_do_not_push_the_answer_off_the_screen(event_file, fits):
    notes = [f"AP: report {number} is about a part." for number in range(40)]
    fits["results"] = [with_record(fake_result(), notes=notes) for _ in range(2)]
    stdout = run("estimate", event_file).stdout
    assert stdout.count("is about a part") == 5
    assert "- And 35 more; --json and --report hold them all." in stdout
    assert json.loads(run("estimate", event_file, "--json").stdout)["warnings"] == notes


def test_options_reach_the_fit(event_file, fits):
    options = ["--random-seed", 7, "--draws", 50, "--tune", 60, "--chains", 2]
    run(
        "estimate",
        event_file,
        "--as-of",
        "2010-06-12",
        "--target-accept",
        0.99,
        *options,
        "--engine",
        "nuts",
    )
    assert fits["settings"] == {
        "random_seed": 7, "draws": 50, "tune": 60, "chains": 2, "target_accept": 0.99,
        "engine": "nuts",
    }  # fmt: skip
    assert [r.quantity for r in fits["event"].reports] == ["wounded"]


def test_files_are_written_and_named_last(event_file, fits, tmp_path):
    plot, page, draws = (tmp_path / name for name in ("osh.png", "osh.html", "osh.nc"))
    before = {name: value for name, value in mpl.rcParams.items() if "backend" not in name}
    outcome = run("estimate", event_file, "--plot", plot, "--report", page, "--save", draws)
    assert outcome.exit_code == 0, outcome.output
    named = [line.split(":", 1)[1].strip() for line in outcome.stdout.splitlines()[-3:]]
    assert named == [str(plot), str(page), str(draws)]
    assert plot.read_bytes().startswith(b"\x89PNG")
    assert str(event_file) in page.read_text(encoding="utf-8")
    assert provenance(load_result(str(draws)))["random_seed"] == 1
    assert {name: mpl.rcParams[name] for name in before} == before


@pytest.mark.parametrize("name", ["osh.svg", "osh.pdf", "OSH.PNG"])
def test_figure_types(event_file, fits, tmp_path, name):
    assert run("estimate", event_file, "--plot", tmp_path / name).exit_code == 0
    assert (tmp_path / name).stat().st_size > 1000


def test_a_file_that_fails_in_the_end_does_not_cost_the_answer(event_file, fits, monkeypatch):
    def full(*args, **kwargs):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("casualty_models.report_html.write_report", full)
    outcome = run("estimate", event_file, "--report", event_file.with_name("page.html"))
    assert outcome.exit_code == 2
    assert "median" in outcome.stdout
    assert "--report: the file cannot be written (No space left on device)" in outcome.stderr


BAD_FILES = {
    "unknown kind": (EVENT.replace("ethnic_riot", "etnic_riot"), ["Did you mean 'ethnic_riot'?"]),
    "date before the start": (EVENT.replace("2010-06-12", "2010-06-02"), ["2010-06-02", "report"]),
    "count below zero": (EVENT.replace('says = "neared 100"', "value = -3"), ["negative", "-3"]),
    "lower above upper": (
        EVENT.replace('says = "neared 100"', "lower = 120\nupper = 80"), ["lower", "120"]
    ),
    "NaN": (EVENT.replace('says = "neared 100"', "value = nan"), ["finite", "nan"]),
    "duplicate report": (EVENT + EVENT[EVENT.rindex("[[report]]") :], ["report"]),
    "words not understood": (EVENT.replace("neared 100", "a lot of blorp"), ["says"]),
    "only parts, none of them named": (
        EVENT.replace('"killed"', '"killed"\nplace = "A"').replace(
            '"wounded"', '"wounded"\nplace = "B"'
        ),
        ["no report of the number killed", "[strata]"],
    ),
    "TOML syntax": (EVENT.replace('kind = "ethnic_riot"', "kind = ethnic_riot"), ["line 3"]),
    "binary": (b"\x89PNG\x00\x01", ["binary"]),
    "wrong encoding": (EVENT.replace("Osh", "Och\u00e9").encode("latin-1"), ["UTF-8"]),
    "empty": ("", ["empty"]),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD_FILES)
@pytest.mark.parametrize("command", ["estimate", "check"])
def test_bad_file_gives_one_message_and_status_2(no_fit, tmp_path, case, command):
    content, parts = BAD_FILES[case]
    path = tmp_path / "bad.toml"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    assert_refused(run(command, path), "bad.toml", *parts)


def test_huge_file_is_refused_unread(no_fit, tmp_path):
    path = tmp_path / "huge.toml"
    with path.open("wb") as handle:
        handle.truncate(200_000_000)
    assert_refused(run("estimate", path, "--json"), "huge.toml", "MB")


@pytest.mark.parametrize("path", ["missing.toml", "."])
def test_file_that_cannot_be_read(no_fit, path):
    assert_refused(run("estimate", path), path)


@pytest.mark.parametrize(
    ("as_of", "part"),
    [
        ("2010-06-01", "the first is of 2010-06-12; got '2010-06-01'"),
        ("yesterday", "must be a date; got 'yesterday'"),
        ("2010-02-30", "calendar"),
        ("", "must be a date"),
    ],
)
def test_bad_as_of(no_fit, event_file, as_of, part):
    assert_refused(run("estimate", event_file, "--as-of", as_of), "--as-of", part)


@pytest.mark.parametrize(
    ("args", "part"),
    [
        (["estimate"], "Missing argument 'FILE'"),
        (["estimate", "FILE", "--jsn"], "--json"),
        (["estimate", "FILE", "more"], "unexpected extra argument"),
        (["estimate", "FILE", "--random-seed", "one"], "not a valid integer"),
        (["estimate", "FILE", "--random-seed", "-1"], "not in the range"),
        (["estimate", "FILE", "--draws", "0"], "not in the range"),
        (["estimate", "FILE", "--target-accept", "1"], "not in the range"),
        (["estimat", "FILE"], "No such command 'estimat'"),
        (["example", "nothing"], "There are blank, osh-2010, spreadsheet."),
        (["priors", "etnic_riot"], "Did you mean 'ethnic_riot'?"),
        (["priors", "--mechanism", "gun"], "Did you mean 'gunshot'?"),
    ],
)
def test_bad_usage(no_fit, event_file, args, part):
    assert_refused(run(*[event_file if a == "FILE" else a for a in args]), part)


@pytest.mark.parametrize(
    ("options", "part"),
    [
        (["--plot", "TMP/osh.jpg"], "End the name with .png, .svg or .pdf."),
        (["--plot", "TMP/osh"], "unknown type of figure; got 'osh'"),
        (["--plot", "TMP/none/osh.png"], "No such file or directory"),
        (["--report", "TMP"], "Is a directory"),
        (["--save", "TMP/osh.toml/osh.nc"], "Not a directory"),
        (["--save", "TMP/osh.toml"], "--save and FILE are the same file"),
        (["--save", "TMP/x", "--report", "TMP/x"], "are the same file"),
    ],
)
def test_outputs_are_checked_before_the_fit(no_fit, event_file, options, part):
    before = sorted(event_file.parent.iterdir())
    options = [option.replace("TMP", str(event_file.parent)) for option in options]
    assert_refused(run("estimate", event_file, *options), options[0], part)
    assert sorted(event_file.parent.iterdir()) == before
    assert event_file.read_text(encoding="utf-8") == EVENT


def test_outputs_that_exist_survive_the_check(event_file, monkeypatch):
    def stop(*args):
        raise KeyboardInterrupt

    monkeypatch.setattr("casualty_models.cli.commands._fitted", stop)
    page = event_file.with_name("page.html")
    page.write_text("earlier", encoding="utf-8")
    assert run("estimate", event_file, "--report", page).exit_code == 130
    assert page.read_text(encoding="utf-8") == "earlier"


def test_interrupt_counts_even_where_the_sampler_swallows_it(event_file, fits, monkeypatch):
    def fit(event, **settings):
        try:
            signal.raise_signal(signal.SIGINT)
        except KeyboardInterrupt:
            return fake_result(event, draws=7)

    monkeypatch.setattr("casualty_models.inference.fit", fit)
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a job in the background ignores it
    outcome = run("estimate", event_file)
    assert (outcome.exit_code, outcome.stdout) == (130, "")
    assert outcome.stderr.strip() == "interrupted"
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_what_libraries_print_log_and_warn_stays_out_of_the_answer(event_file, fits, monkeypatch):
    def fit(event, **settings):
        import logging
        import warnings

        sys.stdout.write("from Python")
        os.write(1, b"from compiled code\n")
        logging.getLogger("library").warning("from a logger")
        warnings.warn("an old spelling", DeprecationWarning, stacklevel=1)
        warnings.warn("worth knowing", UserWarning, stacklevel=1)
        return fake_result(event)

    monkeypatch.setattr("casualty_models.inference.fit", fit)
    outcome = run("estimate", event_file, "--json")
    assert json.loads(outcome.stdout)["warnings"] == ["worth knowing"]
    assert "Warning" not in outcome.stderr
    assert "from a logger" not in outcome.stderr
    assert "Also:\n- worth knowing" in run("estimate", event_file).stdout


def test_compiled_code_cannot_write_into_the_answer():
    code = (
        "import os\nfrom casualty_models.cli.terminal import hushed, say\n"
        "with hushed():\n    os.write(1, b'noise\\n')\nsay('answer')"
    )
    done = run_python(code)
    assert (done.stdout, done.stderr) == (b"answer\n", b"noise\n")


@pytest.mark.parametrize(
    "args", [["--help"], ["estimate", "--help"], ["check", "BAD"], ["estimate", "BAD"],
             ["estimate", "missing.toml"], ["estimate", "FILE", "--as-of", "x"],
             ["estimate", "FILE", "--plot", "osh.jpg"],
             ["example", "blank", "-"]],
)  # fmt: skip
def test_nothing_heavy_is_imported_before_the_input_is_known_to_be_good(event_file, args):
    bad = event_file.with_name("bad.toml")
    bad.write_text(EVENT.replace("ethnic_riot", "riots"), encoding="utf-8")
    paths = {"FILE": str(event_file), "BAD": str(bad)}
    args = [paths.get(arg, arg) for arg in args]
    code = (
        "import sys\nfrom casualty_models.cli import main\n"
        f"try:\n    main({args!r})\nexcept SystemExit:\n    pass\n"
        f"sys.exit(','.join(sorted({HEAVY!r} & set(sys.modules))) or 0)"
    )
    done = run_python(code)
    assert done.returncode == 0, done.stderr


def test_names_survive_a_pipe_without_an_encoding(event_file):
    event_file.write_text(EVENT.replace("Osh and", "Ош \u202e and"), encoding="utf-8")
    code = f"from casualty_models.cli import main; main(['check', {str(event_file)!r}])"
    done = run_python(code, LC_ALL="C")
    assert done.returncode == 0, done.stderr
    assert done.stdout.decode().startswith("Ош \\u202e and Jalal-Abad")
    done = run_python(code, PYTHONIOENCODING="latin-1")
    assert done.stdout.decode("latin-1").startswith("\\u041e\\u0448 \\u202e and")


def test_a_reader_that_goes_away_is_no_error(event_file):
    code = f"""
import os, sys
from casualty_models.cli import main
reading, writing = os.pipe()
os.dup2(writing, 1)
os.close(reading)
main(["check", {str(event_file)!r}])
"""
    done = run_python(code)
    assert (done.returncode, done.stderr) == (0, b"")


def test_standard_output_that_is_full_is_said():
    if not os.path.exists("/dev/full"):
        pytest.skip("no /dev/full here")
    code = (
        "import os\nfrom casualty_models.cli import main\n"
        "os.dup2(os.open('/dev/full', os.O_WRONLY), 1)\nmain(['example', 'blank', '-'])"
    )
    done = run_python(code)
    assert done.returncode == 2
    assert done.stderr.startswith(b"error: standard output cannot be written: No space left")


def test_check_shows_how_each_statement_was_read(event_file):
    outcome = run("check", event_file)
    event = read_event(event_file)
    assert outcome.exit_code == 0
    for said in event.reports:
        bounds = f"{said.statement.lower:,} to {said.statement.upper:,}"
        assert f'"{said.says}" is read as {bounds}' in outcome.stdout


def test_check_remarks_on_parts_and_minimums(event_file):
    more = (
        '\n[[report]]\ndate = 2010-06-13\nsource = "border guards"\nquantity = "killed"\n'
        'value = 7\nfloor = true\nplace = "Yorkishlok"\ngroup = "children"\n'
        '\n[[report]]\ndate = 2010-06-13\nsource = "UN"\nquantity = "casualties"\nvalue = 12\n'
    )
    event_file.write_text(EVENT + more, encoding="utf-8")
    stdout = run("check", event_file).stdout
    assert "about a part of the event: place Yorkishlok, group children" in stdout
    assert "a minimum: the toll is at least its lower bound" in stdout


def test_check_shows_withdrawn_and_repeated_reports_and_estimates_by_others(event_file):
    more = (
        '\n[[report]]\ndate = 2010-06-13\nsource = "AP"\nquantity = "killed"\nvalue = 117\n'
        'origin = "Health Ministry"\nretracted = "AP, 14 June: misheard"\n'
        '\n[[estimate]]\ndate = 2010-06-13\nsource = "Institute"\nlower = 100\nupper = 400\n'
        'prob = 0.9\nmethod = "lists of victims"\n'
    )
    event_file.write_text(EVENT + more, encoding="utf-8")
    stdout = " ".join(run("check", event_file).stdout.split())
    assert "repeats Health Ministry: a number of one origin counts once" in stdout
    assert "withdrawn, not used: AP, 14 June: misheard" in stdout
    assert "killed (estimate by another method): Institute (lists of victims)" in stdout
    assert "90% between 100 and 400" in stdout


def test_check_shows_what_hardly_goes_together(event_file):
    more = "\n[[report]]\ndate = 2010-06-{}\nsource = 'ministry'\nquantity = 'killed'\nvalue = {}\n"
    rows = "".join(more.format(day, n) for day, n in ((11, 971), (12, 97), (13, 98)))
    event_file.write_text(EVENT + rows, encoding="utf-8")
    outcome = run("check", event_file)
    assert outcome.exit_code == 0
    assert "one source's count so far went down" in " ".join(outcome.stdout.split())
    assert max(map(len, outcome.stdout.splitlines())) <= 80


@pytest.mark.parametrize("args", [[], ["ethnic_riot"], ["ethnic_riot", "--mechanism", "gunshot"]])
def test_priors_are_shown_with_their_sources(args):
    outcome = run("priors", *args)
    assert outcome.exit_code == 0
    assert outcome.stdout.count("    source: ") == outcome.stdout.count(" = ")
    assert max(map(len, outcome.stdout.splitlines())) < 80


def test_priors_work_for_every_kind():
    assert all(run("priors", kind).exit_code == 0 for kind in KINDS)


@pytest.mark.parametrize("name", ["blank", "osh-2010"])
def test_examples_are_valid_event_files_that_are_never_overwritten(tmp_path, name):
    path = tmp_path / f"{name}.toml"
    outcome = run("example", name, path)
    assert outcome.exit_code == 0
    assert outcome.stdout == f"Wrote {path}. Next: casualty-models check {path}\n"
    assert run("check", path).exit_code == 0
    assert_refused(run("example", name, path), "File exists")
    printed = run("example", name, "-").stdout
    assert printed == path.read_text(encoding="utf-8")


def test_the_shipped_example_is_that_of_the_repository():
    path = Path(__file__).parents[1] / "examples" / "osh-2010.toml"
    assert run("example", "osh-2010", "-").stdout == path.read_text(encoding="utf-8")


def test_example_goes_to_the_current_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert run("example", "blank").exit_code == 0
    assert read_event(tmp_path / "blank.toml").reports


@pytest.mark.parametrize("args", [[], ["--help"], ["-h"]])
def test_help_has_examples(args):
    outcome = run(*args)
    assert outcome.exit_code == 0
    assert "  casualty-models estimate osh-2010.toml" in outcome.stdout
    for command in main.commands:
        text = run(command, "--help").stdout
        assert f"  casualty-models {command}" in text


def test_version():
    outcome = run("--version")
    assert outcome.exit_code == 0
    assert outcome.stdout.startswith("casualty-models, version ")


def test_end_to_end(event_file, tmp_path):
    """The real thing, once: sampled, drawn, saved and printed by the installed command's code."""
    files = ["--plot", "osh.png", "--report", "osh.html", "--save", "osh.nc"]
    command = [sys.executable, "-c", "from casualty_models.cli import main; main()"]
    done = subprocess.run(
        [*command, "estimate", str(event_file), "--json", "--random-seed", "1", *files],
        capture_output=True,
        check=False,
        cwd=tmp_path,
        timeout=600,
    )
    assert (done.returncode, done.stderr) == (0, b"")
    answer = json.loads(done.stdout)
    assert 97 < answer["killed"]["quantiles"]["0.1"] < answer["killed"]["median"] < 4000
    assert answer["killed"]["documented"] < answer["killed"]["median"]
    assert answer["diagnostics"]["converged"] is True
    assert answer["random_seed"] == 1
    assert {path.name for path in tmp_path.iterdir()} >= {"osh.png", "osh.html", "osh.nc"}
