"""Many books of one client, within the request weight of its address."""

from __future__ import annotations

from binance_streams_simulator import Simulator
from tests.support.books import assert_right
from tests.support.clients import Connect
from tests.support.limits import LIMIT

LONG = 2_400 * 3600.0
"""A window of the request weight that does not end during a test."""


def test_many_books_are_synced_within_the_weight(connect: Connect) -> None:
    """Each begins with a snapshot of little weight, and no request is refused."""
    symbols = [f"C{number}USDT" for number in range(100)]
    with Simulator(symbols=symbols, speed=2, book_levels=150, rest_window=LONG) as simulator:
        client = connect(simulator.url)
        books = [client.order_book(symbol, depth=20, verify=False) for symbol in symbols]
        for book in books:
            book.wait(LIMIT)
        assert len(simulator.rest_requests) == 100
        assert simulator.used_weight == 500
        assert simulator.violations == []
        for book in books[::20]:
            assert_right(simulator, book)
        assert client.order_book(symbols[7], depth=20, verify=False) is books[7]
