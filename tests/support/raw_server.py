"""A server on loopback that does exactly what a test asks of it, byte by byte."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import json
import select
import socket
import ssl
import struct
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

from tests.support.frames import CLOSE, close_frame, frame

_GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


class Peer:
    """The server's end of one connection; blocks in the server's thread for it."""

    def __init__(self, raw: socket.socket, stopping: threading.Event) -> None:
        self.socket = raw
        self.stopping = stopping
        self.head = b""
        self._received = b""

    def read_head(self) -> bytes:
        """The request up to the blank line."""
        while b"\r\n\r\n" not in self._received:
            self._fill()
        self.head, _, self._received = self._received.partition(b"\r\n\r\n")
        return self.head

    def shake(self) -> None:
        """Accept the handshake."""
        head = self.read_head()
        lines = dict(line.split(b": ", 1) for line in head.split(b"\r\n")[1:])
        key = {name.lower(): value for name, value in lines.items()}[b"sec-websocket-key"]
        accept = base64.b64encode(hashlib.sha1(key + _GUID).digest())
        self.send(
            b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Accept: " + accept + b"\r\n\r\n"
        )

    def send(self, data: bytes) -> None:
        self.socket.sendall(data)

    def read_frame(self) -> tuple[int, bytes]:
        """The next frame of the client: opcode and payload."""
        first, second = self._take(2)
        length = second & 0x7F
        if length == 126:
            length = int.from_bytes(self._take(2), "big")
        elif length == 127:
            length = int.from_bytes(self._take(8), "big")
        assert second & 0x80, "a client masks its frames"
        mask = self._take(4)
        data = self._take(length)
        return first & 0x0F, bytes(byte ^ mask[index % 4] for index, byte in enumerate(data))

    def has_frame(self, timeout: float) -> bool:
        """Whether the client sends something within ``timeout`` seconds, or has done so."""
        return bool(self._received or select.select([self.socket], [], [], timeout)[0])

    def read_request(self) -> dict[str, Any]:
        """The next control message; other frames are passed over."""
        while True:
            opcode, payload = self.read_frame()
            if opcode == 1:
                request: dict[str, Any] = json.loads(payload)
                return request

    def confirm(self) -> dict[str, Any]:
        """Read a request and say yes to it."""
        request = self.read_request()
        self.send(frame(json.dumps({"result": None, "id": request["id"]})))
        return request

    def reset(self) -> None:
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()

    def leave(self) -> None:
        """End the connection without a close frame; what was sent before still arrives."""

    def finish(self) -> None:
        """End what is sent without a close frame; what still comes must cause no reset."""
        self.socket.shutdown(socket.SHUT_WR)
        self.drain()

    def hold(self) -> None:
        """Keep the connection as it is until the test is over."""
        self.stopping.wait()

    def drain(self) -> None:
        """Read and forget until the client is gone; its close frame is answered."""
        with contextlib.suppress(OSError, EOFError):
            while not self._received.startswith(bytes([0x80 | CLOSE])):
                self._received = b""
                self._fill()
            self.send(close_frame(1000))

    def _take(self, count: int) -> bytes:
        while len(self._received) < count:
            self._fill()
        taken, self._received = self._received[:count], self._received[count:]
        return taken

    def _fill(self) -> None:
        data = self.socket.recv(65536)
        if not data:
            raise EOFError
        self._received += data


Handle = Callable[[Peer], None]
"""What a server does with one connection."""


class _TlsSocket(ssl.SSLSocket):
    """Is closed also if it was not given to anybody, as its client had left before TLS began."""

    def __del__(self) -> None:
        self.close()


class RawServer:
    """Runs ``handle(peer)`` in a thread for each connection."""

    def __init__(self, handle: Handle, ssl_context: ssl.SSLContext | None = None) -> None:
        self._handle = handle
        self._ssl_context = ssl_context
        if ssl_context is not None:
            ssl_context.sslsocket_class = _TlsSocket
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._stopping = threading.Event()
        self._threads: list[threading.Thread] = []
        self._sockets: list[socket.socket] = []
        self.peers: list[Peer] = []
        self.errors: list[BaseException] = []
        scheme = "ws" if ssl_context is None else "wss"
        self.port: int = self._listener.getsockname()[1]
        self.url = f"{scheme}://127.0.0.1:{self.port}"
        self._acceptor = threading.Thread(target=self._accept, daemon=True)
        self._acceptor.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._stopping.set()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._acceptor.join(10)
        self._listener.close()
        for raw in self._sockets:
            with contextlib.suppress(OSError):
                socket.socket.shutdown(raw, socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(10)
        for raw in self._sockets:
            raw.close()

    def _accept(self) -> None:
        while not self._stopping.is_set():
            try:
                raw, _ = self._listener.accept()
            except OSError:
                return
            self._sockets.append(raw)
            thread = threading.Thread(target=self._serve, args=(raw,), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _serve(self, raw: socket.socket) -> None:
        # A client that goes away, or that refuses a certificate, is nothing to complain about.
        with contextlib.suppress(OSError, EOFError):
            if self._ssl_context is not None:
                raw = self._ssl_context.wrap_socket(raw, server_side=True)
                self._sockets.append(raw)
            peer = Peer(raw, self._stopping)
            self.peers.append(peer)
            try:
                self._handle(peer)
            finally:
                raw.close()
