"""When a tracker believes the events that contradict it, because the venue counts anew.

No number is believed for ever: one wrong id or time, or ids that begin anew, must not make a repeat
of everything after it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from typing import Any, NamedTuple

NEW_AFTER = 5
"""Contradicting events in a row that are believed, if nothing says that they came before."""

OLD_AFTER = 20
"""The same, if they may have come before: their own times are no later than the last event's, or
they fill a reported gap. Also of a time, after a change of the connection."""

REPLAYED_AFTER = 100
"""The same after a change of the connection, where another server may really send again what the
one before it had sent. After a handover as many more as both connections have brought."""

TOLERANCE = 1000
"""Milliseconds by which a time may go back on one stream: candles and tickers do so by a few."""

MAX_REMEMBERED = 4096
"""Events that are remembered while two connections bring the same ones."""

_MAX_REMEMBERED_ITEMS = 65_536
"""The same for lists, by all of their items: one may hold thousands."""

# How many events with one number an event is compared with.
_MOST_ALIKE = 4


class Candidate(NamedTuple):
    """An event that contradicts a tracker."""

    event: Any
    first: int
    last: int
    may_be_replayed: bool
    """Whether the connection changed, and nothing new had come since."""
    is_late: bool = False
    """Whether a gap has reported it as missing."""
    is_delivered: bool = False


class Candidates:
    """Events in a row that contradict a tracker, until they are enough to be believed.

    In whatever order they come, as a new course may have small disorder of its own.
    """

    def __init__(self) -> None:
        self._all: list[Candidate] = []
        self._by_number: dict[int, list[Any]] = {}
        self.are_delivered = True
        """Whether none of them is held back."""

    def __len__(self) -> int:
        return len(self._all)

    def has(self, event: Any, number: int) -> bool:
        """Whether this very event is one of them."""
        return is_among(event, self._by_number.get(number, ())[-_MOST_ALIKE:])

    def add(self, candidate: Candidate) -> None:
        self._all.append(candidate)
        self._by_number.setdefault(candidate.first, []).append(candidate.event)
        self.are_delivered = self.are_delivered and candidate.is_delivered

    def take(self) -> list[Candidate]:
        """Remove all, and return them."""
        taken, self._all = self._all, []
        self._by_number = {}
        self.are_delivered = True
        return taken


def remember(remembered: deque[Any], events: list[Any]) -> None:
    """Add events to the remembered ones; the oldest are forgotten if there are too many."""
    remembered.extend(events)
    if isinstance(events[-1], list):
        while len(remembered) > 1 and sum(map(len, remembered)) > _MAX_REMEMBERED_ITEMS:
            remembered.popleft()


def is_same(one: Any, other: Any) -> bool:
    """Whether two events are equal."""
    try:
        return bool(one == other)
    except ArithmeticError:  # a price that is no number can be compared with nothing
        return False


def is_among(event: Any, others: Iterable[Any]) -> bool:
    """Whether an event is equal to one of the others."""
    return any(is_same(event, other) for other in others)


def is_newer(event: Any, newest: Any) -> bool | None:
    """Whether an event's own time is after the newest one's; None if they have none."""
    time, before = getattr(event, "event_time", None), getattr(newest, "event_time", None)
    return None if time is None or before is None else time > before


def believed_after(is_new: bool | None, replayed: int | None) -> int:
    """How many contradicting events in a row are believed.

    ``is_new`` is whether an event's time says that it is new, None if it has none; ``replayed`` how
    many events another server may send again, None if the connection has not changed.
    """
    if is_new:
        return NEW_AFTER
    return replayed or (NEW_AFTER if is_new is None else OLD_AFTER)
