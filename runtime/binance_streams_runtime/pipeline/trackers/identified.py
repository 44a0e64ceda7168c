"""Tracking events that are rare and have no numbers, but an identity."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from operator import attrgetter
from typing import Any

from binance_streams_runtime.catalog.streams import Identified
from binance_streams_runtime.notices import Duplicates, Gap
from binance_streams_runtime.pipeline.sequence import Tracker
from binance_streams_runtime.pipeline.trackers.restart import MAX_REMEMBERED, MOST_BETWEEN

_REASON = "ask for the account's state"

# Stands among remembered events for a place before which nothing was promised.
_START = object()


class IdentifiedTracker(Tracker):
    """Tracks the events of an account.

    What was missed is reported at once when the server has confirmed the subscription again: the
    next event may be hours away.

    During a handover, both connections deliver the same events. From ``overlap`` on, what the old
    one delivers is remembered; from ``resume`` on, the new one delivers, and each remembered event
    is dropped once if it comes again. If the new one is lost, the old one delivers once more
    (``overlap``), and what the new one had delivered is dropped in the same way.
    """

    __slots__ = (
        "_has_begun",
        "_identity",
        "_is_fresh",
        "_is_interrupted",
        "_may_repeat",
        "_new_count",
        "_remembered",
        "_since",
    )

    def __init__(self, stream: str, identity: Callable[[Any], object]) -> None:
        super().__init__(stream)
        self._identity = identity
        self._has_begun = False
        self._is_interrupted = False
        # Whether no event has come since the server has confirmed the subscription.
        self._is_fresh = False
        self._remembered: deque[object] | None = None
        self._may_repeat: deque[object] | None = None
        # How many new events have come since the last duplicate.
        self._new_count = 0
        # What came since another connection had taken over, which may be lost: then the old one
        # delivers again, and may still have to repeat this.
        self._since: deque[object] = deque(maxlen=MAX_REMEMBERED)

    @property
    def has_begun(self) -> bool:
        return self._has_begun

    def is_next(self, event: Any) -> bool:
        return False

    def check(self, events: list[Any]) -> list[Any]:
        self._is_fresh = False
        if self._remembered is not None:
            self._remembered.extend(map(self._identity, events))
        if self._may_repeat is None:
            self._since.extend(map(self._identity, events))
            return events
        return self._without_duplicates(events, self._may_repeat)

    def interrupt(self) -> None:
        self._is_interrupted = self._has_begun

    def confirm(self) -> list[Any]:
        if self._has_begun and not self._is_interrupted:
            return []
        found = [self._gap()] if self._has_begun else []
        self._has_begun = self._is_fresh = True
        self._is_interrupted = False
        if self._remembered is not None:
            self._remembered.append(_START)
        return found

    def overlap(self) -> None:
        self._remembered = deque([_START] if self._is_fresh else (), maxlen=MAX_REMEMBERED)
        self._expect(self._since)

    def resume(self) -> None:
        remembered, self._remembered = self._remembered or (), None
        self._since.clear()
        self._expect(remembered)

    def _expect(self, repeated: Iterable[object]) -> None:
        """Drop these once each if they come again, and what was expected before."""
        self._may_repeat = deque((*(self._may_repeat or ()), *repeated)) or None
        self._new_count = 0

    def _without_duplicates(self, events: list[Any], may_repeat: deque[object]) -> list[Any]:
        """Drop duplicates, and what is late: what came on the old connection comes first."""
        checked: list[Any] = []
        duplicates = 0
        for event in events:
            identity = self._identity(event)
            if identity not in may_repeat:
                checked.append(event)
                self._since.append(identity)
                self._new_count += 1
                continue
            duplicates += 1
            before: object = None
            while (one := may_repeat.popleft()) != identity:
                before = one
            if self._new_count:
                # What is new before a duplicate is late. Nobody misses it if the old connection
                # had not been subscribed by then.
                is_missed = before is not _START or self._new_count > len(checked)
                del checked[max(0, len(checked) - self._new_count) :]
                if is_missed:
                    checked.append(self._gap())
                self._new_count = 0
        if not may_repeat or self._new_count > MOST_BETWEEN:
            self._may_repeat = None
        return [*checked, Duplicates(self._stream, duplicates)] if duplicates else checked

    def _gap(self) -> Gap:
        return Gap(self._stream, None, None, reason=_REASON)


def identity_by(sequence: Identified) -> Callable[[Any], object]:
    """Return what makes what is equal for one event that came on two connections."""
    getters = {name: attrgetter(*attributes) for name, attributes in sequence.attributes.items()}

    def identity(event: Any) -> object:
        name = type(event).__name__
        get = getters.get(name)
        return name, event if get is None else get(event)

    return identity
