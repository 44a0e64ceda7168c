"""What type checkers must infer of ``<symbol>@bookTicker``. Never run.

Made from spec/binance_us/ by codegen. Do not edit: change the spec and run ``make generate``.
"""

from decimal import Decimal
from typing import assert_type

from binance_streams_us import (
    BookTicker,
    Client,
    Notice,
    Subscription,
    decode,
)


def with_decimal(client: Client[Decimal]) -> None:
    """Subscribing, and every way to read."""

    def take(event: BookTicker[Decimal]) -> None: ...

    subscription = client.book_ticker(symbol="btcusdt")
    assert_type(subscription, Subscription[BookTicker[Decimal]])
    assert_type(subscription.get(timeout=10), BookTicker[Decimal])
    for event in subscription:
        assert_type(event, BookTicker[Decimal])
    for item in subscription.with_notices():
        if not isinstance(item, Notice):
            assert_type(item, BookTicker[Decimal])
    assert_type(
        client.book_ticker(symbol="btcusdt", on_event=take), Subscription[BookTicker[Decimal]]
    )
    for message in client:
        if isinstance(message.data, BookTicker):
            assert_type(message.data, BookTicker[Decimal])


def with_float(client: Client[float]) -> None:
    """Subscribing, and every way to read."""

    def take(event: BookTicker[float]) -> None: ...

    subscription = client.book_ticker(symbol="btcusdt")
    assert_type(subscription, Subscription[BookTicker[float]])
    assert_type(subscription.get(timeout=10), BookTicker[float])
    for event in subscription:
        assert_type(event, BookTicker[float])
    for item in subscription.with_notices():
        if not isinstance(item, Notice):
            assert_type(item, BookTicker[float])
    assert_type(
        client.book_ticker(symbol="btcusdt", on_event=take), Subscription[BookTicker[float]]
    )
    for message in client:
        if isinstance(message.data, BookTicker):
            assert_type(message.data, BookTicker[float])


def with_str(client: Client[str]) -> None:
    """Subscribing, and every way to read."""

    def take(event: BookTicker[str]) -> None: ...

    subscription = client.book_ticker(symbol="btcusdt")
    assert_type(subscription, Subscription[BookTicker[str]])
    assert_type(subscription.get(timeout=10), BookTicker[str])
    for event in subscription:
        assert_type(event, BookTicker[str])
    for item in subscription.with_notices():
        if not isinstance(item, Notice):
            assert_type(item, BookTicker[str])
    assert_type(client.book_ticker(symbol="btcusdt", on_event=take), Subscription[BookTicker[str]])
    for message in client:
        if isinstance(message.data, BookTicker):
            assert_type(message.data, BookTicker[str])


def decoded_bookticker_with_decimal() -> None:
    """Decoding, and every field."""
    event = decode(b"", BookTicker, numbers=Decimal)
    assert_type(event, BookTicker[Decimal])
    assert_type(decode(b"", BookTicker), BookTicker[Decimal])
    assert_type(event.update_id, int)
    assert_type(event.symbol, str)
    assert_type(event.best_bid_price, Decimal)
    assert_type(event.best_bid_quantity, Decimal)
    assert_type(event.best_ask_price, Decimal)
    assert_type(event.best_ask_quantity, Decimal)


def decoded_bookticker_with_float() -> None:
    """Decoding, and every field."""
    event = decode(b"", BookTicker, numbers=float)
    assert_type(event, BookTicker[float])
    assert_type(event.update_id, int)
    assert_type(event.symbol, str)
    assert_type(event.best_bid_price, float)
    assert_type(event.best_bid_quantity, float)
    assert_type(event.best_ask_price, float)
    assert_type(event.best_ask_quantity, float)


def decoded_bookticker_with_str() -> None:
    """Decoding, and every field."""
    event = decode(b"", BookTicker, numbers=str)
    assert_type(event, BookTicker[str])
    assert_type(event.update_id, int)
    assert_type(event.symbol, str)
    assert_type(event.best_bid_price, str)
    assert_type(event.best_bid_quantity, str)
    assert_type(event.best_ask_price, str)
    assert_type(event.best_ask_quantity, str)
