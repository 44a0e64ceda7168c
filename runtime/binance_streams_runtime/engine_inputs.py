"""What users ask of an engine."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from binance_streams_runtime.catalog.streams import StreamType
from binance_streams_runtime.notices import Notice
from binance_streams_runtime.order_book.books import Books
from binance_streams_runtime.pipeline.delivery import Delivery
from binance_streams_runtime.pipeline.draws import Draws
from binance_streams_runtime.pipeline.fetches import Fetches
from binance_streams_runtime.pipeline.idle import no_event_yet
from binance_streams_runtime.pipeline.monitors import Monitors
from binance_streams_runtime.pipeline.route import Route
from binance_streams_runtime.pipeline.route_lifecycle import RouteLifecycle
from binance_streams_runtime.pipeline.router import Router
from binance_streams_runtime.pipeline.taps import Taps
from binance_streams_runtime.protocol.api_requests import ApiRequest, SigningKey
from binance_streams_runtime.protocol.requests import Request, RequestId
from binance_streams_runtime.protocol.rest import RestServer
from binance_streams_runtime.recording.clock import UnixClock
from binance_streams_runtime.recording.facts import State
from binance_streams_runtime.recording.recorder import EngineRecorder
from binance_streams_runtime.recording.tap import Tap
from binance_streams_runtime.session.actions import Notify
from binance_streams_runtime.session.api.session import ApiSession
from binance_streams_runtime.session.base_connection import BaseConnection
from binance_streams_runtime.session.counters import SessionCounters
from binance_streams_runtime.session.session import Session

if TYPE_CHECKING:
    from binance_streams_runtime.candles.windows import Windows
    from binance_streams_runtime.pipeline.raw_feed import OnItems, OnState, RawFeed

T = TypeVar("T")


class UserInputs(ABC):
    """The part of an engine that users call, each time with the time."""

    session: Session
    _monitors: Monitors
    _api: ApiSession | None
    _make_api_session: Callable[[], ApiSession] | None = None
    router: Router
    delivery: Delivery
    taps: Taps
    books: Books
    fetches: Fetches
    rest: RestServer | None
    _windows: Windows | None = None
    _with_deadlines: tuple[Any, ...]
    _notify: Callable[[Notice], None]
    _routes: RouteLifecycle
    clock: UnixClock
    draws: Draws
    _client_consumes: bool
    _now: float
    _recorder: EngineRecorder | None = None
    _feeds: tuple[RawFeed, ...] = ()

    @property
    def api_session(self) -> ApiSession:
        """The session of the WebSocket API, which is made when it is needed for the first time."""
        if self._api is None:
            assert self._make_api_session is not None
            self._api = self._make_api_session()
            self._api.recorder = self._recorder
        return self._api

    @property
    def windows(self) -> Windows:
        """The windows of candles; made when they are needed for the first time."""
        if self._windows is None:
            # On demand only, as few clients have windows.
            from binance_streams_runtime.candles.windows import Windows

            self._windows = Windows(
                *(self.delivery, self.taps, self.fetches, self.rest),
                *(self._notify, self._deadline_changed),
            )
            self._with_deadlines = (*self._with_deadlines, self._windows)
        return self._windows

    @abstractmethod
    def _sessions(self) -> Iterator[Session | ApiSession]:
        """Yield the sessions that there are."""

    @abstractmethod
    def _session_for(self, route: Route) -> Session | ApiSession:
        """Return the session that subscribes to a stream."""

    @abstractmethod
    def advance(self, now: float) -> None:
        """Deliver what has arrived, and perform what was decided."""

    @abstractmethod
    def _work(self, now: float) -> None:
        """Process an input that may have brought a deadline forward."""

    @abstractmethod
    def _deadline_changed(self) -> None:
        """Find the earliest deadline anew: one may have come forward while events came."""

    def subscribe(
        self, now: float, name: str, route: Route | None = None, request: Request | None = None
    ) -> None:
        """Subscribe to a stream; ``request`` is its SUBSCRIBE if the user chose an id.

        ``route`` says where its events go; None if it has a route already.
        """
        if route is not None:
            self._routes.add(now, route)
        self.session.subscribe(now, name, request)
        self._work(now)

    def unsubscribe(
        self, now: float, name: str, route: Route | None = None, request: Request | None = None
    ) -> None:
        """Unsubscribe from a stream, and end its route's subscriber, if it has one."""
        if route is not None and self._windows is not None:
            self._windows.unsubscribed(now, route)
        if route is not None and route.is_account:
            self.api_session.unsubscribe(now, name)
        elif not self.taps.is_tapped(name):
            self.session.unsubscribe(now, name, request)
        elif request is not None:
            # The client still needs the stream, so the server is not asked to end it.
            request.settle(None, None)
        if route is not None:
            if self._client_consumes and route.consumer == "client":
                # What waits for the client's callback must no longer reach it.
                self.delivery.attach_consumer(route, with_notices=False)
            self.remove(route)
            if route.subscriber is not None:
                route.subscriber.ended(None)
        self._work(now)

    def subscribe_account(
        self, now: float, route: Route, key: SigningKey, recv_window: float | None = None
    ) -> None:
        """Subscribe to the account of ``key``, whose stream is that of ``route``."""
        self._routes.add(now, route)
        self.api_session.subscribe_account(now, route.name, key, recv_window)
        self._work(now)

    def request(self, now: float, request: ApiRequest) -> None:
        """Send a request to the WebSocket API; open a connection if there is none."""
        self.api_session.request(now, request)
        self._work(now)

    def subscribe_many(
        self, now: float, names: Sequence[str], routes: Sequence[Route], id: RequestId
    ) -> None:
        """Subscribe to several streams by one request, as far as one can hold them.

        Of ``routes`` those are added that the engine does not have yet.
        """
        for route in routes:
            if self.router.get(route.name) is None:
                self._routes.add(now, route)
        self.command(now, lambda session: session.subscribe_many(now, names, id))

    def unsubscribe_many(self, now: float, names: Sequence[str], id: RequestId) -> None:
        """Unsubscribe from several streams by one request, as far as one can hold them."""
        self.command(now, lambda session: session.unsubscribe_many(now, names, id))
        for name in names:
            route = self.router.get(name)
            if route is not None:
                self.remove(route)

    def attach_consumer(self, now: float, route: Route, with_notices: bool) -> None:
        """Give a route's events to its own subscription, with its notices or without."""
        self.delivery.attach_consumer(route, with_notices)
        self.books.attach(route)
        if self._windows is not None:
            self._windows.attach(route)
        self._work(now)

    def attach_client(self, now: float) -> None:
        """Give the client all events that no subscription consumes."""
        self._now = now
        self.delivery.attach_client()
        self._work(now)

    def query(self, now: float, request: Request) -> None:
        """Send a query on the first connection; open one if there is none."""
        self.command(now, lambda session: session.query(now, request))

    def query_all(self, now: float, requests: Iterator[Request]) -> None:
        """Send a query on every connection, each with the next of ``requests``."""
        self.command(now, lambda session: session.query_all(now, requests))

    def command(self, now: float, do: Callable[[Session], T]) -> T:
        """Call ``do`` with the session, process what follows, and return the result."""
        result = do(self.session)
        self._work(now)
        return result

    def open_feed(self, on_items: OnItems, on_state: OnState) -> RawFeed:
        """Return a feed of messages as they were received, which has no streams yet."""
        # On demand only, as few clients have feeds.
        from binance_streams_runtime.pipeline.raw_feed import RawFeed

        feed = RawFeed(self.taps, on_items, on_state)
        self._feeds = (*self._feeds, feed)
        return feed

    def close_feed(self, now: float, feed: RawFeed) -> None:
        """Pass on nothing to a feed any more."""
        feed.close(now)
        self._feeds = tuple(one for one in self._feeds if one is not feed)
        self._work(now)

    # What a client shows

    def connections(self) -> Iterator[BaseConnection]:
        """Yield all connections, including those being replaced."""
        for session in self._sessions():
            yield from session.connections()

    def carriers(self, route: Route) -> int:
        """Return how many connections carry a stream now."""
        return self._session_for(route).carriers(route.name)

    @property
    def reconnects(self) -> int:
        """How many connections were replaced."""
        return sum(session.reconnects for session in self._sessions())

    def counters(self) -> Iterator[SessionCounters]:
        """Yield what is counted of the connections and requests of each protocol."""
        return (session.counters for session in self._sessions())

    @property
    def failure(self) -> BaseException | None:
        """What ended the last stream that ended by an error; None once there is another one."""
        return self._routes.failure

    def drift(self) -> Mapping[StreamType, int]:
        """Return how many fields the spec lacks, by type of stream."""
        return self._monitors.schema.count_fields()

    def reason_of(
        self, now: float, route: Route, is_confirmed: bool
    ) -> tuple[str, BaseException | None]:
        """Return why a stream delivers nothing: a text, and the last error or None.

        This only reads, so any thread may call it.
        """
        if not is_confirmed:
            return self._session_for(route).reason_of(now, route.name)
        if route.last_received is None:
            return no_event_yet(route), None
        return f"the server has sent none for {now - route.last_received:.1f} s", None

    def report(self, now: float, notice: Notice) -> None:
        """Pass on a notice about what is done outside of the engine."""
        self.note(notice)
        self._work(now)

    def note(self, notice: Notice) -> None:
        """Pass on a notice at the end of the call that is under way."""
        self.session.actions.append(Notify(notice))

    # Recordings

    def attach_tap(self, now: float, tap: Tap) -> None:
        """Give a tap all that comes and is decided from now on."""
        recorder = self._recorder
        if recorder is None:
            recorder = EngineRecorder(self.session, self.router, self.clock)
            self._record(recorder)
            self.clock.look(now)
            self.draws.restart()
        recorder.taps = (*recorder.taps, tap)

    def detach_tap(self, now: float, tap: Tap) -> None:
        """Give a tap nothing any more; no-op if it gets nothing."""
        recorder = self._recorder
        if recorder is None:
            return
        recorder.write(now)
        recorder.taps = tuple(one for one in recorder.taps if one is not tap)
        if not recorder.taps:
            self._record(None)

    def _record(self, recorder: EngineRecorder | None) -> None:
        self._recorder = recorder
        self.router.recorder = self.fetches.recorder = recorder
        for session in self._sessions():
            session.record(recorder)
        self.clock.is_kept = recorder is not None

    def recording_state(self) -> State:
        """Return what each part of a recording begins with, so that it can be read by itself."""
        assert self._recorder is not None
        return self._recorder.state()

    def remove(self, route: Route) -> None:
        """Stop delivering and monitoring a stream."""
        self._routes.remove(route)
