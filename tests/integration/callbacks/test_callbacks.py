"""Callbacks and full queues: nothing that a user's code does may stop a stream unseen."""

from __future__ import annotations

import threading
from asyncio import CancelledError
from decimal import Decimal
from typing import Any

import pytest

from binance_streams import (
    AggTrade,
    BookTicker,
    ConnectionLost,
    Dropped,
    Message,
    ParameterError,
    QueueOverflow,
    Trade,
)
from binance_streams_simulator import Simulator
from tests.support.clients import Connect
from tests.support.frames import PING, frame
from tests.support.limits import LIMIT, failure, in_time, wait_until
from tests.support.raw_server import Peer, RawServer
from tests.support.scripts import ids, take, trades

# Callbacks


def test_a_callback_gets_every_event_in_order(connect: Connect) -> None:
    seen: list[Trade[Decimal]] = []
    with RawServer(trades(1000)) as server:
        subscription = connect(server.url).trade("BTCUSDT", on_event=seen.append)
        wait_until(lambda: len(seen) == 1000)
        assert ids(seen) == list(range(1, 1001))
        with pytest.raises(ParameterError):
            iter(subscription)


def test_the_clients_callback_gets_what_no_subscription_takes(
    connect: Connect, shared_simulator: Simulator
) -> None:
    all_seen: list[Message[Any]] = []
    own: list[Any] = []
    client = connect(shared_simulator.url, on_event=all_seen.append)
    client.trade("BTCUSDT", on_event=own.append)
    client.book_ticker("BTCUSDT")
    iterated = client.agg_trade("BTCUSDT")
    assert isinstance(in_time(lambda: next(iter(iterated))), AggTrade)
    wait_until(lambda: len(all_seen) > 20 and len(own) > 20)
    assert all(isinstance(event, Trade) for event in own)
    assert all(isinstance(message.data, (BookTicker, AggTrade)) for message in all_seen)
    with pytest.raises(ParameterError):
        iter(client)


@pytest.mark.parametrize("kind", [ValueError, CancelledError, SystemExit, KeyboardInterrupt])
def test_what_a_callback_raises_is_reported_and_stops_nothing(
    connect: Connect, kind: type[BaseException], caplog: pytest.LogCaptureFixture
) -> None:
    errors: list[BaseException] = []
    seen: list[int] = []

    def callback(event: Trade[Decimal]) -> None:
        seen.append(event.trade_id)
        if event.trade_id % 2:
            raise kind("odd")

    with RawServer(trades(10)) as server:
        connect(server.url, on_error=errors.append).trade("BTCUSDT", on_event=callback)
        wait_until(lambda: len(seen) == 10 and len(errors) == 5)
        assert all(isinstance(error, kind) for error in errors)
        wait_until(lambda: "in callback" in caplog.text)


def test_an_on_error_that_raises_stops_nothing(connect: Connect) -> None:
    seen: list[int] = []

    def callback(event: Trade[Decimal]) -> None:
        seen.append(event.trade_id)
        raise ValueError

    def on_error(error: BaseException) -> None:
        raise SystemExit

    with RawServer(trades(10)) as server:
        connect(server.url, on_error=on_error).trade("BTCUSDT", on_event=callback)
        wait_until(lambda: len(seen) == 10)


def test_a_blocked_callback_delays_no_pong(connect: Connect) -> None:
    release, ponged = threading.Event(), threading.Event()

    def handle(peer: Peer) -> None:
        trades(5, then=lambda _: None)(peer)
        while not blocked.wait(0.01):
            pass
        peer.send(frame(b"alive?", PING))
        while peer.read_frame() != (PING + 1, b"alive?"):
            pass
        ponged.set()
        peer.drain()

    blocked = threading.Event()

    def callback(event: object) -> None:
        blocked.set()
        release.wait(LIMIT)

    with RawServer(handle) as server:
        connect(server.url).trade("BTCUSDT", on_event=callback)
        try:
            assert ponged.wait(LIMIT)
        finally:
            release.set()


def test_what_ends_a_stream_with_a_callback_is_reported(connect: Connect) -> None:
    errors: list[BaseException] = []
    seen: list[Any] = []
    with RawServer(trades(3, then=Peer.leave)) as server:
        client = connect(server.url, on_error=errors.append, reconnect=False)
        client.trade("BTCUSDT", on_event=seen.append)
        wait_until(lambda: errors)
    assert len(seen) == 3
    assert isinstance(errors[0], ConnectionLost)


# Full queues


@pytest.mark.parametrize(
    ("overflow", "expected"),
    [("drop_oldest", [98, 99, 100]), ("drop_newest", [1, 2, 3]), ("latest", [100])],
)
def test_a_full_queue_keeps_what_its_policy_says(
    connect: Connect, overflow: Any, expected: list[int]
) -> None:
    notices: list[Any] = []
    with RawServer(trades(100, then=Peer.leave)) as server:
        client = connect(server.url, on_notice=notices.append, reconnect=False)
        subscription = client.trade("BTCUSDT", maxsize=3, overflow=overflow)
        wait_until(lambda: subscription.state == "ended")
        assert ids(take(iter(subscription), len(expected))) == expected
        assert subscription.stats().dropped == 100 - len(expected)
    wait_until(lambda: count_dropped(notices) == 100 - len(expected))


def count_dropped(notices: list[Any]) -> int:
    return sum(notice.count for notice in notices if isinstance(notice, Dropped))


@pytest.mark.parametrize("overflow", ["drop_oldest", "drop_newest", "latest"])
def test_a_full_queue_of_the_client_still_shows_the_loss(connect: Connect, overflow: Any) -> None:
    with RawServer(trades(100, then=Peer.leave)) as server:
        client = connect(server.url, maxsize=2, overflow=overflow, reconnect=False)
        subscription = client.trade("BTCUSDT")
        iterator = iter(client)
        wait_until(lambda: subscription.state == "ended")
        assert isinstance(failure(lambda: list(iterator)), ConnectionLost)


def test_raise_ends_the_stream_after_what_waits(connect: Connect) -> None:
    with RawServer(trades(100)) as server:
        client = connect(server.url)
        subscription = client.trade("BTCUSDT", maxsize=3, overflow="raise")
        wait_until(lambda: subscription.state == "ended")
        iterator = iter(subscription)
        assert ids(take(iterator, 3)) == [1, 2, 3]
        assert isinstance(failure(lambda: next(iterator)), QueueOverflow)
        assert client.subscriptions == ()


def test_raise_with_a_callback_is_reported(connect: Connect) -> None:
    errors: list[BaseException] = []
    release = threading.Event()
    with RawServer(trades(100)) as server:
        client = connect(server.url, on_error=errors.append)
        client.trade("BTCUSDT", on_event=lambda _: release.wait(LIMIT), maxsize=3, overflow="raise")
        wait_until(lambda: client.subscriptions == ())
        release.set()
        wait_until(lambda: errors)
    assert isinstance(errors[0], QueueOverflow)


def test_raise_of_the_clients_queue_ends_all_that_it_takes(connect: Connect) -> None:
    with RawServer(trades(100)) as server:
        client = connect(server.url, maxsize=3, overflow="raise")
        iterator = iter(client)
        client.trade("BTCUSDT")
        wait_until(lambda: client.subscriptions == () or client.stats().dropped)
        messages: list[Any] = []
        assert isinstance(failure(lambda: messages.extend(iterator)), QueueOverflow)
        wait_until(lambda: client.subscriptions == ())
