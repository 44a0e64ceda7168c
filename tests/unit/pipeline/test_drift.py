"""Fields that the spec does not know: reported once each, and never at the cost of an event."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from binance_streams import CATALOG, SchemaDrift
from binance_streams._examples import EXAMPLES
from binance_streams_runtime.decoding.json import decoder_of
from binance_streams_runtime.pipeline.drift import SchemaMonitor
from binance_streams_runtime.pipeline.queues import EventQueue
from binance_streams_runtime.pipeline.route import Route
from tests.support.frames import trade, wrapped

NAMES = {
    "trade": "btcusdt@trade",
    "kline": "btcusdt@kline_1m",
    "all_mini_tickers": "!miniTicker@arr",
    "diff_book_depth": "btcusdt@depth",
}


class Watched:
    """A monitor, and what it has reported."""

    def __init__(self) -> None:
        self.reported: list[SchemaDrift] = []
        self.watch = SchemaMonitor(self.reported.append)

    def route(self, name: str) -> Route:
        """A route whose next message is looked at."""
        stream = CATALOG.resolve(name)
        route = Route(stream, decoder_of(stream.type, Decimal), EventQueue())
        self.watch.sample_next(route)
        return route

    def look(self, key: str, payload: Any) -> list[str]:
        """The new fields of one message of a stream."""
        before = len(self.reported)
        route = self.route(NAMES[key])
        event = route.decode(wrapped(NAMES[key], json.dumps(payload)).encode()).data
        assert event == route.decoder.bare(json.dumps(payload).encode())
        return [field for notice in self.reported[before:] for field in notice.fields]


def payload_of(key: str) -> Any:
    return json.loads(EXAMPLES[key][0].payload)


@pytest.mark.parametrize("type", list(CATALOG), ids=lambda type: type.key)
def test_no_example_of_the_documentation_has_drifted(type: Any) -> None:
    """Keys that the spec ignores are known to it."""
    watched = Watched()
    for example in EXAMPLES[type.key]:
        route = watched.route(example.stream)
        route.decode(wrapped(example.stream, example.payload).encode())
    assert watched.reported == []


def test_a_new_key_of_the_payload_is_reported() -> None:
    watched = Watched()
    assert watched.look("trade", payload_of("trade") | {"new": 1, "other": {}}) == ["new", "other"]
    assert watched.reported == [SchemaDrift("btcusdt@trade", ("new", "other"))]


def test_a_new_key_of_a_part_is_reported_with_its_path() -> None:
    payload = payload_of("kline")
    payload["k"]["z"] = 1
    assert Watched().look("kline", payload) == ["k.z"]


def test_a_new_key_in_an_array_is_reported_once_for_all_its_items() -> None:
    (item, *_) = payload_of("all_mini_tickers")
    assert Watched().look("all_mini_tickers", [item, item | {"z": 1}, item | {"z": 2}]) == ["z"]


def test_a_new_place_in_a_price_level_is_reported() -> None:
    payload = payload_of("diff_book_depth") | {"b": [["1", "2"], ["3", "4", "new"]]}
    assert Watched().look("diff_book_depth", payload) == ["b.2"]


def test_ignored_keys_are_ignored_in_their_place_alone() -> None:
    """The spec ignores ``k.B`` of candles and ``M`` of trades, and no other of that name."""
    candle = payload_of("kline")
    assert "B" in candle["k"]
    watched = Watched()
    assert watched.look("kline", candle) == []
    assert watched.look("kline", candle | {"B": 1, "M": 1}) == ["B", "M"]


def test_each_field_is_reported_once_for_all_streams_of_a_kind() -> None:
    watched = Watched()
    payload = payload_of("trade") | {"new": 1}
    assert watched.look("trade", payload) == ["new"]
    assert watched.look("trade", payload) == []
    assert watched.look("trade", payload | {"newer": 1}) == ["newer"]
    route = watched.route("ethusdt@trade")
    route.decode(wrapped("ethusdt@trade", json.dumps(payload)).encode())
    assert len(watched.reported) == 2
    assert watched.look("kline", payload_of("kline") | {"new": 1}) == ["new"]


def test_only_the_next_message_is_looked_at_until_it_is_armed_again() -> None:
    watched = Watched()
    route = watched.route("btcusdt@trade")
    plain = wrapped("btcusdt@trade", trade(1)).encode()
    drifted = wrapped("btcusdt@trade", trade(2)[:-1] + ',"new":1}').encode()
    armed = route.decode
    armed(plain)
    assert route.decode is not armed
    # The rest of a batch is still decoded by what was there at its beginning.
    for decode in (armed, route.decode):
        assert decode(drifted).data.trade_id == 2
    assert watched.reported == []
    watched.watch.sample_next(route)
    route.decode(drifted)
    assert watched.reported == [SchemaDrift("btcusdt@trade", ("new",))]


def drifted(number: int, field: str) -> bytes:
    return wrapped("btcusdt@trade", f'{trade(number)[:-1]},"{field}":1}}').encode()


def test_a_field_that_begins_while_a_connection_lives_is_reported_within_a_minute() -> None:
    watched = Watched()
    route = watched.route("btcusdt@trade")
    watched.watch.start(1000.0, route)
    route.decode(wrapped("btcusdt@trade", trade(1)).encode())
    for second in range(1, 60):
        watched.watch.check(1000.0 + second)
        route.decode(drifted(second, "new"))
    assert watched.reported == []
    watched.watch.check(1060.0)
    route.decode(drifted(60, "new"))
    assert watched.reported == [SchemaDrift("btcusdt@trade", ("new",))]


def test_a_stream_is_looked_at_again_every_minute() -> None:
    watched = Watched()
    route = watched.route("btcusdt@trade")
    watched.watch.start(0.0, route)
    for minute in range(5):
        watched.watch.check(60.0 * minute)
        route.decode(drifted(minute, f"new{minute}"))
        route.decode(drifted(minute, f"later{minute}"))
    assert [notice.fields for notice in watched.reported] == [(f"new{n}",) for n in range(5)]


def test_a_thousand_streams_are_armed_a_few_at_a_time() -> None:
    """Each once a minute, however many are due at the same time."""
    watched = Watched()
    routes = [watched.route(f"s{number}usdt@trade") for number in range(1000)]
    for route in routes:
        watched.watch.start(0.0, route)
        route.decode = route.decoder.wrapped

    def armed() -> int:
        return sum(route.decode is not route.decoder.wrapped for route in routes)

    times = []
    while armed() < 1000:
        before = armed()
        at = watched.watch.next_time()
        assert at is not None
        times.append(at)
        watched.watch.check(at)
        assert armed() - before <= 16
    # One call after the other, with pauses in between.
    assert times == pytest.approx([60.0 + 0.1 * call for call in range(63)])
    for route in routes:
        route.decode = route.decoder.wrapped
    watched.watch.check(119.0)
    assert armed() == 0


def test_what_is_unsubscribed_is_looked_at_no_more() -> None:
    watched = Watched()
    route = watched.route("btcusdt@trade")
    watched.watch.start(0.0, route)
    route.decode = route.decoder.wrapped
    watched.watch.stop(route)
    watched.watch.check(1000.0)
    assert route.decode == route.decoder.wrapped


def test_fields_that_only_one_server_sends_are_no_drift() -> None:
    """A trade of Binance.US has the ids of both orders."""
    assert Watched().look("trade", payload_of("trade") | {"b": 88, "a": 50}) == []
