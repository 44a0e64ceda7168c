"""The candles of one window in order, and which are missing among them.

A candle is final if it cannot change any more: the stream has closed it, or REST has a later one.
It follows another one if no candle can be between them: the other one is final and ends when this
one opens, or REST has shown them one after the other, as a market that was halted has no candles.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from operator import attrgetter
from typing import Any, NamedTuple

from binance_streams_runtime.candles.values import CandleChange

_opens = attrgetter("opens")


class Candle(NamedTuple):
    """A candle, when it opens, and when the next one does."""

    opens: int
    ends: int
    candle: Any


class _Entry:
    """What is known of one candle."""

    __slots__ = ("candle", "ends", "follows", "is_final", "is_given_up", "is_live", "opens")

    def __init__(self, given: Candle, *, is_final: bool, is_live: bool) -> None:
        self.opens, self.ends, self.candle = given
        self.is_final = is_final
        # Whether its state is that of the stream, which is newer than what REST has.
        self.is_live = is_live
        # Whether it follows the entry before it; and whether what is between them was given up.
        self.follows = False
        self.is_given_up = False


class Series:
    """The newest candles, in the order in which they open."""

    def __init__(self, count: int, most: int, as_open: Callable[[Any], Any]) -> None:
        """Have no candles yet.

        Args:
            count: How many candles are wanted.
            most: How many are kept, so that changes of all of them can still be delivered.
            as_open: Makes an open candle of one that REST calls closed.
        """
        self.count: int = count
        self._most = max(most, count)
        self._as_open = as_open
        self._entries: list[_Entry] = []
        # Whether REST has no candles before the oldest one.
        self._begins = False
        # When the last candle opens whose changes were taken, and as what: itself, or None if it
        # was closed. None before the first.
        self._taken: tuple[int, Any] | None = None

    @property
    def candles(self) -> tuple[Any, ...]:
        """The last ``count`` candles, or fewer."""
        return tuple(entry.candle for entry in self._entries[-self.count :])

    def gap(self) -> tuple[int, int] | None:
        """Return when the candles open between which the first ones are missing; None if none is.

        The first of the two may be incomplete itself.
        """
        entries = self._entries
        for place in range(max(len(entries) - self.count, 0) + 1, len(entries)):
            if not entries[place].follows:
                return entries[place - 1].opens, entries[place].opens
        return None

    def untaken_gap(self) -> tuple[int, int] | None:
        """Return the same of candles whose changes have not been taken, however long ago."""
        if self._taken is None:
            return None
        entries, before = self._entries, self._taken[0]
        for place in range(self._place_after(before), len(entries)):
            if not self._is_next(place):
                return (entries[place - 1].opens if place else before), entries[place].opens
        return None

    def has(self, opens: int) -> bool:
        """Return whether the candle that opens then is there."""
        place = self._place_after(opens)
        return place > 0 and self._entries[place - 1].opens == opens

    @property
    def older_than(self) -> int | None:
        """When the oldest candle opens, if candles before it are wanted; else None."""
        if self._begins or len(self._entries) >= self.count or not self._entries:
            return None
        return self._entries[0].opens

    @property
    def last_opens(self) -> int | None:
        """When the newest candle opens; None if there is none."""
        return self._entries[-1].opens if self._entries else None

    # What comes

    def update(self, given: Candle, is_closed: bool) -> None:
        """Take a candle of the stream."""
        entries = self._entries
        place = bisect_left(entries, given.opens, key=_opens)
        if place == len(entries):
            entries.append(_Entry(given, is_final=is_closed, is_live=True))
        elif entries[place].opens != given.opens:
            # Late, and missing: REST has all of it.
            return
        elif not entries[place].is_final:
            entry = entries[place]
            entry.candle, entry.is_final, entry.is_live = given.candle, is_closed, True
        del entries[: -self._most]
        self._join(max(len(entries) - 2, 1) if place + 1 >= len(entries) else 1)

    def interrupt(self) -> None:
        """Note that the stream was interrupted: REST may have newer states."""
        for entry in self._entries:
            entry.is_live = False

    def clear(self) -> None:
        """Forget all candles that are not live, as too many are missing behind them."""
        self._entries = [entry for entry in self._entries if entry.is_live]
        self._begins = False
        self._join(1)

    def add(self, rows: Sequence[Candle], since: int | None) -> None:
        """Take what REST has from the candle on that opens at ``since``, or what it has last.

        There is nothing newer in it than these rows.
        """
        if since is not None and len(rows) > 1:
            # The one that opened there never came to be: REST has later ones instead.
            self._entries = [
                entry
                for entry in self._entries
                if entry.is_final or entry.opens != since or rows[0].opens <= since
            ]
        for place, row in enumerate(rows):
            self._add(row, is_final=place < len(rows) - 1)
        self._adjoin([row.opens for row in rows] if since is None else [since, *map(_opens, rows)])

    def add_older(self, rows: Sequence[Candle], is_full: bool) -> None:
        """Take the last rows before the oldest candle; ``is_full`` if there may be more of them."""
        oldest = self._entries[0].opens
        for row in rows:
            self._add(row, is_final=True)
        self._adjoin([*map(_opens, rows), oldest])
        self._begins = not is_full

    def begin_here(self) -> None:
        """Note that REST has no candles before the oldest one."""
        self._begins = True

    def _add(self, row: Candle, *, is_final: bool) -> None:
        entries = self._entries
        if not is_final:
            row = row._replace(candle=self._as_open(row.candle))
        place = bisect_left(entries, row.opens, key=_opens)
        if place == len(entries) or entries[place].opens != row.opens:
            entries.insert(place, _Entry(row, is_final=is_final, is_live=False))
            return
        entry = entries[place]
        if not entry.is_final and (is_final or not entry.is_live):
            entry.candle, entry.is_final = row.candle, is_final

    def _adjoin(self, times: list[int]) -> None:
        """Note that REST has no candles between these times."""
        before = {later: earlier for earlier, later in pairwise(times)}
        entries = self._entries
        for place in range(1, len(entries)):
            entry, previous = entries[place], entries[place - 1]
            if previous.is_final and before.get(entry.opens) == previous.opens:
                entry.follows = True
        del entries[: -self._most]
        self._join(1)

    def _join(self, begin: int) -> None:
        """Note which candles from a place on follow those before them."""
        entries = self._entries
        if entries:
            # The one before it is no longer kept.
            entries[0].follows = False
        for place in range(begin, len(entries)):
            entry, previous = entries[place], entries[place - 1]
            if not entry.follows and previous.is_final and previous.ends == entry.opens:
                entry.follows = True

    # What changed

    def begin_changes(self) -> None:
        """Take changes from now on: those of the newest candle, and of later ones."""
        self._take(self._entries[-1], is_new=True)

    @property
    def has_begun(self) -> bool:
        """Whether changes are taken."""
        return self._taken is not None

    def give_up(self) -> tuple[int | None, int] | None:
        """Take changes of the newest candles although others are missing before them.

        Return when the candles open between which they are; None if there are no candles.
        """
        entries = self._entries
        if not entries:
            return None
        place = len(entries) - 1
        while place and entries[place].follows:
            place -= 1
        entries[place].is_given_up = True
        opens = entries[place].opens
        before = None if self._taken is None else self._taken[0]
        self._taken = opens - 1, None
        return before, opens

    def changes(self) -> Iterator[CandleChange[Any]]:
        """Take what has changed, in order, until candles are missing."""
        if self._taken is None:
            return
        entries = self._entries
        opens, candle = self._taken
        place = self._place_after(opens)
        if place and candle is not None:
            entry = entries[place - 1]
            if entry.opens == opens and entry.candle is not candle:
                yield self._take(entry, is_new=False)
        while place < len(entries) and self._is_next(place):
            yield self._take(entries[place], is_new=True)
            place += 1

    def _is_next(self, place: int) -> bool:
        """Return whether the changes of a candle follow those before it."""
        entry = self._entries[place]
        return entry.is_given_up or entry.follows

    def _place_after(self, opens: int) -> int:
        return bisect_left(self._entries, opens + 1, key=_opens)

    def _take(self, entry: _Entry, *, is_new: bool) -> CandleChange[Any]:
        # It may be forgotten and come again, but changes no more.
        self._taken = entry.opens, None if entry.is_final else entry.candle
        return CandleChange(entry.candle, is_new, entry.is_final)
