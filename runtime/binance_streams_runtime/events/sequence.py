"""Continuity of a stream: what was missed, what came twice.

Works on batches, because a whole batch that runs as it should is told by one comparison of two
lists, at a fraction of the cost of looking at each event.
"""

from __future__ import annotations

from collections.abc import Callable
from operator import attrgetter
from typing import Any, Protocol

from binance_streams_runtime.catalog.streams import Monotonic, Range, Sequence, Step
from binance_streams_runtime.notices import Gap, Repeated


class Tracker(Protocol):
    """Follows one stream."""

    def follows(self, event: Any) -> bool:
        """Whether the event is just what comes next; if not, nothing is noted: ask ``check``."""
        ...

    def check(self, events: list[Any]) -> list[Any]:
        """The events that are new, with a notice before each interruption."""
        ...


class _IdTracker:
    """Follows ids that leave no room: each event covers ``first`` to ``last``."""

    def __init__(
        self, stream: str, first: Callable[[Any], int], last: Callable[[Any], int], step: int
    ) -> None:
        self._stream = stream
        self._first = first
        self._last = last
        self._step = step
        self._next: int | None = None

    def follows(self, event: Any) -> bool:
        if self._first(event) != self._next:
            return False
        self._next = self._last(event) + self._step
        return True

    def check(self, events: list[Any]) -> list[Any]:
        firsts = list(map(self._first, events))
        step = self._step
        if self._first is self._last:
            lasts = firsts
            follows = range(firsts[0], firsts[0] + step * len(firsts), step)
            is_unbroken = firsts == list(follows)
        else:
            lasts = list(map(self._last, events))
            is_unbroken = firsts[1:] == [last + step for last in lasts[:-1]]
        if is_unbroken and (self._next is None or firsts[0] == self._next):
            self._next = lasts[-1] + step
            return events
        return self._sort_out(events, firsts, lasts)

    def _sort_out(self, events: list[Any], firsts: list[int], lasts: list[int]) -> list[Any]:
        checked: list[Any] = []
        repeated = 0
        for event, first, last in zip(events, firsts, lasts, strict=True):
            if self._next is not None and last < self._next:
                repeated += 1
                continue
            if self._next is not None and first > self._next:
                checked.append(Gap(self._stream, self._next, first - 1))
            checked.append(event)
            self._next = last + self._step
        if repeated:
            checked.append(Repeated(self._stream, repeated))
        return checked


class _MonotonicTracker:
    """Follows a number that never falls: what is lower than the last one came before."""

    def __init__(self, stream: str, value: Callable[[Any], int]) -> None:
        self._stream = stream
        self._value = value
        self._last: int | None = None

    def follows(self, event: Any) -> bool:
        value = self._value(event)
        if self._last is None or value < self._last:
            return False
        self._last = value
        return True

    def check(self, events: list[Any]) -> list[Any]:
        values = list(map(self._value, events))
        if values == sorted(values) and (self._last is None or values[0] >= self._last):
            self._last = values[-1]
            return events
        checked: list[Any] = []
        repeated = 0
        for event, value in zip(events, values, strict=True):
            if self._last is not None and value < self._last:
                repeated += 1
                continue
            checked.append(event)
            self._last = value
        if repeated:
            checked.append(Repeated(self._stream, repeated))
        return checked


def tracker_for(sequence: Sequence | None, stream: str) -> Tracker | None:
    """What follows a stream with this sequence, or None where nothing can be said."""
    match sequence:
        case Step(attribute, step):
            get = attrgetter(attribute)
            return _IdTracker(stream, get, get, step)
        case Range(first, last):
            return _IdTracker(stream, attrgetter(first), attrgetter(last), 1)
        case Monotonic(attribute):
            return _MonotonicTracker(stream, attrgetter(attribute))
        case None:
            return None
