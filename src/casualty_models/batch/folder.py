"""A folder of results that grows part by part, survives a kill, and is never half written."""

import hashlib
import json
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any

from casualty_models.errors import DataError

if TYPE_CHECKING:
    import pandas as pd

MANIFEST = "manifest.json"
PART = "part-*.parquet"
MOST_EVENTS = 200  # in a part
MOST_SECONDS = 20.0  # of work that a kill may cost
_NEW_FOLDER = "Finish it with what it was made of, or name another folder."


@dataclass
class Folder:
    """A folder that results are added to.

    Attributes
    ----------
    path
        Where it is.
    done
        Keys of the events that it holds.
    """

    path: Path
    done: set[str]
    _rows: list[dict[str, Any]] = field(default_factory=list)
    _since: float = field(default_factory=monotonic)

    def add(self, rows: Sequence[dict[str, Any]]) -> None:
        """Add the rows of an event; they are on disk after `flush`, or 20 seconds at most.

        Parameters
        ----------
        rows
            As `rows_of` returns them.
        """
        self._rows.extend(rows)
        self.done.update(row["key"] for row in rows)
        waiting = len({row["key"] for row in self._rows})
        if waiting >= MOST_EVENTS or monotonic() - self._since >= MOST_SECONDS:
            self.flush()

    def flush(self) -> None:
        """Write what was added: a part is there as a whole or not at all."""
        import pandas as pd

        self._since = monotonic()
        if not self._rows:
            return
        keys = "".join(sorted({row["key"] for row in self._rows}))
        name = f"part-{hashlib.sha256(keys.encode()).hexdigest()[:16]}.parquet"
        table = pd.DataFrame(self._rows)
        write_whole(self.path / name, lambda path: table.to_parquet(path, index=False))
        self._rows.clear()


def open_folder(path: Path, manifest: dict[str, Any]) -> Folder:
    """Return a folder to add results to: a new one, or one that was made of the same things.

    Parameters
    ----------
    path
        The folder; it is made if it is not there.
    manifest
        What the results depend on.

    Raises
    ------
    DataError
        If the folder holds results that were made of something else, or other files.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> from casualty_models.batch.folder import open_folder
    >>> with TemporaryDirectory() as path:
    ...     open_folder(Path(path), {"random_seed": 1}).done
    set()
    """
    path.mkdir(parents=True, exist_ok=True)
    before = read_manifest(path)
    if before is None:
        text = json.dumps(manifest, indent=2)
        write_whole(path / MANIFEST, lambda new: new.write_text(text, encoding="utf-8"))
        return Folder(path, set())
    for name in dict.fromkeys((*manifest, *before)):
        if before.get(name) != manifest.get(name):
            raise DataError(
                f"the folder was made of something else: {name.replace('_', ' ')} was"
                f" {_brief(before.get(name))}",
                place=str(path),
                value=manifest.get(name),
                remedy=_NEW_FOLDER,
            )
    return Folder(path, set(read_parts(path, columns=["key"])["key"]))


def read_manifest(path: Path) -> dict[str, Any] | None:
    """Return what the results of a folder depend on; None if it is empty.

    Parameters
    ----------
    path
        The folder.

    Raises
    ------
    DataError
        If the folder holds something else.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> from casualty_models.batch.folder import read_manifest
    >>> with TemporaryDirectory() as path:
    ...     print(read_manifest(Path(path)))
    None
    """
    try:
        found = json.loads((path / MANIFEST).read_text(encoding="utf-8"))
    except FileNotFoundError:
        others = [each for each in path.glob("*") if not each.name.startswith(".")]
        if others:
            raise DataError(
                "the folder holds other files and no results",
                place=str(path),
                value=others[0].name,
                remedy="Name a folder that is empty or does not exist.",
            ) from None
        return None
    except (OSError, ValueError) as error:
        raise DataError(
            f"{MANIFEST} cannot be read ({error})", place=str(path), remedy=_NEW_FOLDER
        ) from error
    return dict(found)


def read_parts(path: Path, columns: Iterable[str] | None = None) -> "pd.DataFrame":
    """Return the rows of all parts of a folder, in no order.

    Parameters
    ----------
    path
        The folder.
    columns
        Which to read; by default all.

    Raises
    ------
    DataError
        If a part cannot be read.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> from casualty_models.batch.folder import read_parts
    >>> with TemporaryDirectory() as path:
    ...     len(read_parts(Path(path), columns=["key"]))
    0
    """
    import pandas as pd

    chosen = None if columns is None else list(columns)
    tables = [_read_part(part, chosen) for part in sorted(path.glob(PART))]
    return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(columns=chosen)


def _read_part(path: Path, columns: list[str] | None) -> "pd.DataFrame":
    import pandas as pd

    try:
        return pd.read_parquet(path, columns=columns)
    except (OSError, ValueError) as error:
        raise DataError(
            f"this part cannot be read ({error})",
            place=str(path),
            remedy="Delete it and run again: only its events are fitted anew.",
        ) from error


def write_whole(path: Path, write: Any) -> None:  # noqa: ANN401
    """Write a file beside its place, wait until it is on the disk, and move it there.

    Parameters
    ----------
    path
        Where it belongs.
    write
        Writes the file that it is given the path of.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> from casualty_models.batch.folder import write_whole
    >>> with TemporaryDirectory() as folder:
    ...     write_whole(Path(folder) / "a.txt", lambda path: path.write_text("whole"))
    ...     (Path(folder) / "a.txt").read_text()
    'whole'
    """
    new = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        write(new)
        with new.open("rb+") as handle:
            os.fsync(handle.fileno())
        new.replace(path)
    finally:
        new.unlink(missing_ok=True)
    if os.name == "posix":  # elsewhere a folder cannot be opened
        descriptor = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _brief(value: object) -> str:
    text = json.dumps(value)
    return text if len(text) <= 80 else f"{text[:77]}..."  # noqa: PLR2004
