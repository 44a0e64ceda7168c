"""Reads updates and snapshots by the rules of a market, with texts as numbers."""

from __future__ import annotations

from collections.abc import Sequence
from operator import attrgetter
from typing import Any

from binance_streams_runtime.catalog.rest import OrderBookRules
from binance_streams_runtime.catalog.streams import Range
from binance_streams_runtime.order_book.book import Book
from binance_streams_runtime.types import PriceLevel


class Messages:
    """What the updates and snapshots of one market say."""

    def __init__(self, rules: OrderBookRules) -> None:
        sequence = rules.updates.sequence
        assert isinstance(sequence, Range)
        self._ids = attrgetter(sequence.previous or sequence.first, sequence.last)
        self._sides = attrgetter(rules.bids, rules.asks)
        self._event_time = None if rules.event_time is None else attrgetter(rules.event_time)
        self._snapshot_id = attrgetter(rules.snapshot_id)
        self._limits = [most for most, _ in rules.snapshot.weights]
        self._was_empty = False
        self._before = 0 if sequence.previous is not None else 1
        self.is_linked: bool = sequence.previous is not None
        """Whether each update repeats the last id of the one before."""

    def ids(self, update: Any) -> tuple[int, int]:
        """Return the id after which the changes of an update come, and its last id."""
        start, last = self._ids(update)
        return start - self._before, last

    def follows(self, start: int, update_id: int, is_first: bool) -> bool:
        """Return whether an update, whose changes come after ``start``, misses none.

        If each update repeats the last id of the one before, it must be that of the book, except
        for the first update after a snapshot, which may have been taken in between.
        """
        if is_first or not self.is_linked:
            return start <= update_id
        return start == update_id

    def sides(self, message: Any) -> tuple[Sequence[Any], Sequence[Any]]:
        """Return the bids and asks of an update or of a snapshot."""
        bids, asks = sides = self._sides(message)
        first = bids or asks
        # Nothing else is called for each update of those whose numbers are texts already.
        if not first or first[0].price.__class__ is str:
            return sides
        return _texts(bids), _texts(asks)

    def event_time(self, update: Any) -> int | None:
        """Return the server's time of an update; None if the market has none."""
        if self._event_time is None:
            return None
        time: int = self._event_time(update)
        return time

    def book(self, snapshot: Any, limit: int) -> Book:
        """Make a book of a snapshot of at most ``limit`` levels a side.

        Raises ValueError if a price is not a number, or if there are no levels at all: a market
        without orders is rare, and believed if the next snapshot has none, either.
        """
        bids, asks = self.sides(snapshot)
        was_empty, self._was_empty = self._was_empty, not bids and not asks
        if self._was_empty and not was_empty:
            raise ValueError("it has no levels")
        try:
            return Book(self._snapshot_id(snapshot), bids, asks, limit, self._limits)
        except ValueError as error:
            raise ValueError(f"a price is not a number: {error}") from None


def _texts(levels: Sequence[Any]) -> Sequence[Any]:
    """Return levels with texts instead of Decimals."""
    return [PriceLevel(f"{level.price:f}", f"{level.quantity:f}") for level in levels]
