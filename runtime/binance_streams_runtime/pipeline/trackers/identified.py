"""Tracking events that are rare and have no numbers, but can be told apart."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any

from binance_streams_runtime.notices import Duplicates, Gap
from binance_streams_runtime.pipeline.sequence import Tracker
from binance_streams_runtime.pipeline.trackers.restart import MAX_REMEMBERED

_REASON = "events may be missing, so ask for the account's state"

# How many new events in a row close the window in which duplicates are expected.
_MOST_BETWEEN = 64


class IdentifiedTracker(Tracker):
    """Tracks the events of an account.

    What was missed is reported at once when the server has confirmed the subscription again: the
    next event may be hours away. Nothing but a duplicate is ever dropped.
    """

    __slots__ = ("_has_begun", "_identity", "_is_interrupted", "_may_repeat", "_new", "_remembered")

    def __init__(self, stream: str, identity: Callable[[Any], object]) -> None:
        super().__init__(stream)
        self._identity = identity
        self._has_begun = False
        self._is_interrupted = False
        self._remembered: deque[object] | None = None
        self._may_repeat: deque[object] | None = None
        # New events since the last duplicate.
        self._new = 0

    @property
    def has_begun(self) -> bool:
        return self._has_begun

    def is_next(self, event: Any) -> bool:
        return self._remembered is None and self._may_repeat is None

    def check(self, events: list[Any]) -> list[Any]:
        if self._remembered is not None:
            self._remembered.extend(map(self._identity, events))
        return events if self._may_repeat is None else self._without_duplicates(events)

    def interrupt(self) -> None:
        self._is_interrupted = self._has_begun

    def confirm(self) -> list[Any]:
        self._has_begun = True
        if not self._is_interrupted:
            return []
        self._is_interrupted = False
        return [Gap(self._stream, None, None, reason=_REASON)]

    def overlap(self) -> None:
        self._remembered = deque(maxlen=MAX_REMEMBERED)

    def resume(self) -> None:
        self._may_repeat, self._remembered = self._remembered, None
        self._new = 0

    def _without_duplicates(self, events: list[Any]) -> list[Any]:
        """Drop duplicates: what came on the old connection comes first on the new one."""
        checked: list[Any] = []
        duplicates = 0
        for event in events:
            identity = self._identity(event)
            if self._may_repeat is None or identity not in self._may_repeat:
                checked.append(event)
                self._new += 1
                if self._new > _MOST_BETWEEN:
                    self._may_repeat = None
                continue
            duplicates += 1
            if self._new:
                # The old connection had missed what is new before that: it is late, or more is
                # missing.
                checked.insert(len(checked) - min(self._new, len(checked)), self._late())
                self._new = 0
            while self._may_repeat.popleft() != identity:
                pass
            if not self._may_repeat:
                self._may_repeat = None
        return [*checked, Duplicates(self._stream, duplicates)] if duplicates else checked

    def _late(self) -> Gap:
        return Gap(self._stream, None, None, reason=_REASON)
