"""What is asked again if no answer came, in simulated time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.support.simulated_session import Server, World, behave


def methods(world: World) -> list[str]:
    return [request["method"] for request in world.requests]


def deaf_to(*numbers: int, obeys: bool) -> Callable[[Server, dict[str, Any]], None]:
    """Answers all but these requests, counted from 1; whether it obeys them is another matter."""
    touch = 0

    def react(server: Server, request: dict[str, Any]) -> None:
        nonlocal touch
        touch += 1
        if touch not in numbers:
            behave(server, request)
        elif obeys:
            server.obey(request)

    return react


def test_a_request_that_was_not_obeyed_is_made_again() -> None:
    """Once the server has said what it sends."""
    world = World(react=deaf_to(1, obeys=False))
    world.subscribe("a")
    world.run(20)
    assert methods(world) == ["SUBSCRIBE", "LIST_SUBSCRIPTIONS", "SUBSCRIBE"]
    assert world.streams == {"a"} == world.believed
    assert world.opened == [1]


def test_a_request_that_was_obeyed_is_not_made_again() -> None:
    """Only its answer was lost."""
    world = World(react=deaf_to(1, obeys=True))
    world.subscribe("a")
    world.run(20)
    assert methods(world) == ["SUBSCRIBE", "LIST_SUBSCRIPTIONS"]
    assert world.confirmed == ["a"]


def test_an_unsubscription_that_was_not_obeyed_is_made_again() -> None:
    world = World(react=deaf_to(2, obeys=False))
    world.subscribe("a")
    world.run(1)
    world.unsubscribe("a")
    world.subscribe("b")
    world.run(20)
    asked = [(one["method"], one.get("params")) for one in world.requests]
    assert asked.count(("UNSUBSCRIBE", ["a"])) == 2
    assert world.streams == {"b"} == world.believed


def test_a_server_that_answers_nothing_is_left() -> None:
    """After four requests in a row; the connection that follows may do better."""
    world = World(react=deaf_to(1, 2, 3, 4, obeys=False), reconnect=True)
    world.subscribe("a")
    world.run(60)
    assert world.opened == [1, 2]
    assert world.dropped == [1]
    assert world.streams == {"a"} == world.believed
