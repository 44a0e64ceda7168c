"""What type checkers must infer of ``!ticker_<windowSize>@arr``. Never run.

Made from spec/binance_us/ by codegen. Do not edit: change the spec and run ``make generate``.
"""

from decimal import Decimal
from typing import Literal, assert_type

from binance_streams_us import (
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

    def take(event: list[RollingWindowTicker[Decimal]]) -> None: ...

    subscription = client.rolling_window_ticker_all_symbols(windowSize="1h")
    assert_type(subscription, Subscription[list[RollingWindowTicker[Decimal]]])
    assert_type(subscription.get(timeout=10), list[RollingWindowTicker[Decimal]])
    for event in subscription:
        assert_type(event, list[RollingWindowTicker[Decimal]])
    for batch in subscription.batches():
        assert_type(batch, list[list[RollingWindowTicker[Decimal]]])
    for item in subscription.with_notices():
        if not isinstance(item, Notice):
            assert_type(item[0], RollingWindowTicker[Decimal])
    recording = read_recording("rec", stream="rolling_window_ticker_all_symbols", numbers=Decimal)
    for recorded in recording:
        assert_type(recorded.data, list[RollingWindowTicker[Decimal]])
    for recorded in read_recording("rec", stream="rolling_window_ticker_all_symbols"):
        assert_type(recorded.data, list[RollingWindowTicker[Decimal]])
    assert_type(
        client.rolling_window_ticker_all_symbols(windowSize="1h", on_event=take),
        Subscription[list[RollingWindowTicker[Decimal]]],
    )


async def async_with_decimal(client: AsyncClient[Decimal]) -> None:
    """The same for asyncio; callbacks are of either kind."""

    def take(event: list[RollingWindowTicker[Decimal]]) -> None: ...

    async def take_async(event: list[RollingWindowTicker[Decimal]]) -> None: ...

    subscription = client.rolling_window_ticker_all_symbols(windowSize="1h")
    assert_type(subscription, AsyncSubscription[list[RollingWindowTicker[Decimal]]])
    assert_type(await subscription.get(timeout=10), list[RollingWindowTicker[Decimal]])
    async for event in subscription:
        assert_type(event, list[RollingWindowTicker[Decimal]])
    async for batch in subscription.batches():
        assert_type(batch, list[list[RollingWindowTicker[Decimal]]])
    async for item in subscription.with_notices():
        if not isinstance(item, Notice):
            assert_type(item[0], RollingWindowTicker[Decimal])
    assert_type(
        client.rolling_window_ticker_all_symbols(windowSize="1h", on_event=take),
        AsyncSubscription[list[RollingWindowTicker[Decimal]]],
    )
    assert_type(
        client.rolling_window_ticker_all_symbols(windowSize="1h", on_event=take_async),
        AsyncSubscription[list[RollingWindowTicker[Decimal]]],
    )


def with_float(client: Client[float]) -> None:
    """Subscribing, and every way to read."""

    def take(event: list[RollingWindowTicker[float]]) -> None: ...

    subscription = client.rolling_window_ticker_all_symbols(windowSize="1h")
    assert_type(subscription, Subscription[list[RollingWindowTicker[float]]])
    assert_type(subscription.get(timeout=10), list[RollingWindowTicker[float]])
    for event in subscription:
        assert_type(event, list[RollingWindowTicker[float]])
    for batch in subscription.batches():
        assert_type(batch, list[list[RollingWindowTicker[float]]])
    for item in subscription.with_notices():
        if not isinstance(item, Notice):
            assert_type(item[0], RollingWindowTicker[float])
    recording = read_recording("rec", stream="rolling_window_ticker_all_symbols", numbers=float)
    for recorded in recording:
        assert_type(recorded.data, list[RollingWindowTicker[float]])
    assert_type(
        client.rolling_window_ticker_all_symbols(windowSize="1h", on_event=take),
        Subscription[list[RollingWindowTicker[float]]],
    )


async def async_with_float(client: AsyncClient[float]) -> None:
    """The same for asyncio; callbacks are of either kind."""

    def take(event: list[RollingWindowTicker[float]]) -> None: ...

    async def take_async(event: list[RollingWindowTicker[float]]) -> None: ...

    subscription = client.rolling_window_ticker_all_symbols(windowSize="1h")
    assert_type(subscription, AsyncSubscription[list[RollingWindowTicker[float]]])
    assert_type(await subscription.get(timeout=10), list[RollingWindowTicker[float]])
    async for event in subscription:
        assert_type(event, list[RollingWindowTicker[float]])
    async for batch in subscription.batches():
        assert_type(batch, list[list[RollingWindowTicker[float]]])
    async for item in subscription.with_notices():
        if not isinstance(item, Notice):
            assert_type(item[0], RollingWindowTicker[float])
    assert_type(
        client.rolling_window_ticker_all_symbols(windowSize="1h", on_event=take),
        AsyncSubscription[list[RollingWindowTicker[float]]],
    )
    assert_type(
        client.rolling_window_ticker_all_symbols(windowSize="1h", on_event=take_async),
        AsyncSubscription[list[RollingWindowTicker[float]]],
    )


def with_str(client: Client[str]) -> None:
    """Subscribing, and every way to read."""

    def take(event: list[RollingWindowTicker[str]]) -> None: ...

    subscription = client.rolling_window_ticker_all_symbols(windowSize="1h")
    assert_type(subscription, Subscription[list[RollingWindowTicker[str]]])
    assert_type(subscription.get(timeout=10), list[RollingWindowTicker[str]])
    for event in subscription:
        assert_type(event, list[RollingWindowTicker[str]])
    for batch in subscription.batches():
        assert_type(batch, list[list[RollingWindowTicker[str]]])
    for item in subscription.with_notices():
        if not isinstance(item, Notice):
            assert_type(item[0], RollingWindowTicker[str])
    recording = read_recording("rec", stream="rolling_window_ticker_all_symbols", numbers=str)
    for recorded in recording:
        assert_type(recorded.data, list[RollingWindowTicker[str]])
    assert_type(
        client.rolling_window_ticker_all_symbols(windowSize="1h", on_event=take),
        Subscription[list[RollingWindowTicker[str]]],
    )


async def async_with_str(client: AsyncClient[str]) -> None:
    """The same for asyncio; callbacks are of either kind."""

    def take(event: list[RollingWindowTicker[str]]) -> None: ...

    async def take_async(event: list[RollingWindowTicker[str]]) -> None: ...

    subscription = client.rolling_window_ticker_all_symbols(windowSize="1h")
    assert_type(subscription, AsyncSubscription[list[RollingWindowTicker[str]]])
    assert_type(await subscription.get(timeout=10), list[RollingWindowTicker[str]])
    async for event in subscription:
        assert_type(event, list[RollingWindowTicker[str]])
    async for batch in subscription.batches():
        assert_type(batch, list[list[RollingWindowTicker[str]]])
    async for item in subscription.with_notices():
        if not isinstance(item, Notice):
            assert_type(item[0], RollingWindowTicker[str])
    assert_type(
        client.rolling_window_ticker_all_symbols(windowSize="1h", on_event=take),
        AsyncSubscription[list[RollingWindowTicker[str]]],
    )
    assert_type(
        client.rolling_window_ticker_all_symbols(windowSize="1h", on_event=take_async),
        AsyncSubscription[list[RollingWindowTicker[str]]],
    )


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
