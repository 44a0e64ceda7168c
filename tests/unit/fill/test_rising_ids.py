"""Interruptions of a stream whose ids do not show what is missing."""

from __future__ import annotations

from binance_streams import Duplicates, Filled, Gap
from binance_streams_runtime.protocol.rest import RestFailure
from tests.support.fill_feeds import BlockTrades
from tests.support.fill_world import FillWorld, course, numbers


class Consecutive(BlockTrades):
    """Ids that happen to leave no room."""

    def next_id(self) -> int:
        return self.id + 1


def test_a_quiet_stream_gets_what_it_missed_without_waiting_for_an_event() -> None:
    feed = BlockTrades()
    world = FillWorld(feed)
    route = world.follow(feed)
    world.send(feed, 3)
    world.cut()
    world.skip(feed, 3)
    world.run(5)
    assert numbers(feed, route) == feed.expected(0, feed.id)
    (filled,) = world.said
    assert isinstance(filled, Filled)
    assert filled.count == 3
    assert "a test cut it" in filled.reason


def test_nothing_is_reported_if_nothing_was_missed() -> None:
    feed = BlockTrades()
    world = FillWorld(feed)
    route = world.follow(feed)
    world.send(feed, 3)
    world.cut()
    world.run(5)
    world.send(feed, 3)
    world.run(5)
    assert numbers(feed, route) == feed.expected(0, feed.id)
    assert world.said == []


def test_an_event_waits_until_rest_has_it_as_rest_may_lag() -> None:
    feed = BlockTrades()
    world = FillWorld(feed)
    route = world.follow(feed)
    world.send(feed, 3)
    world.lag = 10.0
    world.cut()
    world.skip(feed, 3)
    world.run(5)
    assert len(numbers(feed, route)) == 3
    world.send(feed, 2)
    world.run(2)
    assert len(numbers(feed, route)) == 3
    world.run(20)
    assert numbers(feed, route) == feed.expected(0, feed.id)
    assert [type(notice) for notice in world.said] == [Filled]


def test_an_id_just_below_the_first_event_may_be_one_that_rest_lacks_yet() -> None:
    feed = Consecutive()
    world = FillWorld(feed)
    route = world.follow(feed)
    world.send(feed)
    world.cut()
    world.lag = 3.0
    world.skip(feed)
    world.run(2)
    world.skip(feed)
    world.send(feed)
    world.run(20)
    assert numbers(feed, route) == [100, 101, 102, 103]


def test_an_event_that_comes_while_it_looks_is_not_delivered_twice() -> None:
    feed = BlockTrades()
    world = FillWorld(feed)
    route = world.follow(feed)
    world.latency = lambda: 3.0
    world.send(feed, 3)
    world.cut()
    world.skip(feed, 3)
    world.run(1)
    world.send(feed, 2)
    world.run(30)
    assert numbers(feed, route) == feed.expected(0, feed.id)
    assert len(world.said) == 1


def test_another_server_that_repeats_what_was_fetched_is_no_news() -> None:
    feed = BlockTrades()
    world = FillWorld(feed)
    route = world.follow(feed)
    world.send(feed, 3)
    world.cut()
    skipped = world.skip(feed, 3)
    world.run(5)
    world.deliver(skipped[-1])
    world.send(feed, 2)
    world.run(5)
    assert numbers(feed, route) == feed.expected(0, feed.id)
    assert sum(notice.count for notice in world.notices if isinstance(notice, Duplicates)) == 1


def test_nothing_is_fetched_before_the_first_event() -> None:
    feed = BlockTrades()
    world = FillWorld(feed)
    route = world.follow(feed)
    world.cut()
    world.skip(feed, 3)
    world.run(5)
    world.send(feed, 2)
    world.run(5)
    assert (world.asked, len(numbers(feed, route))) == ([], 2)


def test_full_pages_are_followed_by_more() -> None:
    feed = BlockTrades()
    world = FillWorld(feed)
    route = world.follow(feed, maxsize=10_000)
    world.send(feed)
    world.cut()
    world.skip(feed, 2100)
    world.run(5)
    assert numbers(feed, route) == feed.expected(0, feed.id)
    assert len(world.asked) == 3


def test_an_event_that_cannot_be_decoded_is_fetched() -> None:
    feed = BlockTrades()
    world = FillWorld(feed)
    route = world.follow(feed)
    world.send(feed, 2)
    data = feed.publish(world.now)
    world.deliver(data.replace(b'"1.0"', b'"one"'))
    world.send(feed, 2)
    world.run(1)
    assert numbers(feed, route) == feed.expected(0, feed.id)


def test_one_request_serves_several_interruptions() -> None:
    feed = BlockTrades()
    world = FillWorld(feed)
    route = world.follow(feed)
    world.latency = lambda: 20.0
    world.send(feed, 3)
    for _ in range(3):
        world.cut()
        world.skip(feed, 3)
        world.run(2)
        world.send(feed, 2)
    world.run(60)
    assert numbers(feed, route) == feed.expected(0, feed.id)
    assert len(world.asked) == 1
    assert [type(notice) for notice in world.said] == [Filled] * 3


def test_without_rest_the_gap_is_reported_before_the_next_event() -> None:
    feed = BlockTrades()
    world = FillWorld(feed)
    route = world.follow(feed)
    world.failure = lambda: RestFailure("503 Service Unavailable", 503)
    world.send(feed)
    world.cut()
    world.skip(feed, 3)
    world.run(5)
    world.send(feed)
    world.run(70)
    (gap,) = world.said
    assert isinstance(gap, Gap)
    assert gap.missing is None
    assert "given up" in gap.reason
    assert [item for item in course(feed, route) if item != "Disconnected"] == [
        *(100, ("gap", None, None), feed.published[-1][1]),
    ]


def test_ids_that_begin_anew_are_followed_and_filled() -> None:
    feed = BlockTrades(first=100_000)
    world = FillWorld(feed)
    route = world.follow(feed)
    world.send(feed, 2)
    world.cut()
    world.skip(feed, 2)
    world.run(5)
    world.send(feed, 2)
    world.run(5)
    feed.id = 5
    world.send(feed, 25)
    ids = [id for _, id, _ in feed.published]
    assert numbers(feed, route) == ids
    feed.published.clear()
    world.cut()
    world.skip(feed, 2)
    world.run(5)
    assert numbers(feed, route) == ids + [id for _, id, _ in feed.published]
    filled, restart, again = world.said
    assert isinstance(restart, Gap)
    assert "went back" in restart.reason
    assert isinstance(filled, Filled)
    assert isinstance(again, Filled)


def test_without_rest_an_event_that_has_come_is_delivered_behind_a_gap() -> None:
    feed = BlockTrades()
    world = FillWorld(feed)
    route = world.follow(feed)
    world.send(feed)
    world.cut()
    world.run(5)
    world.failure = lambda: RestFailure("503 Service Unavailable", 503)
    world.skip(feed, 3)
    world.send(feed)
    world.run(50)
    assert numbers(feed, route) == [100]
    world.run(20)
    (gap,) = world.said
    assert isinstance(gap, Gap)
    assert "503 Service Unavailable, given up after 60 s" in gap.reason
    assert course(feed, route)[-2:] == [("gap", None, None), feed.last_number]


def test_what_a_quiet_stream_missed_is_fetched_behind_its_next_event_if_rest_failed() -> None:
    feed = BlockTrades()
    world = FillWorld(feed)
    route = world.follow(feed)
    world.send(feed)
    world.failure = lambda: RestFailure("503 Service Unavailable", 503)
    world.cut()
    world.skip(feed, 3)
    world.run(100)
    assert (numbers(feed, route), world.said) == ([100], [])
    world.failure = lambda: None
    world.send(feed)
    world.run(5)
    assert numbers(feed, route) == feed.expected(0, feed.id)
    assert [type(notice) for notice in world.said] == [Filled]
