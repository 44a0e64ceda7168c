"""A seeded market: order books in which traders quote and trade, one step at a time.

It reads no clock: the same seed and the same steps give the same market.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from binance_streams_simulator.book import Book, Level, Side
from binance_streams_simulator.records import Records
from binance_streams_simulator.windows import History, Trade

LEVELS = 1_000
"""The fewest levels of each side of a book, unless a market has more."""
_SPARE_LEVELS = 200
LOT = 1_000
"""What quantities are multiples of."""
_WARM_UP = 8
_PAST_TRADES = 3_000
_PAST_STEP = 30_000_000
"""At most so many trades, and at least so many microseconds between two of them, are before now."""
_BLOCK_TRADE_CHANCE = 0.2
"""In each step."""


class Aggregate(NamedTuple):
    """The trades of one taker order at one price."""

    id: int
    price: int
    quantity: int
    first_id: int
    last_id: int
    time: int
    is_buyer_maker: bool


@dataclass(slots=True)
class Activity:
    """What happened in one step."""

    trades: list[Trade] = field(default_factory=list)
    aggregates: list[Aggregate] = field(default_factory=list)
    block_trades: list[Trade] = field(default_factory=list)
    is_top_changed: bool = False


class Maker(Protocol):
    """An order of an account that waits for someone to trade with it."""

    @property
    def price(self) -> int:
        """At which it trades."""

    @property
    def open_quantity(self) -> int:
        """What is left of it."""

    def fill(self, trade: Trade) -> None:
        """Note that it was part of a trade."""


class Makers(Protocol):
    """The waiting orders of accounts. They are not in the book that everybody sees."""

    def next(self, is_bid: bool, price: int) -> Maker | None:
        """Return the one that trades first at ``price`` or a better one for those who take it."""


class Instrument:
    """One symbol: its book, its trades and their history."""

    def __init__(
        self,
        symbol: str,
        seed: int,
        now: int,
        levels: int = LEVELS,
        leaves_out_ids: bool = False,
        past: int = 0,
    ) -> None:
        """Begin at the time ``now``; candles have trades of ``past`` microseconds before it."""
        self.symbol = symbol
        self.levels = levels
        self.listed = now - past
        """When its first trade was possible, in microseconds."""
        # A text as seed does not depend on the process, as a hash would.
        self._random = random.Random(f"{seed}/{symbol}")
        # They are agreed on elsewhere, so they do not change what happens in the book.
        self._block_random = random.Random(f"{seed}/{symbol}/blocks")
        self._left_out_random = (
            random.Random(f"{seed}/{symbol}/left out") if leaves_out_ids else None
        )
        self.history = History()
        self.trades: Records[Trade] = Records()
        self.aggregates: Records[Aggregate] = Records()
        self.block_trades: Records[Trade] = Records()
        self.steps = 0
        self.makers: Makers | None = None
        # What has happened since the last step.
        self._activity = Activity()
        self.trade_id = self._random.randrange(10**6, 10**8)
        self.aggregate_id = self.trade_id // 2
        self.block_trade_id = self.trade_id // 1_000
        self.tick: int = 10 ** self._random.randrange(2, 7)
        self._anchor = self._random.randrange(20_000, 90_000) * self.tick
        self.book = Book(update_id=self.trade_id * 3)
        self.book.time = now
        for side in (self.book.bids, self.book.asks):
            side.fill(self._new_levels(side, self._anchor))
        self.last_trade = Trade(self.trade_id, self._anchor, LOT, now, False)
        if past:
            self._add_past(past, now, random.Random(f"{seed}/{symbol}/past"))
        for _ in range(_WARM_UP):
            self.step(now)
        while not self.trades:
            self.step(now)
        self.book.forget_changes()

    def _add_past(self, past: int, now: int, draw: random.Random) -> None:
        """Add trades that only candles and statistics have, up to the price of the book."""
        step = max(past // _PAST_TRADES, _PAST_STEP)
        times = range(now - step, now - past - 1, -step)
        price, trades = self._anchor, []
        for id, time in enumerate(times):
            price += round(draw.gauss((self._anchor - price) / 200, 3 * self.tick))
            price = max(price // self.tick, 1) * self.tick
            quantity = (1 + int(draw.random() ** 2 * 50_000)) * LOT
            trades.append(Trade(self.trade_id - id, price, quantity, time, draw.random() < 0.5))
        for trade in reversed(trades):
            self.history.add(trade)

    def step(self, now: int) -> Activity:
        """Let some traders quote, and perhaps one trade."""
        before = self.book.best
        self.book.time = now
        if self._left_out_random is not None:
            self.book.leave_out(int(self._left_out_random.random() * 4))
        activity, self._activity = self._activity, Activity()
        for _ in range(1 + int(self._random.random() * 3)):
            self._quote()
        if self._random.random() < 0.6:
            self._trade(now, activity)
        if self._block_random.random() < _BLOCK_TRADE_CHANCE:
            self._trade_block(now, activity)
        if self.makers is not None:
            self._cross(self.makers, now, activity)
        self._keep_depth(self.book.bids)
        self._keep_depth(self.book.asks)
        activity.is_top_changed |= before != self.book.best
        self.steps += 1
        return activity

    def offers(self, is_buy: bool, limit: int | None = None) -> Iterator[Level]:
        """Yield what a taker may trade with, best first, up to a price.

        One level is never taken, so that the book has a price.
        """
        side = self.book.asks if is_buy else self.book.bids
        for price, quantity in side.top(len(side) - 1):
            if limit is not None and (price > limit if is_buy else price < limit):
                return
            yield price, quantity

    def take(self, is_buy: bool, levels: Iterable[Level], now: int) -> list[Trade]:
        """Trade as a taker with what was offered; streams have it with the next step."""
        side = self.book.asks if is_buy else self.book.bids
        self.book.time = now
        trades = []
        for price, quantity in levels:
            self.book.change(side, price, side.quantity(price) - quantity)
            trades.append(self._trade_once(price, quantity, now, not is_buy, self._activity))
        self._keep_depth(side)
        self._activity.is_top_changed |= bool(trades)
        return trades

    def trade_with(self, maker: Maker, is_bid: bool, quantity: int, now: int) -> None:
        """Let somebody trade with a waiting order, whatever the book is."""
        maker.fill(self._trade_once(maker.price, quantity, now, is_bid, self._activity))

    def restart(self) -> None:
        """Restart: other levels in the book, and all ids from 1, as after a reset."""
        middle = self.book.bids.best
        self.book.restart(
            list(self._new_levels(self.book.bids, middle)),
            list(self._new_levels(self.book.asks, middle)),
        )
        self.trade_id = self.aggregate_id = self.block_trade_id = 0
        self._activity = Activity()
        for records in (self.trades, self.aggregates, self.block_trades):
            records.clear()

    def _new_levels(self, side: Side, middle: int) -> Iterator[Level]:
        step = -self.tick if side.is_bid else self.tick
        for level in range(1, self.levels + 21):
            if middle + level * step > 0:
                yield middle + level * step, self._quantity()

    def _quantity(self) -> int:
        return (1 + int(self._random.random() ** 2 * 50_000)) * LOT

    def _quote(self) -> None:
        side = self.book.bids if self._random.random() < 0.5 else self.book.asks
        inward = self.tick if side.is_bid else -self.tick
        spread = self.book.asks.best - self.book.bids.best
        if spread > self.tick and self._random.random() < 0.6:
            room = min(spread // self.tick - 1, 5)
            price = side.best + inward * (1 + int(self._random.random() * room))
            self.book.change(side, price, self._quantity())
            return
        distance = int(self._random.expovariate(1 / 6))
        if self._random.random() < 0.3 and len(side) > self.levels:
            self.book.change(side, side.price_at(min(distance, len(side) - 1)), 0)
            return
        price = side.best - inward * distance
        if price > 0:
            self.book.change(side, price, self._quantity())

    def _trade(self, now: int, activity: Activity) -> None:
        # The price is pulled back to where it started, so that it stays sane for months.
        pull = (self._anchor - self.book.asks.best) / self._anchor
        is_buy = self._random.random() < 0.5 + max(-0.4, min(0.4, pull * 4))
        side = self.book.asks if is_buy else self.book.bids
        open_quantity = int(side.quantity(side.best) * (0.2 + self._random.random() * 1.6))
        open_quantity = max(LOT, open_quantity - open_quantity % LOT)
        for _ in range(4):
            price = side.best
            if self.makers is not None:
                open_quantity = self._fill_makers(
                    self.makers, side.is_bid, price, open_quantity, now, activity
                )
                if not open_quantity:
                    break
            available = side.quantity(price)
            filled = min(open_quantity, available)
            self.book.change(side, price, available - filled)
            self._fill(price, filled, now, not is_buy, activity)
            open_quantity -= filled
            if not open_quantity:
                break

    def _fill(
        self, price: int, quantity: int, now: int, is_buyer_maker: bool, activity: Activity
    ) -> None:
        first_id = self.trade_id + 1
        left = quantity
        makers = 1 + int(self._random.random() * 3)
        for maker in range(makers, 0, -1):
            share = left // maker // LOT * LOT if maker > 1 else left
            if not share:
                continue
            self._add_trade(price, share, now, is_buyer_maker, activity)
            left -= share
        self._add_aggregate(first_id, price, quantity, now, is_buyer_maker, activity)

    def _trade_once(
        self, price: int, quantity: int, now: int, is_buyer_maker: bool, activity: Activity
    ) -> Trade:
        trade = self._add_trade(price, quantity, now, is_buyer_maker, activity)
        self._add_aggregate(trade.id, price, quantity, now, is_buyer_maker, activity)
        return trade

    def _fill_makers(
        self,
        makers: Makers,
        is_bid: bool,
        price: int,
        quantity: int,
        now: int,
        activity: Activity,
    ) -> int:
        """Let waiting orders trade before the level at ``price``; return what they leave over."""
        while quantity:
            maker = makers.next(is_bid, price)
            if maker is None:
                break
            share = min(maker.open_quantity, quantity)
            quantity -= share
            maker.fill(self._trade_once(maker.price, share, now, is_bid, activity))
        return quantity

    def _cross(self, makers: Makers, now: int, activity: Activity) -> None:
        """Let waiting orders trade with quotes that have reached them."""
        for side in (self.book.asks, self.book.bids):
            while len(side) > 1 and makers.next(not side.is_bid, side.best) is not None:
                price, offered = side.best, side.quantity(side.best)
                left = self._fill_makers(makers, not side.is_bid, price, offered, now, activity)
                self.book.change(side, price, left)

    def _add_trade(
        self, price: int, quantity: int, now: int, is_buyer_maker: bool, activity: Activity
    ) -> Trade:
        self.trade_id += 1
        trade = Trade(self.trade_id, price, quantity, now, is_buyer_maker)
        self.history.add(trade)
        self.trades.add(trade)
        activity.trades.append(trade)
        self.last_trade = trade
        return trade

    def _add_aggregate(
        self,
        first_id: int,
        price: int,
        quantity: int,
        now: int,
        is_buyer_maker: bool,
        activity: Activity,
    ) -> None:
        self.aggregate_id += 1
        aggregate = Aggregate(
            self.aggregate_id, price, quantity, first_id, self.trade_id, now, is_buyer_maker
        )
        self.aggregates.add(aggregate)
        activity.aggregates.append(aggregate)

    def _trade_block(self, now: int, activity: Activity) -> None:
        """Trade a large quantity at an agreed price. The ids are not consecutive."""
        chance = self._block_random.random
        self.block_trade_id += 1 + int(chance() * 3)
        quantity = (1 + int(chance() * 1_000)) * 1_000 * LOT
        trade = Trade(self.block_trade_id, self.last_trade.price, quantity, now, chance() < 0.5)
        self.block_trades.add(trade)
        activity.block_trades.append(trade)

    def _keep_depth(self, side: Side) -> None:
        outward = -self.tick if side.is_bid else self.tick
        while len(side) < self.levels and side.worst + outward > 0:
            self.book.change(side, side.worst + outward, self._quantity())
        while len(side) > self.levels + _SPARE_LEVELS:
            self.book.change(side, side.worst, 0)


class Market:
    """Every symbol that has been requested.

    ``leaves_out_ids`` if updates of books need not have consecutive ids.
    """

    def __init__(
        self,
        seed: int,
        symbols: Iterable[str],
        now: int,
        only_listed: bool = False,
        levels: int = LEVELS,
        leaves_out_ids: bool = False,
        past: int = 0,
    ) -> None:
        self._leaves_out_ids = leaves_out_ids
        self._past = past
        self._seed = seed
        self._levels = levels
        self._only_listed = only_listed
        self.listed = tuple(dict.fromkeys(symbol.upper() for symbol in symbols))
        self.instruments: dict[str, Instrument] = {}
        for symbol in self.listed:
            self.instrument(symbol, now)

    def has(self, symbol: str) -> bool:
        """Return whether ``symbol``, in upper case, has events."""
        return not self._only_listed or symbol in self.listed

    def instrument(self, symbol: str, now: int) -> Instrument:
        """Return the instrument of ``symbol``, in upper case; make it if there is none."""
        found = self.instruments.get(symbol)
        if found is None:
            found = self.instruments[symbol] = Instrument(
                symbol, self._seed, now, self._levels, self._leaves_out_ids, self._past
            )
        return found

    def restart(self, symbol: str) -> None:
        """Let the ids of ``symbol``, in upper case, restart; raise ValueError if unknown."""
        if symbol not in self.instruments:
            raise ValueError(f"nobody has asked for {symbol!r}")
        self.instruments[symbol].restart()
