"""What type checkers must infer of ``<symbol>@bookTicker``. Never run.

Made from spec/binance_us/ by codegen. Do not edit: change the spec and run ``make generate``.
"""

from decimal import Decimal
from typing import assert_type

from binance_streams_us import (
    AsyncClient,
    AsyncSubscription,
    BookTicker,
    Client,
    Notice,
    Subscription,
    decode,
    read_recording,
)


def with_decimal(client: Client[Decimal]) -> None:
    """Subscribing, and every way to read."""

    def take(event: BookTicker[Decimal]) -> None: ...

    subscription = client.book_ticker(symbol="btcusdt")
    assert_type(subscription, Subscription[BookTicker[Decimal]])
    assert_type(subscription.get(timeout=10), BookTicker[Decimal])
    for event in subscription:
        assert_type(event, BookTicker[Decimal])
    for batch in subscription.batches():
        assert_type(batch, list[BookTicker[Decimal]])
    for item in subscription.with_notices():
        if not isinstance(item, Notice):
            assert_type(item, BookTicker[Decimal])
    recording = read_recording("rec", stream="book_ticker", numbers=Decimal)
    for recorded in recording:
        assert_type(recorded.data, BookTicker[Decimal])
    for recorded in read_recording("rec", stream="book_ticker"):
        assert_type(recorded.data, BookTicker[Decimal])
    assert_type(
        client.book_ticker(symbol="btcusdt", on_event=take), Subscription[BookTicker[Decimal]]
    )
    for message in client:
        if isinstance(message.data, BookTicker):
            assert_type(message.data, BookTicker[Decimal])


async def async_with_decimal(client: AsyncClient[Decimal]) -> None:
    """The same for asyncio; callbacks are of either kind."""

    def take(event: BookTicker[Decimal]) -> None: ...

    async def take_async(event: BookTicker[Decimal]) -> None: ...

    subscription = client.book_ticker(symbol="btcusdt")
    assert_type(subscription, AsyncSubscription[BookTicker[Decimal]])
    assert_type(await subscription.get(timeout=10), BookTicker[Decimal])
    async for event in subscription:
        assert_type(event, BookTicker[Decimal])
    async for batch in subscription.batches():
        assert_type(batch, list[BookTicker[Decimal]])
    async for item in subscription.with_notices():
        if not isinstance(item, Notice):
            assert_type(item, BookTicker[Decimal])
    assert_type(
        client.book_ticker(symbol="btcusdt", on_event=take), AsyncSubscription[BookTicker[Decimal]]
    )
    assert_type(
        client.book_ticker(symbol="btcusdt", on_event=take_async),
        AsyncSubscription[BookTicker[Decimal]],
    )
    async for message in client:
        if isinstance(message.data, BookTicker):
            assert_type(message.data, BookTicker[Decimal])


def with_float(client: Client[float]) -> None:
    """Subscribing, and every way to read."""

    def take(event: BookTicker[float]) -> None: ...

    subscription = client.book_ticker(symbol="btcusdt")
    assert_type(subscription, Subscription[BookTicker[float]])
    assert_type(subscription.get(timeout=10), BookTicker[float])
    for event in subscription:
        assert_type(event, BookTicker[float])
    for batch in subscription.batches():
        assert_type(batch, list[BookTicker[float]])
    for item in subscription.with_notices():
        if not isinstance(item, Notice):
            assert_type(item, BookTicker[float])
    recording = read_recording("rec", stream="book_ticker", numbers=float)
    for recorded in recording:
        assert_type(recorded.data, BookTicker[float])
    assert_type(
        client.book_ticker(symbol="btcusdt", on_event=take), Subscription[BookTicker[float]]
    )
    for message in client:
        if isinstance(message.data, BookTicker):
            assert_type(message.data, BookTicker[float])


async def async_with_float(client: AsyncClient[float]) -> None:
    """The same for asyncio; callbacks are of either kind."""

    def take(event: BookTicker[float]) -> None: ...

    async def take_async(event: BookTicker[float]) -> None: ...

    subscription = client.book_ticker(symbol="btcusdt")
    assert_type(subscription, AsyncSubscription[BookTicker[float]])
    assert_type(await subscription.get(timeout=10), BookTicker[float])
    async for event in subscription:
        assert_type(event, BookTicker[float])
    async for batch in subscription.batches():
        assert_type(batch, list[BookTicker[float]])
    async for item in subscription.with_notices():
        if not isinstance(item, Notice):
            assert_type(item, BookTicker[float])
    assert_type(
        client.book_ticker(symbol="btcusdt", on_event=take), AsyncSubscription[BookTicker[float]]
    )
    assert_type(
        client.book_ticker(symbol="btcusdt", on_event=take_async),
        AsyncSubscription[BookTicker[float]],
    )
    async for message in client:
        if isinstance(message.data, BookTicker):
            assert_type(message.data, BookTicker[float])


def with_str(client: Client[str]) -> None:
    """Subscribing, and every way to read."""

    def take(event: BookTicker[str]) -> None: ...

    subscription = client.book_ticker(symbol="btcusdt")
    assert_type(subscription, Subscription[BookTicker[str]])
    assert_type(subscription.get(timeout=10), BookTicker[str])
    for event in subscription:
        assert_type(event, BookTicker[str])
    for batch in subscription.batches():
        assert_type(batch, list[BookTicker[str]])
    for item in subscription.with_notices():
        if not isinstance(item, Notice):
            assert_type(item, BookTicker[str])
    recording = read_recording("rec", stream="book_ticker", numbers=str)
    for recorded in recording:
        assert_type(recorded.data, BookTicker[str])
    assert_type(client.book_ticker(symbol="btcusdt", on_event=take), Subscription[BookTicker[str]])
    for message in client:
        if isinstance(message.data, BookTicker):
            assert_type(message.data, BookTicker[str])


async def async_with_str(client: AsyncClient[str]) -> None:
    """The same for asyncio; callbacks are of either kind."""

    def take(event: BookTicker[str]) -> None: ...

    async def take_async(event: BookTicker[str]) -> None: ...

    subscription = client.book_ticker(symbol="btcusdt")
    assert_type(subscription, AsyncSubscription[BookTicker[str]])
    assert_type(await subscription.get(timeout=10), BookTicker[str])
    async for event in subscription:
        assert_type(event, BookTicker[str])
    async for batch in subscription.batches():
        assert_type(batch, list[BookTicker[str]])
    async for item in subscription.with_notices():
        if not isinstance(item, Notice):
            assert_type(item, BookTicker[str])
    assert_type(
        client.book_ticker(symbol="btcusdt", on_event=take), AsyncSubscription[BookTicker[str]]
    )
    assert_type(
        client.book_ticker(symbol="btcusdt", on_event=take_async),
        AsyncSubscription[BookTicker[str]],
    )
    async for message in client:
        if isinstance(message.data, BookTicker):
            assert_type(message.data, BookTicker[str])


def decoded_bookticker_with_decimal() -> None:
    """Decoding, and every field."""
    event = decode(b"", BookTicker, numbers=Decimal)
    assert_type(event, BookTicker[Decimal])
    assert_type(decode(b"", BookTicker), BookTicker[Decimal])
    assert_type(event.update_id, int)
    assert_type(event.symbol, str)
    assert_type(event.best_bid_price, Decimal)
    assert_type(event.best_bid_quantity, Decimal)
    assert_type(event.best_ask_price, Decimal)
    assert_type(event.best_ask_quantity, Decimal)


def decoded_bookticker_with_float() -> None:
    """Decoding, and every field."""
    event = decode(b"", BookTicker, numbers=float)
    assert_type(event, BookTicker[float])
    assert_type(event.update_id, int)
    assert_type(event.symbol, str)
    assert_type(event.best_bid_price, float)
    assert_type(event.best_bid_quantity, float)
    assert_type(event.best_ask_price, float)
    assert_type(event.best_ask_quantity, float)


def decoded_bookticker_with_str() -> None:
    """Decoding, and every field."""
    event = decode(b"", BookTicker, numbers=str)
    assert_type(event, BookTicker[str])
    assert_type(event.update_id, int)
    assert_type(event.symbol, str)
    assert_type(event.best_bid_price, str)
    assert_type(event.best_bid_quantity, str)
    assert_type(event.best_ask_price, str)
    assert_type(event.best_ask_quantity, str)
