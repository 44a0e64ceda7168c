"""Keeps one order book in step with the server's: snapshots, updates, gaps, a deeper book.

Times are seconds of one monotonic clock. Whatever happens, the book is called synced only while it
equals the server's at its update id, as far as it is known.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from binance_streams_runtime.catalog.rest import BestLevels, OrderBookRules
from binance_streams_runtime.order_book.book import Book
from binance_streams_runtime.order_book.depth import DepthPlan
from binance_streams_runtime.order_book.local_book import LocalBook
from binance_streams_runtime.order_book.messages import Messages
from binance_streams_runtime.order_book.overlay import Overlay
from binance_streams_runtime.order_book.snapshots import (
    FetchSnapshot,
    Snapshots,
    reason_of,
)
from binance_streams_runtime.order_book.splice import Fit, Splice
from binance_streams_runtime.order_book.verification import Verification
from binance_streams_runtime.protocol.rest import Need, RestFailure

# Seconds after which a snapshot that is ahead of a quiet stream is believed, or after which another
# one is fetched if updates come but don't reach it: their ids may have restarted.
_SETTLE = 3.0

# Updates in a row from before the book, after which their ids must have restarted; and snapshots
# after an interruption.
_MOST_OLD = 10
_MOST_BEHIND = 3

# Seconds without a fault after which the next one is answered at once again.
_CALM = 60.0


class Synchronizer:
    """One order book. Its inputs are methods; what it wants and says goes to what it was given."""

    def __init__(
        self,
        local: LocalBook,
        rules: OrderBookRules,
        depth: int,
        *,
        fetch: FetchSnapshot,
        cancel: Callable[[int], None],
        random: Callable[[], float],
        on_failed: Callable[[RestFailure], None],
        may_deepen: Callable[[], bool] = lambda: True,
    ) -> None:
        """Have no levels yet, and wait for ``confirmed`` or the first update.

        Args:
            local: The book that is kept, without levels yet.
            rules: The market's.
            depth: How many levels of each side are wanted.
            fetch: Begins a request for a snapshot, decoded with texts as numbers.
            cancel: Gives up a request.
            random: Draws from 0 to 1.
            on_failed: Called once if there can be no snapshot: the book has ended.
            may_deepen: Whether the book may ask for more levels now; if not, ``deepen`` is called
                when it is its turn.
        """
        self.local: LocalBook = local
        """The book that is kept."""
        self._verification: Verification | None = None
        self._depth = DepthPlan(rules.snapshot, depth)
        self._random = random
        self._on_failed = on_failed
        self._may_deepen = may_deepen
        self._messages = Messages(rules)
        self._splice = Splice(self._messages.is_linked)
        self._snapshots = Snapshots(fetch, cancel, random, self._asking, self._answered)
        self._is_confirmed = False
        # Whether no update has been applied since the snapshot: the first one may overlap it.
        self._is_fresh = False
        # Whether the snapshot was believed although the stream had not reached it yet.
        self._was_ahead = False
        self._settle_at = math.inf
        self._patience = _SETTLE
        self._check_at = math.inf
        # How many updates or snapshots in a row were older than the book.
        self._old = 0

    # Inputs

    def confirmed(self, now: float) -> None:
        """Note that the server confirmed the stream of updates."""
        self._is_confirmed = True
        local = self.local
        if local.failure is not None or local.is_synced:
            return
        if local.state == "stale":
            # The next update may follow. If none comes soon, a snapshot says whether one should.
            local.reason = "no update has come since the interruption"
            self._settle_at = now + _SETTLE * (1 + self._random())
        else:
            self._ask_first(now)

    def interrupted(self, now: float, reason: str) -> None:
        """Note that updates may be missed from now on: the connection is gone, for example."""
        self._is_confirmed = False
        self._forget()
        self._snapshots.stop()
        local = self.local
        if local.failure is None:
            local.unsync(now, "stale" if local.is_synced else local.state, reason)

    def gap(self, now: float, reason: str) -> None:
        """Note that updates are missing before the next one, or that their ids restart."""
        if self.local.failure is None:
            self._is_confirmed = True
            self._start_over(now, reason)

    def update(self, now: float, event: Any) -> None:
        """Apply an update, or keep it until there is a snapshot."""
        local = self.local
        if local.failure is not None:
            return
        start, last = self._messages.ids(event)
        bids, asks = self._messages.sides(event)
        local.updated_at = now
        book = local.book
        if book is None or local.state == "resyncing":
            self._collect(now, start, last, bids, asks)
            self._complete(now)
        elif last <= book.update_id:
            if self._begins_anew(now, is_certain=self._was_ahead and last < book.update_id):
                self._collect(now, start, last, bids, asks)
        elif not self._messages.follows(start, book.update_id, self._is_fresh):
            self._start_over(now, f"updates {book.update_id + 1} to {start} are missing")
            self._collect(now, start, last, bids, asks)
        else:
            self._old = 0
            self._is_fresh = self._was_ahead = False
            if self._splice.overlay is not None:
                self._splice.add(start, last, bids, asks)
            problem = local.apply(last, bids, asks, self._messages.event_time(event))
            if problem is not None:
                self._fail(now, problem, book)
                return
            if local.state == "stale":
                self._forget()
                self._snapshots.stop()
                local.follow(now)
                self._plan(now)
            if self._verification is not None:
                with local.lock:
                    best = book.best()
                self._judge(now, self._verification.book(last, best))
            if self._splice.snapshot is not None:
                self._complete(now)

    def verify(self, best: BestLevels | None) -> None:
        """Begin to compare the book with a stream of the best levels, or end that by None."""
        self._verification = None if best is None else Verification(best)

    @property
    def compared(self) -> int:
        """How often the book has been compared since ``verify``."""
        return 0 if self._verification is None else self._verification.compared

    def best_levels(self, now: float, event: Any) -> None:
        """Compare the book with what the server says about its best bid and ask."""
        if self._verification is not None and self.local.failure is None:
            self._judge(now, self._verification.message(event))

    def best_levels_interrupted(self) -> None:
        """Note that messages about the best bid and ask may be missing at this place."""
        if self._verification is not None:
            self._verification.interrupted()

    def close(self, now: float) -> None:
        """Ask for nothing any more; the levels can still be read."""
        self.interrupted(now, "the book is closed")

    # Time

    def next_time(self) -> float:
        """Return when ``check`` should be called; infinite for never."""
        return min(self._snapshots.next_time(), self._settle_at, self._check_at)

    def check(self, now: float) -> None:
        """Do what is due."""
        if now >= self._settle_at:
            self._settle(now)
        if now >= self._check_at:
            self.deepen(now)
        self._snapshots.check(now)

    # Updates

    def _begins_anew(self, now: float, is_certain: bool = False) -> bool:
        """Ignore an update that is in the book already; start over if too many in a row are."""
        self._old += 1
        if self._old < _MOST_OLD and not is_certain:
            return False
        self._start_over(now, "the ids of the updates restarted")
        return True

    def _collect(
        self, now: float, start: int, last: int, bids: Sequence[Any], asks: Sequence[Any]
    ) -> None:
        """Keep the changes of an update, to lay them over a snapshot that is still to come."""
        self._is_confirmed = True
        overlay = self._splice.overlay
        if overlay is not None and last <= overlay.last:
            if not self._begins_anew(now):
                return
        elif not self._splice.follows(start):
            self._start_over(now, f"updates are missing before {start + 1}")
        self._old = 0
        self._splice.add(start, last, bids, asks)
        self._ask_first(now)

    def _judge(self, now: float, mismatch: tuple[int, str, str] | None) -> None:
        if mismatch is not None and self.local.state in ("synced", "stale"):
            self.local.mismatched(*mismatch)
            self._start_over(now, "its best levels were not those of the server")

    # Snapshots

    def _ask_first(self, now: float) -> None:
        """Ask for a snapshot, unless one is on its way or there already."""
        if self._snapshots.is_idle and self._splice.snapshot is None:
            self.local.reason = "there is no snapshot yet"
            self._snapshots.ask(now, self._depth.first, Need.BOOK)

    def _asking(self, need: Need) -> None:
        if need is Need.DEPTH and self._splice.overlay is None and self.local.book is not None:
            self._splice.overlay = Overlay(self.local.book.update_id)

    def _answered(self, now: float, limit: int, need: Need, result: object) -> None:
        if isinstance(result, RestFailure):
            self._failed(now, limit, need, result)
            return
        try:
            book = self._messages.book(result, limit)
        except ValueError as error:
            self._failed(now, limit, need, RestFailure(str(error)))
            return
        self._splice.offer(book)
        self._complete(now)

    def _failed(self, now: float, limit: int, need: Need, failure: RestFailure) -> None:
        if failure.is_final and need is Need.DEPTH:
            # What there is remains right.
            self._splice.overlay = None
        elif failure.is_final:
            self._forget()
            self.local.failure = failure
            self.local.reason = reason_of(failure)
            self._on_failed(failure)
        else:
            self._snapshots.failed(now, need, failure.retry_after or 0.0)
            if need is Need.DEPTH:
                self._splice.overlay = None
            else:
                self.local.reason = reason_of(failure)
            self._snapshots.ask(now, limit, need)

    def _complete(self, now: float) -> None:
        """Make a book of the snapshot and the updates, as soon as they fit together."""
        snapshot = self._splice.snapshot
        old = self.local.book if self.local.state == "stale" else None
        match self._splice.fit():
            case Fit.QUIET:
                # After an interruption, only a server that is behind, or has restarted, knows
                # less than the book.
                assert snapshot is not None
                is_behind = old is not None and snapshot.update_id < old.update_id
                if is_behind and self._old < _MOST_BEHIND:
                    self._old += 1
                    self._splice.snapshot = None
                    self._again(now, "the snapshot is older than the book")
                else:
                    self._install(now, snapshot)
            case Fit.OLD:
                self._splice.snapshot = None
                self._again(now, "the snapshot is older than the updates")
            case Fit.AHEAD if self._settle_at == math.inf:
                self._settle_at = now + self._patience
                self.local.reason = self.local.reason and "the snapshot is ahead of the updates"
            case Fit.FITS:
                try:
                    book = self._splice.make()
                except ValueError as error:
                    self._start_over(now, f"a price of an update is not a number: {error}")
                else:
                    self._install(now, book)

    def _again(self, now: float, reason: str) -> None:
        """Fetch another snapshot after a moment, while updates are still collected."""
        if self.local.is_synced:
            self._snapshots.failed(now, Need.DEPTH)
            self.deepen(now)
        else:
            self._snapshots.failed(now, Need.BOOK)
            self.local.reason = reason
            self._snapshots.ask(now, self._depth.first, Need.BOOK)

    def _settle(self, now: float) -> None:
        """Decide what no update has decided in time."""
        self._settle_at = math.inf
        book = self._splice.snapshot
        if book is None:
            # Interrupted, and quiet ever since.
            self._snapshots.ask(now, self._depth.first, Need.BOOK)
        elif self._splice.is_quiet:
            self._splice.overlay = None
            self._install(now, book)
            self._was_ahead = True
        elif self.local.is_synced:
            self._splice.clear()
            self._again(now, "")
        else:
            # Either the stream is far behind, and will reach this snapshot before a later one, or
            # its ids restarted, and the next snapshot has a lower one.
            self._patience *= 2
            self._settle_at = now + self._patience
            self._again(now, "the snapshot is ahead of the updates")

    def _install(self, now: float, book: Book) -> None:
        """Let a book take the place of the one until now."""
        is_fresh = self._splice.overlay is None
        self._forget()
        if book.is_exhausted:
            self._fail(now, "the market moved beyond the levels of the snapshot", book)
            return
        self._is_fresh, self._was_ahead, self._old = is_fresh, False, 0
        self._snapshots.worked()
        if not self.local.is_synced:
            self._snapshots.stop()
        self.local.replace(now, book)
        self._plan(now)

    # States

    def _start_over(self, now: float, reason: str) -> None:
        """Fetch a new snapshot, as the book is wrong or updates are missing."""
        self._forget()
        self._old = 0
        if self._verification is not None:
            self._verification.restart()
        is_interrupted = self.local.state == "stale"
        self.local.unsync(now, "resyncing", reason)
        if now - self.local.synced_at >= _CALM:
            self._snapshots.calm()
        else:
            self._snapshots.restarted(now, is_interrupted)
        if self._is_confirmed:
            self._snapshots.ask(now, self._depth.first, Need.BOOK)
        else:
            self._snapshots.stop()

    def _fail(self, now: float, problem: str, book: Book) -> None:
        """Start over, with more levels than until now if they were too few."""
        with self.local.lock:
            if book.is_exhausted:
                self._depth.exhausted(book)
        self._start_over(now, problem)

    def _forget(self) -> None:
        """Forget what was about to become a book."""
        self._splice.clear()
        self._settle_at = self._check_at = math.inf
        self._patience = _SETTLE

    # Depth

    def _plan(self, now: float) -> None:
        """Make the book deeper at once, or see later whether it has to become so."""
        book = self.local.book
        assert book is not None
        if book.is_whole:
            return
        if self._depth.is_final(book):
            self._check_at = now + self._depth.interval
        else:
            self.deepen(now)

    def deepen(self, now: float) -> None:
        """Ask for more levels if there are too few and the book may, or look again later."""
        self._check_at = math.inf
        book = self.local.book
        if book is None or not self.local.is_synced:
            return
        with self.local.lock:
            limit = self._depth.next(book)
        if limit is None:
            self._check_at = now + self._depth.interval
        elif self._may_deepen():
            self._snapshots.ask(now, limit, Need.DEPTH)
