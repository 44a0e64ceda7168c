"""What type checkers must infer of order books. Never run.

Made from spec/binance_us/ by codegen. Do not edit: change the spec and run ``make generate``.
"""

from decimal import Decimal
from typing import assert_type

from binance_streams_us import (
    AsyncClient,
    AsyncOrderBook,
    BookChange,
    BookView,
    Client,
    Fill,
    Notice,
    OrderBook,
    PriceLevel,
)


def with_decimal(client: Client[Decimal]) -> None:
    """Opening, reading, and every way to get the changes."""

    def take(change: BookChange[Decimal]) -> None: ...

    book = client.order_book(symbol="btcusdt", speed=1000)
    assert_type(book, OrderBook[Decimal])
    assert_type(book.best_bid, PriceLevel[Decimal] | None)
    assert_type(book.asks[0], PriceLevel[Decimal])
    assert_type(book.bids[:10], tuple[PriceLevel[Decimal], ...])
    assert_type(book.top(5), BookView[Decimal])
    assert_type(book.spread, Decimal | None)
    assert_type(book.cost("buy", 1), Fill[Decimal])
    assert_type(book.get(timeout=10), BookChange[Decimal])
    for change in book:
        assert_type(change, BookChange[Decimal])
    for batch in book.batches():
        assert_type(batch, list[BookChange[Decimal]])
    for item in book.with_notices():
        if not isinstance(item, Notice):
            assert_type(item, BookChange[Decimal])
    assert_type(client.order_book(symbol="btcusdt", speed=1000, on_event=take), OrderBook[Decimal])


async def async_with_decimal(client: AsyncClient[Decimal]) -> None:
    """The same for asyncio; callbacks are of either kind."""

    def take(change: BookChange[Decimal]) -> None: ...

    async def take_async(change: BookChange[Decimal]) -> None: ...

    book = client.order_book(symbol="btcusdt", speed=1000)
    assert_type(book, AsyncOrderBook[Decimal])
    assert_type(await book, AsyncOrderBook[Decimal])
    assert_type(book.best_ask, PriceLevel[Decimal] | None)
    assert_type(book.top(5), BookView[Decimal])
    assert_type(await book.get(timeout=10), BookChange[Decimal])
    async for change in book:
        assert_type(change, BookChange[Decimal])
    async for batch in book.batches():
        assert_type(batch, list[BookChange[Decimal]])
    async for item in book.with_notices():
        if not isinstance(item, Notice):
            assert_type(item, BookChange[Decimal])
    assert_type(
        client.order_book(symbol="btcusdt", speed=1000, on_event=take), AsyncOrderBook[Decimal]
    )
    assert_type(
        client.order_book(symbol="btcusdt", speed=1000, on_event=take_async),
        AsyncOrderBook[Decimal],
    )


def with_float(client: Client[float]) -> None:
    """Opening, reading, and every way to get the changes."""

    def take(change: BookChange[float]) -> None: ...

    book = client.order_book(symbol="btcusdt", speed=1000)
    assert_type(book, OrderBook[float])
    assert_type(book.best_bid, PriceLevel[float] | None)
    assert_type(book.asks[0], PriceLevel[float])
    assert_type(book.bids[:10], tuple[PriceLevel[float], ...])
    assert_type(book.top(5), BookView[float])
    assert_type(book.spread, float | None)
    assert_type(book.cost("buy", 1), Fill[float])
    assert_type(book.get(timeout=10), BookChange[float])
    for change in book:
        assert_type(change, BookChange[float])
    for batch in book.batches():
        assert_type(batch, list[BookChange[float]])
    for item in book.with_notices():
        if not isinstance(item, Notice):
            assert_type(item, BookChange[float])
    assert_type(client.order_book(symbol="btcusdt", speed=1000, on_event=take), OrderBook[float])


async def async_with_float(client: AsyncClient[float]) -> None:
    """The same for asyncio; callbacks are of either kind."""

    def take(change: BookChange[float]) -> None: ...

    async def take_async(change: BookChange[float]) -> None: ...

    book = client.order_book(symbol="btcusdt", speed=1000)
    assert_type(book, AsyncOrderBook[float])
    assert_type(await book, AsyncOrderBook[float])
    assert_type(book.best_ask, PriceLevel[float] | None)
    assert_type(book.top(5), BookView[float])
    assert_type(await book.get(timeout=10), BookChange[float])
    async for change in book:
        assert_type(change, BookChange[float])
    async for batch in book.batches():
        assert_type(batch, list[BookChange[float]])
    async for item in book.with_notices():
        if not isinstance(item, Notice):
            assert_type(item, BookChange[float])
    assert_type(
        client.order_book(symbol="btcusdt", speed=1000, on_event=take), AsyncOrderBook[float]
    )
    assert_type(
        client.order_book(symbol="btcusdt", speed=1000, on_event=take_async), AsyncOrderBook[float]
    )


def with_str(client: Client[str]) -> None:
    """Opening, reading, and every way to get the changes."""

    def take(change: BookChange[str]) -> None: ...

    book = client.order_book(symbol="btcusdt", speed=1000)
    assert_type(book, OrderBook[str])
    assert_type(book.best_bid, PriceLevel[str] | None)
    assert_type(book.asks[0], PriceLevel[str])
    assert_type(book.bids[:10], tuple[PriceLevel[str], ...])
    assert_type(book.top(5), BookView[str])
    assert_type(book.spread, str | None)
    assert_type(book.cost("buy", 1), Fill[str])
    assert_type(book.get(timeout=10), BookChange[str])
    for change in book:
        assert_type(change, BookChange[str])
    for batch in book.batches():
        assert_type(batch, list[BookChange[str]])
    for item in book.with_notices():
        if not isinstance(item, Notice):
            assert_type(item, BookChange[str])
    assert_type(client.order_book(symbol="btcusdt", speed=1000, on_event=take), OrderBook[str])


async def async_with_str(client: AsyncClient[str]) -> None:
    """The same for asyncio; callbacks are of either kind."""

    def take(change: BookChange[str]) -> None: ...

    async def take_async(change: BookChange[str]) -> None: ...

    book = client.order_book(symbol="btcusdt", speed=1000)
    assert_type(book, AsyncOrderBook[str])
    assert_type(await book, AsyncOrderBook[str])
    assert_type(book.best_ask, PriceLevel[str] | None)
    assert_type(book.top(5), BookView[str])
    assert_type(await book.get(timeout=10), BookChange[str])
    async for change in book:
        assert_type(change, BookChange[str])
    async for batch in book.batches():
        assert_type(batch, list[BookChange[str]])
    async for item in book.with_notices():
        if not isinstance(item, Notice):
            assert_type(item, BookChange[str])
    assert_type(client.order_book(symbol="btcusdt", speed=1000, on_event=take), AsyncOrderBook[str])
    assert_type(
        client.order_book(symbol="btcusdt", speed=1000, on_event=take_async), AsyncOrderBook[str]
    )
