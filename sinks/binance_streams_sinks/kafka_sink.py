"""Messages in Kafka: a topic for each stream type, keyed by the symbol.

Kafka has no ids by which it would recognize what another collector has published, so consumers do:
the id of a message is in its headers.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Collection
from functools import partial
from typing import Any

from confluent_kafka import KafkaError, KafkaException, Producer

from binance_streams_runtime.errors import ParameterError, redacted
from binance_streams_runtime.messaging.address import Address
from binance_streams_runtime.messaging.subjects import LogStream
from binance_streams_sinks.publishing.sink import (
    Failure,
    Published,
    Receipt,
    Sink,
    SinkError,
    SinkOptions,
)

SUBJECT = "Binance-Subject"
"""The header with the subject, as a topic and a key do not say all of it."""

TIMEOUT = 10.0
"""Seconds for the brokers to answer, and for a message to be stored."""

_BROKERS = "bootstrap.servers"

_REFUSED = {
    KafkaError.MSG_SIZE_TOO_LARGE,
    KafkaError.INVALID_MSG_SIZE,
    KafkaError.RECORD_LIST_TOO_LARGE,
    KafkaError.INVALID_RECORD,
    KafkaError.TOPIC_EXCEPTION,
}
_DENIED = {
    KafkaError._AUTHENTICATION,
    KafkaError.SASL_AUTHENTICATION_FAILED,
    KafkaError.TOPIC_AUTHORIZATION_FAILED,
    KafkaError.CLUSTER_AUTHORIZATION_FAILED,
    KafkaError.UNSUPPORTED_SASL_MECHANISM,
}


def topic_of(part: LogStream) -> str:
    """Return the topic of a part of the log, such as ``binance.spot.agg_trade``."""
    return part.subjects.removesuffix(".>").removesuffix(".*")


class KafkaSink(Sink):
    """Publishes to Kafka, or to what speaks its protocol, such as Redpanda."""

    max_batch = 5000

    def __init__(self, address: Address, options: SinkOptions) -> None:
        """Connect to nothing yet.

        Args:
            address: ``kafka://[user:password@]host:9092[,host2:9092]``. With a user, ``SASL_SSL``
                and ``PLAIN`` are used unless parameters say otherwise. They are properties of
                librdkafka, such as ``compression.type``.
            options: Are not used: how long messages are kept, and on how many brokers, is a matter
                of the topics.

        Raises ParameterError if a property is unknown, or has an invalid value.
        """
        self.display_name = address.display_name
        if not address.hosts or address.path.strip("/"):
            raise ParameterError("to", self.display_name, "kafka://HOST:PORT[,HOST:PORT]")
        self._settings: dict[str, Any] = {
            _BROKERS: ",".join(address.hosts),
            "client.id": "binance-streams",
            "enable.idempotence": True,
            "linger.ms": 5,
            "message.timeout.ms": round(TIMEOUT * 1000),
            "log_level": 0,
        }
        if address.user is not None:
            self._settings |= {
                "security.protocol": "SASL_SSL",
                "sasl.mechanism": "PLAIN",
                "sasl.username": address.user,
                "sasl.password": address.password or "",
            }
        self._settings |= address.parameters
        self._check()
        self._producer: Producer | None = None
        self._poller: threading.Thread | None = None
        self._is_closing = False
        self._denied: asyncio.Future[None] | None = None

    async def open(self) -> None:
        self._is_closing = False
        loop = asyncio.get_running_loop()
        self._denied = loop.create_future()
        producer = self._producer = Producer(
            {**self._settings, "error_cb": partial(self._on_error, loop, self._denied)}
        )
        self._poller = threading.Thread(
            target=self._poll, args=(producer,), name="binance-streams-kafka", daemon=True
        )
        self._poller.start()
        try:
            await asyncio.to_thread(producer.list_topics, timeout=TIMEOUT)
        except KafkaException as error:
            if self._denied.done():
                self._denied.result()
            raise self._error(error.args[0]) from None

    async def prepare(self, part: LogStream) -> None:
        # Brokers make the topic now if they make topics by themselves.
        assert self._producer is not None
        topic = topic_of(part)
        try:
            found = await asyncio.to_thread(self._producer.list_topics, topic, TIMEOUT)
        except KafkaException as error:
            raise self._error(error.args[0]) from None
        reason = found.topics[topic].error
        if reason is not None:
            raise SinkError(f"{self._text(reason)}: {topic}", reason.code() in _DENIED)

    async def publish(self, batch: Collection[Published]) -> Receipt:
        assert self._producer is not None
        assert self._denied is not None
        loop = asyncio.get_running_loop()
        sending = _Sending(loop, len(batch))
        for message in batch:
            delivered = partial(sending.delivered, message)
            try:
                self._producer.produce(
                    topic_of(message.part),
                    message.payload,
                    # What has no symbol stays in order all the same.
                    (message.symbol or message.part.key).encode(),
                    on_delivery=delivered,
                    timestamp=message.received // 1_000_000,
                    headers=[*message.headers.items(), (SUBJECT, message.subject)],
                )
            except BufferError:
                delivered(KafkaError(KafkaError._QUEUE_FULL), None)
            except KafkaException as error:
                delivered(error.args[0], None)
        await asyncio.wait((sending.done, self._denied), return_when=asyncio.FIRST_COMPLETED)
        if not sending.done.done():
            self._denied.result()
        return Receipt(
            [
                Failure(message, self._text(error), error.code() in _REFUSED)
                for message, error in sending.failed
            ]
        )

    async def close(self) -> None:
        producer, self._producer = self._producer, None
        poller, self._poller = self._poller, None
        self._is_closing = True
        if self._denied is not None and self._denied.done():
            # Nobody may have asked for it.
            self._denied.exception()
        if producer is not None and poller is not None:
            await asyncio.to_thread(poller.join)
            with contextlib.suppress(KafkaException):
                producer.purge()
            await asyncio.to_thread(producer.flush, 1.0)

    def _check(self) -> None:
        """Raise ParameterError if librdkafka does not take the properties."""
        try:
            Producer(self._settings)
        except KafkaException as error:
            text = redacted(error.args[0].str())
            raise ParameterError(
                "to", self.display_name, f"properties of librdkafka: {text}"
            ) from None

    def _poll(self, producer: Producer) -> None:
        """Have librdkafka call the callbacks, in the thread of this method."""
        while not self._is_closing:
            producer.poll(0.1)

    def _on_error(
        self, loop: asyncio.AbstractEventLoop, denied: asyncio.Future[None], error: KafkaError
    ) -> None:
        """Take note of an error of the whole producer; most of them pass."""
        if error.fatal() or error.code() in _DENIED:
            with contextlib.suppress(RuntimeError):
                loop.call_soon_threadsafe(_fail, denied, self._error(error))

    def _error(self, error: KafkaError) -> SinkError:
        return SinkError(self._text(error), error.code() in _DENIED)

    def _text(self, error: KafkaError) -> str:
        return f"{error.name()}: {redacted(error.str())}"


class _Sending:
    """A batch that librdkafka has; it calls ``delivered`` from another thread."""

    def __init__(self, loop: asyncio.AbstractEventLoop, count: int) -> None:
        self.done = loop.create_future()
        self.failed: list[tuple[Published, KafkaError]] = []
        self._loop = loop
        self._left = count
        self._lock = threading.Lock()
        if not count:
            self.done.set_result(None)

    def delivered(self, message: Published, error: KafkaError | None, _: object) -> None:
        """Take what librdkafka says of a message; the last one ends the waiting."""
        with self._lock:
            if error is not None:
                self.failed.append((message, error))
            self._left -= 1
            if self._left:
                return
        with contextlib.suppress(RuntimeError):
            self._loop.call_soon_threadsafe(_finish, self.done)


def _finish(future: asyncio.Future[None]) -> None:
    if not future.done():
        future.set_result(None)


def _fail(future: asyncio.Future[None], error: Exception) -> None:
    if not future.done():
        future.set_exception(error)
