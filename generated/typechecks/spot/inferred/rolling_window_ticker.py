"""What type checkers must infer of ``<symbol>@ticker_<windowSize>``. Never run.

Made from spec/spot/ by codegen. Do not edit: change the spec and run ``make generate``.
"""

from decimal import Decimal
from typing import Literal, assert_type

from binance_streams import (
    AsyncClient,
    AsyncSubscription,
    Client,
    Notice,
    RollingWindowTicker,
    Subscription,
    decode,
    read_recording,
)


def with_decimal(client: Client[Decimal]) -> None:
    """Subscribing, and every way to read."""

    def take(event: RollingWindowTicker[Decimal]) -> None: ...

    subscription = client.rolling_window_ticker(symbol="btcusdt", windowSize="1h")
    assert_type(subscription, Subscription[RollingWindowTicker[Decimal]])
    assert_type(subscription.get(timeout=10), RollingWindowTicker[Decimal])
    for event in subscription:
        assert_type(event, RollingWindowTicker[Decimal])
    for batch in subscription.batches():
        assert_type(batch, list[RollingWindowTicker[Decimal]])
    for item in subscription.with_notices():
        if not isinstance(item, Notice):
            assert_type(item, RollingWindowTicker[Decimal])
    recording = read_recording("rec", stream="rolling_window_ticker", numbers=Decimal)
    for recorded in recording:
        assert_type(recorded.data, RollingWindowTicker[Decimal])
    for recorded in read_recording("rec", stream="rolling_window_ticker"):
        assert_type(recorded.data, RollingWindowTicker[Decimal])
    assert_type(
        client.rolling_window_ticker(symbol="btcusdt", windowSize="1h", on_event=take),
        Subscription[RollingWindowTicker[Decimal]],
    )
    for message in client:
        if isinstance(message.data, RollingWindowTicker):
            assert_type(message.data, RollingWindowTicker[Decimal])


async def async_with_decimal(client: AsyncClient[Decimal]) -> None:
    """The same for asyncio; callbacks are of either kind."""

    def take(event: RollingWindowTicker[Decimal]) -> None: ...

    async def take_async(event: RollingWindowTicker[Decimal]) -> None: ...

    subscription = client.rolling_window_ticker(symbol="btcusdt", windowSize="1h")
    assert_type(subscription, AsyncSubscription[RollingWindowTicker[Decimal]])
    assert_type(await subscription.get(timeout=10), RollingWindowTicker[Decimal])
    async for event in subscription:
        assert_type(event, RollingWindowTicker[Decimal])
    async for batch in subscription.batches():
        assert_type(batch, list[RollingWindowTicker[Decimal]])
    async for item in subscription.with_notices():
        if not isinstance(item, Notice):
            assert_type(item, RollingWindowTicker[Decimal])
    assert_type(
        client.rolling_window_ticker(symbol="btcusdt", windowSize="1h", on_event=take),
        AsyncSubscription[RollingWindowTicker[Decimal]],
    )
    assert_type(
        client.rolling_window_ticker(symbol="btcusdt", windowSize="1h", on_event=take_async),
        AsyncSubscription[RollingWindowTicker[Decimal]],
    )
    async for message in client:
        if isinstance(message.data, RollingWindowTicker):
            assert_type(message.data, RollingWindowTicker[Decimal])


def with_float(client: Client[float]) -> None:
    """Subscribing, and every way to read."""

    def take(event: RollingWindowTicker[float]) -> None: ...

    subscription = client.rolling_window_ticker(symbol="btcusdt", windowSize="1h")
    assert_type(subscription, Subscription[RollingWindowTicker[float]])
    assert_type(subscription.get(timeout=10), RollingWindowTicker[float])
    for event in subscription:
        assert_type(event, RollingWindowTicker[float])
    for batch in subscription.batches():
        assert_type(batch, list[RollingWindowTicker[float]])
    for item in subscription.with_notices():
        if not isinstance(item, Notice):
            assert_type(item, RollingWindowTicker[float])
    recording = read_recording("rec", stream="rolling_window_ticker", numbers=float)
    for recorded in recording:
        assert_type(recorded.data, RollingWindowTicker[float])
    assert_type(
        client.rolling_window_ticker(symbol="btcusdt", windowSize="1h", on_event=take),
        Subscription[RollingWindowTicker[float]],
    )
    for message in client:
        if isinstance(message.data, RollingWindowTicker):
            assert_type(message.data, RollingWindowTicker[float])


async def async_with_float(client: AsyncClient[float]) -> None:
    """The same for asyncio; callbacks are of either kind."""

    def take(event: RollingWindowTicker[float]) -> None: ...

    async def take_async(event: RollingWindowTicker[float]) -> None: ...

    subscription = client.rolling_window_ticker(symbol="btcusdt", windowSize="1h")
    assert_type(subscription, AsyncSubscription[RollingWindowTicker[float]])
    assert_type(await subscription.get(timeout=10), RollingWindowTicker[float])
    async for event in subscription:
        assert_type(event, RollingWindowTicker[float])
    async for batch in subscription.batches():
        assert_type(batch, list[RollingWindowTicker[float]])
    async for item in subscription.with_notices():
        if not isinstance(item, Notice):
            assert_type(item, RollingWindowTicker[float])
    assert_type(
        client.rolling_window_ticker(symbol="btcusdt", windowSize="1h", on_event=take),
        AsyncSubscription[RollingWindowTicker[float]],
    )
    assert_type(
        client.rolling_window_ticker(symbol="btcusdt", windowSize="1h", on_event=take_async),
        AsyncSubscription[RollingWindowTicker[float]],
    )
    async for message in client:
        if isinstance(message.data, RollingWindowTicker):
            assert_type(message.data, RollingWindowTicker[float])


def with_str(client: Client[str]) -> None:
    """Subscribing, and every way to read."""

    def take(event: RollingWindowTicker[str]) -> None: ...

    subscription = client.rolling_window_ticker(symbol="btcusdt", windowSize="1h")
    assert_type(subscription, Subscription[RollingWindowTicker[str]])
    assert_type(subscription.get(timeout=10), RollingWindowTicker[str])
    for event in subscription:
        assert_type(event, RollingWindowTicker[str])
    for batch in subscription.batches():
        assert_type(batch, list[RollingWindowTicker[str]])
    for item in subscription.with_notices():
        if not isinstance(item, Notice):
            assert_type(item, RollingWindowTicker[str])
    recording = read_recording("rec", stream="rolling_window_ticker", numbers=str)
    for recorded in recording:
        assert_type(recorded.data, RollingWindowTicker[str])
    assert_type(
        client.rolling_window_ticker(symbol="btcusdt", windowSize="1h", on_event=take),
        Subscription[RollingWindowTicker[str]],
    )
    for message in client:
        if isinstance(message.data, RollingWindowTicker):
            assert_type(message.data, RollingWindowTicker[str])


async def async_with_str(client: AsyncClient[str]) -> None:
    """The same for asyncio; callbacks are of either kind."""

    def take(event: RollingWindowTicker[str]) -> None: ...

    async def take_async(event: RollingWindowTicker[str]) -> None: ...

    subscription = client.rolling_window_ticker(symbol="btcusdt", windowSize="1h")
    assert_type(subscription, AsyncSubscription[RollingWindowTicker[str]])
    assert_type(await subscription.get(timeout=10), RollingWindowTicker[str])
    async for event in subscription:
        assert_type(event, RollingWindowTicker[str])
    async for batch in subscription.batches():
        assert_type(batch, list[RollingWindowTicker[str]])
    async for item in subscription.with_notices():
        if not isinstance(item, Notice):
            assert_type(item, RollingWindowTicker[str])
    assert_type(
        client.rolling_window_ticker(symbol="btcusdt", windowSize="1h", on_event=take),
        AsyncSubscription[RollingWindowTicker[str]],
    )
    assert_type(
        client.rolling_window_ticker(symbol="btcusdt", windowSize="1h", on_event=take_async),
        AsyncSubscription[RollingWindowTicker[str]],
    )
    async for message in client:
        if isinstance(message.data, RollingWindowTicker):
            assert_type(message.data, RollingWindowTicker[str])


def decoded_rollingwindowticker_with_decimal() -> None:
    """Decoding, and every field."""
    event = decode(b"", RollingWindowTicker, numbers=Decimal)
    assert_type(event, RollingWindowTicker[Decimal])
    assert_type(decode(b"", RollingWindowTicker), RollingWindowTicker[Decimal])
    assert_type(event.event_type, Literal["1hTicker", "4hTicker", "1dTicker"])
    assert_type(event.event_time, int)
    assert_type(event.symbol, str)
    assert_type(event.price_change, Decimal)
    assert_type(event.price_change_percent, Decimal)
    assert_type(event.open, Decimal)
    assert_type(event.high, Decimal)
    assert_type(event.low, Decimal)
    assert_type(event.close, Decimal)
    assert_type(event.weighted_average_price, Decimal)
    assert_type(event.base_volume, Decimal)
    assert_type(event.quote_volume, Decimal)
    assert_type(event.open_time, int)
    assert_type(event.close_time, int)
    assert_type(event.first_trade_id, int)
    assert_type(event.last_trade_id, int)
    assert_type(event.trade_count, int)


def decoded_rollingwindowticker_with_float() -> None:
    """Decoding, and every field."""
    event = decode(b"", RollingWindowTicker, numbers=float)
    assert_type(event, RollingWindowTicker[float])
    assert_type(event.event_type, Literal["1hTicker", "4hTicker", "1dTicker"])
    assert_type(event.event_time, int)
    assert_type(event.symbol, str)
    assert_type(event.price_change, float)
    assert_type(event.price_change_percent, float)
    assert_type(event.open, float)
    assert_type(event.high, float)
    assert_type(event.low, float)
    assert_type(event.close, float)
    assert_type(event.weighted_average_price, float)
    assert_type(event.base_volume, float)
    assert_type(event.quote_volume, float)
    assert_type(event.open_time, int)
    assert_type(event.close_time, int)
    assert_type(event.first_trade_id, int)
    assert_type(event.last_trade_id, int)
    assert_type(event.trade_count, int)


def decoded_rollingwindowticker_with_str() -> None:
    """Decoding, and every field."""
    event = decode(b"", RollingWindowTicker, numbers=str)
    assert_type(event, RollingWindowTicker[str])
    assert_type(event.event_type, Literal["1hTicker", "4hTicker", "1dTicker"])
    assert_type(event.event_time, int)
    assert_type(event.symbol, str)
    assert_type(event.price_change, str)
    assert_type(event.price_change_percent, str)
    assert_type(event.open, str)
    assert_type(event.high, str)
    assert_type(event.low, str)
    assert_type(event.close, str)
    assert_type(event.weighted_average_price, str)
    assert_type(event.base_volume, str)
    assert_type(event.quote_volume, str)
    assert_type(event.open_time, int)
    assert_type(event.close_time, int)
    assert_type(event.first_trade_id, int)
    assert_type(event.last_trade_id, int)
    assert_type(event.trade_count, int)
