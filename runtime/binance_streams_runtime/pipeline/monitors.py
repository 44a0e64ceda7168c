"""All that watches confirmed streams: for silence, for a first event, for fields of no spec."""

from __future__ import annotations

from collections.abc import Callable

from msgspec.structs import replace

from binance_streams_runtime.notices import Notice, Stale
from binance_streams_runtime.pipeline.drift import SchemaMonitor
from binance_streams_runtime.pipeline.idle import FirstEventMonitor, IdleMonitor, no_event_yet
from binance_streams_runtime.pipeline.route import Route


class Monitors:
    """Starts, pauses and stops the monitors of a client's streams together."""

    def __init__(
        self,
        notify: Callable[[Notice], None],
        report: Callable[[Route, Notice], None],
        on_idle: Callable[[Route, str], None],
        first_event_timeout: float | None,
    ) -> None:
        """Watch nothing yet.

        Args:
            notify: Called with a notice that has no place among the events.
            report: Called with a notice that has one.
            on_idle: Called with a stream that was idle for its ``max_idle``, and the reason.
            first_event_timeout: Seconds after which a confirmed stream without any event is
                reported; None for never.
        """
        self._report = report
        self._on_idle = on_idle
        self._first_event_timeout = first_event_timeout
        self._idle = IdleMonitor(self._became_idle)
        self._first_events = FirstEventMonitor(first_event_timeout, self._had_no_event)
        self.schema: SchemaMonitor = SchemaMonitor(notify)

    def start(self, now: float, route: Route) -> None:
        """Watch a stream that the server has confirmed, for the first time or again."""
        # The old connector's routes have no subscriber, and texts instead of typed events.
        if route.subscriber is not None:
            self._idle.start(now, route)
            self.schema.start(now, route)
        # Nothing is wrong with an account that has no activity for days.
        if route.is_used and not route.is_account:
            self._first_events.start(now, route)

    def interrupt(self, now: float, route: Route) -> None:
        """Expect nothing of a stream until it is confirmed again."""
        self._idle.stop(route)
        self._first_events.interrupt(now, route)

    def stop(self, route: Route) -> None:
        """Forget a stream that has ended."""
        self._idle.stop(route)
        self._first_events.stop(route)
        self.schema.stop(route)

    def pause(self) -> None:
        """Suspend all countdowns while reading is paused."""
        self._idle.pause()
        self._first_events.pause()

    def resume(self, now: float) -> None:
        """Restart all countdowns: reading has resumed."""
        self._idle.resume(now)
        self._first_events.resume(now)

    def next_time(self) -> float | None:
        """Return when ``check`` should be called, or None for never."""
        return min((time for time in self.next_times() if time is not None), default=None)

    def next_times(self) -> tuple[float | None, ...]:
        """Return the same of each monitor."""
        return self._idle.next_time(), self._first_events.next_time(), self.schema.next_time()

    def check(self, now: float) -> None:
        """Report each stream whose countdown is over."""
        self._idle.check(now)
        self._first_events.check(now)
        self.schema.check(now)

    def _became_idle(self, route: Route) -> None:
        """Handle a stream without events for longer than its user allows."""
        assert route.max_idle is not None
        notice = Stale(route.label, route.max_idle, route.on_idle)
        if not route.has_events:
            notice = replace(notice, reason=no_event_yet(route))
            self._first_events.report_once(route)
        self._report(route, notice)
        self._on_idle(route, f"{route.label} was idle for {route.max_idle:g} s")

    def _had_no_event(self, route: Route) -> None:
        """Report a stream that the server has confirmed but never sent."""
        assert self._first_event_timeout is not None
        notice = Stale(route.label, self._first_event_timeout, "notice", no_event_yet(route))
        self._report(route, notice)
