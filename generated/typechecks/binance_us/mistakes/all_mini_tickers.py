"""Mistakes with ``!miniTicker@arr`` that type checkers must see. Never run.

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

    # mistake: no such option (unseen by ty)
    client.mini_ticker(on_evnt=print)
    # mistake: nothing to fill with (unseen by ty)
    client.mini_ticker(fill=True)
    # mistake: no such policy
    client.mini_ticker(overflow="newest")
    # mistake: a limit is no number
    client.mini_ticker(maxsize="many")
    # mistake: no such action
    client.mini_ticker(action="LIST_SUBSCRIPTIONS")
    # mistake: an id is no number or text
    client.mini_ticker(id=1.5)
    # mistake: a callback of something else
    client.mini_ticker(on_event=take)
    # mistake: no such field
    print(client.mini_ticker().get().no_such_field)
    # mistake: no number type
    decode(b"", MiniTicker, numbers=bytes)
    # mistake: no such field
    print(decode(b"", MiniTicker).no_such_field)


async def async_with_decimal(client: AsyncClient[Decimal]) -> None:
    """The same for asyncio, and what only asyncio has."""

    def take(event: bytes) -> None: ...

    async def take_async(event: bytes) -> None: ...

    # mistake: no such option (unseen by ty)
    client.mini_ticker(on_evnt=print)
    # mistake: nothing to fill with (unseen by ty)
    client.mini_ticker(fill=True)
    # mistake: no such policy
    client.mini_ticker(overflow="newest")
    # mistake: a limit is no number
    client.mini_ticker(maxsize="many")
    # mistake: no such action
    client.mini_ticker(action="LIST_SUBSCRIPTIONS")
    # mistake: an id is no number or text
    client.mini_ticker(id=1.5)
    # mistake: a callback of something else
    client.mini_ticker(on_event=take)
    # mistake: an async callback of something else
    client.mini_ticker(on_event=take_async)
    # mistake: no such field
    print((await client.mini_ticker().get()).no_such_field)
    # mistake: what is not awaited has no field
    print(client.mini_ticker().get().event_type)
    # mistake: it is iterated by async for
    iter(client.mini_ticker())


def with_other_numbers(client: Client[Decimal]) -> None:
    """The number types are not mixed up."""

    def take(event: list[MiniTicker[float]]) -> None: ...

    # mistake: a callback of another number type
    client.mini_ticker(on_event=take)
    # mistake: another number type
    other: Subscription[list[MiniTicker[float]]] = client.mini_ticker()
    print(other)


def async_with_other_numbers(client: AsyncClient[Decimal]) -> None:
    """For asyncio, too."""

    def take(event: list[MiniTicker[float]]) -> None: ...

    # mistake: a callback of another number type
    client.mini_ticker(on_event=take)
    # mistake: another number type
    other: AsyncSubscription[list[MiniTicker[float]]] = client.mini_ticker()
    print(other)
