"""The events of one recorded stream, each once, whichever connections carried it.

A recording has what came on every connection. While one connection replaces another, both deliver
the same events, and neither is ahead for certain. A client says in its recording what it delivered
(``take``). In one without that (``add``), as in the live client, the old connection's events count
until it has passed the first event of the new one. In both, the stream's tracker drops what came
twice.
"""

from __future__ import annotations

from typing import Any

from binance_streams_runtime.catalog.streams import Stream
from binance_streams_runtime.decoding.recorded import Recorded
from binance_streams_runtime.notices import Duplicates, Gap, Late, Notice, Undecodable
from binance_streams_runtime.pipeline.sequence import Confirmation, Mark, Overlap, Tracker
from binance_streams_runtime.pipeline.trackers import tracker_for
from binance_streams_runtime.recording.fills import RecordedFills
from binance_streams_runtime.session.carried import CarriedStream

# Nanoseconds after which one connection takes over although the other has not passed it.
PATIENCE = 30_000_000_000

# Nanoseconds of silence after which an older connection counts again: the stream was moved to it.
_MOVED_AFTER = 10_000_000_000

_MAX_BUFFERED = 65_536


class OneStream:
    """The events of one stream, in their order."""

    def __init__(self, stream: Stream) -> None:
        self.stream: Stream = stream
        self.duplicates: int = 0
        """Events that had been delivered before."""
        self.late: int = 0
        """Events that were left out, as later ones had been delivered."""
        self._sequence = stream.type.sequence
        self._tracker: Tracker = tracker_for(self._sequence, stream.label)
        backfill = stream.type.backfill
        self.fills: RecordedFills | None = None if backfill is None else RecordedFills(backfill)
        self._active: int | None = None
        self._newest: Any = None
        self._last_at = 0
        # The connection that is about to take over, and what it has delivered.
        self._new: int | None = None
        self._new_since = 0
        self._carried: CarriedStream | None = None
        # By the identity of an event, while a tracker or a buffer may hold it.
        self._items: dict[int, Recorded[Any]] = {}

    def take(self, items: list[Recorded[Any]], out: list[Recorded[Any]]) -> None:
        """Take events that the client has delivered; append what they lead to."""
        if items:
            self._deliver(items, out)

    def mark(self, mark: Mark) -> None:
        """Take what happened to the stream at this place."""
        if mark is Overlap.BEGINS:
            self._tracker.overlap()
        elif mark is Overlap.ENDS:
            self._tracker.resume()
        elif isinstance(mark, Undecodable):
            self._tracker.skip(mark.reason)
        elif mark is not Confirmation.CONFIRMED:
            self._tracker.interrupt()

    def restart(self) -> None:
        """Note that the stream was unsubscribed from: what comes later does not continue it."""
        self._tracker = tracker_for(self._sequence, self.stream.label)
        self._newest = self._active = self._carried = self._new = None
        self._items.clear()

    def add(self, item: Recorded[Any], ended: set[int], out: list[Recorded[Any]]) -> None:
        """Take an event as it was received; append what it leads to.

        ``ended`` are the connections that are closed.
        """
        connection = item.connection
        if connection != self._active:
            self._other(item, ended, out)
            return
        self._last_at = item.received
        carried = self._carried
        if carried is None:
            self._deliver([item], out)
            return
        was_passed = carried.is_passed
        carried.add_from_old(item.received / 1e9, self._sequence, item.data)
        self._deliver([item], out)
        if (carried.is_passed and not was_passed) or self._is_overdue(item.received):
            self._take_over(out)

    def interrupt(self) -> None:
        """Note that events may have been missed here."""
        self._tracker.interrupt()

    def ended(self, connection: int, out: list[Recorded[Any]]) -> None:
        """Note that a connection is closed."""
        if connection == self._active and self._carried is not None:
            self._take_over(out)
        elif connection == self._new:
            # The older one has everything that it delivered.
            self._forget_new()

    def flush(self, out: list[Recorded[Any]]) -> None:
        """Append what still waits: the session is over."""
        if self._carried is not None:
            self._take_over(out)
        self._active = None
        self._tracker.interrupt()

    def _other(self, item: Recorded[Any], ended: set[int], out: list[Recorded[Any]]) -> None:
        """Take an event of a connection that does not deliver the stream, or not yet."""
        active = self._active
        if active is None or active in ended:
            self._begin(item, out)
        elif item.connection < active:
            if item.received - self._last_at < _MOVED_AFTER:
                # What an old connection still delivers; the new one has delivered it.
                self.duplicates += 1
                return
            self._forget_new()
            self._begin(item, out)
        else:
            self._buffer(item, out)

    def _begin(self, item: Recorded[Any], out: list[Recorded[Any]]) -> None:
        if self._active is not None:
            self._tracker.interrupt()
        self._active, self._last_at = item.connection, item.received
        self._deliver([item], out)

    def _buffer(self, item: Recorded[Any], out: list[Recorded[Any]]) -> None:
        carried = self._carried
        if carried is None or item.connection != self._new:
            if carried is not None:
                self._forget_new()
            carried = self._carried = CarriedStream(self._newest)
            self._new, self._new_since = item.connection, item.received
            self._tracker.overlap()
        carried.add_from_new(item.received / 1e9, self._sequence, item.data)
        carried.buffered.items.append(item.data)
        self._items[id(item.data)] = item
        if carried.is_passed or self._is_overdue(item.received):
            self._take_over(out)

    def _is_overdue(self, now: int) -> bool:
        assert self._carried is not None
        is_late = now - self._new_since > PATIENCE
        return is_late or len(self._carried.buffered.items) > _MAX_BUFFERED

    def _take_over(self, out: list[Recorded[Any]]) -> None:
        """Deliver what the new connection has received, after that of the old one."""
        carried, self._carried = self._carried, None
        assert carried is not None
        if not carried.is_passed:
            self._tracker.interrupt()
        self._tracker.resume()
        self._active, self._new = self._new, None
        count = len(carried.buffered.items)
        events = carried.take_buffered(self._sequence).items
        self.duplicates += count - len(events)
        if events:
            items = [self._items[id(event)] for event in events]
            self._last_at = items[-1].received
            self._deliver(items, out)

    def _forget_new(self) -> None:
        if self._carried is not None:
            self._carried = self._new = None
            self._tracker.resume()

    def _deliver(self, items: list[Recorded[Any]], out: list[Recorded[Any]]) -> None:
        """Append the items that the tracker accepts, and those that it held back before."""
        first = items[0]
        if len(items) == 1 and self._tracker.is_next(first.data):
            if self._items and self._carried is None:
                self._items.clear()
            self._newest = first.data
            out.append(first)
            return
        for item in items:
            self._items[id(item.data)] = item
        has_gap = False
        for checked in self._tracker.check([item.data for item in items]):
            if isinstance(checked, Notice):
                has_gap |= isinstance(checked, Gap)
                self._count(checked)
                continue
            if has_gap and self.fills is not None and self._newest is not None:
                out += self.fills.gap(self._newest, checked)
            has_gap = False
            self._newest = checked
            found = self._items.pop(id(checked), None)
            # A tracker may make a shorter list of one with items that came twice.
            out.append(found or Recorded(first.received, first.connection, first.stream, checked))

    def _count(self, notice: Notice) -> None:
        if isinstance(notice, Duplicates):
            self.duplicates += notice.count
        elif isinstance(notice, Late) and not notice.is_delivered:
            self.late += 1
