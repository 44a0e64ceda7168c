"""What waits for the thread that writes a recording: bounded, and never waited for."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import Any

from msgspec import Struct

from binance_streams_runtime.protocol.frames import Item


class Frames(Struct, gc=False):
    """What one read has completed."""

    time: float
    connection: int
    items: Sequence[Item]
    size: int
    is_account: bool


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
        self._entries: deque[Entry] = deque()
        self._put = 0
        self._taken = 0
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
        return self._put - self._taken

    @property
    def is_full(self) -> bool:
        """Whether there is no room for anything more."""
        return self._put - self._taken > self.most_bytes

    @property
    def since(self) -> float | None:
        """The time of the oldest entry; None if nothing waits."""
        try:
            return self._entries[0].time
        except IndexError:
            return None

    def close(self, reason: str) -> None:
        """Have no room any more, as nobody takes what is put."""
        self.reason, self.most_bytes = reason, -1
        self._entries.clear()

    def put(self, entry: Entry) -> None:
        """Add an entry."""
        self._put += entry.size
        self._entries.append(entry)

    def take(self) -> Entry | None:
        """Return the oldest entry, or None."""
        if not self._entries:
            return None
        entry = self._entries.popleft()
        self._taken += entry.size
        return entry
