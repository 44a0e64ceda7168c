"""Real messages decode through the client's own path, and nothing in them is lost."""

from __future__ import annotations

import json
import struct
from decimal import Decimal
from typing import Any

import pytest

from binance_streams import CATALOG, VENUE, Undecodable, decode, encode
from binance_streams_runtime.decoding.json import decoder_of
from binance_streams_runtime.pipeline.queues import EventQueue
from binance_streams_runtime.pipeline.route import Route
from binance_streams_runtime.pipeline.router import Router
from binance_streams_runtime.protocol.frames import FrameReader
from tests.captures.known import known_part
from tests.captures.records import Record, needs_captures, records

pytestmark = needs_captures

NUMBERS: tuple[type[Any], ...] = (Decimal, str, float)


@pytest.mark.parametrize("numbers", NUMBERS, ids=lambda numbers: numbers.__name__)
def test_every_record_decodes(numbers: type[Any], capsys: pytest.CaptureFixture[str]) -> None:
    """No record is refused; a table says how many of each kind, and which keys are left out."""
    decoded: dict[str, list[tuple[Record, Any]]] = {}
    refused = []
    for record in records():
        try:
            event = decode(record.raw, record.stream, numbers=numbers)
        except ValueError as error:
            refused.append(f"{record.place}: {error}")
        else:
            decoded.setdefault(record.kind, []).append((record, event))
    assert refused == []
    if numbers is Decimal:
        with capsys.disabled():
            print(_table(decoded))


@pytest.mark.parametrize("numbers", [Decimal, str])
def test_every_record_encodes_to_what_it_was(numbers: type[Any]) -> None:
    """Re-encoding gives the original, digit by digit, on every key that the spec knows."""
    different = []
    for record in records():
        event = decode(record.raw, record.stream, numbers=numbers)
        original = known_part(record.payload, event)
        again = json.loads(encode(event))
        if again != original:
            different.append(f"{record.place}: {again} is not {original}")
    assert different == []


def test_the_router_gives_the_same_events() -> None:
    """Messages that name their stream reach its route, as frames of one connection."""
    named = [record for record in records() if record.named is not None]
    undecodable: list[Undecodable] = []
    router = Router(VENUE.shutdown_event, undecodable.append)
    for name in dict.fromkeys(record.stream for record in named):
        stream = CATALOG.resolve(name)
        router.add(Route(stream, decoder_of(stream.type, Decimal), EventQueue()))
    wire = b"".join(_frame(record.raw.encode()) for record in named)
    reader = FrameReader()
    others: list[Any] = []
    # An odd size, so that frames begin and end anywhere in what is read.
    for start in range(0, len(wire), 4093):
        router.decode(reader.feed(wire[start : start + 4093]), others)
    assert undecodable == []
    assert others == []
    assert not reader.is_mid_message
    batch = router.collect()
    assert [route.stream.name for route in batch.routes] == [record.stream for record in named]
    assert batch.items == [decode(record.raw) for record in named]


def _frame(payload: bytes) -> bytes:
    """A text frame as a server sends it: final and unmasked (RFC 6455 section 5.2)."""
    if len(payload) < 126:
        return struct.pack("!BB", 0x81, len(payload)) + payload
    if len(payload) < 1 << 16:
        return struct.pack("!BBH", 0x81, 126, len(payload)) + payload
    return struct.pack("!BBQ", 0x81, 127, len(payload)) + payload


def _table(decoded: dict[str, list[tuple[Record, Any]]]) -> str:
    width = max(map(len, decoded))
    rows = []
    for kind, pairs in sorted(decoded.items()):
        left_out: set[str] = set()
        for record, event in pairs:
            left_out |= _keys(record.payload) - _keys(known_part(record.payload, event))
        note = f"   without {' '.join(sorted(left_out))}" if left_out else ""
        rows.append(f"  {kind:{width}} {len(pairs):6}{note}")
    total = f"  {'all':{width}} {sum(map(len, decoded.values())):6}"
    return "\n".join(["", "recorded messages decoded, by kind:", *rows, total])


def _keys(value: Any) -> set[str]:
    if isinstance(value, list):
        return {key for item in value for key in _keys(item)}
    if not isinstance(value, dict):
        return set()
    inner = {f"{key}.{below}" for key, item in value.items() for below in _keys(item)}
    return {*value, *inner}
