"""What must hold for the project as a whole: its size, its words, its files, its imports."""

import ast
import importlib
import inspect
import json
import re
import subprocess
import sys
import tokenize
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

import casualty_models as cm

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "src" / "casualty_models"
MODULES = sorted(PACKAGE.rglob("*.py"))
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
SKIPPED_FOLDERS = {"__pycache__", "_build", "api", "build", "dist", "generated", "node_modules"}
MAX_FILE_BYTES = 600_000


def project_files():
    listing = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    done = subprocess.run(listing, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode == 0 and done.stdout:
        paths = [ROOT / name for name in done.stdout.split("\0") if name]
    else:  # an unpacked archive has no git folder
        paths = [path for path in ROOT.rglob("*") if not _is_skipped(path.relative_to(ROOT))]
    return sorted(path for path in paths if path.is_file() and path.name != "test_project.py")


def _is_skipped(path):
    return any(part in SKIPPED_FOLDERS or part.startswith(".") for part in path.parts[:-1])


def text_of(path):
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return ""  # an image


def places(pattern, paths):
    """Return "file:line" of every match, so that a failure says where to look."""
    found = []
    for path in paths:
        for number, line in enumerate(text_of(path).splitlines(), start=1):
            if re.search(pattern, line):
                found.append(f"{path.relative_to(ROOT)}:{number}")
    return found


def code_lines(path):
    """Return the numbers of the lines that hold code: not blank, comment or docstring."""
    quiet = {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT}
    lines = set()
    with tokenize.open(path) as file:
        for token in tokenize.generate_tokens(file.readline):
            if token.type not in quiet and token.type != tokenize.ENDMARKER:
                lines.update(range(token.start[0], token.end[0] + 1))
    for node in ast.walk(ast.parse(text_of(path))):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            lines.difference_update(range(node.lineno, node.end_lineno + 1))
    return lines


def nodes(kind):
    for path in MODULES:
        for node in ast.walk(ast.parse(text_of(path))):
            if isinstance(node, kind):
                yield path, node


def run_fresh(code):
    """Run code in a new interpreter and return the JSON it printed."""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def test_modules_are_short():
    lengths = {str(path.relative_to(ROOT)): len(text_of(path).splitlines()) for path in MODULES}
    assert lengths
    assert {name: length for name, length in lengths.items() if length > 300} == {}


def test_functions_are_short():
    lines = {path: code_lines(path) for path in MODULES}
    lengths = {
        f"{path.relative_to(ROOT)}:{node.lineno} {node.name}": len(
            lines[path].intersection(range(node.lineno, node.end_lineno + 1))
        )
        for path, node in nodes(ast.FunctionDef)
    }
    assert lengths
    assert {name: length for name, length in lengths.items() if length > 40} == {}


def test_inheritance_is_one_level_deep():
    parents = {
        node.name: {ast.unparse(parent).split(".")[-1] for parent in node.bases}
        for _, node in nodes(ast.ClassDef)
    }
    deep = {
        name
        for name, own in parents.items()
        if any(grandparent in parents for parent in own for grandparent in parents.get(parent, ()))
    }
    assert deep == set()


def test_nothing_is_asserted_in_the_package():
    assert [f"{path.name}:{node.lineno}" for path, node in nodes(ast.Assert)] == []


def test_no_module_has_an_empty_name():
    vague = {"utils", "util", "helpers", "helper", "manager", "base", "process", "common", "misc"}
    assert [path for path in MODULES if path.stem.strip("_") in vague] == []


def test_the_stub_and_the_package_name_the_same_things():
    stub = ast.parse(text_of(PACKAGE / "__init__.pyi"))
    (exported,) = [
        ast.literal_eval(node.value) for node in stub.body if isinstance(node, ast.Assign)
    ]
    assert sorted(exported) == sorted(cm.__all__)
    assert len(set(exported)) == len(exported)


@pytest.mark.parametrize("name", sorted(cm.__all__))
def test_every_public_name_is_documented(name):
    value = getattr(cm, name)
    doc = inspect.getdoc(value) or ""
    assert doc.splitlines()[0].endswith("."), "the first line is a sentence"
    if inspect.ismodule(value) or (inspect.isclass(value) and issubclass(value, Exception)):
        return
    assert "Examples\n--------\n" in doc
    if inspect.isfunction(value):
        signature = inspect.signature(value)
        for parameter in signature.parameters:
            entry = rf"^(\w+, )*\**{parameter}(, \**\w+)*( : .*)?$"
            assert re.search(entry, doc, re.MULTILINE), parameter
        if signature.return_annotation not in (None, "None"):
            assert "Returns\n-------\n" in doc


def test_every_public_name_is_on_the_api_page():
    page = text_of(ROOT / "docs" / "api.md")
    listed = re.findall(r"^   (~?[\w.]+)$", page, re.MULTILINE)
    expected = {name for name in cm.__all__ if not inspect.ismodule(getattr(cm, name))}
    assert {name for name in listed if "." not in name} == expected
    assert len(set(listed)) == len(listed)


def test_every_other_name_on_the_api_page_exists():
    page = text_of(ROOT / "docs" / "api.md")
    for name in re.findall(r"^   ([\w.]+\.\w+)$", page, re.MULTILINE):
        module, _, attribute = name.rpartition(".")
        assert hasattr(importlib.import_module(f"casualty_models.{module}"), attribute), name


def test_every_other_name_on_the_api_page_has_an_example_that_runs():
    page = text_of(ROOT / "docs" / "api.md")
    for name in re.findall(r"^   ([\w.]+\.\w+)$", page, re.MULTILINE):
        module, _, attribute = name.rpartition(".")
        value = getattr(importlib.import_module(f"casualty_models.{module}"), attribute)
        doc = inspect.getdoc(value) or ""
        assert doc.splitlines()[0].endswith("."), name
        assert ">>> " in doc.partition("Examples\n--------\n")[2], name


def test_every_figure_is_in_the_gallery():
    plots = importlib.import_module("casualty_models.plots")
    gallery = text_of(ROOT / "docs" / "gallery.md")
    names = [name for name in plots.__all__ if name.startswith("plot_")]
    assert [name for name in names if not re.search(rf"\b{name}\((?!\))", gallery)] == []


def test_import_is_light():
    code = """
import json, sys, time
start = time.perf_counter()
import casualty_models
seconds = time.perf_counter() - start
heavy = {"arviz", "matplotlib", "nutpie", "pandas", "pymc", "pytensor", "scipy", "xarray"}
print(json.dumps({"seconds": seconds, "heavy": sorted(heavy & set(sys.modules))}))
"""
    found = run_fresh(code)
    print(f"import casualty_models took {found['seconds']:.3f} s")  # noqa: T201
    assert found["heavy"] == []


def test_reading_an_event_needs_no_sampler():
    code = """
import json, sys
import casualty_models.events, casualty_models.priors, casualty_models.statements
casualty_models.read_event, casualty_models.TollPriors
heavy = {"arviz", "matplotlib", "nutpie", "pymc", "pytensor"}
print(json.dumps(sorted(heavy & set(sys.modules))))
"""
    assert run_fresh(code) == []


def test_loading_every_public_name_changes_no_global_setting():
    code = """
import json, logging, warnings
import arviz, matplotlib.pyplot, nutpie, pymc
import numpy as np
def state():
    return [
        {name: repr(value) for name, value in matplotlib.rcParams.items()},
        [repr(filter) for filter in warnings.filters],
        [repr(handler) for handler in logging.getLogger().handlers],
        repr(sorted(np.geterr().items())),
        repr(np.random.get_state()[1][:5]),
    ]
before = state()
import casualty_models
for name in casualty_models.__all__:
    getattr(casualty_models, name)
print(json.dumps([old == new for old, new in zip(before, state(), strict=True)]))
"""
    assert run_fresh(code) == [True] * 5


def test_imports_are_declared_dependencies():
    declared = {
        re.match(r"[\w-]+", text)[0].lower().replace("_", "-") for text in PROJECT["dependencies"]
    }
    declared |= {"distributed"}  # an extra, imported where a cluster is given
    declared |= {"markupsafe", "nutpie", "pytensor"}  # part of jinja2 and of pymc[nutpie]
    provided = packages_distributions()
    undeclared = set()
    for path, node in nodes(ast.Import | ast.ImportFrom):
        names = (
            [alias.name for alias in node.names] if isinstance(node, ast.Import) else [node.module]
        )
        for name in {name.split(".")[0] for name in names} - sys.stdlib_module_names:
            owners = {owner.lower().replace("_", "-") for owner in provided.get(name, [])}
            if name != "casualty_models" and not owners & declared:
                undeclared.add(f"{path.name}: {name}")
    assert undeclared == set()


def test_version_is_said_once():
    citation = re.search(r"^version: (.+)$", text_of(ROOT / "CITATION.cff"), re.MULTILINE)[1]
    changelog = re.search(r"^## \[?([\d.]+)", text_of(ROOT / "CHANGELOG.md"), re.MULTILINE)[1]
    assert cm.__version__ == PROJECT["version"]
    assert citation == PROJECT["version"]
    assert changelog == PROJECT["version"]


def test_no_file_names_a_package_index():
    # Written in pieces, so that this file does not hold what it forbids.
    hosts = "|".join([r"pypi\.org", "pythonhosted", "index" + "-url", "extra" + "-index"])
    assert places(hosts, project_files()) == []
    locks = {"uv.lock", "poetry.lock", "Pipfile.lock"}
    assert [path.name for path in project_files() if path.name in locks] == []


def test_constraints_are_only_names_versions_and_markers():
    pin = re.compile(r"[\w.-]+==[\w.!+]+( ; .+)?")
    lines = text_of(ROOT / "constraints.txt").splitlines()
    pins = [line for line in lines if not line.startswith("#")]
    assert len(pins) > 50
    assert [line for line in pins if not pin.fullmatch(line)] == []


def test_no_file_holds_a_path_of_one_machine():
    folders = r"(^|[^\w.])(/(work|root|home|Users)/\w|[A-Z]:\\Users)"
    assert places(folders, project_files()) == []


def test_no_file_is_large():
    sizes = {str(path.relative_to(ROOT)): path.stat().st_size for path in project_files()}
    assert {name: size for name, size in sizes.items() if size > MAX_FILE_BYTES} == {}


def test_text_files_end_with_one_newline():
    texts = [path for path in project_files() if path.suffix in {".py", ".md", ".toml", ".csv"}]
    assert texts
    wrong = [path for path in texts if text_of(path) and not re.search(r"\S\n\Z", text_of(path))]
    assert wrong == []


def test_notebooks_are_paired_and_hold_no_output():
    tool = ROOT / "tools" / "notebooks.py"
    done = subprocess.run(
        [sys.executable, tool, "check"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    for path in (ROOT / "notebooks").glob("*.ipynb"):
        for cell in json.loads(text_of(path))["cells"]:
            assert not cell.get("outputs"), path.name
            assert cell.get("execution_count") is None, path.name


def test_every_data_folder_has_a_readme():
    folders = {path.parent for path in (PACKAGE / "datasets").rglob("*.csv")}
    assert folders
    for folder in folders:
        readme = text_of(folder / "README.md").lower()
        for word in ("source", "licen", "column"):
            assert word in readme, f"{folder.name}/README.md does not speak of: {word}"


def test_decisions_are_numbered_and_complete():
    pages = sorted((ROOT / "docs" / "decisions").glob("[0-9]*.md"))
    assert [int(page.name[:4]) for page in pages] == list(range(1, len(pages) + 1))
    for page in pages:
        headings = re.findall(r"^## (.+)$", text_of(page), re.MULTILINE)
        assert headings[:3] == ["Context", "Decision", "Consequences"], page.name


def test_links_between_pages_lead_somewhere():
    broken = []
    for page in [path for path in project_files() if path.suffix == ".md"]:
        for target in re.findall(r"\]\((?!https?:|mailto:|#|<)([^)#\s]+)", text_of(page)):
            if not (page.parent / target).exists() and not _is_generated(page, target):
                broken.append(f"{page.relative_to(ROOT)}: {target}")
    assert broken == []


def _is_generated(page, target):
    return page.is_relative_to(ROOT / "docs") and target.startswith(("generated/", "notebooks/"))
