"""A user's account, whose events and answers threads can wait for."""

from __future__ import annotations

from typing import Any, Generic

from binance_streams_runtime.client.account import AccountBase, T_co
from binance_streams_runtime.client.event_source import E_co
from binance_streams_runtime.client.stats import StreamStats
from binance_streams_runtime.sync.event_source import EventSource


class BaseAccount(EventSource[E_co], AccountBase[E_co, T_co], Generic[E_co, T_co]):
    """The base class of the generated accounts, which add the types of requests and answers."""

    def wait(self, timeout: float | None = None) -> None:
        """Block until the server has confirmed the subscription; at most ``timeout`` seconds.

        Raises RequestError if the server refused it, ConnectionLost if the connection ended for
        good, RequestTimeout if the time ran out or the server did not answer (the request is
        repeated, so waiting again makes sense), and ClientClosed if the subscription has ended. The
        text of a RequestTimeout says what it waited for, and the last error, which is also its
        ``__cause__``.
        """
        self._wait(timeout, "was not confirmed")

    def request(self, method: str, /, **params: object) -> Any:
        """Send a request of the WebSocket API; return the answer's result."""
        raise NotImplementedError

    def state(self, timeout: float | None = None) -> T_co:
        """Return the account's balances and open orders, asked for once it is subscribed."""
        raise NotImplementedError

    def unsubscribe(self) -> None:
        """End the subscription; its iteration ends once what waits has been taken.

        Once this returns, ``on_event`` is no longer called, and what waited for it is dropped.
        It waits for a running call, at most 1 second, unless that call is the one that
        unsubscribes.
        """
        self._owner.end(self)

    def stats(self) -> StreamStats:
        """Return how many messages came, were dropped, or are missing, and when the last came."""
        return self._owner.stream_stats(self._route)
