"""The tap of a recording: hands over what it is told to the thread that writes."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from binance_streams_runtime.notices import Notice, Undecodable
from binance_streams_runtime.protocol.frames import Item
from binance_streams_runtime.protocol.rest import RestFailure
from binance_streams_runtime.recording.clock import nanoseconds
from binance_streams_runtime.recording.facts import Clock
from binance_streams_runtime.recording.rotation import Rotation
from binance_streams_runtime.storage.pending import (
    TOO_SLOW,
    Answer,
    Begin,
    Data,
    Entry,
    Frames,
    Lost,
    Pending,
)

_PER_ITEM = 64
"""Bytes of memory that an item takes besides its text, about."""


class Recorder:
    """Called by whoever drives the engine: it only appends to a queue, and never waits.

    It is also who begins parts, as the state of the session at that place belongs to them.
    """

    def __init__(
        self, pending: Pending, rotation: Rotation, offset: int, state: Callable[[], object]
    ) -> None:
        """Set up; ``begin`` must be called first.

        Args:
            pending: Where everything goes.
            rotation: When another part begins.
            offset: Nanoseconds to add to monotonic time for Unix time.
            state: Returns the state of the session, by which a part begins.
        """
        self._pending = pending
        self._rotation = rotation
        self._offset = offset
        self._state = state
        self._part_until = math.inf
        # What was lost since the last entry.
        self._lost_lines = self._lost_bytes = 0

    def begin(self, now: float, offset: int | None = None) -> None:
        """Begin the first part, or another one; ``offset`` if it is another one by now."""
        self._pending.needs_part = self._pending.needs_state = False
        self._find_end(now)
        self._pending.put(Begin(now, self._state()))
        if offset is not None and offset != self._offset:
            self.session(now, Clock(offset))

    # What a tap is told

    def frames(
        self,
        now: float,
        connection: int,
        items: Sequence[Item],
        size: int,
        is_account: bool = False,
    ) -> None:
        """Take what one read has completed."""
        if items:
            size += _PER_ITEM * len(items)
            self._put(now, Frames(now, connection, items, size, is_account), len(items))

    def notice(self, now: float, notice: Notice) -> None:
        """Take a notice."""
        data = Data(now, notice)
        if isinstance(notice, Undecodable):
            data.size += len(notice.raw)
        self._put(now, data)

    def answer(
        self, now: float, request: str, status: int, body: bytes, snapshot_of: str | None = None
    ) -> None:
        """Take the answer to a REST request."""
        self._put(now, Answer(now, request, status, body, snapshot_of, len(body) + 512))

    def failure(self, now: float, request: str, failure: RestFailure) -> None:
        """Take the failure of a REST request."""
        self._put(now, Data(now, failure, request))

    def session(self, now: float, data: object) -> None:
        """Take what the session decided."""
        self._put(now, Data(now, data))
        if isinstance(data, Clock):
            self._offset = data.offset
            self._find_end(now)

    # The queue

    def _put(self, now: float, entry: Entry, lines: int = 1) -> None:
        pending = self._pending
        if pending.is_full:
            pending.lost_lines += lines
            pending.lost_bytes += entry.size
            self._lost_lines += lines
            self._lost_bytes += entry.size
            pending.lost_reason = pending.reason or TOO_SLOW
            return
        if now >= self._part_until or pending.needs_part:
            self._report_lost(now)
            self.begin(now)
        elif self._lost_lines or pending.needs_state:
            self._report_lost(now)
            pending.needs_state = False
            pending.put(Data(now, self._state()))
        pending.put(entry)

    def _report_lost(self, now: float) -> None:
        if self._lost_lines:
            reason = self._pending.lost_reason
            self._pending.put(Lost(now, self._lost_lines, self._lost_bytes, reason))
            self._lost_lines = self._lost_bytes = 0

    def end(self, now: float) -> None:
        """Report what was lost last, as nothing follows."""
        self._report_lost(now)

    def _find_end(self, now: float) -> None:
        """Find out until when the part lasts that holds ``now``."""
        end = self._rotation.next_time(nanoseconds(now) + self._offset)
        self._part_until = math.inf if end is None else (end - self._offset) / 1e9
