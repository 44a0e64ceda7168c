"""The queue of a subscription, which the background thread may fill while tasks take from it."""

from __future__ import annotations

import asyncio

from binance_streams_runtime.asyncio.queue import AsyncItems, AsyncQueue
from binance_streams_runtime.asyncio.waking import ClientLoop


class Ending(AsyncQueue):
    """The last item comes, and then the end, between two looks of the task that takes."""

    @property
    def is_closed(self) -> bool:
        if not self._is_closed:
            self.put(["last"])
            self.close()
        return True


def test_what_comes_just_before_the_end_is_taken() -> None:
    async def prepare() -> None: ...

    async def main() -> None:
        queue = Ending(ClientLoop(lambda loop: None, lambda: None, lambda: None))
        assert [item async for item in AsyncItems(queue, prepare, was_closed=False)] == ["last"]

    asyncio.run(main())
