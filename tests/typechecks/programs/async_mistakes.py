"""Mistakes that type checkers must see in programs of a client for asyncio. Never run.

What follows a line ``# mistake: ...`` must be an error, and nothing else.
"""

from decimal import Decimal

from binance_streams import AggTrade, AnyEvent, AsyncClient, Client, Message, Subscription


async def take_trade(message: Message[AggTrade[Decimal]]) -> None: ...


async def take_exact(message: Message[AnyEvent[Decimal]]) -> None: ...


async def take_nothing() -> None: ...


# mistake: no number type
AsyncClient(numbers=bytes)
# mistake: no such option (unseen by ty)
AsyncClient(max_size=10)
# mistake: a callback that takes one kind of event only
AsyncClient(on_event=take_trade)
# mistake: a callback of another number type
AsyncClient(numbers=float, on_event=take_exact)
# mistake: a callback that takes nothing
AsyncClient(on_notice=take_nothing)
# mistake: another number type
floats: AsyncClient[float] = AsyncClient()
# mistake: the client for threads is another one
threads: Client = AsyncClient()


async def main(client: AsyncClient) -> None:
    # mistake: no such method
    client.aggtrade("btcusdt")
    # mistake: a property is true or false
    await client.set_property("combined", "true")
    # mistake: only what is awaited is a list
    client.list_subscriptions().sort()
    # mistake: a subscription exists at once, and awaiting it gives no event
    print((await client.agg_trade("btcusdt")).price)
    # mistake: another front end
    subscription: Subscription[AggTrade] = client.agg_trade("btcusdt")
    print(subscription)
    # mistake: async for
    list(client)
    # mistake: async with
    with client:
        pass
    async for message in client:
        # mistake: not every event has a price
        print(message.data.price)
    async for batch in client.agg_trade("btcusdt").batches():
        # mistake: a batch is a list
        print(batch.price)
