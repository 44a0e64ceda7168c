"""A user's window of candles, which tasks can wait for."""

from __future__ import annotations

from collections.abc import AsyncIterator, Generator
from types import TracebackType
from typing import Any, Generic, Self

from binance_streams_runtime.asyncio.event_source import AsyncEventSource
from binance_streams_runtime.candles.values import C, CandleChange
from binance_streams_runtime.client.candle_window import CandleWindowBase
from binance_streams_runtime.notices import Notice


class AsyncCandleWindow(AsyncEventSource[CandleChange[C]], CandleWindowBase[C], Generic[C]):
    """The last candles of a subscription: history by REST, continued by the stream.

    It exists at once, and is complete as soon as the history has come: ``await window`` or
    ``wait()`` waits until then. Each closed candle is in it once, and the open one is updated in
    place. What is read of it is a copy of one moment; nothing of it has to be awaited.

    ``async for`` iterates its changes, in the order of the candles, from the moment on at which
    both the window is complete and iteration has begun. Each closed candle comes once; while
    candles are missing, changes of later ones wait, but not longer than the client's
    ``fill_timeout``: then a ``Gap`` says which are missing. Iteration ends quietly after
    ``close()``, also the client's, and raises the error that ended the window otherwise. A window
    that nobody iterates keeps no changes.
    """

    def __await__(self) -> Generator[Any, None, Self]:
        yield from self.wait().__await__()
        return self

    async def wait(self, timeout: float | None = None) -> None:
        """Wait until the window is complete; at most ``timeout`` seconds.

        Raises RequestTimeout with the reason if the time runs out, the error that ended the window
        (RequestError if the server has no such candles, ConnectionLost if the connection ended for
        good), and ClientClosed if the window, its subscription or the client is closed.
        """
        await self._wait(timeout, "was not complete")

    def with_notices(self) -> AsyncIterator[CandleChange[C] | Notice]:
        """Iterate changes and the notices about this window, in their true order, from now on.

        The notices are those that have a place among the changes: Gap, Dropped. Any plain
        iteration excludes them again.
        """
        return self._items(with_notices=True)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()
