"""The server's half of the WebSocket protocol: frames to send, and what a connection receives."""

from __future__ import annotations

import contextlib
import json
import re
import select
import socket
import ssl
import threading
from dataclasses import dataclass, field

from benchmarks.workloads import Workload

_BLOCK = 256 * 1024
WARMUP, MEASURED = "warmup", "measured"


def frame(payload: bytes, first: int = 0x81) -> bytes:
    """Encode one unmasked, final frame."""
    size = len(payload)
    if size < 126:
        return bytes((first, size)) + payload
    if size < 0x10000:
        return bytes((first, 126)) + size.to_bytes(2, "big") + payload
    return bytes((first, 127)) + size.to_bytes(8, "big") + payload


@dataclass(eq=False)
class Connection:
    """An open WebSocket and its subscriptions.

    One thread reads while others write, which OpenSSL allows one at a time only: so each does its
    part under the lock, and the reader waits for bytes without it.
    """

    socket: socket.socket
    is_wrapped: bool = False
    streams: set[str] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _received: bytearray = field(default_factory=bytearray)

    def send(self, data: bytes) -> None:
        """Send bytes."""
        with self._lock:
            self.socket.sendall(data)

    def read_line(self) -> bytes:
        """Return the next line, with its end."""
        while (end := self._received.find(b"\n")) < 0:
            self._receive()
        return self._take(end + 1)

    def read_frame(self) -> tuple[int, bytes]:
        """Return the next frame's opcode and payload."""
        head = self._read(2)
        size = head[1] & 0x7F
        if size > 125:
            size = int.from_bytes(self._read(2 if size == 126 else 8), "big")
        mask = self._read(4) if head[1] & 0x80 else bytes(4)
        payload = self._read(size)
        return head[0] & 0x0F, bytes(byte ^ mask[index % 4] for index, byte in enumerate(payload))

    def close(self) -> None:
        """Close it, which ends the reader's wait, too."""
        with contextlib.suppress(OSError):
            self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()

    def _read(self, size: int) -> bytes:
        while len(self._received) < size:
            self._receive()
        return self._take(size)

    def _take(self, size: int) -> bytes:
        taken = bytes(self._received[:size])
        del self._received[:size]
        return taken

    def _receive(self) -> None:
        if not (isinstance(self.socket, ssl.SSLSocket) and self.socket.pending()):
            # Not select(), which takes only the first thousand of a process's files.
            waiting = select.poll()
            waiting.register(self.socket, select.POLLIN)
            waiting.poll()
        with self._lock:
            data = self.socket.recv(65_536)
        if not data:
            raise ConnectionError("closed by the contender")
        self._received += data


class Frames:
    """The workload's messages as frames, by form and by the connection's streams."""

    def __init__(
        self, workload: Workload, warmup: int, messages: int, stamped_key: str = "f"
    ) -> None:
        self._streams = workload.streams
        self._sent_at = re.compile(rb'"%b":\d+' % stamped_key.encode())
        self._stamp = b'"%b":0123456789abcdef' % stamped_key.encode()
        made = list(workload.make(warmup + messages))
        self._phases = {WARMUP: made[:warmup], MEASURED: made[warmup:]}
        self._blocks: dict[tuple[str, bool, frozenset[str]], list[bytes]] = {}
        self._snapshot = workload.snapshot
        self.sent = 0
        """How many messages a contender has been sent, if they are sent at a rate."""

    @property
    def last(self) -> str:
        """The payload that comes last, or the order book after it."""
        if self._snapshot is not None:
            return json.dumps(self._snapshot(self._payloads()))
        return self._phases[MEASURED][-1][1].decode()

    def snapshot(self, limit: int) -> bytes | None:
        """Return the order book after the messages that were sent, or None if there is none."""
        if self._snapshot is None:
            return None
        book = self._snapshot(self._payloads()[: self.sent])
        cut = {side: book[side][:limit] for side in ("bids", "asks")}
        return json.dumps({**book, **cut}, separators=(",", ":")).encode()

    def _payloads(self) -> list[bytes]:
        return [payload for phase in self._phases.values() for _, payload in phase]

    def blocks(self, phase: str, connection: Connection) -> list[bytes]:
        """Return what one connection gets in one phase, in blocks."""
        subscribed = frozenset(connection.streams)
        key = phase, connection.is_wrapped, subscribed
        if key not in self._blocks:
            frames = [
                self._encode(stream, payload, connection.is_wrapped)
                for stream, payload in self._phases[phase]
                if self._streams[stream] in subscribed
            ]
            self._blocks[key] = _join(frames)
        return self._blocks[key]

    def stamped(self, phase: str, is_wrapped: bool) -> list[tuple[int, bytes, bytes]]:
        """Return the messages of a phase with the index of their stream.

        They are split where the time of sending goes (16 digits, in us): by default, that is ``f``
        of an aggregate trade, an id that no library interprets, while some convert ``E`` to a
        datetime and would not accept microseconds. Other messages are not split.
        """
        cut = []
        for stream, payload in self._phases[phase]:
            text = self._sent_at.sub(self._stamp, payload, count=1)
            head, _, tail = self._encode(stream, text, is_wrapped).partition(b"0123456789abcdef")
            cut.append((stream, head, tail))
        return cut

    def _encode(self, stream: int, payload: bytes, is_wrapped: bool) -> bytes:
        """Encode a payload of a stream as a frame."""
        if is_wrapped:
            payload = b'{"stream":"%b","data":%b}' % (self._streams[stream].encode(), payload)
        return frame(payload)


def _join(frames: list[bytes]) -> list[bytes]:
    blocks: list[bytes] = []
    block: list[bytes] = []
    size = 0
    for one in frames:
        block.append(one)
        size += len(one)
        if size >= _BLOCK:
            blocks.append(b"".join(block))
            block, size = [], 0
    if block:
        blocks.append(b"".join(block))
    return blocks
