"""What type checkers must infer of ``<symbol>@trade``. Never run.

Made from spec/spot/ by codegen. Do not edit: change the spec and run ``make generate``.
"""

from decimal import Decimal
from typing import Literal, assert_type

from binance_streams import (
    AsyncClient,
    AsyncSubscription,
    Client,
    Notice,
    Subscription,
    Trade,
    decode,
    read_recording,
)


def with_decimal(client: Client[Decimal]) -> None:
    """Subscribing, and every way to read."""

    def take(event: Trade[Decimal]) -> None: ...

    subscription = client.trade(symbol="btcusdt")
    assert_type(subscription, Subscription[Trade[Decimal]])
    assert_type(subscription.get(timeout=10), Trade[Decimal])
    for event in subscription:
        assert_type(event, Trade[Decimal])
    for batch in subscription.batches():
        assert_type(batch, list[Trade[Decimal]])
    for item in subscription.with_notices():
        if not isinstance(item, Notice):
            assert_type(item, Trade[Decimal])
    recording = read_recording("rec", stream="trade", numbers=Decimal)
    for recorded in recording:
        assert_type(recorded.data, Trade[Decimal])
    for recorded in read_recording("rec", stream="trade"):
        assert_type(recorded.data, Trade[Decimal])
    assert_type(client.trade(symbol="btcusdt", on_event=take), Subscription[Trade[Decimal]])
    assert_type(client.trade(symbol="btcusdt", fill=True), Subscription[Trade[Decimal]])
    for message in client:
        if isinstance(message.data, Trade):
            assert_type(message.data, Trade[Decimal])


async def async_with_decimal(client: AsyncClient[Decimal]) -> None:
    """The same for asyncio; callbacks are of either kind."""

    def take(event: Trade[Decimal]) -> None: ...

    async def take_async(event: Trade[Decimal]) -> None: ...

    subscription = client.trade(symbol="btcusdt")
    assert_type(subscription, AsyncSubscription[Trade[Decimal]])
    assert_type(await subscription.get(timeout=10), Trade[Decimal])
    async for event in subscription:
        assert_type(event, Trade[Decimal])
    async for batch in subscription.batches():
        assert_type(batch, list[Trade[Decimal]])
    async for item in subscription.with_notices():
        if not isinstance(item, Notice):
            assert_type(item, Trade[Decimal])
    assert_type(client.trade(symbol="btcusdt", on_event=take), AsyncSubscription[Trade[Decimal]])
    assert_type(
        client.trade(symbol="btcusdt", on_event=take_async), AsyncSubscription[Trade[Decimal]]
    )
    assert_type(client.trade(symbol="btcusdt", fill=True), AsyncSubscription[Trade[Decimal]])
    async for message in client:
        if isinstance(message.data, Trade):
            assert_type(message.data, Trade[Decimal])


def with_float(client: Client[float]) -> None:
    """Subscribing, and every way to read."""

    def take(event: Trade[float]) -> None: ...

    subscription = client.trade(symbol="btcusdt")
    assert_type(subscription, Subscription[Trade[float]])
    assert_type(subscription.get(timeout=10), Trade[float])
    for event in subscription:
        assert_type(event, Trade[float])
    for batch in subscription.batches():
        assert_type(batch, list[Trade[float]])
    for item in subscription.with_notices():
        if not isinstance(item, Notice):
            assert_type(item, Trade[float])
    recording = read_recording("rec", stream="trade", numbers=float)
    for recorded in recording:
        assert_type(recorded.data, Trade[float])
    assert_type(client.trade(symbol="btcusdt", on_event=take), Subscription[Trade[float]])
    assert_type(client.trade(symbol="btcusdt", fill=True), Subscription[Trade[float]])
    for message in client:
        if isinstance(message.data, Trade):
            assert_type(message.data, Trade[float])


async def async_with_float(client: AsyncClient[float]) -> None:
    """The same for asyncio; callbacks are of either kind."""

    def take(event: Trade[float]) -> None: ...

    async def take_async(event: Trade[float]) -> None: ...

    subscription = client.trade(symbol="btcusdt")
    assert_type(subscription, AsyncSubscription[Trade[float]])
    assert_type(await subscription.get(timeout=10), Trade[float])
    async for event in subscription:
        assert_type(event, Trade[float])
    async for batch in subscription.batches():
        assert_type(batch, list[Trade[float]])
    async for item in subscription.with_notices():
        if not isinstance(item, Notice):
            assert_type(item, Trade[float])
    assert_type(client.trade(symbol="btcusdt", on_event=take), AsyncSubscription[Trade[float]])
    assert_type(
        client.trade(symbol="btcusdt", on_event=take_async), AsyncSubscription[Trade[float]]
    )
    assert_type(client.trade(symbol="btcusdt", fill=True), AsyncSubscription[Trade[float]])
    async for message in client:
        if isinstance(message.data, Trade):
            assert_type(message.data, Trade[float])


def with_str(client: Client[str]) -> None:
    """Subscribing, and every way to read."""

    def take(event: Trade[str]) -> None: ...

    subscription = client.trade(symbol="btcusdt")
    assert_type(subscription, Subscription[Trade[str]])
    assert_type(subscription.get(timeout=10), Trade[str])
    for event in subscription:
        assert_type(event, Trade[str])
    for batch in subscription.batches():
        assert_type(batch, list[Trade[str]])
    for item in subscription.with_notices():
        if not isinstance(item, Notice):
            assert_type(item, Trade[str])
    recording = read_recording("rec", stream="trade", numbers=str)
    for recorded in recording:
        assert_type(recorded.data, Trade[str])
    assert_type(client.trade(symbol="btcusdt", on_event=take), Subscription[Trade[str]])
    assert_type(client.trade(symbol="btcusdt", fill=True), Subscription[Trade[str]])
    for message in client:
        if isinstance(message.data, Trade):
            assert_type(message.data, Trade[str])


async def async_with_str(client: AsyncClient[str]) -> None:
    """The same for asyncio; callbacks are of either kind."""

    def take(event: Trade[str]) -> None: ...

    async def take_async(event: Trade[str]) -> None: ...

    subscription = client.trade(symbol="btcusdt")
    assert_type(subscription, AsyncSubscription[Trade[str]])
    assert_type(await subscription.get(timeout=10), Trade[str])
    async for event in subscription:
        assert_type(event, Trade[str])
    async for batch in subscription.batches():
        assert_type(batch, list[Trade[str]])
    async for item in subscription.with_notices():
        if not isinstance(item, Notice):
            assert_type(item, Trade[str])
    assert_type(client.trade(symbol="btcusdt", on_event=take), AsyncSubscription[Trade[str]])
    assert_type(client.trade(symbol="btcusdt", on_event=take_async), AsyncSubscription[Trade[str]])
    assert_type(client.trade(symbol="btcusdt", fill=True), AsyncSubscription[Trade[str]])
    async for message in client:
        if isinstance(message.data, Trade):
            assert_type(message.data, Trade[str])


def decoded_trade_with_decimal() -> None:
    """Decoding, and every field."""
    event = decode(b"", Trade, numbers=Decimal)
    assert_type(event, Trade[Decimal])
    assert_type(decode(b"", Trade), Trade[Decimal])
    assert_type(event.event_type, Literal["trade"])
    assert_type(event.event_time, int)
    assert_type(event.symbol, str)
    assert_type(event.trade_id, int)
    assert_type(event.price, Decimal)
    assert_type(event.quantity, Decimal)
    assert_type(event.trade_time, int)
    assert_type(event.is_buyer_maker, bool)


def decoded_trade_with_float() -> None:
    """Decoding, and every field."""
    event = decode(b"", Trade, numbers=float)
    assert_type(event, Trade[float])
    assert_type(event.event_type, Literal["trade"])
    assert_type(event.event_time, int)
    assert_type(event.symbol, str)
    assert_type(event.trade_id, int)
    assert_type(event.price, float)
    assert_type(event.quantity, float)
    assert_type(event.trade_time, int)
    assert_type(event.is_buyer_maker, bool)


def decoded_trade_with_str() -> None:
    """Decoding, and every field."""
    event = decode(b"", Trade, numbers=str)
    assert_type(event, Trade[str])
    assert_type(event.event_type, Literal["trade"])
    assert_type(event.event_time, int)
    assert_type(event.symbol, str)
    assert_type(event.trade_id, int)
    assert_type(event.price, str)
    assert_type(event.quantity, str)
    assert_type(event.trade_time, int)
    assert_type(event.is_buyer_maker, bool)
