"""An event queue that tasks can wait for, and the iterators over it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

from binance_streams_runtime.asyncio.waking import ClientLoop, Waiter, Waiters
from binance_streams_runtime.decoding.packing import Packed
from binance_streams_runtime.errors import client_closed
from binance_streams_runtime.pipeline.queues import (
    DEFAULT_MAXSIZE,
    DEFAULT_OVERFLOW,
    ErrorItem,
    EventQueue,
    Overflow,
)

CHECKPOINT = 128
"""How many events a loop takes without suspension before it lets other tasks run."""


class AsyncQueue(EventQueue):
    """An ``EventQueue`` that tasks can wait for.

    A task takes an event only after its wait is over, without any ``await`` in between: a wait that
    is cancelled at any moment loses nothing.
    """

    def __init__(
        self,
        client_loop: ClientLoop,
        maxsize: int = DEFAULT_MAXSIZE,
        overflow: Overflow = DEFAULT_OVERFLOW,
        is_lasting: bool = False,
    ) -> None:
        super().__init__(maxsize, overflow, is_lasting)
        self.waiters: Waiters = Waiters(client_loop, takes_items=True)
        """The tasks that wait for items."""
        # For how many items the least demanding of the tasks waits.
        self._wanted = 1
        self.unsuspended: int = 0
        """How many items were taken since a task last waited for one."""
        self.on_shared: Callable[[], None] | None = None
        """Called once if several loops wait at the same time: each gets only some of the events."""

    def take_many(self, most: int) -> list[Any]:
        """Return the next items, at most so many."""
        taken = super().take_many(most)
        self.unsuspended += len(taken)
        return taken

    def iterate(self, prepare: Callable[[], Awaitable[None]], was_closed: bool) -> AsyncItems:
        """Return an iterator over the items; see ``AsyncItems``."""
        return AsyncItems(self, prepare, was_closed)

    async def pause(self) -> None:
        """Let other tasks run if no wait has done so for a while."""
        if self.unsuspended >= CHECKPOINT:
            self.unsuspended = 0
            await asyncio.sleep(0)

    async def wait_for(self, wanted: int, deadline: float | None = None) -> None:
        """Wait until ``wanted`` items are there, or there will be none, or ``deadline`` comes.

        The deadline is a time of ``time.monotonic()``.
        """

        def is_ready() -> bool:
            return len(self.items) >= wanted or self._is_closed

        if is_ready():
            return
        self.unsuspended = 0
        # Each task that waits may lower it; it rises when nobody waits.
        self._wanted = min(self._wanted, wanted) if self.waiters.waiting else wanted
        await self.waiters.wait(is_ready, deadline)

    def begin_wait(self) -> Waiter:
        """Begin to wait for one item, as the next step of an iteration; see ``Waiters.begin``."""
        if self.waiters.waiting:
            self._check_shared()
        self.unsuspended = 0
        self._wanted = 1
        waiter = self.waiters.begin()
        waiter.is_of_loop = True
        return waiter

    def _check_shared(self) -> None:
        if self.on_shared is not None and any(one.is_of_loop for one in self.waiters.waiting):
            on_shared, self.on_shared = self.on_shared, None
            on_shared()

    def _end(self, error: BaseException | None) -> None:
        super()._end(error)
        self.waiters.close()

    def _wake(self) -> None:
        waiters = self.waiters
        if waiters.waiting and (self._wanted <= len(self.items) or self._is_closed):
            waiters.wake()
        if self.on_ready is not None:
            self.on_ready()


class AsyncItems(AsyncIterator[Any]):
    """Iterates the items of a queue as they come. Not a generator, which would have to be closed.

    Several iterators may take turns: each item goes to one of them.
    """

    def __init__(
        self, queue: AsyncQueue, prepare: Callable[[], Awaitable[None]], was_closed: bool
    ) -> None:
        """Await ``prepare()`` first; raise ClientClosed at the end if it ``was_closed`` before."""
        self._queue = queue
        self._prepare: Callable[[], Awaitable[None]] | None = prepare
        self._was_closed = was_closed
        self._is_blocking = queue.overflow == "block"

    async def __anext__(self) -> Any:
        queue = self._queue
        if self._prepare is not None:
            await self._prepare()
            self._prepare = None
        if queue.unsuspended >= CHECKPOINT:
            await queue.pause()
        items = queue.items
        while True:
            try:
                if items:
                    item = items.popleft()
                    break
            except IndexError:
                # The driver has dropped it meanwhile.
                continue
            if queue.is_closed:
                if items:
                    # It came just before the end.
                    continue
                raise_end(queue, self._was_closed)
            # In this coroutine rather than in one of its own, as this is done for each event.
            waiter = queue.begin_wait()
            try:
                if not items and not queue._is_closed:
                    await waiter
            finally:
                queue.waiters.end(waiter)
        queue.unsuspended += 1
        if self._is_blocking:
            queue.signal_room()
        if item.__class__ is Packed:
            return item.unpack()
        if item.__class__ is ErrorItem:
            raise item.error
        return item


class AsyncBatches(AsyncIterator[list[Any]]):
    """Iterates the items of a queue in lists."""

    def __init__(
        self,
        queue: AsyncQueue,
        prepare: Callable[[], Awaitable[None]],
        was_closed: bool,
        max_items: int,
        max_wait: float,
    ) -> None:
        self._queue = queue
        self._prepare: Callable[[], Awaitable[None]] | None = prepare
        self._was_closed = was_closed
        self._max_items = max_items
        self._max_wait = max_wait
        # A smaller queue never holds as many.
        self._wanted = min(max_items, queue.maxsize)

    async def __anext__(self) -> list[Any]:
        queue = self._queue
        if self._prepare is not None:
            await self._prepare()
            self._prepare = None
        await queue.pause()
        while True:
            await queue.wait_for(1)
            if not queue.items:
                raise_end(queue, self._was_closed)
            if self._max_wait:
                await queue.wait_for(self._wanted, time.monotonic() + self._max_wait)
            # Only now: a wait that is cancelled has taken nothing.
            items = queue.take_many(self._max_items)
            if items:
                return items


def raise_end(queue: AsyncQueue, was_closed: bool) -> None:
    """Raise what ends an iteration over a queue that has ended."""
    if queue.error is not None:
        raise queue.error
    if was_closed:
        raise client_closed()
    raise StopAsyncIteration


def queue_kind(is_acknowledged: bool) -> type[AsyncQueue]:
    """Return the class of queues of a client; it counts what is finished if that is needed."""
    if not is_acknowledged:
        return AsyncQueue
    # Few clients acknowledge.
    from binance_streams_runtime.asyncio.acknowledged import AcknowledgedQueue

    return AcknowledgedQueue
