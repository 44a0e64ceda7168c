"""The order book and the cursors that watch it."""

from __future__ import annotations

from binance_streams_simulator.amounts import formatted, percent
from binance_streams_simulator.book import Book, Changes


def filled() -> Book:
    book = Book(update_id=10)
    for price, quantity in ((99, 1), (97, 2), (98, 3)):
        book.bids.set(price, quantity)
    for price, quantity in ((103, 4), (101, 5)):
        book.asks.set(price, quantity)
    return book


def test_sides_are_sorted_best_first() -> None:
    book = filled()
    assert book.bids.top(5) == [(99, 1), (98, 3), (97, 2)]
    assert book.asks.top(5) == [(101, 5), (103, 4)]
    assert book.best == (99, 1, 101, 5)


def test_zero_removes_a_level_and_removing_twice_is_harmless() -> None:
    book = filled()
    book.change(book.bids, 99, 0)
    book.change(book.bids, 99, 0)
    assert book.bids.top(1) == [(98, 3)]
    assert len(book.bids) == 2


def test_a_cursor_has_the_last_state_of_each_level_once() -> None:
    book = filled()
    cursor = book.watch()
    assert cursor.take() is None
    book.change(book.bids, 98, 9)
    book.change(book.bids, 98, 0)
    book.change(book.asks, 101, 6)
    assert cursor.take() == Changes(11, 13, [(98, 0)], [(101, 6)], 10)
    assert cursor.take() is None


def test_each_range_follows_the_one_before() -> None:
    book = filled()
    cursor = book.watch()
    book.change(book.bids, 98, 9)
    first = cursor.take()
    book.change(book.bids, 98, 8)
    second = cursor.take()
    assert first is not None
    assert second is not None
    assert second.first_id == first.last_id + 1


def test_a_closed_cursor_watches_no_more() -> None:
    book = filled()
    book.watch().close()
    assert book.cursors == []


def test_amounts_have_eight_places_and_percents_three() -> None:
    assert formatted(123_45000000) == "123.45000000"
    assert formatted(-1) == "-0.00000001"
    assert percent(-5, 1000) == "-0.500"
    assert percent(1, 0) == "0.000"


def test_ids_can_be_left_out_between_two_changes() -> None:
    book = filled()
    cursor = book.watch()
    book.change(book.bids, 98, 9)
    cursor.take()
    before = book.snapshot(5)
    book.leave_out(3)
    book.change(book.bids, 98, 8)
    book.change(book.bids, 98, 7)
    changes = cursor.take()
    assert changes is not None
    assert (changes.previous_id, changes.first_id, changes.last_id) == (11, 15, 16)
    # A snapshot has the id of a change.
    assert book.snapshot_at(13, 5) == before
