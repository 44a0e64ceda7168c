"""A user's subscription to a stream, whose events tasks can wait for."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any, Self

from binance_streams_runtime.asyncio.event_source import AsyncEventSource
from binance_streams_runtime.client.event_source import E_co
from binance_streams_runtime.client.stats import StreamStats
from binance_streams_runtime.client.subscription import SubscriptionBase


class AsyncSubscription(AsyncEventSource[E_co], SubscriptionBase[E_co]):
    """One stream of a client. Iterate it for its events, in the order the server sent them.

    ``async for`` waits until an event comes, also while the client reconnects. It ends quietly
    after ``unsubscribe()`` and with the client's ``close()``. Otherwise it raises an error:
    ``ClientClosed`` if it began after ``close()``, once what waited has been taken,
    ``RequestError`` if the server rejected the stream, ``ConnectionLost`` if the connection ended
    for good, ``QueueOverflow`` if the queue was full and its policy is ``raise``. Leaving a loop or
    cancelling a wait loses nothing: the next one continues with the next event.

    Awaiting the subscription itself is the same as ``wait()``, and gives the subscription.
    """

    def __await__(self) -> Generator[Any, None, Self]:
        yield from self.wait().__await__()
        return self

    async def wait(self, timeout: float | None = None) -> None:
        """Wait until the server has confirmed the subscription; at most ``timeout`` seconds.

        Raises RequestError if the server rejected it, ConnectionLost if the connection ended for
        good, RequestTimeout if the time ran out or the server did not answer (the request is
        repeated, so waiting again makes sense), and ClientClosed if the subscription has ended. The
        text of a RequestTimeout says what it waited for, and the last error, which is also its
        ``__cause__``.
        """
        await self._wait(timeout, "was not confirmed")

    def unsubscribe(self) -> None:
        """End the subscription; its iteration ends once what waits has been taken.

        Once this returns, ``on_event`` is no longer called, and what waited for it is dropped; a
        call that awaits something continues. (A client's own ``on_event`` may get one more event.)
        """
        self._owner.end(self)

    async def stats(self) -> StreamStats:
        """Return how many messages came, were dropped, or are missing, and when the last came."""
        return await self._owner.stream_stats(self._route)
