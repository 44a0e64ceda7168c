"""How long things may take."""

from __future__ import annotations

from msgspec import Struct


class Timing(Struct, frozen=True):
    """Limits in seconds."""

    connect: float = 10.0
    """For a connection to be open: address, TCP, TLS and handshake together."""
    request: float = 5.0
    """For the server to answer a request."""
    silence: float = 30.0
    """Without a byte from the server, whose pings are less far apart, before the link is dead."""
    lifetime: float = 24 * 60 * 60.0
    """After which the server ends a connection; it is replaced a little earlier."""
