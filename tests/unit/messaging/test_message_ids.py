"""Ids of messages in a log: they follow from the sequence, and are the same for every collector."""

from __future__ import annotations

import hashlib
import json
import re
from importlib import import_module
from typing import Any

import msgspec
import pytest

import binance_streams
from binance_streams_runtime.catalog.parameters import Symbol
from binance_streams_runtime.catalog.streams import (
    Identified,
    PerKey,
    Range,
    Step,
    StreamType,
    UpdateSpeed,
)
from binance_streams_runtime.messaging.headers import COLLECTOR, MESSAGE_ID, RECEIVED, received_of
from binance_streams_runtime.messaging.message_ids import (
    Position,
    position_of,
    rule_of,
)
from binance_streams_runtime.messaging.subjects import Subjects
from binance_streams_runtime.types import Id
from tests.project.paths import ROOT

PACKAGES = {"spot": "binance_streams", "binance_us": "binance_streams_us"}


@pytest.mark.parametrize("market", ["spot", "binance_us"])
def test_ids_are_those_that_are_documented(market: str) -> None:
    """Of every documented message, also in the form that programs read."""
    package = import_module(PACKAGES[market])
    examples = import_module(f"{PACKAGES[market]}._examples").EXAMPLES
    documented = _documented(market)
    for type in package.CATALOG:
        for example in () if type.is_secret else examples[type.key]:
            event = None if type.is_array else package.decode(example.message)
            payload = json.loads(example.payload)
            digest = hashlib.sha256(example.payload).hexdigest()
            known = {"hash8": digest[:8], "hash16": digest[:16]}
            if not type.is_array:
                known |= payload
            form = documented["streams"][type.key]["id"]
            assert form.startswith(f"{type.template}:")
            rest = _rest(form)
            for name in re.findall(r"<(\w+)>", rest):
                rest = rest.replace(f"<{name}>", str(known[name]))
            assert rule_of(type)(event, example.payload) == rest


@pytest.mark.parametrize("market", ["spot", "binance_us"])
def test_subjects_are_those_that_are_documented(market: str) -> None:
    package = import_module(PACKAGES[market])
    documented = _documented(market)
    subjects = Subjects(package.CATALOG, package.VENUE.subjects)
    assert documented["prefix"] == subjects.prefix
    found = {}
    for type in package.CATALOG:
        if not type.is_secret:
            part = subjects.log_stream(type.key)
            names = [
                f"<{one.name.upper() if isinstance(one, Symbol) else one.name}>"
                for one in type.parameters
            ]
            found[type.key] = (
                part.name,
                ".".join([part.subjects.removesuffix(".>"), *names]),
                type.template,
            )
    assert found == {
        key: (one["jetstream"], one["subject"], one["name"])
        for key, one in documented["streams"].items()
    }
    assert documented["notices"] == f"{subjects.prefix}._notice.<collector>"
    assert documented["snapshots"] == f"{subjects.prefix}._snapshot.<SYMBOL>"
    assert documented["headers"] == {"id": MESSAGE_ID, "received": RECEIVED, "collector": COLLECTOR}


def test_positions_are_read_from_ids() -> None:
    catalog = binance_streams.CATALOG
    assert position_of(catalog["trade"], "btcusdt@trade:17") == Position(17, 17)
    assert position_of(catalog["diff_book_depth"], "btcusdt@depth:5-9") == Position(5, 9)
    assert position_of(catalog["book_ticker"], "btcusdt@bookTicker:7-00000001") == Position(7, 7)
    at = Position(1700000000000, 1700000000000)
    offset = "btcusdt@kline_1m@+08:00:1700000000000-abcdef01"
    assert position_of(catalog["kline_timezone_offset"], offset) == at
    assert position_of(catalog["all_tickers"], "!ticker@arr:0123456789012345") is None


@pytest.mark.parametrize(
    "id", ["", ":", "btcusdt@trade:", "btcusdt@trade:x", "btcusdt@trade:-1", f"x:{'9' * 5000}"]
)
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
    assert rule_of(type)(Event("BTCUSDT", 3), b"{}") == "BTCUSDT:3"
    assert position_of(type, "!all:BTCUSDT:3") == Position(3, 3, "BTCUSDT")
    ranges = msgspec.structs.replace(type, sequence=PerKey("symbol", Range("id", "id")))
    assert rule_of(ranges)(Event("A", 4), b"") == "A:4-4"
    assert position_of(ranges, "!all:A:4-6") == Position(4, 6, "A")


def test_sequences_of_identified_events_and_of_none() -> None:
    for sequence in (Identified({}), None):
        type = StreamType("x", "", "", "", ("!x",), (), UpdateSpeed(None), sequence=sequence)
        assert rule_of(type)(None, b"{}") == "44136fa355b3678a"
        assert position_of(type, "!x:44136fa355b3678a") is None


def test_times_in_headers() -> None:
    assert received_of({RECEIVED: "1795645242000000000"}) == 1795645242000000000
    assert received_of({RECEIVED: "soon"}) is received_of({}) is None
    assert received_of({RECEIVED: "9" * 5000}) is None


def _documented(market: str) -> dict[str, Any]:
    path = ROOT / "generated" / "schemas" / market / "messages.json"
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def _rest(form: str) -> str:
    """Return the part of a documented id behind the stream's name, which may have colons itself."""
    return form.rpartition(":")[2]
