"""Reads an order book, from any thread: each value is of one moment, and exact until the end.

Levels are copied as texts while the lock is held, and computed with as Decimals afterwards. Only
the result becomes the client's number type.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Context, Decimal, localcontext
from operator import or_
from typing import Any, Generic, overload

from binance_streams_runtime.order_book import arguments
from binance_streams_runtime.order_book.levels import Level, Side
from binance_streams_runtime.order_book.local_book import LocalBook
from binance_streams_runtime.order_book.values import (
    BookSide,
    BookView,
    Depth,
    Fill,
    Horizon,
    LevelConverter,
    converter,
)
from binance_streams_runtime.types import N, Numbers, PriceLevel

# Sums and products of prices and quantities are exact; quotients have as many digits as Decimals
# usually have. Whatever the user's own context is.
_EXACT = Context(prec=200)
_QUOTIENT = Context(prec=28)

# How many levels are looked at: a few first, and in the end all.
_STEPS = (32, 256, None)

_ZERO = Decimal(0)


class BookReader(Generic[N]):
    """What can be asked about one book."""

    def __init__(self, local: LocalBook, numbers: Numbers) -> None:
        """Read ``local`` as ``numbers``."""
        self._local = local
        self._levels = LevelConverter(numbers)
        self._number: Callable[[Any], N] = converter(numbers)

    @property
    def last_update_id(self) -> int | None:
        """The id of the last update in the book; None before the first snapshot."""
        book = self._local.book
        return None if book is None else book.update_id

    @property
    def event_time(self) -> int | None:
        """When the server sent the last update, in the connection's unit; None if none came."""
        book = self._local.book
        return None if book is None else book.event_time

    @property
    def best_bid(self) -> PriceLevel[N] | None:
        """The bid with the highest price; None if none is known."""
        return self._best_of(is_bid=True)

    @property
    def best_ask(self) -> PriceLevel[N] | None:
        """The ask with the lowest price; None if none is known."""
        return self._best_of(is_bid=False)

    @property
    def bids(self) -> BookLevels[N]:
        """The bids, the highest price first: ``book.bids[:10]``, ``len(book.bids)``."""
        return BookLevels(self._local, self._levels, is_bid=True)

    @property
    def asks(self) -> BookLevels[N]:
        """The asks, the lowest price first."""
        return BookLevels(self._local, self._levels, is_bid=False)

    def top(self, count: int = 10) -> BookView[N]:
        """Return the best levels of both sides, at most ``count`` of each, of one moment."""
        count = arguments.count("count", count)
        local = self._local
        with local.lock:
            book, state = local.book, local.state
            if book is None:
                return BookView(None, (), (), False, state)
            bids, asks = book.bids.top(count), book.asks.top(count)
            is_complete = book.bids.is_known(bids, count) and book.asks.is_known(asks, count)
            update_id = book.update_id
        made = self._levels.many
        return BookView(update_id, made(bids), made(asks), is_complete, state)

    @property
    def spread(self) -> N | None:
        """The best ask's price minus the best bid's; None if either is unknown."""
        bid, ask = self._best()
        if bid is None or ask is None:
            return None
        return self._number(_EXACT.subtract(Decimal(ask.price), Decimal(bid.price)))

    @property
    def mid(self) -> N | None:
        """The price in the middle of the best bid and ask; None if either is unknown."""
        bid, ask = self._best()
        if bid is None or ask is None:
            return None
        total = _EXACT.add(Decimal(ask.price), Decimal(bid.price))
        return self._number(_EXACT.multiply(total, Decimal("0.5")))

    @property
    def microprice(self) -> N | None:
        """The mid, weighted by the quantity on the other side; None if either is unknown.

        It is nearer to the best ask if there is more quantity at the best bid.
        """
        bid, ask = self._best()
        if bid is None or ask is None:
            return None
        bid_price, bid_quantity = map(Decimal, bid)
        ask_price, ask_quantity = map(Decimal, ask)
        product = _EXACT.multiply
        weighted = _EXACT.add(product(bid_price, ask_quantity), product(ask_price, bid_quantity))
        return self._number(_QUOTIENT.divide(weighted, _EXACT.add(bid_quantity, ask_quantity)))

    def imbalance(self, count: int = 1) -> N | None:
        """Return how much more is bid than asked for, in the best ``count`` levels of each side.

        From -1, only asks, to 1, only bids: the difference of the quantities by their sum. None if
        there are no levels.
        """
        count = arguments.count("count", count)
        with self._local.lock:
            book = self._local.book
            bids, asks = ([], []) if book is None else (book.bids.top(count), book.asks.top(count))
        bid, ask = _total(bids), _total(asks)
        total = _EXACT.add(bid, ask)
        if not total:
            return None
        return self._number(_QUOTIENT.divide(_EXACT.subtract(bid, ask), total))

    def quantity_to(self, side: BookSide, price: N | Decimal | float | str) -> Depth[N]:
        """Return how much can be bought or sold at ``price`` or better.

        Args:
            side: ``buy`` (the asks) or ``sell`` (the bids).
            price: The worst price.

        Raises:
            ParameterError: The side or the price is not allowed.
        """
        is_buy = arguments.side(side) == "buy"
        limit = arguments.positive("price", price)
        sign = -1 if is_buy else 1
        bound = sign * limit
        for found in self._known(is_buy):
            levels, horizon = found
            if levels and sign * Decimal(levels[-1].price) < bound:
                break
        end = bisect_left(levels, True, key=lambda level: sign * Decimal(level.price) < bound)
        is_complete = horizon is None or bound >= sign * Decimal(horizon)
        is_known = is_complete and self._local.book is not None
        return Depth(self._number(_total(levels[:end])), is_known)

    def cost(self, side: BookSide, quantity: N | Decimal | float | str) -> Fill[N]:
        """Return what a market order would get: it takes the best levels until it is filled.

        If the levels that are known for certain do not suffice, the result says what they have, and
        is not complete.

        Args:
            side: ``buy`` (takes asks) or ``sell`` (takes bids).
            quantity: How much to buy or sell, of the base asset.

        Raises:
            ParameterError: The side or the quantity is not allowed.
        """
        is_buy = arguments.side(side) == "buy"
        wanted = arguments.positive("quantity", quantity)
        for levels, _ in self._known(is_buy):
            filled, paid, worst, count = _taken(levels, wanted)
            if filled == wanted:
                break
        average = None if worst is None else self._number(_QUOTIENT.divide(paid, filled))
        return Fill(
            quantity=self._number(filled),
            average_price=average,
            worst_price=None if worst is None else self._number(worst),
            levels=count,
            is_complete=filled == wanted,
            cost=self._number(paid),
        )

    def grouped(self, step: N | Decimal | float | str, count: int = 10) -> BookView[N]:
        """Return both sides with the levels put together in steps of the price.

        Bids are rounded down and asks up to a multiple of ``step``, so that no group looks better
        than its levels are.

        Args:
            step: The width of a group, such as ``1`` or ``"0.05"``.
            count: How many groups of each side at most.

        Raises:
            ParameterError: The step or the count is not allowed.
        """
        width = arguments.positive("step", step)
        count = arguments.count("count", count)
        local = self._local
        for most in _STEPS:
            with local.lock:
                book, state = local.book, local.state
                if book is None:
                    return BookView(None, (), (), False, state)
                sides = [(book.bids.known(most), 1), (book.asks.known(most), -1)]
                are_whole = [side.horizon is None for side in (book.bids, book.asks)]
                update_id = book.update_id
            grouped = [_grouped(levels, width, sign, count) for levels, sign in sides]
            have_more = [len(groups) > count for groups in grouped]
            if all(have_more):
                break
        is_complete = all(map(or_, are_whole, have_more))
        bids, asks = (
            tuple(PriceLevel(self._number(p), self._number(q)) for p, q in groups[:count])
            for groups in grouped
        )
        return BookView(update_id, bids, asks, is_complete, state)

    @property
    def horizon(self) -> Horizon[N]:
        """How far the book is known: levels beyond are unknown unless they changed."""
        with self._local.lock:
            book = self._local.book
            bid, ask = (None, None) if book is None else (book.bids.horizon, book.asks.horizon)
        return Horizon(
            None if bid is None else self._number(bid), None if ask is None else self._number(ask)
        )

    def _best(self) -> tuple[Level | None, Level | None]:
        with self._local.lock:
            book = self._local.book
            return (None, None) if book is None else book.best()

    def _best_of(self, is_bid: bool) -> PriceLevel[N] | None:
        with self._local.lock:
            book = self._local.book
            level = None if book is None else (book.bids if is_bid else book.asks).best()
        return None if level is None else self._levels.one(level)

    def _known(self, is_buy: bool) -> Iterator[tuple[list[Level], str | None]]:
        """Yield the levels within the horizon, the best first, and the horizon's price.

        A few, then more of them: each time as the book is at that moment.
        """
        for most in _STEPS:
            with self._local.lock:
                book = self._local.book
                side = None if book is None else book.asks if is_buy else book.bids
                found = ([], None) if side is None else (side.known(most), side.horizon)
            yield found


class BookLevels(Sequence[PriceLevel[N]]):
    """One side of a book as a sequence. Each access reads the book as it is at that moment."""

    __slots__ = ("_converter", "_is_bid", "_local")

    def __init__(self, local: LocalBook, converter: LevelConverter, is_bid: bool) -> None:
        self._local = local
        self._converter = converter
        self._is_bid = is_bid

    @overload
    def __getitem__(self, index: int) -> PriceLevel[N]: ...

    @overload
    def __getitem__(self, index: slice) -> tuple[PriceLevel[N], ...]: ...

    def __getitem__(self, index: int | slice) -> PriceLevel[N] | tuple[PriceLevel[N], ...]:
        if isinstance(index, slice):
            is_head = (index.start or 0) >= 0 and (index.step or 1) > 0 and (index.stop or -1) >= 0
            levels = self._levels(index.stop if is_head else None)
            return self._converter.many(levels[index])
        levels = self._levels(index + 1 if index >= 0 else None)
        return self._converter.one(levels[index])

    def __len__(self) -> int:
        with self._local.lock:
            side = self._side()
            return 0 if side is None else len(side)

    def __iter__(self) -> Iterator[PriceLevel[N]]:
        return iter(self._converter.many(self._levels(None)))

    def __repr__(self) -> str:
        return f"<{len(self)} {'bids' if self._is_bid else 'asks'}>"

    def _levels(self, most: int | None) -> list[Level]:
        with self._local.lock:
            side = self._side()
            if side is None:
                return []
            return side.top(len(side) if most is None else most)

    def _side(self) -> Side | None:
        book = self._local.book
        if book is None:
            return None
        return book.bids if self._is_bid else book.asks


def _total(levels: Iterable[Level]) -> Decimal:
    with localcontext(_EXACT):
        return sum((Decimal(level.quantity) for level in levels), _ZERO)


def _taken(levels: list[Level], wanted: Decimal) -> tuple[Decimal, Decimal, Decimal | None, int]:
    """Take ``wanted`` from levels: how much there is, what it costs, the last price, how many."""
    left, paid = wanted, _ZERO
    worst = None
    count = 0
    with localcontext(_EXACT):
        for count, level in enumerate(levels, 1):
            worst, part = Decimal(level.price), Decimal(level.quantity)
            if part >= left:
                return wanted, paid + left * worst, worst, count
            left -= part
            paid += part * worst
        return wanted - left, paid, worst, count


def _grouped(
    levels: list[Level], step: Decimal, sign: int, count: int
) -> list[tuple[Decimal, Decimal]]:
    """Put levels together by price, best first, and one group more than ``count`` if there is."""
    groups: list[tuple[Decimal, Decimal]] = []
    with localcontext(_EXACT):
        for level in levels:
            price, quantity = Decimal(level.price), Decimal(level.quantity)
            if groups and sign * price >= sign * groups[-1][0]:
                groups[-1] = groups[-1][0], groups[-1][1] + quantity
                continue
            if len(groups) > count:
                break
            bound = price // step * step
            groups.append((bound + step if sign < 0 and bound != price else bound, quantity))
    return groups
