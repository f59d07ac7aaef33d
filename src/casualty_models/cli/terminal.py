"""What the command writes to the terminal, and what it keeps away from it."""

import contextlib
import logging
import os
import re
import signal
import sys
import threading
import warnings
from collections.abc import Iterator
from types import FrameType
from typing import Any, NoReturn

import click

from casualty_models.errors import ConvergenceWarning, DataError, NotEstimable

DONE, BAD_INPUT, NOT_CONVERGED, INTERRUPTED = 0, 2, 3, 130

# Control characters and those that turn the direction of the text around.
_UNSAFE = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


class Commands(click.Group):
    """A group of commands whose every failure is one line on standard error and a status."""

    def main(self, *args: Any, **extra: Any) -> NoReturn:  # noqa: ANN401
        """Run a command and leave with its exit status: 0, 2, 3 or 130."""
        for stream in (sys.stdout, sys.stderr):
            # A name may hold characters that the terminal's encoding lacks.
            if hasattr(stream, "reconfigure"):
                stream.reconfigure(errors="backslashreplace")
        try:
            status = super().main(*args, **extra | {"standalone_mode": False})
        except (click.Abort, KeyboardInterrupt):
            click.echo("interrupted", err=True)
            sys.exit(INTERRUPTED)
        except click.ClickException as error:
            fail(_usage_message(error))
        except (DataError, NotEstimable) as error:
            fail(str(error))
        sys.exit(status or DONE)


def say(text: str) -> None:
    """Print to standard output; a reader that has gone away is no error.

    Parameters
    ----------
    text
        What to print; characters that could command the terminal are shown as escapes.

    Examples
    --------
    >>> from casualty_models.cli.terminal import say
    >>> say("97 killed")
    97 killed
    """
    try:
        click.echo(printable(text))
        sys.stdout.flush()
    except OSError as error:
        # Python would complain once more when it flushes the stream at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if not isinstance(error, BrokenPipeError):
            fail(f"standard output cannot be written: {error.strerror}")


def note(text: str) -> None:
    """Print to standard error, if somebody is watching it.

    Parameters
    ----------
    text
        What is going on.

    Examples
    --------
    >>> from casualty_models.cli.terminal import note
    >>> note("sampling")
    """
    if sys.stderr.isatty():
        click.echo(printable(text), err=True)


def fail(message: str) -> NoReturn:
    """Leave with a message on standard error and the exit status of bad input.

    Parameters
    ----------
    message
        What is wrong and what to do; printed as one line.

    Examples
    --------
    >>> from casualty_models.cli.terminal import fail
    >>> fail("a count cannot be negative")
    Traceback (most recent call last):
        ...
    SystemExit: 2
    """
    with contextlib.suppress(OSError):
        click.echo(f"error: {printable(' '.join(message.split()))}", err=True)
    sys.exit(BAD_INPUT)


def printable(text: str) -> str:
    r"""Return text that cannot command the terminal or turn its direction around.

    Examples
    --------
    >>> from casualty_models.cli.terminal import printable
    >>> printable("a\x1b[31mb")
    'a\\x1b[31mb'
    """
    return _UNSAFE.sub(lambda found: ascii(found[0])[1:-1], text)


@contextlib.contextmanager
def hushed() -> Iterator[list[str]]:
    """Keep what libraries print, log and warn away from standard output and from the reader.

    Yields
    ------
    A list that holds, in the end, the texts of warnings meant for the user. Those about
    convergence are left out: the result carries them itself.

    Examples
    --------
    >>> import warnings
    >>> from casualty_models.cli.terminal import hushed
    >>> with hushed() as noticed:
    ...     print("from a library")
    ...     warnings.warn("a glyph is missing")
    ...     warnings.warn("old spelling", DeprecationWarning)
    >>> noticed
    ['a glyph is missing']
    """
    noticed: list[str] = []
    disabled = logging.root.manager.disable
    with (
        warnings.catch_warnings(record=True) as caught,
        _output_on_stderr(),
        contextlib.redirect_stdout(sys.stderr),
    ):
        warnings.simplefilter("always")
        logging.disable(logging.WARNING)
        try:
            yield noticed
        finally:
            logging.disable(disabled)
    texts = [
        str(warning.message)
        for warning in caught
        if issubclass(warning.category, UserWarning)
        and not issubclass(warning.category, ConvergenceWarning)
    ]
    noticed.extend(dict.fromkeys(texts))


@contextlib.contextmanager
def interruptible() -> Iterator[None]:
    """Make an interrupt count even where the sampler would answer it with fewer draws.

    Raises
    ------
    KeyboardInterrupt
        At the end, if the interrupt came in between.

    Examples
    --------
    >>> from casualty_models.cli.terminal import interruptible
    >>> with interruptible():
    ...     draws = 4000
    """
    usual = signal.getsignal(signal.SIGINT) is signal.default_int_handler
    if not usual or threading.current_thread() is not threading.main_thread():
        yield
        return
    pressed = False

    def remember(number: int, frame: FrameType | None) -> None:
        nonlocal pressed
        pressed = True
        signal.default_int_handler(number, frame)

    signal.signal(signal.SIGINT, remember)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    if pressed:
        raise KeyboardInterrupt


@contextlib.contextmanager
def _output_on_stderr() -> Iterator[None]:
    # Compiled code writes to the descriptor itself and not to sys.stdout.
    sys.stdout.flush()
    try:
        kept = os.dup(1)
        os.dup2(2, 1)
    except OSError:  # one of the two is closed
        yield
        return
    try:
        yield
    finally:
        os.dup2(kept, 1)
        os.close(kept)


def _usage_message(error: click.ClickException) -> str:
    message = error.format_message()
    if not message.endswith((".", "?", "!")):
        message += "."
    context = getattr(error, "ctx", None)
    return f"{message} Try '{context.command_path} --help'." if context else message
