"""A user's order book, which threads can wait for."""

from __future__ import annotations

from collections.abc import Iterator
from types import TracebackType
from typing import Generic, Self

from binance_streams_runtime.client.order_book import OrderBookBase
from binance_streams_runtime.notices import Notice
from binance_streams_runtime.order_book.values import BookChange
from binance_streams_runtime.sync.event_source import EventSource
from binance_streams_runtime.types import N


class OrderBook(EventSource[BookChange[N]], OrderBookBase[N], Generic[N]):
    """The local copy of one symbol's order book, kept in step with the server's.

    It exists at once, and is ``synced`` as soon as it is right: ``wait()`` blocks until then. What
    is read of it is a copy of one moment; any thread may read, and waits for nothing.

    Iterate it for its changes. The first one has all levels, and so has each one after the book had
    to start over, or has become deeper. Iteration ends quietly after ``close()``, also the
    client's, and raises the error that ended the book otherwise. A book that nobody iterates keeps
    no changes.
    """

    def wait(self, timeout: float | None = None) -> None:
        """Block until the book is synced; at most ``timeout`` seconds.

        Raises RequestTimeout with the reason if the time runs out, the error that ended the book
        (RequestError if the server has no such book, ConnectionLost if the connection ended for
        good), and ClientClosed if the book or the client is closed.
        """
        self._wait(timeout, "was not synced")

    def with_notices(self) -> Iterator[BookChange[N] | Notice]:
        """Iterate changes and the notices about this book, in their true order, from now on.

        The notices are those that have a place among the changes: BookMismatch, BookResynced,
        Dropped. Any plain iteration excludes them again.
        """
        self._take_over(with_notices=True)
        return self._items()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()
