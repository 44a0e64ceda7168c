"""One stream on two connections, while the old connection still delivers it."""

from __future__ import annotations

import math
from collections import deque
from typing import Any

from binance_streams_runtime.catalog.streams import Sequence
from binance_streams_runtime.notices import Notice
from binance_streams_runtime.pipeline.position import (
    has_unique_numbers,
    is_compared_with_several,
    is_same_event,
    reaches,
)
from binance_streams_runtime.pipeline.router import Batch
from binance_streams_runtime.pipeline.sequence import Interruption
from binance_streams_runtime.pipeline.trackers.restart import remember

# How many events from the old connection are kept for comparison with those from the new one: for a
# stream without numbers or with several sequences, and for one whose numbers may repeat.
_MAX_COMPARED = 1024
_MAX_COMPARED_BY_NUMBER = 16

# How many of the first events from the new connection are compared.
_MAX_FIRST = 64


class CarriedStream:
    """What each connection has delivered of the stream since the handover began."""

    __slots__ = (
        "_cleared_at",
        "_delivered",
        "_last_at",
        "_last_before",
        "_older_count",
        "buffered",
        "first",
        "first_at",
        "is_passed",
        "stale",
    )

    def __init__(self, before: Any) -> None:
        # The last event before the handover, which the new connection may deliver again.
        self._last_before = before
        # What the old connection has delivered since.
        self._delivered: deque[Any] | None = None
        self._last_at = -math.inf
        self._cleared_at = -math.inf
        # For streams without numbers: the length of ``buffered`` at the old connection's last
        # event.
        self._older_count = 0
        self.first: Any = None
        """The first event from the new connection."""
        self.first_at: float | None = None
        """When the time within which the old connection should pass ``first`` began."""
        self.buffered = Batch()
        self.is_passed = False
        """Whether the old connection has delivered everything that precedes ``first``."""
        self.stale: str | None = None
        """Why the handover does not wait for the old connection; None if it does."""

    @property
    def has_no_old_event(self) -> bool:
        """Whether the old connection has never delivered anything."""
        return self._last_before is None and not self._delivered

    def add_from_old(self, now: float, sequence: Sequence | None, event: Any) -> None:
        """Record an event from the old connection, and check whether it has passed ``first``."""
        self._last_at = now
        remember(self._history(sequence), [event])
        if self.first is None or self.is_passed:
            return
        if not is_compared_with_several(sequence):
            self.is_passed = reaches(sequence, event, self.first)
            return
        buffered = self.buffered.items[:_MAX_FIRST]
        self.is_passed = any(
            reaches(sequence, event, other)
            for other in buffered
            if not isinstance(other, Notice | Interruption)
        )
        if sequence is None:
            self._older_count = len(self.buffered.items)

    def add_from_new(self, now: float, sequence: Sequence | None, event: Any) -> None:
        """Compare an event from the new connection with what the old one has delivered."""
        is_first = self.first is None
        if is_first:
            self.first = event
            self.first_at = now if self.first_at is None else self.first_at
        is_early = len(self.buffered.items) < _MAX_FIRST
        is_compared = is_first or (is_compared_with_several(sequence) and is_early)
        if not self.is_passed and is_compared:
            history = self._history(sequence)
            self.is_passed = any(reaches(sequence, other, event) for other in history)
        self.is_passed |= self.stale is not None

    def clear(self, now: float) -> None:
        """Forget what the new connection has delivered; the next event becomes ``first``."""
        self.buffered = Batch()
        self.first = None
        self.is_passed = False
        self._older_count = 0
        self._cleared_at = now

    def restart(self) -> None:
        """Forget the new connection, because another one takes its place."""
        self.clear(-math.inf)
        self.first_at = None

    def expires_at(self, complete_at: float | None, patience: float) -> float:
        """Return the deadline for ``is_passed``.

        ``complete_at`` is when the server had confirmed everything on the new connection; None if
        it has not yet.
        """
        if self.first is not None and self.first_at is not None:
            return self.first_at + patience
        if complete_at is None:
            return math.inf
        since = max(complete_at, self._cleared_at)
        return min(max(since, self._last_at) + patience, since + 2 * patience)

    def is_quiet(self, now: float, patience: float) -> bool:
        """Return whether neither connection has delivered anything for ``patience`` seconds."""
        return self.first is None and self._last_at + patience <= now

    def drop_older(self) -> int:
        """Drop what was buffered before the old connection's last event; return how many items.

        This applies only to a stream without numbers on which the two connections had no event in
        common: nothing else prevents its events from going back in time.
        """
        buffered = self.buffered
        pairs = zip(buffered.routes, buffered.items, strict=True)
        kept = [
            (route, event)
            for place, (route, event) in enumerate(pairs)
            if place >= self._older_count or isinstance(event, Notice | Interruption)
        ]
        dropped = len(buffered.items) - len(kept)
        buffered.routes = [route for route, _ in kept]
        buffered.items = [event for _, event in kept]
        return dropped

    def take_buffered(self, sequence: Sequence | None) -> Batch:
        """Remove and return the buffered events.

        Events up to the last one before the handover are dropped if the stream has no unique
        numbers, by which its tracker would recognize them as duplicates.
        """
        buffered, self.buffered = self.buffered, Batch()
        if self._last_before is None or has_unique_numbers(sequence):
            return buffered
        since = [event for event in self._delivered or () if event is not self._last_before]
        for place, event in enumerate(buffered.items[:_MAX_FIRST], 1):
            if is_same_event(sequence, event, self._last_before):
                del buffered.routes[:place], buffered.items[:place]
                break
            if any(is_same_event(sequence, event, other) for other in since):
                break
        return buffered

    def _history(self, sequence: Sequence | None) -> deque[Any]:
        if self._delivered is None:
            most = 1 if has_unique_numbers(sequence) else _MAX_COMPARED_BY_NUMBER
            most = _MAX_COMPARED if is_compared_with_several(sequence) else most
            self._delivered = deque(
                [] if self._last_before is None else [self._last_before], maxlen=most
            )
        return self._delivered
