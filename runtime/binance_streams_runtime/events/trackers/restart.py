"""When a tracker believes the events that contradict it, because the venue counts anew.

No number is believed for ever: one wrong id or time, or ids that begin anew, must not make a repeat
of everything after it.
"""

from __future__ import annotations

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

TOLERANCE = 1.0
"""Seconds by which a time may go back on one stream: candles and tickers do so by milliseconds."""

MAX_REMEMBERED = 4096
"""Events that are remembered while two connections bring the same ones."""


class Candidate(NamedTuple):
    """An event that contradicts a tracker."""

    event: Any
    gap_ids: tuple[int, int] | None
    """The ids that it covers, if a gap has reported them as missing."""
    is_delivered: bool


class Candidates:
    """Events in rising order that contradict a tracker, until they are enough to be believed."""

    def __init__(self) -> None:
        self._all: list[Candidate] = []
        self._number = 0

    def __len__(self) -> int:
        return len(self._all)

    @property
    def are_delivered(self) -> bool:
        """Whether none of them is held back."""
        return all(candidate.is_delivered for candidate in self._all)

    def continue_with(self, number: int) -> bool:
        """Whether an event with this number goes on with the same course."""
        return not self._all or number > self._number

    def add(self, candidate: Candidate, number: int) -> None:
        self._all.append(candidate)
        self._number = number

    def take(self) -> list[Candidate]:
        """Remove all; return those that are held back."""
        taken, self._all = self._all, []
        return [candidate for candidate in taken if not candidate.is_delivered]


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
