"""The files that ``estimate`` writes: checked before the long fit, written after it."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from casualty_models.errors import DataError

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.axes import Axes

FIGURE_TYPES = (".png", ".svg", ".pdf")
FIGURE_SIZE, FIGURE_DPI = (7.0, 4.2), 200  # inches; a newspaper's column and a half


@dataclass(frozen=True, kw_only=True)
class Outputs:
    """The files asked for.

    Attributes
    ----------
    plot, report, save
        Paths of the figure, the page and the saved draws; None where not asked for.
    """

    plot: Path | None = None
    report: Path | None = None
    save: Path | None = None

    def check(self, source: Path) -> None:
        """Raise `DataError` unless every file can be written and none replaces another.

        Parameters
        ----------
        source
            The file that the estimate is made from.
        """
        taken = {source.resolve(): "FILE"}
        for name, path in self._asked():
            option = f"--{name}"
            if path.resolve() in taken:
                raise DataError(
                    f"{option} and {taken[path.resolve()]} are the same file",
                    place=option,
                    value=str(path),
                    remedy="Give each its own name.",
                )
            taken[path.resolve()] = option
            if name == "plot":
                _check_figure_type(path)
            _check_writable(path, option)

    def write(self, result: "xr.DataTree", *, event_file: str) -> list[str]:
        """Write the files and return one line for each: what it is and where.

        Parameters
        ----------
        result
            What `fit` returned.
        event_file
            The input, as it is named in the command that repeats the report.

        Raises
        ------
        DataError
            If a file cannot be written after all.
        """
        writers: dict[str, tuple[str, Callable[[Path], None]]] = {
            "plot": ("Figure", lambda path: _draw(result, path)),
            "report": ("Report", lambda path: _write_page(result, path, event_file)),
            "save": ("Draws", lambda path: result.to_netcdf(path)),
        }
        written = []
        for name, path in self._asked():
            label, writer = writers[name]
            try:
                writer(path)
            except OSError as error:
                raise _not_writable(path, f"--{name}", error) from error
            written.append(f"{label + ':':8}{path}")
        return written

    def _asked(self) -> list[tuple[str, Path]]:
        named = {"plot": self.plot, "report": self.report, "save": self.save}
        return [(name, path) for name, path in named.items() if path is not None]


def _check_figure_type(path: Path) -> None:
    if path.suffix.lower() not in FIGURE_TYPES:
        raise DataError(
            "unknown type of figure",
            place="--plot",
            value=path.name,
            remedy=f"End the name with {', '.join(FIGURE_TYPES[:-1])} or {FIGURE_TYPES[-1]}.",
        )


def _check_writable(path: Path, option: str) -> None:
    new = not path.exists()
    try:
        # Opening is the only test that also knows of read-only disks and of too long names.
        path.open("ab").close()
    except OSError as error:
        raise _not_writable(path, option, error) from error
    if new:
        path.unlink()


def _not_writable(path: Path, option: str, error: OSError) -> DataError:
    return DataError(
        f"the file cannot be written ({error.strerror or error})",
        place=option,
        value=str(path),
        remedy="Name a file in a folder that exists and that you may write to.",
    )


def save_figure(path: Path, draw: "Callable[[Axes], object]") -> None:
    """Draw on new Axes and write the figure.

    Parameters
    ----------
    path
        The file; its ending says of which type.
    draw
        What draws.

    Raises
    ------
    DataError
        If the file cannot be written.

    Examples
    --------
    >>> from casualty_models.cli.outputs import save_figure
    >>> save_figure("line.png", lambda ax: ax.plot([1, 2]))  # doctest: +SKIP
    """
    import matplotlib as mpl
    from matplotlib.figure import Figure

    with mpl.rc_context({"text.parse_math": False}):  # a dollar sign in a report is one
        figure = Figure(figsize=FIGURE_SIZE, layout="constrained")
        draw(figure.add_subplot())
        try:
            figure.savefig(path, dpi=FIGURE_DPI)
        except OSError as error:
            raise _not_writable(path, "--plot", error) from error


def _draw(result: "xr.DataTree", path: Path) -> None:
    from casualty_models.plots import plot_toll
    from casualty_models.report_html.figures import with_short_names

    save_figure(path, lambda ax: plot_toll(with_short_names(result), ax=ax))


def _write_page(result: "xr.DataTree", path: Path, event_file: str) -> None:
    from casualty_models.report_html import write_report

    write_report(result, path, event_file=event_file)
