"""Recorded sequences: no gap in them, and a local book that agrees with the best prices."""

from __future__ import annotations

import functools
import json
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import pytest

from binance_streams import CATALOG, VENUE, Undecodable, encode
from binance_streams_runtime.decoding.json import decoder_of
from binance_streams_runtime.notices import Notice
from binance_streams_runtime.pipeline.queues import EventQueue
from binance_streams_runtime.pipeline.route import Route
from binance_streams_runtime.pipeline.router import Router
from tests.captures.known import known_part
from tests.captures.records import FOLDER, needs_captures, sequences

pytestmark = needs_captures

NAMES = sorted(path.name for path in (FOLDER / "sequences").glob("*.jsonl.gz"))


@functools.cache
def recorded(name: str) -> list[dict[str, Any]]:
    return sequences()[name]


@pytest.mark.parametrize("name", NAMES)
def test_sequence_has_no_gap(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Every message decodes to what it was, and follows the one before by the spec's sequence."""
    counts = {}
    for route, events in _routed(name).items():
        counts[route.stream.name] = len(events)
        if route.tracker is not None:
            checked = route.tracker.check(events)
            assert [item for item in checked if isinstance(item, Notice)] == []
            assert len(checked) == len(events)
    assert sum(counts.values()) == sum(line["type"] == "ws" for line in recorded(name))
    with capsys.disabled():
        reported = ", ".join(f"{stream} {count}" for stream, count in sorted(counts.items()))
        print(f"\nrecorded sequence {name}: {reported}")


@pytest.mark.parametrize("name", NAMES)
def test_sequence_encodes_to_what_it_was(name: str) -> None:
    """Re-encoding each message gives the original on every key that the spec knows."""
    originals: dict[str, list[Any]] = {}
    for line in recorded(name):
        if line["type"] == "ws":
            message = json.loads(line["raw"])
            originals.setdefault(message["stream"], []).append(message["data"])
    for route, events in _routed(name).items():
        for event, original in zip(events, originals[route.stream.name], strict=True):
            assert json.loads(encode(event)) == known_part(original, event)


@pytest.mark.parametrize("name", NAMES)
def test_snapshot_and_updates_make_a_book(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A book kept by the documented procedure never crosses and has the best prices reported."""
    lines = recorded(name)
    compared = 0
    events = {route.stream.name: found for route, found in _routed(name).items()}
    for snapshot in (line for line in lines if line["type"] == "rest"):
        symbol = snapshot["symbol"].lower()
        book = Book.of(json.loads(snapshot["raw"]))
        best = {event.update_id: event for event in events.get(f"{symbol}@bookTicker", ())}
        applied = 0
        for update in events[f"{symbol}@depth@100ms"]:
            if update.last_update_id <= book.update_id:
                continue
            if applied == 0:
                assert update.first_update_id <= book.update_id + 1
            book.apply(update)
            applied += 1
            bid, ask = max(book.bids), min(book.asks)
            assert bid < ask
            reported = best.get(book.update_id)
            if reported is not None:
                assert (reported.best_bid_price, reported.best_ask_price) == (bid, ask)
                assert reported.best_bid_quantity == book.bids[bid]
                assert reported.best_ask_quantity == book.asks[ask]
                compared += 1
        assert applied > 0
    with capsys.disabled():
        print(f"\nrecorded sequence {name}: {compared} times the book had the best prices sent")


@dataclass
class Book:
    """A local order book, as the venue's page says how to keep one."""

    update_id: int
    bids: dict[Decimal, Decimal] = field(default_factory=dict)
    asks: dict[Decimal, Decimal] = field(default_factory=dict)

    @classmethod
    def of(cls, snapshot: dict[str, Any]) -> Book:
        sides = (
            {Decimal(price): Decimal(quantity) for price, quantity in snapshot[side]}
            for side in ("bids", "asks")
        )
        return cls(snapshot["lastUpdateId"], *sides)

    def apply(self, update: Any) -> None:
        for side, levels in ((self.bids, update.bids), (self.asks, update.asks)):
            for level in levels:
                if level.quantity == 0:
                    side.pop(level.price, None)
                else:
                    side[level.price] = level.quantity
        self.update_id = update.last_update_id


def _routed(name: str) -> dict[Route, list[Any]]:
    """The events of a recorded sequence, by the route that the router gave each to."""
    undecodable: list[Undecodable] = []
    router = Router(VENUE.shutdown_event, undecodable.append)
    messages = [line["raw"] for line in recorded(name) if line["type"] == "ws"]
    for stream_name in dict.fromkeys(json.loads(message)["stream"] for message in messages):
        stream = CATALOG.resolve(stream_name)
        router.add(Route(stream, decoder_of(stream.type, Decimal), EventQueue()))
    others: list[Any] = []
    router.decode([message.encode() for message in messages], others)
    assert undecodable == []
    assert others == []
    found: dict[Route, list[Any]] = {}
    batch = router.collect()
    assert not batch.has_marks
    for route, event in zip(batch.routes, batch.items, strict=True):
        found.setdefault(route, []).append(event)
    return found
