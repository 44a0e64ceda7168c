"""How many messages may be sent now, so that the server's limit is never reached."""

from __future__ import annotations

import math
from collections import deque

# A little more than the second in which the server counts: its clock is not ours.
_WINDOW = 1.1


class RateLimiter:
    """A sliding window over what was sent on one connection.

    The server allows ``limit`` messages a second, pongs included, and counts them when they arrive.
    What is sent a second apart may arrive together, after a stall of the network; so a request
    takes its place until it has been answered, and for a second from then. One place is kept for a
    pong, so that requests never stand in the way of staying alive.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._arrived: deque[float] = deque()
        self._on_the_way = 0

    def spend(self, now: float) -> None:
        """Something was sent that is not answered."""
        self._arrived.append(now)

    def request(self) -> None:
        """A request was sent; ``arrive`` follows."""
        self._on_the_way += 1

    def arrive(self, now: float) -> None:
        """A request was answered, or is not waited for any more."""
        self._on_the_way -= 1
        self._arrived.append(now)

    def request_at(self, now: float) -> float:
        """When the next request may be sent: ``now``, or later; infinite before an answer."""
        return self._free_at(now, self._limit - 1)

    def pong_at(self, now: float) -> float:
        """When the next pong may be sent; as ``request_at``."""
        return self._free_at(now, self._limit)

    def _free_at(self, now: float, limit: int) -> float:
        while self._arrived and self._arrived[0] + _WINDOW <= now:
            self._arrived.popleft()
        free = limit - self._on_the_way
        if free <= 0:
            return math.inf
        if len(self._arrived) < free:
            return now
        return self._arrived[-free] + _WINDOW
