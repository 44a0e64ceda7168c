"""``frames()``: what came in each interval, as tables. Which tables is tested elsewhere."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from binance_streams import ClientClosed, ConnectionLost, ParameterError, Trade
from binance_streams_runtime.tables.batch import collect
from tests.support.clients import Connect
from tests.support.limits import LIMIT, MS, failure, in_time
from tests.support.raw_server import Peer, RawServer
from tests.support.scripts import serving, when
from tests.support.tables import lists_as_tables

LONG = LIMIT
"""An interval that must not end."""
SHORT = 20 * MS
"""One that ends soon."""


@pytest.fixture(autouse=True)
def _tables(monkeypatch: pytest.MonkeyPatch) -> None:
    lists_as_tables(monkeypatch)


def ids(frame: list[Any]) -> list[int]:
    return [event.trade_id for event in frame]


def take(frames: Any) -> list[int]:
    return ids(in_time(lambda: next(frames)))


def test_a_frame_that_is_full_is_given_at_once(connect: Connect) -> None:
    with RawServer(serving(1, 7)) as server:
        trades = connect(server.url).trade("BTCUSDT")
        frames = iter(trades.frames("polars", seconds=LONG, max_rows=3))
        assert [take(frames), take(frames)] == [[1, 2, 3], [4, 5, 6]]


def test_each_interval_has_a_frame_of_what_came_in_it(connect: Connect) -> None:
    """Also if nothing came, so that a grid of times has no gaps."""
    go = threading.Event()
    with RawServer(serving(1, 2, then=when(go, lambda peer: peer.drain()))) as server:
        frames = iter(connect(server.url).trade("BTCUSDT").frames("polars", seconds=SHORT))
        seen: list[int] = []
        while len(seen) < 2:
            seen += take(frames)
        assert seen == [1, 2]
        assert [take(frames), take(frames)] == [[], []]


def test_the_end_gives_what_is_left_and_then_ends(connect: Connect) -> None:
    with RawServer(serving(1, 5)) as server:
        trades = connect(server.url).trade("BTCUSDT")
        frames = iter(trades.frames("polars", seconds=LONG, max_rows=3))
        assert take(frames) == [1, 2, 3]
        trades.unsubscribe()
        rest: list[Any] = in_time(lambda: list(frames))
    # Depending on whether the others had come.
    assert [ids(frame) for frame in rest] in ([[4, 5]], [[4]], [])


def test_an_error_follows_what_came_before_it(connect: Connect) -> None:
    with RawServer(serving(1, 5, then=Peer.leave)) as server:
        trades = connect(server.url, reconnect=False).trade("BTCUSDT")
        frames = iter(trades.frames("polars", seconds=LONG, max_rows=3))
        assert [take(frames), take(frames)] == [[1, 2, 3], [4, 5]]
        assert isinstance(failure(lambda: next(frames)), ConnectionLost)


def test_after_close_it_raises(connect: Connect) -> None:
    with RawServer(serving(1, 3)) as server:
        client = connect(server.url)
        trades = client.trade("BTCUSDT")
        in_time(lambda: trades.get(LIMIT))
        in_time(client.close)
        error = failure(lambda: [list(trades.frames("polars"))])
        assert isinstance(error, ClientClosed)


def test_no_event_is_lost_between_frames_and_other_iterations(connect: Connect) -> None:
    """Once a frame is full, the rest is in the queue or in the next frame."""
    with RawServer(serving(1, 9)) as server:
        trades = connect(server.url).trade("BTCUSDT")
        in_time(lambda: trades.get(LIMIT))
        frames = iter(trades.frames("polars", seconds=LONG, max_rows=4))
        assert [take(frames), take(frames)] == [[2, 3, 4, 5], [6, 7, 8, 9]]


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ({"seconds": 0}, "seconds: got 0; allowed: seconds, above 0"),
        ({"seconds": None}, "seconds: got None"),
        ({"max_rows": 0}, "max_rows: got 0"),
        ({"numbers": int}, "numbers: got <class 'int'>"),
        ({"levels": "rows"}, "levels: got 'rows'; allowed: lists, explode"),
        ({"times": "ms"}, "times: got 'ms'; allowed: datetime, int"),
    ],
)
def test_arguments_are_checked(connect: Connect, arguments: dict[str, Any], text: str) -> None:
    """At once, not after an interval."""
    with RawServer(serving(1, 1)) as server:
        trades = connect(server.url).trade("BTCUSDT")
        error = failure(lambda: trades.frames("polars", **arguments))
        assert isinstance(error, ParameterError)
        assert text in str(error)


@pytest.mark.filterwarnings("ignore::binance_streams.RetiredStreamWarning")
def test_a_stream_of_several_types_has_no_frames(connect: Connect) -> None:
    with RawServer(serving(1, 1)) as server:
        events = connect(server.url).user_data("a" * 60)
        error = failure(lambda: events.frames("polars"))
        assert isinstance(error, ParameterError)
        assert "streams with events of one type" in str(error)
        assert "a" * 60 not in str(error)


def test_a_subscription_with_a_callback_has_no_frames(connect: Connect) -> None:
    with RawServer(serving(1, 1)) as server:
        trades = connect(server.url).trade("BTCUSDT", on_event=lambda event: None)
        error = failure(lambda: trades.frames("polars"))
        assert isinstance(error, ParameterError)
        assert "without on_event" in str(error)


@pytest.mark.sync_only("what reads a subscription to its end in one call is no coroutine")
def test_a_subscription_that_ends_without_events_says_their_type(connect: Connect) -> None:
    """So that a table of them has its columns."""
    with RawServer(serving(1, 0)) as server:
        trades = connect(server.url, numbers=str).trade("BTCUSDT")
        trades.wait(LIMIT)
        trades.unsubscribe()
        batch, numbers = in_time(lambda: collect(trades, None))
        assert batch.struct is Trade
        assert numbers is str
        assert batch.rows == []
