"""The tap of a recording: hands over what the engine reports to the thread that writes."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from binance_streams_runtime.notices import Notice, NotRecorded, Undecodable
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
    Lost,
    Pending,
    size_of,
)

_PER_ITEM = 64
"""Bytes of memory that an item takes besides its text, about."""

_REPORT_EVERY = 1.0
"""Seconds between two notices about what there was no room for."""


class Recorder:
    """Called by whoever drives the engine: it only appends to a queue, and never waits.

    It also begins parts, as the state of the session at that place belongs to them, and reports
    what there was no room for, as the thread that writes may hang.
    """

    def __init__(
        self,
        pending: Pending,
        rotation: Rotation,
        path: str,
        offset: int,
        state: Callable[[], object],
        report: Callable[[NotRecorded], None],
    ) -> None:
        """Set up; ``begin`` must be called first.

        Args:
            pending: Where everything goes.
            rotation: When another part begins.
            path: The folder of the recording, for notices.
            offset: Nanoseconds to add to monotonic time for Unix time.
            state: Returns the state of the session, by which a part begins.
            report: Called with what there was no room for, in the middle of a call.
        """
        self._pending = pending
        self._rotation = rotation
        self._path = path
        self._offset = offset
        self._state = state
        self._report = report
        self._part_until = math.inf
        # When something else is to be done than to append.
        self._look_at = -math.inf
        # What was lost since the last entry, and since the last notice.
        self._lost_lines = self._lost_bytes = 0
        self._unreported_lines = self._unreported_bytes = 0
        self._report_at = -math.inf

    def begin(self, now: float, offset: int | None = None) -> None:
        """Begin the first part, or another one; ``offset`` if it is another one by now."""
        self._pending.needs_part = self._pending.needs_state = False
        self._find_end(now)
        self._pending.put(Begin(now, self._state()))
        self._plan()
        if offset is not None and offset != self._offset:
            self.session(now, Clock(offset))

    def end(self, now: float) -> None:
        """Say what was lost last, as nothing follows."""
        self._put_lost(now)
        self._report_at = -math.inf
        self._report_lost(now)

    # What the engine reports

    def frames(
        self,
        now: float,
        connection: int,
        items: Sequence[Item],
        size: int,
        is_account: bool = False,
    ) -> None:
        """Take what one read has completed."""
        if not items:
            return
        # There is a call for each read, so what is usual takes few lines.
        size += _PER_ITEM * len(items)
        pending = self._pending
        if (
            pending.put_bytes <= pending.put_until
            and now < self._look_at
            and not (pending.needs_part or pending.needs_state)
        ):
            pending.put_bytes += size
            pending.entries.append((now, connection, items, size, is_account))
        else:
            self._put(now, (now, connection, items, size, is_account), len(items))

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
            self._plan()

    # The queue

    def _put(self, now: float, entry: Entry, lines: int = 1) -> None:
        pending = self._pending
        if pending.put_bytes > pending.put_until:
            self._lose(now, lines, size_of(entry))
            return
        if now >= self._part_until or pending.needs_part:
            self._put_lost(now)
            self.begin(now)
        elif self._lost_lines or pending.needs_state:
            self._put_lost(now)
            pending.needs_state = False
            pending.put(Data(now, self._state()))
        pending.put(entry)
        self._report_lost(now)
        self._plan()

    def _plan(self) -> None:
        """Find out when something else is to be done than to append."""
        is_reported = not self._unreported_lines
        self._look_at = self._part_until if is_reported else min(self._part_until, self._report_at)

    def _find_end(self, now: float) -> None:
        """Find out until when the part lasts that holds ``now``."""
        end = self._rotation.next_time(nanoseconds(now) + self._offset)
        self._part_until = math.inf if end is None else (end - self._offset) / 1e9

    # What there is no room for

    def _lose(self, now: float, lines: int, size: int) -> None:
        pending = self._pending
        pending.lost_lines += lines
        pending.lost_bytes += size
        pending.lost_reason = pending.reason or TOO_SLOW
        self._lost_lines += lines
        self._lost_bytes += size
        self._unreported_lines += lines
        self._unreported_bytes += size
        self._look_at = -math.inf
        self._report_lost(now)

    def _put_lost(self, now: float) -> None:
        """Put the line that says what is missing before the next one."""
        if self._lost_lines:
            reason = self._pending.lost_reason
            self._pending.put(Lost(now, self._lost_lines, self._lost_bytes, reason))
            self._lost_lines = self._lost_bytes = 0

    def _report_lost(self, now: float) -> None:
        """Report what was lost, at most once a second."""
        if self._unreported_lines and now >= self._report_at:
            self._report_at = now + _REPORT_EVERY
            lines, size = self._unreported_lines, self._unreported_bytes
            self._unreported_lines = self._unreported_bytes = 0
            self._report(NotRecorded(self._path, lines, size, self._pending.lost_reason))
