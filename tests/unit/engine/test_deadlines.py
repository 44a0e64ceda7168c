"""When an engine wants to be called: events that only postpone deadlines leave that as it is."""

from __future__ import annotations

import json
from typing import Any

import pytest

from binance_streams import Dropped, Stale
from binance_streams_runtime.pipeline.route import Consumer
from tests.support.frames import PING, frame, trade_frame
from tests.support.simulated_engine import EngineWorld


def settled(**options: Any) -> EngineWorld:
    """A world whose only stream was confirmed 2 s ago, and nothing has come since."""
    world = EngineWorld(**options)
    world.open_route(maxsize=options.get("maxsize", 1000))
    world.run(2, pings=None)
    assert due_in(world) == 28.01
    return world


def due_in(world: EngineWorld) -> float | None:
    due = world.engine.next_time(world.now)
    return None if due is None else round(due - world.now, 2)


def stale(world: EngineWorld) -> list[Stale]:
    return [notice for notice in world.notices if isinstance(notice, Stale)]


def receive_one_a_second(world: EngineWorld, count: int) -> None:
    for number in range(1, count + 1):
        world.run(1.0, pings=None)
        world.receive(trade_frame(number))


def test_events_do_not_bring_a_deadline_forward_and_it_is_found_anew_once_it_has_passed() -> None:
    world = settled()
    receive_one_a_second(world, 27)
    assert due_in(world) == 1.01
    world.run(2.0, pings=None)
    assert due_in(world) == 28.0
    assert world.dropped == []


def test_a_stream_that_was_busy_is_reported_as_idle_in_time() -> None:
    world = EngineWorld()
    world.open_route(max_idle=10.0)
    world.run(1, pings=None)
    receive_one_a_second(world, 25)
    world.run(9.9, pings=None)
    assert stale(world) == []
    world.run(0.2, pings=None)
    assert stale(world) == [Stale("btcusdt@trade", 10.0, "notice")]


def test_a_connection_that_was_busy_is_abandoned_in_time() -> None:
    world = settled()
    receive_one_a_second(world, 45)
    world.run(29.9, pings=None)
    assert world.dropped == []
    world.run(0.2, pings=None)
    assert world.dropped == [1]


def test_drops_are_reported_a_second_after_the_last_report_even_if_nothing_comes() -> None:
    world = settled(maxsize=2)
    world.receive(b"".join(map(trade_frame, range(1, 6))))
    assert [one.count for one in world.notices if isinstance(one, Dropped)] == [3]
    world.receive(trade_frame(6))
    assert due_in(world) == 1.0
    world.run(1.1, pings=None)
    assert [one.count for one in world.notices if isinstance(one, Dropped)] == [3, 1]


def test_a_pong_that_must_wait_brings_the_deadline_forward() -> None:
    world = settled()
    world.receive(frame(b"one", PING) + trade_frame(1))
    world.receive(frame(b"two", PING))
    assert due_in(world) == 0.5
    world.run(1.0, pings=None)
    assert world.pongs == [b"one", b"two"]


def test_a_request_brings_the_deadline_forward_and_its_answer_takes_that_back() -> None:
    world = EngineWorld(react=lambda server, request: None)
    world.open_route()
    world.run(1, pings=None)
    assert due_in(world) == 4.0
    (request,) = world.requests
    world.receive(frame(json.dumps({"result": None, "id": request["id"]})))
    assert due_in(world) == 30.0


@pytest.mark.parametrize("consumer", ["subscription", "client"])
def test_an_overflow_that_must_wait_to_unsubscribe_brings_the_deadline_forward(
    consumer: Consumer,
) -> None:
    """The requests of the last second use up what the server allows, so nothing is sent now."""
    world = EngineWorld(maxsize=2)
    world.open_route(consumer=consumer, maxsize=2, overflow="raise")
    world.client_queue.overflow = "raise"
    world.run(1, pings=None)
    for _ in range(3):
        world.call("command", lambda session: session.ping(world.now))
    before = due_in(world)
    world.receive(b"".join(map(trade_frame, range(1, 4))))
    assert world.requests[1:] == []
    due = due_in(world)
    assert due is not None
    assert before is not None
    assert 0 < due < min(before, 1.2)
    world.run(1.5, pings=None)
    assert [request["method"] for request in world.requests[1:]] == ["UNSUBSCRIBE"]


def test_deadlines_are_back_as_soon_as_an_event_finds_that_a_full_queue_has_room() -> None:
    world = EngineWorld()
    route, _ = world.open_route(maxsize=2, overflow="block", max_idle=5.0)
    world.run(2, pings=None)
    world.receive(b"".join(map(trade_frame, range(1, 4))))
    assert world.engine.is_paused
    world.run(20, pings=None)
    assert due_in(world) == 10.0
    route.sink.replace(lambda waiting: [])
    world.receive(trade_frame(4))
    assert not world.engine.is_paused
    world.run(4.9, pings=None)
    assert stale(world) == []
    world.run(0.2, pings=None)
    assert stale(world) == [Stale("btcusdt@trade", 5.0, "notice")]
