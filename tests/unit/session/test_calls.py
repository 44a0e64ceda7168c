"""What a session does when it is called at an odd moment, in simulated time."""

from __future__ import annotations

from typing import Any

import msgspec

from binance_streams import VENUE, ClientClosed, ConnectionLost, RequestTimeout, SetupError
from binance_streams_runtime.notices import RateLimited, Resubscribed
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


def test_what_was_asked_of_a_connection_that_is_lost_is_asked_of_the_next_one() -> None:
    """With the caller's own id; what should go needs no request on a new connection."""
    world = World(reconnect=True)
    world.subscribe("a@trade")
    world.subscribe("b@trade")
    world.run(1)
    for _ in range(5):
        world.session._pool.connections[1].rate_limiter.request()
    results: list[tuple[str, Any, BaseException | None]] = []

    def request(method: str, name: str, id: str) -> Request:
        return Request(method, [name], id, [lambda *both: results.append((id, *both))])

    world.subscribe("c@trade", request("SUBSCRIBE", "c@trade", "in"))
    world.unsubscribe("b@trade", request("UNSUBSCRIBE", "b@trade", "out"))
    world.servers[1].is_open = False
    world.servers[1].streams.clear()
    world.call("lost", 1, ConnectionLost("a test cut it"))
    world.run(10)
    assert results == [("out", None, None), ("in", None, None)]
    assert world.streams == {"a@trade", "c@trade"} == world.believed
    assert {"method": "SUBSCRIBE", "params": ["c@trade"], "id": "in"} in world.requests


def test_the_last_interrupted_stream_may_be_unsubscribed_rather_than_confirmed() -> None:
    """The server refuses one of two that it had confirmed; without it, all is as it should be."""

    def refuse_b(server: Server, request: dict[str, Any]) -> None:
        if server.number > 1 and "b@trade" in request["params"]:
            server.answer({"code": 2, "msg": "not now", "id": request["id"]})
        else:
            behave(server, request)

    world = World(refuse_b, reconnect=True)
    world.subscribe("a@trade")
    world.subscribe("b@trade")
    world.run(1)
    world.servers[1].is_open = False
    world.call("lost", 1, ConnectionLost("a test cut it"))
    world.run(4)
    assert not [notice for notice in world.notices if isinstance(notice, Resubscribed)]
    world.unsubscribe("b@trade")
    (notice,) = [notice for notice in world.notices if isinstance(notice, Resubscribed)]
    assert notice.streams == ("a@trade",)


def test_a_stream_that_is_refused_in_the_end_was_not_resubscribed() -> None:
    """It had never been confirmed before its connection was lost."""

    def refuse_later(server: Server, request: dict[str, Any]) -> None:
        if server.number > 1:
            server.answer({"code": 2, "msg": "no", "id": request["id"]})

    world = World(refuse_later, reconnect=True)
    world.subscribe("a@trade")
    world.run(1)
    world.servers[1].is_open = False
    world.call("lost", 1, ConnectionLost("a test cut it"))
    world.run(10)
    assert set(world.ended) == {"a@trade"}
    assert not [notice for notice in world.notices if isinstance(notice, Resubscribed)]


def test_a_connection_that_is_not_open_is_not_replaced() -> None:
    world = World(opens_after=5.0, reconnect=True)
    world.subscribe("a@trade")
    world.run(1)
    world.call("rotate_stale", "a@trade", "it is idle")
    world.call("resubscribe_stale", "a@trade", "it is idle")
    world.run(20)
    assert world.opened == [1]
    assert [one["method"] for one in world.requests] == ["SUBSCRIBE"]


def test_nothing_is_pinged_that_is_not_open() -> None:
    world = World(opens_after=None)
    world.subscribe("a@trade")
    world.call("ping")
    world.run(1)
    assert world.sent == []


def test_a_connection_that_waits_for_the_limit_of_attempts_says_so() -> None:
    world = World()
    pool = world.session._pool
    pool._retry = msgspec.structs.replace(pool._retry, reserve=lambda now: now + 30.0)
    world.subscribe("a@trade")
    world.run(10)
    assert [type(notice) for notice in world.notices] == [RateLimited]
    reason, _ = world.session.reason_of(world.now, "a@trade")
    assert "as no more than 300 attempts in 300 s by one process are allowed" in reason
    assert reason.endswith("the next attempt is in 20.0 s")
    world.run(30)
    assert world.opened == [1]


def test_connections_can_be_counted() -> None:
    world = World(reconnect=True)
    world.subscribe("a@trade")
    world.run(1)
    world.call("rotate", "a@trade", "a test")
    assert (len(list(world.session.connections())), world.session.reconnects) == (2, 1)


def test_a_request_about_no_stream_is_not_made() -> None:
    world = World()
    world.call("subscribe_many", [], 1)
    world.call("unsubscribe_many", [], 2)
    world.run(10)
    assert (world.opened, world.requests) == ([], [])


def test_an_error_of_the_setup_is_reported_as_it_is() -> None:
    """The number of an attempt would say nothing to whoever must change the setup."""
    world = World(opens_after=None)
    world.subscribe("a@trade")
    world.run(1)
    world.call("lost", 1, SetupError("no such certificate"))
    world.run(60)
    assert str(world.ended["a@trade"]) == "no such certificate"
    assert world.opened == [1]


def test_what_does_not_fit_on_the_old_connection_waits_for_the_new_one() -> None:
    """The old one is full, and the new one, which has room again, is not open yet."""
    most = VENUE.limits.streams_per_connection
    world = World(reconnect=True)
    names = [f"s{number}@trade" for number in range(most)]
    world.call("subscribe_many", names, None)
    world.run(60)
    world.opens_after = 5.0
    world.call("rotate", names[0], "a test")
    world.session._pool.connections[1].add_desired("x@trade")
    world.unsubscribe(names[1])
    world.subscribe("late@trade")
    world.run(1)
    assert "late@trade" not in world.streams
    world.run(60)
    assert "late@trade" in world.streams


def test_a_stream_that_is_unsubscribed_while_its_connection_is_lost_stays_so() -> None:
    world = World(reconnect=True, opens_after=3.0)
    world.subscribe("a@trade")
    world.subscribe("b@trade")
    world.run(5)
    lose(world, 1)
    world.run(1)
    world.unsubscribe("b@trade")
    world.call("resubscribe", "b@trade")
    world.run(60)
    assert world.streams == {"a@trade"} == world.believed
    (notice,) = [notice for notice in world.notices if isinstance(notice, Resubscribed)]
    assert notice.streams == ("a@trade",)


def test_a_question_is_not_kept_for_the_next_attempt() -> None:
    """Whoever asks learns at once that there is no connection, when there will be, and why."""
    world = World(reconnect=True)
    world.subscribe("a@trade")
    world.run(1)
    for number in (1, 2):
        world.opens_after = None
        lose(world, number)
        world.run(0.01)
    errors: list[BaseException | None] = []
    question = Request("LIST_SUBSCRIPTIONS", [], None, [lambda _, error: errors.append(error)])
    world.call("query", question)
    (error,) = errors
    assert isinstance(error, ConnectionLost)
    assert "there is no connection to ws://server/stream" in str(error)
    assert isinstance(error.__cause__, ConnectionLost)
    assert "a test cut it" in str(error.__cause__)


def test_a_connection_that_nobody_needs_is_not_opened_again() -> None:
    """Its streams were unsubscribed, and another connection has what is left."""
    world = World(reconnect=True)
    names = [f"s{number}@trade" for number in range(VENUE.limits.streams_per_connection + 1)]
    world.call("subscribe_many", names, None)
    world.run(30)
    assert world.opened == [1, 2]
    world.session._pool.connections[2].pings = 0
    for _ in range(5):
        world.session._pool.connections[2].rate_limiter.request()
    world.unsubscribe(names[-1])
    lose(world, 2)
    world.run(60)
    assert world.opened == [1, 2]
    assert world.ended == {}


def lose(world: World, number: int) -> None:
    world.servers[number].is_open = False
    world.servers[number].streams.clear()
    world.call("lost", number, ConnectionLost("a test cut it"))
