"""What tests ask of order books."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from binance_streams import BookChange
from binance_streams_simulator import Simulator
from tests.support.limits import wait_until

Levels = list[tuple[Decimal, Decimal]]


def assert_right(simulator: Simulator, book: Any) -> None:
    """The book is what the server's book was after the same update, as far as it is known."""
    view, horizon = book.top(100_000), book.horizon
    assert view.state == "synced"
    _, true_bids, true_asks = simulator.order_book(book.symbol, view.update_id)
    bids, asks = numbers(view.bids), numbers(view.asks)
    least = Decimal(horizon.bid) if horizon.bid is not None else Decimal(0)
    most = Decimal(horizon.ask) if horizon.ask is not None else Decimal("Infinity")
    assert bids, "no bids are known"
    assert asks, "no asks are known"
    assert within(bids, least, most) == within(numbers(true_bids), least, most)
    assert within(asks, least, most) == within(numbers(true_asks), least, most)


def numbers(levels: Any) -> Levels:
    """Levels as exact numbers, whatever they are."""
    return [(Decimal(str(price)), Decimal(str(quantity))) for price, quantity in levels]


def within(levels: Levels, least: Decimal, most: Decimal) -> Levels:
    return [(price, quantity) for price, quantity in levels if least <= price <= most]


def wait_synced(book: Any) -> None:
    """Wait until the book is synced, and keeps the depth that it should have."""
    wait_until(lambda: book.state == "synced")


def is_deep(book: Any) -> bool:
    """Whether every level of the server's book is known."""
    return book.state == "synced" and book.horizon.bid is None and book.horizon.ask is None


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
