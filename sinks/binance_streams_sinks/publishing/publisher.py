"""Publishes messages to a log in the background, however the log fares."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Literal

from msgspec import Struct

from binance_streams_runtime.errors import ParameterError, reason_of, redacted
from binance_streams_runtime.messaging.subjects import LogStream
from binance_streams_sinks.publishing.counts import Counts, Loss
from binance_streams_sinks.publishing.outbox import Batch, Outbox, Overflow
from binance_streams_sinks.publishing.outbox import backoff as default_backoff
from binance_streams_sinks.publishing.sink import Published, Sink, SinkError

logger = logging.getLogger("binance_streams.publisher")

MAX_PENDING_BYTES = 64 * 1024 * 1024

State = Literal["connecting", "open", "down", "closed"]
"""``down`` means that the connection is lost, or could not be opened, and is tried again."""

_TICK = 1.0

# Seconds for which a message waits for others: one batch of several costs much less than several.
_LINGER = 0.002

# Seconds after which the same reason is logged again, and how many reasons are remembered.
_NOTE_AGAIN = 60.0
_MOST_NOTED = 100

_OPEN_TIMEOUT = 30.0
_PREPARE_TIMEOUT = 20.0
_PUBLISH_TIMEOUT = 20.0


class PublisherStats(Struct, frozen=True):
    """What became of the messages that were given to a publisher."""

    state: State
    reason: str
    """Why it is down, or why messages were last retried; empty if all is well."""
    submitted: int
    stored: int
    """Those that the log has acknowledged, also if it had them already."""
    duplicates: int
    """Those of them that the log had already, from another collector."""
    retried: int
    """How often a message had to be published again."""
    not_stored: int
    """Those that were dropped: the log did not take them in time, or never will."""
    pending: int
    """Those that are not acknowledged yet."""
    pending_bytes: int
    oldest: int | None
    """When the oldest pending one was received, in Unix nanoseconds; None if there is none."""


class Publisher:
    """Gives messages to a sink: asynchronous, bounded, retried, counted.

    ``submit`` never waits. A message is published until the log acknowledges it, always with the
    same id; it is dropped only if it has become too old (``sink.max_retry_age``: a log recognizes
    duplicates for a limited time), if more than ``max_pending_bytes`` wait, or if the log refuses
    it for good. What was dropped is returned by ``take_losses``.
    """

    def __init__(
        self,
        sink: Sink,
        *,
        max_pending_bytes: int = MAX_PENDING_BYTES,
        overflow: Overflow = "drop_oldest",
        on_state: Callable[[State, str], object] | None = None,
        clock: Callable[[], float] | None = None,
        backoff: Callable[[], Iterator[float]] = lambda: default_backoff(random.random),
    ) -> None:
        """``on_state`` is called with each change of the state, and the reason.

        ``clock`` gives seconds that also pass while the machine sleeps; ``backoff`` makes the
        pauses between attempts.
        """
        if not isinstance(max_pending_bytes, int) or max_pending_bytes < 1:
            raise ParameterError("max_pending_bytes", max_pending_bytes, "a number of bytes from 1")
        self._sink = sink
        self._clock = clock or boot_seconds
        self._backoff = backoff
        self._on_state = on_state
        self._state: State = "connecting"
        self._reason = ""
        self._outbox = Outbox(
            max_bytes=max_pending_bytes,
            max_age=sink.max_retry_age,
            max_batch=sink.max_batch,
            max_batch_bytes=sink.max_batch_bytes,
            backoff=backoff,
            overflow=overflow,
            is_by_part=sink.is_by_part,
        )
        self._wake = asyncio.Event()
        self._preparing: set[asyncio.Task[None]] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._returned: list[Batch] = []
        self._failure: str | None = None
        # Reasons, and when they were logged.
        self._noted: dict[str, float] = {}
        self._is_lingering = False
        self._was_open = False
        self._pauses = self._backoff()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> asyncio.Task[None]:
        """Start to publish; the task ends with SinkError if the log can never be opened."""
        if self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._run())
        return self._task

    def submit(self, messages: Iterable[Published]) -> None:
        """Publish messages, which were received just now."""
        self._outbox.submit(self._clock(), messages)
        if self._outbox.counts.pending >= self._sink.max_batch:
            self._wake.set()
        elif not self._is_lingering and not self._wake.is_set():
            self._is_lingering = True
            asyncio.get_running_loop().call_later(_LINGER, self._lingered)

    def _lingered(self) -> None:
        self._is_lingering = False
        self._wake.set()

    def take_losses(self) -> list[Loss]:
        """Return what was dropped since the last call, by stream and reason."""
        return self._outbox.take_losses()

    @property
    def state(self) -> State:
        """Whether it is connected to the log."""
        return self._state

    def stats(self) -> PublisherStats:
        """Return the counts so far."""
        counts: Counts = self._outbox.counts
        return PublisherStats(
            *(self._state, self._reason, counts.submitted, counts.stored, counts.duplicates),
            *(counts.retried, counts.not_stored, counts.pending, counts.pending_bytes),
            self._outbox.oldest(),
        )

    async def flush(self, timeout: float) -> bool:
        """Wait until everything is stored or dropped; return whether it is, within ``timeout``."""
        end = self._clock() + timeout
        while not self._outbox.is_empty and self._clock() < end and not self._has_ended():
            await asyncio.sleep(0.01)
        return self._outbox.is_empty

    async def close(self, timeout: float = 10.0) -> list[Loss]:
        """Store what waits within ``timeout`` seconds, and return what was not stored."""
        self._wake.set()
        await self.flush(timeout)
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError, Exception):
                await self._task
        left = [*self._tasks, *self._preparing]
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)
        self._outbox.abandon("the collector was closed")
        await self._close_sink()
        self._set("closed", "")
        return self._outbox.take_losses()

    def _has_ended(self) -> bool:
        return self._task is None or self._task.done()

    async def _run(self) -> None:
        while True:
            try:
                async with asyncio.timeout(_OPEN_TIMEOUT):
                    await self._sink.open()
            except Exception as error:
                is_final = isinstance(error, SinkError) and error.is_final
                if is_final and not self._was_open:
                    raise
                await self._go_down(f"{self._sink.display_name}: {_text(error)}")
                continue
            self._was_open = True
            self._outbox.reopened(self._clock())
            self._failure = None
            self._set("open", "")
            await self._serve()
            await self._go_down(self._failure or "")

    async def _go_down(self, reason: str) -> None:
        """Close the sink, and wait before the next attempt."""
        self._set("down", reason)
        await self._close_sink()
        end = self._clock() + next(self._pauses)
        while (left := end - self._clock()) > 0:
            await asyncio.sleep(min(left, _TICK))
            self._outbox.expire(self._clock())

    async def _close_sink(self) -> None:
        with contextlib.suppress(Exception):
            async with asyncio.timeout(_OPEN_TIMEOUT):
                await self._sink.close()

    async def _serve(self) -> None:
        """Publish until the sink fails."""
        outbox, tasks = self._outbox, self._tasks
        loop = asyncio.get_running_loop()
        while self._failure is None:
            self._wake.clear()
            now = self._clock()
            outbox.expire(now)
            while len(tasks) < self._sink.max_in_flight:
                batch = outbox.take(now)
                if batch is None:
                    break
                task = loop.create_task(self._publish(batch))
                tasks.add(task)
                task.add_done_callback(self._published)
            for part in outbox.take_unprepared():
                preparing = loop.create_task(self._prepare(part))
                self._preparing.add(preparing)
                preparing.add_done_callback(self._preparing.discard)
            at = outbox.next_time()
            pause = _TICK if at is None else min(max(at - now, 0.001), _TICK)
            timer = loop.call_later(pause, self._wake.set)
            try:
                await self._wake.wait()
            finally:
                timer.cancel()
        for preparing in self._preparing:
            preparing.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        outbox.put_back(self._returned)
        self._returned.clear()

    def _published(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        self._wake.set()

    async def _publish(self, batch: Batch) -> None:
        try:
            async with asyncio.timeout(_PUBLISH_TIMEOUT):
                receipt = await self._sink.publish(batch.messages)
        except Exception as error:
            self._fail(error)
            self._returned.append(batch)
            return
        self._outbox.settle(self._clock(), batch, receipt)
        if receipt.failures:
            self._note(receipt.failures[-1].reason)
        else:
            self._pauses = self._backoff()
            self._reason = ""

    async def _prepare(self, part: LogStream) -> None:
        """Prepare a part of the log, however often it fails."""
        for pause in self._backoff():
            try:
                async with asyncio.timeout(_PREPARE_TIMEOUT):
                    await self._sink.prepare(part)
            except SinkError as error:
                self._note(f"{part.name}: {_text(error)}")
                await asyncio.sleep(pause)
            except Exception as error:
                self._fail(error)
                break
            else:
                self._outbox.max_age = self._sink.max_retry_age
                self._outbox.set_prepared(self._clock(), part)
                break
        self._wake.set()

    def _fail(self, error: Exception) -> None:
        """Note that the connection is lost."""
        self._failure = self._failure or f"{self._sink.display_name}: {_text(error)}"

    def _note(self, reason: str) -> None:
        """Note why messages are published again, and log it, but not all the time."""
        self._reason = reason = redacted(reason)
        now = self._clock()
        if now - self._noted.get(reason, -_NOTE_AGAIN) >= _NOTE_AGAIN:
            if len(self._noted) >= _MOST_NOTED:
                self._noted.clear()
            self._noted[reason] = now
            logger.warning("%s; messages are published again", reason)

    def _set(self, state: State, reason: str) -> None:
        reason = redacted(reason)
        if (state, reason) == (self._state, self._reason):
            return
        if state == "down":
            logger.warning("%s; messages waiting: %d", reason, self._outbox.counts.pending)
        elif state == "open" and self._state == "down":
            logger.warning("%s: connected again", self._sink.display_name)
        self._state, self._reason = state, reason
        if self._on_state is not None:
            self._on_state(state, reason)


def _text(error: Exception) -> str:
    """Say what went wrong; some errors of client libraries have no text."""
    if isinstance(error, TimeoutError) and not str(error):
        return "no answer in time"
    return reason_of(error) if str(error) else type(error).__name__


def boot_seconds() -> float:
    """Return seconds that also pass while the machine sleeps, if the system has such a clock."""
    clock = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if clock is None else time.clock_gettime(clock)
