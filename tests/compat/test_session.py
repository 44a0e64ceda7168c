"""What the session does for a client that connects before it subscribes, without sockets."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.frames import PING, close_frame, frame
from tests.support.simulated_session import Server, World


class ControlItem(World):
    """A world whose router notes what it overhears."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.touch: list[str] = []
        self.router.on_control = lambda item: self.touch.append(type(item).__name__)  # type: ignore[method-assign]


def test_connection_is_kept_where_nothing_is_wanted() -> None:
    """It is opened at once, lasts for days, and is followed by another one when it is old."""
    world = ControlItem(reconnect=True)
    world.call("keep_alive")
    world.call("keep_alive")
    world.run(60)
    assert world.opened == [1]
    world.run(24 * 3600)
    assert world.opened == [1, 2]
    assert world.dropped == [1]


@pytest.mark.parametrize("wanted_first", [False, True])
def test_lost_connection_is_followed_where_nothing_is_wanted(wanted_first: bool) -> None:
    world = ControlItem(reconnect=True)
    world.call("keep_alive")
    if wanted_first:
        world.subscribe("btcusdt@trade")
        world.run(1)
        world.unsubscribe("btcusdt@trade")
    world.run(10)
    world.servers[1].send(close_frame(1001))
    world.run(60)
    assert world.opened == [1, 2]
    assert world.touch.count("Connected") == 2


def test_connection_without_a_stream_is_not_followed_elsewhere() -> None:
    """Only a client that keeps it alive has one although nothing is subscribed."""
    world = ControlItem(reconnect=True)
    world.subscribe("btcusdt@trade")
    world.run(1)
    world.unsubscribe("btcusdt@trade")
    world.run(10)
    world.servers[1].send(close_frame(1001))
    world.run(60)
    assert world.opened == [1]


@pytest.mark.parametrize("is_desired", [False, True])
def test_end_for_good_is_overheard(is_desired: bool) -> None:
    """Once, behind what ended it; even if no stream has an end."""
    world = ControlItem(reconnect=False)
    world.call("keep_alive")
    if is_desired:
        world.subscribe("btcusdt@trade")
    world.run(10, pings=None)
    world.servers[1].send(close_frame(1001))
    world.run(60)
    assert [name for name in world.touch if name != "Reply"] == [
        "Connected", "Closed", "ConnectionLost",
    ]  # fmt: skip


def test_names_together_share_a_request_and_an_id() -> None:
    """Those that were subscribed already too; nothing is requested twice."""
    world = World()
    world.subscribe("a@trade")
    world.run(1)
    world.call("subscribe_many", ["a@trade", "b@trade", "c@trade"], 7)
    world.run(1)
    world.call("subscribe_many", ["c@trade", "d@trade"], None)
    world.run(1)
    world.call("unsubscribe_many", ["a@trade", "x@trade", "b@trade"], 7)
    world.run(1)
    assert [(one["method"], one["params"]) for one in world.requests] == [
        ("SUBSCRIBE", ["a@trade"]),
        ("SUBSCRIBE", ["a@trade", "b@trade", "c@trade"]),
        ("SUBSCRIBE", ["d@trade"]),
        ("UNSUBSCRIBE", ["a@trade", "b@trade"]),
    ]
    assert [one["id"] for one in world.requests][1::2] == [7, 7]
    assert world.streams == world.believed == {"c@trade", "d@trade"}


def test_names_together_spread_over_connections() -> None:
    """As many as one has room for; all are subscribed in the end."""
    world = World()
    names = [f"s{number}@trade" for number in range(1500)]
    world.call("subscribe_many", names, 7)
    world.run(10)
    assert world.streams == world.believed == set(names)
    assert len(world.servers) == 2
    assert [one["id"] for one in world.requests].count(7) == 1
    world.assert_within_budget()
    world.assert_small_frames()
    world.call("unsubscribe_many", names, None)
    world.run(10)
    assert world.streams == world.believed == set()


def test_pings_of_ones_own_count_as_messages() -> None:
    """They leave room for pongs, and are not sent if nothing is open."""
    world = World(opens_after=5.0)
    world.call("keep_alive")
    world.call("ping")
    world.run(10, pings=None)
    assert [kind for _, _, kind, _ in world.sent] == []
    for _ in range(12):
        world.call("ping")
    world.servers[1].send(frame(b"now", PING))
    world.run(10, pings=None)
    assert [kind for _, _, kind, _ in world.sent].count("ping") == 12
    assert world.pongs == [b"now"]
    world.assert_within_budget()


def test_questions_of_the_runtime_have_ids_of_their_own() -> None:
    """No answer to them is taken for one to the caller."""

    def ignore(server: Server, request: dict[str, Any]) -> None:
        if request["method"] != "SUBSCRIBE":
            server.answer({"result": [], "id": request["id"]})

    world = World(react=ignore)
    world.subscribe("btcusdt@trade")
    world.run(20)
    methods = {request["method"]: request["id"] for request in world.requests}
    assert methods["LIST_SUBSCRIPTIONS"] >= 2**52 > methods["SUBSCRIBE"]
