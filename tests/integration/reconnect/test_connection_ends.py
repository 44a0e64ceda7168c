"""The connection ends by a reset, by a close frame, or without a word."""

from __future__ import annotations

import itertools
import shutil
import subprocess
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from binance_streams import Disconnected, Gap, Resubscribed
from binance_streams_simulator import Simulator
from tests.support.clients import Connect
from tests.support.frames import CLOSE, close_frame
from tests.support.limits import LIMIT, in_time, wait_until
from tests.support.ports import free_ports
from tests.support.processes import server_process
from tests.support.raw_server import Peer, RawServer
from tests.support.scripts import in_turn, sending, serving, when
from tests.support.watching import Notices, at_once, outline, take

SILENCE = 30.0
"""Seconds after which silence alone would end a connection."""

NAMES = {"btcusdt@bookTicker", "ethusdt@bookTicker", "btcusdt@kline_1s"}
"""Streams that cannot know what they missed, so that each interruption is a gap."""


def assert_it_goes_on(connect: Connect, end: Callable[[Peer], None]) -> Disconnected:
    """Trades 1 to 3, the end, then 7 to 9: reported in this order, with one gap."""
    notices = Notices()
    # A reset throws away what has not been read, so it must wait for its turn.
    are_seen = threading.Event()
    handle = in_turn(serving(1, 3, then=when(are_seen, end)), serving(7, 9))
    with RawServer(handle) as server:
        subscription = connect(server.url, on_notice=notices).trade("BTCUSDT")
        items = subscription.with_notices()
        seen = take(items, 3)
        are_seen.set()
        seen += take(items, 5)
        assert outline(seen) == [1, 2, 3, "Disconnected", (4, 6), 7, 8, 9]
        in_time(lambda: subscription.wait(LIMIT))
        (recovered,) = notices.wait_for(Resubscribed)
        story = [kind for kind in notices.story if kind != "Gap"]
        assert story == ["Connected", "Disconnected", "Connected", "Resubscribed"]
    lost = notices.of(Disconnected)[0]
    assert lost.streams == recovered.streams == ("btcusdt@trade",)
    assert (lost.connection, recovered.connection) == (1, 2)
    assert recovered.seconds < SILENCE / 2
    (gap,) = notices.wait_for(Gap)
    assert gap.reason == lost.reason
    assert gap.since is not None
    assert gap.until is not None
    assert gap.since <= gap.until <= time.time()
    return lost


def test_after_a_reset_it_goes_on_at_once(connect: Connect) -> None:
    lost = assert_it_goes_on(connect, Peer.reset)
    assert (lost.code, lost.status, lost.retry_in) == (None, None, 0.0)


def subscribe_all(client: Any) -> list[Any]:
    subscriptions = [client.subscribe(name) for name in sorted(NAMES)]
    for subscription in subscriptions:
        subscription.wait(LIMIT)
        subscription.get(LIMIT)
    return subscriptions


def test_everything_is_subscribed_again(connect: Connect, simulator: Simulator) -> None:
    """Each stream has its own gap, before its first event."""
    notices = Notices()
    client = connect(simulator.url, on_notice=notices, backoff=at_once)
    items = [subscription.with_notices() for subscription in subscribe_all(client)]
    simulator.drop_connections()
    (lost,) = notices.wait_for(Disconnected)
    (recovered,) = notices.wait_for(Resubscribed)
    assert set(lost.streams) == set(recovered.streams) == NAMES
    assert simulator.subscriptions == [NAMES]
    for iterator in items:
        since_then = itertools.dropwhile(lambda item: not isinstance(item, Disconnected), iterator)
        assert [type(item) for item in take(since_then, 2)] == [Disconnected, Gap]
    assert sorted(gap.stream for gap in notices.wait_for(Gap, len(NAMES))) == sorted(NAMES)
    assert simulator.violations == []


def test_a_socket_that_the_kernel_kills(connect: Connect, simulator: Simulator) -> None:
    notices = Notices()
    client = connect(simulator.url, on_notice=notices)
    subscription = client.trade("BTCUSDT")
    subscription.get(LIMIT)
    if shutil.which("ss") is None:
        pytest.skip(
            "A CONNECTION KILLED BY THE KERNEL IS NOT TESTED WITH ss -K: there is no ss (iproute2)"
        )
    port = str(simulator.port)
    killed = subprocess.run(
        ["ss", "-K", "dst", "127.0.0.1", "dport", "=", port],
        capture_output=True,
        text=True,
        check=False,
    )
    if killed.returncode or killed.stderr:
        pytest.skip(
            f"A CONNECTION KILLED BY THE KERNEL IS NOT TESTED WITH ss -K: {killed.stderr.strip()}"
        )
    (lost,) = notices.wait_for(Disconnected)
    assert lost.retry_in == 0.0
    notices.wait_for(Resubscribed)
    assert subscription.get(LIMIT).symbol == "BTCUSDT"


@pytest.mark.parametrize(
    ("code", "reason"),
    [(1000, ""), (1000, "bye"), (1001, "Going away"), (1008, "Pong timeout"), (1012, "Restart")],
)
def test_code_and_reason_are_reported(connect: Connect, code: int, reason: str) -> None:
    """And the close frame is answered with one of the same code (RFC 6455 section 5.5.1)."""
    answers: list[tuple[int, bytes]] = []

    def end(peer: Peer) -> None:
        peer.send(close_frame(code, reason))
        answers.append(peer.read_frame())
        peer.drain()

    lost = assert_it_goes_on(connect, end)
    assert (lost.code, lost.status, lost.retry_in) == (code, None, 0.0)
    assert repr(reason) in lost.reason
    assert answers == [(CLOSE, code.to_bytes(2, "big"))]


def test_a_close_frame_without_a_code(connect: Connect) -> None:
    lost = assert_it_goes_on(connect, sending(b"\x88\x00"))
    assert lost.code == 1005


def test_too_many_requests_is_waited_for_longer(connect: Connect) -> None:
    """And closing does not wait for it."""
    notices = Notices()
    end = sending(close_frame(1008, "Too many requests"))
    with RawServer(serving(1, 3, then=end)) as server:
        client = connect(server.url, on_notice=notices, backoff=at_once)
        subscription = client.trade("BTCUSDT")
        (lost,) = notices.wait_for(Disconnected)
        assert lost.retry_in is not None
        assert lost.retry_in >= 10
        wait_until(lambda: subscription.state == "pending")
        (connection,) = client.stats().connections
        assert connection.state == "waiting"
        assert len(server.peers) == 1


def test_an_end_without_a_close_frame(connect: Connect) -> None:
    lost = assert_it_goes_on(connect, Peer.leave)
    assert (lost.code, lost.status, lost.retry_in) == (None, None, 0.0)
    assert lost.reason == "the server closed it without a close frame"


def test_the_servers_process_is_killed_and_comes_back(connect: Connect) -> None:
    notices = Notices()
    (port,) = free_ports(1)
    with server_process(port) as (process, _):
        client = connect(
            f"ws://127.0.0.1:{port}", on_notice=notices, backoff=lambda: iter([0.02] * 1000)
        )
        subscription = client.trade("BTCUSDT")
        subscription.get(LIMIT)
        process.kill()
        lost = notices.wait_for(Disconnected)[0]
        assert lost.streams == ("btcusdt@trade",)
        assert (lost.code, lost.status) == (None, None)
    with server_process(port):
        (recovered,) = notices.wait_for(Resubscribed)
        assert recovered.streams == ("btcusdt@trade",)
        before = subscription.stats().messages
        wait_until(lambda: subscription.stats().messages > before)
