"""Every way to lose a connection, or not to get one.

With ``reconnect=False`` each ends everything that waits, in time; by default everything goes on.
"""

from __future__ import annotations

import itertools
import socket
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from binance_streams import (
    Connected,
    ConnectionLost,
    Disconnected,
    RequestTimeout,
    Resubscribed,
)
from binance_streams_simulator import Simulator
from tests.support.clients import Connect
from tests.support.ends import assert_all_ends
from tests.support.frames import close_frame
from tests.support.limits import LIMIT, MS, client_threads, failure, in_time, wait_until
from tests.support.proxies import closed_port, drip
from tests.support.raw_server import Peer, RawServer
from tests.support.scripts import after_a_request, answering, serving
from tests.support.watching import ids, take


@pytest.mark.parametrize(
    ("then", "text"),
    [
        pytest.param(Peer.reset, "", id="reset"),
        pytest.param(Peer.finish, "without a close frame", id="eof"),
        pytest.param(
            lambda peer: peer.send(close_frame(1008, "Too many requests")), "1008", id="close-1008"
        ),
        pytest.param(lambda peer: peer.send(b"\x81\x7e\x03\xe8half"), "", id="half-a-frame"),
        pytest.param(lambda peer: peer.send(b"\xff" * 100), "1002", id="garbage"),
    ],
)
def test_a_lost_connection_ends_everything(
    connect: Connect, then: Callable[[Peer], None], text: str
) -> None:
    with RawServer(after_a_request(then)) as server:
        assert_all_ends(connect, server.url, text)


def test_silence_ends_everything(connect: Connect) -> None:
    with RawServer(after_a_request(Peer.hold)) as server:
        assert_all_ends(connect, server.url, "no byte", idle_timeout=300 * MS)


@pytest.mark.parametrize(
    ("head", "text"),
    [
        ("HTTP/1.1 503 Service Unavailable\nContent-Length: 0", "503"),
        ("HTTP/1.1 301 Moved Permanently\nLocation: ws://127.0.0.1:1/", "edirect"),
        ("HTTP/1.1 101 Switching Protocols", ""),
        ("HTTP/1.1 101 Switching Protocols\nUpgrade: websocket\nConnection: Upgrade\n"
         "Sec-WebSocket-Accept: bm9uc2Vuc2U=", ""),
        ("nonsense", ""),
        ("HTTP/1.1 500 x\nno colon", ""),
        ("HTTP/1.1 500 \xff\xfe", ""),
    ],
)  # fmt: skip
def test_a_refused_handshake_ends_everything(connect: Connect, head: str, text: str) -> None:
    with RawServer(answering(head)) as server:
        assert_all_ends(connect, server.url, text, connect_timeout=LIMIT)


def test_a_refused_connection_ends_everything(connect: Connect) -> None:
    assert_all_ends(connect, f"ws://127.0.0.1:{closed_port()}", "refused")


def test_a_name_that_does_not_exist_ends_everything(connect: Connect) -> None:
    assert_all_ends(connect, "ws://does-not-exist.invalid")


def test_a_handshake_that_takes_too_long_ends_everything(connect: Connect) -> None:
    """The thread that was shaking hands is stopped as well."""

    def never_done(peer: Peer) -> None:
        peer.read_head()
        drip(peer, b"HTTP/1.1 101 Switching Protocols\r\nX-Long: ")

    with RawServer(never_done) as server:
        assert_all_ends(connect, server.url, connect_timeout=300 * MS)
        wait_until(lambda: not any("connect" in thread.name for thread in client_threads()))


def test_events_before_the_end_are_all_delivered(connect: Connect) -> None:
    def end(peer: Peer) -> None:
        peer.send(close_frame(1001, "bye"))

    with RawServer(serving(1, 5000, then=end)) as server:
        subscription = connect(server.url, reconnect=False).trade("BTCUSDT")
        iterator = iter(subscription)
        assert ids(take(iterator, 5000)) == list(range(1, 5001))
        error = failure(lambda: next(iterator))
        assert isinstance(error, ConnectionLost)
        assert "bye" in str(error)


def test_a_server_that_reads_nothing_is_given_up(connect: Connect) -> None:
    """What cannot be sent must not pile up; silence ends it in time."""

    def handle(peer: Peer) -> None:
        peer.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        peer.shake()
        peer.hold()

    with RawServer(handle) as server:
        client = connect(
            server.url, reconnect=False, idle_timeout=500 * MS, request_timeout=100 * MS
        )
        subscriptions = [client.subscribe(f"s{number}@trade") for number in range(300)]
        assert isinstance(failure(lambda: list(subscriptions[0])), ConnectionLost)


def test_after_a_loss_subscribing_opens_a_new_connection(
    connect: Connect, simulator: Simulator
) -> None:
    notices: list[Any] = []
    client = connect(simulator.url, reconnect=False, on_notice=notices.append)
    for number in range(1, 6):
        subscription = client.trade("BTCUSDT")
        assert in_time(partial(subscription.get, LIMIT)).symbol == "BTCUSDT"
        wait_until(partial(notices.__contains__, Connected(number, client.url)))
        simulator.drop_connections()
        assert isinstance(failure(partial(list, subscription)), ConnectionLost)
    assert simulator.connection_attempts == 5


def test_a_server_that_refuses_for_a_while(connect: Connect, simulator: Simulator) -> None:
    client = connect(simulator.url, reconnect=False)
    for status in (None, 503, 429):
        simulator.refuse_connections(status)
        assert isinstance(failure(client.trade("BTCUSDT").wait), ConnectionLost)
        assert isinstance(failure(client.list_subscriptions), ConnectionLost)
    simulator.accept_connections()
    in_time(client.trade("BTCUSDT").wait)


def test_by_default_a_loss_ends_nothing(connect: Connect, simulator: Simulator) -> None:
    """The same iteration goes on; each end and each recovery is reported."""
    notices: list[Any] = []
    client = connect(
        simulator.url, on_notice=notices.append, backoff=lambda: itertools.repeat(0.01)
    )
    subscription, other = client.trade("BTCUSDT"), client.agg_trade("BTCUSDT")
    iterator = iter(subscription)
    for number in range(1, 6):
        wait_until(partial(notices.__contains__, Connected(number, client.url)))
        for each in client.subscriptions:
            in_time(partial(each.wait, LIMIT))
        take(iterator, 10)
        simulator.drop_connections()
    take(iterator, 10)
    assert client.subscriptions == (subscription, other)
    in_time(lambda: other.wait(LIMIT))
    wait_until(lambda: sum(isinstance(notice, Resubscribed) for notice in notices) == 5)
    ends = [notice for notice in notices if isinstance(notice, Disconnected)]
    assert [end.connection for end in ends] == [1, 2, 3, 4, 5]
    for end in ends:
        assert (end.code, end.status, end.retry_in) == (None, None, 0.01)
        assert sorted(end.streams) == ["btcusdt@aggTrade", "btcusdt@trade"]
    recoveries = [notice for notice in notices if isinstance(notice, Resubscribed)]
    assert [recovery.connection for recovery in recoveries] == [2, 3, 4, 5, 6]
    assert all(sorted(one.streams) == sorted(ends[0].streams) for one in recoveries)
    assert all(0 < recovery.seconds < LIMIT for recovery in recoveries)
    assert client.stats().reconnects == 5


def test_by_default_a_server_that_refuses_for_a_while_ends_nothing(
    connect: Connect, simulator: Simulator
) -> None:
    """Waiting goes on; a question is not kept for later; the status is reported."""
    notices: list[Any] = []
    simulator.refuse_connections(503)
    client = connect(
        simulator.url, on_notice=notices.append, backoff=lambda: itertools.repeat(0.05)
    )
    subscription = client.trade("BTCUSDT")
    assert isinstance(failure(lambda: subscription.wait(200 * MS)), RequestTimeout)
    assert isinstance(failure(client.list_subscriptions), ConnectionLost)
    wait_until(lambda: len(notices) >= 3)
    simulator.accept_connections()
    assert in_time(lambda: subscription.get(LIMIT)).symbol == "BTCUSDT"
    refusals = notices[:3]
    assert all(isinstance(refusal, Disconnected) for refusal in refusals)
    assert {refusal.status for refusal in refusals} == {503}
    assert {refusal.streams for refusal in refusals} == {("btcusdt@trade",)}


def test_a_callable_decides_after_which_end_to_connect_again(
    connect: Connect, simulator: Simulator
) -> None:
    """It is given the error; what it gives up ends with that."""
    asked: list[ConnectionLost] = []

    def is_worth_it(lost: ConnectionLost) -> bool:
        asked.append(lost)
        return lost.code == 1001

    client = connect(simulator.url, reconnect=is_worth_it, backoff=lambda: itertools.repeat(0.0))
    subscription = client.trade("BTCUSDT")
    in_time(lambda: subscription.wait(LIMIT))
    simulator.close_connections(1001, "again")
    wait_until(lambda: simulator.connection_attempts == 2)
    wait_until(lambda: simulator.subscriptions == [{"btcusdt@trade"}])
    assert client.stats().reconnects == 1
    simulator.close_connections(1008, "go away")
    error = failure(lambda: list(subscription))
    assert isinstance(error, ConnectionLost)
    assert (error.code, [lost.code for lost in asked]) == (1008, [1001, 1008])
    assert "go away" in str(error)
