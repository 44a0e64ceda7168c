"""An order book whose changes have ids, and cursors that collect its changes."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import takewhile
from typing import NamedTuple

Level = tuple[int, int]
"""A price and the quantity there."""
_REMEMBERED_CHANGES = 10_000


class Side:
    """The bids or the asks, best first."""

    def __init__(self, is_bid: bool) -> None:
        self.is_bid = is_bid
        # Bids are sorted by their negated price, so that the best is always the first.
        self._sign = -1 if is_bid else 1
        self._keys: list[int] = []
        self._quantities: dict[int, int] = {}

    def __len__(self) -> int:
        return len(self._keys)

    @property
    def best(self) -> int:
        """The best price."""
        return self._sign * self._keys[0]

    @property
    def worst(self) -> int:
        """The worst price."""
        return self._sign * self._keys[-1]

    def quantity(self, price: int) -> int:
        """Return the quantity at a price, 0 if there is no level."""
        return self._quantities.get(price, 0)

    def price_at(self, index: int) -> int:
        """Return the price of a level, counted from the best."""
        return self._sign * self._keys[index]

    def top(self, count: int) -> list[Level]:
        """Return the best ``count`` levels."""
        prices = [self._sign * key for key in self._keys[:count]]
        return [(price, self._quantities[price]) for price in prices]

    def fill(self, levels: Iterable[Level]) -> None:
        """Replace all levels at once, which is much faster than one by one."""
        self._quantities = dict(levels)
        self._keys = sorted(self._sign * price for price in self._quantities)

    def copy(self) -> Side:
        """Return a copy, which changes on its own."""
        other = Side(self.is_bid)
        other._keys = self._keys.copy()
        other._quantities = self._quantities.copy()
        return other

    def set(self, price: int, quantity: int) -> None:
        """Set the quantity at a price; zero removes the level."""
        key = self._sign * price
        if quantity:
            if price not in self._quantities:
                insort(self._keys, key)
            self._quantities[price] = quantity
        elif self._quantities.pop(price, None) is not None:
            del self._keys[bisect_left(self._keys, key)]


@dataclass(frozen=True, slots=True)
class Changes:
    """The changes of a book between two update ids, inclusive."""

    first_id: int
    last_id: int
    bids: list[Level]
    asks: list[Level]
    previous_id: int
    """The last id before them."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The best levels of both sides, all of the same moment."""

    last_id: int
    bids: list[Level]
    asks: list[Level]


class _Undo(NamedTuple):
    """What one change replaced."""

    id: int
    """Of the change."""
    previous_id: int
    time: int
    is_bid: bool
    price: int
    quantity: int


class Cursor:
    """Collects the changes of a book from the moment it is opened."""

    def __init__(self, book: Book) -> None:
        self._book = book
        self._ids: tuple[int, int] | None = None
        """Of the first change, and of the one before it."""
        self._bids: dict[int, int] = {}
        self._asks: dict[int, int] = {}

    def record(self, id: int, previous_id: int, is_bid: bool, price: int, quantity: int) -> None:
        """Record the change of a level."""
        if self._ids is None:
            self._ids = id, previous_id
        (self._bids if is_bid else self._asks)[price] = quantity

    def take(self) -> Changes | None:
        """Return the changes since the last call, or None if there are none."""
        if self._ids is None:
            return None
        first_id, previous_id = self._ids
        changes = Changes(
            first_id,
            self._book.update_id,
            sorted(self._bids.items(), reverse=True),
            sorted(self._asks.items()),
            previous_id,
        )
        self.clear()
        return changes

    def clear(self) -> None:
        """Forget what was collected."""
        self._ids = None
        self._bids = {}
        self._asks = {}

    def close(self) -> None:
        """Stop collecting."""
        self._book.cursors.remove(self)


class Book:
    """Both sides, the id of the last change, and the cursors."""

    def __init__(self, update_id: int) -> None:
        self.bids = Side(is_bid=True)
        self.asks = Side(is_bid=False)
        self.update_id = update_id
        self.time = 0
        """When what changes now changes, in microseconds."""
        self.cursors: list[Cursor] = []
        self._left_out = 0
        self._undo: deque[_Undo] = deque(maxlen=_REMEMBERED_CHANGES)

    def leave_out(self, count: int) -> None:
        """Leave out so many ids before the next change."""
        self._left_out = count

    def change(self, side: Side, price: int, quantity: int) -> None:
        """Set the quantity at a price, and record the change."""
        previous_id = self.update_id
        self.update_id += 1 + self._left_out
        self._left_out = 0
        self._undo.append(
            _Undo(self.update_id, previous_id, self.time, side.is_bid, price, side.quantity(price))
        )
        side.set(price, quantity)
        for cursor in self.cursors:
            cursor.record(self.update_id, previous_id, side.is_bid, price, quantity)

    def restart(self, bids: Iterable[Level], asks: Iterable[Level]) -> None:
        """Restart with these levels, and with ids from 1."""
        self.bids.fill(bids)
        self.asks.fill(asks)
        self.update_id = 0
        self.forget_changes()
        for cursor in self.cursors:
            cursor.clear()

    def forget_changes(self) -> None:
        """Let no snapshot be older than now."""
        self._undo.clear()

    def snapshot(self, count: int, until: int | None = None) -> Snapshot:
        """Return the best ``count`` levels a side, as they were at the time ``until``.

        Not all changes are remembered: it may be later than that.
        """
        return self._undone(count, lambda undo: until is not None and undo.time > until)

    def snapshot_at(self, update_id: int, count: int) -> Snapshot:
        """Return the best levels as they were after an update.

        Raises ValueError if it is not remembered, or is yet to come.
        """
        oldest = self._undo[0].previous_id if self._undo else self.update_id
        if not oldest <= update_id <= self.update_id:
            raise ValueError(f"known are updates {oldest} to {self.update_id}, not {update_id}")
        return self._undone(count, lambda undo: undo.id > update_id)

    def _undone(self, count: int, is_later: Callable[[_Undo], bool]) -> Snapshot:
        later = list(takewhile(is_later, reversed(self._undo)))
        if not later:
            return Snapshot(self.update_id, self.bids.top(count), self.asks.top(count))
        bids, asks = self.bids.copy(), self.asks.copy()
        for undo in later:
            (bids if undo.is_bid else asks).set(undo.price, undo.quantity)
        return Snapshot(later[-1].previous_id, bids.top(count), asks.top(count))

    def watch(self) -> Cursor:
        """Open a cursor."""
        cursor = Cursor(self)
        self.cursors.append(cursor)
        return cursor

    @property
    def best(self) -> tuple[int, int, int, int]:
        """Best bid price and quantity, best ask price and quantity."""
        bid, ask = self.bids.best, self.asks.best
        return bid, self.bids.quantity(bid), ask, self.asks.quantity(ask)
