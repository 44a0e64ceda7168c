"""Tracking consecutive ids."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from operator import lt
from typing import Any

from binance_streams_runtime.notices import Duplicates, Gap, Late
from binance_streams_runtime.pipeline.sequence import Tracker
from binance_streams_runtime.pipeline.trackers.restart import (
    REPLAYED_AFTER,
    Candidate,
    Candidates,
    believed_after,
    is_newer,
    is_same,
)

# How many reported gaps late events are compared with.
_MAX_GAPS = 64

# How many events of an older connection may come again on the newer one.
_MAX_OVERLAPPING = 65_536


class IdTracker(Tracker):
    """Tracks consecutive ids: each event covers ``first`` to ``last``.

    ``is_linked`` if ``first`` is derived from the previous event's id, which each event repeats.
    """

    __slots__ = (
        "_candidates",
        "_due",
        "_first",
        "_gaps",
        "_is_linked",
        "_is_single",
        "_last",
        "_lowest",
        "_newest",
        "_next",
        "_overlapping",
        "_replayed",
        "_step",
    )

    def __init__(
        self,
        stream: str,
        first: Callable[[Any], int],
        last: Callable[[Any], int],
        step: int,
        is_linked: bool = False,
    ) -> None:
        super().__init__(stream)
        self._is_linked = is_linked
        self._first = first
        self._last = last
        self._step = step
        # Whether each event covers a single id. Only such events can be delivered late; events with
        # ranges build on each other.
        self._is_single = first is last
        self._next: int | None = None
        # The same, or None while each event needs a closer look.
        self._due: int | None = None
        self._newest: Any = None
        # The lowest id since the numbering last restarted: none below it has been delivered.
        self._lowest = 0
        self._gaps: deque[tuple[int, int]] = deque(maxlen=_MAX_GAPS)
        self._candidates = Candidates()
        # How many events may be repeated after a change of the connection; None after the first
        # event that continues the sequence.
        self._replayed: int | None = None
        # How many events came since another connection started to deliver the same ones.
        self._overlapping: int | None = None

    def is_next(self, event: Any) -> bool:
        last = first = self._first(event)
        if first != self._due:
            return False
        if not self._is_single:
            last = self._last(event)
            if last < first:
                return False
        self._next = self._due = last + self._step
        self._newest = event
        return True

    def _settle(self) -> None:
        """Set which id is due: none while events may be repeated, or the numbering may restart."""
        is_settled = not self._candidates and self._replayed is None and self._overlapping is None
        self._due = self._next if is_settled else None

    def check(self, events: list[Any]) -> list[Any]:
        if self._overlapping is not None:
            self._overlapping += len(events)
        firsts = list(map(self._first, events))
        step = self._step
        if self._is_single:
            lasts = firsts
            is_unbroken = firsts == list(range(firsts[0], firsts[0] + step * len(firsts), step))
        else:
            lasts = list(map(self._last, events))
            is_unbroken = firsts[1:] == [last + step for last in lasts[:-1]]
            is_unbroken = is_unbroken and not any(map(lt, lasts, firsts))
        if is_unbroken and not self._candidates and (self._next is None or firsts[0] == self._next):
            if self._next is None:
                self._lowest = firsts[0]
            self._next = lasts[-1] + step
            self._newest = events[-1]
            self._replayed = None
            self._settle()
            return events
        checked: list[Any] = []
        duplicates = 0
        for event, first, last in zip(events, firsts, lasts, strict=True):
            duplicates += self._resolve(checked, event, first, last)
        self._settle()
        if duplicates:
            checked.append(Duplicates(self._stream, duplicates))
        return checked

    def interrupt(self) -> None:
        self._replayed = max(self._replayed or 0, REPLAYED_AFTER)
        self._settle()

    def overlap(self) -> None:
        self._overlapping = 0
        self._settle()

    def resume(self) -> None:
        # No more events can be repeated than came meanwhile.
        self._replayed = REPLAYED_AFTER + min(self._overlapping or 0, _MAX_OVERLAPPING)
        self._overlapping = None
        self._settle()

    def _resolve(self, checked: list[Any], event: Any, first: int, last: int) -> int:
        """Append what one event leads to; return the number of duplicates."""
        # The ids of an event that names the one before it may stand still.
        stands_still = self._is_linked and last == first - 1
        if last < first and not stands_still:
            # Which ids it covers is unknown, so it cannot say what comes next either.
            reason = f"the first id {first} of an event is above its last id {last}"
            if self._is_linked:
                reason = f"the previous id {first - 1} of an event is above its last id {last}"
            checked += [Gap(self._stream, None, None, reason=reason), event]
            return 0
        if self._next is not None and last < self._next:
            is_due = stands_still and first == self._next and not is_same(event, self._newest)
            if not is_due:
                return self._contradict(checked, event, first, last)
        duplicates = self._give_up(checked)
        if self._next is not None and first > self._next:
            checked.append(Gap(self._stream, self._next, first - 1))
            self._gaps.append((self._next, first - 1))
        checked.append(event)
        self._go_on(event, first, last)
        return duplicates

    def _contradict(self, checked: list[Any], event: Any, first: int, last: int) -> int:
        if is_same(event, self._newest) or self._candidates.has(event, first):
            return 1
        gap = next((gap for gap in self._gaps if gap[0] <= first and last <= gap[1]), None)
        if len(self._candidates) + 1 >= self._limit(event, gap is not None):
            return self._restart(checked, event, first, last)
        # It must not overtake events that are held back.
        is_delivered = gap is not None and self._is_single and self._candidates.are_delivered
        if is_delivered:
            checked += [Late(self._stream, first, last, is_delivered=True), event]
        if gap is not None:
            self._fill(gap, first, last)
        may_be_replayed = self._replayed is not None
        self._candidates.add(
            Candidate(event, first, last, may_be_replayed, gap is not None, is_delivered)
        )
        return 0

    def _restart(self, checked: list[Any], event: Any, first: int, last: int) -> int:
        """Accept the numbering of the contradicting events; return the number of duplicates."""
        assert self._next is not None
        held = self._candidates.take()
        lowest = min([first, *(candidate.first for candidate in held)])
        begins = held[0].first if held else first
        reason = f"the ids went back from {self._next - self._step} to {begins}"
        checked.append(Gap(self._stream, None, None, reason=reason))
        self._next = self._newest = self._replayed = None
        self._gaps.clear()
        duplicates = 0
        for candidate in held:
            if not candidate.is_delivered:
                duplicates += self._resolve(
                    checked, candidate.event, candidate.first, candidate.last
                )
        duplicates += self._resolve(checked, event, first, last)
        self._lowest = lowest
        return duplicates

    def _give_up(self, checked: list[Any]) -> int:
        """Release what was held back, late or duplicate; return the number of duplicates."""
        duplicates = 0
        for candidate in self._candidates.take() if self._candidates else ():
            event, first, last, may_be_replayed, is_late, is_delivered = candidate
            if is_delivered:
                continue
            if is_late:
                checked.append(Late(self._stream, first, last, is_delivered=self._is_single))
                if self._is_single:
                    checked.append(event)
            elif first < self._lowest and not may_be_replayed:
                checked.append(Late(self._stream, first, last, False, was_missing=False))
            else:
                duplicates += 1
        return duplicates

    def _go_on(self, event: Any, first: int, last: int) -> None:
        if self._next is None:
            self._lowest = first
        self._next = last + self._step
        self._newest = event
        self._replayed = None

    def _limit(self, event: Any, is_late: bool) -> int:
        """Return how many events like this one in a row are believed."""
        is_new = is_newer(event, self._newest)
        if is_late:
            is_new = bool(is_new) and not self._is_single
        return believed_after(is_new, self._replayed)

    def _fill(self, gap: tuple[int, int], first: int, last: int) -> None:
        """Remove ids that came late from a gap, as they are duplicates the next time."""
        self._gaps.remove(gap)
        for rest in ((gap[0], first - 1), (last + 1, gap[1])):
            if rest[0] <= rest[1]:
                self._gaps.append(rest)
