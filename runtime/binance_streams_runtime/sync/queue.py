"""An event queue that threads can wait for."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

from binance_streams_runtime.decoding.packing import Packed
from binance_streams_runtime.driver.driver import Driver
from binance_streams_runtime.driver.wakeup import Wakeup
from binance_streams_runtime.pipeline.queues import (
    DEFAULT_MAXSIZE,
    DEFAULT_OVERFLOW,
    EventQueue,
    Overflow,
)

# Between two reads while a batch is filled: this part of the time, at least and at most these
# seconds. It is less than the keeper waits for before it takes the seat.
_READ_EVERY = 0.25
_SHORTEST_PAUSE = 0.005
_LONGEST_PAUSE = 0.025


class NothingInTime(Exception):
    """There is no item at the deadline. Not a TimeoutError, which a signal's handler may raise."""


class WaitableQueue(EventQueue):
    """An ``EventQueue`` that threads can wait for; the one that waits drives meanwhile.

    The hot path takes no lock; locks are only for sleeping.
    """

    def __init__(
        self,
        maxsize: int = DEFAULT_MAXSIZE,
        overflow: Overflow = DEFAULT_OVERFLOW,
        is_lasting: bool = False,
    ) -> None:
        super().__init__(maxsize, overflow, is_lasting)
        self.driver: Driver | None = None
        """What fills the queue; None if another thread does that in its own way."""
        self.on_shared: Callable[[], None] | None = None
        """Called once if several loops wait at the same time: each gets only some of the events."""
        self.loops_waiting: int = 0
        self.wakeup: Wakeup = Wakeup()
        """Wakes the threads that wait for items."""

    def abandon(self, error: BaseException) -> None:
        """End in a forked child, where the thread that holds the lock does not run."""
        self.wakeup.abandon()
        super().abandon(error)

    def is_ready(self) -> bool:
        """Return whether there is an item, or there will be none."""
        return bool(self.items) or self._is_closed

    def wait_until(
        self, is_ready: Callable[[], bool], wakeup: Wakeup, deadline: float | None
    ) -> bool:
        """Wait until ``is_ready()``; return False if it is not at the deadline."""
        if self.driver is None:
            return wakeup.sleep(is_ready, deadline)
        return self.driver.wait(is_ready, wakeup, deadline)

    def iterate(self, deadline: float | None = None, is_loop: bool = True) -> Iterator[Any]:
        """Yield the items as they come; at the end of the queue, return or raise its error.

        Raises NothingInTime at the deadline. Several iterators may take turns: each item goes to
        one of them.
        """
        items, taking, is_ready, driver = self.items, self.taking, self.is_ready, self.driver
        is_blocking = self.overflow == "block"
        try:
            while True:
                while items:
                    try:
                        for item in taking:  # noqa: B007
                            break
                    except IndexError:  # another iterator was faster
                        break
                    if is_blocking or item.__class__ is Packed:
                        try:
                            item = self._finish_taking(item)
                        except BaseException:
                            # A signal's handler has raised.
                            items.appendleft(item)
                            raise
                    yield item
                if self._is_closed:
                    if items:  # which came just before the end
                        continue
                    if self.error is not None:
                        raise self.error
                    return
                is_there = driver and driver.drive(is_ready, deadline, is_loop)
                if not (self._sleep(is_ready, deadline, is_loop) if is_there is None else is_there):
                    raise NothingInTime
        finally:
            if is_loop:
                self.leave_loop()

    def batches(self, max_items: int, max_wait: float) -> Iterator[list[Any]]:
        """Yield lists of 1 to ``max_items`` items, ``max_wait`` seconds after the first of each.

        A list that is full is given at once. At the end, return or raise as ``iterate``.
        """
        try:
            while True:
                batch = self.take_batch(max_items, max_wait)
                if batch:
                    yield batch
                elif self._is_closed and not self.items:
                    if self.error is not None:
                        raise self.error
                    return
        finally:
            self.leave_loop()

    def take_batch(
        self, max_items: int, max_wait: float, deadline: float | None = None
    ) -> list[Any]:
        """Take a batch, as one step of a loop, which calls ``leave_loop`` at its end.

        It is empty at the deadline, at the end of the queue, or if others were faster.
        """
        # A smaller queue never holds as many.
        wanted = min(max_items, self.maxsize)

        def is_full() -> bool:
            return len(self.items) >= wanted or self._is_closed

        self._wait(self.is_ready, deadline)
        if max_wait and self.items:
            self._fill(is_full, max_wait, deadline)
        return self.take_many(max_items)

    def leave_loop(self) -> None:
        """End a loop that waited; see ``Driver.leave_loop``."""
        if self.driver is not None:
            self.driver.leave_loop()

    def _fill(self, is_full: Callable[[], bool], max_wait: float, until: float | None) -> None:
        """Wait until the queue holds a batch, at most so many seconds, or ``until`` comes.

        Reading every few milliseconds costs a fraction of waking up for each event.
        """
        deadline = time.monotonic() + max_wait
        if until is not None:
            deadline = min(deadline, until)
        pause = min(max(_READ_EVERY * max_wait, _SHORTEST_PAUSE), _LONGEST_PAUSE)
        while not is_full():
            left = deadline - time.monotonic()
            if left <= 0:
                return
            is_busy = self.driver and self.driver.read_now()
            if is_busy is None:
                self._sleep(is_full, deadline, True)
            elif not is_busy:
                time.sleep(min(left, pause))

    def _wait(self, is_ready: Callable[[], bool], deadline: float | None) -> None:
        """Wait, in a loop, until it is ready, or until the deadline."""
        if is_ready():
            return
        if self.driver is None or self.driver.drive(is_ready, deadline, True) is None:
            self._sleep(is_ready, deadline, True)

    def _sleep(self, is_ready: Callable[[], bool], deadline: float | None, is_loop: bool) -> bool:
        """Wait while another thread drives; return False if it is not ready at the deadline."""
        if self.driver is None:
            return self.wakeup.sleep(is_ready, deadline)
        self.loops_waiting += is_loop
        try:
            if self.loops_waiting > 1 and self.on_shared is not None:
                on_shared, self.on_shared = self.on_shared, None
                on_shared()
            return self.driver.sleep(is_ready, self.wakeup, deadline)
        finally:
            self.loops_waiting -= is_loop

    def _finish_taking(self, item: Any) -> Any:
        self.signal_room()
        return item.unpack() if item.__class__ is Packed else item

    def _wake(self) -> None:
        self.wakeup.notify_all()
        super()._wake()


def queue_kind(is_acknowledged: bool) -> type[WaitableQueue]:
    """Return the class of queues of a client; it counts what is finished if that is needed."""
    if not is_acknowledged:
        return WaitableQueue
    # Few clients acknowledge.
    from binance_streams_runtime.sync.acknowledged import AcknowledgedQueue

    return AcknowledgedQueue
