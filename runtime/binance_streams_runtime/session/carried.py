"""One stream of two connections, of which the older one still delivers it."""

from __future__ import annotations

import math
from collections import deque
from typing import Any

from binance_streams_runtime.catalog.streams import Sequence
from binance_streams_runtime.notices import Notice
from binance_streams_runtime.pipeline.position import (
    has_unique_numbers,
    is_compared_with_several,
    reaches,
)
from binance_streams_runtime.pipeline.router import Batch
from binance_streams_runtime.pipeline.sequence import Interruption
from binance_streams_runtime.pipeline.trackers.restart import is_same, remember

# How many events of the older connection are kept to compare those of the newer one with: of a
# stream without numbers or with several sequences, and of one whose numbers may stand still.
_MAX_COMPARED = 1024
_MAX_COMPARED_BY_NUMBER = 16

# How many of the first events of the newer connection are compared.
_MAX_FIRST = 64


class CarriedStream:
    """What is known of the stream on either connection since the handover began."""

    __slots__ = (
        "_before",
        "_cleared_at",
        "_delivered",
        "_last_at",
        "_older",
        "buffered",
        "first",
        "first_at",
        "is_passed",
        "stale",
    )

    def __init__(self, before: Any) -> None:
        # The last event before the handover, which the newer connection may deliver again.
        self._before = before
        # What the older connection has delivered since.
        self._delivered: deque[Any] | None = None
        self._last_at = -math.inf
        self._cleared_at = -math.inf
        # If there are no numbers: how much of ``held`` was there when the older one delivered last.
        self._older = 0
        self.first: Any = None
        """What the newer connection delivered first."""
        self.first_at: float | None = None
        """Since when the older one has had time to pass that."""
        self.buffered = Batch()
        self.is_passed = False
        """Whether the older connection has delivered all that precedes ``first``."""
        self.stale: str | None = None
        """Why the older connection is not waited for."""

    @property
    def is_unheard(self) -> bool:
        """Whether the older connection has never delivered anything."""
        return self._before is None and not self._delivered

    def old_delivered(self, now: float, sequence: Sequence | None, event: Any) -> None:
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
            self._older = len(self.buffered.items)

    def new_delivered(self, now: float, sequence: Sequence | None, event: Any) -> None:
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
        """Forget what the newer connection has delivered; what it delivers next is to be passed."""
        self.buffered = Batch()
        self.first = None
        self.is_passed = False
        self._older = 0
        self._cleared_at = now

    def restart(self) -> None:
        """Forget the newer connection: another one takes its place."""
        self.clear(-math.inf)
        self.first_at = None

    def expires_at(self, complete_at: float | None, patience: float) -> float:
        """Return when the time for a proof is over; ``complete_at`` is when all was confirmed."""
        if self.first is not None and self.first_at is not None:
            return self.first_at + patience
        if complete_at is None:
            return math.inf
        since = max(complete_at, self._cleared_at)
        return min(max(since, self._last_at) + patience, since + 2 * patience)

    def is_quiet(self, now: float, patience: float) -> bool:
        """Return whether neither connection has delivered anything for so long."""
        return self.first is None and self._last_at + patience <= now

    def leave_out_older(self) -> int:
        """Drop what was held back before the older connection's last event; return how much.

        Only of a stream without numbers, of which the two did not deliver the same in all the
        time: nothing else keeps it from going back in time by as much.
        """
        buffered = self.buffered
        pairs = zip(buffered.routes, buffered.items, strict=True)
        kept = [
            (route, event)
            for place, (route, event) in enumerate(pairs)
            if place >= self._older or isinstance(event, Notice | Interruption)
        ]
        dropped = len(buffered.items) - len(kept)
        buffered.routes = [route for route, _ in kept]
        buffered.items = [event for _, event in kept]
        return dropped

    def take_buffered(self, sequence: Sequence | None) -> Batch:
        """Return what was held back.

        What precedes the end of the time before the handover is left out where nobody else can
        tell that it came before.
        """
        buffered, self.buffered = self.buffered, Batch()
        if self._before is None or has_unique_numbers(sequence):
            return buffered
        since = [event for event in self._delivered or () if event is not self._before]
        for place, event in enumerate(buffered.items[:_MAX_FIRST], 1):
            if is_same(event, self._before):
                del buffered.routes[:place], buffered.items[:place]
                break
            if any(is_same(event, other) for other in since):
                break
        return buffered

    def _history(self, sequence: Sequence | None) -> deque[Any]:
        if self._delivered is None:
            most = 1 if has_unique_numbers(sequence) else _MAX_COMPARED_BY_NUMBER
            most = _MAX_COMPARED if is_compared_with_several(sequence) else most
            self._delivered = deque([] if self._before is None else [self._before], maxlen=most)
        return self._delivered
