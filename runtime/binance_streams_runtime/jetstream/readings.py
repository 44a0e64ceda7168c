"""The streams that a session reads from a log, and what it needs for that."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, Protocol

from binance_streams_runtime.catalog.streams import PerKey, Range, Step, Stream
from binance_streams_runtime.messaging.coverage import Missed
from binance_streams_runtime.messaging.reordering import Reordering, reordering_for


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

    def __init__(self, stream: Stream, run: int, window: float) -> None:
        self.stream = stream
        self.run = run
        self.window = window
        self.head = b'{"stream":"' + stream.name.encode() + b'","data":'
        self.reordering: Reordering = reordering_for(sequence_of(stream), window)
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

    def next_time(self) -> float:
        """Return when what waits is given up by the engine's clock."""
        due = self.reordering.next_time()
        if due == math.inf or self.read_at is None:
            return math.inf
        return self.read_at + max(0.0, due - self.log_time)

    def time_of_log(self, now: float) -> float:
        """Return the time of the log, given that it has nothing that was not read."""
        return self.log_time if self.read_at is None else self.log_time + now - self.read_at


def sequence_of(stream: Stream) -> Any:
    """Return the sequence of a stream's messages; None if a message has several events."""
    return None if stream.type.is_array else stream.type.sequence
