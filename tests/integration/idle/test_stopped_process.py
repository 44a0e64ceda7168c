"""A process that is stopped for longer than its limits, and goes on."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.support.frames import trade_frame
from tests.support.limits import LIMIT, MARGIN, MS, in_time, wait_until
from tests.support.raw_server import Peer, RawServer

pytestmark = pytest.mark.skipif(
    not hasattr(signal, "SIGSTOP"), reason="Windows stops no process by a signal"
)

# Seconds for which a client is stopped: longer than its limit, which must not end before that.
LONGER = MARGIN + 200 * MS

PROGRAM = """
import sys
from binance_streams import Client
with Client(sys.argv[1], reconnect=False, {limit}) as client:
    trades = client.trade("BTCUSDT")
    print("begun", flush=True)
    {work}
"""


@contextmanager
def program(url: str, work: str, limit: str = "") -> Iterator[subprocess.Popen[str]]:
    """A client in a process of its own, which gives up at the first loss."""
    code = PROGRAM.format(limit=limit, work=work)
    command = [sys.executable, "-c", code, url]
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        # So that nobody but the test itself stops and continues it.
        start_new_session=True,
    ) as process:
        try:
            assert process.stdout is not None
            assert in_time(process.stdout.readline) == "begun\n"
            yield process
        finally:
            process.kill()


@contextmanager
def stopped(process: subprocess.Popen[str], seconds: float = 0.0) -> Iterator[None]:
    """It does not run meanwhile, for ``seconds`` at least."""
    begun = time.monotonic()
    process.send_signal(signal.SIGSTOP)
    yield
    wait_until(lambda: time.monotonic() > begun + seconds)
    process.send_signal(signal.SIGCONT)


def output(process: subprocess.Popen[str]) -> list[str]:
    return process.communicate(timeout=LIMIT)[0].split()


def test_what_came_meanwhile_is_read_before_the_connection_is_called_dead() -> None:
    confirmed, is_stopped, has_sent = (threading.Event() for _ in range(3))

    def handle(peer: Peer) -> None:
        peer.shake()
        peer.confirm()
        confirmed.set()
        while not is_stopped.wait(0.05):
            peer.send(b"\x89\x00")
        peer.send(trade_frame(1) + trade_frame(2))
        has_sent.set()
        peer.drain()

    work = "print(trades.get().trade_id, trades.get().trade_id, client.stats().reconnects)"
    limit = f"idle_timeout={MARGIN}"
    with RawServer(handle) as server, program(server.url, work, limit) as process:
        assert confirmed.wait(LIMIT)
        with stopped(process, LONGER):
            is_stopped.set()
            assert has_sent.wait(LIMIT)
        assert output(process) == ["1", "2", "0"]


def test_a_handshake_that_was_answered_meanwhile_is_in_time() -> None:
    asked, may_answer, has_answered = (threading.Event() for _ in range(3))

    def handle(peer: Peer) -> None:
        peer.read_head()
        asked.set()
        assert may_answer.wait(LIMIT)
        peer._received = peer.head + b"\r\n\r\n" + peer._received
        peer.shake()
        has_answered.set()
        peer.confirm()
        peer.send(trade_frame(1))
        peer.drain()

    work = "print(trades.get().trade_id, client.stats().reconnects)"
    limit = f"connect_timeout={MARGIN}"
    with RawServer(handle) as server, program(server.url, work, limit) as process:
        assert asked.wait(LIMIT)
        with stopped(process, LONGER):
            may_answer.set()
            assert has_answered.wait(LIMIT)
        assert output(process) == ["1", "0"]
        assert len(server.peers) == 1


def test_a_connection_that_ended_meanwhile_is_noticed_at_once() -> None:
    confirmed, may_leave, has_left = (threading.Event() for _ in range(3))

    def handle(peer: Peer) -> None:
        peer.shake()
        peer.confirm()
        confirmed.set()
        while not may_leave.wait(0.05):
            peer.send(b"\x89\x00")
        peer.reset()
        has_left.set()

    work = "list(trades)"
    with RawServer(handle) as server, program(server.url, work) as process:
        assert confirmed.wait(LIMIT)
        with stopped(process):
            may_leave.set()
            assert has_left.wait(LIMIT)
        assert "reset by peer" in " ".join(output(process))
