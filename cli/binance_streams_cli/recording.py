"""Saying how a recording goes, and how it went."""

from __future__ import annotations

import argparse
import sys
import threading
import time
from collections.abc import Iterable
from types import TracebackType
from typing import Any, Self

from binance_streams_cli.following import Following
from binance_streams_cli.lines import counted, size
from binance_streams_cli.notices import Notices
from binance_streams_cli.parser import PROGRAM
from binance_streams_cli.status import CommandError

_ON_TERMINAL = 0.5
_ELSEWHERE = 60.0
"""Seconds between two statuses."""

_CLEAR = "\r\x1b[K"


class Recorded(Following):
    """One run of ``record``."""

    def __init__(self, options: argparse.Namespace, notices: Notices) -> None:
        """Say it on standard error, as standard output is for what was asked for."""
        super().__init__(options, notices)
        self._received = 0
        self._began = time.monotonic()
        self._is_terminal = sys.stderr.isatty()
        self._lock = threading.RLock()
        self._has_line = False
        self._recording: Any = None
        notices.on_print = self._clear

    @property
    def events(self) -> int:
        """How many events have come."""
        return self._received

    def on_event(self, event: object) -> None:
        """Count an event."""
        self._received += 1
        if self._received == self._options.n:
            self._limits.end("count")

    def say(self, lines: Iterable[str]) -> None:
        """Print lines about the streams."""
        for line in lines:
            print(f"{PROGRAM}: {line}", file=sys.stderr)

    def begin(self, recording: Any) -> None:
        """Watch this recording."""
        self._recording = recording

    def wait(self) -> None:
        """Show how it goes until something ends it."""
        limits = self._limits
        with limits.watch(lambda: self._received, lambda: None):
            self._say_status()
            while not limits.wait(_ON_TERMINAL if self._is_terminal else _ELSEWHERE):
                self._say_status()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Say how it went, however it ended; raise CommandError if lines were not written."""
        self._clear()
        if self._recording is None:
            return
        stats = self._recording.stats()
        lines, files = counted(stats.lines, "line"), counted(stats.parts, "file")
        on_disk, path = size(stats.bytes_on_disk), self._recording.path
        print(f"recorded {lines} in {files}, {on_disk}, to {path}", file=sys.stderr)
        if stats.lost_lines:
            raise CommandError(f"{counted(stats.lost_lines, 'line')} could not be written")

    def _say_status(self) -> None:
        stats = self._recording.stats()
        passed = int(time.monotonic() - self._began)
        words = [
            f"{passed // 3600:02}:{passed // 60 % 60:02}:{passed % 60:02}",
            counted(stats.lines, "line"),
            f"{size(stats.bytes_on_disk)} on disk",
            f"file {stats.parts}",
        ]
        if self._notices.counts["Gap"]:
            words.append(counted(self._notices.counts["Gap"], "gap"))
        if stats.lost_lines:
            words.append(f"{stats.lost_lines:,} LOST")
        if stats.failure is not None:
            words.append(stats.failure)
        line = "  ".join(words)
        with self._lock:
            if self._is_terminal:
                sys.stderr.write(f"{_CLEAR}{line}")
                self._has_line = True
            else:
                sys.stderr.write(f"{line}\n")
            sys.stderr.flush()

    def _clear(self) -> None:
        """Remove the line with the status, so that another one can stand there."""
        with self._lock:
            if self._has_line:
                sys.stderr.write(_CLEAR)
                sys.stderr.flush()
                self._has_line = False
