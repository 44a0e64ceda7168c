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
    Recovered,
    RequestTimeout,
)
from binance_streams_simulator import Simulator
from tests.support.clients import Connect
from tests.support.ends import answering, assert_all_ends, serving
from tests.support.frames import close_frame, frame
from tests.support.limits import LIMIT, MS, client_threads, failure, in_time, wait_until
from tests.support.raw_server import Peer, RawServer
from tests.support.scripts import ids, take, trades


@pytest.mark.parametrize(
    ("then", "text"),
    [
        pytest.param(Peer.reset, "", id="reset"),
        pytest.param(Peer.leave, "without a close frame", id="eof"),
        pytest.param(
            lambda peer: peer.send(close_frame(1008, "Too many requests")), "1008", id="close-1008"
        ),
        pytest.param(lambda peer: peer.send(frame(b"", 8)), "1005", id="close-without-code"),
        pytest.param(lambda peer: peer.send(b"\x81\x7e\x03\xe8half"), "", id="half-a-frame"),
        pytest.param(lambda peer: peer.send(b"\xff" * 100), "1002", id="garbage"),
        pytest.param(lambda peer: peer.send(frame("x", reserved=4)), "1002", id="compressed"),
        pytest.param(lambda peer: peer.send(frame("x", mask=b"1234")), "masked", id="masked"),
        pytest.param(
            lambda peer: peer.send(b"\x81\x7f" + (2**62).to_bytes(8, "big")), "1009", id="2-to-62"
        ),
    ],
)
def test_a_lost_connection_ends_everything(
    connect: Connect, then: Callable[[Peer], None], text: str
) -> None:
    with RawServer(serving(then)) as server:
        assert_all_ends(connect, server.url, text)


@pytest.mark.parametrize(
    "then",
    [
        pytest.param(Peer.hold, id="black-hole"),
        pytest.param(
            lambda peer: (peer.send(b"\x81\x7e\x03\xe8half"), peer.hold()), id="stall-in-a-frame"
        ),
    ],
)
def test_silence_ends_everything(connect: Connect, then: Callable[[Peer], None]) -> None:
    with RawServer(serving(then)) as server:
        assert_all_ends(connect, server.url, "no byte", silence_timeout=300 * MS)


@pytest.mark.parametrize(
    ("head", "text"),
    [
        ("HTTP/1.1 503 Service Unavailable\nContent-Length: 0", "503"),
        ("HTTP/1.1 403 Forbidden", "firewall"),
        ("HTTP/1.1 429 Too Many Requests\nRetry-After: 5", "429"),
        ("HTTP/1.1 418 I'm a teapot", "banned"),
        ("HTTP/1.1 451 Unavailable For Legal Reasons", "region"),
        ("HTTP/1.1 404 Not Found", "404"),
        ("HTTP/1.1 200 OK\nContent-Length: 2", "200"),
        ("HTTP/1.1 301 Moved Permanently\nLocation: ws://127.0.0.1:1/", "edirect"),
        ("HTTP/1.1 302 Found\nLocation: http://example.invalid/", "edirect"),
        ("HTTP/1.1 307 Temporary Redirect", "edirect"),
        ("HTTP/1.1 101 Switching Protocols", ""),
        ("HTTP/1.1 101 Switching Protocols\nUpgrade: websocket\nConnection: Upgrade\n"
         "Sec-WebSocket-Accept: bm9uc2Vuc2U=", ""),
        ("HTTP/1.1", ""),
        ("HTTP/1.1 abc", ""),
        ("nonsense", ""),
        ("", ""),
        ("HTTP/1.1 500 x\nContent-Length: 99999999999999999999", ""),
        ("HTTP/1.1 500 x\nContent-Length: -5", ""),
        ("HTTP/1.1 500 x\nno colon", ""),
        ("HTTP/1.1 500 \xff\xfe", ""),
    ],
)  # fmt: skip
def test_a_refused_handshake_ends_everything(connect: Connect, head: str, text: str) -> None:
    with RawServer(answering(head)) as server:
        assert_all_ends(connect, server.url, text, connect_timeout=LIMIT)


@pytest.mark.parametrize("length", ["5", "200000000", "99999999999999999999"])
def test_the_body_of_a_refusal_is_not_read(connect: Connect, length: str) -> None:
    """Nor waited for: the status is told at once."""
    with RawServer(answering(f"HTTP/1.1 503 Busy\nContent-Length: {length}", b"xx")) as server:
        assert_all_ends(connect, server.url, "HTTP status 503 Busy", connect_timeout=LIMIT)


def test_an_endless_head_is_cut(connect: Connect) -> None:
    def handle(peer: Peer) -> None:
        peer.read_head()
        peer.send(b"HTTP/1.1 101 Switching Protocols\r\n")
        while True:
            peer.send(b"X: " + b"x" * 1000 + b"\r\n")

    with RawServer(handle) as server:
        assert_all_ends(connect, server.url, "above 65536 bytes", connect_timeout=LIMIT)


def test_a_refused_connection_ends_everything(connect: Connect) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    assert_all_ends(connect, f"ws://127.0.0.1:{port}", "refused")


def test_a_name_that_does_not_exist_ends_everything(connect: Connect) -> None:
    assert_all_ends(connect, "ws://does-not-exist.invalid")


def drip(peer: Peer) -> None:
    """One byte of an endless header after the other."""
    peer.read_head()
    peer.send(b"HTTP/1.1 101 Switching Protocols\r\nX-Long: ")
    while not peer.stopping.wait(0.02):
        peer.send(b"x")


@pytest.mark.parametrize(
    "handle", [Peer.hold, drip, lambda peer: peer.socket.recv(1) and peer.hold()]
)
def test_a_slow_handshake_has_one_deadline(
    connect: Connect, handle: Callable[[Peer], None]
) -> None:
    with RawServer(handle) as server:
        assert_all_ends(connect, server.url, connect_timeout=300 * MS)
        # The thread that was shaking hands is stopped as well.
        wait_until(lambda: not any("connect" in thread.name for thread in client_threads()))


@pytest.fixture
def full_listener() -> Any:
    """Takes no connection any more: connecting to it hangs."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(0)
    fillers = []
    for _ in range(4):
        filler = socket.socket()
        filler.setblocking(False)
        filler.connect_ex(listener.getsockname())
        fillers.append(filler)
    yield f"ws://127.0.0.1:{listener.getsockname()[1]}"
    for filler in fillers:
        filler.close()
    listener.close()


def test_connecting_to_nowhere_has_a_deadline(connect: Connect, full_listener: str) -> None:
    assert_all_ends(connect, full_listener, "", connect_timeout=300 * MS)
    wait_until(lambda: not any("connect" in thread.name for thread in client_threads()))


def test_events_before_the_end_are_all_delivered(connect: Connect) -> None:
    def end(peer: Peer) -> None:
        peer.send(close_frame(1001, "bye"))

    with RawServer(trades(5000, then=end)) as server:
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
            server.url, reconnect=False, silence_timeout=2000 * MS, request_timeout=100 * MS
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
    """The same iteration goes on; each end and each recovery is told."""
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
    wait_until(lambda: sum(isinstance(notice, Recovered) for notice in notices) == 5)
    ends = [notice for notice in notices if isinstance(notice, Disconnected)]
    assert [end.connection for end in ends] == [1, 2, 3, 4, 5]
    for end in ends:
        assert (end.code, end.status, end.retry_in) == (None, None, 0.01)
        assert sorted(end.streams) == ["btcusdt@aggTrade", "btcusdt@trade"]
    recoveries = [notice for notice in notices if isinstance(notice, Recovered)]
    assert [recovery.connection for recovery in recoveries] == [2, 3, 4, 5, 6]
    assert all(sorted(told.streams) == sorted(ends[0].streams) for told in recoveries)
    assert all(0 < recovery.seconds < LIMIT for recovery in recoveries)
    assert client.stats().reconnects == 5


@pytest.mark.parametrize("status", [None, 503])
def test_by_default_a_server_that_refuses_for_a_while_ends_nothing(
    connect: Connect, simulator: Simulator, status: int | None
) -> None:
    """Waiting goes on; a question is not kept for later; the status is told."""
    notices: list[Any] = []
    simulator.refuse_connections(status)
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
    assert {refusal.status for refusal in refusals} == {status}
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


def test_where_the_backoff_ends_the_client_gives_up(connect: Connect, simulator: Simulator) -> None:
    simulator.refuse_connections(503)
    client = connect(simulator.url, backoff=lambda: iter([0.0, 0.01]))
    error = failure(client.trade("BTCUSDT").wait)
    assert isinstance(error, ConnectionLost)
    assert error.status == 503
    assert simulator.connection_attempts == 3
