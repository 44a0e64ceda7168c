"""The front end for threads: a client's engine, the threads that drive it, and its callbacks.

Users' threads call ``subscribe``, ``unsubscribe``, ``query`` and ``attach_consumer``; each posts a
command to the thread that drives at the moment, which alone touches the engine.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from binance_streams_runtime.catalog.venue import Venue
from binance_streams_runtime.client.account import AccountBase
from binance_streams_runtime.client.client_engine import ClientEngine
from binance_streams_runtime.client.event_source import EventSourceBase
from binance_streams_runtime.client.health import Health, client_health
from binance_streams_runtime.client.kinds import FEED, Kinds
from binance_streams_runtime.client.log import flush_log
from binance_streams_runtime.client.options import Settings, check_not_async
from binance_streams_runtime.client.queries import CATCH_UP_TIMEOUT
from binance_streams_runtime.client.stats import Stats, StreamStats
from binance_streams_runtime.driver.driver import Driver
from binance_streams_runtime.errors import client_closed
from binance_streams_runtime.pipeline.queues import Overflow
from binance_streams_runtime.pipeline.route import Route
from binance_streams_runtime.protocol.requests import RequestId
from binance_streams_runtime.sync.callbacks import CallbackDispatcher, Channel
from binance_streams_runtime.sync.order_book import OrderBook
from binance_streams_runtime.sync.queries import BlockingQueries
from binance_streams_runtime.sync.queue import WaitableQueue, queue_kind
from binance_streams_runtime.sync.running import BlockingRunning
from binance_streams_runtime.sync.subscription import CandleSubscription, Subscription
from binance_streams_runtime.sync.subscription_state import WaitableState
from binance_streams_runtime.transport import forks

_LATE_BY = 0.01
"""A thread that notices a deadline this many seconds late was stopped, or slow."""

_CLOSE_TIMEOUT = 0.9
"""Seconds that ``close`` waits for each of its two threads, so that it returns within 2."""

_CALLBACK_TIMEOUT = 1.0
"""Seconds that ``unsubscribe`` waits for a callback that is running."""

_RECORD_LIMIT = 1.0
"""Seconds after the begin of ``close`` up to which it waits for recordings, but at least ..."""
_LEAST_TIMEOUT = 0.05

_CLOSE_LIMIT = 1.95
_LOG_TIMEOUT = 0.5
"""Seconds that ``close`` waits for the log, whose output may be blocked."""


class ThreadedEngine(ClientEngine[Subscription[Any], WaitableQueue]):
    """The engine of one client, with its threads, callbacks and subscriptions."""

    _kinds = Kinds(Subscription, CandleSubscription, OrderBook)
    _running: BlockingRunning

    def __init__(self, venue: Venue, settings: Settings) -> None:
        for name in ("on_event", "on_notice", "on_error"):
            check_not_async(name, getattr(settings, name))
        queue = queue_kind(settings.is_acknowledged)(
            settings.maxsize, settings.overflow, is_lasting=True
        )
        super().__init__(venue, settings, queue, BlockingRunning())
        self._dispatcher = CallbackDispatcher(self._notifier.callback_failed, self._stream_ended)
        if settings.on_notice is not None and self._notifier.queue is not None:
            on_notice = settings.on_notice
            self._dispatcher.add(self._notifier.queue, on_notice, "on_notice", is_drained=True)
        if settings.on_event is not None:
            self._dispatcher.add(queue, queue.counting(settings.on_event), "on_event")
        self._driver = Driver(
            *(self._engine, settings.target, self._stopped),
            self._make_sockets(is_awaited=lambda: True, needs_keeper=self._needs_keeper),
        )
        self._dispatcher.driver = queue.driver = self._driver
        self._blocking_queries = BlockingQueries(self._queries, self._driver)
        forks.watch(self)

    def _end_running(self) -> None:
        self._dispatcher.when_idle(self._running.end)

    def _needs_keeper(self) -> bool:
        """Return whether somebody waits and does not drive: callbacks before their first event."""
        return bool(self.feeds or self._dispatcher.needs_keeper) or (
            self._running.is_awaited and not self._dispatcher.drives
        )

    def _make_queue(self, maxsize: int, overflow: Overflow) -> WaitableQueue:
        queue = queue_kind(self._settings.is_acknowledged)(maxsize, overflow)
        queue.driver = self._driver
        return queue

    def _make_state(
        self,
        queue: WaitableQueue,
        on_timed_out: Callable[[BaseException], None],
        on_ended: Callable[[], None],
    ) -> WaitableState:
        return WaitableState(queue, on_timed_out, on_ended)

    def _add_callback(
        self, queue: WaitableQueue, on_event: Callable[[Any], object], label: str
    ) -> Channel:
        check_not_async("on_event", on_event)
        return self._dispatcher.add(queue, queue.counting(on_event), label)

    def _stop_callback(self, subscription: EventSourceBase[Any]) -> None:
        # The driver must not wait for a callback, which may be waiting for it.
        if subscription._channel is not None:
            is_waiting = not (self._is_closed or self._driver.is_current())
            subscription._channel.stop(_CALLBACK_TIMEOUT if is_waiting else 0)
        elif self._settings.on_event is not None:
            # After this, the driver has removed the events from the client's queue.
            self._driver.run(lambda now: None)

    def _abandon_callbacks(self) -> None:
        self._dispatcher.abandon()

    def call_in_place(self, function: Callable[[], object]) -> None:
        try:
            function()
        except Exception as error:
            self._notifier.callback_failed(FEED, error)

    def query(self, method: str, params: Sequence[object], id: RequestId) -> Any:
        """Send a query on one connection, and wait for the answer."""
        return self._blocking_queries.one(method, params, id)

    def call(
        self, account: AccountBase[Any, Any], method: str, params: Mapping[str, object]
    ) -> Any:
        """Send an account's request to the WebSocket API, and wait for the result."""
        return self._blocking_queries.call(self.accounts, account, method, params)

    def set_property(self, name: str, value: bool, id: RequestId) -> None:
        """Set a property of the connection, and of later ones."""
        self.query("SET_PROPERTY", [name, value], id)
        self._remember_property(name, value)

    def query_all(self, method: str, id: RequestId) -> list[Any]:
        """Send a query on every connection, and wait for all answers; the first has ``id``."""
        return self._blocking_queries.all(method, id)

    def run_forever(self) -> None:
        """Block until the client is closed; Ctrl-C closes it."""
        self.check_may_wait()
        if self._dispatcher.is_current():
            raise RuntimeError("run_forever() waits for callbacks, and was called in one")
        if self._is_closed and not self._is_closed_by_callback:
            raise self._failure or client_closed()
        try:
            self._running.wait()
        except KeyboardInterrupt:
            self.close()

    def should_wait_again(self, deadline: float) -> bool:
        """Return whether to wait again for what should have come by ``deadline``.

        If the caller noticed the deadline late, the process was stopped, or slow: what has arrived
        is then read first.
        """
        if time.monotonic() < deadline + _LATE_BY:
            return False
        self._driver.catch_up(CATCH_UP_TIMEOUT)
        return True

    def check_may_wait(self) -> None:
        """Raise RuntimeError in the middle of the driver's work, which must not wait for itself."""
        self._driver.check_may_wait()

    def attach_consumer(self, route: Route, with_notices: bool) -> None:
        """Deliver a route's events to its subscription from now on."""
        self._driver.run(lambda now: self._engine.attach_consumer(now, route, with_notices))

    def attach_client(self) -> None:
        """Deliver to the client all events that no subscription takes."""
        self._driver.run(self._engine.attach_client)

    def stats(self) -> Stats:
        """Return the statistics of the client as of now."""
        return self._driver.run(self._stats)

    def health(self) -> Health:
        """Return whether the client does what is expected of it, as of now."""
        return self._driver.run(lambda now: client_health(self, now))

    def stream_stats(self, route: Route) -> StreamStats:
        """Return the statistics of one stream as of now."""
        return self._driver.run(lambda now: self._stream_stats(route, now))

    def close(self) -> None:
        """End everything. May be called from any thread, and more than once."""
        begun = time.monotonic()
        with self._registry.lock:
            if not self._is_closed:
                self._is_closed_by_callback = self._dispatcher.is_current()
            self._is_closed = True
        self._driver.stop(_CLOSE_TIMEOUT)
        self._end_all(None)
        self.recordings.join(max(begun + _RECORD_LIMIT, time.monotonic() + _LEAST_TIMEOUT))
        self._notifier.close()
        self._dispatcher.close(_CLOSE_TIMEOUT)
        self._running.end()
        flush_log(min(_LOG_TIMEOUT, begun + _CLOSE_LIMIT - time.monotonic()))

    def _stream_ended(self, label: str, error: BaseException) -> None:
        """Report the error that ended a stream with a callback; runs in the callback thread."""
        self._notifier.ended(label, error)
        # After this, the driver has ended all streams that this error ends.
        self._driver.run(lambda now: None)
        if not self._registry.by_name and not self.books.all and not self.accounts.all:
            self._running.end(error)
