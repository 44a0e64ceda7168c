"""Addresses of servers."""

from __future__ import annotations

from urllib.parse import urlsplit

from binance_streams_runtime.errors import ParameterError

PORTS = {"ws": 80, "wss": 443}


def check_url(url: str) -> str:
    """Return the URL without a trailing slash; raise ParameterError unless ``ws(s)://host[:port]``."""
    allowed = "a URL such as wss://host:9443 or ws://127.0.0.1:8080, without path or query"
    try:
        parts = urlsplit(url)
        is_good = parts.scheme in PORTS and bool(parts.hostname) and parts.port != 0
    except ValueError:
        raise ParameterError("server", url, allowed) from None
    if parts.username or parts.password:
        # The URL itself stays out of the text, as it holds a password.
        raise ParameterError("server", "a URL with a user name or password", allowed)
    if not is_good or parts.path not in ("", "/") or parts.query or parts.fragment:
        raise ParameterError("server", url, allowed)
    # A lone "?" or "#" leaves no trace in the parts, but would swallow the path appended to it.
    if any(ord(letter) <= 32 or letter in "?#@%\\\x7f" for letter in url):
        raise ParameterError("server", url, allowed)
    return url.rstrip("/")
