"""What type checkers must infer of a client for asyncio. Never run."""

import asyncio
from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Any, TypeVar, assert_type

from binance_streams import (
    ACTION_UNSUBSCRIBE,
    AggTrade,
    AnyEvent,
    AsyncCandleSubscription,
    AsyncClient,
    AsyncSubscription,
    BlockTrade,
    BookTicker,
    Disconnected,
    Health,
    Kline,
    KlineEvent,
    KlineInterval,
    Message,
    MiniTicker,
    Notice,
    RawMessage,
    ServerName,
    Stats,
)

# Without ``numbers`` they are exact, whatever else is given.
assert_type(AsyncClient(), AsyncClient[Decimal])
assert_type(AsyncClient("testnet"), AsyncClient[Decimal])
assert_type(AsyncClient(server="ws://127.0.0.1:9443", maxsize=10), AsyncClient[Decimal])
assert_type(AsyncClient(numbers=Decimal), AsyncClient[Decimal])
assert_type(AsyncClient("testnet", numbers=float), AsyncClient[float])
assert_type(AsyncClient(numbers=str, time_unit="microsecond"), AsyncClient[str])


def named(server: ServerName, address: str, interval: KlineInterval) -> None:
    assert_type(AsyncClient(server), AsyncClient[Decimal])
    assert_type(AsyncClient(address), AsyncClient[Decimal])
    AsyncClient(server).kline("btcusdt", interval)


def take(message: Message[AnyEvent[Decimal]]) -> None:
    print(message.stream)


async def take_async(message: Message[AnyEvent[Decimal]]) -> None:
    await asyncio.sleep(0)
    print(message.stream)


async def take_float(message: Message[AnyEvent[float]]) -> None:
    if isinstance(message.data, AggTrade):
        assert_type(message.data.price, float)


async def take_notice(notice: Notice) -> None:
    if isinstance(notice, Disconnected):
        assert_type(notice.reason, str)


# Callbacks may be of either kind.
assert_type(AsyncClient(on_event=take), AsyncClient[Decimal])
assert_type(AsyncClient(on_event=take_async), AsyncClient[Decimal])
assert_type(AsyncClient(on_event=take_float, numbers=float), AsyncClient[float])
assert_type(AsyncClient(on_notice=take_notice, on_error=print), AsyncClient[Decimal])


# Bare names mean exact numbers.
async def bare(client: AsyncClient, event: AnyEvent) -> None:
    assert_type((await client.agg_trade("btcusdt").get()).price, Decimal)
    if isinstance(event, BookTicker):
        assert_type(event.best_bid_price, Decimal)


# What a subscription delivers may be narrower than what is asked for.
async def kept(client: AsyncClient) -> dict[str, AsyncSubscription[AnyEvent]]:
    prices: list[AsyncSubscription[AggTrade | BlockTrade]] = [
        client.agg_trade("btcusdt"),
        client.block_trade("btcusdt"),
    ]
    for either in prices:
        assert_type((await either.get()).price, Decimal)
    return {"candles": client.kline("btcusdt", "1m"), "tickers": client.mini_ticker()}


F = TypeVar("F", Decimal, float, str)


def generic(numbers: type[F]) -> AsyncClient[F]:
    return AsyncClient(numbers=numbers)


async def last_price(client: AsyncClient[F]) -> F:
    return (await client.agg_trade("btcusdt").get()).price


async def prices(client: AsyncClient[float]) -> AsyncIterator[float]:
    async for trade in client.agg_trade("btcusdt"):
        yield trade.price


assert_type(generic(float), AsyncClient[float])


async def main() -> None:
    async with AsyncClient(numbers=float) as client:
        assert_type(client, AsyncClient[float])
        subscription = client.kline("btcusdt", "1m")
        assert_type(await subscription, AsyncCandleSubscription[KlineEvent[float], Kline[float]])
        await subscription.wait(10)
        assert_type(client.kline("btcusdt", "1m", 42, ACTION_UNSUBSCRIBE).name, str)
        assert_type(await anext(subscription), KlineEvent[float])
        assert_type(await anext(aiter(subscription)), KlineEvent[float])
        assert_type(await asyncio.wait_for(subscription.get(), 10), KlineEvent[float])
        both = await asyncio.gather(subscription.get(), client.agg_trade("btcusdt").get(timeout=5))
        assert_type(both, tuple[KlineEvent[float], AggTrade[float]])
        assert_type(client.subscribe("btcusdt@trade"), AsyncSubscription[Any])
        assert_type(client.raw("btcusdt@trade"), AsyncSubscription[RawMessage])
        assert_type(await client.list_subscriptions(), list[str])
        assert_type(await client.stats(), Stats)
        assert_type(await client.health(), Health)
        async for message in client:
            assert_type(message, Message[AnyEvent[float]])
            match message.data:
                case AggTrade():
                    assert_type(message.data, AggTrade[float])
                case MiniTicker(close=close):
                    assert_type(close, float)
                case list():
                    for ticker in message.data:
                        assert_type(ticker.symbol, str)
                case _:
                    pass
        async for item in subscription.with_notices():
            if isinstance(item, Notice):
                print(item)
            else:
                assert_type(item, KlineEvent[float])
        async for batch in subscription.batches(max_items=100, max_wait=0.5):
            assert_type(batch, list[KlineEvent[float]])
        await client.close()


async def read(client: AsyncClient[str]) -> None:
    async with asyncio.TaskGroup() as tasks:
        trade = tasks.create_task(client.agg_trade("btcusdt").get())
        price = tasks.create_task(last_price(client))
    assert_type(trade.result(), AggTrade[str])
    assert_type(price.result(), str)
