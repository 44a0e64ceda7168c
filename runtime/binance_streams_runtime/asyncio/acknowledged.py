"""A queue of a durable client, which counts what tasks have finished with."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from binance_streams_runtime.asyncio.queue import AsyncItems, AsyncQueue


class AcknowledgedQueue(AsyncQueue):
    """A queue whose items are finished when the next one is asked for, or a callback returns."""

    finished: int = 0
    """How many of the items that were taken are finished."""

    def iterate(self, prepare: Callable[[], Awaitable[None]], was_closed: bool) -> AsyncItems:
        return _Items(self, prepare, was_closed)

    async def wait_for(self, wanted: int, deadline: float | None = None) -> None:
        self.finished = self.taken
        await super().wait_for(wanted, deadline)

    def counting(self, on_event: Callable[[Any], object]) -> Callable[[Any], object]:
        async def finish(result: Awaitable[object]) -> None:
            try:
                await result
            finally:
                self.finished = self.taken

        def call(item: Any) -> object:
            try:
                result = on_event(item)
            except BaseException:
                self.finished = self.taken
                raise
            if result is not None and hasattr(result, "__await__"):
                return finish(result)
            self.finished = self.taken
            return None

        return call


class _Items(AsyncItems):
    """The iterator of such a queue."""

    _queue: AcknowledgedQueue

    async def __anext__(self) -> Any:
        self._queue.finished = self._queue.taken
        return await super().__anext__()
