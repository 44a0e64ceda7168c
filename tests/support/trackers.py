"""What trackers are tested with: events of each form of continuity, and what comes of them."""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest

from binance_streams import Duplicates, Gap, Late
from binance_streams_runtime.catalog.streams import Monotonic, Range, Sequence, Step
from binance_streams_runtime.pipeline.sequence import Tracker
from binance_streams_runtime.pipeline.trackers import tracker_for


class Event(NamedTuple):
    first: int
    last: int
    event_time: int | None = None
    # No two events of a test are equal unless the test wants it.
    tag: int = 0

    @property
    def symbol(self) -> str:
        """Which of several sequences it is of."""
        return "ABC"[self.tag % 3]

    @property
    def previous(self) -> int:
        """The last id of the event before."""
        return self.first - 1


SEQUENCES: dict[str, Sequence] = {
    "ids": Step("first"),
    "ranges": Range("first", "last"),
    "linked": Range("last", "last", "previous"),
    "numbers": Monotonic("first"),
    "repeating numbers": Monotonic("first", repeats=True),
    "times": Monotonic("first", is_time=True),
}
EACH_SEQUENCE = pytest.mark.parametrize("kind", SEQUENCES)
NOW = 1_790_000_000_000


def tracker(kind: str) -> Tracker:
    return tracker_for(SEQUENCES[kind], "s")


def one_by_one(followed: Tracker, events: list[Event]) -> list[Any]:
    """What is delivered and reported if each event comes by itself, as in a mix of streams."""
    checked: list[Any] = []
    for event in events:
        if followed.is_next(event):
            checked.append(event)
        else:
            checked += followed.check([event])
    return checked


def delivered(checked: list[Any]) -> list[Event]:
    return [item for item in checked if isinstance(item, Event)]


def accounted_for(checked: list[Any]) -> int:
    """How many events were delivered, or reported as dropped."""
    duplicates = sum(item.count for item in checked if isinstance(item, Duplicates))
    late = sum(isinstance(item, Late) and not item.is_delivered for item in checked)
    return len(delivered(checked)) + duplicates + late


def unknown_gaps(checked: list[Any]) -> list[Gap]:
    return [item for item in checked if isinstance(item, Gap) and item.missing is None]


def repeats(checked: list[Any]) -> int:
    return sum(item.count for item in checked if isinstance(item, Duplicates))
