"""Limiting the memory of unread events, and reporting streams that nothing consumes.

Nothing is counted per event. Now and then the queues are measured: the number of events in each
times the mean memory of a few of them. In long queues, later events are packed into bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
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

# Seconds between two measurements while events arrive.
_PERIOD = 1.0

# A decoded event takes up to this many times the bytes of its message.
_EXPANSION = 8

# Bytes received between two measurements, fewer near the limit.
_MOST_STRIDE = 1024 * 1024
_LEAST_STRIDE = 128 * 1024

# This share of the limit is for events that wait as objects, which can be taken at no further cost.
# It is divided among the queues that hold anything, plus a few; events beyond it are packed.
_SHARE_OF_OBJECTS = 1 / 8
_FEW_QUEUES = 8
_LEAST_OBJECTS = 64

# The queues are reduced to this share of the limit, so that they do not reach it again at once.
_KEPT = 7 / 8

# How many events represent a stream's queue, and the client's, in which many streams are mixed; and
# for how many seconds, unless the queue doubles in length meanwhile.
_SAMPLES = 4
_CLIENT_SAMPLES = 32
_MEASURED_FOR = 60.0

# For shorter queues of one stream, the size of its messages is a good enough estimate.
_WORTH_MEASURING = 16

# A queue from which nothing has ever been taken is reported at these shares of its limits; any
# queue after this many seconds without a consumer. Fewer events than this are never reported.
_SHARE_OF_MAXSIZE = 1 / 10
_SHARE_OF_BYTES = 1 / 16
_LONG_UNREAD = 60.0
_WORTH_REPORTING = 100


class _Measurement:
    """The measurement of one queue."""

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
        """When an event was last taken."""
        self.taken = sink.taken
        self.count = 0
        self.object_bytes = self.packed_bytes = 0.0
        """Memory of one event, as an object and packed."""
        self.measured = 0
        """How many events waited at the last measurement."""
        self.measured_at = now
        self.quiet_until = 0
        """How many events must have been taken before the next report."""

    @property
    def bytes(self) -> float:
        objects = min(self.count, self.sink.pack_after)
        return objects * self.object_bytes + (self.count - objects) * self.packed_bytes

    def measure(self, now: float) -> None:
        """Count the waiting events, and measure some if the last measurement is outdated."""
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
    """Keeps the unread events of a client below ``max_bytes``, and reports unread streams.

    ``discard`` gets a queue that is too large, and how many of its events to discard.
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
        self._measurements: dict[Sink, _Measurement] = {}
        self.measured_bytes: int = 0
        """How many bytes had been received at the last measurement; nothing is due until more."""
        self.measure_at: float = 0.0
        """When to measure again at the latest, once more has been received."""
        self.measure_after: int = 0
        """How many bytes to have received before the next measurement at the latest."""

    def total(self, now: float) -> int:
        """Return the memory of the events in all queues, in bytes."""
        return sum(self.bytes_of(now, *entry) for entry in self._sinks())

    def last_total(self) -> int:
        """Return the memory of the events in all queues at the last measurement, in bytes."""
        return round(sum(entry.bytes for entry in self._measurements.values()))

    def bytes_of(self, now: float, route: Route | None, sink: Sink) -> int:
        """Return the memory of the events in one queue, in bytes."""
        entry = self._measurements.get(sink) or _Measurement(route, sink, now)
        entry.measure(now)
        return round(entry.bytes)

    def forgotten(self) -> Iterator[tuple[Route | None, int]]:
        """Yield what was reported as unread and still is, with the number of its events."""
        for entry in self._measurements.values():
            count = len(entry.sink)
            if count and entry.sink.taken < entry.quiet_until:
                yield entry.route, count

    def measure(self, now: float, received: int) -> None:
        """Measure the queues; ``received`` is the total of bytes received."""
        self.measured_bytes = received
        # The measurements of queues that are empty now are dropped.
        measurements = self._measurements
        self._measurements = {}
        for route, sink in self._sinks():
            if not len(sink):
                continue
            entry = self._measurements[sink] = measurements.get(sink) or _Measurement(
                route, sink, now
            )
            entry.measure(now)
            if entry.object_bytes:
                share = self._max_bytes * _SHARE_OF_OBJECTS / (len(measurements) + _FEW_QUEUES)
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
        total = sum(entry.bytes for entry in self._measurements.values())
        if total > self._max_bytes:
            self._reduce()
            total = sum(entry.bytes for entry in self._measurements.values())
        room = (self._max_bytes - total) / _EXPANSION
        self.measure_at = now + _PERIOD
        # At first, the size of the events is unknown.
        stride = min(_MOST_STRIDE, received, int(room / 4))
        self.measure_after = received + max(_LEAST_STRIDE, stride)

    def _is_forgotten(self, entry: _Measurement, now: float) -> bool:
        is_much = entry.bytes >= self._max_bytes * _SHARE_OF_BYTES or entry.count >= max(
            _WORTH_REPORTING, entry.sink.maxsize * _SHARE_OF_MAXSIZE
        )
        if is_much and not entry.taken:
            return True
        return entry.count >= _WORTH_REPORTING and now - entry.since >= _LONG_UNREAD

    def _reduce(self) -> None:
        """Reduce the largest queues to one size at which all of them fit."""
        sinks = sorted(self._measurements.values(), key=lambda entry: entry.bytes)
        left = self._max_bytes * _KEPT
        place, size = 0, left / len(sinks)
        # One of them is larger than its share: together, they are larger than all that is left.
        while sinks[place].bytes <= size:
            left -= sinks[place].bytes
            place += 1
            size = left / (len(sinks) - place)
        larger = sinks[place:]
        # If reading pauses, nothing more arrives, and no other queue needs to lose anything.
        blocking = [entry for entry in larger if entry.sink.overflow == "block"]
        for entry in blocking or larger:
            excess = min(entry.count - 1, ceil((1 - size / entry.bytes) * entry.count))
            if excess < 1:
                continue
            self._discard(entry.route, entry.sink, excess)
            entry.count = len(entry.sink)
