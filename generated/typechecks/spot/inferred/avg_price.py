"""What type checkers must infer of ``<symbol>@avgPrice``. Never run.

Made from spec/spot/ by codegen. Do not edit: change the spec and run ``make generate``.
"""

from decimal import Decimal
from typing import Literal, assert_type

from binance_streams import (
    AsyncClient,
    AsyncSubscription,
    AvgPrice,
    Client,
    Notice,
    Subscription,
    decode,
    read_recording,
)


def with_decimal(client: Client[Decimal]) -> None:
    """Subscribing, and every way to read."""

    def take(event: AvgPrice[Decimal]) -> None: ...

    subscription = client.avg_price(symbol="btcusdt")
    assert_type(subscription, Subscription[AvgPrice[Decimal]])
    assert_type(subscription.get(timeout=10), AvgPrice[Decimal])
    for event in subscription:
        assert_type(event, AvgPrice[Decimal])
    for batch in subscription.batches():
        assert_type(batch, list[AvgPrice[Decimal]])
    for item in subscription.with_notices():
        if not isinstance(item, Notice):
            assert_type(item, AvgPrice[Decimal])
    recording = read_recording("rec", stream="avg_price", numbers=Decimal)
    for recorded in recording:
        assert_type(recorded.data, AvgPrice[Decimal])
    for recorded in read_recording("rec", stream="avg_price"):
        assert_type(recorded.data, AvgPrice[Decimal])
    assert_type(client.avg_price(symbol="btcusdt", on_event=take), Subscription[AvgPrice[Decimal]])
    for message in client:
        if isinstance(message.data, AvgPrice):
            assert_type(message.data, AvgPrice[Decimal])


async def async_with_decimal(client: AsyncClient[Decimal]) -> None:
    """The same for asyncio; callbacks are of either kind."""

    def take(event: AvgPrice[Decimal]) -> None: ...

    async def take_async(event: AvgPrice[Decimal]) -> None: ...

    subscription = client.avg_price(symbol="btcusdt")
    assert_type(subscription, AsyncSubscription[AvgPrice[Decimal]])
    assert_type(await subscription.get(timeout=10), AvgPrice[Decimal])
    async for event in subscription:
        assert_type(event, AvgPrice[Decimal])
    async for batch in subscription.batches():
        assert_type(batch, list[AvgPrice[Decimal]])
    async for item in subscription.with_notices():
        if not isinstance(item, Notice):
            assert_type(item, AvgPrice[Decimal])
    assert_type(
        client.avg_price(symbol="btcusdt", on_event=take), AsyncSubscription[AvgPrice[Decimal]]
    )
    assert_type(
        client.avg_price(symbol="btcusdt", on_event=take_async),
        AsyncSubscription[AvgPrice[Decimal]],
    )
    async for message in client:
        if isinstance(message.data, AvgPrice):
            assert_type(message.data, AvgPrice[Decimal])


def with_float(client: Client[float]) -> None:
    """Subscribing, and every way to read."""

    def take(event: AvgPrice[float]) -> None: ...

    subscription = client.avg_price(symbol="btcusdt")
    assert_type(subscription, Subscription[AvgPrice[float]])
    assert_type(subscription.get(timeout=10), AvgPrice[float])
    for event in subscription:
        assert_type(event, AvgPrice[float])
    for batch in subscription.batches():
        assert_type(batch, list[AvgPrice[float]])
    for item in subscription.with_notices():
        if not isinstance(item, Notice):
            assert_type(item, AvgPrice[float])
    recording = read_recording("rec", stream="avg_price", numbers=float)
    for recorded in recording:
        assert_type(recorded.data, AvgPrice[float])
    assert_type(client.avg_price(symbol="btcusdt", on_event=take), Subscription[AvgPrice[float]])
    for message in client:
        if isinstance(message.data, AvgPrice):
            assert_type(message.data, AvgPrice[float])


async def async_with_float(client: AsyncClient[float]) -> None:
    """The same for asyncio; callbacks are of either kind."""

    def take(event: AvgPrice[float]) -> None: ...

    async def take_async(event: AvgPrice[float]) -> None: ...

    subscription = client.avg_price(symbol="btcusdt")
    assert_type(subscription, AsyncSubscription[AvgPrice[float]])
    assert_type(await subscription.get(timeout=10), AvgPrice[float])
    async for event in subscription:
        assert_type(event, AvgPrice[float])
    async for batch in subscription.batches():
        assert_type(batch, list[AvgPrice[float]])
    async for item in subscription.with_notices():
        if not isinstance(item, Notice):
            assert_type(item, AvgPrice[float])
    assert_type(
        client.avg_price(symbol="btcusdt", on_event=take), AsyncSubscription[AvgPrice[float]]
    )
    assert_type(
        client.avg_price(symbol="btcusdt", on_event=take_async), AsyncSubscription[AvgPrice[float]]
    )
    async for message in client:
        if isinstance(message.data, AvgPrice):
            assert_type(message.data, AvgPrice[float])


def with_str(client: Client[str]) -> None:
    """Subscribing, and every way to read."""

    def take(event: AvgPrice[str]) -> None: ...

    subscription = client.avg_price(symbol="btcusdt")
    assert_type(subscription, Subscription[AvgPrice[str]])
    assert_type(subscription.get(timeout=10), AvgPrice[str])
    for event in subscription:
        assert_type(event, AvgPrice[str])
    for batch in subscription.batches():
        assert_type(batch, list[AvgPrice[str]])
    for item in subscription.with_notices():
        if not isinstance(item, Notice):
            assert_type(item, AvgPrice[str])
    recording = read_recording("rec", stream="avg_price", numbers=str)
    for recorded in recording:
        assert_type(recorded.data, AvgPrice[str])
    assert_type(client.avg_price(symbol="btcusdt", on_event=take), Subscription[AvgPrice[str]])
    for message in client:
        if isinstance(message.data, AvgPrice):
            assert_type(message.data, AvgPrice[str])


async def async_with_str(client: AsyncClient[str]) -> None:
    """The same for asyncio; callbacks are of either kind."""

    def take(event: AvgPrice[str]) -> None: ...

    async def take_async(event: AvgPrice[str]) -> None: ...

    subscription = client.avg_price(symbol="btcusdt")
    assert_type(subscription, AsyncSubscription[AvgPrice[str]])
    assert_type(await subscription.get(timeout=10), AvgPrice[str])
    async for event in subscription:
        assert_type(event, AvgPrice[str])
    async for batch in subscription.batches():
        assert_type(batch, list[AvgPrice[str]])
    async for item in subscription.with_notices():
        if not isinstance(item, Notice):
            assert_type(item, AvgPrice[str])
    assert_type(client.avg_price(symbol="btcusdt", on_event=take), AsyncSubscription[AvgPrice[str]])
    assert_type(
        client.avg_price(symbol="btcusdt", on_event=take_async), AsyncSubscription[AvgPrice[str]]
    )
    async for message in client:
        if isinstance(message.data, AvgPrice):
            assert_type(message.data, AvgPrice[str])


def decoded_avgprice_with_decimal() -> None:
    """Decoding, and every field."""
    event = decode(b"", AvgPrice, numbers=Decimal)
    assert_type(event, AvgPrice[Decimal])
    assert_type(decode(b"", AvgPrice), AvgPrice[Decimal])
    assert_type(event.event_type, Literal["avgPrice"])
    assert_type(event.event_time, int)
    assert_type(event.symbol, str)
    assert_type(event.interval, str)
    assert_type(event.average_price, Decimal)
    assert_type(event.last_trade_time, int)


def decoded_avgprice_with_float() -> None:
    """Decoding, and every field."""
    event = decode(b"", AvgPrice, numbers=float)
    assert_type(event, AvgPrice[float])
    assert_type(event.event_type, Literal["avgPrice"])
    assert_type(event.event_time, int)
    assert_type(event.symbol, str)
    assert_type(event.interval, str)
    assert_type(event.average_price, float)
    assert_type(event.last_trade_time, int)


def decoded_avgprice_with_str() -> None:
    """Decoding, and every field."""
    event = decode(b"", AvgPrice, numbers=str)
    assert_type(event, AvgPrice[str])
    assert_type(event.event_type, Literal["avgPrice"])
    assert_type(event.event_time, int)
    assert_type(event.symbol, str)
    assert_type(event.interval, str)
    assert_type(event.average_price, str)
    assert_type(event.last_trade_time, int)
