"""Users' code that is slow, raises, blocks for ever, or closes the client."""

from __future__ import annotations

import threading
import time
from typing import Any

import pytest

from binance_streams import Disconnected, Dropped
from tests.support.clients import Connect
from tests.support.frames import PING, PONG, frame, wrapped
from tests.support.limits import LIMIT, MARGIN, client_threads, in_time, wait_until
from tests.support.raw_server import Peer, RawServer
from tests.support.watching import Notices, serving, when

CLOSE_LIMIT = 2.0

MAXSIZE = 1000
BLOCK = 10_000
BLOCKS = 100

# The same for all of them: the stream repeats what has not changed, and so one block can be sent
# many times.
DEPTH = frame(wrapped("btcusdt@depth5", '{"lastUpdateId":1,"bids":[],"asks":[]}'))


def test_a_million_messages_for_a_slow_callback(connect: Connect) -> None:
    """What does not fit is dropped, counted and told; a pong does not wait for the callback."""
    notices = Notices()
    ponged: list[bool] = []
    taken: list[Any] = []
    release = threading.Event()

    def burst(peer: Peer) -> None:
        peer.shake()
        peer.confirm()
        block = DEPTH * BLOCK
        for number in range(BLOCKS):
            peer.send(block)
            if number == BLOCKS // 2:
                peer.send(frame("alive?", PING))
                assert peer.read_frame() == (PONG, b"alive?")
                ponged.append(not release.is_set())
        peer.drain()

    def slow(event: Any) -> None:
        taken.append(event)
        release.wait(LIMIT)

    with RawServer(burst) as server:
        client = connect(server.url, numbers=float, on_notice=notices)
        subscription = client.partial_book_depth("BTCUSDT", on_event=slow, maxsize=MAXSIZE)
        try:
            # All but those that wait and the one that was taken.
            most = BLOCK * BLOCKS - MAXSIZE - 1
            wait_until(lambda: subscription.stats().dropped >= most)
            stats = subscription.stats()
        finally:
            release.set()
        assert (stats.waiting, len(taken)) == (MAXSIZE, 1)
        assert (stats.messages, stats.dropped) == (BLOCK * BLOCKS, most)
        wait_until(lambda: len(taken) == MAXSIZE + 1)
        # Notices have their turn in the thread of callbacks, so they come late here.
        told = notices.wait_for(Dropped)
        wait_until(lambda: sum(one.count for one in notices.of(Dropped)) == stats.dropped)
        assert {(one.stream, one.overflow) for one in told} == {("btcusdt@depth5", "drop_oldest")}
        assert notices.of(Disconnected) == []
    assert ponged == [True]


@pytest.mark.parametrize("kind", [ValueError, SystemExit, KeyboardInterrupt])
def test_what_a_callback_raises_is_reported(
    connect: Connect, kind: type[BaseException], caplog: pytest.LogCaptureFixture
) -> None:
    errors: list[BaseException] = []
    seen: list[int] = []

    def callback(event: Any) -> None:
        seen.append(event.trade_id)
        raise kind(str(event.trade_id))

    with RawServer(serving(1, 10)) as server:
        client = connect(server.url, on_error=errors.append)
        client.trade("BTCUSDT", on_event=callback)
        wait_until(lambda: len(errors) == 10)
        assert seen == list(range(1, 11))
        assert [str(error) for error in errors] == [str(number) for number in seen]
        assert {type(error) for error in errors} == {kind}
        wait_until(lambda: "Traceback" in caplog.text)


@pytest.mark.parametrize("where", ["on_event", "on_notice", "on_error"])
def test_a_callback_that_blocks_for_ever(connect: Connect, where: str) -> None:
    """Another stream is iterated meanwhile, and close() is in time."""
    blocked, release = threading.Event(), threading.Event()

    def block(_: object) -> None:
        blocked.set()
        release.wait(10 * LIMIT)

    def fail(_: object) -> None:
        raise ValueError

    options: dict[str, Any] = {} if where == "on_event" else {where: block}
    callback = {"on_event": block, "on_error": fail}.get(where)
    with RawServer(serving(1, 10, then=when(blocked, Peer.drain))) as server:
        client = connect(server.url, **options)
        iterated = None
        if callback is None:
            iterated = client.trade("BTCUSDT")
        else:
            client.trade("BTCUSDT", on_event=callback)
        try:
            assert blocked.wait(LIMIT)
            if iterated is not None:
                assert iterated.get(LIMIT).trade_id == 1
            began = time.monotonic()
            in_time(client.close)
            assert time.monotonic() - began < CLOSE_LIMIT + MARGIN
        finally:
            release.set()
        wait_until(lambda: not client_threads())


@pytest.mark.parametrize("where", ["on_event", "client", "on_notice", "on_error"])
def test_a_callback_that_closes_the_client(connect: Connect, where: str) -> None:
    closed: list[float] = []

    def close(_: object) -> None:
        began = time.monotonic()
        client.close()
        closed.append(time.monotonic() - began)

    def fail(_: object) -> None:
        raise ValueError

    options: dict[str, Any] = {
        "client": {"on_event": close},
        "on_notice": {"on_notice": close},
        "on_error": {"on_error": close},
    }.get(where, {})
    callback = {"on_event": close, "on_error": fail}.get(where)
    with RawServer(serving(1, 10)) as server:
        client = connect(server.url, **options)
        subscription = client.trade("BTCUSDT", on_event=callback)
        wait_until(lambda: closed and subscription.state == "ended")
        assert closed[0] < CLOSE_LIMIT + MARGIN
        wait_until(lambda: not client_threads())
        assert client.subscriptions == ()
