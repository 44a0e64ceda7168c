"""Counting events by stream."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from binance_streams_cli.summary import summary
from binance_streams_runtime.catalog.streams import Stream
from binance_streams_runtime.decoding.message import Message


class TallyRow(NamedTuple):
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

    def __init__(
        self, streams: Iterable[Stream], most: int | None, on_full: Callable[[], object]
    ) -> None:
        """Count at most ``most`` events; ``on_full`` is called when they are there."""
        self._counts = {
            stream.name: _Count(_label(stream), len(stream.type.events) > 1) for stream in streams
        }
        self._most = most
        self._on_full = on_full
        self._began = time.monotonic()
        self.events = 0
        """How many events have been counted; each of a list counts."""

    def start(self) -> None:
        """Start the clock."""
        self._began = time.monotonic()

    def add(self, message: Message[Any]) -> None:
        """Count an event."""
        count = self._counts.get(message.stream)
        if count is None or (self._most is not None and self.events >= self._most):
            return
        data = message.data
        added = len(data) if isinstance(data, list) else 1
        if self._most is not None:
            added = min(added, self._most - self.events)
        count.last = data
        count.events += added
        self.events += added
        if self.events == self._most:
            self._on_full()

    @property
    def seconds(self) -> float:
        """Seconds since the clock was started."""
        return time.monotonic() - self._began

    @property
    def silent(self) -> list[str]:
        """The streams that have delivered nothing."""
        return [count.label for count in self._counts.values() if not count.events]

    def rows(self) -> list[TallyRow]:
        """Return a row for each stream."""
        seconds = max(self.seconds, 0.001)
        return [
            TallyRow(
                count.label,
                count.events,
                count.events / seconds,
                summary(count.last, count.has_several_events) if count.events else "",
            )
            for count in list(self._counts.values())
        ]

    def __len__(self) -> int:
        return len(self._counts)


def _label(stream: Stream) -> str:
    """Return what the table calls a stream: a listen key alone would not say what it is."""
    return f"{stream.type.key} {stream.label}" if stream.is_secret else stream.name
