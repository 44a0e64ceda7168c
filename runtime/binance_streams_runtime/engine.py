"""One client without sockets, threads or clocks: its session and its pipeline as one object.

A driver passes in what happened and when, and carries out the actions that the engine returns: open
a connection, send, close. Every input is processed before the call returns: what has arrived is
delivered, and what the session decided is done or left for ``take_actions``. So front ends and
simulations run the same order of work, which is written down here and nowhere else.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial

from binance_streams_runtime.catalog.venue import Venue
from binance_streams_runtime.engine_inputs import UserInputs
from binance_streams_runtime.errors import ConnectionLost, redacted
from binance_streams_runtime.notices import Notice, Undecodable
from binance_streams_runtime.order_book.books import Books
from binance_streams_runtime.pipeline.delivery import Delivery
from binance_streams_runtime.pipeline.draws import Draws
from binance_streams_runtime.pipeline.fetches import Fetch, Fetches
from binance_streams_runtime.pipeline.fill.fills import DEFAULT_FILL_TIMEOUT, Fills
from binance_streams_runtime.pipeline.monitors import Monitors
from binance_streams_runtime.pipeline.route import Route
from binance_streams_runtime.pipeline.route_lifecycle import RouteLifecycle
from binance_streams_runtime.pipeline.router import Router
from binance_streams_runtime.pipeline.sink import Sink
from binance_streams_runtime.pipeline.taps import Taps
from binance_streams_runtime.pipeline.unread import DEFAULT_MAX_UNREAD_BYTES, UnreadMonitor
from binance_streams_runtime.protocol.api_requests import ApiServer, Call, Prepared
from binance_streams_runtime.protocol.rest import RestServer
from binance_streams_runtime.recording.clock import UnixClock
from binance_streams_runtime.recording.recorder import EngineRecorder
from binance_streams_runtime.session.actions import (
    Action,
    Confirm,
    Fail,
    Interrupt,
    Notify,
    SocketAction,
    TimedOut,
)
from binance_streams_runtime.session.api.session import ApiSession
from binance_streams_runtime.session.retry import Retry
from binance_streams_runtime.session.session import Session
from binance_streams_runtime.session.timeouts import Timeouts

MakeRouter = Callable[[str, Callable[[Undecodable], None]], Router]
MakeSession = Callable[..., Session]


class Engine(UserInputs):
    """Everything that one client decides. Times are in seconds, from one monotonic clock."""

    def __init__(
        self,
        venue: Venue,
        url: str,
        timeouts: Timeouts,
        retry: Retry,
        client_sink: Sink,
        notify: Callable[[Notice], None],
        clock: UnixClock,
        *,
        max_message: int,
        max_unread_bytes: int = DEFAULT_MAX_UNREAD_BYTES,
        first_event_timeout: float | None = None,
        urls: Mapping[str, str] | None = None,
        client_consumes: bool = False,
        make_router: MakeRouter = Router,
        make_session: MakeSession = Session,
        fetch: Fetch | None = None,
        cancel: Callable[[int], None] | None = None,
        rest: RestServer | None = None,
        fill_timeout: float = DEFAULT_FILL_TIMEOUT,
        api: ApiServer | None = None,
        seed: int = 0,
    ) -> None:
        """Make an engine that has nothing to do yet.

        Args:
            venue: The server's rules, among them the limits on what is sent.
            url: The URL to connect to, which notices and errors name as well.
            timeouts: The time limits of the session.
            retry: Whether and when to connect again.
            client_sink: Gets the events that no subscription takes.
            notify: Called with each notice, in order.
            clock: Converts times of the monotonic clock to Unix time.
            max_message: Size limit of a message in bytes; a longer one ends its connection.
            max_unread_bytes: Bytes of memory that unread events may occupy.
            first_event_timeout: Seconds after which a confirmed stream without any event is
                reported; None for never.
            urls: The URLs of stream categories that have a path of their own, by category.
            client_consumes: Whether the client takes events from the start, by a callback.
            make_router: Makes the router; the old connector's interface passes its own.
            make_session: Makes the session of the streams; a replay passes its own.
            fetch: Begins a REST request; its result is given to ``fetched``. None if there is no
                REST API.
            cancel: Gives up a REST request.
            rest: Where REST requests go.
            fill_timeout: Seconds without progress after which missing events are given up.
            api: Where accounts are; None if the server has no WebSocket API.
            seed: What the pauses of fills and books are drawn from.
        """
        self._on_notice = notify
        notify = self._notify
        self.clock: UnixClock = clock
        self.draws: Draws = Draws(seed)
        self._client_consumes = client_consumes
        self._now = 0.0
        self._actions: list[SocketAction] = []
        # The earliest deadline, and whether it has been found since one may have come forward.
        self._deadline = math.inf
        self._has_deadline = False
        self.is_paused: bool = False
        """Whether the driver must not read, because a queue with the policy ``block`` is full."""
        self.router: Router = make_router(venue.shutdown_event, notify)
        self.delivery: Delivery = Delivery(
            self.router,
            client_sink,
            client_consumes=client_consumes,
            notify=notify,
            on_overflow=self._overflowed,
            unix_time=clock,
        )
        self._monitors = Monitors(
            notify, self.delivery.report, self._became_idle, first_event_timeout
        )
        self.rest: RestServer | None = rest
        self.fetches: Fetches = Fetches(fetch, cancel, self._deadline_changed)
        self._fills = Fills(
            *(self.fetches, self.delivery, rest, self.draws),
            *(fill_timeout, self._deadline_changed),
        )
        self.unread: UnreadMonitor = UnreadMonitor(
            max_unread_bytes, self.delivery.sinks, notify, self.delivery.discard
        )
        self.session: Session = make_session(
            venue, self.router, url, timeouts, retry, max_message, self._label, urls
        )
        self._api: ApiSession | None = None
        session = self.session
        if api is not None:
            self._make_api_session = partial(
                ApiSession,
                *(api, self.router, timeouts, retry, max_message, self._label),
                *(clock, session.actions, session.numbers),
            )
        self.taps: Taps = Taps(self.router, self.delivery, session)
        self.books: Books = Books(
            *(self.delivery, self.taps, self.fetches, rest, notify, session.resubscribe_stale),
            self._deadline_changed,
        )
        self._with_deadlines = (self.fetches, self._fills, self.books)
        self._routes = RouteLifecycle(
            *(self.router, self.delivery, self._monitors, self.taps, self._fills),
            *(client_sink, self._is_desired),
        )

    # Inputs from sockets

    def opened(self, now: float, connection: int) -> None:
        """Handle an opened connection."""
        self._session_of(connection).opened(now, connection)
        self._work(now)

    def received(self, now: float, connection: int, data: bytes) -> None:
        """Handle bytes received on a connection."""
        if self._api is not None and self._api.carries(connection):
            self.session.received_bytes += len(data)
            self._api.received(now, connection, data)
            self._work(now)
        elif self.session.received(now, connection, data):
            self.advance(now)
        else:
            self._work(now)

    def lost(self, now: float, connection: int, error: ConnectionLost) -> None:
        """Handle the end of a connection, or of an attempt to open it."""
        self._session_of(connection).lost(now, connection, error)
        self._work(now)

    def fetched(self, now: float, number: int, result: object) -> None:
        """Handle the result of a REST request: what was decoded, or a ``RestFailure``."""
        self.fetches.done(now, number, result)
        self._work(now)

    def prepared(self, now: float, call: Call, prepared: Prepared) -> None:
        """Handle a call that was given to ``ApiServer.prepare`` before."""
        self.api_session.prepared(now, call, prepared)
        self._work(now)

    # The end

    def close(self, now: float) -> None:
        """Close every connection, for good."""
        for route in self.router:
            self._monitors.stop(route)
            self._fills.remove(route)
        self.books.close_all(now)
        for feed in self._feeds:
            feed.close(now)
        if self._windows is not None:
            self._windows.close_all(now)
        self.fetches.cancel_all()
        if self._make_api_session is not None:
            self.api_session.close(now)
        self.session.close(now)
        self._work(now)

    # Time

    def next_time(self, now: float) -> float | None:
        """Return when to call ``tick`` next even if nothing has come; None for never.

        This may be too early, as deadlines are found anew only after something that may have
        brought one forward: events postpone them, except for the two that are read each time.
        """
        if not self._has_deadline:
            self._has_deadline, self._deadline = True, self._find_deadline(now)
        due = self._deadline
        if self.delivery.report_at < due:
            due = self.delivery.report_at
        unread = self.unread
        if unread.measure_at < due and unread.measured_bytes != self.session.received_bytes:
            due = unread.measure_at
        return None if due == math.inf else due

    def _find_deadline(self, now: float) -> float:
        """Return the earliest time at which something is due; infinite if nothing is."""
        times = [session.next_time(now) for session in self._sessions()]
        times.append(self._monitors.next_time())
        times += [one.next_time() for one in self._with_deadlines]
        return min((time for time in times if time is not None), default=math.inf)

    def _deadline_changed(self) -> None:
        """Find the earliest deadline anew: one may have come forward while events came."""
        self._has_deadline = False

    def tick(self, now: float, read_until: float | None = None) -> None:
        """Do what is due at ``now``.

        Everything that had arrived by ``read_until`` (None: by ``now``) must have been given to
        ``received``. Only here, and only by that time, is anything judged to be late: a process
        that was stopped, or slow, reads what has come before it calls a connection dead.
        """
        self._now = now
        until = now if read_until is None else read_until
        for session in self._sessions():
            session.tick(now, until)
        if self._recorder is not None:
            self._note_due(self._recorder, now, until)
        # What the sessions have decided comes before what is late.
        self.delivery.flush(now)
        self._monitors.check(until)
        for one in self._with_deadlines:
            one.check(now)
        self._work(now)

    def _note_due(self, recorder: EngineRecorder, now: float, until: float) -> None:
        """Note what is done for no other reason than that it is time."""
        recorder.write(now)
        times = [one.next_time() for one in self._with_deadlines]
        due = [at for at in times if at is not None and -math.inf < at <= now]
        due += [at for at in self._monitors.next_times() if at is not None and at <= until]
        if due:
            recorder.ticked(now, due, until)

    # Outputs

    def take_actions(self) -> Sequence[SocketAction]:
        """Return what the driver must do, in order; each action is returned once."""
        if not self._actions:
            return ()
        actions, self._actions = self._actions, []
        return actions

    # The order of work

    def _work(self, now: float) -> None:
        """Process an input that may have brought a deadline forward."""
        self._has_deadline = False
        self.advance(now)

    def advance(self, now: float) -> None:
        """Deliver what has arrived and perform what was decided, until nothing is left."""
        self._now = now
        session, unread, recorder = self.session, self.unread, self._recorder
        # After most reads, nothing but the first step has anything to do. So whether something is
        # due is looked up here: a call for each would take longer than all that an event needs.
        while True:
            if recorder is not None:
                recorder.write(now)
            self.delivery.flush(now)
            if now >= unread.measure_at or session.received_bytes >= unread.measure_after:
                unread.measure(now, session.received_bytes)
            if not session.actions and not self.router.arrivals.items:
                break
            for action in session.take_actions():
                self._has_deadline = False
                if recorder is not None:
                    recorder.decided(action)
                self._perform(now, action)
        for feed in self._feeds:
            feed.flush(now)
        if self.is_paused or self.delivery.blocking:
            self._pace(now)

    def _pace(self, now: float) -> None:
        """Pause while a queue with the policy ``block`` is full, and suspend all idle timeouts."""
        is_blocked = self.delivery.is_blocked()
        if is_blocked == self.is_paused:
            return
        self.is_paused = is_blocked
        if self._recorder is not None:
            self._recorder.paused(is_blocked)
        if self.session.keeps_time:
            self.suspend(now, is_blocked)

    def suspend(self, now: float, is_suspended: bool) -> None:
        """Suspend all idle timeouts, or restart them."""
        self._has_deadline = False
        for part in (*self._sessions(), self._monitors):
            if is_suspended:
                part.pause()
            else:
                part.resume(now)

    def _notify(self, notice: Notice) -> None:
        if self._recorder is not None:
            self._recorder.notice(notice)
        self._on_notice(notice)

    def _perform(self, now: float, action: Action) -> None:
        match action:
            case Notify(notice):
                self._notify(notice)
            case Confirm(name, is_repeated):
                self._routes.confirmed(now, name, is_repeated)
            case Interrupt(name):
                self._routes.interrupted(now, name)
            case TimedOut(name, error):
                self._routes.timed_out(name, error)
            case Fail(name, error):
                self._routes.failed(name, error)
            case _:
                self._actions.append(action)

    def _overflowed(self, route: Route, error: BaseException) -> None:
        """End a stream whose queue has the policy ``raise`` and was full."""
        self._has_deadline = False
        for derived in (self.books, self._windows):
            if derived is not None and derived.overflowed(route, error):
                return
        if not self.taps.is_tapped(route.name):
            self._session_for(route).unsubscribe(self._now, route.name)
        self._routes.end(route, error)

    def _became_idle(self, route: Route, reason: str) -> None:
        """Do what the user wants about a stream without events for longer than allowed."""
        if route.on_idle == "resubscribe":
            self._session_for(route).resubscribe_stale(self._now, route.name, reason)
        elif route.on_idle == "reconnect":
            self._session_for(route).rotate_stale(self._now, route.name, reason)

    def _session_of(self, connection: int) -> Session | ApiSession:
        """Return the session of a connection."""
        if self._api is not None and self._api.carries(connection):
            return self._api
        return self.session

    def _session_for(self, route: Route) -> Session | ApiSession:
        """Return the session that subscribes to a stream."""
        return self._api if route.is_account and self._api is not None else self.session

    def _sessions(self) -> Iterator[Session | ApiSession]:
        yield self.session
        if self._api is not None:
            yield self._api

    def _is_desired(self, name: str) -> bool:
        return any(session.is_desired(name) for session in self._sessions())

    def _label(self, name: str) -> str:
        route = self.router.get(name)
        return redacted(name) if route is None else route.label
