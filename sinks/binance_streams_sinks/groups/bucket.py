"""The key-value bucket of a group, in NATS JetStream.

Keys: ``streams``, what the group collects; ``members.<name>``, a member's last heartbeat;
``taken.<name>``, what it gets from the venue. Values are JSON.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
from collections.abc import Callable, Collection
from typing import Any, NamedTuple

import msgspec
from msgspec import Struct

from binance_streams_runtime.errors import ParameterError
from binance_streams_runtime.jetstream.positions import BUCKET as READERS
from binance_streams_runtime.messaging.assignment import COPIES
from binance_streams_runtime.messaging.membership import Heartbeat
from binance_streams_runtime.messaging.subjects import check_prefix
from binance_streams_sinks.publishing.sink import SinkError

STREAMS = "streams"
MEMBERS = "members"
TAKEN = "taken"

# How many times a change of the list is tried if others change it at the same moment.
_ATTEMPTS = 20

# Seconds for reading all of a bucket, and after which nothing more is taken to come.
_READ = 10.0
_PAUSE = 0.2

_GROUP = re.compile(r"[A-Za-z0-9_-]{1,64}")
_DELETED = ("DEL", "PURGE")


class Work(Struct, frozen=True, omit_defaults=True):
    """What a group collects."""

    streams: tuple[str, ...] = ()
    """Names of streams, sorted."""
    copies: int = COPIES
    """How many members collect each of them."""


class Change(NamedTuple):
    """A key of the bucket that has another value, None if it was deleted."""

    key: str
    value: bytes | None
    at: float
    """When it got it: Unix seconds, by the server's clock."""


class MemberState(Struct, frozen=True):
    """What the bucket says of a member."""

    name: str
    heartbeat: Heartbeat
    seen_at: float
    """When it wrote its last heartbeat: Unix seconds, by the server's clock."""
    taken: tuple[str, ...]
    """The streams that it gets from the venue."""


class State(Struct, frozen=True):
    """All that the bucket holds."""

    work: Work
    members: tuple[MemberState, ...]
    """Sorted by name; also those that are dead, as long as the others remember them."""


class Watch:
    """The values of a bucket, one after the other.

    It may fall silent, for instance if the server is gone that it was at: whoever needs to know
    changes a key, and looks whether the change comes.
    """

    def __init__(self, watcher: Any) -> None:
        self.is_complete = False
        """Whether all that was there at first has been read; what follows are changes."""
        self._watcher = watcher

    async def next(self, timeout: float) -> Change | None:
        """Return the next value or change; None if there was none for ``timeout`` seconds."""
        try:
            async with asyncio.timeout(timeout):
                async for entry in self._watcher:
                    if entry is not None:
                        is_deleted = entry.operation in _DELETED
                        value = None if is_deleted else entry.value
                        return Change(entry.key, value, entry.created.timestamp())
                    self.is_complete = True
        except TimeoutError:
            pass
        return None

    async def stop(self) -> None:
        """End it; if the connection is gone, the server ends it by itself."""
        import nats.errors

        with contextlib.suppress(nats.errors.Error):
            await self._watcher.stop()


def check_group(name: object) -> str:
    """Return the name of a group; raise ParameterError if no bucket can have it."""
    if not isinstance(name, str) or not _GROUP.fullmatch(name) or name == READERS:
        allowed = f"1 to 64 ASCII letters, digits, '_' and '-', other than {READERS!r}"
        raise ParameterError("group", name, allowed)
    return name


class Bucket:
    """The bucket of a group; messages of other prefixes have others, such as a test network's."""

    def __init__(self, prefix: str, group: str) -> None:
        """Raise ParameterError if one of them is invalid."""
        self.name: str = f"{check_prefix(prefix).replace('.', '-')}-{check_group(group)}"
        # None while no connection is used.
        self._used: Any = None

    async def open(self, jetstream: Any, *, replicas: int = 1, create: bool = True) -> None:
        """Use a JetStream context of nats-py; create the bucket if there is none.

        ``replicas``: how many servers of a cluster keep it. Raises what nats-py raises, such as its
        NotFoundError if there is no bucket, and none is to be created.
        """
        import nats.js.errors

        while self._used is None:
            try:
                self._used = await jetstream.key_value(self.name)
            except nats.js.errors.NotFoundError:
                if not create:
                    raise
                try:
                    await jetstream.create_key_value(
                        bucket=self.name,
                        description="what a group of collectors collects",
                        history=1,
                        replicas=replicas,
                    )
                except nats.js.errors.BadRequestError as error:
                    # Another member has created it at the same moment, with its own options.
                    if "already in use" not in str(error.description):
                        raise

    @property
    def is_open(self) -> bool:
        """Whether it was opened and not closed since."""
        return self._used is not None

    def close(self) -> None:
        """Use no connection any more; whoever is in the midst of something gets SinkError."""
        self._used = None

    @property
    def _entries(self) -> Any:
        """The bucket of nats-py; raises SinkError if there is none at the moment."""
        if self._used is None:
            raise SinkError(f"there is no connection to bucket {self.name} at the moment")
        return self._used

    async def work(self) -> Work:
        """Return what the group collects."""
        return (await self._read_work())[0]

    async def change(self, change: Callable[[Work], Work]) -> tuple[Work, Work]:
        """Change what the group collects, and return what it was and what it is.

        Members may change it at the same time: none of the changes is lost. Raises SinkError if
        others change it all the time, and what nats-py raises.
        """
        import nats.js.errors

        for _ in range(_ATTEMPTS):
            before, revision = await self._read_work()
            after = change(before)
            if after == before:
                return before, after
            try:
                await self._entries.update(STREAMS, msgspec.json.encode(after), last=revision)
            except nats.js.errors.KeyWrongLastSequenceError:
                continue
            return before, after
        raise SinkError(f"the list of bucket {self.name} is changed by others all the time")

    async def beat(self, name: str, heartbeat: Heartbeat) -> None:
        """Write a member's heartbeat."""
        await self._entries.put(f"{MEMBERS}.{name}", msgspec.json.encode(heartbeat))

    async def take(self, name: str, streams: Collection[str]) -> None:
        """Write what a member gets from the venue."""
        await self._entries.put(f"{TAKEN}.{name}", json.dumps(sorted(streams)).encode())

    async def delete(self, name: str) -> None:
        """Delete what is there of a member."""
        await self._entries.delete(f"{TAKEN}.{name}")
        await self._entries.delete(f"{MEMBERS}.{name}")

    async def watch(self) -> Watch:
        """Begin to watch: the value of each key, then each change."""
        return Watch(await self._entries.watchall())

    async def state(self) -> State:
        """Return all that is there at the moment; raise TimeoutError if the servers are silent."""
        watch = await self.watch()
        changes: dict[str, Change] = {}
        try:
            async with asyncio.timeout(_READ):
                while not watch.is_complete:
                    change = await watch.next(_PAUSE)
                    if change is not None:
                        changes[change.key] = change
        finally:
            await watch.stop()
        found = {key: one for key, one in changes.items() if one.value is not None}
        work = found.get(STREAMS)
        members = [
            MemberState(
                key.partition(".")[2],
                msgspec.json.decode(one.value or b"", type=Heartbeat),
                one.at,
                _taken(found.get(TAKEN + key[len(MEMBERS) :])),
            )
            for key, one in sorted(found.items())
            if key.startswith(f"{MEMBERS}.")
        ]
        return State(
            Work() if work is None else msgspec.json.decode(work.value or b"", type=Work),
            tuple(members),
        )

    async def _read_work(self) -> tuple[Work, int]:
        """Return what the group collects, and its revision; 0 if nothing was ever chosen."""
        import nats.js.errors

        try:
            entry = await self._entries.get(STREAMS)
        except nats.js.errors.KeyNotFoundError as error:
            return Work(), error.entry.revision if error.entry else 0
        return msgspec.json.decode(entry.value, type=Work), entry.revision


def _taken(change: Change | None) -> tuple[str, ...]:
    if change is None:
        return ()
    return msgspec.json.decode(change.value or b"[]", type=tuple[str, ...])
