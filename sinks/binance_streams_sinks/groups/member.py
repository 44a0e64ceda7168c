"""A collector as a member of a group: it collects what the group's assignment says."""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Awaitable, Callable, Collection
from typing import Any, Protocol

import msgspec
import nats.errors
from msgspec import Struct

from binance_streams_runtime.errors import ParameterError
from binance_streams_runtime.messaging.group import Group
from binance_streams_runtime.messaging.membership import INTERVAL, TIMEOUT, Heartbeat
from binance_streams_runtime.messaging.subjects import check_collector
from binance_streams_sinks.groups.bucket import (
    MEMBERS,
    STREAMS,
    TAKEN,
    Bucket,
    Change,
    Watch,
    Work,
)
from binance_streams_sinks.nats_connection import reason_of_nats
from binance_streams_sinks.publishing.sink import SinkError

# What is raised while servers are down, change their leader or are slow.
_UNREACHABLE = (nats.errors.Error, SinkError, OSError, TimeoutError)

logger = logging.getLogger("binance_streams.group")

# In intervals: how long a request may take, and one's own heartbeat to come back.
_REQUEST = 2
_ECHO = 3


class Collecting(Protocol):
    """What collects streams: a ``Collector``."""

    @property
    def confirmed(self) -> frozenset[str]:
        """The streams that come from the venue at the moment."""

    async def set_streams(self, streams: Collection[str]) -> object:
        """Collect these streams from now on, and no others."""


class MemberStatus(Struct, frozen=True):
    """How a member sees its group."""

    name: str
    members: tuple[str, ...]
    """The members that it takes for live, sorted; it is one of them."""
    streams: int
    """How many streams the group collects."""
    assigned: int
    """How many of them are assigned to this member."""
    collected: int
    """How many it collects; more than are assigned to it while others take them over."""
    missing: int
    """How many streams have too few collectors, as all members are full."""
    is_connected: bool
    """Whether its heartbeats come back. Otherwise it collects what it had."""


class Member:
    """One collector of a group.

    ``connect`` opens a connection of nats-py, and another one if that has ended. ``capacity`` is
    how many streams the collector takes at most, None for any number. ``is_known`` says whether a
    name is one of a stream; unknown ones of the group's list are left out.
    """

    def __init__(
        self,
        bucket: Bucket,
        collector: Collecting,
        connect: Callable[[], Awaitable[Any]],
        name: str,
        *,
        capacity: int | None = None,
        replicas: int = 1,
        is_known: Callable[[str], bool] = lambda name: True,
        interval: float = INTERVAL,
        timeout: float = TIMEOUT,
    ) -> None:
        """Raise ParameterError if the name, the capacity or a time is invalid."""
        self.name: str = check_collector(name)
        if capacity is not None and capacity < 1:
            raise ParameterError("capacity", capacity, "at least 1 stream, or None")
        if not 0 < 3 * interval <= timeout:
            allowed = "seconds above 0, and at most a third of the timeout"
            raise ParameterError("interval", interval, allowed)
        self._bucket = bucket
        self._collector = collector
        self._connect = connect
        self._capacity = capacity
        self._replicas = replicas
        self._is_known = is_known
        self._interval = interval
        self._timeout = timeout
        self._group = Group(name, interval=interval, timeout=timeout)
        self._incarnation = secrets.token_hex(8)
        self._beats = 0
        self._is_leaving = False
        self._is_over = False
        self._connection: Any = None
        # When a heartbeat was written last, and when one came back.
        self._written_at = 0.0
        self._back_at = 0.0
        self._taken: frozenset[str] | None = None
        self._changed = asyncio.Event()
        self._may_beat = asyncio.Event()
        # The heartbeats of another process that has the same name, as long as we write none; later,
        # which start of such a process was logged last.
        self._strange: set[Heartbeat] = set()
        self._namesake: str | None = None
        self._unable_since: float | None = None
        self._unknown: frozenset[str] = frozenset()
        self._is_reachable = False

    def status(self) -> MemberStatus:
        """Return how this member sees the group at the moment."""
        group = self._group
        return MemberStatus(
            self.name,
            tuple(sorted(group.membership.live())),
            len(group.assigned),
            sum(self.name in names for names in group.assigned.values()),
            len(group.collected),
            len(group.missing()),
            self._is_reachable,
        )

    async def run(self) -> None:
        """Take part until ``leave`` has handed over all streams, or cancellation.

        Raises ParameterError if a live collector of the group has the same name, and what
        ``connect`` raises at first. Later troubles are logged; what was collected is collected on.
        """
        self._connection = await self._connect()
        try:
            async with asyncio.TaskGroup() as tasks:
                others = [tasks.create_task(self._watch()), tasks.create_task(self._beat())]
                try:
                    await self._collect()
                finally:
                    # Requests of nats-py wait by asyncio.wait_for, which may swallow a cancellation
                    # until Python 3.12.
                    self._is_over = True
                for task in others:
                    task.cancel()
            await self._delete()
        except ExceptionGroup as errors:
            raise errors.exceptions[0] from None
        finally:
            self._bucket.close()
            await self._connection.close()

    def leave(self) -> None:
        """Hand all streams over to the other members; ``run`` returns once they have them.

        It does so at once if there is no other member. Cancel it if it takes too long.
        """
        self._is_leaving = True
        self._changed.set()

    def __repr__(self) -> str:
        return f"<Member {self.name} of {self._bucket.name}>"

    async def _collect(self) -> None:
        """Let the collector collect what the group says, until all is handed over."""
        given: frozenset[str] = frozenset()
        while True:
            streams = self._group.collected - self._unknown
            if streams != given:
                given = streams
                await self._collector.set_streams(sorted(streams))
            if self._is_leaving and (not given or not self._others()):
                return
            await self._changed.wait()
            self._changed.clear()

    async def _watch(self) -> None:
        """Follow the bucket; begin anew if it falls silent."""
        while not self._is_over:
            try:
                if self._connection.is_closed:
                    self._connection = await self._connect()
                jetstream = self._connection.jetstream(timeout=_REQUEST * self._interval)
                await self._bucket.open(jetstream, replicas=self._replicas)
                watch = await self._bucket.watch()
                try:
                    await self._follow(watch)
                finally:
                    await watch.stop()
            except _UNREACHABLE as error:
                self._report(error)
                await asyncio.sleep(self._interval)
            # What is left of us there is still to be deleted.
            if not self._is_over:
                self._bucket.close()

    async def _follow(self, watch: Watch) -> None:
        """Take note of each change, until our own heartbeats do not come back any more."""
        self._back_at = now = _now()
        look_until = now + self._timeout
        while self._written_at - self._back_at < _ECHO * self._interval:
            if self._is_over or self._connection.is_closed:
                return
            change = await watch.next(self._interval)
            if change is not None:
                self._apply(change)
            if self._may_beat.is_set() or not watch.is_complete:
                continue
            if len(self._strange) > 1:
                allowed = "a name that no other collector of the group has"
                raise ParameterError("name", self.name, allowed)
            # What a process before us has left behind does not change any more.
            if not self._strange or _now() > look_until:
                self._may_beat.set()
        self._report(TimeoutError("changes do not arrive"))

    def _apply(self, change: Change) -> None:
        kind, _, name = change.key.partition(".")
        try:
            if kind == STREAMS:
                self._on_work(change.value)
            elif kind == MEMBERS and change.value is None:
                self._group.on_leave(name)
            elif kind == MEMBERS:
                self._on_heartbeat(name, msgspec.json.decode(change.value or b"", type=Heartbeat))
            elif kind == TAKEN:
                streams = msgspec.json.decode(change.value or b"[]", type=list[str])
                self._group.on_taken(name, streams)
        except msgspec.MsgspecError as error:
            logger.warning(
                "%s: %s is not understood, so it is ignored: %s", self, change.key, error
            )
        self._changed.set()

    def _on_work(self, value: bytes | None) -> None:
        work = Work() if value is None else msgspec.json.decode(value, type=Work)
        unknown = frozenset(name for name in work.streams if not self._is_known(name))
        if unknown - self._unknown:
            names = ", ".join(sorted(unknown - self._unknown))
            logger.warning("%s: no streams of this market, so they are left out: %s", self, names)
        self._unknown = unknown
        self._group.on_work(work.streams, work.copies)

    def _on_heartbeat(self, name: str, heartbeat: Heartbeat) -> None:
        if name != self.name or heartbeat.incarnation == self._incarnation:
            self._group.on_heartbeat(_now(), name, heartbeat)
        elif not self._may_beat.is_set():
            self._strange.add(heartbeat)
        elif heartbeat not in self._strange and heartbeat.incarnation != self._namesake:
            self._namesake = heartbeat.incarnation
            logger.error("%s: another collector of the group has this name", self)
        if heartbeat.incarnation == self._incarnation:
            self._back_at = _now()
            if not self._is_reachable:
                self._is_reachable = True
                logger.info("%s takes part", self)

    async def _beat(self) -> None:
        """Say once an interval that we live, and what we have."""
        await self._may_beat.wait()
        while not self._is_over:
            started_at = _now()
            try:
                # Otherwise nats-py would keep heartbeats, and write old ones later.
                if not self._connection.is_connected:
                    raise ConnectionError("there is no connection to NATS")
                if self._bucket.is_open:
                    async with asyncio.timeout(_REQUEST * self._interval):
                        await self._write()
            except _UNREACHABLE as error:
                self._report(error)
            await asyncio.sleep(max(started_at + self._interval - _now(), 0.0))

    async def _write(self) -> None:
        taken = frozenset(self._collector.confirmed)
        # Before the heartbeat: nobody is to believe what a process before us had taken.
        if taken != self._taken:
            self._taken = None
            await self._bucket.take(self.name, taken)
            self._taken = taken
        self._beats += 1
        heartbeat = Heartbeat(
            self._incarnation, self._beats, self._capacity, self._is_able(taken), self._is_leaving
        )
        await self._bucket.beat(self.name, heartbeat)
        self._written_at = _now()
        for name in self._group.membership.forgotten():
            await self._bucket.delete(name)

    def _is_able(self, taken: frozenset[str]) -> bool:
        """Whether the venue serves us, or has not been asked for long enough to know."""
        if taken or not self._group.collected:
            self._unable_since = None
            return True
        self._unable_since = self._unable_since or _now()
        return _now() - self._unable_since < self._timeout

    async def _delete(self) -> None:
        try:
            async with asyncio.timeout(_REQUEST * self._interval):
                await self._bucket.delete(self.name)
        except _UNREACHABLE as error:
            reason = reason_of_nats(error)
            logger.warning("%s: its entries stay until the others forget it: %s", self, reason)

    def _others(self) -> set[str]:
        return {*self._group.membership.live()} - {self.name}

    def _report(self, error: Exception) -> None:
        if self._is_reachable:
            self._is_reachable = False
            reason = reason_of_nats(error)
            logger.warning("%s: the group is out of reach, nothing changes: %s", self, reason)


def _now() -> float:
    return asyncio.get_running_loop().time()
