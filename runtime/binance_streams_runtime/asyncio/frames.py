"""The events of a stream as data frames, which tasks wait for."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

from binance_streams_runtime.asyncio.queue import AsyncQueue, raise_end
from binance_streams_runtime.client.frames import LONGEST_WAIT, FrameCollector


class AsyncFrames(AsyncIterator[Any]):
    """Iterates frames of the events of a queue. A wait that is cancelled loses no event."""

    def __init__(
        self,
        queue: AsyncQueue,
        prepare: Callable[[], Awaitable[None]],
        was_closed: bool,
        collector: FrameCollector,
    ) -> None:
        self._queue = queue
        self._prepare: Callable[[], Awaitable[None]] | None = prepare
        self._was_closed = was_closed
        self._collector = collector

    async def __anext__(self) -> Any:
        queue, collector = self._queue, self._collector
        if self._prepare is not None:
            await self._prepare()
            self._prepare = None
        await queue.pause()
        deadline = collector.begin(time.monotonic())
        while not collector.is_due(now := time.monotonic()):
            # At first, so that waits that are cancelled again and again get on.
            if queue.items:
                collector.add(queue.take_many(collector.wanted))
            elif queue.is_closed:
                if not collector.has_events:
                    raise_end(queue, self._was_closed)
                break
            else:
                await queue.wait_for(1, deadline)
                soon = min(time.monotonic() + LONGEST_WAIT, deadline)
                await queue.wait_for(min(collector.wanted, queue.maxsize), soon)
        return collector.take(now)
