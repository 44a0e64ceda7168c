"""How many messages may be sent now, so that the server's limit is never reached."""

from __future__ import annotations

from collections import deque

# The server counts when messages arrive: those sent a second apart may arrive closer together.
_WINDOW = 1.1


class Budget:
    """A sliding window over what was sent on one connection.

    The server allows ``limit`` messages a second, pongs included. One place is kept for a pong, so
    that requests never stand in the way of staying alive.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._sent: deque[float] = deque()

    def spend(self, now: float) -> None:
        self._sent.append(now)

    def request_at(self, now: float) -> float:
        """When the next request may be sent: ``now``, or later."""
        return self._free_at(now, self._limit - 1)

    def pong_at(self, now: float) -> float:
        """When the next pong may be sent: ``now``, or later."""
        return self._free_at(now, self._limit)

    def _free_at(self, now: float, limit: int) -> float:
        while self._sent and self._sent[0] + _WINDOW <= now:
            self._sent.popleft()
        if len(self._sent) < limit:
            return now
        return self._sent[-limit] + _WINDOW
