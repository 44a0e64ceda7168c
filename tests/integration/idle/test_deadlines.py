"""Deadlines look before they judge: what has arrived is read first, however late that is."""

from __future__ import annotations

import json
import selectors
import socket
import threading
import time
from typing import Any

import pytest

from binance_streams import ConnectionLost, RequestTimeout
from binance_streams_runtime.driver.reading import _TURNS_BEHIND, Reading
from binance_streams_runtime.driver.sockets import Sockets
from binance_streams_runtime.protocol.requests import Request
from binance_streams_runtime.transport.deadline_socket import Deadline, DeadlineSocket, wait_ready
from tests.support.frames import PING, frame
from tests.support.limits import in_time
from tests.support.simulated_session import World

STOPPED = 3600.0


def subscribed() -> World:
    """A world with one open connection and one confirmed stream."""
    world = World()
    world.subscribe("a")
    world.run(1, pings=None)
    assert world.confirmed == ["a"]
    return world


def wake(world: World, *chunks: bytes) -> float:
    """The process was stopped for an hour: it reads what lies in its socket, then looks again."""
    before = world.now
    world.now += STOPPED
    for chunk in chunks:
        # What had arrived is not all read before the last of them.
        world.session.received(world.now, 1, chunk)
        world.session.tick(world.now, before)
    world.session.tick(world.now, world.now)
    world._perform()
    return world.now


def query(world: World) -> list[Any]:
    """What comes of a question that has just been asked."""
    outcome: list[Any] = []
    settle = lambda result, error: outcome.append(error or result)  # noqa: E731
    world.call("query", Request("LIST_SUBSCRIPTIONS", (), 7, [settle]))
    assert outcome == []
    return outcome


def answer(result: object) -> bytes:
    return frame(json.dumps({"result": result, "id": 7}))


def test_a_connection_that_received_something_meanwhile_is_kept() -> None:
    world = subscribed()
    wake(world, frame(b"ping", PING))
    assert world.ended == {}
    assert len(world.pongs) == 1


def test_a_connection_that_received_nothing_meanwhile_is_dead_at_once() -> None:
    world = subscribed()
    wake(world)
    assert "no byte" in str(world.ended["a"])


def test_nobody_is_judged_by_what_has_not_been_read() -> None:
    world = subscribed()
    before = world.now
    world.now += STOPPED
    world.session.tick(world.now, before)
    world._perform()
    assert world.ended == {}


def test_an_answer_in_the_socket_is_an_answer_in_time() -> None:
    """Even if it lies behind other things, which are read before."""
    world = subscribed()
    world.react = lambda server, request: None
    outcome = query(world)
    wake(world, frame(b"ping", PING), frame(b"{}"), answer(["a"]))
    assert outcome == [["a"]]


def test_an_answer_that_is_not_there_is_late_at_once() -> None:
    world = subscribed()
    world.react = lambda server, request: None
    outcome = query(world)
    wake(world, frame(b"ping", PING))
    assert [type(error) for error in outcome] == [RequestTimeout]


def test_a_message_that_was_begun_before_may_end_after_it() -> None:
    world = subscribed()
    whole = frame(b"ping", PING) + frame(b"y" * 1000)
    world.session.received(world.now, 1, whole[:100])
    wake(world, whole[100:500], whole[500:])
    assert world.ended == {}
    world.run(20, pings=None)
    assert world.ended == {}


def test_half_a_message_has_its_whole_time_after_it() -> None:
    """The rest lies with the server, which could not send it to a full buffer."""
    world = subscribed()
    whole = frame(b"y" * 1000)
    world.session.received(world.now, 1, whole[:100])
    wake(world, whole[100:500])
    for position in range(500, 504):
        world.run(12, pings=None)
        world.session.received(world.now, 1, whole[position : position + 1])
    assert world.ended == {}
    world.run(13, pings=None)
    assert "an incomplete message" in str(world.ended["a"])


def test_time_in_which_nothing_is_read_does_not_count_for_half_a_message() -> None:
    world = subscribed()
    whole = frame(b"y" * 1000)
    world.session.received(world.now, 1, whole[:100])
    world.session.pause()
    world.now += STOPPED
    world.call("resume")
    world.session.received(world.now, 1, whole[100:500])
    world.run(20, pings=None)
    assert world.ended == {}


def test_a_handshake_that_is_over_meanwhile_counts() -> None:
    """Whoever opens the connection has the same limit, and looks into the socket first."""
    world = World(opens_after=None)
    world.subscribe("a")
    world.run(1)
    world.now += STOPPED
    world.session.tick(world.now, world.now)
    world._open(1)
    world._perform()
    world.run(1, pings=None)
    assert world.confirmed == ["a"]


# What a loop has read


def test_reading_is_complete_once_a_turn_finds_nothing() -> None:
    reading = Reading()
    reading.on_turn(1.0, is_all_read=False)
    assert reading.until == 0.0
    reading.on_turn(2.0, is_all_read=True)
    assert reading.until == 2.0


def test_a_server_that_never_stops_sending_cannot_put_off_the_others_for_ever() -> None:
    reading = Reading()
    reading.on_turn(1.0, is_all_read=True)
    for turn in range(_TURNS_BEHIND - 1):
        reading.on_turn(2.0 + turn, is_all_read=False)
        assert reading.until == 1.0
    reading.on_turn(9000.0, is_all_read=False)
    assert reading.until == 1.0
    for _ in range(_TURNS_BEHIND):
        reading.on_turn(9001.0, is_all_read=False)
    assert reading.until == 9000.0


def test_whoever_looks_is_called_once_all_is_read_that_had_arrived() -> None:
    reading = Reading()
    is_read = threading.Event()
    reading.notify_when_read(5.0, is_read)
    reading.on_turn(4.0, is_all_read=True)
    reading.on_turn(6.0, is_all_read=False)
    reading.notify()
    assert not is_read.is_set()
    assert reading.waiters
    reading.on_turn(7.0, is_all_read=True)
    reading.notify()
    assert is_read.is_set()
    assert not reading.waiters


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        pass


class Stopping:
    """A poller that is stopped in its sleep, and then says that nothing came, as Python's do."""

    def __init__(self, clock: Clock, real: Any) -> None:
        self.clock, self.real = clock, real
        self.on_sleep: list[Any] = []

    def poll(self, timeout: float | None) -> Any:
        if timeout == 0 or not self.on_sleep:
            return self.real.poll(0)
        self.on_sleep.pop()()
        return []

    def __getattr__(self, name: str) -> Any:
        return getattr(self.real, name)


class Recorder:
    """Stand in for an engine; record what it is called with."""

    def __init__(self, due: float | None) -> None:
        self.due = due
        self.is_paused = False
        self.story: list[Any] = []
        self.reasons: list[str] = []

    def next_time(self, now: float) -> float | None:
        return self.due

    def received(self, now: float, number: int, data: bytes) -> None:
        self.story.append((number, len(data)))

    def tick(self, now: float, read_until: float) -> None:
        if self.due is not None and read_until >= self.due:
            self.story.append("judged")
            self.due = None

    def lost(self, now: float, number: int, error: ConnectionLost) -> None:
        self.story.append("lost")
        self.reasons.append(error.reason)

    def take_actions(self) -> list[Any]:
        return []


def sockets_of(recorder: Recorder) -> Sockets:
    engine: Any = recorder
    target: Any = None
    return Sockets(engine, target, lambda command: True)


def test_all_sockets_are_read_to_their_end_before_anybody_is_judged(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The process sleeps for an hour in the midst of its wait; megabytes come meanwhile."""
    clock = Clock()
    monkeypatch.setattr("binance_streams_runtime.driver.sockets.time", clock)
    recorder = Recorder(due=clock.now + 30)
    sockets = sockets_of(recorder)
    pairs = [socket.socketpair() for _ in range(2)]
    stopping: Any = Stopping(clock, sockets._poller)
    sockets._poller = stopping
    for number, (here, there) in enumerate(pairs, 1):
        for end in (here, there):
            end.setblocking(False)
        sockets.add(number, here)
    sent = {}

    def sleep() -> None:
        clock.now += STOPPED
        for number, (_, there) in enumerate(pairs, 1):
            sent[number] = there.send(b"x" * 8_000_000 if number == 1 else b"ping")

    stopping.on_sleep.append(sleep)
    for _ in range(1000):
        sockets.turn()
        if "judged" in recorder.story:
            break
    sockets.close()
    for _, there in pairs:
        there.close()
    *read, last = recorder.story
    assert last == "judged"
    assert {number: sum(size for n, size in read if n == number) for number in (1, 2)} == sent


def test_what_has_arrived_is_read_before_a_failed_send_ends_the_connection() -> None:
    """The process was stopped while the server sent much and ended it; no pong is taken now."""
    recorder = Recorder(due=None)
    sockets = sockets_of(recorder)
    here, there = socket.socketpair()
    for end in (here, there):
        end.setblocking(False)
    opened = sockets.add(1, here)
    sent = there.send(b"x" * 8_000_000)
    there.close()
    opened.unsent = b"pong"
    sockets._flush(opened)
    assert recorder.story == []
    for _ in range(1000):
        in_time(sockets.turn)
        if "lost" in recorder.story:
            break
    sockets.close()
    *read, last = recorder.story
    assert last == "lost"
    assert sum(size for _, size in read) == sent
    assert "BrokenPipeError" in recorder.reasons[0]


def test_a_connection_that_takes_nothing_more_is_lost_though_its_server_says_nothing() -> None:
    recorder = Recorder(due=None)
    sockets = sockets_of(recorder)
    here, there = socket.socketpair()
    here.setblocking(False)
    here.shutdown(socket.SHUT_WR)
    opened = sockets.add(1, here)
    opened.unsent = b"pong"
    sockets._flush(opened)
    in_time(sockets.turn)
    sockets.close()
    there.close()
    assert recorder.story == ["lost"]


# The thread that opens a connection


def over() -> Deadline:
    return Deadline(time.monotonic() - STOPPED)


def test_what_lies_in_a_socket_after_the_deadline_is_read() -> None:
    here, there = socket.socketpair()
    with here, there:
        here.setblocking(False)
        there.sendall(b"late")
        assert DeadlineSocket(here, over()).recv(10) == b"late"


def test_an_empty_socket_is_late_after_the_deadline() -> None:
    here, there = socket.socketpair()
    with here, there:
        here.setblocking(False)
        with pytest.raises(TimeoutError):
            DeadlineSocket(here, over()).recv(10)
        with pytest.raises(TimeoutError):
            wait_ready(here, selectors.EVENT_READ, over())


def test_what_comes_while_the_process_is_stopped_in_its_wait_is_seen(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    here, there = socket.socketpair()

    class StoppedInIts(selectors.SelectSelector):
        """Says after its sleep that nothing came, without another look, as Python's do."""

        def select(self, timeout: float | None = None) -> Any:
            if timeout == 0:
                return super().select(0)
            clock.now += STOPPED
            there.sendall(b"meanwhile")
            return []

    clock = Clock()
    monkeypatch.setattr("binance_streams_runtime.transport.deadline_socket.time", clock)
    monkeypatch.setattr("binance_streams_runtime.transport.deadline_socket.Selector", StoppedInIts)
    with here, there:
        here.setblocking(False)
        assert DeadlineSocket(here, Deadline(clock.now + 10)).recv(100) == b"meanwhile"


def test_an_answer_to_what_was_sent_after_the_deadline_is_waited_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The process was stopped before it could send: the server had no time to answer."""
    here, there = socket.socketpair()

    class Answered(selectors.SelectSelector):
        def select(self, timeout: float | None = None) -> Any:
            if timeout:
                there.sendall(b"at once")
            return super().select(0)

    monkeypatch.setattr("binance_streams_runtime.transport.deadline_socket.Selector", Answered)
    with here, there:
        here.setblocking(False)
        timed = DeadlineSocket(here, over())
        timed.sendall(b"question")
        assert timed.recv(100) == b"at once"
