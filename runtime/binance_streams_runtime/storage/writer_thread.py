"""The thread that writes a recording, and says what it cannot write."""

from __future__ import annotations

import atexit
import contextlib
import os
import threading
import time
from collections.abc import Callable
from weakref import WeakSet

from binance_streams_runtime.notices import NotRecorded
from binance_streams_runtime.storage.pending import Pending
from binance_streams_runtime.storage.writer import Writer

_POLL = 0.1
"""Seconds between two looks at what waits: whoever drives need not wake this thread."""

_PAUSE = 5e-5
"""Seconds to sleep between two pieces of work, so that others get the interpreter."""

_REPORT_EVERY = 1.0
"""Seconds between two notices."""

_EXIT_TIMEOUT = 1.0
"""Seconds that the interpreter's end waits for a recording that was not closed."""

_ACCOUNTS = "what is about accounts is left out; record(..., accounts=True) keeps it"
_NOT_WRITTEN = "it could not be written before the end"
_NOT_IN_TIME = "it was closed before the disk had taken all that waited"

_running: WeakSet[WriterThread] = WeakSet()


class WriterThread:
    """Runs a writer until it is asked to finish."""

    def __init__(
        self,
        writer: Writer,
        pending: Pending,
        path: str,
        notify: Callable[[NotRecorded], None],
    ) -> None:
        """Set up without starting.

        Args:
            writer: Does the work, in this thread only.
            pending: What waits for it.
            path: The folder of the recording, for notices.
            notify: Called in the thread with what is not recorded.
        """
        self.on_done: Callable[[], None] = _ignore
        """Called in the thread at its end."""
        self.failure: BaseException | None = None
        """What ended the thread, though it should not have ended."""
        self._writer = writer
        self._pending = pending
        self._path = path
        self._notify = notify
        self._is_finishing = threading.Event()
        self._is_done = threading.Event()
        self._is_abandoned = False
        self._report_at = 0.0
        # What has been reported.
        self._lines = self._bytes = 0
        self._failure: str | None = None
        self._has_reported_accounts = False
        self._process = os.getpid()
        self._thread = threading.Thread(
            target=self._run, name="binance-streams recording", daemon=True
        )

    def start(self) -> None:
        """Start the thread."""
        _running.add(self)
        self._thread.start()

    def finish(self) -> None:
        """Begin to write all that waits, and to end; nothing more may be handed over."""
        self._is_finishing.set()

    @property
    def is_done(self) -> bool:
        """Whether it has ended."""
        return self._is_done.is_set()

    def join(self, timeout: float) -> bool:
        """Wait for the end; return False if ``timeout`` seconds were too few."""
        return self._is_done.wait(timeout)

    def abandon(self) -> NotRecorded | None:
        """End without writing what still waits; return what that is, None if it is done."""
        if self.is_done:
            return None
        self._is_abandoned = True
        return NotRecorded(self._path, 0, self._pending.bytes, _NOT_IN_TIME)

    def forked(self) -> None:
        """Have nothing to wait for in a forked child, which has no such thread."""
        # The thread that holds the old one's lock may not run here.
        self._is_done = threading.Event()
        self._is_done.set()

    def _run(self) -> None:
        try:
            while not self._is_finishing.wait(_POLL):
                self._work()
            self._finish()
        except BaseException as failure:
            self.failure = failure
            with contextlib.suppress(Exception):
                # Counted as lost, which is more than a thread that fails can promise.
                self._writer.abandon()
            self._pending.close(f"writing it has failed: {failure!r}")
            self._writer.give_up()
        finally:
            with contextlib.suppress(Exception):
                self._report(time.monotonic(), is_last=True)
            self._is_done.set()
            self.on_done()

    def _work(self) -> None:
        while self._writer.work(time.monotonic()) and not self._is_finishing.is_set():
            time.sleep(_PAUSE)
        self._report(time.monotonic())

    def _finish(self) -> None:
        writer = self._writer
        writer.retry()
        while not self._is_abandoned and writer.work(time.monotonic()):
            pass
        if self._is_abandoned:
            writer.abandon()
        writer.finish(time.monotonic())

    def _report(self, now: float, is_last: bool = False) -> None:
        """Notify of what cannot be written, at most once a second."""
        if now < self._report_at and not is_last:
            return
        writer, pending = self._writer, self._pending
        lines, size = writer.lost_lines - self._lines, writer.lost_bytes - self._bytes
        reason = pending.reason or writer.failure
        is_new = reason is not None and reason != self._failure
        if lines or is_new:
            self._lines += lines
            self._bytes += size
            self._report_at = now + _REPORT_EVERY
            self._notify(NotRecorded(self._path, lines, size, reason or _NOT_WRITTEN))
        self._failure = reason
        if writer.filter.left_out and not self._has_reported_accounts:
            self._has_reported_accounts = True
            self._notify(NotRecorded(self._path, writer.filter.left_out, 0, _ACCOUNTS))


def _ignore() -> None:
    pass


def _finish_all() -> None:
    """Write what waits before the interpreter ends, for those who have not closed."""
    threads = [one for one in _running if one._process == os.getpid() and not one.is_done]
    for one in threads:
        one.finish()
    until = time.monotonic() + _EXIT_TIMEOUT
    for one in threads:
        one.join(max(0.0, until - time.monotonic()))


atexit.register(_finish_all)
