"""One HTTP connection at a time to a server, kept open between requests."""

from __future__ import annotations

import io
import socket
import ssl
import threading
import time
import zlib
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from msgspec import Struct

from binance_streams_runtime.errors import ConnectionLost
from binance_streams_runtime.protocol.http import seconds_of, unix_time_of
from binance_streams_runtime.protocol.proxy import Proxy
from binance_streams_runtime.protocol.url import PORTS
from binance_streams_runtime.rest.answers import Answer
from binance_streams_runtime.transport.connector import Connector, Opened
from binance_streams_runtime.transport.deadline_socket import Deadline, DeadlineSocket, is_readable
from binance_streams_runtime.version import version

MAX_BODY = 32 * 1024 * 1024
"""The most bytes of an answer, unpacked or not: a snapshot of 5,000 levels a side has 300,000."""

_CHUNK = 64 * 1024


class StaleConnection(ConnectionLost):
    """A connection that had been kept open ended before anything of an answer came."""


class HttpTarget(Struct, frozen=True, eq=False):
    """A server, and how to reach it."""

    url: str
    """Without a path."""
    proxy: Proxy | None
    ssl_context: ssl.SSLContext | None

    @property
    def key(self) -> tuple[object, ...]:
        """Return what requests that may share a connection have in common."""
        return self.url, id(self.ssl_context), self.proxy and self._proxy_key(self.proxy)

    @staticmethod
    def _proxy_key(proxy: Proxy) -> tuple[object, ...]:
        return proxy.scheme, proxy.host, proxy.port, proxy.username, proxy.password


class HttpConnection:
    """A connection to ``target``: opened by the first request, and anew if it has ended."""

    def __init__(self, target: HttpTarget) -> None:
        self.target = target
        self._deadline = Deadline(0.0)
        self._lock = threading.Lock()
        self._connector: Connector | None = None
        self._opened: Opened | None = None
        self._reader: _Reader | None = None
        self._is_kept = False
        self.is_aborted: bool = False

    @property
    def socket(self) -> socket.socket:
        """The socket of the request that was sent, which is readable if its answer comes."""
        assert self._opened is not None
        return self._opened.socket

    @property
    def is_open(self) -> bool:
        """Whether another request can be sent without connecting first."""
        return self._opened is not None and not self.is_aborted

    def send(self, path: str, headers: Mapping[str, str], until: float) -> None:
        """Send a request; connect first if needed.

        ``until`` is the deadline of the answer in ``time.monotonic()``. Raises ConnectionLost with
        the reason, and StaleConnection if it should be tried once more; then it is closed.
        """
        self._deadline.restart(until)
        self._reader = None
        # The server has closed it, or sent what nobody asked for.
        if self._opened is not None and is_readable(self._opened.socket):
            self.close()
        self._is_kept = self._opened is not None
        try:
            opened = self._opened or self._open()
            assert self._connector is not None
            self._connector.step = f"waiting for the answer of {self._connector.target}"
            self._reader = _Reader(opened.stream)
            opened.stream.sendall(_head(self.target.url, path, headers))
        except Exception as error:
            raise self._failed(error) from None

    def receive(self, used_header: str) -> Answer:
        """Return the complete answer; raise what ``send`` raises."""
        assert self._reader is not None
        try:
            return self._read(self._reader, used_header)
        except Exception as error:
            raise self._failed(error) from None

    def expire(self) -> ConnectionLost:
        """Give up the answer, which is too late; return the reason."""
        return self._failed(TimeoutError())

    def abort(self) -> None:
        """Make the request that is under way fail, from another thread."""
        with self._lock:
            self.is_aborted = True
            if self._connector is not None:
                self._connector.abort()

    def close(self) -> None:
        """Close the connection; no-op if there is none."""
        if self._connector is not None:
            self._connector.close()
        self._opened = None

    def _open(self) -> Opened:
        parts = urlsplit(self.target.url)
        with self._lock:
            connector = Connector(self._deadline, self.target.ssl_context, self.target.proxy)
            connector.is_aborted = self.is_aborted
            self._connector = connector
        port = parts.port or PORTS[parts.scheme]
        try:
            opened = connector.open(parts.hostname or "", port, parts.scheme == "https")
        except Exception:
            connector.note(has_worked=False)
            raise
        connector.note(has_worked=True)
        self._opened = opened
        return opened

    def _read(self, reader: _Reader, used_header: str) -> Answer:
        # Imported late: slow to import, and only programs with gaps or order books need it.
        from http.client import HTTPResponse

        response = HTTPResponse(reader, method="GET")  # type: ignore[arg-type]
        assert self._connector is not None
        is_complete = False
        try:
            response.begin()
            self._connector.step = f"reading the answer of {self._connector.target}"
            body = _body(response)
            is_complete = True
        finally:
            if response.will_close or not is_complete:
                self.close()
            # Otherwise it complains when it is collected.
            response.close()
        return Answer(
            response.status,
            response.reason,
            _unpacked(body, response.getheader("Content-Encoding", "")),
            seconds_of((response.getheader("Retry-After") or "").strip(), time.time()),
            _whole_number(response.getheader(used_header)),
            unix_time_of(response.getheader("Date") or ""),
        )

    def _failed(self, error: Exception) -> ConnectionLost:
        """Close the connection, and return the error to raise."""
        lost = self._explain(error)
        self.close()
        is_unread = self._reader is None or not self._reader.has_data
        if self._is_kept and is_unread and not isinstance(error, TimeoutError):
            return StaleConnection(lost.reason)
        return lost

    def _explain(self, error: Exception) -> ConnectionLost:
        from http.client import HTTPException, IncompleteRead, RemoteDisconnected

        connector = self._connector
        assert connector is not None
        if isinstance(error, RemoteDisconnected) and not connector.is_aborted:
            return ConnectionLost(f"{connector.target} closed the connection instead of answering")
        if isinstance(error, IncompleteRead):
            return ConnectionLost(f"{connector.target} closed the connection amid its answer")
        if isinstance(error, HTTPException):
            text = f"{type(error).__name__} {error}".strip()[:100]
            return ConnectionLost(f"the answer of {connector.target} is not HTTP/1.1: {text!r}")
        return connector.explain(error, "no answer in time")


class _Reader(io.RawIOBase):
    """What ``http.client`` reads from: it is socket and file."""

    def __init__(self, stream: DeadlineSocket) -> None:
        self._stream = stream
        self.has_data = False

    def makefile(self, mode: str) -> io.BufferedReader:
        return io.BufferedReader(self, _CHUNK)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = self._stream.recv(len(buffer))
        self.has_data = self.has_data or bool(data)
        buffer[: len(data)] = data
        return len(data)


def _head(url: str, path: str, headers: Mapping[str, str]) -> bytes:
    lines = [
        f"GET {path} HTTP/1.1",
        f"Host: {urlsplit(url).netloc}",
        f"User-Agent: binance-streams/{version()}",
        "Accept: application/json",
        "Accept-Encoding: gzip",
        *[f"{name}: {value}" for name, value in headers.items()],
    ]
    return "\r\n".join([*lines, "", ""]).encode()


def _body(response: Any) -> bytes:
    from http.client import IncompleteRead

    body = bytearray()
    while piece := response.read(_CHUNK):
        body += piece
        if len(body) > MAX_BODY:
            raise ConnectionLost(f"the answer has more than {MAX_BODY} bytes")
    # What is missing at the end is an error only if all of it was read at once.
    if response.length:
        raise IncompleteRead(bytes(body), response.length)
    return bytes(body)


def _unpacked(body: bytes, encoding: str) -> bytes:
    if not body or encoding.strip().lower() in ("", "identity"):
        return body
    if encoding.strip().lower() != "gzip":
        raise ConnectionLost(
            f"the answer has a content encoding that was not asked for: {encoding}"
        )
    try:
        unpacked = zlib.decompressobj(wbits=31).decompress(body, MAX_BODY + 1)
    except zlib.error as error:
        raise ConnectionLost(f"the answer cannot be unpacked: {error}") from None
    if len(unpacked) > MAX_BODY:
        raise ConnectionLost(f"the answer has more than {MAX_BODY} bytes")
    return unpacked


def _whole_number(text: str | None) -> int | None:
    text = (text or "").strip()
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 12 else None
