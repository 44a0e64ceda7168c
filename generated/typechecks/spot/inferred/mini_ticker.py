"""What type checkers must infer of ``<symbol>@miniTicker``. Never run.

Made from spec/spot/ by codegen. Do not edit: change the spec and run ``make generate``.
"""

from decimal import Decimal
from typing import Literal, assert_type

from binance_streams import (
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

    def take(event: MiniTicker[Decimal]) -> None: ...

    subscription = client.mini_ticker(symbol="btcusdt")
    assert_type(subscription, Subscription[MiniTicker[Decimal]])
    assert_type(subscription.get(timeout=10), MiniTicker[Decimal])
    for event in subscription:
        assert_type(event, MiniTicker[Decimal])
    for batch in subscription.batches():
        assert_type(batch, list[MiniTicker[Decimal]])
    for item in subscription.with_notices():
        if not isinstance(item, Notice):
            assert_type(item, MiniTicker[Decimal])
    recording = read_recording("rec", stream="mini_ticker", numbers=Decimal)
    for recorded in recording:
        assert_type(recorded.data, MiniTicker[Decimal])
    for recorded in read_recording("rec", stream="mini_ticker"):
        assert_type(recorded.data, MiniTicker[Decimal])
    assert_type(
        client.mini_ticker(symbol="btcusdt", on_event=take), Subscription[MiniTicker[Decimal]]
    )
    for message in client:
        if isinstance(message.data, MiniTicker):
            assert_type(message.data, MiniTicker[Decimal])


async def async_with_decimal(client: AsyncClient[Decimal]) -> None:
    """The same for asyncio; callbacks are of either kind."""

    def take(event: MiniTicker[Decimal]) -> None: ...

    async def take_async(event: MiniTicker[Decimal]) -> None: ...

    subscription = client.mini_ticker(symbol="btcusdt")
    assert_type(subscription, AsyncSubscription[MiniTicker[Decimal]])
    assert_type(await subscription.get(timeout=10), MiniTicker[Decimal])
    async for event in subscription:
        assert_type(event, MiniTicker[Decimal])
    async for batch in subscription.batches():
        assert_type(batch, list[MiniTicker[Decimal]])
    async for item in subscription.with_notices():
        if not isinstance(item, Notice):
            assert_type(item, MiniTicker[Decimal])
    assert_type(
        client.mini_ticker(symbol="btcusdt", on_event=take), AsyncSubscription[MiniTicker[Decimal]]
    )
    assert_type(
        client.mini_ticker(symbol="btcusdt", on_event=take_async),
        AsyncSubscription[MiniTicker[Decimal]],
    )
    async for message in client:
        if isinstance(message.data, MiniTicker):
            assert_type(message.data, MiniTicker[Decimal])


def with_float(client: Client[float]) -> None:
    """Subscribing, and every way to read."""

    def take(event: MiniTicker[float]) -> None: ...

    subscription = client.mini_ticker(symbol="btcusdt")
    assert_type(subscription, Subscription[MiniTicker[float]])
    assert_type(subscription.get(timeout=10), MiniTicker[float])
    for event in subscription:
        assert_type(event, MiniTicker[float])
    for batch in subscription.batches():
        assert_type(batch, list[MiniTicker[float]])
    for item in subscription.with_notices():
        if not isinstance(item, Notice):
            assert_type(item, MiniTicker[float])
    recording = read_recording("rec", stream="mini_ticker", numbers=float)
    for recorded in recording:
        assert_type(recorded.data, MiniTicker[float])
    assert_type(
        client.mini_ticker(symbol="btcusdt", on_event=take), Subscription[MiniTicker[float]]
    )
    for message in client:
        if isinstance(message.data, MiniTicker):
            assert_type(message.data, MiniTicker[float])


async def async_with_float(client: AsyncClient[float]) -> None:
    """The same for asyncio; callbacks are of either kind."""

    def take(event: MiniTicker[float]) -> None: ...

    async def take_async(event: MiniTicker[float]) -> None: ...

    subscription = client.mini_ticker(symbol="btcusdt")
    assert_type(subscription, AsyncSubscription[MiniTicker[float]])
    assert_type(await subscription.get(timeout=10), MiniTicker[float])
    async for event in subscription:
        assert_type(event, MiniTicker[float])
    async for batch in subscription.batches():
        assert_type(batch, list[MiniTicker[float]])
    async for item in subscription.with_notices():
        if not isinstance(item, Notice):
            assert_type(item, MiniTicker[float])
    assert_type(
        client.mini_ticker(symbol="btcusdt", on_event=take), AsyncSubscription[MiniTicker[float]]
    )
    assert_type(
        client.mini_ticker(symbol="btcusdt", on_event=take_async),
        AsyncSubscription[MiniTicker[float]],
    )
    async for message in client:
        if isinstance(message.data, MiniTicker):
            assert_type(message.data, MiniTicker[float])


def with_str(client: Client[str]) -> None:
    """Subscribing, and every way to read."""

    def take(event: MiniTicker[str]) -> None: ...

    subscription = client.mini_ticker(symbol="btcusdt")
    assert_type(subscription, Subscription[MiniTicker[str]])
    assert_type(subscription.get(timeout=10), MiniTicker[str])
    for event in subscription:
        assert_type(event, MiniTicker[str])
    for batch in subscription.batches():
        assert_type(batch, list[MiniTicker[str]])
    for item in subscription.with_notices():
        if not isinstance(item, Notice):
            assert_type(item, MiniTicker[str])
    recording = read_recording("rec", stream="mini_ticker", numbers=str)
    for recorded in recording:
        assert_type(recorded.data, MiniTicker[str])
    assert_type(client.mini_ticker(symbol="btcusdt", on_event=take), Subscription[MiniTicker[str]])
    for message in client:
        if isinstance(message.data, MiniTicker):
            assert_type(message.data, MiniTicker[str])


async def async_with_str(client: AsyncClient[str]) -> None:
    """The same for asyncio; callbacks are of either kind."""

    def take(event: MiniTicker[str]) -> None: ...

    async def take_async(event: MiniTicker[str]) -> None: ...

    subscription = client.mini_ticker(symbol="btcusdt")
    assert_type(subscription, AsyncSubscription[MiniTicker[str]])
    assert_type(await subscription.get(timeout=10), MiniTicker[str])
    async for event in subscription:
        assert_type(event, MiniTicker[str])
    async for batch in subscription.batches():
        assert_type(batch, list[MiniTicker[str]])
    async for item in subscription.with_notices():
        if not isinstance(item, Notice):
            assert_type(item, MiniTicker[str])
    assert_type(
        client.mini_ticker(symbol="btcusdt", on_event=take), AsyncSubscription[MiniTicker[str]]
    )
    assert_type(
        client.mini_ticker(symbol="btcusdt", on_event=take_async),
        AsyncSubscription[MiniTicker[str]],
    )
    async for message in client:
        if isinstance(message.data, MiniTicker):
            assert_type(message.data, MiniTicker[str])


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
