"""The state of a subscription, which tasks can wait for."""

from __future__ import annotations

import time
from collections.abc import Callable

from binance_streams_runtime.asyncio.queue import AsyncQueue
from binance_streams_runtime.asyncio.waking import ClientLoop, LoopCondition
from binance_streams_runtime.client.subscription_state import SubscriptionState


class AsyncState(SubscriptionState[LoopCondition]):
    """A ``SubscriptionState`` that tasks can wait for."""

    def __init__(
        self,
        queue: AsyncQueue,
        on_timed_out: Callable[[BaseException], None],
        on_ended: Callable[[], None],
        client_loop: ClientLoop,
    ) -> None:
        super().__init__(queue, on_timed_out, on_ended, lambda: LoopCondition(client_loop))

    async def wait(self, deadline: float | None, known: BaseException | None) -> bool:
        """Wait until it is confirmed or has ended; return False if ``deadline`` comes first.

        Raises the ``timeout``, unless it is the one that is ``known``.
        """
        return await self._changed.wait_for(lambda: self.is_settled(known), deadline)

    async def pause(self, seconds: float) -> None:
        """Wait so many seconds, or until it has ended."""
        deadline = time.monotonic() + seconds
        await self._changed.wait_for(lambda: self.value == "ended", deadline)
