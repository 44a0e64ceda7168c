"""Rows 4 to 6: nothing comes any more, or half a frame, or everything but data."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
import time

import pytest

from binance_streams import Disconnected, Gap, Recovered, Silent
from binance_streams_simulator import Simulator
from tests.faults.processes import server_process
from tests.faults.watching import Notices, at_once, in_turn, outline, sending, serving, when
from tests.runtime.conftest import Connect
from tests.runtime.limits import LIMIT, wait_until
from tests.runtime.raw_server import Peer, RawServer
from tests.runtime.scripts import take
from tests.runtime.wire import trade_frame

SHORT = 0.4
"""Seconds of silence that end a connection here."""


def test_row_04_a_frozen_server(connect: Connect) -> None:
    """The system goes on taking connections for it; the one that it shakes hands on is used."""
    notices = Notices()
    with server_process() as (process, port):
        client = connect(f"ws://127.0.0.1:{port}", on_notice=notices, silence_timeout=SHORT)
        subscription = client.trade("BTCUSDT")
        subscription.get(LIMIT)
        process.send_signal(signal.SIGSTOP)
        try:
            lost = notices.wait_for(Disconnected)[0]
        finally:
            process.send_signal(signal.SIGCONT)
        assert lost.reason == f"no byte from the server for {SHORT} s"
        assert lost.streams == ("btcusdt@trade",)
        notices.wait_for(Recovered)
        notices.wait_for(Gap)
        assert subscription.get(LIMIT).symbol == "BTCUSDT"


# In a network of its own, where the loopback can be taken down.
BLACK_HOLE = """
import subprocess, time
from binance_streams import Client, Disconnected, Recovered, Gap
from binance_streams_simulator import Simulator

def loopback(state):
    subprocess.run(["ip", "link", "set", "lo", state], check=True)

def wait_for(kind):
    deadline = time.monotonic() + 30
    while not any(isinstance(notice, kind) for notice in notices):
        assert time.monotonic() < deadline, kind
        time.sleep(0.005)

notices = []
loopback("up")
with Simulator(speed=50) as server, Client(
    server.url,
    on_notice=notices.append,
    silence_timeout=0.4,
    backoff=lambda: iter([0.05] * 1000),
) as client:
    subscription = client.trade("BTCUSDT")
    subscription.get(30)
    loopback("down")
    wait_for(Disconnected)
    loopback("up")
    wait_for(Recovered)
    wait_for(Gap)
    subscription.get(30)
    print(next(notice.reason for notice in notices if isinstance(notice, Disconnected)))
"""


def test_row_04_a_black_hole() -> None:
    unshare, ip = shutil.which("unshare"), shutil.which("ip")
    if unshare is None or ip is None or os.geteuid() != 0:
        pytest.skip("A BLACK HOLE IS NOT TESTED: it needs root, unshare and ip (iproute2)")
    inside = [unshare, "--net", sys.executable, "-c", BLACK_HOLE]
    allowed = subprocess.run([unshare, "--net", "true"], capture_output=True, check=False)
    if allowed.returncode:
        pytest.skip("A BLACK HOLE IS NOT TESTED: no network of its own is allowed here")
    run = subprocess.run(inside, capture_output=True, text=True, timeout=LIMIT * 2, check=False)
    assert run.stdout == "no byte from the server for 0.4 s\n", run.stderr


@pytest.mark.parametrize(
    "half",
    [
        pytest.param(b"\x81\x7e\x03\xe8" + b"x" * 10, id="10-of-1000-bytes"),
        pytest.param(b"\x81", id="half-a-header"),
        pytest.param(b"\x01\x05{", id="a-fragment"),
        pytest.param(b"\x01\x02{}", id="a-message-without-its-end"),
    ],
)
def test_row_05_a_stall_in_the_middle_of_a_frame(connect: Connect, half: bytes) -> None:
    """What the next connection brings is not mixed up with the half."""
    stall = serving(1, 3, then=sending(half, then=Peer.hold))
    with RawServer(in_turn(stall, serving(7, 9))) as server:
        subscription = connect(server.url, silence_timeout=SHORT).trade("BTCUSDT")
        seen = take(subscription.with_notices(), 8)
        assert outline(seen) == [1, 2, 3, "Disconnected", (4, 6), 7, 8, 9]
        assert seen[3].reason == f"no byte from the server for {SHORT} s"


def test_row_05_bytes_that_come_slowly_are_no_silence(connect: Connect) -> None:
    """A frame may take longer than the limit, as long as something comes."""

    def drip(peer: Peer) -> None:
        for byte in trade_frame(4):
            peer.send(bytes([byte]))
            if peer.stopping.wait(0.005):
                return
        peer.drain()

    notices = Notices()
    with RawServer(serving(1, 3, then=drip)) as server:
        client = connect(server.url, on_notice=notices, silence_timeout=SHORT)
        assert outline(take(iter(client.trade("BTCUSDT")), 4)) == [1, 2, 3, 4]
        assert notices.of(Disconnected) == []


@pytest.fixture
def pinging() -> Simulator:
    return Simulator(speed=50, ping_interval=0.05)


def test_row_06_a_muted_stream_is_told_where_it_is_asked_for(
    connect: Connect, pinging: Simulator
) -> None:
    """Pings keep the connection alive, so only the stream's own limit tells."""
    notices = Notices()
    with pinging as simulator:
        client = connect(simulator.url, on_notice=notices, silence_timeout=SHORT)
        watched = client.trade("BTCUSDT", max_silence=0.1)
        other = client.trade("ETHUSDT")
        watched.get(LIMIT)
        other.get(LIMIT)
        simulator.mute()
        # Each silence is told anew; together they last longer than ``silence_timeout``.
        silences = notices.wait_for(Silent, 6)
        assert silences[0] == Silent("btcusdt@trade", 0.1, "notice")
        assert {silent.stream for silent in silences} == {"btcusdt@trade"}
        simulator.unmute()
        told = watched.stats().messages
        wait_until(lambda: watched.stats().messages > told)
        assert notices.of(Disconnected) == []
        assert simulator.connection_attempts == 1


def test_row_06_a_muted_stream_is_subscribed_again(connect: Connect, pinging: Simulator) -> None:
    with pinging as simulator:
        client = connect(simulator.url)
        subscription = client.trade("BTCUSDT", max_silence=0.2, on_silence="resubscribe")
        subscription.get(LIMIT)
        simulator.mute()
        expected = ["SUBSCRIBE", "UNSUBSCRIBE", "SUBSCRIBE"]
        wait_until(lambda: [asked["method"] for asked in simulator.received][:3] == expected)
        simulator.unmute()
        told = subscription.stats().messages
        wait_until(lambda: subscription.stats().messages > told)
        assert simulator.connection_attempts == 1
        assert simulator.violations == []


def test_row_06_a_muted_connection_is_replaced(connect: Connect, pinging: Simulator) -> None:
    """Without interrupting the others: the old one goes when the new one is there."""
    notices = Notices()
    with pinging as simulator:
        client = connect(simulator.url, on_notice=notices, backoff=at_once)
        subscription = client.trade("BTCUSDT", max_silence=0.2, on_silence="reconnect")
        other = client.trade("ETHUSDT")
        subscription.get(LIMIT)
        other.get(LIMIT)
        simulator.mute()
        lost = notices.wait_for(Disconnected)[0]
        assert lost.streams == ()
        assert "btcusdt@trade was silent for 0.2 s" in lost.reason
        simulator.unmute()
        wait_until(lambda: simulator.connections == 1)
        assert simulator.subscriptions == [{"btcusdt@trade", "ethusdt@trade"}]


def test_row_06_silence_of_a_stream_counts_only_while_it_could_speak(connect: Connect) -> None:
    """While it is disconnected, its limit tells nothing new."""
    notices = Notices()
    closing = threading.Event()
    first = serving(1, 1, then=when(closing, Peer.leave))
    with RawServer(in_turn(first, Peer.hold)) as server:
        client = connect(server.url, on_notice=notices)
        subscription = client.trade("BTCUSDT", max_silence=0.3)
        subscription.get(LIMIT)
        closing.set()
        notices.wait_for(Disconnected)
        before = time.monotonic()
        wait_until(lambda: time.monotonic() > before + 0.5)
        # The client is awake, and had its chances to tell.
        assert client.stats().streams["btcusdt@trade"].messages == 1
        assert notices.of(Silent) == []
