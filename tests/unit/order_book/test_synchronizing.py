"""How a book becomes synced, stays so, and says why it is not."""

from __future__ import annotations

import itertools
import math

import pytest
from msgspec.structs import replace

from binance_streams import PriceLevel
from binance_streams_runtime.protocol.rest import Need, RestFailure
from tests.support.book_steps import make, next_update, states, synced
from tests.support.book_world import BookWorld


def test_nothing_is_asked_for_before_the_stream_is_confirmed() -> None:
    """Updates between the snapshot and the confirmation would be missing."""
    world = BookWorld()
    assert states(world) == ("waiting", "the stream is not confirmed yet")
    assert world.asked == []
    world.confirm()
    assert [(limit, need) for _, limit, need in world.asked] == [(4, Need.BOOK)]
    assert states(world) == ("waiting", "there is no snapshot yet")


def test_an_update_confirms_the_stream() -> None:
    world = BookWorld()
    world.sync.update(world.now, next_update(world))
    assert len(world.asked) == 1


def test_a_quiet_market_is_synced_by_its_snapshot() -> None:
    world = synced()
    assert states(world) == ("synced", "")
    world.judge()


@pytest.mark.parametrize("is_linked", [False, True])
def test_a_snapshot_may_lie_exactly_between_two_updates(is_linked: bool) -> None:
    """The first update then begins with the id after the snapshot's."""
    world = make(is_linked=is_linked)
    world.sync.update(world.now, next_update(world))
    world.serve()
    after = next_update(world)
    world.answer()
    world.sync.update(world.now, after)
    assert world.local.is_synced
    world.judge()


@pytest.mark.parametrize("is_linked", [False, True])
def test_a_snapshot_may_lie_inside_an_update(is_linked: bool) -> None:
    world = make(is_linked=is_linked)
    world.change(2)
    world.serve()
    world.change(2)
    world.send()
    world.receive()
    world.answer()
    assert world.local.is_synced
    assert world.local.book is not None
    assert world.local.book.update_id == world.server.id
    world.judge()


def test_an_old_snapshot_is_fetched_again_after_a_moment() -> None:
    world = make()
    world.serve()
    world.change(3)
    world.send()
    world.server.change()
    world.send()
    world.lose()
    world.receive()
    world.answer()
    assert states(world) == ("waiting", "the snapshot is older than the updates")
    assert len(world.asked) == 1
    world.wait(8)
    world.serve()
    world.answer()
    assert world.local.is_synced
    assert 0.0 < world.asked[1][0] - world.asked[0][0] <= 0.5


def test_updates_are_awaited_that_a_snapshot_is_ahead_of() -> None:
    world = make()
    world.sync.update(world.now, next_update(world))
    after = next_update(world)
    world.serve()
    world.answer()
    assert states(world) == ("waiting", "the snapshot is ahead of the updates")
    world.sync.update(world.now, after)
    assert world.local.is_synced
    assert len(world.asked) == 1


def test_a_snapshot_ahead_of_a_quiet_stream_is_believed_in_the_end() -> None:
    """Its id may have grown without any change of a level."""
    world = make()
    world.sync.update(world.now, next_update(world))
    next_update(world)
    world.serve()
    world.answer()
    world.wait(32)
    assert world.local.is_synced
    world.judge()


def test_a_snapshot_that_was_believed_too_early_is_not_for_long() -> None:
    """An update from before it says that the stream is behind, or begins anew."""
    world = make()
    world.sync.update(world.now, next_update(world))
    late = next_update(world)
    next_update(world)
    world.serve()
    world.answer()
    world.wait(32)
    assert world.local.is_synced
    world.sync.update(world.now, late)
    assert states(world) == ("resyncing", "the ids of the updates restarted")


def test_ids_that_begin_anew_are_seen_by_the_snapshot() -> None:
    """The updates never reach the first snapshot; the next one has an id that they reach."""
    world = make()
    old = world.server.snapshot(4)
    world.server.restart(500)
    world.sync.update(world.now, next_update(world))
    world.requests[1][2](world.now, old)
    del world.requests[1]
    assert states(world) == ("waiting", "the snapshot is ahead of the updates")
    world.wait(20)
    world.sync.update(world.now, next_update(world))
    world.wait(16)
    world.serve()
    world.answer()
    assert world.local.is_synced
    assert world.local.book is not None
    assert world.local.book.update_id == 502


def test_old_updates_say_that_the_ids_began_anew() -> None:
    world = synced()
    world.server.restart(500)
    for _ in range(9):
        world.sync.update(world.now, next_update(world))
        assert world.local.is_synced
    world.sync.update(world.now, next_update(world))
    assert states(world) == ("resyncing", "the ids of the updates restarted")


def test_a_gap_starts_over_while_the_old_levels_can_be_read() -> None:
    world = synced()
    before = world.local.book
    missing = next_update(world).last_update_id
    world.now += 100
    world.sync.update(world.now, next_update(world))
    assert states(world) == ("resyncing", f"updates {missing} to {missing} are missing")
    assert world.local.book is before
    world.now += 2
    world.serve()
    world.answer()
    assert world.local.is_synced
    (notice,) = world.resynced()
    assert (notice.stream, notice.update_id) == ("btcusdt@depth", world.server.id)
    assert (notice.seconds, notice.reason) == (2, f"updates {missing} to {missing} are missing")
    assert world.changes[-1].is_snapshot


def test_what_a_book_waits_for_is_not_why_it_was_wrong() -> None:
    world = synced()
    world.now += 100
    world.sync.gap(world.now, "the ids restarted")
    world.fail(0)
    assert world.local.reason == "the snapshot failed: 503 Service Unavailable"
    world.wait(63)
    world.serve()
    world.answer()
    assert [notice.reason for notice in world.resynced()] == ["the ids restarted"]


def test_a_linked_update_must_name_the_last_one() -> None:
    """Its ids need not be consecutive, so only the last id of the one before shows it."""
    world = synced(is_linked=True)
    world.sync.update(world.now, next_update(world))
    following = next_update(world)
    world.sync.update(world.now, following)
    assert world.local.is_synced
    next_update(world)
    world.sync.update(world.now, next_update(world))
    assert world.local.state == "resyncing"


def test_a_stale_book_goes_on_if_nothing_was_missed() -> None:
    """Without a request: the next update follows the last one."""
    world = synced()
    world.sync.interrupted(world.now, "the connection was lost")
    assert states(world) == ("stale", "the connection was lost")
    world.now += 30
    world.confirm()
    world.sync.update(world.now, next_update(world))
    assert states(world) == ("synced", "")
    assert len(world.asked) == 1
    assert world.notices == []


def test_a_stale_book_starts_over_if_something_was_missed() -> None:
    world = synced()
    world.sync.interrupted(world.now, "the connection was lost")
    next_update(world)
    world.confirm()
    world.sync.update(world.now, next_update(world))
    assert world.local.state == "resyncing"
    world.wait(8)
    assert len(world.asked) == 2


def test_a_stale_book_of_a_quiet_market_is_settled_by_a_snapshot() -> None:
    world = synced()
    world.sync.interrupted(world.now, "the connection was lost")
    world.confirm()
    assert states(world) == ("stale", "no update has come since the interruption")
    world.wait(63)
    world.serve()
    world.answer()
    assert world.local.is_synced
    assert len(world.asked) == 2


def test_an_interruption_cancels_the_request() -> None:
    """Its answer would be older than the updates to come; what is asked later is not."""
    world = make()
    world.sync.interrupted(world.now, "the connection was lost")
    assert world.cancelled == [1]
    world.wait(63)
    assert len(world.asked) == 1
    world.confirm()
    assert len(world.asked) == 2


def test_failures_are_retried_after_growing_pauses() -> None:
    world = make()
    for _ in range(12):
        world.fail(0)
        assert world.local.reason == "the snapshot failed: 503 Service Unavailable"
        while not world.requests:
            world.now = world.sync.next_time()
            world.sync.check(world.now)
    times = [now for now, _, _ in world.asked]
    pauses = [after - before for before, after in itertools.pairwise(times)]
    limits = [min(0.5 * 2**k, 15.0) for k in range(12)]
    assert all(limit / 2 <= pause <= limit for pause, limit in zip(pauses, limits, strict=True)), (
        pauses
    )


def test_a_server_is_left_alone_as_long_as_it_wants() -> None:
    world = make()
    world._done(1, RestFailure("429 Too Many Requests", 429, None, 120.0))
    due = world.sync.next_time() - world.now
    assert 120 <= due <= 125


def test_a_final_failure_ends_the_book() -> None:
    world = make()
    failure = RestFailure("-1121 Invalid symbol.", 400, -1121, None, is_final=True)
    world._done(1, failure)
    assert world.failures == [failure]
    assert world.local.failure == failure
    assert states(world) == ("waiting", "the snapshot failed: -1121 Invalid symbol.")
    assert world.sync.next_time() == math.inf
    world.sync.update(world.now, next_update(world))
    world.confirm()
    assert len(world.asked) == 1


def test_a_closed_book_can_be_read() -> None:
    world = synced(depth=16)
    world.sync.close(world.now)
    assert states(world) == ("stale", "the book is closed")
    assert world.cancelled == [2]
    assert world.sync.next_time() == math.inf
    assert world.local.book is not None


def test_nothing_happens_to_a_book_that_has_ended() -> None:
    world = make()
    world._done(1, RestFailure("-1121 Invalid symbol.", is_final=True))
    reason = world.local.reason
    world.sync.gap(world.now, "the ids restarted")
    world.sync.interrupted(world.now, "the connection was lost")
    assert states(world) == ("waiting", reason)


def test_a_server_that_is_behind_a_stale_book_is_asked_again() -> None:
    """In the end it is believed: it may have restarted."""
    world = synced()
    old = world.server.snapshot(4)
    world.sync.update(world.now, next_update(world))
    world.sync.interrupted(world.now, "the connection was lost")
    world.confirm()
    reasons = []
    for _ in range(4):
        world.wait(63)
        (request,) = world.requests
        world._done(request, old)
        reasons.append(world.local.reason)
    assert reasons == [*["the snapshot is older than the book"] * 3, ""]
    assert world.local.is_synced


def test_a_price_that_is_no_number_does_not_wait_for_the_snapshot() -> None:
    world = make()
    update = next_update(world)
    world.sync.update(world.now, replace(update, bids=[PriceLevel("ten", "1")], asks=[]))
    world.serve()
    world.answer()
    assert "a price of an update is not a number" in world.local.reason


def test_a_book_need_not_be_verified() -> None:
    world = synced()
    world.sync.verify(None)
    world.sync.best_levels(world.now, world.server.message())
    world.sync.best_levels_interrupted()
    world.sync.update(world.now, next_update(world))
    assert (world.local.is_synced, world.sync.compared) == (True, 0)
    world.sync.gap(world.now, "the ids restarted")
    assert world.local.state == "resyncing"


def test_of_two_snapshots_ahead_the_nearer_one_is_taken() -> None:
    """A stream that is far behind reaches it first."""
    world = make()
    world.sync.update(world.now, next_update(world))
    second, third, fourth = (next_update(world) for _ in range(3))
    world._done(1, world.server.snapshot(4, lag=1))
    world.sync.update(world.now, second)
    world.wait(40)
    (request,) = world.requests
    world._done(request, world.server.snapshot(4))
    world.sync.update(world.now, third)
    assert world.local.is_synced
    world.sync.update(world.now, fourth)
    world.judge()


def test_an_answer_after_the_end_is_ignored() -> None:
    world = make()
    on_done = world.requests[1][2]
    world.sync.close(world.now)
    on_done(world.now, world.server.snapshot(4))
    assert states(world) == ("waiting", "the book is closed")
