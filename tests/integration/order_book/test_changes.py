"""What a book says about its changes: by iteration, by callbacks, and to nobody."""

from __future__ import annotations

from typing import Any

import pytest

from binance_streams import BookChange, BookResynced, Dropped, ParameterError, RequestTimeout
from binance_streams_simulator import Simulator
from tests.support.books import Replica, numbers
from tests.support.clients import Connect
from tests.support.limits import LIMIT, MS, failure, wait_until


def test_the_changes_make_the_book(connect: Connect, simulator: Simulator) -> None:
    """Whoever begins late gets all levels first; the rest are changes, and deeper snapshots."""
    client = connect(simulator.url)
    book = client.order_book("BTCUSDT")
    book.wait(LIMIT)
    replica = Replica()
    seen: list[BookChange[Any]] = []
    for change in book:
        seen.append(change)
        replica.apply(change)
        view = book.top(5)
        # The book may be ahead of what was iterated.
        if view.update_id == change.update_id:
            assert replica.best == (view.bids[0].price, view.asks[0].price)
        if len(seen) > 40:
            break
    assert seen[0].is_snapshot
    assert seen[0].best_changed
    assert not all(change.is_snapshot for change in seen)
    assert [change.update_id for change in seen] == sorted(change.update_id for change in seen)
    _, bids, asks = simulator.order_book("BTCUSDT", seen[-1].update_id)
    assert replica.best == (numbers(bids)[0][0], numbers(asks)[0][0])
    assert dict(numbers(bids)[:50]).items() <= replica.bids.items()


def test_changes_are_taken_one_by_one_or_in_batches(connect: Connect, simulator: Simulator) -> None:
    book = connect(simulator.url).order_book("BTCUSDT", depth=10)
    first = book.get(LIMIT)
    assert first.is_snapshot
    batches = book.batches(max_items=5, max_wait=0.1)
    changes = [*next(batches), *next(batches)]
    assert [change.update_id for change in changes] == sorted(c.update_id for c in changes)
    assert changes[0].update_id > first.update_id
    with pytest.raises(ParameterError, match="max_items"):
        book.batches(max_items=0)


def test_a_callback_gets_every_change(connect: Connect, simulator: Simulator) -> None:
    changes: list[BookChange[Any]] = []
    book = connect(simulator.url).order_book("BTCUSDT", depth=10, on_event=changes.append)
    wait_until(lambda: len(changes) > 10)
    assert changes[0].is_snapshot
    with pytest.raises(ParameterError, match="an order book without on_event"):
        book.get(LIMIT)
    book.close()
    count = len(changes)
    connect(simulator.url).list_subscriptions()
    assert len(changes) <= count + 1


def test_a_book_that_nobody_iterates_keeps_no_changes(
    connect: Connect, simulator: Simulator
) -> None:
    book: Any = connect(simulator.url).order_book("BTCUSDT")
    book.wait(LIMIT)
    seen = book.last_update_id
    wait_until(lambda: book.last_update_id > seen + 100)
    assert len(book._queue) == 0
    assert book.get(LIMIT).is_snapshot


def test_a_slow_reader_may_want_the_latest_change_only(
    connect: Connect, simulator: Simulator
) -> None:
    """Unlike the events that a book is made of, its changes may be left out: it can be read."""
    book: Any = connect(simulator.url).order_book("BTCUSDT", overflow="latest")
    book.wait(LIMIT)
    book.get(LIMIT)
    seen = book.last_update_id
    wait_until(lambda: book.last_update_id > seen + 100)
    assert len(book._queue) <= 1
    assert book.get(LIMIT).update_id > seen


def test_dropped_changes_are_reported(connect: Connect, simulator: Simulator) -> None:
    client = connect(simulator.url)
    book: Any = client.order_book("BTCUSDT", maxsize=2)
    items = book.with_notices()
    next(items)
    wait_until(lambda: len(book._queue) >= 2)
    seen = book.last_update_id
    wait_until(lambda: book.last_update_id > seen + 100)
    for item in items:
        if isinstance(item, Dropped):
            assert item.stream == "btcusdt@depth@100ms"
            break
    assert client.stats().streams["order book of btcusdt@depth@100ms"].dropped > 0


def test_a_resync_has_its_place_among_the_changes(connect: Connect, simulator: Simulator) -> None:
    book: Any = connect(simulator.url).order_book("BTCUSDT", depth=100)
    items = book.with_notices()
    assert next(items).is_snapshot
    before = next(items)
    simulator.skip_events("btcusdt@depth@100ms", 2)
    for item in items:
        if isinstance(item, BookResynced):
            notice = item
            break
        before = item
    after = next(items)
    assert isinstance(after, BookChange)
    assert after.is_snapshot
    assert before.update_id < after.update_id == notice.update_id
    assert notice.stream == "btcusdt@depth@100ms"
    assert "missing" in notice.reason


def test_a_wait_for_a_change_runs_out(connect: Connect, simulator: Simulator) -> None:
    book = connect(simulator.url).order_book("BTCUSDT", depth=100)
    book.wait(LIMIT)
    book.get(LIMIT)
    simulator.mute()

    def take() -> None:
        while True:
            book.get(100 * MS)

    error = failure(take)
    assert isinstance(error, RequestTimeout)
    assert "no update has come for" in str(error)
