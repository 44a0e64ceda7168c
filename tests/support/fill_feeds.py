"""Streams whose missed events REST has: what each has published, as frames and as rows."""

from __future__ import annotations

import json
import random
from typing import Any

from tests.support.frames import frame, wrapped

START = 1_700_000_000_000
MINUTE = 60_000


class Feed:
    """One stream, and the endpoint that has its events."""

    path: str
    start = "fromId"
    shows_what_is_missing = True

    def __init__(self, name: str) -> None:
        self.name = name
        # When each event was published, its number, and its row.
        self.published: list[tuple[float, int, Any]] = []

    def publish(self, now: float) -> bytes:
        """Publish the next event; return its frame."""
        raise NotImplementedError

    def rows(self, query: dict[str, str], now: float) -> list[Any]:
        """Return the rows of what had been published by ``now``."""
        first, most = int(query[self.start]), int(query["limit"])
        rows = [row for time, number, row in self.published if time <= now and number >= first]
        return rows[:most]

    @property
    def last_number(self) -> int:
        """The number of the last event that was published."""
        return self.published[-1][1]

    def number_of(self, event: Any) -> int:
        """Return the number of an event: its id, or when its candle opens."""
        raise NotImplementedError

    def expected(self, first: int, last: int) -> list[int]:
        """Return the numbers that must be delivered from a first to a last one."""
        return [number for _, number, _ in self.published if first <= number <= last]


class Trades(Feed):
    """Consecutive ids."""

    path = "/api/v3/historicalTrades"

    def __init__(self, first: int = 100, symbol: str = "btcusdt") -> None:
        super().__init__(f"{symbol}@trade")
        self.symbol = symbol.upper()
        self.id = first

    def publish(self, now: float) -> bytes:
        id, self.id = self.id, self.next_id()
        time = START + int(now * 1000)
        self.published.append((now, id, self.row(id, time)))
        return self.frame(id, time)

    def next_id(self) -> int:
        return self.id + 1

    def frame(self, id: int, time: int) -> bytes:
        payload = self.head("trade", time) | {"t": id} | self.tail(time) | {"M": True}
        return frame(wrapped(self.name, json.dumps(payload)))

    def head(self, kind: str, time: int) -> dict[str, Any]:
        return {"e": kind, "E": time, "s": self.symbol}

    def tail(self, time: int) -> dict[str, Any]:
        return {"p": "1.0", "q": "0.5", "T": time, "m": True}

    def row(self, id: int, time: int) -> Any:
        common = {"id": id, "price": "1.0", "qty": "0.5", "quoteQty": "0.5", "time": time}
        return common | {"isBuyerMaker": True, "isBestMatch": True}

    def number_of(self, event: Any) -> int:
        return int(event.trade_id)


class AggTrades(Trades):
    """Consecutive ids of another stream."""

    path = "/api/v3/aggTrades"

    def __init__(self, first: int = 100, symbol: str = "btcusdt") -> None:
        super().__init__(first, symbol)
        self.name = f"{symbol}@aggTrade"

    def frame(self, id: int, time: int) -> bytes:
        return frame(
            wrapped(self.name, json.dumps(self.head("aggTrade", time) | self.row(id, time)))
        )

    def row(self, id: int, time: int) -> Any:
        return {"a": id} | self.tail(time) | {"f": 10 * id, "l": 10 * id + 9, "M": True}

    def number_of(self, event: Any) -> int:
        return int(event.aggregate_trade_id)


class BlockTrades(Trades):
    """Ids that rise by as much as they like."""

    path = "/api/v3/historicalBlockTrades"
    shows_what_is_missing = False

    def __init__(self, first: int = 100, symbol: str = "btcusdt", seed: int = 1) -> None:
        super().__init__(first, symbol)
        self.name = f"{symbol}@blockTrade"
        self.random = random.Random(seed)

    def next_id(self) -> int:
        return self.id + self.random.choice([1, 1, 2, 50])

    def frame(self, id: int, time: int) -> bytes:
        payload = self.head("blockTrade", time) | {"t": id} | self.tail(time)
        return frame(wrapped(self.name, json.dumps(payload)))

    def number_of(self, event: Any) -> int:
        return int(event.block_trade_id)


class Candles(Feed):
    """Candles of a minute. What is published is the present state of one, or its end.

    Each of them is one trade more. A halted market has none.
    """

    path = "/api/v3/klines"
    start = "startTime"

    def __init__(self, symbol: str = "btcusdt") -> None:
        super().__init__(f"{symbol}@kline_1m")
        self.symbol = symbol.upper()
        self.opens = START
        self.count = 0
        self.closed: list[int] = []

    def publish(self, now: float, is_closed: bool = False) -> bytes:
        self.count += 1
        opens = self.opens
        self.published.append((now, opens, self._row(opens, self.count)))
        if is_closed:
            self.closed.append(opens)
            self.opens, self.count = opens + MINUTE, 0
        payload = self._payload(opens, self.published[-1][-1], is_closed, int(now * 1000))
        return frame(wrapped(self.name, json.dumps(payload)))

    def halt(self, minutes: int) -> None:
        """Have no candles for a while; the last one must have been closed."""
        assert self.count == 0
        self.opens += minutes * MINUTE

    def _row(self, opens: int, count: int) -> list[Any]:
        prices, ends = ["1.0", "2.0", "0.5", "1.5"], opens + MINUTE - 1
        return [opens, *prices, "10", ends, "15", count, "4", "6", "0"]

    def _payload(self, opens: int, row: list[Any], is_closed: bool, time: int) -> Any:
        keys = ["t", "o", "h", "l", "c", "v", "T", "q", "n", "V", "Q", "B"]
        candle = dict(zip(keys, row, strict=True)) | {"s": self.symbol, "i": "1m"}
        candle |= {"f": 1, "L": 1, "x": is_closed}
        return {"e": "kline", "E": START + time, "s": self.symbol, "k": candle}

    def rows(self, query: dict[str, str], now: float) -> list[Any]:
        first, last = int(query.get("startTime", 0)), int(query.get("endTime", 1 << 62))
        most = int(query["limit"])
        states = {number: row for time, number, row in self.published if time <= now}
        rows = [row for number, row in states.items() if first <= number <= last]
        return rows[:most] if self.start in query else rows[-most:]

    def number_of(self, event: Any) -> int:
        return int(event.kline.open_time)

    def expected(self, first: int, last: int) -> list[int]:
        return [opens for opens in self.closed if first <= opens <= last]
