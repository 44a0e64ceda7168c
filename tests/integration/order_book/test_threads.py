"""Reading a book from threads while the driver applies updates, and what a fork leaves of it."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from binance_streams_simulator import Simulator
from tests.support.books import assert_right, numbers
from tests.support.clients import Connect
from tests.support.limits import LIMIT, wait_until


@pytest.mark.parametrize("reads_of_each", [300])
def test_threads_read_one_moment_each(
    connect: Connect, simulator: Simulator, reads_of_each: int
) -> None:
    """No view is torn: its sides are of one update, sorted, and never cross."""
    book: Any = connect(simulator.url, numbers=str).order_book("BTCUSDT")
    book.wait(LIMIT)
    wrong: list[Any] = []
    views: dict[int, Any] = {}

    def read() -> None:
        last = 0
        for count in range(reads_of_each):
            view = book.top(20)
            bids, asks = numbers(view.bids), numbers(view.asks)
            is_sorted = bids == sorted(bids, reverse=True) and asks == sorted(asks)
            if not is_sorted or bids[0][0] >= asks[0][0] or view.update_id < last:
                wrong.append(view)
            if views.setdefault(view.update_id, view) != view:
                wrong.append((view, views[view.update_id]))
            last = view.update_id
            if count % 50 == 0:
                assert book.cost("buy", "0.5").quantity
                assert book.mid is not None
                assert list(book.bids[:3])

    readers = [threading.Thread(target=read) for _ in range(4)]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join(LIMIT)
    assert wrong == []
    seen = book.last_update_id
    wait_until(lambda: book.last_update_id > seen)
    assert_right(simulator, book)


def test_a_program_that_only_reads_has_a_book_that_goes_on(
    connect: Connect, simulator: Simulator
) -> None:
    """Nobody waits for anything, so the client's own thread applies the updates."""
    book: Any = connect(simulator.url).order_book("BTCUSDT")
    wait_until(lambda: book.best_bid is not None)
    seen = book.last_update_id
    wait_until(lambda: book.last_update_id > seen + 50)
    assert book.age < LIMIT
