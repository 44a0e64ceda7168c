"""Request weight: what each address has used in the current window, and who used too much."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import msgspec

from binance_streams_runtime.catalog.rest import RestLimits
from binance_streams_runtime.catalog.venue import Venue
from binance_streams_simulator.refusals import Refusal

_TOLERATED = 3
"""How many requests may be refused in a window before the address is banned."""
_BANNED_WINDOWS = 2
"""How many windows the first ban lasts; each further one lasts twice as long."""
_LONGEST_BAN = 3 * 24 * 3600.0
_UNITS = {1: "SECOND", 60: "MINUTE", 3600: "HOUR"}


def weight_headers(limits: RestLimits, used: int) -> dict[str, str]:
    """Return the headers that say how much is used; the older one has no window in its name."""
    name = limits.used_header
    return {name: str(used), name.rpartition("-")[0]: str(used)}


@dataclass
class _Use:
    """What one address has used, and how often it was refused."""

    window: int
    weight: int = 0
    refused: int = 0
    bans: int = 0
    banned_until: float = 0.0


class UsedWeight:
    """Counts request weight. Windows begin at full multiples of their length, as at the venue."""

    def __init__(self, limit: int, window: float) -> None:
        self.limit = limit
        self.window = window
        self._uses: dict[str, _Use] = {}
        # What someone else at any address has used in one window.
        self._foreign = 0, 0

    def spend(self, address: str, weight: int, now: float) -> None:
        """Count a request at ``now``, in seconds since 1970; raise Refusal if it is refused."""
        use = self._use(address, now)
        if now < use.banned_until:
            raise self._banned(use, now)
        if self.used(address, now) + weight <= self.limit:
            use.weight += weight
            return
        use.refused += 1
        if use.refused > _TOLERATED:
            use.refused = 0
            length = self.window * _BANNED_WINDOWS * 2**use.bans
            use.bans += 1
            use.banned_until = now + min(length, _LONGEST_BAN)
            raise self._banned(use, now)
        count, unit = _length(self.window)
        raise Refusal(
            -1003,
            f"Too much request weight used; current limit is {self.limit} request weight per "
            f"{count} {unit}. Please use WebSocket Streams for live updates to avoid polling the "
            "API.",
            status=429,
            retry_after=_whole(self.window - now % self.window),
        )

    def used(self, address: str, now: float) -> int:
        """Return what an address has used in the current window."""
        window, foreign = self._foreign
        use = self._use(address, now)
        return use.weight + (foreign if window == use.window else 0)

    def total(self, now: float) -> int:
        """Return the highest use of any address in the current window."""
        return max((self.used(address, now) for address in self._uses or ("",)), default=0)

    def set(self, weight: int, now: float) -> None:
        """Set what every address has used in the current window."""
        self._foreign = int(now // self.window), weight
        for address in self._uses:
            self._use(address, now).weight = 0

    def _use(self, address: str, now: float) -> _Use:
        window = int(now // self.window)
        use = self._uses.setdefault(address, _Use(window))
        if use.window != window:
            use.window, use.weight, use.refused = window, 0, 0
        return use

    def _banned(self, use: _Use, now: float) -> Refusal:
        until = int(use.banned_until * 1_000)
        return Refusal(
            -1003,
            f"Way too much request weight used; IP banned until {until}. Please use WebSocket "
            "Streams for live updates to avoid bans.",
            status=418,
            retry_after=_whole(use.banned_until - now),
        )


def with_rest_limits(venue: Venue, weight: int | None, window: float | None) -> Venue:
    """Return the same rules with other limits of the REST API; None is the venue's own."""
    if weight is None and window is None:
        return venue
    if venue.rest is None:
        raise ValueError(f"{venue.name} limits no request weight")
    if (weight is not None and weight < 1) or (window is not None and window <= 0):
        raise ValueError(f"limits are above zero, got a weight of {weight} in {window} s")
    changed: dict[str, Any] = {"weight": weight, "window": window}
    changed = {name: value for name, value in changed.items() if value is not None}
    rest = msgspec.structs.replace(venue.rest, **changed)
    return msgspec.structs.replace(venue, rest=rest)


def described(limits: RestLimits) -> dict[str, object]:
    """Return a limit as the venue describes it."""
    count, unit = _length(limits.window)
    return {
        "rateLimitType": "REQUEST_WEIGHT",
        "interval": unit,
        "intervalNum": count,
        "limit": limits.weight,
    }


def _length(window: float) -> tuple[int, str]:
    size = max((size for size in _UNITS if window % size == 0), default=1)
    return max(1, int(window // size)), _UNITS[size]


def _whole(seconds: float) -> int:
    """Round up, as the header has whole seconds."""
    return max(1, math.ceil(seconds))
