"""Full queues: each policy does what it says, and what it drops is reported."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from binance_streams import ConnectionLost, Dropped, QueueOverflow, Trade
from tests.support.clients import Connect
from tests.support.frames import trade_frame
from tests.support.limits import LIMIT, failure, in_time, wait_until
from tests.support.raw_server import Peer, RawServer
from tests.support.scripts import serving
from tests.support.watching import ids, take


@pytest.mark.parametrize(
    ("overflow", "expected"),
    [("drop_oldest", [98, 99, 100]), ("drop_newest", [1, 2, 3]), ("latest", [100])],
)
def test_a_full_queue_keeps_what_its_policy_says(
    connect: Connect, overflow: Any, expected: list[int]
) -> None:
    notices: list[Any] = []
    with RawServer(serving(1, 100, then=Peer.leave)) as server:
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
    with RawServer(serving(1, 100, then=Peer.leave)) as server:
        client = connect(server.url, maxsize=2, overflow=overflow, reconnect=False)
        subscription = client.trade("BTCUSDT")
        iterator = iter(client)
        wait_until(lambda: subscription.state == "ended")
        assert isinstance(failure(lambda: list(iterator)), ConnectionLost)


def test_raise_ends_the_stream_after_what_waits(connect: Connect) -> None:
    with RawServer(serving(1, 100)) as server:
        client = connect(server.url)
        subscription = client.trade("BTCUSDT", maxsize=3, overflow="raise")
        wait_until(lambda: subscription.state == "ended")
        iterator = iter(subscription)
        assert ids(take(iterator, 3)) == [1, 2, 3]
        assert isinstance(failure(lambda: next(iterator)), QueueOverflow)
        assert client.subscriptions == ()


@pytest.mark.callbacks_wait
def test_raise_with_a_callback_is_reported(connect: Connect) -> None:
    errors: list[BaseException] = []
    release = threading.Event()
    with RawServer(serving(1, 100)) as server:
        client = connect(server.url, on_error=errors.append)
        client.trade("BTCUSDT", on_event=lambda _: release.wait(LIMIT), maxsize=3, overflow="raise")
        wait_until(lambda: client.subscriptions == ())
        release.set()
        wait_until(lambda: errors)
    assert isinstance(errors[0], QueueOverflow)


def test_raise_of_the_clients_queue_ends_all_that_it_takes(connect: Connect) -> None:
    with RawServer(serving(1, 100)) as server:
        client = connect(server.url, maxsize=3, overflow="raise")
        iterator = iter(client)
        client.trade("BTCUSDT")
        wait_until(lambda: client.subscriptions == () or client.stats().dropped)
        messages: list[Any] = []
        assert isinstance(failure(lambda: messages.extend(iterator)), QueueOverflow)
        wait_until(lambda: client.subscriptions == ())


def test_drops_are_reported_although_nothing_more_comes(connect: Connect) -> None:
    def burst(peer: Peer) -> None:
        peer.shake()
        peer.confirm()
        for number in range(0, 100, 10):
            peer.send(b"".join(trade_frame(number + i) for i in range(10)))
        peer.hold()

    notices: list[Any] = []
    with RawServer(burst) as server:
        client = connect(server.url, on_notice=notices.append)
        subscription = client.trade("BTCUSDT", maxsize=5)
        wait_until(lambda: subscription.stats().messages == 100)
        wait_until(
            lambda: sum(notice.count for notice in notices if isinstance(notice, Dropped)) == 95
        )


def test_the_client_goes_on_after_its_queue_raised(connect: Connect) -> None:
    def serve(peer: Peer) -> None:
        peer.shake()
        peer.confirm()
        peer.send(b"".join(trade_frame(number) for number in range(20)))
        peer.confirm()
        peer.confirm()
        peer.send(trade_frame(1, "ETHUSDT"))
        peer.hold()

    with RawServer(serve) as server:
        client = connect(server.url, maxsize=5, overflow="raise")
        loop = iter(client)
        client.trade("BTCUSDT")
        events = [in_time(lambda: next(loop)).data for _ in range(5)]
        assert [one.trade_id for one in events if isinstance(one, Trade)] == [0, 1, 2, 3, 4]
        assert "more than 5 events" in str(failure(lambda: next(loop)))
        client.trade("ETHUSDT")
        assert in_time(lambda: next(iter(client))).stream == "ethusdt@trade"
