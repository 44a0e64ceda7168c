"""Misbehavior on order."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Callable
from itertools import pairwise
from typing import Any
from unittest.mock import NonCallableMock

import pytest
from websockets.exceptions import ConnectionClosed, InvalidMessage, InvalidStatus

from binance_streams_simulator import Simulator
from binance_streams_simulator.lagging import LaggingFeed
from tests.support.limits import LIMIT


def closed(peer: Any) -> ConnectionClosed:
    """Read until the connection ends; how it ended."""
    try:
        while True:
            peer.connection.recv(timeout=LIMIT)
    except ConnectionClosed as ended:
        return ended


def quiet(simulator: Simulator, peer: Any) -> bool:
    """Whether nothing comes while the market takes some steps, after what was under way."""
    for _ in range(100):
        let_pass(simulator, steps=10)
        if drained(peer) == 0:
            return True
    return False


def let_pass(simulator: Simulator, steps: int) -> None:
    """Wait until the market has taken so many steps."""
    taken: list[int] = []
    server = simulator._server
    step = server.step

    def count(now: int) -> None:
        step(now)
        taken.append(now)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(server, "step", count)
        simulator.wait_for(lambda: len(taken) >= steps, LIMIT)


def drained(peer: Any) -> int:
    """How many messages have come and were not read; now they are."""
    count = 0
    with contextlib.suppress(TimeoutError):
        while True:
            peer.connection.recv(timeout=0)
            count += 1
    return count


def test_dropped_connections_are_reset_without_a_farewell(start: Any, open_peer: Any) -> None:
    simulator = start()
    peer = open_peer(simulator)
    simulator.wait_for(lambda: simulator.connections == 1, LIMIT)
    simulator.drop_connections()
    ended = closed(peer)
    assert ended.rcvd is None
    assert isinstance(ended.__cause__, ConnectionResetError)
    simulator.wait_for(lambda: simulator.connections == 0, LIMIT)


def test_connections_close_with_the_code_that_was_ordered(start: Any, open_peer: Any) -> None:
    simulator = start()
    peer = open_peer(simulator)
    simulator.wait_for(lambda: simulator.connections == 1, LIMIT)
    simulator.close_connections(1008, "Too many requests")
    frame = closed(peer).rcvd
    assert frame is not None
    assert (frame.code, frame.reason) == (1008, "Too many requests")


def test_a_mute_server_still_answers(start: Any, open_peer: Any) -> None:
    simulator = start(speed=10.0)
    peer = open_peer(simulator, "/stream?streams=btcusdt@trade")
    peer.next()
    simulator.mute()
    assert quiet(simulator, peer)
    assert peer.ask(method="LIST_SUBSCRIPTIONS", id=1)["result"] == ["btcusdt@trade"]
    simulator.unmute()
    assert peer.next()["stream"] == "btcusdt@trade"


def test_muting_makes_a_gap(start: Any, open_peer: Any) -> None:
    simulator = start(speed=10.0)
    peer = open_peer(simulator, "/ws/btcusdt@trade")
    last = peer.next()["t"]
    simulator.mute()
    # The answer comes behind all that was sent before.
    peer.connection.send('{"method":"LIST_SUBSCRIPTIONS","id":1}')
    while "id" not in (message := peer.next()):
        last = message["t"]
    market = simulator._server.hub.market
    simulator.wait_for(lambda: market.instrument("BTCUSDT", 0).trade_id > last, LIMIT)
    simulator.unmute()
    assert peer.next()["t"] > last + 1


def test_a_stalled_server_sends_no_byte(start: Any, open_peer: Any) -> None:
    simulator = start(speed=10.0, ping_interval=0.1)
    peer = open_peer(simulator, "/stream?streams=btcusdt@trade")
    peer.next()
    simulator.stall()
    assert quiet(simulator, peer)
    peer.connection.send('{"method":"LIST_SUBSCRIPTIONS","id":1}')
    answered = peer.connection.ping()
    assert quiet(simulator, peer)
    assert not answered.is_set()
    assert simulator.connections == 1
    simulator.unstall()
    assert peer.next()["stream"] == "btcusdt@trade"


@pytest.mark.parametrize("status", [403, 429, 451, 503])
def test_refused_with_a_status(start: Any, open_peer: Any, status: int) -> None:
    simulator = start()
    simulator.refuse_connections(status, retry_after=7)
    with pytest.raises(InvalidStatus) as refused:
        open_peer(simulator)
    assert refused.value.response.status_code == status
    assert refused.value.response.headers["Retry-After"] == "7"
    simulator.accept_connections()
    open_peer(simulator)
    assert simulator.connection_attempts == 2


def test_refused_with_a_reset(start: Any, open_peer: Any) -> None:
    simulator = start()
    simulator.refuse_connections()
    with pytest.raises((ConnectionResetError, InvalidMessage, EOFError)):
        open_peer(simulator)


def test_requests_are_ignored(start: Any, open_peer: Any) -> None:
    simulator = start()
    peer = open_peer(simulator)
    simulator.ignore_requests(1)
    peer.connection.send('{"method":"SUBSCRIBE","params":["btcusdt@trade"],"id":1}')
    assert peer.ask(method="LIST_SUBSCRIPTIONS", id=2) == {"result": [], "id": 2}
    assert [request["id"] for request in simulator.received] == [1, 2]


def ids_around(peer: Any, order: Callable[[], None]) -> list[int]:
    """The ids of trades, from the one before ``order()`` on until sixty have come after it."""
    ids = [peer.next()["t"]]
    order()
    # The answer comes behind all that was sent before.
    peer.connection.send('{"method":"LIST_SUBSCRIPTIONS","id":1}')
    while "id" not in (message := peer.next()):
        ids.append(message["t"])
    return ids + [peer.next()["t"] for _ in range(60)]


def test_skipped_events_make_a_gap_of_that_size(start: Any, open_peer: Any) -> None:
    simulator = start(speed=10.0)
    peer = open_peer(simulator, "/ws/btcusdt@trade")
    ids = ids_around(peer, lambda: simulator.skip_events("btcusdt@trade", 3))
    assert [after - before for before, after in pairwise(ids) if after != before + 1] == [4]


def test_repeated_events_come_twice(start: Any, open_peer: Any) -> None:
    simulator = start(speed=10.0)
    peer = open_peer(simulator, "/ws/btcusdt@trade")
    ids = ids_around(peer, lambda: simulator.repeat_events("btcusdt@trade", 2))
    assert len(ids) - len(set(ids)) == 2
    assert ids == sorted(ids)


def test_texts_and_bytes_are_sent_as_they_are(start: Any, open_peer: Any) -> None:
    simulator = start()
    peer = open_peer(simulator)
    simulator.wait_for(lambda: simulator.connections == 1, LIMIT)
    simulator.send_raw('{"half":')
    assert peer.connection.recv(timeout=LIMIT) == '{"half":'
    # A frame with a reserved opcode: the peer must fail the connection.
    simulator.send_raw(b"\x83\x00")
    assert closed(peer).sent.code == 1002  # type: ignore[union-attr]


def test_a_wait_that_times_out_is_an_error(start: Any) -> None:
    with pytest.raises(TimeoutError, match="timed out"):
        start().wait_for(lambda: False, 0.01)


def test_a_client_that_does_not_read_is_cut_off(
    start: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("binance_streams_simulator.connection.MOST_WAITING_BYTES", 100_000)
    simulator = start(speed=20.0)
    with socket.create_connection(("127.0.0.1", simulator.port)) as raw:
        raw.sendall(
            b"GET /stream?streams=btcusdt@depth20@100ms/!ticker@arr HTTP/1.1\r\nHost: x\r\n"
            b"Upgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
        )
        simulator.wait_for(lambda: simulator.connections == 1, LIMIT)
        # The kernel's buffers would take seconds to fill with market data alone.
        simulator.send_raw(b"\x81\x7f" + (8_000_000).to_bytes(8, "big") + b" " * 8_000_000)
        simulator.wait_for(lambda: simulator.violations, LIMIT)
    assert simulator.violations == ["a client that does not read what it subscribed to"]


def trades_of(peer: Any, count: int) -> list[int]:
    """The ids of the next trades."""
    return [peer.next()["data"]["t"] for _ in range(count)]


def test_events_of_a_lagging_connection_are_late_and_complete(start: Any, open_peer: Any) -> None:
    """Its answers are not, so they say nothing about how far its events are."""
    simulator = start(speed=10.0)
    late = open_peer(simulator, "/stream?streams=btcusdt@trade")
    late.next()
    simulator.lag_connections(3600.0)
    prompt = open_peer(simulator, "/stream?streams=btcusdt@trade")
    ids = trades_of(prompt, 5)
    assert late.ask(method="LIST_SUBSCRIPTIONS", id=1) == {"result": ["btcusdt@trade"], "id": 1}
    assert quiet(simulator, late)
    simulator.lag_connections(0.0)
    seen = trades_of(late, 5)
    while seen[-1] < ids[-1]:
        seen += trades_of(late, 1)
    assert seen == list(range(seen[0], seen[-1] + 1))
    assert seen[0] <= ids[0]


def test_a_connection_that_lags_begins_with_what_was_published_before(
    start: Any, open_peer: Any
) -> None:
    simulator = start(speed=10.0)
    prompt = open_peer(simulator, "/stream?streams=btcusdt@trade")
    simulator.lag_connections(0.0, later=3600.0)
    prompt.ask(method="LIST_SUBSCRIPTIONS", id=1)
    (published,) = trades_of(prompt, 1)
    late = open_peer(simulator, "/stream?streams=btcusdt@trade")
    late.ask(method="LIST_SUBSCRIPTIONS", id=1)
    simulator.lag_connections(0.0)
    (first, *rest) = trades_of(late, 10)
    assert first <= published
    assert rest == list(range(first + 1, first + 10))


def test_a_connection_that_lags_misses_nothing_if_the_server_stands_still() -> None:
    late: Any = NonCallableMock(lag=0.0, fed_until=0.0)
    first: Any = "first"
    second: Any = "second"
    feed = LaggingFeed()
    feed.delay(late, 0.2, 0.0)
    feed.publish(0.1, first, 1)
    feed.publish(60.0, second, 1)
    assert list(feed.take_due(late, 60.1)) == [(first, 1)]
    assert list(feed.take_due(late, 60.3)) == [(second, 1)]


def test_a_lag_below_zero_is_refused(start: Any) -> None:
    with pytest.raises(ValueError, match="0 seconds or more, got -1 and 0"):
        start().lag_connections(-1)
