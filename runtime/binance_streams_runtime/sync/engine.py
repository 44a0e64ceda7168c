"""A client's engine, the threads that drive it, and its subscriptions by name.

Users' threads call ``subscribe``, ``unsubscribe``, ``query`` and ``attach_consumer``; each posts a
command to the I/O thread, which alone touches the engine.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Any, TypeVar

from binance_streams_runtime.catalog.streams import Stream
from binance_streams_runtime.catalog.venue import Venue
from binance_streams_runtime.client.log import flush_log
from binance_streams_runtime.client.notifier import Notifier
from binance_streams_runtime.client.options import Settings, SubscribeOptions, check_policy
from binance_streams_runtime.client.registry import SubscriptionRegistry
from binance_streams_runtime.client.stats import Stats, StreamStats, connection_stats, stream_stats
from binance_streams_runtime.decoding.json import decoder_of
from binance_streams_runtime.engine import Engine
from binance_streams_runtime.errors import (
    BinanceStreamsError,
    ClientClosed,
    ConnectionLost,
    ParameterError,
    client_closed,
)
from binance_streams_runtime.pipeline.route import Route
from binance_streams_runtime.protocol.requests import Request, RequestId, check_id
from binance_streams_runtime.sync.callbacks import CallbackDispatcher, Channel
from binance_streams_runtime.sync.io_thread import IOThread
from binance_streams_runtime.sync.queries import CATCH_UP_TIMEOUT, PAUSED, Queries
from binance_streams_runtime.sync.queue import WaitableQueue
from binance_streams_runtime.sync.running import Running
from binance_streams_runtime.sync.subscription import Subscription
from binance_streams_runtime.sync.subscription_state import SubscriptionState
from binance_streams_runtime.transport import forks, websocket_client

T = TypeVar("T")

_LATE_BY = 0.01
"""A thread that notices a deadline this many seconds late was stopped, or slow."""

_CLOSE_TIMEOUT = 0.9
"""Seconds that ``close`` waits for each of its two threads, so that it returns within 2."""

_CALLBACK_TIMEOUT = 1.0
"""Seconds that ``unsubscribe`` waits for a callback that is running."""

_CLOSE_LIMIT = 1.95
_LOG_TIMEOUT = 0.5
"""Seconds that ``close`` waits for the log, whose output may be blocked."""


class ThreadedEngine:
    """The engine of one client, with its threads, callbacks and subscriptions."""

    def __init__(self, venue: Venue, settings: Settings) -> None:
        websocket_client.check()
        self._venue = venue
        self._settings = settings
        self._registry: SubscriptionRegistry[Subscription[Any]] = SubscriptionRegistry()
        self._is_closed = False
        self._is_closed_by_callback = False
        self._failure: BinanceStreamsError | None = None
        self.queue = WaitableQueue(settings.maxsize, settings.overflow, is_lasting=True)
        self._running = Running()
        self._notifier = Notifier(
            settings.on_notice,
            settings.on_error,
            settings.logger,
            settings.log_url,
            self._running.is_ended_by,
        )
        self._dispatcher = CallbackDispatcher(self._notifier.callback_failed, self._stream_ended)
        if settings.on_notice is not None and self._notifier.queue is not None:
            on_notice = settings.on_notice
            self._dispatcher.add(self._notifier.queue, on_notice, "on_notice", is_drained=True)
        self._engine = Engine(
            venue,
            settings.target.url,
            settings.timeouts,
            settings.retry,
            self.queue,
            self._notifier.notify,
            unix_time=lambda moment: moment + time.time() - time.monotonic(),
            max_message=settings.max_message,
            max_unread_bytes=settings.max_unread_bytes,
            first_event_timeout=settings.first_event_timeout,
            urls=settings.urls,
            client_consumes=settings.on_event is not None,
            make_router=settings.make_router,
        )
        if settings.on_event is not None:
            self._dispatcher.add(self.queue, settings.on_event, "on_event")
        self._io_thread = IOThread(self._engine, settings.target, self._stopped)
        self._queries = Queries(
            self._engine, self._io_thread, self._post, settings.timeouts, venue.limits
        )
        self.queue.on_room = self._wake
        forks.watch(self)

    # From users' threads

    @property
    def is_closed(self) -> bool:
        return self._is_closed

    @property
    def is_forgotten(self) -> bool:
        """Whether it was used and is not closed, for a client that is garbage-collected."""
        return not self._is_closed and self._io_thread.is_running

    @property
    def subscriptions(self) -> tuple[Subscription[Any], ...]:
        """Every subscription that has not ended."""
        with self._registry.lock:
            return tuple(self._registry.by_name.values())

    def subscribe(
        self, stream: Stream, id: RequestId, options: SubscribeOptions[Any]
    ) -> Subscription[Any]:
        """Subscribe to a stream; return the existing subscription, or a new one."""
        check_id(id, self._venue.limits)
        with self._registry.lock:
            subscription = self._registry.by_name.get(stream.name)
            if subscription is not None and options:
                raise ParameterError(
                    "options",
                    sorted(options),
                    f"none, as {stream.label} is subscribed already; unsubscribe() first",
                )
            route = None
            if subscription is None:
                queue = self._new_queue(options)
                check_policy(queue.overflow, stream)
                route = self._route(stream, queue, options)
                subscription = self._new_subscription(
                    route, queue, self._channel(route, queue, options)
                )
                self._running.restart()
            request = self._queries.request("SUBSCRIBE", [stream.name], id)
            if route is not None or request is not None:
                self._post(lambda now: self._engine.subscribe(now, stream.name, route, request))
            self._registry.by_name[stream.name] = subscription
            if self._is_closed:
                # Closed meanwhile, by a signal handler in this thread.
                del self._registry.by_name[stream.name]
                subscription._state.ended(None)
                raise client_closed()
        return subscription

    def unsubscribe(self, stream: Stream, id: RequestId = None) -> Subscription[Any]:
        """Unsubscribe from a stream; return its subscription, or an ended one if there is none."""
        check_id(id, self._venue.limits)
        with self._registry.lock:
            request = self._queries.request("UNSUBSCRIBE", [stream.name], id)
            subscription = self._remove(stream, request)
        if subscription is None:
            queue = self._new_queue({})
            subscription = self._new_subscription(self._route(stream, queue, {}), queue, None)
            subscription._state.ended(None)
        else:
            self._stop_callbacks(subscription)
        return subscription

    def end(self, subscription: Subscription[Any]) -> None:
        """End this subscription; no-op if it has ended, even if another one has followed it."""
        with self._registry.lock:
            if self._registry.by_name.get(subscription.name) is subscription:
                self._remove(subscription.stream, None)
        self._stop_callbacks(subscription)

    def _remove(self, stream: Stream, request: Request | None) -> Subscription[Any] | None:
        subscription = self._registry.by_name.pop(stream.name, None)
        route = None if subscription is None else subscription._route
        if route is not None or request is not None:
            self._post(lambda now: self._engine.unsubscribe(now, stream.name, route, request))
        return subscription

    def _stop_callbacks(self, subscription: Subscription[Any]) -> None:
        """Stop this subscription's callback; call this without the registry's lock.

        The I/O thread must not wait for a callback, which may be waiting for it.
        """
        if subscription._channel is not None:
            is_waiting = not (self._is_closed or self._io_thread.is_current())
            subscription._channel.stop(_CALLBACK_TIMEOUT if is_waiting else 0)
        elif self._settings.on_event is not None:
            # After this, the I/O thread has removed the events from the client's queue.
            self._run_in_io_thread(lambda now: None)

    def query(self, method: str, params: Sequence[object], id: RequestId) -> Any:
        """Send a query on one connection, and wait for the answer."""
        return self._queries.one(method, params, id)

    def set_property(self, name: str, value: bool, id: RequestId) -> None:
        """Set a property of the connection, and of later ones."""
        self.query("SET_PROPERTY", [name, value], id)
        self._post(lambda now: self._engine.session.remember_property(name, value))

    def query_all(self, method: str, id: RequestId) -> list[Any]:
        """Send a query on every connection, and wait for all answers; the first has ``id``."""
        return self._queries.all(method, id)

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

        If the caller noticed the deadline late, the process was stopped, or slow, and so was the
        I/O thread: it then reads first what has arrived.
        """
        if time.monotonic() < deadline + _LATE_BY:
            return False
        self._io_thread.catch_up(CATCH_UP_TIMEOUT)
        return True

    def reason_of(self, subscription: Subscription[Any]) -> tuple[str, BaseException | None]:
        """Return why a subscription delivers nothing: a text, and the last error or None."""
        if self._io_thread.is_paused:
            return PAUSED, None
        is_confirmed = subscription.state == "confirmed"
        reason, cause = self._engine.reason_of(time.monotonic(), subscription._route, is_confirmed)
        timeout = subscription._state.timeout
        if not is_confirmed and cause is None and timeout is not None:
            return f"{reason}; {timeout}", timeout
        return reason, cause

    def check_may_wait(self) -> None:
        """Raise RuntimeError in the I/O thread, which must not wait for itself."""
        self._io_thread.check_may_wait()

    def attach_consumer(self, route: Route, with_notices: bool) -> None:
        """Deliver a route's events to its subscription from now on."""
        self._run_in_io_thread(lambda now: self._engine.attach_consumer(now, route, with_notices))

    def attach_client(self) -> None:
        """Deliver to the client all events that no subscription takes."""
        self._run_in_io_thread(self._engine.attach_client)

    def stats(self) -> Stats:
        """Return the statistics of the client as of now."""

        def collect(now: float) -> Stats:
            engine = self._engine
            return Stats(
                tuple(connection_stats(one, now) for one in engine.session.connections()),
                {route.label: stream_stats(route, now, engine.unread) for route in engine.router},
                engine.delivery.client_dropped,
                engine.session.reconnects,
                self._notifier.notices_dropped,
                engine.unread.total(now),
            )

        return self._run_in_io_thread(collect)

    def stream_stats(self, route: Route) -> StreamStats:
        """Return the statistics of one stream as of now."""
        return self._run_in_io_thread(lambda now: stream_stats(route, now, self._engine.unread))

    def command(self, do: Callable[[float, Engine], None]) -> None:
        """Call ``do`` in the I/O thread, without waiting for it."""
        self._post(lambda now: do(now, self._engine))

    def close(self) -> None:
        """End everything. May be called from any thread, and more than once."""
        begun = time.monotonic()
        with self._registry.lock:
            if not self._is_closed:
                self._is_closed_by_callback = self._dispatcher.is_current()
            self._is_closed = True
        self._io_thread.stop(_CLOSE_TIMEOUT)
        for subscription in self._registry.take_all():
            subscription._state.ended(None)
        self.queue.close()
        self._notifier.close()
        self._dispatcher.close(_CLOSE_TIMEOUT)
        self._running.end()
        flush_log(min(_LOG_TIMEOUT, begun + _CLOSE_LIMIT - time.monotonic()))

    def forked(self) -> None:
        """End everything in a forked child of the process that the client belongs to."""
        error = self._failure = ClientClosed(
            "the client belongs to the process that made it: make another one in a forked child"
        )
        # The thread that holds the old lock does not run here.
        self._registry.lock = threading.RLock()
        self._is_closed = True
        for subscription in self._registry.take_all():
            subscription._state.abandon(error)
        self.queue.abandon(error)
        self._dispatcher.abandon()
        self._running.abandon(error)

    def _new_queue(self, options: SubscribeOptions[Any]) -> WaitableQueue:
        maxsize, overflow = options.get("maxsize"), options.get("overflow")
        queue = WaitableQueue(
            self._settings.maxsize if maxsize is None else maxsize,
            self._settings.overflow if overflow is None else overflow,
        )
        queue.on_room = self._wake
        return queue

    def _new_subscription(
        self, route: Route, queue: WaitableQueue, channel: Channel | None
    ) -> Subscription[Any]:
        state = SubscriptionState(
            queue,
            on_timed_out=lambda error: self._notifier.unanswered(route.label, error),
            on_ended=lambda: self._registry.discard(route.stream.name, subscription),
        )
        route.subscriber = state
        subscription: Subscription[Any] = Subscription(route, queue, state, self, channel)
        return subscription

    def _route(self, stream: Stream, queue: WaitableQueue, options: SubscribeOptions[Any]) -> Route:
        return Route(
            stream,
            decoder_of(stream.type, self._settings.numbers),
            queue,
            options.get("max_idle"),
            options.get("on_idle") or "notice",
        )

    def _channel(
        self, route: Route, queue: WaitableQueue, options: SubscribeOptions[Any]
    ) -> Channel | None:
        """Return a channel for the subscription's own callback, if it has one."""
        on_event = options.get("on_event")
        if on_event is None:
            return None
        route.consumer = "subscription"
        label = f"on_event of {route.label}"
        return self._dispatcher.add(queue, on_event, label)

    def _post(self, command: Callable[[float], None]) -> None:
        if self._failure is not None:
            raise self._failure
        if self._is_closed or not self._io_thread.post(command):
            raise client_closed()

    def _wake(self) -> None:
        """Wake the I/O thread, because a consumer made room in a queue."""
        self._io_thread.post(lambda now: None)

    def _run_in_io_thread(self, command: Callable[[float], T]) -> T:
        """Run ``command`` in the I/O thread, and return its result."""
        if self._io_thread.is_current():
            return command(time.monotonic())
        future: Future[T] = Future()

        def run(now: float) -> None:
            try:
                future.set_result(command(now))
            except Exception as error:
                future.set_exception(error)

        if not self._io_thread.post(run):
            # The thread has ended, so nothing else touches the routes.
            return command(time.monotonic())
        return future.result()

    def _stream_ended(self, label: str, error: BaseException) -> None:
        """Report the error that ended a stream with a callback; runs in the callback thread."""
        self._notifier.ended(label, error)
        # After this, the I/O thread has ended all streams that this error ends.
        self._run_in_io_thread(lambda now: None)
        if not self._registry.by_name:
            self._running.end(error)

    def _stopped(self, failure: BaseException | None) -> None:
        """End everything, because the I/O thread has ended, by ``failure`` or by ``close``."""
        error = None
        if failure is not None:
            self._notifier.failed(failure)
            error = ConnectionLost(f"the client failed: {failure!r}")
            error.__cause__ = failure
        else:
            self._engine.delivery.report_dropped()
        self._failure = error or self._failure
        self._is_closed = True
        if error is not None:
            self._running.end(error)
        for subscription in self._registry.take_all():
            subscription._state.ended(error)
        self.queue.close(error)
