"""How deep a book is, and what its levels must never be."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from binance_streams import BookMismatch, PriceLevel
from binance_streams_runtime.order_book.messages import Messages
from binance_streams_runtime.protocol.rest import Need, RestFailure
from tests.support.book_steps import make, next_update, states, synced
from tests.support.book_world import BookWorld
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


def test_a_level_that_only_the_server_has_is_a_difference() -> None:
    world = synced(depth=16)
    book = world.local.book
    assert book is not None
    second = book.asks.top(2)[1]
    book.asks.apply([PriceLevel(second.price, "0")])
    world.serve()
    world.answer()
    (notice,) = [notice for notice in world.notices if isinstance(notice, BookMismatch)]
    assert notice.server.startswith("ask ")
    world.judge()


def test_a_last_level_that_only_one_of_them_has_is_a_difference() -> None:
    world = synced(depth=16)
    book = world.local.book
    assert book is not None
    last = book.bids.top(4)[-1]
    book.bids.apply([PriceLevel(last.price, "0")])
    world.serve()
    world.answer()
    (notice,) = [notice for notice in world.notices if isinstance(notice, BookMismatch)]
    assert notice.book == f"no bid {notice.server.split()[1][:-1]}"


def test_a_whole_book_is_deep_enough() -> None:
    """The snapshot had fewer levels than it could have."""
    world = make(depth=16)
    bids, asks = [PriceLevel("9.0", "1")], [PriceLevel("11.0", "1")]
    world._done(1, Snapshot(world.server.id, bids, asks))
    assert world.local.is_synced
    world.sync.deepen(world.now)
    assert len(world.asked) == 1


def test_a_book_that_is_not_synced_does_not_become_deeper() -> None:
    world = synced(depth=16)
    world.sync.interrupted(world.now, "the connection was lost")
    world.sync.deepen(world.now)
    assert len(world.asked) == 2


def test_a_deep_snapshot_waits_for_the_updates_that_it_is_ahead_of() -> None:
    world = synced(depth=16)
    after = next_update(world)
    world.serve()
    world.answer()
    book = world.local.book
    assert world.local.is_synced
    world.sync.update(world.now, after)
    assert world.local.book is not book
    world.judge()


def test_a_deep_snapshot_that_the_updates_do_not_reach_is_fetched_again() -> None:
    world = synced(depth=16)
    first, _ = next_update(world), next_update(world)
    world.serve()
    world.answer()
    world.sync.update(world.now, first)
    world.wait(63)
    assert states(world) == ("synced", "")
    assert [need for _, _, need in world.asked] == [Need.BOOK, Need.DEPTH, Need.DEPTH]


def test_a_deep_snapshot_that_is_too_old_is_fetched_again() -> None:
    world = make(depth=16)
    world.change(1)
    world.serve()
    world.answer()
    world.requests[2][2](world.now, world.server.snapshot(8, lag=1))
    del world.requests[2]
    assert states(world) == ("synced", "")
    world.wait(8)
    assert world.asked[-1][1:] == (8, Need.DEPTH)


def test_a_server_without_deep_snapshots_is_not_asked_again() -> None:
    world = synced(depth=16)
    world._done(2, RestFailure("no such path", 404, None, None, is_final=True))
    world.wait(63)
    assert states(world) == ("synced", "")
    assert len(world.asked) == 2


def test_a_market_may_have_no_time() -> None:
    world = BookWorld()
    messages = Messages(replace(world.rules, event_time=None))
    assert messages.event_time(next_update(world)) is None
