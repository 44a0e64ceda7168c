"""The front end for asyncio: a client's engine, its driver, and its callbacks.

Nothing here blocks the event loop: commands are posted to the driver, and tasks wait for what comes
of them.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar, cast

from binance_streams_runtime.asyncio.callbacks import CallbackRunner, Channel
from binance_streams_runtime.asyncio.order_book import AsyncOrderBook
from binance_streams_runtime.asyncio.pending_results import AsyncResults
from binance_streams_runtime.asyncio.queries import AsyncQueries
from binance_streams_runtime.asyncio.queue import AsyncQueue, queue_kind
from binance_streams_runtime.asyncio.running import AsyncRunning
from binance_streams_runtime.asyncio.subscription import AsyncCandleSubscription, AsyncSubscription
from binance_streams_runtime.asyncio.subscription_state import AsyncState
from binance_streams_runtime.asyncio.waking import ClientLoop, LoopCondition
from binance_streams_runtime.catalog.streams import Stream
from binance_streams_runtime.catalog.venue import Venue
from binance_streams_runtime.client.account import AccountBase
from binance_streams_runtime.client.client_engine import ClientEngine
from binance_streams_runtime.client.event_source import EventSourceBase
from binance_streams_runtime.client.health import Health, client_health
from binance_streams_runtime.client.kinds import FEED, Kinds
from binance_streams_runtime.client.log import flush_log
from binance_streams_runtime.client.options import FillOptions, Settings
from binance_streams_runtime.client.queries import CATCH_UP_TIMEOUT
from binance_streams_runtime.client.stats import Stats, StreamStats
from binance_streams_runtime.driver.loop_driver import LoopDriver
from binance_streams_runtime.errors import client_closed
from binance_streams_runtime.pipeline.queues import Overflow
from binance_streams_runtime.pipeline.route import Route
from binance_streams_runtime.protocol.requests import RequestId
from binance_streams_runtime.transport import forks

if TYPE_CHECKING:
    from binance_streams_runtime.asyncio.loop_calls import LoopCalls
    from binance_streams_runtime.asyncio.recording import AsyncRecording
    from binance_streams_runtime.client.raw_feed import ClientFeed

T = TypeVar("T")

_HANDLED_EVERY = 0.005
"""Seconds between two looks whether callbacks have had all events of a recording."""

_LATE_BY = 0.01
"""A task that notices a deadline this many seconds late was held up, or the process stopped."""

_CLOSE_TIMEOUT = 0.9
"""Seconds that closing waits for the driver, and for callbacks, so that it takes less than 2."""

_LEAST_TIMEOUT = 0.05
"""Seconds that closing waits for recordings at least."""

_THREAD_TIMEOUT = 0.1
"""Seconds that closing waits for a thread that has done all its work."""

_LOG_TIMEOUT = 0.1
"""Seconds that closing waits for the log, whose output may be blocked."""


class AsyncEngine(ClientEngine[AsyncSubscription[Any], AsyncQueue]):
    """The engine of one client, with its event loop, callbacks and subscriptions."""

    _driver: LoopDriver
    _kinds = Kinds(AsyncSubscription, AsyncCandleSubscription, AsyncOrderBook)
    _running: AsyncRunning

    def __init__(self, venue: Venue, settings: Settings) -> None:
        self.client_loop = ClientLoop(
            self._bound, self._loop_closed, on_idle=lambda: self._driver.resume()
        )
        queue = queue_kind(settings.is_acknowledged)(
            self.client_loop, settings.maxsize, settings.overflow, is_lasting=True
        )
        super().__init__(venue, settings, queue, AsyncRunning(self.client_loop))
        self._callbacks = CallbackRunner(self.client_loop, self._notifier, self._stream_ended)
        if settings.on_notice is not None and self._notifier.queue is not None:
            on_notice = settings.on_notice
            self._callbacks.add(self._notifier.queue, on_notice, "on_notice", is_drained=True)
        if settings.on_event is not None:
            self._callbacks.add(queue, queue.counting(settings.on_event), "on_event")
        self._driver = LoopDriver(
            self._engine,
            settings.target,
            self._stopped,
            self.client_loop,
            self._loop_closed,
            self._make_sockets(
                is_awaited=lambda: self.client_loop.has_waited,
                needs_keeper=lambda: not self._driver.is_in_loop,
            ),
        )
        self._async_queries = AsyncQueries(
            self._queries, self._driver, self.client_loop, self._catch_up
        )
        self._calls: LoopCalls | None = None
        self._close_by: float | None = None
        self._is_over = False
        self._is_loop_closed = False
        self._ending = LoopCondition(self.client_loop)
        forks.watch(self)

    def _end_running(self) -> None:
        loop = self.client_loop.loop
        if loop is not None and self._callbacks.has_more:
            loop.call_soon_threadsafe(loop.call_later, _HANDLED_EVERY, self._end_running)
        else:
            self._running.end()

    def _make_queue(self, maxsize: int, overflow: Overflow) -> AsyncQueue:
        return queue_kind(self._settings.is_acknowledged)(self.client_loop, maxsize, overflow)

    def _make_state(
        self,
        queue: AsyncQueue,
        on_timed_out: Callable[[BaseException], None],
        on_ended: Callable[[], None],
    ) -> AsyncState:
        return AsyncState(queue, on_timed_out, on_ended, self.client_loop)

    def _add_callback(
        self, queue: AsyncQueue, on_event: Callable[[Any], object], label: str
    ) -> Channel:
        return self._callbacks.add(queue, queue.counting(on_event), label)

    def _stop_callback(self, subscription: EventSourceBase[Any]) -> None:
        if subscription._channel is not None:
            subscription._channel.stop()

    def _abandon_callbacks(self) -> None:
        self._callbacks.close(0.0)

    @property
    def is_forgotten(self) -> bool:
        return super().is_forgotten or (self._is_loop_closed and self._close_by is None)

    def call_in_place(self, function: Callable[[], object]) -> None:
        assert self._calls is not None
        self._calls.call(function)
        if self._calls.is_blocking:
            self._engine.delivery.blocking.add(self._calls)

    def _feed_failed(self, error: BaseException) -> None:
        result = self._notifier.callback_failed(FEED, error)
        if result is not None and hasattr(result, "__await__"):
            self.client_loop.bind().create_task(self._callbacks.report(result))

    # The event loop

    def open_feed(self, feed: ClientFeed) -> None:
        self.client_loop.bind()
        self.client_loop.has_waited = True
        if self._calls is None:
            # On demand only, as few clients have feeds.
            from binance_streams_runtime.asyncio.loop_calls import LoopCalls

            self._calls = LoopCalls(self.client_loop, self._feed_failed, self._wake)
        super().open_feed(feed)

    def subscribe(
        self, stream: Stream, id: RequestId, options: FillOptions[Any], *, is_raw: bool = False
    ) -> AsyncSubscription[Any]:
        self.bind_if_running()
        return super().subscribe(stream, id, options, is_raw=is_raw)

    def bind_if_running(self) -> None:
        """Start callbacks now if a loop is running; nothing else needs one yet."""
        with contextlib.suppress(RuntimeError):
            self.client_loop.bind()

    def _bound(self, loop: asyncio.AbstractEventLoop) -> None:
        # The keeper ends a client that was closed before it was used in a loop.
        if not self._is_closed:
            self._driver.attach(loop)
        self._callbacks.start()

    def _loop_closed(self) -> None:
        """End everything, as no task will ever take what comes."""
        self._is_loop_closed = True
        self._driver.stop(0.0)

    # Commands

    def begin(self, command: Callable[[float], T]) -> Callable[[], Awaitable[T]]:
        """Have the driver run ``command``; return a function that waits for the result."""
        pending = AsyncResults(self.client_loop)
        take = pending.expect()
        pending.complete()

        def run(now: float) -> None:
            try:
                take(command(now), None)
            except Exception as error:
                take(None, error)

        if not self._driver.post(run):
            # The driver has ended, so nothing else touches the routes.
            run(self._driver.now())

        async def result() -> T:
            await pending.wait()
            only: T = pending.results()[0]
            return only

        return result

    async def query(self, method: str, params: Sequence[object], id: RequestId) -> Any:
        """Send a query on one connection, and wait for the answer."""
        return await self._async_queries.one(method, params, id)

    async def call(
        self, account: AccountBase[Any, Any], method: str, params: Mapping[str, object]
    ) -> Any:
        """Send an account's request to the WebSocket API, and wait for the result."""
        return await self._async_queries.call(self.accounts, account, method, params)

    async def set_property(self, name: str, value: bool, id: RequestId) -> None:
        """Set a property of the connection, and of later ones."""
        await self.query("SET_PROPERTY", [name, value], id)
        self._remember_property(name, value)

    async def query_all(self, method: str, id: RequestId) -> list[Any]:
        """Send a query on every connection, and wait for all answers; the first has ``id``."""
        return await self._async_queries.all(method, id)

    def attach_consumer(
        self, route: Route, with_notices: Callable[[], bool]
    ) -> Callable[[], Awaitable[None]]:
        """Deliver a route's events to its subscription from now on; return what waits for it.

        ``with_notices`` is called by the driver, when it does so.
        """
        return self.begin(lambda now: self._engine.attach_consumer(now, route, with_notices()))

    def attach_client(self) -> Callable[[], Awaitable[None]]:
        """Deliver to the client all events that no subscription takes; return what waits for it."""
        return self.begin(self._engine.attach_client)

    async def stats(self) -> Stats:
        """Return the statistics of the client as of now."""
        return await self.begin(self._stats)()

    async def health(self) -> Health:
        """Return whether the client does what is expected of it, as of now."""
        return await self.begin(lambda now: client_health(self, now))()

    async def stream_stats(self, route: Route) -> StreamStats:
        """Return the statistics of one stream as of now."""
        return await self.begin(lambda now: self._stream_stats(route, now))()

    # Waiting

    async def should_wait_again(self, deadline: float) -> bool:
        """Return whether to wait again for what should have come by ``deadline``.

        If the task noticed the deadline late, the loop stood still, and perhaps the whole process:
        what has arrived is then read first.
        """
        if time.monotonic() < deadline + _LATE_BY:
            return False
        await self._catch_up()
        return True

    async def _catch_up(self) -> bool:
        """Wait until everything that had arrived is read; return False if it is not in time."""
        is_read = _Signal(self.client_loop)
        if not self._driver.notify_when_read(is_read):
            return True
        return await is_read.wait(time.monotonic() + CATCH_UP_TIMEOUT)

    async def run_forever(self) -> None:
        """Wait until the client is closed."""
        self.client_loop.bind()
        if self._callbacks.is_current():
            raise RuntimeError("run_forever() waits for callbacks, and was called in one")
        if self._is_closed and not self._is_closed_by_callback:
            raise self._failure or client_closed()
        await self._running.wait()

    async def _stream_ended(self, label: str, error: BaseException) -> None:
        """Report the error that ended a stream with a callback; runs in the callback's task."""
        await self._callbacks.report(self._notifier.ended(label, error))
        # After this, the driver has ended all streams that this error ends.
        await self.begin(lambda now: None)()
        if not self._registry.by_name and not self.books.all and not self.accounts.all:
            self._running.end(error)

    # The end

    def close(self) -> None:
        """Begin to end everything; may be called from any thread, and more than once."""
        with self._registry.lock:
            if not self._is_closed:
                self._is_closed_by_callback = self._is_callback()
            self._is_closed = True
            if self._close_by is None:
                self._close_by = time.monotonic() + _CLOSE_TIMEOUT
        self._callbacks.begin_close()
        self._driver.stop(0.0)
        if not self._driver.is_running:
            self._finish()

    async def wait_closed(self) -> None:
        """Wait for the end, which ``close`` has begun; a cancelled task waits for it as well."""
        assert self._close_by is not None
        try:
            self.client_loop.bind()
        except RuntimeError:
            # In another loop than its own, or in that of a forked child.
            self._driver.stop(_CLOSE_TIMEOUT)
            self._finish()
            self.recordings.join(self._close_by + _LEAST_TIMEOUT)
            return
        cancelled: asyncio.CancelledError | None = None
        steps = (
            *(self._wait_for_driver, self._wait_for_recordings),
            *(self._wait_for_callbacks, self._wait_for_log),
        )
        for step in steps:
            while True:
                try:
                    await step()
                    break
                except asyncio.CancelledError as error:
                    # Nothing may be left behind; each step has a time limit.
                    cancelled = error
        if cancelled is not None:
            raise cancelled

    async def _wait_for_driver(self) -> None:
        assert self._close_by is not None
        if await self._ending.wait_for(lambda: self._is_over, self._close_by):
            self._driver.join(_THREAD_TIMEOUT)
        self._finish()

    async def _wait_for_recordings(self) -> None:
        assert self._close_by is not None
        deadline = max(self._close_by, time.monotonic() + _LEAST_TIMEOUT)
        # The registry is one of both front ends.
        for recording in cast("tuple[AsyncRecording, ...]", self.recordings.closing()):
            await recording._wait_closed(deadline)

    async def _wait_for_callbacks(self) -> None:
        assert self._close_by is not None
        await self._callbacks.wait(self._close_by + _CLOSE_TIMEOUT)

    async def _wait_for_log(self) -> None:
        deadline = time.monotonic() + _LOG_TIMEOUT
        while not flush_log(0.0) and time.monotonic() < deadline:
            await asyncio.sleep(0.005)

    def _stopped(self, failure: BaseException | None) -> None:
        super()._stopped(failure)
        if self._close_by is not None:
            self._finish()

    def _finish(self) -> None:
        """End what the driver does not end; without effect if it was done before."""
        self._end_all(None)
        self._notifier.close()
        self._callbacks.close(_CLOSE_TIMEOUT)
        self._running.end()
        with self._ending:
            self._is_over = True
            self._ending.notify_all()

    def _is_callback(self) -> bool:
        try:
            return self._callbacks.is_current()
        except RuntimeError:
            return False


class _Signal:
    """An event that a task waits for and the driver sets."""

    def __init__(self, client_loop: ClientLoop) -> None:
        self._changed = LoopCondition(client_loop)
        self._is_set = False

    def set(self) -> None:
        """Set it, for good."""
        self._is_set = True
        self._changed.notify_all()

    async def wait(self, deadline: float) -> bool:
        """Wait until it is set; return False if ``deadline`` comes first."""
        return await self._changed.wait_for(lambda: self._is_set, deadline)
