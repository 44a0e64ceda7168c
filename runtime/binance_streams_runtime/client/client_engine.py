"""A client's engine and its subscriptions by name: what both front ends share.

Users' calls are turned into commands for the driver, which alone touches the engine. A front end
adds its driver, its queues, its callbacks, and the waiting.
"""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar

from binance_streams_runtime.catalog.streams import Stream
from binance_streams_runtime.catalog.venue import Venue
from binance_streams_runtime.client.account import AccountBase
from binance_streams_runtime.client.accounts import ClientAccounts
from binance_streams_runtime.client.books import ClientBooks
from binance_streams_runtime.client.engines import make_engine
from binance_streams_runtime.client.event_source import EventSourceBase
from binance_streams_runtime.client.kinds import Kinds
from binance_streams_runtime.client.notifier import Notifier
from binance_streams_runtime.client.options import FillOptions, Settings, check_policy
from binance_streams_runtime.client.order_book import OrderBookBase
from binance_streams_runtime.client.queries import PAUSED, Queries
from binance_streams_runtime.client.recordings import ClientRecordings
from binance_streams_runtime.client.registry import SubscriptionRegistry
from binance_streams_runtime.client.rest_options import check_fill_policy, rest_requests
from binance_streams_runtime.client.running import Running
from binance_streams_runtime.client.stats import Stats, StreamStats, client_stats, stream_stats
from binance_streams_runtime.client.subscription import SubscriptionBase, check_same
from binance_streams_runtime.client.subscription_state import SubscriptionState
from binance_streams_runtime.decoding.json import decoder_of
from binance_streams_runtime.decoding.raw import RawDecoder
from binance_streams_runtime.driver.driver import Driver
from binance_streams_runtime.driver.sockets import Sockets
from binance_streams_runtime.engine import Engine
from binance_streams_runtime.errors import (
    BinanceStreamsError,
    ClientClosed,
    ConnectionLost,
    client_closed,
)
from binance_streams_runtime.pipeline.queues import EventQueue, Overflow
from binance_streams_runtime.pipeline.route import Route
from binance_streams_runtime.protocol.requests import Request, RequestId, check_id
from binance_streams_runtime.transport import websocket_client

if TYPE_CHECKING:
    from binance_streams_runtime.client.candle_window import CandleWindowBase
    from binance_streams_runtime.client.raw_feed import ClientFeed

S = TypeVar("S", bound=SubscriptionBase[Any])
Q = TypeVar("Q", bound=EventQueue)
T = TypeVar("T")


class ClientEngine(ABC, Generic[S, Q]):
    """The engine of one client, with its driver, callbacks and subscriptions."""

    _driver: Driver
    _kinds: ClassVar[Kinds]

    def __init__(self, venue: Venue, settings: Settings, queue: Q, running: Running[Any]) -> None:
        """Set up all but the driver; ``queue`` is the client's own."""
        websocket_client.check()
        self._venue = venue
        self._settings = settings
        self._registry: SubscriptionRegistry[S] = SubscriptionRegistry()
        self.books: ClientBooks = ClientBooks(self)
        self.accounts: ClientAccounts = ClientAccounts(self, venue, settings)
        self.recordings: ClientRecordings = ClientRecordings(self)
        self.windows: set[CandleWindowBase[Any]] = set()
        """The windows that have not ended; made and ended by ``client.windows``."""
        self.feeds: set[ClientFeed] = set()
        """The feeds of undecoded messages that have not ended."""
        self.end_reason: str = "the book is closed"
        """Why order books have ended that have no error."""
        self._is_closed = False
        self._is_closed_by_callback = False
        self._failure: BinanceStreamsError | None = None
        self.queue = queue
        self._running = running
        self._notifier = Notifier(
            settings.on_notice,
            settings.on_error,
            settings.logger,
            settings.log_url,
            running.is_ended_by,
        )
        self._rest = rest_requests(venue, settings)
        self._engine = make_engine(self, self._rest, self._notifier.notify)
        self._hold(queue)
        self._queries = Queries(self._engine, self._post, settings.timeouts, venue.limits)
        queue.on_room = self._wake

    # What a front end adds

    @abstractmethod
    def _make_queue(self, maxsize: int, overflow: Overflow) -> Q:
        """Make the queue of one subscription."""

    @abstractmethod
    def _make_state(
        self,
        queue: Q,
        on_timed_out: Callable[[BaseException], None],
        on_ended: Callable[[], None],
    ) -> SubscriptionState[Any]:
        """Make the state of a subscription, for those that wait for it."""

    @abstractmethod
    def _add_callback(self, queue: Q, on_event: Callable[[Any], object], label: str) -> Any:
        """Call ``on_event`` with each item of ``queue``; return the channel that does so."""

    @abstractmethod
    def _stop_callback(self, subscription: EventSourceBase[Any]) -> None:
        """Stop a subscription's callback; called without the registry's lock."""

    @abstractmethod
    def _abandon_callbacks(self) -> None:
        """Call no callback in a forked child."""

    @abstractmethod
    def call_in_place(self, function: Callable[[], object]) -> None:
        """Have a feed's callback called, in order, and report what it raises."""

    # Called by users

    @property
    def is_closed(self) -> bool:
        return self._is_closed

    @property
    def is_forgotten(self) -> bool:
        """Whether it was used and is not closed, for a client that is garbage-collected."""
        return not self._is_closed and self._driver.is_running

    @property
    def subscriptions(self) -> tuple[S, ...]:
        """Every subscription that has not ended."""
        with self._registry.lock:
            return tuple(self._registry.by_name.values())

    def subscribe(
        self, stream: Stream, id: RequestId, options: FillOptions[Any], *, is_raw: bool = False
    ) -> S:
        """Subscribe to a stream; return the existing subscription, or a new one."""
        check_id(id, self._venue.limits)
        with self._registry.lock:
            subscription = self._registry.by_name.get(stream.name)
            if subscription is not None:
                check_same(subscription, options, is_raw)
            route = None
            if subscription is None:
                queue = self._new_queue(options)
                check_policy(queue.overflow, stream)
                if options.get("fill"):
                    check_fill_policy(queue.overflow, stream)
                route = self._route(stream, queue, options, is_raw)
                self._hold(queue)
                channel = self._channel(route, queue, options)
                subscription = self._new_subscription(route, queue, channel)
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

    def unsubscribe(self, stream: Stream, id: RequestId = None) -> S:
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
            self._stop_callback(subscription)
        return subscription

    def end(self, subscription: S | OrderBookBase[Any] | AccountBase[Any, Any]) -> None:
        """End this subscription; no-op if it has ended, even if another one has followed it."""
        if isinstance(subscription, OrderBookBase):
            self.books.end(subscription)
            return
        if isinstance(subscription, AccountBase):
            self.accounts.end(subscription)
            return
        with self._registry.lock:
            if self._registry.by_name.get(subscription.name) is subscription:
                self._remove(subscription.stream, None)
        self._stop_callback(subscription)

    def _remove(self, stream: Stream, request: Request | None) -> S | None:
        subscription = self._registry.by_name.pop(stream.name, None)
        route = None if subscription is None else subscription._route
        if route is not None or request is not None:
            self._post(lambda now: self._engine.unsubscribe(now, stream.name, route, request))
        return subscription

    def now(self) -> float:
        """Return the time by the clock of the engine: that of a recording, if it is replayed."""
        return self._driver.now()

    def reason_of(
        self, subscription: S | OrderBookBase[Any] | AccountBase[Any, Any]
    ) -> tuple[str, BaseException | None]:
        """Return why a subscription delivers nothing: a text, and the last error or None."""
        if isinstance(subscription, OrderBookBase):
            return self.books.reason_of(subscription), None
        if self._driver.is_paused:
            return PAUSED, None
        is_confirmed = subscription._state.value == "confirmed"
        reason, cause = self._engine.reason_of(
            self._driver.now(), subscription._route, is_confirmed
        )
        timeout = subscription._state.timeout
        if not is_confirmed and cause is None and timeout is not None:
            return f"{reason}; {timeout}", timeout
        return reason, cause

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
        self.books.forked(error)
        for window in self.windows:
            window._state.abandon(error)
        self.accounts.forked(error)
        self.recordings.forked()
        self.queue.abandon(error)
        self._abandon_callbacks()
        self._running.abandon(error)

    def open_feed(self, feed: ClientFeed) -> None:
        """Pass on messages to a new feed, until it is closed or the client."""
        self.feeds.add(feed)
        self.command(feed.open)

    # Commands

    def command(self, do: Callable[[float, Engine], None]) -> None:
        """Have the driver call ``do``, without waiting for it."""
        self._post(lambda now: do(now, self._engine))

    def _remember_property(self, name: str, value: bool) -> None:
        """Set a property of later connections, too."""
        self._post(lambda now: self._engine.session.remember_property(name, value))

    def _stats(self, now: float) -> Stats:
        return client_stats(self, now)

    def _stream_stats(self, route: Route, now: float) -> StreamStats:
        engine = self._engine
        return stream_stats(engine, route, now, engine.clock(now))

    def _post(self, command: Callable[[float], None]) -> None:
        """Have the driver run ``command``; raise the reason if it cannot."""
        if self._failure is not None:
            raise self._failure
        if self._is_closed or not self._driver.post(command):
            raise client_closed()

    def _make_sockets(
        self, is_awaited: Callable[[], bool], needs_keeper: Callable[[], bool]
    ) -> Callable[..., Sockets]:
        """Return what makes the sockets of the driver; see ``Source.make_sockets``."""
        source = self._settings.source
        if source is None:
            return Sockets
        return source.make_sockets(is_awaited, needs_keeper, self._replayed)

    def _hold(self, queue: EventQueue) -> None:
        """Have a queue drop nothing, if reading waits for who takes its events."""
        if self._settings.source is not None:
            self._settings.source.hold(queue)

    def _replayed(self, now: float) -> None:
        """End everything, as the recording has ended."""
        self.end_reason = "the recording has ended"
        self._engine.close(now)
        self._end_all(None)
        self._end_running()

    def _end_running(self) -> None:
        """Let who waits for the end go on."""
        self._running.end()

    def _wake(self) -> None:
        """Wake the driver, because a consumer made room in a queue."""
        self._driver.post(lambda now: None)

    # Parts of a subscription

    def _new_queue(self, options: FillOptions[Any]) -> Q:
        maxsize, overflow = options.get("maxsize"), options.get("overflow")
        queue = self._make_queue(
            self._settings.maxsize if maxsize is None else maxsize,
            self._settings.overflow if overflow is None else overflow,
        )
        queue.on_room = self._wake
        return queue

    def _new_subscription(self, route: Route, queue: Q, channel: Any) -> S:
        backfill = route.stream.type.backfill
        has_candles = backfill is not None and backfill.candle is not None and not route.is_raw
        subscription: S = self._make(
            self._kinds.candles if has_candles else self._kinds.subscription,
            *(route, queue, channel),
            on_timed_out=lambda error: self._notifier.unanswered(route.label, error),
            on_ended=lambda: self._registry.discard(route.name, subscription),
        )
        route.subscriber = subscription._state
        return subscription

    def _make(
        self,
        kind: Callable[..., T],
        route: Route,
        queue: Q,
        channel: Any,
        on_timed_out: Callable[[BaseException], None],
        on_ended: Callable[[], None],
    ) -> T:
        """Make an event source; ``channel`` is that of its callback, or None."""
        return kind(route, queue, self._make_state(queue, on_timed_out, on_ended), self, channel)

    def _route(
        self, stream: Stream, queue: Q, options: FillOptions[Any], is_raw: bool = False
    ) -> Route:
        return Route(
            stream,
            RawDecoder(stream) if is_raw else decoder_of(stream.type, self._settings.numbers),
            queue,
            options.get("max_idle"),
            options.get("on_idle") or "notice",
            self._settings.numbers if options.get("fill") else None,
        )

    def _channel(self, route: Route, queue: Q, options: FillOptions[Any]) -> Any:
        """Return a channel for the subscription's own callback, or None if it has none."""
        on_event = options.get("on_event")
        if on_event is None:
            return None
        route.consumer = "subscription"
        return self._add_callback(queue, on_event, f"on_event of {route.label}")

    # The end

    def _end_all(self, error: BaseException | None) -> None:
        """End every subscription, REST request, and the client's own queue."""
        if self._rest is not None:
            self._rest.close()
        for subscription in self._registry.take_all():
            subscription._state.ended(error)
        self.books.end_all(error)
        for window in list(self.windows):
            window._state.ended(error)
        for feed in list(self.feeds):
            feed.ended(error)
        self.accounts.end_all(error)
        self.recordings.close_all()
        self.queue.close(error)
        self._driver.wake()

    def _stopped(self, failure: BaseException | None) -> None:
        """End everything, because the driver has ended, by ``failure`` or by ``close``."""
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
        self._end_all(error)
