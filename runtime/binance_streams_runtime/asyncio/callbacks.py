"""Callbacks in the event loop: one task for each queue, which calls and awaits in order."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

from binance_streams_runtime.asyncio.queue import CHECKPOINT
from binance_streams_runtime.asyncio.waking import ClientLoop, Waiters
from binance_streams_runtime.client.callbacks import called, ignore
from binance_streams_runtime.client.notifier import Notifier
from binance_streams_runtime.decoding.packing import Packed
from binance_streams_runtime.pipeline.queues import ErrorItem, EventQueue

_CANCEL_TIMEOUT = 0.1
"""Seconds for a callback to end that is cancelled."""


class CallbackRunner:
    """Calls one function for each item of each queue that it was given."""

    def __init__(
        self,
        client_loop: ClientLoop,
        notifier: Notifier,
        on_failure: Callable[[str, BaseException], Awaitable[None]],
    ) -> None:
        """``on_failure`` gets the error that ended a queue, after everything before it."""
        self._client_loop = client_loop
        self._notifier = notifier
        self._on_failure = on_failure
        self._channels: list[Channel] = []
        self._queues: list[EventQueue] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._is_closing = False
        # Until when queues are drained; None before the end.
        self._close_by: float | None = None

    def add(
        self,
        queue: EventQueue,
        callback: Callable[[Any], object],
        label: str,
        is_drained: bool = False,
    ) -> Channel:
        """Call ``callback`` with each item that ``queue`` gets, in order; await what it returns.

        ``label`` names the callback in the log. If ``is_drained``, the callback is also called with
        what still waits at the end. Nothing is called before the client is bound to a loop.
        """
        channel = Channel(
            queue, callback, label, is_drained, Waiters(self._client_loop, takes_items=True)
        )
        queue.on_ready = channel.waiters.wake
        self._channels.append(channel)
        if not is_drained:
            self._queues.append(queue)
        if self._client_loop.loop is not None:
            self.start()
        return channel

    @property
    def has_more(self) -> bool:
        """Whether there is an event for which its callback has not been called yet."""
        return any(queue.items for queue in self._queues)

    def start(self) -> None:
        """Start the tasks of what was added; called in the loop."""
        while self._channels:
            channel = self._channels.pop()
            loop = self._client_loop.bind()
            task = loop.create_task(self._serve(channel), name=f"binance-streams {channel.label}")
            self._tasks.add(task)
            task.add_done_callback(self._ended)

    def is_current(self) -> bool:
        """Return whether the caller is a callback."""
        return bool(self._tasks) and asyncio.current_task() in self._tasks

    def begin_close(self) -> None:
        """Start no further call, except for what is drained."""
        self._is_closing = True

    def close(self, timeout: float) -> None:
        """Start no further call at all after ``timeout`` seconds."""
        self._is_closing = True
        if self._close_by is None:
            self._close_by = time.monotonic() + timeout

    async def wait(self, deadline: float) -> None:
        """Wait until the running calls are over; cancel those that are not by ``deadline``."""
        others = self._tasks - {asyncio.current_task()}
        if others:
            left = max(0.0, deadline - time.monotonic())
            _, running = await asyncio.wait(others, timeout=left)
            for task in running:
                task.cancel()
            if running:
                await asyncio.wait(running, timeout=_CANCEL_TIMEOUT)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        # The loop has raised it already: only KeyboardInterrupt and SystemExit end a task.
        if not task.cancelled():
            task.exception()

    def _is_over(self, channel: Channel) -> bool:
        if not channel.is_drained:
            return self._is_closing
        return self._close_by is not None and time.monotonic() >= self._close_by

    async def _serve(self, channel: Channel) -> None:
        try:
            await self._call_for_each(channel)
        finally:
            channel.waiters.close()

    async def _call_for_each(self, channel: Channel) -> None:
        queue, items = channel.queue, channel.queue.items
        is_blocking = queue.overflow == "block"
        left = CHECKPOINT
        while not self._is_over(channel):
            try:
                item = items.popleft()
            except IndexError:
                if queue.is_closed:
                    if queue.error is not None:
                        await self._on_failure(channel.label, queue.error)
                    return
                await channel.waiters.wait(channel.is_ready)
                left = CHECKPOINT
                continue
            if is_blocking:
                queue.signal_room()
            if item.__class__ is Packed:
                item = item.unpack()
            if isinstance(item, ErrorItem):
                await self._on_failure(channel.label, item.error)
                continue
            try:
                result = channel.callback(item)
                if result is not None and hasattr(result, "__await__"):
                    await result
            except BaseException as error:
                if is_end(error):
                    raise
                label = called(channel.label, item)
                await self.report(self._notifier.callback_failed(label, error))
            left -= 1
            if not left:
                left = CHECKPOINT
                await asyncio.sleep(0)

    async def report(self, result: object) -> None:
        """Await what ``on_error`` returned, if it can be awaited."""
        if result is not None and hasattr(result, "__await__"):
            try:
                await result
            except BaseException as failure:
                if is_end(failure):
                    raise
                self._notifier.on_error_failed(failure)


class Channel:
    """A queue and the callback that is called with its items."""

    __slots__ = ("callback", "is_drained", "label", "queue", "waiters")

    def __init__(
        self,
        queue: EventQueue,
        callback: Callable[[Any], object],
        label: str,
        is_drained: bool,
        waiters: Waiters,
    ) -> None:
        self.queue: EventQueue = queue
        self.callback: Callable[[Any], object] = callback
        self.label: str = label
        self.is_drained: bool = is_drained
        self.waiters: Waiters = waiters

    def is_ready(self) -> bool:
        """Return whether there is something to do."""
        return bool(self.queue.items) or self.queue.is_closed

    def stop(self) -> None:
        """Stop calling the callback, and drop what waits for it."""
        self.callback = ignore
        self.queue.close()
        self.queue.replace(lambda waiting: [])


def is_end(error: BaseException) -> bool:
    """Return whether ``error`` ends the task in which a callback raised it.

    A callback may also raise CancelledError by itself, because a task was cancelled that it awaits.
    """
    if isinstance(error, asyncio.CancelledError):
        task = asyncio.current_task()
        return task is not None and task.cancelling() > 0
    return isinstance(error, KeyboardInterrupt | SystemExit | GeneratorExit)
