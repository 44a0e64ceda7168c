"""A user's window of candles, which threads can wait for."""

from __future__ import annotations

from collections.abc import Iterator
from types import TracebackType
from typing import Generic, Self

from binance_streams_runtime.candles.values import C, CandleChange
from binance_streams_runtime.client.candle_window import CandleWindowBase
from binance_streams_runtime.notices import Notice
from binance_streams_runtime.sync.event_source import EventSource


class CandleWindow(EventSource[CandleChange[C]], CandleWindowBase[C], Generic[C]):
    """The last candles of a subscription: history by REST, continued by the stream.

    It exists at once, and is complete as soon as the history has come: ``wait()`` blocks until
    then. Each closed candle is in it once, and the open one is updated in place. What is read of it
    is a copy of one moment; any thread may read, and waits for nothing.

    Iterate it for its changes, in the order of the candles, from the moment on at which both the
    window is complete and iteration has begun. Each closed candle comes once; while candles are
    missing, changes of later ones wait, but not longer than the client's ``fill_timeout``: then a
    ``Gap`` says which are missing. Iteration ends quietly after ``close()``, also the client's, and
    raises the error that ended the window otherwise. A window that nobody iterates keeps no
    changes.
    """

    def wait(self, timeout: float | None = None) -> None:
        """Block until the window is complete; at most ``timeout`` seconds.

        Raises RequestTimeout with the reason if the time runs out, the error that ended the window
        (RequestError if the server has no such candles, ConnectionLost if the connection ended for
        good), and ClientClosed if the window, its subscription or the client is closed.
        """
        self._wait(timeout, "was not complete")

    def with_notices(self) -> Iterator[CandleChange[C] | Notice]:
        """Iterate changes and the notices about this window, in their true order, from now on.

        The notices are those that have a place among the changes: Gap, Dropped. Any plain
        iteration excludes them again.
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
