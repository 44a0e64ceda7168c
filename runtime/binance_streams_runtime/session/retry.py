"""When a connection that ended is tried again."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from msgspec import Struct

from binance_streams_runtime.errors import ConnectionLost

_SHORTEST = 0.5
_LONGEST = 30.0

# Seconds to wait at least where the server says that it was asked too much, but not for how long.
_TOO_MANY_REQUESTS = 10.0
_BANNED = 60.0

# A server that is wrong, or hostile, must not silence a client for ever.
_MOST_RETRY_AFTER = 24 * 60 * 60.0

HTTP_BANNED = 418
HTTP_TOO_MANY_REQUESTS = 429
_POLICY_VIOLATION = 1008


def full_jitter(random: Callable[[], float]) -> Iterator[float]:
    """Seconds to wait before each attempt: none, then at random up to 0.5, 1, 2 ... 30, 30.

    ``random`` draws from 0 to 1. The pauses are random between nothing and the limit, so that the
    clients of a server that went down do not come back in one wave.
    """
    yield 0.0
    limit = _SHORTEST
    while True:
        yield random() * limit
        limit = min(2 * limit, _LONGEST)


def least_pause(lost: ConnectionLost) -> float:
    """Seconds that the server wants to be left alone after it ended a connection like this."""
    if lost.retry_after is not None:
        return min(max(0.0, lost.retry_after), _MOST_RETRY_AFTER)
    if lost.status == HTTP_BANNED:
        return _BANNED
    is_scolded = lost.code == _POLICY_VIOLATION and "too many" in lost.reason.lower()
    if lost.status == HTTP_TOO_MANY_REQUESTS or is_scolded:
        return _TOO_MANY_REQUESTS
    return 0.0


class Retry(Struct, frozen=True):
    """Whether and when to connect, and connect again."""

    is_wanted: Callable[[ConnectionLost], bool]
    """Whether to try again after this end."""
    backoff: Callable[[], Iterator[float]]
    """Seconds before each attempt; begins anew after a success. Where it ends, the client does."""
    reserve: Callable[[float], float]
    """When the next attempt may be made, given now: the server limits attempts."""
    random: Callable[[], float]
    """Draws from 0 to 1, for what should not happen to many clients at the same moment."""

    def pause(self, backoff: Iterator[float], lost: ConnectionLost) -> float | None:
        """Seconds to wait after ``lost``; None if ``pauses`` has come to its end."""
        pause = next(backoff, None)
        if pause is None:
            return None
        return max(pause, least_pause(lost) * (1 + self.random() / 4), 0.0)
