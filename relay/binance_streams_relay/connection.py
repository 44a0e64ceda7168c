"""One client's connection: what waits for it while it does not read."""

from __future__ import annotations

from typing import Any, Protocol

from binance_streams_simulator.connection import Owner, VenueConnection

_MOST_WRITTEN_BYTES = 2**18
"""How much of what waits is written at a time."""
_MOST_UNSENT_BYTES = 2**20
"""How much the transport may have beyond what may wait: the messages of one read, in one write."""


class RelayOwner(Owner, Protocol):
    """What a connection needs from its relay."""

    def on_slow(self, connection: RelayConnection) -> None:
        """Drop a connection, as too much waits for it."""

    def on_conflated(self, count: int) -> None:
        """Count messages that newer ones have replaced."""


class RelayConnection(VenueConnection):
    """A connection for which a bounded number of bytes waits.

    The transport accepts what the socket does not take at once, up to its limit. From there on
    messages wait here, where newer ones can replace them.
    """

    owner: RelayOwner

    def __init__(self, *args: Any, max_pending_bytes: int, **options: Any) -> None:
        super().__init__(*args, **options)
        self._max_pending_bytes = max_pending_bytes
        # In order; by the name of their stream if a newer message replaces them, else by a number.
        self._pending: dict[str | int, bytes] = {}
        self._pending_bytes = 0
        self._number = 0
        self.is_slow: bool = False
        """Whether the transport takes no more for now, so that messages are to be held."""

    @property
    def pending_bytes(self) -> int:
        """How many bytes wait, besides those that the transport has."""
        return self._pending_bytes

    @property
    def unsent_bytes(self) -> int:
        """How many bytes the transport has that the system does not take yet."""
        return self.transport.get_write_buffer_size()

    def watch(self, now: float, wall: int) -> None:
        """Send pings, and drop a client that sends some of its own and reads no answer."""
        super().watch(now, wall)
        # What answers pings is written by websockets itself, and never held.
        most = self._max_pending_bytes + _MOST_UNSENT_BYTES
        if self.is_open and self.unsent_bytes > most:
            self.owner.on_slow(self)

    def hold(self, frame: bytes, name: str | None = None) -> None:
        """Keep a frame until the client reads; one of the same name that waits is replaced."""
        key: str | int
        if name is None:
            self._number += 1
            key = self._number
        else:
            key = name
            replaced = self._pending.pop(name, None)
            if replaced is not None:
                self._pending_bytes -= len(replaced)
                self.owner.on_conflated(1)
        self._pending[key] = frame
        self._pending_bytes += len(frame)
        if self._pending_bytes > self._max_pending_bytes:
            self._discard_pending()
            self.owner.on_slow(self)

    def write(self, frame: bytes) -> None:
        """Write a frame by itself, at once; nothing may wait to be written before it."""
        if self.is_open:
            self.transport.write(frame)

    def flush(self) -> None:
        """Write what was pushed, or hold it."""
        outbox = self.outbox
        if not outbox:
            return
        frames = outbox[0] if len(outbox) == 1 else b"".join(outbox)
        outbox.clear()
        if not self.is_open:
            return
        if self.is_slow:
            self.hold(frames)
        else:
            self.transport.write(frames)

    def pause_writing(self) -> None:
        """Note that the client does not keep up."""
        super().pause_writing()
        self.is_slow = True

    def resume_writing(self) -> None:
        """Write what waits, until the transport takes no more again."""
        super().resume_writing()
        self.is_slow = False
        while self._pending and not self.is_slow and self.is_open:
            self.transport.write(self._take_pending())

    def connection_lost(self, exc: Exception | None) -> None:
        """Note that the TCP connection has ended."""
        self._discard_pending()
        super().connection_lost(exc)

    def _take_pending(self) -> bytes:
        taken: list[bytes] = []
        size = 0
        for key in list(self._pending):
            frame = self._pending.pop(key)
            taken.append(frame)
            size += len(frame)
            if size >= _MOST_WRITTEN_BYTES:
                break
        self._pending_bytes -= size
        return b"".join(taken)

    def _discard_pending(self) -> None:
        self._pending.clear()
        self._pending_bytes = 0
