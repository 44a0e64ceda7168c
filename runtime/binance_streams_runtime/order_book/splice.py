"""A snapshot and the updates around it, until they fit together and make a book."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from typing import Any

from binance_streams_runtime.order_book.book import Book
from binance_streams_runtime.order_book.overlay import Overlay


class Fit(enum.Enum):
    """How a snapshot and the updates that were collected stand to each other."""

    NOTHING = enum.auto()
    """There is no snapshot yet."""
    QUIET = enum.auto()
    """There are no updates."""
    OLD = enum.auto()
    """The snapshot is older than the first update: some are missing between them."""
    AHEAD = enum.auto()
    """The last update is older than the snapshot."""
    FITS = enum.auto()
    """The updates go on from the snapshot."""


class Splice:
    """At most one snapshot, and the updates since some id without a gap."""

    __slots__ = ("_is_linked", "is_quiet", "overlay", "snapshot")

    def __init__(self, is_linked: bool) -> None:
        """Have neither; ``is_linked`` if each update repeats the last id of the one before."""
        self._is_linked = is_linked
        self.overlay: Overlay | None = None
        self.snapshot: Book | None = None
        self.is_quiet: bool = True
        """Whether no update has been added since the snapshot came."""

    def clear(self) -> None:
        """Forget the snapshot and the updates."""
        self.overlay = self.snapshot = None

    def follows(self, start: int) -> bool:
        """Return whether no update is missing before one whose changes come after ``start``."""
        overlay = self.overlay
        if overlay is None or start == overlay.last:
            return True
        return start < overlay.last and not self._is_linked

    def add(self, start: int, last: int, bids: Sequence[Any], asks: Sequence[Any]) -> None:
        """Add an update that follows."""
        overlay = self.overlay
        if overlay is None or overlay.is_full:
            overlay = self.overlay = Overlay(start)
        overlay.add(last, bids, asks)
        self.is_quiet = False

    def offer(self, snapshot: Book) -> None:
        """Take a snapshot, unless the one until now is nearer to the updates."""
        # Of two that are ahead of the updates, these reach the lower one first.
        if self.snapshot is None or snapshot.update_id < self.snapshot.update_id:
            self.snapshot, self.is_quiet = snapshot, True

    def fit(self) -> Fit:
        """Return how the snapshot and the updates stand to each other."""
        snapshot, overlay = self.snapshot, self.overlay
        if snapshot is None:
            return Fit.NOTHING
        if overlay is None:
            return Fit.QUIET
        if snapshot.update_id < overlay.start:
            return Fit.OLD
        return Fit.AHEAD if snapshot.update_id > overlay.last else Fit.FITS

    def make(self) -> Book:
        """Return the book that fitting ones make; raise ValueError if a price is not a number."""
        overlay = self.overlay
        assert self.snapshot is not None
        assert overlay is not None
        self.snapshot.apply(overlay.last, overlay.bids, overlay.asks)
        return self.snapshot
