"""A connection that speaks HTTP/1.1: one request after the other, and it stays open."""

from __future__ import annotations

import asyncio
import contextlib
import http
import socket
import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol, cast

_MOST_HEAD_BYTES = 65_536
_PIECES = 20
# What stands in front of the venue has statuses of its own, such as 520.
_PHRASES = {status.value: status.phrase for status in http.HTTPStatus}


@dataclass(frozen=True)
class HttpRequest:
    """The head of a request."""

    method: str
    target: str
    headers: Mapping[str, str]
    """By name in lower case."""
    address: str
    """Of the client."""


@dataclass(frozen=True)
class HttpAnswer:
    """What is sent, and how."""

    status: int
    body: bytes
    content_type: str = "application/json;charset=UTF-8"
    headers: Mapping[str, str] = field(default_factory=dict)
    seconds: float = 0.0
    """How long it takes to send the body."""
    is_truncated: bool = False
    """Whether only half of the body is sent, before the connection is closed."""
    is_last: bool = False
    """Whether the connection is closed after it."""


class Answerer(Protocol):
    """Who answers requests."""

    async def answer(self, request: HttpRequest) -> HttpAnswer | None:
        """Return the answer, None if there is never one; raise ConnectionError for a reset."""


class RestConnection(asyncio.Protocol):
    """One TCP connection with requests of the REST API."""

    def __init__(self, answerer: Answerer, known: set[RestConnection]) -> None:
        self._answerer = answerer
        self._known = known
        self._buffer = b""
        self._task: asyncio.Task[None] | None = None
        # Whether the client reads what it is sent: another answer would only be buffered.
        self._reads = asyncio.Event()
        self._reads.set()
        self._idle_since: float | None = None
        self.transport: asyncio.Transport

    @property
    def idle_since(self) -> float | None:
        """Since when the client owes a request, by the event loop's clock; None if it is served."""
        return self._idle_since

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin; also called for a transport that another protocol had first."""
        # Those of uvloop are of no class of asyncio.
        self.transport = cast("asyncio.Transport", transport)
        self._idle_since = asyncio.get_running_loop().time()
        self._known.add(self)

    def pause_writing(self) -> None:
        """Answer no further request until the client reads."""
        self._reads.clear()

    def resume_writing(self) -> None:
        """Go on with what was asked meanwhile."""
        self._reads.set()

    def connection_lost(self, exc: Exception | None) -> None:
        """Note that the TCP connection has ended."""
        self._known.discard(self)
        if self._task is not None:
            self._task.cancel()

    def data_received(self, data: bytes) -> None:
        """Collect the heads of requests."""
        self._buffer += data
        if len(self._buffer) > _MOST_HEAD_BYTES:
            self.transport.abort()
        elif self._task is None and b"\r\n\r\n" in self._buffer:
            self._idle_since = None
            self._task = asyncio.get_running_loop().create_task(self._answer_all())

    def reset(self) -> None:
        """Reset the TCP connection."""
        raw = self.transport.get_extra_info("socket")
        if raw is not None:
            # It may be closing already.
            with contextlib.suppress(OSError):
                raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.transport.abort()

    async def _answer_all(self) -> None:
        while b"\r\n\r\n" in self._buffer and not self.transport.is_closing():
            head, _, self._buffer = self._buffer.partition(b"\r\n\r\n")
            request = self._parse(head)
            if request is None:
                self._send_head(HttpAnswer(400, b""), keeps_open=False)
                self.transport.close()
                return
            try:
                answer = await self._answerer.answer(request)
            except ConnectionError:
                self.reset()
                return
            if answer is None:
                return
            keeps_open = request.headers.get("connection", "").lower() != "close"
            is_last = answer.is_last or answer.is_truncated
            await self._send(answer, keeps_open and not is_last)
            if not self._reads.is_set():
                self._idle_since = asyncio.get_running_loop().time()
                await self._reads.wait()
                self._idle_since = None
        self._idle_since = asyncio.get_running_loop().time()
        self._task = None

    def _parse(self, head: bytes) -> HttpRequest | None:
        lines = head.decode("latin-1").split("\r\n")
        parts = lines[0].split(" ")
        if len(parts) != 3 or parts[2] != "HTTP/1.1":
            return None
        headers = {}
        for line in lines[1:]:
            name, _, value = line.partition(":")
            headers[name.strip().lower()] = value.strip()
        peer = self.transport.get_extra_info("peername")
        return HttpRequest(parts[0], parts[1], headers, str(peer[0]) if peer else "")

    async def _send(self, answer: HttpAnswer, keeps_open: bool) -> None:
        self._send_head(answer, keeps_open)
        body = answer.body[: len(answer.body) // 2] if answer.is_truncated else answer.body
        if answer.seconds:
            size = max(1, -(-len(body) // _PIECES))
            for start in range(0, len(body), size):
                await asyncio.sleep(answer.seconds / _PIECES)
                self.transport.write(body[start : start + size])
        else:
            self.transport.write(body)
        if not keeps_open:
            self.transport.close()

    def _send_head(self, answer: HttpAnswer, keeps_open: bool) -> None:
        lines = [
            f"HTTP/1.1 {answer.status} {_PHRASES.get(answer.status, '')}",
            f"Content-Type: {answer.content_type}",
            f"Content-Length: {len(answer.body)}",
            f"Connection: {'keep-alive' if keeps_open else 'close'}",
            *(f"{name}: {value}" for name, value in answer.headers.items()),
        ]
        self.transport.write("\r\n".join([*lines, "", ""]).encode("latin-1"))
