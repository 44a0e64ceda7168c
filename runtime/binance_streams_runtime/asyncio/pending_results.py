"""Results that a task waits for and the driver provides."""

from __future__ import annotations

import time

from binance_streams_runtime.asyncio.waking import ClientLoop, LoopCondition
from binance_streams_runtime.client.pending_results import PendingResults


class AsyncResults(PendingResults[LoopCondition]):
    """Results that a task can wait for."""

    def __init__(self, client_loop: ClientLoop) -> None:
        super().__init__(lambda: LoopCondition(client_loop))

    async def wait(self, timeout: float | None = None) -> bool:
        """Wait until all results are there, at most ``timeout`` s; return whether they are."""
        deadline = None if timeout is None else time.monotonic() + timeout
        return await self._changed.wait_for(self.is_over, deadline)
