"""What type checkers must infer of ``<symbol>@aggTrade``. Never run.

Made from spec/spot/ by codegen. Do not edit: change the spec and run ``make generate``.
"""

from decimal import Decimal
from typing import Literal, assert_type

from binance_streams import (
    AggTrade,
    AsyncClient,
    AsyncSubscription,
    Client,
    Notice,
    Subscription,
    decode,
    read_recording,
)


def with_decimal(client: Client[Decimal]) -> None:
    """Subscribing, and every way to read."""

    def take(event: AggTrade[Decimal]) -> None: ...

    subscription = client.agg_trade(symbol="btcusdt")
    assert_type(subscription, Subscription[AggTrade[Decimal]])
    assert_type(subscription.get(timeout=10), AggTrade[Decimal])
    for event in subscription:
        assert_type(event, AggTrade[Decimal])
    for batch in subscription.batches():
        assert_type(batch, list[AggTrade[Decimal]])
    for item in subscription.with_notices():
        if not isinstance(item, Notice):
            assert_type(item, AggTrade[Decimal])
    recording = read_recording("rec", stream="agg_trade", numbers=Decimal)
    for recorded in recording:
        assert_type(recorded.data, AggTrade[Decimal])
    for recorded in read_recording("rec", stream="agg_trade"):
        assert_type(recorded.data, AggTrade[Decimal])
    assert_type(client.agg_trade(symbol="btcusdt", on_event=take), Subscription[AggTrade[Decimal]])
    assert_type(client.agg_trade(symbol="btcusdt", fill=True), Subscription[AggTrade[Decimal]])
    for message in client:
        if isinstance(message.data, AggTrade):
            assert_type(message.data, AggTrade[Decimal])


async def async_with_decimal(client: AsyncClient[Decimal]) -> None:
    """The same for asyncio; callbacks are of either kind."""

    def take(event: AggTrade[Decimal]) -> None: ...

    async def take_async(event: AggTrade[Decimal]) -> None: ...

    subscription = client.agg_trade(symbol="btcusdt")
    assert_type(subscription, AsyncSubscription[AggTrade[Decimal]])
    assert_type(await subscription.get(timeout=10), AggTrade[Decimal])
    async for event in subscription:
        assert_type(event, AggTrade[Decimal])
    async for batch in subscription.batches():
        assert_type(batch, list[AggTrade[Decimal]])
    async for item in subscription.with_notices():
        if not isinstance(item, Notice):
            assert_type(item, AggTrade[Decimal])
    assert_type(
        client.agg_trade(symbol="btcusdt", on_event=take), AsyncSubscription[AggTrade[Decimal]]
    )
    assert_type(
        client.agg_trade(symbol="btcusdt", on_event=take_async),
        AsyncSubscription[AggTrade[Decimal]],
    )
    assert_type(client.agg_trade(symbol="btcusdt", fill=True), AsyncSubscription[AggTrade[Decimal]])
    async for message in client:
        if isinstance(message.data, AggTrade):
            assert_type(message.data, AggTrade[Decimal])


def with_float(client: Client[float]) -> None:
    """Subscribing, and every way to read."""

    def take(event: AggTrade[float]) -> None: ...

    subscription = client.agg_trade(symbol="btcusdt")
    assert_type(subscription, Subscription[AggTrade[float]])
    assert_type(subscription.get(timeout=10), AggTrade[float])
    for event in subscription:
        assert_type(event, AggTrade[float])
    for batch in subscription.batches():
        assert_type(batch, list[AggTrade[float]])
    for item in subscription.with_notices():
        if not isinstance(item, Notice):
            assert_type(item, AggTrade[float])
    recording = read_recording("rec", stream="agg_trade", numbers=float)
    for recorded in recording:
        assert_type(recorded.data, AggTrade[float])
    assert_type(client.agg_trade(symbol="btcusdt", on_event=take), Subscription[AggTrade[float]])
    assert_type(client.agg_trade(symbol="btcusdt", fill=True), Subscription[AggTrade[float]])
    for message in client:
        if isinstance(message.data, AggTrade):
            assert_type(message.data, AggTrade[float])


async def async_with_float(client: AsyncClient[float]) -> None:
    """The same for asyncio; callbacks are of either kind."""

    def take(event: AggTrade[float]) -> None: ...

    async def take_async(event: AggTrade[float]) -> None: ...

    subscription = client.agg_trade(symbol="btcusdt")
    assert_type(subscription, AsyncSubscription[AggTrade[float]])
    assert_type(await subscription.get(timeout=10), AggTrade[float])
    async for event in subscription:
        assert_type(event, AggTrade[float])
    async for batch in subscription.batches():
        assert_type(batch, list[AggTrade[float]])
    async for item in subscription.with_notices():
        if not isinstance(item, Notice):
            assert_type(item, AggTrade[float])
    assert_type(
        client.agg_trade(symbol="btcusdt", on_event=take), AsyncSubscription[AggTrade[float]]
    )
    assert_type(
        client.agg_trade(symbol="btcusdt", on_event=take_async), AsyncSubscription[AggTrade[float]]
    )
    assert_type(client.agg_trade(symbol="btcusdt", fill=True), AsyncSubscription[AggTrade[float]])
    async for message in client:
        if isinstance(message.data, AggTrade):
            assert_type(message.data, AggTrade[float])


def with_str(client: Client[str]) -> None:
    """Subscribing, and every way to read."""

    def take(event: AggTrade[str]) -> None: ...

    subscription = client.agg_trade(symbol="btcusdt")
    assert_type(subscription, Subscription[AggTrade[str]])
    assert_type(subscription.get(timeout=10), AggTrade[str])
    for event in subscription:
        assert_type(event, AggTrade[str])
    for batch in subscription.batches():
        assert_type(batch, list[AggTrade[str]])
    for item in subscription.with_notices():
        if not isinstance(item, Notice):
            assert_type(item, AggTrade[str])
    recording = read_recording("rec", stream="agg_trade", numbers=str)
    for recorded in recording:
        assert_type(recorded.data, AggTrade[str])
    assert_type(client.agg_trade(symbol="btcusdt", on_event=take), Subscription[AggTrade[str]])
    assert_type(client.agg_trade(symbol="btcusdt", fill=True), Subscription[AggTrade[str]])
    for message in client:
        if isinstance(message.data, AggTrade):
            assert_type(message.data, AggTrade[str])


async def async_with_str(client: AsyncClient[str]) -> None:
    """The same for asyncio; callbacks are of either kind."""

    def take(event: AggTrade[str]) -> None: ...

    async def take_async(event: AggTrade[str]) -> None: ...

    subscription = client.agg_trade(symbol="btcusdt")
    assert_type(subscription, AsyncSubscription[AggTrade[str]])
    assert_type(await subscription.get(timeout=10), AggTrade[str])
    async for event in subscription:
        assert_type(event, AggTrade[str])
    async for batch in subscription.batches():
        assert_type(batch, list[AggTrade[str]])
    async for item in subscription.with_notices():
        if not isinstance(item, Notice):
            assert_type(item, AggTrade[str])
    assert_type(client.agg_trade(symbol="btcusdt", on_event=take), AsyncSubscription[AggTrade[str]])
    assert_type(
        client.agg_trade(symbol="btcusdt", on_event=take_async), AsyncSubscription[AggTrade[str]]
    )
    assert_type(client.agg_trade(symbol="btcusdt", fill=True), AsyncSubscription[AggTrade[str]])
    async for message in client:
        if isinstance(message.data, AggTrade):
            assert_type(message.data, AggTrade[str])


def decoded_aggtrade_with_decimal() -> None:
    """Decoding, and every field."""
    event = decode(b"", AggTrade, numbers=Decimal)
    assert_type(event, AggTrade[Decimal])
    assert_type(decode(b"", AggTrade), AggTrade[Decimal])
    assert_type(event.event_type, Literal["aggTrade"])
    assert_type(event.event_time, int)
    assert_type(event.symbol, str)
    assert_type(event.aggregate_trade_id, int)
    assert_type(event.price, Decimal)
    assert_type(event.quantity, Decimal)
    assert_type(event.first_trade_id, int)
    assert_type(event.last_trade_id, int)
    assert_type(event.trade_time, int)
    assert_type(event.is_buyer_maker, bool)


def decoded_aggtrade_with_float() -> None:
    """Decoding, and every field."""
    event = decode(b"", AggTrade, numbers=float)
    assert_type(event, AggTrade[float])
    assert_type(event.event_type, Literal["aggTrade"])
    assert_type(event.event_time, int)
    assert_type(event.symbol, str)
    assert_type(event.aggregate_trade_id, int)
    assert_type(event.price, float)
    assert_type(event.quantity, float)
    assert_type(event.first_trade_id, int)
    assert_type(event.last_trade_id, int)
    assert_type(event.trade_time, int)
    assert_type(event.is_buyer_maker, bool)


def decoded_aggtrade_with_str() -> None:
    """Decoding, and every field."""
    event = decode(b"", AggTrade, numbers=str)
    assert_type(event, AggTrade[str])
    assert_type(event.event_type, Literal["aggTrade"])
    assert_type(event.event_time, int)
    assert_type(event.symbol, str)
    assert_type(event.aggregate_trade_id, int)
    assert_type(event.price, str)
    assert_type(event.quantity, str)
    assert_type(event.first_trade_id, int)
    assert_type(event.last_trade_id, int)
    assert_type(event.trade_time, int)
    assert_type(event.is_buyer_maker, bool)
