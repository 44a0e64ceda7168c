"""Tracking events without numbers."""

from __future__ import annotations

from collections import deque
from typing import Any

from binance_streams_runtime.notices import Duplicates, Gap, Notice
from binance_streams_runtime.pipeline.sequence import Tracker
from binance_streams_runtime.pipeline.trackers.restart import (
    MAX_REMEMBERED,
    MOST_BETWEEN,
    is_among,
    is_same,
    remember,
)


class UnnumberedTracker(Tracker):
    """Tracks events without numbers: only equality shows that one is a duplicate."""

    __slots__ = ("_has_begun", "_is_interrupted", "_may_repeat", "_new_in_a_row", "_remembered")

    def __init__(self, stream: str) -> None:
        super().__init__(stream)
        self._has_begun = False
        self._is_interrupted = False
        self._remembered: deque[Any] | None = None
        self._may_repeat: deque[Any] | None = None
        self._new_in_a_row = 0

    def is_next(self, event: Any) -> bool:
        return (
            self._has_begun
            and not self._is_interrupted
            and self._remembered is None
            and self._may_repeat is None
        )

    def check(self, events: list[Any]) -> list[Any]:
        self._has_begun = True
        if self._remembered is not None:
            remember(self._remembered, events)
        checked = events
        if self._may_repeat is not None:
            checked = self._without_duplicates(events, self._may_repeat)
        if self._is_interrupted and any(not isinstance(item, Notice) for item in checked):
            self._is_interrupted = False
            checked = [Gap(self._stream, None, None), *checked]
        return checked

    def interrupt(self) -> None:
        self._is_interrupted = self._has_begun

    def overlap(self) -> None:
        self._remembered = deque(maxlen=MAX_REMEMBERED)

    def resume(self) -> None:
        self._may_repeat, self._remembered = self._remembered, None
        self._new_in_a_row = 0

    def _without_duplicates(self, events: list[Any], may_repeat: deque[Any]) -> list[Any]:
        """Drop duplicates: what came on the old connection comes first on the new one."""
        duplicates = behind = 0
        for place, event in enumerate(events, 1):
            if is_among(event, may_repeat):
                is_found = False
                while not is_found:
                    is_found = is_same(may_repeat.popleft(), event)
                duplicates, behind = duplicates + 1, place
        # The old connection had missed what is new before that: it would be out of order now.
        if behind > duplicates:
            self._is_interrupted = True
        checked = events[behind:]
        self._new_in_a_row = len(checked) + (0 if behind else self._new_in_a_row)
        if not may_repeat or self._new_in_a_row > MOST_BETWEEN:
            self._may_repeat = None
        return [*checked, Duplicates(self._stream, duplicates)] if duplicates else events
