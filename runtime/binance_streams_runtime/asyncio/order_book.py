"""A user's order book, which tasks can wait for."""

from __future__ import annotations

from collections.abc import AsyncIterator, Generator
from types import TracebackType
from typing import Any, Generic, Self

from binance_streams_runtime.asyncio.event_source import AsyncEventSource
from binance_streams_runtime.client.order_book import OrderBookBase
from binance_streams_runtime.notices import Notice
from binance_streams_runtime.order_book.values import BookChange
from binance_streams_runtime.types import N


class AsyncOrderBook(AsyncEventSource[BookChange[N]], OrderBookBase[N], Generic[N]):
    """The local copy of one symbol's order book, kept in step with the server's.

    It exists at once, and is ``synced`` as soon as it is right: ``await book`` or ``wait()`` waits
    until then. What is read of it is a copy of one moment; nothing of it has to be awaited.

    ``async for`` iterates its changes. The first one has all levels, and so has each one after the
    book had to start over, or has become deeper. Iteration ends quietly after ``close()``, also the
    client's, and raises the error that ended the book otherwise. A book that nobody iterates keeps
    no changes.
    """

    def __await__(self) -> Generator[Any, None, Self]:
        yield from self.wait().__await__()
        return self

    async def wait(self, timeout: float | None = None) -> None:
        """Wait until the book is synced; at most ``timeout`` seconds.

        Raises RequestTimeout with the reason if the time runs out, the error that ended the book
        (RequestError if the server has no such book, ConnectionLost if the connection ended for
        good), and ClientClosed if the book or the client is closed.
        """
        await self._wait(timeout, "was not synced")

    def with_notices(self) -> AsyncIterator[BookChange[N] | Notice]:
        """Iterate changes and the notices about this book, in their true order, from now on.

        The notices are those that have a place among the changes: BookMismatch, BookResynced,
        Dropped. Any plain iteration excludes them again.
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
