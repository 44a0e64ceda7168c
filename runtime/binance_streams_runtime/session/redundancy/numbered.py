"""Merging lines of a stream whose events have consecutive ids: the first copy of each is delivered.

An event that comes before those that precede it waits, but only while a line may still deliver
them: one that has not passed that position, and only for a limited time. What no line delivers is
left to the stream's tracker, which reports it as a ``Gap``.
"""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Callable
from operator import attrgetter
from typing import Any

from binance_streams_runtime.catalog.streams import Range, Step
from binance_streams_runtime.notices import Disconnected
from binance_streams_runtime.pipeline.sequence import Interruption, Mark, Overlap
from binance_streams_runtime.pipeline.trackers.restart import (
    OLD_AFTER,
    REPLAYED_AFTER,
    believed_after,
    is_among,
    is_newer,
)
from binance_streams_runtime.session.redundancy.arbiter import Arbiter, LineState

# How many events may wait.
_MAX_WAITING = 16_384

# How many gaps are remembered, for events that come late; and how many of those in a row a tracker
# takes without believing that the ids have restarted.
_MAX_GAPS = 64
_MAX_LATE = REPLAYED_AFTER - 10


class NumberedArbiter(Arbiter):
    """Merges by ids: each event covers ``first`` to ``last``."""

    def __init__(self, *args: Any, sequence: Step | Range) -> None:
        super().__init__(*args)
        self._step = sequence.step if isinstance(sequence, Step) else 1
        self._is_single = isinstance(sequence, Step)
        self._is_linked = isinstance(sequence, Range) and sequence.previous is not None
        self._first: Callable[[Any], int]
        self._last: Callable[[Any], int]
        if isinstance(sequence, Step):
            self._first = self._last = attrgetter(sequence.attribute)
        elif sequence.previous is None:
            self._first, self._last = attrgetter(sequence.first), attrgetter(sequence.last)
        else:
            previous = attrgetter(sequence.previous)
            self._first, self._last = (lambda event: previous(event) + 1), attrgetter(sequence.last)
        # Those in ``_history``: the id that is due after each.
        self._nexts: deque[int] = deque()
        self._next: int | None = None
        self._newest: Any = None
        # What is ahead of what is due: when it came, the event and its hash, by its first and last
        # id; and these ids as a heap.
        self._waiting: dict[tuple[int, int], tuple[float, Any, int | None]] = {}
        self._ahead: list[tuple[int, int]] = []
        self._gaps: deque[tuple[int, int]] = deque(maxlen=_MAX_GAPS)
        self._late = 0
        # Whether each event needs a closer look.
        self._is_uneasy = False

    @property
    def is_holding(self) -> bool:
        return bool(self._waiting)

    def offer(self, now: float, number: int, message: bytes, hashed: int) -> bool:
        line = self.lines[number]
        place = line.place - self._base
        if 0 <= place < len(self._history) and self._history[place] == hashed:
            line.place += 1
            line.next = self._nexts[place]
            line.is_live = True
            if line.back:
                line.back.clear()
            if self._waiting:
                self._settle(now)
            return True
        return False

    def add(self, now: float, number: int, item: Any, hashed: int | None) -> None:
        line = self.lines[number]
        line.is_live = True
        first = last = self._first(item)
        if not self._is_single:
            last = self._last(item)
        if first == self._next and first == line.next and last >= first and not self._is_uneasy:
            # The next event of a line that is level: this is the path of most first copies.
            self._next = line.next = next = last + self._step
            self._emit(item)
            self._newest = item
            self._history.append(hashed)
            self._nexts.append(next)
            line.place = self._base + len(self._history)
            if len(self._history) >= self._trim_at:
                self._trim()
            return
        self._resolve(now, line, item, first, last, hashed)

    def _resolve(
        self, now: float, line: LineState, item: Any, first: int, last: int, hashed: int | None
    ) -> None:
        """Take an event that needs a closer look."""
        self._add_closely(now, line, item, first, last, hashed)
        self._is_uneasy = bool(
            self._waiting or self._late or any(one.back or one.is_ignored for one in self.lines)
        )

    def _add_closely(
        self, now: float, line: LineState, item: Any, first: int, last: int, hashed: int | None
    ) -> None:
        if last < first:
            if hashed is not None and hashed in self._history:
                found = self._find(line, hashed)
                line.place = line.place if found is None else found + 1
                return
            if not self._is_linked or last != first - 1:
                # Which ids it covers is unknown, so it cannot say what comes next either.
                self._deliver(line, item, self._next, hashed)
                return
        following = last + self._step
        if line.next is not None and max(first, last) < line.next:
            self._add_earlier(now, line, item, first, last, hashed)
            return
        line.next = following
        if line.back:
            line.back.clear()
        line.replays = 0
        due = self._next
        if line.is_ignored:
            if due is None or last >= due:
                return
            line.is_ignored = False
        if due is not None and max(first, last) < due:
            if not self._is_late(line, item, first, last):
                self._find_place(line, following)
        else:
            self._add_later(line, now, item, first, last, hashed)

    def _add_earlier(
        self, now: float, line: LineState, item: Any, first: int, last: int, hashed: int | None
    ) -> None:
        """Take an event that precedes what its own line has delivered."""
        due = self._next
        assert due is not None
        if line.is_ignored and last < due:
            # Its ids have restarted as well.
            line.is_ignored = False
            line.back.clear()
            line.next = last + self._step
            self._find_place(line, line.next)
        elif not line.is_ignored and last >= due:
            # No line has delivered it yet.
            self._add_later(line, now, item, first, last, hashed)
        elif line.is_ignored or not self._is_late(line, item, first, last):
            if self._went_back(line, item):
                self._restart(now, line)
            else:
                self._find_place(line, last + self._step)

    def _add_later(
        self, line: LineState, now: float, item: Any, first: int, last: int, hashed: int | None
    ) -> None:
        """Deliver an event whose turn it is, or let it wait."""
        due = self._next
        if due is None or first <= due:
            self._deliver(line, item, last + self._step, hashed)
        elif (first, last) not in self._waiting:
            self._waiting[first, last] = now, item, hashed
            heapq.heappush(self._ahead, (first, last))
        if self._waiting:
            self._settle(now)

    def confirmed(self, now: float, number: int) -> None:
        super().confirmed(now, number)
        self.lines[number].is_ignored = False

    def interrupted(
        self, now: float, number: int, mark: Disconnected | Interruption, alive_at: float
    ) -> None:
        line = self.lines[number]
        line.next = None
        line.back.clear()
        line.is_ignored = False
        line.is_live = line.is_live and not isinstance(mark, Disconnected)
        is_missed = bool(self._waiting) and not self._may_come(self._ahead[0][0])
        # If nothing is missing, the ids will show it. If something is, this is why.
        if is_missed or all(other.next is None for other in self._others(number)):
            self._mark(mark)
        if self._waiting:
            self._settle(now)

    def rewound(self, number: int) -> None:
        line = self.lines[number]
        line.replays = REPLAYED_AFTER + len(self._history)

    def resumed(self, now: float) -> None:
        super().resumed(now)
        for ids, (_, event, hashed) in self._waiting.items():
            self._waiting[ids] = now, event, hashed

    def check(self, now: float) -> None:
        self._settle(now)

    # What is next

    def _deliver(
        self, line: LineState | None, event: Any, next: int | None, hashed: int | None
    ) -> None:
        due, first = self._next, self._first(event)
        if due is not None and first > due and next != due:
            self._gaps.append((due, first - 1))
        self._emit(event)
        self._next = next
        self._newest = event
        self._late = 0
        self._remember_next(hashed, next)
        if line is not None:
            line.place = self._end

    def _settle(self, now: float) -> None:
        """Deliver what waits, as far as nothing that precedes it can come any more."""
        waiting = self._waiting
        check_at = None
        while waiting:
            first, last = self._ahead[0]
            at, event, hashed = waiting[first, last]
            assert self._next is not None
            is_ahead = first > self._next and len(waiting) <= _MAX_WAITING
            if is_ahead and now < at + self._patience and self._may_come(first):
                check_at = at + self._patience
                break
            del waiting[heapq.heappop(self._ahead)]
            if first == self._next or last >= self._next:
                self._deliver(None, event, last + self._step, hashed)
        self._check_by(check_at)
        for line in self.lines:
            if line.next is not None and line.next == self._next:
                line.place = self._end

    def _may_come(self, first: int) -> bool:
        """Return whether a line may still deliver what precedes this id."""
        return any(
            line.is_live and not line.is_ignored and (line.next is None or line.next < first)
            for line in self.lines
        )

    def _find_place(self, line: LineState, next: int) -> None:
        """Note which message is expected on a line after one that was delivered before."""
        place = max(line.place, self._base)
        while place < self._end and self._nexts[place - self._base] < next:
            place += 1
        # What follows it without ids of its own is still expected.
        is_there = place < self._end and self._nexts[place - self._base] == next
        line.place = place + is_there

    # What contradicts the ids

    def _is_late(self, line: LineState, event: Any, first: int, last: int) -> bool:
        """Deliver an event that was reported as missing; return whether it was."""
        if self._late >= _MAX_LATE:
            return False
        gap = next((gap for gap in self._gaps if gap[0] <= first and last <= gap[1]), None)
        if gap is None:
            return False
        self._gaps.remove(gap)
        for rest in ((gap[0], first - self._step), (last + self._step, gap[1])):
            if rest[0] <= rest[1]:
                self._gaps.append(rest)
        if not self._late:
            # So that the tracker does not take a few of them for a restart of the ids.
            self._mark(Overlap.BEGINS)
            self._mark(Overlap.ENDS)
        self._late += 1
        self._emit(event)
        return True

    def _went_back(self, line: LineState, event: Any) -> bool:
        """Return whether the ids of a line have restarted, which takes several events."""
        if is_among(event, (self._newest, *line.back[-OLD_AFTER:])):
            return False
        line.back.append(event)
        replayed = line.replays or None
        return len(line.back) >= believed_after(is_newer(event, self._newest), replayed)

    def _restart(self, now: float, line: LineState) -> None:
        """Leave it to the tracker what to make of the new ids, which the others have not yet."""
        events, line.back = line.back, []
        self._waiting.clear()
        self._ahead.clear()
        self._gaps.clear()
        for other in self.lines:
            other.is_ignored = other is not line and other.is_live
        line.is_ignored = False
        for event in events:
            self._next = None
            next = self._last(event) + self._step
            self._deliver(line, event, next, None)
            line.next = next

    # The history

    def _remember_next(self, hashed: int | None, next: int | None) -> None:
        self._remember(hashed)
        self._nexts.append(0 if next is None else next)
        self._align()

    def _trim(self) -> None:
        super()._trim()
        self._align()

    def _align(self) -> None:
        while len(self._nexts) > len(self._history):
            self._nexts.popleft()

    def add_mark(self, now: float, number: int, mark: Mark, hashed: int | None) -> None:
        self.lines[number].is_live = True
        before = self._end
        self._add_mark(number, mark, hashed)
        if self._end > before:
            self._nexts.append(0 if self._next is None else self._next)
            self._align()
