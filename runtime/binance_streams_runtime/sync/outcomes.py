"""What comes of the session's decisions: in the I/O thread, for the subscriptions of one client."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

from msgspec.structs import replace

from binance_streams_runtime.catalog.venue import Venue
from binance_streams_runtime.client.notifier import Notifier
from binance_streams_runtime.client.options import Settings
from binance_streams_runtime.errors import ConnectionLost, redacted
from binance_streams_runtime.notices import Stale
from binance_streams_runtime.pipeline.delivery import Delivery
from binance_streams_runtime.pipeline.drift import SchemaMonitor
from binance_streams_runtime.pipeline.idle import FirstEventMonitor, IdleMonitor
from binance_streams_runtime.pipeline.queues import EventQueue
from binance_streams_runtime.pipeline.route import Route
from binance_streams_runtime.pipeline.unread import UnreadMonitor
from binance_streams_runtime.protocol.requests import Request
from binance_streams_runtime.session.actions import Confirm, Fail, Interrupt, Notify, TimedOut
from binance_streams_runtime.session.session import Session
from binance_streams_runtime.sync.subscription import Subscription


class SubscriptionRegistry:
    """The subscriptions of a client by name; all threads look into it."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.by_name: dict[str, Subscription[Any]] = {}

    def take_all(self) -> list[Subscription[Any]]:
        """Every subscription, none of which is in here any more."""
        with self.lock:
            taken = list(self.by_name.values())
            self.by_name.clear()
        return taken


class Outcomes:
    """The session of one client and everything that its decisions change. See transport's Hooks."""

    def __init__(
        self,
        venue: Venue,
        settings: Settings,
        registry: SubscriptionRegistry,
        queue: EventQueue,
        notifier: Notifier,
        on_failure: Callable[[ConnectionLost | None], None],
    ) -> None:
        self._registry = registry
        self._queue = queue
        self._notifier = notifier
        self._on_failure = on_failure
        self._last_error: BaseException | None = None
        self._has_callback = settings.on_event is not None
        self._drift = SchemaMonitor(notifier.notify)
        self._idle = IdleMonitor(self._became_idle)
        self._first_events = FirstEventMonitor(settings.first_event_timeout, self._never_spoke)
        self._first_event_timeout = settings.first_event_timeout
        self.router = settings.make_router(venue.shutdown_event, notifier.notify)
        self.delivery = Delivery(
            self.router,
            queue,
            client_takes=settings.on_event is not None,
            notify=notifier.notify,
            on_overflow=self._overflowed,
            unix_time=lambda moment: moment + time.time() - time.monotonic(),
        )
        self.unread = UnreadMonitor(
            settings.max_unread_bytes,
            self.delivery.sinks,
            report=notifier.notify,
            discard=self.delivery.discard,
        )
        self.session = Session(
            venue,
            self.router,
            settings.target.url,
            settings.timeouts,
            settings.retry,
            settings.max_message,
            self._label,
            settings.urls,
        )

    def enter(self, now: float, name: str, route: Route | None, request: Request | None) -> None:
        if route is not None:
            self.delivery.add(route)
        self.session.subscribe(now, name, request)

    def leave(
        self,
        now: float,
        name: str,
        request: Request | None,
        subscription: Subscription[Any] | None,
    ) -> None:
        self.session.unsubscribe(now, name, request)
        if subscription is not None:
            if self._has_callback and subscription._route.consumer == "client":
                # What waits for the client's callback must not reach it any more.
                self.delivery.attach_consumer(subscription._route, with_notices=False)
            self.remove(subscription._route)
            subscription._end(None)

    def remove(self, route: Route) -> None:
        """Deliver and judge nothing more of a stream."""
        self._idle.forget(route)
        self._first_events.remove(route)
        self._drift.forget(route)
        self.delivery.remove(route)

    def perform(self, action: Notify | Confirm | Interrupt | TimedOut | Fail) -> None:
        """Do what the session has decided about notices and streams."""
        match action:
            case Notify(notice):
                self._notifier.notify(notice)
            case Confirm(name):
                subscription = self._current(name)
                if subscription is not None:
                    subscription._confirm()
                    self._idle.listen(time.monotonic(), subscription._route)
                    self._drift.listen(time.monotonic(), subscription._route)
                # Also if nobody holds a subscription, as for the old client's calls.
                route = self.router.get(name)
                if route is not None:
                    self._first_events.listen(time.monotonic(), route)
            case Interrupt(name):
                subscription = self._current(name)
                if subscription is not None:
                    subscription._suspend()
                    self._idle.forget(subscription._route)
                route = self.router.get(name)
                if route is not None:
                    self._first_events.suspend(time.monotonic(), route)
            case TimedOut(name, error):
                subscription = self._current(name)
                if subscription is not None:
                    self._notifier.unanswered(subscription.stream.label, error)
                    subscription._fail_waiting(error)
            case Fail(name, error):
                self._ended(name, error)

    def flush(self, now: float) -> None:
        """Deliver what has arrived."""
        self.delivery.flush(now)
        self._drift.check(now)
        self.unread.check(now, self.session.bytes)

    def judge(self, read_until: float) -> None:
        """Tell which streams have been silent for too long; see transport's Hooks."""
        self._idle.check(read_until)
        self._first_events.check(read_until)

    def reason_of(
        self, now: float, subscription: Subscription[Any]
    ) -> tuple[str, BaseException | None]:
        """Why nothing comes: as a text, and as what went wrong last, or None; in any thread."""
        if subscription.state != "confirmed":
            reason, failure = self.session.reason_of(now, subscription.name)
            if failure is None and subscription._unanswered is not None:
                return f"{reason}; {subscription._unanswered}", subscription._unanswered
            return reason, failure
        route = subscription._route
        if route.last_received is None:
            return _no_event_yet(route), None
        return f"the server has sent none for {now - route.last_received:.1f} s", None

    def next_time(self) -> float | None:
        """When ``flush`` and ``judge`` should be called although nothing may have arrived."""
        if self.router.has_arrivals:
            # Something came of what was done just now, such as the end of a connection.
            return 0.0
        watches = self.delivery, self._idle, self._first_events, self.unread
        times = [watch.next_time() for watch in watches]
        return min((time for time in times if time is not None), default=None)

    def is_blocked(self) -> bool:
        """Whether a queue with the policy ``block`` is full."""
        is_blocked = self.delivery.is_blocked()
        if is_blocked and not self._idle.is_paused:
            self._idle.pause()
            self._first_events.pause()
        elif self._idle.is_paused and not is_blocked:
            self._idle.resume(time.monotonic())
            self._first_events.resume(time.monotonic())
        return is_blocked

    def _ended(self, name: str, error: BaseException) -> None:
        """A stream is over without having been unsubscribed."""
        subscription = self._current(name)
        if subscription is None or self.session.is_desired(name):
            return
        with self._registry.lock:
            if self._registry.by_name.get(name) is subscription:
                del self._registry.by_name[name]
        route = subscription._route
        self.remove(route)
        # Whoever iterates the client must see it, now or later; once for all streams that it ended.
        if route.consumer in ("unclaimed", "client") and error is not self._last_error:
            self._last_error = error
            self._queue.fail(error)
        subscription._end(error)

    def _overflowed(self, route: Route, error: BaseException) -> None:
        """A queue whose policy is ``raise`` was full: its stream is not wanted any more."""
        self.session.unsubscribe(time.monotonic(), route.stream.name)
        self._ended(route.stream.name, error)

    def _became_idle(self, route: Route) -> None:
        """A stream has been silent for longer than its user allows."""
        assert route.max_idle is not None
        now, name = time.monotonic(), route.stream.name
        notice = Stale(route.label, route.max_idle, route.on_idle)
        if not route.has_events:
            notice = replace(notice, reason=_no_event_yet(route))
            self._first_events.report_once(route)
        self.delivery.note(route, notice)
        reason = f"{route.label} was silent for {route.max_idle:g} s"
        if route.on_idle == "resubscribe":
            self.session.resubscribe_stale(now, name, reason)
        elif route.on_idle == "reconnect":
            self.session.rotate_stale(now, name, reason)

    def _never_spoke(self, route: Route) -> None:
        """A confirmed stream has brought no event at all."""
        assert self._first_event_timeout is not None
        reason = _no_event_yet(route)
        notice = Stale(route.label, self._first_event_timeout, "notice", reason)
        self.delivery.note(route, notice)

    def stopped(self, failure: BaseException | None) -> None:
        """The I/O thread is over: nothing that waits will come any more."""
        error = None
        if failure is not None:
            self._notifier.failed(failure)
            error = ConnectionLost(f"the client failed: {failure!r}")
            error.__cause__ = failure
        else:
            self.delivery.report_dropped()
        self._on_failure(error)
        for subscription in self._registry.take_all():
            subscription._end(error)
        self._queue.close(error)

    def _current(self, name: str) -> Subscription[Any] | None:
        """The subscription that an answer about ``name`` is for.

        None where it was unsubscribed meanwhile, even if ``name`` is wanted anew: what is told
        about a stream must not reach its successor.
        """
        # With the lock: the answer may be faster than the thread that is subscribing.
        with self._registry.lock:
            subscription = self._registry.by_name.get(name)
        if subscription is None or subscription._route is not self.router.get(name):
            return None
        return subscription

    def _label(self, name: str) -> str:
        route = self.router.get(name)
        return redacted(name) if route is None else route.label


def _no_event_yet(route: Route) -> str:
    """What may be wrong if a stream that the server has confirmed brings no event at all."""
    start = "none at all since the server confirmed it"
    if route.stream.is_secret:
        return f"{start}: the key may be wrong or have expired, or nothing happens in the account"
    symbol = route.stream.parameters.get("symbol")
    if not isinstance(symbol, str):
        return f"{start}, which confirms every name and may lack this stream"
    return (
        f"{start}, which confirms symbols that do not exist, too; {symbol.upper()} may be "
        "misspelled, be halted, or have nothing to send"
    )
