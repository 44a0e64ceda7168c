"""Reading what the collectors of a log say about themselves."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable

from binance_streams_runtime.jetstream.address import LogAddress
from binance_streams_runtime.jetstream.connection import NatsConnection
from binance_streams_runtime.jetstream.consumer import Consumer, Found, start_time
from binance_streams_runtime.jetstream.inputs import Noticed
from binance_streams_runtime.messaging.subjects import NOTICES, Subjects

# Seconds of notices to read before the begin, in which each collector has said what it has, and
# seconds to wait at most until they are read.
_BEFORE = 30.0
_MOST_WAIT = 30.0


class Notices:
    """The notices of all collectors, from before the begin of what is read."""

    def __init__(
        self,
        address: LogAddress,
        subjects: Subjects,
        listen: Callable[[Consumer], None],
        deliver: Callable[[Noticed], None],
    ) -> None:
        """``listen`` gives a consumer what comes under its name; ``deliver`` takes notices."""
        self.task: asyncio.Task[None] | None = None
        self._address = address
        self._listen = listen
        self._deliver = deliver
        self._is_read = asyncio.Event()
        self._consumer = Consumer(
            subjects.log_stream(NOTICES).name,
            subjects.notices(),
            self._take,
            on_started=self._started,
            on_waiting=self._waiting,
            on_skipped=lambda reason: None,
            may_ask=lambda: True,
        )

    async def run(self, connection: NatsConnection, inbox: str) -> None:
        """Read on this connection until cancelled."""
        if self._consumer.last is None:
            # Early enough to know who has which stream.
            begin = self._address.begin
            if begin == "all" or self._address.durable is not None:
                self._consumer.begin = {"deliver_policy": "all"}
            else:
                at = time.time_ns() if begin == "now" else int(begin)
                self._consumer.begin = start_time(at - int(_BEFORE * 1e9))
        await self._consumer.run(connection, inbox)

    async def wait(self) -> None:
        """Wait until what there is has been read: who reads the past must know what is missing."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._is_read.wait(), _MOST_WAIT)

    def _started(self, is_empty: bool) -> None:
        self._listen(self._consumer)
        if is_empty:
            self._take([], True)

    def _waiting(self, reason: str) -> None:
        # If they only cannot be read at the moment, as while a leader is elected, they are waited
        # for: without them, what a collector has not stored yet would count as missing.
        if self._consumer.is_missing:
            self._is_read.set()

    def _take(self, found: list[Found], is_last: bool) -> None:
        if is_last:
            self._is_read.set()
        self._deliver(Noticed([(time, payload) for _, time, payload, _ in found], is_last))
