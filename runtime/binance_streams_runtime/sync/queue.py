"""An event queue that threads can wait for."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

from binance_streams_runtime.decoding.packing import Packed
from binance_streams_runtime.pipeline.queues import (
    DEFAULT_MAXSIZE,
    DEFAULT_OVERFLOW,
    EventQueue,
    Overflow,
)

# On Windows, Ctrl-C takes effect only after a wait.
_MAX_WAIT = 1.0 if sys.platform == "win32" else None


class WaitableQueue(EventQueue):
    """An ``EventQueue`` that threads can wait for.

    The hot path takes no lock; the lock is only for sleeping.
    """

    def __init__(
        self,
        maxsize: int = DEFAULT_MAXSIZE,
        overflow: Overflow = DEFAULT_OVERFLOW,
        is_lasting: bool = False,
    ) -> None:
        super().__init__(maxsize, overflow, is_lasting)
        self.on_shared: Callable[[], None] | None = None
        """Called once if several loops wait at the same time: each gets only some of the events."""
        self._waiting = 0
        self._loops_waiting = 0
        self._is_shared = False
        self._wakeup = threading.Condition()

    def close(self, error: BaseException | None = None) -> None:
        """End the queue: what waits can still be taken, then ``error`` is raised, if given."""
        with self._wakeup:
            self._end(error)
        self._wake()

    def abandon(self, error: BaseException) -> None:
        """End in a forked child, where the thread that holds the lock does not run."""
        self._wakeup = threading.Condition()
        super().abandon(error)

    def wait(self, deadline: float | None = None, is_loop: bool = False) -> bool:
        """Sleep until there is an item; return False if the queue has ended.

        Raises TimeoutError after ``deadline``, a time of ``time.monotonic()``.
        """
        with self._wakeup:
            # Counted before checking: a producer that saw nobody waiting has added its events.
            self._waiting += 1
            self._loops_waiting += is_loop
            self._is_shared = self._is_shared or self._loops_waiting > 1
            try:
                while not self.items:
                    if self._is_closed:
                        return False
                    left = None if deadline is None else deadline - time.monotonic()
                    if left is not None and left <= 0:
                        raise TimeoutError
                    self._wakeup.wait(_MAX_WAIT if left is None else left)
                return True
            finally:
                self._waiting -= 1
                self._loops_waiting -= is_loop

    def iterate(self, deadline: float | None = None, is_loop: bool = True) -> Iterator[Any]:
        """Yield the items as they come; at the end of the queue, return or raise its error.

        Several iterators may take turns: each item goes to one of them.
        """
        take = self._take_and_signal if self.overflow == "block" else self.items.popleft
        while True:
            while True:
                try:
                    item = take()
                except IndexError:
                    break
                yield item.unpack() if item.__class__ is Packed else item
            is_there = self.wait(deadline, is_loop)
            if self._is_shared and self.on_shared is not None:
                # Without the lock, as showing a warning may block.
                on_shared, self.on_shared = self.on_shared, None
                on_shared()
            if not is_there:
                if self.error is not None:
                    raise self.error
                return

    def _take_and_signal(self) -> Any:
        item = self.items.popleft()
        self.signal_room()
        return item

    def _wake(self) -> None:
        if self._waiting:
            with self._wakeup:
                self._wakeup.notify_all()
        super()._wake()
