"""Order books in a simulated world: what is published of them, and who keeps them."""

from __future__ import annotations

import json
import random
from contextlib import nullcontext
from functools import partial

from msgspec.structs import replace

from binance_streams import CATALOG, RequestError
from binance_streams_runtime.catalog.rest import Endpoint, OrderBookRules
from binance_streams_runtime.client.connect_limit import ConnectLimiter
from binance_streams_runtime.decoding.json import decoder_of
from binance_streams_runtime.order_book.feed import BookFeed
from binance_streams_runtime.order_book.reader import BookReader
from binance_streams_runtime.pipeline.queues import EventQueue
from binance_streams_runtime.pipeline.route import Route
from binance_streams_runtime.protocol.rest import RestFailure, RestRequest, RestServer
from tests.simulation.client import Client, Episode
from tests.simulation.feeds import Depths, Feed, Quotes
from tests.simulation.world import World

DEPTH = 12
_LEVELS = 20

Levels = dict[int, int]
Sides = tuple[dict[int, int], dict[int, int]]


def rules() -> OrderBookRules:
    """Those of the market, with snapshots so small that depth matters in small books."""
    given = CATALOG.order_book
    assert given is not None
    return replace(given, snapshot=Endpoint("/depth", "", weights=((4, 1), (8, 5), (16, 50))))


class Book(Depths):
    """A book whose updates are published; its best levels are published by ``quotes``."""

    def __init__(self, chance: random.Random, symbol: str) -> None:
        super().__init__(chance, symbol)
        self.quotes = BestQuotes(chance, symbol, self)
        self.id = 999
        self.sides: Sides = (
            {1000 - step: self._quantity() for step in range(1, _LEVELS)},
            {1000 + step: self._quantity() for step in range(1, _LEVELS)},
        )
        self._changed: tuple[set[int], set[int]] = (set(), set())
        self.history: dict[int, Sides] = {}
        self._remember()

    def _quantity(self) -> int:
        return self.chance.randrange(1, 100)

    def _remember(self) -> None:
        self.history[self.id] = (dict(self.sides[0]), dict(self.sides[1]))

    def change(self) -> None:
        """Change one level."""
        chance = self.chance
        self.id += 1
        side = chance.randrange(2)
        levels, others, sign = self.sides[side], self.sides[1 - side], 1 - 2 * side
        best = max(levels, key=lambda price: sign * price)
        price = best - sign * chance.choice((-1, 0, 0, 0, 1, 2, 5, 15))
        if any(sign * other <= sign * price for other in others):
            price = best
        if price in levels and len(levels) > 5 and chance.random() < 0.5:
            del levels[price]
        else:
            levels[price] = self._quantity()
        self._changed[side].add(price)
        self._remember()

    def best(self) -> tuple[int, int]:
        return max(self.sides[0]), min(self.sides[1])

    def next_range(self) -> tuple[int, int]:
        """All changes since the last update."""
        first = self.ranges[-1][1] + 1 if self.ranges else 1000
        self.places[first, self.id] = len(self.ranges)
        return first, self.id

    def payload(self, place: int) -> str:
        first, last = self.ranges[place]
        changed, self._changed = self._changed, (set(), set())
        bids, asks = (
            [[f"{price}.00", f"{levels.get(price, 0)}.0"] for price in sorted(prices)]
            for prices, levels in zip(changed, self.sides, strict=True)
        )
        return json.dumps(
            {"e": "depthUpdate", "E": last, "s": self.symbol.upper(), "U": first, "u": last}
            | {"b": bids, "a": asks}
        )

    def snapshot(self, limit: int, lag: int) -> bytes:
        """The best levels, as they were some changes ago."""
        id = max(self.id - lag, 999)
        bids, asks = self.history[id]
        return json.dumps(
            {
                "lastUpdateId": id,
                "bids": [[f"{p}.0", f"{bids[p]}"] for p in sorted(bids, reverse=True)[:limit]],
                "asks": [[f"{p}.0", f"{asks[p]}"] for p in sorted(asks)[:limit]],
            }
        ).encode()


class BestQuotes(Quotes):
    """The best levels of a book, whenever something has changed."""

    def __init__(self, chance: random.Random, symbol: str, book: Book) -> None:
        super().__init__(chance, symbol)
        self.book = book

    def payload(self, place: int) -> str:
        book = self.book
        bid, ask = book.best()
        # Its events are distinguished by their ids.
        self.places[book.id] = place
        return json.dumps(
            {"u": book.id, "s": self.symbol.upper(), "b": f"{bid}", "B": f"{book.sides[0][bid]}"}
            | {"a": f"{ask}", "A": f"{book.sides[1][ask]}"}
        )


class KeptBook(Episode):
    """One book of one client, as long as it is open."""

    def __init__(self, client: BookClient, name: str, feed: BookFeed) -> None:
        super().__init__(client, name, feed.route)
        self.keeper = client
        self.feed = feed
        self.reader: BookReader[str] = BookReader(feed.local, str)
        self.compared = 0

    def ended(self, error: BaseException | None) -> None:
        self.state = "ended"
        if error is not None:
            assert isinstance(error, RequestError), f"the book of {self.name} ended: {error}"
            del self.keeper.books[self.name]

    def check(self, book: Book) -> None:
        """Whoever reads a book that is called synced reads what the server had."""
        if self.feed.local.state != "synced":
            return
        self.compared += 1
        view, horizon = self.reader.top(1000), self.reader.horizon
        assert view.update_id is not None
        for levels, truth, bound, sign in (
            (view.bids, book.history[view.update_id][0], horizon.bid, 1),
            (view.asks, book.history[view.update_id][1], horizon.ask, -1),
        ):
            least = None if bound is None else sign * int(float(bound))
            known = {
                price: quantity
                for price, quantity in truth.items()
                if least is None or sign * price >= least
            }
            read = {
                int(float(price)): int(float(quantity))
                for price, quantity in levels
                if least is None or sign * int(float(price)) >= least
            }
            assert read == known, f"a wrong book of {self.name} at {view.update_id}"
            best = max(truth, key=lambda price: sign * price)
            assert levels, f"a book of {self.name} without levels is called synced"
            assert int(float(levels[0].price)) == best, f"a wrong best level of {self.name}"


class BookClient(Client):
    """A client that keeps books, and has subscriptions beside them."""

    world: BooksWorld

    def __init__(self, world: World, attempts: ConnectLimiter) -> None:
        super().__init__(
            world, attempts, fetch=self._fetch, cancel=self._cancel, rest=RestServer("http://rest")
        )
        self.books: dict[str, KeptBook] = {}
        self.all_books: list[KeptBook] = []
        self._cancelled: set[int] = set()

    @property
    def wanted(self) -> list[str]:
        return sorted({*self.subscribed, *self.engine.taps._trackers})

    def open_book(self, name: str) -> None:
        if name in self.books:
            return
        chance, given = self.world.chance, rules()
        updates = CATALOG.resolve(name)
        assert given.best is not None
        symbol = str(updates.parameters["symbol"])
        best = CATALOG.resolve(f"{symbol}@bookTicker")
        is_verified = chance.choice((True, False, None))
        route = Route(updates, decoder_of(updates.type, str), EventQueue(1 << 20))
        feed = BookFeed(
            *(given, updates, None if is_verified is False else best, DEPTH, is_verified),
            *(route, str, self.engine.draws.of(name), nullcontext()),
        )
        route.subscriber = self.books[name] = KeptBook(self, name, feed)
        self.all_books.append(self.books[name])
        self.note("open", name, route)
        now = self.world.now
        self.engine.command(now, lambda _: self.engine.books.open(now, feed))

    def close_book(self, name: str) -> None:
        kept, now = self.books.pop(name, None), self.world.now
        if kept is not None:
            self.note("close", name, kept.feed.route)
            self.engine.command(now, lambda _: self.engine.books.close(now, kept.feed))

    def _fetch(self, number: int, request: RestRequest) -> None:
        world, chance = self.world, self.world.chance
        symbol = request.query["symbol"].lower()
        book = world.feeds[f"{symbol}@depth@100ms"]
        assert isinstance(book, Book)
        delay = chance.choice((0.01, 0.2, 1.0, 4.0))
        is_faulty = world.is_faulty
        if is_faulty and chance.random() < world.refuses_rest:
            failure = RestFailure("503", 503, None, chance.choice((None, 0.5, 5.0)))
            world.at(world.now + delay, partial(self._answer, number, failure))
            return
        lag = chance.choice((0, 0, 3, 20)) if is_faulty else 0

        def serve() -> None:
            # Something may have changed that no update has reported yet.
            for _ in range(chance.choice((0, 0, 1, 3)) if world.is_faulty else 0):
                world.change(book)
                world.at(world.now + 0.5, partial(world.publish_update, book))
            body = book.snapshot(int(request.query["limit"]), lag)
            world.at(world.now + delay / 2, partial(self._answer, number, request.decode(body)))

        world.at(world.now + delay / 2, serve)

    def _answer(self, number: int, result: object) -> None:
        if number not in self._cancelled:
            self.engine.fetched(self.world.now, number, result)

    def _cancel(self, number: int) -> None:
        self._cancelled.add(number)


class BooksWorld(World):
    """A world of books alone."""

    def __init__(self, seed: int, is_gentle: bool = False) -> None:
        self.refuses_rest = 0.0
        super().__init__(seed, is_gentle)
        self.refuses_rest = self.chance.choice((0.0, 0.2, 0.6))

    def make_feeds(self) -> dict[str, Feed]:
        feeds: dict[str, Feed] = {}
        for number in range(self.chance.randrange(1, 4)):
            book = Book(self.chance, f"s{number}usdt")
            feeds |= {book.name: book, book.quotes.name: book.quotes}
        return feeds

    def make_client(self, attempts: ConnectLimiter) -> Client:
        return BookClient(self, attempts)

    def change(self, book: Book) -> None:
        """Change a book, and publish what its best levels are now."""
        book.change()
        super()._publish(book.quotes)

    def publish_update(self, book: Book) -> None:
        """Publish what has changed, unless that was done meanwhile."""
        if not book.ranges or book.id > book.ranges[-1][1]:
            super()._publish(book)

    def _plan(self) -> None:
        super()._plan()
        chance, start, calm = self.chance, self.now, self.calm_at
        for client in self.clients:
            assert isinstance(client, BookClient)
            for name, feed in self.feeds.items():
                if isinstance(feed, Book):
                    self.at(chance.uniform(start, start + 5), partial(client.open_book, name))
                    if chance.random() < 0.5 and not self.is_gentle:
                        at = chance.uniform(start, calm)
                        self.at(at, partial(client.close_book, name))
                        self.at(at + chance.choice((0, 0.1, 5)), partial(client.open_book, name))
        # Whatever is verified in turn begins and ends some more, so that nothing is ever quiet.
        self.at(self.ends_at - 30, self._end_turns)

    def _end_turns(self) -> None:
        for client in self.clients:
            assert isinstance(client, BookClient)
            for name, kept in list(client.books.items()):
                if kept.feed.is_verified is None:
                    client.close_book(name)

    def _publish(self, feed: Feed) -> None:
        if not isinstance(feed, Book):
            # The best levels are published when they change.
            return
        for _ in range(self.chance.choice((1, 1, 2, 5))):
            self.change(feed)
        super()._publish(feed)

    def _check_bounds(self) -> None:
        super()._check_bounds()
        for client in self.clients:
            assert isinstance(client, BookClient)
            for name, kept in client.books.items():
                book = self.feeds[name]
                assert isinstance(book, Book)
                kept.check(book)


def check_books(world: BooksWorld) -> None:
    """In the end every book is right, and at the last update."""
    for client in world.clients:
        assert isinstance(client, BookClient)
        for name, kept in client.books.items():
            local, last = kept.feed.local, world.feeds[name].ranges[-1][1]
            assert local.state == "synced", f"{name}: {local.state}, {local.reason}"
            assert kept.reader.last_update_id == last, f"{name}: at {kept.reader.last_update_id}"
            assert kept.state == "confirmed", f"{name}: nobody was notified"
            assert kept.compared, f"{name}: was never compared"
