"""Rolls the newest snapshot of a log forward by the updates that the log has after it."""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import Callable

from binance_streams_runtime.catalog.streams import Stream
from binance_streams_runtime.jetstream.connection import LogFailure, NatsConnection
from binance_streams_runtime.jetstream.consumer import Consumer, Found, start_time
from binance_streams_runtime.jetstream.messages import maker_of
from binance_streams_runtime.messaging.forwarding import ForwardedSnapshot
from binance_streams_runtime.messaging.subjects import Subjects
from binance_streams_runtime.protocol.rest import Need, RestRequest

BEFORE_SNAPSHOT = 10.0
"""Seconds by which the messages of an order book begin before its snapshot: some may have waited
longer than it for their way into the log."""

# How many messages are applied before other streams have their turn, and how many wait for that
# before no more are asked for.
_SLICE = 50
_MOST_WAITING = 1_000

# Seconds for which the updates are read at most.
_TIMEOUT = 20.0

# Seconds after which an update that is missing in the log will not come.
_LATEST = 5.0


class Forwarding:
    """Rolls snapshots forward, one at a time, in the loop of the reading thread."""

    def __init__(
        self,
        subjects: Subjects,
        listen: Callable[[Consumer], None],
        forget: Callable[[Consumer], None],
    ) -> None:
        """``listen`` gives a consumer what comes under its name until ``forget``."""
        self._subjects = subjects
        self._listen = listen
        self._forget = forget
        self._turn = asyncio.Lock()
        self._task: asyncio.Task[None] | None = None
        # By stream, when the log took a snapshot that is of no use: updates are missing after it,
        # or there are too many.
        self._useless: dict[str, int] = {}

    def lose(self) -> None:
        """Give up what is under way, as the connection is lost."""
        if self._task is not None:
            self._task.cancel()

    async def forward(
        self,
        connection: NatsConnection,
        inbox: str,
        request: RestRequest,
        taken: int,
        body: bytes,
    ) -> bytes | None:
        """Return a newer body for one that the log took at this Unix time in ns; None if none is.

        A deeper snapshot is never urgent: it is not rolled forward.
        """
        catalog = self._subjects.catalog
        rules, name = catalog.order_book, request.updates
        if rules is None or name is None or request.need is not Need.BOOK:
            return None
        stream = catalog.resolve(name)
        limit = int(request.query[rules.snapshot.limit])
        async with self._turn:
            if self._useless.get(name) == taken:
                return None
            try:
                forwarded = ForwardedSnapshot(rules, body, limit)
            except ValueError:
                # Whoever has asked sees the same.
                return None
            begin = taken - int(BEFORE_SNAPSHOT * 1e9)
            try:
                async with asyncio.timeout(_TIMEOUT):
                    read_until = await self._read(connection, inbox, stream, begin, forwarded)
            except TimeoutError:
                self._useless[name] = taken
                return None
            if read_until is None:
                return None
            newer = forwarded.end()
            since = forwarded.interrupted_at
            if since is not None and read_until - since > _LATEST:
                self._useless[name] = taken
            return newer

    async def _read(
        self,
        connection: NatsConnection,
        inbox: str,
        stream: Stream,
        begin: int,
        forwarded: ForwardedSnapshot,
    ) -> float | None:
        """Apply all updates that the log has from the Unix time ``begin`` in ns on.

        Return the time of the last one in Unix seconds, or None if they cannot be read.
        """
        waiting: deque[Found] = deque()
        changed = asyncio.Event()
        is_over = is_unreadable = False

        def took(found: list[Found], is_last: bool) -> None:
            nonlocal is_over
            waiting.extend(found)
            is_over = is_over or is_last
            changed.set()

        def started(is_empty: bool) -> None:
            self._listen(consumer)
            took([], is_empty)

        def failed(reason: str) -> None:
            nonlocal is_unreadable
            is_unreadable = True
            changed.set()

        consumer = Consumer(
            self._subjects.log_stream(stream.type.key).name,
            self._subjects.of(stream),
            took,
            on_started=started,
            on_waiting=failed,
            on_skipped=failed,
            may_ask=lambda: len(waiting) < _MOST_WAITING,
        )
        consumer.begin = start_time(begin)
        task = self._task = asyncio.create_task(consumer.run(connection, inbox))
        task.add_done_callback(lambda _: failed("the reading has ended"))
        make = maker_of(stream.type)
        read_until = 0.0
        try:
            while not is_unreadable:
                if waiting:
                    count = min(len(waiting), _SLICE)
                    messages = [make(waiting.popleft()) for _ in range(count)]
                    read_until = messages[-1].time
                    forwarded.take(messages)
                    consumer.resume()
                    await asyncio.sleep(0)
                elif is_over:
                    await self._delete(connection, consumer)
                    return read_until
                else:
                    changed.clear()
                    await changed.wait()
            return None
        finally:
            self._forget(consumer)
            self._task = None
            task.cancel()

    async def _delete(self, connection: NatsConnection, consumer: Consumer) -> None:
        """Have the server forget a consumer, which it would do by itself a few minutes later."""
        with contextlib.suppress(LogFailure):
            await connection.ask(f"CONSUMER.DELETE.{consumer.stream}.{consumer.name.decode()}", {})
