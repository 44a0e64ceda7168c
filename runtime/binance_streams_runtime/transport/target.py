"""The target of connections."""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from urllib.parse import urlsplit

from msgspec import Struct

from binance_streams_runtime.protocol.proxy import Proxy


class Target(Struct, frozen=True):
    """Where to connect, and how."""

    url: str
    timeout: float
    ssl_context: ssl.SSLContext | None
    proxy: Proxy | None
    proxies: Mapping[str, Proxy | None] = {}
    """The proxies of other hosts, by host and port as in their URL."""

    def proxy_of(self, url: str) -> Proxy | None:
        """Return the proxy for connections to ``url``."""
        return self.proxies.get(urlsplit(url).netloc, self.proxy)

    def way_to(self, url: str) -> tuple[float, ssl.SSLContext | None, Proxy | None]:
        """Return the timeout, the TLS context and the proxy for a connection to ``url``."""
        return self.timeout, self.ssl_context, self.proxy_of(url)
