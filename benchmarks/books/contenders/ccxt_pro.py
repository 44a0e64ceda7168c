"""ccxt: what ``watch_order_book`` does with a message, without a socket."""

from __future__ import annotations

from typing import Any

from benchmarks.books.contend import Level
from benchmarks.books.diffs import Diffs
from benchmarks.books.json_of_peers import loads
from benchmarks.contenders.ccxt_pro import MARKET


class _Connection:
    """Has the address of the stream, and what waits for the next state of a book."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.subscriptions: dict[str, Any] = {}
        self.resolved = 0

    def resolve(self, *_: object) -> None:
        self.resolved += 1

    def reject(self, error: Exception, *_: object) -> None:
        raise error


class _Book:
    decode = staticmethod(loads)

    def __init__(self, sequence: Diffs) -> None:
        import ccxt.pro

        self._exchange: Any = ccxt.pro.binance({"enableRateLimit": False})
        self._exchange.set_markets([MARKET])
        self._connection = _Connection(self._exchange.urls["api"]["ws"]["spot"])
        snapshot = sequence.snapshot
        book = self._exchange.order_book({}, len(snapshot["bids"]) * 2)
        parsed = self._exchange.parse_order_book(snapshot, "BTC/USDT")
        parsed["nonce"] = snapshot["lastUpdateId"]
        book.reset(parsed)
        self._exchange.orderbooks["BTC/USDT"] = book
        self._book = book

    def apply(self, message: Any) -> None:
        self._exchange.handle_order_book(self._connection, message["data"])
        self._book = self._exchange.orderbooks["BTC/USDT"].limit()

    def best(self) -> tuple[Level, Level]:
        return self._book["bids"][0], self._book["asks"][0]

    def ten(self) -> tuple[list[Level], list[Level]]:
        return self._book["bids"][:10], self._book["asks"][:10]


def make(sequence: Diffs, variant: str) -> _Book:
    """Return a book with floats, the only numbers that it has."""
    return _Book(sequence)
