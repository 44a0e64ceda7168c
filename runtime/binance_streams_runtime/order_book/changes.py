"""Makes and converts changes of a book."""

from __future__ import annotations

from typing import Any

from binance_streams_runtime.order_book.book import Book
from binance_streams_runtime.order_book.values import BookChange
from binance_streams_runtime.types import Numbers, PriceLevel


def snapshot_change(book: Book) -> BookChange[str]:
    """Return a change with all levels of a book."""
    bids, asks = (tuple(side.top(len(side))) for side in (book.bids, book.asks))
    return BookChange(book.update_id, bids, asks, True, True, book.event_time)


def converted(change: BookChange[str], numbers: Numbers) -> BookChange[Any]:
    """Return a change in the client's number type."""
    if numbers is str:
        return change
    number: Any = numbers
    bids, asks = (
        tuple([PriceLevel(number(level.price), number(level.quantity)) for level in levels])
        for levels in (change.bids, change.asks)
    )
    return BookChange(
        change.update_id, bids, asks, change.best_changed, change.is_snapshot, change.event_time
    )
