"""When a book asks for a snapshot, and what it believes of one."""

from __future__ import annotations

import math

import pytest

from binance_streams_runtime.order_book.book import Book
from binance_streams_runtime.order_book.depth import DepthPlan
from binance_streams_runtime.order_book.messages import Messages
from binance_streams_runtime.protocol.rest import RestFailure
from binance_streams_runtime.types import PriceLevel
from tests.support.book_world import BookWorld
from tests.support.true_book import Snapshot, rules


def levels(count: int) -> list[PriceLevel[str]]:
    """Return bids or asks; the two sides of a test's book need not fit together."""
    return [PriceLevel(str(price), "1") for price in range(1, count + 1)]


def snapshot(bids: int, asks: int) -> Snapshot:
    return Snapshot(1_000, levels(bids), levels(asks))


def recover(world: BookWorld) -> None:
    """Let everything work until the book is synced."""
    while world.local.state != "synced":
        world.flow(5)


def lose_the_connection(world: BookWorld) -> None:
    """Miss some updates; the next one shows that."""
    world.interrupt(1)
    world.change()
    world.confirm()
    world.send()
    world.receive()


def seconds_until_asked(world: BookWorld, asked: int) -> float:
    """Return how long it takes, with no event, until more than ``asked`` requests have begun."""
    since = world.now
    while len(world.asked) == asked:
        assert world.sync.next_time() != math.inf, "it asks for nothing"
        world.now = max(world.now, world.sync.next_time())
        world.sync.check(world.now)
    return world.now - since


def fail_often(world: BookWorld) -> None:
    """Let twenty requests fail, one after another."""
    for _ in range(20):
        asked = len(world.asked)
        world.fail()
        seconds_until_asked(world, asked)


@pytest.mark.parametrize("seed", range(5))
def test_however_often_the_connection_is_lost_a_book_asks_at_once(seed: int) -> None:
    """The new connection itself was put off."""
    world = BookWorld(seed)
    recover(world)
    for _ in range(10):
        asked = len(world.asked)
        lose_the_connection(world)
        assert seconds_until_asked(world, asked) == 0
        recover(world)


def test_a_book_that_starts_over_again_and_again_waits_longer_each_time_up_to_5_s() -> None:
    """Whatever is wrong with it, it costs little weight, and is soon right if it can be."""
    world = BookWorld()
    recover(world)
    pauses = []
    for _ in range(10):
        asked = len(world.asked)
        world.sync.gap(world.now, "updates are missing")
        pauses.append(seconds_until_asked(world, asked))
        recover(world)
    assert pauses[0] <= 0.5
    assert 2.5 <= max(pauses) <= 5


def test_an_outage_of_rest_leaves_no_long_pause_behind() -> None:
    """The first failure after a success is answered soon again."""
    world = BookWorld()
    world.confirm()
    fail_often(world)
    recover(world)
    lose_the_connection(world)
    asked = len(world.asked)
    world.fail()
    assert seconds_until_asked(world, asked) <= 0.5


@pytest.mark.parametrize("seed", range(5))
def test_a_ban_of_three_days_is_over_after_three_days(seed: int) -> None:
    """Books do not all ask at that very moment, but soon after it."""
    world = BookWorld(seed)
    world.confirm()
    (request,) = world.requests
    days = 3 * 24 * 3600.0
    world._done(request, RestFailure("418 I'm a teapot", 418, -1003, days))
    assert days <= seconds_until_asked(world, 1) <= days + 5


def test_a_snapshot_without_levels_is_believed_only_if_the_next_one_has_none_either() -> None:
    """A server that is just starting has no orders yet."""
    messages = Messages(rules())
    with pytest.raises(ValueError, match="no levels"):
        messages.book(snapshot(0, 0), 4)
    assert messages.book(snapshot(2, 2), 4).best() != (None, None)
    with pytest.raises(ValueError, match="no levels"):
        messages.book(snapshot(0, 0), 4)
    assert messages.book(snapshot(0, 0), 4).best() == (None, None)


def test_a_snapshot_with_fewer_levels_than_asked_for_is_the_whole_book() -> None:
    assert Messages(rules()).book(snapshot(3, 7), 16).is_whole


def test_a_snapshot_that_was_cut_at_a_lower_limit_is_not_the_whole_book() -> None:
    """The server has other limits than are documented: it sends 8 though 16 were asked for."""
    book = Messages(rules()).book(snapshot(8, 7), 16)
    assert (book.bids.horizon, book.asks.horizon) == ("1", None)


def test_a_server_that_sends_fewer_levels_than_asked_for_is_not_asked_for_more() -> None:
    """It would send the same number again and again."""
    plan = DepthPlan(rules().snapshot, 16)
    book = Book(1_000, levels(4), levels(4), 16, limits=[4, 8, 16])
    assert plan.is_final(book)
    assert plan.next(book) is None
