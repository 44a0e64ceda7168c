"""The flood server: the same prepared frames for every contender, as fast as loopback takes them.

Run as ``python -m benchmarks.server WORKLOAD``. It prints two ports, the WebSocket one and the
control one, and serves one contender after another until its standard input ends.

It supports every way of subscribing that the venue has: ``/ws`` (bare payloads), ``/ws/<stream>``,
``/stream?streams=a/b`` (wrapped payloads) and SUBSCRIBE messages. The control connection carries
lines: ``ready`` (send the warm-up), ``go`` (send what is measured), ``pace RATE`` (send it at a
rate, each message with its time of sending), ``done`` (report the server's CPU time as JSON, and
forget the contender).
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import os
import re
import socket
import sys
import threading
import time
from dataclasses import dataclass, field
from urllib.parse import unquote

from benchmarks.workloads import Workload, find

_GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
_BLOCK = 256 * 1024
_SENT_AT = re.compile(rb'"f":\d+')


def frame(payload: bytes, first: int = 0x81) -> bytes:
    """Encode one unmasked, final frame."""
    size = len(payload)
    if size < 126:
        return bytes((first, size)) + payload
    if size < 0x10000:
        return bytes((first, 126)) + size.to_bytes(2, "big") + payload
    return bytes((first, 127)) + size.to_bytes(8, "big") + payload


@dataclass
class Connection:
    """An open WebSocket and its subscriptions."""

    socket: socket.socket
    is_wrapped: bool
    streams: set[str] = field(default_factory=set)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def send(self, data: bytes) -> None:
        """Send bytes."""
        with self.lock:
            self.socket.sendall(data)


class Frames:
    """The workload's messages as blocks of frames, by form and by the connection's streams."""

    def __init__(self, workload: Workload, warmup: int, messages: int) -> None:
        self._streams = workload.streams
        made = list(workload.make(warmup + messages))
        self._phases = {"ready": made[:warmup], "go": made[warmup:]}
        self._blocks: dict[tuple[str, bool, frozenset[str]], list[bytes]] = {}

    def blocks(self, phase: str, connection: Connection) -> list[bytes]:
        """Return what one connection gets in one phase."""
        subscribed = frozenset(connection.streams)
        key = phase, connection.is_wrapped, subscribed
        if key not in self._blocks:
            frames = [
                self.encode(stream, payload, connection.is_wrapped)
                for stream, payload in self._phases[phase]
                if self._streams[stream] in subscribed
            ]
            self._blocks[key] = _join(frames)
        return self._blocks[key]

    def paced(self, is_wrapped: bool) -> list[tuple[bytes, bytes]]:
        """Return the measured messages, split where the time of sending goes (16 digits, in us).

        That is ``f`` of an aggregate trade: an id that no library interprets, while some convert
        ``E`` to a datetime and would not accept microseconds.
        """
        cut = []
        for stream, payload in self._phases["go"]:
            text = _SENT_AT.sub(b'"f":0123456789abcdef', payload, count=1)
            head, tail = self.encode(stream, text, is_wrapped).split(b"0123456789abcdef")
            cut.append((head, tail))
        return cut

    def encode(self, stream: int, payload: bytes, is_wrapped: bool) -> bytes:
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


class FloodServer:
    """Serves one contender at a time."""

    def __init__(self, workload: Workload, frames: Frames) -> None:
        self._workload = workload
        self._frames = frames
        self._changed = threading.Condition()
        self._connections: list[Connection] = []
        self._cpu = self._wall = 0.0

    def serve(self) -> tuple[int, int]:
        """Listen on two free ports, and return them."""
        ports = []
        for handle in (self._websocket, self._control):
            listener = socket.create_server(("127.0.0.1", 0), backlog=64)
            ports.append(listener.getsockname()[1])
            threading.Thread(target=self._accept, args=(listener, handle), daemon=True).start()
        return ports[0], ports[1]

    def _accept(self, listener: socket.socket, handle: object) -> None:
        while True:
            accepted, _ = listener.accept()
            accepted.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(target=handle, args=(accepted,), daemon=True).start()  # type: ignore[arg-type]

    # The control connection

    def _control(self, accepted: socket.socket) -> None:
        with accepted, accepted.makefile("rw") as lines:
            for line in lines:
                command, *arguments = line.split()
                if command == "done":
                    lines.write(json.dumps({"cpu": self._cpu, "wall": self._wall}) + "\n")
                    lines.flush()
                    self._forget()
                    return
                try:
                    self._run(command, arguments)
                except OSError as error:
                    print(f"flood stopped: {error}", file=sys.stderr)
        self._forget()

    def _run(self, command: str, arguments: list[str]) -> None:
        with self._changed:
            if not self._changed.wait_for(self._is_subscribed, 30):
                print("flood not started: not all streams were subscribed", file=sys.stderr)
                return
            connections = [one for one in self._connections if one.streams]
        if command == "pace":
            paced = self._frames.paced(connections[0].is_wrapped)
            start, cpu = time.monotonic(), time.process_time()
            _send_paced(connections[0], paced, float(arguments[0]))
        else:
            blocks = [self._frames.blocks(command, one) for one in connections]
            start, cpu = time.monotonic(), time.process_time()
            _send_all(connections, blocks)
        self._cpu, self._wall = time.process_time() - cpu, time.monotonic() - start

    def _is_subscribed(self) -> bool:
        subscribed = {name for one in self._connections for name in one.streams}
        return subscribed.issuperset(self._workload.streams)

    def _forget(self) -> None:
        with self._changed:
            connections, self._connections = self._connections, []
        for one in connections:
            one.socket.close()

    # A WebSocket connection

    def _websocket(self, accepted: socket.socket) -> None:
        with accepted, accepted.makefile("rb") as incoming:
            target = incoming.readline().split()[1].decode()
            key = b""
            while line := incoming.readline().strip():
                name, _, value = line.partition(b":")
                if name.lower() == b"sec-websocket-key":
                    key = value.strip()
            accept = base64.b64encode(hashlib.sha1(key + _GUID).digest())
            accepted.sendall(
                b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
                b"Connection: Upgrade\r\nSec-WebSocket-Accept: " + accept + b"\r\n\r\n"
            )
            connection = Connection(accepted, target.startswith("/stream"))
            path, _, query = unquote(target).partition("?")
            listed = dict(part.partition("=")[::2] for part in query.split("&")).get("streams", "")
            listed = listed or path.removeprefix("/stream").removeprefix("/ws").strip("/")
            with self._changed:
                self._connections.append(connection)
            self._subscribe(connection, [name for name in listed.split("/") if name])
            try:
                while message := _read_frame(incoming):
                    self._answer(connection, *message)
            except (OSError, ValueError):
                pass
            with self._changed:
                if connection in self._connections:
                    self._connections.remove(connection)

    def _answer(self, connection: Connection, opcode: int, payload: bytes) -> None:
        if opcode == 0x8:
            connection.send(frame(payload, 0x88))
            raise ValueError("closed")
        if opcode == 0x9:
            connection.send(frame(payload, 0x8A))
        if opcode != 0x1:
            return
        request = json.loads(payload)
        answer = {"result": None, "id": request.get("id")}
        connection.send(frame(json.dumps(answer, separators=(",", ":")).encode()))
        if request["method"] == "SUBSCRIBE":
            self._subscribe(connection, request["params"])

    def _subscribe(self, connection: Connection, names: list[str]) -> None:
        with self._changed:
            connection.streams.update(set(names) & set(self._workload.streams))
            self._changed.notify_all()


def _read_frame(incoming: object) -> tuple[int, bytes] | None:
    read = incoming.read  # type: ignore[attr-defined]
    head = read(2)
    if len(head) < 2:
        return None
    size = head[1] & 0x7F
    if size > 125:
        size = int.from_bytes(read(2 if size == 126 else 8), "big")
    mask = read(4) if head[1] & 0x80 else bytes(4)
    payload = read(size)
    return head[0] & 0x0F, bytes(byte ^ mask[index % 4] for index, byte in enumerate(payload))


def _send_all(connections: list[Connection], blocks: list[list[bytes]]) -> None:
    def send(connection: Connection, own: list[bytes]) -> None:
        try:
            for block in own:
                connection.send(block)
        except OSError as error:
            print(f"flood stopped: {error}", file=sys.stderr)

    threads = [
        threading.Thread(target=send, args=pair)
        for pair in zip(connections[1:], blocks[1:], strict=True)
    ]
    for thread in threads:
        thread.start()
    send(connections[0], blocks[0])
    for thread in threads:
        thread.join()


def _send_paced(connection: Connection, paced: list[tuple[bytes, bytes]], rate: float) -> None:
    start = time.monotonic()
    for number, (head, tail) in enumerate(paced):
        early = start + number / rate - time.monotonic()
        if early > 0.0002:
            time.sleep(early - 0.0001)
        while time.monotonic() < start + number / rate:
            pass
        connection.send(head + b"%d" % (time.time_ns() // 1000) + tail)


def main() -> None:
    """Serve until standard input ends, as it does if the benchmark is interrupted."""
    parser = argparse.ArgumentParser()
    parser.add_argument("workload")
    parser.add_argument("--warmup", type=int, required=True)
    parser.add_argument("--messages", type=int, required=True)
    parser.add_argument("--core", type=int)
    options = parser.parse_args()
    if options.core is not None and hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {options.core})
    workload = find(options.workload)
    server = FloodServer(workload, Frames(workload, options.warmup, options.messages))
    print(*server.serve(), flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main()
