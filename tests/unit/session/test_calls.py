"""What a session does when it is called at an odd moment, in simulated time."""

from __future__ import annotations

from typing import Any

from binance_streams import ClientClosed, RequestTimeout
from binance_streams_runtime.protocol.requests import Request
from tests.support.simulated_session import Server, World, behave


def test_a_closed_session_wants_nothing_and_says_so() -> None:
    world = World()
    world.call("close")
    errors: list[BaseException | None] = []
    request = Request("SUBSCRIBE", ["a@trade"], 7, [lambda _, error: errors.append(error)])
    world.subscribe("a@trade", request)
    world.subscribe("b@trade")
    world.call("subscribe_many", ["c@trade"], 8)
    world.run(60)
    assert [type(error) for error in errors] == [ClientClosed]
    assert (world.opened, world.session.is_desired("a@trade")) == ([], False)


def test_a_stream_without_a_connection_is_about_to_have_one() -> None:
    world = World()
    assert world.session.reason_of(world.now, "a@trade") == (
        "it is about to be subscribed to",
        None,
    )


def test_nothing_is_replaced_for_a_stream_that_nobody_wants() -> None:
    world = World()
    world.subscribe("a@trade")
    world.run(10)
    world.call("rotate", "b@trade", "no reason")
    world.call("rotate_stale", "b@trade", "no reason")
    world.run(60)
    assert world.opened == [1]


def test_later_connections_have_the_properties_of_the_first_one() -> None:
    world = World(reconnect=True)
    world.session.remember_property("combined", True)
    world.subscribe("a@trade")
    world.run(1)
    world.call("rotate", "a@trade", "a test")
    world.run(60)
    reported = [one["params"] for one in world.requests if one["method"] == "SET_PROPERTY"]
    assert reported == [["combined", True]] * len(world.opened)
    assert len(reported) == 2


def test_the_server_is_asked_to_unsubscribe_from_what_only_it_may_know() -> None:
    world = World()
    world.subscribe("a@trade")
    world.run(1)
    world.call("unsubscribe_many", ["x@trade", "y@trade"], 9)
    world.run(1)
    request = {"method": "UNSUBSCRIBE", "params": ["x@trade", "y@trade"], "id": 9}
    assert world.requests[-1] == request
    assert world.believed == {"a@trade"}


def test_a_request_of_the_session_never_has_the_id_of_one_that_is_open() -> None:
    """Users choose ids as they like, also those that would be next."""

    def react(server: Server, request: dict[str, Any]) -> None:
        if request["method"] != "LIST_SUBSCRIPTIONS":
            behave(server, request)

    world = World(react)
    world.subscribe("a@trade")
    world.run(1)
    (first,) = world.requests
    errors: list[BaseException | None] = []
    for id in range(first["id"] + 1, first["id"] + 3):
        query = Request("LIST_SUBSCRIPTIONS", [], id, [lambda _, error: errors.append(error)])
        world.call("query", query)
    world.run(0.5)
    world.subscribe("b@trade")
    world.run(60)
    assert world.believed == {"a@trade", "b@trade"}
    assert [type(error) for error in errors] == [RequestTimeout] * 2
    (second,) = (one for one in world.requests if one.get("params") == ["b@trade"])
    assert second["id"] == first["id"] + 3
