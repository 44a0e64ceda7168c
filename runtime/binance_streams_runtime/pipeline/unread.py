"""Events that nobody has taken yet: how much memory they take, who forgot them, what is too much.

Nothing is counted for each event. Now and then the queues are looked at: the number of events in
each times the memory of some of them. In long queues, those that come then wait as bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from math import ceil

from binance_streams_runtime.decoding.packing import Packed
from binance_streams_runtime.notices import CLIENT, Notice, Unread
from binance_streams_runtime.pipeline.delivery import RoutedSink
from binance_streams_runtime.pipeline.memory import mean_memory
from binance_streams_runtime.pipeline.queues import Numbered
from binance_streams_runtime.pipeline.route import Route
from binance_streams_runtime.pipeline.sink import Sink

DEFAULT_MAX_UNREAD_BYTES = 256 * 1024 * 1024
LEAST_MAX_UNREAD_BYTES = 1024 * 1024

# Seconds between two looks while events come.
_PERIOD = 1.0

# A decoded event takes up to this many times the bytes of its message.
_EXPANSION = 8

# Bytes received between two looks, fewer if the limit is near.
_MOST_STRIDE = 1024 * 1024
_LEAST_STRIDE = 128 * 1024

# This share of the limit is for events that wait as objects, to be taken at no further cost. It is
# divided among the queues that hold anything, as if they were a few more; what is behind is packed.
_SHARE_OF_OBJECTS = 1 / 8
_FEW_QUEUES = 8
_LEAST_OBJECTS = 64

# To this share of the limit the queues are reduced, so that it is not reached again at once.
_KEPT = 7 / 8

# So many events stand for all of a stream's queue, so many for the client's, in which many streams
# meet; for so many seconds, if the queue does not grow to twice its length meanwhile.
_SAMPLES = 4
_CLIENT_SAMPLES = 32
_MEASURED_FOR = 60.0

# In shorter queues of one stream, the size of its messages is good enough.
_WORTH_MEASURING = 16

# A queue that nobody has ever taken anything from is reported at these shares of its bounds; any
# queue after so many seconds without a taker. Fewer events than this are never worth a report.
_SHARE_OF_MAXSIZE = 1 / 10
_SHARE_OF_BYTES = 1 / 16
_LONG_UNREAD = 60.0
_WORTH_REPORTING = 100


class _Seen:
    """What was seen of one queue."""

    __slots__ = (
        "count",
        "measured",
        "measured_at",
        "object_bytes",
        "packed_bytes",
        "quiet_until",
        "route",
        "since",
        "sink",
        "taken",
    )

    def __init__(self, route: Route | None, sink: Sink, now: float) -> None:
        self.route = route
        self.sink = sink
        self.since = now
        """When something was taken last."""
        self.taken = sink.taken
        self.count = 0
        self.object_bytes = self.packed_bytes = 0.0
        """Of one event, as an object and as bytes."""
        self.measured = 0
        """How many events waited when some of them were measured."""
        self.measured_at = now
        self.quiet_until = 0
        """After a report: how many must have been taken before the next one."""

    @property
    def bytes(self) -> float:
        objects = min(self.count, self.sink.pack_after)
        return objects * self.object_bytes + (self.count - objects) * self.packed_bytes

    def look(self, now: float) -> None:
        """Count what waits, and measure some of it if that was not done yet."""
        self.count = len(self.sink)
        if self.taken != self.sink.taken:
            self.taken, self.since = self.sink.taken, now
        if self.count < 2 * self.measured and now < self.measured_at + _MEASURED_FOR:
            return
        if self.count < _WORTH_MEASURING and self.route is not None and self.route.messages:
            self.object_bytes = _EXPANSION * self.route.bytes / self.route.messages
            self.packed_bytes = self.object_bytes
            return
        self.measured, self.measured_at = self.count, now
        some = self.sink.sample(_SAMPLES if self.route is not None else _CLIENT_SAMPLES)
        numbers = [item._replace(event=None) for item in some if isinstance(item, Numbered)]
        events = [item.event if isinstance(item, Numbered) else item for item in some]
        packed = [item for item in events if isinstance(item, Packed)]
        objects = [item.unpack() if isinstance(item, Packed) else item for item in events]
        self.object_bytes = mean_memory(objects, len(objects))
        self.packed_bytes = mean_memory(packed, len(packed)) or self.object_bytes
        number_bytes = mean_memory(numbers, len(numbers))
        self.object_bytes += number_bytes
        self.packed_bytes += number_bytes


class UnreadMonitor:
    """Keeps the unread events of a client below ``max_bytes``, and reports who forgets to read.

    ``discard`` is given a queue that is too large, and how many of its events should go.
    """

    def __init__(
        self,
        max_bytes: int,
        sinks: Callable[[], Iterable[RoutedSink]],
        report: Callable[[Notice], None],
        discard: Callable[[Route | None, Sink, int], None],
    ) -> None:
        self._max_bytes = max_bytes
        self._sinks = sinks
        self._report = report
        self._discard = discard
        self._seen: dict[Sink, _Seen] = {}
        self._received = 0
        self._looked_after = 0
        self._look_at = 0.0
        self._look_after = 0

    def check(self, now: float, received: int) -> None:
        """Look at the queues if it is time; ``received`` is all bytes that came so far."""
        self._received = received
        if now >= self._look_at or received >= self._look_after:
            self._look(now)

    def next_time(self) -> float | None:
        """When ``check`` should be called."""
        return self._look_at if self._received != self._looked_after else None

    def total(self, now: float) -> int:
        """The memory of what waits in all queues, in bytes."""
        return sum(self.bytes_of(now, *entry) for entry in self._sinks())

    def bytes_of(self, now: float, route: Route | None, sink: Sink) -> int:
        """The memory of what waits in one queue, in bytes."""
        entry = self._seen.get(sink) or _Seen(route, sink, now)
        entry.look(now)
        return round(entry.bytes)

    def _look(self, now: float) -> None:
        self._looked_after = self._received
        # What was seen of queues that are empty now is forgotten.
        seen = self._seen
        self._seen = {}
        for route, sink in self._sinks():
            if not len(sink):
                continue
            entry = self._seen[sink] = seen.get(sink) or _Seen(route, sink, now)
            entry.look(now)
            if entry.object_bytes:
                share = self._max_bytes * _SHARE_OF_OBJECTS / (len(seen) + _FEW_QUEUES)
                sink.pack_after = max(_LEAST_OBJECTS, int(share / entry.object_bytes))
            if entry.taken >= entry.quiet_until and self._is_forgotten(entry, now):
                entry.quiet_until = entry.taken + entry.count
                self._report(
                    Unread(
                        CLIENT if entry.route is None else entry.route.label,
                        entry.count,
                        round(entry.bytes),
                        now - entry.since,
                    )
                )
        total = sum(entry.bytes for entry in self._seen.values())
        if total > self._max_bytes:
            self._reduce()
            total = sum(entry.bytes for entry in self._seen.values())
        room = (self._max_bytes - total) / _EXPANSION
        self._look_at = now + _PERIOD
        # At first, nothing is known of the events' size.
        stride = min(_MOST_STRIDE, self._received, int(room / 4))
        self._look_after = self._received + max(_LEAST_STRIDE, stride)

    def _is_forgotten(self, entry: _Seen, now: float) -> bool:
        is_much = entry.bytes >= self._max_bytes * _SHARE_OF_BYTES or entry.count >= max(
            _WORTH_REPORTING, entry.sink.maxsize * _SHARE_OF_MAXSIZE
        )
        if is_much and not entry.taken:
            return True
        return entry.count >= _WORTH_REPORTING and now - entry.since >= _LONG_UNREAD

    def _reduce(self) -> None:
        """Cut the largest queues to one size, at which all of them fit."""
        sinks = sorted(self._seen.values(), key=lambda entry: entry.bytes)
        left = self._max_bytes * _KEPT
        for place, entry in enumerate(sinks):
            size = left / (len(sinks) - place)
            if entry.bytes > size:
                break
            left -= entry.bytes
        larger = sinks[place:]
        # If reading pauses, nothing more comes, and nobody else needs to lose anything.
        blocking = [entry for entry in larger if entry.sink.overflow == "block"]
        for entry in blocking or larger:
            excess = min(entry.count - 1, ceil((1 - size / entry.bytes) * entry.count))
            if excess < 1:
                continue
            self._discard(entry.route, entry.sink, excess)
            entry.count = len(entry.sink)
