"""How many connections a process may open."""

from __future__ import annotations

import threading
from collections import deque
from ipaddress import ip_address
from urllib.parse import urlsplit

from binance_streams_runtime.transport import forks


class Attempts:
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

_by_host: dict[str, Attempts] = {}


def attempts_at(url: str, limit: int, window: float) -> Attempts:
    """The attempts of this process at the server of ``url``.

    The venue counts by address of the client, over all its servers; what runs on this machine is
    not the venue, so each port counts for itself there.
    """
    parts = urlsplit(url)
    host = parts.hostname or ""
    try:
        address = ip_address(host)
    except ValueError:
        key = parts.netloc if host == "localhost" else ".".join(host.split(".")[-2:])
    else:
        key = parts.netloc if address.is_loopback else host
    return _by_host.setdefault(key, Attempts(limit, window * _MARGIN))
