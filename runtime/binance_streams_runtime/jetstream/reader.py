"""The thread that reads a log, with an event loop of its own; nats-py works in it.

It reads each stream by a consumer of its own, and gives what comes to the driver in batches. If the
driver is behind, it asks for nothing more.
"""

from __future__ import annotations

import asyncio
import contextlib
import ssl
import threading
import time
from collections import deque
from collections.abc import Callable, Coroutine
from typing import Any

from binance_streams_runtime.catalog.streams import Stream
from binance_streams_runtime.errors import redacted
from binance_streams_runtime.jetstream.address import LogAddress
from binance_streams_runtime.jetstream.connection import LogFailure, NatsConnection, unexpected
from binance_streams_runtime.jetstream.consumer import Consumer, Found, start_time
from binance_streams_runtime.jetstream.forwarding import BEFORE_SNAPSHOT, Forwarding
from binance_streams_runtime.jetstream.inputs import (
    Answered,
    Arrived,
    Input,
    Lost,
    Opened,
    Refused,
    Resumed,
    Skipped,
    Started,
    Waiting,
)
from binance_streams_runtime.jetstream.messages import maker_of
from binance_streams_runtime.jetstream.notices import Notices
from binance_streams_runtime.jetstream.positions import Positions
from binance_streams_runtime.jetstream.snapshots import Snapshots
from binance_streams_runtime.messaging.subjects import Subjects
from binance_streams_runtime.protocol.rest import RestRequest

# Bytes that may wait for the driver, and at how few of them reading goes on.
_MOST_UNREAD = 16 * 1024 * 1024
_RESUME_AT = 8 * 1024 * 1024

# Seconds between two looks whether consumers are alive, and attempts to store positions.
_LOOK = 1.0

# Seconds for what is under way to end, and for the positions to be stored at the end.
_CANCEL_TIMEOUT = 0.3
_SAVE_TIMEOUT = 0.5


class _Reading:
    def __init__(self, stream: Stream, run: int, consumer: Consumer, is_observed: bool) -> None:
        self.stream = stream
        self.run = run
        self.consumer = consumer
        self.is_observed = is_observed
        self.is_placed = False
        self.task: asyncio.Task[None] | None = None


class LogReader:
    """Reads a log for one client. What is public may be called by the driver; it never waits."""

    def __init__(
        self,
        address: LogAddress,
        subjects: Subjects,
        ssl_context: ssl.SSLContext | None,
        connect_timeout: float,
        request_timeout: float,
    ) -> None:
        self.deliver: Callable[[Input], None]
        """Takes what has come, in the thread that reads."""
        self.consumed: int = 0
        """How many bytes the driver has taken of all that was delivered; it counts them."""
        self._address = address
        self._subjects = subjects
        self._ssl_context = ssl_context
        self._timeouts = connect_timeout, request_timeout
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._commands: deque[Callable[[], object]] = deque()
        # In the loop
        self._readings: dict[str, _Reading] = {}
        self._consumers: dict[bytes, Consumer] = {}
        self._tasks: set[asyncio.Task[Any]] = set()
        self._connection: NatsConnection | None = None
        self._opening: asyncio.Task[None] | None = None
        self._is_closing = False
        self._inbox = ""
        self._delivered = 0
        self._is_starved = False
        self._servers = list(address.servers)
        self._ending = asyncio.Event()
        self._notices = Notices(address, subjects, self._listen, lambda item: self.deliver(item))
        forwarding = self._forwarding = Forwarding(subjects, self._listen, self._forget)
        self._snapshots = Snapshots(subjects, forwarding)
        self._positions: Positions | None = None
        if address.durable is not None:
            self._positions = Positions(subjects, address.durable, self._refuse_all)

    # For the driver

    def connect(self) -> None:
        self._post(self._connect)

    def start(self, stream: Stream, run: int, is_observed: bool) -> None:
        self._post(lambda: self._start(stream, run, is_observed))

    def stop(self, name: str) -> None:
        self._post(lambda: self._stop(name))

    def fetch(self, number: int, request: RestRequest, not_before: float | None) -> None:
        """Answer a request for a snapshot by one that the log took at that Unix time or later."""
        self._post(lambda: self._begin(self._fetch(number, request, not_before)))

    def acknowledge(self, positions: dict[str, tuple[int, int | None]]) -> None:
        """Remember how far streams have been read, for a client that continues later."""
        store = self._positions
        if store is not None:
            self._post(lambda: store.acknowledge(positions))

    def took(self, size: int) -> None:
        """Note that the driver has taken so many bytes."""
        self.consumed += size
        if self._is_starved and self._delivered - self.consumed <= _RESUME_AT:
            self._post(self._resume)

    def close(self) -> None:
        self._post(lambda: self._begin(self._close()))

    def join(self, timeout: float) -> None:
        """Wait for the end of the thread, which ``close`` begins."""
        if self._thread is not None:
            self._thread.join(timeout)

    def _post(self, command: Callable[[], object]) -> None:
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(
                    target=self._run, name="binance-streams-log", daemon=True
                )
                self._thread.start()
            self._commands.append(command)
            loop = self._loop
        if loop is not None:
            # It may have ended meanwhile.
            with contextlib.suppress(RuntimeError):
                loop.call_soon_threadsafe(self._run_commands)

    # The thread

    def _run(self) -> None:
        try:
            asyncio.run(self._main())
        except BaseException as error:
            self.deliver(Lost(unexpected(error)))

    async def _main(self) -> None:
        with self._lock:
            self._loop = asyncio.get_running_loop()
        self._run_commands()
        while not self._ending.is_set():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._ending.wait(), _LOOK)
            now = time.monotonic()
            if self._connection is not None:
                self._connection.look()
            for consumer in list(self._consumers.values()):
                consumer.check(now)

    def _run_commands(self) -> None:
        while self._commands:
            self._commands.popleft()()

    def _begin(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        error = None if task.cancelled() else task.exception()
        if error is None:
            return
        reason = unexpected(error)
        if task is self._opening and self._connection is None:
            # Whoever waits for the connection must not wait forever.
            self.deliver(Lost(reason))
        else:
            self._lose(reason)

    # The connection

    def _connect(self) -> None:
        self._opening = self._begin(self._open())

    async def _open(self) -> None:
        reason = "there is no server"
        for server in list(self._servers):
            connection = NatsConnection(
                self._address, self._ssl_context, *self._timeouts, on_lost=self._lose
            )
            try:
                await connection.open(server)
                if self._is_closing:
                    await connection.close()
                    return
                await connection.check()
                if self._positions is not None and not self._positions.is_loaded:
                    await self._positions.load(connection)
            except LogFailure as failure:
                reason = failure.reason
                await connection.close()
                continue
            for found in connection.servers():
                if found not in self._servers:
                    self._servers.append(found)
            # The next attempt begins elsewhere if this one is lost soon.
            self._servers.remove(server)
            self._servers.append(server)
            self._connection = connection
            self._inbox = connection.inbox()
            await connection.listen(f"{self._inbox}.*", self._handle)
            self.deliver(Opened(server))
            if self._positions is not None:
                self._begin(self._reload(self._positions, connection))
            self._notices.task = self._begin(self._notices.run(connection, self._inbox))
            for reading in self._readings.values():
                self._read(reading)
            return
        self.deliver(Lost(redacted(reason)))

    async def _reload(self, positions: Positions, connection: NatsConnection) -> None:
        """Store positions over this connection from now on, as soon as the log answers."""
        while self._connection is connection and not positions.is_open(connection):
            try:
                await positions.load(connection)
            except LogFailure:
                await asyncio.sleep(_LOOK)

    def _lose(self, reason: str) -> None:
        connection, self._connection = self._connection, None
        if connection is None:
            return
        self._consumers.clear()
        self._forwarding.lose()
        if self._notices.task is not None:
            self._notices.task.cancel()
        for reading in self._readings.values():
            if reading.task is not None:
                reading.task.cancel()
                reading.task = None
        self._begin(connection.close())
        self.deliver(Lost(redacted(reason)))

    async def _close(self) -> None:
        self._is_closing = True
        if self._opening is not None:
            # An attempt that is cut off may leave its socket behind.
            await asyncio.wait({self._opening}, timeout=_CANCEL_TIMEOUT)
        tasks = self._tasks - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=_CANCEL_TIMEOUT)
        connection, self._connection = self._connection, None
        if connection is not None:
            if self._positions is not None:
                with contextlib.suppress(LogFailure, TimeoutError):
                    await asyncio.wait_for(self._positions.save(), _SAVE_TIMEOUT)
            await connection.close()
        self._ending.set()

    # Streams

    def _start(self, stream: Stream, run: int, is_observed: bool) -> None:
        self._stop(stream.name)
        key = stream.type.key
        name = stream.name
        make = maker_of(stream.type)

        def took(found: list[Found], is_last: bool) -> None:
            size = sum(len(payload) for _, _, payload, _ in found)
            self._delivered += size
            self.deliver(Arrived(name, run, list(map(make, found)), size, is_last))

        consumer = Consumer(
            self._subjects.log_stream(key).name,
            self._subjects.of(stream),
            took,
            on_started=lambda is_empty: self._started(name, run, consumer, is_empty),
            on_waiting=lambda reason: self.deliver(Waiting(name, run, reason)),
            on_skipped=lambda reason: self.deliver(Skipped(name, run, reason)),
            may_ask=self._may_ask,
        )
        reading = self._readings[name] = _Reading(stream, run, consumer, is_observed)
        if self._connection is not None:
            self._read(reading)

    def _stop(self, name: str) -> None:
        reading = self._readings.pop(name, None)
        if reading is not None:
            self._forget(reading.consumer)
            if reading.task is not None:
                reading.task.cancel()

    def _refuse_all(self, reason: str) -> None:
        for name, reading in list(self._readings.items()):
            self._stop(name)
            self.deliver(Refused(name, reading.run, reason))

    def _read(self, reading: _Reading) -> None:
        if reading.task is None:
            reading.task = self._begin(self._read_on(reading))

    async def _read_on(self, reading: _Reading) -> None:
        connection = self._connection
        if connection is None:
            return
        if not reading.is_placed:
            try:
                await self._place(connection, reading)
            except LogFailure as failure:
                self.deliver(Refused(reading.stream.name, reading.run, redacted(failure.reason)))
                return
            reading.is_placed = True
            if not self._address.is_live:
                await self._notices.wait()
        await reading.consumer.run(connection, self._inbox)

    async def _place(self, connection: NatsConnection, reading: _Reading) -> None:
        """Find where a stream begins."""
        consumer, begin = reading.consumer, self._address.begin
        if begin == "all":
            consumer.begin = {"deliver_policy": "all"}
        elif begin != "now":
            consumer.begin = start_time(int(begin))
        if self._positions is not None and not reading.is_observed:
            kept = self._positions.get(reading.stream.name)
            if kept is not None:
                consumer.last, following = kept
                self.deliver(Resumed(reading.stream.name, reading.run, following))
        if reading.is_observed and begin == "now":
            taken = await self._snapshots.newest(connection, reading.stream)
            if taken is not None:
                consumer.begin = start_time(taken - int(BEFORE_SNAPSHOT * 1e9))

    def _started(self, name: str, run: int, consumer: Consumer, is_empty: bool) -> None:
        self._listen(consumer)
        self.deliver(Started(name, run, is_empty))

    def _listen(self, consumer: Consumer) -> None:
        """Give a consumer what comes under its name, which is new."""
        for old, other in list(self._consumers.items()):
            if other is consumer:
                del self._consumers[old]
        self._consumers[consumer.name] = consumer

    def _forget(self, consumer: Consumer) -> None:
        self._consumers.pop(consumer.name, None)

    def _may_ask(self) -> bool:
        if self._delivered - self.consumed <= _MOST_UNREAD:
            return True
        self._is_starved = True
        # The driver, in another thread, may have taken all before that.
        return self._delivered - self.consumed <= _RESUME_AT

    def _resume(self) -> None:
        self._is_starved = False
        for consumer in list(self._consumers.values()):
            consumer.resume()

    def _handle(self, subject: bytes, reply: bytes, payload: bytes, headers: bytes) -> None:
        """Take a message, in the midst of nats-py's own work."""
        if reply.startswith(b"$JS.ACK."):
            parts = reply.split(b".")
            known = self._consumers.get(parts[3 if len(parts) == 9 else 5])
            if known is not None and known.received(parts, payload, headers):
                asyncio.get_running_loop().call_soon(known.flush)
            return
        known = self._consumers.get(subject.rpartition(b".")[2])
        if known is not None:
            known.status(headers)

    async def _fetch(self, number: int, request: RestRequest, not_before: float | None) -> None:
        result = await self._snapshots.answer(self._connection, self._inbox, request, not_before)
        self.deliver(Answered(number, result))
