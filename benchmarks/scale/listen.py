"""Many clients of a relay in one process: ``python -m benchmarks.scale.listen``.

It connects them, prints ``READY``, then ``WARM`` when all of them have the whole warm-up, and
``RESULT`` with JSON when all have the rest, or when that takes too long. Each client has some of
the streams, in turn. The messages are counted, and not decoded but for their time of sending.

Of more than a hundred clients, a hundred read at once what comes, and their latency is what is
reported; the others read ten times a second, or all of this would take longer than the relay's
work, on the core that it shares with the source.
"""

from __future__ import annotations

import argparse
import json
import math
import select
import socket
import ssl
import time
from typing import Any

_READ = 1 << 18
_STAMP = b'"E":'
_DIGITS = 16
_AT_ONCE = 100
_SLICE = 0.002
_CYCLE = 0.1
"""Seconds between two reads of one of the others; they have their turn in slices."""
_KEY = "AAAAAAAAAAAAAAAAAAAAAA=="


class Listeners:
    """The clients of one process."""

    def __init__(self, options: argparse.Namespace) -> None:
        """Connect all of them, one after the other."""
        self._poll = select.epoll()
        # Watched by the system as well, so that sending to them costs as much, but read in turn.
        self._others_poll = select.epoll()
        self._others: list[int] = []
        self._sockets: dict[int, socket.socket] = {}
        self._left: dict[int, bytes] = {}
        self._counts: dict[int, int] = {}
        self._delays: list[int] = []
        self._dropped = 0
        context = ssl.create_default_context() if options.tls else None
        names = options.streams.split("/")
        for number in range(options.clients):
            own = [names[(number + step) % len(names)] for step in range(options.each)]
            file = self._connect(options.port, "/".join(own), context)
            # Spread over all of them: a relay writes to some before others.
            step = max(1, options.clients // _AT_ONCE)
            if number % step:
                self._others_poll.register(file, select.EPOLLIN)
                self._others.append(file)
            else:
                self._poll.register(file, select.EPOLLIN)
        self._slice = math.ceil(len(self._others) * _SLICE / _CYCLE)

    def _connect(self, port: int, names: str, context: ssl.SSLContext | None) -> int:
        connection = socket.create_connection(("127.0.0.1", port), 30)
        if context is not None:
            connection = context.wrap_socket(connection, server_hostname="127.0.0.1")
        connection.sendall(
            f"GET /stream?streams={names} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
            "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            f"Sec-WebSocket-Key: {_KEY}\r\n\r\n".encode()
        )
        received = b""
        while b"\r\n\r\n" not in received:
            more = connection.recv(4096)
            if not more:
                raise ConnectionError(f"refused: {received!r}")
            received += more
        if b" 101 " not in received.partition(b"\r\n")[0]:
            raise ConnectionError(f"refused: {received!r}")
        connection.setblocking(False)
        file = connection.fileno()
        self._sockets[file] = connection
        self._left[file] = received.partition(b"\r\n\r\n")[2]
        self._counts[file] = 0
        return file

    def receive(self, each: int, patience: float) -> dict[str, Any]:
        """Receive ``each`` further messages on every connection; return what came, and when."""
        self._counts = dict.fromkeys(self._counts, 0)
        self._delays.clear()
        expected = each * len(self._counts)
        start, cpu = time.monotonic(), time.process_time()
        received, turn, due = 0, 0, start
        timed = each * (len(self._counts) - len(self._others))
        while received < expected and (now := time.monotonic()) < start + patience:
            if self._others and now >= due:
                due = max(due + _SLICE, now - _CYCLE)
                # At the end nobody waits for their turn, or it would end late.
                end = turn + (self._slice if timed else len(self._others))
                for file in self._others[turn:end]:
                    received += self._take(file, False)
                turn = end if end < len(self._others) else 0
            for file, _ in self._poll.poll(_SLICE if self._others else 0.5):
                count = self._take(file, True)
                received += count
                timed -= count
        short = sum(count != each for count in self._counts.values())
        wall = time.monotonic() - start
        return {
            "expected": expected,
            "received": received,
            "incomplete": short,
            "dropped": self._dropped,
            "wall": wall,
            "share": (time.process_time() - cpu) / wall,
            "delays_us": quantiles(self._delays),
        }

    def _take(self, file: int, is_timed: bool) -> int:
        """Take what has come on a connection; return how many messages were completed."""
        connection = self._sockets[file]
        try:
            data = _received(connection)
        except BlockingIOError:
            return 0
        except OSError:
            data = b""
        now = time.time_ns() // 1000
        if not data:
            if is_timed:
                self._poll.unregister(file)
            else:
                self._others.remove(file)
            self._dropped += 1
            return 0
        if self._left[file]:
            data = self._left[file] + data
        position, count = 0, 0
        while (frame := _frame(data, position)) is not None:
            start, end = frame
            if data[position] == 0x81:
                count += 1
                if is_timed:
                    stamp = data.find(_STAMP, start, end) + len(_STAMP)
                    self._delays.append(now - int(data[stamp : stamp + _DIGITS]))
            position = end
        self._left[file] = data[position:]
        self._counts[file] += count
        return count


def _received(connection: socket.socket) -> bytes:
    """Return what has come, which is empty at the end; raise BlockingIOError if nothing has."""
    if not isinstance(connection, ssl.SSLSocket):
        return connection.recv(_READ)
    # One call returns one record, which is one message.
    records: list[bytes] = []
    try:
        while record := connection.recv(_READ):
            records.append(record)
    except ssl.SSLWantReadError:
        if not records:
            raise BlockingIOError from None
    return b"".join(records)


def _frame(data: bytes, position: int) -> tuple[int, int] | None:
    """Return where the payload of a frame begins and ends, or None if it is not complete."""
    size = len(data)
    if position + 4 > size:
        return None
    start, length = position + 2, data[position + 1]
    if length == 126:
        start, length = position + 4, int.from_bytes(data[position + 2 : position + 4], "big")
    elif length == 127:
        start, length = position + 10, int.from_bytes(data[position + 2 : position + 10], "big")
    return (start, start + length) if start + length <= size else None


def quantiles(delays: list[int]) -> list[int]:
    """Return the median, 99 % and 99.9 % of the delays, the largest and the smallest one."""
    if not delays:
        return []
    ordered = sorted(delays)
    last = len(ordered) - 1
    return [ordered[round(last * share)] for share in (0.5, 0.99, 0.999, 1.0, 0.0)]


def main() -> None:
    """Listen, and report."""
    parser = argparse.ArgumentParser()
    for name in ("port", "clients", "each", "warmup", "messages"):
        parser.add_argument(f"--{name}", type=int, required=True)
    parser.add_argument("--streams", required=True)
    parser.add_argument("--patience", type=float, required=True)
    parser.add_argument("--tls", action="store_true")
    options = parser.parse_args()
    listeners = Listeners(options)
    print("READY", flush=True)
    streams = len(options.streams.split("/"))
    warmup = listeners.receive(options.warmup * options.each // streams, options.patience)
    if warmup["received"] == warmup["expected"]:
        print("WARM", flush=True)
        each = options.messages * options.each // streams
        print("RESULT " + json.dumps(listeners.receive(each, options.patience)), flush=True)
    else:
        print("RESULT " + json.dumps(warmup), flush=True)


if __name__ == "__main__":
    main()
