"""The order books of one client: which streams they observe, and which may fetch, or be verified.

Pure: the time is passed in, and what it decides is done by what it was given.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

from binance_streams_runtime.decoding.json import concrete, json_decoder
from binance_streams_runtime.notices import BookMismatch, BookResynced, Notice
from binance_streams_runtime.order_book.feed import BestFeed, BookFeed
from binance_streams_runtime.order_book.snapshots import OnSnapshot
from binance_streams_runtime.order_book.turns import Turns
from binance_streams_runtime.order_book.values import BookChange
from binance_streams_runtime.pipeline.delivery import Delivery
from binance_streams_runtime.pipeline.fetches import Fetches
from binance_streams_runtime.pipeline.route import Route
from binance_streams_runtime.pipeline.taps import Taps
from binance_streams_runtime.protocol.rest import Need, RestRequest, RestServer

# Seconds in which an answer must come, waiting for request weight included.
_TIMEOUT = 60.0

# How many books of a client may become deeper at a time: while they wait, they keep all changes.
_MOST_DEEPENING = 2


class Books:
    """All books of a client. Only the driver may call it."""

    def __init__(
        self,
        delivery: Delivery,
        taps: Taps,
        fetches: Fetches,
        server: RestServer | None,
        notify: Callable[[Notice], None],
        resubscribe: Callable[[float, str, str], None],
        on_deadline: Callable[[], None],
    ) -> None:
        """Have no books yet.

        Args:
            delivery: Delivers changes and notices.
            taps: Observes streams.
            fetches: Begins requests for snapshots.
            server: Where they go; None fails them all.
            notify: Called with each notice.
            resubscribe: Subscribes to a stream anew that is stuck, with the reason.
            on_deadline: Called if ``next_time`` has come forward.
        """
        self._delivery = delivery
        self._taps = taps
        self._fetches = fetches
        self._server = server
        self._notify = notify
        self._resubscribe = resubscribe
        self._on_deadline = on_deadline
        self._now = 0.0
        self._feeds: dict[BookFeed, None] = {}
        self.mismatches: int = 0
        """How often a book differed from what the server said."""
        self.resyncs: int = 0
        """How often a book was right again after it had been wrong or old."""
        self._due = math.inf
        # Requests for deeper snapshots, and the books that wait for their turn.
        self._deepening: set[int] = set()
        self._shallow: dict[BookFeed, None] = {}
        self._turns = Turns(self._begin_verifying, self._end_verifying, on_deadline)

    @property
    def now(self) -> float:
        """The time of what happens."""
        return max(self._now, self._delivery.now)

    def __iter__(self) -> Iterator[BookFeed]:
        """Iterate all books that have not ended."""
        return iter(self._feeds)

    # Books come and go

    def open(self, now: float, feed: BookFeed) -> None:
        """Keep a new book."""
        self._now = now
        self._feeds[feed] = None
        self._delivery.derived[feed.route] = "order book"
        feed.open(self)
        self._taps.add(self.now, feed.updates, feed, feed.is_text)
        if feed.best is None:
            return
        if feed.is_verified:
            self._begin_verifying(feed)
        else:
            self._turns.add(self.now, feed)

    def end(self, feed: BookFeed, error: BaseException | None) -> None:
        """End a book, with an error or without one; no-op if it has ended."""
        if feed not in self._feeds:
            return
        del self._feeds[feed]
        self._shallow.pop(feed, None)
        feed.close(self.now)
        self._delivery.report_dropped()
        self._delivery.derived.pop(feed.route, None)
        self._turns.remove(self.now, feed)
        self._end_verifying(feed)
        self._taps.remove(self.now, feed.updates.name, feed)
        feed.subscriber.ended(error)

    def close(self, now: float, feed: BookFeed) -> None:
        """End a book that its user has closed."""
        self._now = now
        self.end(feed, None)

    def close_all(self, now: float) -> None:
        """End all books, as the client is closed."""
        self._now = now
        for feed in list(self._feeds):
            self.end(feed, None)

    def attach(self, route: Route) -> None:
        """Deliver the changes of a book from now on, if the route is one's: it has a consumer."""
        feed = self._of(route)
        if feed is not None:
            feed.attach()

    def overflowed(self, route: Route, error: BaseException) -> bool:
        """End the book whose changes were too many for its queue; False if none has the route."""
        feed = self._of(route)
        if feed is not None:
            self.end(feed, error)
        return feed is not None

    def _of(self, route: Route) -> BookFeed | None:
        if route not in self._delivery.derived:
            return None
        return next((feed for feed in self._feeds if feed.route is route), None)

    # Time

    def next_time(self) -> float | None:
        """Return when ``check`` should be called, or None for never."""
        due = min(self._due, self._turns.at)
        return None if due == math.inf else due

    def check(self, now: float) -> None:
        """Do what is due."""
        self._now = now
        if now >= self._due:
            for feed in list(self._feeds):
                if now >= feed.next_time() and feed in self._feeds:
                    feed.check(now)
            self._due = min((feed.next_time() for feed in self._feeds), default=math.inf)
        self._turns.check(now)

    def advanced(self, feed: BookFeed) -> None:
        """Note that a book may have something due earlier than before."""
        due = feed.next_time()
        if due < self._due:
            self._due = due
            self._on_deadline()

    # What books ask for

    def fetch(self, feed: BookFeed, limit: int, need: Need, on_done: OnSnapshot) -> int:
        """Begin a request for a snapshot of at most so many levels a side; return its number."""
        number = 0

        def done(now: float, result: object) -> None:
            self._now = now
            feed.fetched(now, on_done, result)
            self._deepened(number)

        request = self._request(feed, limit, need)
        feed.asked = self.now, request.url
        number = self._fetches.start(request, done)
        if need is Need.DEPTH:
            self._deepening.add(number)
        return number

    def _request(self, feed: BookFeed, limit: int, need: Need) -> RestRequest:
        rules, server = feed.rules, self._server or RestServer("")
        endpoint = rules.snapshot
        return RestRequest(
            server.url_of(endpoint.path),
            endpoint.path,
            {
                **feed.updates.query(rules.query),
                **rules.constants,
                endpoint.limit: str(limit),
            },
            endpoint.weight(limit),
            need,
            _TIMEOUT,
            json_decoder(concrete(rules.snapshot_struct, str), str).decode,
            server.headers,
            f"{feed.updates.name.partition('@')[0]}@depthSnapshot",
            feed.updates.name,
        )

    def cancel(self, feed: BookFeed, number: int) -> None:
        """Give up a request."""
        feed.asked = None
        self._fetches.cancel(number)
        self._deepened(number)

    def may_deepen(self, feed: BookFeed) -> bool:
        """Return whether a book may ask for more levels now; if not, its turn will come."""
        if len(self._deepening) < _MOST_DEEPENING:
            return True
        self._shallow[feed] = None
        return False

    def _deepened(self, number: int) -> None:
        self._deepening.discard(number)
        while self._shallow and len(self._deepening) < _MOST_DEEPENING:
            feed = next(iter(self._shallow))
            del self._shallow[feed]
            feed.deepen(self.now)

    # What books say

    def report(self, feed: BookFeed, notice: Notice) -> None:
        """Report a notice, in its place among the changes."""
        self.mismatches += isinstance(notice, BookMismatch)
        self.resyncs += isinstance(notice, BookResynced)
        self._notify(notice)
        self._delivery.enqueue_notice(feed.route, notice)

    def deliver(self, feed: BookFeed, change: BookChange[Any]) -> None:
        """Deliver a change to who consumes them."""
        self._delivery.deliver_derived(feed.route, [change])

    def is_stuck(self, feed: BookFeed, reason: str) -> None:
        """Subscribe anew to the updates of a book, as they do not come although there are some."""
        self._resubscribe(self.now, feed.updates.name, reason)

    # Verification

    def best_confirmed(self, feed: BookFeed) -> None:
        """Note that the server has confirmed the stream that a book is compared with."""
        self._turns.confirmed(self.now, feed)

    def _begin_verifying(self, feed: BookFeed) -> None:
        assert feed.best is not None
        feed.best_levels = observer = BestFeed(feed, self)
        self._taps.add(self.now, feed.best, observer, observer.is_text)

    def _end_verifying(self, feed: BookFeed) -> None:
        observer, feed.best_levels = feed.best_levels, None
        if observer is not None and feed.best is not None:
            feed.behind_since = math.inf
            feed.synchronizer.verify(None)
            self._taps.remove(self.now, feed.best.name, observer)
