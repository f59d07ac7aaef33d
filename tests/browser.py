"""A headless Chromium, asked about pages over the DevTools protocol on a pipe."""

import base64
import contextlib
import fcntl
import json
import os
import select
import shutil
import signal
from pathlib import Path
from typing import Any, Self

PROGRAMS = (
    "chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome",
    "microsoft-edge",
)  # fmt: skip
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-quic",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--no-first-run", "--no-default-browser-check", "--hide-scrollbars", "--remote-debugging-pipe",
)  # fmt: skip
PATIENCE = 60  # seconds for one answer; a loaded machine needs several
COMMANDS, ANSWERS = 3, 4  # the descriptors on which the browser listens and speaks
LEAST = 10


def find_browser() -> str | None:
    """Return the program named by CHROMIUM, or the first of `PROGRAMS` on the path, or None."""
    names = [os.environ["CHROMIUM"]] if os.environ.get("CHROMIUM") else PROGRAMS
    return next((found for name in names if (found := shutil.which(name))), None)


class Chromium:
    """One browser with one tab; use it in a ``with`` block."""

    def __init__(self, program: str, profile: Path) -> None:
        self.events: list[dict[str, Any]] = []
        self._number, self._session, self._unread = 0, "", b""
        ends = [_high(end) for pair in (os.pipe(), os.pipe()) for end in pair]
        theirs = (ends[0], ends[3])
        self._answers, self._commands = ends[2], ends[1]
        nowhere = (os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0)
        self._process = os.posix_spawn(
            program,
            [program, *FLAGS, f"--user-data-dir={profile}", "about:blank"],
            os.environ,
            file_actions=[
                (os.POSIX_SPAWN_DUP2, theirs[0], COMMANDS),
                (os.POSIX_SPAWN_DUP2, theirs[1], ANSWERS),
                nowhere,
            ],
            setpgroup=0,
        )
        for end in theirs:
            os.close(end)

    def __enter__(self) -> Self:
        target = self.ask("Target.createTarget", url="about:blank")["targetId"]
        answer = self.ask("Target.attachToTarget", targetId=target, flatten=True)
        self._session = answer["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.ask(f"{domain}.enable")
        return self

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process, signal.SIGKILL)
        os.waitpid(self._process, 0)
        os.close(self._answers)
        os.close(self._commands)

    def ask(self, method: str, **params: Any) -> dict[str, Any]:
        """Return the answer to a command of the protocol; keep the events that come before it."""
        self._number += 1
        command = {"id": self._number, "method": method, "params": params}
        if self._session:
            command["sessionId"] = self._session
        os.write(self._commands, json.dumps(command).encode() + b"\0")
        while True:
            message = self._next()
            if message.get("id") == self._number:
                if "error" in message:
                    raise RuntimeError(f"{method}: {message['error']}")
                return message["result"]
            self.events.append(message)

    def open(self, page: Path, width: int, height: int = 900) -> None:
        """Open a file in a window of a width; `events` then holds what happened."""
        self.ask("Emulation.setDeviceMetricsOverride", width=width, height=height,
                 deviceScaleFactor=1, mobile=False)  # fmt: skip
        self.events.clear()
        self.ask("Page.navigate", url=page.resolve().as_uri())
        while "Page.loadEventFired" not in [event.get("method") for event in self.events]:
            self.events.append(self._next())

    def evaluate(self, expression: str) -> Any:
        """Return the value of a JavaScript expression in the page."""
        answer = self.ask("Runtime.evaluate", expression=expression, returnByValue=True)
        if "exceptionDetails" in answer:
            raise RuntimeError(answer["exceptionDetails"])
        return answer["result"].get("value")

    def problems(self) -> list[str]:
        """Return errors of the console and of scripts since the page was opened."""
        found = []
        for event in self.events:
            method, told = event.get("method"), event.get("params", {})
            if method == "Log.entryAdded" and told["entry"]["level"] in ("warning", "error"):
                found.append(told["entry"]["text"])
            if method in ("Runtime.exceptionThrown", "Runtime.consoleAPICalled"):
                found.append(json.dumps(told))
        return found

    def requests(self) -> list[str]:
        """Return the addresses that were asked for since the page was opened."""
        return [
            event["params"]["request"]["url"]
            for event in self.events
            if event.get("method") == "Network.requestWillBeSent"
        ]

    def pdf(self) -> bytes:
        """Return the page as it is printed, on the paper that it asks for."""
        answer = self.ask("Page.printToPDF", preferCSSPageSize=True, printBackground=True)
        return base64.b64decode(answer["data"])

    def picture(self, *, whole: bool = True) -> bytes:
        """Return a PNG of the page."""
        answer = self.ask("Page.captureScreenshot", captureBeyondViewport=whole)
        return base64.b64decode(answer["data"])

    def _next(self) -> dict[str, Any]:
        while b"\0" not in self._unread:
            if not select.select([self._answers], [], [], PATIENCE)[0]:
                raise TimeoutError(f"the browser said nothing for {PATIENCE} seconds")
            part = os.read(self._answers, 1 << 20)
            if not part:
                raise RuntimeError("the browser has ended")
            self._unread += part
        message, _, self._unread = self._unread.partition(b"\0")
        return json.loads(message)


def _high(end: int) -> int:
    """Return a copy of a descriptor that is none of those that the browser is to get."""
    copy = fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, LEAST)
    os.close(end)
    return copy
