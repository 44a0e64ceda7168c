"""An order book whose changes have ids, and cursors that collect its changes."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable
from dataclasses import dataclass

Level = tuple[int, int]
"""A price and the quantity there."""


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
        """Set many levels at once, which is much faster than one by one."""
        self._quantities.update(levels)
        self._keys = sorted(self._sign * price for price in self._quantities)

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


class Cursor:
    """Collects the changes of a book from the moment it is opened."""

    def __init__(self, book: Book) -> None:
        self._book = book
        self._last_id = book.update_id
        self._bids: dict[int, int] = {}
        self._asks: dict[int, int] = {}

    def record(self, is_bid: bool, price: int, quantity: int) -> None:
        """Record the change of a level."""
        (self._bids if is_bid else self._asks)[price] = quantity

    def take(self) -> Changes | None:
        """Return the changes since the last call, or None if there are none."""
        if self._book.update_id == self._last_id:
            return None
        changes = Changes(
            self._last_id + 1,
            self._book.update_id,
            sorted(self._bids.items(), reverse=True),
            sorted(self._asks.items()),
        )
        self._last_id = self._book.update_id
        self._bids = {}
        self._asks = {}
        return changes

    def close(self) -> None:
        """Stop collecting."""
        self._book.cursors.remove(self)


class Book:
    """Both sides, the id of the last change, and the cursors."""

    def __init__(self, update_id: int) -> None:
        self.bids = Side(is_bid=True)
        self.asks = Side(is_bid=False)
        self.update_id = update_id
        self.cursors: list[Cursor] = []

    def change(self, side: Side, price: int, quantity: int) -> None:
        """Set the quantity at a price, and record the change."""
        side.set(price, quantity)
        self.update_id += 1
        for cursor in self.cursors:
            cursor.record(side.is_bid, price, quantity)

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
