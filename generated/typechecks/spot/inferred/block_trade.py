"""What type checkers must infer of ``<symbol>@blockTrade``. Never run.

Made from spec/spot/ by codegen. Do not edit: change the spec and run ``make generate``.
"""

from decimal import Decimal
from typing import Literal, assert_type

from binance_streams import (
    AsyncClient,
    AsyncSubscription,
    BlockTrade,
    Client,
    Notice,
    Subscription,
    decode,
    read_recording,
)


def with_decimal(client: Client[Decimal]) -> None:
    """Subscribing, and every way to read."""

    def take(event: BlockTrade[Decimal]) -> None: ...

    subscription = client.block_trade(symbol="btcusdt")
    assert_type(subscription, Subscription[BlockTrade[Decimal]])
    assert_type(subscription.get(timeout=10), BlockTrade[Decimal])
    for event in subscription:
        assert_type(event, BlockTrade[Decimal])
    for batch in subscription.batches():
        assert_type(batch, list[BlockTrade[Decimal]])
    for item in subscription.with_notices():
        if not isinstance(item, Notice):
            assert_type(item, BlockTrade[Decimal])
    recording = read_recording("rec", stream="block_trade", numbers=Decimal)
    for recorded in recording:
        assert_type(recorded.data, BlockTrade[Decimal])
    for recorded in read_recording("rec", stream="block_trade"):
        assert_type(recorded.data, BlockTrade[Decimal])
    assert_type(
        client.block_trade(symbol="btcusdt", on_event=take), Subscription[BlockTrade[Decimal]]
    )
    assert_type(client.block_trade(symbol="btcusdt", fill=True), Subscription[BlockTrade[Decimal]])
    for message in client:
        if isinstance(message.data, BlockTrade):
            assert_type(message.data, BlockTrade[Decimal])


async def async_with_decimal(client: AsyncClient[Decimal]) -> None:
    """The same for asyncio; callbacks are of either kind."""

    def take(event: BlockTrade[Decimal]) -> None: ...

    async def take_async(event: BlockTrade[Decimal]) -> None: ...

    subscription = client.block_trade(symbol="btcusdt")
    assert_type(subscription, AsyncSubscription[BlockTrade[Decimal]])
    assert_type(await subscription.get(timeout=10), BlockTrade[Decimal])
    async for event in subscription:
        assert_type(event, BlockTrade[Decimal])
    async for batch in subscription.batches():
        assert_type(batch, list[BlockTrade[Decimal]])
    async for item in subscription.with_notices():
        if not isinstance(item, Notice):
            assert_type(item, BlockTrade[Decimal])
    assert_type(
        client.block_trade(symbol="btcusdt", on_event=take), AsyncSubscription[BlockTrade[Decimal]]
    )
    assert_type(
        client.block_trade(symbol="btcusdt", on_event=take_async),
        AsyncSubscription[BlockTrade[Decimal]],
    )
    assert_type(
        client.block_trade(symbol="btcusdt", fill=True), AsyncSubscription[BlockTrade[Decimal]]
    )
    async for message in client:
        if isinstance(message.data, BlockTrade):
            assert_type(message.data, BlockTrade[Decimal])


def with_float(client: Client[float]) -> None:
    """Subscribing, and every way to read."""

    def take(event: BlockTrade[float]) -> None: ...

    subscription = client.block_trade(symbol="btcusdt")
    assert_type(subscription, Subscription[BlockTrade[float]])
    assert_type(subscription.get(timeout=10), BlockTrade[float])
    for event in subscription:
        assert_type(event, BlockTrade[float])
    for batch in subscription.batches():
        assert_type(batch, list[BlockTrade[float]])
    for item in subscription.with_notices():
        if not isinstance(item, Notice):
            assert_type(item, BlockTrade[float])
    recording = read_recording("rec", stream="block_trade", numbers=float)
    for recorded in recording:
        assert_type(recorded.data, BlockTrade[float])
    assert_type(
        client.block_trade(symbol="btcusdt", on_event=take), Subscription[BlockTrade[float]]
    )
    assert_type(client.block_trade(symbol="btcusdt", fill=True), Subscription[BlockTrade[float]])
    for message in client:
        if isinstance(message.data, BlockTrade):
            assert_type(message.data, BlockTrade[float])


async def async_with_float(client: AsyncClient[float]) -> None:
    """The same for asyncio; callbacks are of either kind."""

    def take(event: BlockTrade[float]) -> None: ...

    async def take_async(event: BlockTrade[float]) -> None: ...

    subscription = client.block_trade(symbol="btcusdt")
    assert_type(subscription, AsyncSubscription[BlockTrade[float]])
    assert_type(await subscription.get(timeout=10), BlockTrade[float])
    async for event in subscription:
        assert_type(event, BlockTrade[float])
    async for batch in subscription.batches():
        assert_type(batch, list[BlockTrade[float]])
    async for item in subscription.with_notices():
        if not isinstance(item, Notice):
            assert_type(item, BlockTrade[float])
    assert_type(
        client.block_trade(symbol="btcusdt", on_event=take), AsyncSubscription[BlockTrade[float]]
    )
    assert_type(
        client.block_trade(symbol="btcusdt", on_event=take_async),
        AsyncSubscription[BlockTrade[float]],
    )
    assert_type(
        client.block_trade(symbol="btcusdt", fill=True), AsyncSubscription[BlockTrade[float]]
    )
    async for message in client:
        if isinstance(message.data, BlockTrade):
            assert_type(message.data, BlockTrade[float])


def with_str(client: Client[str]) -> None:
    """Subscribing, and every way to read."""

    def take(event: BlockTrade[str]) -> None: ...

    subscription = client.block_trade(symbol="btcusdt")
    assert_type(subscription, Subscription[BlockTrade[str]])
    assert_type(subscription.get(timeout=10), BlockTrade[str])
    for event in subscription:
        assert_type(event, BlockTrade[str])
    for batch in subscription.batches():
        assert_type(batch, list[BlockTrade[str]])
    for item in subscription.with_notices():
        if not isinstance(item, Notice):
            assert_type(item, BlockTrade[str])
    recording = read_recording("rec", stream="block_trade", numbers=str)
    for recorded in recording:
        assert_type(recorded.data, BlockTrade[str])
    assert_type(client.block_trade(symbol="btcusdt", on_event=take), Subscription[BlockTrade[str]])
    assert_type(client.block_trade(symbol="btcusdt", fill=True), Subscription[BlockTrade[str]])
    for message in client:
        if isinstance(message.data, BlockTrade):
            assert_type(message.data, BlockTrade[str])


async def async_with_str(client: AsyncClient[str]) -> None:
    """The same for asyncio; callbacks are of either kind."""

    def take(event: BlockTrade[str]) -> None: ...

    async def take_async(event: BlockTrade[str]) -> None: ...

    subscription = client.block_trade(symbol="btcusdt")
    assert_type(subscription, AsyncSubscription[BlockTrade[str]])
    assert_type(await subscription.get(timeout=10), BlockTrade[str])
    async for event in subscription:
        assert_type(event, BlockTrade[str])
    async for batch in subscription.batches():
        assert_type(batch, list[BlockTrade[str]])
    async for item in subscription.with_notices():
        if not isinstance(item, Notice):
            assert_type(item, BlockTrade[str])
    assert_type(
        client.block_trade(symbol="btcusdt", on_event=take), AsyncSubscription[BlockTrade[str]]
    )
    assert_type(
        client.block_trade(symbol="btcusdt", on_event=take_async),
        AsyncSubscription[BlockTrade[str]],
    )
    assert_type(client.block_trade(symbol="btcusdt", fill=True), AsyncSubscription[BlockTrade[str]])
    async for message in client:
        if isinstance(message.data, BlockTrade):
            assert_type(message.data, BlockTrade[str])


def decoded_blocktrade_with_decimal() -> None:
    """Decoding, and every field."""
    event = decode(b"", BlockTrade, numbers=Decimal)
    assert_type(event, BlockTrade[Decimal])
    assert_type(decode(b"", BlockTrade), BlockTrade[Decimal])
    assert_type(event.event_type, Literal["blockTrade"])
    assert_type(event.event_time, int)
    assert_type(event.symbol, str)
    assert_type(event.block_trade_id, int)
    assert_type(event.price, Decimal)
    assert_type(event.quantity, Decimal)
    assert_type(event.trade_time, int)
    assert_type(event.is_buyer_maker, bool)


def decoded_blocktrade_with_float() -> None:
    """Decoding, and every field."""
    event = decode(b"", BlockTrade, numbers=float)
    assert_type(event, BlockTrade[float])
    assert_type(event.event_type, Literal["blockTrade"])
    assert_type(event.event_time, int)
    assert_type(event.symbol, str)
    assert_type(event.block_trade_id, int)
    assert_type(event.price, float)
    assert_type(event.quantity, float)
    assert_type(event.trade_time, int)
    assert_type(event.is_buyer_maker, bool)


def decoded_blocktrade_with_str() -> None:
    """Decoding, and every field."""
    event = decode(b"", BlockTrade, numbers=str)
    assert_type(event, BlockTrade[str])
    assert_type(event.event_type, Literal["blockTrade"])
    assert_type(event.event_time, int)
    assert_type(event.symbol, str)
    assert_type(event.block_trade_id, int)
    assert_type(event.price, str)
    assert_type(event.quantity, str)
    assert_type(event.trade_time, int)
    assert_type(event.is_buyer_maker, bool)
