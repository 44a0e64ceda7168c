"""Mistakes with ``<symbol>@ticker_<windowSize>`` that type checkers must see. Never run.

Made from spec/binance_us/ by codegen. Do not edit: change the spec and run ``make generate``.
"""

# What follows a line `# mistake: ...` must be an error, and nothing else.

from decimal import Decimal

from binance_streams_us import (
    AsyncClient,
    AsyncSubscription,
    Client,
    RollingWindowTicker,
    Subscription,
    decode,
)


def with_decimal(client: Client[Decimal]) -> None:
    """What a user may get wrong."""

    def take(event: bytes) -> None: ...

    # mistake: no symbol
    client.rolling_window_ticker(windowSize="1h")
    # mistake: symbol is no text
    client.rolling_window_ticker(symbol=1, windowSize="1h")
    # mistake: no windowSize
    client.rolling_window_ticker(symbol="btcusdt")
    # mistake: windowSize is none of its choices
    client.rolling_window_ticker(symbol="btcusdt", windowSize="")
    # mistake: windowSize is none of its choices
    client.rolling_window_ticker(symbol="btcusdt", windowSize="nonsense")
    # mistake: windowSize is none of its choices
    client.rolling_window_ticker(symbol="btcusdt", windowSize="1H")
    # mistake: windowSize is none of its choices
    client.rolling_window_ticker(symbol="btcusdt", windowSize="4H")
    # mistake: windowSize is none of its choices
    client.rolling_window_ticker(symbol="btcusdt", windowSize="1D")
    # mistake: windowSize is none of its choices
    client.rolling_window_ticker(symbol="btcusdt", windowSize=5)
    # mistake: no such option (unseen by ty)
    client.rolling_window_ticker(symbol="btcusdt", windowSize="1h", on_evnt=print)
    # mistake: nothing to fill with (unseen by ty)
    client.rolling_window_ticker(symbol="btcusdt", windowSize="1h", fill=True)
    # mistake: no such policy
    client.rolling_window_ticker(symbol="btcusdt", windowSize="1h", overflow="newest")
    # mistake: a limit is no number
    client.rolling_window_ticker(symbol="btcusdt", windowSize="1h", maxsize="many")
    # mistake: no such action
    client.rolling_window_ticker(symbol="btcusdt", windowSize="1h", action="LIST_SUBSCRIPTIONS")
    # mistake: an id is no number or text
    client.rolling_window_ticker(symbol="btcusdt", windowSize="1h", id=1.5)
    # mistake: a callback of something else
    client.rolling_window_ticker(symbol="btcusdt", windowSize="1h", on_event=take)
    # mistake: no such field
    print(client.rolling_window_ticker(symbol="btcusdt", windowSize="1h").get().no_such_field)
    # mistake: no number type
    decode(b"", RollingWindowTicker, numbers=bytes)
    # mistake: no such field
    print(decode(b"", RollingWindowTicker).no_such_field)


async def async_with_decimal(client: AsyncClient[Decimal]) -> None:
    """The same for asyncio, and what only asyncio has."""

    def take(event: bytes) -> None: ...

    async def take_async(event: bytes) -> None: ...

    # mistake: no symbol
    client.rolling_window_ticker(windowSize="1h")
    # mistake: symbol is no text
    client.rolling_window_ticker(symbol=1, windowSize="1h")
    # mistake: no windowSize
    client.rolling_window_ticker(symbol="btcusdt")
    # mistake: windowSize is none of its choices
    client.rolling_window_ticker(symbol="btcusdt", windowSize="")
    # mistake: windowSize is none of its choices
    client.rolling_window_ticker(symbol="btcusdt", windowSize="nonsense")
    # mistake: windowSize is none of its choices
    client.rolling_window_ticker(symbol="btcusdt", windowSize="1H")
    # mistake: windowSize is none of its choices
    client.rolling_window_ticker(symbol="btcusdt", windowSize="4H")
    # mistake: windowSize is none of its choices
    client.rolling_window_ticker(symbol="btcusdt", windowSize="1D")
    # mistake: windowSize is none of its choices
    client.rolling_window_ticker(symbol="btcusdt", windowSize=5)
    # mistake: no such option (unseen by ty)
    client.rolling_window_ticker(symbol="btcusdt", windowSize="1h", on_evnt=print)
    # mistake: nothing to fill with (unseen by ty)
    client.rolling_window_ticker(symbol="btcusdt", windowSize="1h", fill=True)
    # mistake: no such policy
    client.rolling_window_ticker(symbol="btcusdt", windowSize="1h", overflow="newest")
    # mistake: a limit is no number
    client.rolling_window_ticker(symbol="btcusdt", windowSize="1h", maxsize="many")
    # mistake: no such action
    client.rolling_window_ticker(symbol="btcusdt", windowSize="1h", action="LIST_SUBSCRIPTIONS")
    # mistake: an id is no number or text
    client.rolling_window_ticker(symbol="btcusdt", windowSize="1h", id=1.5)
    # mistake: a callback of something else
    client.rolling_window_ticker(symbol="btcusdt", windowSize="1h", on_event=take)
    # mistake: an async callback of something else
    client.rolling_window_ticker(symbol="btcusdt", windowSize="1h", on_event=take_async)
    # mistake: no such field
    print(
        (await client.rolling_window_ticker(symbol="btcusdt", windowSize="1h").get()).no_such_field
    )
    # mistake: what is not awaited has no field
    print(client.rolling_window_ticker(symbol="btcusdt", windowSize="1h").get().event_type)
    # mistake: it is iterated by async for
    iter(client.rolling_window_ticker(symbol="btcusdt", windowSize="1h"))


def with_other_numbers(client: Client[Decimal]) -> None:
    """The number types are not mixed up."""

    def take(event: RollingWindowTicker[float]) -> None: ...

    # mistake: a callback of another number type
    client.rolling_window_ticker(symbol="btcusdt", windowSize="1h", on_event=take)
    # mistake: another number type
    other: Subscription[RollingWindowTicker[float]] = client.rolling_window_ticker(
        symbol="btcusdt", windowSize="1h"
    )
    print(other)


def async_with_other_numbers(client: AsyncClient[Decimal]) -> None:
    """For asyncio, too."""

    def take(event: RollingWindowTicker[float]) -> None: ...

    # mistake: a callback of another number type
    client.rolling_window_ticker(symbol="btcusdt", windowSize="1h", on_event=take)
    # mistake: another number type
    other: AsyncSubscription[RollingWindowTicker[float]] = client.rolling_window_ticker(
        symbol="btcusdt", windowSize="1h"
    )
    print(other)
