"""The events of a stream, collected into data frames, without waiting for them."""

from __future__ import annotations

from typing import Any, TypedDict

from binance_streams_runtime.client.options import check_count, check_seconds
from binance_streams_runtime.errors import ParameterError
from binance_streams_runtime.pipeline.route import Route
from binance_streams_runtime.tables.batch import Levels, Options, Times, collect
from binance_streams_runtime.tables.libraries import builder
from binance_streams_runtime.types import Numbers

_MOST = 10_000
"""How many events are taken at a time."""

LONGEST_WAIT = 0.05
"""For how many seconds events wait for others: queues hold only so many."""


class FrameOptions(TypedDict, total=False):
    """Options of ``frames``; they mean the same as those of ``to_polars``."""

    max_rows: int | None
    numbers: Numbers | None
    levels: Levels
    times: Times


class FrameCollector:
    """Collects events until a frame is due."""

    def __init__(
        self,
        route: Route,
        library: str,
        seconds: float,
        max_rows: int | None = None,
        numbers: Numbers | None = None,
        levels: Levels = "lists",
        times: Times = "datetime",
    ) -> None:
        check_seconds("seconds", seconds)
        if max_rows is not None:
            check_count("max_rows", max_rows, "rows")
        if route.is_raw:
            allowed = "a subscription to events: undecoded messages have no columns"
            raise ParameterError("frames", route.label, allowed)
        structs = route.stream.type.events
        if len(structs) > 1:
            allowed = "streams with events of one type; others: to_polars of those of one type"
            raise ParameterError("frames", route.label, allowed)
        self._struct = structs[0]
        self._numbers = route.decoder.numbers
        self._builder = builder(library, Options(numbers, levels, times))
        self._is_array = route.stream.type.is_array
        self._seconds = seconds
        self._max_rows = max_rows
        # At once, so that it is not after the first interval that an option turns out to be wrong.
        self._table([])
        self._events: list[Any] = []
        self._rows = 0
        self.deadline: float | None = None
        """When the next frame is due; None before the first interval."""

    def begin(self, now: float) -> float:
        """Begin an interval, if none has begun; return when it ends."""
        if self.deadline is None:
            self.deadline = now + self._seconds
        return self.deadline

    def is_due(self, now: float) -> bool:
        """Return whether a frame is full, or its interval has ended."""
        is_full = self._max_rows is not None and self._rows >= self._max_rows
        return is_full or (self.deadline is not None and now >= self.deadline)

    @property
    def wanted(self) -> int:
        """How many events to take next, at most."""
        return _MOST if self._max_rows is None else min(_MOST, self._max_rows - self._rows)

    @property
    def has_events(self) -> bool:
        """Whether there are events that are in no frame yet."""
        return bool(self._events)

    def add(self, events: list[Any]) -> None:
        """Add events that came."""
        self._events += events
        self._rows += self._count(events)

    def take(self, now: float) -> Any:
        """Return the frame of what has been collected, as much as fits in one."""
        events = self._events[: self._in_next_frame()]
        table = self._table(events)
        # Only now: if a signal interrupts what takes a moment, they are in the next frame.
        self._rows -= self._count(events)
        del self._events[: len(events)]
        if self.deadline is not None and now >= self.deadline:
            # Intervals that have passed meanwhile have no frames of their own.
            passed = (now - self.deadline) // self._seconds + 1
            self.deadline += passed * self._seconds
        return table

    def _in_next_frame(self) -> int:
        """Return how many of the events fit."""
        most = self._max_rows
        if most is None or self._rows <= most:
            return len(self._events)
        rows = 0
        for count, event in enumerate(self._events, start=1):
            rows += len(event) if self._is_array else 1
            if rows >= most:
                return count
        return len(self._events)

    def _count(self, events: list[Any]) -> int:
        return sum(map(len, events)) if self._is_array else len(events)

    def _table(self, events: list[Any]) -> Any:
        batch, _ = collect(events, self._struct)
        return self._builder.table(batch, self._numbers)
