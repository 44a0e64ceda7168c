"""A recording of an ``AsyncClient``."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Generator
from types import TracebackType
from typing import Any, Self

from binance_streams_runtime.asyncio.waking import ClientLoop, LoopCondition
from binance_streams_runtime.client.recording import CLOSE_TIMEOUT, RecordingBase


class AsyncRecording(RecordingBase):
    """A recording of everything that a client receives; see ``AsyncClient.record``.

    It lasts until it or its client is closed; use it in an ``async with`` statement to close it
    earlier.
    """

    _ended: LoopCondition

    def _watch(self, client_loop: ClientLoop) -> None:
        """Note when all is written."""
        self._ended = LoopCondition(client_loop)
        self._thread.on_done = self._ended.notify_all

    def close(self) -> Awaitable[None]:
        """End the recording; await it to wait until all is written, at most 2 seconds.

        Begins at once, awaited or not. What the disk has not taken by then is reported by
        ``NotRecorded``. May be called from any thread, and more than once.
        """
        self._client.recordings.close(self)
        return _Closing(self)

    async def _wait_closed(self, deadline: float) -> None:
        """Wait until all is written, or ``deadline``; a cancelled task waits as well."""
        cancelled: asyncio.CancelledError | None = None
        while True:
            try:
                if not await self._ended.wait_for(lambda: self._thread.is_done, deadline):
                    self._give_up()
                break
            except asyncio.CancelledError as error:
                cancelled = error
        if cancelled is not None:
            raise cancelled

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.close()


class _Closing:
    """What ``close`` returns: unlike a coroutine, it need not be awaited."""

    def __init__(self, recording: AsyncRecording) -> None:
        self._recording = recording

    def __await__(self) -> Generator[Any, None, None]:
        deadline = time.monotonic() + CLOSE_TIMEOUT
        return self._recording._wait_closed(deadline).__await__()
