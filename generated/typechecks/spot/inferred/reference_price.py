"""What type checkers must infer of ``<symbol>@referencePrice``. Never run.

Made from spec/spot/ by codegen. Do not edit: change the spec and run ``make generate``.
"""

from decimal import Decimal
from typing import Literal, assert_type

from binance_streams import (
    AsyncClient,
    AsyncSubscription,
    Client,
    Notice,
    ReferencePrice,
    Subscription,
    decode,
    read_recording,
)


def with_decimal(client: Client[Decimal]) -> None:
    """Subscribing, and every way to read."""

    def take(event: ReferencePrice[Decimal]) -> None: ...

    subscription = client.reference_price(symbol="btcusdt")
    assert_type(subscription, Subscription[ReferencePrice[Decimal]])
    assert_type(subscription.get(timeout=10), ReferencePrice[Decimal])
    for event in subscription:
        assert_type(event, ReferencePrice[Decimal])
    for batch in subscription.batches():
        assert_type(batch, list[ReferencePrice[Decimal]])
    for item in subscription.with_notices():
        if not isinstance(item, Notice):
            assert_type(item, ReferencePrice[Decimal])
    recording = read_recording("rec", stream="reference_price", numbers=Decimal)
    for recorded in recording:
        assert_type(recorded.data, ReferencePrice[Decimal])
    for recorded in read_recording("rec", stream="reference_price"):
        assert_type(recorded.data, ReferencePrice[Decimal])
    assert_type(
        client.reference_price(symbol="btcusdt", on_event=take),
        Subscription[ReferencePrice[Decimal]],
    )
    for message in client:
        if isinstance(message.data, ReferencePrice):
            assert_type(message.data, ReferencePrice[Decimal])


async def async_with_decimal(client: AsyncClient[Decimal]) -> None:
    """The same for asyncio; callbacks are of either kind."""

    def take(event: ReferencePrice[Decimal]) -> None: ...

    async def take_async(event: ReferencePrice[Decimal]) -> None: ...

    subscription = client.reference_price(symbol="btcusdt")
    assert_type(subscription, AsyncSubscription[ReferencePrice[Decimal]])
    assert_type(await subscription.get(timeout=10), ReferencePrice[Decimal])
    async for event in subscription:
        assert_type(event, ReferencePrice[Decimal])
    async for batch in subscription.batches():
        assert_type(batch, list[ReferencePrice[Decimal]])
    async for item in subscription.with_notices():
        if not isinstance(item, Notice):
            assert_type(item, ReferencePrice[Decimal])
    assert_type(
        client.reference_price(symbol="btcusdt", on_event=take),
        AsyncSubscription[ReferencePrice[Decimal]],
    )
    assert_type(
        client.reference_price(symbol="btcusdt", on_event=take_async),
        AsyncSubscription[ReferencePrice[Decimal]],
    )
    async for message in client:
        if isinstance(message.data, ReferencePrice):
            assert_type(message.data, ReferencePrice[Decimal])


def with_float(client: Client[float]) -> None:
    """Subscribing, and every way to read."""

    def take(event: ReferencePrice[float]) -> None: ...

    subscription = client.reference_price(symbol="btcusdt")
    assert_type(subscription, Subscription[ReferencePrice[float]])
    assert_type(subscription.get(timeout=10), ReferencePrice[float])
    for event in subscription:
        assert_type(event, ReferencePrice[float])
    for batch in subscription.batches():
        assert_type(batch, list[ReferencePrice[float]])
    for item in subscription.with_notices():
        if not isinstance(item, Notice):
            assert_type(item, ReferencePrice[float])
    recording = read_recording("rec", stream="reference_price", numbers=float)
    for recorded in recording:
        assert_type(recorded.data, ReferencePrice[float])
    assert_type(
        client.reference_price(symbol="btcusdt", on_event=take), Subscription[ReferencePrice[float]]
    )
    for message in client:
        if isinstance(message.data, ReferencePrice):
            assert_type(message.data, ReferencePrice[float])


async def async_with_float(client: AsyncClient[float]) -> None:
    """The same for asyncio; callbacks are of either kind."""

    def take(event: ReferencePrice[float]) -> None: ...

    async def take_async(event: ReferencePrice[float]) -> None: ...

    subscription = client.reference_price(symbol="btcusdt")
    assert_type(subscription, AsyncSubscription[ReferencePrice[float]])
    assert_type(await subscription.get(timeout=10), ReferencePrice[float])
    async for event in subscription:
        assert_type(event, ReferencePrice[float])
    async for batch in subscription.batches():
        assert_type(batch, list[ReferencePrice[float]])
    async for item in subscription.with_notices():
        if not isinstance(item, Notice):
            assert_type(item, ReferencePrice[float])
    assert_type(
        client.reference_price(symbol="btcusdt", on_event=take),
        AsyncSubscription[ReferencePrice[float]],
    )
    assert_type(
        client.reference_price(symbol="btcusdt", on_event=take_async),
        AsyncSubscription[ReferencePrice[float]],
    )
    async for message in client:
        if isinstance(message.data, ReferencePrice):
            assert_type(message.data, ReferencePrice[float])


def with_str(client: Client[str]) -> None:
    """Subscribing, and every way to read."""

    def take(event: ReferencePrice[str]) -> None: ...

    subscription = client.reference_price(symbol="btcusdt")
    assert_type(subscription, Subscription[ReferencePrice[str]])
    assert_type(subscription.get(timeout=10), ReferencePrice[str])
    for event in subscription:
        assert_type(event, ReferencePrice[str])
    for batch in subscription.batches():
        assert_type(batch, list[ReferencePrice[str]])
    for item in subscription.with_notices():
        if not isinstance(item, Notice):
            assert_type(item, ReferencePrice[str])
    recording = read_recording("rec", stream="reference_price", numbers=str)
    for recorded in recording:
        assert_type(recorded.data, ReferencePrice[str])
    assert_type(
        client.reference_price(symbol="btcusdt", on_event=take), Subscription[ReferencePrice[str]]
    )
    for message in client:
        if isinstance(message.data, ReferencePrice):
            assert_type(message.data, ReferencePrice[str])


async def async_with_str(client: AsyncClient[str]) -> None:
    """The same for asyncio; callbacks are of either kind."""

    def take(event: ReferencePrice[str]) -> None: ...

    async def take_async(event: ReferencePrice[str]) -> None: ...

    subscription = client.reference_price(symbol="btcusdt")
    assert_type(subscription, AsyncSubscription[ReferencePrice[str]])
    assert_type(await subscription.get(timeout=10), ReferencePrice[str])
    async for event in subscription:
        assert_type(event, ReferencePrice[str])
    async for batch in subscription.batches():
        assert_type(batch, list[ReferencePrice[str]])
    async for item in subscription.with_notices():
        if not isinstance(item, Notice):
            assert_type(item, ReferencePrice[str])
    assert_type(
        client.reference_price(symbol="btcusdt", on_event=take),
        AsyncSubscription[ReferencePrice[str]],
    )
    assert_type(
        client.reference_price(symbol="btcusdt", on_event=take_async),
        AsyncSubscription[ReferencePrice[str]],
    )
    async for message in client:
        if isinstance(message.data, ReferencePrice):
            assert_type(message.data, ReferencePrice[str])


def decoded_referenceprice_with_decimal() -> None:
    """Decoding, and every field."""
    event = decode(b"", ReferencePrice, numbers=Decimal)
    assert_type(event, ReferencePrice[Decimal])
    assert_type(decode(b"", ReferencePrice), ReferencePrice[Decimal])
    assert_type(event.event_type, Literal["referencePrice"])
    assert_type(event.symbol, str)
    assert_type(event.reference_price, Decimal | None)
    assert_type(event.reference_time, int)


def decoded_referenceprice_with_float() -> None:
    """Decoding, and every field."""
    event = decode(b"", ReferencePrice, numbers=float)
    assert_type(event, ReferencePrice[float])
    assert_type(event.event_type, Literal["referencePrice"])
    assert_type(event.symbol, str)
    assert_type(event.reference_price, float | None)
    assert_type(event.reference_time, int)


def decoded_referenceprice_with_str() -> None:
    """Decoding, and every field."""
    event = decode(b"", ReferencePrice, numbers=str)
    assert_type(event, ReferencePrice[str])
    assert_type(event.event_type, Literal["referencePrice"])
    assert_type(event.symbol, str)
    assert_type(event.reference_price, str | None)
    assert_type(event.reference_time, int)
