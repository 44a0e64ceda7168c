"""Ids of messages in a log: they follow from the sequence, and are the same for every collector."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import msgspec
import pytest

import binance_streams
from binance_streams._examples import EXAMPLES
from binance_streams_runtime.catalog.streams import PerKey, Range, Step, StreamType, UpdateSpeed
from binance_streams_runtime.messaging.headers import RECEIVED, received_of
from binance_streams_runtime.messaging.message_ids import (
    Position,
    describe,
    message_id,
    position_of,
    rule_of,
)
from binance_streams_runtime.types import Id


def test_ids_of_documented_messages() -> None:
    """One for each form of continuity."""
    found: dict[str, tuple[str, Any]] = {}
    for example in (example for each in EXAMPLES.values() for example in each):
        type = binance_streams.CATALOG.resolve(example.stream).type
        if not type.is_secret:
            event = None if type.is_array else binance_streams.decode(example.message)
            made = message_id(example.stream, rule_of(type), event, example.payload)
            digest = hashlib.sha256(example.payload).hexdigest()
            made = made.replace(digest[:16], "HASH").replace(digest[:8], "HASH")
            found.setdefault(type.key, (made, json.loads(example.payload)))
    assert found.keys() >= {"trade", "diff_book_depth", "book_ticker", "kline", "all_tickers"}
    id, payload = found["trade"]
    assert id == f"{payload['s'].lower()}@trade:{payload['t']}"
    id, payload = found["diff_book_depth"]
    assert id.endswith(f":{payload['U']}-{payload['u']}")
    id, payload = found["book_ticker"]
    assert id.endswith(f"@bookTicker:{payload['u']}-HASH")
    id, payload = found["kline"]
    assert id.endswith(f":{payload['E']}-HASH")
    assert found["all_tickers"][0] == "!ticker@arr:HASH"


def test_positions_are_read_from_ids() -> None:
    catalog = binance_streams.CATALOG
    assert position_of(catalog["trade"], "btcusdt@trade:17") == Position(17, 17)
    assert position_of(catalog["diff_book_depth"], "btcusdt@depth:5-9") == Position(5, 9)
    assert position_of(catalog["book_ticker"], "btcusdt@bookTicker:7-00000001") == Position(7, 7)
    at = Position(1700000000000, 1700000000000)
    offset = "btcusdt@kline_1m@+08:00:1700000000000-abcdef01"
    assert position_of(catalog["kline_timezone_offset"], offset) == at
    assert position_of(catalog["all_tickers"], "!ticker@arr:0123456789012345") is None


@pytest.mark.parametrize("id", ["", ":", "btcusdt@trade:", "btcusdt@trade:x", "btcusdt@trade:-1"])
def test_invalid_ids_have_no_position(id: str) -> None:
    assert position_of(binance_streams.CATALOG["trade"], id) is None
    assert position_of(binance_streams.CATALOG["diff_book_depth"], id) is None


def test_sequences_by_key() -> None:
    class Event(msgspec.Struct):
        symbol: str
        id: Id

    type = StreamType(
        *("all", "", "", "", ("!all",), (Event,), UpdateSpeed(None)),
        sequence=PerKey("symbol", Step("id")),
    )
    made = message_id("!all", rule_of(type), Event("BTCUSDT", 3), b"{}")
    assert made == "!all:BTCUSDT:3"
    assert position_of(type, made) == Position(3, 3, "BTCUSDT")
    assert describe(type) == "!all:<symbol>:<id>"
    ranges = msgspec.structs.replace(type, sequence=PerKey("symbol", Range("id", "id")))
    assert message_id("!all", rule_of(ranges), Event("A", 4), b"") == "!all:A:4-4"
    assert position_of(ranges, "!all:A:4-6") == Position(4, 6, "A")


def test_descriptions_for_people() -> None:
    found = {type.key: describe(type) for type in binance_streams.CATALOG}
    assert found["trade"] == "<symbol>@trade:<trade_id>"
    depth = "<symbol>@depth<speed>:<first_update_id>-<last_update_id>"
    assert found["diff_book_depth"] == depth
    assert found["book_ticker"] == "<symbol>@bookTicker:<update_id>-<8 hex digits>"
    assert found["all_mini_tickers"] == "!miniTicker@arr:<16 hex digits>"


def test_times_in_headers() -> None:
    assert received_of({RECEIVED: "1795645242000000000"}) == 1795645242000000000
    assert received_of({RECEIVED: "soon"}) is received_of({}) is None
