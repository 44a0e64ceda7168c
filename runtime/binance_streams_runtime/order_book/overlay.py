"""The changes of a book since some update, to be laid over a snapshot that is on its way.

Quantities are absolute, so of each price only the last one counts: however long a snapshot takes,
no more is kept than there are prices. Laid over a snapshot whose id lies between the first and the
last of these changes, they make the book as it is after the last one: what they do not touch has
not changed since the snapshot, and what they touch they set.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

MAX_PRICES = 50_000
"""So many changed prices are kept; a book with more starts over."""


class Overlay:
    """Changes from ``start`` (exclusive) to ``last``, without a gap between them."""

    __slots__ = ("_asks", "_bids", "last", "start")

    def __init__(self, start: int) -> None:
        self.start: int = start
        self.last: int = start
        self._bids: dict[str, Any] = {}
        self._asks: dict[str, Any] = {}

    def add(self, last: int, bids: Sequence[Any], asks: Sequence[Any]) -> None:
        """Add an update whose last id is ``last``."""
        for changes, levels in ((self._bids, bids), (self._asks, asks)):
            for level in levels:
                # Taken out first, so that prices are in the order of their last changes: one price
                # may be written in two ways.
                changes.pop(level.price, None)
                changes[level.price] = level
        self.last = last

    @property
    def is_full(self) -> bool:
        """Whether there are too many changes."""
        return len(self._bids) + len(self._asks) > MAX_PRICES

    @property
    def bids(self) -> list[Any]:
        """The changed bids, each once."""
        return list(self._bids.values())

    @property
    def asks(self) -> list[Any]:
        """The changed asks, each once."""
        return list(self._asks.values())
