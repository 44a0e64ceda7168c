"""A tracker that holds events back while the missing ones before them are fetched.

It stands around the stream's usual tracker. What that one finds is passed on until something is
missing; from there on everything is held, in order, until the missing events have been fetched or
given up. A ``Filled`` notice, or what stays a ``Gap``, takes the place of the gap.

Nothing here knows a clock or a request: ``Fills`` asks for the ``page``, adds the answers, and
delivers what ``take`` returns.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from operator import attrgetter
from typing import Any, NamedTuple

from msgspec.structs import replace

from binance_streams_runtime.catalog.rest import Backfill
from binance_streams_runtime.notices import DEFAULT_REASON, Duplicates, Filled, Gap, Notice
from binance_streams_runtime.pipeline.sequence import Tracker

MAX_PAGES = 100
"""Pages that are fetched before what they have is delivered: memory stays bounded however large a
gap is. A larger one is delivered in parts, each with a notice of its own."""


_RESTARTED = "given up as the numbering restarted"


class Page(NamedTuple):
    """What to ask for: at most ``limit`` events from the number ``start`` on, up to ``end``."""

    start: int
    end: int | None
    limit: int


class Restart(NamedTuple):
    """Stands for a gap behind which the numbering restarted, so that it cannot be filled."""

    gap: Gap


class FillingTracker(Tracker):
    """Holds events behind a gap until it is filled or given up."""

    __slots__ = (
        "_began_at",
        "_dropped",
        "_found",
        "_gap",
        "_held",
        "_inner",
        "_is_fetched",
        "_max_held",
        "_max_limit",
        "_number",
        "_pages",
        "_ready",
        "_restarts",
        "_start",
        "fill",
        "on_change",
        "waits_for_room",
    )

    def __init__(
        self, stream: str, inner: Tracker, backfill: Backfill, max_held: int, is_blocking: bool
    ) -> None:
        """Stand around ``inner``.

        Args:
            stream: The label of the stream, for notices.
            inner: The usual tracker of the stream.
            backfill: What events are fetched by.
            max_held: How many events may wait; a fill that takes longer is given up.
            is_blocking: Whether reading pauses instead, as the queue's policy is ``block``.
        """
        super().__init__(stream)
        self._inner = inner
        self._number: Callable[[Any], int] = attrgetter(backfill.number)
        self._max_limit = backfill.endpoint.max_limit
        self._max_held = max_held
        self.waits_for_room: bool = is_blocking
        """Whether what was fetched waits for a slow consumer, however long that takes."""
        # Behind the gap, as it came; and what can be delivered as soon as the queue has room.
        self._held: deque[Any] = deque()
        self._ready: deque[Any] = deque()
        # The gap that is being filled, the events found so far by number, and what to fetch next.
        self._gap: Gap | None = None
        self._found: dict[int, Any] = {}
        self._start = 0
        self._pages = 0
        self._is_fetched = False
        self._began_at = 0.0
        # How many events came that had been fetched before.
        self._dropped = 0
        # How many restarts of the numbers are held.
        self._restarts = 0
        self.fill: int = 0
        """The number of the gap that is being filled: another gap has another one."""
        self.on_change: Callable[[float], None] = lambda now: None
        """Called with the time if what is to be fetched has changed while events came."""

    # As a tracker

    def interrupt(self) -> None:
        self._inner.interrupt()

    def overlap(self) -> None:
        self._inner.overlap()

    def resume(self) -> None:
        self._inner.resume()

    # While events come

    @property
    def is_holding(self) -> bool:
        """Whether anything waits, so that all that comes must wait behind it."""
        return self._gap is not None or bool(self._ready) or bool(self._held)

    @property
    def is_blocking(self) -> bool:
        """Whether reading must pause until the gap has been filled."""
        return self.waits_for_room and len(self._held) > self._max_held

    def hold(self, now: float, checked: list[Any], explained: list[Any]) -> list[Any]:
        """Take what ``check`` returned, and return what can be delivered at once.

        ``explained`` is the same with the causes and times of gaps.
        """
        was_holding = self.is_holding
        self._arrive(now, checked, explained)
        if self._restarts:
            self.give_up(now, _RESTARTED)
        taken: list[Any] = []
        if not was_holding:
            taken = self.take(now)
        elif not self.waits_for_room:
            while len(self._held) > self._max_held:
                self.give_up(now, f"given up as {self._max_held:,} events waited behind it")
                taken += self.take(now)
        if was_holding or self.is_holding:
            self.on_change(now)
        return taken

    @property
    def is_interrupted(self) -> bool:
        """Whether ``look`` would fetch what was missed in an interruption without an event yet."""
        return False

    def look(self, now: float, gap: Gap) -> None:
        """Fetch what was missed although no event has come since; ``gap`` describes it."""

    def append(self, notice: Notice) -> None:
        """Hold a notice that was reported elsewhere, in its place among the events."""
        self._held.append(notice)

    def _arrive(self, now: float, checked: list[Any], explained: list[Any]) -> None:
        """Hold what the inner tracker found."""
        for raw, item in zip(checked, explained, strict=True):
            if isinstance(raw, Gap) and self._is_restart(raw):
                self._hold_restart(item)
            else:
                self._held.append(item)

    def _hold_restart(self, gap: Gap) -> None:
        self._restarts += 1
        self._held.append(Restart(gap))

    def _is_restart(self, gap: Gap) -> bool:
        """Return whether a gap is not an interruption of a stream whose numbers do not show it."""
        return gap.missing is None and gap.reason != DEFAULT_REASON

    # While a gap is filled

    @property
    def page(self) -> Page | None:
        """What to fetch next; None if nothing is missing, or what was fetched waits for room."""
        return None if self._gap is None or self._ready else self._page()

    @property
    def has_ready(self) -> bool:
        """Whether ``take`` has something to deliver."""
        return bool(self._ready) or (self._gap is None and bool(self._held))

    def add(self, now: float, events: list[Any], limit: int) -> bool:
        """Add the answer to a request for ``limit`` events; return whether it had new ones."""
        if self._gap is None:
            return False
        before, number = self._start, self._number
        rows = {number(event): event for event in events}
        rows = {row: event for row, event in rows.items() if row >= before}
        self._pages += 1
        self._is_fetched = self._is_fetched or bool(rows)
        is_complete = self._merge(rows, is_full=len(events) >= limit)
        if is_complete:
            self._end(now)
        elif self._pages >= MAX_PAGES:
            self._pages = 0
            self._make_ready(now, self._gap, None)
        return is_complete or self._start > before

    def give_up(self, now: float, why: str) -> None:
        """Leave what has not been fetched a gap; no-op if there is none.

        ``why`` is added to its reason.
        """
        if self._gap is not None:
            self._end(now, why)

    def take(self, now: float, room: float = float("inf")) -> list[Any]:
        """Return what can be delivered, at most as many items as there is room for."""
        taken: list[Any] = []
        ready, held = self._ready, self._held
        while len(taken) < room:
            if ready:
                taken.append(ready.popleft())
            elif held and self._gap is None:
                self._pass(now, held)
                if self._restarts:
                    # The numbers that are missing are no longer those of the server.
                    self.give_up(now, _RESTARTED)
            else:
                break
        if self._dropped:
            taken.append(Duplicates(self._stream, self._dropped))
            self._dropped = 0
        return taken

    def release(self, now: float, why: str) -> list[Any]:
        """Give up all gaps, and return everything that waits."""
        taken: list[Any] = []
        while self.is_holding:
            self.give_up(now, why)
            taken += self.take(now)
        return taken

    def _page(self) -> Page:
        """Return what to fetch next for the gap."""
        raise NotImplementedError

    def _merge(self, rows: dict[int, Any], is_full: bool) -> bool:
        """Add events by number, none of them below ``_start``; return whether nothing is missing.

        ``is_full`` if there may be more of them.
        """
        raise NotImplementedError

    def _pass(self, now: float, held: deque[Any]) -> None:
        """Make the first held item ready, or begin to fill the gap before it."""
        raise NotImplementedError

    def _begin(self, now: float, gap: Gap, start: int) -> None:
        """Begin to fill a gap; ``start`` is the first number that is missing."""
        self._gap, self._start, self._began_at = gap, start, now
        self._pages, self._is_fetched = 0, False
        self._found.clear()
        self.fill += 1

    def _end(self, now: float, why: str | None = None) -> None:
        """End the fill: nothing is missing any more, or it is given up for the reason ``why``."""
        gap, self._gap = self._gap, None
        assert gap is not None
        self._make_ready(now, gap, why)
        if why is not None:
            self._make_missing(gap, why)
        self._found.clear()

    def _make_ready(self, now: float, gap: Gap, why: str | None) -> None:
        """Make ready what was found before the number that is to be fetched next."""
        numbers = sorted(number for number in self._found if number < self._start)
        self._announce(now, gap, numbers)
        self._ready += [self._found.pop(number) for number in numbers]

    def _make_missing(self, gap: Gap, why: str) -> None:
        """Make ready the notice of what stays missing."""
        self._ready.append(replace(gap, reason=f"{gap.reason}; REST: {why}"))

    def _announce(self, now: float, gap: Gap, numbers: list[int]) -> None:
        """Make ready the notice of the events that follow."""
        if numbers and self._is_fetched:
            seconds = now - self._began_at
            notice = Filled(
                *(self._stream, numbers[0], numbers[-1], len(numbers), seconds),
                *(gap.since, gap.until, gap.reason),
            )
            self._ready.append(notice)

    def _pass_restart(self, restart: Restart) -> None:
        self._restarts -= 1
        self._ready.append(restart.gap)
