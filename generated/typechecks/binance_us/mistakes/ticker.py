"""Mistakes with ``<symbol>@ticker`` that type checkers must see. Never run.

Made from spec/binance_us/ by codegen. Do not edit: change the spec and run ``make generate``.
"""

# What follows a line `# mistake: ...` must be an error, and nothing else.

from decimal import Decimal

from binance_streams_us import (
    AsyncClient,
    AsyncSubscription,
    Client,
    Subscription,
    Ticker,
    decode,
)


def with_decimal(client: Client[Decimal]) -> None:
    """What a user may get wrong."""

    def take(event: bytes) -> None: ...

    # mistake: symbol is no text
    client.ticker(symbol=1)
    # mistake: no such option (unseen by ty)
    client.ticker(symbol="btcusdt", on_evnt=print)
    # mistake: nothing to fill with (unseen by ty)
    client.ticker(symbol="btcusdt", fill=True)
    # mistake: no such policy
    client.ticker(symbol="btcusdt", overflow="newest")
    # mistake: a limit is no number
    client.ticker(symbol="btcusdt", maxsize="many")
    # mistake: no such action
    client.ticker(symbol="btcusdt", action="LIST_SUBSCRIPTIONS")
    # mistake: an id is no number or text
    client.ticker(symbol="btcusdt", id=1.5)
    # mistake: a callback of something else
    client.ticker(symbol="btcusdt", on_event=take)
    # mistake: no such field
    print(client.ticker(symbol="btcusdt").get().no_such_field)
    # mistake: no number type
    decode(b"", Ticker, numbers=bytes)
    # mistake: no such field
    print(decode(b"", Ticker).no_such_field)


async def async_with_decimal(client: AsyncClient[Decimal]) -> None:
    """The same for asyncio, and what only asyncio has."""

    def take(event: bytes) -> None: ...

    async def take_async(event: bytes) -> None: ...

    # mistake: symbol is no text
    client.ticker(symbol=1)
    # mistake: no such option (unseen by ty)
    client.ticker(symbol="btcusdt", on_evnt=print)
    # mistake: nothing to fill with (unseen by ty)
    client.ticker(symbol="btcusdt", fill=True)
    # mistake: no such policy
    client.ticker(symbol="btcusdt", overflow="newest")
    # mistake: a limit is no number
    client.ticker(symbol="btcusdt", maxsize="many")
    # mistake: no such action
    client.ticker(symbol="btcusdt", action="LIST_SUBSCRIPTIONS")
    # mistake: an id is no number or text
    client.ticker(symbol="btcusdt", id=1.5)
    # mistake: a callback of something else
    client.ticker(symbol="btcusdt", on_event=take)
    # mistake: an async callback of something else
    client.ticker(symbol="btcusdt", on_event=take_async)
    # mistake: no such field
    print((await client.ticker(symbol="btcusdt").get()).no_such_field)
    # mistake: what is not awaited has no field
    print(client.ticker(symbol="btcusdt").get().event_type)
    # mistake: it is iterated by async for
    iter(client.ticker(symbol="btcusdt"))


def with_other_numbers(client: Client[Decimal]) -> None:
    """The number types are not mixed up."""

    def take(event: Ticker[float]) -> None: ...

    # mistake: a callback of another number type
    client.ticker(symbol="btcusdt", on_event=take)
    # mistake: another number type
    other: Subscription[Ticker[float]] = client.ticker(symbol="btcusdt")
    print(other)


def async_with_other_numbers(client: AsyncClient[Decimal]) -> None:
    """For asyncio, too."""

    def take(event: Ticker[float]) -> None: ...

    # mistake: a callback of another number type
    client.ticker(symbol="btcusdt", on_event=take)
    # mistake: another number type
    other: AsyncSubscription[Ticker[float]] = client.ticker(symbol="btcusdt")
    print(other)
