"""order-book, the C book of cryptofeed, as its README uses it. The variant is the numbers.

It is a data structure only, so the ids are checked here as by the books without a library.
"""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

from benchmarks.books.contend import Level
from benchmarks.books.diffs import Diffs


class _Book:
    decode = staticmethod(json.loads)

    def __init__(self, snapshot: dict[str, Any], variant: str) -> None:
        from order_book import OrderBook

        self._number: Any = Decimal if variant == "decimal" else float
        self._book = OrderBook()
        number = self._number
        self._book.bids = {number(price): number(size) for price, size in snapshot["bids"]}
        self._book.asks = {number(price): number(size) for price, size in snapshot["asks"]}
        self._last_id = snapshot["lastUpdateId"]

    def apply(self, message: Any) -> None:
        data, number = message["data"], self._number
        if data["U"] > self._last_id + 1:
            raise RuntimeError("updates are missing")
        for side, levels in (self._book.bids, data["b"]), (self._book.asks, data["a"]):
            for price, quantity in levels:
                key, value = number(price), number(quantity)
                if value:
                    side[key] = value
                elif key in side:
                    del side[key]
        self._last_id = data["u"]

    def best(self) -> tuple[Level, Level]:
        return self._book.bids.index(0), self._book.asks.index(0)

    def ten(self) -> tuple[list[Level], list[Level]]:
        bids, asks = self._book.bids, self._book.asks
        return [bids.index(n) for n in range(10)], [asks.index(n) for n in range(10)]


def make(sequence: Diffs, variant: str) -> _Book:
    """Return a book with the variant's numbers."""
    return _Book(sequence.snapshot, variant)
