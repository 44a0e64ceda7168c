"""Mistakes with ``<symbol>@aggTrade`` that type checkers must see. Never run.

Made from spec/spot/ by codegen. Do not edit: change the spec and run ``make generate``.
"""

# What follows a line `# mistake: ...` must be an error, and nothing else.

from decimal import Decimal

from binance_streams import (
    AggTrade,
    AsyncClient,
    AsyncSubscription,
    Client,
    Subscription,
    decode,
)


def with_decimal(client: Client[Decimal]) -> None:
    """What a user may get wrong."""

    def take(event: bytes) -> None: ...

    # mistake: no symbol
    client.agg_trade()
    # mistake: symbol is no text
    client.agg_trade(symbol=1)
    # mistake: no such option (unseen by ty)
    client.agg_trade(symbol="btcusdt", on_evnt=print)
    # mistake: no truth value
    client.agg_trade(symbol="btcusdt", fill="yes")
    # mistake: no such policy
    client.agg_trade(symbol="btcusdt", overflow="newest")
    # mistake: a limit is no number
    client.agg_trade(symbol="btcusdt", maxsize="many")
    # mistake: no such action
    client.agg_trade(symbol="btcusdt", action="LIST_SUBSCRIPTIONS")
    # mistake: an id is no number or text
    client.agg_trade(symbol="btcusdt", id=1.5)
    # mistake: a callback of something else
    client.agg_trade(symbol="btcusdt", on_event=take)
    # mistake: no such field
    print(client.agg_trade(symbol="btcusdt").get().no_such_field)
    # mistake: no number type
    decode(b"", AggTrade, numbers=bytes)
    # mistake: no such field
    print(decode(b"", AggTrade).no_such_field)


async def async_with_decimal(client: AsyncClient[Decimal]) -> None:
    """The same for asyncio, and what only asyncio has."""

    def take(event: bytes) -> None: ...

    async def take_async(event: bytes) -> None: ...

    # mistake: no symbol
    client.agg_trade()
    # mistake: symbol is no text
    client.agg_trade(symbol=1)
    # mistake: no such option (unseen by ty)
    client.agg_trade(symbol="btcusdt", on_evnt=print)
    # mistake: no truth value
    client.agg_trade(symbol="btcusdt", fill="yes")
    # mistake: no such policy
    client.agg_trade(symbol="btcusdt", overflow="newest")
    # mistake: a limit is no number
    client.agg_trade(symbol="btcusdt", maxsize="many")
    # mistake: no such action
    client.agg_trade(symbol="btcusdt", action="LIST_SUBSCRIPTIONS")
    # mistake: an id is no number or text
    client.agg_trade(symbol="btcusdt", id=1.5)
    # mistake: a callback of something else
    client.agg_trade(symbol="btcusdt", on_event=take)
    # mistake: an async callback of something else
    client.agg_trade(symbol="btcusdt", on_event=take_async)
    # mistake: no such field
    print((await client.agg_trade(symbol="btcusdt").get()).no_such_field)
    # mistake: what is not awaited has no field
    print(client.agg_trade(symbol="btcusdt").get().event_type)
    # mistake: it is iterated by async for
    iter(client.agg_trade(symbol="btcusdt"))


def with_other_numbers(client: Client[Decimal]) -> None:
    """The number types are not mixed up."""

    def take(event: AggTrade[float]) -> None: ...

    # mistake: a callback of another number type
    client.agg_trade(symbol="btcusdt", on_event=take)
    # mistake: another number type
    other: Subscription[AggTrade[float]] = client.agg_trade(symbol="btcusdt")
    print(other)


def async_with_other_numbers(client: AsyncClient[Decimal]) -> None:
    """For asyncio, too."""

    def take(event: AggTrade[float]) -> None: ...

    # mistake: a callback of another number type
    client.agg_trade(symbol="btcusdt", on_event=take)
    # mistake: another number type
    other: AsyncSubscription[AggTrade[float]] = client.agg_trade(symbol="btcusdt")
    print(other)
