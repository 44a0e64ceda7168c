"""How deep a book is, and what its levels must never be."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from binance_streams import BookMismatch, PriceLevel
from binance_streams_runtime.protocol.rest import Need
from tests.support.book_steps import make, next_update, states, synced
from tests.support.true_book import Snapshot


def test_a_book_becomes_deeper_while_it_is_synced() -> None:
    """The cheapest snapshot first, then a fifth of the price, then all."""
    world = synced(depth=16)
    while world.requests:
        world.sync.update(world.now, next_update(world))
        assert world.local.is_synced
        world.serve()
        world.answer()
        world.judge()
    assert [(limit, need) for _, limit, need in world.asked] == [
        (4, Need.BOOK),
        (8, Need.DEPTH),
        (16, Need.DEPTH),
    ]
    assert world.notices == []


def test_a_book_waits_for_its_turn_to_become_deeper() -> None:
    world = make(depth=16)
    world.sync._may_deepen = lambda: False
    world.serve()
    world.answer()
    assert len(world.asked) == 1
    world.sync._may_deepen = lambda: True
    world.sync.deepen(world.now)
    assert world.asked[-1][1:] == (8, Need.DEPTH)


def test_a_failure_to_become_deeper_leaves_the_book_as_it_is() -> None:
    world = synced(depth=16)
    world.fail(0)
    assert states(world) == ("synced", "")
    world.wait(63)
    assert world.asked[-1][1:] == (8, Need.DEPTH)


def test_a_deeper_snapshot_verifies_the_levels_that_were_known() -> None:
    """A difference is reported, and the snapshot is right."""
    world = synced(depth=16)
    book = world.local.book
    assert book is not None
    best = book.bids.best()
    assert best is not None
    book.bids.apply([PriceLevel(best.price, "123")])
    world.serve()
    world.answer()
    (notice,) = [notice for notice in world.notices if isinstance(notice, BookMismatch)]
    assert notice.book == f"bid {best.price}: 123"
    assert notice.server.startswith("bid ")
    world.judge()


def test_a_market_that_leaves_the_known_levels_is_not_synced() -> None:
    """And the next snapshot is deeper, as this one did not last."""
    world = synced()
    book = world.local.book
    assert book is not None
    gone = [PriceLevel(level.price, "0") for level in book.asks.top(4)]
    update = next_update(world)
    world.sync.update(world.now, replace(update, bids=[], asks=gone))
    assert states(world) == ("resyncing", "the market moved beyond the levels that were known")
    world.wait(8)
    assert world.asked[-1][1:] == (8, Need.BOOK)


def test_a_book_that_crosses_is_not_synced() -> None:
    world = synced()
    best = world.local.book and world.local.book.asks.best()
    assert best
    update = next_update(world)
    crossing = replace(update, bids=[PriceLevel(best.price, "1")], asks=[])
    world.sync.update(world.now, crossing)
    assert world.local.state == "resyncing"
    assert world.local.reason.startswith("the best bid is not below the best ask after update ")
    assert len(world.changes) == 1


def test_a_book_that_the_server_itself_crosses_is_taken_as_it_is() -> None:
    world = make()
    levels = [PriceLevel("10.00", "1")]
    world._done(1, Snapshot(world.server.id, levels, levels))
    assert world.local.is_synced


@pytest.mark.parametrize("price", ["", "ten", "1.2.3", "1e5", "-1"])
def test_a_price_that_is_no_number_starts_over(price: str) -> None:
    world = synced()
    update = next_update(world)
    wrong = replace(update, bids=[PriceLevel(price, "1")], asks=[])
    world.sync.update(world.now, wrong)
    assert world.local.state == "resyncing"
    assert "is not a number" in world.local.reason


def test_a_snapshot_with_a_price_that_is_no_number_is_fetched_again() -> None:
    world = make()
    world._done(1, Snapshot(world.server.id, [PriceLevel("ten", "1")], []))
    assert world.local.reason.startswith("the snapshot failed: a price is not a number")
    world.wait(8)
    assert len(world.asked) == 2


def test_changes_say_what_changed() -> None:
    world = synced()
    first = world.changes[0]
    assert first.is_snapshot
    assert (len(first.bids), len(first.asks)) == (4, 4)
    best = world.local.book and world.local.book.bids.best()
    assert best
    update = next_update(world)
    change = replace(update, bids=[PriceLevel(best.price, "77")], asks=[])
    world.sync.update(world.now, change)
    last = world.changes[-1]
    assert (last.update_id, last.event_time) == (update.last_update_id, update.event_time)
    assert (last.bids, last.asks) == ((PriceLevel(best.price, "77"),), ())
    assert (last.is_snapshot, last.best_changed) == (False, True)


def test_the_best_levels_need_not_change() -> None:
    world = synced()
    update = next_update(world)
    world.sync.update(world.now, replace(update, bids=[], asks=[]))
    assert not world.changes[-1].best_changed
