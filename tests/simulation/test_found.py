"""What the seeds have found, each once more by hand."""

from __future__ import annotations

from typing import Any

from binance_streams_runtime.errors import ConnectionLost, RequestTimeout
from binance_streams_runtime.notices import Recovered
from binance_streams_runtime.wire.requests import Request
from tests.runtime.simulation import Server, World, behave


def silent(server: Server, request: dict[str, Any]) -> None:
    """Neither obey nor answer."""


def late_with_lists(server: Server, request: dict[str, Any]) -> None:
    """Obey at once, but tell what is subscribed two seconds later only."""
    server.obey(request)
    server.confirm(request, 2.0 if request["method"] == "LIST_SUBSCRIPTIONS" else 0.01)


def test_the_answer_to_an_earlier_question_ends_no_connection() -> None:
    """The successor is replaced while the old one is asked; the next one is not open yet."""
    world = World(react=late_with_lists, reconnect=True)
    world.subscribe("a")
    world.run(6)
    world.call("replace", "a", "test")
    world.run(1)
    assert [request["method"] for request in world.servers[1].requests][-1] == "LIST_SUBSCRIPTIONS"
    world.opens_after = 5.0
    world.call("replace", "a", "test")
    world.run(4)
    assert world.dropped == [2]
    assert world.streams == {"a"}
    world.run(20)
    assert world.dropped == [2, 1]
    assert world.streams == {"a"} == world.believed


def test_an_unanswered_unsubscribe_confirms_nothing() -> None:
    world = World()
    world.subscribe("a")
    world.run(1)
    world.react = silent
    world.confirmed.clear()
    world.call("renew", "a")
    world.run(5.2)
    assert world.confirmed == []
    world.react = behave
    world.run(30)
    assert world.confirmed[-1:] == ["a"]
    assert world.streams == {"a"} == world.believed


def test_a_recovery_of_nothing_is_not_told() -> None:
    """All that was interrupted was unsubscribed before the next connection was open."""
    world = World(opens_after=3.0, reconnect=True)
    world.subscribe("a")
    world.run(10)
    world.call("lost", 1, ConnectionLost("gone"))
    world.run(1)
    world.unsubscribe("a")
    world.subscribe("b")
    world.run(30)
    assert world.believed == {"b"}
    assert not any(isinstance(notice, Recovered) for notice in world.notices)


def test_no_request_runs_out_of_time_while_nothing_is_read() -> None:
    world = World(react=silent)
    fate: list[BaseException | None] = []
    question = Request("LIST_SUBSCRIPTIONS", [], None, [lambda _, error: fate.append(error)])
    world.call("ask", question)
    world.run(1)
    world.core.pause()
    world.run(20)
    assert fate == []
    world.call("resume")
    world.run(4.9)
    assert fate == []
    world.run(0.3)
    assert isinstance(fate[0], RequestTimeout)
