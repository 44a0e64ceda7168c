"""When the next message may be sent without exceeding the server's limit."""

from __future__ import annotations

import math
from collections import deque

# Slightly more than the second over which the server counts, as the two clocks differ.
_WINDOW = 1.1


class RateLimiter:
    """A sliding window over the messages sent on one connection.

    The server allows ``limit`` messages per second, pongs included, and counts them on arrival.
    Messages sent a second apart may arrive together if the network stalls, so a request occupies
    its slot until the server has answered it, and for another second after that. One slot is
    reserved for a pong, so that requests never prevent the connection from staying alive. A limit
    of 0 is none.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._arrived: deque[float] = deque()
        self._in_flight_count = 0

    def spend(self, now: float) -> None:
        """Count a frame that the server does not answer."""
        if self._limit:
            self._arrived.append(now)

    def request(self) -> None:
        """Count a request; call ``arrive`` when it is answered or has timed out."""
        self._in_flight_count += 1

    def arrive(self, now: float) -> None:
        """Note that a request was answered or has timed out."""
        self._in_flight_count -= 1
        self._arrived.append(now)

    def request_at(self, now: float) -> float:
        """Return when the next request may be sent; infinite if only an answer makes room."""
        return self._free_at(now, self._limit - 1)

    def pong_at(self, now: float) -> float:
        """Return when the next pong may be sent; infinite if only an answer makes room."""
        return self._free_at(now, self._limit)

    def _free_at(self, now: float, limit: int) -> float:
        if not self._limit:
            return now
        while self._arrived and self._arrived[0] + _WINDOW <= now:
            self._arrived.popleft()
        free = limit - self._in_flight_count
        if free <= 0:
            return math.inf
        if len(self._arrived) < free:
            return now
        return self._arrived[-free] + _WINDOW
