"""The target of connections."""

from __future__ import annotations

import ssl

from msgspec import Struct

from binance_streams_runtime.protocol.proxy import Proxy


class Target(Struct, frozen=True):
    """Where to connect, and how."""

    url: str
    timeout: float
    ssl_context: ssl.SSLContext | None
    proxy: Proxy | None
