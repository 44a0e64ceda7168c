"""A server that speaks the venue's protocol, and has one subscription a stream at the venue.

It serves with websockets: ``pip install 'binance-streams[relay]'``.
"""

from __future__ import annotations

try:
    import websockets as _websockets  # noqa: F401
except ImportError as error:
    raise ImportError("the relay needs websockets: pip install 'binance-streams[relay]'") from error

from binance_streams_relay.counters import RelayStats
from binance_streams_relay.options import RelayLimits, RelayOptions
from binance_streams_relay.relay import Relay

__all__ = ["Relay", "RelayLimits", "RelayOptions", "RelayStats"]
