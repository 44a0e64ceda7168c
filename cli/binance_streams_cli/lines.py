"""Lines on standard output: at once if they are few, together if they are many."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import BinaryIO, Self

_PAUSE = 0.02
"""Seconds that a line may wait for others."""

_UNITS = ("bytes", "KB", "MB", "GB", "TB")
_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"

# Control characters that JSON allows as they are, but some terminals obey: DEL, and C1 in UTF-8.
_CONTROL = re.compile(b"\x7f|\xc2[\x80-\x9f]")


class LineWriter:
    """Writes lines to a file that may be a slow or a broken pipe, while it is entered.

    A line is flushed when it is written; if another one was just before, within 20 ms by a thread.
    """

    def __init__(self, file: BinaryIO, on_broken: Callable[[], object]) -> None:
        """``on_broken`` is called in that thread if nobody reads the pipe any more."""
        self._file = file
        self._on_broken = on_broken
        self._flushed_at = 0.0
        self._is_dirty = threading.Event()
        self._is_closed = threading.Event()
        self._failure: OSError | None = None
        self._thread: threading.Thread | None = None

    def write(self, line: bytes) -> None:
        """Write a line; raise BrokenPipeError if nobody reads it."""
        if self._failure is not None:
            raise self._failure
        self._file.write(line)
        if self._is_dirty.is_set():
            return
        now = time.monotonic()
        if now - self._flushed_at > _PAUSE:
            self._flushed_at = now
            self._file.flush()
            return
        self._is_dirty.set()
        if self._thread is None:
            thread = threading.Thread(target=self._run, name="binance-streams-lines", daemon=True)
            thread.start()
            # Only now: Ctrl-C may come while it starts, and what has not started has no end.
            self._thread = thread

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._is_closed.set()
        self._is_dirty.set()
        if self._thread is not None:
            self._thread.join()
        if self._failure is not None:
            raise self._failure
        self._file.flush()

    def _run(self) -> None:
        while True:
            self._is_dirty.wait()
            if self._is_closed.wait(_PAUSE):
                return
            # First, so that what is written meanwhile is flushed, too.
            self._is_dirty.clear()
            # The end may have come since the pause, and sets it only once.
            if self._is_closed.is_set():
                return
            try:
                self._file.flush()
            except OSError as error:
                self._failure = error
                self._on_broken()
                return
            self._flushed_at = time.monotonic()


def harmless(line: bytes) -> bytes:
    """Return a line of JSON with all control characters escaped: a terminal might obey them."""
    if b"\xc2" in line or b"\x7f" in line:
        return _CONTROL.sub(_escaped, line)
    return line


def printable(text: str) -> str:
    """Return a text without what a terminal could obey: control and format characters."""
    if text.isprintable():
        return text
    return "".join(letter if letter.isprintable() else _REPLACEMENT for letter in text)


def counted(count: int, what: str) -> str:
    """Return a number of things in words."""
    return f"1 {what}" if count == 1 else f"{count:,} {what}s"


def size(count: float) -> str:
    """Return a number of bytes in the unit that suits it."""
    for unit in _UNITS:
        if count < 1000 or unit == _UNITS[-1]:
            return f"{count:,.0f} {unit}" if unit == "bytes" else f"{count:,.1f} {unit}"
        count /= 1000
    raise AssertionError


def _escaped(match: re.Match[bytes]) -> bytes:
    return f"\\u{match[0][-1]:04x}".encode()
