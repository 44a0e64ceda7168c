"""Running a program as a user does: in a process of its own, until Ctrl-C."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import sys
import threading
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.support.limits import LIMIT, wait_until

ROOT = Path(__file__).resolve().parents[2]


class Program:
    """A Python program that runs, and what it has printed so far.

    In a ``with``: it is killed at the end if it still runs.
    """

    def __init__(self, *arguments: str | Path, folder: Path = ROOT) -> None:
        self._process = subprocess.Popen(
            # A warning is an error, as in all tests. Unbuffered: what is printed is there at once.
            [sys.executable, "-u", "-W", "error", *map(str, arguments)],
            cwd=folder,
            env=os.environ | {"PYTHONIOENCODING": "utf-8"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )
        self._printed: dict[str, list[str]] = {"stdout": [], "stderr": []}
        # Both are read all the time: a full pipe would stop the program.
        self._readers = [
            threading.Thread(target=self._read, args=(name,), daemon=True) for name in self._printed
        ]
        for reader in self._readers:
            reader.start()

    def _read(self, name: str) -> None:
        with getattr(self._process, name) as pipe:
            for line in pipe:
                self._printed[name].append(line)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait(LIMIT)
        for reader in self._readers:
            reader.join(LIMIT)

    @property
    def out(self) -> str:
        """What it has printed, but for a line that has only begun."""
        return "".join(self._printed["stdout"])

    @property
    def errors(self) -> str:
        """The same of its standard error."""
        return "".join(self._printed["stderr"])

    def wait_for(self, *patterns: str, times: int = 1, after: int = 0) -> int:
        """Wait until each pattern is ``times`` in what it prints; returns how much that is.

        ``after`` is how much of it does not count.
        """
        for pattern in patterns:
            self._wait_for(re.compile(pattern, re.MULTILINE), times, after)
        return len(self.out)

    def _wait_for(self, pattern: re.Pattern[str], times: int, after: int) -> None:
        def count() -> int:
            return len(pattern.findall(self.out[after:]))

        def is_over() -> bool:
            # In this order: what it printed last is there once its readers have ended.
            has_ended = not any(reader.is_alive() for reader in self._readers)
            return count() >= times or has_ended

        with contextlib.suppress(AssertionError):
            wait_until(is_over)
        printed = self.out[after:]
        assert count() >= times, f"no {pattern.pattern!r} in:\n{printed[-2000:]}\n{self.errors}"

    def interrupt(self, tracebacks: int = 0) -> None:
        """Ctrl-C: it must end, successfully, and with no more tracebacks than it has logged."""
        assert self._process.poll() is None, f"it has ended by itself:\n{self.errors}"
        self._process.send_signal(signal.SIGINT)
        self.wait_for_end(tracebacks)

    def wait_for_end(self, tracebacks: int = 0) -> None:
        """It must end, successfully, and with no more tracebacks than it has logged."""
        try:
            status = self._process.wait(LIMIT)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"it does not end:\n{self.out[-2000:]}\n{self.errors}") from None
        for reader in self._readers:
            reader.join(LIMIT)
        assert status == 0, self.errors
        assert self.errors.count("Traceback") == tracebacks, self.errors
