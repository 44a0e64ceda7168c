"""A bounded queue of events: its overflow policy, without waiting.

The driver adds, one or more consumers take. Neither needs a lock: both ends of a deque are atomic.
"""

from __future__ import annotations

import contextlib
import sys
from collections import deque
from collections.abc import Callable, Iterator
from itertools import islice, repeat, starmap
from typing import Any, Literal, NamedTuple, get_args

from msgspec.structs import replace

from binance_streams_runtime.decoding.packing import Packed
from binance_streams_runtime.errors import ParameterError, QueueOverflow
from binance_streams_runtime.notices import Dropped, Gap, Notice

Overflow = Literal["drop_oldest", "drop_newest", "latest", "raise", "block"]
"""What happens to events if the queue is full.

``drop_oldest`` (the default) and ``drop_newest`` keep as many events as fit, ``latest`` keeps only
the newest event, ``raise`` closes the queue with QueueOverflow after what waits has been consumed.

``block`` drops nothing: the client stops reading all its connections until half of the queue is
free (the events of the last read are still added, so the queue may hold a few thousand more).
The cost: all streams of the client stall, the server's pings are not answered, and the server
closes a connection that has not answered for a minute. Give such a stream a client of its own.
"""

DEFAULT_MAXSIZE = 65_536
DEFAULT_OVERFLOW: Overflow = "drop_oldest"


class Numbered(NamedTuple):
    """An event without a consumer yet, numbered in order of arrival at the client."""

    number: int
    event: Any


class ErrorItem(NamedTuple):
    """An error at its place in a queue that stays open."""

    error: BaseException


def _merged(items: list[Any]) -> list[Any]:
    """Merge the Dropped notices among the items into one for each limit."""
    merged: list[Any] = []
    places: dict[str, int] = {}
    for item in items:
        place = places.get(item.limit) if isinstance(item, Dropped) else None
        if place is not None:
            merged[place] = replace(item, count=merged[place].count + item.count)
            continue
        if isinstance(item, Dropped):
            places[item.limit] = len(merged)
        merged.append(item)
    return merged


def check_queue(maxsize: object, overflow: object) -> None:
    """Raise ParameterError if the size or the policy is invalid."""
    if not isinstance(maxsize, int) or isinstance(maxsize, bool) or maxsize < 1:
        raise ParameterError("maxsize", maxsize, "a whole number of events, at least 1")
    if overflow not in get_args(Overflow):
        raise ParameterError("overflow", overflow, ", ".join(map(repr, get_args(Overflow))))


class EventQueue:
    """A ``Sink`` whose items stay in memory until a consumer takes them from ``items``.

    If the policy is ``raise``, an overflow sets ``overflowed`` to the error, which also closes the
    queue unless it ``is_lasting``. The driver calls ``on_ready`` if there may be something to take.
    """

    def __init__(
        self,
        maxsize: int = DEFAULT_MAXSIZE,
        overflow: Overflow = DEFAULT_OVERFLOW,
        is_lasting: bool = False,
        is_of_notices: bool = False,
    ) -> None:
        """Make an empty queue; if it ``is_of_notices``, notices count the way events do."""
        check_queue(maxsize, overflow)
        self.maxsize: int = 1 if overflow == "latest" else maxsize
        self.overflow = overflow
        self.items: deque[Any] = deque()
        # Yields the next item, or raises IndexError. A loop over it takes an item in one step: no
        # signal's handler can run, and raise, before the item is assigned, as behind a call.
        self.taking: Iterator[Any] = starmap(self.items.popleft, repeat(()))
        self.on_ready: Callable[[], None] | None = None
        # Called by a consumer as soon as half of the queue is free, if the producer waits for that.
        self.on_room: Callable[[], None] | None = None
        self._is_blocking = False
        self.takes_all: bool = False
        self._policy = overflow
        # At how many events the producer resumes.
        self._resume_at = self.maxsize // 2
        self._added = 0
        self._dropped = 0
        # How many events may wait as objects; those behind them should be packed.
        self.pack_after: int = sys.maxsize
        self.error: BaseException | None = None
        self.overflowed: BaseException | None = None
        self._is_lasting = is_lasting
        self._uncounted: tuple[type[Any], ...] = (
            (ErrorItem,) if is_of_notices else (ErrorItem, Notice)
        )
        self._kept: tuple[type[Any], ...] = (ErrorItem,) if is_of_notices else (ErrorItem, Dropped)
        self._is_closed = False

    def __len__(self) -> int:
        return len(self.items)

    @property
    def is_closed(self) -> bool:
        """Whether the queue accepts no more items."""
        return self._is_closed

    @property
    def taken(self) -> int:
        """How many items consumers have taken so far."""
        return self._added - self._dropped - len(self.items)

    @property
    def added(self) -> int:
        """How many items have been added so far, those that were dropped excluded."""
        return self._added - self._dropped

    def counting(self, on_event: Callable[[Any], object]) -> Callable[[Any], object]:
        """Return a callback that also counts what it has finished with, if that is counted."""
        return on_event

    def is_long(self) -> bool:
        """Whether events that are added now should be packed."""
        return len(self.items) >= self.pack_after

    def take_all(self) -> None:
        """Drop nothing: whoever adds events waits whenever it is full, whatever the policy is."""
        self.overflow, self.takes_all = "block", True

    def relax(self) -> None:
        """Return to the policy, as nobody takes events; no-op without ``take_all``."""
        if self.takes_all:
            self.overflow, self.takes_all = self._policy, False
            self._is_blocking = False

    def take_many(self, most: int) -> list[Any]:
        """Take the next items, at most so many; called by consumers."""
        taken: list[Any] = []
        try:
            with contextlib.suppress(IndexError):
                taken.extend(islice(self.taking, most))
            items = [item.unpack() if item.__class__ is Packed else item for item in taken]
            if self.overflow == "block":
                self.signal_room()
        except BaseException:
            # A signal's handler has raised.
            self.items.extendleft(reversed(taken))
            raise
        return items

    def put(self, events: list[Any]) -> int:
        """Add events according to the policy; return how many events were dropped."""
        if self._is_closed:
            return 0
        items = self.items
        self._added += len(events)
        excess = len(items) + len(events) - self.maxsize
        dropped = 0
        if excess <= 0:
            items.extend(events)
        elif self.overflow == "block":
            items.extend(events)
            self._resume_at, self._is_blocking = self.maxsize // 2, True
        elif self.overflow == "raise":
            dropped = self._put_some(events)
            self._overflow(f"more than {self.maxsize} events waited")
        elif self.overflow == "drop_newest":
            dropped = self._put_some(events)
        else:
            items.extend(events)
            dropped = self._drop(items.popleft, items.extendleft, self.maxsize)
        self._wake()
        return dropped

    def discard(self, count: int) -> int:
        """Apply the policy to ``count`` events to save memory; return how many were dropped.

        ``block`` makes the producer pause instead.
        """
        items = self.items
        dropped = 0
        if self.overflow == "block" and not self._is_closed:
            if not self._is_blocking:
                self._resume_at, self._is_blocking = len(items) // 2, True
        elif self.overflow == "raise" and not self._is_closed:
            self._overflow("the unread events of the client took more than max_unread_bytes")
            self._wake()
        elif self.overflow == "drop_newest" and not self._is_closed:
            dropped = self._drop(items.pop, items.extend, len(items) - count)
        else:
            dropped = self._drop(items.popleft, items.extendleft, len(items) - count)
        return dropped

    def _put_some(self, events: list[Any]) -> int:
        """Add as many as fit; return how many events did not."""
        room = max(0, self.maxsize - len(self.items))
        self.items.extend(events[:room])
        self._dropped += len(events[room:])
        return self._count(events[room:])

    def _count(self, items: list[Any]) -> int:
        """Return how many are events; one if there is none, but a Gap that nobody will see."""
        events = sum(not isinstance(item, self._uncounted) for item in items)
        return events or int(any(isinstance(item, Gap) for item in items))

    def _drop(
        self, take: Callable[[], Any], put_back: Callable[[list[Any]], None], kept: int
    ) -> int:
        """Drop items from one end until ``kept`` are left; return how many were events.

        Earlier Dropped notices are not dropped, but merged.
        """
        dropped: list[Any] = []
        saved: list[Any] = []
        while len(self.items) > kept:
            try:
                item = take()
            except IndexError:  # the consumer was faster
                break
            (saved if isinstance(item, self._kept) else dropped).append(item)
        merged = _merged(saved)
        put_back(merged[::-1])
        self._dropped += len(dropped) + len(saved) - len(merged)
        return self._count(dropped)

    @property
    def is_blocking(self) -> bool:
        """Whether the producer must wait for room."""
        if self._is_blocking and (len(self.items) <= self._resume_at or self._is_closed):
            self._is_blocking = False
        return self._is_blocking

    def signal_room(self) -> None:
        """Wake the producer if it waits and there is room now; called by consumers."""
        if self._is_blocking and not self.is_blocking and self.on_room is not None:
            self.on_room()

    def _overflow(self, reason: str) -> None:
        self.overflowed = QueueOverflow(f"{reason} (overflow='raise')")
        if not self._is_lasting:
            self.close(self.overflowed)

    def fail(self, error: BaseException) -> None:
        """Add an ErrorItem, which no policy drops: a waiting consumer must see it."""
        if not self._is_closed:
            self._added += 1
            self.items.append(ErrorItem(error))
            self._wake()

    def replace(self, change: Callable[[list[Any]], list[Any]]) -> list[Any]:
        """Replace what waits by ``change(what waits)``, whatever its size; return what waited."""
        items = self.items
        waiting = []
        # Not by length: a consumer may take items at the same time.
        with contextlib.suppress(IndexError):
            while True:
                waiting.append(items.popleft())
        changed = change(waiting)
        self._added += len(changed) - len(waiting)
        items.extendleft(reversed(changed))
        self._wake()
        return waiting

    def close(self, error: BaseException | None = None) -> None:
        """Close the queue: what waits can still be taken, then ``error`` (or the end) follows."""
        self._end(error)
        self._wake()

    def _end(self, error: BaseException | None) -> None:
        if not self._is_closed:
            self.error = error
            self._is_closed = True

    def abandon(self, error: BaseException) -> None:
        """End in a forked child of the process, where users must see ``error``."""
        self.items.clear()
        # Even if it had ended before.
        self._is_closed = False
        self._end(error)

    def insert(self, notice: Any, is_first: bool) -> None:
        """Add a notice before or after all that waits, whatever the size of the queue."""
        self._added += 1
        if is_first:
            self.items.appendleft(notice)
        else:
            self.items.append(notice)
        self._wake()

    def sample(self, most: int) -> list[Any]:
        """Return at most ``most`` of the waiting items, evenly spaced."""
        count = len(self.items)
        size = min(count, most)
        some: list[Any] = []
        for place in range(size):
            try:
                some.append(self.items[place * count // size])
            except IndexError:  # a consumer took it at the same time
                break
        return some

    def _wake(self) -> None:
        """Call ``on_ready``: there may be something new to take."""
        if self.on_ready is not None:
            self.on_ready()
