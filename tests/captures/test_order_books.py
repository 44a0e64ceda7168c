"""Recorded order books: the local book ends as a plain one that is kept by the rules alone."""

from __future__ import annotations

import functools
import json
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from binance_streams import CATALOG, BookMismatch, BookTicker, DepthUpdate
from binance_streams_runtime.decoding.json import concrete
from binance_streams_runtime.notices import Notice
from binance_streams_runtime.order_book.local_book import LocalBook
from binance_streams_runtime.order_book.reader import BookReader
from binance_streams_runtime.order_book.snapshots import OnSnapshot
from binance_streams_runtime.order_book.synchronizer import Synchronizer
from tests.captures.records import needs_captures, sequences

pytestmark = needs_captures

SYMBOLS = ("BTCUSDT", "NKNUSDT", "BLZETH", "LRCBTC", "RUNEEUR")

Sides = dict[str, dict[Decimal, Decimal]]


@functools.cache
def recording(symbol: str) -> tuple[tuple[dict[str, Any], ...], tuple[dict[str, Any], ...]]:
    """The snapshot and the messages of one symbol, in their order."""
    for lines in sequences().values():
        snapshots = [json.loads(line["raw"]) for line in lines if line["symbol"] == symbol]
        if snapshots:
            messages = [json.loads(line["raw"]) for line in lines if line["type"] == "ws"]
            mine = [m for m in messages if m["stream"].startswith(f"{symbol.lower()}@")]
            return tuple(snapshots), tuple(mine)
    raise AssertionError(f"nothing recorded of {symbol}")


def plain_book(snapshot: dict[str, Any], updates: list[dict[str, Any]]) -> tuple[int, Sides]:
    """Keep a book as the venue's page says, with dicts of Decimals and nothing else."""
    id = snapshot["lastUpdateId"]
    sides: Sides = {
        short: {Decimal(price): Decimal(quantity) for price, quantity in snapshot[long]}
        for short, long in (("b", "bids"), ("a", "asks"))
    }
    for update in updates:
        if update["u"] <= id:
            continue
        assert update["U"] <= id + 1, "updates are missing in the recording"
        for side, levels in sides.items():
            for price, quantity in update[side]:
                if Decimal(quantity) == 0:
                    levels.pop(Decimal(price), None)
                else:
                    levels[Decimal(price)] = Decimal(quantity)
        id = update["u"]
    return id, sides


class Played:
    """A local book that a recording is played to."""

    def __init__(self, numbers: Any = str, depth: int = 5000) -> None:
        rules = CATALOG.order_book
        assert rules is not None
        self.notices: list[Notice] = []
        self.waiting: list[OnSnapshot] = []
        self._numbers = numbers
        self._snapshot = concrete(rules.snapshot_struct, str)
        self.local = LocalBook("recorded", self.notices.append)
        self.sync = Synchronizer(
            self.local,
            rules,
            depth,
            fetch=self._fetch,
            cancel=lambda number: None,
            random=lambda: 0.5,
            on_failed=lambda failure: None,
        )
        self.sync.verify(rules.best)
        self.sync.confirmed(0.0)

    def _fetch(self, limit: int, need: object, on_done: OnSnapshot) -> int:
        self.waiting.append(on_done)
        return len(self.waiting)

    def answer(self, snapshot: dict[str, Any]) -> None:
        self.waiting.pop()(0.0, msgspec.convert(snapshot, self._snapshot))

    def message(self, message: dict[str, Any]) -> None:
        data = message["data"]
        if "@depth" in message["stream"]:
            strict = self._numbers is str
            update = msgspec.convert(data, concrete(DepthUpdate, self._numbers), strict=strict)
            self.sync.update(0.0, update)
        elif message["stream"].endswith("@bookTicker"):
            self.sync.best_levels(0.0, msgspec.convert(data, BookTicker[str]))

    def sides(self) -> tuple[int | None, Sides]:
        reader: BookReader[Decimal] = BookReader(self.local, Decimal)
        bids, asks = (
            {level.price: level.quantity for level in s} for s in (reader.bids, reader.asks)
        )
        return reader.last_update_id, {"b": bids, "a": asks}


def updates_of(messages: tuple[dict[str, Any], ...]) -> list[dict[str, Any]]:
    return [message["data"] for message in messages if "@depth" in message["stream"]]


@pytest.mark.parametrize("numbers", [str, Decimal])
@pytest.mark.parametrize("symbol", SYMBOLS)
def test_a_recording_ends_in_the_exact_book(symbol: str, numbers: Any) -> None:
    """Whatever the updates were decoded as; and the server's best levels never contradict it."""
    (snapshot,), messages = recording(symbol)
    played = Played(numbers)
    for message in messages:
        played.message(message)
        # As soon as the stream has reached it.
        has_reached = message["data"].get("u", 0) >= snapshot["lastUpdateId"]
        if "@depth" in message["stream"] and has_reached and not played.local.is_synced:
            played.answer(snapshot)
    assert played.local.is_synced
    assert played.sides() == plain_book(snapshot, updates_of(messages))
    reader: BookReader[Decimal] = BookReader(played.local, Decimal)
    for levels, sign in ((reader.bids, -1), (reader.asks, 1)):
        prices = [level.price for level in levels]
        assert prices == sorted(prices, key=lambda price: sign * price)
    assert [notice for notice in played.notices if isinstance(notice, BookMismatch)] == []
    if symbol == "BTCUSDT":
        assert played.sync.compared > 1_000


@pytest.mark.parametrize("count", [0, 2, 1000])
def test_it_does_not_matter_when_the_snapshot_arrives(count: int) -> None:
    """Before the updates that it lies among, or long after: the book is the same."""
    (snapshot,), messages = recording("BTCUSDT")
    updates = updates_of(messages)
    played = Played()
    for place, message in enumerate(m for m in messages if "@depth" in m["stream"]):
        if place == count:
            played.answer(snapshot)
        played.message(message)
    assert played.local.is_synced
    assert played.sides() == plain_book(snapshot, updates)


def test_a_snapshot_of_any_moment_makes_the_same_book() -> None:
    """Between any two updates of the recording, with as many levels as the book had then."""
    (snapshot,), messages = recording("BTCUSDT")
    updates = updates_of(messages)
    _, expected = plain_book(snapshot, updates[:200])
    for place in range(4, 200, 28):
        id, sides = plain_book(snapshot, updates[:place])
        taken = {
            "lastUpdateId": id,
            "bids": [[str(p), str(q)] for p, q in sorted(sides["b"].items(), reverse=True)],
            "asks": [[str(p), str(q)] for p, q in sorted(sides["a"].items())],
        }
        played = Played()
        for update in updates[:200]:
            played.message({"stream": "btcusdt@depth@100ms", "data": update})
        played.answer(taken)
        assert played.sides() == (updates[199]["u"], expected)
