"""What becomes of a stream that several connections carry, in simulated time."""

from __future__ import annotations

from functools import partial
from typing import Any

from binance_streams_runtime.client.health import engine_health
from binance_streams_runtime.errors import ConnectionLost, RequestError
from binance_streams_runtime.notices import (
    Disconnected,
    RedundancyReduced,
    RedundancyRestored,
    Resubscribed,
)
from binance_streams_runtime.session.redundancy.session import RedundantSession
from binance_streams_runtime.session.timeouts import Timeouts
from tests.support.frames import trade_frame
from tests.support.simulated_engine import EngineWorld, items
from tests.support.simulated_session import Server, behave

TRADE = "btcusdt@trade"
DAY = Timeouts().lifetime


def world(count: int = 2, **options: Any) -> EngineWorld:
    return EngineWorld(make_session=partial(RedundantSession, count), **options)


def refuse_on(*connections: int) -> Any:
    """Make a server that refuses each SUBSCRIBE on these connections."""

    def react(server: Server, request: dict[str, Any]) -> None:
        if server.number in connections and request["method"] == "SUBSCRIBE":
            server.answer({"error": {"code": 2, "msg": "no"}, "id": request["id"]})
        else:
            behave(server, request)

    return react


def kinds(world: EngineWorld) -> list[str]:
    return [type(notice).__name__ for notice in world.notices]


def test_a_stream_is_confirmed_once_and_carried_twice() -> None:
    both = world()
    route, subscriber = both.open_route(TRADE)
    both.run(1.0)
    assert subscriber.log == ["confirmed"]
    assert both.engine.carriers(route) == 2
    assert [server.streams for server in both.servers.values()] == [{TRADE}, {TRADE}]


def test_the_end_of_one_connection_does_not_interrupt_the_stream() -> None:
    both = world()
    route, subscriber = both.open_route(TRADE)
    both.run(1.0)
    both.receive(trade_frame(1), 1)
    both.receive(trade_frame(1), 2)
    both.lose(1, ConnectionLost("reset"))
    assert both.engine.carriers(route) == 1
    both.receive(trade_frame(2), 2)
    both.run(1.0)
    assert both.engine.carriers(route) == 2
    both.receive(trade_frame(2), 3)
    both.receive(trade_frame(3), 3)
    assert items(route) == [1, 2, 3]
    assert subscriber.log == ["confirmed"]
    lost = next(notice for notice in both.notices if isinstance(notice, Disconnected))
    assert lost.streams == ()
    reduced = next(notice for notice in both.notices if isinstance(notice, RedundancyReduced))
    assert reduced == RedundancyReduced(1, (TRADE,), 1, 2, "reset")
    restored = next(notice for notice in both.notices if isinstance(notice, RedundancyRestored))
    assert (restored.streams, restored.carriers, restored.redundancy) == ((TRADE,), 2, 2)


def test_the_end_of_all_connections_interrupts_the_stream() -> None:
    both = world()
    _, subscriber = both.open_route(TRADE)
    both.run(1.0)
    both.opens_after = None
    both.lose(1, ConnectionLost("reset"))
    both.lose(2, ConnectionLost("reset"))
    assert subscriber.log == ["confirmed", "interrupted"]
    lost = [notice.streams for notice in both.notices if isinstance(notice, Disconnected)]
    assert lost == [(), (TRADE,)]
    both.opens_after = 0.0
    both.run(60.0)
    assert subscriber.log[-1] == "confirmed"
    back = [notice.streams for notice in both.notices if isinstance(notice, Resubscribed)]
    assert back == [(TRADE,)]


def test_a_stream_that_is_about_to_be_confirmed_on_one_connection_is_not_interrupted() -> None:
    """If the other one ends before any request was answered, nothing has been missed."""
    both = world(react=lambda server, request: None)
    route, subscriber = both.open_route(TRADE)
    both.run(0.5)
    both.lose(1, ConnectionLost("reset"))
    both.react = behave
    both.run(10.0)
    lost = [notice.streams for notice in both.notices if isinstance(notice, Disconnected)]
    assert lost == [()]
    assert not {"Resubscribed", "RedundancyReduced"} & {*kinds(both)}
    assert subscriber.log[-1] == "confirmed"
    assert both.engine.carriers(route) == 2


def test_a_stream_that_no_open_connection_is_about_to_carry_is_interrupted() -> None:
    both = world()
    both.opens_after = None
    both.open_route(TRADE)
    both.lose(1, ConnectionLost("refused"))
    lost = [notice.streams for notice in both.notices if isinstance(notice, Disconnected)]
    assert lost == [(TRADE,)]


def test_a_stream_that_is_refused_on_one_connection_is_requested_there_again() -> None:
    both = world(react=refuse_on(2))
    route, subscriber = both.open_route(TRADE)
    both.run(1.0)
    assert subscriber.log == ["confirmed"]
    assert both.engine.carriers(route) == 1
    assert "RedundancyReduced" in kinds(both)
    health = engine_health(both.engine, both.now, None)
    assert health.status == "degraded"
    assert "fewer connections than the client's redundancy" in " ".join(health.reasons)
    both.react = behave
    both.run(61.0)
    assert both.engine.carriers(route) == 2
    assert "RedundancyRestored" in kinds(both)
    assert engine_health(both.engine, both.now, None).status == "ok"


def test_a_stream_that_is_refused_on_all_connections_ends() -> None:
    both = world(react=refuse_on(1, 2))
    _, subscriber = both.open_route(TRADE)
    both.run(1.0)
    assert subscriber.log[0] == "ended"
    assert isinstance(subscriber.log[1], RequestError)
    both.run(120.0)
    assert all(not server.streams for server in both.servers.values())


def test_without_reconnecting_the_stream_ends_with_the_last_connection() -> None:
    both = world(reconnect=False)
    _, subscriber = both.open_route(TRADE)
    both.run(1.0)
    both.lose(1, ConnectionLost("reset"))
    assert subscriber.log == ["confirmed"]
    both.lose(2, ConnectionLost("reset"))
    assert subscriber.log[-2] == "ended"
    assert isinstance(subscriber.log[-1], ConnectionLost)


def test_connections_are_not_replaced_at_the_same_time() -> None:
    three = world(count=3)
    three.open_route(TRADE)
    three.run(1.0)
    ages = sorted(one.rotate_at or 0.0 for one in three.engine.connections())
    assert len(ages) == 3
    assert ages[1] - ages[0] >= DAY / 12
    assert ages[2] - ages[1] >= DAY / 12
    assert ages[2] <= three.now + DAY


def test_a_stream_that_is_unsubscribed_leaves_all_connections() -> None:
    both = world()
    route, _ = both.open_route(TRADE)
    both.run(1.0)
    both.call("unsubscribe", TRADE, route)
    both.run(1.0)
    assert all(not server.streams for server in both.servers.values())
    assert both.engine.carriers(route) == 0


def test_no_connection_is_given_up_while_a_full_queue_keeps_all_of_them_from_being_read() -> None:
    both = world()
    route, _ = both.open_route(TRADE, "subscription", maxsize=2, overflow="block")
    both.run(1.0)
    both.receive(trade_frame(1) + trade_frame(2) + trade_frame(3))
    assert both.engine.is_paused
    both.run(600.0, pings=None)
    assert (both.opened, both.dropped) == ([1, 2], [])
    route.sink.replace(lambda waiting: [])
    both.call("tick")
    assert not both.engine.is_paused
    both.run(5.0)
    assert both.engine.carriers(route) == 2


def test_what_waits_for_a_connection_that_is_not_read_is_not_given_up() -> None:
    """Each queue is full; what is missing may be in the buffers of the system."""
    both = world()
    full, _ = both.open_route("ethusdt@trade", "subscription", maxsize=2, overflow="block")
    route, _ = both.open_route(TRADE)
    both.run(1.0)
    both.receive(trade_frame(1), 1)
    both.receive(trade_frame(1), 2)
    both.receive(trade_frame(3), 1)
    both.receive(trade_frame(1, "ETHUSDT") + trade_frame(2, "ETHUSDT") + trade_frame(3, "ETHUSDT"))
    assert both.engine.is_paused
    both.run(600.0, pings=None)
    full.sink.replace(lambda waiting: [])
    both.call("tick")
    both.receive(trade_frame(2), 2)
    assert items(route) == [1, 2, 3]


def test_several_streams_are_subscribed_and_unsubscribed_on_all_connections() -> None:
    both = world()
    names = [TRADE, "ethusdt@trade"]
    routes = [both.make_route(name)[0] for name in names]
    both.call("subscribe_many", names, routes, 7)
    both.run(1.0)
    assert [both.engine.carriers(route) for route in routes] == [2, 2]
    assert [server.streams for server in both.servers.values()] == [{*names}, {*names}]
    both.call("unsubscribe_many", [*names, "bnbusdt@trade"], 8)
    both.run(1.0)
    assert [server.streams for server in both.servers.values()] == [set(), set()]


def test_closing_says_goodbye_on_all_connections() -> None:
    both = world()
    both.open_route(TRADE)
    both.run(1.0)
    both.call("close")
    assert {sent[1] for sent in both.sent if sent[2] == "close"} == {1, 2}
    assert both.engine.next_time(both.now) is None
