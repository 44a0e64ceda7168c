"""Filling gaps in consecutive ids: which ids are missing is known."""

from __future__ import annotations

from collections import deque
from typing import Any

from msgspec.structs import replace

from binance_streams_runtime.catalog.rest import Backfill
from binance_streams_runtime.notices import Gap, Late
from binance_streams_runtime.pipeline.fill.tracker import FillingTracker, Page, Restart
from binance_streams_runtime.pipeline.sequence import Tracker

_MAX_REPORTED = 64
"""How many reported gaps late events are compared with, as in the usual tracker."""

_NOT_THERE = "it has no events with these ids"


class ConsecutiveFilling(FillingTracker):
    """Fills gaps of the ids from a first to a last one."""

    __slots__ = ("_ahead", "_awaited", "_from", "_last", "_late", "_reported", "_step")

    def __init__(
        self,
        stream: str,
        inner: Tracker,
        backfill: Backfill,
        max_held: int,
        is_blocking: bool,
        step: int,
    ) -> None:
        super().__init__(stream, inner, backfill, max_held, is_blocking)
        self._step = step
        # The first and last id of the part that is being filled.
        self._from = self._last = 0
        # The gaps that are held, without the one that is being filled.
        self._awaited: deque[Gap] = deque()
        # Events of held gaps that came late, and those that were fetched with others, by id.
        self._late: dict[int, Any] = {}
        self._ahead: dict[int, Any] = {}
        # Gaps that were reported: a late event in one of them has not been delivered.
        self._reported: deque[tuple[int, int]] = deque(maxlen=_MAX_REPORTED)

    def is_next(self, event: Any) -> bool:
        return not self.is_holding and self._inner.is_next(event)

    def check(self, events: list[Any]) -> list[Any]:
        checked = self._inner.check(events)
        return list(checked) if self.is_holding else checked

    def _arrive(self, now: float, checked: list[Any], explained: list[Any]) -> None:
        items = zip(checked, explained, strict=True)
        for raw, item in items:
            if isinstance(raw, Late) and raw.is_delivered:
                self._place(raw.first, item, next(items)[1])
            elif isinstance(raw, Gap) and raw.missing is None:
                self._hold_restart(item)
            else:
                if isinstance(raw, Gap):
                    self._awaited.append(item)
                self._held.append(item)
        self._end_if_complete(now)

    def _place(self, id: int, notice: Late, event: Any) -> None:
        """Put a late event in its place if that is still to come."""
        if self._gap is not None and self._from <= id <= self._last:
            if id in self._found:
                self._dropped += 1
            else:
                self._found[id] = event
                self._skip_found()
        elif any(_covers(gap, id) for gap in self._awaited):
            self._late.setdefault(id, event)
        elif any(first <= id <= last for first, last in self._reported):
            self._held += [notice, event]
        else:
            self._dropped += 1

    def _skip_found(self) -> None:
        while self._start in self._found:
            self._start += self._step

    def _end_if_complete(self, now: float) -> None:
        if self._gap is not None and self._start > self._last:
            self._end(now)

    def _page(self) -> Page:
        """Ask for all held gaps that one page covers: it costs no more."""
        end, beyond = self._last, self._start + self._step * self._max_limit
        for gap in self._awaited:
            assert gap.last_missing is not None
            if gap.last_missing >= beyond:
                break
            end = gap.last_missing
        missing = (end - self._start) // self._step + 1
        return Page(self._start, None, min(self._max_limit, missing))

    def _merge(self, rows: dict[int, Any], is_full: bool) -> bool:
        last = self._last
        for id, event in rows.items():
            if id <= last:
                self._found.setdefault(id, event)
        if rows:
            self._keep_ahead(rows, max(rows))
            # What is not there although later ids are will never be there.
            self._start = min(max(rows), last) + self._step
        self._skip_found()
        return self._start > last

    def _keep_ahead(self, rows: dict[int, Any], highest: int) -> None:
        """Keep what belongs to gaps behind this one."""
        for gap in self._awaited:
            assert gap.first_missing is not None
            assert gap.last_missing is not None
            if gap.first_missing > highest:
                break
            for id in range(gap.first_missing, min(gap.last_missing, highest) + 1, self._step):
                if id in rows:
                    self._ahead[id] = rows[id]

    def _pass(self, now: float, held: deque[Any]) -> None:
        item = held.popleft()
        if isinstance(item, Restart):
            self._reported.clear()
            self._ahead.clear()
            self._pass_restart(item)
        elif isinstance(item, Gap) and item.first_missing is not None:
            self._fill(now, item)
        else:
            self._ready.append(item)

    def _fill(self, now: float, gap: Gap) -> None:
        assert gap.first_missing is not None
        assert gap.last_missing is not None
        self._awaited.popleft()
        self._from, self._last = gap.first_missing, gap.last_missing
        self._begin(now, gap, self._from)
        for id in [id for id in self._late if _covers(gap, id)]:
            self._found[id] = self._late.pop(id)
        for id in [id for id in self._ahead if _covers(gap, id)]:
            self._found.setdefault(id, self._ahead.pop(id))
            self._is_fetched = True
        self._skip_found()
        self._end_if_complete(now)

    def _make_ready(self, now: float, gap: Gap, why: str | None) -> None:
        """Make ready what was found, with a gap for each run of ids that was not."""
        # Up to the end if nothing more is fetched, late events among it.
        end = self._last + self._step if why is not None else self._start
        numbers = sorted(id for id in self._found if id < end)
        self._announce(now, gap, numbers)
        due = self._from
        for id in [*numbers, end]:
            if id > due:
                reason = _NOT_THERE if why is None or id <= self._start else why
                self._report(gap, due, id - self._step, reason)
            if id < end:
                self._ready.append(self._found.pop(id))
            due = id + self._step
        self._from = end

    def _make_missing(self, gap: Gap, why: str) -> None:
        """Report nothing more: each run of missing ids has been reported in its place."""

    def _report(self, gap: Gap, first: int, last: int, why: str) -> None:
        self._reported.append((first, last))
        reason = f"{gap.reason}; REST: {why}"
        self._ready.append(replace(gap, first_missing=first, last_missing=last, reason=reason))


def _covers(gap: Gap, id: int) -> bool:
    assert gap.first_missing is not None
    assert gap.last_missing is not None
    return gap.first_missing <= id <= gap.last_missing
