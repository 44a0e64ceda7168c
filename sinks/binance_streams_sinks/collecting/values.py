"""What a collector counts, and the checks of its arguments."""

from __future__ import annotations

import re
import socket

from msgspec import Struct

from binance_streams_runtime.errors import ParameterError
from binance_streams_sinks.publishing.publisher import PublisherStats


class CollectorStats(Struct, frozen=True):
    """How a collector fares."""

    name: str
    streams: int
    confirmed: int
    """How many streams are received without an interruption at the moment."""
    received: int
    """Messages, since it was started."""
    gaps: int
    snapshots: int
    """Order book snapshots that were taken; not those that another collector took."""
    restarts: int
    """How often it began anew after a standstill."""
    has_namesake: bool
    """Whether another collector of the log has its name, so that readers confuse them."""
    publisher: PublisherStats


def host_name() -> str:
    """Return the host's name, as far as a subject may have it."""
    name = re.sub(r"[^A-Za-z0-9_-]", "-", socket.gethostname().partition(".")[0])[:64]
    return name or "collector"


def check_seconds(name: str, value: float) -> float:
    """Return seconds; raise ParameterError if they are none, or not above 0."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < 10**9:
        raise ParameterError(name, value, "seconds above 0")
    return float(value)
