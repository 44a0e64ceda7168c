"""What type checkers must infer of ``!ticker@arr``. Never run.

Made from spec/binance_us/ by codegen. Do not edit: change the spec and run ``make generate``.
"""

from decimal import Decimal
from typing import Literal, assert_type

from binance_streams_us import (
    AsyncClient,
    AsyncSubscription,
    Client,
    Notice,
    Subscription,
    Ticker,
    decode,
    read_recording,
)


def with_decimal(client: Client[Decimal]) -> None:
    """Subscribing, and every way to read."""

    def take(event: list[Ticker[Decimal]]) -> None: ...

    subscription = client.ticker()
    assert_type(subscription, Subscription[list[Ticker[Decimal]]])
    assert_type(subscription.get(timeout=10), list[Ticker[Decimal]])
    for event in subscription:
        assert_type(event, list[Ticker[Decimal]])
    for batch in subscription.batches():
        assert_type(batch, list[list[Ticker[Decimal]]])
    for item in subscription.with_notices():
        if not isinstance(item, Notice):
            assert_type(item[0], Ticker[Decimal])
    recording = read_recording("rec", stream="all_tickers", numbers=Decimal)
    for recorded in recording:
        assert_type(recorded.data, list[Ticker[Decimal]])
    for recorded in read_recording("rec", stream="all_tickers"):
        assert_type(recorded.data, list[Ticker[Decimal]])
    assert_type(client.ticker(on_event=take), Subscription[list[Ticker[Decimal]]])


async def async_with_decimal(client: AsyncClient[Decimal]) -> None:
    """The same for asyncio; callbacks are of either kind."""

    def take(event: list[Ticker[Decimal]]) -> None: ...

    async def take_async(event: list[Ticker[Decimal]]) -> None: ...

    subscription = client.ticker()
    assert_type(subscription, AsyncSubscription[list[Ticker[Decimal]]])
    assert_type(await subscription.get(timeout=10), list[Ticker[Decimal]])
    async for event in subscription:
        assert_type(event, list[Ticker[Decimal]])
    async for batch in subscription.batches():
        assert_type(batch, list[list[Ticker[Decimal]]])
    async for item in subscription.with_notices():
        if not isinstance(item, Notice):
            assert_type(item[0], Ticker[Decimal])
    assert_type(client.ticker(on_event=take), AsyncSubscription[list[Ticker[Decimal]]])
    assert_type(client.ticker(on_event=take_async), AsyncSubscription[list[Ticker[Decimal]]])


def with_float(client: Client[float]) -> None:
    """Subscribing, and every way to read."""

    def take(event: list[Ticker[float]]) -> None: ...

    subscription = client.ticker()
    assert_type(subscription, Subscription[list[Ticker[float]]])
    assert_type(subscription.get(timeout=10), list[Ticker[float]])
    for event in subscription:
        assert_type(event, list[Ticker[float]])
    for batch in subscription.batches():
        assert_type(batch, list[list[Ticker[float]]])
    for item in subscription.with_notices():
        if not isinstance(item, Notice):
            assert_type(item[0], Ticker[float])
    recording = read_recording("rec", stream="all_tickers", numbers=float)
    for recorded in recording:
        assert_type(recorded.data, list[Ticker[float]])
    assert_type(client.ticker(on_event=take), Subscription[list[Ticker[float]]])


async def async_with_float(client: AsyncClient[float]) -> None:
    """The same for asyncio; callbacks are of either kind."""

    def take(event: list[Ticker[float]]) -> None: ...

    async def take_async(event: list[Ticker[float]]) -> None: ...

    subscription = client.ticker()
    assert_type(subscription, AsyncSubscription[list[Ticker[float]]])
    assert_type(await subscription.get(timeout=10), list[Ticker[float]])
    async for event in subscription:
        assert_type(event, list[Ticker[float]])
    async for batch in subscription.batches():
        assert_type(batch, list[list[Ticker[float]]])
    async for item in subscription.with_notices():
        if not isinstance(item, Notice):
            assert_type(item[0], Ticker[float])
    assert_type(client.ticker(on_event=take), AsyncSubscription[list[Ticker[float]]])
    assert_type(client.ticker(on_event=take_async), AsyncSubscription[list[Ticker[float]]])


def with_str(client: Client[str]) -> None:
    """Subscribing, and every way to read."""

    def take(event: list[Ticker[str]]) -> None: ...

    subscription = client.ticker()
    assert_type(subscription, Subscription[list[Ticker[str]]])
    assert_type(subscription.get(timeout=10), list[Ticker[str]])
    for event in subscription:
        assert_type(event, list[Ticker[str]])
    for batch in subscription.batches():
        assert_type(batch, list[list[Ticker[str]]])
    for item in subscription.with_notices():
        if not isinstance(item, Notice):
            assert_type(item[0], Ticker[str])
    recording = read_recording("rec", stream="all_tickers", numbers=str)
    for recorded in recording:
        assert_type(recorded.data, list[Ticker[str]])
    assert_type(client.ticker(on_event=take), Subscription[list[Ticker[str]]])


async def async_with_str(client: AsyncClient[str]) -> None:
    """The same for asyncio; callbacks are of either kind."""

    def take(event: list[Ticker[str]]) -> None: ...

    async def take_async(event: list[Ticker[str]]) -> None: ...

    subscription = client.ticker()
    assert_type(subscription, AsyncSubscription[list[Ticker[str]]])
    assert_type(await subscription.get(timeout=10), list[Ticker[str]])
    async for event in subscription:
        assert_type(event, list[Ticker[str]])
    async for batch in subscription.batches():
        assert_type(batch, list[list[Ticker[str]]])
    async for item in subscription.with_notices():
        if not isinstance(item, Notice):
            assert_type(item[0], Ticker[str])
    assert_type(client.ticker(on_event=take), AsyncSubscription[list[Ticker[str]]])
    assert_type(client.ticker(on_event=take_async), AsyncSubscription[list[Ticker[str]]])


def decoded_ticker_with_decimal() -> None:
    """Decoding, and every field."""
    event = decode(b"", Ticker, numbers=Decimal)
    assert_type(event, Ticker[Decimal])
    assert_type(decode(b"", Ticker), Ticker[Decimal])
    assert_type(event.event_type, Literal["24hrTicker"])
    assert_type(event.event_time, int)
    assert_type(event.symbol, str)
    assert_type(event.price_change, Decimal)
    assert_type(event.price_change_percent, Decimal)
    assert_type(event.weighted_average_price, Decimal)
    assert_type(event.previous_close, Decimal)
    assert_type(event.close, Decimal)
    assert_type(event.last_quantity, Decimal)
    assert_type(event.best_bid_price, Decimal)
    assert_type(event.best_bid_quantity, Decimal)
    assert_type(event.best_ask_price, Decimal)
    assert_type(event.best_ask_quantity, Decimal)
    assert_type(event.open, Decimal)
    assert_type(event.high, Decimal)
    assert_type(event.low, Decimal)
    assert_type(event.base_volume, Decimal)
    assert_type(event.quote_volume, Decimal)
    assert_type(event.open_time, int)
    assert_type(event.close_time, int)
    assert_type(event.first_trade_id, int)
    assert_type(event.last_trade_id, int)
    assert_type(event.trade_count, int)


def decoded_ticker_with_float() -> None:
    """Decoding, and every field."""
    event = decode(b"", Ticker, numbers=float)
    assert_type(event, Ticker[float])
    assert_type(event.event_type, Literal["24hrTicker"])
    assert_type(event.event_time, int)
    assert_type(event.symbol, str)
    assert_type(event.price_change, float)
    assert_type(event.price_change_percent, float)
    assert_type(event.weighted_average_price, float)
    assert_type(event.previous_close, float)
    assert_type(event.close, float)
    assert_type(event.last_quantity, float)
    assert_type(event.best_bid_price, float)
    assert_type(event.best_bid_quantity, float)
    assert_type(event.best_ask_price, float)
    assert_type(event.best_ask_quantity, float)
    assert_type(event.open, float)
    assert_type(event.high, float)
    assert_type(event.low, float)
    assert_type(event.base_volume, float)
    assert_type(event.quote_volume, float)
    assert_type(event.open_time, int)
    assert_type(event.close_time, int)
    assert_type(event.first_trade_id, int)
    assert_type(event.last_trade_id, int)
    assert_type(event.trade_count, int)


def decoded_ticker_with_str() -> None:
    """Decoding, and every field."""
    event = decode(b"", Ticker, numbers=str)
    assert_type(event, Ticker[str])
    assert_type(event.event_type, Literal["24hrTicker"])
    assert_type(event.event_time, int)
    assert_type(event.symbol, str)
    assert_type(event.price_change, str)
    assert_type(event.price_change_percent, str)
    assert_type(event.weighted_average_price, str)
    assert_type(event.previous_close, str)
    assert_type(event.close, str)
    assert_type(event.last_quantity, str)
    assert_type(event.best_bid_price, str)
    assert_type(event.best_bid_quantity, str)
    assert_type(event.best_ask_price, str)
    assert_type(event.best_ask_quantity, str)
    assert_type(event.open, str)
    assert_type(event.high, str)
    assert_type(event.low, str)
    assert_type(event.base_volume, str)
    assert_type(event.quote_volume, str)
    assert_type(event.open_time, int)
    assert_type(event.close_time, int)
    assert_type(event.first_trade_id, int)
    assert_type(event.last_trade_id, int)
    assert_type(event.trade_count, int)
