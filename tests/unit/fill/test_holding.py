"""What waits behind a gap: how much, for how long, and that nothing of it is ever lost."""

from __future__ import annotations

import pytest

from binance_streams import ConnectionLost, Filled, Gap, Message, QueueOverflow
from binance_streams_runtime.pipeline.fill.tracker import MAX_PAGES
from tests.support.fill_feeds import AggTrades, Trades
from tests.support.fill_world import FillWorld, course, numbers
from tests.support.simulated_engine import shown


def test_more_than_maxsize_events_do_not_wait() -> None:
    feed = Trades()
    world = FillWorld(feed)
    route = world.follow(feed, maxsize=10)
    world.is_silent = True
    world.send(feed)
    world.skip(feed, 2)
    world.send(feed, 5)
    world.run(1)
    assert course(feed, route) == [100]
    route.sink.replace(lambda items: [])
    for _ in range(6):
        world.send(feed)
    assert numbers(feed, route) == list(range(104, 114))
    (gap,) = world.said
    assert "10 events waited" in gap.reason
    assert route.dropped == 1


def test_with_block_reading_pauses_instead() -> None:
    feed = Trades()
    world = FillWorld(feed)
    route = world.follow(feed, maxsize=10, overflow="block")
    world.latency = lambda: 5.0
    world.send(feed)
    world.skip(feed, 2)
    world.send(feed, 20)
    assert world.engine.is_paused
    seen = []
    for _ in range(700):
        world.run(0.01)
        seen += route.sink.sample(99)
        route.sink.replace(lambda items: [])
    assert [shown(item) for item in seen] == [100, "Filled", *range(101, 123)]
    assert not world.engine.is_paused


def test_what_is_fetched_waits_for_room_in_the_queue() -> None:
    feed = Trades()
    world = FillWorld(feed)
    route = world.follow(feed, maxsize=100)
    world.send(feed)
    world.skip(feed, 2000)
    world.send(feed, 50)
    seen = []
    for _ in range(600):
        world.run(0.05)
        assert len(route.sink) <= 100
        seen += [item for item in route.sink.sample(999) if not isinstance(item, Gap)]
        route.sink.replace(lambda items: [])
    assert [shown(item) for item in seen] == [100, "Filled", *range(101, 2151)]
    assert route.dropped == 0


def test_a_consumer_that_takes_nothing_costs_no_memory_forever() -> None:
    feed = Trades()
    world = FillWorld(feed, fill_timeout=20.0)
    route = world.follow(feed, maxsize=10)
    world.send(feed)
    world.skip(feed, 20)
    world.send(feed)
    world.run(10)
    assert len(route.sink) <= 10
    world.run(30)
    assert not route.filling.is_holding  # type: ignore[union-attr]
    assert numbers(feed, route)[-1] == 121


def test_a_huge_gap_is_delivered_in_parts() -> None:
    feed = Trades()
    world = FillWorld(feed)
    route = world.follow(feed, maxsize=300_000)
    world.send(feed)
    world.skip(feed, 1000 * MAX_PAGES + 500)
    world.send(feed)
    world.run(20)
    assert numbers(feed, route) == list(range(100, 1000 * MAX_PAGES + 602))
    filled = [notice for notice in world.said if isinstance(notice, Filled)]
    assert [(notice.first, notice.count) for notice in filled] == [
        (101, 1000 * MAX_PAGES),
        (1000 * MAX_PAGES + 101, 500),
    ]


def test_notices_behind_a_gap_keep_their_place() -> None:
    feed = Trades()
    world = FillWorld(feed)
    route = world.follow(feed)
    world.latency = lambda: 3.0
    world.send(feed)
    world.skip(feed)
    world.send(feed)
    world.cut()
    world.run(1)
    assert course(feed, route) == [100]
    world.send(feed)
    world.run(5)
    assert course(feed, route) == [100, ("filled", 101, 101, 1), 101, 102, "Disconnected", 103]
    assert [type(notice).__name__ for notice in world.notices].count("Disconnected") == 1


@pytest.mark.parametrize("end", ["unsubscribe", "close", "lose"])
def test_what_waits_is_delivered_before_the_end(end: str) -> None:
    feed = Trades()
    world = FillWorld(feed, reconnect=end != "lose")
    route = world.follow(feed)
    world.is_silent = True
    world.send(feed)
    world.skip(feed, 2)
    world.send(feed, 2)
    world.run(1)
    if end == "unsubscribe":
        world.call("unsubscribe", feed.name, route)
    elif end == "close":
        world.call("close")
    else:
        world.lose(1, ConnectionLost("for good"))
    assert course(feed, route)[:4] == [100, ("gap", 101, 102), 103, 104]
    (gap,) = world.said
    assert "given up as the stream ended" in gap.reason
    assert world.cancelled == {1}
    assert world.engine._fills.next_time() is None


def test_the_clients_queue_gets_messages_in_order() -> None:
    feed = Trades()
    world = FillWorld(feed, client_consumes=True)
    world.follow(feed, consumer="unclaimed")
    world.send(feed)
    world.skip(feed, 2)
    world.send(feed)
    world.run(1)
    waiting = world.client_queue.sample(99)
    assert all(isinstance(item, Message) for item in waiting)
    assert [item.data.trade_id for item in waiting] == [100, 101, 102, 103]


def test_a_subscription_without_notices_gets_events_only() -> None:
    feed = Trades()
    world = FillWorld(feed)
    route = world.follow(feed, consumer="subscription")
    world.send(feed)
    world.skip(feed, 2)
    world.cut()
    world.run(1)
    world.send(feed)
    world.run(1)
    assert course(feed, route) == [100, 101, 102, 103]


def test_a_fetched_event_is_no_sign_of_life() -> None:
    feed = Trades()
    world = FillWorld(feed)
    route = world.follow(feed)
    world.latency = lambda: 5.0
    world.send(feed)
    world.skip(feed)
    world.send(feed)
    came = route.last_received
    world.run(10)
    assert numbers(feed, route) == [100, 101, 102]
    assert route.last_received == came
    assert feed.number_of(route.last_event) == 102


def test_a_held_event_is_a_sign_of_life() -> None:
    feed = Trades()
    world = FillWorld(feed)
    route = world.follow(feed, max_idle=30.0)
    world.is_silent = True
    world.send(feed)
    world.skip(feed)
    for _ in range(5):
        world.send(feed)
        world.run(10)
    assert not [notice for notice in world.notices if type(notice).__name__ == "Stale"]
    assert feed.number_of(route.last_event) == 106


def test_an_answer_that_comes_after_the_gap_was_given_up_changes_nothing() -> None:
    feed = Trades()
    world = FillWorld(feed)
    route = world.follow(feed, maxsize=10)
    world.latency = lambda: 5.0
    world.send(feed)
    world.skip(feed, 2)
    world.send(feed)
    world.run(1)
    route.sink.replace(lambda items: [])
    world.send(feed, 10)
    (gap,) = world.said
    assert "10 events waited" in gap.reason
    world.run(100)
    assert numbers(feed, route) == list(range(104, 114))
    assert (world.said, route.duplicates) == ([gap], 0)
    assert len(world.asked) == 1
    assert world.engine._fills.next_time() is None


def test_a_handover_neither_loses_nor_repeats_what_both_connections_deliver() -> None:
    feed = Trades()
    world = FillWorld(feed)
    route = world.follow(feed)
    world.send(feed)
    world.engine.command(world.now, lambda session: session.rotate(world.now, feed.name, "a test"))
    world.run(1)
    both = world.skip(feed, 30)
    world.receive(b"".join(both[:-1]), connection=1)
    world.receive(b"".join(both), connection=2)
    world.receive(both[-1], connection=1)
    world.run(30)
    world.send(feed)
    assert numbers(feed, route) == list(range(100, 132))
    assert (world.said, world.asked) == ([], [])


def test_the_end_of_one_fill_may_be_that_of_all_of_a_full_queue() -> None:
    trades, others = Trades(), AggTrades()
    world = FillWorld(trades, others, client_consumes=True, maxsize=4)
    world.client_queue.overflow = "raise"
    world.is_silent = True
    ends = [world.open_route(feed.name, "unclaimed", fill=True)[1].log for feed in (trades, others)]
    world.run(1)
    for feed in (trades, others):
        world.send(feed)
        world.skip(feed)
        world.send(feed, 3)
    world.run(70)
    first, second = world.said
    assert "given up after 60 s" in first.reason
    assert "given up as the stream ended" in second.reason
    assert all(isinstance(log[-1], QueueOverflow) for log in ends)
    assert world.streams == set()
    assert world.engine._fills.next_time() is None
