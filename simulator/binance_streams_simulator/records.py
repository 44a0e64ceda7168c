"""What has happened lately, in order, to be asked for by id or by time."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from operator import attrgetter
from typing import Generic, Protocol, TypeVar

KEPT = 100_000
"""How many records of a kind are kept, at least."""


class Record(Protocol):
    """Something with an id and a time, neither of which ever decreases."""

    @property
    def id(self) -> int:
        """Higher than the id of the record before."""

    @property
    def time(self) -> int:
        """Microseconds since 1970."""


R = TypeVar("R", bound=Record)
_id = attrgetter("id")
_time = attrgetter("time")


class Records(Generic[R]):
    """The newest records of one kind. ``until`` hides those that are later, in every method."""

    def __init__(self) -> None:
        self._records: list[R] = []

    def __len__(self) -> int:
        return len(self._records)

    def add(self, record: R) -> None:
        """Add the newest record."""
        self._records.append(record)
        # Seldom, as it moves all the others.
        if len(self._records) > KEPT * 2:
            del self._records[:-KEPT]

    def clear(self) -> None:
        """Forget all records."""
        self._records.clear()

    def newest(self, count: int, until: int) -> Sequence[R]:
        """Return the last ``count`` records."""
        end = self._end(until)
        return self._records[max(0, end - count) : end]

    def from_id(self, first_id: int, count: int, until: int) -> Sequence[R]:
        """Return the first ``count`` records whose id is ``first_id`` or higher."""
        start = bisect_left(self._records, first_id, key=_id)
        return self._records[start : min(start + count, self._end(until))]

    def from_time(self, start: int, count: int, until: int) -> Sequence[R]:
        """Return the first ``count`` records at ``start`` or later."""
        first = bisect_left(self._records, start, key=_time)
        return self._records[first : min(first + count, self._end(until))]

    def _end(self, until: int) -> int:
        return bisect_right(self._records, until, key=_time)
