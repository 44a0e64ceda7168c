"""The thread that runs callbacks, so that a slow one never delays the connection."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Any

from binance_streams_runtime.client.callbacks import called, ignore
from binance_streams_runtime.decoding.packing import Packed
from binance_streams_runtime.driver.driver import Driver
from binance_streams_runtime.driver.wakeup import Wakeup
from binance_streams_runtime.pipeline.queues import ErrorItem, EventQueue

# Items to handle from one queue before the other queues get their turn.
_TURN = 256


class CallbackDispatcher:
    """Calls one function for each item of each queue that it was given."""

    def __init__(
        self,
        on_callback_error: Callable[[str, BaseException], object],
        on_failure: Callable[[str, BaseException], None],
    ) -> None:
        self._on_callback_error = on_callback_error
        self._on_failure = on_failure
        self._ready: deque[Channel] = deque()
        self._drained: list[Channel] = []
        self._wakeup = Wakeup()
        self._lock = threading.RLock()
        self._thread: threading.Thread | None = None
        self._is_closed = False
        self._close_by = 0.0
        self.driver: Driver | None = None
        """What the thread drives while it waits, if it has callbacks for events."""
        # Called once everything has been handled that is there now.
        self._on_idle: Callable[[], None] | None = None
        self.drives: bool = False
        """Whether the thread drives, once there is one."""

    def add(
        self,
        queue: EventQueue,
        callback: Callable[[Any], object],
        label: str,
        is_drained: bool = False,
    ) -> Channel:
        """Call ``callback`` with each item that ``queue`` gets, in order.

        ``label`` names the callback in the log. If ``is_drained``, the callback is also called with
        what still waits when the dispatcher is closed.
        """
        channel = Channel(queue, callback, label, is_drained)
        if is_drained:
            self._drained.append(channel)
        else:
            # Notices are too rare to take the seat from a thread that waits for events.
            self.drives = True
        queue.on_ready = lambda: self._schedule(channel)
        if queue.items:
            self._schedule(channel)
        return channel

    @property
    def needs_keeper(self) -> bool:
        """Whether it waits for events without a thread, which the first event starts."""
        return self.drives and self._thread is None

    def close(self, timeout: float) -> None:
        """Stop after the callback that is running, and after draining.

        Waits at most ``timeout`` seconds, and starts no callback after that.
        """
        if not self._is_closed:
            self._close_by = time.monotonic() + timeout
        self._is_closed = True
        self._wakeup.notify_all()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join(timeout)

    def when_idle(self, do: Callable[[], None]) -> None:
        """Call ``do`` once everything that is there now has been handled."""
        with self._lock:
            is_over = self._thread is None or self._is_closed
            self._on_idle = None if is_over else do
        if is_over:
            do()
        else:
            self._wakeup.notify_all()

    def is_current(self) -> bool:
        """Return whether the caller runs in the callback thread."""
        return self._thread is threading.current_thread()

    def abandon(self) -> None:
        """End in a forked child, where the thread that holds the lock does not run."""
        self._lock = threading.RLock()
        self._wakeup.abandon()
        self._is_closed = True
        self._thread = None

    def _schedule(self, channel: Channel) -> None:
        if self._is_closed or (channel.is_scheduled and self._thread is not None):
            return
        channel.is_scheduled = True
        self._ready.append(channel)
        if self._thread is None:
            self._start()
        self._wakeup.notify_all()

    def _start(self) -> None:
        with self._lock:
            if self._thread is None:
                thread = threading.Thread(
                    target=self._run, name="binance-streams-callbacks", daemon=True
                )
                # Before it starts, so that its first callback knows whose thread it runs in.
                self._thread = thread
                try:
                    thread.start()
                except RuntimeError:
                    # The system has no more threads at the moment; the next event tries again.
                    self._thread = None

    def _is_ready(self) -> bool:
        return bool(self._ready) or self._is_closed or self._on_idle is not None

    def _run(self) -> None:
        while True:
            if self.drives and self.driver is not None:
                self.driver.wait(self._is_ready, self._wakeup)
            else:
                self._wakeup.sleep(self._is_ready)
            if self._is_closed:
                break
            if not self._ready:
                self._be_idle()
                continue
            channel = self._ready.popleft()
            # Cleared before taking: what is added from now on schedules the channel again.
            channel.is_scheduled = False
            # Held for the whole turn: locking for each call would cost as much as the call.
            with channel.is_running:
                self._serve(channel)
        for channel in self._drained:
            while channel.queue.items and self._may_drain(channel):
                self._serve(channel)

    def _be_idle(self) -> None:
        do, self._on_idle = self._on_idle, None
        if do is not None:
            do()

    def _may_drain(self, channel: Channel) -> bool:
        return channel.is_drained and time.monotonic() < self._close_by

    def _serve(self, channel: Channel) -> None:
        items = channel.queue.items
        is_blocking = channel.queue.overflow == "block"
        for _ in range(_TURN):
            if self._is_closed and not self._may_drain(channel):
                return
            try:
                item = items.popleft()
            except IndexError:
                self._finish(channel)
                return
            if is_blocking:
                channel.queue.signal_room()
            if item.__class__ is Packed:
                item = item.unpack()
            if isinstance(item, ErrorItem):
                self._on_failure(channel.label, item.error)
                continue
            try:
                channel.callback(item)
            except BaseException as error:
                # Also SystemExit and CancelledError, which would end the thread silently.
                self._on_callback_error(called(channel.label, item), error)
        self._schedule(channel)

    def _finish(self, channel: Channel) -> None:
        """Report the error that ended the queue, once everything before it has been handled."""
        error = channel.queue.error
        if error is not None and not channel.is_finished:
            channel.is_finished = True
            self._on_failure(channel.label, error)


class Channel:
    """A queue and the callback that is called with its items."""

    __slots__ = (
        "callback",
        "is_drained",
        "is_finished",
        "is_running",
        "is_scheduled",
        "label",
        "queue",
    )

    def __init__(
        self, queue: EventQueue, callback: Callable[[Any], object], label: str, is_drained: bool
    ) -> None:
        self.queue: EventQueue = queue
        self.callback: Callable[[Any], object] = callback
        self.label: str = label
        self.is_drained: bool = is_drained
        self.is_scheduled: bool = False
        self.is_finished: bool = False
        # Held by the callback thread while it takes its turn; re-entrant, as callbacks may stop it.
        self.is_running: threading.RLock = threading.RLock()

    def stop(self, timeout: float) -> None:
        """Stop calling the callback, and drop what waits for it.

        Waits for a running call, at most ``timeout`` seconds, unless that call is the caller.
        """
        self.callback = ignore
        self.queue.close()
        self.queue.replace(lambda waiting: [])
        if self.is_running.acquire(timeout=timeout):
            self.is_running.release()
