"""Reaching the venue through a proxy: HTTP CONNECT (RFC 9110, 9.3.6) and SOCKS5 (RFC 1928, 1929).

What is read of an answer is read to the byte: what follows belongs to the tunnel.
"""

from __future__ import annotations

import base64
import contextlib
import ipaddress
import os
import re
import socket
import time
from http import HTTPStatus
from typing import Any
from urllib.parse import unquote, urlsplit

import msgspec

from binance_streams_runtime.errors import ConnectionLost, ParameterError
from binance_streams_runtime.transport.deadline_socket import DeadlineSocket

MAX_HEAD = 64 * 1024
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

    ``scheme`` is ``http`` (CONNECT), ``socks5h`` (the proxy looks names up) or ``socks5`` (names
    are looked up here). ``username`` and ``password`` are decoded; both None for none.
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
        # The one that msgspec makes would show every field.
        return [("scheme", self.scheme), ("address", self.address)]

    @property
    def address(self) -> str:
        """``host:port``."""
        return _address(self.host, self.port)


class Head(msgspec.Struct, frozen=True):
    """The head of an HTTP answer; ``retry_after`` in seconds, None where it is not said."""

    raw: bytes
    status: int
    message: str
    retry_after: float | None


def parse_proxy(text: str) -> Proxy:
    """The proxy that a URL names; without a port, 80 for HTTP and 1080 for SOCKS.

    Raises ParameterError, which shows no credentials, for anything but
    ``http://[user:password@]host:port``, ``socks5h://…`` and ``socks5://…``.
    """
    return _parse("proxy", text)


def proxy_from_environment(url: str) -> Proxy | None:
    """The proxy that the environment names for a ``wss://`` or ``ws://`` URL, or None.

    For wss ``HTTPS_PROXY``, for ws ``http_proxy`` (lower case only: ``HTTP_PROXY`` may be a header
    in a CGI program), then ``ALL_PROXY``; a lower-case name goes before the same in upper case, and
    hosts in ``NO_PROXY`` get none. ``http://`` may be left out. Raises ParameterError for a value
    that is no proxy, rather than to connect without.
    """
    # Only where it is asked for: the module is slow to import.
    from urllib import request

    parts = urlsplit(url)
    named = request.getproxies_environment()
    is_secure = parts.scheme == "wss"
    value = named.get("https") if is_secure else os.environ.get("http_proxy")
    value = value or named.get("all")
    port = parts.port or (443 if is_secure else 80)
    if not value or request.proxy_bypass(f"{parts.hostname}:{port}"):
        return None
    return _parse("proxy of the environment", value if "://" in value else f"http://{value}")


def open_tunnel(proxy: Proxy, sock: DeadlineSocket, host: str, port: int) -> None:
    """Have the proxy that ``sock`` is connected to connect it on to ``host``.

    Raises ConnectionLost, which says that it was the proxy, and OSError from the socket. With
    ``socks5``, the proxy is given the first address of the look-up.
    """
    if proxy.scheme == "http":
        _connect(proxy, sock, host, port)
    else:
        _log_in(proxy, sock)
        _ask(proxy, sock, host, port)


def read_head(sock: DeadlineSocket, who: str) -> Head:
    """Read an HTTP head, at most ``MAX_HEAD`` bytes, and nothing behind it.

    Raises ConnectionLost, which names ``who``, where it is too long, cut off, or not HTTP.
    """
    head = bytearray()
    while not head.endswith((b"\n\r\n", b"\n\n")):
        if len(head) >= MAX_HEAD:
            raise ConnectionLost(f"{who}: the answer's head is above {MAX_HEAD} bytes")
        data = sock.recv(1)
        if not data:
            raise ConnectionLost(f"{who} closed the connection instead of answering")
        head += data
    first, *lines = head.decode("latin-1").split("\n")
    match = re.fullmatch(r"HTTP/1\.\d ([1-9]\d\d)(?: (.*))?", first.strip(), re.ASCII)
    if match is None:
        raise ConnectionLost(f"{who}: the answer is not HTTP/1.1")
    retry_after = None
    for line in lines:
        name, _, value = line.partition(":")
        if name.lower() == "retry-after" and retry_after is None:
            retry_after = _seconds(value.strip())
    return Head(bytes(head), int(match[1]), match[2] or "", retry_after)


def _seconds(retry_after: str) -> float | None:
    """RFC 9110, 10.2.3: seconds from now, or a date; what is past is 0, nonsense is None."""
    if re.fullmatch("-?[0-9]{1,9}", retry_after):
        return max(0.0, float(retry_after))
    # Only now, as it is slow to import and rarely needed.
    from datetime import UTC
    from email.utils import parsedate_to_datetime

    try:
        date = parsedate_to_datetime(retry_after)
        # A date in "-0000" is UTC, but has no time zone in Python.
        return max(
            0.0, (date if date.tzinfo else date.replace(tzinfo=UTC)).timestamp() - time.time()
        )
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _parse(name: str, text: object) -> Proxy:
    # Raised outside of the handler: the errors of what fails quote the text, password and all.
    with contextlib.suppress(ValueError):
        return _read(str(text))
    scheme, found, rest = str(text).partition("://")
    scheme = scheme.lower() if found and scheme.lower() in _SHOWN_SCHEMES else ""
    host = rest.rpartition("@")[2]
    is_plain = re.fullmatch(r"(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(:[0-9]+)?/?", host, re.ASCII | re.I)
    shown = f"{scheme}://{host if is_plain else '…'}" if scheme else "…"
    raise ParameterError(name, shown, _ALLOWED + (_NO_HTTPS if scheme == "https" else ""))


def _read(text: str) -> Proxy:
    """The proxy; ValueError for whatever is wrong."""
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
        raise ValueError  # RFC 7617: there it ends the name.
    return Proxy(parts.scheme, host, port, username, password)


def _address(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _ascii(host: str) -> bytes:
    return host.encode("ascii" if host.isascii() else "idna")


def _connect(proxy: Proxy, sock: DeadlineSocket, host: str, port: int) -> None:
    target = _address(_ascii(host).decode(), port)
    lines = [f"CONNECT {target} HTTP/1.1", f"Host: {target}"]
    if proxy.username is not None:
        pair = f"{proxy.username}:{proxy.password or ''}".encode()
        lines.append(f"Proxy-Authorization: Basic {base64.b64encode(pair).decode()}")
    sock.sendall("\r\n".join([*lines, "", ""]).encode())
    head = read_head(sock, f"the proxy {proxy.address}")
    if not 200 <= head.status < 300:
        reason = f"the proxy {proxy.address} answered HTTP status {head.status}"
        # Not in the proxy's own words, which may hold the password.
        with contextlib.suppress(ValueError):
            reason += f" {HTTPStatus(head.status).phrase}"
        if meaning := _meaning(proxy, head.status, target):
            reason += f": {meaning}"
        raise ConnectionLost(reason, status=head.status, retry_after=head.retry_after)


def _meaning(proxy: Proxy, status: int, target: str) -> str | None:
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


def _log_in(proxy: Proxy, sock: DeadlineSocket) -> None:
    who = f"the proxy {proxy.address}"
    nothing, password = 0, 2
    offered = [nothing] if proxy.username is None else [nothing, password]
    sock.sendall(bytes([5, len(offered), *offered]))
    version, chosen = _take(proxy, sock, 2)
    if version != 5:
        raise ConnectionLost(f"{who} does not speak SOCKS5")
    if chosen == 0xFF:
        raise ConnectionLost(f"{who} refused every way to log in: {_login_refused(proxy)}")
    if chosen not in offered:
        raise ConnectionLost(f"{who} chose a way to log in that was not offered: {chosen}")
    if chosen == password:
        pair = [(proxy.username or "").encode(), (proxy.password or "").encode()]
        sock.sendall(b"\x01" + b"".join(bytes([len(part)]) + part for part in pair))
        if _take(proxy, sock, 2)[1] != 0:
            raise ConnectionLost(f"{who}: {_login_refused(proxy)}")


def _ask(proxy: Proxy, sock: DeadlineSocket, host: str, port: int) -> None:
    who = f"the proxy {proxy.address}"
    sock.sendall(b"\x05\x01\x00" + _socks_address(proxy, host, port) + port.to_bytes(2, "big"))
    version, refusal, _, kind = _take(proxy, sock, 4)
    if version != 5:
        raise ConnectionLost(f"{who} does not speak SOCKS5")
    if refusal:
        words = _REFUSALS.get(refusal, "unknown reason")
        target = _address(host, port)
        raise ConnectionLost(f"{who} refused to connect to {target}: {words} (SOCKS5 {refusal})")
    if kind not in (1, 3, 4):
        raise ConnectionLost(f"{who} answered with an unknown type of address: {kind}")
    # Its own address, of no use here, but the tunnel starts behind it.
    length = {1: 4, 4: 16}.get(kind) or _take(proxy, sock, 1)[0]
    _take(proxy, sock, length + 2)


def _socks_address(proxy: Proxy, host: str, port: int) -> bytes:
    with contextlib.suppress(ValueError):
        return _packed(host)
    if proxy.scheme == "socks5h":
        name = _ascii(host)
        if len(name) > 255:
            raise ConnectionLost("the host's name is too long for SOCKS5: at most 255 bytes")
        return bytes([3, len(name)]) + name
    try:
        return _packed(str(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][4][0]))
    except OSError as error:
        raise ConnectionLost(
            f"{host} cannot be looked up: {error}; socks5h:// leaves that to the proxy"
        ) from None


def _packed(address: str) -> bytes:
    packed = ipaddress.ip_address(address).packed
    return (b"\x01" if len(packed) == 4 else b"\x04") + packed


def _take(proxy: Proxy, sock: DeadlineSocket, count: int) -> bytes:
    taken = b""
    while len(taken) < count:
        data = sock.recv(count - len(taken))
        if not data:
            raise ConnectionLost(f"the proxy {proxy.address} closed the connection")
        taken += data
    return taken
