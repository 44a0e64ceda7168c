"""The metrics of a relay, beside those of its client."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from binance_streams_relay.counters import RelayStats
from binance_streams_runtime.metrics.programs import RELAY, Program
from binance_streams_runtime.metrics.server import MetricsServer, serve_program


def serve(client: Any, address: str | int, stats: Callable[[], RelayStats]) -> MetricsServer:
    """Serve what a relay counts, and what its client does, until it is closed.

    Raises ParameterError for an address that is not allowed, and OSError that names it if it cannot
    be listened at.
    """
    return serve_program(lambda: client, address, Program(RELAY, stats))
