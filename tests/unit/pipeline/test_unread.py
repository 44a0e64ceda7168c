"""Events that nobody takes: reported early, bounded by memory, dropped by each queue's policy."""

from __future__ import annotations

import sys
from decimal import Decimal
from typing import Any

import pytest

from binance_streams import CATALOG, Notice, QueueOverflow, Unread
from binance_streams_runtime.decoding.json import decoder_of
from binance_streams_runtime.pipeline.queues import ErrorItem, Overflow
from binance_streams_runtime.pipeline.route import Route
from binance_streams_runtime.pipeline.sink import Sink
from binance_streams_runtime.pipeline.unread import DEFAULT_MAX_UNREAD_BYTES, UnreadMonitor
from binance_streams_runtime.sync.queue import WaitableQueue
from tests.support.limits import failure

KIB, MIB = 1024, 1024 * 1024
# An event of these tests: so many bytes, as sys.getsizeof counts.
EVENT = b"x" * (KIB - sys.getsizeof(b""))


class World:
    """Queues, and a watch over them, in simulated time."""

    def __init__(self, max_bytes: int = 16 * MIB) -> None:
        self.now = 100.0
        self.received = 0
        self.notices: list[Notice] = []
        self.dropped: dict[str, int] = {}
        self.queues: list[tuple[Route | None, WaitableQueue]] = []
        self.watch = UnreadMonitor(
            max_bytes, lambda: self.queues, self.notices.append, discard=self._discard
        )

    def add(
        self,
        name: str | None = "btcusdt@trade",
        maxsize: int = 65_536,
        overflow: Overflow = "drop_oldest",
        is_lasting: bool = False,
    ) -> WaitableQueue:
        queue = WaitableQueue(maxsize, overflow, is_lasting)
        route = None
        if name is not None:
            stream = CATALOG.resolve(name)
            route = Route(stream, decoder_of(stream.type, Decimal), queue)
        self.queues.append((route, queue))
        return queue

    def put(self, queue: WaitableQueue, count: int = 1, event: Any = EVENT, raw: int = KIB) -> None:
        """Let events of ``raw`` bytes each arrive, and look if it is time."""
        queue.put([event] * count)
        for route, its in self.queues:
            if its is queue and route is not None:
                route.messages += count
                route.bytes += count * raw
        self.received += count * raw
        if self.now >= self.watch.measure_at or self.received >= self.watch.measure_after:
            self.watch.measure(self.now, self.received)

    def wait(self, seconds: float) -> None:
        """Let time pass, and look whenever the watch asks for it."""
        until = self.now + seconds
        while self.is_awaited and self.watch.measure_at <= until:
            self.now = max(self.now, self.watch.measure_at)
            self.watch.measure(self.now, self.received)
        self.now = until

    @property
    def is_awaited(self) -> bool:
        """Whether the watch asks to be called even if nothing more arrives."""
        return self.watch.measured_bytes != self.received

    def _discard(self, route: Route | None, queue: Sink, count: int) -> None:
        name = "*" if route is None else route.stream.name
        self.dropped[name] = self.dropped.get(name, 0) + queue.discard(count)

    @property
    def total(self) -> int:
        return self.watch.total(self.now)


def take(queue: WaitableQueue, count: int = 1) -> None:
    items = queue.iterate()
    for _ in range(count):
        next(items)


# How much there is


def test_the_memory_is_the_number_of_events_times_their_size() -> None:
    world = World()
    world.put(world.add(), 1000)
    world.put(world.add(None), 500)
    assert world.total == pytest.approx(1500 * KIB, rel=0.01)


def test_events_that_grow_are_measured_anew() -> None:
    world = World()
    queue = world.add()
    world.put(queue, 100)
    take(queue, 100)
    world.wait(60)
    world.put(queue, 100, b"x" * 4 * KIB)
    assert world.total == pytest.approx(400 * KIB, rel=0.02)


def test_a_short_queue_counts_by_the_size_of_its_messages() -> None:
    """So that a thousand streams that are read need not be measured."""
    world = World()
    world.put(world.add(), 10, raw=100)
    assert world.total == 10 * 100 * 8


# What is too much


def flood(world: World, *queues: WaitableQueue, rounds: int = 200, count: int = 1000) -> int:
    """Put far more than fits; the most that was there at once, in bytes."""
    most = 0
    for _ in range(rounds):
        for queue in queues:
            world.put(queue, count, raw=KIB // 8)
        most = max(most, sum(len(queue.items) for queue in queues) * KIB)
        world.now += 0.01
    return most


@pytest.mark.parametrize("count", [1, 10, 1000])
def test_the_total_of_one_queue_stays_below_the_bound(count: int) -> None:
    world = World(16 * MIB)
    queue = world.add(maxsize=10**9)
    most = flood(world, queue, rounds=40_000 // count, count=count)
    assert most <= 18 * MIB
    assert world.dropped["btcusdt@trade"] == 40_000 // count * count - len(queue.items)


def test_the_total_of_many_queues_stays_below_the_bound() -> None:
    world = World(16 * MIB)
    queues = [world.add(f"s{number}@trade") for number in range(100)]
    assert flood(world, *queues, rounds=40, count=10) <= 18 * MIB


def test_the_clients_own_queue_counts_too() -> None:
    world = World(16 * MIB)
    assert flood(world, world.add(None), world.add(), rounds=20) <= 20 * MIB
    assert set(world.dropped) == {"*", "btcusdt@trade"}


def test_the_largest_queues_are_cut_and_the_others_keep_all() -> None:
    world = World(16 * MIB)
    small, large, larger = (world.add(f"{name}@trade") for name in ("a", "b", "c"))
    world.put(small, 1000)
    world.put(large, 7000)
    world.put(larger, 20_000)
    assert len(small.items) == 1000
    assert len(large.items) == pytest.approx(6668, abs=10)
    assert len(larger.items) == pytest.approx(6668, abs=10)
    assert set(world.dropped) == {"b@trade", "c@trade"}


def test_the_newest_event_of_each_queue_is_kept() -> None:
    """Even one that is larger than all that may wait."""
    world = World(1 * MIB)
    queue = world.add(None)
    world.put(queue, 3, EVENT * 2000)
    assert len(queue.items) == 1


def test_a_queue_of_one_event_loses_nothing() -> None:
    world = World(1 * MIB)
    queue = world.add(None)
    world.put(queue, 1, EVENT * 2000)
    world.wait(60)
    assert (len(queue.items), world.dropped) == (1, {})


def test_events_that_take_no_memory_of_their_own_may_wait() -> None:
    """What exists once in the process, such as None, is counted nowhere."""
    world = World(1 * MIB)
    queue = world.add()
    world.put(queue, 50_000, None)
    assert (world.total, world.dropped) == (0, {})


@pytest.mark.parametrize(
    ("overflow", "first"), [("drop_oldest", 19_999), ("drop_newest", 0)], ids=str
)
def test_each_policy_drops_what_it_is_for(overflow: Overflow, first: int) -> None:
    queue = WaitableQueue(65_536, overflow)
    queue.put(list(range(20_000)))
    assert queue.discard(19_999) == 19_999
    assert list(queue.items) == [first]


@pytest.mark.parametrize("overflow", ["drop_oldest", "drop_newest"])
def test_no_policy_discards_a_failure(overflow: Overflow) -> None:
    queue = WaitableQueue(10, overflow)
    queue.put([1])
    queue.fail(ValueError("lost"))
    queue.put([2])
    assert queue.discard(3) == 2
    assert [type(item) for item in queue.items] == [ErrorItem]


def test_raise_ends_the_queue_that_is_too_large() -> None:
    world = World(1 * MIB)
    queue = world.add(overflow="raise")
    world.put(queue, 2000)
    assert isinstance(queue.overflowed, QueueOverflow)
    assert "max_unread_bytes" in str(queue.overflowed)
    assert len(queue.items) == 2000
    assert isinstance(failure(lambda: list(queue.iterate())), QueueOverflow)


def test_block_asks_for_a_pause_until_half_has_been_taken() -> None:
    world = World(1 * MIB)
    queue, other = world.add("a@trade", overflow="block"), world.add("b@trade")
    world.put(other, 800)
    world.put(queue, 2000)
    assert queue.is_blocking
    assert world.dropped == {"a@trade": 0}
    taken = 0
    while queue.is_blocking:
        take(queue)
        taken += 1
        world.wait(1.0)
    assert taken == 1000
    assert len(other.items) == 800


def test_what_an_ended_stream_left_behind_is_dropped_whatever_its_policy() -> None:
    """Nothing can be reported to a queue that is closed already."""
    for policy in ("block", "raise", "drop_newest"):
        queue = WaitableQueue(100, policy)
        queue.put([1, 2, 3])
        queue.close()
        assert queue.discard(2) == 2
        assert list(queue.items) == [3]
        assert queue.overflowed is None


def test_queues_are_not_looked_at_for_each_message() -> None:
    """What a message costs does not depend on how many streams there are."""
    world = World(DEFAULT_MAX_UNREAD_BYTES)
    looks = []
    queue = world.add()
    world.watch._sinks = lambda: looks.append(world.now) or world.queues  # type: ignore[func-returns-value]
    for _ in range(10_000):
        world.put(queue)
        take(queue)
        world.now += 0.001
    assert 8 <= len(looks) <= 15


# Who forgot to read


def test_a_stream_that_nobody_reads_is_reported_once() -> None:
    world = World()
    queue = world.add()
    for _ in range(1000):
        world.put(queue, 10)
        world.wait(1.0)
    (unread,) = world.notices
    assert isinstance(unread, Unread)
    assert unread.stream == "btcusdt@trade"
    assert unread.bytes == pytest.approx(unread.count * KIB, rel=0.01)
    assert unread.seconds <= 62


def test_a_busy_stream_is_reported_within_a_minute_or_so() -> None:
    world = World()
    queue = world.add()
    while not world.notices:
        world.put(queue, 10)
        world.wait(1.0)
    assert 160 <= world.now <= 163


def test_a_slow_stream_is_reported_once_a_hundred_events_wait() -> None:
    world = World()
    queue = world.add()
    for _ in range(99):
        world.put(queue)
        world.wait(10.0)
    assert world.notices == []
    world.put(queue)
    world.wait(10.0)
    assert [type(notice) for notice in world.notices] == [Unread]


def test_a_tenth_of_maxsize_is_reported_at_once_if_nothing_was_ever_taken() -> None:
    world = World()
    queue = world.add(maxsize=10_000)
    world.put(queue, 999)
    world.wait(5.0)
    assert world.notices == []
    world.put(queue)
    world.wait(1.0)
    (unread,) = world.notices
    assert isinstance(unread, Unread)
    assert unread.count == 1000


def test_a_sixteenth_of_the_memory_is_reported_at_once_if_nothing_was_ever_taken() -> None:
    world = World(16 * MIB)
    queue = world.add(None)
    world.put(queue, 1000)
    world.wait(5.0)
    assert world.notices == []
    world.put(queue, 100)
    world.wait(1.0)
    (unread,) = world.notices
    assert isinstance(unread, Unread)
    assert (unread.stream, unread.count) == ("*", 1100)


def test_it_is_reported_before_anything_is_dropped() -> None:
    world = World(16 * MIB)
    queue = world.add()
    while not world.dropped:
        world.put(queue, 100)
        if not world.notices:
            assert len(queue.items) < 8 * KIB
    assert [type(notice) for notice in world.notices] == [Unread]


def test_a_slow_reader_of_a_bursty_stream_is_not_reported() -> None:
    world = World(256 * MIB)
    queue = world.add()
    world.put(queue)
    take(queue)
    for _ in range(20):
        world.put(queue, 20_000)
        for _ in range(20):
            take(queue, 999)
            world.wait(30.0)
    assert len(queue.items) == 400
    assert world.notices == []


def test_a_reader_that_stops_is_reported_after_a_minute() -> None:
    world = World()
    queue = world.add()
    for _ in range(100):
        world.put(queue, 10)
        take(queue, 10)
        world.wait(1.0)
    while not world.notices:
        world.put(queue, 10)
        world.wait(1.0)
    assert 258 <= world.now <= 263


def test_a_new_episode_begins_once_all_that_waited_was_taken() -> None:
    world = World()
    queue = world.add()

    def forget() -> None:
        for _ in range(100):
            world.put(queue, 10)
            world.wait(1.0)

    forget()
    take(queue, 10)
    forget()
    assert len(world.notices) == 1
    take(queue, len(queue.items))
    world.wait(1.0)
    forget()
    assert len(world.notices) == 2


def test_a_small_queue_is_not_reported() -> None:
    """Who asks for the newest ten events means it, and the drops are reported."""
    world = World()
    queues = [world.add("a@trade", maxsize=10), world.add("b@trade", overflow="latest")]
    for _ in range(100):
        for queue in queues:
            world.put(queue, 50)
        world.wait(1.0)
    assert world.notices == []


def test_nothing_is_asked_for_while_nothing_comes() -> None:
    world = World()
    world.put(world.add(), 5)
    world.wait(2.0)
    assert not world.is_awaited
