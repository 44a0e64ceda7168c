"""Nothing comes any more, or half a frame, or everything but data."""

from __future__ import annotations

import itertools
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from typing import Any

import msgspec
import pytest

from binance_streams import Disconnected, Gap, Resubscribed, Stale
from binance_streams_simulator import Simulator
from tests.support.clients import Connect
from tests.support.limits import LIMIT, MS, wait_until
from tests.support.processes import server_process
from tests.support.raw_server import Peer, RawServer
from tests.support.scripts import in_turn, sending, serving, when
from tests.support.watching import Notices, at_once, outline, take

SHORT = 1000 * MS
"""Seconds of silence that end a connection here, be it that of a server or of a slow machine."""


def set_idle_timeout(client: Any, seconds: float) -> None:
    """Change it while the client runs: it is short only while a connection is to end by it."""

    def change(now: float, engine: Any) -> None:
        keepalive = engine.session._pool.keepalive
        keepalive._timeouts = msgspec.structs.replace(keepalive._timeouts, idle=seconds)

    client._engine.command(change)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows stops no process by a signal")
def test_a_frozen_server(connect: Connect) -> None:
    """The system goes on taking connections for it; the one that it shakes hands on is used."""
    notices = Notices()
    with server_process() as (process, port):
        client = connect(f"ws://127.0.0.1:{port}", on_notice=notices, idle_timeout=LIMIT)
        subscription = client.trade("BTCUSDT")
        subscription.get(LIMIT)
        process.send_signal(signal.SIGSTOP)
        try:
            set_idle_timeout(client, SHORT)
            lost = notices.wait_for(Disconnected)[0]
            set_idle_timeout(client, LIMIT)
        finally:
            process.send_signal(signal.SIGCONT)
        assert lost.reason == f"no byte from the server for {SHORT} s"
        assert lost.streams == ("btcusdt@trade",)
        notices.wait_for(Resubscribed)
        notices.wait_for(Gap)
        assert subscription.get(LIMIT).symbol == "BTCUSDT"


# In a network of its own, where the loopback can be taken down.
BLACK_HOLE = """
import itertools, subprocess, sys, time
import msgspec
from binance_streams import Client, Disconnected, Resubscribed, Gap
from binance_streams_simulator import Simulator

def loopback(state):
    subprocess.run(["ip", "link", "set", "lo", state], check=True)

def wait_for(kind):
    deadline = time.monotonic() + LIMIT
    while not any(isinstance(notice, kind) for notice in notices):
        assert time.monotonic() < deadline, kind
        time.sleep(0.005)

def set_idle_timeout(seconds):
    def change(now, engine):
        keepalive = engine.session._pool.keepalive
        keepalive._timeouts = msgspec.structs.replace(keepalive._timeouts, idle=seconds)
    client._engine.command(change)

LIMIT, SHORT = map(float, sys.argv[1:])
notices = []
loopback("up")
with Simulator(speed=50) as server, Client(
    server.url,
    on_notice=notices.append,
    idle_timeout=LIMIT,
    backoff=lambda: itertools.repeat(0.05),
) as client:
    subscription = client.trade("BTCUSDT")
    subscription.get(LIMIT)
    loopback("down")
    set_idle_timeout(SHORT)
    wait_for(Disconnected)
    set_idle_timeout(LIMIT)
    loopback("up")
    wait_for(Resubscribed)
    wait_for(Gap)
    subscription.get(LIMIT)
    print(next(notice.reason for notice in notices if isinstance(notice, Disconnected)))
"""


def test_a_black_hole() -> None:
    unshare, ip = shutil.which("unshare"), shutil.which("ip")
    if unshare is None or ip is None or os.geteuid() != 0:
        pytest.skip("A BLACK HOLE IS NOT TESTED: it needs root, unshare and ip (iproute2)")
    inside = [unshare, "--net", sys.executable, "-c", BLACK_HOLE, str(LIMIT), str(SHORT)]
    allowed = subprocess.run([unshare, "--net", "true"], capture_output=True, check=False)
    if allowed.returncode:
        pytest.skip("A BLACK HOLE IS NOT TESTED: no network of its own is allowed here")
    run = subprocess.run(inside, capture_output=True, text=True, timeout=LIMIT * 2, check=False)
    assert run.stdout == f"no byte from the server for {SHORT} s\n", run.stderr


def test_a_stall_in_the_middle_of_a_frame(connect: Connect) -> None:
    """What the next connection delivers is not mixed up with the half.

    Other halves, and bytes that come slowly, are tested in simulated time (tests/unit).
    """
    half = b"\x81\x7e\x03\xe8" + b"x" * 10
    # Notices are among the events only from the beginning of the iteration on.
    is_iterated = threading.Event()
    stall = when(is_iterated, serving(1, 3, then=sending(half, then=Peer.hold)))
    with RawServer(in_turn(stall, serving(7, 9))) as server:
        client = connect(server.url, idle_timeout=LIMIT)
        items = client.trade("BTCUSDT").with_notices()
        is_iterated.set()
        seen = take(items, 3)
        set_idle_timeout(client, SHORT)
        seen += take(items, 1)
        set_idle_timeout(client, LIMIT)
        while outline(seen[-1:]) != [9]:
            seen += take(items, 1)
    # The next connection falls silent too, on a slow machine before it has delivered anything.
    story = [item for item, _ in itertools.groupby(outline(seen))]
    assert story == [1, 2, 3, "Disconnected", (4, 6), 7, 8, 9]
    assert seen[3].reason == f"no byte from the server for {SHORT} s"


@pytest.fixture
def pinging() -> Simulator:
    return Simulator(speed=50, ping_interval=50 * MS, messages_per_second=1000)


def test_a_muted_stream_is_reported_if_that_is_asked_for(
    connect: Connect, pinging: Simulator
) -> None:
    """Pings go on, so only the stream's own limit reports it."""
    notices = Notices()
    with pinging as simulator:
        client = connect(simulator.url, on_notice=notices)
        watched = client.trade("BTCUSDT", max_idle=100 * MS)
        other = client.trade("ETHUSDT")
        watched.get(LIMIT)
        other.get(LIMIT)
        simulator.mute()
        # Each silence is reported anew.
        silences = notices.wait_for(Stale, 6)
        assert silences[0] == Stale("btcusdt@trade", 100 * MS, "notice")
        assert {silent.stream for silent in silences} == {"btcusdt@trade"}
        simulator.unmute()
        before = watched.stats().messages
        wait_until(lambda: watched.stats().messages > before)
        assert notices.of(Disconnected) == []
        assert simulator.connection_attempts == 1


def test_a_muted_stream_is_subscribed_again(connect: Connect, pinging: Simulator) -> None:
    with pinging as simulator:
        client = connect(simulator.url)
        subscription = client.trade("BTCUSDT", max_idle=200 * MS, on_idle="resubscribe")
        subscription.get(LIMIT)
        simulator.mute()
        expected = ["SUBSCRIBE", "UNSUBSCRIBE", "SUBSCRIBE"]
        wait_until(lambda: [asked["method"] for asked in simulator.received][:3] == expected)
        simulator.unmute()
        before = subscription.stats().messages
        wait_until(lambda: subscription.stats().messages > before)
        assert simulator.connection_attempts == 1
        assert simulator.violations == []


def test_a_muted_connection_is_replaced(connect: Connect, pinging: Simulator) -> None:
    """Without interrupting the others: the old one goes when the new one is there."""
    notices = Notices()
    with pinging as simulator:
        client = connect(
            simulator.url, on_notice=notices, backoff=at_once, handover_timeout=SHORT / 4
        )
        subscription = client.trade("BTCUSDT", max_idle=SHORT, on_idle="reconnect")
        other = client.trade("ETHUSDT")
        subscription.get(LIMIT)
        other.get(LIMIT)
        simulator.mute()
        lost = notices.wait_for(Disconnected)[0]
        assert lost.streams == ()
        assert f"btcusdt@trade was idle for {SHORT:g} s" in lost.reason
        simulator.unmute()
        # A replacement that had begun before it spoke again is still to end.
        wait_until(lambda: simulator.subscriptions == [{"btcusdt@trade", "ethusdt@trade"}])


def test_silence_of_a_stream_counts_only_while_it_could_speak(connect: Connect) -> None:
    """While it is disconnected, its limit reports nothing new."""
    notices = Notices()
    closing = threading.Event()
    first = serving(1, 1, then=when(closing, Peer.leave))
    with RawServer(in_turn(first, Peer.hold)) as server:
        client = connect(server.url, on_notice=notices)
        subscription = client.trade("BTCUSDT", max_idle=300 * MS)
        subscription.get(LIMIT)
        closing.set()
        notices.wait_for(Disconnected)
        before = time.monotonic()
        wait_until(lambda: time.monotonic() > before + 500 * MS)
        # The client is awake, and had its chances to report it.
        assert client.stats().streams["btcusdt@trade"].messages == 1
        since_then = itertools.dropwhile(
            lambda notice: not isinstance(notice, Disconnected), notices.all
        )
        assert [notice for notice in since_then if isinstance(notice, Stale)] == []
