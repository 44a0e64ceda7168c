"""Users' code that is slow, raises, blocks forever, or closes the client."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from binance_streams import Disconnected, Dropped
from tests.support.clients import Connect
from tests.support.frames import PING, PONG, frame, wrapped
from tests.support.limits import LIMIT, wait_until
from tests.support.raw_server import Peer, RawServer
from tests.support.watching import Notices

MAXSIZE = 1000
BLOCK = 10_000
BLOCKS = 100

# The same for all of them: the stream repeats what has not changed, and so one block can be sent
# many times.
DEPTH = frame(wrapped("btcusdt@depth5", '{"lastUpdateId":1,"bids":[],"asks":[]}'))


@pytest.mark.callbacks_wait
def test_a_million_messages_for_a_slow_callback(connect: Connect) -> None:
    """What does not fit is dropped, counted and reported; a pong does not wait for the callback."""
    notices = Notices()
    ponged: list[bool] = []
    taken: list[Any] = []
    release = threading.Event()

    def burst(peer: Peer) -> None:
        peer.shake()
        peer.confirm()
        block = DEPTH * BLOCK
        peer.send(DEPTH)
        wait_until(lambda: taken)
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
            # All but those that wait; one was taken before.
            most = BLOCK * BLOCKS - MAXSIZE
            wait_until(lambda: subscription.stats().dropped >= most)
            stats = subscription.stats()
        finally:
            release.set()
        assert (stats.waiting, len(taken)) == (MAXSIZE, 1)
        assert (stats.messages, stats.dropped) == (1 + BLOCK * BLOCKS, most)
        wait_until(lambda: len(taken) == MAXSIZE + 1)
        # Notices have their turn in the thread of callbacks, so they come late here.
        reported = notices.wait_for(Dropped)
        wait_until(lambda: sum(one.count for one in notices.of(Dropped)) == stats.dropped)
        assert {(one.stream, one.overflow) for one in reported} == {
            ("btcusdt@depth5", "drop_oldest")
        }
        assert notices.of(Disconnected) == []
    assert ponged == [True]
