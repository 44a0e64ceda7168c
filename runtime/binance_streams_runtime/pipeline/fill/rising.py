"""Filling gaps of ids that rise by as much as they like: what is missing is not known.

All that may be missing is fetched: what REST has behind the last event. Only once it has the first
event that came after the interruption, too, is it certain that nothing before that is missing, as
REST may lag behind the stream. A stream that stays quiet after an interruption is looked after at
once, and again behind its next event.
"""

from __future__ import annotations

from collections import deque
from typing import Any

from binance_streams_runtime.catalog.rest import Backfill
from binance_streams_runtime.notices import Gap, Notice
from binance_streams_runtime.pipeline.fill.tracker import FillingTracker, Page, Restart
from binance_streams_runtime.pipeline.sequence import Tracker


class RisingFilling(FillingTracker):
    """Fills interruptions of a stream whose ids only rise."""

    __slots__ = ("_ahead", "_fetched", "_given_up", "_is_interrupted", "_is_looking", "_last")

    def __init__(
        self, stream: str, inner: Tracker, backfill: Backfill, max_held: int, is_blocking: bool
    ) -> None:
        super().__init__(stream, inner, backfill, max_held, is_blocking)
        # The last id that was delivered, and the last one of them that was fetched.
        self._last: int | None = None
        self._fetched: int | None = None
        # Events that were fetched but belong behind the first one that waited, by id.
        self._ahead: dict[int, Any] = {}
        self._is_interrupted = False
        # Whether no event has come yet behind the interruption whose events are fetched.
        self._is_looking = False
        # The first event behind an interruption whose fill was given up, and why.
        self._given_up: tuple[int, str] | None = None

    def is_next(self, event: Any) -> bool:
        id = self._number(event)
        if self.is_holding or self._was_fetched(id) or not self._inner.is_next(event):
            return False
        self._last = id
        return True

    def check(self, events: list[Any]) -> list[Any]:
        return list(self._inner.check(events))

    def interrupt(self) -> None:
        super().interrupt()
        self._is_interrupted = self._last is not None

    def skip(self, reason: str) -> None:
        # Its id is not known, but REST has what follows the last one.
        self.interrupt()

    @property
    def is_interrupted(self) -> bool:
        return self._is_interrupted and not self.is_holding

    def look(self, now: float, gap: Gap) -> None:
        assert self._last is not None
        self._is_looking = True
        self._begin(now, gap, self._last + 1)

    def _arrive(self, now: float, checked: list[Any], explained: list[Any]) -> None:
        super()._arrive(now, checked, explained)
        if self._first_held() is not None:
            self._is_interrupted = False

    def _first_held(self) -> int | None:
        """Return the id of the first event that waits, or None."""
        items = (item for item in self._held if not isinstance(item, Notice | Restart))
        return next(map(self._number, items), None)

    def _page(self) -> Page:
        return Page(self._start, None, self._max_limit)

    def _merge(self, rows: dict[int, Any], is_full: bool) -> bool:
        end = self._first_held()
        self._found.update((id, event) for id, event in rows.items() if end is None or id < end)
        self._ahead = {id: event for id, event in rows.items() if id not in self._found}
        if rows:
            self._start = max(rows) + 1
        return not is_full if end is None else self._start >= end

    def _pass(self, now: float, held: deque[Any]) -> None:
        item = held.popleft()
        if isinstance(item, Restart):
            self._last = self._fetched = None
            self._start = 0
            self._pass_restart(item)
        elif isinstance(item, Gap):
            self._pass_gap(now, item)
        elif isinstance(item, Notice):
            self._ready.append(item)
        elif self._was_fetched(self._number(item)):
            self._dropped += 1
        else:
            self._last = self._number(item)
            self._ready.append(item)

    def _pass_gap(self, now: float, gap: Gap) -> None:
        """Begin to fill a gap, unless it is known already what is in it."""
        end = self._first_held()
        # There was an event before the gap, and the one behind it comes with it.
        assert self._last is not None
        assert end is not None
        if self._given_up is not None and self._given_up[0] == end:
            super()._make_missing(gap, self._given_up[1])
        elif end > self._last + 1:
            self._is_looking = False
            known = self._start
            self._begin(now, gap, self._last + 1)
            if known > self._start:
                self._use_ahead(now, known, end)

    def _use_ahead(self, now: float, known: int, end: int) -> None:
        """Use what was fetched for the gap before: all events below ``known``."""
        ahead = self._ahead.items()
        self._found.update((id, event) for id, event in ahead if self._start <= id < end)
        self._is_fetched = bool(self._found)
        self._start = known
        if known >= end:
            self._end(now)

    def _make_ready(self, now: float, gap: Gap, why: str | None) -> None:
        if self._found:
            self._last = self._fetched = max(self._found)
        super()._make_ready(now, gap, why)

    def _make_missing(self, gap: Gap, why: str) -> None:
        end = self._first_held()
        if not self._is_looking:
            super()._make_missing(gap, why)
        elif end is not None:
            # The gap that says so is held before that event.
            self._given_up = end, why

    def _was_fetched(self, id: int) -> bool:
        return self._fetched is not None and id <= self._fetched
