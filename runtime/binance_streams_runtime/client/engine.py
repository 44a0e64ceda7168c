"""The machine under a client: its core, its threads, and its subscriptions by name.

Users' threads come in through ``subscribe``, ``unsubscribe``, ``ask`` and the claims; each posts
a command to the I/O thread. What the I/O thread decides comes back through the methods at the end.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from typing import Any, TypeVar

from binance_streams_runtime.catalog.streams import Stream
from binance_streams_runtime.catalog.venue import Venue
from binance_streams_runtime.client.options import Settings, SubscribeOptions
from binance_streams_runtime.client.stats import Stats, StreamStats, connection_stats, stream_stats
from binance_streams_runtime.client.subscription import Subscription
from binance_streams_runtime.client.waiting import Waiting
from binance_streams_runtime.core.core import Core
from binance_streams_runtime.errors import ConnectionLost, ParameterError, client_closed, redacted
from binance_streams_runtime.events.decoding import decoder_of
from binance_streams_runtime.events.delivery import Delivery
from binance_streams_runtime.events.dispatch import Dispatcher
from binance_streams_runtime.events.log import NoticeLog, logger
from binance_streams_runtime.events.mailbox import Mailbox
from binance_streams_runtime.events.route import Route
from binance_streams_runtime.events.router import Router
from binance_streams_runtime.notices import Notice, Undecodable
from binance_streams_runtime.transport.shell import Shell
from binance_streams_runtime.wire.requests import Request, RequestId, check_id

T = TypeVar("T")

_CLOSE_TIMEOUT = 0.9
"""Seconds that ``close`` waits for each of its two threads, so that it returns within 2."""


class Engine:
    """Everything that one client runs on."""

    def __init__(self, venue: Venue, settings: Settings) -> None:
        self._venue = venue
        self._settings = settings
        self._lock = threading.RLock()
        self._is_closed = False
        self._subscriptions: dict[str, Subscription[Any]] = {}
        self._ids: set[object] = set()
        self._last_error: BaseException | None = None
        self._failure: ConnectionLost | None = None
        self.mailbox = Mailbox(settings.maxsize, settings.overflow, is_lasting=True)
        self._notices = Mailbox()
        self._log = NoticeLog()
        self._router = Router(venue.shutdown.event, self._undecodable)
        self._delivery = Delivery(
            self._router,
            self.mailbox,
            client_takes=settings.on_event is not None,
            tell=self._tell,
            on_overflow=self._overflowed,
        )
        self._core = Core(
            venue, self._router, settings.url, settings.timing, settings.max_message, self._label
        )
        self._dispatcher = Dispatcher(self._callback_failed, self._report)
        if settings.on_event is not None:
            self._dispatcher.add(self.mailbox, settings.on_event)
        if settings.on_notice is not None:
            self._dispatcher.add(self._notices, settings.on_notice)
        self._shell = Shell(
            self._core,
            settings.url,
            settings.timing.connect,
            settings.ssl_context,
            on_notice=self._tell,
            on_confirm=self._confirmed,
            on_unanswered=self._unanswered,
            on_end=self._ended,
            on_events=self._delivery.flush,
            next_time=self._delivery.next_time,
            on_stopped=self._stopped,
        )

    # From users' threads

    @property
    def is_closed(self) -> bool:
        return self._is_closed

    @property
    def subscriptions(self) -> tuple[Subscription[Any], ...]:
        """Every subscription that has not ended."""
        with self._lock:
            return tuple(self._subscriptions.values())

    def subscribe(
        self, stream: Stream, id: RequestId, options: SubscribeOptions[Any]
    ) -> Subscription[Any]:
        """Want a stream; the subscription that exists, or a new one."""
        check_id(id, self._venue.limits.request_id_length)
        with self._lock:
            subscription = self._subscriptions.get(stream.name)
            if subscription is not None and options:
                raise ParameterError(
                    "options",
                    sorted(options),
                    f"none, as {stream.label} is subscribed already; unsubscribe() first",
                )
            route = None
            if subscription is None:
                route = self._route(stream, options)
                subscription = Subscription(route, self, options.get("on_event"))
            request = self._request("SUBSCRIBE", [stream.name], id)
            if route is not None or request is not None:
                self._post(lambda now: self._enter(now, stream.name, route, request))
            self._subscriptions[stream.name] = subscription
            if self._is_closed:
                # Closed meanwhile, by a signal's handler in this very thread.
                del self._subscriptions[stream.name]
                subscription._end(None)
                raise client_closed()
        return subscription

    def unsubscribe(self, stream: Stream, id: RequestId = None) -> Subscription[Any]:
        """Do not want a stream any more; the subscription that ended, or ends."""
        check_id(id, self._venue.limits.request_id_length)
        with self._lock:
            request = self._request("UNSUBSCRIBE", [stream.name], id)
            subscription = self._subscriptions.pop(stream.name, None)
            if subscription is not None or request is not None:
                self._post(lambda now: self._leave(now, stream.name, request, subscription))
        if subscription is None:
            subscription = Subscription(self._route(stream, {}), self, None)
            subscription._end(None)
        return subscription

    def leave(self, subscription: Subscription[Any]) -> None:
        """End this subscription; without effect where it has ended, whatever came after it."""
        with self._lock:
            if self._subscriptions.get(subscription.name) is subscription:
                self.unsubscribe(subscription.stream)

    def ask(self, method: str, params: Sequence[object], id: RequestId) -> Any:
        """Ask one connection, and wait for its answer."""
        waiting = Waiting()
        request = self._request(method, params, id) or Request(method, params)
        request.on_result.append(waiting.expect())
        waiting.complete()
        self._post(lambda now: self._core.ask(now, request))
        return waiting.results()[0]

    def ask_all(self, method: str, id: RequestId) -> list[Any]:
        """Ask every connection, and wait for all answers. ``id`` is for the first one."""
        waiting = Waiting()
        first = self._request(method, (), id) or Request(method)

        def requests() -> Iterator[Request]:
            request = first
            while True:
                request.on_result.append(waiting.expect())
                yield request
                request = Request(method)

        def ask(now: float) -> None:
            self._core.ask_all(now, requests())
            waiting.complete()

        self._post(ask)
        return waiting.results()

    def claim(self, route: Route, with_notices: bool) -> None:
        """A subscription takes its events from now on."""
        self._run_in_shell(lambda _: self._delivery.claim(route, with_notices))

    def claim_all(self) -> None:
        """The client takes all events that no subscription takes."""
        self._run_in_shell(lambda _: self._delivery.claim_all())

    def stats(self) -> Stats:
        def collect(now: float) -> Stats:
            return Stats(
                tuple(connection_stats(link, now) for link in self._core.links()),
                {route.label: stream_stats(route, now) for route in self._router},
                self._delivery.client_dropped,
            )

        return self._run_in_shell(collect)

    def stream_stats(self, route: Route) -> StreamStats:
        return self._run_in_shell(lambda now: stream_stats(route, now))

    def close(self) -> None:
        """End everything. May be called from any thread, and more than once."""
        with self._lock:
            self._is_closed = True
        self._shell.stop(_CLOSE_TIMEOUT)
        with self._lock:
            remaining = list(self._subscriptions.values())
            self._subscriptions.clear()
        for subscription in remaining:
            subscription._end(None)
        self.mailbox.close()
        self._notices.close()
        self._dispatcher.close(_CLOSE_TIMEOUT)

    def _route(self, stream: Stream, options: SubscribeOptions[Any]) -> Route:
        maxsize, overflow = options.get("maxsize"), options.get("overflow")
        mailbox = Mailbox(
            self._settings.maxsize if maxsize is None else maxsize,
            self._settings.overflow if overflow is None else overflow,
        )
        route = Route(stream, decoder_of(stream.type, self._settings.numbers), mailbox)
        on_event = options.get("on_event")
        if on_event is not None:
            route.taker = "subscription"
            self._dispatcher.add(mailbox, on_event)
        return route

    def _request(self, method: str, params: Sequence[object], id: RequestId) -> Request | None:
        """A request of the caller's own where the caller chose an id, else None."""
        check_id(id, self._venue.limits.request_id_length)
        if id is None:
            return None
        with self._lock:
            if id in self._ids:
                raise ParameterError("id", id, "an id that no other request is waiting with")
            self._ids.add(id)
        return Request(method, params, id, [lambda result, error: self._ids.discard(id)])

    def _post(self, command: Callable[[float], None]) -> None:
        if self._failure is not None:
            raise self._failure
        if self._is_closed or not self._shell.post(command):
            raise client_closed()

    def _run_in_shell(self, command: Callable[[float], T]) -> T:
        """Run ``command`` where routes may be touched, and wait for its result."""
        if self._shell.is_current():
            return command(time.monotonic())
        future: Future[T] = Future()

        def run(now: float) -> None:
            try:
                future.set_result(command(now))
            except Exception as error:
                future.set_exception(error)

        if not self._shell.post(run):
            # The thread is gone, so nothing else touches the routes.
            return command(time.monotonic())
        return future.result()

    # In the I/O thread

    def _enter(self, now: float, name: str, route: Route | None, request: Request | None) -> None:
        if route is not None:
            self._delivery.add(route)
        self._core.subscribe(now, name, request)

    def _leave(
        self,
        now: float,
        name: str,
        request: Request | None,
        subscription: Subscription[Any] | None,
    ) -> None:
        self._core.unsubscribe(now, name, request)
        if subscription is not None:
            self._delivery.remove(subscription._route)
            subscription._end(None)

    def _current(self, name: str) -> Subscription[Any] | None:
        """The subscription that an answer about ``name`` is for.

        None where it was unsubscribed meanwhile, even if ``name`` is wanted anew: what is told
        about a stream must not reach its successor.
        """
        # With the lock: the answer may be faster than the thread that is subscribing.
        with self._lock:
            subscription = self._subscriptions.get(name)
        if subscription is None or subscription._route is not self._router.get(name):
            return None
        return subscription

    def _confirmed(self, name: str) -> None:
        subscription = self._current(name)
        if subscription is not None:
            subscription._confirm()

    def _unanswered(self, name: str, error: BaseException) -> None:
        subscription = self._current(name)
        if subscription is not None:
            logger.warning("%s; asking again for %s", error, subscription.stream.label)
            subscription._fail_waiting(error)

    def _ended(self, name: str, error: BaseException) -> None:
        """A stream is over without having been unsubscribed."""
        subscription = self._current(name)
        if subscription is None or self._core.wants(name):
            return
        with self._lock:
            if self._subscriptions.get(name) is subscription:
                del self._subscriptions[name]
        route = subscription._route
        self._delivery.remove(route)
        # Whoever iterates the client must see it, now or later; once for all streams that it ended.
        if route.taker in ("nobody", "client") and error is not self._last_error:
            self._last_error = error
            self.mailbox.fail(error)
        subscription._end(error)

    def _overflowed(self, route: Route, error: BaseException) -> None:
        """A queue whose policy is ``raise`` was full: its stream is not wanted any more."""
        self._core.unsubscribe(time.monotonic(), route.stream.name)
        self._ended(route.stream.name, error)

    def _undecodable(self, route: Route | None, notice: Undecodable) -> None:
        if route is None:
            self._tell(notice)
        else:
            route.undecodable += 1
            self._delivery.note(route, notice)

    def _stopped(self, failure: BaseException | None) -> None:
        """The I/O thread is over: nothing that waits will come any more."""
        error = None
        if failure is not None:
            with contextlib.suppress(Exception):
                logger.error("the I/O thread failed; all streams end", exc_info=failure)
            error = self._failure = ConnectionLost(f"the client failed: {failure!r}")
            error.__cause__ = failure
        with self._lock:
            self._is_closed = True
            remaining = list(self._subscriptions.values())
            self._subscriptions.clear()
        for subscription in remaining:
            subscription._end(error)
        self.mailbox.close(error)

    def _tell(self, notice: Notice) -> None:
        # A log handler of the user's must not cost the streams.
        with contextlib.suppress(Exception):
            self._log.write(notice, time.monotonic())
        if self._settings.on_notice is not None:
            self._notices.put([notice])

    def _label(self, name: str) -> str:
        route = self._router.get(name)
        return redacted(name) if route is None else route.label

    # In the callback thread

    def _callback_failed(self, error: BaseException) -> None:
        logger.error("a callback raised %r", error, exc_info=error)
        self._report(error)

    def _report(self, error: BaseException) -> None:
        """Give an error that nobody iterates to see to ``on_error``."""
        if self._settings.on_error is None:
            return
        try:
            self._settings.on_error(error)
        except BaseException as failure:
            logger.error("on_error raised %r", failure, exc_info=failure)
