"""The windows of candles of one client: which streams they observe, and what they fetch.

Pure: it is given the time, and what it decides is done by what it was given.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from binance_streams_runtime.candles.feed import Wanted, WindowFeed
from binance_streams_runtime.candles.values import CandleChange
from binance_streams_runtime.notices import Notice
from binance_streams_runtime.pipeline.delivery import Delivery
from binance_streams_runtime.pipeline.fetches import Fetches
from binance_streams_runtime.pipeline.fill.request import rows_request
from binance_streams_runtime.pipeline.route import Route
from binance_streams_runtime.pipeline.sink import NoSink
from binance_streams_runtime.pipeline.taps import Taps
from binance_streams_runtime.protocol.rest import RestServer

# Seconds in which an answer must come, waiting for request weight included.
_TIMEOUT = 60.0


class Windows:
    """All windows of a client. Only the driver may call it."""

    def __init__(
        self,
        delivery: Delivery,
        taps: Taps,
        fetches: Fetches,
        server: RestServer | None,
        notify: Callable[[Notice], None],
        on_deadline: Callable[[], None],
    ) -> None:
        """Have no windows yet.

        Args:
            delivery: Delivers changes and notices.
            taps: Observes streams.
            fetches: Begins requests for rows.
            server: Where they go; None fails them all.
            notify: Called with each notice.
            on_deadline: Called if ``next_time`` has come forward.
        """
        self._delivery = delivery
        self._taps = taps
        self._fetches = fetches
        self._server = server
        self._notify = notify
        self._on_deadline = on_deadline
        self._now = 0.0
        self._feeds: dict[WindowFeed, None] = {}
        self._due = math.inf

    @property
    def now(self) -> float:
        """The time of what happens."""
        return max(self._now, self._delivery.now)

    # Windows come and go

    def open(self, now: float, feed: WindowFeed, subscribed: Route) -> None:
        """Keep a new window of a subscription; if nobody consumes its events, nobody is to."""
        self._now = now
        feed.subscribed = subscribed
        self._feeds[feed] = None
        self._delivery.derived[feed.route] = "window"
        if subscribed.consumer == "unclaimed":
            subscribed.consumer = "subscription"
            subscribed.sink.replace(lambda _: [])
            subscribed.sink = sink = NoSink()
            sink.maxsize = 1 << 20
        feed.open(self)
        self._taps.add(self.now, feed.stream, feed, feed.is_text)

    def end(self, feed: WindowFeed, error: BaseException | None) -> None:
        """End a window, with an error or without one; no-op if it has ended."""
        if feed not in self._feeds:
            return
        del self._feeds[feed]
        feed.close()
        self._delivery.report_dropped()
        self._delivery.derived.pop(feed.route, None)
        self._taps.remove(self.now, feed.stream.name, feed)
        feed.subscriber.ended(error)

    def close(self, now: float, feed: WindowFeed) -> None:
        """End a window that its user has closed."""
        self._now = now
        self.end(feed, None)

    def unsubscribed(self, now: float, route: Route) -> None:
        """End the window of a subscription that its user has ended, if it has one."""
        self._now = now
        for feed in list(self._feeds):
            if feed.subscribed is route:
                self.end(feed, None)

    def close_all(self, now: float) -> None:
        """End all windows, as the client is closed."""
        self._now = now
        for feed in list(self._feeds):
            self.end(feed, None)

    def attach(self, route: Route) -> None:
        """Deliver the changes of a window from now on, if the route is one's: it has a consumer."""
        feed = self._of(route)
        if feed is not None:
            feed.attach()

    def overflowed(self, route: Route, error: BaseException) -> bool:
        """End the window whose changes were too many for its queue; False if none has the route."""
        feed = self._of(route)
        if feed is not None:
            self.end(feed, error)
        return feed is not None

    def _of(self, route: Route) -> WindowFeed | None:
        return next((feed for feed in self._feeds if feed.route is route), None)

    # Time

    def next_time(self) -> float | None:
        """Return when ``check`` should be called, or None for never."""
        return None if self._due == math.inf else self._due

    def check(self, now: float) -> None:
        """Do what is due."""
        self._now = now
        if now >= self._due:
            for feed in list(self._feeds):
                if now >= feed.next_time() and feed in self._feeds:
                    feed.check(now)
            self._due = min((feed.next_time() for feed in self._feeds), default=math.inf)

    def advanced(self, feed: WindowFeed) -> None:
        """Note that a window may have something due earlier than before."""
        due = feed.next_time()
        if due < self._due:
            self._due = due
            self._on_deadline()

    # What windows ask for, and say

    def fetch(self, feed: WindowFeed, wanted: Wanted, limit: int) -> int:
        """Begin a request for rows, and return its number."""
        backfill = feed.stream.type.backfill
        assert backfill is not None
        bounds = {}
        if wanted.since is not None:
            bounds[backfill.start] = str(wanted.since)
        if wanted.until is not None:
            assert backfill.end is not None
            bounds[backfill.end] = str(wanted.until)
        server = self._server or RestServer("")
        request = rows_request(server, feed.stream, bounds, limit, _TIMEOUT, feed.decode_rows)

        def done(now: float, result: object) -> None:
            self._now = now
            feed.fetched(now, result)

        return self._fetches.start(request, done)

    def cancel(self, number: int) -> None:
        """Give up a request."""
        self._fetches.cancel(number)

    def report(self, feed: WindowFeed, notice: Notice) -> None:
        """Report a notice, in its place among the changes."""
        self._notify(notice)
        self._delivery.enqueue_notice(feed.route, notice)

    def deliver(self, feed: WindowFeed, changes: list[CandleChange[Any]]) -> None:
        """Deliver changes to who consumes them."""
        self._delivery.deliver_derived(feed.route, changes)
