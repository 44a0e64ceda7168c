"""When to connect again after a connection has ended."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from msgspec import Struct

from binance_streams_runtime.errors import ConnectionLost

_SHORTEST = 0.5
_LONGEST = 30.0

# Minimum seconds to wait if the server says that it got too many requests but not how long to wait.
_TOO_MANY_REQUESTS = 10.0
_BANNED = 60.0

# A faulty or hostile server must not keep a client disconnected forever.
_MOST_RETRY_AFTER = 24 * 60 * 60.0

HTTP_BANNED = 418
HTTP_TOO_MANY_REQUESTS = 429
_POLICY_VIOLATION = 1008


def full_jitter(random: Callable[[], float]) -> Iterator[float]:
    """Yield the seconds to wait before each attempt: 0, then random up to 0.5, 1, 2 ... 30, 30.

    ``random`` draws from 0 to 1. Each pause is random between 0 and its limit, so that the clients
    of a server that went down do not all reconnect at once.
    """
    yield 0.0
    limit = _SHORTEST
    while True:
        yield random() * limit
        limit = min(2 * limit, _LONGEST)


def minimum_pause(lost: ConnectionLost) -> float:
    """Return the minimum delay in seconds that the server requested (Retry-After, 429, 418)."""
    if lost.retry_after is not None:
        return min(max(0.0, lost.retry_after), _MOST_RETRY_AFTER)
    if lost.status == HTTP_BANNED:
        return _BANNED
    is_too_many = lost.code == _POLICY_VIOLATION and "too many" in lost.reason.lower()
    if lost.status == HTTP_TOO_MANY_REQUESTS or is_too_many:
        return _TOO_MANY_REQUESTS
    return 0.0


class Retry(Struct, frozen=True):
    """Whether and when to connect and reconnect."""

    should_retry: Callable[[ConnectionLost], bool]
    """Whether to connect again after this error."""
    backoff: Callable[[], Iterator[float]]
    """Makes an iterator of the seconds to wait before each attempt; a new one is made after a
    success. The client gives up when it is exhausted."""
    reserve: Callable[[float], float]
    """Reserves an attempt at the given time and returns when it may be made: the server limits
    connection attempts."""
    random: Callable[[], float]
    """Draws from 0 to 1, to spread what many clients would otherwise do at the same moment."""

    def pause(self, backoff: Iterator[float], lost: ConnectionLost) -> float | None:
        """Return the seconds to wait after ``lost``; None if ``backoff`` is exhausted."""
        pause = next(backoff, None)
        if pause is None:
            return None
        return max(pause, minimum_pause(lost) * (1 + self.random() / 4), 0.0)
