"""What type checkers must infer of ``<symbol>@kline_<interval>``. Never run.

Made from spec/binance_us/ by codegen. Do not edit: change the spec and run ``make generate``.
"""

from decimal import Decimal
from typing import Literal, assert_type

from binance_streams_us import (
    AsyncCandleSubscription,
    AsyncCandleWindow,
    AsyncClient,
    CandleChange,
    CandleSubscription,
    CandleWindow,
    Client,
    Kline,
    KlineEvent,
    Notice,
    decode,
    read_recording,
)


def with_decimal(client: Client[Decimal]) -> None:
    """Subscribing, and every way to read."""

    def take(event: KlineEvent[Decimal]) -> None: ...

    subscription = client.kline(symbol="btcusdt", interval="1m")
    assert_type(subscription, CandleSubscription[KlineEvent[Decimal], Kline[Decimal]])
    assert_type(subscription.get(timeout=10), KlineEvent[Decimal])
    for event in subscription:
        assert_type(event, KlineEvent[Decimal])
    for batch in subscription.batches():
        assert_type(batch, list[KlineEvent[Decimal]])
    for item in subscription.with_notices():
        if not isinstance(item, Notice):
            assert_type(item, KlineEvent[Decimal])
    recording = read_recording("rec", stream="kline", numbers=Decimal)
    for recorded in recording:
        assert_type(recorded.data, KlineEvent[Decimal])
    for recorded in read_recording("rec", stream="kline"):
        assert_type(recorded.data, KlineEvent[Decimal])
    assert_type(
        client.kline(symbol="btcusdt", interval="1m", on_event=take),
        CandleSubscription[KlineEvent[Decimal], Kline[Decimal]],
    )
    assert_type(
        client.kline(symbol="btcusdt", interval="1m", fill=True),
        CandleSubscription[KlineEvent[Decimal], Kline[Decimal]],
    )
    window = subscription.window(500)
    assert_type(window, CandleWindow[Kline[Decimal]])
    window.wait(10)
    assert_type(window[-1], Kline[Decimal])
    assert_type(window[-10:], tuple[Kline[Decimal], ...])
    assert_type(window.candles, tuple[Kline[Decimal], ...])
    for change in window:
        assert_type(change, CandleChange[Kline[Decimal]])
    for message in client:
        if isinstance(message.data, KlineEvent):
            assert_type(message.data, KlineEvent[Decimal])


async def async_with_decimal(client: AsyncClient[Decimal]) -> None:
    """The same for asyncio; callbacks are of either kind."""

    def take(event: KlineEvent[Decimal]) -> None: ...

    async def take_async(event: KlineEvent[Decimal]) -> None: ...

    subscription = client.kline(symbol="btcusdt", interval="1m")
    assert_type(subscription, AsyncCandleSubscription[KlineEvent[Decimal], Kline[Decimal]])
    assert_type(await subscription.get(timeout=10), KlineEvent[Decimal])
    async for event in subscription:
        assert_type(event, KlineEvent[Decimal])
    async for batch in subscription.batches():
        assert_type(batch, list[KlineEvent[Decimal]])
    async for item in subscription.with_notices():
        if not isinstance(item, Notice):
            assert_type(item, KlineEvent[Decimal])
    assert_type(
        client.kline(symbol="btcusdt", interval="1m", on_event=take),
        AsyncCandleSubscription[KlineEvent[Decimal], Kline[Decimal]],
    )
    assert_type(
        client.kline(symbol="btcusdt", interval="1m", on_event=take_async),
        AsyncCandleSubscription[KlineEvent[Decimal], Kline[Decimal]],
    )
    assert_type(
        client.kline(symbol="btcusdt", interval="1m", fill=True),
        AsyncCandleSubscription[KlineEvent[Decimal], Kline[Decimal]],
    )
    window = subscription.window(500)
    assert_type(window, AsyncCandleWindow[Kline[Decimal]])
    assert_type(await window, AsyncCandleWindow[Kline[Decimal]])
    assert_type(window[-1], Kline[Decimal])
    async for change in window:
        assert_type(change, CandleChange[Kline[Decimal]])
    async for message in client:
        if isinstance(message.data, KlineEvent):
            assert_type(message.data, KlineEvent[Decimal])


def with_float(client: Client[float]) -> None:
    """Subscribing, and every way to read."""

    def take(event: KlineEvent[float]) -> None: ...

    subscription = client.kline(symbol="btcusdt", interval="1m")
    assert_type(subscription, CandleSubscription[KlineEvent[float], Kline[float]])
    assert_type(subscription.get(timeout=10), KlineEvent[float])
    for event in subscription:
        assert_type(event, KlineEvent[float])
    for batch in subscription.batches():
        assert_type(batch, list[KlineEvent[float]])
    for item in subscription.with_notices():
        if not isinstance(item, Notice):
            assert_type(item, KlineEvent[float])
    recording = read_recording("rec", stream="kline", numbers=float)
    for recorded in recording:
        assert_type(recorded.data, KlineEvent[float])
    assert_type(
        client.kline(symbol="btcusdt", interval="1m", on_event=take),
        CandleSubscription[KlineEvent[float], Kline[float]],
    )
    assert_type(
        client.kline(symbol="btcusdt", interval="1m", fill=True),
        CandleSubscription[KlineEvent[float], Kline[float]],
    )
    window = subscription.window(500)
    assert_type(window, CandleWindow[Kline[float]])
    window.wait(10)
    assert_type(window[-1], Kline[float])
    assert_type(window[-10:], tuple[Kline[float], ...])
    assert_type(window.candles, tuple[Kline[float], ...])
    for change in window:
        assert_type(change, CandleChange[Kline[float]])
    for message in client:
        if isinstance(message.data, KlineEvent):
            assert_type(message.data, KlineEvent[float])


async def async_with_float(client: AsyncClient[float]) -> None:
    """The same for asyncio; callbacks are of either kind."""

    def take(event: KlineEvent[float]) -> None: ...

    async def take_async(event: KlineEvent[float]) -> None: ...

    subscription = client.kline(symbol="btcusdt", interval="1m")
    assert_type(subscription, AsyncCandleSubscription[KlineEvent[float], Kline[float]])
    assert_type(await subscription.get(timeout=10), KlineEvent[float])
    async for event in subscription:
        assert_type(event, KlineEvent[float])
    async for batch in subscription.batches():
        assert_type(batch, list[KlineEvent[float]])
    async for item in subscription.with_notices():
        if not isinstance(item, Notice):
            assert_type(item, KlineEvent[float])
    assert_type(
        client.kline(symbol="btcusdt", interval="1m", on_event=take),
        AsyncCandleSubscription[KlineEvent[float], Kline[float]],
    )
    assert_type(
        client.kline(symbol="btcusdt", interval="1m", on_event=take_async),
        AsyncCandleSubscription[KlineEvent[float], Kline[float]],
    )
    assert_type(
        client.kline(symbol="btcusdt", interval="1m", fill=True),
        AsyncCandleSubscription[KlineEvent[float], Kline[float]],
    )
    window = subscription.window(500)
    assert_type(window, AsyncCandleWindow[Kline[float]])
    assert_type(await window, AsyncCandleWindow[Kline[float]])
    assert_type(window[-1], Kline[float])
    async for change in window:
        assert_type(change, CandleChange[Kline[float]])
    async for message in client:
        if isinstance(message.data, KlineEvent):
            assert_type(message.data, KlineEvent[float])


def with_str(client: Client[str]) -> None:
    """Subscribing, and every way to read."""

    def take(event: KlineEvent[str]) -> None: ...

    subscription = client.kline(symbol="btcusdt", interval="1m")
    assert_type(subscription, CandleSubscription[KlineEvent[str], Kline[str]])
    assert_type(subscription.get(timeout=10), KlineEvent[str])
    for event in subscription:
        assert_type(event, KlineEvent[str])
    for batch in subscription.batches():
        assert_type(batch, list[KlineEvent[str]])
    for item in subscription.with_notices():
        if not isinstance(item, Notice):
            assert_type(item, KlineEvent[str])
    recording = read_recording("rec", stream="kline", numbers=str)
    for recorded in recording:
        assert_type(recorded.data, KlineEvent[str])
    assert_type(
        client.kline(symbol="btcusdt", interval="1m", on_event=take),
        CandleSubscription[KlineEvent[str], Kline[str]],
    )
    assert_type(
        client.kline(symbol="btcusdt", interval="1m", fill=True),
        CandleSubscription[KlineEvent[str], Kline[str]],
    )
    window = subscription.window(500)
    assert_type(window, CandleWindow[Kline[str]])
    window.wait(10)
    assert_type(window[-1], Kline[str])
    assert_type(window[-10:], tuple[Kline[str], ...])
    assert_type(window.candles, tuple[Kline[str], ...])
    for change in window:
        assert_type(change, CandleChange[Kline[str]])
    for message in client:
        if isinstance(message.data, KlineEvent):
            assert_type(message.data, KlineEvent[str])


async def async_with_str(client: AsyncClient[str]) -> None:
    """The same for asyncio; callbacks are of either kind."""

    def take(event: KlineEvent[str]) -> None: ...

    async def take_async(event: KlineEvent[str]) -> None: ...

    subscription = client.kline(symbol="btcusdt", interval="1m")
    assert_type(subscription, AsyncCandleSubscription[KlineEvent[str], Kline[str]])
    assert_type(await subscription.get(timeout=10), KlineEvent[str])
    async for event in subscription:
        assert_type(event, KlineEvent[str])
    async for batch in subscription.batches():
        assert_type(batch, list[KlineEvent[str]])
    async for item in subscription.with_notices():
        if not isinstance(item, Notice):
            assert_type(item, KlineEvent[str])
    assert_type(
        client.kline(symbol="btcusdt", interval="1m", on_event=take),
        AsyncCandleSubscription[KlineEvent[str], Kline[str]],
    )
    assert_type(
        client.kline(symbol="btcusdt", interval="1m", on_event=take_async),
        AsyncCandleSubscription[KlineEvent[str], Kline[str]],
    )
    assert_type(
        client.kline(symbol="btcusdt", interval="1m", fill=True),
        AsyncCandleSubscription[KlineEvent[str], Kline[str]],
    )
    window = subscription.window(500)
    assert_type(window, AsyncCandleWindow[Kline[str]])
    assert_type(await window, AsyncCandleWindow[Kline[str]])
    assert_type(window[-1], Kline[str])
    async for change in window:
        assert_type(change, CandleChange[Kline[str]])
    async for message in client:
        if isinstance(message.data, KlineEvent):
            assert_type(message.data, KlineEvent[str])


def decoded_klineevent_with_decimal() -> None:
    """Decoding, and every field."""
    event = decode(b"", KlineEvent, numbers=Decimal)
    assert_type(event, KlineEvent[Decimal])
    assert_type(decode(b"", KlineEvent), KlineEvent[Decimal])
    assert_type(event.event_type, Literal["kline"])
    assert_type(event.event_time, int)
    assert_type(event.symbol, str)
    assert_type(event.kline, Kline[Decimal])


def decoded_klineevent_with_float() -> None:
    """Decoding, and every field."""
    event = decode(b"", KlineEvent, numbers=float)
    assert_type(event, KlineEvent[float])
    assert_type(event.event_type, Literal["kline"])
    assert_type(event.event_time, int)
    assert_type(event.symbol, str)
    assert_type(event.kline, Kline[float])


def decoded_klineevent_with_str() -> None:
    """Decoding, and every field."""
    event = decode(b"", KlineEvent, numbers=str)
    assert_type(event, KlineEvent[str])
    assert_type(event.event_type, Literal["kline"])
    assert_type(event.event_time, int)
    assert_type(event.symbol, str)
    assert_type(event.kline, Kline[str])
