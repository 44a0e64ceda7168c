"""What tests ask of order books."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Protocol

from binance_streams import BookChange

Levels = list[tuple[Decimal, Decimal]]


class Server(Protocol):
    """What knows the true book: a simulator, here or in another process."""

    def order_book(self, symbol: str, update_id: int | None = None) -> Any: ...


def assert_right(server: Server, book: Any) -> None:
    """The book is what the server's book was after the same update, as far as it is known."""
    assert is_right(server, book), f"{book.state}: {book.reason}"


def is_right(server: Server, book: Any) -> bool:
    """Whether the book is called synced; raise AssertionError if it is not right then."""
    horizon = book.horizon
    view = book.top(100_000)
    if view.state != "synced":
        return False
    if book.horizon != horizon:
        # It has become deeper in between.
        return is_right(server, book)
    _, true_bids, true_asks = server.order_book(book.symbol, view.update_id)
    bids, asks = numbers(view.bids), numbers(view.asks)
    least = Decimal(horizon.bid) if horizon.bid is not None else Decimal(0)
    most = Decimal(horizon.ask) if horizon.ask is not None else Decimal("Infinity")
    assert bids, "no bids are known"
    assert asks, "no asks are known"
    assert within(bids, least, most) == within(numbers(true_bids), least, most)
    assert within(asks, least, most) == within(numbers(true_asks), least, most)
    return True


def numbers(levels: Any) -> Levels:
    """Levels as exact numbers, whatever they are."""
    return [(Decimal(str(price)), Decimal(str(quantity))) for price, quantity in levels]


def within(levels: Levels, least: Decimal, most: Decimal) -> Levels:
    return [(price, quantity) for price, quantity in levels if least <= price <= most]


def is_deep(book: Any) -> bool:
    """Whether the book has become deeper than its first snapshot."""
    return bool(book.state == "synced" and min(len(book.bids), len(book.asks)) > 500)


class Replica:
    """A book made of another one's changes alone, as a user would."""

    def __init__(self) -> None:
        self.bids: dict[Decimal, Decimal] = {}
        self.asks: dict[Decimal, Decimal] = {}
        self.update_id: int | None = None

    def apply(self, change: BookChange[Any]) -> None:
        if change.is_snapshot:
            self.bids.clear()
            self.asks.clear()
        for side, levels in ((self.bids, change.bids), (self.asks, change.asks)):
            for price, quantity in numbers(levels):
                if quantity:
                    side[price] = quantity
                else:
                    side.pop(price, None)
        self.update_id = change.update_id

    @property
    def best(self) -> tuple[Decimal, Decimal]:
        return max(self.bids), min(self.asks)
