"""Counting events by stream."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from binance_streams import Message, Notice, Subscription
from demo.summary import summary


class Row(NamedTuple):
    """What the table shows of one stream."""

    stream: str
    events: int
    rate: float
    last: str


@dataclass
class _Count:
    label: str
    has_several_events: bool
    events: int = 0
    last: Any = None


class Tally:
    """Counts events in the client's callback thread; other threads read its rows."""

    def __init__(self) -> None:
        self._counts: dict[str, _Count] = {}
        self._notices: Counter[str] = Counter()
        self._began = time.monotonic()

    def expect(self, subscriptions: Iterable[Subscription[Any]]) -> None:
        """Start the clock for these subscriptions."""
        self._counts = {
            one.name: _Count(one.stream.label, len(one.stream.type.events) > 1)
            for one in subscriptions
        }
        self._began = time.monotonic()

    def add(self, message: Message[Any]) -> None:
        """Count an event."""
        count = self._counts.get(message.stream)
        if count is not None:
            count.last = message.data
            count.events += 1

    def count_notice(self, notice: Notice) -> None:
        """Count a notice."""
        self._notices[type(notice).__name__] += 1

    @property
    def seconds(self) -> float:
        """Seconds since the clock was started."""
        return time.monotonic() - self._began

    @property
    def events(self) -> int:
        """How many events have been counted."""
        return sum(count.events for count in self._counts.values())

    @property
    def silent(self) -> list[str]:
        """The streams that have delivered nothing."""
        return [count.label for count in self._counts.values() if not count.events]

    @property
    def notices(self) -> str:
        """How many notices of each type there were."""
        return ", ".join(f"{name} {count}" for name, count in sorted(self._notices.items()))

    def rows(self) -> list[Row]:
        """Return a row for each stream."""
        seconds = max(self.seconds, 0.001)
        return [
            Row(
                count.label,
                count.events,
                count.events / seconds,
                summary(count.last, count.has_several_events) if count.events else "",
            )
            for count in list(self._counts.values())
        ]

    def __len__(self) -> int:
        return len(self._counts)
