"""One connection in simulated time: batches, ids, answers, rejections, timeouts, pongs."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from binance_streams import VENUE, ConnectionLost, RequestError, RequestTimeout
from binance_streams_runtime.notices import ServerShutdown
from binance_streams_runtime.protocol.requests import Request
from binance_streams_runtime.session.timeouts import Timeouts
from tests.support.frames import PING, frame
from tests.support.simulated_session import Server, World, behave

Fate = list[tuple[Any, BaseException | None]]


def silent(server: Server, request: dict[str, Any]) -> None:
    """Neither obey nor answer."""


def make_query(
    fate: Fate, method: str = "LIST_SUBSCRIPTIONS", id: int | str | None = None
) -> Request:
    params = ["combined"] if method == "GET_PROPERTY" else []
    return Request(method, params, id, [lambda result, error: fate.append((result, error))])


# Batches


def test_a_thousand_calls_become_a_few_small_frames() -> None:
    world = World()
    names = [f"symbol{number}usdt@kline_15m@+08:00" for number in range(1000)]
    for name in names:
        world.subscribe(name)
    world.run(30)
    assert len(world.requests) < 15
    assert world.streams == set(names) == world.believed
    assert sorted(world.confirmed) == sorted(names)
    world.assert_small_frames()
    world.assert_within_budget()


def test_names_beyond_ascii_count_in_bytes() -> None:
    world = World()
    names = [f"{'币' * 60}{number}@trade" for number in range(100)]
    for name in names:
        world.subscribe(name)
    world.run(30)
    world.assert_small_frames()
    assert world.streams == set(names)


def test_an_explicit_id_is_the_requests_own() -> None:
    world = World()
    world.subscribe("a", Request("SUBSCRIBE", ["a"], "mine"))
    world.run(1)
    assert world.requests == [{"method": "SUBSCRIBE", "params": ["a"], "id": "mine"}]
    assert world.confirmed == ["a"]


# Ids


@pytest.mark.parametrize("id", [1, 2, 3, 2**40 + 1, 2**40 + 2, 2**40 + 3])
def test_ids_of_the_caller_and_of_the_connection_never_collide(id: int) -> None:
    """The connection numbers its own requests; the caller may choose any of these numbers."""
    world = World(react=silent)
    world.subscribe("a")
    world.run(0.1)
    world.subscribe("b", Request("SUBSCRIBE", ["b"], id))
    world.subscribe("c")
    world.run(0.1)
    world.react = behave
    for server in world.servers.values():
        for request in list(server.requests):
            behave(server, request)
    world.run(20)
    assert sorted(set(world.confirmed)) == ["a", "b", "c"]
    assert world.streams == {"a", "b", "c"}


def test_two_requests_with_the_same_id_are_both_answered() -> None:
    fate: Fate = []
    world = World()
    world.call("query", make_query(fate, "GET_PROPERTY", 5))
    world.call("query", make_query(fate, "GET_PROPERTY", 5))
    world.run(30)
    assert [error for _, error in fate] == [None, None]


@pytest.mark.parametrize("id", [-(2**63), 2**63 - 1, 0, "a" * 36, "7"])
def test_every_allowed_id_is_matched(id: int | str) -> None:
    fate: Fate = []
    world = World()
    world.call("query", make_query(fate, id=id))
    world.run(1)
    assert fate == [([], None)]


# Answers


@pytest.mark.parametrize(
    "shape",
    [
        lambda id: {"code": 2, "msg": "no", "id": id},
        lambda id: {"error": {"code": 2, "msg": "no"}, "id": id},
        lambda id: {"code": 2, "msg": "no"},
        lambda id: {"error": {"code": 2, "msg": "no"}},
        lambda id: {"code": 2, "msg": "no", "id": None},
    ],
)
def test_a_refusal_in_any_shape_ends_the_stream(shape: Callable[[Any], dict[str, Any]]) -> None:
    world = World(react=lambda server, request: server.answer(shape(request["id"])))
    world.subscribe("a")
    world.run(30)
    error = world.ended["a"]
    assert isinstance(error, RequestError)
    assert (error.code, error.message) == (2, "no")
    assert len(world.requests) == 1
    assert world.dropped == []


def test_a_refusal_without_an_id_is_for_the_oldest_request() -> None:
    fates: list[Fate] = [[], []]
    world = World(react=silent)
    for fate in fates:
        world.call("query", make_query(fate))
    world.run(0.1)
    world.servers[1].answer({"code": 3, "msg": "Invalid JSON"})
    world.run(0.1)
    assert isinstance(fates[0][0][1], RequestError)
    assert fates[1] == []


@pytest.mark.parametrize("id", [99, "1", 1.5, True, [1], {"a": 1}])
def test_an_answer_that_nobody_waits_for_is_ignored(id: object) -> None:
    fate: Fate = []
    world = World(react=silent)
    world.call("query", make_query(fate))
    world.run(0.1)
    world.servers[1].answer({"result": None, "id": id})
    world.run(0.1)
    assert fate == []
    assert world.dropped == []


@pytest.mark.parametrize(
    "result",
    [
        b'"\\ud800"',
        b'"\xff"',
        b"1" * 5000,
        b"[" * 100_000 + b"]" * 100_000,
        b"1e999",
        b"nul",
        b'{"a\xff":1}',
    ],
    ids=["surrogate", "no-utf-8", "huge", "deep", "infinite", "no-json", "key"],
)
def test_an_unreadable_answer_fails_its_request_and_nothing_else(result: bytes) -> None:
    fate: Fate = []
    world = World(react=silent, timeouts=Timeouts(request=2.0))
    world.call("query", make_query(fate, id=1))
    world.run(0.1)
    world.servers[1].send(frame(b'{"result":' + result + b',"id":1}'))
    world.run(3)
    assert len(fate) == 1
    assert fate[0][1] is not None
    world.react = behave
    world.subscribe("a")
    world.run(1)
    assert world.confirmed == ["a"]


def test_a_question_without_an_answer_fails_in_time() -> None:
    fate: Fate = []
    world = World(react=silent)
    world.call("query", make_query(fate))
    world.run(4.9)
    assert fate == []
    world.run(0.3)
    assert isinstance(fate[0][1], RequestTimeout)


def test_a_late_answer_is_harmless() -> None:
    world = World(react=lambda server, request: server.confirm(request, 7.0))
    world.subscribe("a")
    world.run(8)
    world.react = behave
    world.run(30)
    assert world.streams == {"a"}
    assert world.confirmed[-1] == "a"


def test_a_lost_connection_fails_what_waits() -> None:
    fate: Fate = []
    world = World(react=silent)
    for _ in range(10):
        world.call("query", make_query(fate))
    world.run(0.1)
    world.call("lost", 1, ConnectionLost("gone"))
    assert len(fate) == 10
    assert all(isinstance(error, ConnectionLost) for _, error in fate)


# Wanted and confirmed


def test_resubscribing_before_the_unsubscribe_left_is_confirmed() -> None:
    """The rate limit is used up, so UNSUBSCRIBE waits; a new wish makes it void, and says so."""
    world = World()
    world.subscribe("a")
    world.run(5)
    for _ in range(10):
        world.call("query", make_query([]))
    world.confirmed.clear()
    world.unsubscribe("a")
    world.subscribe("a")
    world.run(10)
    assert world.confirmed[:1] == ["a"]
    assert world.streams == {"a"} == world.believed


def test_a_refused_second_subscribe_leaves_the_stream_alone() -> None:
    world = World()
    world.subscribe("a")
    world.run(2)
    world.react = lambda server, request: server.answer(
        {"code": 2, "msg": "no", "id": request["id"]}
    )
    world.subscribe("a", Request("SUBSCRIBE", ["a"], 77))
    world.run(1)
    world.react = behave
    world.run(30)
    assert world.streams == {"a"}
    assert world.ended == {}


def test_an_unanswered_subscribe_is_taken_back() -> None:
    """The server obeyed and said nothing; meanwhile the stream is no longer desired."""
    world = World(react=lambda server, request: server.obey(request))
    world.subscribe("a")
    world.run(1)
    world.unsubscribe("a")
    world.react = behave
    world.run(30)
    assert world.streams == set() == world.believed


def test_an_unanswered_unsubscribe_does_not_leave_a_silent_stream() -> None:
    world = World()
    world.subscribe("a")
    world.run(2)
    world.react = lambda server, request: server.obey(request)
    world.unsubscribe("a")
    world.subscribe("a")
    world.react = behave
    world.run(30)
    assert world.streams == {"a"} == world.believed


def test_answers_in_the_wrong_order_do_not_confuse() -> None:
    world = World(react=lambda server, request: server.obey(request))
    world.subscribe("a", Request("SUBSCRIBE", ["a"], 5))
    world.unsubscribe("a", Request("UNSUBSCRIBE", ["a"], 6))
    world.run(0.1)
    server = world.servers[1]
    server.answer({"result": None, "id": 6}, 0.1)
    server.answer({"result": None, "id": 5}, 0.2)
    world.run(0.5)
    world.react = behave
    world.subscribe("a")
    world.run(30)
    assert world.streams == {"a"} == world.believed


def test_a_question_is_answered_after_the_changes_before_it() -> None:
    fate: Fate = []
    world = World()
    for number in range(200):
        world.subscribe(f"symbol{number}usdt@trade")
    world.call("query", make_query(fate))
    world.run(10)
    assert len(fate[0][0]) == 200


# Pings


def test_only_the_newest_ping_is_answered() -> None:
    world = World()
    world.subscribe("a")
    world.run(3, pings=None)
    for number in range(100):
        world.servers[1].send(frame(str(number), PING))
    world.run(5)
    assert world.pongs[-1] == b"99"
    assert len(world.pongs) <= 2


def test_a_flood_of_pings_starves_nothing() -> None:
    """A thousand a second for ten seconds: pongs within the limit, requests still leave."""
    world = World()
    world.subscribe("a")
    world.run(1, pings=None)
    start = world.now
    for number in range(10_000):
        ping = frame(str(number), PING)
        world.at(start + number / 1000, partial(world.servers[1].send, ping))
    world.at(start + 5, lambda: world.subscribe("b"))
    world.run(9, pings=None)
    assert "b" in world.confirmed
    world.run(5, pings=None)
    assert world.pongs[-1] == b"9999"
    world.assert_within_budget()


def test_a_pong_leaves_at_once_while_requests_wait() -> None:
    world = World(react=silent)
    for _ in range(20):
        world.call("query", make_query([]))
    world.run(0.5)
    world.servers[1].send(frame(b"now", PING))
    world.run(0.01)
    assert world.pongs == [b"now"]


# serverShutdown


@pytest.mark.parametrize(
    "text",
    [
        '{"e":"serverShutdown","E":1770123456789}',
        '{"stream":"!serverShutdown","data":{"e":"serverShutdown","E":1770123456789}}',
        '{ "data" : {"E":1770123456789, "e":"serverShutdown"}, "stream" : "!serverShutdown" }',
    ],
)
def test_a_shutdown_is_reported_and_the_connection_stays(text: str) -> None:
    world = World()
    world.subscribe("a")
    world.run(1)
    world.servers[1].send(frame(text))
    world.run(1)
    assert ServerShutdown(1, 1770123456789) in world.notices
    assert world.dropped == []


@pytest.mark.parametrize("data", ["null", '"x"', '{"E":"x"}', "[1]", '{"E":1e999}'])
def test_a_shutdown_with_strange_data_is_reported_too(data: str) -> None:
    world = World()
    world.subscribe("a")
    world.run(1)
    world.servers[1].send(frame(f'{{"stream":"!serverShutdown","data":{data}}}'))
    world.run(1)
    assert ServerShutdown(1, None) in world.notices


def test_texts_of_requests_are_what_the_venue_documents() -> None:
    assert json.loads(Request("LIST_SUBSCRIPTIONS", [], 3).text()) == {
        "method": "LIST_SUBSCRIPTIONS",
        "id": 3,
    }
    assert json.loads(Request("SET_PROPERTY", ["combined", True], "x").text()) == {
        "method": "SET_PROPERTY",
        "params": ["combined", True],
        "id": "x",
    }
    assert VENUE.limits.frame_bytes == 4096


def test_a_refused_unsubscribe_is_asked_for_again() -> None:
    """The server goes on sending, so the stream is not settled before it takes the request."""

    def refuse_to_unsubscribe(server: Server, request: dict[str, Any]) -> None:
        if request["method"] == "UNSUBSCRIBE":
            server.answer({"code": 2, "msg": "not now", "id": request["id"]})
        else:
            behave(server, request)

    world = World(refuse_to_unsubscribe)
    world.subscribe("a")
    world.run(1)
    world.unsubscribe("a")
    world.run(1)
    assert world.streams == {"a"}
    world.react = behave
    world.run(30)
    assert world.streams == set()
    assert [one["method"] for one in world.requests] == ["SUBSCRIBE", "UNSUBSCRIBE", "UNSUBSCRIBE"]
