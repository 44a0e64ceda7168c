"""Mistakes with ``<listen_key>`` that type checkers must see. Never run.

Made from spec/binance_us/ by codegen. Do not edit: change the spec and run ``make generate``.
"""

# What follows a line `# mistake: ...` must be an error, and nothing else.

from decimal import Decimal

from binance_streams_us import (
    AsyncClient,
    AsyncSubscription,
    BalanceUpdate,
    Client,
    ExecutionReport,
    ListStatus,
    OutboundAccountPosition,
    Subscription,
    UserDataEvent,
    decode,
)


def with_decimal(client: Client[Decimal]) -> None:
    """What a user may get wrong."""

    def take(event: bytes) -> None: ...

    # mistake: no listen_key
    client.user_data()
    # mistake: listen_key is no text
    client.user_data(listen_key=1)
    # mistake: no such option (unseen by ty)
    client.user_data(
        listen_key="pqia91ma19a5s61cv6a81va65sdf19v8a65a1a5s61cv6a81va65sdf19v8a65a1", on_evnt=print
    )
    # mistake: nothing to fill with (unseen by ty)
    client.user_data(
        listen_key="pqia91ma19a5s61cv6a81va65sdf19v8a65a1a5s61cv6a81va65sdf19v8a65a1", fill=True
    )
    # mistake: no such policy
    client.user_data(
        listen_key="pqia91ma19a5s61cv6a81va65sdf19v8a65a1a5s61cv6a81va65sdf19v8a65a1",
        overflow="newest",
    )
    # mistake: a limit is no number
    client.user_data(
        listen_key="pqia91ma19a5s61cv6a81va65sdf19v8a65a1a5s61cv6a81va65sdf19v8a65a1",
        maxsize="many",
    )
    # mistake: no such action
    client.user_data(
        listen_key="pqia91ma19a5s61cv6a81va65sdf19v8a65a1a5s61cv6a81va65sdf19v8a65a1",
        action="LIST_SUBSCRIPTIONS",
    )
    # mistake: an id is no number or text
    client.user_data(
        listen_key="pqia91ma19a5s61cv6a81va65sdf19v8a65a1a5s61cv6a81va65sdf19v8a65a1", id=1.5
    )
    # mistake: a callback of something else
    client.user_data(
        listen_key="pqia91ma19a5s61cv6a81va65sdf19v8a65a1a5s61cv6a81va65sdf19v8a65a1", on_event=take
    )
    # mistake: no such field
    print(
        client.user_data(
            listen_key="pqia91ma19a5s61cv6a81va65sdf19v8a65a1a5s61cv6a81va65sdf19v8a65a1"
        )
        .get()
        .no_such_field
    )
    # mistake: no number type
    decode(b"", ExecutionReport, numbers=bytes)
    # mistake: no such field
    print(decode(b"", ExecutionReport).no_such_field)
    # mistake: no number type
    decode(b"", OutboundAccountPosition, numbers=bytes)
    # mistake: no such field
    print(decode(b"", OutboundAccountPosition).no_such_field)
    # mistake: no number type
    decode(b"", BalanceUpdate, numbers=bytes)
    # mistake: no such field
    print(decode(b"", BalanceUpdate).no_such_field)
    # mistake: no number type
    decode(b"", ListStatus, numbers=bytes)
    # mistake: no such field
    print(decode(b"", ListStatus).no_such_field)


async def async_with_decimal(client: AsyncClient[Decimal]) -> None:
    """The same for asyncio, and what only asyncio has."""

    def take(event: bytes) -> None: ...

    async def take_async(event: bytes) -> None: ...

    # mistake: no listen_key
    client.user_data()
    # mistake: listen_key is no text
    client.user_data(listen_key=1)
    # mistake: no such option (unseen by ty)
    client.user_data(
        listen_key="pqia91ma19a5s61cv6a81va65sdf19v8a65a1a5s61cv6a81va65sdf19v8a65a1", on_evnt=print
    )
    # mistake: nothing to fill with (unseen by ty)
    client.user_data(
        listen_key="pqia91ma19a5s61cv6a81va65sdf19v8a65a1a5s61cv6a81va65sdf19v8a65a1", fill=True
    )
    # mistake: no such policy
    client.user_data(
        listen_key="pqia91ma19a5s61cv6a81va65sdf19v8a65a1a5s61cv6a81va65sdf19v8a65a1",
        overflow="newest",
    )
    # mistake: a limit is no number
    client.user_data(
        listen_key="pqia91ma19a5s61cv6a81va65sdf19v8a65a1a5s61cv6a81va65sdf19v8a65a1",
        maxsize="many",
    )
    # mistake: no such action
    client.user_data(
        listen_key="pqia91ma19a5s61cv6a81va65sdf19v8a65a1a5s61cv6a81va65sdf19v8a65a1",
        action="LIST_SUBSCRIPTIONS",
    )
    # mistake: an id is no number or text
    client.user_data(
        listen_key="pqia91ma19a5s61cv6a81va65sdf19v8a65a1a5s61cv6a81va65sdf19v8a65a1", id=1.5
    )
    # mistake: a callback of something else
    client.user_data(
        listen_key="pqia91ma19a5s61cv6a81va65sdf19v8a65a1a5s61cv6a81va65sdf19v8a65a1", on_event=take
    )
    # mistake: an async callback of something else
    client.user_data(
        listen_key="pqia91ma19a5s61cv6a81va65sdf19v8a65a1a5s61cv6a81va65sdf19v8a65a1",
        on_event=take_async,
    )
    # mistake: no such field
    print(
        (
            await client.user_data(
                listen_key="pqia91ma19a5s61cv6a81va65sdf19v8a65a1a5s61cv6a81va65sdf19v8a65a1"
            ).get()
        ).no_such_field
    )
    # mistake: what is not awaited has no field
    print(
        client.user_data(
            listen_key="pqia91ma19a5s61cv6a81va65sdf19v8a65a1a5s61cv6a81va65sdf19v8a65a1"
        )
        .get()
        .event_type
    )
    # mistake: it is iterated by async for
    iter(
        client.user_data(
            listen_key="pqia91ma19a5s61cv6a81va65sdf19v8a65a1a5s61cv6a81va65sdf19v8a65a1"
        )
    )


def with_other_numbers(client: Client[Decimal]) -> None:
    """The number types are not mixed up."""

    def take(event: UserDataEvent[float]) -> None: ...

    # mistake: a callback of another number type
    client.user_data(
        listen_key="pqia91ma19a5s61cv6a81va65sdf19v8a65a1a5s61cv6a81va65sdf19v8a65a1", on_event=take
    )
    # mistake: another number type
    other: Subscription[UserDataEvent[float]] = client.user_data(
        listen_key="pqia91ma19a5s61cv6a81va65sdf19v8a65a1a5s61cv6a81va65sdf19v8a65a1"
    )
    print(other)


def async_with_other_numbers(client: AsyncClient[Decimal]) -> None:
    """For asyncio, too."""

    def take(event: UserDataEvent[float]) -> None: ...

    # mistake: a callback of another number type
    client.user_data(
        listen_key="pqia91ma19a5s61cv6a81va65sdf19v8a65a1a5s61cv6a81va65sdf19v8a65a1", on_event=take
    )
    # mistake: another number type
    other: AsyncSubscription[UserDataEvent[float]] = client.user_data(
        listen_key="pqia91ma19a5s61cv6a81va65sdf19v8a65a1a5s61cv6a81va65sdf19v8a65a1"
    )
    print(other)
