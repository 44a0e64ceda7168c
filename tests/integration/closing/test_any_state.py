"""Close() in every state, in every way: in time, for good, and as often as one likes."""

from __future__ import annotations

import itertools
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

import pytest

from binance_streams import Client, ClientClosed, RequestTimeout
from tests.support.clients import Connect
from tests.support.frames import frame, trade_frame
from tests.support.limits import LIMIT, MARGIN, client_threads, failure, in_time, wait_until
from tests.support.raw_server import Peer, RawServer
from tests.support.scripts import in_turn, sending, serving
from tests.support.watching import take

CLOSE_LIMIT = 2.0

Made = tuple[Client[Any], Any]


@contextmanager
def connecting(connect: Connect) -> Iterator[Made]:
    with RawServer(Peer.hold) as server:
        client = connect(server.url)
        subscription = client.trade("BTCUSDT")
        wait_until(lambda: server.peers)
        yield client, subscription


@contextmanager
def shaking_hands_in_tls(connect: Connect) -> Iterator[Made]:
    with RawServer(Peer.hold) as server:
        client = connect(server.url.replace("ws", "wss"))
        subscription = client.trade("BTCUSDT")
        wait_until(lambda: server.peers)
        yield client, subscription


@contextmanager
def in_backoff(connect: Connect) -> Iterator[Made]:
    with RawServer(Peer.leave) as server:
        client = connect(server.url, backoff=lambda: itertools.repeat(3600.0))
        subscription = client.trade("BTCUSDT")
        wait_until(lambda: [one.state for one in client.stats().connections] == ["waiting"])
        wait_until(lambda: server.peers)
        yield client, subscription


@contextmanager
def in_mid_frame(connect: Connect) -> Iterator[Made]:
    stall = sending(b"\x81\x7e\x03\xe8half", then=Peer.hold)
    with RawServer(serving(1, 1, then=stall)) as server:
        client = connect(server.url)
        subscription = client.trade("BTCUSDT")
        in_time(lambda: subscription.get(LIMIT))
        yield client, subscription


@contextmanager
def unanswered(connect: Connect) -> Iterator[Made]:
    def handle(peer: Peer) -> None:
        peer.shake()
        peer.drain()

    with RawServer(handle) as server:
        client = connect(server.url)
        subscription = client.trade("BTCUSDT")
        wait_until(lambda: [one.state for one in client.stats().connections] == ["open"])
        yield client, subscription


@contextmanager
def handing_over(connect: Connect) -> Iterator[Made]:
    """The new connection is in its handshake while the old one delivers."""
    goodbye = sending(frame('{"e":"serverShutdown","E":1}'))
    with RawServer(in_turn(serving(1, 1, then=goodbye), Peer.hold)) as server:
        client = connect(server.url)
        subscription = client.trade("BTCUSDT")
        wait_until(lambda: len(server.peers) == 2)
        yield client, subscription


@contextmanager
def flooded(connect: Connect) -> Iterator[Made]:
    def flood(peer: Peer) -> None:
        while True:
            peer.send(trade_frame(2) * 1000)

    with RawServer(serving(1, 1, then=flood)) as server:
        client = connect(server.url)
        subscription = client.trade("BTCUSDT")
        wait_until(lambda: subscription.stats().messages > 5000)
        yield client, subscription


def twice(client: Client[Any]) -> None:
    in_time(client.close)
    in_time(client.close)


def from_fifty_threads(client: Client[Any]) -> None:
    threads = [threading.Thread(target=client.close, daemon=True) for _ in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(LIMIT)
        assert not thread.is_alive()


def from_a_signal_handler(client: Client[Any]) -> None:
    def handler(number: int, at: FrameType | None) -> None:
        client.close()

    before = signal.signal(signal.SIGINT, handler)
    try:
        signal.raise_signal(signal.SIGINT)
    finally:
        signal.signal(signal.SIGINT, before)


STATES = [
    connecting,
    shaking_hands_in_tls,
    in_backoff,
    in_mid_frame,
    unanswered,
    handing_over,
    flooded,
]


@pytest.mark.parametrize("close", [twice, from_fifty_threads, from_a_signal_handler])
@pytest.mark.parametrize("state", STATES)
def test_close_ends_everything_in_time(
    connect: Connect, state: Callable[[Connect], Any], close: Callable[[Client[Any]], None]
) -> None:
    """Whoever waits gets an error; no thread is left."""
    with state(connect) as (client, subscription):
        outcomes: list[BaseException] = []
        calls: list[Callable[[], object]] = [
            client.list_subscriptions,
            subscription.wait,
            lambda: [item for item in subscription if item is None],
            lambda: [item for item in client if item is None],
        ]
        waiting = [
            threading.Thread(target=lambda call=call: keep(outcomes, call), daemon=True)
            for call in calls
        ]
        for thread in waiting:
            thread.start()
        began = time.monotonic()
        close(client)
        assert time.monotonic() - began < CLOSE_LIMIT + MARGIN
        for thread in waiting:
            thread.join(LIMIT)
            assert not thread.is_alive()
        assert all(isinstance(outcome, ClientClosed) for outcome in outcomes)
        assert subscription.state == "ended"
        assert isinstance(failure(client.list_subscriptions), ClientClosed)
        assert isinstance(failure(lambda: client.trade("ETHUSDT")), ClientClosed)
        wait_until(lambda: not client_threads())


def keep(outcomes: list[BaseException], call: Callable[[], object]) -> None:
    try:
        call()
    except BaseException as error:
        # In backoff there is nobody to ask, which is an error at once.
        if "there is no connection" not in str(error):
            outcomes.append(error)


def test_a_wait_with_a_limit_ends_with_the_client(connect: Connect) -> None:
    """And not with its limit."""
    with connecting(connect) as (client, subscription):
        outcome: list[BaseException] = []
        thread = threading.Thread(
            target=lambda: outcome.append(failure(lambda: subscription.wait(LIMIT))), daemon=True
        )
        thread.start()
        in_time(client.close)
        thread.join(LIMIT)
        assert isinstance(outcome[0], ClientClosed)
        assert not isinstance(outcome[0], RequestTimeout)


def test_what_has_arrived_can_still_be_read(connect: Connect) -> None:
    with in_mid_frame(connect) as (client, _):
        pass
    with RawServer(serving(1, 3)) as server:
        client = connect(server.url)
        subscription = client.trade("BTCUSDT")
        wait_until(lambda: subscription.stats().messages == 3)
        in_time(client.close)
        events = iter(subscription)
        assert [event.trade_id for event in take(events, 3)] == [1, 2, 3]
        assert isinstance(failure(lambda: next(events)), ClientClosed)
