"""What tests see and order of the REST API."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Literal, TypeVar

from binance_streams_simulator.rest.faults import Misbehavior
from binance_streams_simulator.rest.service import RestCall, RestService

T = TypeVar("T")
_SOME_HTML = b"<html><body><h1>503 Service Temporarily Unavailable</h1></body></html>"


class RestControl(ABC):
    """The part of a simulator that is about its REST API. Every method may be called anywhere."""

    @property
    def used_weight(self) -> int:
        """The request weight that was used in the current window."""
        return self._do_rest(RestService.used_weight)

    @property
    def rest_requests(self) -> list[RestCall]:
        """Every REST request, in order: ``path``, ``query``, and ``status`` of the answer."""
        return self._do_rest(lambda rest: list(rest.calls))

    def set_used_weight(self, weight: int) -> None:
        """Set what was used in the current window, as if others at this address had used it."""
        self._do_rest(lambda rest: rest.set_used_weight(weight))

    def rest_lag(self, seconds: float, *, snapshots: float = 0.0) -> None:
        """Let REST answers lag behind the streams.

        Args:
            seconds: How late rows are: newer ones are missing, newer trades are not yet in candles.
            snapshots: The same for snapshots of order books. The last 10,000 changes of a book are
                known; a snapshot is never older than that.

        Raises ValueError if either is below zero.
        """
        if seconds < 0 or snapshots < 0:
            raise ValueError(f"a lag is 0 seconds or more, got {seconds} and {snapshots}")

        def lag(rest: RestService) -> None:
            rest.faults.lag = seconds
            rest.faults.snapshot_lag = snapshots

        self._do_rest(lag)

    def refuse_rest(
        self,
        status: int = 503,
        *,
        retry_after: int | None = None,
        body: str | bytes = _SOME_HTML,
        requests: int | None = None,
    ) -> None:
        """Refuse REST requests with an HTTP status.

        Args:
            status: The HTTP status.
            retry_after: Seconds in the header ``Retry-After``; None leaves it out.
            body: What to send: by default a page of HTML.
            requests: How many requests; None is all until ``accept_rest()``.
        """
        text = body.encode() if isinstance(body, str) else body
        self._misbehave("refuse", requests, status=status, retry_after=retry_after, body=text)

    def stall_rest(self, requests: int | None = None) -> None:
        """Never answer REST requests, but keep their connections open."""
        self._misbehave("stall", requests)

    def reset_rest(self, requests: int | None = None) -> None:
        """Reset the connection instead of answering REST requests."""
        self._misbehave("reset", requests)

    def truncate_rest(self, requests: int | None = None) -> None:
        """Send half of each REST answer, and close the connection."""
        self._misbehave("truncate", requests)

    def slow_rest(self, seconds: float, requests: int | None = None) -> None:
        """Take ``seconds`` to send the body of each REST answer."""
        self._misbehave("slow", requests, seconds=seconds)

    def accept_rest(self) -> None:
        """Answer REST requests as usual again."""
        self._misbehave(None, None)

    def drop_rest_connections(self) -> None:
        """Reset every connection of the REST API."""

        def drop(rest: RestService) -> None:
            for connection in list(rest.connections):
                connection.reset()

        self._do_rest(drop)

    def _misbehave(
        self,
        kind: Literal["refuse", "stall", "truncate", "slow", "reset"] | None,
        requests: int | None,
        *,
        status: int = 200,
        retry_after: int | None = None,
        body: bytes = b"",
        seconds: float = 0.0,
    ) -> None:
        def change(rest: RestService) -> None:
            rest.faults.requests = requests
            rest.faults.misbehavior = (
                None if kind is None else Misbehavior(kind, status, retry_after, body, seconds)
            )

        self._do_rest(change)

    @abstractmethod
    def _do_rest(self, work: Callable[[RestService], T]) -> T:
        """Run ``work`` in the server's thread and return what it returns."""
