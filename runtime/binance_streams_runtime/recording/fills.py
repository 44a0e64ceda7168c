"""Which fetched rows fill a gap of a recorded stream: each missing event is taken once."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from operator import attrgetter
from typing import Any

from binance_streams_runtime.catalog.rest import Backfill
from binance_streams_runtime.decoding.recorded import Recorded

_MAX_GAPS = 1024

# A fetched row may come before the event that shows the gap.
_MAX_EARLY = 10_000


class RecordedFills:
    """The gaps of one stream, and the fetched rows that may belong into them."""

    def __init__(self, backfill: Backfill) -> None:
        candle = backfill.candle
        self._number: Callable[[Any], int] = attrgetter(backfill.number)
        self._is_closed: Callable[[Any], bool] | None = (
            None if candle is None else attrgetter(candle.is_closed)
        )
        self._gaps: deque[tuple[int, int]] = deque(maxlen=_MAX_GAPS)
        self._early: deque[Recorded[Any]] = deque(maxlen=_MAX_EARLY)

    def gap(self, before: Any, after: Any) -> list[Recorded[Any]]:
        """Note what is missing between two events; return the rows of it that came already."""
        first, last = self._number(before), self._number(after) - 1
        if self._is_closed is None or self._is_closed(before):
            first += 1
        if first > last:
            return []
        self._gaps.append((first, last))
        early, self._early = self._early, deque(maxlen=_MAX_EARLY)
        return self.rows(list(early))

    def rows(self, rows: list[Recorded[Any]]) -> list[Recorded[Any]]:
        """Return those of the fetched rows that are missing, and keep the others for a while."""
        missing = []
        for row in rows:
            number = self._number(row.data)
            gap = next((gap for gap in self._gaps if gap[0] <= number <= gap[1]), None)
            if gap is None:
                self._early.append(row)
                continue
            missing.append(row)
            self._gaps.remove(gap)
            for rest in ((gap[0], number - 1), (number + 1, gap[1])):
                if rest[0] <= rest[1]:
                    self._gaps.append(rest)
        return missing
