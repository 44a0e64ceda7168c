"""Ids that leave no room."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from operator import lt
from typing import Any

from binance_streams_runtime.events.sequence import Tracker
from binance_streams_runtime.events.trackers.restart import (
    NEW_AFTER,
    OLD_AFTER,
    REPLAYED_AFTER,
    Candidate,
    Candidates,
    is_newer,
    is_same,
)
from binance_streams_runtime.notices import Gap, Late, Repeated

# How many reported gaps late events are compared with.
_MAX_GAPS = 64


class IdTracker(Tracker):
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
        # Late events stand for themselves; those of ranges build on each other.
        self._delivers_late = first is last
        self._next: int | None = None
        # The same, or None while each event needs a closer look.
        self._due: int | None = None
        self._newest: Any = None
        self._gaps: deque[tuple[int, int]] = deque(maxlen=_MAX_GAPS)
        self._candidates = Candidates()
        # How many events may come again after a change of the connection; None after the first
        # event that goes on.
        self._replayed: int | None = None
        # How many events came since another connection began to bring the same ones.
        self._overlapping: int | None = None

    def follows(self, event: Any) -> bool:
        first = self._first(event)
        if first != self._due:
            return False
        last = self._last(event)
        if last < first:
            return False
        self._next = self._due = last + self._step
        self._newest = event
        return True

    def _settle(self) -> None:
        """Say which id is due: none while events may come again, or begin anew."""
        is_settled = not self._candidates and self._replayed is None and self._overlapping is None
        self._due = self._next if is_settled else None

    def check(self, events: list[Any]) -> list[Any]:
        if self._overlapping is not None:
            self._overlapping += len(events)
        firsts = list(map(self._first, events))
        step = self._step
        if self._first is self._last:
            lasts = firsts
            is_unbroken = firsts == list(range(firsts[0], firsts[0] + step * len(firsts), step))
        else:
            lasts = list(map(self._last, events))
            is_unbroken = firsts[1:] == [last + step for last in lasts[:-1]]
            is_unbroken = is_unbroken and not any(map(lt, lasts, firsts))
        if is_unbroken and not self._candidates and (self._next is None or firsts[0] == self._next):
            self._next = lasts[-1] + step
            self._newest = events[-1]
            self._replayed = None
            self._settle()
            return events
        checked: list[Any] = []
        repeated = 0
        for event, first, last in zip(events, firsts, lasts, strict=True):
            repeated += self._resolve(checked, event, first, last)
        self._settle()
        if repeated:
            checked.append(Repeated(self._stream, repeated))
        return checked

    def interrupt(self) -> None:
        self._replayed = max(self._replayed or 0, REPLAYED_AFTER)
        self._settle()

    def overlap(self) -> None:
        self._overlapping = 0
        self._settle()

    def resume(self) -> None:
        # No more than came meanwhile can come again.
        self._replayed = REPLAYED_AFTER + (self._overlapping or 0)
        self._overlapping = None
        self._settle()

    def _resolve(self, checked: list[Any], event: Any, first: int, last: int) -> int:
        """Add what is to be delivered and reported of one event; return the number of repeats."""
        if last < first:
            # Which ids it covers is unknown, so it cannot say what comes next either.
            reason = f"the first id {first} of an event is above its last id {last}"
            checked += [Gap(self._stream, None, None, reason=reason), event]
            return 0
        if self._next is not None and last < self._next:
            return self._contradict(checked, event, first, last)
        repeated = self._give_up(checked)
        if self._next is not None and first > self._next:
            checked.append(Gap(self._stream, self._next, first - 1))
            self._gaps.append((self._next, first - 1))
        checked.append(event)
        self._go_on(event, last)
        return repeated

    def _contradict(self, checked: list[Any], event: Any, first: int, last: int) -> int:
        if is_same(event, self._newest):
            return 1
        repeated = 0
        if not self._candidates.continue_with(first):
            repeated = self._give_up(checked)
        gap = next((gap for gap in self._gaps if gap[0] <= first and last <= gap[1]), None)
        if len(self._candidates) + 1 >= self._limit(event, gap is not None):
            assert self._next is not None
            reason = f"the ids went back from {self._next - self._step} to {first}"
            checked.append(Gap(self._stream, None, None, reason=reason))
            checked += [candidate.event for candidate in self._candidates.take()]
            checked.append(event)
            self._gaps.clear()
            self._go_on(event, last)
            return repeated
        # Not ahead of those that are held back.
        is_delivered = gap is not None and self._delivers_late and self._candidates.are_delivered
        if is_delivered:
            checked += [Late(self._stream, first, last, is_delivered=True), event]
        if gap is not None:
            self._fill(gap, first, last)
        gap_ids = None if gap is None else (first, last)
        self._candidates.add(Candidate(event, gap_ids, is_delivered), first)
        return repeated

    def _give_up(self, checked: list[Any]) -> int:
        """Let go of what was held back: it was late, or came before; return how many came."""
        repeated = 0
        for event, gap_ids, _ in self._candidates.take() if self._candidates else ():
            if gap_ids is None:
                repeated += 1
                continue
            checked.append(Late(self._stream, *gap_ids, is_delivered=self._delivers_late))
            if self._delivers_late:
                checked.append(event)
        return repeated

    def _go_on(self, event: Any, last: int) -> None:
        self._next = last + self._step
        self._newest = event
        self._replayed = None

    def _limit(self, event: Any, is_late: bool) -> int:
        """How many events like this one in a row are believed."""
        newer = is_newer(event, self._newest)
        if newer is None and not is_late:
            return self._replayed or NEW_AFTER
        if newer and not (is_late and self._delivers_late):
            return NEW_AFTER
        return self._replayed or OLD_AFTER

    def _fill(self, gap: tuple[int, int], first: int, last: int) -> None:
        """Take ids that came late out of a gap, as they are repeats the next time."""
        self._gaps.remove(gap)
        for rest in ((gap[0], first - 1), (last + 1, gap[1])):
            if rest[0] <= rest[1]:
                self._gaps.append(rest)
