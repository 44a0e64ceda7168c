"""What type checkers must infer of ``<symbol>@depth<speed>``. Never run.

Made from spec/spot/ by codegen. Do not edit: change the spec and run ``make generate``.
"""

from decimal import Decimal
from typing import Literal, assert_type

from binance_streams import (
    AsyncClient,
    AsyncSubscription,
    Client,
    DepthUpdate,
    Notice,
    PriceLevel,
    Subscription,
    decode,
    read_recording,
)


def with_decimal(client: Client[Decimal]) -> None:
    """Subscribing, and every way to read."""

    def take(event: DepthUpdate[Decimal]) -> None: ...

    subscription = client.diff_book_depth(symbol="btcusdt", speed=1000)
    assert_type(subscription, Subscription[DepthUpdate[Decimal]])
    assert_type(subscription.get(timeout=10), DepthUpdate[Decimal])
    for event in subscription:
        assert_type(event, DepthUpdate[Decimal])
    for batch in subscription.batches():
        assert_type(batch, list[DepthUpdate[Decimal]])
    for item in subscription.with_notices():
        if not isinstance(item, Notice):
            assert_type(item, DepthUpdate[Decimal])
    recording = read_recording("rec", stream="diff_book_depth", numbers=Decimal)
    for recorded in recording:
        assert_type(recorded.data, DepthUpdate[Decimal])
    for recorded in read_recording("rec", stream="diff_book_depth"):
        assert_type(recorded.data, DepthUpdate[Decimal])
    assert_type(
        client.diff_book_depth(symbol="btcusdt", speed=1000, on_event=take),
        Subscription[DepthUpdate[Decimal]],
    )
    for message in client:
        if isinstance(message.data, DepthUpdate):
            assert_type(message.data, DepthUpdate[Decimal])


async def async_with_decimal(client: AsyncClient[Decimal]) -> None:
    """The same for asyncio; callbacks are of either kind."""

    def take(event: DepthUpdate[Decimal]) -> None: ...

    async def take_async(event: DepthUpdate[Decimal]) -> None: ...

    subscription = client.diff_book_depth(symbol="btcusdt", speed=1000)
    assert_type(subscription, AsyncSubscription[DepthUpdate[Decimal]])
    assert_type(await subscription.get(timeout=10), DepthUpdate[Decimal])
    async for event in subscription:
        assert_type(event, DepthUpdate[Decimal])
    async for batch in subscription.batches():
        assert_type(batch, list[DepthUpdate[Decimal]])
    async for item in subscription.with_notices():
        if not isinstance(item, Notice):
            assert_type(item, DepthUpdate[Decimal])
    assert_type(
        client.diff_book_depth(symbol="btcusdt", speed=1000, on_event=take),
        AsyncSubscription[DepthUpdate[Decimal]],
    )
    assert_type(
        client.diff_book_depth(symbol="btcusdt", speed=1000, on_event=take_async),
        AsyncSubscription[DepthUpdate[Decimal]],
    )
    async for message in client:
        if isinstance(message.data, DepthUpdate):
            assert_type(message.data, DepthUpdate[Decimal])


def with_float(client: Client[float]) -> None:
    """Subscribing, and every way to read."""

    def take(event: DepthUpdate[float]) -> None: ...

    subscription = client.diff_book_depth(symbol="btcusdt", speed=1000)
    assert_type(subscription, Subscription[DepthUpdate[float]])
    assert_type(subscription.get(timeout=10), DepthUpdate[float])
    for event in subscription:
        assert_type(event, DepthUpdate[float])
    for batch in subscription.batches():
        assert_type(batch, list[DepthUpdate[float]])
    for item in subscription.with_notices():
        if not isinstance(item, Notice):
            assert_type(item, DepthUpdate[float])
    recording = read_recording("rec", stream="diff_book_depth", numbers=float)
    for recorded in recording:
        assert_type(recorded.data, DepthUpdate[float])
    assert_type(
        client.diff_book_depth(symbol="btcusdt", speed=1000, on_event=take),
        Subscription[DepthUpdate[float]],
    )
    for message in client:
        if isinstance(message.data, DepthUpdate):
            assert_type(message.data, DepthUpdate[float])


async def async_with_float(client: AsyncClient[float]) -> None:
    """The same for asyncio; callbacks are of either kind."""

    def take(event: DepthUpdate[float]) -> None: ...

    async def take_async(event: DepthUpdate[float]) -> None: ...

    subscription = client.diff_book_depth(symbol="btcusdt", speed=1000)
    assert_type(subscription, AsyncSubscription[DepthUpdate[float]])
    assert_type(await subscription.get(timeout=10), DepthUpdate[float])
    async for event in subscription:
        assert_type(event, DepthUpdate[float])
    async for batch in subscription.batches():
        assert_type(batch, list[DepthUpdate[float]])
    async for item in subscription.with_notices():
        if not isinstance(item, Notice):
            assert_type(item, DepthUpdate[float])
    assert_type(
        client.diff_book_depth(symbol="btcusdt", speed=1000, on_event=take),
        AsyncSubscription[DepthUpdate[float]],
    )
    assert_type(
        client.diff_book_depth(symbol="btcusdt", speed=1000, on_event=take_async),
        AsyncSubscription[DepthUpdate[float]],
    )
    async for message in client:
        if isinstance(message.data, DepthUpdate):
            assert_type(message.data, DepthUpdate[float])


def with_str(client: Client[str]) -> None:
    """Subscribing, and every way to read."""

    def take(event: DepthUpdate[str]) -> None: ...

    subscription = client.diff_book_depth(symbol="btcusdt", speed=1000)
    assert_type(subscription, Subscription[DepthUpdate[str]])
    assert_type(subscription.get(timeout=10), DepthUpdate[str])
    for event in subscription:
        assert_type(event, DepthUpdate[str])
    for batch in subscription.batches():
        assert_type(batch, list[DepthUpdate[str]])
    for item in subscription.with_notices():
        if not isinstance(item, Notice):
            assert_type(item, DepthUpdate[str])
    recording = read_recording("rec", stream="diff_book_depth", numbers=str)
    for recorded in recording:
        assert_type(recorded.data, DepthUpdate[str])
    assert_type(
        client.diff_book_depth(symbol="btcusdt", speed=1000, on_event=take),
        Subscription[DepthUpdate[str]],
    )
    for message in client:
        if isinstance(message.data, DepthUpdate):
            assert_type(message.data, DepthUpdate[str])


async def async_with_str(client: AsyncClient[str]) -> None:
    """The same for asyncio; callbacks are of either kind."""

    def take(event: DepthUpdate[str]) -> None: ...

    async def take_async(event: DepthUpdate[str]) -> None: ...

    subscription = client.diff_book_depth(symbol="btcusdt", speed=1000)
    assert_type(subscription, AsyncSubscription[DepthUpdate[str]])
    assert_type(await subscription.get(timeout=10), DepthUpdate[str])
    async for event in subscription:
        assert_type(event, DepthUpdate[str])
    async for batch in subscription.batches():
        assert_type(batch, list[DepthUpdate[str]])
    async for item in subscription.with_notices():
        if not isinstance(item, Notice):
            assert_type(item, DepthUpdate[str])
    assert_type(
        client.diff_book_depth(symbol="btcusdt", speed=1000, on_event=take),
        AsyncSubscription[DepthUpdate[str]],
    )
    assert_type(
        client.diff_book_depth(symbol="btcusdt", speed=1000, on_event=take_async),
        AsyncSubscription[DepthUpdate[str]],
    )
    async for message in client:
        if isinstance(message.data, DepthUpdate):
            assert_type(message.data, DepthUpdate[str])


def decoded_depthupdate_with_decimal() -> None:
    """Decoding, and every field."""
    event = decode(b"", DepthUpdate, numbers=Decimal)
    assert_type(event, DepthUpdate[Decimal])
    assert_type(decode(b"", DepthUpdate), DepthUpdate[Decimal])
    assert_type(event.event_type, Literal["depthUpdate"])
    assert_type(event.event_time, int)
    assert_type(event.symbol, str)
    assert_type(event.first_update_id, int)
    assert_type(event.last_update_id, int)
    assert_type(event.bids, list[PriceLevel[Decimal]])
    assert_type(event.asks, list[PriceLevel[Decimal]])


def decoded_depthupdate_with_float() -> None:
    """Decoding, and every field."""
    event = decode(b"", DepthUpdate, numbers=float)
    assert_type(event, DepthUpdate[float])
    assert_type(event.event_type, Literal["depthUpdate"])
    assert_type(event.event_time, int)
    assert_type(event.symbol, str)
    assert_type(event.first_update_id, int)
    assert_type(event.last_update_id, int)
    assert_type(event.bids, list[PriceLevel[float]])
    assert_type(event.asks, list[PriceLevel[float]])


def decoded_depthupdate_with_str() -> None:
    """Decoding, and every field."""
    event = decode(b"", DepthUpdate, numbers=str)
    assert_type(event, DepthUpdate[str])
    assert_type(event.event_type, Literal["depthUpdate"])
    assert_type(event.event_time, int)
    assert_type(event.symbol, str)
    assert_type(event.first_update_id, int)
    assert_type(event.last_update_id, int)
    assert_type(event.bids, list[PriceLevel[str]])
    assert_type(event.asks, list[PriceLevel[str]])
