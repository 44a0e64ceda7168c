"""An order book as its readers see it: the levels, and what can be said of them."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from binance_streams_runtime.notices import BookMismatch, BookResynced, Notice
from binance_streams_runtime.order_book.book import Book, difference
from binance_streams_runtime.order_book.changes import snapshot_change
from binance_streams_runtime.order_book.values import BookChange, BookState
from binance_streams_runtime.protocol.rest import RestFailure


class LocalBook:
    """The levels and the state, which change together while the lock is held."""

    def __init__(
        self,
        stream: str,
        notify: Callable[[Notice], None],
        lock: AbstractContextManager[Any] | None = None,
    ) -> None:
        """Have no levels yet.

        Args:
            stream: The name of the stream of updates, for notices.
            notify: Called with each notice.
            lock: Held while the levels or the state change; None if one thread does everything.
        """
        self._stream = stream
        self._notify = notify
        self.lock: AbstractContextManager[Any] = nullcontext() if lock is None else lock
        """Held while the levels or the state change: hold it to read more than one thing."""
        self.state: BookState = "waiting"
        """What can be said of the levels."""
        self.reason: str = "the stream is not confirmed yet"
        """Why the book is not synced; empty if it is."""
        self.book: Book | None = None
        """The levels; None before the first snapshot."""
        self.updated_at: float | None = None
        """When the last update arrived."""
        self.failure: RestFailure | None = None
        """Why the book has ended."""
        self.on_change: Callable[[BookChange[str]], None] | None = None
        """Called after each change of the levels, if anybody wants to know."""
        self.synced_at: float = -math.inf
        """When the book last became synced."""
        # When and why it ceased to be synced; None while it is.
        self._unsynced: tuple[float, str] | None = None

    @property
    def is_synced(self) -> bool:
        """Whether the book equals the server's at its update id, as far as it is known."""
        return self.state == "synced"

    def apply(
        self, last: int, bids: Sequence[Any], asks: Sequence[Any], event_time: int | None
    ) -> str | None:
        """Apply an update that follows; return why the book must start over, or None.

        In that case nobody has seen the new levels as those of a synced book.
        """
        book, on_change = self.book, self.on_change
        assert book is not None
        with self.lock:
            before = None if on_change is None else book.best()
            try:
                book.apply(last, bids, asks)
            except ValueError as error:
                problem: str | None = f"a price of update {last} is not a number: {error}"
            else:
                problem = book.problem()
            book.event_time = event_time
            if problem is not None and self.state == "synced":
                self.state = "resyncing"
            is_best = on_change is not None and book.best() != before
        if on_change is not None and problem is None:
            on_change(BookChange(last, tuple(bids), tuple(asks), is_best, False, event_time))
        return problem

    def follow(self, now: float) -> None:
        """Be synced again without a new snapshot, as no update was missed."""
        with self.lock:
            self.state, self.reason = "synced", ""
        self.synced_at = now
        self._unsynced = None

    def unsync(self, now: float, state: BookState, reason: str) -> None:
        """Be synced no more, or for another reason than until now."""
        if self._unsynced is None:
            self._unsynced = now, reason
        with self.lock:
            self.state = state if self.book is not None else "waiting"
            self.reason = reason

    def replace(self, now: float, book: Book) -> None:
        """Let a book that is right take the place of the one until now."""
        old, state, unsynced = self.book, self.state, self._unsynced
        differs = None
        book.may_cross = book.is_crossed
        with self.lock:
            if old is not None and state == "synced" and old.update_id == book.update_id:
                differs = difference(old, book)
                book.event_time = old.event_time
            self.book, self.state, self.reason = book, "synced", ""
        if state != "synced":
            self.synced_at = now
            self._unsynced = None
            if old is not None and unsynced is not None:
                since, reason = unsynced
                self._notify(BookResynced(self._stream, book.update_id, now - since, reason))
        if differs is not None:
            self.mismatched(book.update_id, *differs)
        if self.on_change is not None:
            with self.lock:
                change = snapshot_change(book)
            self.on_change(change)

    def mismatched(self, update_id: int, book: str, server: str) -> None:
        """Report that the book differed from what the server says."""
        self._notify(BookMismatch(self._stream, update_id, book, server))
