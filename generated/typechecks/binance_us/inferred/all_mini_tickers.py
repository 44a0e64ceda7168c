"""What type checkers must infer of ``!miniTicker@arr``. Never run.

Made from spec/binance_us/ by codegen. Do not edit: change the spec and run ``make generate``.
"""

from decimal import Decimal
from typing import Literal, assert_type

from binance_streams_us import (
    AsyncClient,
    AsyncSubscription,
    Client,
    MiniTicker,
    Notice,
    Subscription,
    decode,
    read_recording,
)


def with_decimal(client: Client[Decimal]) -> None:
    """Subscribing, and every way to read."""

    def take(event: list[MiniTicker[Decimal]]) -> None: ...

    subscription = client.mini_ticker()
    assert_type(subscription, Subscription[list[MiniTicker[Decimal]]])
    assert_type(subscription.get(timeout=10), list[MiniTicker[Decimal]])
    for event in subscription:
        assert_type(event, list[MiniTicker[Decimal]])
    for batch in subscription.batches():
        assert_type(batch, list[list[MiniTicker[Decimal]]])
    for item in subscription.with_notices():
        if not isinstance(item, Notice):
            assert_type(item[0], MiniTicker[Decimal])
    recording = read_recording("rec", stream="all_mini_tickers", numbers=Decimal)
    for recorded in recording:
        assert_type(recorded.data, list[MiniTicker[Decimal]])
    for recorded in read_recording("rec", stream="all_mini_tickers"):
        assert_type(recorded.data, list[MiniTicker[Decimal]])
    assert_type(client.mini_ticker(on_event=take), Subscription[list[MiniTicker[Decimal]]])


async def async_with_decimal(client: AsyncClient[Decimal]) -> None:
    """The same for asyncio; callbacks are of either kind."""

    def take(event: list[MiniTicker[Decimal]]) -> None: ...

    async def take_async(event: list[MiniTicker[Decimal]]) -> None: ...

    subscription = client.mini_ticker()
    assert_type(subscription, AsyncSubscription[list[MiniTicker[Decimal]]])
    assert_type(await subscription.get(timeout=10), list[MiniTicker[Decimal]])
    async for event in subscription:
        assert_type(event, list[MiniTicker[Decimal]])
    async for batch in subscription.batches():
        assert_type(batch, list[list[MiniTicker[Decimal]]])
    async for item in subscription.with_notices():
        if not isinstance(item, Notice):
            assert_type(item[0], MiniTicker[Decimal])
    assert_type(client.mini_ticker(on_event=take), AsyncSubscription[list[MiniTicker[Decimal]]])
    assert_type(
        client.mini_ticker(on_event=take_async), AsyncSubscription[list[MiniTicker[Decimal]]]
    )


def with_float(client: Client[float]) -> None:
    """Subscribing, and every way to read."""

    def take(event: list[MiniTicker[float]]) -> None: ...

    subscription = client.mini_ticker()
    assert_type(subscription, Subscription[list[MiniTicker[float]]])
    assert_type(subscription.get(timeout=10), list[MiniTicker[float]])
    for event in subscription:
        assert_type(event, list[MiniTicker[float]])
    for batch in subscription.batches():
        assert_type(batch, list[list[MiniTicker[float]]])
    for item in subscription.with_notices():
        if not isinstance(item, Notice):
            assert_type(item[0], MiniTicker[float])
    recording = read_recording("rec", stream="all_mini_tickers", numbers=float)
    for recorded in recording:
        assert_type(recorded.data, list[MiniTicker[float]])
    assert_type(client.mini_ticker(on_event=take), Subscription[list[MiniTicker[float]]])


async def async_with_float(client: AsyncClient[float]) -> None:
    """The same for asyncio; callbacks are of either kind."""

    def take(event: list[MiniTicker[float]]) -> None: ...

    async def take_async(event: list[MiniTicker[float]]) -> None: ...

    subscription = client.mini_ticker()
    assert_type(subscription, AsyncSubscription[list[MiniTicker[float]]])
    assert_type(await subscription.get(timeout=10), list[MiniTicker[float]])
    async for event in subscription:
        assert_type(event, list[MiniTicker[float]])
    async for batch in subscription.batches():
        assert_type(batch, list[list[MiniTicker[float]]])
    async for item in subscription.with_notices():
        if not isinstance(item, Notice):
            assert_type(item[0], MiniTicker[float])
    assert_type(client.mini_ticker(on_event=take), AsyncSubscription[list[MiniTicker[float]]])
    assert_type(client.mini_ticker(on_event=take_async), AsyncSubscription[list[MiniTicker[float]]])


def with_str(client: Client[str]) -> None:
    """Subscribing, and every way to read."""

    def take(event: list[MiniTicker[str]]) -> None: ...

    subscription = client.mini_ticker()
    assert_type(subscription, Subscription[list[MiniTicker[str]]])
    assert_type(subscription.get(timeout=10), list[MiniTicker[str]])
    for event in subscription:
        assert_type(event, list[MiniTicker[str]])
    for batch in subscription.batches():
        assert_type(batch, list[list[MiniTicker[str]]])
    for item in subscription.with_notices():
        if not isinstance(item, Notice):
            assert_type(item[0], MiniTicker[str])
    recording = read_recording("rec", stream="all_mini_tickers", numbers=str)
    for recorded in recording:
        assert_type(recorded.data, list[MiniTicker[str]])
    assert_type(client.mini_ticker(on_event=take), Subscription[list[MiniTicker[str]]])


async def async_with_str(client: AsyncClient[str]) -> None:
    """The same for asyncio; callbacks are of either kind."""

    def take(event: list[MiniTicker[str]]) -> None: ...

    async def take_async(event: list[MiniTicker[str]]) -> None: ...

    subscription = client.mini_ticker()
    assert_type(subscription, AsyncSubscription[list[MiniTicker[str]]])
    assert_type(await subscription.get(timeout=10), list[MiniTicker[str]])
    async for event in subscription:
        assert_type(event, list[MiniTicker[str]])
    async for batch in subscription.batches():
        assert_type(batch, list[list[MiniTicker[str]]])
    async for item in subscription.with_notices():
        if not isinstance(item, Notice):
            assert_type(item[0], MiniTicker[str])
    assert_type(client.mini_ticker(on_event=take), AsyncSubscription[list[MiniTicker[str]]])
    assert_type(client.mini_ticker(on_event=take_async), AsyncSubscription[list[MiniTicker[str]]])


def decoded_miniticker_with_decimal() -> None:
    """Decoding, and every field."""
    event = decode(b"", MiniTicker, numbers=Decimal)
    assert_type(event, MiniTicker[Decimal])
    assert_type(decode(b"", MiniTicker), MiniTicker[Decimal])
    assert_type(event.event_type, Literal["24hrMiniTicker"])
    assert_type(event.event_time, int)
    assert_type(event.symbol, str)
    assert_type(event.close, Decimal)
    assert_type(event.open, Decimal)
    assert_type(event.high, Decimal)
    assert_type(event.low, Decimal)
    assert_type(event.base_volume, Decimal)
    assert_type(event.quote_volume, Decimal)


def decoded_miniticker_with_float() -> None:
    """Decoding, and every field."""
    event = decode(b"", MiniTicker, numbers=float)
    assert_type(event, MiniTicker[float])
    assert_type(event.event_type, Literal["24hrMiniTicker"])
    assert_type(event.event_time, int)
    assert_type(event.symbol, str)
    assert_type(event.close, float)
    assert_type(event.open, float)
    assert_type(event.high, float)
    assert_type(event.low, float)
    assert_type(event.base_volume, float)
    assert_type(event.quote_volume, float)


def decoded_miniticker_with_str() -> None:
    """Decoding, and every field."""
    event = decode(b"", MiniTicker, numbers=str)
    assert_type(event, MiniTicker[str])
    assert_type(event.event_type, Literal["24hrMiniTicker"])
    assert_type(event.event_time, int)
    assert_type(event.symbol, str)
    assert_type(event.close, str)
    assert_type(event.open, str)
    assert_type(event.high, str)
    assert_type(event.low, str)
    assert_type(event.base_volume, str)
    assert_type(event.quote_volume, str)
