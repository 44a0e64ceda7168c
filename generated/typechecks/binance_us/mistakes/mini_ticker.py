"""Mistakes with ``<symbol>@miniTicker`` that type checkers must see. Never run.

Made from spec/binance_us/ by codegen. Do not edit: change the spec and run ``make generate``.
"""

# What follows a line `# mistake: ...` must be an error, and nothing else.

from decimal import Decimal

from binance_streams_us import (
    AsyncClient,
    AsyncSubscription,
    Client,
    MiniTicker,
    Subscription,
    decode,
)


def with_decimal(client: Client[Decimal]) -> None:
    """What a user may get wrong."""

    def take(event: bytes) -> None: ...

    # mistake: symbol is no text
    client.mini_ticker(symbol=1)
    # mistake: no such option (unseen by ty)
    client.mini_ticker(symbol="btcusdt", on_evnt=print)
    # mistake: nothing to fill with (unseen by ty)
    client.mini_ticker(symbol="btcusdt", fill=True)
    # mistake: no such policy
    client.mini_ticker(symbol="btcusdt", overflow="newest")
    # mistake: a limit is no number
    client.mini_ticker(symbol="btcusdt", maxsize="many")
    # mistake: no such action
    client.mini_ticker(symbol="btcusdt", action="LIST_SUBSCRIPTIONS")
    # mistake: an id is no number or text
    client.mini_ticker(symbol="btcusdt", id=1.5)
    # mistake: a callback of something else
    client.mini_ticker(symbol="btcusdt", on_event=take)
    # mistake: no such field
    print(client.mini_ticker(symbol="btcusdt").get().no_such_field)
    # mistake: no number type
    decode(b"", MiniTicker, numbers=bytes)
    # mistake: no such field
    print(decode(b"", MiniTicker).no_such_field)


async def async_with_decimal(client: AsyncClient[Decimal]) -> None:
    """The same for asyncio, and what only asyncio has."""

    def take(event: bytes) -> None: ...

    async def take_async(event: bytes) -> None: ...

    # mistake: symbol is no text
    client.mini_ticker(symbol=1)
    # mistake: no such option (unseen by ty)
    client.mini_ticker(symbol="btcusdt", on_evnt=print)
    # mistake: nothing to fill with (unseen by ty)
    client.mini_ticker(symbol="btcusdt", fill=True)
    # mistake: no such policy
    client.mini_ticker(symbol="btcusdt", overflow="newest")
    # mistake: a limit is no number
    client.mini_ticker(symbol="btcusdt", maxsize="many")
    # mistake: no such action
    client.mini_ticker(symbol="btcusdt", action="LIST_SUBSCRIPTIONS")
    # mistake: an id is no number or text
    client.mini_ticker(symbol="btcusdt", id=1.5)
    # mistake: a callback of something else
    client.mini_ticker(symbol="btcusdt", on_event=take)
    # mistake: an async callback of something else
    client.mini_ticker(symbol="btcusdt", on_event=take_async)
    # mistake: no such field
    print((await client.mini_ticker(symbol="btcusdt").get()).no_such_field)
    # mistake: what is not awaited has no field
    print(client.mini_ticker(symbol="btcusdt").get().event_type)
    # mistake: it is iterated by async for
    iter(client.mini_ticker(symbol="btcusdt"))


def with_other_numbers(client: Client[Decimal]) -> None:
    """The number types are not mixed up."""

    def take(event: MiniTicker[float]) -> None: ...

    # mistake: a callback of another number type
    client.mini_ticker(symbol="btcusdt", on_event=take)
    # mistake: another number type
    other: Subscription[MiniTicker[float]] = client.mini_ticker(symbol="btcusdt")
    print(other)


def async_with_other_numbers(client: AsyncClient[Decimal]) -> None:
    """For asyncio, too."""

    def take(event: MiniTicker[float]) -> None: ...

    # mistake: a callback of another number type
    client.mini_ticker(symbol="btcusdt", on_event=take)
    # mistake: another number type
    other: AsyncSubscription[MiniTicker[float]] = client.mini_ticker(symbol="btcusdt")
    print(other)
