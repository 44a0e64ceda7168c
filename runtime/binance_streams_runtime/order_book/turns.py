"""When each book is compared with the stream of its best levels: for a while, one after another."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable

from binance_streams_runtime.order_book.feed import BookFeed

# A turn lasts so many seconds from the moment at which the server confirms the stream, and at most
# so many altogether.
_SECONDS = 5.0
_MOST_SECONDS = 15.0

# Seconds between two turns of the same book; and between any two turns, at least.
_EVERY = 60.0
_SHORTEST_PAUSE = 1.0


class Turns:
    """The turns of a client's books. A subscribe and an unsubscribe request are sent for each."""

    def __init__(
        self,
        begin: Callable[[BookFeed], None],
        end: Callable[[BookFeed], None],
        on_deadline: Callable[[], None],
    ) -> None:
        """Have no books yet.

        Args:
            begin: Begins to compare a book.
            end: Ends that.
            on_deadline: Called if ``at`` has come forward.
        """
        self._begin = begin
        self._end = end
        self._on_deadline = on_deadline
        # The next one first.
        self._waiting: deque[BookFeed] = deque()
        self._current: BookFeed | None = None
        self.at: float = math.inf
        """When ``check`` should be called; infinite for never."""

    def add(self, now: float, feed: BookFeed) -> None:
        """Let a book have its turns from now on."""
        self._waiting.append(feed)
        if self.at == math.inf:
            self.at = now + _SECONDS
            self._on_deadline()

    def remove(self, now: float, feed: BookFeed) -> None:
        """Let a book have no more turns; no-op if it has none."""
        if feed is self._current:
            self._finish(now)
        if feed in self._waiting:
            self._waiting.remove(feed)
        if not self._waiting:
            self.at = math.inf

    def confirmed(self, now: float, feed: BookFeed) -> None:
        """Note that the server has confirmed the stream of a book's best levels."""
        if feed is self._current:
            self.at = min(self.at, now + _SECONDS)
            self._on_deadline()

    def check(self, now: float) -> None:
        """End the turn that is over, and begin the next one if it is time."""
        if now < self.at:
            return
        if self._current is not None:
            self._finish(now)
            return
        for _ in range(len(self._waiting)):
            feed = self._waiting[0]
            self._waiting.rotate(-1)
            if feed.local.is_synced:
                self._current, self.at = feed, now + _MOST_SECONDS
                self._begin(feed)
                return
        self.at = now + _SECONDS

    def _finish(self, now: float) -> None:
        feed, self._current = self._current, None
        self.at = now + max(_EVERY / len(self._waiting) - _SECONDS, _SHORTEST_PAUSE)
        assert feed is not None
        self._end(feed)
