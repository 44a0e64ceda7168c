"""NATS JetStream as a log: one JetStream stream for each stream type, de-duplicated by ids.

All messages of a batch are sent at once, each with a reply subject of its own; JetStream answers
there once it has stored the message, or that it had it. Nothing is sent again by the connection
itself: after a loss the publisher decides what is still young enough for the window in which
JetStream recognizes duplicates.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Collection, Coroutine
from typing import Any, TypeVar

import nats.errors
import nats.js.errors
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.js.api import RetentionPolicy, StorageType, StoreCompression, StreamConfig

from binance_streams_runtime.errors import ParameterError, redacted
from binance_streams_runtime.jetstream.address import servers_of
from binance_streams_runtime.messaging.address import Address
from binance_streams_runtime.messaging.headers import COLLECTOR, MESSAGE_ID, RECEIVED, received_of
from binance_streams_runtime.messaging.subjects import NOTICES, LogStream
from binance_streams_sinks.nats_connection import PARAMETERS, connect_nats, reason_of_nats
from binance_streams_sinks.publishing.sink import (
    Failure,
    Newest,
    Published,
    Receipt,
    Sink,
    SinkError,
    SinkOptions,
)

T = TypeVar("T")

_REQUEST_TIMEOUT = 5.0

# Seconds for an answer about a message. A message is given up after half of the window of
# duplicates. The other half is for these times, and for how long it may have been unread before the
# collector had it: a connection that is dead is noticed after half a minute.
_ACK_TIMEOUT = 6.0
_SEND_TIMEOUT = 6.0

# Seconds after which a message that was overtaken by an answer to a later one is published again.
_OVERTAKEN = 0.05

_TOO_LARGE = 10054
"""JetStream's code for a message that is larger than its stream allows."""

_WINDOW_LEFT = 0.5


class _Batch:
    """Messages whose answers are awaited."""

    __slots__ = ("done", "duplicates", "failures", "newest", "waiting")

    def __init__(self) -> None:
        self.waiting: dict[int, Published] = {}
        self.failures: list[Failure] = []
        self.duplicates = 0
        self.done = asyncio.Event()
        self.newest = 0
        """The highest number that was answered."""

    async def until_done(self) -> None:
        """Wait until all are answered, or some will not be.

        JetStream answers in order: what was overtaken by an answer is lost, as happens if another
        server becomes the leader. It is published again at once, since its place is behind others
        already.
        """
        while not self.done.is_set():
            oldest = next(iter(self.waiting))
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_OVERTAKEN):
                    await self.done.wait()
            if self.waiting and next(iter(self.waiting)) == oldest < self.newest:
                break


class NatsSink(Sink):
    """A log in NATS JetStream, 2.9 or later."""

    # More than there are parts, as each has one batch at a time.
    max_in_flight = 64
    is_by_part = True

    def __init__(self, address: Address, options: SinkOptions) -> None:
        """Raise ParameterError if the address or the options cannot be right."""
        servers_of(address, "to")
        address.check_parameters(PARAMETERS)
        if options.replicas not in range(1, 6):
            raise ParameterError("replicas", options.replicas, "1 to 5 servers")
        self.display_name = address.display_name
        self.max_retry_age = _WINDOW_LEFT * options.duplicate_window
        self._address = address
        self._options = options
        self._client: Client | None = None
        self._inbox = ""
        self._number = 0
        self._sending = asyncio.Lock()
        self._batches: dict[int, _Batch] = {}
        self._lost: str | None = None
        self._has_lost = asyncio.Event()

    async def open(self) -> None:
        self._lost = None
        self._has_lost.clear()
        client = await connect_nats(self._address, on_closed=self._closed)
        inbox = client.new_inbox()
        await client.subscribe(
            f"{inbox}.*", cb=self._answered, pending_msgs_limit=-1, pending_bytes_limit=-1
        )
        self._client, self._inbox = client, inbox

    async def prepare(self, part: LogStream) -> None:
        context = self._connected().jetstream(timeout=_REQUEST_TIMEOUT)
        window = self._options.duplicate_window
        age = self._options.max_age
        config = StreamConfig(
            name=part.name,
            subjects=[part.subjects],
            retention=RetentionPolicy.LIMITS,
            storage=StorageType.FILE,
            max_age=age or 0,
            duplicate_window=window if age is None else min(window, age),
            num_replicas=self._options.replicas,
            allow_direct=True,
            # Each collector lists its streams there every few seconds, mostly the same.
            compression=StoreCompression.S2 if part.key == NOTICES else StoreCompression.NONE,
        )
        try:
            info = await self._until_lost(_find_or_add(context, config))
        except ConnectionError:
            raise
        except Exception as error:
            self._connected()
            raise SinkError(reason_of_nats(error)) from None
        found = float(info.config.duplicate_window or 0)
        # An operator may have given the stream another window.
        self.max_retry_age = min(self.max_retry_age, _WINDOW_LEFT * found)

    async def publish(self, batch: Collection[Published]) -> Receipt:
        client = self._connected()
        waiting = _Batch()
        try:
            # One batch after the other, so that each subject keeps its order.
            async with asyncio.timeout(_SEND_TIMEOUT), self._sending:
                for message in batch:
                    await self._send(client, message, waiting)
            if waiting.waiting and self._lost is None:
                waiting.done.clear()
                async with asyncio.timeout(_ACK_TIMEOUT):
                    await waiting.until_done()
        except TimeoutError:
            reason = f"JetStream did not answer within {_ACK_TIMEOUT:g} s"
        except (nats.errors.Error, OSError) as error:
            reason = reason_of_nats(error)
        else:
            reason = "JetStream did not answer"
        finally:
            for number in waiting.waiting:
                self._batches.pop(number, None)
        failures = [Failure(message, self._lost or reason) for message in waiting.waiting.values()]
        waiting.waiting = {}
        return Receipt([*waiting.failures, *failures], waiting.duplicates)

    async def _send(self, client: Client, message: Published, batch: _Batch) -> None:
        self._number += 1
        number = self._number
        batch.waiting[number] = message
        self._batches[number] = batch
        headers = {
            MESSAGE_ID: message.id,
            RECEIVED: str(message.received),
            COLLECTOR: message.collector,
        }
        reply = f"{self._inbox}.{number}"
        try:
            await client.publish(message.subject, message.payload, reply, headers)
        except nats.errors.MaxPayloadError:
            self._settle(number, f"larger than the {client.max_payload} bytes of the server", True)

    async def _answered(self, answer: Msg) -> None:
        number = int(answer.subject.rpartition(".")[2])
        data = answer.data
        if data.startswith(b'{"stream":'):
            batch = self._batches.pop(number, None)
            if batch is None:
                return
            del batch.waiting[number]
            batch.newest = max(batch.newest, number)
            # Servers write it with and without a blank.
            if b'"duplicate"' in data:
                batch.duplicates += 1
            if not batch.waiting:
                batch.done.set()
            return
        if not data:
            # Status 503: no stream listens to the subject, or it has no leader just now.
            self._settle(number, "no stream of the log takes the message just now")
            return
        try:
            failure = json.loads(data)["error"]
            reason, code = str(failure.get("description")), failure.get("err_code")
        except (ValueError, TypeError, KeyError, AttributeError):
            reason, code = "an answer that is no JSON of JetStream", None
        self._settle(number, f"JetStream: {reason}", code == _TOO_LARGE)

    def _settle(self, number: int, reason: str, is_final: bool = False) -> None:
        batch = self._batches.pop(number, None)
        if batch is None:
            return
        batch.failures.append(Failure(batch.waiting.pop(number), redacted(reason), is_final))
        if not batch.waiting:
            batch.done.set()

    async def newest(self, subject: str) -> Newest | None:
        context = self._connected().jetstream(timeout=_REQUEST_TIMEOUT)
        try:
            return await self._until_lost(_newest(context, subject))
        except nats.js.errors.NotFoundError:
            return None
        except Exception as error:
            raise SinkError(reason_of_nats(error)) from None

    async def close(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            with contextlib.suppress(Exception):
                await client.close()

    async def _closed(self) -> None:
        """Note that the connection is lost, or was closed."""
        client = self._client
        error = None if client is None else client.last_error
        self._lost = "the connection was closed" if error is None else reason_of_nats(error)
        self._has_lost.set()
        for batch in set(self._batches.values()):
            batch.done.set()

    async def _until_lost(self, work: Coroutine[Any, Any, T]) -> T:
        """Return what ``work`` returns; raise ConnectionError as soon as the connection is lost."""
        task = asyncio.ensure_future(work)
        lost = asyncio.ensure_future(self._has_lost.wait())
        try:
            await asyncio.wait((task, lost), return_when=asyncio.FIRST_COMPLETED)
            if not task.done():
                raise ConnectionError(self._lost)
            return task.result()
        finally:
            task.cancel()
            lost.cancel()

    def _connected(self) -> Client:
        client = self._client
        if client is None or not client.is_connected:
            raise ConnectionError(self._lost or "the connection is closed")
        return client


async def _find_or_add(context: Any, config: StreamConfig) -> Any:
    """Return what is known of a stream of JetStream, after adding it if need be."""
    try:
        return await context.stream_info(config.name)
    except nats.js.errors.NotFoundError:
        pass
    try:
        return await context.add_stream(config)
    except nats.js.errors.BadRequestError:
        # Another collector was faster, or an operator has one stream for many subjects.
        subject = config.subjects[0] if config.subjects else ""
        return await context.stream_info(await context.find_stream_name_by_subject(subject))


async def _newest(context: Any, subject: str) -> Newest | None:
    name = await context.find_stream_name_by_subject(subject)
    message = await context.get_last_msg(name, subject)
    headers = message.headers or {}
    received = received_of(headers)
    return None if received is None else Newest(headers.get(MESSAGE_ID, ""), received)
