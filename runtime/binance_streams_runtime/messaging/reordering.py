"""The order of a stream's messages in a log that several collectors write.

A log keeps the first copy of each message, in order of arrival. A collector that lags behind the
others, or was interrupted, may add a message after later ones. What a collector writes without an
interruption is in order, and so are the first copies of several such collectors: a message can be
late only if a collector that lacks it was faster with the ones behind it.
"""

from __future__ import annotations

import heapq
import math
from collections import OrderedDict, deque
from typing import Any, NamedTuple, Protocol

from binance_streams_runtime.catalog.streams import Monotonic, Range, Sequence, Step
from binance_streams_runtime.messaging.storing import MayCome

DEFAULT_WINDOW = 0.2
"""Seconds for which what comes too early waits for what is missing before it."""

MAX_HELD = 10_000
"""How many messages of a stream wait at most."""

# How many missing ranges are remembered.
_MAX_MISSED = 64

# Seconds of the log's time from its begin on in which old messages are no new numbering if their
# collector has written none that are newer: it is late.
_BEGINNING = 60.0

# So many messages in a row with ids that were delivered before begin a new numbering.
_RESTARTED_AFTER = 64


class Logged(NamedTuple):
    """A message in a log."""

    number: int
    """Its position in the log."""
    time: float
    """When the log took it, in Unix seconds."""
    first: int | None
    """Its first id, or its value if the stream's numbers only rise; None if it has none."""
    last: int | None
    """Its last id, or the same."""
    collector: str
    """The name of the collector that wrote it; empty if that is not known."""
    item: Any
    """The message itself."""


class Delivered(NamedTuple):
    """A message whose turn has come."""

    floor: int
    """The position up to which everything in the log has been delivered, or is not needed."""
    message: Logged


class Reordering(Protocol):
    """Puts the messages of one stream in order. Times are those of the log."""

    repeated: int
    """How many messages were dropped: delivered before, or too late for their place."""

    @property
    def following(self) -> int | None:
        """The id that is due next; None if that is not known."""

    def push(self, message: Logged) -> list[Delivered]:
        """Take the next message of the log; return what is delivered now, in order."""

    def expire(self, time: float, margin: float = 0.0) -> list[Delivered]:
        """Give up what has been waited for long enough at ``time``; return what is delivered.

        ``margin`` is for how many seconds longer a collector is waited for.
        """

    def next_time(self, margin: float = 0.0) -> float:
        """Return when ``expire`` has something to do; infinite if nothing waits."""


def _never(first: int, last: int, until: float) -> float:
    """Expect nothing: there are no notices of collectors."""
    return -math.inf


def reordering_for(
    sequence: Sequence | None,
    window: float = DEFAULT_WINDOW,
    following: int | None = None,
    max_held: int = MAX_HELD,
    may_come: MayCome = _never,
    first_window: float | None = None,
) -> Reordering:
    """Make what puts the messages of a stream with this sequence in order.

    ``window`` is in seconds, ``following`` the id that is due first, if that is known.
    ``may_come`` says until when missing ids may come from a collector; ``first_window`` is for how
    long the first messages wait, if that is not the window.
    """
    first = window if first_window is None else first_window
    match sequence:
        case Step(step=step):
            return Consecutive(window, step, following, max_held, may_come, first)
        case Range(previous=None):
            return Consecutive(window, 1, following, max_held, may_come, first)
        case Range() | Monotonic():
            return Rising(window, max_held)
        case _:
            return Unordered()


class Unordered:
    """Messages without numbers, which keep the order of the log."""

    def __init__(self) -> None:
        self.repeated: int = 0
        self.following: int | None = None

    def push(self, message: Logged) -> list[Delivered]:
        return [Delivered(message.number, message)]

    def expire(self, time: float, margin: float = 0.0) -> list[Delivered]:
        return []

    def next_time(self, margin: float = 0.0) -> float:
        return math.inf


class _Holding:
    """What messages that wait have in common."""

    def __init__(self, window: float, max_held: int) -> None:
        self.repeated: int = 0
        self._window = window
        self._max_held = max_held
        # By the first id, then by position, which is unique.
        self._held: list[tuple[int, int, Logged]] = []
        # When the log took them, by position: the lowest comes first.
        self._times: OrderedDict[int, float] = OrderedDict()
        # The highest position so far.
        self._highest = 0

    def next_time(self, margin: float = 0.0) -> float:
        for time in self._times.values():
            return time + self._window
        return math.inf

    def _hold(self, message: Logged) -> None:
        assert message.first is not None
        heapq.heappush(self._held, (message.first, message.number, message))
        self._times[message.number] = message.time

    def _pop(self) -> Logged:
        """Take what has the lowest id of all that waits."""
        message = heapq.heappop(self._held)[2]
        del self._times[message.number]
        return message

    def _delivered(self, message: Logged) -> Delivered:
        for number in self._times:
            return Delivered(number - 1, message)
        return Delivered(self._highest, message)


class Consecutive(_Holding):
    """Messages with consecutive ids: each follows the one before it at once.

    Without an id that is due first, the first messages wait for ``first_window``, as earlier ones
    may follow. A missing id is given up after the window, and not before all of the log was read up
    to the moment until which a collector might have added it.
    """

    def __init__(
        self,
        window: float,
        step: int,
        following: int | None,
        max_held: int,
        may_come: MayCome,
        first_window: float,
    ) -> None:
        super().__init__(window, max_held)
        self._step = step
        self._may_come = may_come
        self._first_window = first_window
        self.following: int | None = following
        # What was given up: if it comes after all, that is no new numbering.
        self._missed: deque[tuple[int, int]] = deque(maxlen=_MAX_MISSED)
        self._old = 0
        # Until when a collector may add what precedes the begin, and the highest id of each.
        self._begins_until = math.inf if following is None else -math.inf
        self._last_ids: dict[str, int] = {}

    def push(self, message: Logged) -> list[Delivered]:
        first, last = message.first, message.last
        due = self.following
        delivered: list[Delivered] = []
        if self._held and not (due is not None and first is not None and first <= due):
            delivered = self.expire(message.time)
            due = self.following
        if message.number > self._highest:
            self._highest = message.number
        if first is None or last is None or last < first:
            # Nothing can be said about its place.
            return [*delivered, self._delivered(message)]
        is_late = False
        if message.time <= self._begins_until:
            self._begins_until = min(self._begins_until, message.time + _BEGINNING)
            highest = self._last_ids.get(message.collector, -1)
            is_late = last > highest
            self._last_ids[message.collector] = max(last, highest)
        if first == due and not self._held:
            self.following = last + self._step
            self._old = 0
            delivered.append(Delivered(self._highest, message))
            return delivered
        if due is not None and last < due:
            return delivered + self._push_old(message, first, last, is_late)
        self._old = 0
        self._hold(message)
        if len(self._held) > self._max_held:
            return delivered + self._give_up()
        if due is not None and first <= due:
            return delivered + self._release()
        return delivered

    def expire(self, time: float, margin: float = 0.0) -> list[Delivered]:
        delivered: list[Delivered] = []
        while self._held and time >= self.next_time(margin):
            delivered += self._give_up()
        return delivered

    def next_time(self, margin: float = 0.0) -> float:
        for time in self._times.values():
            if self.following is None:
                return time + self._first_window
            until = time + self._window
            # What is missing was sent before anything that waits, and each collector received it
            # about when another one received that.
            missing = self._may_come(self.following, self._held[0][0] - 1, until)
            return max(until, missing + self._window + margin)
        return math.inf

    def _push_old(self, message: Logged, first: int, last: int, is_late: bool) -> list[Delivered]:
        """Take a message whose ids precede the one that is due."""
        for missed in self._missed:
            if missed[0] <= first and last <= missed[1]:
                # Its place is gone: what follows it has been delivered, behind a gap.
                self.repeated += 1
                return []
        self._old += not is_late
        if is_late or self._old < _RESTARTED_AFTER:
            self.repeated += 1
            return []
        # The numbering has restarted.
        self._old = 0
        self._missed.clear()
        delivered = []
        while self._held:
            delivered.append(self._delivered(self._pop()))
        self.following = last + self._step
        return [*delivered, self._delivered(message)]

    def _give_up(self) -> list[Delivered]:
        """Go on with the lowest id that waits, as nothing before it has come."""
        first = self._held[0][2].first
        assert first is not None
        if self.following is not None and first > self.following:
            self._missed.append((self.following, first - 1))
        self.following = first
        return self._release()

    def _release(self) -> list[Delivered]:
        """Deliver what waits up to the next id that is missing."""
        delivered: list[Delivered] = []
        while self._held:
            message = self._held[0][2]
            first, last = message.first, message.last
            assert first is not None
            assert last is not None
            assert self.following is not None
            if first > self.following:
                break
            self._pop()
            if last < self.following:
                self.repeated += 1
                continue
            self.following = last + self._step
            delivered.append(self._delivered(message))
        return delivered


class Rising(_Holding):
    """Messages with numbers that rise, but do not show what is missing.

    What a collector writes that has written something within the window follows at once, as
    nothing before it is missing. The first message of any other one waits for the window, or for
    such a collector to have come as far.
    """

    def __init__(self, window: float, max_held: int) -> None:
        super().__init__(window, max_held)
        self.following: int | None = None
        self._last_times: dict[str, float] = {}

    def push(self, message: Logged) -> list[Delivered]:
        delivered = self.expire(message.time) if self._held else []
        self._highest = max(self._highest, message.number)
        value, times = message.last, self._last_times
        last_time = times.get(message.collector)
        is_first = not times
        times[message.collector] = message.time
        if value is None:
            return [*delivered, self._delivered(message)]
        if is_first or (last_time is not None and message.time - last_time <= self._window):
            while self._held and self._held[0][0] <= value:
                delivered.append(self._delivered(self._pop()))
            return [*delivered, self._delivered(message)]
        if len(times) == 1:
            # There is nobody else who could be late.
            return [*delivered, self._delivered(message)]
        self._hold(message)
        if len(self._held) > self._max_held:
            delivered.append(self._delivered(self._pop()))
        return delivered

    def expire(self, time: float, margin: float = 0.0) -> list[Delivered]:
        delivered: list[Delivered] = []
        while self._held and time >= self.next_time():
            delivered.append(self._delivered(self._pop()))
        return delivered
