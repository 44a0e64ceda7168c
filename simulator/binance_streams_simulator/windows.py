"""Trades aggregated over time: candles and rolling windows. All times are microseconds."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from operator import attrgetter
from typing import NamedTuple

SECOND = 1_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR
WEEK = 7 * DAY
_UNITS = {"s": SECOND, "m": MINUTE, "h": HOUR, "d": DAY, "w": WEEK, "M": 30 * DAY}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# 1970-01-01 was a Thursday; weekly candles open on Mondays.
_FIRST_MONDAY = 4 * DAY


class Trade(NamedTuple):
    """One trade between one buyer and one seller."""

    id: int
    price: int
    quantity: int
    time: int
    is_buyer_maker: bool


@dataclass(slots=True)
class Summary:
    """The trades of a period. ``quote`` sums are in units of 1e-16."""

    start: int
    open: int
    high: int
    low: int
    close: int
    base: int
    quote: int
    taker_base: int
    taker_quote: int
    count: int
    first_id: int
    last_id: int

    @classmethod
    def of(cls, start: int, trade: Trade) -> Summary:
        """Make the summary of one trade."""
        price, quote = trade.price, trade.price * trade.quantity
        taker_base, taker_quote = (0, 0) if trade.is_buyer_maker else (trade.quantity, quote)
        return cls(
            start,
            price,
            price,
            price,
            price,
            trade.quantity,
            quote,
            taker_base,
            taker_quote,
            1,
            trade.id,
            trade.id,
        )

    @classmethod
    def empty(cls, start: int, price: int) -> Summary:
        """Make a period without trades, as the venue does: ids of -1, the last price throughout."""
        return cls(start, price, price, price, price, 0, 0, 0, 0, 0, -1, -1)

    def add(self, later: Summary) -> None:
        """Add a later summary."""
        self.high = max(self.high, later.high)
        self.low = min(self.low, later.low)
        self.close = later.close
        self.base += later.base
        self.quote += later.quote
        self.taker_base += later.taker_base
        self.taker_quote += later.taker_quote
        self.count += later.count
        self.last_id = later.last_id


_start = attrgetter("start")


class _Series:
    """Summaries of one width, the newest last; only periods with trades."""

    def __init__(self, width: int, keep: int) -> None:
        self.width = width
        self._keep = keep
        self.summaries: list[Summary] = []
        self.known_since: int | None = None
        """From when on nothing has been forgotten; None if nothing has been."""

    def add(self, trade: Trade) -> None:
        start = trade.time - trade.time % self.width
        summary = Summary.of(start, trade)
        if self.summaries and self.summaries[-1].start >= start:
            self.summaries[-1].add(summary)
            return
        self.summaries.append(summary)
        # Seldom, as it moves all the others.
        if len(self.summaries) > self._keep * 2:
            del self.summaries[: -self._keep]
            self.known_since = self.summaries[0].start

    def between(self, start: int, end: int) -> Sequence[Summary]:
        first = bisect_left(self.summaries, start, key=_start)
        return self.summaries[first : bisect_left(self.summaries, end, lo=first, key=_start)]

    def close_before(self, start: int) -> int | None:
        """Return the price of the last trade before ``start``, None if it is not known."""
        index = bisect_left(self.summaries, start - self.width + 1, key=_start)
        return self.summaries[index - 1].close if index else None


class History:
    """All trades: by second for an hour, by minute for a day, by hour beyond."""

    def __init__(self) -> None:
        self._seconds = _Series(SECOND, 4_000)
        self._minutes = _Series(MINUTE, 1_600)
        self._hours = _Series(HOUR, 800)

    @property
    def is_empty(self) -> bool:
        """Whether there have been no trades."""
        return not self._hours.summaries

    def add(self, trade: Trade) -> None:
        """Add a trade."""
        for series in (self._seconds, self._minutes, self._hours):
            series.add(trade)

    def between(self, start: int, end: int) -> Summary | None:
        """Sum up trades from ``start`` to before ``end``, both rounded down to whole periods."""
        total: Summary | None = None
        for part in self._parts(start, end):
            if total is None:
                total = replace(part, start=start)
            else:
                total.add(part)
        return total

    def between_until(self, start: int, until: int, newest: Sequence[Trade]) -> Summary | None:
        """Sum up trades from ``start``, a whole minute or second, to the very time ``until``.

        ``newest`` are the trades from the second of ``until`` on, or more.
        """
        second = max(start, until - until % SECOND)
        minute = max(start, until - until % MINUTE)
        total = self.between(start, minute) if minute > start else None
        rest: list[Summary] = list(self._seconds.between(minute, second))
        rest += [Summary.of(second, trade) for trade in newest if second <= trade.time <= until]
        for part in rest:
            if total is None:
                total = replace(part, start=start)
            else:
                total.add(part)
        return total

    def known_since(self, width: int) -> int | None:
        """Return from when on periods of this width are known; None if it is all the time."""
        if width < MINUTE:
            return self._seconds.known_since
        return (self._minutes if width < HOUR else self._hours).known_since

    def close_before(self, start: int) -> int | None:
        """Return the price of the last trade before ``start``, if it is still known."""
        for series in (self._seconds, self._minutes, self._hours):
            close = series.close_before(start)
            if close is not None:
                return close
        return None

    def _parts(self, start: int, end: int) -> Iterator[Summary]:
        if end - start < MINUTE:
            yield from self._seconds.between(start, end)
            return
        start -= start % MINUTE
        first_hour = start + -start % HOUR
        # A window that ends now may use the current hour, which holds nothing later.
        last_hour = end - end % HOUR if end % MINUTE == 0 else end
        if last_hour <= first_hour:
            yield from self._minutes.between(start, end)
            return
        yield from self._minutes.between(start, first_hour)
        yield from self._hours.between(first_hour, last_hour)
        if last_hour != end:
            yield from self._minutes.between(last_hour, end)


def duration(text: str) -> int | None:
    """Convert ``"4h"`` to microseconds, None if it is not a duration. A month is 30 days."""
    match = re.fullmatch(r"(\d+)([smhdwM])", text)
    return int(match[1]) * _UNITS[match[2]] if match else None


def candle(interval: str, at: int, offset: int = 0) -> tuple[int, int]:
    """Return when the candle that contains ``at`` opens, and when the next one does.

    ``offset`` is the time zone in which days start.
    """
    local = at + offset
    if interval.endswith("M"):
        moment = _EPOCH + timedelta(microseconds=local)
        months = int(interval[:-1])
        index = (moment.year * 12 + moment.month - 1) // months * months
        return _month(index) - offset, _month(index + months) - offset
    length = duration(interval)
    if length is None:
        raise ValueError(f"not an interval: {interval!r}")
    phase = _FIRST_MONDAY if interval.endswith("w") else 0
    start = (local - phase) // length * length + phase - offset
    return start, start + length


def _month(index: int) -> int:
    first = datetime(index // 12, index % 12 + 1, 1, tzinfo=UTC)
    return (first - _EPOCH) // timedelta(microseconds=1)
