"""Every closed candle is delivered exactly once."""

from __future__ import annotations

from binance_streams import Filled, Gap
from binance_streams_runtime.pipeline.route import Route
from binance_streams_runtime.protocol.rest import RestFailure
from tests.support.fill_feeds import MINUTE, START, Candles
from tests.support.fill_world import FillWorld, numbers


def begin() -> tuple[Candles, FillWorld, Route]:
    feed = Candles()
    world = FillWorld(feed)
    return feed, world, world.follow(feed)


def pass_minutes(feed: Candles, world: FillWorld, count: int, is_sent: bool) -> None:
    """Publish whole candles, which arrive or not."""
    for _ in range(count):
        for is_closed in (False, False, True):
            data = feed.publish(world.now, is_closed)
            if is_sent:
                world.deliver(data)
            world.run(1)


def test_candles_that_were_missed_are_fetched_as_closed_ones() -> None:
    feed, world, route = begin()
    pass_minutes(feed, world, 1, is_sent=True)
    pass_minutes(feed, world, 3, is_sent=False)
    pass_minutes(feed, world, 1, is_sent=True)
    assert numbers(feed, route) == feed.closed
    (filled,) = world.said
    assert isinstance(filled, Filled)
    assert (filled.first, filled.last, filled.count) == (START + MINUTE, START + 3 * MINUTE, 3)
    (request,) = world.asked
    assert request.query["startTime"] == str(START + MINUTE)
    assert request.query["endTime"] == str(START + 4 * MINUTE)
    assert request.query["interval"] == "1m"


def test_the_end_of_the_first_candle_is_fetched_if_it_was_missed() -> None:
    feed, world, route = begin()
    world.send(feed)
    feed.publish(world.now, is_closed=True)
    world.send(feed)
    world.run(1)
    assert numbers(feed, route) == [START]


def test_a_cut_within_a_candle_misses_none() -> None:
    feed, world, route = begin()
    world.send(feed, 2)
    world.cut()
    world.skip(feed, 2)
    world.run(3)
    world.send(feed)
    world.deliver(feed.publish(world.now, is_closed=True))
    assert numbers(feed, route) == [START]
    assert (world.said, world.asked) == ([], [])


def test_a_cut_over_several_candles_names_its_cause() -> None:
    feed, world, route = begin()
    pass_minutes(feed, world, 1, is_sent=True)
    world.cut()
    pass_minutes(feed, world, 2, is_sent=False)
    world.run(3)
    pass_minutes(feed, world, 1, is_sent=True)
    assert numbers(feed, route) == feed.closed
    (filled,) = world.said
    assert isinstance(filled, Filled)
    assert "a test cut it" in filled.reason


def test_an_unfinished_row_is_not_taken_for_a_closed_candle() -> None:
    feed, world, route = begin()
    world.send(feed)
    world.run(10)
    world.lag = 5.0
    world.skip(feed)
    feed.publish(world.now, is_closed=True)
    world.send(feed, 2)
    world.run(4)
    assert numbers(feed, route) == []
    world.run(10)
    (closed,) = [
        item for item in route.sink.sample(99) if hasattr(item, "kline") and item.kline.is_closed
    ]
    assert closed.kline.trade_count == 3


def test_a_halted_market_has_no_candles_to_fetch() -> None:
    feed, world, route = begin()
    pass_minutes(feed, world, 2, is_sent=True)
    feed.halt(30)
    pass_minutes(feed, world, 2, is_sent=True)
    assert numbers(feed, route) == feed.closed
    assert world.said == []


def test_updates_of_a_closed_candle_are_duplicates() -> None:
    feed, world, route = begin()
    world.send(feed)
    late = feed.publish(world.now)
    world.deliver(feed.publish(world.now, is_closed=True))
    world.deliver(late)
    world.send(feed)
    assert numbers(feed, route) == [START]
    assert route.duplicates == 1


def test_without_rest_a_gap_says_which_candles_are_missing() -> None:
    feed, world, route = begin()
    pass_minutes(feed, world, 1, is_sent=True)
    world.failure = lambda: RestFailure("503 Service Unavailable", 503)
    pass_minutes(feed, world, 2, is_sent=False)
    pass_minutes(feed, world, 1, is_sent=True)
    world.run(70)
    assert numbers(feed, route) == [START, START + 3 * MINUTE]
    (gap,) = world.said
    assert isinstance(gap, Gap)
    first, behind = START + MINUTE, START + 3 * MINUTE
    assert f"open at {first} or later, before {behind}" in gap.reason


def test_many_candles_are_fetched_page_by_page() -> None:
    feed = Candles()
    world = FillWorld(feed)
    route = world.follow(feed, maxsize=10_000)
    for _ in range(2500):
        data = feed.publish(world.now, is_closed=True)
        if len(feed.closed) == 1:
            world.deliver(data)
    world.send(feed)
    world.run(5)
    assert numbers(feed, route) == feed.closed
    assert len(world.asked) == 3
    assert len(world.said) == 1


def test_times_that_begin_anew_are_followed() -> None:
    feed, world, route = begin()
    pass_minutes(feed, world, 2, is_sent=True)
    feed.opens -= 60 * MINUTE
    for step in range(30):
        world.deliver(feed.publish(world.now - 3600 + step, is_closed=step % 10 == 9))
    assert numbers(feed, route) == feed.closed
    (gap,) = world.said
    assert isinstance(gap, Gap)
    assert "went back" in gap.reason
    assert world.asked == []
