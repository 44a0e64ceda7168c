"""Mistakes with ``<symbol>@depth<level><speed>`` that type checkers must see. Never run.

Made from spec/spot/ by codegen. Do not edit: change the spec and run ``make generate``.
"""

# What follows a line `# mistake: ...` must be an error, and nothing else.

from decimal import Decimal

from binance_streams import (
    AsyncClient,
    AsyncSubscription,
    Client,
    PartialBookDepth,
    Subscription,
    decode,
)


def with_decimal(client: Client[Decimal]) -> None:
    """What a user may get wrong."""

    def take(event: bytes) -> None: ...

    # mistake: no symbol
    client.partial_book_depth(level=5, speed=1000)
    # mistake: symbol is no text
    client.partial_book_depth(symbol=1, level=5, speed=1000)
    # mistake: level is none of its choices
    client.partial_book_depth(symbol="btcusdt", level="", speed=1000)
    # mistake: level is none of its choices
    client.partial_book_depth(symbol="btcusdt", level="nonsense", speed=1000)
    # mistake: level is none of its choices
    client.partial_book_depth(symbol="btcusdt", level="5", speed=1000)
    # mistake: level is none of its choices
    client.partial_book_depth(symbol="btcusdt", level="10", speed=1000)
    # mistake: level is none of its choices
    client.partial_book_depth(symbol="btcusdt", level="20", speed=1000)
    # mistake: level is none of its choices
    client.partial_book_depth(symbol="btcusdt", level=0, speed=1000)
    # mistake: level is none of its choices
    client.partial_book_depth(symbol="btcusdt", level=-1, speed=1000)
    # mistake: level is none of its choices
    client.partial_book_depth(symbol="btcusdt", level=21, speed=1000)
    # mistake: speed is none of its choices
    client.partial_book_depth(symbol="btcusdt", level=5, speed="")
    # mistake: speed is none of its choices
    client.partial_book_depth(symbol="btcusdt", level=5, speed="nonsense")
    # mistake: speed is none of its choices
    client.partial_book_depth(symbol="btcusdt", level=5, speed="1000")
    # mistake: speed is none of its choices
    client.partial_book_depth(symbol="btcusdt", level=5, speed="100")
    # mistake: speed is none of its choices
    client.partial_book_depth(symbol="btcusdt", level=5, speed=0)
    # mistake: speed is none of its choices
    client.partial_book_depth(symbol="btcusdt", level=5, speed=-1)
    # mistake: speed is none of its choices
    client.partial_book_depth(symbol="btcusdt", level=5, speed=1001)
    # mistake: no such option (unseen by ty)
    client.partial_book_depth(symbol="btcusdt", level=5, speed=1000, on_evnt=print)
    # mistake: nothing to fill with (unseen by ty)
    client.partial_book_depth(symbol="btcusdt", level=5, speed=1000, fill=True)
    # mistake: no such policy
    client.partial_book_depth(symbol="btcusdt", level=5, speed=1000, overflow="newest")
    # mistake: a limit is no number
    client.partial_book_depth(symbol="btcusdt", level=5, speed=1000, maxsize="many")
    # mistake: no such action
    client.partial_book_depth(symbol="btcusdt", level=5, speed=1000, action="LIST_SUBSCRIPTIONS")
    # mistake: an id is no number or text
    client.partial_book_depth(symbol="btcusdt", level=5, speed=1000, id=1.5)
    # mistake: a callback of something else
    client.partial_book_depth(symbol="btcusdt", level=5, speed=1000, on_event=take)
    # mistake: no such field
    print(client.partial_book_depth(symbol="btcusdt", level=5, speed=1000).get().no_such_field)
    # mistake: no number type
    decode(b"", PartialBookDepth, numbers=bytes)
    # mistake: no such field
    print(decode(b"", PartialBookDepth).no_such_field)


async def async_with_decimal(client: AsyncClient[Decimal]) -> None:
    """The same for asyncio, and what only asyncio has."""

    def take(event: bytes) -> None: ...

    async def take_async(event: bytes) -> None: ...

    # mistake: no symbol
    client.partial_book_depth(level=5, speed=1000)
    # mistake: symbol is no text
    client.partial_book_depth(symbol=1, level=5, speed=1000)
    # mistake: level is none of its choices
    client.partial_book_depth(symbol="btcusdt", level="", speed=1000)
    # mistake: level is none of its choices
    client.partial_book_depth(symbol="btcusdt", level="nonsense", speed=1000)
    # mistake: level is none of its choices
    client.partial_book_depth(symbol="btcusdt", level="5", speed=1000)
    # mistake: level is none of its choices
    client.partial_book_depth(symbol="btcusdt", level="10", speed=1000)
    # mistake: level is none of its choices
    client.partial_book_depth(symbol="btcusdt", level="20", speed=1000)
    # mistake: level is none of its choices
    client.partial_book_depth(symbol="btcusdt", level=0, speed=1000)
    # mistake: level is none of its choices
    client.partial_book_depth(symbol="btcusdt", level=-1, speed=1000)
    # mistake: level is none of its choices
    client.partial_book_depth(symbol="btcusdt", level=21, speed=1000)
    # mistake: speed is none of its choices
    client.partial_book_depth(symbol="btcusdt", level=5, speed="")
    # mistake: speed is none of its choices
    client.partial_book_depth(symbol="btcusdt", level=5, speed="nonsense")
    # mistake: speed is none of its choices
    client.partial_book_depth(symbol="btcusdt", level=5, speed="1000")
    # mistake: speed is none of its choices
    client.partial_book_depth(symbol="btcusdt", level=5, speed="100")
    # mistake: speed is none of its choices
    client.partial_book_depth(symbol="btcusdt", level=5, speed=0)
    # mistake: speed is none of its choices
    client.partial_book_depth(symbol="btcusdt", level=5, speed=-1)
    # mistake: speed is none of its choices
    client.partial_book_depth(symbol="btcusdt", level=5, speed=1001)
    # mistake: no such option (unseen by ty)
    client.partial_book_depth(symbol="btcusdt", level=5, speed=1000, on_evnt=print)
    # mistake: nothing to fill with (unseen by ty)
    client.partial_book_depth(symbol="btcusdt", level=5, speed=1000, fill=True)
    # mistake: no such policy
    client.partial_book_depth(symbol="btcusdt", level=5, speed=1000, overflow="newest")
    # mistake: a limit is no number
    client.partial_book_depth(symbol="btcusdt", level=5, speed=1000, maxsize="many")
    # mistake: no such action
    client.partial_book_depth(symbol="btcusdt", level=5, speed=1000, action="LIST_SUBSCRIPTIONS")
    # mistake: an id is no number or text
    client.partial_book_depth(symbol="btcusdt", level=5, speed=1000, id=1.5)
    # mistake: a callback of something else
    client.partial_book_depth(symbol="btcusdt", level=5, speed=1000, on_event=take)
    # mistake: an async callback of something else
    client.partial_book_depth(symbol="btcusdt", level=5, speed=1000, on_event=take_async)
    # mistake: no such field
    print(
        (await client.partial_book_depth(symbol="btcusdt", level=5, speed=1000).get()).no_such_field
    )
    # mistake: what is not awaited has no field
    print(client.partial_book_depth(symbol="btcusdt", level=5, speed=1000).get().event_type)
    # mistake: it is iterated by async for
    iter(client.partial_book_depth(symbol="btcusdt", level=5, speed=1000))


def with_other_numbers(client: Client[Decimal]) -> None:
    """The number types are not mixed up."""

    def take(event: PartialBookDepth[float]) -> None: ...

    # mistake: a callback of another number type
    client.partial_book_depth(symbol="btcusdt", level=5, speed=1000, on_event=take)
    # mistake: another number type
    other: Subscription[PartialBookDepth[float]] = client.partial_book_depth(
        symbol="btcusdt", level=5, speed=1000
    )
    print(other)


def async_with_other_numbers(client: AsyncClient[Decimal]) -> None:
    """For asyncio, too."""

    def take(event: PartialBookDepth[float]) -> None: ...

    # mistake: a callback of another number type
    client.partial_book_depth(symbol="btcusdt", level=5, speed=1000, on_event=take)
    # mistake: another number type
    other: AsyncSubscription[PartialBookDepth[float]] = client.partial_book_depth(
        symbol="btcusdt", level=5, speed=1000
    )
    print(other)
