"""Numbers that never fall, as ids with holes and times."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable
from operator import is_, lt
from typing import Any

from binance_streams_runtime.events.sequence import Tracker
from binance_streams_runtime.events.trackers.restart import (
    MAX_REMEMBERED,
    NEW_AFTER,
    OLD_AFTER,
    REPLAYED_AFTER,
    TOLERANCE,
    Candidate,
    Candidates,
    is_among,
)
from binance_streams_runtime.notices import Gap, Repeated
from binance_streams_runtime.times import is_microseconds

# How many events are remembered to recognize one that comes again.
_MAX_RECENT = 4


class MonotonicTracker(Tracker):
    """Follows a number that never falls: what is lower than the last one came before."""

    def __init__(
        self, stream: str, value: Callable[[Any], int], is_time: bool, repeats: bool
    ) -> None:
        super().__init__(stream)
        self._value = value
        self._is_time = is_time
        self._repeats = repeats
        # The highest value so far, and what a value must be above to need no second look.
        self._highest: int | None = None
        self._floor: float = math.inf
        # The last events: one that comes again is recognized by being equal to one of them.
        self._recent: deque[Any] = deque(maxlen=_MAX_RECENT)
        self._candidates = Candidates()
        # How many events may come again after a change of the connection; None after the first
        # one above. Those that came while two connections brought the same ones, by value.
        self._replayed: int | None = None
        self._same: dict[int, list[Any]] = {}
        self._remembered: deque[Any] | None = None
        self._is_interrupted = False

    def follows(self, event: Any) -> bool:
        value = self._value(event)
        if value <= self._floor:
            return False
        self._highest = self._floor = value
        self._recent.append(event)
        return True

    def _settle(self) -> None:
        """Set the floor: there is none while events may come again, or begin anew."""
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
        repeated = 0
        for event, value in zip(events, values, strict=True):
            repeated += self._resolve(checked, event, value)
        self._settle()
        if repeated:
            checked.append(Repeated(self._stream, repeated))
        is_plain = len(checked) == len(events) and all(map(is_, checked, events))
        return events if is_plain else checked

    def interrupt(self) -> None:
        self._is_interrupted = self._highest is not None
        self.resume()

    def overlap(self) -> None:
        self._remembered = deque(maxlen=MAX_REMEMBERED)
        self._settle()

    def resume(self) -> None:
        remembered, self._remembered = self._remembered, None
        if self._highest is None:
            return
        for event in remembered or ():
            self._same.setdefault(self._value(event), []).append(event)
        # No more than came meanwhile can come again.
        most = OLD_AFTER if self._is_time else REPLAYED_AFTER
        self._replayed = max(self._replayed or 0, most + len(remembered or ()))
        self._settle()

    def _resolve(self, checked: list[Any], event: Any, value: int) -> int:
        """Add what is to be delivered and reported of one event; return the number of repeats."""
        highest = self._highest
        if highest is None or value > highest:
            repeated = len(self._candidates.take())
            self._highest = value
            self._replayed = None
            self._same.clear()
            self._deliver(checked, event)
            return repeated
        if self._came_before(event, value):
            return 1
        if self._is_level(value, highest):
            self._deliver(checked, event)
            return 0
        repeated = 0
        if not self._candidates.continue_with(value):
            repeated = len(self._candidates.take())
        if len(self._candidates) + 1 < (self._replayed or NEW_AFTER):
            self._candidates.add(Candidate(event, None, False), value)
            return repeated
        reason = f"the numbers went back from {highest} to {value}"
        checked.append(Gap(self._stream, None, None, reason=reason))
        self._is_interrupted = False
        self._highest = value
        self._replayed = None
        for candidate in self._candidates.take():
            self._deliver(checked, candidate.event)
        self._deliver(checked, event)
        return repeated

    def _came_before(self, event: Any, value: int) -> bool:
        """Whether this very event has been delivered."""
        if self._repeats and self._replayed is None:
            return False
        return is_among(event, self._recent) or is_among(event, self._same.get(value, ()))

    def _is_level(self, value: int, highest: int) -> bool:
        """Whether an event may have this value although it is not above the highest one."""
        if self._is_time:
            second = 1_000_000 if is_microseconds(highest) else 1000
            return value > highest - TOLERANCE * second
        # One connection may bring several events with one value; after another one, it is the
        # same event.
        return value == highest and (self._replayed is None or value in self._same)

    def _deliver(self, checked: list[Any], event: Any) -> None:
        if self._is_interrupted:
            checked.append(Gap(self._stream, None, None))
            self._is_interrupted = False
        checked.append(event)
        self._recent.append(event)
