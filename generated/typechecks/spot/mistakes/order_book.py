"""Mistakes with order books that type checkers must see. Never run.

Made from spec/spot/ by codegen. Do not edit: change the spec and run ``make generate``.
"""

# What follows a line `# mistake: ...` must be an error, and nothing else.

from decimal import Decimal

from binance_streams import AsyncClient, AsyncOrderBook, BookChange, Client, OrderBook


def with_decimal(client: Client[Decimal]) -> None:
    """What a user may get wrong."""

    def take(change: BookChange[float]) -> None: ...

    # mistake: depth is no number
    client.order_book(symbol="btcusdt", speed=1000, depth="all")
    # mistake: verify is no truth value
    client.order_book(symbol="btcusdt", speed=1000, verify="yes")
    # mistake: no such option (unseen by ty)
    client.order_book(symbol="btcusdt", speed=1000, on_evnt=print)
    # mistake: a book has nothing to fill (unseen by ty)
    client.order_book(symbol="btcusdt", speed=1000, fill=True)
    # mistake: no such policy
    client.order_book(symbol="btcusdt", speed=1000, overflow="newest")
    # mistake: speed is none of its choices
    client.order_book(symbol="btcusdt", speed="")
    # mistake: a callback of another number type
    client.order_book(symbol="btcusdt", speed=1000, on_event=take)
    # mistake: another number type
    other: OrderBook[float] = client.order_book(symbol="btcusdt", speed=1000)
    print(other)
    # mistake: no such side
    client.order_book(symbol="btcusdt", speed=1000).cost("bid", 1)


async def async_with_decimal(client: AsyncClient[Decimal]) -> None:
    """The same for asyncio, and what only asyncio has."""

    async def take_async(change: BookChange[float]) -> None: ...

    # mistake: depth is no number
    client.order_book(symbol="btcusdt", speed=1000, depth="all")
    # mistake: verify is no truth value
    client.order_book(symbol="btcusdt", speed=1000, verify="yes")
    # mistake: no such option (unseen by ty)
    client.order_book(symbol="btcusdt", speed=1000, on_evnt=print)
    # mistake: a book has nothing to fill (unseen by ty)
    client.order_book(symbol="btcusdt", speed=1000, fill=True)
    # mistake: no such policy
    client.order_book(symbol="btcusdt", speed=1000, overflow="newest")
    # mistake: speed is none of its choices
    client.order_book(symbol="btcusdt", speed="")
    # mistake: an async callback of another number type
    client.order_book(symbol="btcusdt", speed=1000, on_event=take_async)
    # mistake: another number type
    other: AsyncOrderBook[float] = client.order_book(symbol="btcusdt", speed=1000)
    print(other)
    # mistake: it is iterated by async for
    iter(client.order_book(symbol="btcusdt", speed=1000))
