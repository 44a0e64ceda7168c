"""What a log of NATS holds, read by nats-py alone: no code of this project decides it."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, NamedTuple, TypeVar

from tests.support.limits import LIMIT

T = TypeVar("T")

# Seconds after which a question is asked again, as whoever leads may be gone.
_REPLY = 2


class StoredMessage(NamedTuple):
    """A message as it is in the log."""

    sequence: int
    subject: str
    headers: dict[str, str]
    data: bytes
    time: float
    """When the log took it: Unix seconds."""


def run_connected(urls: list[str], work: Callable[[Any], Awaitable[T]]) -> T:
    """Return what ``work`` returns for a connection to one of the URLs."""
    import nats

    async def ignore(error: Exception) -> None:
        """Servers that are down are nothing to report; without one, ``connect`` raises."""

    async def run() -> T:
        connection = await nats.connect(
            urls, connect_timeout=10, max_reconnect_attempts=-1, error_cb=ignore
        )
        try:
            return await asyncio.wait_for(work(connection), LIMIT)
        finally:
            await connection.close()

    return asyncio.run(run())


async def read_messages(connection: Any, subject: str) -> list[StoredMessage]:
    """Read all that the log holds of a subject at the moment, in the order in which it came."""
    found: list[StoredMessage] = []
    for stream in await stream_names(connection, subject):
        found += await _with_a_leader(partial(_read_stream, connection, stream, subject))
    return found


async def stream_names(connection: Any, subject: str | None = None) -> list[str]:
    """The names of the JetStream streams, of one subject or of all; whoever leads them."""
    asked = json.dumps({"subject": subject} if subject else {}).encode()

    async def ask() -> list[str]:
        reply = await connection.request("$JS.API.STREAM.NAMES", asked, timeout=_REPLY)
        answer = json.loads(reply.data)
        if "error" in answer:
            raise TimeoutError(answer["error"])
        return answer["streams"] or []

    return await _with_a_leader(ask)


async def delete_streams(connection: Any) -> None:
    """Delete all that JetStream holds, key-value buckets included."""
    for name in await stream_names(connection):
        await connection.jetstream(timeout=LIMIT).delete_stream(name)


async def _read_stream(connection: Any, stream: str, subject: str) -> list[StoredMessage]:
    from nats.js.api import AckPolicy, ConsumerConfig

    jetstream = connection.jetstream(timeout=_REPLY)
    # Without acknowledgements; the server would wait for them after a thousand messages.
    subscription = await jetstream.pull_subscribe(
        subject, durable=None, stream=stream, config=ConsumerConfig(ack_policy=AckPolicy.NONE)
    )
    found: list[StoredMessage] = []
    try:
        waiting = (await subscription.consumer_info()).num_pending
        while waiting > 0:
            batch = await subscription.fetch(min(waiting, 1000), timeout=_REPLY)
            waiting -= len(batch)
            found += [
                StoredMessage(
                    one.metadata.sequence.stream,
                    one.subject,
                    dict(one.headers or {}),
                    one.data,
                    one.metadata.timestamp.timestamp(),
                )
                for one in batch
            ]
    finally:
        await subscription.unsubscribe()
    return found


async def _with_a_leader(work: Callable[[], Awaitable[T]]) -> T:
    """Return what ``work`` returns, as soon as the servers have chosen who answers it."""
    import nats.errors
    import nats.js.errors

    deadline = time.monotonic() + LIMIT
    while True:
        try:
            return await work()
        except (
            TimeoutError,
            nats.errors.NoRespondersError,
            nats.js.errors.ServiceUnavailableError,
        ):
            if time.monotonic() > deadline:
                raise
        await asyncio.sleep(0.05)
