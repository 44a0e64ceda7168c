"""The limit on connection attempts of a process."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from ipaddress import IPv4Address, IPv6Address, ip_address
from urllib.parse import urlsplit

from binance_streams_runtime.transport import forks


class ConnectLimiter:
    """Limits connection attempts to ``limit`` in any ``window`` seconds.

    All clients of a process share one, from several threads, as the server counts by IP address.
    """

    def __init__(self, limit: int, window: float) -> None:
        self._limit = limit
        self._window = window
        self._lock = threading.Lock()
        self._made: deque[float] = deque(maxlen=limit)
        forks.watch(self)

    def forked(self) -> None:
        """Replace the lock in a forked child, as its holder does not run there."""
        self._lock = threading.Lock()

    def reserve(self, now: float) -> float:
        """Return when the next attempt may be made, ``now`` or later; it counts as made then."""
        with self._lock:
            at = now
            if len(self._made) == self._limit:
                at = max(now, self._made[0] + self._window)
            if self._made:
                at = max(at, self._made[-1])
            self._made.append(at)
            return at

    def remaining(self, now: float) -> int:
        """Return how many attempts may be made at once."""
        with self._lock:
            return self._limit - sum(at > now - self._window for at in self._made)


# A little more than the server's window: an attempt arrives there later than it is made.
_MARGIN = 1.02

_by_host: dict[str, ConnectLimiter] = {}


def reserve_at(url: str, limit: int, window: float) -> Callable[[float], float]:
    """Return the ``reserve`` of the limiter for the server of ``url``.

    The venue counts by IP address of the client, over all its servers. There is no limit for a
    server on this machine, as it is not the venue.
    """
    key = _key_of(url)
    if key is None:
        return _at_once
    return _by_host.setdefault(key, ConnectLimiter(limit, window * _MARGIN)).reserve


def remaining_at(url: str, now: float) -> int | None:
    """Return how many attempts may be made at once; None if there is no limit."""
    limiter = _by_host.get(_key_of(url) or "")
    return None if limiter is None else limiter.remaining(now)


def _key_of(url: str) -> str | None:
    """Return what the attempts are counted by; None for a server on this machine."""
    host = (urlsplit(url).hostname or "").rstrip(".")
    try:
        address = ip_address(host)
    except ValueError:
        return None if f".{host}".endswith(".localhost") else ".".join(host.split(".")[-2:])
    # ::ffff:127.0.0.1 is loopback as well.
    return None if address.is_loopback or _is_mapped_loopback(address) else host


def _at_once(now: float) -> float:
    return now


def _is_mapped_loopback(address: IPv4Address | IPv6Address) -> bool:
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped is not None and mapped.is_loopback
