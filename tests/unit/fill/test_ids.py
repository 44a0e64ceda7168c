"""Gaps of consecutive ids, from the missing event to the queue."""

from __future__ import annotations

import pytest

from binance_streams import Duplicates, Filled, Gap
from binance_streams_runtime.protocol.rest import Need, RestFailure
from tests.support.fill_feeds import AggTrades, Trades
from tests.support.fill_world import FillWorld, course, numbers


@pytest.mark.parametrize("kind", [Trades, AggTrades])
def test_missing_ids_are_fetched_and_delivered_before_the_next_event(kind: type[Trades]) -> None:
    feed = kind()
    world = FillWorld(feed)
    route = world.follow(feed)
    world.send(feed)
    world.skip(feed, 3)
    world.send(feed, 2)
    assert course(feed, route) == [100]
    world.run(1)
    assert course(feed, route) == [100, ("filled", 101, 103, 3), 101, 102, 103, 104, 105]


def test_a_request_says_what_is_missing() -> None:
    feed = Trades()
    world = FillWorld(feed)
    world.follow(feed)
    world.send(feed)
    world.skip(feed, 3)
    world.send(feed)
    world.run(1)
    (request,) = world.asked
    assert request.target == "/api/v3/historicalTrades?symbol=BTCUSDT&fromId=101&limit=3"
    assert (request.url, request.weight, request.need) == ("http://rest", 25, Need.FILL)


def test_a_fetched_event_equals_the_live_one() -> None:
    feed = AggTrades()
    world = FillWorld(feed)
    filled, live = world.follow(feed), FillWorld(feed)
    watched = live.follow(feed)
    world.send(feed)
    for data in [*world.skip(feed, 2), feed.publish(world.now)]:
        live.deliver(data)
    world.send(feed)
    world.run(1)
    ids = [101, 102]
    fetched = [item for item in filled.sink.sample(99) if getattr(item, "price", 0)][1:3]
    assert fetched == watched.sink.sample(99)[: len(ids)]


def test_a_cut_is_filled_and_named_as_the_cause() -> None:
    feed = Trades()
    world = FillWorld(feed)
    route = world.follow(feed)
    world.send(feed)
    world.cut()
    world.skip(feed, 2)
    world.run(3)
    world.send(feed)
    world.run(1)
    assert numbers(feed, route) == [100, 101, 102, 103]
    (filled,) = world.said
    assert isinstance(filled, Filled)
    assert "a test cut it" in filled.reason
    assert filled.seconds == pytest.approx(0.05)
    assert (route.filled, route.gaps, route.missing) == (2, 0, 0)


def test_more_than_a_page_is_fetched_page_by_page_and_reported_once() -> None:
    feed = Trades()
    world = FillWorld(feed)
    route = world.follow(feed, maxsize=10_000)
    world.send(feed)
    world.skip(feed, 2500)
    world.send(feed)
    world.run(1)
    assert [request.query["limit"] for request in world.asked] == ["1000", "1000", "500"]
    assert numbers(feed, route) == list(range(100, 2602))
    assert len(world.said) == 1


def test_a_lagging_rest_is_asked_again_for_what_is_still_missing() -> None:
    feed = Trades()
    world = FillWorld(feed)
    route = world.follow(feed)
    world.send(feed)
    world.skip(feed, 2)
    world.run(5)
    world.lag = 4.0
    world.skip(feed, 2)
    world.send(feed)
    world.run(20)
    assert numbers(feed, route) == list(range(100, 106))
    assert {request.query["fromId"] for request in world.asked} == {"101", "103"}
    assert 3 < len(world.asked) < 12


def test_failures_are_retried_with_growing_pauses() -> None:
    feed = Trades()
    world = FillWorld(feed)
    route = world.follow(feed)
    world.send(feed)
    world.skip(feed, 2)
    failures = [RestFailure("503 Service Unavailable", 503)] * 4
    world.failure = lambda: failures.pop() if failures else None
    world.send(feed)
    world.run(30)
    assert numbers(feed, route) == list(range(100, 104))
    assert len(world.asked) == 5


def test_what_the_server_asks_for_is_waited_for() -> None:
    feed = Trades()
    world = FillWorld(feed)
    route = world.follow(feed)
    world.send(feed)
    world.skip(feed, 2)
    failures = [RestFailure("429 Too Many Requests", 429, -1003, retry_after=20.0)]
    world.failure = lambda: failures.pop() if failures else None
    world.send(feed)
    world.run(19)
    assert len(world.asked) == 1
    world.run(3)
    assert numbers(feed, route) == list(range(100, 104))


def test_a_gap_stays_a_gap_that_says_why_after_the_timeout() -> None:
    feed = Trades()
    world = FillWorld(feed, fill_timeout=60.0)
    route = world.follow(feed)
    world.send(feed)
    world.skip(feed, 2)
    world.failure = lambda: RestFailure("503 Service Unavailable", 503)
    world.send(feed, 2)
    world.run(58)
    assert course(feed, route) == [100]
    world.run(3)
    assert course(feed, route) == [100, ("gap", 101, 102), 103, 104]
    (gap,) = world.said
    assert isinstance(gap, Gap)
    assert "REST: 503 Service Unavailable, given up after 60 s" in gap.reason
    assert (route.filled, route.gaps, route.missing) == (0, 1, 2)


def test_a_final_failure_is_reported_at_once() -> None:
    feed = Trades()
    world = FillWorld(feed)
    route = world.follow(feed)
    world.send(feed)
    world.skip(feed, 2)
    world.failure = lambda: RestFailure("400: Invalid symbol.", 400, -1121, is_final=True)
    world.send(feed)
    world.run(1)
    assert course(feed, route) == [100, ("gap", 101, 102), 103]


def test_an_answer_that_never_comes_is_given_up() -> None:
    feed = Trades()
    world = FillWorld(feed)
    route = world.follow(feed)
    world.send(feed)
    world.skip(feed)
    world.is_silent = True
    world.send(feed)
    world.run(61)
    assert course(feed, route) == [100, ("gap", 101, 101), 102]
    assert world.cancelled == {1}


def test_what_was_fetched_before_the_end_of_rest_is_delivered() -> None:
    feed = Trades()
    world = FillWorld(feed)
    route = world.follow(feed, maxsize=5000)
    world.send(feed)
    world.skip(feed, 1500)
    failures = [None]
    world.failure = lambda: failures.pop() if failures else RestFailure("503", 503)
    world.send(feed)
    world.run(70)
    assert numbers(feed, route) == [*range(100, 1101), 1601]
    assert [type(notice) for notice in world.said] == [Filled, Gap]
    assert (route.filled, route.missing) == (1000, 500)


def test_ids_that_rest_steps_over_stay_a_gap_of_exactly_these() -> None:
    feed = Trades()
    world = FillWorld(feed)
    route = world.follow(feed)
    world.send(feed)
    world.skip(feed, 5)
    world.send(feed)
    world.change = lambda rows: [row for row in rows if row["id"] not in (102, 103)]
    world.run(5)
    assert course(feed, route) == [
        *(100, ("filled", 101, 105, 3), 101, ("gap", 102, 103), 104, 105, 106),
    ]
    assert len(world.asked) == 1


def test_rows_out_of_order_twice_and_from_elsewhere_do_no_harm() -> None:
    feed = Trades()
    world = FillWorld(feed)
    route = world.follow(feed)
    world.send(feed, 5)
    world.skip(feed, 5)
    world.send(feed, 2)

    def shuffle(rows: list[object]) -> list[object]:
        return [*rows[::-1], *(row for _, _, row in feed.published), *rows]

    world.change = shuffle
    world.run(5)
    assert numbers(feed, route) == list(range(100, 112))


def test_waiting_for_request_weight_is_not_the_end() -> None:
    feed = Trades()
    world = FillWorld(feed, fill_timeout=10.0)
    route = world.follow(feed)
    world.send(feed)
    world.skip(feed, 2)
    unsent = [RestFailure("not sent within 9 s", retry_after=40.0, is_unsent=True)] * 5
    world.latency = lambda: 9.0
    world.failure = lambda: unsent.pop() if unsent else None
    world.send(feed)
    world.run(60)
    assert numbers(feed, route) == list(range(100, 104))


def test_request_weight_is_not_waited_for_without_end() -> None:
    feed = Trades()
    world = FillWorld(feed, fill_timeout=10.0)
    route = world.follow(feed)
    world.send(feed)
    world.skip(feed, 2)
    world.latency = lambda: 9.0
    world.failure = lambda: RestFailure("not sent within 9 s", retry_after=40.0, is_unsent=True)
    world.send(feed)
    world.run(120)
    assert course(feed, route) == [100, ("gap", 101, 102), 103]


def test_a_late_event_is_used_and_not_delivered_twice() -> None:
    feed = Trades()
    world = FillWorld(feed)
    route = world.follow(feed)
    world.send(feed)
    skipped = world.skip(feed, 3)
    world.send(feed)
    world.deliver(skipped[1])
    world.run(1)
    world.deliver(skipped[0])
    world.send(feed)
    world.run(1)
    assert numbers(feed, route) == list(range(100, 106))
    assert [notice for notice in world.notices if isinstance(notice, Duplicates)] == [
        Duplicates(feed.name, 1)
    ]


def test_late_events_that_fill_the_gap_need_no_rest() -> None:
    feed = Trades()
    world = FillWorld(feed)
    route = world.follow(feed)
    world.send(feed)
    skipped = world.skip(feed, 2)
    world.send(feed)
    for data in skipped:
        world.deliver(data)
    world.run(0.01)
    assert course(feed, route) == [100, 101, 102, 103]
    world.run(5)
    assert course(feed, route) == [100, 101, 102, 103]


def test_a_late_event_of_a_gap_that_was_given_up_is_delivered_late() -> None:
    feed = Trades()
    world = FillWorld(feed, fill_timeout=5.0)
    route = world.follow(feed)
    world.send(feed)
    skipped = world.skip(feed, 2)
    world.failure = lambda: RestFailure("503", 503)
    world.send(feed)
    world.run(10)
    world.deliver(skipped[1])
    world.deliver(skipped[1])
    assert course(feed, route) == [100, ("gap", 101, 102), 103, "Late", 102, "Duplicates"]


def test_ids_that_begin_anew_end_a_fill_and_are_followed() -> None:
    feed = Trades(first=100_000)
    world = FillWorld(feed)
    route = world.follow(feed)
    world.send(feed)
    world.skip(feed, 2)
    world.lag = 100.0
    world.send(feed)
    world.run(2)
    feed.id = 5
    world.send(feed, 25)
    world.run(0.1)
    assert course(feed, route)[:4] == [
        *(100_000, ("gap", 100_001, 100_002), 100_003, ("gap", None, None)),
    ]
    assert numbers(feed, route)[2:] == list(range(5, 30))
    feed.published.clear()
    world.skip(feed, 2)
    world.lag = 0.0
    world.send(feed)
    world.run(1)
    assert numbers(feed, route)[2:] == list(range(5, 33))


def test_a_late_event_that_was_fetched_already_is_a_duplicate() -> None:
    feed = Trades()
    world = FillWorld(feed)
    route = world.follow(feed, maxsize=5000)
    world.send(feed)
    skipped = world.skip(feed, 1500)
    world.send(feed)
    world.latency = lambda: 5.0
    world.run(6)
    world.deliver(skipped[7])
    assert course(feed, route) == [100]
    world.send(feed)
    world.run(10)
    assert numbers(feed, route) == list(range(100, 1603))
    assert [notice for notice in world.notices if isinstance(notice, Duplicates)] == [
        Duplicates(feed.name, 1)
    ]
