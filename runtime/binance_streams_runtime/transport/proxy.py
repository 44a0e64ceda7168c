"""Connecting through a proxy, given or from the environment."""

from __future__ import annotations

import os
import socket
import time
from urllib.parse import urlsplit

from binance_streams_runtime.errors import ConnectionLost
from binance_streams_runtime.protocol.proxy import Proxy, is_address, parse_named, tunnel
from binance_streams_runtime.transport.deadline_socket import DeadlineSocket


def proxy_from_environment(url: str) -> Proxy | None:
    """Return the proxy that the environment names for a URL, or None.

    For wss and https ``HTTPS_PROXY``, for ws and http ``http_proxy`` (lower case only:
    ``HTTP_PROXY`` may be a header in a CGI program), then ``ALL_PROXY``. A lower-case name takes
    precedence over the same in upper case, and hosts in ``NO_PROXY`` get none. ``http://`` may be
    left out. Raises ParameterError for a value that is not a proxy, rather than connecting without
    one.
    """
    # Imported late: the module is slow to import.
    from urllib import request

    parts = urlsplit(url)
    named = request.getproxies_environment()
    is_secure = parts.scheme in ("wss", "https")
    value = named.get("https") if is_secure else os.environ.get("http_proxy")
    value = value or named.get("all")
    port = parts.port or (443 if is_secure else 80)
    if not value or request.proxy_bypass(f"{parts.hostname}:{port}"):
        return None
    return parse_named("proxy of the environment", value if "://" in value else f"http://{value}")


def open_tunnel(proxy: Proxy, sock: DeadlineSocket, host: str, port: int) -> None:
    """Open a tunnel to ``host`` through the proxy that ``sock`` is connected to.

    Raises ConnectionLost, which names the proxy, and OSError from the socket. With ``socks5``, the
    proxy gets the first address that the name resolves to.
    """
    if proxy.scheme == "socks5" and not is_address(host):
        host = _look_up(host, port)
    sock.converse(tunnel(proxy, host, port, time.time()))


def _look_up(host: str, port: int) -> str:
    try:
        return str(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][4][0])
    except OSError as error:
        raise ConnectionLost(
            f"{host} cannot be looked up: {error}; socks5h:// leaves that to the proxy"
        ) from None
