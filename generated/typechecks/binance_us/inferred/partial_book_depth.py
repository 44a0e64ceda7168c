"""What type checkers must infer of ``<symbol>@depth<level><speed>``. Never run.

Made from spec/binance_us/ by codegen. Do not edit: change the spec and run ``make generate``.
"""

from decimal import Decimal
from typing import assert_type

from binance_streams_us import (
    AsyncClient,
    AsyncSubscription,
    Client,
    Notice,
    PartialBookDepth,
    PriceLevel,
    Subscription,
    decode,
    read_recording,
)


def with_decimal(client: Client[Decimal]) -> None:
    """Subscribing, and every way to read."""

    def take(event: PartialBookDepth[Decimal]) -> None: ...

    subscription = client.partial_book_depth(symbol="btcusdt", level=5, speed=1000)
    assert_type(subscription, Subscription[PartialBookDepth[Decimal]])
    assert_type(subscription.get(timeout=10), PartialBookDepth[Decimal])
    for event in subscription:
        assert_type(event, PartialBookDepth[Decimal])
    for batch in subscription.batches():
        assert_type(batch, list[PartialBookDepth[Decimal]])
    for item in subscription.with_notices():
        if not isinstance(item, Notice):
            assert_type(item, PartialBookDepth[Decimal])
    recording = read_recording("rec", stream="partial_book_depth", numbers=Decimal)
    for recorded in recording:
        assert_type(recorded.data, PartialBookDepth[Decimal])
    for recorded in read_recording("rec", stream="partial_book_depth"):
        assert_type(recorded.data, PartialBookDepth[Decimal])
    assert_type(
        client.partial_book_depth(symbol="btcusdt", level=5, speed=1000, on_event=take),
        Subscription[PartialBookDepth[Decimal]],
    )
    for message in client:
        if isinstance(message.data, PartialBookDepth):
            assert_type(message.data, PartialBookDepth[Decimal])


async def async_with_decimal(client: AsyncClient[Decimal]) -> None:
    """The same for asyncio; callbacks are of either kind."""

    def take(event: PartialBookDepth[Decimal]) -> None: ...

    async def take_async(event: PartialBookDepth[Decimal]) -> None: ...

    subscription = client.partial_book_depth(symbol="btcusdt", level=5, speed=1000)
    assert_type(subscription, AsyncSubscription[PartialBookDepth[Decimal]])
    assert_type(await subscription.get(timeout=10), PartialBookDepth[Decimal])
    async for event in subscription:
        assert_type(event, PartialBookDepth[Decimal])
    async for batch in subscription.batches():
        assert_type(batch, list[PartialBookDepth[Decimal]])
    async for item in subscription.with_notices():
        if not isinstance(item, Notice):
            assert_type(item, PartialBookDepth[Decimal])
    assert_type(
        client.partial_book_depth(symbol="btcusdt", level=5, speed=1000, on_event=take),
        AsyncSubscription[PartialBookDepth[Decimal]],
    )
    assert_type(
        client.partial_book_depth(symbol="btcusdt", level=5, speed=1000, on_event=take_async),
        AsyncSubscription[PartialBookDepth[Decimal]],
    )
    async for message in client:
        if isinstance(message.data, PartialBookDepth):
            assert_type(message.data, PartialBookDepth[Decimal])


def with_float(client: Client[float]) -> None:
    """Subscribing, and every way to read."""

    def take(event: PartialBookDepth[float]) -> None: ...

    subscription = client.partial_book_depth(symbol="btcusdt", level=5, speed=1000)
    assert_type(subscription, Subscription[PartialBookDepth[float]])
    assert_type(subscription.get(timeout=10), PartialBookDepth[float])
    for event in subscription:
        assert_type(event, PartialBookDepth[float])
    for batch in subscription.batches():
        assert_type(batch, list[PartialBookDepth[float]])
    for item in subscription.with_notices():
        if not isinstance(item, Notice):
            assert_type(item, PartialBookDepth[float])
    recording = read_recording("rec", stream="partial_book_depth", numbers=float)
    for recorded in recording:
        assert_type(recorded.data, PartialBookDepth[float])
    assert_type(
        client.partial_book_depth(symbol="btcusdt", level=5, speed=1000, on_event=take),
        Subscription[PartialBookDepth[float]],
    )
    for message in client:
        if isinstance(message.data, PartialBookDepth):
            assert_type(message.data, PartialBookDepth[float])


async def async_with_float(client: AsyncClient[float]) -> None:
    """The same for asyncio; callbacks are of either kind."""

    def take(event: PartialBookDepth[float]) -> None: ...

    async def take_async(event: PartialBookDepth[float]) -> None: ...

    subscription = client.partial_book_depth(symbol="btcusdt", level=5, speed=1000)
    assert_type(subscription, AsyncSubscription[PartialBookDepth[float]])
    assert_type(await subscription.get(timeout=10), PartialBookDepth[float])
    async for event in subscription:
        assert_type(event, PartialBookDepth[float])
    async for batch in subscription.batches():
        assert_type(batch, list[PartialBookDepth[float]])
    async for item in subscription.with_notices():
        if not isinstance(item, Notice):
            assert_type(item, PartialBookDepth[float])
    assert_type(
        client.partial_book_depth(symbol="btcusdt", level=5, speed=1000, on_event=take),
        AsyncSubscription[PartialBookDepth[float]],
    )
    assert_type(
        client.partial_book_depth(symbol="btcusdt", level=5, speed=1000, on_event=take_async),
        AsyncSubscription[PartialBookDepth[float]],
    )
    async for message in client:
        if isinstance(message.data, PartialBookDepth):
            assert_type(message.data, PartialBookDepth[float])


def with_str(client: Client[str]) -> None:
    """Subscribing, and every way to read."""

    def take(event: PartialBookDepth[str]) -> None: ...

    subscription = client.partial_book_depth(symbol="btcusdt", level=5, speed=1000)
    assert_type(subscription, Subscription[PartialBookDepth[str]])
    assert_type(subscription.get(timeout=10), PartialBookDepth[str])
    for event in subscription:
        assert_type(event, PartialBookDepth[str])
    for batch in subscription.batches():
        assert_type(batch, list[PartialBookDepth[str]])
    for item in subscription.with_notices():
        if not isinstance(item, Notice):
            assert_type(item, PartialBookDepth[str])
    recording = read_recording("rec", stream="partial_book_depth", numbers=str)
    for recorded in recording:
        assert_type(recorded.data, PartialBookDepth[str])
    assert_type(
        client.partial_book_depth(symbol="btcusdt", level=5, speed=1000, on_event=take),
        Subscription[PartialBookDepth[str]],
    )
    for message in client:
        if isinstance(message.data, PartialBookDepth):
            assert_type(message.data, PartialBookDepth[str])


async def async_with_str(client: AsyncClient[str]) -> None:
    """The same for asyncio; callbacks are of either kind."""

    def take(event: PartialBookDepth[str]) -> None: ...

    async def take_async(event: PartialBookDepth[str]) -> None: ...

    subscription = client.partial_book_depth(symbol="btcusdt", level=5, speed=1000)
    assert_type(subscription, AsyncSubscription[PartialBookDepth[str]])
    assert_type(await subscription.get(timeout=10), PartialBookDepth[str])
    async for event in subscription:
        assert_type(event, PartialBookDepth[str])
    async for batch in subscription.batches():
        assert_type(batch, list[PartialBookDepth[str]])
    async for item in subscription.with_notices():
        if not isinstance(item, Notice):
            assert_type(item, PartialBookDepth[str])
    assert_type(
        client.partial_book_depth(symbol="btcusdt", level=5, speed=1000, on_event=take),
        AsyncSubscription[PartialBookDepth[str]],
    )
    assert_type(
        client.partial_book_depth(symbol="btcusdt", level=5, speed=1000, on_event=take_async),
        AsyncSubscription[PartialBookDepth[str]],
    )
    async for message in client:
        if isinstance(message.data, PartialBookDepth):
            assert_type(message.data, PartialBookDepth[str])


def decoded_partialbookdepth_with_decimal() -> None:
    """Decoding, and every field."""
    event = decode(b"", PartialBookDepth, numbers=Decimal)
    assert_type(event, PartialBookDepth[Decimal])
    assert_type(decode(b"", PartialBookDepth), PartialBookDepth[Decimal])
    assert_type(event.last_update_id, int)
    assert_type(event.bids, list[PriceLevel[Decimal]])
    assert_type(event.asks, list[PriceLevel[Decimal]])


def decoded_partialbookdepth_with_float() -> None:
    """Decoding, and every field."""
    event = decode(b"", PartialBookDepth, numbers=float)
    assert_type(event, PartialBookDepth[float])
    assert_type(event.last_update_id, int)
    assert_type(event.bids, list[PriceLevel[float]])
    assert_type(event.asks, list[PriceLevel[float]])


def decoded_partialbookdepth_with_str() -> None:
    """Decoding, and every field."""
    event = decode(b"", PartialBookDepth, numbers=str)
    assert_type(event, PartialBookDepth[str])
    assert_type(event.last_update_id, int)
    assert_type(event.bids, list[PriceLevel[str]])
    assert_type(event.asks, list[PriceLevel[str]])
