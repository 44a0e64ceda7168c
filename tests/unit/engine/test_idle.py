"""What an engine does about streams that are idle, and while nothing is read."""

from __future__ import annotations

import pytest

from binance_streams import ConnectionLost, Stale
from tests.support.frames import trade_frame
from tests.support.simulated_engine import EngineWorld, items

KEY = "pqia91ma19a5s61cv6a81va65sdf19v8a65a1a5s61cv6a81va65sdf19v8a65a1"


def stale(world: EngineWorld) -> list[Stale]:
    return [notice for notice in world.notices if isinstance(notice, Stale)]


def test_an_idle_stream_is_reported_each_time() -> None:
    world = EngineWorld()
    route, _ = world.open_route(max_idle=10.0)
    world.run(1)
    world.receive(trade_frame(1))
    world.run(25)
    assert stale(world) == [Stale("btcusdt@trade", 10.0, "notice")] * 2
    assert items(route) == [1, "Stale", "Stale"]


def test_an_idle_stream_is_subscribed_again() -> None:
    world = EngineWorld()
    route, _ = world.open_route(max_idle=10.0, on_idle="resubscribe")
    world.run(1)
    world.receive(trade_frame(1))
    world.run(11)
    methods = [request["method"] for request in world.requests]
    assert methods == ["SUBSCRIBE", "UNSUBSCRIBE", "SUBSCRIBE"]
    world.receive(trade_frame(3))
    assert items(route) == [1, "Stale", "Gap", 3]


def test_the_connection_of_an_idle_stream_is_replaced() -> None:
    world = EngineWorld()
    route, _ = world.open_route(max_idle=10.0, on_idle="reconnect")
    world.run(1)
    world.receive(trade_frame(1))
    world.run(11)
    assert world.opened == [1, 2]
    world.receive(trade_frame(3), connection=2)
    assert items(route) == [1, "Stale", "Gap", 3]


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("btcusdt@trade", "BTCUSDT may be misspelled"),
        ("!miniTicker@arr", "may lack this stream"),
        (KEY, "the key may be wrong or have expired"),
    ],
)
def test_a_stream_that_never_delivered_an_event_is_reported_with_what_may_be_wrong(
    name: str, reason: str
) -> None:
    world = EngineWorld(first_event_timeout=60.0)
    world.open_route(name)
    world.run(200)
    (notice,) = stale(world)
    assert notice.seconds == 60.0
    assert notice.reason is not None
    assert reason in notice.reason
    assert KEY not in repr(world.notices)


def test_an_idle_stream_that_never_delivered_an_event_is_not_reported_twice() -> None:
    """Both limits are over, and say the same."""
    world = EngineWorld(first_event_timeout=15.0)
    world.open_route(max_idle=10.0)
    world.run(19)
    (notice,) = stale(world)
    assert notice.seconds == 10.0
    assert notice.reason is not None
    assert "none at all" in notice.reason


def test_no_stream_is_idle_while_it_is_interrupted() -> None:
    world = EngineWorld()
    world.open_route(max_idle=10.0)
    world.run(1)
    world.receive(trade_frame(1))
    world.opens_after = None
    world.lose(1, ConnectionLost("a test cut it"))
    world.run(9)
    assert stale(world) == []


def test_nothing_is_idle_while_a_full_queue_keeps_the_client_from_reading() -> None:
    world = EngineWorld(first_event_timeout=60.0)
    route, _ = world.open_route(consumer="subscription", max_idle=10.0, maxsize=2, overflow="block")
    other, _ = world.open_route("ethusdt@trade")
    world.run(1)
    world.receive(trade_frame(1) + trade_frame(2) + trade_frame(3))
    assert world.engine.is_paused
    world.run(600, pings=None)
    assert (stale(world), world.opened) == ([], [1])
    route.sink.replace(lambda waiting: [])
    world.call("tick")
    assert not world.engine.is_paused
    world.run(5)
    assert (stale(world), world.opened) == ([], [1])
    world.run(60)
    assert {notice.stream for notice in stale(world)} == {route.label, other.label}


def test_nobody_is_late_before_all_was_read_that_had_come() -> None:
    """A driver that was stopped for an hour reads before it judges."""
    world = EngineWorld()
    world.open_route()
    world.run(1)
    read_until, world.now = world.now, world.now + 3600
    world.call("tick", read_until)
    assert (world.opened, world.dropped) == ([1], [])
    world.call("tick")
    assert world.dropped == [1]


def test_events_that_nobody_takes_do_not_fill_the_memory() -> None:
    world = EngineWorld(max_unread_bytes=1024 * 1024)
    route, _ = world.open_route("btcusdt@trade", "unclaimed", maxsize=1_000_000)
    world.run(1)
    for first in range(0, 40_000, 500):
        world.receive(b"".join(trade_frame(id) for id in range(first, first + 500)))
        world.run(0.5)
    assert "Unread" in [type(notice).__name__ for notice in world.notices]
    assert route.dropped > 0
    assert world.engine.unread.total(world.now) < 2 * 1024 * 1024


def test_what_keeps_no_time_is_idle_by_what_it_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    """As a recording is: how long its reader waits for a full queue says nothing."""
    world = EngineWorld(first_event_timeout=60.0)
    monkeypatch.setattr(type(world.session), "keeps_time", False)
    route, _ = world.open_route(consumer="subscription", max_idle=10.0, maxsize=2, overflow="block")
    world.run(1)
    world.receive(trade_frame(1) + trade_frame(2) + trade_frame(3))
    assert world.engine.is_paused
    world.run(20)
    assert {notice.stream for notice in stale(world)} == {route.label}
