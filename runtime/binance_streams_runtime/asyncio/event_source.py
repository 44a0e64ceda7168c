"""What delivers events that tasks can wait for."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Awaitable, Callable
from functools import partial
from typing import Protocol

from binance_streams_runtime.asyncio.callbacks import Channel
from binance_streams_runtime.asyncio.queue import AsyncBatches, AsyncItems, AsyncQueue
from binance_streams_runtime.asyncio.subscription_state import AsyncState
from binance_streams_runtime.client import event_source as shared
from binance_streams_runtime.client.event_source import (
    E_co,
    EventSourceBase,
    check_batches,
    warn_shared,
)
from binance_streams_runtime.client.stats import StreamStats
from binance_streams_runtime.notices import Notice
from binance_streams_runtime.pipeline.route import Route


class Owner(shared.Owner, Protocol):
    """What an event source needs of its client."""

    def attach_consumer(
        self, route: Route, with_notices: Callable[[], bool]
    ) -> Callable[[], Awaitable[None]]: ...

    async def stream_stats(self, route: Route) -> StreamStats: ...

    async def should_wait_again(self, deadline: float) -> bool: ...


class AsyncEventSource(EventSourceBase[E_co]):
    """Events that tasks iterate, or take one by one."""

    _queue: AsyncQueue
    _state: AsyncState
    _owner: Owner
    _channel: Channel | None
    _when_attached: Callable[[], Awaitable[None]]

    def __init__(
        self,
        route: Route,
        queue: AsyncQueue,
        state: AsyncState,
        owner: Owner,
        channel: Channel | None,
    ) -> None:
        self._route = route
        self._queue = queue
        self._queue.on_shared = partial(warn_shared, "tasks", self._label, 4)
        self._owner = owner
        self._channel = channel
        self._is_attached = False
        # Whether the driver is yet to attach it.
        self._is_attaching = False
        self._has_notices = False
        self._state = state

    def __aiter__(self) -> AsyncIterator[E_co]:
        return self._items(with_notices=False)

    async def __anext__(self) -> E_co:
        event: E_co = await anext(self._items(with_notices=False))
        return event

    def with_notices(self) -> AsyncIterator[E_co | Notice]:
        """Iterate events and the notices about this stream, in their true order, from now on.

        The notices are those that have a place among the events: Disconnected, Dropped, Gap,
        Late, Duplicates, Stale, Undecodable. Any plain iteration excludes them again.
        """
        return self._items(with_notices=True)

    def batches(self, max_items: int = 1000, max_wait: float = 0.05) -> AsyncIterator[list[E_co]]:
        """Iterate lists of events, each with all that came meanwhile, for less work per event.

        A list holds 1 to ``max_items`` events. It is given once that many are there, or
        ``max_wait`` seconds after its first event; with 0, what waits is given at once. Ends and
        raises as iteration does.

        Raises ParameterError if ``max_items`` is not at least 1, or ``max_wait`` not from 0 on.
        """
        check_batches(max_items, max_wait)
        prepare = self._take_over(with_notices=False)
        return AsyncBatches(self._queue, prepare, self._owner.is_closed, max_items, max_wait)

    async def get(self, timeout: float | None = None) -> E_co:
        """Return the next event; wait at most ``timeout`` seconds for it.

        Raises RequestTimeout if none came in time; as in ``wait``, its text says what it waited
        for, and its ``__cause__`` is the last error. If the subscription has ended, this raises the
        error that ended it, or ClientClosed.
        """
        deadline = None if timeout is None else time.monotonic() + timeout
        await self._take_over(with_notices=False)()
        queue = self._queue
        await queue.pause()
        is_late = False
        while True:
            await queue.wait_for(1, deadline)
            # Another task may have been faster.
            for event in queue.take_many(1):
                return event  # type: ignore[no-any-return]
            if queue.is_closed:
                raise queue.error or self._ended()
            if deadline is not None and time.monotonic() >= deadline:
                if is_late or not await self._owner.should_wait_again(deadline):
                    raise self._timeout(f"delivered no event within {timeout:g} s")
                # Only once: whatever comes after this is late.
                is_late = True

    def _items(self, with_notices: bool) -> AsyncItems:
        prepare = self._take_over(with_notices)
        return self._queue.iterate(prepare, self._owner.is_closed)

    def _take_over(self, with_notices: bool) -> Callable[[], Awaitable[None]]:
        """Become the consumer of the events; again if notices are included or excluded.

        Nothing may be taken before what the result returns has been awaited.
        """
        self._check_no_callback()
        if with_notices != self._has_notices or not self._is_attached:
            self._has_notices = with_notices
            # If the driver has not looked yet, it will see what is wanted now.
            if not self._is_attaching:
                self._is_attaching = self._is_attached = True
                try:
                    self._when_attached = self._owner.attach_consumer(self._route, self._looked_at)
                except BaseException:
                    # A signal's handler has raised, perhaps before the driver knows.
                    self._is_attaching = self._is_attached = False
                    raise
        return self._when_attached

    def _looked_at(self) -> bool:
        """Return whether notices are wanted; called by the driver when it attaches."""
        self._is_attaching = False
        return self._has_notices

    async def _wait(self, timeout: float | None, text: str) -> None:
        """Wait until it is confirmed; ``text`` says what it was not in time."""
        deadline = None if timeout is None else time.monotonic() + timeout
        known = self._state.timeout
        is_settled = await self._state.wait(deadline, known)
        if (
            not is_settled
            and deadline is not None
            and await self._owner.should_wait_again(deadline)
        ):
            is_settled = await self._state.wait(deadline, known)
        if not is_settled:
            raise self._timeout(f"{text} within {timeout:g} s")
        self._check_confirmed()
