"""Tracking numbers that never decrease, such as times and ids with gaps."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable
from operator import is_, lt
from typing import Any

from binance_streams_runtime.notices import Duplicates, Gap, Late
from binance_streams_runtime.pipeline.sequence import Tracker
from binance_streams_runtime.pipeline.trackers.restart import (
    MAX_REMEMBERED,
    OLD_AFTER,
    REPLAYED_AFTER,
    TOLERANCE,
    Candidate,
    Candidates,
    believed_after,
    is_among,
    is_newer,
)
from binance_streams_runtime.times import is_microseconds

# How many events are remembered to recognize duplicates.
_MAX_RECENT = 4


class MonotonicTracker(Tracker):
    """Tracks a number that never decreases: a lower one is a duplicate or late.

    With ``repeats`` the server may send an event again while nothing has changed.
    """

    __slots__ = (
        "_candidates",
        "_floor",
        "_highest",
        "_is_interrupted",
        "_is_time",
        "_recent",
        "_remembered",
        "_repeats",
        "_replayed",
        "_same",
        "_value",
    )

    def __init__(
        self, stream: str, value: Callable[[Any], int], is_time: bool, repeats: bool
    ) -> None:
        super().__init__(stream)
        self._value = value
        self._is_time = is_time
        self._repeats = repeats
        # The highest value so far; any value above the floor needs no closer look.
        self._highest: int | None = None
        self._floor: float = math.inf
        # The last events: a duplicate is recognized as equal to one of them.
        self._recent: deque[Any] = deque(maxlen=_MAX_RECENT)
        self._candidates = Candidates()
        # How many events may be repeated after a change of the connection; None after the first
        # higher one. And the events of the overlap of two connections, by value.
        self._replayed: int | None = None
        self._same: dict[int, list[Any]] = {}
        self._remembered: deque[Any] | None = None
        self._is_interrupted = False

    def is_next(self, event: Any) -> bool:
        value = self._value(event)
        if value <= self._floor:
            return False
        self._highest = self._floor = value
        self._recent.append(event)
        return True

    def _settle(self) -> None:
        """Set the floor: there is none while events may be repeated, or numbers may restart."""
        is_settled = not self._candidates and self._replayed is None and self._remembered is None
        self._floor = self._highest if is_settled and self._highest is not None else math.inf

    def check(self, events: list[Any]) -> list[Any]:
        values = list(map(self._value, events))
        if self._remembered is not None:
            self._remembered.extend(events)
        if (
            self._highest is not None
            and values[0] > self._highest
            and not self._candidates
            and self._replayed is None
            and all(map(lt, values, values[1:]))
        ):
            self._highest = values[-1]
            self._recent.extend(events[-_MAX_RECENT:])
            self._settle()
            return events
        checked: list[Any] = []
        duplicates = 0
        for event, value in zip(events, values, strict=True):
            duplicates += self._resolve(checked, event, value)
        self._settle()
        if duplicates:
            checked.append(Duplicates(self._stream, duplicates))
        is_plain = len(checked) == len(events) and all(map(is_, checked, events))
        return events if is_plain else checked

    def interrupt(self) -> None:
        self._is_interrupted = self._highest is not None
        self._expect_replay(0)

    def overlap(self) -> None:
        self._remembered = deque(maxlen=MAX_REMEMBERED)
        self._settle()

    def resume(self) -> None:
        remembered, self._remembered = self._remembered or (), None
        for event in remembered:
            self._same.setdefault(self._value(event), []).append(event)
        # No more events can be repeated than came meanwhile.
        self._expect_replay(len(remembered))

    def _expect_replay(self, count: int) -> None:
        """Expect duplicates, as another server sends now; ``count`` of them are certain."""
        if self._highest is not None:
            most = OLD_AFTER if self._is_time else REPLAYED_AFTER
            self._replayed = max(self._replayed or 0, most + count)
        self._settle()

    def _resolve(self, checked: list[Any], event: Any, value: int) -> int:
        """Append what one event leads to; return the number of duplicates."""
        highest = self._highest
        if highest is None or value > highest:
            duplicates = self._give_up(checked)
            self._highest = value
            self._replayed = None
            self._same.clear()
            self._deliver(checked, event)
            return duplicates
        if self._came_before(event, value):
            return 1
        if self._is_level(value, highest):
            self._deliver(checked, event)
            return 0
        if not self._repeats and self._candidates.has(event, value):
            return 1
        is_new = None if self._is_time else is_newer(event, self._recent[-1])
        if len(self._candidates) + 1 < believed_after(is_new, self._replayed):
            may_be_replayed = self._replayed is not None
            self._candidates.add(Candidate(event, value, value, may_be_replayed))
            return 0
        return self._restart(checked, event, value)

    def _restart(self, checked: list[Any], event: Any, value: int) -> int:
        """Accept the numbers of the contradicting events; return the number of duplicates."""
        held = self._candidates.take()
        begins = held[0].first if held else value
        numbers = "times" if self._is_time else "numbers"
        reason = f"the {numbers} went back from {self._highest} to {begins}"
        checked.append(Gap(self._stream, None, None, reason=reason))
        self._is_interrupted = False
        self._highest = self._replayed = None
        self._same.clear()
        self._recent.clear()
        duplicates = 0
        for candidate in held:
            duplicates += self._resolve(checked, candidate.event, candidate.first)
        return duplicates + self._resolve(checked, event, value)

    def _give_up(self, checked: list[Any]) -> int:
        """Drop what was held back, late or duplicate; return the number of duplicates."""
        duplicates = 0
        for candidate in self._candidates.take() if self._candidates else ():
            if candidate.may_be_replayed:
                duplicates += 1
            else:
                value = candidate.first
                checked.append(Late(self._stream, value, value, False, was_missing=False))
        return duplicates

    def _came_before(self, event: Any, value: int) -> bool:
        """Return whether this very event has been delivered."""
        if self._repeats and (self._replayed is None or value == self._highest):
            # A repetition of what has not changed, even after a change of the connection.
            return False
        return is_among(event, self._recent) or is_among(event, self._same.get(value, ()))

    def _is_level(self, value: int, highest: int) -> bool:
        """Return whether an event may have this value although it is not above the highest."""
        if self._is_time:
            millisecond = 1000 if is_microseconds(highest) else 1
            return value > highest - TOLERANCE * millisecond
        return value == highest

    def _deliver(self, checked: list[Any], event: Any) -> None:
        if self._is_interrupted:
            checked.append(Gap(self._stream, None, None))
            self._is_interrupted = False
        checked.append(event)
        self._recent.append(event)
