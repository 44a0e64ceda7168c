"""Addresses of servers."""

from __future__ import annotations

from urllib.parse import urlsplit

from binance_streams_runtime.errors import ParameterError

PORTS = {"ws": 80, "wss": 443, "http": 80, "https": 443}


def check_url(url: str) -> str:
    """Return the URL without a trailing slash; raise ParameterError unless ``ws(s)://host[:port]``."""
    allowed = "a URL such as wss://host:9443 or ws://127.0.0.1:8080, without path or query"
    return _checked("server", url, ("ws", "wss"), allowed)


def check_rest_url(url: object) -> str:
    """Return the URL without a trailing slash; raise ParameterError unless ``http(s)://host[:port]``."""
    allowed = "a URL such as https://host or http://127.0.0.1:8080, without path or query"
    if not isinstance(url, str):
        raise ParameterError("rest_url", url, f"{allowed}; or None")
    return _checked("rest_url", url, ("http", "https"), allowed)


def check_api_url(url: object) -> str:
    """Return the URL; raise ParameterError unless ``ws(s)://host[:port]``, perhaps with a path."""
    allowed = "a URL such as wss://host/ws-api/v3 or ws://127.0.0.1:8080, without query"
    if not isinstance(url, str):
        raise ParameterError("api_url", url, f"{allowed}; or None")
    return _checked("api_url", url, ("ws", "wss"), allowed, has_path=True)


def _checked(
    name: str, url: str, schemes: tuple[str, ...], allowed: str, has_path: bool = False
) -> str:
    try:
        parts = urlsplit(url)
        is_good = parts.scheme in schemes and bool(parts.hostname) and parts.port != 0
    except ValueError:
        raise ParameterError(name, url, allowed) from None
    if parts.username or parts.password:
        # The URL itself stays out of the text, as it holds a password.
        raise ParameterError(name, "a URL with a user name or password", allowed)
    is_bare = has_path or parts.path in ("", "/")
    if not is_good or not is_bare or parts.query or parts.fragment:
        raise ParameterError(name, url, allowed)
    # A lone "?" or "#" leaves no trace in the parts, but would swallow the path appended to it.
    if any(ord(letter) <= 32 or letter in "?#@%\\\x7f" for letter in url):
        raise ParameterError(name, url, allowed)
    return url.rstrip("/")
