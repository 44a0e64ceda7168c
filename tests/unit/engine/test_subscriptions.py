"""What an engine notifies subscribers of, and whose queue events reach."""

from __future__ import annotations

from typing import Any

import pytest

from binance_streams import ConnectionLost, QueueOverflow, RequestError
from binance_streams_runtime.protocol.requests import Request
from tests.support.frames import trade_frame
from tests.support.simulated_engine import EngineWorld, items, shown
from tests.support.simulated_session import Server, behave

LOST = ConnectionLost("a test cut it")


def refuse(server: Server, request: dict[str, Any]) -> None:
    server.answer({"code": 2, "msg": "no such stream", "id": request["id"]})


def test_a_subscription_is_confirmed_and_delivers_events() -> None:
    world = EngineWorld()
    route, subscriber = world.open_route()
    world.run(1)
    world.receive(trade_frame(1) + trade_frame(2))
    assert (subscriber.log, items(route)) == (["confirmed"], [1, 2])


def test_a_second_request_for_a_stream_changes_nothing_for_its_subscriber() -> None:
    """The caller chose an id, so the server is asked again, and the route stays."""
    world = EngineWorld()
    route, _ = world.open_route()
    world.run(1)
    results: list[tuple[Any, Any]] = []
    request = Request("SUBSCRIBE", ["btcusdt@trade"], 7, [lambda *both: results.append(both)])
    world.call("subscribe", "btcusdt@trade", None, request)
    world.run(1)
    assert results == [(None, None)]
    assert world.router.get("btcusdt@trade") is route


def test_a_subscription_that_is_given_up_ends_without_an_error() -> None:
    world = EngineWorld()
    route, subscriber = world.open_route()
    world.run(1)
    world.call("unsubscribe", "btcusdt@trade", route)
    world.run(1)
    world.receive(trade_frame(1))
    assert subscriber.log == ["confirmed", "ended", None]
    assert (items(route), world.streams) == ([], set())


def test_the_route_of_the_old_connector_has_nobody_to_notify() -> None:
    world = EngineWorld()
    route, _ = world.open_route()
    route.subscriber = None
    world.run(1)
    world.lose(1, LOST)
    world.run(10)
    world.call("unsubscribe", "btcusdt@trade", route)
    world.run(1)
    assert world.router.get("btcusdt@trade") is None


def test_a_lost_connection_interrupts_and_the_next_one_confirms_again() -> None:
    world = EngineWorld()
    route, subscriber = world.open_route()
    world.run(1)
    world.receive(trade_frame(1))
    world.lose(1, LOST)
    world.run(10)
    world.receive(trade_frame(5), connection=2)
    assert subscriber.log == ["confirmed", "interrupted", "confirmed"]
    assert items(route) == [1, "Disconnected", "Gap", 5]


def test_of_a_stream_without_a_route_no_time_out_is_reported() -> None:
    world = EngineWorld(react=lambda server, request: None)
    _, subscriber = world.open_route()
    world.router.remove("btcusdt@trade")
    world.run(6)
    assert subscriber.log == []


@pytest.mark.parametrize("reconnect", [True, False])
def test_of_a_stream_without_a_route_nothing_is_reported(reconnect: bool) -> None:
    """The session may know of it for a moment longer: confirmed, interrupted, failed."""
    world = EngineWorld(reconnect=reconnect)
    route, subscriber = world.open_route()
    world.router.remove("btcusdt@trade")
    world.run(1)
    world.lose(1, LOST)
    world.run(30)
    assert world.streams == ({"btcusdt@trade"} if reconnect else set())
    assert (subscriber.log, items(route)) == ([], [])


def test_a_stream_can_be_given_up_without_its_route() -> None:
    """As callers do who asked for it with an id of their own, and hold none."""
    world = EngineWorld()
    _, subscriber = world.open_route()
    world.run(1)
    results: list[Any] = []
    request = Request("UNSUBSCRIBE", ["btcusdt@trade"], 7, [lambda *both: results.append(both)])
    world.call("unsubscribe", "btcusdt@trade", None, request)
    world.run(1)
    assert (world.streams, results) == (set(), [(None, None)])
    assert subscriber.log == ["confirmed"]


def test_a_request_that_is_not_answered_is_reported_and_made_again() -> None:
    is_deaf = [True]

    def react(server: Server, request: dict[str, Any]) -> None:
        if not is_deaf[0]:
            behave(server, request)

    world = EngineWorld(react)
    _, subscriber = world.open_route()
    world.run(6)
    is_deaf[0] = False
    world.run(30)
    assert subscriber.log[0] == "timed out"
    assert subscriber.log[-1] == "confirmed"


def test_a_refused_subscription_ends_with_the_refusal() -> None:
    world = EngineWorld(refuse)
    _, subscriber = world.open_route()
    world.run(1)
    assert subscriber.log[0] == "ended"
    assert isinstance(subscriber.log[1], RequestError)
    assert world.router.get("btcusdt@trade") is None


def test_what_ends_streams_that_nobody_takes_reaches_the_client_once() -> None:
    """One lost connection, of three streams: whoever iterates the client sees one error."""
    world = EngineWorld(reconnect=False)
    for symbol in ("btcusdt", "ethusdt", "bnbusdt"):
        world.open_route(f"{symbol}@trade", "unclaimed")
    world.run(1)
    world.receive(trade_frame(1))
    world.lose(1, LOST)
    assert [shown(item) for item in world.client_queue.items] == ["ErrorItem"]


def test_what_ends_a_stream_that_somebody_takes_is_not_the_clients() -> None:
    world = EngineWorld(reconnect=False)
    _, subscriber = world.open_route()
    world.run(1)
    world.lose(1, LOST)
    assert subscriber.log[:2] == ["confirmed", "ended"]
    assert isinstance(subscriber.log[-1], ConnectionLost)
    assert not world.client_queue.items


def test_a_queue_that_overflows_ends_its_subscription() -> None:
    world = EngineWorld()
    route, subscriber = world.open_route(maxsize=2, overflow="raise")
    world.run(1)
    world.receive(trade_frame(1) + trade_frame(2) + trade_frame(3))
    world.run(1)
    assert items(route) == [1, 2, "Dropped"]
    assert subscriber.log[:2] == ["confirmed", "ended"]
    assert isinstance(subscriber.log[-1], QueueOverflow)
    assert world.streams == set()


def test_all_that_the_client_takes_ends_if_its_queue_overflows() -> None:
    world = EngineWorld(client_consumes=True)
    world.client_queue.overflow = "raise"
    world.client_queue.maxsize = 2
    subscribers = [
        world.open_route(f"{symbol}@trade", "unclaimed")[1] for symbol in ("btcusdt", "ethusdt")
    ]
    _, other = world.open_route("bnbusdt@trade")
    world.run(1)
    world.receive(trade_frame(1) + trade_frame(2) + trade_frame(3))
    assert [subscriber.log[1] for subscriber in subscribers] == ["ended", "ended"]
    assert other.log == ["confirmed"]


def test_nothing_of_a_stream_that_was_given_up_reaches_the_clients_callback() -> None:
    """What waits in the client's queue goes to the stream's own."""
    world = EngineWorld(client_consumes=True)
    route, _ = world.open_route("btcusdt@trade", "unclaimed")
    world.open_route("ethusdt@trade", "unclaimed")
    world.run(1)
    world.receive(trade_frame(1) + trade_frame(2, "ETHUSDT") + trade_frame(3))
    world.call("unsubscribe", "btcusdt@trade", route)
    assert [message.stream for message in world.client_queue.items] == ["ethusdt@trade"]
    assert items(route) == [1, 3]


def test_questions_are_answered_by_each_connection() -> None:
    world = EngineWorld()
    world.open_route()
    world.run(1)
    answers: list[Any] = []

    def question() -> Request:
        return Request("LIST_SUBSCRIPTIONS", [], None, [lambda *both: answers.append(both)])

    world.call("query", question())
    world.call("query_all", iter([question()]))
    world.run(1)
    assert answers == [(["btcusdt@trade"], None)] * 2


def test_a_closed_engine_says_goodbye_and_waits_for_nothing() -> None:
    world = EngineWorld()
    world.open_route()
    world.run(1)
    world.call("close")
    assert world.sent[-1][1:3] == (1, "close")
    assert not world.engine.take_actions()
    assert world.engine.next_time(world.now) is None


@pytest.mark.parametrize("is_confirmed", [True, False])
def test_why_nothing_comes_of_a_stream(is_confirmed: bool) -> None:
    world = EngineWorld()
    route, _ = world.open_route()
    world.run(1)
    reason, error = world.engine.reason_of(world.now, route, is_confirmed)
    assert error is None
    expected = "none at all since" if is_confirmed else "connection 1 to ws://server/stream is open"
    assert expected in reason
    world.receive(trade_frame(1))
    world.run(3)
    if is_confirmed:
        reported = world.engine.reason_of(world.now, route, is_confirmed)
        assert reported == ("the server has sent none for 3.0 s", None)


def test_several_streams_are_subscribed_and_unsubscribed_by_one_request() -> None:
    """Routes that the engine has stay; names without one are unsubscribed all the same."""
    world = EngineWorld()
    first, _ = world.open_route()
    world.run(1)
    names = ["btcusdt@trade", "ethusdt@trade"]
    routes = [world.make_route(name)[0] for name in names]
    world.call("subscribe_many", names, routes, 7)
    world.run(1)
    assert [world.router.get(name) for name in names] == [first, routes[1]]
    world.call("unsubscribe_many", [*names, "bnbusdt@trade"], 8)
    world.run(1)
    assert [world.router.get(name) for name in names] == [None, None]
    requests = [(one["method"], one["params"], one["id"]) for one in world.requests[1:]]
    assert requests == [("SUBSCRIBE", names, 7), ("UNSUBSCRIBE", names, 8)]


def test_a_client_that_attaches_to_more_than_its_queue_takes_unsubscribes_at_once() -> None:
    """Nothing of what attaching leads to waits for the next input."""
    world = EngineWorld(maxsize=2)
    world.client_queue.overflow = "raise"
    _, subscriber = world.open_route(consumer="unclaimed")
    world.run(1)
    world.receive(trade_frame(1) + trade_frame(2) + trade_frame(3))
    world.call("attach_client")
    assert subscriber.log[:2] == ["confirmed", "ended"]
    assert isinstance(subscriber.log[2], QueueOverflow)
    assert world.session.take_actions() == []
    world.run(1)
    assert world.streams == set()


def test_a_subscription_that_attaches_gets_what_has_waited_and_what_comes() -> None:
    world = EngineWorld()
    route, _ = world.open_route(consumer="unclaimed")
    world.run(1)
    world.receive(trade_frame(1))
    world.call("attach_consumer", route, False)
    world.receive(trade_frame(2))
    assert items(route) == [1, 2]


def test_a_stream_is_carried_by_one_connection_while_it_is_confirmed() -> None:
    world = EngineWorld()
    route, _ = world.open_route()
    assert world.engine.carriers(route) == 0
    world.run(1)
    assert world.engine.carriers(route) == 1
    world.lose(1, ConnectionLost("a test cut it"))
    assert world.engine.carriers(route) == 0
