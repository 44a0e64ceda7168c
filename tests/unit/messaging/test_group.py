"""Streams are collected all the time, whoever joins, leaves, is killed, slow or cut off."""

from __future__ import annotations

import pytest

from binance_streams_runtime.messaging.assignment import assign
from binance_streams_runtime.messaging.membership import INTERVAL, TIMEOUT
from tests.support.group_world import STEP, World

STREAMS = [f"s{number}@trade" for number in range(12)]
CALM = 6 * TIMEOUT

# Seconds until a member is known to be dead, and others have its streams confirmed.
TAKEN_OVER = TIMEOUT + 2 * 1.6 * INTERVAL + 2.0 + 3 * STEP


def _world(seed: int, members: str = "abcd") -> World:
    world = World(seed, STREAMS)
    for name in members:
        world.start(name)
    world.run(CALM)
    _assert_as_assigned(world)
    world.fewest = 2
    return world


def _assert_as_assigned(world: World) -> None:
    """Every stream has two collectors, and only those that it belongs to."""
    expected = assign(world.streams, {one.name: one.capacity for one in world.processes.values()})
    assert world.holders() == {stream: {*names} for stream, names in expected.items()}
    assert {*world.counts().values()} == {min(2, len(world.processes))}


@pytest.mark.parametrize("seed", range(2))
def test_streams_move_without_a_moment_with_fewer_collectors(seed: int) -> None:
    world = _world(seed)
    world.start("e")
    world.run(CALM)
    _assert_as_assigned(world)
    world.leave(world.random.choice("abcd"))
    world.run(CALM)
    assert len(world.processes) == 4
    _assert_as_assigned(world)
    assert world.fewest == 2


@pytest.mark.parametrize("seed", range(2))
def test_the_streams_of_a_dead_member_move_within_seconds(seed: int) -> None:
    world = _world(seed)
    world.run(world.random.uniform(0, INTERVAL))
    world.kill("a")
    world.run(TAKEN_OVER)
    assert world.fewest == 1
    assert min(world.counts().values()) == 2
    world.run(CALM)
    _assert_as_assigned(world)


@pytest.mark.parametrize("seed", range(2))
def test_a_store_that_is_down_moves_nothing(seed: int) -> None:
    """Each collects what it had; nobody is taken for dead, however long it lasts."""
    world = _world(seed)
    before = world.holders()
    world.stop_store(world.random.uniform(1, 10 * TIMEOUT))
    for _ in range(60):
        world.run(1.0)
        assert world.holders() == before
    assert world.fewest == 2


@pytest.mark.parametrize("seed", range(2))
def test_one_that_was_suspended_does_not_take_the_others_for_dead(seed: int) -> None:
    world = _world(seed)
    before = {stream for stream, names in world.holders().items() if "a" in names}
    world.suspend("a", 20.0)
    for _ in range(40):
        world.run(1.0)
        assert world.processes["a"].group.collected == before
    world.run(CALM)
    _assert_as_assigned(world)
    assert world.fewest == 1


@pytest.mark.parametrize("seed", range(2))
def test_one_that_cannot_reach_the_store_collects_what_it_had(seed: int) -> None:
    world = _world(seed)
    before = world.processes["a"].group.collected
    world.cut_off("a", 60.0)
    for _ in range(55):
        world.run(1.0)
        assert world.processes["a"].group.collected == before
    # The others have taken its streams meanwhile.
    assert all(
        count - ("a" in world.holders()[name]) == 2 for name, count in world.counts().items()
    )
    world.run(60.0)
    _assert_as_assigned(world)
    assert world.fewest == 2


@pytest.mark.parametrize("seed", range(2))
def test_one_that_is_slow_again_and_again_is_left_out_for_longer_and_longer(seed: int) -> None:
    """Otherwise streams would move each time."""
    world = _world(seed)
    moves = 0
    before = world.holders()
    for _ in range(50):
        world.suspend("a", 1.6 * TIMEOUT)
        for _ in range(30):
            world.run(1.0)
            now = {name: names - {"a"} for name, names in world.holders().items()}
            moves += now != before
            before = now
    # Each time would be 50 times there and back, each in several steps.
    assert moves < 60


@pytest.mark.parametrize("seed", range(2))
def test_the_streams_of_one_that_the_venue_does_not_serve_move(seed: int) -> None:
    world = _world(seed)
    world.processes["a"].has_venue = False
    world.run(CALM)
    assert min(world.counts().values()) == 2
    world.processes["a"].has_venue = True
    world.run(CALM)
    _assert_as_assigned(world)


def test_nothing_moves_while_the_venue_is_down_for_all() -> None:
    world = _world(1)
    before = world.holders()
    for process in world.processes.values():
        process.has_venue = False
    world.run(CALM)
    for process in world.processes.values():
        process.has_venue = True
    assert world.holders() == before
    world.run(CALM)
    _assert_as_assigned(world)


@pytest.mark.parametrize("seed", range(2))
def test_whatever_happens_ends_as_assigned(seed: int) -> None:
    """Any mixture of all of it, as long as somebody is left."""
    world = _world(seed)
    drawn = world.random
    for number in range(40):
        names = [*world.processes]
        name = drawn.choice(names)
        match drawn.choice(["kill", "leave", "suspend", "cut off", "store", "start", "start"]):
            case "kill" if len(names) > 2:
                world.kill(name)
            case "leave" if len(names) > 2:
                world.leave(name)
            case "suspend":
                world.suspend(name, drawn.uniform(1, 15))
            case "cut off":
                world.cut_off(name, drawn.uniform(1, 15))
            case "store":
                world.stop_store(drawn.uniform(1, 15))
            case "start":
                others = {"a", "b", "c", "d", f"n{number}"} - {*names}
                world.start(drawn.choice(sorted(others)))
        world.run(drawn.uniform(0, 12))
    world.run(20 * TIMEOUT * 3)
    _assert_as_assigned(world)


def test_streams_come_and_go() -> None:
    world = _world(1)
    world.streams = frozenset(["s1@trade", "new@trade"])
    world.put(("streams", ""), world.streams)
    world.run(CALM)
    _assert_as_assigned(world)


def test_full_members_say_what_they_leave_out() -> None:
    world = World(1, STREAMS)
    for name in "ab":
        world.start(name, capacity=8)
    world.run(CALM)
    group = world.processes["a"].group
    assert [*group.missing().values()] == [1] * 8
    world.start("c")
    world.run(CALM)
    assert world.processes["a"].group.missing() == {}


def test_entries_of_the_dead_are_deleted_in_the_end() -> None:
    """Until then the member may come back, and is remembered to have failed."""
    world = _world(1, "abc")
    world.kill("c")
    world.run(80 * TIMEOUT)
    membership = world.processes["a"].group.membership
    assert membership.forgotten() == []
    world.run(80 * TIMEOUT)
    assert membership.forgotten() == ["c"]


def test_what_is_read_again_is_no_sign_of_life() -> None:
    """Who begins to watch anew gets the last entries of all, also of the dead."""
    world = _world(1)
    world.kill("d")
    for _ in range(20):
        world.cut_off("a", 0.5)
        world.run(1.0)
    assert "d" not in world.processes["a"].group.membership.live()
