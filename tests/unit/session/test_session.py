"""All connections of a client in simulated time: limits, deadlines, ends, and random days."""

from __future__ import annotations

import random

import pytest

from binance_streams import VENUE, ClientClosed, ConnectionLost
from binance_streams_runtime.notices import (
    Connected,
    Disconnected,
    ServerShutdown,
    Undecodable,
)
from binance_streams_runtime.protocol.requests import Request
from binance_streams_runtime.session.timeouts import Timeouts
from tests.support.frames import BINARY, PING, close_frame, frame
from tests.support.simulated_session import FlakyServer, World

MOST = VENUE.limits.streams_per_connection

# Many streams


def test_more_streams_than_a_connection_holds_open_another_one() -> None:
    world = World()
    names = [f"s{number}usdt@trade" for number in range(2 * MOST + 1)]
    for name in names:
        world.subscribe(name)
    world.run(60)
    assert len(world.opened) == 3
    assert [len(server.streams) for server in world.servers.values()] == [MOST, MOST, 1]
    assert world.believed == set(names)


def test_a_full_connection_is_never_asked_for_more() -> None:
    """Also while streams leave: the server counts them until it has answered."""
    world = World()
    for number in range(MOST):
        world.subscribe(f"old{number}@trade")
    world.run(0.005)
    for number in range(0, MOST, 2):
        world.unsubscribe(f"old{number}@trade")
        world.subscribe(f"new{number}@trade")
    world.run(60)
    assert max(server.most_streams for server in world.servers.values()) <= MOST
    assert len(world.believed) == MOST == len(world.streams)


def test_a_full_connection_is_not_asked_for_a_stream_that_is_being_unsubscribed_on_it() -> None:
    """It has never carried the stream, whose UNSUBSCRIBE was sent for the server's answer."""
    world = World()
    world.call("subscribe_many", [f"s{number}@trade" for number in range(MOST)], None)
    world.run(60)
    world.call("unsubscribe", "late@trade", Request("UNSUBSCRIBE", ["late@trade"], 7))
    world.subscribe("late@trade")
    world.run(60)
    assert [server.most_streams for server in world.servers.values()] == [MOST, 1]
    assert "late@trade" in world.believed


def test_every_connection_is_asked_what_it_carries() -> None:
    world = World()
    for number in range(MOST + 10):
        world.subscribe(f"s{number}@trade")
    world.run(60)
    answers: list[object] = []

    def requests() -> object:
        while True:
            yield Request("LIST_SUBSCRIPTIONS", [], None, [lambda found, _: answers.append(found)])

    world.call("query_all", requests())
    world.run(2)
    assert sorted(len(found) for found in answers if isinstance(found, list)) == [10, MOST]


# Deadlines


def test_a_connection_that_does_not_open_in_time_is_given_up() -> None:
    """A second later than whoever opens it should have said so."""
    world = World(opens_after=None)
    world.subscribe("a")
    world.run(10.9)
    assert world.ended == {}
    world.run(0.2)
    assert isinstance(world.ended["a"], ConnectionLost)
    assert world.dropped == [1]
    assert isinstance(world.notices[-1], Disconnected)


def test_what_opens_after_it_was_given_up_is_dropped() -> None:
    world = World(opens_after=None)
    world.subscribe("a")
    world.run(12)
    world.dropped.clear()
    world.call("opened", 1)
    assert world.dropped == [1]
    assert not any(isinstance(notice, Connected) for notice in world.notices)


def test_a_silent_connection_is_dead() -> None:
    world = World()
    world.subscribe("a")
    world.run(29.9, pings=None)
    assert world.ended == {}
    world.run(0.3, pings=None)
    assert "30" in str(world.ended["a"])
    assert world.dropped == [1]


def test_pings_keep_a_connection_alive() -> None:
    world = World()
    world.subscribe("a")
    world.run(3600)
    assert world.ended == {}
    assert len(world.pongs) == 180


def test_half_a_frame_is_not_enough_to_live_on() -> None:
    world = World()
    world.subscribe("a")
    world.run(1, pings=None)
    world.servers[1].send(b"\x81\x7e\x03\xe8half")
    world.run(29, pings=None)
    assert world.ended == {}
    world.run(2, pings=None)
    assert isinstance(world.ended["a"], ConnectionLost)


SHUTDOWN = frame('{"e":"serverShutdown","E":1}')


def send_slowly(world: World, pieces: int, every: float) -> None:
    """A message in so many pieces of nearly the same size, the first of them now."""
    size = -(-len(SHUTDOWN) // pieces)
    for number in range(pieces):
        world.servers[1].send(SHUTDOWN[number * size : (number + 1) * size], number * every)


def test_bytes_that_come_slowly_are_no_silence() -> None:
    """A message may take longer than the limit, as long as something comes."""
    world = World()
    world.subscribe("a")
    world.run(1, pings=None)
    send_slowly(world, pieces=3, every=29.0)
    world.run(59, pings=None)
    assert ServerShutdown(1, 1) in world.notices
    assert not any(isinstance(notice, Disconnected) for notice in world.notices)
    assert world.ended == {}


def test_a_message_may_take_twice_the_limit_and_no_longer() -> None:
    world = World()
    world.subscribe("a")
    world.run(1, pings=None)
    send_slowly(world, pieces=6, every=14.0)
    world.run(59, pings=None)
    assert world.ended == {}
    world.run(2, pings=None)
    assert "an incomplete message from the server for 60.0 s" in str(world.ended["a"])


@pytest.mark.parametrize(
    "half",
    [
        pytest.param(b"\x81\x7e\x03\xe8" + b"x" * 10, id="10-of-1000-bytes"),
        pytest.param(b"\x81", id="half-a-header"),
        pytest.param(b"\x01\x05{", id="a-fragment"),
        pytest.param(b"\x01\x02{}", id="a-message-without-its-end"),
    ],
)
def test_half_a_message_is_forgotten_with_its_connection(half: bytes) -> None:
    """What the next connection delivers is not mixed up with it."""
    world = World(reconnect=True)
    world.subscribe("a")
    world.run(1, pings=None)
    world.servers[1].send(half)
    world.run(31, pings=None)
    (lost,) = (notice for notice in world.notices if isinstance(notice, Disconnected))
    assert lost.reason == "no byte from the server for 30.0 s"
    assert world.opened == [1, 2]
    assert world.believed == {"a"}


# Ends


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (close_frame(1008, "Too many requests"), 1008),
        (close_frame(1001), 1001),
        (frame(b"", 8), 1005),
        (frame("x", reserved=4), 1002),
        (b"\xff\xff\xff", 1002),
        (b"\x81\x7f" + (2**62).to_bytes(8, "big"), 1009),
    ],
)
def test_the_end_of_a_connection_is_reported_with_its_code(data: bytes, code: int) -> None:
    world = World()
    world.subscribe("a")
    world.subscribe("b")
    world.run(1)
    world.servers[1].send(data)
    world.run(1)
    notice = world.notices[-1]
    assert isinstance(notice, Disconnected)
    assert (notice.code, set(notice.streams)) == (code, {"a", "b"})
    assert set(world.ended) == {"a", "b"}
    assert world.dropped == [1]
    assert world.sent[-1][2] == "close"
    assert world.session.next_time(world.now) is None


def test_the_reason_of_a_close_frame_is_reported() -> None:
    world = World()
    world.subscribe("a")
    world.run(1)
    world.servers[1].send(close_frame(1008, "Pong timeout"))
    world.run(1)
    assert "Pong timeout" in str(world.ended["a"])


def test_a_binary_message_is_reported_and_ends_nothing() -> None:
    world = World()
    world.subscribe("btcusdt@trade")
    world.run(1)
    world.servers[1].send(frame(b'{"stream":"btcusdt@trade"}', BINARY))
    world.run(1)
    reported = Undecodable(None, "a binary message", b'{"stream":"btcusdt@trade"}')
    assert world.notices[1:] == [reported]
    assert world.believed == {"btcusdt@trade"}


def test_after_a_loss_a_new_subscription_opens_a_new_connection() -> None:
    world = World()
    world.subscribe("a")
    world.run(1)
    world.call("lost", 1, ConnectionLost("gone"))
    world.subscribe("a")
    world.run(1)
    assert world.opened == [1, 2]
    assert world.streams == {"a"}
    assert world.confirmed == ["a", "a"]


def test_closing_says_goodbye_once_and_wants_nothing_more() -> None:
    world = World()
    world.subscribe("a")
    world.run(1)
    errors: list[object] = []
    world.call("close")
    world.call("close")
    world.subscribe("b")
    world.call(
        "query", Request("LIST_SUBSCRIPTIONS", [], None, [lambda _, error: errors.append(error)])
    )
    assert [kind for _, _, kind, _ in world.sent[-1:]] == ["close"]
    assert world.dropped == [1]
    assert world.opened == [1]
    assert isinstance(errors[0], ClientClosed)
    assert world.session.next_time(world.now) is None


def test_closing_fails_what_waits() -> None:
    world = World(opens_after=None)
    errors: list[object] = []
    world.call(
        "query", Request("LIST_SUBSCRIPTIONS", [], None, [lambda _, error: errors.append(error)])
    )
    world.call("close")
    assert isinstance(errors[0], ClientClosed)


def test_bytes_and_losses_of_forgotten_connections_are_harmless() -> None:
    world = World()
    world.call("received", 99, b"\xff")
    world.call("lost", 99, ConnectionLost("gone"))
    assert world.notices == []


# Random days


def live_a_day(seed: int, flaky: FlakyServer, world: World) -> set[str]:
    """Subscribe and unsubscribe at random, with and without ids; what is desired in the end."""
    chance = random.Random(seed)
    names = [f"s{number}@trade" for number in range(chance.choice([2, 5, 30]))]
    desired: set[str] = set()
    world.on_end = desired.discard
    ids = iter(range(1, 1000))
    for _ in range(60):
        name = chance.choice(names)
        id = next(ids) if chance.random() < 0.3 else None
        if chance.random() < 0.5:
            request = None if id is None else Request("SUBSCRIBE", [name], id)
            desired.add(name)
            world.subscribe(name, request)
        else:
            request = None if id is None else Request("UNSUBSCRIBE", [name], id)
            desired.discard(name)
            world.unsubscribe(name, request)
        world.run(chance.choice([0.0, 0.0, 0.01, 0.2, 1.0, 7.0]))
    # Whatever is on its way arrives, then the server behaves.
    world.run(1)
    flaky.is_calm = True
    world.run(60)
    return desired


@pytest.mark.parametrize("first", range(0, 400, 50))
def test_in_the_end_the_server_sends_what_is_wanted(first: int) -> None:
    for seed in range(first, first + 50):
        flaky = FlakyServer(seed)
        world = World(react=flaky, opens_after=random.Random(seed).choice([0.0, 0.3, 5.0]))
        desired = live_a_day(seed, flaky, world)
        assert world.believed == desired, seed
        assert world.streams == desired, seed
        assert all(
            connection.desired.keys() == desired for connection in world.session.connections()
        ), seed
        world.assert_within_budget()
        world.assert_small_frames()


@pytest.mark.parametrize("first", range(0, 100, 50))
def test_the_rate_limit_holds_under_pings_and_calls(first: int) -> None:
    for seed in range(first, first + 50):
        chance = random.Random(seed)
        world = World(react=FlakyServer(seed, refuses=False))
        world.subscribe("first")
        world.run(0.1)
        for _ in range(100):
            if chance.random() < 0.5:
                world.servers[1].send(frame(str(world.now), PING), chance.random())
            else:
                world.subscribe(f"s{chance.randrange(10**6)}@trade")
            world.run(chance.choice([0.0, 0.001, 0.05, 0.3]), pings=None)
        world.run(20)
        world.assert_within_budget()


@pytest.mark.parametrize("seed", range(30))
def test_connections_that_come_and_go_end_every_stream_once(seed: int) -> None:
    chance = random.Random(seed)
    flaky = FlakyServer(seed)
    world = World(react=flaky, timeouts=Timeouts(connect=3.0), opens_after=0.5)
    alive: dict[str, int] = {}
    ends: list[str] = []
    world.on_end = ends.append
    for number in range(50):
        name = f"s{number}@trade"
        alive[name] = 1
        world.subscribe(name)
        world.run(chance.choice([0.0, 0.2, 1.0]))
        if chance.random() < 0.2:
            for connection in list(world.session.connections()):
                world.servers[connection.number].is_open = False
                world.servers[connection.number].streams.clear()
                world.call("lost", connection.number, ConnectionLost("gone"))
    flaky.is_calm = True
    world.run(40)
    for connection in list(world.session.connections()):
        world.servers[connection.number].is_open = False
        world.call("lost", connection.number, ConnectionLost("gone"))
    assert sorted(ends) == sorted(alive)
