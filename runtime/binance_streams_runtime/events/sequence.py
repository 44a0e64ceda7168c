"""Continuity of a stream: what was missed, what came twice.

Works on batches, because a whole batch that runs as it should is told by one comparison of two
lists, at a fraction of the cost of looking at each event.

A stream may be interrupted (``interrupt``), and for a moment two connections may bring the same
events (``overlap``): the newer one's are held back, and follow once the older one has ended
(``resume``).
"""

from __future__ import annotations

import enum
from collections import deque
from collections.abc import Callable, Iterable
from operator import attrgetter
from typing import Any

from msgspec import Struct

from binance_streams_runtime.catalog.streams import Monotonic, Range, Sequence, Step
from binance_streams_runtime.notices import Gap, Notice, Repeated

# How many events without numbers are remembered to tell which of them come again.
_MAX_REMEMBERED = 4096

# After so many new events in a row, nothing of the older connection can come again.
_MOST_BETWEEN = 64

# So many events in a row below the last number, the first that a new connection brings, are no late
# ones: the venue has begun to count anew, as its testnet does every month. The same holds after a
# jump over more ids than any stream has in a day: it may have been a mistake.
_RESTARTED_AFTER = 100
_MOST_MISSING = 1_000_000_000

_RESTARTED = "the venue began to count anew"


class Overlap(enum.Enum):
    """A mark: two connections begin to bring the same stream, or the older one has ended."""

    BEGINS = enum.auto()
    ENDS = enum.auto()


class Interruption(Struct, frozen=True):
    """A mark: events may have been missed at this place, though the connection went on."""

    reason: str


class Tracker:
    """Follows one stream."""

    def __init__(self, stream: str) -> None:
        self._stream = stream

    def follows(self, event: Any) -> bool:
        """Whether the event is just what comes next; if not, nothing is noted: ask ``check``."""
        raise NotImplementedError

    def check(self, events: list[Any]) -> list[Any]:
        """The events that are new, with a notice before each interruption.

        ``events`` itself where there is nothing to tell.
        """
        raise NotImplementedError

    def interrupt(self) -> None:
        """Events may have been missed from here on."""

    def overlap(self) -> None:
        """What comes from now on may come again after ``resume``."""

    def resume(self) -> None:
        """What comes from now on may have come already."""


class _IdTracker(Tracker):
    """Follows ids that leave no room: each event covers ``first`` to ``last``."""

    def __init__(
        self,
        stream: str,
        first: Callable[[Any], int],
        last: Callable[[Any], int],
        step: int,
    ) -> None:
        super().__init__(stream)
        self._first = first
        self._last = last
        self._step = step
        self._next: int | None = None
        # How many events may still come before their numbers are believed; None while they are.
        self._doubts: int | None = None
        # How many events came since another connection began to bring the same ones.
        self._overlapping: int | None = None

    def follows(self, event: Any) -> bool:
        if self._first(event) != self._next or self._is_watchful:
            return False
        self._next = self._last(event) + self._step
        return True

    @property
    def _is_watchful(self) -> bool:
        return self._doubts is not None or self._overlapping is not None

    def check(self, events: list[Any]) -> list[Any]:
        if self._overlapping is not None:
            self._overlapping += len(events)
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
            self._doubts = None
            return events
        return self._sort_out(events, firsts, lasts)

    def interrupt(self) -> None:
        self._doubts = _RESTARTED_AFTER

    def overlap(self) -> None:
        self._overlapping = 0

    def resume(self) -> None:
        # No more than came meanwhile can come again.
        self._doubts = _RESTARTED_AFTER + (self._overlapping or 0)
        self._overlapping = None

    def _sort_out(self, events: list[Any], firsts: list[int], lasts: list[int]) -> list[Any]:
        checked: list[Any] = []
        repeated = 0
        for event, first, last in zip(events, firsts, lasts, strict=True):
            if self._next is not None and last < self._next:
                if not self._is_restart():
                    repeated += 1
                    continue
                checked.append(Gap(self._stream, None, None, reason=_RESTARTED))
            doubts = None
            if self._next is not None and first > self._next:
                checked.append(Gap(self._stream, self._next, first - 1))
                if first - self._next > _MOST_MISSING:
                    doubts = _RESTARTED_AFTER
            checked.append(event)
            self._next = last + self._step
            self._doubts = doubts
        if repeated:
            checked.append(Repeated(self._stream, repeated))
        return checked

    def _is_restart(self) -> bool:
        if self._doubts is None:
            return False
        self._doubts -= 1
        return self._doubts == 0


class _MonotonicTracker(Tracker):
    """Follows a number that never falls: what is lower than the last one came before."""

    def __init__(self, stream: str, value: Callable[[Any], int]) -> None:
        super().__init__(stream)
        self._value = value
        # What the next value must at least be; None where ``check`` has to look.
        self._least: int | None = None
        # What the next value must be above: after a new connection, the same value is the same
        # event, while one connection may bring several events with one value. Where two
        # connections overlapped, ``_same`` are the events with that value that came.
        self._above: int | None = None
        self._same: list[Any] | None = None
        self._remembered: deque[Any] | None = None
        self._is_interrupted = False
        self._doubts: int | None = None

    def follows(self, event: Any) -> bool:
        value = self._value(event)
        if self._least is None or value < self._least or self._remembered is not None:
            return False
        self._least = value
        return True

    def check(self, events: list[Any]) -> list[Any]:
        values = list(map(self._value, events))
        if self._remembered is not None:
            self._remembered.extend(events)
        if self._least is not None and values == sorted(values) and values[0] >= self._least:
            self._least = values[-1]
            return events
        return self._sort_out(events, values)

    def interrupt(self) -> None:
        if self._least is not None or self._above is not None:
            self._is_interrupted = True
        self.resume()

    def overlap(self) -> None:
        self._remembered = deque(maxlen=_MAX_REMEMBERED)

    def resume(self) -> None:
        if self._least is not None:
            self._above, self._least = self._least, None
        remembered, self._remembered = self._remembered, None
        # No more than came meanwhile can come again.
        self._doubts = _RESTARTED_AFTER + len(remembered or ())
        if remembered is not None:
            self._same = [event for event in remembered if self._value(event) == self._above]

    def _sort_out(self, events: list[Any], values: list[int]) -> list[Any]:
        checked: list[Any] = []
        repeated = 0
        for event, value in zip(events, values, strict=True):
            if self._is_behind(event, value):
                repeated += 1
                continue
            if self._is_interrupted:
                checked.append(Gap(self._stream, None, None))
                self._is_interrupted = False
            checked.append(event)
            self._least, self._above, self._doubts = value, None, None
            self._same = None
        if repeated:
            checked.append(Repeated(self._stream, repeated))
        return checked if repeated or len(checked) != len(events) else events

    def _is_behind(self, event: Any, value: int) -> bool:
        if self._least is not None:
            return value < self._least
        if self._above is None or value > self._above:
            return False
        if self._same is not None and value == self._above and not _is_among(event, self._same):
            return False
        if self._doubts is None:
            return True
        self._doubts -= 1
        # The venue has begun to count anew, and nobody knows what was missed.
        self._is_interrupted |= self._doubts == 0
        return self._doubts > 0


class _Unnumbered(Tracker):
    """Follows events that have no numbers: only being equal tells that one came before."""

    def __init__(self, stream: str) -> None:
        super().__init__(stream)
        self._has_begun = False
        self._is_interrupted = False
        self._remembered: deque[Any] | None = None
        self._may_repeat: deque[Any] | None = None
        self._new_in_a_row = 0

    def follows(self, event: Any) -> bool:
        return (
            self._has_begun
            and not self._is_interrupted
            and self._remembered is None
            and self._may_repeat is None
        )

    def check(self, events: list[Any]) -> list[Any]:
        self._has_begun = True
        if self._remembered is not None:
            self._remembered.extend(events)
        checked = events
        if self._may_repeat is not None:
            checked = self._without_repeated(events, self._may_repeat)
        if self._is_interrupted and any(not isinstance(item, Notice) for item in checked):
            self._is_interrupted = False
            checked = [Gap(self._stream, None, None), *checked]
        return checked

    def interrupt(self) -> None:
        self._is_interrupted = self._has_begun

    def overlap(self) -> None:
        self._remembered = deque(maxlen=_MAX_REMEMBERED)

    def resume(self) -> None:
        self._may_repeat, self._remembered = self._remembered, None
        self._new_in_a_row = 0

    def _without_repeated(self, events: list[Any], may_repeat: deque[Any]) -> list[Any]:
        """What came on the older connection is at the head of what the newer one brings."""
        repeated = behind = 0
        for place, event in enumerate(events, 1):
            if _is_among(event, may_repeat):
                while not _is_same(may_repeat.popleft(), event):
                    pass
                repeated, behind = repeated + 1, place
        # The older connection had missed what is new before that: it would come out of order now.
        if behind > repeated:
            self._is_interrupted = True
        checked = events[behind:]
        self._new_in_a_row = len(checked) + (0 if behind else self._new_in_a_row)
        if not may_repeat or self._new_in_a_row > _MOST_BETWEEN:
            self._may_repeat = None
        return [*checked, Repeated(self._stream, repeated)] if repeated else events


def _is_same(one: Any, other: Any) -> bool:
    try:
        return bool(one == other)
    except ArithmeticError:  # a price that is no number can be compared with nothing
        return False


def _is_among(event: Any, others: Iterable[Any]) -> bool:
    return any(_is_same(event, other) for other in others)


def tracker_for(sequence: Sequence | None, stream: str) -> Tracker:
    """What follows a stream with this sequence."""
    match sequence:
        case Step(attribute, step):
            get = attrgetter(attribute)
            return _IdTracker(stream, get, get, step)
        case Range(first, last):
            return _IdTracker(stream, attrgetter(first), attrgetter(last), 1)
        case Monotonic(attribute):
            return _MonotonicTracker(stream, attrgetter(attribute))
        case None:
            return _Unnumbered(stream)
