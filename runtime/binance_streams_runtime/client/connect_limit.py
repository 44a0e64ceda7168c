"""How many connections a process may open."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from ipaddress import IPv4Address, IPv6Address, ip_address
from urllib.parse import urlsplit

from binance_streams_runtime.transport import forks


class ConnectLimiter:
    """How many connections may be opened: ``limit`` in any ``window`` seconds.

    One object serves all clients of a process, from several threads, as the server counts by
    address.
    """

    def __init__(self, limit: int, window: float) -> None:
        self._limit = limit
        self._window = window
        self._lock = threading.Lock()
        self._made: deque[float] = deque(maxlen=limit)
        forks.watch(self)

    def forked(self) -> None:
        """Whoever holds the lock does not run in a forked child."""
        self._lock = threading.Lock()

    def reserve(self, now: float) -> float:
        """When the next attempt may be made, ``now`` or later; it counts as made then."""
        with self._lock:
            at = now
            if len(self._made) == self._limit:
                at = max(now, self._made[0] + self._window)
            if self._made:
                at = max(at, self._made[-1])
            self._made.append(at)
            return at


# A little more than the server's window: an attempt arrives there later than it is made.
_MARGIN = 1.02

_by_host: dict[str, ConnectLimiter] = {}


def reserve_at(url: str, limit: int, window: float) -> Callable[[float], float]:
    """When the next attempt at the server of ``url`` may be made, given now; see ``Attempts``.

    The venue counts by address of the client, over all its servers. A server on this machine is
    not the venue: there is no limit.
    """
    host = (urlsplit(url).hostname or "").rstrip(".")
    try:
        address = ip_address(host)
    except ValueError:
        if f".{host}".endswith(".localhost"):
            return _at_once
        key = ".".join(host.split(".")[-2:])
    else:
        # ::ffff:127.0.0.1 is loopback as well.
        if address.is_loopback or _is_mapped_loopback(address):
            return _at_once
        key = host
    return _by_host.setdefault(key, ConnectLimiter(limit, window * _MARGIN)).reserve


def _at_once(now: float) -> float:
    return now


def _is_mapped_loopback(address: IPv4Address | IPv6Address) -> bool:
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped is not None and mapped.is_loopback
