"""Connecting through a proxy: HTTP CONNECT (RFC 9110, 9.3.6) and SOCKS5 (RFC 1928, 1929).

Responses are read to the exact byte: what follows them belongs to the tunnel.
"""

from __future__ import annotations

import base64
import contextlib
import ipaddress
import re
from http import HTTPStatus
from typing import Any
from urllib.parse import unquote, urlsplit

import msgspec

from binance_streams_runtime.errors import ConnectionLost, ParameterError
from binance_streams_runtime.protocol.http import Conversation, read_head

_PORTS = {"http": 80, "socks5": 1080, "socks5h": 1080}
_SHOWN_SCHEMES = {*_PORTS, "https", "socks", "socks4", "socks4a", "ws", "wss"}
_ALLOWED = (
    "http://[user:password@]host:port, socks5h://… (the proxy looks names up) or "
    "socks5://… (names are looked up here), special characters percent-encoded, no path"
)
_NO_HTTPS = "; TLS to the proxy itself is not supported: inside http:// the venue's TLS stays whole"

# RFC 1928, section 6.
_REFUSALS = {
    1: "general failure",
    2: "not allowed by its rules",
    3: "network unreachable",
    4: "host unreachable",
    5: "connection refused",
    6: "the time to live expired",
    7: "command not supported",
    8: "address type not supported",
}


class Proxy(msgspec.Struct, frozen=True):
    """A proxy to connect through; its ``repr`` holds neither user name nor password.

    ``scheme`` is ``http`` (CONNECT), ``socks5h`` (the proxy resolves names) or ``socks5`` (names
    are resolved here). ``username`` and ``password`` are decoded, or both None.
    """

    scheme: str
    host: str
    port: int
    username: str | None = None
    password: str | None = None

    def __repr__(self) -> str:
        secret = "" if self.username is None else "***@"
        return f"Proxy({f'{self.scheme}://{secret}{self.address}'!r})"

    def __rich_repr__(self) -> list[tuple[str, Any]]:
        # msgspec's own would show every field.
        return [("scheme", self.scheme), ("address", self.address)]

    @property
    def address(self) -> str:
        """``host:port``."""
        return _address(self.host, self.port)


def parse_proxy(text: str) -> Proxy:
    """Return the proxy that a URL names; without a port, 80 for HTTP and 1080 for SOCKS.

    Raises ParameterError, which shows no credentials, for anything but
    ``http://[user:password@]host:port``, ``socks5h://…`` and ``socks5://…``.
    """
    return parse_named("proxy", text)


def tunnel(proxy: Proxy, host: str, port: int, unix_time: float) -> Conversation[None]:
    """Open a tunnel to ``host`` through a proxy.

    ``unix_time`` is the current time. With ``socks5``, ``host`` must be an address. Raises
    ConnectionLost, which names the proxy.
    """
    if proxy.scheme == "http":
        yield from _connect(proxy, host, port, unix_time)
    else:
        yield from _log_in(proxy)
        yield from _connect_by_socks(proxy, host, port)


def is_address(host: str) -> bool:
    """Return whether a host is an IP address rather than a name."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def parse_named(name: str, text: object) -> Proxy:
    """Return the proxy that a URL names; errors call it ``name``."""
    # Raised outside of the handler: the errors that it handles quote the text, with the password.
    with contextlib.suppress(ValueError):
        return _read(str(text))
    scheme, found, rest = str(text).partition("://")
    scheme = scheme.lower() if found and scheme.lower() in _SHOWN_SCHEMES else ""
    host = rest.rpartition("@")[2]
    is_plain = re.fullmatch(r"(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(:[0-9]+)?/?", host, re.ASCII | re.I)
    shown = f"{scheme}://{host if is_plain else '…'}" if scheme else "…"
    raise ParameterError(name, shown, _ALLOWED + (_NO_HTTPS if scheme == "https" else ""))


def _read(text: str) -> Proxy:
    """Parse a proxy URL; raise ValueError if anything is wrong."""
    parts = urlsplit(text)
    host = parts.hostname or ""
    is_plain = not any(ord(letter) <= 32 or letter in "?#\\\x7f" for letter in text)
    is_known = parts.scheme in _PORTS and parts.path in ("", "/")
    if not (is_plain and is_known and host) or "%" in host or parts.port == 0:
        raise ValueError
    port = parts.port or _PORTS[parts.scheme]
    if not parts.username and not parts.password:
        return Proxy(parts.scheme, host, port)
    username = unquote(parts.username or "", errors="strict")
    password = unquote(parts.password or "", errors="strict")
    for value in (username, password):
        if any(ord(letter) < 32 or 127 <= ord(letter) < 160 for letter in value):
            raise ValueError
        if len(value.encode()) > 255 and parts.scheme != "http":
            raise ValueError  # RFC 1929: the length is one byte.
    if ":" in username and parts.scheme == "http":
        raise ValueError  # RFC 7617: a colon ends the name.
    return Proxy(parts.scheme, host, port, username, password)


def _address(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _ascii(host: str) -> bytes:
    return host.encode("ascii" if host.isascii() else "idna")


def _connect(proxy: Proxy, host: str, port: int, unix_time: float) -> Conversation[None]:
    target = _address(_ascii(host).decode(), port)
    lines = [f"CONNECT {target} HTTP/1.1", f"Host: {target}"]
    if proxy.username is not None:
        pair = f"{proxy.username}:{proxy.password or ''}".encode()
        lines.append(f"Proxy-Authorization: Basic {base64.b64encode(pair).decode()}")
    yield "\r\n".join([*lines, "", ""]).encode()
    head = yield from read_head(f"the proxy {proxy.address}", unix_time)
    if not 200 <= head.status < 300:
        reason = f"the proxy {proxy.address} answered HTTP status {head.status}"
        # Not the proxy's own message, which may contain the password.
        with contextlib.suppress(ValueError):
            reason += f" {HTTPStatus(head.status).phrase}"
        if explanation := _explain_status(proxy, head.status, target):
            reason += f": {explanation}"
        raise ConnectionLost(reason, status=head.status, retry_after=head.retry_after)


def _explain_status(proxy: Proxy, status: int, target: str) -> str | None:
    if status == HTTPStatus.PROXY_AUTHENTICATION_REQUIRED:
        return _login_refused(proxy)
    return {
        400: "it does not take this request; is it an HTTP proxy?",
        403: f"its rules forbid connections to {target}",
        405: "it makes no tunnels (CONNECT)",
        502: f"it cannot reach {target}",
        503: f"it is overloaded, or cannot reach {target}",
        504: f"it did not reach {target} in time",
    }.get(status)


def _login_refused(proxy: Proxy) -> str:
    if proxy.username is None:
        return "it asks for a user name and a password"
    return "it refused the user name or the password"


def _log_in(proxy: Proxy) -> Conversation[None]:
    who = f"the proxy {proxy.address}"
    nothing, password = 0, 2
    offered = [nothing] if proxy.username is None else [nothing, password]
    yield bytes([5, len(offered), *offered])
    version, chosen = yield from _read_exactly(proxy, 2)
    if version != 5:
        raise ConnectionLost(f"{who} does not speak SOCKS5")
    if chosen == 0xFF:
        raise ConnectionLost(f"{who} refused every way to log in: {_login_refused(proxy)}")
    if chosen not in offered:
        raise ConnectionLost(f"{who} chose a way to log in that was not offered: {chosen}")
    if chosen == password:
        pair = [(proxy.username or "").encode(), (proxy.password or "").encode()]
        yield b"\x01" + b"".join(bytes([len(part)]) + part for part in pair)
        answer = yield from _read_exactly(proxy, 2)
        if answer[1] != 0:
            raise ConnectionLost(f"{who}: {_login_refused(proxy)}")


def _connect_by_socks(proxy: Proxy, host: str, port: int) -> Conversation[None]:
    who = f"the proxy {proxy.address}"
    yield b"\x05\x01\x00" + _socks_address(host) + port.to_bytes(2, "big")
    version, refusal, _, kind = yield from _read_exactly(proxy, 4)
    if version != 5:
        raise ConnectionLost(f"{who} does not speak SOCKS5")
    if refusal:
        message = _REFUSALS.get(refusal, "unknown reason")
        target = _address(host, port)
        raise ConnectionLost(f"{who} refused to connect to {target}: {message} (SOCKS5 {refusal})")
    if kind not in (1, 3, 4):
        raise ConnectionLost(f"{who} answered with an unknown type of address: {kind}")
    # The proxy's own address, of no use here, but the tunnel starts after it.
    length = {1: 4, 4: 16}.get(kind) or (yield from _read_exactly(proxy, 1))[0]
    yield from _read_exactly(proxy, length + 2)


def _socks_address(host: str) -> bytes:
    if is_address(host):
        return _packed(host)
    name = _ascii(host)
    if len(name) > 255:
        raise ConnectionLost("the host's name is too long for SOCKS5: at most 255 bytes")
    return bytes([3, len(name)]) + name


def _packed(address: str) -> bytes:
    packed = ipaddress.ip_address(address).packed
    return (b"\x01" if len(packed) == 4 else b"\x04") + packed


def _read_exactly(proxy: Proxy, count: int) -> Conversation[bytes]:
    read = b""
    while len(read) < count:
        data = yield count - len(read)
        if not data:
            raise ConnectionLost(f"the proxy {proxy.address} closed the connection")
        read += data
    return read
