"""What every connection has in common: its state, its times, and what it is desired to carry."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from typing import Literal, Self

from binance_streams_runtime.errors import ConnectionLost
from binance_streams_runtime.protocol.frames import FrameReader
from binance_streams_runtime.session.counters import ReconnectCause, SessionCounters
from binance_streams_runtime.session.rate_limit import RateLimiter

ConnectionState = Literal["waiting", "connecting", "open", "closed"]
"""``waiting`` means until the next attempt."""

Frame = tuple[Literal["text", "ping", "pong"], bytes]
"""The kind and the payload of a frame to send."""

# Minimum seconds between pongs: a flood of pings must leave room for requests in the rate limit.
_PONG_INTERVAL = 0.5


class BaseConnection(ABC):
    """A connection as the session sees it: what it carries, and when. It opens no socket.

    How a stream is requested is left to the protocol of its server. The server's state is never
    assumed: only its answer makes a desired stream a confirmed one. So whatever the order of calls
    and answers, the desired and confirmed sets converge.
    """

    def __init__(
        self,
        number: int,
        url: str,
        max_message: int,
        messages_per_second: int,
        request_timeout: float,
        on_settled: Callable[[list[str], BaseException | None], None],
        on_interrupted: Callable[[str], None],
    ) -> None:
        self.number: int = number
        self.url: str = url
        self.state: ConnectionState = "waiting"
        self.reader: FrameReader = FrameReader(max_message)
        self.rate_limiter: RateLimiter = RateLimiter(messages_per_second)
        self.opened_at: float | None = None
        self.last_received: float = 0.0
        # Since when bytes have come that complete no message.
        self.mid_message_since: float | None = None
        # When to replace it, because the server will close it soon after.
        self.rotate_at: float | None = None
        # The pauses before the next attempts; None if no attempt has failed.
        self.backoff: Iterator[float] | None = None
        self.has_traffic: bool = False  # an event or an answer
        # When the next attempt may be made, once it is reserved, and when it is planned.
        self.attempt_at: float | None = None
        self.retry_at: float = 0.0
        # Why the previous connection ended, or could not be opened.
        self.failure: ConnectionLost | None = None
        # Since when streams on it have been interrupted, and which.
        self.interrupted_at: float | None = None
        self.interrupted: dict[str, None] = {}
        # Why to replace it, once it has itself taken over from the previous connection.
        self.rotate_reason: tuple[str, ReconnectCause] | None = None
        self.consecutive_timeouts: int = 0
        self.messages: int = 0
        self.bytes: int = 0
        # Those of its session, once it is in a pool.
        self.counters: SessionCounters = SessionCounters()
        self.on_settled = on_settled
        self.on_interrupted = on_interrupted
        self._request_timeout = request_timeout
        self.desired: dict[str, None] = {}
        self.confirmed: set[str] = set()
        # How many pings the user has requested that are not sent yet.
        self.pings: int = 0
        self._pong: bytes | None = None
        self._next_pong = 0.0

    # What it carries

    @property
    @abstractmethod
    def load(self) -> int:
        """How many streams the server counts, or will count, on this connection."""

    @property
    @abstractmethod
    def is_complete(self) -> bool:
        """Whether it is open, and its desired and confirmed streams are the same."""

    @property
    def has_all_it_can(self) -> bool:
        """Whether nothing more will be confirmed, though the server may have refused something."""
        return self.is_complete

    @property
    @abstractmethod
    def is_used(self) -> bool:
        """Whether it has desired streams or queued queries."""

    @property
    def has_queries(self) -> bool:
        """Whether users wait for answers that the one to ``mark_end`` does not follow."""
        return False

    @abstractmethod
    def carries(self, name: str) -> bool:
        """Return whether the server has the stream on this connection, or may have it."""

    @abstractmethod
    def is_settled(self, name: str) -> bool:
        """Return whether the server has confirmed the stream and no request for it is due."""

    @abstractmethod
    def is_certain_of(self, name: str) -> bool:
        """Return whether the server has the stream, and no request might have changed that."""

    @abstractmethod
    def is_postponed(self, name: str) -> bool:
        """Return whether the stream was rejected and will be requested again."""

    # What changes it

    @abstractmethod
    def add_desired(self, name: str) -> None:
        """Add a desired stream."""

    @abstractmethod
    def remove_desired(self, name: str) -> None:
        """Remove a desired stream."""

    @abstractmethod
    def adopt_desired(self, other: Self) -> None:
        """Desire what ``other`` desires."""

    @abstractmethod
    def take_over(self, other: Self) -> None:
        """Queue the requests that ``other``, which is gone, has not sent yet."""

    @abstractmethod
    def resubscribe(self, name: str) -> None:
        """Unsubscribe from a stream that is confirmed, and subscribe to it again."""

    @abstractmethod
    def fail_queries(self, error: BaseException) -> None:
        """Fail the queued queries that cannot wait for the next connection."""

    @abstractmethod
    def mark_end(self, now: float, on_answer: Callable[[BaseException | None], None]) -> None:
        """Send a request that changes nothing: what comes before its answer was sent before it."""

    def ping(self, payload: bytes) -> None:
        """Queue a pong. Only the most recent ping is answered, as RFC 6455 5.5.3 allows."""
        self._pong = payload

    def due(self, now: float) -> Frame | None:
        """Return the next frame to send now, or None. Each frame counts toward the rate limit."""
        if self.state != "open":
            return None
        if self._pong is not None and self._pong_at(now) <= now:
            payload, self._pong = self._pong, None
            self.rate_limiter.spend(now)
            self._next_pong = now + _PONG_INTERVAL
            return "pong", payload
        if self.rate_limiter.request_at(now) > now:
            return None
        if self.pings:
            self.pings -= 1
            self.rate_limiter.spend(now)
            return "ping", b""
        return self._due_request(now)

    @abstractmethod
    def _due_request(self, now: float) -> Frame | None:
        """Return the next request to send now, or None."""

    def _pong_at(self, now: float) -> float:
        return max(self.rate_limiter.pong_at(now), self._next_pong)

    # Time

    @abstractmethod
    def next_time(self, now: float, is_paused: bool = False) -> float | None:
        """Return when to call ``due`` or, unless ``is_paused``, ``expire`` next; None for never."""

    @abstractmethod
    def postpone(self, now: float) -> None:
        """Restart the timeouts of pending requests, because nothing was read for a while."""

    @abstractmethod
    def expire(self, now: float, read_until: float) -> None:
        """Fail the requests whose deadline is at or before ``read_until``."""

    @abstractmethod
    def end(self, error: BaseException) -> None:
        """Close the connection, and fail all pending and queued requests with ``error``."""
