"""How far a durable client has come: kept by the log's server, in a key-value bucket.

One key has the positions in all streams of a name, so that one small message acknowledges all that
was handled since the last one. Its revisions show if another client uses the same name.
"""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from collections.abc import Callable
from typing import Any

import msgspec
from msgspec import Struct

from binance_streams_runtime.jetstream.connection import LogFailure, NatsConnection
from binance_streams_runtime.messaging.subjects import Subjects

BUCKET = "readers"
"""How the name of the bucket ends, behind the prefix of the subjects."""

_EVERY = 0.2
"""Seconds between two acknowledgements."""

Position = tuple[int, int | None]
"""The position in the log up to which a stream was handled, and its next id, if that is known."""


class _Kept(Struct):
    """The value of a key."""

    client: str
    positions: dict[str, Position]


class Positions:
    """The positions of one durable name."""

    def __init__(self, subjects: Subjects, name: str, on_taken: Callable[[str], None]) -> None:
        """``on_taken`` is called with the reason once another client has taken the name over."""
        self._on_taken = on_taken
        self._bucket = f"{subjects.prefix.replace('.', '-')}-{BUCKET}"
        self._name = name
        self._client = secrets.token_hex(8)
        self._positions: dict[str, Position] = {}
        self._revision: int | None = None
        self._store: Any = None
        self._opened: NatsConnection | None = None
        self._is_taken = False
        self._has_changed = False
        self._saving: asyncio.Task[None] | None = None
        # Held while positions are stored over a connection, each of which has its own.
        self._turn = asyncio.Lock()
        # What was stored last, and what was sent last, whose answer may have been lost.
        self._known: set[bytes] = set()

    @property
    def is_loaded(self) -> bool:
        """Whether the positions are known."""
        return bool(self._known)

    def is_open(self, connection: NatsConnection) -> bool:
        """Whether positions are stored over this connection, or not at all any more."""
        return self._opened is connection or self._is_taken

    def get(self, name: str) -> Position | None:
        """Return the position in a stream; None if it has none yet."""
        return self._positions.get(name)

    async def load(self, connection: NatsConnection) -> None:
        """Read the positions and take the name over; raise LogFailure if that is not possible.

        On a later connection, those that are known already are right.
        """
        from nats.js.errors import BucketNotFoundError, KeyNotFoundError

        jetstream = connection.jetstream()
        entry: Any = None
        self._store = None
        try:
            try:
                store = await jetstream.key_value(self._bucket)
            except BucketNotFoundError:
                store = await jetstream.create_key_value(bucket=self._bucket, history=1)
            with contextlib.suppress(KeyNotFoundError):
                entry = await store.get(self._name)
        except Exception as error:
            raise LogFailure(f"no positions of durable={self._name}: {error}") from None
        if self._known and (entry is None or entry.value not in self._known):
            self._taken()
            return
        self._store, self._opened, self._turn = store, connection, asyncio.Lock()
        self._revision = None if entry is None else entry.revision
        if not self._known:
            if entry is not None:
                self._positions = self._read(entry.value)
            self._has_changed = True
            await self.save()

    def _read(self, value: bytes) -> dict[str, Position]:
        try:
            return msgspec.json.decode(value, type=_Kept).positions
        except (msgspec.DecodeError, UnicodeError) as error:
            where = f"the key {self._name} of bucket {self._bucket}"
            text = f"{where} has no positions: {error}; delete it to forget durable={self._name}"
            raise LogFailure(text) from None

    def acknowledge(self, positions: dict[str, Position]) -> None:
        """Take note of positions, and store them soon."""
        self._positions.update(positions)
        self._has_changed = True
        if not self._is_taken and (self._saving is None or self._saving.done()):
            self._saving = asyncio.get_running_loop().create_task(self._save_soon())

    async def _save_soon(self) -> None:
        while self._has_changed and not self._is_taken:
            await asyncio.sleep(_EVERY)
            # If it fails, it is tried again.
            with contextlib.suppress(LogFailure):
                await self.save()

    async def save(self) -> None:
        """Store the positions, if they have changed; raise LogFailure if that is not possible.

        Returns only after what is being stored already.
        """
        async with self._turn:
            while not await self._save():
                pass

    async def _save(self) -> bool:
        """Return whether nothing is left to be stored now."""
        if not self._has_changed or self._store is None:
            return True
        from nats.js.errors import KeyWrongLastSequenceError

        self._has_changed = False
        value = msgspec.json.encode(_Kept(self._client, self._positions))
        self._known.add(value)
        store = self._store
        try:
            try:
                if self._revision is None:
                    self._revision = await store.create(self._name, value)
                else:
                    self._revision = await store.update(self._name, value, last=self._revision)
            except KeyWrongLastSequenceError:
                entry = await store.get(self._name)
                if entry.value not in self._known:
                    self._taken()
                    return True
                # It was stored, and the answer was lost.
                self._revision = entry.revision
                if entry.value != value:
                    self._has_changed = True
                    return False
                return True
        except Exception as error:
            self._has_changed = True
            raise LogFailure(f"the positions were not stored: {error}") from None
        self._known = {value}
        return True

    def _taken(self) -> None:
        self._store, self._is_taken = None, True
        self._on_taken(f"another client reads with durable={self._name}")
