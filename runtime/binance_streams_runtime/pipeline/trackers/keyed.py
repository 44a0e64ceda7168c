"""Tracking streams with several sequences, one for each value of an attribute."""

from __future__ import annotations

from collections.abc import Callable
from operator import is_
from typing import Any

import msgspec

from binance_streams_runtime.notices import DEFAULT_REASON, Duplicates, Gap, Late, Notice
from binance_streams_runtime.pipeline.sequence import Tracker

MAX_KEYS = 16_384
"""How many sequences of one stream are tracked. The oldest one is forgotten then, and starts again
with its next event."""


class KeyedTracker(Tracker):
    """Tracks each sequence of a stream with a tracker of its own.

    Each interruption is one gap of the stream, even if the numbers of the sequences show what was
    missed: they do not for keys that have had no event yet, or get none any more.
    """

    __slots__ = ("_is_interrupted", "_is_overlapping", "_key", "_make", "_trackers")

    def __init__(self, stream: str, key: Callable[[Any], Any], make: Callable[[], Tracker]) -> None:
        super().__init__(stream)
        self._key = key
        self._make = make
        self._is_interrupted = False
        self._is_overlapping = False
        self._trackers: dict[Any, Tracker] = {}

    def is_next(self, event: Any) -> bool:
        tracker = self._trackers.get(self._key(event))
        # After an interruption, none of them takes an event for the next one.
        return tracker is not None and tracker.is_next(event)

    def check(self, events: list[Any]) -> list[Any]:
        key, get = self._key, self._trackers.get
        checked: list[Any] = []
        duplicates = 0
        for event in events:
            value = key(event)
            tracker = get(value)
            if tracker is None:
                tracker = self._begin(value)
            if tracker.is_next(event):
                checked.append(event)
            else:
                duplicates += self._resolve(checked, value, tracker.check([event]))
        if duplicates:
            checked.append(Duplicates(self._stream, duplicates))
        is_plain = len(checked) == len(events) and all(map(is_, checked, events))
        return events if is_plain else checked

    def interrupt(self) -> None:
        self._is_interrupted = bool(self._trackers)
        for tracker in self._trackers.values():
            tracker.interrupt()

    def overlap(self) -> None:
        self._is_overlapping = True
        for tracker in self._trackers.values():
            tracker.overlap()

    def resume(self) -> None:
        self._is_overlapping = False
        for tracker in self._trackers.values():
            tracker.resume()

    def _begin(self, value: Any) -> Tracker:
        if len(self._trackers) >= MAX_KEYS:
            del self._trackers[next(iter(self._trackers))]
        tracker = self._trackers[value] = self._make()
        if self._is_overlapping:
            tracker.overlap()
        return tracker

    def _resolve(self, checked: list[Any], value: Any, found: list[Any]) -> int:
        """Append what one sequence leads to; return the number of duplicates."""
        if self._is_interrupted and not all(isinstance(item, Notice) for item in found):
            checked.append(Gap(self._stream, None, None))
            self._is_interrupted = False
        duplicates = 0
        for item in found:
            if not isinstance(item, Notice):
                checked.append(item)
            elif isinstance(item, Duplicates):
                duplicates += item.count
            elif isinstance(item, Gap | Late) and not _is_interruption(item):
                checked.append(msgspec.structs.replace(item, key=str(value)))
        return duplicates


def _is_interruption(notice: Gap | Late) -> bool:
    """Return whether a notice is a gap that only reports an interruption."""
    return isinstance(notice, Gap) and notice.missing is None and notice.reason == DEFAULT_REASON
