"""A book is compared with what the server says about its best levels, if that is certain."""

from __future__ import annotations

from random import Random

import pytest

from binance_streams import BookMismatch, BookTicker, PriceLevel
from binance_streams_runtime.order_book.verification import Verification
from tests.support.book_world import BookWorld
from tests.support.true_book import rules

BEST = rules().best
assert BEST is not None
BID, ASK = PriceLevel("9.90", "1.0"), PriceLevel("10.10", "2.0")


def said(id: int, bid: str = "1.00000000", ask: str = "2") -> BookTicker[str]:
    return BookTicker(id, "BTCUSDT", "9.90000000", bid, "10.1", ask)


def make() -> Verification:
    assert BEST is not None
    return Verification(BEST)


def test_the_last_message_up_to_an_id_is_what_the_book_must_have() -> None:
    """The texts may differ in zeros."""
    verification = make()
    assert verification.message(said(5)) is None
    assert verification.book(7, (BID, ASK)) is None
    assert verification.compared == 0
    assert verification.message(said(9, bid="3")) is None
    assert verification.compared == 1


def test_a_message_is_the_last_one_only_if_the_next_was_seen() -> None:
    """Until then another one for the same update may be on its way."""
    verification = make()
    verification.message(said(5, bid="3"))
    assert verification.book(7, (BID, ASK)) is None
    assert verification.message(said(6)) is None
    assert verification.message(said(8, bid="4")) is None
    assert verification.compared == 1


def test_both_streams_may_be_ahead() -> None:
    verification = make()
    for id in (5, 6, 8):
        verification.message(said(id))
    assert verification.book(7, (BID, ASK)) is None
    assert verification.compared == 1
    verification.book(8, (BID, ASK))
    verification.book(9, (BID, ASK))
    assert verification.compared == 1
    verification.message(said(10, ask="7"))
    assert verification.compared == 3


@pytest.mark.parametrize(
    ("bid", "ask", "book", "server"),
    [
        ("7", "2", "bid 9.90: 1.0, ask 10.10: 2.0", "bid 9.90000000: 7, ask 10.1: 2"),
        ("1", "0.00000000", "bid 9.90: 1.0, ask 10.10: 2.0", "bid 9.90000000: 1, no ask"),
    ],
)
def test_a_difference_is_reported(bid: str, ask: str, book: str, server: str) -> None:
    verification = make()
    verification.message(said(5, bid, ask))
    verification.message(said(8))
    assert verification.book(6, (BID, ASK)) == (6, book, server)


def test_an_empty_side_is_compared() -> None:
    verification = make()
    verification.message(said(5, bid="0.00000000"))
    verification.message(said(8))
    assert verification.book(6, (None, ASK)) is None
    assert verification.book(7, (None, None)) is not None


def test_nothing_is_compared_over_a_gap() -> None:
    verification = make()
    verification.message(said(5, bid="7"))
    verification.interrupted()
    verification.book(7, (BID, ASK))
    verification.message(said(9))
    verification.message(said(11))
    assert verification.compared == 0


def test_ids_that_go_back_make_everything_uncertain() -> None:
    verification = make()
    verification.message(said(50, bid="7"))
    verification.message(said(3))
    verification.message(said(9))
    assert verification.book(4, (BID, ASK)) is None
    assert verification.compared == 1


def test_states_wait_for_messages_but_not_without_limit() -> None:
    verification = make()
    for id in range(10_000):
        verification.book(id, (BID, ASK))
    verification.message(said(0))
    verification.message(said(100_000))
    assert 0 < verification.compared <= 1_000


def test_messages_wait_for_states_but_not_without_limit() -> None:
    verification = make()
    for id in range(30_000):
        verification.message(said(id))
    verification.book(5, (BID, ASK))
    verification.book(29_998, (BID, ASK))
    assert verification.compared == 1


def test_a_wrong_level_is_found_and_the_book_starts_over() -> None:
    """An update whose best levels the server got wrong: nothing else shows it."""
    random = Random(1)
    count = 0
    for seed in range(20):
        world = BookWorld(seed)
        for _ in range(4):
            world.flow(15)
        book = world.local.book
        assert book is not None
        side = random.choice((book.bids, book.asks))
        best = side.best()
        assert best is not None
        side.apply([PriceLevel(best.price, "5555")])
        for _ in range(60):
            world.change()
            world.send()
            while world._in_flight:
                world.receive()
            while world._messages:
                world.message()
            found = [notice for notice in world.notices if isinstance(notice, BookMismatch)]
            best = side.best()
            if found or world.local.book is not book:
                break
            # Trades may have taken the level before anything could be compared.
            if best is None or best.quantity != "5555":
                break
        assert world.local.state == ("resyncing" if found else "synced")
        if found:
            assert "5555" in found[0].book
            world.heal()
            count += 1
    assert count > 5
