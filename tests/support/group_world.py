"""A group of collectors in simulated time: their store, the venue, and what happens to them."""

from __future__ import annotations

import heapq
import random
from collections.abc import Callable, Iterable
from itertools import count

from binance_streams_runtime.messaging.group import Group
from binance_streams_runtime.messaging.membership import INTERVAL, Heartbeat

STEP = 0.25


class Process:
    """A collector: it beats, watches the store, and subscribes to what the group says."""

    def __init__(self, world: World, name: str, capacity: int | None) -> None:
        self.name = name
        self.capacity = capacity
        self.group = Group(name)
        self.incarnation = str(next(world.numbers))
        self.offset = world.random.uniform(0, 1e6)
        self.is_running = True
        self.is_suspended = False
        self.is_cut_off = False
        self.is_leaving = False
        self.has_venue = True
        self.confirmed: frozenset[str] = frozenset()
        self.read = 0
        self._world = world
        self._beats = count()
        self._asked_at: dict[str, float] = {}

    def run(self) -> None:
        """What it does in a moment, unless it is suspended."""
        world = self._world
        if not self.is_cut_off and not world.is_store_down:
            for key, value in world.changes(self.read):
                self._on_change(key, value)
            self.read = len(world.log)
        # Streams are confirmed a little after they were subscribed to.
        for name in self.group.collected - {*self._asked_at}:
            self._asked_at[name] = world.now + world.random.uniform(0.1, 2.0)
        for name in {*self._asked_at} - self.group.collected:
            del self._asked_at[name]
        self.confirmed = frozenset(
            name for name, at in self._asked_at.items() if at <= world.now and self.has_venue
        )

    def beat(self) -> None:
        """Write what it says of itself, and what it has taken."""
        if not self.is_cut_off and not self._world.is_store_down:
            beat = Heartbeat(
                self.incarnation,
                next(self._beats),
                self.capacity,
                self.has_venue,
                self.is_leaving,
            )
            self._world.put(("taken", self.name), self.confirmed)
            self._world.put(("member", self.name), beat)

    def _on_change(self, key: tuple[str, str], value: object) -> None:
        kind, name = key
        if kind == "streams":
            assert isinstance(value, frozenset)
            self.group.on_work(value, self._world.copies)
        elif value is None:
            self.group.on_leave(name)
        elif kind == "taken":
            assert isinstance(value, frozenset)
            self.group.on_taken(name, value)
        elif isinstance(value, Heartbeat) and (
            name != self.name or value.incarnation == self.incarnation
        ):
            self.group.on_heartbeat(self._world.now + self.offset, name, value)


class World:
    """Time, the store of the group, and its members."""

    def __init__(self, seed: int, streams: Iterable[str], copies: int = 2) -> None:
        self.random = random.Random(seed)
        self.numbers = count()
        self.now = 0.0
        self.copies = copies
        self.log: list[tuple[tuple[str, str], object]] = []
        self.is_store_down = False
        self.processes: dict[str, Process] = {}
        self.streams = frozenset(streams)
        # The fewest collectors that any stream had since it was reset.
        self.fewest = 0
        self._events: list[tuple[float, int, Callable[[], None]]] = []
        self.put(("streams", ""), self.streams)

    def put(self, key: tuple[str, str], value: object) -> None:
        self.log.append((key, value))

    def changes(self, since: int) -> list[tuple[tuple[str, str], object]]:
        """What a watch delivers: at first the last value of each key, then every change."""
        return list(dict(self.log).items()) if since == 0 else self.log[since:]

    def start(self, name: str, capacity: int | None = None) -> Process:
        """Start a collector, or start one again that was killed."""
        process = self.processes[name] = Process(self, name, capacity)
        self._at(self.random.uniform(0, INTERVAL), lambda: self._beat(process))
        return process

    def kill(self, name: str) -> None:
        self.processes.pop(name).is_running = False

    def leave(self, name: str) -> None:
        """Let a collector hand over what it has, and end."""
        process = self.processes[name]
        process.is_leaving = True

        def look() -> None:
            if process.group.collected:
                self._at(0.5, look)
            elif process.is_running:
                self.kill(name)
                self.put(("taken", name), None)
                self.put(("member", name), None)

        self._at(3.0, look)

    def suspend(self, name: str, seconds: float) -> None:
        process = self.processes[name]
        process.is_suspended = True
        self._at(seconds, lambda: setattr(process, "is_suspended", False))

    def cut_off(self, name: str, seconds: float) -> None:
        """Let the store be out of a collector's reach; it begins to watch anew afterwards."""
        process = self.processes[name]
        process.is_cut_off = True

        def heal() -> None:
            process.is_cut_off = False
            process.read = 0

        self._at(seconds, heal)

    def stop_store(self, seconds: float) -> None:
        self.is_store_down = True
        self._at(seconds, lambda: setattr(self, "is_store_down", False))

    def run(self, seconds: float) -> None:
        """Let time pass in steps, a few to an interval."""
        end = self.now + seconds
        while self.now < end:
            self.now += STEP
            while self._events and self._events[0][0] <= self.now:
                heapq.heappop(self._events)[2]()
            for process in [*self.processes.values()]:
                if not process.is_suspended:
                    process.run()
            self.fewest = min(self.fewest, *self.counts().values())

    def counts(self) -> dict[str, int]:
        """How many running collectors get each stream now."""
        running = [one for one in self.processes.values() if not one.is_suspended]
        return {name: sum(name in one.confirmed for one in running) for name in self.streams}

    def holders(self) -> dict[str, set[str]]:
        """The collectors that are to collect each stream."""
        return {
            stream: {one.name for one in self.processes.values() if stream in one.group.collected}
            for stream in self.streams
        }

    def _beat(self, process: Process) -> None:
        if process.is_running:
            if not process.is_suspended:
                process.beat()
            # A machine is never quite on time.
            self._at(INTERVAL * self.random.uniform(0.9, 1.6), lambda: self._beat(process))

    def _at(self, seconds: float, action: Callable[[], None]) -> None:
        heapq.heappush(self._events, (self.now + seconds, next(self.numbers), action))
