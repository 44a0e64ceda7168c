"""One account that is desired, whichever connection carries it."""

from __future__ import annotations

import math
from collections.abc import Callable

from binance_streams_runtime.protocol.api_requests import SigningKey

# Seconds before another attempt; twice as long each time, up to the longest.
_SHORTEST = 1.0
_LONGEST = 60.0

# If nothing went wrong for so many seconds, the next pause is none, or the shortest, again.
_STABLE_AFTER = 60.0
_FORGOTTEN_AFTER = 2 * _LONGEST

# How often in a row a timestamp may be refused although the server's time has just been asked for.
_MOST_CLOCK_REFUSALS = 3


class DesiredAccount:
    """The key of an account, and when to subscribe to it again."""

    def __init__(
        self,
        name: str,
        key: SigningKey,
        recv_window: float | None,
        random: Callable[[], float],
    ) -> None:
        self.name = name
        self.key = key
        self.recv_window = recv_window
        self.needs_signature = getattr(key, "algorithm", None) != "Ed25519"
        """Whether it must be subscribed by a signature, as its key cannot log on."""
        self.retry_at = -math.inf
        """Not to be requested before."""
        self._random = random
        self._pause = 0.0
        self._failed_at = self._confirmed_at = -math.inf
        self._clock_refusals = 0

    def confirmed(self, now: float) -> None:
        """Note that the server has confirmed the subscription."""
        self._confirmed_at = now
        self._clock_refusals = 0

    def ended(self, now: float) -> None:
        """Note that the server has ended the subscription: request it at once, if it is rare."""
        if now - self._failed_at >= _STABLE_AFTER:
            self._failed_at = self.retry_at = now
            self._pause = 0.0
        else:
            self.refused(now)

    def refused(self, now: float, at_least: float = 0.0) -> None:
        """Request it again after a pause that grows each time, ``at_least`` so many seconds."""
        has_lasted = self._failed_at < self._confirmed_at <= now - _STABLE_AFTER
        if has_lasted or now - self._failed_at >= _FORGOTTEN_AFTER:
            self._pause = 0.0
        self._failed_at = now
        self._pause = min(max(2 * self._pause, _SHORTEST), _LONGEST)
        # So that the clients of a server that was down do not all come back at once.
        self.retry_at = now + max(self._pause * (0.5 + self._random() / 2), at_least)

    def may_set_clock(self) -> bool:
        """Count a refused timestamp; return whether another one may be tried."""
        self._clock_refusals += 1
        return self._clock_refusals <= _MOST_CLOCK_REFUSALS
