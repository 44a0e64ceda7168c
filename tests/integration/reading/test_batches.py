"""``batches()``: lists of events, by their number or by time."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from binance_streams import ClientClosed, ConnectionLost, ParameterError, Undecodable
from tests.support.clients import Connect
from tests.support.frames import frame, trade_frame
from tests.support.limits import LIMIT, failure, in_time, wait_until
from tests.support.raw_server import Peer, RawServer
from tests.support.scripts import serving, when

LONG = LIMIT
"""A limit in seconds that must not fire."""


def ids(batches: list[list[Any]]) -> list[list[int]]:
    return [[event.trade_id for event in batch] for batch in batches]


def take(batches: Any, count: int) -> list[list[Any]]:
    return [in_time(lambda: next(batches)) for _ in range(count)]


def test_a_batch_that_is_full_is_given_at_once(connect: Connect) -> None:
    with RawServer(serving(1, 7)) as server:
        batches = iter(connect(server.url).trade("BTCUSDT").batches(max_items=3, max_wait=LONG))
        assert ids(take(batches, 2)) == [[1, 2, 3], [4, 5, 6]]


def test_what_has_come_is_given_after_the_wait(connect: Connect) -> None:
    with RawServer(serving(1, 2)) as server:
        subscription = connect(server.url).trade("BTCUSDT")
        seen: list[int] = []
        batches = iter(subscription.batches(max_items=1000, max_wait=0.01))
        while len(seen) < 2:
            seen += [event.trade_id for event in in_time(lambda: next(batches))]
        assert seen == [1, 2]


def test_without_a_wait_what_is_there_is_given_at_once(connect: Connect) -> None:
    """However few that are."""
    with RawServer(serving(1, 50)) as server:
        batches = iter(connect(server.url).trade("BTCUSDT").batches(max_wait=0))
        seen: list[int] = []
        while len(seen) < 50:
            batch = in_time(lambda: next(batches))
            assert batch
            seen += [event.trade_id for event in batch]
        assert seen == list(range(1, 51))


def test_no_event_is_lost_between_batches_and_other_iterations(connect: Connect) -> None:
    with RawServer(serving(1, 9)) as server:
        subscription = connect(server.url).trade("BTCUSDT")
        first = in_time(lambda: next(iter(subscription.batches(max_items=4, max_wait=LONG))))
        second = in_time(lambda: subscription.get(LIMIT))
        third = in_time(lambda: next(iter(subscription.batches(max_items=4, max_wait=LONG))))
        assert ids([first, [second], third]) == [[1, 2, 3, 4], [5], [6, 7, 8, 9]]


def test_the_end_gives_what_waits_and_then_ends(connect: Connect) -> None:
    unsubscribed = threading.Event()
    with RawServer(serving(1, 3)) as server:
        subscription = connect(server.url).trade("BTCUSDT")
        in_time(lambda: subscription.get(LIMIT))
        batches = iter(subscription.batches(max_items=1000, max_wait=LONG))

        def end() -> None:
            unsubscribed.wait(LIMIT)
            subscription.unsubscribe()

        ender = threading.Thread(target=end)
        ender.start()
        unsubscribed.set()
        rest = in_time(lambda: list(batches))
        ender.join(LIMIT)
    assert [number for batch in ids(rest) for number in batch] in ([2, 3], [2], [])


def test_an_error_follows_what_came_before_it(connect: Connect) -> None:
    go = threading.Event()
    with RawServer(serving(1, 3, then=when(go, Peer.leave))) as server:
        subscription = connect(server.url, reconnect=False).trade("BTCUSDT")
        batches = iter(subscription.batches(max_items=3, max_wait=LONG))
        assert ids(take(batches, 1)) == [[1, 2, 3]]
        go.set()
        assert isinstance(failure(lambda: next(batches)), ConnectionLost)


def test_after_close_it_raises(connect: Connect) -> None:
    with RawServer(serving(1, 3)) as server:
        client = connect(server.url)
        subscription = client.trade("BTCUSDT")
        in_time(lambda: subscription.get(LIMIT))
        in_time(client.close)
        error = failure(lambda: [list(subscription.batches())])
        assert isinstance(error, ClientClosed)


def test_notices_are_left_out(connect: Connect) -> None:
    def serve(peer: Peer) -> None:
        peer.shake()
        peer.confirm()
        broken = frame(b'{"stream":"btcusdt@trade","data":{"e":1}}')
        peer.send(trade_frame(1) + broken + trade_frame(2))
        peer.drain()

    noted: list[Any] = []
    with RawServer(serve) as server:
        client = connect(server.url, on_notice=noted.append)
        subscription = client.trade("BTCUSDT")
        batches = iter(subscription.batches(max_items=2, max_wait=LONG))
        assert ids(take(batches, 1)) == [[1, 2]]
        wait_until(lambda: any(isinstance(notice, Undecodable) for notice in noted))


def test_a_queue_smaller_than_a_batch_gives_what_it_holds(connect: Connect) -> None:
    """It would never be full otherwise, and drop what it should give."""
    with RawServer(serving(1, 6)) as server:
        subscription = connect(server.url).trade("BTCUSDT", maxsize=3, overflow="block")
        batches = iter(subscription.batches(max_items=1000, max_wait=LONG))
        seen: list[int] = []
        while len(seen) < 6:
            seen += [event.trade_id for event in in_time(lambda: next(batches))]
        assert seen == [1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize(
    ("arguments", "given"),
    [
        ({"max_items": 0}, "0"),
        ({"max_items": 1.5}, "1.5"),
        ({"max_items": True}, "True"),
        ({"max_wait": -1}, "-1"),
        ({"max_wait": float("nan")}, "nan"),
        ({"max_wait": None}, "None"),
    ],
)
def test_arguments_are_checked(connect: Connect, arguments: dict[str, Any], given: str) -> None:
    with RawServer(serving(1, 1)) as server:
        subscription = connect(server.url).trade("BTCUSDT")
        error = failure(lambda: subscription.batches(**arguments))
        assert isinstance(error, ParameterError)
        assert next(iter(arguments)) in str(error)
        assert given in str(error)
