"""What type checkers must infer of a client and of what belongs to no one stream. Never run."""

import ssl
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, TypeVar, assert_type

from binance_streams import (
    ACTION_UNSUBSCRIBE,
    AggTrade,
    AnyEvent,
    BlockTrade,
    BookTicker,
    Client,
    Health,
    KlineEvent,
    KlineInterval,
    Message,
    MiniTicker,
    Notice,
    RawMessage,
    ServerName,
    Stats,
    Subscription,
    decode,
    encode,
)

# Without ``numbers`` they are exact, whatever else is given.
assert_type(Client(), Client[Decimal])
assert_type(Client("testnet"), Client[Decimal])
assert_type(Client(server="ws://127.0.0.1:9443", maxsize=10), Client[Decimal])
assert_type(Client(numbers=Decimal), Client[Decimal])
assert_type(Client("testnet", numbers=float), Client[float])
assert_type(Client(numbers=str, time_unit="microsecond"), Client[str])


def all_options(context: ssl.SSLContext, pauses: Iterator[float]) -> Client[float]:
    return Client(
        None,
        numbers=float,
        on_notice=print,
        on_error=print,
        overflow="latest",
        reconnect=lambda lost: lost.args == (),
        backoff=lambda: pauses,
        proxy="socks5h://127.0.0.1:1080",
        trust_env=True,
        ssl_context=context,
        connect_timeout=5,
        request_timeout=2.5,
        idle_timeout=60,
        connection_lifetime=None,
        max_message=1_000_000,
        rest_url="http://127.0.0.1:8080",
        weight_reserve=3000,
    )


def named(server: ServerName, address: str, interval: KlineInterval) -> None:
    assert_type(Client(server), Client[Decimal])
    assert_type(Client(address), Client[Decimal])
    Client(server).kline("btcusdt", interval)


def take(message: Message[AnyEvent[Decimal]]) -> None:
    print(message.stream)


def take_any(message: Message[Any]) -> None:
    print(message.data.price)


def take_float(message: Message[AnyEvent[float]]) -> None:
    if isinstance(message.data, AggTrade):
        assert_type(message.data.price, float)


assert_type(Client(on_event=take), Client[Decimal])
assert_type(Client(on_event=take_any), Client[Decimal])
assert_type(Client(on_event=lambda message: print(message.stream)), Client[Decimal])
assert_type(Client(on_event=take_float, numbers=float), Client[float])


# Bare names mean exact numbers.
def bare(client: Client, trade: AggTrade, event: AnyEvent) -> None:
    assert_type(client.agg_trade("btcusdt").get().price, Decimal)
    assert_type(trade.price, Decimal)
    if isinstance(event, BookTicker):
        assert_type(event.best_bid_price, Decimal)


# What a subscription delivers may be narrower than what is asked for.
def kept(client: Client) -> dict[str, Subscription[AnyEvent]]:
    prices: list[Subscription[AggTrade | BlockTrade]] = [
        client.agg_trade("btcusdt"),
        client.block_trade("btcusdt"),
    ]
    for either in prices:
        assert_type(either.get().price, Decimal)
    return {"candles": client.kline("btcusdt", "1m"), "tickers": client.mini_ticker()}


F = TypeVar("F", Decimal, float, str)


def generic(numbers: type[F]) -> Client[F]:
    return Client(numbers=numbers)


def last_price(client: Client[F]) -> F:
    return client.agg_trade("btcusdt").get().price


assert_type(generic(float), Client[float])
assert_type(last_price(generic(str)), str)

with Client(numbers=float) as client:
    assert_type(client, Client[float])
    subscription = client.kline("btcusdt", "1m")
    subscription.wait(10)
    assert_type(client.kline("btcusdt", "1m", 42, ACTION_UNSUBSCRIBE).name, str)
    assert_type(next(subscription), KlineEvent[float])
    assert_type(client.subscribe("btcusdt@trade"), Subscription[Any])
    raw = client.raw("btcusdt@trade", maxsize=10, on_event=lambda message: print(message.data))
    assert_type(raw, Subscription[RawMessage])
    assert_type(raw.get().frame, bytes)
    assert_type(client.list_subscriptions(), list[str])
    assert_type(client.stats(), Stats)
    assert_type(client.health(), Health)
    for message in client:
        assert_type(message, Message[AnyEvent[float]])
        assert_type(message.stream, str)
        match message.data:
            case AggTrade():
                assert_type(message.data, AggTrade[float])
            case MiniTicker(close=close):
                assert_type(close, float)
            case KlineEvent(kline=kline):
                assert_type(kline.close, float)
            case list():
                for ticker in message.data:
                    assert_type(ticker.symbol, str)
            case _:
                pass
    for item in subscription.with_notices():
        if isinstance(item, Notice):
            print(item)
        else:
            assert_type(item, KlineEvent[float])
    for batch in subscription.batches(max_items=100, max_wait=0.5):
        assert_type(batch, list[KlineEvent[float]])

# A name says nothing to a type checker; the type of the event does.
assert_type(decode(b"", "btcusdt@aggTrade"), Any)
assert_type(decode(""), Any)
assert_type(encode(decode("", AggTrade)), bytes)
