"""The events of a stream as data frames, which threads wait for."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

from binance_streams_runtime.client.frames import LONGEST_WAIT, FrameCollector
from binance_streams_runtime.errors import client_closed
from binance_streams_runtime.sync.queue import WaitableQueue


class Frames(Iterator[Any]):
    """Iterates frames of the events of a queue. A wait that is interrupted loses no event."""

    def __init__(self, queue: WaitableQueue, collector: FrameCollector, was_closed: bool) -> None:
        self._queue = queue
        self._collector = collector
        self._was_closed = was_closed

    def __next__(self) -> Any:
        queue, collector = self._queue, self._collector
        try:
            deadline = collector.begin(time.monotonic())
            while not collector.is_due(now := time.monotonic()):
                events = queue.take_batch(collector.wanted, LONGEST_WAIT, deadline)
                if events:
                    collector.add(events)
                elif queue.is_closed and not queue.items:
                    break
            else:
                return collector.take(now)
        finally:
            queue.leave_loop()
        if collector.has_events:
            return collector.take(now)
        if queue.error is not None:
            raise queue.error
        if self._was_closed:
            raise client_closed()
        raise StopIteration
