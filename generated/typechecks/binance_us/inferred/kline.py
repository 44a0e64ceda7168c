"""What type checkers must infer of ``<symbol>@kline_<interval>``. Never run.

Made from spec/binance_us/ by codegen. Do not edit: change the spec and run ``make generate``.
"""

from decimal import Decimal
from typing import Literal, assert_type

from binance_streams_us import (
    Client,
    Kline,
    KlineEvent,
    Notice,
    Subscription,
    decode,
)


def with_decimal(client: Client[Decimal]) -> None:
    """Subscribing, and every way to read."""

    def take(event: KlineEvent[Decimal]) -> None: ...

    subscription = client.kline(symbol="btcusdt", interval="1m")
    assert_type(subscription, Subscription[KlineEvent[Decimal]])
    assert_type(subscription.get(timeout=10), KlineEvent[Decimal])
    for event in subscription:
        assert_type(event, KlineEvent[Decimal])
    for item in subscription.with_notices():
        if not isinstance(item, Notice):
            assert_type(item, KlineEvent[Decimal])
    assert_type(
        client.kline(symbol="btcusdt", interval="1m", on_event=take),
        Subscription[KlineEvent[Decimal]],
    )
    for message in client:
        if isinstance(message.data, KlineEvent):
            assert_type(message.data, KlineEvent[Decimal])


def with_float(client: Client[float]) -> None:
    """Subscribing, and every way to read."""

    def take(event: KlineEvent[float]) -> None: ...

    subscription = client.kline(symbol="btcusdt", interval="1m")
    assert_type(subscription, Subscription[KlineEvent[float]])
    assert_type(subscription.get(timeout=10), KlineEvent[float])
    for event in subscription:
        assert_type(event, KlineEvent[float])
    for item in subscription.with_notices():
        if not isinstance(item, Notice):
            assert_type(item, KlineEvent[float])
    assert_type(
        client.kline(symbol="btcusdt", interval="1m", on_event=take),
        Subscription[KlineEvent[float]],
    )
    for message in client:
        if isinstance(message.data, KlineEvent):
            assert_type(message.data, KlineEvent[float])


def with_str(client: Client[str]) -> None:
    """Subscribing, and every way to read."""

    def take(event: KlineEvent[str]) -> None: ...

    subscription = client.kline(symbol="btcusdt", interval="1m")
    assert_type(subscription, Subscription[KlineEvent[str]])
    assert_type(subscription.get(timeout=10), KlineEvent[str])
    for event in subscription:
        assert_type(event, KlineEvent[str])
    for item in subscription.with_notices():
        if not isinstance(item, Notice):
            assert_type(item, KlineEvent[str])
    assert_type(
        client.kline(symbol="btcusdt", interval="1m", on_event=take), Subscription[KlineEvent[str]]
    )
    for message in client:
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
