"""Gaps of consecutive ids behind one that is being filled."""

from __future__ import annotations

from binance_streams import Filled
from binance_streams_runtime.protocol.rest import RestFailure
from tests.support.fill_feeds import Trades
from tests.support.fill_world import FillWorld, course, numbers


def test_gaps_behind_a_gap_are_filled_in_their_order() -> None:
    feed = Trades()
    world = FillWorld(feed)
    route = world.follow(feed)
    for _ in range(4):
        world.send(feed)
        world.skip(feed, 2)
    world.send(feed)
    world.run(5)
    assert numbers(feed, route) == list(range(100, 113))
    assert [notice.first for notice in world.said if isinstance(notice, Filled)] == [
        101,
        104,
        107,
        110,
    ]


def test_one_request_serves_all_gaps_that_its_page_covers() -> None:
    feed = Trades()
    world = FillWorld(feed)
    route = world.follow(feed)
    for _ in range(20):
        world.send(feed)
        world.skip(feed, 2)
    world.send(feed)
    world.run(1)
    assert numbers(feed, route) == list(range(100, 161))
    assert [request.query["limit"] for request in world.asked] == ["59"]
    assert route.filled == 40


def test_a_late_event_of_a_gap_behind_the_first_one_is_kept_for_it() -> None:
    feed = Trades()
    world = FillWorld(feed, fill_timeout=5.0)
    route = world.follow(feed)
    world.failure = lambda: RestFailure("503", 503)
    world.send(feed)
    world.skip(feed)
    world.send(feed)
    skipped = world.skip(feed, 2)
    world.send(feed)
    world.deliver(skipped[0])
    world.deliver(skipped[1])
    world.run(10)
    assert course(feed, route) == [100, ("gap", 101, 101), 102, 103, 104, 105]
    assert {request.query["fromId"] for request in world.asked} == {"101"}


def test_a_gap_that_a_page_does_not_cover_has_requests_of_its_own() -> None:
    feed = Trades()
    world = FillWorld(feed)
    route = world.follow(feed, maxsize=5000)
    for count in (2, 1500):
        world.send(feed)
        world.skip(feed, count)
    world.send(feed)
    world.run(5)
    assert [request.query["limit"] for request in world.asked] == ["2", "1000", "500"]
    assert numbers(feed, route) == list(range(100, 1605))


def test_an_id_of_a_later_gap_that_rest_steps_over_is_missing_there() -> None:
    feed = Trades()
    world = FillWorld(feed)
    route = world.follow(feed)
    world.send(feed)
    world.skip(feed, 2)
    world.send(feed)
    world.skip(feed, 3)
    world.send(feed)
    feed.published = [row for row in feed.published if row[1] != 105]
    world.run(5)
    assert course(feed, route) == [
        *(100, ("filled", 101, 102, 2), 101, 102, 103),
        *(("filled", 104, 106, 2), 104, ("gap", 105, 105), 106, 107),
    ]
