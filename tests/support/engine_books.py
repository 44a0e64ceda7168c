"""An engine that keeps order books, in simulated time, with a model of the exchange."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from binance_streams import CATALOG, ConnectionLost
from binance_streams_runtime.decoding.json import decoder_of
from binance_streams_runtime.order_book.feed import BookFeed
from binance_streams_runtime.order_book.reader import BookReader
from binance_streams_runtime.pipeline.queues import EventQueue, Overflow
from binance_streams_runtime.pipeline.route import Route
from binance_streams_runtime.protocol.rest import RestFailure, RestRequest, RestServer
from tests.support.frames import frame, wrapped
from tests.support.simulated_engine import EngineWorld, Subscriber

CUT = ConnectionLost("a test cut it")
STEP = Decimal("0.01")

Levels = list[tuple[Decimal, Decimal]]


class Exchange:
    """The book of one symbol, and what is sent about it."""

    def __init__(self, symbol: str, seed: int = 1, levels: int = 300) -> None:
        self.symbol = symbol
        self._draw = random.Random(f"{symbol} {seed}")
        self.id = 1000
        self.sent = self.id
        self.bids: dict[Decimal, Decimal] = {}
        self.asks: dict[Decimal, Decimal] = {}
        for step in range(1, levels + 1):
            self.bids[Decimal(100) - step * STEP] = self._quantity()
            self.asks[Decimal(100) + step * STEP] = self._quantity()
        self._changed: tuple[dict[Decimal, None], dict[Decimal, None]] = ({}, {})
        self.history: dict[int, tuple[Levels, Levels]] = {}
        self.withholds = False
        """Whether updates lack their levels, although their ids are right."""

    def _quantity(self) -> Decimal:
        return Decimal(self._draw.randrange(1, 999)) * STEP

    def change(self, count: int = 3) -> None:
        """Change some levels near the best, the best ones most of the time."""
        for _ in range(count):
            self.id += 1
            side = self._draw.randrange(2)
            sign, levels = (1, self.bids) if side == 0 else (-1, self.asks)
            best = max(levels) if side == 0 else min(levels)
            price = best - sign * self._draw.choice((0, 0, 0, 1, 2, 5, 40)) * STEP
            if self._draw.random() < 0.2 and price != best:
                levels.pop(price, None)
            else:
                levels[price] = self._quantity()
            self._changed[side][price] = None

    def update(self, speed: str = "@100ms") -> bytes:
        """The update with what has changed since the last one."""
        changed, self._changed = self._changed, ({}, {})
        bids, asks = (
            [[f"{price:.8f}", f"{levels.get(price, 0):.8f}"] for price in prices]
            for prices, levels in zip(changed, (self.bids, self.asks), strict=True)
        )
        payload = {"e": "depthUpdate", "E": self.id, "s": self.symbol, "U": self.sent + 1}
        payload |= {"u": self.id, "b": bids, "a": asks}
        if self.withholds:
            payload |= {"b": [], "a": []}
        self.sent = self.id
        self.history[self.id] = self.sides()
        return frame(wrapped(f"{self.symbol.lower()}@depth{speed}", json.dumps(payload)))

    def ticker(self) -> bytes:
        """What the stream of the best bid and ask says."""
        bid, ask = max(self.bids), min(self.asks)
        payload = {"u": self.id, "s": self.symbol, "b": f"{bid:.8f}"}
        payload |= {"B": f"{self.bids[bid]:.8f}", "a": f"{ask:.8f}", "A": f"{self.asks[ask]:.8f}"}
        return frame(wrapped(f"{self.symbol.lower()}@bookTicker", json.dumps(payload)))

    def snapshot(self, limit: int) -> bytes:
        """What REST answers."""
        sides = self.sides()
        self.history[self.id] = sides
        bids, asks = ([[f"{p:.8f}", f"{q:.8f}"] for p, q in side[:limit]] for side in sides)
        return json.dumps({"lastUpdateId": self.id, "bids": bids, "asks": asks}).encode()

    def sides(self) -> tuple[Levels, Levels]:
        return sorted(self.bids.items(), reverse=True), sorted(self.asks.items())


class KeptBook:
    """One book of the engine, and who consumes its changes."""

    def __init__(self, feed: BookFeed, exchange: Exchange, subscriber: Subscriber) -> None:
        self.feed = feed
        self.exchange = exchange
        self.subscriber = subscriber
        self.reader: BookReader[Decimal] = BookReader(feed.local, Decimal)

    @property
    def state(self) -> str:
        return self.feed.local.state

    @property
    def items(self) -> list[Any]:
        return self.feed.route.sink.sample(1 << 20)

    def assert_right(self) -> None:
        """The book is synced, and what the exchange's was at the same id."""
        assert self.state == "synced", self.feed.local.reason
        view, horizon = self.reader.top(10_000), self.reader.horizon
        assert view.update_id is not None
        bids, asks = self.exchange.history[view.update_id]
        if horizon.bid is not None:
            bids = [level for level in bids if level[0] >= horizon.bid]
        if horizon.ask is not None:
            asks = [level for level in asks if level[0] <= horizon.ask]
        assert [tuple(level) for level in view.bids][: len(bids)] == bids
        assert [tuple(level) for level in view.asks][: len(asks)] == asks


class BookEngine(EngineWorld):
    """Runs an engine with books against exchanges that send updates every 100 ms."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            fetch=self._fetch, cancel=self._cancel, rest=RestServer("http://rest"), **options
        )
        self.exchanges: dict[str, Exchange] = {}
        self.asked: list[RestRequest] = []
        self.cancelled: set[int] = set()
        self.pending: set[int] = set()
        self.latency = 0.05
        self.failure: Callable[[RestRequest], RestFailure | None] = lambda request: None
        self.answers: Callable[[RestRequest], bool] = lambda request: True
        self.has_tickers = True

    def keep(
        self,
        symbol: str = "BTCUSDT",
        *,
        depth: int = 5000,
        verify: bool | None = False,
        consumer: str = "unclaimed",
        maxsize: int = 1000,
        overflow: Overflow = "drop_oldest",
    ) -> KeptBook:
        """Open a book, as a user does."""
        rules = CATALOG.order_book
        assert rules is not None
        assert rules.best is not None
        name = symbol.lower()
        updates = rules.updates.stream(symbol=name, speed=100)
        best = None if verify is False else rules.best.stream.stream(symbol=name)
        queue = EventQueue(maxsize, overflow)
        route = Route(updates, decoder_of(updates.type, Decimal), queue)
        draw = random.Random(1).random
        feed = BookFeed(
            *(rules, updates, best, depth, verify, route, Decimal, draw),
            lock=_NoLock(),
        )
        route.subscriber = subscriber = Subscriber()
        exchange = self.exchanges.setdefault(symbol, Exchange(symbol))
        self.do(lambda: self.engine.books.open(self.now, feed))
        book = KeptBook(feed, exchange, subscriber)
        if consumer != "unclaimed":
            self.consume(book, with_notices=consumer == "notices")
        return book

    def consume(self, book: KeptBook, with_notices: bool = False) -> None:
        self.call("attach_consumer", book.feed.route, with_notices)

    def close_book(self, book: KeptBook) -> None:
        self.do(lambda: self.engine.books.close(self.now, book.feed))

    def do(self, work: Callable[[], None]) -> None:
        self.engine.command(self.now, lambda session: work())
        self._perform()

    def synced(self, symbol: str = "BTCUSDT", **options: Any) -> KeptBook:
        """A book that is right and as deep as it is to be."""
        book = self.keep(symbol, **options)
        self.trade(5)
        book.assert_right()
        return book

    def trade(self, seconds: float, symbols: list[str] | None = None) -> None:
        """Let the exchanges change, and send what is subscribed, for a while."""
        for _ in range(round(seconds * 10)):
            for symbol, exchange in self.exchanges.items():
                if symbols is None or symbol in symbols:
                    self.send(exchange)
            self.run(0.1)

    def send(self, exchange: Exchange, *, skip: bool = False) -> None:
        """One update of an exchange, and what it says about the best bid and ask before it."""
        for _ in range(3):
            exchange.change()
            if self.has_tickers:
                self.deliver(exchange.ticker(), f"{exchange.symbol.lower()}@bookTicker")
        update = exchange.update()
        if not skip:
            self.deliver(update, f"{exchange.symbol.lower()}@depth@100ms")

    def deliver(self, data: bytes, stream: str) -> None:
        """Deliver a frame on each connection that has the stream."""
        for number, server in list(self.servers.items()):
            if server.is_open and stream in server.streams:
                self.receive(data, number)

    def cut(self) -> None:
        """End the connections; the client reconnects as soon as time passes."""
        for number, server in list(self.servers.items()):
            if server.is_open:
                self.lose(number, CUT)

    @property
    def limits(self) -> list[int]:
        """How many levels were asked for, by request."""
        return [int(request.query["limit"]) for request in self.asked]

    def _fetch(self, number: int, request: RestRequest) -> None:
        self.asked.append(request)
        self.pending.add(number)
        if self.answers(request):
            self.at(self.now + self.latency, lambda: self._answer(number, request))

    def _answer(self, number: int, request: RestRequest) -> None:
        if number in self.cancelled:
            return
        self.pending.discard(number)
        result: object = self.failure(request)
        if result is None:
            exchange = self.exchanges[request.query["symbol"]]
            result = request.decode(exchange.snapshot(int(request.query["limit"])))
        self.call("fetched", number, result)

    def _cancel(self, number: int) -> None:
        self.cancelled.add(number)
        self.pending.discard(number)


class _NoLock:
    """A lock for a single thread, which must not be taken twice."""

    def __init__(self) -> None:
        self._is_held = False

    def __enter__(self) -> None:
        assert not self._is_held, "the lock is held already"
        self._is_held = True

    def __exit__(self, *raised: object) -> None:
        self._is_held = False
