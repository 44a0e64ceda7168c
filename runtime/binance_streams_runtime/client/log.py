"""The log: written in a thread of its own, so that a slow handler does not delay any connection.

Handlers are the user's: one may send mail, or write to a pipe that nobody reads. So the other
threads only queue records here. The log's thread lives as long as there is something to write.
"""

from __future__ import annotations

import atexit
import contextlib
import logging
import os
import select
import stat
import sys
import threading
import time
import traceback
from collections import deque
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, NamedTuple

from binance_streams_runtime.client.log_limiter import LogLimiter, Summary
from binance_streams_runtime.client.sentences import about, sentence
from binance_streams_runtime.notices import (
    BookMismatch,
    ClockOffset,
    Connected,
    Disconnected,
    Dropped,
    Gap,
    Late,
    Notice,
    NotRecorded,
    RateLimited,
    RedundancyReduced,
    SchemaDrift,
    Stale,
    Terminated,
    Undecodable,
    Unread,
)

logger = logging.getLogger("binance_streams")

# Lines that may wait for a handler; more are only counted.
_MOST_WAITING = 1000

# Seconds between two checks of a pipe that nobody reads.
_CHECK_AGAIN = 0.1

# Bytes that may be in a pipe when a line is written to it: a quarter of its capacity on Linux. Half
# of that may fill it, and a line with its traceback needs room as well.
_MOST_UNREAD = 16 * 1024

# Seconds that the program's exit waits for the log, and longer for a line that is being written.
_AT_EXIT = 0.5
_LONGEST_LINE = 5.0

_WARNINGS = (
    *(BookMismatch, ClockOffset, Disconnected, Dropped, Gap, RateLimited),
    *(RedundancyReduced, SchemaDrift, Stale),
    *(Terminated, Undecodable, NotRecorded),
    Unread,
)


class _Kind(NamedTuple):
    logger: logging.Logger
    level: int
    name: str


class _Line(NamedTuple):
    logger: logging.Logger
    level: int
    write: Callable[[], object]


class LogThread:
    """Writes records to their loggers, some of each kind, and counts the rest."""

    def __init__(self) -> None:
        self._limiter = LogLimiter()
        self._lines: deque[_Line] = deque()
        # Re-entrant: a signal handler may close a client in the middle of ``put``.
        self._changed = threading.Condition(threading.RLock())
        self._thread: threading.Thread | None = None
        # The line that a handler is writing.
        self._writing: _Line | None = None
        self._is_broken = False

    def put(
        self, kind: _Kind, subject: str, text: str, *values: object, failure: BaseException | None
    ) -> None:
        """Queue a line, or count it if there were many like it just now."""
        is_vital = kind.level >= logging.ERROR
        with self._changed:
            now = time.monotonic()
            is_admitted = self._limiter.admit(now, kind, subject, is_vital, failure is not None)
            if is_admitted and len(self._lines) < _MOST_WAITING:
                self._lines.append(_line(kind, text, values, failure))
                self._run_soon()
            elif self._limiter.leave_out(now, kind, subject):
                self._run_soon()

    def flush(self, timeout: float) -> bool:
        """Wait until everything is written, at most ``timeout`` seconds; return whether it is."""
        deadline = time.monotonic() + timeout
        with self._changed:
            self._add_summaries(is_last=True)
            if self._lines:
                self._run_soon()
            if self._thread is threading.current_thread():
                return False
            if not self._changed.wait_for(
                lambda: (not self._lines or self._thread is None) and self._writing is None,
                deadline - time.monotonic(),
            ):
                return False
        # The rest has no thread: none can be started while the interpreter exits.
        with contextlib.suppress(IndexError):
            while time.monotonic() < deadline and not _is_full(self._lines[0]):
                self._write(self._lines.popleft())
        return not self._lines

    def abandon(self, timeout: float) -> None:
        """Drop all lines, also the current one if it is not written within ``timeout`` seconds."""
        with self._changed:
            self._lines.clear()
            if self._changed.wait_for(lambda: self._writing is None, timeout):
                return
            assert self._writing is not None
            handlers = list(_handlers(self._writing.logger))
        for handler in handlers:
            # At exit, logging waits for every handler, and would do so forever.
            if handler.lock is not None and not handler.lock.acquire(blocking=False):
                handler.createLock()
            elif handler.lock is not None:
                handler.lock.release()

    def _run_soon(self) -> None:
        if self._thread is None:
            thread = threading.Thread(target=self._run, name="binance-streams-log", daemon=True)
            # If no thread can be started at the moment, the next line tries again.
            with contextlib.suppress(RuntimeError):
                thread.start()
                self._thread = thread
        self._changed.notify_all()

    def _run(self) -> None:
        while (line := self._next_line()) is not None:
            self._write(line)

    def _write(self, line: _Line) -> None:
        try:
            line.write()
        except BaseException as error:
            # Whatever a handler raises, even SystemExit, affects nothing else. It is shown as
            # logging shows errors of handlers, but only once.
            if logging.raiseExceptions and not self._is_broken and _has_room(sys.stderr):
                self._is_broken = True
                with contextlib.suppress(Exception):
                    traceback.print_exception(error, file=sys.stderr)

    def _next_line(self) -> _Line | None:
        """Wait for a line to write; return None if there is none and nothing has been counted."""
        with self._changed:
            self._writing = None
            while True:
                self._add_summaries(is_last=False)
                if self._lines and _is_full(self._lines[0]):
                    self._changed.wait(_CHECK_AGAIN)
                    continue
                if self._lines:
                    self._writing = self._lines.popleft()
                    return self._writing
                self._changed.notify_all()
                due = self._limiter.next_time()
                if due is None:
                    self._thread = None
                    return None
                self._changed.wait(max(0.0, due - time.monotonic()))

    def _add_summaries(self, is_last: bool) -> None:
        for summary in self._limiter.summaries(time.monotonic(), is_last):
            kind = summary.kind
            assert isinstance(kind, _Kind)
            # The factory of records may raise: it is the user's.
            with contextlib.suppress(Exception):
                self._lines.append(_line(kind, "%s", (_summarized(kind.name, summary),), None))


def _line(
    kind: _Kind, text: str, values: tuple[object, ...], failure: BaseException | None
) -> _Line:
    to, level = kind.logger, kind.level
    write: Callable[[], object]
    if isinstance(to, logging.Logger):
        # Made now, so that it has the time and the thread of what it reports.
        raised = None if failure is None else (type(failure), failure, failure.__traceback__)
        record = to.makeRecord(to.name, level, __file__, 0, text, values, raised)
        write = partial(to.handle, record)
    else:
        write = partial(to.log, level, text, *values, exc_info=failure)
    return _Line(to, level, write)


def _summarized(kind: str, summary: Summary) -> str:
    kinds = kind if summary.lines == 1 else f"{kind}s"
    text = f"{summary.lines:,} more {kinds} in the last {max(summary.seconds, 0.1):.1f} s"
    ((most, count),) = summary.subjects.most_common(1)
    if not most:
        return text
    if len(summary.subjects) == 1:
        return f"{text}, about {most}"
    others = len(summary.subjects) - 1
    rest = f"{others:,} others" if others > 1 else "another one"
    return f"{text}: {count:,} about {most}, the rest about {rest}"


def _is_full(line: _Line) -> bool:
    """Return whether a handler would block until earlier output is read.

    It would hold locks meanwhile that the program needs to exit.
    """
    # Handlers are the user's, and their attributes may raise.
    with contextlib.suppress(Exception):
        return not all(
            _has_room(output)
            for handler in _handlers(line.logger)
            if handler.level <= line.level
            for output in _outputs(handler)
        )
    return False


def _outputs(handler: logging.Handler) -> Iterator[Any]:
    """Yield the outputs of a handler, as far as they are known."""
    target = getattr(handler, "target", None)
    if isinstance(handler, logging.StreamHandler):
        yield handler.stream
    elif isinstance(target, logging.Handler):
        yield from _outputs(target)
    else:
        # Rich's handler has a console. Others most likely write to standard error.
        yield getattr(getattr(handler, "console", None), "file", sys.stderr)


def _has_room(output: Any) -> bool:
    """Return whether a stream accepts a line at once, or whether that is unknown."""
    # No stream, no descriptor, one that select rejects, another system: it must be tried.
    with contextlib.suppress(Exception):
        descriptor = output.fileno()
        if not select.select([], [descriptor], [], 0)[1]:
            return False
        if stat.S_ISFIFO(os.fstat(descriptor).st_mode):
            return _unread(descriptor) <= _MOST_UNREAD
    return True


def _unread(pipe: int) -> int:
    """Return how many unread bytes are in a pipe."""
    # Windows has neither.
    import fcntl
    import termios

    return int.from_bytes(fcntl.ioctl(pipe, termios.FIONREAD, bytes(4)), sys.byteorder)


def _handlers(of: object) -> Iterator[logging.Handler]:
    """Yield the handlers that get what is logged to ``of``."""
    has_any = False
    while isinstance(of, logging.Logger):
        has_any = has_any or bool(of.handlers)
        yield from list(of.handlers)
        of = of.parent if of.propagate else None
    if not has_any and logging.lastResort is not None:
        yield logging.lastResort


_log_thread = LogThread()


def flush_log(timeout: float) -> bool:
    """Wait until what was logged is written, at most ``timeout`` s; return whether it is."""
    return _log_thread.flush(timeout)


def _forget_parent() -> None:
    """Start over in a forked child, where the thread does not run."""
    global _log_thread
    _log_thread = LogThread()


def _at_exit() -> None:
    if not _log_thread.flush(_AT_EXIT):
        _log_thread.abandon(_LONGEST_LINE)


# Registered after logging's own, so it runs before that one.
atexit.register(_at_exit)
# Windows has no fork.
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_parent)


def log_safely(
    to: logging.Logger,
    level: int,
    kind: str,
    subject: str,
    text: str,
    *values: object,
    failure: BaseException | None = None,
) -> None:
    """Log a line, with the traceback of ``failure``, without waiting for handlers.

    ``kind`` (such as "Gap notice") and ``subject`` (a stream's label) are for counting: lines of
    one kind that come too often are summarized.
    """
    with contextlib.suppress(Exception):
        if not isinstance(to, logging.Logger) or to.isEnabledFor(level):
            _log_thread.put(_Kind(to, level, kind), subject, text, *values, failure=failure)


def _costs_data(notice: Notice) -> bool:
    if isinstance(notice, Late):
        # If it was missing, a Gap has been logged.
        return not (notice.is_delivered or notice.was_missing)
    return isinstance(notice, _WARNINGS)


class NoticeLog:
    """Logs the notices of one client: as warnings if data may be lost, else as info."""

    def __init__(self, log: logging.Logger = logger, url: str = "the server") -> None:
        self._logger = log
        self._url = url
        # Where each open connection leads, which may not be the same for all.
        self._open: dict[int, str] = {}

    def write(self, notice: Notice) -> None:
        """Log a sentence about ``notice``, without waiting for handlers."""
        was_open, url = True, self._url
        if isinstance(notice, Connected):
            self._open[notice.connection] = notice.url
        elif isinstance(notice, Disconnected):
            was_open = notice.connection in self._open
            url = self._open.pop(notice.connection, notice.url or url)
        elif isinstance(notice, RateLimited):
            url = notice.url or url
        level = logging.WARNING if _costs_data(notice) else logging.INFO
        kind = f"{type(notice).__name__} notice"
        text = _Sentence(notice, url, was_open)
        log_safely(self._logger, level, kind, about(notice), "%s", text)


class _Sentence:
    """Builds the sentence only if it is logged."""

    def __init__(self, notice: Notice, url: str, was_open: bool) -> None:
        self._made = partial(sentence, notice, url, was_open)

    def __str__(self) -> str:
        return self._made()
