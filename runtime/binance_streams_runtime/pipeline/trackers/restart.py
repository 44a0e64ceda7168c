"""When a tracker accepts contradicting events, because the venue's numbering has restarted.

No number is trusted forever: one wrong id or time, or a restart of the ids, must not make
duplicates of everything after it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from typing import Any, NamedTuple

NEW_AFTER = 5
"""Contradicting events in a row that are believed, if nothing says that they are duplicates."""

OLD_AFTER = 20
"""The same, if they may be duplicates: their own times are no later than the last event's, or they
fill a reported gap. Also for a time, after a change of the connection."""

REPLAYED_AFTER = 100
"""The same after a change of the connection, when another server may really repeat what the last
one had sent. After a handover, the number of events that both delivered is added."""

TOLERANCE = 1000
"""Milliseconds by which a time may go back in a stream: candles and tickers do so by a few."""

MAX_REMEMBERED = 4096
"""Events that are remembered while two connections deliver the same ones."""

MOST_BETWEEN = 64
"""New events in a row that close the window in which duplicates of those are expected."""

_MAX_REMEMBERED_ITEMS = 65_536
"""The same for lists, counting their items: a list may hold thousands."""

# With how many events of the same number an event is compared.
_MOST_ALIKE = 4


class Candidate(NamedTuple):
    """An event that contradicts a tracker."""

    event: Any
    first: int
    last: int
    may_be_replayed: bool
    """Whether the connection has changed, and nothing new has come since."""
    is_late: bool = False
    """Whether a gap has reported it as missing."""
    is_delivered: bool = False


class Candidates:
    """Consecutive events that contradict a tracker, until there are enough to believe them.

    Their order does not matter, as events may also be slightly out of order after a restart.
    """

    __slots__ = ("_all", "_by_number", "are_delivered")

    def __init__(self) -> None:
        self._all: list[Candidate] = []
        self._by_number: dict[int, list[Any]] = {}
        self.are_delivered = True
        """Whether all of them have been delivered."""

    def __len__(self) -> int:
        return len(self._all)

    def has(self, event: Any, number: int) -> bool:
        """Return whether this very event is one of them."""
        return is_among(event, self._by_number.get(number, ())[-_MOST_ALIKE:])

    def add(self, candidate: Candidate) -> None:
        """Add a contradicting event."""
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
    """Add events to the remembered ones, and forget the oldest if there are too many."""
    remembered.extend(events)
    if isinstance(events[-1], list):
        # Before or after a change of how messages are decoded, others may be no lists.
        while len(remembered) > 1 and _items_of(remembered) > _MAX_REMEMBERED_ITEMS:
            remembered.popleft()


def _items_of(events: Iterable[Any]) -> int:
    return sum(len(event) for event in events if isinstance(event, list))


def is_same(one: Any, other: Any) -> bool:
    """Return whether two events are equal."""
    try:
        return bool(one == other)
    except ArithmeticError:  # a price that is NaN cannot be compared
        return False


def is_among(event: Any, others: Iterable[Any]) -> bool:
    """Return whether an event is equal to one of the others."""
    return any(is_same(event, other) for other in others)


def is_newer(event: Any, newest: Any) -> bool | None:
    """Return whether an event's own time is after the newest one's; None if they have none."""
    time, before = getattr(event, "event_time", None), getattr(newest, "event_time", None)
    return None if time is None or before is None else time > before


def believed_after(is_new: bool | None, replayed: int | None) -> int:
    """Return how many contradicting events in a row are believed.

    ``is_new`` is whether an event's time says that it is new, None if it has no time; ``replayed``
    how many events another server may repeat, None if the connection has not changed.
    """
    if is_new:
        return NEW_AFTER
    return replayed or (NEW_AFTER if is_new is None else OLD_AFTER)
