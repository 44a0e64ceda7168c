"""A client that echoes, on the runtime's handshake and frame reader, and its run of Autobahn."""

from __future__ import annotations

import json
import queue
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

from websocket import ABNF

from binance_streams_runtime.protocol.frames import (
    INVALID_TEXT,
    NO_STATUS,
    Binary,
    Closed,
    FrameReader,
    Item,
    Ping,
    Violation,
)
from binance_streams_runtime.transport.dialer import Dialed, Dialer
from tests.support.limits import LIMIT

_JUDGE = Path(__file__).with_name("autobahn_judge.py")
_AT_ONCE = 8
_RECEIVE_BYTES = 256 * 1024


class Verdict(NamedTuple):
    """What the judge says about one case: its messages, its close, and why."""

    case: str
    messages: str
    close: str
    reason: str


def verdicts(
    cases: Sequence[str],
    excluded: Sequence[str] = ("none",),
    new_reader: Callable[[], FrameReader] = FrameReader,
) -> list[Verdict]:
    """Run the cases, several at once, as many of them only wait; all of them within LIMIT."""
    deadline = time.monotonic() + LIMIT
    # -P: what lies beside the script must not stand in for other packages.
    command = [sys.executable, "-P", str(_JUDGE), ",".join(cases), ",".join(excluded), f"{LIMIT}"]
    with ExitStack() as stack:
        judge = stack.enter_context(subprocess.Popen(command, stdout=subprocess.PIPE, text=True))
        # Leaving the process waits for it, so it is ended before; without effect if it has.
        stack.callback(judge.kill)
        timer = threading.Timer(LIMIT, judge.kill)
        timer.start()
        stack.callback(timer.cancel)
        assert judge.stdout is not None
        url = f"ws://127.0.0.1:{int(judge.stdout.readline())}"
        threads = stack.enter_context(ThreadPoolExecutor(_AT_ONCE))
        count = _ask_count(f"{url}/getCaseCount", deadline)
        runs = [
            threads.submit(_Echo(f"{url}/runCase?case={number}", new_reader(), deadline).run)
            for number in range(1, count + 1)
        ]
        for run in runs:
            run.result()
        _open(f"{url}/updateReports", deadline).close()
        report = judge.stdout.read()
        assert report, f"the cases are not done within {LIMIT} s, or the judge failed"
        return [Verdict(*result) for result in json.loads(report)]


class _Echo:
    """One case: what comes is sent back, and the connection ended as RFC 6455 section 7 says."""

    def __init__(self, url: str, reader: FrameReader, deadline: float) -> None:
        self._url = url
        self._reader = reader
        self._deadline = deadline
        self._is_closing = False

    def run(self) -> None:
        """Go on until the server ends the TCP connection, which section 7.1.1 leaves to it."""
        with _open(self._url, self._deadline) as opened:
            while data := _receive(opened, self._deadline):
                answer = b"".join(map(self._answer, self._reader.feed(data)))
                try:
                    opened.sendall(answer)
                except ConnectionError:
                    # Some cases end without reading; their verdict does not need the answer.
                    return

    def _answer(self, item: Item) -> bytes:
        if self._is_closing:
            return b""
        match item:
            case bytes():
                return self._echo_text(item)
            case Binary(payload):
                return _frame(payload, ABNF.OPCODE_BINARY)
            case Ping(payload):
                return _frame(payload, ABNF.OPCODE_PONG)
            case Closed(code) | Violation(code):
                return self._close(code)
        return b""

    def _echo_text(self, message: bytes) -> bytes:
        """Whole messages are checked, as there is no decoder in between.

        The client leaves that to msgspec, whose strings go through this same strict decoder of
        Python; strings that no field of a struct takes, msgspec skips unchecked.
        """
        try:
            message.decode()
        except UnicodeDecodeError:
            return self._close(INVALID_TEXT)
        return _frame(message, ABNF.OPCODE_TEXT)

    def _close(self, code: int) -> bytes:
        self._is_closing = True
        return _frame(b"" if code == NO_STATUS else code.to_bytes(2, "big"), ABNF.OPCODE_CLOSE)


def _ask_count(url: str, deadline: float) -> int:
    reader = FrameReader()
    with _open(url, deadline) as opened:
        while data := _receive(opened, deadline):
            for item in reader.feed(data):
                if isinstance(item, bytes):
                    return int(item)
    raise AssertionError("the judge does not say how many cases there are")


def _open(url: str, deadline: float) -> socket.socket:
    done: queue.SimpleQueue[tuple[Dialed | None, object]] = queue.SimpleQueue()
    remaining = max(0.1, deadline - time.monotonic())
    Dialer(url, remaining, None, None, lambda *outcome: done.put(outcome)).start()
    opened, lost = done.get(timeout=2 * remaining)
    assert opened is not None, lost
    return opened.socket


def _receive(opened: socket.socket, deadline: float) -> bytes:
    """The next bytes; none if the server has ended the connection."""
    opened.settimeout(max(0.1, deadline - time.monotonic()))
    try:
        return opened.recv(_RECEIVE_BYTES)
    except ConnectionError:
        return b""


def _frame(payload: bytes, opcode: int) -> bytes:
    return ABNF.create_frame(payload, opcode).format()
