"""One order book in the engine: what its streams deliver, and what becomes of it."""

from __future__ import annotations

import math
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any, Protocol

from binance_streams_runtime.catalog.rest import OrderBookRules
from binance_streams_runtime.catalog.streams import Stream
from binance_streams_runtime.errors import RequestError
from binance_streams_runtime.notices import Gap, Notice
from binance_streams_runtime.order_book.changes import converted, snapshot_change
from binance_streams_runtime.order_book.local_book import LocalBook
from binance_streams_runtime.order_book.snapshots import OnSnapshot
from binance_streams_runtime.order_book.synchronizer import Synchronizer
from binance_streams_runtime.order_book.values import BookChange
from binance_streams_runtime.pipeline.route import Route, Subscriber
from binance_streams_runtime.protocol.rest import Need, RestFailure
from binance_streams_runtime.types import Numbers

# Seconds for which the best bid and ask may change without an update of the book. Updates come at
# least every second then, so their stream is stuck.
_MOST_BEHIND = 10.0


class Books(Protocol):
    """What a book needs of all books of its client."""

    @property
    def now(self) -> float: ...

    def fetch(self, feed: BookFeed, limit: int, need: Need, on_done: OnSnapshot) -> int: ...

    def cancel(self, feed: BookFeed, number: int) -> None: ...

    def may_deepen(self, feed: BookFeed) -> bool: ...

    def report(self, feed: BookFeed, notice: Notice) -> None: ...

    def deliver(self, feed: BookFeed, change: BookChange[Any]) -> None: ...

    def advanced(self, feed: BookFeed) -> None: ...

    def is_stuck(self, feed: BookFeed, reason: str) -> None: ...

    def best_confirmed(self, feed: BookFeed) -> None: ...

    def end(self, feed: BookFeed, error: BaseException | None) -> None: ...


class BookFeed:
    """Observes the stream of a book's updates, and passes on what the book says.

    It is made in a user's thread; from the moment it is given to the engine, only the driver calls
    it. What users read of the book is read under its lock.
    """

    def __init__(
        self,
        rules: OrderBookRules,
        updates: Stream,
        best: Stream | None,
        depth: int,
        is_verified: bool | None,
        route: Route,
        numbers: Numbers,
        random: Callable[[], float],
        lock: AbstractContextManager[Any],
    ) -> None:
        """Make a book that waits for its stream.

        Args:
            rules: The market's.
            updates: The stream of updates.
            best: The stream of the best bid and ask; None to compare the book with nothing.
            depth: How many levels of each side are wanted.
            is_verified: Whether the book is always compared with that stream; None for now and
                then, if its turn comes.
            route: Where its changes go, and who is notified of its state.
            numbers: The number type of its changes.
            random: Draws from 0 to 1.
            lock: Held while the levels change.
        """
        self.rules: OrderBookRules = rules
        self.updates: Stream = updates
        self.best: Stream | None = best
        self.depth: int = depth
        self.is_verified: bool | None = is_verified
        self.route: Route = route
        self.has_ended: bool = False
        self.asked: tuple[float, str] | None = None
        """When a snapshot was asked for that has not come yet, and where."""
        self.is_confirmed: bool = False
        """Whether the server has confirmed the stream of updates."""
        self.local: LocalBook = LocalBook(
            updates.label, lambda notice: self._books.report(self, notice), lock
        )
        self.synchronizer: Synchronizer = Synchronizer(
            self.local,
            rules,
            depth,
            fetch=lambda limit, need, on_done: self._books.fetch(self, limit, need, on_done),
            cancel=lambda number: self._books.cancel(self, number),
            random=random,
            on_failed=self._fetch_failed,
            may_deepen=lambda: self._books.may_deepen(self),
        )
        self._numbers = numbers
        self._books: Books
        self._was_synced = False
        self._interruption = "the stream was interrupted"
        self.best_levels: BestFeed | None = None
        """Compares the book while it is verified."""
        # When the best bid and ask first had changed since the last update.
        self.behind_since: float = math.inf

    def open(self, books: Books) -> None:
        """Begin: the streams are subscribed to from now on."""
        self._books = books

    def attach(self) -> None:
        """Deliver changes from now on; the first one has all levels, if there are any."""
        if self.local.on_change is None:
            self.local.on_change = self._changed
            if self.local.book is not None:
                self._changed(snapshot_change(self.local.book))

    @property
    def subscriber(self) -> Subscriber:
        """Who is notified of the state of the book."""
        assert self.route.subscriber is not None
        return self.route.subscriber

    def is_text(self, update: Any) -> bool:
        """Return whether an update has texts as prices."""
        for name in (self.rules.bids, self.rules.asks):
            for level in getattr(update, name):
                return isinstance(level.price, str)
        return True

    # The stream of updates

    def received(self, items: list[Any]) -> None:
        now = self._books.now
        for item in items:
            if self.has_ended:
                return
            if isinstance(item, Gap):
                # Whether the book lacks missing ids it sees itself: its snapshot may have them.
                if item.missing is None:
                    self.synchronizer.gap(now, item.reason)
            elif not isinstance(item, Notice):
                self.behind_since = math.inf
                self.synchronizer.update(now, item)
        self.advanced()

    def missed(self, reason: str) -> None:
        self._interruption = reason
        self.synchronizer.interrupted(self._books.now, reason)
        if self.is_confirmed:
            # Only something at this place was missed; the stream goes on.
            self.synchronizer.confirmed(self._books.now)
        self.advanced()

    def confirmed(self) -> None:
        self.is_confirmed = True
        self.synchronizer.confirmed(self._books.now)
        self.advanced()

    def interrupted(self) -> None:
        self.is_confirmed = False
        self.behind_since = math.inf
        self.synchronizer.interrupted(self._books.now, self._interruption)
        self.advanced()

    def failed(self, error: BaseException) -> None:
        self._books.end(self, error)

    # Time, and the end

    def next_time(self) -> float:
        """Return when ``check`` should be called; infinite for never."""
        return min(self.synchronizer.next_time(), self.behind_since + _MOST_BEHIND)

    def check(self, now: float) -> None:
        """Do what is due."""
        if now >= self.synchronizer.next_time():
            self.synchronizer.check(now)
        if now >= self.behind_since + _MOST_BEHIND:
            self.behind_since = math.inf
            self._books.is_stuck(
                self, f"the best bid and ask changed, but no update came for {_MOST_BEHIND:g} s"
            )
        self.advanced()

    def deepen(self, now: float) -> None:
        """Make the book deeper: it is its turn."""
        self.synchronizer.deepen(now)
        self.advanced()

    def fetched(self, now: float, on_done: OnSnapshot, result: object) -> None:
        """Take the result of a request for a snapshot."""
        self.asked = None
        on_done(now, result)
        self.advanced()

    def close(self, now: float) -> None:
        """Let the book be as it is, for good."""
        self.has_ended = True
        self.is_confirmed = False
        self.synchronizer.close(now)

    def advanced(self) -> None:
        """Notify who waits whether the book is synced, and of when something is due."""
        if self.has_ended:
            return
        is_synced = self.local.is_synced
        if is_synced != self._was_synced:
            self._was_synced = is_synced
            if is_synced:
                self.subscriber.confirmed()
            else:
                self.subscriber.interrupted()
        self._books.advanced(self)

    def _changed(self, change: BookChange[str]) -> None:
        self._books.deliver(self, converted(change, self._numbers))

    def _fetch_failed(self, failure: RestFailure) -> None:
        symbol = self.updates.query(self.rules.query).values()
        reason = f"there is no order book of {', '.join(symbol)}: {failure.reason}"
        self._books.end(self, RequestError(failure.code, reason))


class BestFeed:
    """Observes the stream of the best bid and ask for a while, and has a book compared with it."""

    def __init__(self, feed: BookFeed, books: Books) -> None:
        best = feed.rules.best
        assert best is not None
        self._feed = feed
        self._books = books
        self._price = best.bid_price
        self._update_id = best.update_id
        feed.synchronizer.verify(best)

    def is_text(self, event: Any) -> bool:
        """Return whether an event has texts as prices."""
        return isinstance(getattr(event, self._price), str)

    def received(self, items: list[Any]) -> None:
        feed, now = self._feed, self._books.now
        for item in items:
            if isinstance(item, Notice):
                if isinstance(item, Gap):
                    feed.synchronizer.best_levels_interrupted()
                continue
            book = feed.local.book
            if (
                feed.behind_since == math.inf
                and feed.is_confirmed
                and book is not None
                and getattr(item, self._update_id) > book.update_id
            ):
                feed.behind_since = now
            feed.synchronizer.best_levels(now, item)
        feed.advanced()

    def missed(self, reason: str) -> None:
        self._feed.synchronizer.best_levels_interrupted()

    def confirmed(self) -> None:
        self._books.best_confirmed(self._feed)

    def interrupted(self) -> None:
        self._feed.synchronizer.best_levels_interrupted()

    def failed(self, error: BaseException) -> None:
        """Compare the book with nothing: the stream is only there to verify it."""
        self._feed.synchronizer.verify(None)
        self._feed.best_levels = None
