"""Filling candles: each closed candle is delivered exactly once.

The position is when the candle opens that is to be closed next. An event of a later candle shows
that the end of that one, and perhaps of others, was missed. What REST has of a candle is final
only if it has a later one, too: REST may lag behind the stream, and may show a candle that is not
closed yet. A market that was halted has no candles at all; what a later one follows is not there.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from operator import attrgetter
from typing import Any

from msgspec.structs import replace

from binance_streams_runtime.catalog.rest import Backfill
from binance_streams_runtime.notices import Gap, Notice
from binance_streams_runtime.pipeline.fill.tracker import FillingTracker, Page, Restart
from binance_streams_runtime.pipeline.sequence import Tracker

_NOT_CLOSED = "a candle was not seen closed"


class CandleFilling(FillingTracker):
    """Fills candles that were not seen closed."""

    __slots__ = ("_cause", "_close_time", "_is_closed", "_last", "_position")

    def __init__(
        self, stream: str, inner: Tracker, backfill: Backfill, max_held: int, is_blocking: bool
    ) -> None:
        super().__init__(stream, inner, backfill, max_held, is_blocking)
        assert backfill.candle is not None
        self._close_time: Callable[[Any], int] = attrgetter(backfill.candle.close_time)
        self._is_closed: Callable[[Any], bool] = attrgetter(backfill.candle.is_closed)
        self._position: int | None = None
        # When the candle opens behind the missing ones.
        self._last = 0
        # An interruption since the last event. It matters only if a candle was closed in it.
        self._cause: Gap | None = None

    def is_next(self, event: Any) -> bool:
        if (
            self._number(event) != self._position
            or self.is_holding
            or not self._inner.is_next(event)
        ):
            return False
        self._move(event)
        return True

    def check(self, events: list[Any]) -> list[Any]:
        return list(self._inner.check(events))

    def _move(self, event: Any) -> None:
        is_closed = self._is_closed(event)
        self._position = self._close_time(event) + 1 if is_closed else self._number(event)

    def _page(self) -> Page:
        return Page(self._start, self._last, self._max_limit)

    def _merge(self, rows: dict[int, Any], is_full: bool) -> bool:
        if not rows:
            return False
        # The last one may not be closed yet.
        self._start = min(max(rows), self._last)
        self._found.update((time, row) for time, row in rows.items() if time < self._start)
        return self._start == self._last

    def _pass(self, now: float, held: deque[Any]) -> None:
        item = held[0]
        if isinstance(item, Notice | Restart):
            held.popleft()
            self._pass_notice(item)
            return
        time = self._number(item)
        if self._position is not None and time > self._position:
            # The event stays where it is, and is the next one after the fill.
            self._last = time
            gap = self._cause or Gap(self._stream, None, None, reason=_NOT_CLOSED)
            self._begin(now, gap, self._position)
            return
        held.popleft()
        self._cause = None
        if self._position is not None and time < self._position:
            self._dropped += 1
        else:
            self._move(item)
            self._ready.append(item)

    def _pass_notice(self, item: Notice | Restart) -> None:
        if isinstance(item, Restart):
            self._position = self._cause = None
            self._pass_restart(item)
        elif isinstance(item, Gap):
            self._cause = item
        else:
            self._ready.append(item)

    def _end(self, now: float, why: str | None = None) -> None:
        super()._end(now, why)
        self._position, self._cause = self._last, None

    def _make_missing(self, gap: Gap, why: str) -> None:
        which = f"candles are missing that open at {self._start} or later, before {self._last}"
        super()._make_missing(replace(gap, reason=f"{gap.reason}; {which}"), why)
