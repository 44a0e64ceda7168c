"""An event queue that tasks can wait for, and the iterators over it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

from binance_streams_runtime.asyncio.waking import ClientLoop, Waiters
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
        self._waiters = Waiters(client_loop)
        # For how many items the least demanding of the tasks waits.
        self._wanted = 1
        self.unsuspended: int = 0
        """How many items were taken since a task last waited for one."""
        self.loops_waiting = 0
        self.on_shared: Callable[[], None] | None = None
        """Called once if several loops wait at the same time: each gets only some of the events."""

    def take(self) -> Any:
        """Return the next item; raise IndexError if there is none."""
        item = self.items.popleft()
        self.unsuspended += 1
        if self.overflow == "block":
            self.signal_room()
        return item.unpack() if item.__class__ is Packed else item

    def take_many(self, most: int) -> list[Any]:
        """Return the next items, at most so many."""
        taken = super().take_many(most)
        self.unsuspended += len(taken)
        return taken

    async def pause(self) -> None:
        """Let other tasks run if no wait has done so for a while."""
        if self.unsuspended >= CHECKPOINT:
            self.unsuspended = 0
            await asyncio.sleep(0)

    def is_ready(self) -> bool:
        """Return whether there is an item, or there will be none."""
        return bool(self.items) or self._is_closed

    async def wait(self) -> None:
        """Wait until there is an item, or until there will be none."""
        if not self.items:
            self.unsuspended = 0
            self._wanted = 1
            await self._waiters.wait(self.is_ready)

    async def wait_for(self, wanted: int, deadline: float | None) -> None:
        """Wait until ``wanted`` items are there, or there will be none, or ``deadline`` comes.

        The deadline is a time of ``time.monotonic()``.
        """

        def is_ready() -> bool:
            return len(self.items) >= wanted or self._is_closed

        if not is_ready():
            self.unsuspended = 0
        # Each task that waits may lower it; it rises when nobody waits.
        self._wanted = min(self._wanted, wanted) if self._waiters.waiting else wanted
        await self._waiters.wait(is_ready, deadline)

    def _wake(self) -> None:
        if self._waiters.waiting and (len(self.items) >= self._wanted or self._is_closed):
            self._waiters.wake()
        super()._wake()


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

    async def __anext__(self) -> Any:
        queue = self._queue
        if self._prepare is not None:
            await self._prepare()
            self._prepare = None
        if queue.unsuspended >= CHECKPOINT:
            await queue.pause()
        while True:
            try:
                item = queue.take()
                break
            except IndexError:
                await self._wait()
        if item.__class__ is ErrorItem:
            raise item.error
        return item

    async def _wait(self) -> None:
        """Wait for the next item; raise what ends the iteration if there will be none."""
        queue = self._queue
        if queue.is_closed and not queue.items:
            raise_end(queue, self._was_closed)
        queue.loops_waiting += 1
        try:
            if queue.loops_waiting > 1 and queue.on_shared is not None:
                on_shared, queue.on_shared = queue.on_shared, None
                on_shared()
            await queue.wait()
        finally:
            queue.loops_waiting -= 1


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
            await queue.wait()
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
