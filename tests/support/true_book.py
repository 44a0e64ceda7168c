"""An exchange's order book that remembers every state it was in, and what it sends about it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from random import Random

from msgspec import Struct
from msgspec.structs import replace

from binance_streams import CATALOG, BookTicker, PriceLevel
from binance_streams_runtime.catalog.rest import Endpoint, OrderBookRules
from binance_streams_runtime.catalog.streams import Range

Levels = dict[Decimal, Decimal]
Sides = tuple[Levels, Levels]

_STEP = Decimal("0.01")


class Update(Struct, frozen=True):
    """What changed from ``first_update_id`` to ``last_update_id``."""

    first_update_id: int
    last_update_id: int
    previous_update_id: int
    event_time: int
    bids: list[PriceLevel[str]]
    asks: list[PriceLevel[str]]


class Snapshot(Struct, frozen=True):
    """The best levels at one id."""

    last_update_id: int
    bids: list[PriceLevel[str]]
    asks: list[PriceLevel[str]]


def rules(*, is_linked: bool = False) -> OrderBookRules:
    """The rules of a market whose snapshots are small, so that depth matters in small books."""
    given = CATALOG.order_book
    assert given is not None
    previous = "previous_update_id" if is_linked else None
    sequence = Range("first_update_id", "last_update_id", previous)
    snapshot = Endpoint("/depth", "", weights=((4, 1), (8, 5), (16, 50)))
    updates = replace(given.updates, sequence=sequence)
    return replace(given, updates=updates, snapshot=snapshot, snapshot_struct=Snapshot)


class TrueBook:
    """The server's book. Each change of a level has an id of its own."""

    def __init__(self, random: Random, *, is_linked: bool = False) -> None:
        self._random = random
        self._is_linked = is_linked
        self.id = 1_000_000
        self._bids: Levels = {}
        self._asks: Levels = {}
        self._changed: tuple[list[Decimal], list[Decimal]] = ([], [])
        self._first: int | None = None
        self._sent = self.id
        self.history: dict[int, list[Sides]] = {}
        """What the book was at each id; more than once if ids restarted."""
        self.messages: list[BookTicker[str]] = []
        """What the stream of the best levels would send, and nobody has taken yet."""
        self._fill()

    def _fill(self) -> None:
        middle = Decimal(self._random.randrange(9_000, 11_000)) * _STEP
        self._bids = {middle - k * _STEP: self._quantity() for k in range(1, 25)}
        self._asks = {middle + k * _STEP: self._quantity() for k in range(1, 25)}
        self._remember()

    def change(self) -> None:
        """Change one level."""
        random = self._random
        before = self.best()
        # Ids of other symbols lie in between where each update repeats the one before.
        step = random.randrange(1, 4) if self._is_linked else 1
        for _ in range(step - 1):
            self.id += 1
            self._remember()
        self.id += 1
        is_bid = random.random() < 0.5
        mine, others = (self._bids, self._asks) if is_bid else (self._asks, self._bids)
        sign = 1 if is_bid else -1
        best = max(mine, key=lambda price: sign * price)
        distance = random.choice((0, 0, 0, 1, 1, 2, 3, 5, 8, 13, 21, 30))
        price = best - sign * distance * _STEP
        if random.random() < 0.3:
            price = best + sign * _STEP
        is_crossing = any(sign * other <= sign * price for other in others)
        if len(mine) > 6 and (is_crossing or (price in mine and random.random() < 0.6)):
            price = price if price in mine else best
            del mine[price]
        elif is_crossing:
            price = best
            mine[price] = self._quantity()
        else:
            mine[price] = self._quantity()
        self._changed[0 if is_bid else 1].append(price)
        self._first = self.id if self._first is None else self._first
        self._remember()
        if self.best() != before:
            self.messages.append(self.message())

    def rush(self) -> None:
        """Let somebody take the best levels of one side, more than a small snapshot has."""
        is_bid = self._random.random() < 0.5
        mine = self._bids if is_bid else self._asks
        while len(mine) > 12:
            self.id += 1
            price = max(mine) if is_bid else min(mine)
            del mine[price]
            self._changed[0 if is_bid else 1].append(price)
            self._first = self.id if self._first is None else self._first
            self._remember()
            self.messages.append(self.message())

    def update(self) -> Update | None:
        """What changed since the last update; None if nothing did."""
        if self._first is None:
            return None
        changed, self._changed = self._changed, ([], [])
        sides = []
        for prices, levels in zip(changed, (self._bids, self._asks), strict=True):
            once = list(dict.fromkeys(prices))
            self._random.shuffle(once)
            sides.append([self._level(price, levels.get(price, Decimal(0))) for price in once])
        update = Update(self._first, self.id, self._sent, self.id * 10, *sides)
        self._first, self._sent = None, self.id
        return update

    def snapshot(self, limit: int, lag: int = 0) -> Snapshot:
        """The best levels as they were ``lag`` ids ago."""
        id = self.id - lag if self.id - lag in self.history else self.id
        bids, asks = self.history[id][-1]
        return Snapshot(
            id,
            [self._level(price, bids[price]) for price in sorted(bids, reverse=True)[:limit]],
            [self._level(price, asks[price]) for price in sorted(asks)[:limit]],
        )

    def restart(self, id: int) -> None:
        """Begin anew with another book and other ids. What was not sent yet is lost."""
        self.id = self._sent = id
        self._changed, self._first = ([], []), None
        self.messages.clear()
        self._fill()

    def best(self) -> tuple[tuple[Decimal, Decimal], tuple[Decimal, Decimal]]:
        """The best bid and ask."""
        bid, ask = max(self._bids), min(self._asks)
        return (bid, self._bids[bid]), (ask, self._asks[ask])

    def message(self) -> BookTicker[str]:
        """What the stream of the best levels says now."""
        (bid, bid_quantity), (ask, ask_quantity) = self.best()
        texts = (str(bid), str(bid_quantity), str(ask), str(ask_quantity))
        return BookTicker(self.id, "BTCUSDT", *texts)

    def _remember(self) -> None:
        self.history.setdefault(self.id, []).append((dict(self._bids), dict(self._asks)))

    def _quantity(self) -> Decimal:
        return Decimal(self._random.randrange(1, 999)) * Decimal("0.001")

    def _level(self, price: Decimal, quantity: Decimal) -> PriceLevel[str]:
        """A level as some server may write it."""
        written = self._random.choice((str(price), str(price), f"{price:f}0", _short(price)))
        if not quantity:
            return PriceLevel(written, self._random.choice(("0.00000000", "0", "0.0")))
        return PriceLevel(written, self._random.choice((str(quantity), f"{quantity}00")))


def plain(levels: Sequence[Iterable[str]]) -> list[tuple[Decimal, Decimal]]:
    """Levels as numbers."""
    return [(Decimal(price), Decimal(quantity)) for price, quantity in levels]


def _short(price: Decimal) -> str:
    text = f"{price:f}".rstrip("0")
    return text.removesuffix(".")
