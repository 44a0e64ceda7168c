"""The server: the same prepared frames for every contender, at a rate or as fast as they go.

Run as ``python -m benchmarks.server WORKLOAD``. It prints two ports, the WebSocket one and the
control one, and serves one contender after another until its standard input ends.

It answers requests for the snapshot of a workload's order book by REST, and supports every way of
subscribing that the venue has: ``/ws`` (bare payloads), ``/ws/<stream>``,
``/stream?streams=a/b`` (wrapped payloads) and SUBSCRIBE messages. The control connection carries
lines: ``start`` (forget other contenders), ``warmup RATE`` (send the warm-up), ``measured RATE``
(send what is measured), ``done`` (report what sending it took); ``start`` and ``done`` are answered
in JSON. A rate is of messages a second, each sent by itself with its time of sending; with 0 they
are sent in blocks as fast as they go.
"""

from __future__ import annotations

import argparse
import base64
import contextlib
import hashlib
import json
import os
import socket
import ssl
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import asdict
from email.utils import formatdate
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from benchmarks.certificates import presenting
from benchmarks.frames import MEASURED, WARMUP, Connection, Frames, frame
from benchmarks.pacing import Pace, be_punctual, send_evenly
from benchmarks.workloads import Workload, find

_GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


class Server:
    """Serves one contender at a time."""

    def __init__(
        self, workload: Workload, frames: Frames, ssl_context: ssl.SSLContext | None
    ) -> None:
        self._workload = workload
        self._frames = frames
        self._ssl_context = ssl_context
        self._changed = threading.Condition()
        self._connections: list[Connection] = []
        self._report: dict[str, Any] = {}

    def serve(self) -> tuple[int, int]:
        """Listen on two free ports, and return them."""
        ports = []
        for handle in (self._websocket, self._control):
            listener = socket.create_server(("127.0.0.1", 0), backlog=64)
            ports.append(listener.getsockname()[1])
            threading.Thread(target=self._accept, args=(listener, handle), daemon=True).start()
        return ports[0], ports[1]

    def _accept(self, listener: socket.socket, handle: Callable[[socket.socket], None]) -> None:
        while True:
            accepted, _ = listener.accept()
            accepted.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(target=handle, args=(accepted,), daemon=True).start()

    # The control connection

    def _control(self, accepted: socket.socket) -> None:
        with accepted, accepted.makefile("rw") as lines:

            def answer(content: dict[str, Any]) -> None:
                lines.write(json.dumps(content) + "\n")
                lines.flush()

            for line in lines:
                command, *arguments = line.split()
                if command == "start":
                    self._forget()
                    answer({})
                elif command == "done":
                    answer({**self._report, "last": self._frames.last})
                else:
                    assert command in (WARMUP, MEASURED)
                    try:
                        self._send(command, float(arguments[0]))
                    except OSError as error:
                        print(f"sending stopped: {error}", file=sys.stderr)

    def _send(self, phase: str, rate: float) -> None:
        with self._changed:
            if not self._changed.wait_for(self._is_subscribed, 30):
                print("nothing was sent: not all streams were subscribed", file=sys.stderr)
                return
            connections = [one for one in self._connections if one.streams]
        pace = None
        if rate:
            be_punctual()
            messages = self._frames.stamped(phase, connections[0].is_wrapped)
            start, cpu = time.monotonic(), time.process_time()
            pace = self._send_stamped(connections, messages, rate)
        else:
            blocks = [self._frames.blocks(phase, one) for one in connections]
            start, cpu = time.monotonic(), time.process_time()
            _send_all(connections, blocks)
        self._report = {
            "cpu": time.process_time() - cpu,
            "wall": time.monotonic() - start,
            "pace": asdict(pace) if pace else None,
        }

    def _send_stamped(
        self, connections: list[Connection], messages: list[tuple[int, bytes, bytes]], rate: float
    ) -> Pace:
        frames = self._frames
        listeners = [
            [one for one in connections if name in one.streams] for name in self._workload.streams
        ]

        def send(message: tuple[int, bytes, bytes]) -> None:
            stream, head, tail = message
            data = head + b"%d" % (time.time_ns() // 1000) + tail if tail else head
            for connection in listeners[stream]:
                connection.send(data)
            frames.sent += 1

        return send_evenly(messages, send, rate)

    def _is_subscribed(self) -> bool:
        subscribed = {name for one in self._connections for name in one.streams}
        return subscribed.issuperset(self._workload.streams)

    def _forget(self) -> None:
        with self._changed:
            connections, self._connections = self._connections, []
            self._frames.sent = 0
        for one in connections:
            one.close()

    # A WebSocket connection

    def _websocket(self, accepted: socket.socket) -> None:
        # A contender that ends resets its connection.
        with contextlib.suppress(OSError, ValueError):
            if self._ssl_context is not None:
                accepted = self._ssl_context.wrap_socket(accepted, server_side=True)
            with accepted:
                self._serve(Connection(accepted))

    def _serve(self, connection: Connection) -> None:
        target = connection.read_line().split()[1].decode()
        key = b""
        while line := connection.read_line().strip():
            name, _, value = line.partition(b":")
            if name.lower() == b"sec-websocket-key":
                key = value.strip()
        if not key:
            self._answer_http(connection, target)
            return
        accept = base64.b64encode(hashlib.sha1(key + _GUID).digest())
        connection.send(
            b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
            b"Connection: Upgrade\r\nSec-WebSocket-Accept: " + accept + b"\r\n\r\n"
        )
        connection.is_wrapped = target.startswith("/stream")
        path, _, query = unquote(target).partition("?")
        listed = dict(part.partition("=")[::2] for part in query.split("&")).get("streams", "")
        listed = listed or path.removeprefix("/stream").removeprefix("/ws").strip("/")
        with self._changed:
            self._connections.append(connection)
        self._subscribe(connection, [name for name in listed.split("/") if name])
        try:
            while True:
                self._answer(connection, *connection.read_frame())
        finally:
            with self._changed:
                if connection in self._connections:
                    self._connections.remove(connection)

    def _answer_http(self, connection: Connection, target: str) -> None:
        """Answer a request for a snapshot, or one that only asks whether the server is there."""
        path, _, query = target.partition("?")
        content: bytes | None = b"{}"
        if path.endswith("/depth"):
            listed = dict(part.partition("=")[::2] for part in query.split("&"))
            content = self._frames.snapshot(int(listed.get("limit", 100)))
        status, content = (b"404 Not Found", b"{}") if content is None else (b"200 OK", content)
        connection.send(
            b"HTTP/1.1 %b\r\nContent-Type: application/json\r\nX-MBX-USED-WEIGHT-1M: 1\r\n"
            b"X-MBX-USED-WEIGHT: 1\r\nDate: %b\r\nConnection: close\r\n"
            b"Content-Length: %d\r\n\r\n%b"
            % (status, formatdate(usegmt=True).encode(), len(content), content)
        )

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


def _send_all(connections: list[Connection], blocks: list[list[bytes]]) -> None:
    def send(connection: Connection, own: list[bytes]) -> None:
        try:
            for block in own:
                connection.send(block)
        except OSError as error:
            print(f"sending stopped: {error}", file=sys.stderr)

    threads = [
        threading.Thread(target=send, args=pair)
        for pair in zip(connections[1:], blocks[1:], strict=True)
    ]
    for thread in threads:
        thread.start()
    send(connections[0], blocks[0])
    for thread in threads:
        thread.join()


def main() -> None:
    """Serve until standard input ends, as it does if the benchmark is interrupted."""
    parser = argparse.ArgumentParser()
    parser.add_argument("workload")
    parser.add_argument("--warmup", type=int, required=True)
    parser.add_argument("--messages", type=int, required=True)
    parser.add_argument("--certificate", type=Path, help="for TLS: of the server, with its key")
    parser.add_argument("--stamp", default="f", help="where the time of sending goes")
    parser.add_argument("--core", type=int)
    options = parser.parse_args()
    if options.core is not None and hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {options.core})
    workload = find(options.workload)
    context = None if options.certificate is None else presenting(options.certificate)
    frames = Frames(workload, options.warmup, options.messages, options.stamp)
    server = Server(workload, frames, context)
    print(*server.serve(), flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main()
