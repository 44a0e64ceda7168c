"""The thread that runs callbacks, so that a slow one never delays the connection."""

from __future__ import annotations

import contextlib
import threading
from collections import deque
from collections.abc import Callable
from typing import Any

from binance_streams_runtime.errors import redacted
from binance_streams_runtime.events.delivery import Message
from binance_streams_runtime.events.mailbox import Failure, Mailbox

# Callbacks of other mailboxes get their turn after this many.
_TURN = 256


class Dispatcher:
    """Calls one function for each item of each mailbox that it was given."""

    def __init__(
        self,
        on_callback_error: Callable[[str, BaseException], None],
        on_failure: Callable[[str, BaseException], None],
    ) -> None:
        self._on_callback_error = on_callback_error
        self._on_failure = on_failure
        self._ready: deque[_Feed] = deque()
        self._wakeup = threading.Condition()
        self._thread: threading.Thread | None = None
        self._is_closed = False

    def add(self, mailbox: Mailbox, callback: Callable[[Any], object], label: str) -> None:
        """Call ``callback`` for whatever ``mailbox`` gets, in the order in which it gets it.

        ``label`` says in the log whose it is.
        """
        feed = _Feed(mailbox, callback, label)
        mailbox.on_ready = lambda: self._schedule(feed)
        if mailbox.items:
            self._schedule(feed)

    def close(self, timeout: float) -> None:
        """Stop after the callback that runs now; wait at most ``timeout`` seconds for it."""
        with self._wakeup:
            self._is_closed = True
            self._wakeup.notify_all()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join(timeout)

    def abandon(self) -> None:
        """End in a forked child, where whoever holds the lock does not run."""
        self._wakeup = threading.Condition()
        self._is_closed = True
        self._thread = None

    def _schedule(self, feed: _Feed) -> None:
        if self._is_closed or (feed.is_scheduled and self._thread is not None):
            return
        feed.is_scheduled = True
        with self._wakeup:
            self._ready.append(feed)
            if self._thread is None:
                thread = threading.Thread(
                    target=self._run, name="binance-streams-callbacks", daemon=True
                )
                # Where there are no more threads for the moment, the next event tries again.
                with contextlib.suppress(RuntimeError):
                    thread.start()
                    self._thread = thread
            self._wakeup.notify()

    def _run(self) -> None:
        while True:
            with self._wakeup:
                while not self._ready and not self._is_closed:
                    self._wakeup.wait()
                if self._is_closed:
                    return
                feed = self._ready.popleft()
            # Cleared before taking: what is put from now on schedules the feed again.
            feed.is_scheduled = False
            self._serve(feed)

    def _serve(self, feed: _Feed) -> None:
        items = feed.mailbox.items
        is_blocking = feed.mailbox.overflow == "block"
        for _ in range(_TURN):
            if self._is_closed:
                return
            try:
                item = items.popleft()
            except IndexError:
                self._finish(feed)
                return
            if is_blocking:
                feed.mailbox.signal_room()
            if isinstance(item, Failure):
                self._on_failure(feed.label, item.error)
                continue
            try:
                feed.callback(item)
            except BaseException as error:
                # Also SystemExit and CancelledError: they would end the thread without a word.
                self._on_callback_error(_called(feed, item), error)
        self._schedule(feed)

    def _finish(self, feed: _Feed) -> None:
        """Report what ended the mailbox, once all before it has been handled."""
        error = feed.mailbox.error
        if error is not None and not feed.is_finished:
            feed.is_finished = True
            self._on_failure(feed.label, error)


class _Feed:
    __slots__ = ("callback", "is_finished", "is_scheduled", "label", "mailbox")

    def __init__(self, mailbox: Mailbox, callback: Callable[[Any], object], label: str) -> None:
        self.mailbox = mailbox
        self.callback = callback
        self.label = label
        self.is_scheduled = False
        self.is_finished = False


def _called(feed: _Feed, item: object) -> str:
    """Which callback was called with ``item``."""
    if isinstance(item, Message):
        return f"{feed.label} (called for {redacted(item.stream)})"
    return feed.label
