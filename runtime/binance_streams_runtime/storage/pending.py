"""What waits for the thread that writes a recording: bounded, and never waited for."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import Any, TypeAlias

from msgspec import Struct

from binance_streams_runtime.protocol.frames import Item

Frames: TypeAlias = tuple[float, int, Sequence[Item], int, bool]
"""What one read has completed: its time, connection, items, size, and whether of an account.

A tuple, as there is one for each read.
"""


class Answer(Struct, gc=False):
    """The answer to a REST request."""

    time: float
    request: str
    status: int
    body: bytes
    snapshot_of: str | None
    size: int


class Data(Struct, gc=False):
    """A notice, the failure of a REST request, or what the session decided."""

    time: float
    data: Any
    request: str | None = None
    size: int = 512


class Lost(Struct, gc=False):
    """What there was no room for."""

    time: float
    lines: int
    bytes: int
    reason: str
    size: int = 0


class Begin(Struct, gc=False):
    """A part begins, in this state of the session."""

    time: float
    state: object
    size: int = 0


Entry = Frames | Answer | Data | Lost | Begin

TOO_SLOW = "more waited than max_pending_bytes, as the disk is too slow"


class Pending:
    """A queue from the thread that drives to the one that writes. Neither needs a lock.

    Of each attribute, only one of the two is the writer.
    """

    def __init__(self, most_bytes: int) -> None:
        self.most_bytes: int = most_bytes
        self.entries: deque[Entry] = deque()
        self.put_bytes: int = 0
        """How many bytes have been put, in all; by the thread that drives."""
        self._taken_bytes = 0
        self.put_until: int = most_bytes
        """Up to how many bytes may have been put; by the writer."""
        self.lost_lines: int = 0
        """How many lines there was no room for, in all; by the thread that drives."""
        self.lost_bytes: int = 0
        self.lost_reason: str = TOO_SLOW
        """Why there was no room the last time."""
        self.needs_part: bool = False
        """Whether the part has become large enough; set by the writer."""
        self.needs_state: bool = False
        """Whether lines are missing from the file, so that the state must follow."""
        self.reason: str | None = None
        """Why nothing can be written at the moment, if that is so; by the writer."""

    @property
    def bytes(self) -> int:
        """How many bytes wait."""
        return self.put_bytes - self._taken_bytes

    @property
    def since(self) -> float | None:
        """The time of the oldest entry; None if nothing waits."""
        try:
            entry = self.entries[0]
        except IndexError:
            return None
        return entry[0] if isinstance(entry, tuple) else entry.time

    def close(self, reason: str) -> None:
        """Have no room any more, as nobody takes what is put."""
        self.reason, self.put_until = reason, -1
        self.entries.clear()

    def put(self, entry: Entry) -> None:
        """Add an entry."""
        self.put_bytes += size_of(entry)
        self.entries.append(entry)

    def take(self) -> Entry | None:
        """Return the oldest entry, or None."""
        if not self.entries:
            return None
        entry = self.entries.popleft()
        self._taken_bytes += size_of(entry)
        self.put_until = self._taken_bytes + self.most_bytes
        return entry


def size_of(entry: Entry) -> int:
    """Return how many bytes an entry takes, about."""
    return entry[3] if isinstance(entry, tuple) else entry.size
