"""Keep each notebook's two files equal, and execute notebooks.

The reviewed source of a notebook is its percent script, `notebooks/NN_name.py`. Its pair,
`notebooks/NN_name.ipynb`, opens in Jupyter as it is and holds no outputs.

Usage: notebooks.py pair | check | execute SCRIPT OUTPUT
"""

import hashlib
import os
import sys
from pathlib import Path

import jupytext
import nbformat
from nbformat import NotebookNode

FOLDER = Path(__file__).parents[1] / "notebooks"
METADATA = {
    "jupytext": {"formats": "ipynb,py:percent"},
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
SECONDS_PER_CELL = 900


def read_script(script: Path) -> NotebookNode:
    """Return the script as a notebook without outputs, the same on every machine and day."""
    notebook = jupytext.read(script, fmt="py:percent")
    notebook.metadata = nbformat.from_dict(METADATA)
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    seen: dict[str, int] = {}
    for cell in notebook.cells:
        # An id that follows from the text: a new cell does not renumber those below it.
        name = hashlib.sha256(f"{cell.cell_type}\n{cell.source}".encode()).hexdigest()[:12]
        seen[name] = seen.get(name, 0) + 1
        cell.id = name if seen[name] == 1 else f"{name}-{seen[name]}"
    return notebook


def as_text(notebook: NotebookNode) -> str:
    """Return the notebook as the text of its `.ipynb` file."""
    return f"{nbformat.writes(notebook).rstrip()}\n"


def pair() -> None:
    """Write every `.ipynb` from its script."""
    for script in scripts():
        script.with_suffix(".ipynb").write_text(as_text(read_script(script)), encoding="utf-8")


def unpaired() -> list[str]:
    """Return the names of the notebooks whose two files differ."""
    expected = {script.with_suffix(".ipynb"): script for script in scripts()}
    found = set(FOLDER.glob("*.ipynb"))
    differ = [
        notebook.name
        for notebook, script in expected.items()
        if notebook in found
        and notebook.read_text(encoding="utf-8") != as_text(read_script(script))
    ]
    alone = [path.name for path in found ^ set(expected)]
    return sorted(differ + alone)


def execute(script: Path, output: Path) -> None:
    """Run the script as a notebook, in its own folder, and write it with its outputs."""
    from nbclient import NotebookClient

    os.environ.pop("MPLBACKEND", None)  # or the notebook shows no figures
    notebook = read_script(script)
    where = {"metadata": {"path": str(script.parent)}}
    NotebookClient(notebook, timeout=SECONDS_PER_CELL, resources=where).execute()
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_text(as_text(notebook), encoding="utf-8")


def scripts() -> list[Path]:
    """Return the notebooks' scripts in order."""
    return sorted(FOLDER.glob("[0-9]*.py"))


def main(arguments: list[str]) -> str | None:
    """Do what the arguments say; return what went wrong, if anything did."""
    match arguments:
        case ["pair"]:
            pair()
        case ["check"]:
            if names := unpaired():
                return f"a .py and its .ipynb differ, or one is missing: {names}. Run `make pair`."
        case ["execute", script, output]:
            execute(Path(script), Path(output))
        case _:
            return __doc__
    return None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
