"""Loops that see nothing, or not all: those begun too late, and those of two threads."""

from __future__ import annotations

import linecache
import threading
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from binance_streams import Client, ClientClosed
from tests.support.clients import Connect
from tests.support.frames import trade_frame
from tests.support.front_ends import FrontEnd
from tests.support.limits import LIMIT, failure, in_time, wait_until
from tests.support.raw_server import Peer, RawServer
from tests.support.scripts import serving

LOOPS: dict[str, Callable[[Client[Any], Any], Iterator[Any]]] = {
    "subscription": lambda client, subscription: iter(subscription),
    "with-notices": lambda client, subscription: subscription.with_notices(),
    "client": lambda client, subscription: iter(client),
}


@pytest.mark.parametrize("name", LOOPS)
def test_a_loop_begun_after_close_gives_what_waited_and_raises(connect: Connect, name: str) -> None:
    """Whoever loops over a closed client by mistake would see an empty market."""
    with RawServer(serving(1, 3)) as server:
        client = connect(server.url)
        subscription = client.trade("BTCUSDT")
        wait_until(lambda: subscription.stats().messages == 3)
        client.close()
    seen: list[Any] = []
    error = failure(lambda: seen.extend(LOOPS[name](client, subscription)))
    assert isinstance(error, ClientClosed)
    assert len(seen) == 3
    assert isinstance(failure(lambda: list(LOOPS[name](client, subscription))), ClientClosed)
    assert isinstance(failure(lambda: next(subscription)), ClientClosed)


@pytest.mark.parametrize("name", LOOPS)
def test_a_loop_that_runs_ends_quietly_with_close(connect: Connect, name: str) -> None:
    with RawServer(serving(1, 3)) as server:
        client = connect(server.url)
        subscription = client.trade("BTCUSDT")
        loop = LOOPS[name](client, subscription)
        in_time(lambda: next(loop))
        threading.Thread(target=client.close).start()
        assert len(in_time(lambda: list(loop))) == 2


def test_a_loop_begun_after_unsubscribe_ends_quietly(connect: Connect) -> None:
    """The client is still there, so nothing is missing."""
    with RawServer(serving(1, 3)) as server:
        subscription = connect(server.url).trade("BTCUSDT")
        wait_until(lambda: subscription.stats().messages == 3)
        subscription.unsubscribe()
        wait_until(lambda: subscription.state == "ended")
        assert len(in_time(lambda: list(subscription))) == 3
        assert in_time(lambda: list(subscription)) == []


class Slow:
    """A server that sends the next trade when the test says so."""

    def __init__(self) -> None:
        self.peer: Peer | None = None
        self._number = 0

    def __call__(self, peer: Peer) -> None:
        peer.shake()
        peer.confirm()
        self.peer = peer
        peer.drain()

    def send(self) -> None:
        assert self.peer is not None
        self._number += 1
        self.peer.send(trade_frame(self._number))


@pytest.mark.parametrize("name", ["subscription", "client"])
def test_two_threads_that_iterate_one_stream_are_warned_once(
    connect: Connect, front_end: FrontEnd, name: str
) -> None:
    """Each gets only some of the events, which is hard to see."""
    slow = Slow()
    seen: list[Any] = []
    with RawServer(slow) as server, warnings.catch_warnings(record=True) as reported:
        warnings.simplefilter("always")
        client = connect(server.url)
        subscription = client.trade("BTCUSDT")
        queue = subscription._queue if name == "subscription" else client._engine.queue
        loops = [
            threading.Thread(target=lambda: seen.extend(LOOPS[name](client, subscription)))
            for _ in range(3)
        ]
        for loop in loops:
            loop.start()
        wait_until(lambda: slow.peer is not None and front_end.loops_waiting(queue) == 3)
        for count in range(1, 6):
            slow.send()
            wait_until(lambda count=count: subscription.stats().messages == count)  # type: ignore[misc]
        client.close()
        for loop in loops:
            loop.join(LIMIT)
    assert len(seen) == 5
    (warning,) = reported
    assert warning.category is RuntimeWarning
    what = "btcusdt@trade" if name == "subscription" else "one client"
    assert str(warning.message) == (
        f"two {front_end.waiting} iterate {what}: each event goes to only one of them"
    )
    assert warning.filename == front_end.caller(__file__)
    line = linecache.getline(warning.filename, warning.lineno)
    assert ("seen.extend" if front_end.name == "sync" else "await anext") in line


def test_threads_that_take_single_events_are_not_warned(
    connect: Connect, front_end: FrontEnd
) -> None:
    """They may share the work, or take turns."""
    slow = Slow()
    with RawServer(slow) as server, warnings.catch_warnings():
        warnings.simplefilter("error")
        client = connect(server.url)
        subscription = client.trade("BTCUSDT")
        takers = [threading.Thread(target=lambda: subscription.get(LIMIT)) for _ in range(2)]
        for consumer in takers:
            consumer.start()
        wait_until(lambda: slow.peer is not None and front_end.takers(client, subscription) == 2)
        slow.send()
        slow.send()
        for consumer in takers:
            consumer.join(LIMIT)


def test_one_loop_after_the_other_is_not_warned(connect: Connect) -> None:
    with RawServer(serving(1, 3)) as server, warnings.catch_warnings():
        warnings.simplefilter("error")
        subscription = connect(server.url).trade("BTCUSDT")
        first, second = iter(subscription), iter(subscription)
        for loop in (first, second, first):
            in_time(lambda loop=loop: next(loop))  # type: ignore[misc]
