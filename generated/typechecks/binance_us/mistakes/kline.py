"""Mistakes with ``<symbol>@kline_<interval>`` that type checkers must see. Never run.

Made from spec/binance_us/ by codegen. Do not edit: change the spec and run ``make generate``.
"""

# What follows a line `# mistake: ...` must be an error, and nothing else.

from decimal import Decimal

from binance_streams_us import (
    AsyncClient,
    AsyncSubscription,
    Client,
    KlineEvent,
    Subscription,
    decode,
)


def with_decimal(client: Client[Decimal]) -> None:
    """What a user may get wrong."""

    def take(event: bytes) -> None: ...

    # mistake: no symbol
    client.kline(interval="1m")
    # mistake: symbol is no text
    client.kline(symbol=1, interval="1m")
    # mistake: no interval
    client.kline(symbol="btcusdt")
    # mistake: interval is none of its choices
    client.kline(symbol="btcusdt", interval="")
    # mistake: interval is none of its choices
    client.kline(symbol="btcusdt", interval="nonsense")
    # mistake: interval is none of its choices
    client.kline(symbol="btcusdt", interval="3M")
    # mistake: interval is none of its choices
    client.kline(symbol="btcusdt", interval="5M")
    # mistake: interval is none of its choices
    client.kline(symbol="btcusdt", interval="15M")
    # mistake: interval is none of its choices
    client.kline(symbol="btcusdt", interval="30M")
    # mistake: interval is none of its choices
    client.kline(symbol="btcusdt", interval=5)
    # mistake: no such option (unseen by ty)
    client.kline(symbol="btcusdt", interval="1m", on_evnt=print)
    # mistake: no truth value
    client.kline(symbol="btcusdt", interval="1m", fill="yes")
    # mistake: no such policy
    client.kline(symbol="btcusdt", interval="1m", overflow="newest")
    # mistake: a limit is no number
    client.kline(symbol="btcusdt", interval="1m", maxsize="many")
    # mistake: no such action
    client.kline(symbol="btcusdt", interval="1m", action="LIST_SUBSCRIPTIONS")
    # mistake: an id is no number or text
    client.kline(symbol="btcusdt", interval="1m", id=1.5)
    # mistake: a callback of something else
    client.kline(symbol="btcusdt", interval="1m", on_event=take)
    # mistake: no such field
    print(client.kline(symbol="btcusdt", interval="1m").get().no_such_field)
    # mistake: no number type
    decode(b"", KlineEvent, numbers=bytes)
    # mistake: no such field
    print(decode(b"", KlineEvent).no_such_field)


async def async_with_decimal(client: AsyncClient[Decimal]) -> None:
    """The same for asyncio, and what only asyncio has."""

    def take(event: bytes) -> None: ...

    async def take_async(event: bytes) -> None: ...

    # mistake: no symbol
    client.kline(interval="1m")
    # mistake: symbol is no text
    client.kline(symbol=1, interval="1m")
    # mistake: no interval
    client.kline(symbol="btcusdt")
    # mistake: interval is none of its choices
    client.kline(symbol="btcusdt", interval="")
    # mistake: interval is none of its choices
    client.kline(symbol="btcusdt", interval="nonsense")
    # mistake: interval is none of its choices
    client.kline(symbol="btcusdt", interval="3M")
    # mistake: interval is none of its choices
    client.kline(symbol="btcusdt", interval="5M")
    # mistake: interval is none of its choices
    client.kline(symbol="btcusdt", interval="15M")
    # mistake: interval is none of its choices
    client.kline(symbol="btcusdt", interval="30M")
    # mistake: interval is none of its choices
    client.kline(symbol="btcusdt", interval=5)
    # mistake: no such option (unseen by ty)
    client.kline(symbol="btcusdt", interval="1m", on_evnt=print)
    # mistake: no truth value
    client.kline(symbol="btcusdt", interval="1m", fill="yes")
    # mistake: no such policy
    client.kline(symbol="btcusdt", interval="1m", overflow="newest")
    # mistake: a limit is no number
    client.kline(symbol="btcusdt", interval="1m", maxsize="many")
    # mistake: no such action
    client.kline(symbol="btcusdt", interval="1m", action="LIST_SUBSCRIPTIONS")
    # mistake: an id is no number or text
    client.kline(symbol="btcusdt", interval="1m", id=1.5)
    # mistake: a callback of something else
    client.kline(symbol="btcusdt", interval="1m", on_event=take)
    # mistake: an async callback of something else
    client.kline(symbol="btcusdt", interval="1m", on_event=take_async)
    # mistake: no such field
    print((await client.kline(symbol="btcusdt", interval="1m").get()).no_such_field)
    # mistake: what is not awaited has no field
    print(client.kline(symbol="btcusdt", interval="1m").get().event_type)
    # mistake: it is iterated by async for
    iter(client.kline(symbol="btcusdt", interval="1m"))


def with_other_numbers(client: Client[Decimal]) -> None:
    """The number types are not mixed up."""

    def take(event: KlineEvent[float]) -> None: ...

    # mistake: a callback of another number type
    client.kline(symbol="btcusdt", interval="1m", on_event=take)
    # mistake: another number type
    other: Subscription[KlineEvent[float]] = client.kline(symbol="btcusdt", interval="1m")
    print(other)


def async_with_other_numbers(client: AsyncClient[Decimal]) -> None:
    """For asyncio, too."""

    def take(event: KlineEvent[float]) -> None: ...

    # mistake: a callback of another number type
    client.kline(symbol="btcusdt", interval="1m", on_event=take)
    # mistake: another number type
    other: AsyncSubscription[KlineEvent[float]] = client.kline(symbol="btcusdt", interval="1m")
    print(other)
