"""What ``run_forever`` waits for in a task."""

from __future__ import annotations

from binance_streams_runtime.asyncio.waking import ClientLoop, LoopCondition
from binance_streams_runtime.client.running import Running


class AsyncRunning(Running[LoopCondition]):
    """Blocks one or more tasks until ``end`` is called."""

    def __init__(self, client_loop: ClientLoop) -> None:
        super().__init__(lambda: LoopCondition(client_loop))

    async def wait(self) -> None:
        """Wait for the end; raise the error that caused it, if any."""
        self._waiting += 1
        try:
            await self._changed.wait_for(lambda: self._is_over)
        finally:
            self._waiting -= 1
        if self._error is not None:
            raise self._error
