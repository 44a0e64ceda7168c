"""The streams that a session reads from a log, and what it needs for that."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, Protocol

from binance_streams_runtime.catalog.streams import PerKey, Range, Step, Stream
from binance_streams_runtime.messaging.coverage import Missed
from binance_streams_runtime.messaging.reordering import (
    DEFAULT_WINDOW,
    MAX_HELD,
    Delivered,
    Reordering,
    reordering_for,
)
from binance_streams_runtime.messaging.storing import MayCome

# Seconds for which a stream must deliver nothing after a collector has said that it stored
# everything before: it takes as long until a consumer that has come to a standstill is noticed.
_QUIET = 6.0


class Port(Protocol):
    """What a session needs of the thread that reads. Nothing here waits."""

    def connect(self) -> None:
        """Open a connection; ``Opened`` or ``Lost`` follows."""

    def start(self, stream: Stream, run: int, is_observed: bool) -> None:
        """Read a stream from now on, over all connections.

        It ``is_observed`` if it begins where the newest snapshot of its order book is.
        """

    def stop(self, name: str) -> None:
        """Read a stream no more."""


class Acknowledging(Protocol):
    """Notes which message has become which event."""

    def deliver(
        self,
        now: float,
        name: str,
        places: list[tuple[int, int | None]],
        decode: Callable[[], None],
    ) -> None:
        """Deliver what ``decode`` leaves in the arrivals.

        ``places`` are of each message up to which position everything has been delivered with it,
        and the id that follows, if they are consecutive.
        """


class Reading:
    """A stream that is read."""

    def __init__(
        self, stream: Stream, run: int, window: float, may_come: MayCome, is_live: bool
    ) -> None:
        self.stream = stream
        self.run = run
        self.window = window
        self.head = b'{"stream":"' + stream.name.encode() + b'","data":'
        # Who begins now wants what comes now.
        self._first_window = min(window, DEFAULT_WINDOW) if is_live else window
        self._may_come = may_come
        self.reordering: Reordering
        self.follow(None)
        self.is_confirmed = False
        self.reason: str | None = None
        # The time of the log that belongs to a time of the engine, once all of it was read.
        self.log_time = 0.0
        self.read_at: float | None = None
        sequence = sequence_of(stream)
        inner = sequence.sequence if isinstance(sequence, PerKey) else sequence
        self.is_numbered = isinstance(inner, Step | Range)
        # What no collector had, up to the messages that come, in order.
        self.missed: list[Missed] = []

    def follow(self, following: int | None) -> None:
        """Put in order what comes from now on, beginning with this id if it is known."""
        sequence = sequence_of(self.stream)
        self.reordering = reordering_for(
            *(sequence, self.window, following, MAX_HELD, self._may_come, self._first_window)
        )

    def expire(self, now: float) -> list[Delivered]:
        """Give up what has been waited for long enough; return what is delivered."""
        return self.reordering.expire(self._time_of_log(now), _QUIET)

    def next_time(self) -> float:
        """Return when what waits is given up by the engine's clock."""
        due = self.reordering.next_time(_QUIET)
        if due == math.inf or self.read_at is None:
            return math.inf
        return self.read_at + max(0.0, due - self.log_time)

    def _time_of_log(self, now: float) -> float:
        """Return the time of the log, given that it has nothing that was not read."""
        return self.log_time if self.read_at is None else self.log_time + now - self.read_at


def sequence_of(stream: Stream) -> Any:
    """Return the sequence of a stream's messages; None if a message has several events."""
    return None if stream.type.is_array else stream.type.sequence
